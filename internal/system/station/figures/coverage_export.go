package figures

import (
	"encoding/json"
	"io"

	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// WriteCells writes each demand cell with how many stations it reaches, at most
// station.CoverTimes, as CSV in UTF-8.
func WriteCells(w io.Writer, c *city.City, cov *coverage.Coverage) error {
	demand, _ := c.Survey.Demand(cov.Question.Demand)
	return sheet.WriteData(w, func(yield func([]any) bool) {
		more := yield(sheet.Heads("id", "lon", "lat", "demand", "stations"))
		for i := 0; more && i < len(cov.Counts); i++ {
			cell := &demand.Cells[i]
			more = yield([]any{cell.ID, json.Number(words.Degrees(cell.At.Lon)), json.Number(words.Degrees(cell.At.Lat)), json.Number(cov.Weights[i].String()), cov.Counts[i]})
		}
	})
}
