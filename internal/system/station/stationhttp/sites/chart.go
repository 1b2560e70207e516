package sites

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/selection"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/survey"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// chart is a search as two lines, drawn on 640 by 200.
type chart struct {
	label                string
	bound, value, area   string // SVG paths
	boundY, valueY       string
	boundWord, valueWord string
	end                  string
}

const (
	chartWidth  = 640.0
	chartTop    = 24.0
	chartBottom = 192.0
	labelGap    = 24.0
)

func (v sitedPage) hasCurve() bool { return len(v.curve) > 0 && v.ready != nil }

// chart draws the curve over the time that has passed. The height runs from the
// first plan to the last bound and a little more: bounds before that are cut off
// at the top, since only the end of the way is worth reading.
func (v sitedPage) chart() chart {
	whole := v.passed
	if v.state == jobDone {
		whole = v.result.Took
	}
	whole = max(whole, 100*time.Millisecond)
	low, high := math.Inf(1), math.Inf(-1)
	for _, p := range v.curve {
		if p.found {
			low, high = min(low, float64(p.value), float64(p.bound)), max(high, float64(p.value))
		}
	}
	last := v.curve[len(v.curve)-1]
	high = max(high, float64(last.bound))
	low = min(low, float64(last.bound))
	margin := max((high-low)*0.15, math.Abs(high)*1e-6, 1e-9)
	low, high = low-margin, high+margin
	x := func(t time.Duration) float64 { return chartWidth * min(1, float64(t)/float64(whole)) }
	y := func(n int64) float64 {
		return min(max(chartBottom-(chartBottom-chartTop)*(float64(n)-low)/(high-low), 4), chartBottom)
	}
	bound, value := steps{}, steps{}
	for _, p := range v.curve {
		bound.to(x(p.after), y(p.bound))
		if p.found {
			value.to(x(p.after), y(p.value))
		}
	}
	bound.to(chartWidth, y(last.bound))
	c := chart{bound: bound.path(), end: v.F("%.1f 秒", "%.1f s", whole.Seconds()), boundWord: v.T("上限 ", "bound ") + v.amount(last.bound)}
	above, below := y(last.bound), y(last.bound)
	if last.found {
		value.to(chartWidth, y(last.value))
		c.value, c.area, c.valueWord = value.path(), bound.between(value), v.T("方案 ", "plan ")+v.amount(last.value)
		below = y(last.value)
		if below < above { // of fewest and cheapest the bound is below
			above, below = below, above
		}
	}
	upper, lower := px(max(above-6, 12)), px(min(below+labelGap, chartBottom+4))
	if c.boundY, c.valueY = upper, lower; last.found && last.value > last.bound {
		c.boundY, c.valueY = lower, upper
	}
	c.label = c.boundWord + v.T("，", ", ") + c.valueWord
	return c
}

// amount is a number of the solver's as people read it.
func (v sitedPage) amount(n int64) string {
	switch v.ask.q.Goal {
	case selection.FewestSites:
		return v.F("%s 个", "%s sites", words.Count(n))
	case selection.LeastCost:
		return "¥" + words.Money(station.Fen(n))
	case selection.MostPeople:
	}
	return v.F("%s 人", "%s people", words.People(v.ready.Average(n).Float()))
}

// number is a number of the solver's in people, sites or yuan.
func (v sitedPage) number(n int64) float64 {
	switch v.ask.q.Goal {
	case selection.FewestSites:
		return float64(n)
	case selection.LeastCost:
		return figures.Yuan(station.Fen(n))
	case selection.MostPeople:
	}
	return v.ready.Average(n).Float()
}

// steps is a line that goes along and then up or down.
type steps struct{ at [][2]float64 }

func (s *steps) to(x, y float64) {
	if n := len(s.at); n > 0 {
		s.at = append(s.at, [2]float64{x, s.at[n-1][1]})
	}
	s.at = append(s.at, [2]float64{x, y})
}

func (s *steps) path() string {
	if len(s.at) == 0 {
		return ""
	}
	var b strings.Builder
	for i, p := range s.at {
		fmt.Fprintf(&b, "%c%s %s", "ML"[min(i, 1)], px(p[0]), px(p[1]))
	}
	return b.String()
}

// between is the area from s back along o.
func (s *steps) between(o steps) string {
	var b strings.Builder
	b.WriteString(s.path())
	for _, at := range slices.Backward(o.at) {
		fmt.Fprintf(&b, "L%s %s", px(at[0]), px(at[1]))
	}
	return b.String() + "Z"
}

func px(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// spent is the share of its time that a search has used.
func (v sitedPage) spent() int { return min(100, int(100*v.passed/max(1, v.limit))) }

func (v sitedPage) nowWords() string {
	switch {
	case v.state == jobWaiting && v.before > 0:
		return v.F("排队：前面还有 %d 个。", "Waiting: %d before this one.", v.before)
	case v.state == jobWaiting:
		return v.T("排队：下一个就是。", "Waiting: this one is next.")
	case v.state == jobPreparing:
		return v.T("正在量每个候选点谁走得到……", "Measuring who reaches each candidate…")
	case v.over():
		return v.T("算完了。", "Finished.")
	}
	return v.F("从 %[1]s 个候选点里选，已算 %[2]s 秒，最多 %[3]d 秒。", "Choosing among %[1]s candidates: %[2]s of at most %[3]d seconds.",
		words.Count(len(v.ready.Candidates)), strconv.FormatFloat(v.passed.Seconds(), 'f', 1, 64), int(v.limit.Seconds()))
}

func (v sitedPage) gapNow() string {
	if len(v.curve) == 0 || !v.curve[len(v.curve)-1].found {
		return v.T("还没有方案。", "No plan yet.")
	}
	last := v.curve[len(v.curve)-1]
	if last.value == last.bound {
		return v.T("已证明最优，正在整理。", "Proven best; writing it up.")
	}
	if v.ask.q.Goal == selection.MostPeople {
		return v.F("手上的方案离任何可能的方案最多差 %s。", "The plan at hand is at most %s short of any there can be.", v.amount(last.bound-last.value))
	}
	return v.F("手上的方案：%[1]s；至少要：%[2]s。", "The plan at hand: %[1]s; at least: %[2]s.", v.amount(last.value), v.amount(last.bound))
}

func (v sitedPage) failedTitle() string {
	switch fault.KindOf(v.err) {
	case fault.Late:
		return v.T("停下了", "Stopped")
	case fault.Invalid, fault.NotFound:
		return v.T("这个要求办不到", "This cannot be met")
	case fault.Unavailable:
		return v.T("时间不够", "There was not enough time")
	case fault.Conflict, fault.Denied:
	}
	return v.T("算不出来", "It failed")
}

func (v sitedPage) failed() string {
	text, known := fault.In(v.Lang, v.err)
	if !known {
		return v.T("不是您的操作有误。请过几分钟再试。", "It was not your doing. Please try again in a few minutes.")
	}
	return text
}

// beyondShown is how many groups whom no candidate reaches the page lists.
const beyondShown = 5

func (v sitedPage) where(g figures.GapFigures) string {
	return survey.Reading{L: v.Lang}.Where(g)
}

func (v sitedPage) registered(code string) bool {
	_, ok := v.city.Network.Station(code)
	return ok
}

// facts are who would share the room, and when it is open.
func (v sitedPage) facts(s figures.SiteFigures) string {
	kind, _ := station.ParsePremises(s.Premises)
	words := s.Partner
	if name := kind.Name().In(v.Lang); kind != station.PremisesUnknown && name != words {
		words += v.T("，", ", ") + name
	}
	if hours := v.hoursOf(s); hours != "" {
		words += v.T("；", "; ") + hours
	}
	return words
}

// hoursOf says when a site is open, and whether that is only usual for such premises.
func (v sitedPage) hoursOf(s figures.SiteFigures) string {
	hours, err := opening.Parse(s.Hours)
	if err != nil {
		return ""
	}
	if s.HoursAssumed {
		return hours.Text(v.Lang) + v.T("（示例）", " (example)")
	}
	return hours.Text(v.Lang)
}

func (v sitedPage) each(s figures.SiteFigures) string {
	if s.Adds <= 0 {
		return "–"
	}
	return strconv.FormatFloat(s.YuanEach, 'f', 2, 64)
}

func (v sitedPage) eachOfAll() string {
	added := v.figures.CoveredAfter - v.figures.CoveredBefore
	if added <= 0 {
		return "–"
	}
	return strconv.FormatFloat(v.figures.CostYuan/added, 'f', 2, 64)
}

func (v sitedPage) lossWords(loss float64) string {
	if words.People(loss) == "0" {
		return v.T("一样好", "just as good")
	}
	return v.F("少 %s 人", "%s fewer", words.People(loss))
}

// column is the heading of a column that the sites can be sorted by.
func (v sitedPage) column(order, name string, number bool) kit.Sort {
	s := kit.Sort{Name: name, Href: v.sortedBy(order), Way: kit.WayOf(v.order == order, order == "adds")}
	if number {
		s.Class = "num"
	}
	return s
}

func (v sitedPage) addedFigure() kit.KeyFigure {
	f := v.figures
	return kit.KeyFigure{
		Number: "+" + words.People(f.CoveredAfter-f.CoveredBefore), Unit: v.T("人", ""), HowTitle: v.T("怎么知道的？", "How do we know?"), Date: f.Hours,
		Sentence: v.F("多覆盖这么多人：从 %[1]s%% 到 %[2]s%%", "more people covered: from %[1]s%% to %[2]s%%", lang.Percent(f.CoveredBefore, f.DemandTotal), lang.Percent(f.CoveredAfter, f.DemandTotal)),
	}
}

func (v sitedPage) provenFigure() kit.KeyFigure {
	f := kit.KeyFigure{HowTitle: v.T("怎么证明的？", "How is it proven?"), Number: "0", Unit: "%", Sentence: v.T("离最优的差距：已证明没有更好的", "from the best possible: proven that none is better")}
	if v.figures.Certificate.Proven {
		return f
	}
	a := v.result.Answer
	if a.Siting.Question.Goal == selection.MostPeople {
		f.Number = "≤ " + lang.PercentUp(a.Best().Float()-a.After().Float(), a.After().Float()-a.Before().Float())
		f.Sentence = v.T("换任何别的方案，新增人数最多还能多这么些", "is the most that any other plan could add to what this one adds")
		return f
	}
	f.Number = "≤ " + lang.PercentUp(a.Gap(), 1)
	f.Sentence = v.T("离最优的差距不超过这么多", "is the most that it may be from the best possible")
	return f
}

func (v sitedPage) costFigure() kit.KeyFigure {
	f := kit.KeyFigure{Number: "¥" + words.Money(v.result.Answer.CostOf()), HowTitle: v.T("费用从哪来？", "Where are the costs from?"), Sentence: v.T("一个也不新开", "no new site opens")}
	if len(v.figures.Sites) == 0 {
		return f
	}
	f.Sentence = v.F("新开 %[1]s 个", "for %[1]s new sites", words.Count(len(v.figures.Sites)))
	if v.figures.CoveredAfter > v.figures.CoveredBefore {
		f.Sentence += v.F("，多覆盖一个人合 ¥%s", ": ¥%s for each person more", v.eachOfAll())
	}
	return f
}

func (v sitedPage) costWords() string {
	n := v.figures.CostsAssumed
	if n == 0 {
		return v.T("每个候选点登记的开办费用。", "The cost that is registered for each candidate.")
	}
	return v.F("%[1]s 个候选点没有登记费用，按场所用了示例数：请在问题里改成本地的价，或在名册里登记。",
		"%[1]s candidates have no cost of their own; example costs of their premises were taken. Change them in the question, or register real ones.", words.Count(n))
}

func (v sitedPage) hoursWords() string {
	text := v.F("算的是：%s。已有驿站和候选点都只在开门的钟点算。", "The hours: %s. Stations and candidates count only while they are open.", v.figures.Hours)
	if v.figures.Minutes > 1 {
		text += v.T("人数是这些钟点的平均。", " People are the average of those hours.")
	}
	if n := v.figures.HoursAssumed; n > 0 {
		text += v.F("%s 个候选点没有登记营业时间，用了同类场所的示例时间。", " For %s candidates without known hours the usual hours of their premises were taken, an example.", words.Count(n))
	}
	if n := v.figures.CandidatesUnplaced; n > 0 {
		text += v.F("%[1]s 个候选点离路超过 %[2]d 米，不能选。", " %[1]s candidates are more than %[2]d m from any street and cannot be chosen.", words.Count(n), network.SnapBoundM)
	}
	return text
}
