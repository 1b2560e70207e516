package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/figures"
)

// circle prints the comparison with circles, if there is one.
func (t terminal) circle(row func(zh, en, format string, args ...any), of figures.CoverageFigures) {
	f := of.Circle
	if f == nil {
		return
	}
	row(fmt.Sprintf("画 %d 米的圈：至少 1 个", f.RadiusM), fmt.Sprintf("circles of %d m: 1 or more", f.RadiusM), "%.0f\t%s %%", f.Covered1, lang.Percent(f.Covered1, of.DemandTotal))
	row("圈里有、路上没有", "in a circle only", "%.0f", f.OnlyCircle)
}

// clock prints the spans of a clock.
func (t terminal) clock(w io.Writer, f *figures.ClockFigures) {
	if f == nil {
		return
	}
	rows := tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, t.lang.F("\n时钟：%d 种开门组合", "\nClock: %d different sets of open stations", f.Sets))
	fmt.Fprintln(rows, t.lang.T("从\t到\t开着\t1 个以上 %\t2 个以上 %\t", "from\tto\topen\t1 or more %\t2 or more %\t"))
	for _, s := range f.Spans {
		fmt.Fprintf(rows, "%s\t%s\t%d\t%s\t%s\t\n", t.minute(s.FromMin, f.Day == ""), t.minute(s.ToMin, f.Day == ""), s.StationsOpen, lang.Percent(s.Covered1, s.DemandTotal), lang.Percent(s.Covered2, s.DemandTotal))
	}
	_ = rows.Flush() // the terminal has gone
}

// minute says a minute of a week or of a day: 周一 07:30.
func (t terminal) minute(n int, week bool) string {
	day, rest := n/1440, n%1440
	if n > 0 && rest == 0 {
		day, rest = day-1, 1440
	}
	clock := fmt.Sprintf("%02d:%02d", rest/60, rest%60)
	if !week {
		return clock
	}
	return t.lang.T([]string{"周一", "周二", "周三", "周四", "周五", "周六", "周日"}[day], []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}[day]) + " " + clock
}

// areas prints the areas with their verdicts.
func (t terminal) areas(w io.Writer, f *figures.AreaList) error {
	if f == nil {
		return nil
	}
	verdicts := map[string]string{
		"met": t.lang.T("达标", "met"), "missed": t.lang.T("没有达标", "missed"), "no_target": t.lang.T("没有目标", "no target"),
		"no_demand": t.lang.T("没有需求", "nobody there"), "no_such_demand": t.lang.T("缺需求数据", "no such demand"),
	}
	rows := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(rows, t.lang.T("\n编号\t名称\t结果\t1 个以上最低 %\t2 个以上最低 %\t", "\ncode\tname\tresult\tlowest 1 or more %\tlowest 2 or more %\t"))
	for _, a := range f.Areas {
		lowest := func(h figures.HeldFigures, covered func(figures.SpanFigures) float64) string {
			if h.Worst == nil {
				return "–"
			}
			return fmt.Sprintf("%s (%s)", lang.Percent(covered(*h.Worst), h.Worst.DemandTotal), t.minute(h.Worst.FromMin, f.Day == ""))
		}
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\t\n", a.Code, a.Name, verdicts[a.Verdict],
			lowest(a.Once, func(s figures.SpanFigures) float64 { return s.Covered1 }), lowest(a.Twice, func(s figures.SpanFigures) float64 { return s.Covered2 }))
	}
	return rows.Flush()
}
