package demand

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"

	"github.com/xiadu/xiadu/internal/sheet"
)

// What a figure was computed on, as files that Read, ReadDemands and ReadAreas
// read back to the same: who doubts a figure computes it again.

// Write writes the cells of a demand as CSV in UTF-8, with columns day and
// night for its weights.
func Write(w io.Writer, d Demand) error {
	return sheet.WriteData(w, func(yield func([]any) bool) {
		if !yield(sheet.Heads("id", "lon", "lat", "day", "night", "source")) {
			return
		}
		for _, c := range d.Cells {
			if !yield([]any{c.ID, sheet.Degrees(c.At.Lon), sheet.Degrees(c.At.Lat), c.Day, c.Night, c.Source}) {
				return
			}
		}
	})
}

// Sum is the SHA-256 of what Write writes of the cells by their id.
func Sum(d Demand) (string, error) {
	order := func(a, b Cell) int { return cmp.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(d.Cells, order) {
		d.Cells = slices.SortedFunc(slices.Values(d.Cells), order)
	}
	h := sha256.New()
	err := Write(h, d)
	return hex.EncodeToString(h.Sum(nil)), err
}
