package bulletin

import (
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/complaint/blur"
	"github.com/xiadu/xiadu/internal/system/complaint/key"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// blurring returns what moves places on this site, whose key is made once and never leaves.
func blurring(tx *db.Tx) (*blur.Blur, error) {
	hidden, err := key.Of(tx, "blur")
	if err != nil {
		return nil, err
	}
	return blur.New(hidden, wide)
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

// place puts a row where the public sees it: the place of the first problem behind its letter that has one, or else where
// whoever reported it said that it is, moved.
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
		if p.Lat != nil && p.Lon != nil {
			return r.moved(tx, geo.Point{Lon: *p.Lon, Lat: *p.Lat})
		}
	}
	came, err := l.OpenOriginal(tx)
	if err != nil || came.At == nil {
		return err
	}
	return r.moved(tx, geo.Point{Lon: came.At.Lon, Lat: came.At.Lat})
}

// moved keeps where a place is shown.
func (r *row) moved(tx *db.Tx, to geo.Point) error {
	b, err := blurring(tx)
	if err != nil {
		return err
	}
	at, err := b.At(to)
	if err != nil {
		return err
	}
	r.Lat, r.Lon = &at.Lat, &at.Lon
	return nil
}
