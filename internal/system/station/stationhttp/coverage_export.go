package stationhttp

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
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
	figures, err := Complete(city, cov, s.CoverQuestion, extras)
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
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="coverage-cells.csv"`)
	return WriteCells(w, city, cov)
}

// WriteCells writes each demand cell with how many stations it reaches, at most
// station.CoverTimes, as CSV in UTF-8.
func WriteCells(w io.Writer, c *City, cov *station.Coverage) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"id", "lon", "lat", "demand", "stations"}}
	demand, _ := c.Network.Demand(cov.Question.Demand)
	for i := range cov.Counts {
		cell := &demand.Cells[i]
		rows = append(rows, []string{guarded(cell.ID), degrees(cell.At.Lon), degrees(cell.At.Lat), cov.Weights[i].String(), strconv.Itoa(int(cov.Counts[i]))})
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write the cells of a coverage: %w", err)
	}
	return nil
}

// guarded keeps a spreadsheet program from running an id as a formula.
func guarded(id string) string {
	if id != "" && (id[0] == '=' || id[0] == '+' || id[0] == '-' || id[0] == '@') {
		return "'" + id
	}
	return id
}

func (p *pages) coverageGeoJSON(w http.ResponseWriter, r *http.Request) error {
	s, city, cov, err := p.covered(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="coverage.geojson"`)
	return sendGeoJSON(w, CoverageGeoJSON(city, cov, s.CoverQuestion))
}

// CoverageGeoJSON is a coverage to open in a map program: the demand cells with
// how many stations they reach, the stations with their opening at the hour, and
// the gaps. The property layer says which is which.
func CoverageGeoJSON(c *City, cov *station.Coverage, q station.CoverQuestion) any {
	out := demandFeatures(c, cov, everywhere, len(cov.Counts))
	for i := range out.Features {
		out.Features[i].Properties["layer"] = "demand"
		if c.estimated(q.Demand) {
			out.Features[i].Properties["estimated"] = true
		}
	}
	for i := range c.Network.Stations {
		s := &c.Network.Stations[i]
		opening := openingAt(s, q.At)
		if q.AnyHour && s.Status == station.Operating {
			opening = web.Open
		}
		f := stationFeature(s, 0, string(opening))
		delete(f.Properties, "href")
		f.Properties["layer"] = "station"
		out.Features = append(out.Features, f)
	}
	for i, g := range cov.Gaps {
		figures := c.gapFigures(g)
		out.Features = append(out.Features, sheet.PointMark("gap-"+strconv.Itoa(i+1), geo.Point{Lon: figures.Lon, Lat: figures.Lat}, map[string]any{
			"layer": "gap", "rank": i + 1, "demand": figures.Demand, "near": figures.Near, "nearest_m": figures.NearestM,
		}))
	}
	return out
}

// demandSource says where the demand is from, and that it is an estimate if it
// is one.
func (c *City) demandSource(l lang.Lang, kind string) string {
	demand, ok := c.Network.Demand(kind)
	if ok && demand.Estimated {
		return l.F("没有导入，按 %s 中的建筑、店铺和街道估算", "none imported; estimated from the buildings, shops and streets in %s", demand.Source)
	}
	return cmp.Or(demand.Source, l.T("未注明", "not stated"))
}

// estimated reports whether a kind of demand is guessed from the map.
func (c *City) estimated(kind string) bool {
	demand, ok := c.Network.Demand(kind)
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
	for i, d := range c.Network.Demands {
		if kind == "" || d.Kind == kind {
			return c.cellM[i]
		}
	}
	return 0
}
