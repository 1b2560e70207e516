// Package blur moves the place of a complaint for the public map.
//
//	b, err := blur.New(key, people)
//	shown := b.At(gate)
//
// A place is taken to its cell: of some 200 m, and up to 3.2 km where few people live, so
// that a cell is never one house. The cell's point is its middle moved by an
// HMAC-SHA-256 of the cell under a key that never leaves the instance. What is shown depends on
// the cell and the key and on nothing else: thirty letters about one gate are one point, two
// letters of one cell cannot be told apart, and no number of letters has a mean that comes
// nearer to the gate. It is no mean itself.
//
// Who does not know the key learns of a point that the place is within [Blur.Reach] of
// it. Who does know it learns the cell, and no more.
//
// A cell is divided only where all four of its parts have enough people: were the parts that
// do divided alone, what is shown for the whole would mean the remaining part. How many
// people live somewhere must therefore be of one version for as long as a point is shown; a
// caller keeps the point with the letter when it is first published.
package blur

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
)

const (
	// smallest is the side of the smallest cell in metres. From one to the next larger it doubles.
	smallest = 200.0
	levels   = 5 // 200, 400, 800, 1600, 3200 m
	// enough is how many people live in a cell that may stand alone: some 15 households.
	enough = 50
	// minKey is the fewest bytes of a key: what SHA-256 can use.
	minKey = 32
)

// People says how many live in a box. Nil: everywhere enough.
type People func(geo.Box) int

// Blur moves places.
type Blur struct {
	key    []byte
	people People
}

// New takes the key, of 32 bytes at least.
func New(key []byte, people People) (*Blur, error) {
	if len(key) < minKey {
		return nil, fault.New(fault.Invalid, "模糊位置的密钥至少要 %[1]d 字节，这个只有 %[2]d 字节：请重新生成", "a key to blur places has %[1]d bytes at least, and this one %[2]d: make another", minKey, len(key))
	}
	return &Blur{append([]byte(nil), key...), people}, nil
}

// cell is a square of a grid: of those of the largest cells, and where it lies within one.
type cell struct {
	row, column int32 // of the largest cell
	level       int32 // 0: the largest
	x, y        int32 // within it, in cells of the level
}

// metresPerDegree is of latitude.
const metresPerDegree = geo.EarthRadius * math.Pi / 180

const largest = smallest * (1 << (levels - 1))

// height is that of a largest cell in degrees.
const height = largest / metresPerDegree

// width is that of a largest cell in degrees, in a row; the cells of a row are alike.
func width(row int32) float64 {
	middle := (float64(row) + 0.5) * height
	return height / max(math.Cos(middle*math.Pi/180), 1e-3)
}

// At is where a place is shown.
func (b *Blur) At(place geo.Point) (geo.Point, error) {
	if !place.Valid() {
		return geo.Point{}, fault.New(fault.Invalid, "位置不在地球上：经度 %[1]v，纬度 %[2]v", "this place is not on the earth: longitude %[1]v, latitude %[2]v", place.Lon, place.Lat)
	}
	return b.shown(b.cellOf(place)), nil
}

// Reach is how far at most the shown point lies from the place, in metres: from the place to the
// middle of a cell, and from there as far as it is moved.
func (b *Blur) Reach(place geo.Point) float64 {
	return math.Sqrt2 * 1.5 * b.cellOf(place).side() * 1.01 // a cell is no plane square
}

func (c cell) side() float64 { return largest / float64(int(1)<<c.level) }

func (b *Blur) cellOf(p geo.Point) cell {
	c := cell{row: int32(math.Floor(p.Lat / height))}
	c.column = int32(math.Floor(p.Lon / width(c.row)))
	for c.level < levels-1 && b.divides(c) {
		c.level++
		n := float64(int(1) << c.level)
		c.x = within((p.Lon/width(c.row)-float64(c.column))*n, n)
		c.y = within((p.Lat/height-float64(c.row))*n, n)
	}
	return c
}

// within keeps a rounded edge in its cell.
func within(at, n float64) int32 { return int32(min(max(math.Floor(at), 0), n-1)) }

// divides reports whether each part of a cell has people enough.
func (b *Blur) divides(c cell) bool {
	if b.people == nil {
		return true
	}
	for i := range int32(4) {
		part := cell{c.row, c.column, c.level + 1, 2*c.x + i%2, 2*c.y + i/2}
		if b.people(part.box()) < enough {
			return false
		}
	}
	return true
}

func (c cell) box() geo.Box {
	n := float64(int(1) << c.level)
	west, south := (float64(c.column)+float64(c.x)/n)*width(c.row), (float64(c.row)+float64(c.y)/n)*height
	return geo.BoxOf(geo.Point{Lon: west, Lat: south}.Fixed(), geo.Point{Lon: west + width(c.row)/n, Lat: south + height/n}.Fixed())
}

// shown is the middle of a cell, moved by up to its side to east or west, and to north or south:
// the point may lie outside of it.
func (b *Blur) shown(c cell) geo.Point {
	mac := hmac.New(sha256.New, b.key)
	mac.Write([]byte("complaint/blur/1")) // what else is made with the key is something else
	for _, n := range []int32{c.row, c.column, c.level, c.x, c.y} {
		mac.Write(binary.BigEndian.AppendUint32(nil, uint32(n)))
	}
	sum := mac.Sum(nil)
	n := float64(int(1) << c.level)
	lon := (float64(c.column) + (float64(c.x)+0.5+unit(sum[:8]))/n) * width(c.row)
	lat := (float64(c.row) + (float64(c.y)+0.5+unit(sum[8:16]))/n) * height
	return geo.Point{Lon: round5(min(max(lon, -180), 180)), Lat: round5(min(max(lat, -90), 90))}
}

// unit is a number from -1 to 1.
func unit(sum []byte) float64 {
	return float64(binary.BigEndian.Uint64(sum)>>11)/(1<<52) - 1
}

// round5 keeps a metre: what is finer says nothing of a cell.
func round5(deg float64) float64 { return math.Round(deg*1e5) / 1e5 }
