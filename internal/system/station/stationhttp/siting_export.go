package stationhttp

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/xiadu/xiadu/internal/lang"
)

// GeoJSON is a plan to open in a map program: its sites, their rivals, and the
// demand with how much of it is covered before and after. The property layer
// says which is which.
func (v Sited) GeoJSON(l lang.Lang) any {
	out := sheet.Collect()
	f := v.Figures(SitingWords{l})
	seen := map[string]bool{}
	for i, s := range v.Answer.Sites {
		p := siteFeature(v.Answer.Sites[i].SiteCandidate, i+1)
		p.Properties["layer"], p.Properties["adds"], p.Properties["cost_yuan"], p.Properties["premises"] = "site", f.Sites[i].Adds, f.Sites[i].CostYuan, f.Sites[i].Premises
		out.Features = append(out.Features, p)
		seen[s.Station.Code] = true
	}
	for _, s := range v.Answer.Sites {
		for _, r := range s.Rivals {
			if !seen[r.Station.Code] {
				seen[r.Station.Code] = true
				p := siteFeature(r.SiteCandidate, 0)
				p.Properties["layer"] = "rival"
				out.Features = append(out.Features, p)
			}
		}
	}
	demand, _ := v.City.Network.Demand(v.Answer.Siting.Question.Cover.Demand)
	for i, c := range v.Cells {
		if c.People > 0 {
			out.Features = append(out.Features, sheet.PointMark(demand.Cells[i].ID, demand.Cells[i].At, map[string]any{
				"layer": "demand", "people": c.People.Float(), "covered_before": sheet.Round4(c.Before), "covered_after": sheet.Round4(c.After),
			}))
		}
	}
	return out
}

func sheet.Round4(share float64) float64 { return float64(int(share*1e4+0.5)) / 1e4 }

// table is the plan as rows under headings. Numbers stay numbers.
func (v Sited) table(l lang.Lang) (heads []string, rows [][]any) {
	heads = []string{
		l.T("名次", "rank"), l.T("编号", "code"), l.T("名称", "name"), l.T("合作单位", "partner"), l.T("场所", "premises"), l.T("区划", "division"),
		l.T("经度", "longitude"), l.T("纬度", "latitude"), l.T("营业时间", "opening hours"), l.T("时间来历", "hours are"), l.T("费用（元）", "cost (yuan)"), l.T("费用来历", "cost is"),
		l.T("新增覆盖人数", "people it adds"), l.T("每人费用（元）", "yuan per person"), l.T("单独撤掉会少", "people lost without it"), l.T("可替换的候选", "rivals"),
	}
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
			rivals = append(rivals, r.Code+" "+r.Name+" ("+people(-r.Loss)+")")
		}
		rows = append(rows, []any{
			s.Rank, guarded(s.Code), guarded(s.Name), guarded(s.Partner), site.Station.Premises.Name().In(l), site.Station.Division.FullName().In(l),
			s.Lon, s.Lat, guarded(site.Hours.Text(l)), given(s.HoursAssumed), s.CostYuan, given(s.CostAssumed),
			sheet.Round1(s.Adds), s.YuanEach, sheet.Round1(s.Alone), guarded(strings.Join(rivals, "; ")),
		})
	}
	return heads, rows
}

func sheet.Round1(v float64) float64 { return float64(int64(v*10+0.5)) / 10 }

// WriteCSV writes the plan as CSV in UTF-8, with the mark by which Excel knows it.
func (v Sited) WriteCSV(w io.Writer, l lang.Lang) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write a plan as CSV: %w", err)
	}
	heads, rows := v.table(l)
	lines := [][]string{heads}
	for _, row := range rows {
		line := make([]string, len(row))
		for i, cell := range row {
			line[i] = fmt.Sprint(cell)
			if n, ok := cell.(float64); ok {
				line[i] = strconv.FormatFloat(n, 'f', -1, 64)
			}
		}
		lines = append(lines, line)
	}
	if err := csv.NewWriter(w).WriteAll(lines); err != nil {
		return fmt.Errorf("write a plan as CSV: %w", err)
	}
	return nil
}

// WriteXLSX writes the plan as a spreadsheet: the sites, and on a second sheet
// what was asked and the certificate.
func (v Sited) WriteXLSX(w io.Writer, l lang.Lang) (err error) {
	book := excelize.NewFile()
	defer func() {
		if e := book.Close(); err == nil {
			err = e
		}
	}()
	heads, rows := v.table(l)
	first := []any{}
	for _, h := range heads {
		first = append(first, h)
	}
	sheet, about := l.T("方案", "plan"), l.T("说明", "about")
	if err := book.SetSheetName(book.GetSheetName(0), sheet); err != nil {
		return fmt.Errorf("write a plan as XLSX: %w", err)
	}
	if _, err := book.NewSheet(about); err != nil {
		return fmt.Errorf("write a plan as XLSX: %w", err)
	}
	for name, all := range map[string][][]any{sheet: append([][]any{first}, rows...), about: v.about(l)} {
		for i, row := range all {
			if err := book.SetSheetRow(name, "A"+strconv.Itoa(i+1), &row); err != nil {
				return fmt.Errorf("write a plan as XLSX: %w", err)
			}
		}
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("write a plan as XLSX: %w", err)
	}
	return nil
}

// about says what was asked, of what data, and how good the answer is.
func (v Sited) about(l lang.Lang) [][]any {
	words := SitingWords{l}
	f := v.Figures(words)
	return [][]any{
		{l.T("问题", "question"), words.asked(&v.Answer.Siting.Question)},
		{l.T("时段", "hours"), f.Hours},
		{l.T("证明", "certificate"), f.Certificate.Words},
		{l.T("方案达到", "value"), f.Certificate.Value},
		{l.T("任何方案都超不过", "bound"), f.Certificate.Bound},
		{l.T("原来覆盖（人）", "covered before"), sheet.Round1(f.CoveredBefore)},
		{l.T("方案后覆盖（人）", "covered after"), sheet.Round1(f.CoveredAfter)},
		{l.T("总人数", "all people"), sheet.Round1(f.DemandTotal)},
		{l.T("方案费用（元）", "cost (yuan)"), f.CostYuan},
		{l.T("候选点", "candidates"), f.Candidates},
		{l.T("人口来源", "demand from"), guarded(f.DemandSource)},
		{l.T("街道来源", "streets from"), guarded(f.Streets)},
		{l.T("数据版本", "revision"), f.Revision},
	}
}
