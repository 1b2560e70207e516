package atlas

import (
	"fmt"
	"math"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/flat"
)

// Estimate is how many people are where, guessed from what the map shows of
// buildings, shops and streets, in cells of about 150 m. It stands in where
// nobody has given demand, and is a guess: what it says of one cell may be far
// off, and of a town within a factor of two.
//
// A cell's id comes from its place alone, so that it is the same in every
// extract that holds it. Its position is the middle of its people and not of its
// square, which may be half a lake.
type Estimate struct {
	cell       []uint64 // see cellOf; ascending
	at         []geo.Fixed
	day, night []float64
	size       []uint32 // one value: the level of the grid
}

// DemandCell is one cell of an Estimate.
type DemandCell struct {
	ID         string
	At         geo.Point
	Day, Night float64
}

// The grid: rows of 0.00135° of latitude, which is 150 m, and columns as wide as
// that at the middle of their band of 1,024 rows. At level n cells are 2^n times
// as large each way.
const (
	rowHeight = 13500
	bandRows  = 1024
	maxLevel  = 10 // of a band, so that cells of any level nest
)

// MaxCells bounds an estimate: what holds a province is divided more coarsely.
const MaxCells = 200_000

// cellOf returns the cell of level 0 that p lies in: its row above its column.
func cellOf(p geo.Fixed) uint64 {
	row := (int64(p.Lat) + 90*1e7) / rowHeight
	return uint64(row)<<32 | uint64((int64(p.Lon)+180*1e7)/columnWidth(row))
}

// boxOf returns the positions that lie in a cell of level 0.
func boxOf(cell uint64) geo.Box {
	row := int64(cell >> 32)
	width := columnWidth(row)
	west, south := int64(cell&math.MaxUint32)*width-180*1e7, row*rowHeight-90*1e7
	return geo.Box{West: int32(west), South: int32(south), East: int32(west + width - 1), North: int32(south + rowHeight - 1)}
}

// columnWidth returns how wide the cells of a row are.
func columnWidth(row int64) int64 { return columnWidths[row/bandRows] }

// columnWidths are those of each band from pole to pole.
var columnWidths = func() (widths [132]int64) {
	for band := range widths {
		middle := float64(band*bandRows+bandRows/2)*rowHeight/1e7 - 90
		widths[band] = int64(math.Round(rowHeight / max(0.01, math.Cos(middle*math.Pi/180))))
	}
	return widths
}()

// coarser returns the cell of level by more that holds cell.
func coarser(cell uint64, by int) uint64 {
	return cell>>32>>by<<32 | cell&math.MaxUint32>>by
}

// Len returns the number of cells.
func (e *Estimate) Len() int { return len(e.cell) }

// Cells returns the cells, in the order of their places.
func (e *Estimate) Cells() []DemandCell {
	out := make([]DemandCell, len(e.cell))
	for i, c := range e.cell {
		out[i] = DemandCell{
			ID: fmt.Sprintf("g%d-%05d-%05d", e.size[0], c>>32, c&math.MaxUint32),
			At: e.at[i].Point(), Day: e.day[i], Night: e.night[i],
		}
	}
	return out
}

// Total returns everybody.
func (e *Estimate) Total() (day, night float64) {
	for i := range e.cell {
		day, night = day+e.day[i], night+e.night[i]
	}
	return day, night
}

func (e *Estimate) save(w *flat.Writer) {
	flat.Put(w, "estimate.cell", e.cell)
	flat.Put(w, "estimate.at", e.at)
	flat.Put(w, "estimate.day", e.day)
	flat.Put(w, "estimate.night", e.night)
	flat.Put(w, "estimate.size", e.size)
}

func loadEstimate(f *flat.File) (*Estimate, error) {
	e := &Estimate{}
	l := loader{f: f, part: "estimate."}
	section(&l, "cell", &e.cell)
	section(&l, "at", &e.at)
	section(&l, "day", &e.day)
	section(&l, "night", &e.night)
	section(&l, "size", &e.size)
	if l.err != nil {
		return nil, l.err
	}
	if n := len(e.cell); len(e.at) != n || len(e.day) != n || len(e.night) != n || len(e.size) != 1 {
		return nil, fault.New(fault.Invalid, "街道文件中的人口估算前后不符：请用 xiadu import streets 重新导入",
			"the estimate of people in the street file does not fit together: import again with xiadu import streets")
	}
	return e, nil
}
