package evidence

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/engine/evidence/store"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Purpose is what a rendition is made for.
type Purpose string

// What is made of every picture, for those who may see it.
const (
	Thumb  Purpose = "thumb"
	Screen Purpose = "screen"
	Full   Purpose = "full"

	public Purpose = "published" // only [Public] asks for it
)

// renditionRow is a row of evidence_rendition.
type renditionRow struct {
	Item      string  `db:"item"`
	Purpose   Purpose `db:"purpose"`
	File      string  `db:"file"`
	Secret    string  `db:"secret"`
	KeyNumber int     `db:"key_number"`
}

func (r renditionRow) place() string { return "evidence_rendition/" + r.Item + "/" + string(r.Purpose) }

type ofItem struct {
	Item    string  `db:"item"`
	Purpose Purpose `db:"purpose"`
}

var readRendition = db.Declare[ofItem, renditionRow](`SELECT /*cols*/ FROM evidence_rendition WHERE item = :item AND purpose = :purpose`)

// Rendition returns a JPEG of a picture. Until it is developed, it is a fault.Late, which
// a page shows as what is still to come.
func (e *Evidence) Rendition(ctx context.Context, id string, p Purpose) ([]byte, error) {
	if p == public {
		return nil, fmt.Errorf("evidence: rendition of %s: what is published is asked of Public", id)
	}
	return e.rendition(ctx, id, p)
}

func (e *Evidence) rendition(ctx context.Context, id string, p Purpose) ([]byte, error) {
	var file, key string
	err := e.db.View(ctx, func(tx *db.Tx) error {
		rows, err := readRendition.Slice(tx, ofItem{id, p})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return noRendition(tx, id, p)
		}
		file = rows[0].File
		key, err = record.OpenOwn(tx, rows[0].place(), rows[0].Secret)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("evidence: %s of %s: %w", p, id, err)
	}
	r, err := e.open(file, key)
	if err != nil {
		return nil, fmt.Errorf("evidence: %s of %s: %w", p, id, err)
	}
	defer r.Close() //nolint:errcheck // it was only read
	return io.ReadAll(r)
}

// noRendition says why there is none.
func noRendition(tx *db.Tx, id string, p Purpose) error {
	row, err := itemByID.One(tx, id)
	switch {
	case err != nil:
		return err
	case row.State == Erased:
		return gone()
	case p == public:
		return fault.New(fault.NotFound, "这张照片没有公开。", "This photo is not published.")
	case row.State == Pending:
		return fault.New(fault.Late, "照片已收到，正在处理，请稍后再看。", "The photo has come and is being made ready: look again shortly.")
	case row.State == Unreadable:
		return fault.New(fault.NotFound, "这张照片已损坏，打不开；原件还在，可以下载。请重新拍摄。", "This photo is damaged and cannot be opened; the original is kept and can be downloaded. Take it anew.")
	}
	return fault.New(fault.NotFound, "这份文件没有图像，只能下载。", "This file has no picture and can only be downloaded.")
}

// open reads a file of the store whose key is as rows have it.
func (e *Evidence) open(file, key string) (*store.Reader, error) {
	k, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return nil, err
	}
	return e.store.Open(file, k)
}

// View is who wants to see an original, and why.
type View struct {
	By     string // as in the record
	Person string
	Why    string
}

// Original is what came, as it came: with its metadata, and of any content. A page hands
// it out as an attachment with nosniff and a sandbox, never with its own type.
type Original struct {
	io.ReadSeekCloser
	Item Item
	Size int64
}

// Original returns what came, once the entry that it was seen is committed. A reason is
// needed; what was erased is a fault.NotFound.
func (e *Evidence) Original(ctx context.Context, id string, v View) (*Original, error) {
	return originalFor(ctx, e, id, v.Why, func(*db.Tx, Item) (Doer, error) { return Doer{v.By, v.Person}, nil })
}

func originalFor(ctx context.Context, e *Evidence, id, why string, who func(*db.Tx, Item) (Doer, error)) (*Original, error) {
	if why = strings.TrimSpace(why); why == "" {
		return nil, fault.At("why", fault.New(fault.Invalid, "看原件要写明原因，会记录在案。", "Say why you need the original: it is put on record."))
	}
	var item itemRow
	var blob blobRow
	var key string
	err := e.db.Update(ctx, func(tx *db.Tx) (err error) {
		if item, blob, key, err = original(tx, id); err != nil {
			return err
		}
		by, err := who(tx, item.Item)
		if err != nil {
			return err
		}
		if by.Person == "" {
			return fault.New(fault.Denied, "程序不能看原件。", "A program cannot see an original.")
		}
		return record.Append(tx, by.By, viewed{id, by.Person, why})
	})
	if err != nil {
		return nil, fmt.Errorf("evidence: original of %s: %w", id, err)
	}
	r, err := e.open(blob.File, key)
	if err != nil {
		return nil, fmt.Errorf("evidence: original of %s: %w", id, err)
	}
	return &Original{r, item.Item, blob.Size}, nil
}

// original reads where the bytes of an item are, and their key.
func original(tx *db.Tx, id string) (item itemRow, blob blobRow, key string, err error) {
	if item, err = itemByID.One(tx, id); err != nil {
		return item, blob, "", err
	}
	if item.State == Erased {
		return item, blob, "", gone()
	}
	if blob, err = blobByHash.One(tx, item.Blob); err != nil {
		return item, blob, "", err
	}
	key, err = record.OpenOwn(tx, blob.place(), blob.Secret)
	return item, blob, key, err
}

// decoded opens a picture to be decoded, once there is memory for it.
func (e *Evidence) decoded(ctx context.Context, blob blobRow, key string, use func(*store.Reader, picture.Head) error) error {
	r, err := e.open(blob.File, key)
	if err != nil {
		return err
	}
	defer r.Close() //nolint:errcheck // it was only read
	h, err := picture.Look(r)
	if err != nil {
		return err
	}
	weight := min(h.Weight(), e.most) // the largest have all of it
	if err := e.slots.Acquire(ctx, weight); err != nil {
		return err
	}
	defer e.slots.Release(weight)
	return use(r, h)
}

// Public is what may be given to anybody: published renditions, and nothing else.
type Public struct{ e *Evidence }

// Public returns the only way by which pages for the public get at pictures.
func (e *Evidence) Public() Public { return Public{e} }

// Picture returns the published rendition of an item, a JPEG. What is not published, or
// no more, is a fault.NotFound.
func (p Public) Picture(ctx context.Context, id string) ([]byte, error) {
	return p.e.rendition(ctx, id, public)
}
