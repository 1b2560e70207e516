// Package verify checks a public log from outside: it needs its files and nothing
// else, no database and no trust in who serves them.
//
//	report, err := verify.Log(ctx, verify.Folder(dir), verify.Options{})
//
// It reads every entry once and computes the tree from them, in memory that grows
// by 17 bytes an entry. The tree must have the signed root; every hash tile must
// have the hashes of that tree; every checkpoint that was seen before or elsewhere
// and every receipt must be of an earlier state of it. The receipt of a figure is
// held against what its query makes of the entries as they were then ([Figure]). What is
// wrong is a [Finding], by name and place. An error is what kept it from looking.
//
// Where entries and a tile contradict each other, the tile above, and at last the
// signed root, tell which of them is right.
//
// Who holds the log's key can sign another history. Only a checkpoint that was
// kept elsewhere shows it: [Options.Seen].
package verify

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// Source returns a file of a log; fs.ErrNotExist where it has none of the name.
type Source func(ctx context.Context, path string) ([]byte, error)

// Folder is a log that was exported or mirrored into a folder.
func Folder(dir string) Source {
	return func(_ context.Context, path string) ([]byte, error) {
		return os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
	}
}

// File is something to hold the log against, with the name it goes by.
type File struct {
	Name string
	Text []byte
}

// Options say what is known of the log from elsewhere.
type Options struct {
	Keys     []string // verifier keys; without any the log's own word is taken
	Seen     []File   // checkpoints
	Receipts []File   // of entries, and of figures

	Queries []figure.Query    // the figures that can be computed again
	Files   map[string]string // what figures need besides the log, by name
}

// Report is what was checked and what was found.
type Report struct {
	Checkpoint logtree.Checkpoint
	Keys       []string
	Kinds      map[string]int64 // entries by kind
	Opened     int64            // entries that were sealed
	Agreed     []Agreed         // what was held against it, and holds where nothing was found
	Figures    []Figure         // that there are receipts of
	Files      int64            // beside the log, that entries name
	Withdrawn  []figure.Shelf   // files of which the text was taken back, and why
	Findings   []Finding
}

// Agreed is a checkpoint from elsewhere, or the receipt of an entry.
type Agreed struct {
	Name  string
	Size  int64  // of the log that it speaks of
	Index int64  // of the receipt's entry
	Kind  string // of the receipt's entry; empty of a checkpoint
}

// Log checks a log. Options that cannot be used are a fault.Invalid, and a source
// without a checkpoint a fault.NotFound.
func Log(ctx context.Context, src Source, o Options) (Report, error) {
	w := &walk{src: src, report: Report{Kinds: map[string]int64{}, Keys: o.Keys}, roots: map[int64]tlog.Hash{}, used: map[string]bool{}}
	if readable, err := w.head(ctx); err != nil || !readable {
		return w.report, err
	}
	seen, err := w.seen(o.Seen)
	if err != nil {
		return w.report, err
	}
	shelves(w, o.Queries)
	receipts, err := w.receipts(o)
	if err != nil {
		return w.report, err
	}
	for name := range o.Files {
		if !w.used[name] && len(w.report.Findings) == 0 {
			return w.report, fault.New(fault.Invalid, "没有凭据用到“%[1]s”这个文件：请核对 --with 的名称", "no receipt needs a file %[1]q: check the name in --with", lang.Short(name))
		}
	}
	if err := w.entries(ctx); err != nil {
		return w.report, err
	}
	w.extends(append(seen, receipts...))
	w.settle()
	if err := w.besides(ctx); err != nil {
		return w.report, err
	}
	return w.report, w.judge(ctx)
}

// head reads the checkpoint and the keys. Without a readable checkpoint there is nothing to
// hold the rest against: that is found, where the keys show that here was a log.
func (w *walk) head(ctx context.Context) (readable bool, err error) {
	signed, err := w.src(ctx, "checkpoint")
	if errors.Is(err, fs.ErrNotExist) {
		return false, fault.New(fault.NotFound, "这里没有公开日志：找不到 checkpoint", "there is no public log here: it has no file checkpoint").Because(err)
	}
	if err != nil {
		return false, err
	}
	given := len(w.report.Keys) > 0
	if err := w.readKeys(ctx); err != nil {
		return false, err
	}
	c, err := logtree.ParseCheckpoint(signed)
	if err != nil && !given && len(w.keys) > 0 {
		w.found(Changed, "checkpoint", "文件空了或改坏了，不是检查点", "the file was emptied or spoiled, and is no checkpoint")
		return false, nil
	}
	if err != nil {
		return false, fault.New(fault.Invalid, "这里的 checkpoint 不是检查点", "the file checkpoint is no checkpoint").Because(err)
	}
	w.report.Checkpoint = c
	if len(w.keys) == 0 {
		w.found(Missing, "keys", "日志没有给出公钥，也没有用 --key 给出：签名无从核对", "the log gives no key, and none was given by --key: its signature cannot be checked")
		return true, nil
	}
	if _, err := logtree.OpenCheckpoint(signed, w.keys...); err != nil {
		w.found(Forged, "checkpoint", "不是由这份日志的密钥签的", "it is not signed by the log's key")
	}
	return true, nil
}

// readKeys reads the keys that were given, or else the log's own. One of ours that is none
// is a mistake of who asks, one of the log's is a finding.
func (w *walk) readKeys(ctx context.Context) error {
	own := len(w.report.Keys) == 0
	if own {
		text, err := w.src(ctx, "keys")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		w.report.Keys = strings.Fields(string(text))
	}
	for _, vkey := range w.report.Keys {
		key, err := note.NewVerifier(vkey)
		if err != nil && own {
			w.found(Changed, "keys", "“%s”不是公钥", "%q is no public key", lang.Short(vkey))
			continue
		}
		if err != nil {
			return fault.New(fault.Invalid, "“%s”不是公开日志的公钥", "%q is not a public key of a log", vkey).Because(err)
		}
		w.keys = append(w.keys, key)
	}
	return nil
}

// claim is a checkpoint from elsewhere.
type claim struct {
	name string
	logtree.Checkpoint
	copied bool // without a signature that was checked
}

func (w *walk) seen(files []File) (claims []claim, err error) {
	for _, f := range files {
		c, err := logtree.ParseCheckpoint(f.Text)
		copied := err != nil
		if copied {
			c, err = logtree.ParseClaim(f.Text)
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "%s 不是检查点，也不是一行“条数 根”", "%s is neither a checkpoint nor a line with size and root", f.Name).Because(err)
		}
		if c.Origin != "" && c.Origin != w.report.Checkpoint.Origin {
			return nil, fault.New(fault.Invalid, "%[1]s 是另一份日志（%[2]s）的检查点", "%[1]s is a checkpoint of another log (%[2]s)", f.Name, c.Origin)
		}
		if copied = copied || len(w.keys) == 0; copied { // then it is somebody's word
			err = nil
		} else {
			_, err = logtree.OpenCheckpoint(f.Text, w.keys...)
		}
		if err != nil {
			w.found(Forged, f.Name, "不是由这份日志的密钥签的", "it is not signed by the log's key")
			continue
		}
		claims = append(claims, claim{f.Name, c, copied})
		w.report.Agreed = append(w.report.Agreed, Agreed{Name: f.Name, Size: c.Size})
		w.wanted(c.Size)
	}
	return claims, nil
}

func (w *walk) receipts(o Options) (claims []claim, err error) {
	for _, f := range o.Receipts {
		if figure.IsReceipt(f.Text) {
			c, err := w.asked(f, o)
			if err != nil {
				return nil, err
			}
			if c != nil {
				claims = append(claims, *c)
			}
			continue
		}
		r, err := logtree.ParseReceipt(f.Text)
		if err != nil {
			w.unreadable(f.Name)
			continue
		}
		if r.Checkpoint.Origin != w.report.Checkpoint.Origin {
			w.elsewhere(f.Name, r.Checkpoint.Origin)
			continue
		}
		if err := r.Check(w.keys...); err != nil {
			w.found(Disproved, f.Name, "凭据不成立：%v", "the receipt proves nothing: %v", err)
			continue
		}
		claims = append(claims, claim{f.Name, r.Checkpoint, false})
		said, err := logtree.ParseStatement(r.Statement)
		if err != nil {
			w.found(Malformed, f.Name, "凭据里的条目不合格式", "the entry in it has no form")
			continue
		}
		w.report.Agreed = append(w.report.Agreed, Agreed{f.Name, r.Checkpoint.Size, r.Index, said.Kind})
		w.wanted(r.Checkpoint.Size)
	}
	return claims, nil
}

// wanted has the root of a size noted when the walk comes by.
func (w *walk) wanted(size int64) { w.roots[size] = tlog.Hash{} }

// extends holds the log against what was seen of it: it has to be a later state.
func (w *walk) extends(claims []claim) {
	c := w.report.Checkpoint
	for _, old := range claims {
		switch root := w.roots[old.Size]; {
		case old.copied && old.Size <= c.Size:
			if old.Size == c.Size {
				root = c.Root
			}
			if old.Root != root && (w.whole || old.Size == c.Size) {
				w.found(Contradicted, old.name, "它说日志前 %[1]d 条的根是 %[2]s，而这份日志的是 %[3]s：日志在那以后被改过，或抄错了", "it says that the root of the first %[1]d entries is %[2]s, and of this log it is %[3]s: the log was changed since, or the line was copied wrongly", old.Size, old.Root, root)
			}
		case old.Size == c.Size && old.Root != c.Root, old.Size < c.Size && w.whole && old.Root != root:
			w.found(Fork, old.name, "同一密钥在 %[1]d 条处签过另一段历史：有人看到的日志与此不同", "the same key has signed another history of %[1]d entries: others were shown another log", old.Size)
		case old.Size > c.Size:
			w.found(Truncated, "checkpoint", "只有 %[1]d 条，而 %[2]s 见过 %[3]d 条：日志被截短，或是旧的", "it has %[1]d entries, and %[2]s has seen %[3]d: the log was cut short, or is an older one", c.Size, old.name, old.Size)
		}
	}
}
