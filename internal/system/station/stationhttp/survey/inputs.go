package survey

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// A figure can be computed again, to the last digit, by xiadu coverage on what it
// was computed on: the streets, the stations and the demand as files, and the areas.

// InputStations answers GET /coverage/inputs/stations.csv.
func (p *Pages) InputStations(w http.ResponseWriter, r *http.Request) error {
	page.FileHeader(w, ask.StationsFile, page.CSVType)
	return station.WriteCSV(w, web.LangOf(r), slices.Values(p.City().Network.Stations))
}

// InputDemand answers GET /coverage/inputs/demand.csv.
func (p *Pages) InputDemand(w http.ResponseWriter, r *http.Request) error {
	kind := r.URL.Query().Get("demand")
	d, ok := p.City().Survey.Demand(kind)
	if !ok {
		return fault.New(fault.NotFound, "没有“%s”这种需求。", "There is no demand of the kind “%s”.", lang.Short(kind))
	}
	page.FileHeader(w, ask.DemandFile(d), page.CSVType)
	return demand.Write(w, d)
}

// InputAreas answers GET /coverage/inputs/areas.geojson.
func (p *Pages) InputAreas(w http.ResponseWriter, _ *http.Request) error {
	page.FileHeader(w, ask.AreasFile, page.GeoJSONType)
	return area.Write(w, p.City().Areas.Areas)
}

// InputStreets answers GET /coverage/inputs/{streets}: the streets that are computed
// on now, under a name with their hash. Those of another hash are gone.
func (p *Pages) InputStreets(w http.ResponseWriter, r *http.Request) error {
	a := p.City().Atlas
	if a == nil || a.File() == nil || r.PathValue("streets") != ask.StreetsFile(a) {
		return fault.New(fault.NotFound, "这里没有这份街道：可能已经重新导入过。请回到覆盖页，用那里的链接。",
			"These streets are not here; they may have been imported anew. Go back to the coverage and use its links.")
	}
	page.FileHeader(w, ask.StreetsFile(a), "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.File()))
	return nil
}

// extras reads which extras a request wants: clock=1, day, circle=1000, areas=1.
func (p *Pages) extras(r *http.Request) (x figures.Extras, err error) {
	q := r.URL.Query()
	x.Clock, x.Areas = q.Get("clock") == "1", q.Get("areas") == "1"
	x.Kind = q.Get("demand")
	if x.Day, err = ask.ParseDay(q); err != nil {
		return x, err
	}
	if q.Get("circle") != "" {
		if x.CircleM, err = strconv.Atoi(q.Get("circle")); err != nil {
			return x, fault.New(fault.Invalid, "半径“%s”不行：请写米数，如 1000。", "The radius “%s” will not do: write metres, as 1000.", lang.Short(q.Get("circle")))
		}
	}
	if q.Get("minutes") != "" && x.Areas {
		s, err := ask.ParseSurvey(q, p.Now())
		if err != nil {
			return x, err
		}
		x.Minutes = s.Minutes()
	}
	return x, nil
}
