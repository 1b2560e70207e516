package stationhttp

import (
	"cmp"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"strconv"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/web"
)

func (p *pages) coverageJSON(w http.ResponseWriter, r *http.Request) error {
	s, city, cov, err := p.covered(r)
	if err != nil {
		return err
	}
	extras, err := p.extras(r)
	if err != nil {
		return err
	}
	figures, err := Complete(r.Context(), city, cov, s.Question, extras)
	if err != nil {
		return err
	}
	return sendJSON(w, "application/json", figures)
}

func (p *pages) coverageCSV(w http.ResponseWriter, r *http.Request) error {
	_, city, cov, err := p.covered(r)
	if err != nil {
		return err
	}
	fileHeader(w, "coverage-cells.csv", csvType)
	return WriteCells(w, city, cov)
}

// WriteCells writes each demand cell with how many stations it reaches, at most
// station.CoverTimes, as CSV in UTF-8.
func WriteCells(w io.Writer, c *City, cov *coverage.Coverage) error {
	demand, _ := c.Survey.Demand(cov.Question.Demand)
	return sheet.WriteData(w, func(yield func([]any) bool) {
		more := yield(sheet.Heads("id", "lon", "lat", "demand", "stations"))
		for i := 0; more && i < len(cov.Counts); i++ {
			cell := &demand.Cells[i]
			more = yield([]any{cell.ID, json.Number(degrees(cell.At.Lon)), json.Number(degrees(cell.At.Lat)), json.Number(cov.Weights[i].String()), cov.Counts[i]})
		}
	})
}

func (p *pages) coverageGeoJSON(w http.ResponseWriter, r *http.Request) error {
	s, city, cov, err := p.covered(r)
	if err != nil {
		return err
	}
	return sendMap(w, "coverage.geojson", nil, CoverageMarks(city, cov, s.Question))
}

// CoverageMarks are a coverage to open in a map program: the demand cells with
// how many stations they reach, the stations with their opening at the hour, and
// the gaps. The property layer says which is which.
func CoverageMarks(c *City, cov *coverage.Coverage, q coverage.Question) iter.Seq[sheet.Mark] {
	return func(yield func(sheet.Mark) bool) {
		demand, _ := c.Survey.Demand(cov.Question.Demand)
		for i := range cov.Counts {
			if cov.Weights[i] == 0 {
				continue
			}
			f := demandFeature(&demand.Cells[i], cov, i)
			f.Properties["layer"] = "demand"
			if c.estimated(q.Demand) {
				f.Properties["estimated"] = true
			}
			if !yield(f) {
				return
			}
		}
		for i := range c.Network.Stations {
			s := &c.Network.Stations[i]
			if s.Status == station.Candidate {
				continue // no station yet
			}
			if !yield(stationMark(s, q)) {
				return
			}
		}
		for i, g := range cov.Gaps {
			figures := c.gapFigures(g)
			if !yield(sheet.PointMark("gap-"+strconv.Itoa(i+1), geo.Point{Lon: figures.Lon, Lat: figures.Lat}, map[string]any{
				"layer": "gap", "rank": i + 1, "demand": figures.Demand, "near": figures.Near, "nearest_m": figures.NearestM,
			})) {
				return
			}
		}
	}
}

// stationMark is a station with its opening at the hour that is asked about.
func stationMark(s *station.Station, q coverage.Question) sheet.Mark {
	opening := openingAt(s, q.At)
	if q.AnyHour && s.Status == station.Operating {
		opening = web.Open
	}
	f := stationFeature(s, 0, string(opening))
	delete(f.Properties, "href")
	f.Properties["layer"] = "station"
	return f
}

// demandSource says where the demand is from, and that it is an estimate if it
// is one.
func (c *City) demandSource(l lang.Lang, kind string) string {
	demand, ok := c.Survey.Demand(kind)
	if ok && demand.Estimated {
		return l.F("没有导入，按 %s 中的建筑、店铺和街道估算", "none imported; estimated from the buildings, shops and streets in %s", demand.Source)
	}
	return cmp.Or(demand.Source, l.T("未注明", "not stated"))
}

// estimated reports whether a kind of demand is guessed from the map.
func (c *City) estimated(kind string) bool {
	demand, ok := c.Survey.Demand(kind)
	return ok && demand.Estimated
}

// estimateTitle and estimateWords say so wherever such figures stand.
func estimateTitle(l lang.Lang) string {
	return l.T("人数是按地图估算的", "The people are an estimate from the map")
}

func estimateWords(l lang.Lang) string {
	return l.T("还没有导入人口数据，先按地图上的建筑、店铺和街道估一个，系数是示例：整片看大概、比前后可以，单个网格可能差几倍。",
		"No population has been imported. These people are guessed from the buildings, shops and streets of the map with assumed coefficients: good for looking at a whole area and for comparing before and after, but one cell may be off by several times.")
}

// cellSide is how far cells of a kind of demand are apart, in metres.
func (c *City) cellSide(kind string) float64 {
	for i, d := range c.Survey.Demands {
		if kind == "" || d.Kind == kind {
			return c.cellM[i]
		}
	}
	return 0
}
