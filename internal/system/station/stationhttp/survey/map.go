package survey

import (
	"context"
	"net/http"
	"time"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
)

// AreasOnMap is what is within reach of the open stations, in three steps from
// near to far. The map's colours mean up to fifteen minutes; where more was
// asked for, the steps are shares of it.
func (p *Pages) AreasOnMap(w http.ResponseWriter, r *http.Request) error {
	s, err := ask.ParseSurvey(r.URL.Query(), p.Now())
	if err != nil {
		return err
	}
	city := p.City()
	steps := []time.Duration{s.Within, s.Within * 2 / 3, s.Within / 3}
	areas, err := p.Runs.Areas.Get(r.Context(), city.Revision+city.Survey.Signature(s.Question), func(ctx context.Context) ([]reach.MultiPolygon, error) {
		return city.Survey.CountedAreas(ctx, s.Question, steps...)
	})
	if err != nil {
		return err
	}
	c := sheet.Collect()
	for i, area := range areas {
		if len(area) > 0 {
			shade := float64(ask.UsualMinutes) * float64(len(areas)-i) / float64(len(areas))
			c.Features = append(c.Features, sheet.NewMark("", map[string]any{"minutes": shade, "within_s": int(steps[i].Seconds())}, "MultiPolygon", sheet.Rings(area)))
		}
	}
	return page.SendGeoJSON(w, c)
}

// DemandOnMap is the demand cells with how many stations cover them, within
// ?bbox=west,south,east,north if there is one. Where there are too many, those
// without a station and with the most people are kept.
func (p *Pages) DemandOnMap(w http.ResponseWriter, r *http.Request) error {
	box, err := ask.ParseBox(r.URL.Query())
	if err != nil {
		return err
	}
	_, city, cov, err := p.Covered(r)
	if err != nil {
		return err
	}
	c := page.DemandFeatures(city, cov, box, page.MapCells)
	for i := range c.Features {
		page.Square(&c.Features[i], city.CellSide(cov.Question.Demand))
	}
	return page.SendGeoJSON(w, c)
}
