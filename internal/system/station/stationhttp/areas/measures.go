package areas

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
)

// measured is what a request asks of areas.
func (p *Pages) measured(r *http.Request) (*city.City, *figures.CityMeasures, error) {
	city := p.City()
	q, err := ask.AreaSurvey(r.URL.Query(), p.Now())
	if err != nil {
		return city, &figures.CityMeasures{Question: q}, err
	}
	m, err := p.Runs.Measure(r.Context(), city, q)
	if err != nil {
		m = &figures.CityMeasures{Question: q} // which the form shows again
	}
	return city, m, err
}
