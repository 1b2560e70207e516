package areas

import (
	"iter"
	"net/http"
	"slices"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// areaRowsOf are the areas as rows of a sheet, headings first.
func areaRowsOf(l lang.Lang, measures []coverage.Measure) iter.Seq[[]any] {
	heads := sheet.Heads(
		l.T("编号", "code"), l.T("名称", "name"), l.T("类型", "kind"), l.T("区划", "division"), l.T("结果", "result"),
		l.T("目标一个以上%", "target one %"), l.T("目标两个以上%", "target two %"), l.T("考核时段", "target hours"), l.T("分钟", "minutes"), l.T("需求", "demand kind"),
		l.T("网格", "cells"), l.T("白天需求", "demand by day"), l.T("夜间需求", "demand by night"),
		l.T("一个以上最低%", "lowest one %"), l.T("最低时段", "when"), l.T("两个以上最低%", "lowest two %"), l.T("最低时段", "when"),
		l.T("一个以上不达标分钟", "minutes one missed"), l.T("两个以上不达标分钟", "minutes two missed"),
	)
	return func(yield func([]any) bool) {
		more := yield(heads)
		for i := 0; more && i < len(measures); i++ {
			more = yield(areaLine(l, measures[i]))
		}
	}
}

func areaLine(l lang.Lang, m coverage.Measure) []any {
	a := m.Area
	day, night := figures.DemandBy(m.Clock)
	row := []any{
		a.Code, a.Name, a.Kind.Name().In(l), a.Division.Code(), VerdictWords(l, m.Verdict),
		targetCell(a.Target.Once), targetCell(a.Target.Twice), a.Target.Hours.Text(l), int(m.Question.Within.Minutes()), m.Question.Demand,
		len(m.Cells), day.Float(), night.Float(),
	}
	for k, h := range m.Held {
		if !h.Any {
			row = append(row, nil, nil)
			continue
		}
		row = append(row, 100*h.Worst.Share(k+1), words.SpanWords(l, m.Clock, h.Worst))
	}
	return append(row, m.Held[0].FailsMinutes(), m.Held[1].FailsMinutes())
}

// targetCell is a share that is to be met, in percent; a cell without one is empty.
func targetCell(tenths area.Permille) any {
	if tenths == 0 {
		return nil
	}
	return float64(tenths) / 10
}

// CSV answers GET …csv.
func (p *Pages) CSV(w http.ResponseWriter, r *http.Request) error {
	_, _, measures, err := p.listed(r)
	if err != nil {
		return err
	}
	return page.SendCSV(w, "areas.csv", areaRowsOf(web.LangOf(r), measures))
}

// XLSX answers GET …xlsx.
func (p *Pages) XLSX(w http.ResponseWriter, r *http.Request) error {
	_, _, measures, err := p.listed(r)
	if err != nil {
		return err
	}
	l := web.LangOf(r)
	return page.SendXLSX(w, "areas.xlsx", sheet.Page{Name: l.T("区域", "areas"), Rows: areaRowsOf(l, measures)})
}

// JSON answers GET …json.
func (p *Pages) JSON(w http.ResponseWriter, r *http.Request) error {
	city, m, measures, err := p.listed(r)
	if err != nil {
		return err
	}
	chosen := *m
	chosen.Areas = slices.Clone(measures)
	return page.SendFigures(w, chosen.Figures(city))
}

// OutlineOnMap is the boundaries of the areas of a list, or of one area, with
// their verdicts.
func (p *Pages) OutlineOnMap(w http.ResponseWriter, r *http.Request) error {
	_, _, measures, err := p.listed(r)
	if err != nil {
		return err
	}
	only := r.URL.Query().Get("code")
	c, vertices := sheet.Collect(), 0
	for _, m := range measures {
		if only != "" && m.Area.Code != only {
			continue
		}
		if vertices += m.Area.Shape.Vertices(); vertices > mostOutline {
			c.Left++
			continue
		}
		c.Features = append(c.Features, sheet.NewMark(m.Area.Code, map[string]any{
			"name": m.Area.Name, "kind": m.Area.Kind.Key(), "verdict": m.Verdict.Key(), "href": "/areas/" + m.Area.Code,
		}, "MultiPolygon", sheet.Outline(m.Area.Shape)))
	}
	return page.SendGeoJSON(w, c)
}

// mostOutline bounds what a phone must draw, at about 4 MB.
const mostOutline = 200_000
