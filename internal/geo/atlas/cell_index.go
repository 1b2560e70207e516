package atlas

import (
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// cellIndex finds the tally of a cell. A city's cells are few enough for a table
// of all that its box has; the rest, and larger cells, go into a map. The zero
// cellIndex is one without a table.
type cellIndex struct {
	table       []uint32 // tally + 1, by row and column from the first
	firstRow    int64
	firstColumn int64
	columns     int64
	rest        map[uint64]int
}

// mostTable is how many cells a table may have: 16 MB.
const mostTable = 4 << 20

func newCellIndex(x *osm.Extract) cellIndex {
	box := geo.BoxOf(x.At...)
	if box.Empty() {
		return cellIndex{}
	}
	south, north := cellOf(geo.Fixed{Lon: box.West, Lat: box.South}), cellOf(geo.Fixed{Lon: box.East, Lat: box.North})
	first, last := int64(south>>32), int64(north>>32)
	left, right := int64(1<<40), int64(0)
	for row := first; row <= last; row += bandRows {
		for _, r := range []int64{row, min(row+bandRows, last)} { // in whichever band the row is
			width := columnWidth(r)
			left, right = min(left, (int64(box.West)+180*1e7)/width), max(right, (int64(box.East)+180*1e7)/width)
		}
	}
	if rows, columns := last-first+1, right-left+1; rows*columns <= mostTable {
		return cellIndex{table: make([]uint32, rows*columns), firstRow: first, firstColumn: left, columns: columns}
	}
	return cellIndex{}
}

// place returns where a cell is in the table.
func (x *cellIndex) place(cell uint64) (int64, bool) {
	column := int64(cell&(1<<32-1)) - x.firstColumn
	if column < 0 || column >= x.columns {
		return 0, false
	}
	i := (int64(cell>>32)-x.firstRow)*x.columns + column
	return i, i >= 0 && i < int64(len(x.table))
}

func (x *cellIndex) find(cell uint64) (int, bool) {
	if i, ok := x.place(cell); ok {
		return int(x.table[i]) - 1, x.table[i] > 0
	}
	i, ok := x.rest[cell]
	return i, ok
}

func (x *cellIndex) put(cell uint64, tally int) {
	if i, ok := x.place(cell); ok {
		x.table[i] = uint32(tally) + 1
		return
	}
	if x.rest == nil {
		x.rest = map[uint64]int{}
	}
	x.rest[cell] = tally
}
