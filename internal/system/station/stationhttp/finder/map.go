package finder

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
)

// NearOnMap is the finder's answer as points with their rank.
func (p *Pages) NearOnMap(w http.ResponseWriter, r *http.Request) error {
	a, city, err := p.askFromHere(r)
	if err != nil {
		return err
	}
	found, err := look(city, a, shownAnswers)
	if err != nil {
		return err
	}
	c := sheet.Collect()
	for i, f := range found.Found {
		c.Features = append(c.Features, figures.StationMark(f.Station, i+1, string(page.OpeningOf(f.Standing))))
	}
	return page.SendGeoJSON(w, c)
}

// WayOnMap is the way to a station as a line; nothing, if there is none.
func (p *Pages) WayOnMap(w http.ResponseWriter, r *http.Request) error {
	a, city, err := p.askFromHere(r)
	if err != nil {
		return err
	}
	if s, ok := city.Network.Station(r.PathValue("code")); ok && s.Status == station.Candidate {
		return page.NoStation(s.Code) // nobody is led to where there is nothing
	}
	way, ok, err := city.Network.Way(a.WayQuestion(), r.PathValue("code"))
	if err != nil {
		return err
	}
	c := sheet.Collect()
	if ok && len(way.Path.Line) > 1 {
		line := make([][2]float64, len(way.Path.Line))
		for i, at := range way.Path.Line {
			line[i] = sheet.Pair(at.Point())
		}
		c.Features = append(c.Features, sheet.NewMark("", map[string]any{"minutes": way.Way.Minutes()}, "LineString", line))
	}
	return page.SendGeoJSON(w, c)
}

func (p *Pages) askFromHere(r *http.Request) (ask.Ask, *city.City, error) {
	a, err := ask.ParseAsk(r.URL.Query(), p.Now())
	if err == nil && a.Here == nil {
		err = fault.New(fault.Invalid, "缺少位置：请写 lat（纬度）和 lon（经度）。", "The position is missing: write lat and lon.")
	}
	return a, p.City(), err
}
