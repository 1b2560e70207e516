package sites

import (
	"context"
	"net/http"
	"strconv"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/onepage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// printed is the answer as one sheet, with its sites as an annex.
func (p *Pages) printed(r *http.Request, v *sitedPage) (onepage.Sheet, error) {
	l, f, q := v.Lang, v.figures, v.result.Answer.Siting.Question
	s := onepage.Sheet{
		Kind: l.T("选址", "Choice of sites"), Asked: v.say.Asked(&v.ask.q) + " " + v.say.Hours(&v.ask.q),
		Headline: l.F("新开 %[1]s 个驿站，有驿站的人从 %[2]s%% 到 %[3]s%%", "%[1]s new stations: from %[2]s%% to %[3]s%% of the people with a station",
			words.Count(len(f.Sites)), lang.Percent(f.CoveredBefore, f.DemandTotal), lang.Percent(f.CoveredAfter, f.DemandTotal)),
		Numbers: []kit.KeyFigure{v.addedFigure(), v.provenFigure(), v.costFigure()},
		Facts:   onepage.Facts(l, v.city, q.Cover.Demand, words.Moment(l, p.Now())), Mark: onepage.MarkOf(l, v.city),
		Address: web.Address(r, v.ask.address("/siting/"+v.id)), Elsewhere: f.Certificate.Words + l.T(" 选中的点见附件（第 2 页起）。", " The sites are in the annex, from page 2 on."),
	}
	if len(v.sites) > 0 {
		s.Annex = []onepage.Table{v.annex()}
	}
	err := p.Runs.Draw(r.Context(), &s, v.city, l, "siting "+v.id, func(context.Context) ([]onepage.Map, error) { return p.printedMaps(v), nil })
	s.Key = []onepage.Sign{
		{Cell: true, Class: onepage.None, Text: l.T("斜线：没有驿站", "hatched: no station")},
		{Cell: true, Class: onepage.Once, Text: l.T("有驿站（有些钟点也算）", "with a station, at some hours at least")},
		{Cell: true, Class: onepage.Gained, Text: l.T("因新站多了覆盖", "gains from the new sites")},
		{Shape: onepage.Open, Text: l.T("已有的驿站", "station")},
		{Shape: onepage.Shut, Text: l.T("暂停的驿站", "paused station")},
		{Shape: onepage.New, Text: l.T("新站，数字是名次", "new site, with its rank")},
	}
	return s, err
}

func (p *Pages) printedMaps(v *sitedPage) []onepage.Map {
	l, q := v.Lang, v.result.Answer.Siting.Question
	box := geo.Nothing
	var sites []onepage.Mark
	for i, site := range v.result.Answer.Sites {
		box = box.Extend(site.Station.At.Fixed())
		sites = append(sites, onepage.Mark{At: site.Station.At, Shape: onepage.New, Text: strconv.Itoa(i + 1)})
	}
	if box = box.Pad(aroundPlanM); len(sites) == 0 {
		box = page.CityBox(v.city)
	}
	ground := p.Ground(v.city, l, box, onepage.PairFor(box))
	cells, side := v.result.Cells, v.city.CellSide(q.Cover.Demand)
	before := page.SheetCells(v.city, q.Cover.Demand, func(i int) (onepage.Class, bool) { return classOf(cells[i].Before), cells[i].People > 0 })
	after := page.SheetCells(v.city, q.Cover.Demand, func(i int) (onepage.Class, bool) {
		if cells[i].After > cells[i].Before {
			return onepage.Gained, cells[i].People > 0
		}
		return classOf(cells[i].After), cells[i].People > 0
	})
	there := page.SheetStations(v.city, ask.Survey{Question: coverage.Question{AnyHour: true}}, nil)
	return onepage.Named(
		onepage.Draw(ground, l.T("现在", "Now"), l.T("选址前的地图", "Map before"), side, before, there),
		onepage.Draw(ground, l.T("新开以后", "With the new sites"), l.T("新开以后的地图", "Map with the new sites"), side, after, append(there, sites...)),
	)
}

// classOf is how a cell is drawn of whose people such a share is covered over the hours.
func classOf(share float64) onepage.Class {
	if share > 0 {
		return onepage.Once
	}
	return onepage.None
}

// annex is the table of the sites.
func (v sitedPage) annex() onepage.Table {
	l := v.Lang
	t := onepage.Table{
		Title: l.F("附件：新开的 %s 个驿站", "Annex: the %s new stations", words.Count(len(v.sites))),
		Heads: []onepage.Head{
			{Text: l.T("名次", "Rank"), Right: true},
			{Text: l.T("编号", "Code")},
			{Text: l.T("候选点", "Candidate")},
			{Text: l.T("营业时间", "Hours")},
			{Text: l.T("多覆盖（人）", "Adds (people)"), Right: true},
			{Text: l.T("费用（元）", "Cost (yuan)"), Right: true},
		},
	}
	for _, s := range v.figures.Sites {
		cost := words.Money(figures.Fen(s.CostYuan))
		if s.CostAssumed {
			cost += l.T("（示例）", " (example)")
		}
		t.Rows = append(t.Rows, []string{strconv.Itoa(s.Rank), s.Code, s.Name, v.hoursOf(s), words.People(s.Adds), cost})
	}
	return t
}
