package plans

import (
	"fmt"
	"net/http"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// PDF is the plan on paper, for a meeting and for the file.
func (p *Pages) PDF(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewPlan(r.Context(), web.LangOf(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	body, err := v.paper(web.Address(r, "/plans/"+v.plan.Code), p.Site.City, p.Site.LogLine(r.Context()))
	if err != nil {
		return fmt.Errorf("paper of plan %s: %w", v.plan.Code, err)
	}
	page.SendDocument(w, "application/pdf", v.plan.Code+".pdf", body)
	return nil
}

func (v planView) paper(address string, city lang.Text, log string) ([]byte, error) {
	l := v.lang
	d, err := web.NewPaper(l, web.PaperHead{
		Title: v.plan.Name, Kind: l.F("%s 工会驿站调整方案", "%s rest stations: plan of changes", city.In(l)),
		Number: l.F("方案 %[1]s（第 %[2]d 版）", "Plan %[1]s (version %[2]d)", v.plan.Code, v.plan.Version), Address: address, At: v.plan.Updated,
	})
	if err != nil {
		return nil, err
	}
	d.Facts([][2]string{
		{l.T("保存", "Saved"), v.saved()},
		{l.T("问的是", "Question"), v.asked()},
		{l.T("来源", "Where from"), originWords(l, v.plan.Origin)},
		{l.T("网址", "Address"), address},
	})
	if log != "" {
		d.Small(l.T("公开日志检查点（条数和根，抄下来可用 xiadu verify --checkpoint 核对）：", "Checkpoint of the public log (size and root; xiadu verify --checkpoint holds the log to it): ") + log)
	}
	if v.city.Atlas != nil && v.city.Atlas.Info.Schematic {
		d.Text(l.T("这是示意城市，街道、站点和人口都是编的，数字只为演示。", "This is a schematic city: its streets, stations and people are invented, and the figures are for demonstration."))
	}
	if v.plan.Note != "" {
		d.Heading(l.T("说明", "Note"))
		d.Text(v.plan.Note)
	}
	d.Heading(l.T("一、改前改后", "1. Before and after"))
	if f, ok := proven(v.plan); ok {
		d.Text(provenWords(l, f))
		d.Text(l.F("下表是其中一刻：%s。", "The table is of one moment: %s.", v.asked()))
	}
	v.paperFigures(d, v.plan.Before, v.plan.After)
	d.Heading(l.T("二、平常的一周：有驿站可去的人占多少", "2. An ordinary week: share with a station"))
	v.paperWeek(d, v.plan.Before, v.plan.After)
	d.Heading(l.F("三、改动（%d 条）", "3. Changes (%d)", len(v.clear)))
	d.List(v.clear)
	v.paperToday(d)
	d.Heading(l.T("方法和数据", "Method and data"))
	for _, words := range v.method() {
		d.Small(words)
	}
	d.Signatures(l.T("编制", "Prepared by"), l.T("审核", "Checked by"), l.T("批准", "Approved by"))
	return d.Bytes()
}

func (v planView) paperColumns() []web.Column {
	l := v.lang
	return []web.Column{
		{Title: "", Width: 0.4},
		{Title: l.T("现在", "Now"), Width: 0.2, Right: true},
		{Title: l.T("改后", "Then"), Width: 0.2, Right: true},
		{Title: l.T("差", "Difference"), Width: 0.2, Right: true},
	}
}

func (v planView) paperFigures(d *web.Paper, before, after coverage.PlanFigures) {
	l := v.lang
	share := func(name string, times int) []string {
		b, a := before.Covered, after.Covered
		return []string{name, lang.Percent(b[times].Float(), b[0].Float()) + "%", lang.Percent(a[times].Float(), a[0].Float()) + "%", words.Points(b[times], b[0], a[times], a[0])}
	}
	amount := func(name string, b, a reach.Weight) []string {
		return []string{name, words.People(b.Float()), words.People(a.Float()), words.Signed(a - b)}
	}
	d.Table(v.paperColumns(), [][]string{
		share(l.T("有驿站可去的人，占比", "Share of people with a station"), 1),
		amount(l.T("　人数", "  people"), before.Covered[1], after.Covered[1]),
		share(l.T("有两个以上可选的人，占比", "Share with two or more"), 2),
		amount(l.T("　人数", "  people"), before.Covered[2], after.Covered[2]),
		amount(l.T("没有驿站的人", "People without a station"), before.Covered[0]-before.Covered[1], after.Covered[0]-after.Covered[1]),
		amount(l.T("　其中离路 500 米以上", "  of them, more than 500 m from a street"), before.Unreachable, after.Unreachable),
		amount(l.T("全部人数", "All people"), before.Covered[0], after.Covered[0]),
		{l.T("那一刻开着的驿站", "Stations open at the hour"), words.Count(before.Counted), words.Count(after.Counted), words.Signed(reach.Weight(after.Counted-before.Counted) * 1000)},
	})
}

func (v planView) paperWeek(d *web.Paper, before, after coverage.PlanFigures) {
	var rows [][]string
	for part, b := range before.Week {
		a := after.Week[part]
		rows = append(rows, []string{
			words.PartWords(v.lang, coverage.WeekPart(part)), lang.Percent(b.Once.Float(), b.Demand.Float()) + "%", lang.Percent(a.Once.Float(), a.Demand.Float()) + "%",
			words.Points(b.Once, b.Demand, a.Once, a.Demand),
		})
	}
	d.Table(v.paperColumns(), rows)
}

// paperToday says what has become of the figures since they were saved.
func (v planView) paperToday(d *web.Paper) {
	l := v.lang
	switch {
	case v.wrong != "":
		d.Heading(l.T("按今天的站点", "On today's stations"))
		d.Text(l.T("按今天的站点做不了这个方案：", "The plan cannot be carried out on today's stations: ") + v.wrong)
	case v.stale && v.changed():
		d.Heading(l.F("按今天的数据重算（版本 %s）", "Recomputed on today's data (revision %s)", v.city.Revision))
		v.paperFigures(d, v.todayBefore(), v.todayAfter())
	case v.stale:
		d.Text(l.T("保存以后数据有变化，但重新算过，数字一样。", "The data have changed since this was saved, but recomputed the figures are the same."))
	}
}
