package page

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/figures"
)

// SendGeoJSON answers with what a page draws.
func SendGeoJSON(w http.ResponseWriter, c sheet.Map) error {
	return SendJSON(w, "application/geo+json", c)
}

// SendJSON answers with v. It is private to the reader: what was asked may hold
// a position.
func SendJSON(w http.ResponseWriter, kind string, v any) error {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return fmt.Errorf("encode %s: %w", kind, err)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, max-age=60")
	_, _ = w.Write(b.Bytes()) // a reader who has gone needs no answer
	return nil
}

// SendFigures answers with published figures, as the command line writes them.
func SendFigures(w http.ResponseWriter, v any) error {
	var b bytes.Buffer
	if err := figures.WriteJSON(&b, v); err != nil {
		return fmt.Errorf("encode figures: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "private, max-age=60")
	_, _ = w.Write(b.Bytes()) // a reader who has gone needs no answer
	return nil
}

// MapCells bounds what a phone must draw, at about 2 MB.
const MapCells = 20_000

// DemandFeatures are the cells of a coverage in a box, at most so many, those without a
// station and the largest first.
func DemandFeatures(c *city.City, cov *coverage.Coverage, box geo.Box, most int) sheet.Map {
	var cells []int32
	demand, _ := c.Survey.Demand(cov.Question.Demand)
	for i := range cov.Counts {
		if cov.Weights[i] > 0 && box.Contains(demand.Cells[i].At.Fixed()) {
			cells = append(cells, int32(i))
		}
	}
	out := sheet.Collect()
	if len(cells) > most {
		out.Left = len(cells) - most
		slices.SortFunc(cells, func(a, b int32) int {
			return cmp.Or(cmp.Compare(min(cov.Counts[a], 1), min(cov.Counts[b], 1)), cmp.Compare(cov.Weights[b], cov.Weights[a]), cmp.Compare(a, b))
		})
		cells = cells[:most]
	}
	for _, i := range cells {
		out.Features = append(out.Features, figures.DemandMark(&demand.Cells[i], cov, int(i)))
	}
	return out
}

// Square turns a cell's middle into the square around it, which the map can
// shade and hatch. It is a drawing: the file says only where the middle is.
func Square(f *sheet.Mark, sideM float64) {
	middle, ok := f.Geometry.Coordinates.([2]float64)
	if !ok || sideM == 0 {
		return
	}
	box := geo.BoxOf(geo.Point{Lon: middle[0], Lat: middle[1]}.Fixed()).Pad(sideM / 2)
	v := box.Degrees()
	f.Geometry = sheet.Place{Type: "Polygon", Coordinates: [][][2]float64{{{v[0], v[1]}, {v[2], v[1]}, {v[2], v[3]}, {v[0], v[3]}, {v[0], v[1]}}}}
}
