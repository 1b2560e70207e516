package areas

import (
	"context"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
)

type areasInput struct {
	Q        string `query:"q" doc:"Words in code or name"`
	Kind     string `query:"kind" doc:"key, division or zone"`
	Division string `query:"division" doc:"GB/T 2260 code; all below it count"`
	Verdict  string `query:"verdict" doc:"met, missed, no_target, no_demand or no_such_demand"`
	Mode     string `query:"mode" enum:"walk,ebike" default:"walk" doc:"How people travel"`
	Demand   string `query:"demand" doc:"The kind of demand; by default each area's own"`
	Day      string `query:"day" doc:"A date, as 2026-12-01; by default a usual week"`
	At       string `query:"at" doc:"The usual week is looked for from this day on; by default today"`
}

// Operations registers the operations of these pages.
func (p *Pages) Operations(a huma.API) {
	page.Operation(p.Pages, a, "areas", "/api/v1/areas", "Key areas held against their targets", page.APICity, p.apiAreas)
}

func (p *Pages) apiAreas(ctx context.Context, _ *areasInput) (figures.AreaList, error) {
	city, m, measures, err := p.listed(page.RequestOf(ctx))
	if err != nil {
		return figures.AreaList{}, err
	}
	chosen := *m
	chosen.Areas = slices.Clone(measures)
	return chosen.Figures(city), nil
}
