package trial

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// ShiftOf names what a trial does to a cell, for the map: gain and loss are of
// the first station, more and fewer of the second.
func ShiftOf(before, after uint8) string {
	switch {
	case before < 1 && after >= 1:
		return "gain"
	case before >= 1 && after < 1:
		return "loss"
	case before < 2 && after >= 2:
		return "more"
	case before >= 2 && after < 2:
		return "fewer"
	}
	return ""
}

// TrialOnMap is the demand cells as they would be covered, those that change
// first where there are too many.
func (p *Pages) TrialOnMap(w http.ResponseWriter, r *http.Request) error {
	t, city, tried, err := p.asTried(r)
	if err != nil {
		return err
	}
	c := Cells(city, tried.Effect, page.MapCells)
	for i := range c.Features {
		page.Square(&c.Features[i], city.CellSide(t.Demand))
	}
	return page.SendGeoJSON(w, c)
}

func (p *Pages) asTried(r *http.Request) (Trial, *city.City, *Tried, error) {
	t, err := ParseTrial(r.URL.Query(), p.Now())
	if err != nil {
		return t, nil, nil, err
	}
	city := p.City()
	out, err := p.Try(r.Context(), city, t)
	return t, city, out, err
}

// Cells are at most so many demand cells with their counts before and after.
func Cells(c *city.City, e *coverage.Effect, most int) sheet.Map {
	demand, _ := c.Survey.Demand(e.After.Question.Demand)
	before, after := e.Before.Counts, e.After.Counts
	var cells []int32
	for i := range after {
		if e.After.Weights[i] > 0 {
			cells = append(cells, int32(i))
		}
	}
	out := sheet.Collect()
	if len(cells) > most {
		out.Left = len(cells) - most
		rank := func(i int32) int {
			switch ShiftOf(before[i], after[i]) {
			case "gain", "loss":
				return 0
			case "more", "fewer":
				return 1
			}
			return 2 + int(min(after[i], 1))
		}
		slices.SortFunc(cells, func(a, b int32) int {
			return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(e.After.Weights[b], e.After.Weights[a]), cmp.Compare(a, b))
		})
		cells = cells[:most]
	}
	for _, i := range cells {
		out.Features = append(out.Features, CellMark(&demand.Cells[i], e, int(i)))
	}
	return out
}

// CellMark is a cell of demand with what a trial does to it.
func CellMark(cell *demand.Cell, e *coverage.Effect, i int) sheet.Mark {
	before, after := e.Before.Counts[i], e.After.Counts[i]
	properties := map[string]any{"covered": after, "before": before, "weight": e.After.Weights[i].Float()}
	if shift := ShiftOf(before, after); shift != "" {
		properties["shift"] = shift
	}
	return sheet.PointMark(cell.ID, cell.At, properties)
}

// TrialStations is the stations that a trial changes, as points, with a line
// from where one was to where it goes.
func (p *Pages) TrialStations(w http.ResponseWriter, r *http.Request) error {
	t, _, tried, err := p.asTried(r)
	if err != nil {
		return err
	}
	return page.SendGeoJSON(w, AlteredMarks(tried.Scenario.Altered(), t.Survey))
}

// aroundChangesM is how much is shown around what changes: as far as people walk to it.
const aroundChangesM = 1500

// FitChanges opens the map on the stations that change.
func FitChanges(m *web.MapView, all []coverage.Altered) {
	if box := boxOf(all); !box.Empty() {
		changed := box.Degrees()
		m.Changed, m.Box = &changed, box.Pad(aroundChangesM).Degrees()
	}
}

// BoxOf is the part of the map around the stations that change.
func BoxOf(all []coverage.Altered) geo.Box {
	box := boxOf(all)
	if box.Empty() {
		return box
	}
	return box.Pad(aroundChangesM)
}

func boxOf(all []coverage.Altered) geo.Box {
	box := geo.Nothing
	for _, a := range all {
		for _, s := range []*station.Station{a.Before, a.After} {
			if s != nil {
				box = box.Extend(s.At.Fixed())
			}
		}
	}
	return box
}

// AlteredMarks are the stations that a trial changes.
func AlteredMarks(all []coverage.Altered, s ask.Survey) sheet.Map {
	c := sheet.Collect()
	for _, a := range all {
		stands := a.After
		if stands == nil {
			stands = a.Before
		}
		open := string(page.OpeningAt(stands, s.At))
		if s.AnyHour && stands.Status == station.Operating {
			open = "open"
		}
		f := figures.StationMark(stands, 0, open)
		delete(f.Properties, "href")
		f.Properties["act"] = ActOf(a)
		c.Features = append(c.Features, f)
		if ActOf(a) == "moved" {
			from := sheet.PointMark(a.Code()+"-from", a.Before.At, map[string]any{"id": a.Code(), "act": "from", "kind": string(page.KindOf(stands.Size)), "open": open})
			way := sheet.NewMark("", map[string]any{"id": a.Code(), "act": "way"}, "LineString", [][2]float64{sheet.Pair(a.Before.At), sheet.Pair(a.After.At)})
			c.Features = append(c.Features, from, way)
		}
	}
	return c
}

// ActOf is what happens to a station, in a word for the map and for files.
func ActOf(a coverage.Altered) string {
	switch {
	case a.Before == nil:
		return "opened"
	case a.After == nil:
		return "closed"
	case geo.Distance(a.Before.At, a.After.At) > 0:
		return "moved"
	}
	return "hours"
}
