package register

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
)

// StationOnMap is one station as a point.
func (p *Pages) StationOnMap(w http.ResponseWriter, r *http.Request) error {
	at, _, err := ask.ParseMoment(r.URL.Query().Get("at"), p.Now())
	if err != nil {
		return err
	}
	s, ok := p.City().Network.Station(r.PathValue("code"))
	if !ok || s.Status == station.Candidate {
		return page.NoStation(r.PathValue("code"))
	}
	return page.SendGeoJSON(w, sheet.Collect(figures.StationMark(&s, 0, string(page.OpeningAt(&s, at)))))
}
