package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/engine/evidence/store"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Cover is what a person painted over an item, one version of it.
type Cover struct {
	Item      string    `db:"item"`
	Version   int       `db:"version"`
	Shapes    string    `db:"shapes"` // JSON, as picture.ParseShapes reads it
	At        time.Time `db:"made_at"`
	By        string    `db:"made_by"`
	Published bool      `db:"published"` // somebody confirmed it
}

type versionOf struct {
	Item    string `db:"item"`
	Version int    `db:"version"`
}

var (
	coversOf    = db.Declare[string, Cover](`SELECT /*cols*/ FROM evidence_cover WHERE item = :item ORDER BY version DESC`)
	insertCover = db.Declare[Cover, db.None](`
		INSERT INTO evidence_cover (item, version, shapes, made_at, made_by, published) VALUES (:item, :version, :shapes, :made_at, :made_by, :published)`)
	confirmCover = db.Declare[versionOf, db.None](`UPDATE evidence_cover SET published = TRUE WHERE item = :item AND version = :version`)
	unconfirm    = db.Declare[string, db.None](`UPDATE evidence_cover SET published = FALSE WHERE item = :item`)
	dropPublic   = db.Declare[string, db.None](`DELETE FROM evidence_rendition WHERE item = :item AND purpose = 'published'`)
)

// Paint keeps what a person painted over an item and returns its version. Nothing is
// published by it. No shapes at all say that somebody looked and there is nothing to hide.
func (e *Evidence) Paint(tx *db.Tx, by, item, shapes string) (version int, err error) {
	if _, err := picture.ParseShapes(shapes); err != nil {
		return 0, err
	}
	row, err := itemByID.One(tx, item)
	if err != nil {
		return 0, err
	}
	if row.State != Ready {
		return 0, notPublishable(row.State)
	}
	before, err := coversOf.Slice(tx, item)
	if err != nil {
		return 0, fmt.Errorf("evidence: paint over %s: %w", item, err)
	}
	version = 1
	if len(before) > 0 {
		version = before[0].Version + 1
	}
	if _, err := insertCover.Exec(tx, Cover{Item: item, Version: version, Shapes: shapes, At: tx.Now(), By: by}); err != nil {
		return 0, fmt.Errorf("evidence: paint over %s: %w", item, err)
	}
	return version, nil
}

func notPublishable(s State) error {
	if s == Erased {
		return gone()
	}
	return fault.New(fault.Conflict, "只有处理好的照片才能公开；PDF 等文件不能公开。", "Only a photo that is ready can be published; a PDF and the like cannot.")
}

// Confirmed is who says that a version of a cover hides what has to be hidden.
type Confirmed struct {
	By, Person string
	Version    int
}

// Publish makes the picture that the public may have: the original under a version of its
// cover, painted, shrunk and encoded anew. A version that is not the latest is a
// fault.Conflict: somebody has painted since.
func (e *Evidence) Publish(ctx context.Context, item string, c Confirmed) error {
	return publish(ctx, e, item, c.Version, func(*db.Tx, Item) (Doer, error) { return Doer{c.By, c.Person}, nil })
}

func publish(ctx context.Context, e *Evidence, item string, version int, who func(*db.Tx, Item) (Doer, error)) error {
	fail := func(err error) error { return fmt.Errorf("evidence: publish %s: %w", item, err) }
	bytes, err := e.covered(ctx, item, version)
	if err != nil {
		return fail(err)
	}
	rows, committed, err := e.put(ctx, item, map[Purpose][]byte{public: bytes})
	defer committed()
	if err != nil {
		return fail(err)
	}
	sum := sha256.Sum256(bytes)
	err = e.db.Update(ctx, func(tx *db.Tx) error {
		row, err := itemByID.One(tx, item)
		if err != nil {
			return err
		}
		by, err := who(tx, row.Item)
		if err != nil {
			return err
		}
		covers, err := coversOf.Slice(tx, item)
		switch {
		case err != nil:
			return err
		case row.State != Ready:
			return notPublishable(row.State)
		case len(covers) == 0 || covers[0].Version != version:
			return fault.New(fault.Conflict, "这张照片的遮盖刚刚又改过。请重新查看后再公开。", "What covers this photo has just been changed. Look at it again before you publish.")
		}
		if _, err := confirmCover.Exec(tx, versionOf{item, version}); err != nil {
			return err
		}
		if err := rows[0].write(tx); err != nil {
			return err
		}
		return record.Append(tx, by.By, published{item, by.Person, version, hex.EncodeToString(sum[:])})
	})
	if err != nil {
		return fail(err)
	}
	return nil
}

// covered is the picture under a version of its cover, encoded.
func (e *Evidence) covered(ctx context.Context, item string, version int) (bytes []byte, err error) {
	var blob blobRow
	var key string
	var shapes string
	err = e.db.View(ctx, func(tx *db.Tx) (err error) {
		if _, blob, key, err = original(tx, item); err != nil {
			return err
		}
		covers, err := coversOf.Slice(tx, item)
		if err != nil {
			return err
		}
		for _, c := range covers {
			if c.Version == version {
				shapes = c.Shapes
				return nil
			}
		}
		return fault.New(fault.NotFound, "没有这一版遮盖。", "There is no such version of what covers it.")
	})
	if err != nil {
		return nil, err
	}
	err = e.decoded(ctx, blob, key, func(r *store.Reader, h picture.Head) error {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		img, err := picture.Decode(ctx, r, h)
		if err == nil {
			bytes, err = paintOver(img, shapes)
		}
		return err
	})
	return bytes, err
}

// paintOver encodes what may be published of a picture. Painting comes before shrinking.
func paintOver(img *image.RGBA, shapes string) ([]byte, error) {
	parsed, err := picture.ParseShapes(shapes)
	if err != nil {
		return nil, err
	}
	return picture.Encode(picture.Fit(picture.Cover(img, parsed), picture.ScreenSide))
}

// Withdraw takes back what was published. The reason is public.
func Withdraw(tx *db.Tx, item, by, person, reason string) error {
	n, err := dropPublic.Exec(tx, item)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "这张照片没有公开。", "This photo is not published.")
	}
	if err == nil {
		_, err = unconfirm.Exec(tx, item)
	}
	if err != nil {
		return fmt.Errorf("evidence: withdraw %s: %w", item, err)
	}
	return record.Append(tx, by, withdrawn{item, person, reason})
}
