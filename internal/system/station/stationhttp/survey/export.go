package survey

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
)

// JSON answers GET …json.
func (p *Pages) JSON(w http.ResponseWriter, r *http.Request) error {
	s, city, cov, err := p.Covered(r)
	if err != nil {
		return err
	}
	extras, err := p.extras(r)
	if err != nil {
		return err
	}
	figures, err := figures.Complete(r.Context(), city, cov, s.Question, extras)
	if err != nil {
		return err
	}
	return page.SendFigures(w, figures)
}

// CSV answers GET …csv.
func (p *Pages) CSV(w http.ResponseWriter, r *http.Request) error {
	_, city, cov, err := p.Covered(r)
	if err != nil {
		return err
	}
	page.FileHeader(w, "coverage-cells.csv", page.CSVType)
	return figures.WriteCells(w, city, cov)
}

// GeoJSON answers GET …geojson.
func (p *Pages) GeoJSON(w http.ResponseWriter, r *http.Request) error {
	s, city, cov, err := p.Covered(r)
	if err != nil {
		return err
	}
	return page.SendMap(w, "coverage.geojson", nil, figures.CoverageMarks(city, cov, s.Question))
}
