package bulletin

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint/blur"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

type secret struct {
	Name      string `db:"name"`
	What      string `db:"what"`
	KeyNumber int    `db:"key_number"`
}

func (s secret) sealedAt() string { return "complaint_secret/" + s.Name }

var (
	secretOf  = db.Declare[string, secret](`SELECT /*cols*/ FROM complaint_secret WHERE name = :name`)
	addSecret = db.Declare[secret, db.None](`INSERT INTO complaint_secret (name, what, key_number) VALUES (:name, :what, :key_number)`)
)

// keyBytes is the length of the key under which places are moved.
const keyBytes = 32

// blurring returns what moves places on this site, whose key is made once and never leaves.
func blurring(tx *db.Tx) (*blur.Blur, error) {
	const name = "blur"
	rows, err := secretOf.Slice(tx, name)
	if err != nil {
		return nil, err
	}
	var text string
	if len(rows) > 0 {
		text, err = record.OpenOwn(tx, rows[0].sealedAt(), rows[0].What)
	} else {
		key := make([]byte, keyBytes)
		rand.Read(key) // documented never to fail
		text = hex.EncodeToString(key)
		s := secret{Name: name}
		if s.What, s.KeyNumber, err = record.SealOwn(tx, s.sealedAt(), text); err == nil {
			_, err = addSecret.Exec(tx, s)
		}
	}
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("bulletin: the key of the map: %w", err)
	}
	return blur.New(key, wide)
}

// widest is the side of a cell in which a place is shown, in metres: where nobody has said how many people live,
// it is taken for a place where few do.
const widest = 700

// wide lets a cell be divided until its parts would be smaller than that.
func wide(b geo.Box) int {
	const degree = 111_195 // metres of latitude
	if d := b.Degrees(); (d[3]-d[1])*degree > widest {
		return 1 << 20
	}
	return 0
}

// place puts a row where the public sees it: the place of the first problem behind its letter that has one, moved.
func (r *row) place(tx *db.Tx, l letter.Letter) error {
	points, err := letter.Points(tx, l.ID)
	if err != nil {
		return err
	}
	for _, one := range points {
		p, err := problem.Read(tx, one.Problem)
		if err != nil {
			return err
		}
		if p.Lat == nil || p.Lon == nil {
			continue
		}
		b, err := blurring(tx)
		if err != nil {
			return err
		}
		at, err := b.At(geo.Point{Lon: *p.Lon, Lat: *p.Lat})
		if err != nil {
			return err
		}
		r.Lat, r.Lon = &at.Lat, &at.Lon
		return nil
	}
	return nil
}
