package stationhttp

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// sendGeoJSON answers with what a page draws.
func sendGeoJSON(w http.ResponseWriter, c sheet.Map) error {
	return sendJSON(w, "application/geo+json", c)
}

// sendJSON answers with v. It is private to the reader: what was asked may hold
// a position.
func sendJSON(w http.ResponseWriter, kind string, v any) error {
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(v); err != nil {
		return fmt.Errorf("encode %s: %w", kind, err)
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, max-age=60")
	_, _ = w.Write(b.Bytes()) // a reader who has gone needs no answer
	return nil
}

func stationFeature(s *station.Station, rank int, open string) sheet.Mark {
	properties := map[string]any{"id": s.Code, "name": s.Name, "kind": string(kindOf(s.Size)), "open": open, "href": "/stations/" + s.Code}
	if rank > 0 {
		properties["rank"] = rank
	}
	return sheet.PointMark(s.Code, s.At, properties)
}

// nearOnMap is the finder's answer as points with their rank.
func (p *pages) nearOnMap(w http.ResponseWriter, r *http.Request) error {
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
		c.Features = append(c.Features, stationFeature(f.Station, i+1, string(openingOf(f.Standing))))
	}
	return sendGeoJSON(w, c)
}

// wayOnMap is the way to a station as a line; nothing, if there is none.
func (p *pages) wayOnMap(w http.ResponseWriter, r *http.Request) error {
	a, city, err := p.askFromHere(r)
	if err != nil {
		return err
	}
	if s, ok := city.Network.Station(r.PathValue("code")); ok && s.Status == station.Candidate {
		return noStation(s.Code) // nobody is led to where there is nothing
	}
	way, ok, err := city.Network.Way(a.wayQuestion(), r.PathValue("code"))
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
	return sendGeoJSON(w, c)
}

func (p *pages) askFromHere(r *http.Request) (ask, *City, error) {
	a, err := parseAsk(r.URL.Query(), p.now())
	if err == nil && a.here == nil {
		err = fault.New(fault.Invalid, "缺少位置：请写 lat（纬度）和 lon（经度）。", "The position is missing: write lat and lon.")
	}
	return a, p.City(), err
}

// stationOnMap is one station as a point.
func (p *pages) stationOnMap(w http.ResponseWriter, r *http.Request) error {
	at, _, err := parseMoment(r.URL.Query().Get("at"), p.now())
	if err != nil {
		return err
	}
	s, ok := p.City().Network.Station(r.PathValue("code"))
	if !ok || s.Status == station.Candidate {
		return noStation(r.PathValue("code"))
	}
	return sendGeoJSON(w, sheet.Collect(stationFeature(&s, 0, string(openingAt(&s, at)))))
}

// areasOnMap is what is within reach of the open stations, in three steps from
// near to far. The map's colours mean up to fifteen minutes; where more was
// asked for, the steps are shares of it.
func (p *pages) areasOnMap(w http.ResponseWriter, r *http.Request) error {
	s, err := parseSurvey(r.URL.Query(), p.now())
	if err != nil {
		return err
	}
	city := p.City()
	steps := []time.Duration{s.Within, s.Within * 2 / 3, s.Within / 3}
	areas, err := p.runs.areas.get(r.Context(), city.Revision+city.Survey.Signature(s.Question), func(ctx context.Context) ([]reach.MultiPolygon, error) {
		return city.Survey.CountedAreas(ctx, s.Question, steps...)
	})
	if err != nil {
		return err
	}
	c := sheet.Collect()
	for i, area := range areas {
		if len(area) > 0 {
			shade := float64(usualMinutes) * float64(len(areas)-i) / float64(len(areas))
			c.Features = append(c.Features, sheet.NewMark("", map[string]any{"minutes": shade, "within_s": int(steps[i].Seconds())}, "MultiPolygon", sheet.Rings(area)))
		}
	}
	return sendGeoJSON(w, c)
}

// mapCells bounds what a phone must draw, at about 2 MB.
const mapCells = 20_000

// demandOnMap is the demand cells with how many stations cover them, within
// ?bbox=west,south,east,north if there is one. Where there are too many, those
// without a station and with the most people are kept.
func (p *pages) demandOnMap(w http.ResponseWriter, r *http.Request) error {
	box, err := parseBox(r.URL.Query())
	if err != nil {
		return err
	}
	_, city, cov, err := p.covered(r)
	if err != nil {
		return err
	}
	c := demandFeatures(city, cov, box, mapCells)
	for i := range c.Features {
		square(&c.Features[i], city.cellSide(cov.Question.Demand))
	}
	return sendGeoJSON(w, c)
}

func demandFeatures(c *City, cov *coverage.Coverage, box geo.Box, most int) sheet.Map {
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
		out.Features = append(out.Features, demandFeature(&demand.Cells[i], cov, int(i)))
	}
	return out
}

func demandFeature(cell *demand.Cell, cov *coverage.Coverage, i int) sheet.Mark {
	return sheet.PointMark(cell.ID, cell.At, map[string]any{"covered": cov.Counts[i], "weight": cov.Weights[i].Float()})
}

// square turns a cell's middle into the square around it, which the map can
// shade and hatch. It is a drawing: the file says only where the middle is.
func square(f *sheet.Mark, sideM float64) {
	middle, ok := f.Geometry.Coordinates.([2]float64)
	if !ok || sideM == 0 {
		return
	}
	box := geo.BoxOf(geo.Point{Lon: middle[0], Lat: middle[1]}.Fixed()).Pad(sideM / 2)
	v := degreesOf(box)
	f.Geometry = sheet.Place{Type: "Polygon", Coordinates: [][][2]float64{{{v[0], v[1]}, {v[2], v[1]}, {v[2], v[3]}, {v[0], v[3]}, {v[0], v[1]}}}}
}

var everywhere = geo.Box{West: math.MinInt32, South: math.MinInt32, East: math.MaxInt32, North: math.MaxInt32}

func parseBox(q url.Values) (geo.Box, error) {
	text := q.Get("bbox")
	if text == "" {
		return everywhere, nil
	}
	parts := strings.Split(text, ",")
	var v [4]float64
	ok := len(parts) == len(v)
	for i := range v {
		if ok {
			n, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
			v[i], ok = n, err == nil
		}
	}
	southWest, northEast := geo.Point{Lon: v[0], Lat: v[1]}, geo.Point{Lon: v[2], Lat: v[3]}
	if !ok || !southWest.Valid() || !northEast.Valid() {
		return geo.Box{}, fault.New(fault.Invalid, "bbox“%s”读不懂：请写成 西,南,东,北 四个度数，如 101.6,36.5,101.9,36.7。",
			"The bbox “%s” cannot be read: write west,south,east,north in degrees, as 101.6,36.5,101.9,36.7.", lang.Short(text))
	}
	a, b := southWest.Fixed(), northEast.Fixed()
	return geo.Box{West: a.Lon, South: a.Lat, East: b.Lon, North: b.Lat}, nil
}
