package plans

import (
	"iter"
	"net/http"
	"slices"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/trial"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// A plan leaves as sheets, as GeoJSON and as paper. The figures are those that
// were saved; stations and cells are today's, and each document says so.

// GeoJSON answers GET …geojson.
func (p *Pages) GeoJSON(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewPlan(r.Context(), web.LangOf(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	if v.today == nil {
		return v.impossible()
	}
	return page.SendMap(w, v.plan.Code+".geojson", map[string]any{"plan": planJSON(v.plan)}, v.marks())
}

// marks are the stations that the plan changes, and the cells.
func (v planView) marks() iter.Seq[sheet.Mark] {
	return func(yield func(sheet.Mark) bool) {
		for _, f := range trial.AlteredMarks(v.today.Scenario.Altered(), v.trial.Survey).Features {
			f.Properties["layer"] = "station"
			if !yield(f) {
				return
			}
		}
		demand, _ := v.city.Survey.Demand(v.today.Effect.After.Question.Demand)
		for i, weight := range v.today.Effect.After.Weights {
			if weight == 0 {
				continue
			}
			f := trial.CellMark(&demand.Cells[i], v.today.Effect, i)
			f.Properties["layer"] = "demand"
			if !yield(f) {
				return
			}
		}
	}
}

// impossible says why a document cannot be made.
func (v planView) impossible() error {
	return fault.New(fault.Conflict, "按今天的站点做不了这个方案：%s", "The plan cannot be carried out on today's stations: %s", v.wrong)
}

// XLSX answers GET …xlsx.
func (p *Pages) XLSX(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewPlan(r.Context(), web.LangOf(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	return page.SendXLSX(w, v.plan.Code+".xlsx", v.sheets(web.Address(r, "/plans/"+v.plan.Code))...)
}

func (v planView) sheets(address string) []sheet.Page {
	out := []sheet.Page{v.figuresSheet(address), v.changesSheet()}
	if v.today != nil {
		out = append(out, v.stationsSheet(), v.cellsSheet())
	}
	return out
}

func (v planView) figuresSheet(address string) sheet.Page {
	l := v.lang
	rows := [][]any{
		{l.T("方案", "Plan"), v.plan.Code},
		{l.T("名称", "Name"), v.plan.Name},
		{l.T("说明", "Note"), v.plan.Note},
		{l.T("网址", "Address"), address},
		{l.T("保存", "Saved"), v.plan.Updated.In(v.zone).Format("2006-01-02 15:04")},
		{l.T("问的是", "Question"), v.asked()},
		{l.T("保存时的数据版本", "Revision of the data when saved"), v.plan.Basis},
		{l.T("街道", "Streets"), v.city.Source(l)},
		{l.T("人口", "People"), v.city.DemandSource(l, v.plan.Question.Demand)},
		{},
	}
	if f, ok := proven(v.plan); ok {
		rows = append(rows, sheet.Heads(l.T("选址的答案", "The answer of siting"), l.T("现在", "Now"), l.T("改后", "Then"), l.T("差", "Difference")),
			[]any{l.F("%[1]s，%[2]s 平均", "%[1]s, average of %[2]s", provenWhat(l, f), f.Hours), f.CoveredBefore, f.CoveredAfter, f.CoveredAfter - f.CoveredBefore},
			[]any{l.T("占比", "Share"), f.CoveredBefore / f.DemandTotal, f.CoveredAfter / f.DemandTotal, (f.CoveredAfter - f.CoveredBefore) / f.DemandTotal}, nil)
	}
	rows = append(rows, v.figuresRows(l.T("保存时的数字", "Figures as saved"), v.plan.Before, v.plan.After)...)
	if v.stale && v.today != nil {
		before, after := v.today.Effect.Figures()
		rows = append(rows, nil)
		rows = append(rows, v.figuresRows(l.F("按今天的数据重算（%s）", "Recomputed on today's data (%s)", v.city.Revision), before, after)...)
	}
	if v.wrong != "" {
		rows = append(rows, []any{l.T("按今天的站点做不了", "Cannot be carried out on today's stations"), v.wrong})
	}
	return sheet.Page{Name: l.T("方案", "Plan"), Widths: []float64{34, 18, 18, 18}, Rows: slices.Values(rows)}
}

func (v planView) figuresRows(title string, before, after coverage.PlanFigures) [][]any {
	l := v.lang
	rows := [][]any{sheet.Heads(title, l.T("现在", "Now"), l.T("改后", "Then"), l.T("差", "Difference"))}
	row := func(name string, x, y float64) { rows = append(rows, []any{name, x, y, y - x}) }
	row(l.T("总人数", "All people"), before.Covered[0].Float(), after.Covered[0].Float())
	row(l.T("有驿站的人", "People with a station"), before.Covered[1].Float(), after.Covered[1].Float())
	row(l.T("占比", "Share"), before.Covered[1].Share(before.Covered[0]), after.Covered[1].Share(after.Covered[0]))
	row(l.T("有两个以上的人", "People with two or more"), before.Covered[2].Float(), after.Covered[2].Float())
	row(l.T("占比", "Share"), before.Covered[2].Share(before.Covered[0]), after.Covered[2].Share(after.Covered[0]))
	row(l.T("离路 500 米以上的人", "People more than 500 m from any street"), before.Unreachable.Float(), after.Unreachable.Float())
	row(l.T("开放的驿站", "Stations in service"), float64(before.Operating), float64(after.Operating))
	row(l.T("那一刻开着的", "Open at the hour"), float64(before.Counted), float64(after.Counted))
	for part, x := range before.Week {
		y := after.Week[part]
		row(words.PartWords(l, coverage.WeekPart(part))+l.T("，有驿站的占比", ", share with a station"), x.Once.Share(x.Demand), y.Once.Share(y.Demand))
	}
	return rows
}

func (v planView) changesSheet() sheet.Page {
	l := v.lang
	rows := [][]any{sheet.Heads("#", l.T("改动", "Change"), l.T("写法", "As a line"), l.T("单看：有驿站的人", "By itself: with a station"), l.T("单看：有两个的人", "By itself: with two"))}
	for i, line := range whatif.Lines(v.plan.Changes) {
		row := []any{i + 1, v.clear[i], line}
		if v.today != nil && v.today.Alone != nil {
			row = append(row, v.today.Alone[i].Once.Float(), v.today.Alone[i].Twice.Float())
		}
		rows = append(rows, row)
	}
	return sheet.Page{Name: l.T("改动", "Changes"), Widths: []float64{6, 60, 50, 22, 22}, Rows: slices.Values(rows)}
}

func (v planView) stationsSheet() sheet.Page {
	l := v.lang
	rows := [][]any{sheet.Heads(l.T("编号", "Code"), l.T("名称", "Name"), l.T("怎样", "What"), l.T("现在的时间", "Hours now"), l.T("改后的时间", "Hours then"),
		l.T("现在经度", "Longitude now"), l.T("现在纬度", "Latitude now"), l.T("改后经度", "Longitude then"), l.T("改后纬度", "Latitude then"))}
	for _, a := range v.today.Scenario.Altered() {
		row := make([]any, 9)
		row[0], row[2] = a.Code(), actWords(l, trial.ActOf(a))
		for i, s := range []*station.Station{a.Before, a.After} {
			if s != nil {
				row[1], row[3+i], row[5+2*i], row[6+2*i] = s.Name, s.Hours.Text(l), s.At.Lon, s.At.Lat
			}
		}
		rows = append(rows, row)
	}
	return sheet.Page{Name: l.T("站点", "Stations"), Widths: []float64{18, 36, 10, 40, 40, 13, 13, 13, 13}, Rows: slices.Values(rows)}
}

func actWords(l lang.Lang, act string) string {
	switch act {
	case "opened":
		return l.T("新开", "opens")
	case "closed":
		return l.T("关闭", "closes")
	case "moved":
		return l.T("移动", "moves")
	}
	return l.T("改时间", "other hours")
}

func (v planView) cellsSheet() sheet.Page {
	l, e := v.lang, v.today.Effect
	heads := sheet.Heads(l.T("网格", "Cell"), l.T("经度", "Longitude"), l.T("纬度", "Latitude"), l.T("人", "People"), l.T("现在几个站", "Stations now"), l.T("改后几个站", "Stations then"), l.T("变化", "Change"))
	demand, _ := v.city.Survey.Demand(v.trial.Demand)
	rows := func(yield func([]any) bool) {
		more := yield(heads)
		for i := 0; more && i < len(e.After.Counts); i++ {
			before, after := e.Before.Counts[i], e.After.Counts[i]
			if before == after || e.After.Weights[i] == 0 {
				continue
			}
			cell := &demand.Cells[i]
			more = yield([]any{cell.ID, cell.At.Lon, cell.At.Lat, e.After.Weights[i].Float(), before, after, shiftWords(l, before, after)})
		}
	}
	return sheet.Page{Name: l.T("受影响的网格", "Cells that change"), Widths: []float64{20, 13, 13, 12, 12, 12, 24}, Rows: rows}
}

func shiftWords(l lang.Lang, before, after uint8) string {
	switch trial.ShiftOf(before, after) {
	case "gain":
		return l.T("新有驿站", "gains a first station")
	case "loss":
		return l.T("失去驿站", "loses its last station")
	case "more":
		return l.T("有了第二个", "gains a second station")
	case "fewer":
		return l.T("失去第二个", "loses its second station")
	}
	return l.T("更多或更少，仍有两个以上", "more or fewer, still two or more")
}
