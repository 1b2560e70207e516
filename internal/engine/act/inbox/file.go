package inbox

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act/envelope"
	"github.com/xiadu/xiadu/internal/fault"
)

type fileRow struct {
	Device string    `db:"device"`
	Hash   string    `db:"hash"`
	Head   string    `db:"head"`
	Person string    `db:"person"`
	Size   int64     `db:"size"`
	MadeAt time.Time `db:"made_at"`
}

type partRow struct {
	Device string `db:"device"`
	Hash   string `db:"hash"`
	Part   int    `db:"part"`
	Box    []byte `db:"box"`
}

type fileKey struct {
	Device string `db:"device"`
	Hash   string `db:"hash"`
}

var (
	insertFile = db.Declare[fileRow, db.None](`
		INSERT INTO offline_file (device, hash, head, person, size, made_at) VALUES (:device, :hash, :head, :person, :size, :made_at)`)
	fileByHash   = db.Declare[fileKey, fileRow](`SELECT /*cols*/ FROM offline_file WHERE device = :device AND hash = :hash`)
	arriving     = db.Declare[string, int64](`SELECT COALESCE(SUM(size), 0) AS n FROM offline_file WHERE device = :device`)
	insertPart   = db.Declare[partRow, db.None](`INSERT INTO offline_part (device, hash, part, box) VALUES (:device, :hash, :part, :box) ON CONFLICT (device, hash, part) DO NOTHING`)
	partNumbers  = db.Declare[fileKey, int](`SELECT part FROM offline_part WHERE device = :device AND hash = :hash ORDER BY part`)
	partByNumber = db.Declare[partRow, []byte](`SELECT box FROM offline_part WHERE device = :device AND hash = :hash AND part = :part`)
	dropParts    = db.Declare[fileKey, db.None](`DELETE FROM offline_part WHERE device = :device AND hash = :hash`)
	dropFile     = db.Declare[fileKey, db.None](`DELETE FROM offline_file WHERE device = :device AND hash = :hash`)
	oldFiles     = db.Declare[time.Time, fileKey](`SELECT device, hash FROM offline_file WHERE made_at < :made_at ORDER BY made_at LIMIT 20`)
)

const (
	maxArriving = 512 << 20           // bytes of a device that are on their way
	waitFor     = 14 * 24 * time.Hour // then what came of a file is dropped; the phone has it still
)

// Begin says which parts of a file are still to come; none: it is there. The head says what
// it is, and its device has signed that.
func (b *Inbox[W]) Begin(ctx context.Context, e envelope.Envelope) (lacks []int, err error) {
	h, d, err := b.fileOf(ctx, e)
	if err != nil {
		return nil, err
	}
	there := false
	var had []int
	err = b.db.Update(ctx, func(tx *db.Tx) error {
		if err := sweep(tx); err != nil {
			return err
		}
		m, err := b.Files.Missing(tx, d.Person, []string{h.Hash})
		if err != nil {
			return err
		}
		if there = len(m) == 0; there {
			return nil
		}
		key := fileKey{d.ID, h.Hash}
		rows, err := fileByHash.Slice(tx, key)
		if err != nil {
			return err
		}
		if len(rows) > 0 && rows[0].Head != e.Head { // it was sealed anew: the boxes are others
			if err := drop(tx, key); err != nil {
				return err
			}
			rows = nil
		}
		if len(rows) > 0 {
			had, err = partNumbers.Slice(tx, key)
			return err
		}
		had = nil
		n, err := arriving.One(tx, d.ID)
		if err != nil {
			return err
		}
		if n+h.Size > maxArriving {
			return fault.New(fault.Unavailable, "这台设备还有 %d MB 没有传完，请等它们传完再发。", "%d MB of this device are still on their way. Wait until they are there.", n>>20)
		}
		_, err = insertFile.Exec(tx, fileRow{d.ID, h.Hash, e.Head, d.Person, h.Size, tx.Now()})
		return err
	})
	if err != nil || there {
		return nil, err
	}
	if lacks = without(h.Parts(), had); len(lacks) == 0 { // it broke off before the last step
		return nil, b.finish(ctx, d, e, h)
	}
	return lacks, nil
}

// without are the numbers below n that are not in had, which is sorted.
func without(n int, had []int) []int {
	lacks := []int{}
	for i := range n {
		if len(had) > 0 && had[0] == i {
			had = had[1:]
			continue
		}
		lacks = append(lacks, i)
	}
	return lacks
}

// fileOf reads the head of a file and holds it against its device.
func (b *Inbox[W]) fileOf(ctx context.Context, e envelope.Envelope) (h envelope.Head, d Device, err error) {
	if h, err = envelope.Read(e); err != nil {
		return h, d, err
	}
	k, known := b.Kinds[h.Kind]
	if sum, err := hex.DecodeString(h.Hash); err != nil || len(sum) != 32 || h.For != envelope.ForFile || h.Size < 1 {
		return h, d, fault.New(fault.Invalid, "这不是一份文件的开头。", "This is not how a file begins.")
	}
	if !known {
		return h, d, unknownKind(h.Kind)
	}
	if k.Files == "" || b.Files.Take == nil {
		return h, d, fault.New(fault.Invalid, "“%[1]s”不收文件。", "No files are taken with %[2]q.", k.Name.ZH, k.Name.EN)
	}
	limit, err := b.Files.Limit(k.Files)
	if err != nil {
		return h, d, err
	}
	if h.Size > limit {
		return h, d, fault.New(fault.Invalid, "这份文件有 %[1]d MB，最多收 %[2]d MB。", "This file has %[1]d MB; at most %[2]d MB are taken.", h.Size>>20, limit>>20)
	}
	err = b.db.View(ctx, func(tx *db.Tx) error {
		rows, err := deviceByID.Slice(tx, h.Device)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return otherSite()
		}
		d = rows[0]
		return nil
	})
	if err != nil {
		return h, d, err
	}
	public, err := base64.StdEncoding.DecodeString(d.Public)
	if err != nil {
		return h, d, err
	}
	e.Box = nil
	return h, d, envelope.Verify(public, e)
}

// Part takes a part of a file that was begun, and the whole once it was the last that lacked.
func (b *Inbox[W]) Part(ctx context.Context, device, hash string, part int, box []byte) (lacks []int, err error) {
	var d Device
	var h envelope.Head
	var e envelope.Envelope
	var had []int
	err = b.db.Update(ctx, func(tx *db.Tx) error {
		key := fileKey{device, hash}
		rows, err := fileByHash.Slice(tx, key)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.New(fault.NotFound, "这份文件没有在传。请从头开始。", "This file is not on its way. Begin it anew.")
		}
		e.Head = rows[0].Head
		if h, err = envelope.Read(e); err != nil {
			return err
		}
		if part < 0 || part >= h.Parts() {
			return fault.New(fault.Invalid, "这份文件没有第 %d 段。", "This file has no part %d.", part)
		}
		if d, err = deviceByID.One(tx, device); err != nil {
			return err
		}
		site, err := b.private(tx, h.Key)
		if err != nil {
			return err
		}
		text, err := envelope.OpenPart(site, e, part, box)
		if err != nil {
			return err
		}
		if want := min(envelope.PartBytes, h.Size-int64(part)*envelope.PartBytes); int64(len(text)) != want {
			return fault.New(fault.Invalid, "第 %[1]d 段有 %[2]d 字节，应是 %[3]d。", "Part %[1]d has %[2]d bytes and should have %[3]d.", part, len(text), want)
		}
		if _, err := insertPart.Exec(tx, partRow{device, hash, part, box}); err != nil {
			return err
		}
		had, err = partNumbers.Slice(tx, key)
		return err
	})
	if err != nil {
		return nil, err
	}
	if lacks = without(h.Parts(), had); len(lacks) == 0 {
		return lacks, b.finish(ctx, d, e, h)
	}
	return lacks, nil
}

// finish gives the whole to evidence, which holds it against hash and size. What is not the
// file that its head says is dropped: it cannot become right.
func (b *Inbox[W]) finish(ctx context.Context, d Device, e envelope.Envelope, h envelope.Head) error {
	key := fileKey{d.ID, h.Hash}
	r := &parts{ctx: ctx, read: func(part int) (text []byte, err error) {
		err = b.db.View(ctx, func(tx *db.Tx) error {
			site, err := b.private(tx, h.Key)
			if err != nil {
				return err
			}
			box, err := partByNumber.One(tx, partRow{Device: d.ID, Hash: h.Hash, Part: part})
			if err != nil {
				return err
			}
			text, err = envelope.OpenPart(site, e, part, box)
			return err
		})
		return text, err
	}, n: h.Parts()}
	err := b.Files.Take(ctx, r, b.Kinds[h.Kind].Files, d.Person, File{Hash: h.Hash, Size: h.Size})
	if err != nil && fault.KindOf(err) != fault.Invalid {
		return fmt.Errorf("inbox: take a file: %w", err)
	}
	return errors.Join(err, b.db.Update(ctx, func(tx *db.Tx) error { return drop(tx, key) }))
}

// parts reads one part after another.
type parts struct {
	ctx  context.Context
	read func(part int) ([]byte, error)
	next int
	n    int
	text []byte
}

func (p *parts) Read(to []byte) (int, error) {
	for len(p.text) == 0 {
		if p.next == p.n {
			return 0, io.EOF
		}
		var err error
		if p.text, err = p.read(p.next); err != nil {
			return 0, err
		}
		p.next++
	}
	n := copy(to, p.text)
	p.text = p.text[n:]
	return n, nil
}

func drop(tx *db.Tx, key fileKey) error {
	_, err := dropParts.Exec(tx, key)
	if err == nil {
		_, err = dropFile.Exec(tx, key)
	}
	return err
}

// sweep drops a few files that nobody goes on with.
func sweep(tx *db.Tx) error {
	old, err := oldFiles.Slice(tx, tx.Now().Add(-waitFor))
	if err != nil {
		return err
	}
	for _, key := range old {
		if err := drop(tx, key); err != nil {
			return err
		}
	}
	return nil
}
