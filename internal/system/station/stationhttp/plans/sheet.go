package plans

import (
	"context"
	"strconv"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/onepage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/trial"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// printed is the plan as one sheet, with its changes as an annex. The figures are those
// that were saved; the maps are of today, as on the page.
func (p *Pages) printed(ctx context.Context, v *planPage) (onepage.Sheet, error) {
	l, before, after := v.Lang, v.plan.Before, v.plan.After
	share := func(covered [5]reach.Weight, times int) string {
		return lang.Percent(covered[times].Float(), covered[0].Float())
	}
	pair := func(times int) string { return share(before.Covered, times) + " → " + share(after.Covered, times) }
	s := onepage.Sheet{
		Kind:     l.F("方案 %[1]s（第 %[2]d 版）", "Plan %[1]s (version %[2]d)", v.plan.Code, v.plan.Version),
		Headline: v.plan.Name + l.F("：有驿站的人从 %[1]s%% 到 %[2]s%%", ": from %[1]s%% to %[2]s%% of the people with a station", share(before.Covered, 1), share(after.Covered, 1)),
		Asked:    v.asked(),
		Numbers: []kit.KeyFigure{
			{Number: pair(1), Unit: "%", Sentence: l.F("有驿站可去：%s 人", "have a station: %s people", words.Signed(after.Covered[1]-before.Covered[1]))},
			{Number: pair(2), Unit: "%", Sentence: l.F("有两个以上可选：%s 人", "have a choice of two: %s people", words.Signed(after.Covered[2]-before.Covered[2]))},
			{Number: words.Count(before.Counted) + " → " + words.Count(after.Counted), Unit: l.T("个", ""), Sentence: l.F("那一刻开着的驿站；改动 %d 条", "stations open at the hour; %d changes", len(v.clear))},
		},
		Facts: append(onepage.Facts(l, v.city, v.plan.Question.Demand, l.F("%s 保存", "saved %s", v.saved())), [2]string{l.T("保存时的版本", "Revision when saved"), v.plan.Basis}),
		Mark:  onepage.MarkOf(l, v.city), Address: v.link, Elsewhere: l.T("改动见附件（第 2 页起）。", "The changes are in the annex, from page 2 on."),
		Annex: []onepage.Table{{Title: l.F("附件：方案 %[1]s 的改动（%[2]d 条）", "Annex: the changes of plan %[1]s (%[2]d)", v.plan.Code, len(v.clear)), Heads: []onepage.Head{{Text: l.T("序号", "No."), Right: true}, {Text: l.T("改动", "Change")}}}},
	}
	if share(before.Covered, 1) == share(after.Covered, 1) {
		s.Headline = v.plan.Name + l.F("：有驿站的人仍是 %s%%", ": as many of the people with a station as now, %s%%", share(after.Covered, 1))
	}
	v.sayProven(&s)
	for i, change := range v.clear {
		s.Annex[0].Rows = append(s.Annex[0].Rows, []string{strconv.Itoa(i + 1), change})
	}
	if v.today == nil {
		s.Bare = true
		return s, nil // what cannot be carried out cannot be drawn
	}
	s.Key = page.SheetKey(l,
		onepage.Sign{Cell: true, Class: onepage.Gained, Text: l.T("新有了驿站", "gains a station")}, onepage.Sign{Cell: true, Class: onepage.Lost, Text: l.T("不再有驿站", "loses its station")},
		onepage.Sign{Shape: onepage.New, Text: l.T("新开", "opened")}, onepage.Sign{Shape: onepage.Gone, Text: l.T("关闭", "closed")}, onepage.Sign{Shape: onepage.Other, Text: l.T("移动或改时间", "moved or other hours")},
	)
	err := p.Runs.Draw(ctx, &s, v.city, l, "plan "+v.trial.Address(""), func(context.Context) ([]onepage.Map, error) { return p.printedMaps(v), nil })
	return s, err
}

// sayProven puts the answer of siting before the figures of the one moment that is drawn.
func (v *planPage) sayProven(s *onepage.Sheet) {
	f, ok := proven(v.plan)
	if !ok {
		return
	}
	l, shares := v.Lang, provenShares(f)
	s.Headline = v.plan.Name + l.F("：%[1]s从 %[2]s%% 到 %[3]s%%（%[4]s 平均）", ": %[1]s from %[2]s%% to %[3]s%% (average of %[4]s)", provenWhat(l, f), shares[0], shares[1], f.Hours)
	answer := kit.KeyFigure{Number: shares[0] + " → " + shares[1], Unit: "%", Sentence: l.F("选址的答案，%[1]s 平均：多 %[2]s 人", "the answer of siting, average of %[1]s: %[2]s people more", f.Hours, words.People(f.CoveredAfter-f.CoveredBefore))}
	s.Numbers[0].Sentence = words.Moment(l, v.trial.At) + l.T("，", ", ") + s.Numbers[0].Sentence
	s.Numbers = []kit.KeyFigure{answer, s.Numbers[0], s.Numbers[2]}
	s.Asked = l.T("地图和后两个数字：", "The maps and the last two figures: ") + s.Asked
	s.Elsewhere = f.Certificate.Words + " " + s.Elsewhere
}

func (p *Pages) printedMaps(v *planPage) []onepage.Map {
	l, effect, altered := v.Lang, v.today.Effect, v.today.Scenario.Altered()
	box := trial.BoxOf(altered)
	if box.Empty() {
		box = page.CityBox(v.city)
	}
	ground := p.Ground(v.city, l, box, onepage.PairFor(box))
	kind := v.plan.Question.Demand
	was, is := effect.Before, effect.After
	before := page.SheetCells(v.city, kind, func(i int) (onepage.Class, bool) { return page.ClassOf(was.Counts[i]), was.Weights[i] > 0 })
	after := page.SheetCells(v.city, kind, func(i int) (onepage.Class, bool) {
		switch trial.ShiftOf(was.Counts[i], is.Counts[i]) {
		case "gain":
			return onepage.Gained, is.Weights[i] > 0
		case "loss":
			return onepage.Lost, is.Weights[i] > 0
		}
		return page.ClassOf(is.Counts[i]), is.Weights[i] > 0
	})
	shapes := map[string]onepage.Shape{"opened": onepage.New, "closed": onepage.Gone}
	drawn := map[string]bool{}
	var changed []onepage.Mark
	for _, a := range altered {
		drawn[a.Code()] = true
		stands, shape := a.After, onepage.Other
		if known, ok := shapes[trial.ActOf(a)]; ok {
			shape = known
		}
		if stands == nil {
			stands = a.Before
		}
		changed = append(changed, onepage.Mark{At: stands.At, Shape: shape})
	}
	side := v.city.CellSide(kind)
	return onepage.Named(
		onepage.Draw(ground, l.T("现在", "Now"), l.T("改前的地图", "Map before the changes"), side, before, page.SheetStations(v.city, v.trial.Survey, nil)),
		onepage.Draw(ground, l.T("改后", "Then"), l.T("改后的地图", "Map after the changes"), side, after, append(page.SheetStations(v.city, v.trial.Survey, drawn), changed...)),
	)
}
