package figures

import (
	"io"
	"iter"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// Marks are a plan to open in a map program: its sites, their rivals, and the
// demand with how much of it is covered before and after. The property layer
// says which is which.
func (v Sited) Marks(l lang.Lang) iter.Seq[sheet.Mark] {
	return func(yield func(sheet.Mark) bool) {
		for _, p := range v.siteMarks(l) {
			if !yield(p) {
				return
			}
		}
		demand, _ := v.City.Survey.Demand(v.Answer.Siting.Question.Cover.Demand)
		for i, c := range v.Cells {
			if c.People > 0 && !yield(sheet.PointMark(demand.Cells[i].ID, demand.Cells[i].At, map[string]any{
				"layer": "demand", "people": c.People.Float(), "covered_before": sheet.Round4(c.Before), "covered_after": sheet.Round4(c.After),
			})) {
				return
			}
		}
	}
}

func (v Sited) siteMarks(l lang.Lang) []sheet.Mark {
	var out []sheet.Mark
	f := v.Figures(SitingWords{l})
	seen := map[string]bool{}
	for i, s := range v.Answer.Sites {
		p := SiteMark(v.Answer.Sites[i].Candidate, i+1)
		p.Properties["layer"], p.Properties["adds"], p.Properties["cost_yuan"], p.Properties["premises"] = "site", f.Sites[i].Adds, f.Sites[i].CostYuan, f.Sites[i].Premises
		out = append(out, p)
		seen[s.Station.Code] = true
	}
	for _, s := range v.Answer.Sites {
		for _, r := range s.Rivals {
			if !seen[r.Station.Code] {
				seen[r.Station.Code] = true
				p := SiteMark(r.Candidate, 0)
				p.Properties["layer"] = "rival"
				out = append(out, p)
			}
		}
	}
	return out
}

// table is the plan as rows, headings first. Numbers stay numbers.
func (v Sited) table(l lang.Lang) iter.Seq[[]any] {
	rows := [][]any{sheet.Heads(
		l.T("名次", "rank"), l.T("编号", "code"), l.T("名称", "name"), l.T("合作单位", "partner"), l.T("场所", "premises"), l.T("区划", "division"),
		l.T("经度", "longitude"), l.T("纬度", "latitude"), l.T("营业时间", "opening hours"), l.T("时间来历", "hours are"), l.T("费用（元）", "cost (yuan)"), l.T("费用来历", "cost is"),
		l.T("新增覆盖人数", "people it adds"), l.T("每人费用（元）", "yuan per person"), l.T("单独撤掉会少", "people lost without it"), l.T("可替换的候选", "rivals"),
	)}
	f := v.Figures(SitingWords{l})
	given := func(assumed bool) string {
		if assumed {
			return l.T("示例", "example")
		}
		return l.T("登记", "given")
	}
	for i, s := range f.Sites {
		site := v.Answer.Sites[i]
		var rivals []string
		for _, r := range s.Rivals {
			rivals = append(rivals, r.Code+" "+r.Name+" ("+words.People(-r.Loss)+")")
		}
		rows = append(rows, []any{
			s.Rank, s.Code, s.Name, s.Partner, site.Station.Premises.Name().In(l), site.Station.Division.FullName().In(l),
			s.Lon, s.Lat, site.Hours.Text(l), given(s.HoursAssumed), s.CostYuan, given(s.CostAssumed),
			sheet.Round1(s.Adds), s.YuanEach, sheet.Round1(s.Alone), strings.Join(rivals, "; "),
		})
	}
	return slices.Values(rows)
}

// WriteCSV writes the plan as CSV in UTF-8, with the mark by which Excel knows it.
func (v Sited) WriteCSV(w io.Writer, l lang.Lang) error { return sheet.WriteCSV(w, v.table(l)) }

// WriteXLSX writes the plan as a spreadsheet: the sites, and on a second sheet
// what was asked and the certificate.
func (v Sited) WriteXLSX(w io.Writer, l lang.Lang) error {
	return sheet.WriteXLSX(w,
		sheet.Page{Name: l.T("方案", "plan"), Rows: v.table(l)},
		sheet.Page{Name: l.T("说明", "about"), Rows: slices.Values(v.about(l))},
	)
}

// about says what was asked, of what data, and how good the answer is.
func (v Sited) about(l lang.Lang) [][]any {
	words := SitingWords{l}
	f := v.Figures(words)
	return [][]any{
		{l.T("问题", "question"), words.Asked(&v.Answer.Siting.Question)},
		{l.T("时段", "hours"), f.Hours},
		{l.T("证明", "certificate"), f.Certificate.Words},
		{l.T("方案达到", "value"), f.Certificate.Value},
		{l.T("任何方案都超不过", "bound"), f.Certificate.Bound},
		{l.T("原来覆盖（人）", "covered before"), sheet.Round1(f.CoveredBefore)},
		{l.T("方案后覆盖（人）", "covered after"), sheet.Round1(f.CoveredAfter)},
		{l.T("总人数", "all people"), sheet.Round1(f.DemandTotal)},
		{l.T("方案费用（元）", "cost (yuan)"), f.CostYuan},
		{l.T("候选点", "candidates"), f.Candidates},
		{l.T("人口来源", "demand from"), f.DemandSource},
		{l.T("街道来源", "streets from"), f.Streets},
		{l.T("数据版本", "revision"), f.Revision},
	}
}
