package survey

import (
	"context"
	"net/http"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/onepage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// printed is the coverage as one sheet. Gaps and cells are in the report.
func (p *Pages) printed(r *http.Request, v *coveragePage) (onepage.Sheet, error) {
	numbers := []kit.KeyFigure{v.figure(1), v.figure(2), v.none()}
	for i := range numbers {
		numbers[i].Date = "" // the sheet has one
	}
	s := onepage.Sheet{
		Kind: v.Title, Asked: v.Asked(), Numbers: numbers,
		Headline: v.F("%[1]s以内，%[2]s%% 的%[3]s到得了驿站", "%[2]s%% of the %[3]s get to a station %[1]s", v.WithinWords(), lang.Percent(v.Cov.Covered[1].Float(), v.Cov.Demand.Float()), v.Who()),
		Key:      page.SheetKey(v.Lang), Facts: onepage.Facts(v.Lang, v.City, v.Survey.Demand, v.Dated()), Mark: onepage.MarkOf(v.Lang, v.City),
		Address:   web.Address(r, v.Survey.Fixed("/coverage")),
		Elsewhere: v.T("空白的清单、方法和数据：打开网址，看“报告”和“拿走数据自己算一遍”。", "The list of gaps, the method and the data: open the address and see the report, and how to compute it again."),
	}
	key := "coverage " + v.City.Survey.Signature(v.Survey.Question)
	err := p.Runs.Draw(r.Context(), &s, v.City, v.Lang, key, func(context.Context) ([]onepage.Map, error) { return p.printedMap(v), nil })
	return s, err
}

func (p *Pages) printedMap(v *coveragePage) []onepage.Map {
	ground := p.Ground(v.City, v.Lang, page.CityBox(v.City), onepage.Across)
	cells := page.SheetCells(v.City, v.Survey.Demand, func(i int) (onepage.Class, bool) { return page.ClassOf(v.Cov.Counts[i]), v.Cov.Weights[i] > 0 })
	return onepage.Named(onepage.Draw(ground, "", v.T("覆盖地图", "Map of the coverage"), v.City.CellSide(v.Survey.Demand), cells, page.SheetStations(v.City, v.Survey, nil)))
}

// printed is the clock as one sheet; its grid is the page's own.
func (v weekPage) printed(r *http.Request) onepage.Sheet {
	low, _ := coverage.Extremes(v.week, v.times, coverage.WorkFrom, coverage.WorkTo)
	return onepage.Sheet{
		Kind: v.Title, Numbers: v.keyFigures(), Asked: v.lead(),
		Headline: v.F("白天 7 点到 21 点最低的时候，%[1]s%% 的%[2]s%[3]s到得了驿站", "Between 07:00 and 21:00 at least %[1]s%% of the %[2]s get to a station %[3]s", words.ShareOf(low, v.times), v.city.Who(v.Lang, v.survey.Demand), v.reachWords()),
		Facts:    onepage.Facts(v.Lang, v.city, v.survey.Demand, words.Moment(v.Lang, v.now)), Mark: onepage.MarkOf(v.Lang, v.city),
		Address:   web.Address(r, v.address(v.times, "")),
		Elsewhere: v.T("精确到分钟的每一段：打开网址，下载 CSV。", "Each span to the minute: open the address and take the CSV."),
	}
}
