package evidence

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence/imprint"
	"github.com/xiadu/xiadu/internal/engine/evidence/picture"
	"github.com/xiadu/xiadu/internal/engine/evidence/store"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// patience is how long a picture may take to be decoded, and how long another process
// leaves it to this one.
const (
	patience = time.Minute
	claimed  = 5 * time.Minute
)

type moment struct {
	ID  string    `db:"id"`
	Now time.Time `db:"now"`
}

type development struct {
	ID     string `db:"id"`
	State  State  `db:"state"`
	Width  int    `db:"width"`
	Height int    `db:"height"`
}

type printRow struct {
	Item string    `db:"item"`
	Bits []byte    `db:"bits"`
	At   time.Time `db:"made_at"`
}

var (
	nextPending  = db.Declare[time.Time, string](`SELECT id FROM evidence_item WHERE state = 'pending' AND busy <= :now ORDER BY busy, id LIMIT 1`)
	setBusy      = db.Declare[moment, db.None](`UPDATE evidence_item SET busy = :now WHERE id = :id`)
	setDeveloped = db.Declare[development, db.None](`UPDATE evidence_item SET state = :state, width = :width, height = :height WHERE id = :id AND state = 'pending'`)
	putRendition = db.Declare[renditionRow, db.None](`
		INSERT INTO evidence_rendition (item, purpose, file, secret, key_number) VALUES (:item, :purpose, :file, :secret, :key_number)
		ON CONFLICT (item, purpose) DO UPDATE SET file = :file, secret = :secret, key_number = :key_number`)
	insertPrint = db.Declare[printRow, db.None](`
		INSERT INTO evidence_print (item, bits, made_at) VALUES (:item, :bits, :made_at) ON CONFLICT (item) DO NOTHING`)
)

// Develop makes what pictures are looked at by, of up to limit items that are pending,
// and asks about those that look like others. It returns how many it has dealt with. Any
// number of processes may do it: each takes what no other has begun, and what one leaves
// half done is begun again. A picture that cannot be decoded becomes unreadable; what
// fails for another reason stays pending, and the first such error is returned.
func (e *Evidence) Develop(ctx context.Context, limit int) (done int, err error) {
	for done < limit {
		id, err := e.claimPending(ctx)
		if err != nil || id == "" {
			return done, err
		}
		if err := e.develop(ctx, id); err != nil {
			return done, fmt.Errorf("evidence: develop %s: %w", id, err)
		}
		done++
	}
	return done, nil
}

func (e *Evidence) claimPending(ctx context.Context) (id string, err error) {
	var waiting bool // mostly nothing is, and looking costs no writer its turn
	err = e.db.View(ctx, func(tx *db.Tx) error {
		rows, err := nextPending.Slice(tx, tx.Now())
		waiting = len(rows) > 0
		return err
	})
	if err != nil || !waiting {
		return "", err
	}
	err = e.db.Update(ctx, func(tx *db.Tx) error {
		id = ""
		rows, err := nextPending.Slice(tx, tx.Now())
		if err != nil || len(rows) == 0 {
			return err
		}
		id = rows[0]
		_, err = setBusy.Exec(tx, moment{id, tx.Now().Add(claimed)})
		return err
	})
	return id, err
}

func (e *Evidence) develop(ctx context.Context, id string) error {
	var item itemRow
	var blob blobRow
	var key string
	var confirmed []Cover
	err := e.db.View(ctx, func(tx *db.Tx) (err error) {
		if item, blob, key, err = original(tx, id); err == nil {
			confirmed, err = publishedAgain.Slice(tx, id)
		}
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return nil // it was erased meanwhile
	}
	if err != nil {
		return err
	}
	made := development{ID: id, State: Ready}
	var sizes map[Purpose][]byte
	var look imprint.Print
	err = e.decoded(ctx, blob, key, func(r *store.Reader, h picture.Head) error {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		img, err := picture.Decode(ctx, r, h)
		if err != nil {
			return err
		}
		made.Width, made.Height = img.Rect.Dx(), img.Rect.Dy()
		if !e.kinds[item.Kind].Uncompared {
			look = imprint.Of(img)
		}
		sizes, err = renditions(img, confirmed)
		return err
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case fault.KindOf(err) == fault.Invalid, errors.Is(err, context.DeadlineExceeded):
		made.State, made.Width, made.Height = Unreadable, blob.Width, blob.Height
		look = imprint.Print{}
	case err != nil:
		return err
	}
	if err := e.developed(ctx, made, sizes, look); err != nil || made.State != Ready || look.Blank() {
		return err
	}
	return e.likenesses(ctx, id, look)
}

// renditions are what is made for eyes. What was published is made again with them, after
// a restore: a backup has the shapes.
func renditions(img *image.RGBA, confirmed []Cover) (map[Purpose][]byte, error) {
	full, err := picture.Encode(img)
	if err != nil {
		return nil, err
	}
	onScreen := picture.Fit(img, picture.ScreenSide)
	screen, err := picture.Encode(onScreen)
	if err != nil {
		return nil, err
	}
	thumb, err := picture.Encode(picture.Fit(onScreen, picture.ThumbSide))
	made := map[Purpose][]byte{Full: full, Screen: screen, Thumb: thumb}
	for _, c := range confirmed {
		if made[public], err = paintOver(img, c.Shapes); err != nil {
			return nil, err
		}
	}
	return made, err
}

// developed writes what was made, unless another process was faster or it was erased:
// the files are then named by nobody.
func (e *Evidence) developed(ctx context.Context, d development, sizes map[Purpose][]byte, look imprint.Print) error {
	rows, committed, err := e.put(ctx, d.ID, sizes)
	defer committed()
	if err != nil {
		return err
	}
	return e.db.Update(ctx, func(tx *db.Tx) error {
		if n, err := setDeveloped.Exec(tx, d); err != nil || n == 0 {
			return err
		}
		for _, row := range rows {
			if err := row.write(tx); err != nil {
				return err
			}
		}
		if d.State != Ready || look.Blank() {
			return nil
		}
		_, err := insertPrint.Exec(tx, printRow{d.ID, look.Bits[:], tx.Now()})
		return err
	})
}

// keptRendition is a rendition whose file is on the disk, and its key.
type keptRendition struct {
	renditionRow
	key string
}

func (k keptRendition) write(tx *db.Tx) (err error) {
	if k.Secret, k.KeyNumber, err = record.SealOwn(tx, k.place(), k.key); err != nil {
		return err
	}
	_, err = putRendition.Exec(tx, k.renditionRow)
	return err
}

// put has renditions on the disk, and holds the locks of their files until committed is
// called.
func (e *Evidence) put(ctx context.Context, item string, sizes map[Purpose][]byte) (rows []keptRendition, committed func(), err error) {
	var unlocks []func()
	committed = func() {
		for _, unlock := range unlocks {
			unlock()
		}
	}
	for purpose, bytes := range sizes {
		b, unlock, err := e.store.Put(ctx, bytes)
		if err != nil {
			return nil, committed, err
		}
		unlocks = append(unlocks, unlock)
		rows = append(rows, keptRendition{renditionRow{Item: item, Purpose: purpose, File: b.Name}, base64.StdEncoding.EncodeToString(b.Key)})
	}
	return rows, committed, nil
}
