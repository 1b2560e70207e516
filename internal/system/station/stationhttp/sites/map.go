package sites

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/selection"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// mapCandidates bounds how many points the map of the form draws.
const mapCandidates = 3000

// CandidatesOnMap is the candidates of the register as points, spread over the
// list where there are too many.
func (p *Pages) CandidatesOnMap(w http.ResponseWriter, _ *http.Request) error {
	all := p.City().Candidates()
	c := sheet.Collect()
	step := len(all)/mapCandidates + 1
	for i := 0; i < len(all); i += step {
		c.Features = append(c.Features, figures.CandidateMark(&all[i]))
	}
	c.Left = len(all) - len(c.Features)
	return page.SendGeoJSON(w, c)
}

// SitesOnMap is a plan's sites by rank, and their rivals.
func (p *Pages) SitesOnMap(w http.ResponseWriter, r *http.Request) error {
	v, err := p.answered(r)
	if err != nil {
		return err
	}
	c := sheet.Collect()
	seen := map[string]bool{}
	for i, s := range v.Answer.Sites {
		seen[s.Station.Code] = true
		c.Features = append(c.Features, figures.SiteMark(s.Candidate, i+1))
	}
	for _, s := range v.Answer.Sites {
		for _, rival := range s.Rivals {
			if !seen[rival.Station.Code] {
				seen[rival.Station.Code] = true
				c.Features = append(c.Features, figures.SiteMark(rival.Candidate, 0))
			}
		}
	}
	return page.SendGeoJSON(w, c)
}

// SitedDemandOnMap is the demand with what a plan does for it: cells that it
// gains first where there are too many, then those left without.
func (p *Pages) SitedDemandOnMap(w http.ResponseWriter, r *http.Request) error {
	v, err := p.answered(r)
	if err != nil {
		return err
	}
	city := v.City
	question := v.Answer.Siting.Question.Cover
	demand, _ := city.Survey.Demand(question.Demand)
	cells := v.Cells
	var shown []int32
	for i := range cells {
		if cells[i].People > 0 {
			shown = append(shown, int32(i))
		}
	}
	c := sheet.Collect()
	if len(shown) > page.MapCells {
		c.Left = len(shown) - page.MapCells
		slices.SortFunc(shown, func(a, b int32) int {
			gain := func(i int32) float64 { return cells[i].After - cells[i].Before }
			return cmp.Or(cmp.Compare(gain(b), gain(a)), cmp.Compare(cells[a].After, cells[b].After), cmp.Compare(cells[b].People, cells[a].People), cmp.Compare(a, b))
		})
		shown = shown[:page.MapCells]
	}
	for _, i := range shown {
		f := sheet.PointMark(demand.Cells[i].ID, demand.Cells[i].At, map[string]any{"covered": shade(cells[i]), "weight": cells[i].People.Float()})
		if cells[i].After > cells[i].Before {
			f.Properties["gained"] = sheet.Round4(cells[i].After - cells[i].Before)
		}
		page.Square(&f, city.CellSide(question.Demand))
		c.Features = append(c.Features, f)
	}
	return page.SendGeoJSON(w, c)
}

// shade is how the map shows a cell: as one without a station unless its people
// are covered for some of the hours with the plan.
func shade(c selection.SitedCell) int {
	if c.After > 0 {
		return 1
	}
	return 0
}

func (v sitedPage) mapView() web.MapView {
	m := page.GroundView(v.city)
	m.Label, m.Tall = v.T("方案地图", "Map of the plan"), true
	m.Stations, m.Demand = "/map/siting/"+v.id+"/sites", "/map/siting/"+v.id+"/demand"
	m.Minutes = int(v.ask.q.Cover.Within.Minutes())
	m.Siting = true
	box := geo.Nothing
	for _, s := range v.result.Answer.Sites {
		box = box.Extend(s.Station.At.Fixed())
	}
	if !box.Empty() {
		m.Box = box.Pad(aroundPlanM).Degrees()
	}
	return m
}

// aroundPlanM is how much of the city is shown around a plan's sites.
const aroundPlanM = 1500

func (v sitingPage) mapView() web.MapView {
	m := page.GroundView(v.city)
	m.Label, m.Stations, m.Candidates = v.T("候选点地图", "Map of the candidates"), "/map/candidates", true
	m.StationTiles = page.StationTilesAt(v.city, v.ask.q.Cover.At)
	return m
}
