package sequencer

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/verify"
)

var (
	jumpHead = db.Declare[advance, db.None](`
		UPDATE record_head SET epoch = epoch + 1, leader = '', size = :past, note = :note WHERE epoch = :epoch AND size = :size`)
	endOrigin = db.Declare[claim, db.None](`
		UPDATE record_head SET epoch = epoch + 1, leader = '', note = '', keys = '' WHERE epoch = :epoch AND size = :size`)
)

// Recover takes what an older database has lost of the log from a mirror, and
// returns how many entries. The mirror has to hold in itself, to have what was
// published last, and to go on from what the database has; then the log goes on
// as if nothing had been. Private parts cannot come back, and those whose erasure
// the mirror tells of are erased again. Of a database that has all that was published
// an older mirror is no fault: it has no entries to give, and may have files. Which
// entries came back is kept until the systems have taken them in ([Recovered]).
func Recover(ctx context.Context, d *db.DB, folder string, mirror verify.Source) (int64, error) {
	k, err := readKeys(folder)
	if err != nil {
		return 0, err
	}
	if len(k.signers) == 0 {
		return 0, faultNoKey(folder)
	}
	var head publiclog.Head
	if err := d.View(ctx, func(tx *db.Tx) error { head, err = publiclog.ReadHead(tx); return err }); err != nil {
		return 0, err
	}
	c, err := sound(ctx, k, folder, head, mirror)
	if err != nil {
		return 0, err
	}
	if c.Size < head.Size {
		return 0, nil
	}
	lost, err := tail(ctx, mirror, head.Size, c.Size)
	if err != nil {
		return 0, err
	}
	err = d.Update(ctx, func(tx *db.Tx) error {
		if _, err := firstHead.Exec(tx, db.None{}); err != nil {
			return err
		}
		moved, err := jumpHead.Exec(tx, advance{Epoch: head.Epoch, Size: head.Size, To: c.Size, Note: string(c.Note)})
		if err == nil && moved == 0 {
			err = errDeposed
		}
		if err != nil {
			return err
		}
		return restore(tx, head.Size, lost, c)
	})
	if err != nil {
		return 0, fmt.Errorf("sequencer: recover %d entries from %d on: %w", len(lost), head.Size, err)
	}
	return int64(len(lost)), publiclog.KeptIn(folder).Keep(c)
}

// sound verifies the mirror, against what was published and what the database has.
func sound(ctx context.Context, k keys, folder string, head publiclog.Head, mirror verify.Source) (logtree.Checkpoint, error) {
	var o verify.Options
	for v := range strings.FieldsSeq(k.public) {
		o.Keys = append(o.Keys, v)
	}
	kept, found, err := publiclog.KeptIn(folder).Load()
	if err != nil {
		return kept, err
	}
	if found {
		o.Seen = append(o.Seen, verify.File{Name: filepath.Join(folder, "checkpoint"), Text: kept.Note})
	}
	if head.Note != "" {
		o.Seen = append(o.Seen, verify.File{Name: "the database", Text: []byte(head.Note)})
	}
	report, err := verify.Log(ctx, mirror, o)
	if err != nil {
		return kept, err
	}
	older := func(f verify.Finding) bool { return f.What == verify.Truncated && head.Size >= kept.Size }
	if i := slices.IndexFunc(report.Findings, func(f verify.Finding) bool { return !older(f) }); i >= 0 {
		f := report.Findings[i]
		return kept, fault.New(fault.Invalid, "这份镜像不能用：%[1]s：%[2]s", "this mirror cannot be used: %[1]s: %[3]s", f.Where, f.Text.ZH, f.Text.EN)
	}
	return report.Checkpoint, nil
}

// tail reads the statements of a log from an index on.
func tail(ctx context.Context, src verify.Source, from, size int64) (statements [][]byte, err error) {
	for n := from / logtree.TileWidth; n*logtree.TileWidth < size; n++ {
		first := n * logtree.TileWidth
		width := min(logtree.TileWidth, size-first)
		b, err := src(ctx, logtree.TilePath(logtree.Tile(logtree.Entries, n, int(width))))
		if errors.Is(err, fs.ErrNotExist) {
			b, err = src(ctx, logtree.TilePath(logtree.Tile(logtree.Entries, n, logtree.TileWidth)))
		}
		if err != nil {
			return nil, err
		}
		all, err := logtree.SplitBundle(b)
		if err != nil || int64(len(all)) < width {
			return nil, errors.Join(err, errMirror)
		}
		statements = append(statements, all[max(0, from-first):width]...)
	}
	return statements, nil
}

var errMirror = errors.New("the mirror has changed since it was verified")

// restore puts statements into the database and the tree.
func restore(tx *db.Tx, from int64, statements [][]byte, c logtree.Checkpoint) error {
	edge, err := logtree.ReadEdge(from, publiclog.Hashes(tx))
	if err != nil {
		return err
	}
	var g growth
	var lost []Stretch
	for len(statements) > 0 {
		b, had, err := record.Restore(tx, statements)
		if err == nil {
			err = g.grow(edge, []record.Batch{b})
		}
		if err != nil {
			return err
		}
		past := from + int64(len(b.Leaves))
		if !had {
			lost = longer(lost, from, past)
		}
		from, statements = past, statements[len(b.Leaves):]
	}
	if _, err := insertRecovered.ExecEach(tx, slices.Values(lost)); err != nil {
		return err
	}
	if edge.Root() != c.Root {
		return errMirror
	}
	if err := g.insert(tx); err != nil {
		return err
	}
	_, err = record.EraseAgain(tx)
	return err
}

// Renewed says that the log goes on under another origin, and what was published
// last under the one before.
type Renewed struct {
	Origin string `json:"origin"`
	Cites  string `json:"cites"` // the note
}

// Kind names the event.
func (Renewed) Kind() string { return "record.renewed" }

// Subject is the log.
func (Renewed) Subject() string { return "log" }

// Renew goes on under another origin and with another key, where the log cannot go
// on as it was: what was published of it is lost, or its key is. The entries stay;
// one that cites the last checkpoint follows them. The old key and checkpoint stay
// in the folder under other names.
func Renew(ctx context.Context, d *db.DB, folder, origin, by string) error {
	kept, _, err := publiclog.KeptIn(folder).Load()
	if err != nil {
		return err
	}
	if origin == "" || origin == kept.Origin {
		return faultOriginName(origin)
	}
	err = d.Update(ctx, func(tx *db.Tx) error {
		head, err := publiclog.ReadHead(tx)
		if err != nil {
			return err
		}
		cites := string(kept.Note)
		if cites == "" {
			cites = head.Note
		}
		if _, err := endOrigin.Exec(tx, claim{Epoch: head.Epoch, Size: head.Size}); err != nil {
			return err
		}
		return record.Append(tx, by, Renewed{origin, cites})
	})
	if err != nil {
		return fmt.Errorf("sequencer: renew as %s: %w", origin, err)
	}
	for _, name := range []string{keyName, "checkpoint"} {
		path := filepath.Join(folder, name)
		err := os.Rename(path, fmt.Sprintf("%s.before-%d", path, kept.Size))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("sequencer: renew: %w", err)
		}
	}
	_, err = makeKey(folder, origin)
	return err
}

// Kinds lists the entries that this package appends.
func Kinds() []record.Kind {
	return []record.Kind{
		{Example: Renewed{}, Says: lang.Text{ZH: "日志换了名称继续，及此前最后公布的检查点", EN: "The log goes on under another origin, and what was published last under the one before"}},
	}
}
