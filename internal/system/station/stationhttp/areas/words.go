package areas

import (
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

var verdictTexts = map[coverage.Verdict]lang.Text{
	coverage.Met:      {ZH: "达标", EN: "target met"},
	coverage.Missed:   {ZH: "没有达标", EN: "target missed"},
	coverage.NoTarget: {ZH: "没有目标", EN: "no target"},
	coverage.NoDemand: {ZH: "没有需求", EN: "nobody there"},
	coverage.NoKind:   {ZH: "缺这种需求的数据", EN: "no data of its demand"},
}

// VerdictWords names a verdict.
func VerdictWords(l lang.Lang, v coverage.Verdict) string { return verdictTexts[v].In(l) }

func verdictTone(v coverage.Verdict) web.Tone {
	switch v {
	case coverage.Met:
		return web.ToneGood
	case coverage.Missed:
		return web.ToneBad
	case coverage.NoDemand, coverage.NoKind:
		return web.ToneLook
	case coverage.NoTarget:
	}
	return web.ToneQuiet
}

func verdictIcon(v coverage.Verdict) web.Icon {
	switch v {
	case coverage.Met:
		return web.IconOpen
	case coverage.Missed:
		return web.IconClosed
	case coverage.NoDemand, coverage.NoKind:
		return web.IconUnknown
	case coverage.NoTarget:
	}
	return web.IconAbout
}

// targetWords says a target in a sentence.
func targetWords(l lang.Lang, c *city.City, m coverage.Measure) string {
	t := m.Area.Target
	if !t.Set() {
		return l.T("没有定目标，只量不考核。", "No target is set: it is only measured.")
	}
	who := c.Who(l, m.Question.Demand)
	var parts []string
	if t.Once > 0 {
		parts = append(parts, l.F("%[1]s%% 的%[2]s到得了一个驿站", "%[1]s%% of the %[2]s get to a station", t.Once, who))
	}
	if t.Twice > 0 {
		parts = append(parts, l.F("%[1]s%% 的%[2]s有两个以上可选", "%[1]s%% of the %[2]s have a choice of two", t.Twice, who))
	}
	return l.F("%[1]s，%[2]s分钟：%[3]s。", "%[1]s, within %[2]s minutes: %[3]s.", t.Hours.Text(l), l.F("走 %d ", "%d", int(m.Question.Within.Minutes())), strings.Join(parts, l.T("，", ", ")))
}

// ShortTarget is a target in a cell: 95 / 80.
func ShortTarget(t area.Target) string {
	part := func(p area.Permille) string {
		if p == 0 {
			return "–"
		}
		return p.String()
	}
	if !t.Set() {
		return ""
	}
	return part(t.Once) + " / " + part(t.Twice)
}

// heldWords is the lowest share and when it is.
func heldWords(l lang.Lang, m coverage.Measure, times int) (figure, when string) {
	h := m.Held[times-1]
	if !h.Any {
		return "–", ""
	}
	return words.ShareOf(h.Worst, times), words.SpanWords(l, m.Clock, h.Worst)
}

// lasting says how long something is, in hours and minutes.
func lasting(l lang.Lang, minutes int) string {
	switch {
	case minutes < 60:
		return l.F("%d 分钟", "%d min", minutes)
	case minutes%60 == 0:
		return l.F("%d 小时", "%d h", minutes/60)
	}
	return l.F("%d 小时 %d 分钟", "%d h %d min", minutes/60, minutes%60)
}

// who heads a column of demand.
func (v areaPage) who() string {
	if d, ok := v.city.Survey.Demand(v.measure.Question.Demand); ok && d.Kind != demand.People {
		return d.Name().In(v.Lang)
	}
	return v.T("人", "People")
}

// sub is what stands under the target: what the area is, and as of when.
func (v areaPage) sub() string {
	a := v.measure.Area
	text := v.F("%[1]s %[2]s，%[3]s，%[4]s 平方公里", "%[1]s %[2]s, %[3]s, %[4]s km²", a.Kind.Name().In(v.Lang), a.Code, a.Division.FullName().In(v.Lang), v.hectares())
	if a.Source != "" {
		text += v.F("；边界来源：%s", "; boundary from: %s", a.Source)
	}
	if v.question.Day != nil {
		return text + v.F("。算的是 %s。", ". As of %s.", words.DateWords(v.Lang, *v.question.Day))
	}
	return text + v.F("。算的是 %s 起平常的一周。", ". As of a usual week from %s on.", words.DateWords(v.Lang, v.question.From))
}

func (v areaPage) emptyTitle() string {
	if v.measure.Verdict == coverage.NoKind {
		return v.F("没有“%s”这种需求的数据", "There are no data of the demand “%s”", v.measure.Question.Demand)
	}
	return v.T("这里没有需求，不能算达标", "There is no demand here, so it does not pass")
}

func (v areaPage) emptyWords() string {
	if v.measure.Verdict == coverage.NoKind {
		return v.F("它的目标是按“%[1]s”定的：请用 xiadu import demand --kind %[1]s 导入。", "Its target is about “%[1]s”: import them with xiadu import demand --kind %[1]s.", v.measure.Question.Demand)
	}
	return v.T("边界里没有一个有需求的网格（或者考核时段里没有人）。请检查边界，或导入这一带的需求。", "No demand cell lies within the boundary, or nobody is there at the target’s hours. Check the boundary, or import the demand of this part.")
}

func (v areaPage) rule() string {
	return v.F("沿道路量距离，不用直线：每小时 %[1]g 公里，%[2]d 分钟就是 %[3]s，从门口到门口。", "Distance is measured along the streets, not in a straight line: at %[1]g km/h %[2]d minutes are %[3]s, from door to door.",
		v.city.Network.Speed(v.measure.Question.Mode), int(v.measure.Question.Within.Minutes()), words.Metres(v.Lang, v.measure.Clock.CutoffDM))
}

func (v areaPage) mapWords() string {
	return v.F("地图是最差的一刻：%s。", "The map is of the worst moment: %s.", words.Moment(v.Lang, v.worst))
}

// keyFigures are the two promises at their lowest, and how long they fail.
func (v areaPage) keyFigures() []kit.KeyFigure {
	var out []kit.KeyFigure
	who := v.city.Who(v.Lang, v.measure.Question.Demand)
	for k, h := range v.measure.Held {
		what := v.F("的%s最少也到得了一个驿站", "of the %s get to a station at the lowest", who)
		if k == 1 {
			what = v.F("的%s最少也有两个以上可选（交叉覆盖）", "of the %s have a choice of two or more at the lowest (cross-covered)", who)
		}
		out = append(out, kit.KeyFigure{
			Number: words.ShareOf(h.Worst, k+1), Unit: "%", Sentence: what + v.against(h), Date: words.SpanWords(v.Lang, v.measure.Clock, h.Worst), HowTitle: v.T("怎么知道的？", "How do we know?"),
		})
	}
	fails := max(v.measure.Held[0].FailsMinutes(), v.measure.Held[1].FailsMinutes())
	if v.measure.Area.Target.Set() {
		number, sentence := lasting(v.Lang, fails), v.T("不达标，一周合计", "below the target in the week")
		if v.question.Day != nil {
			sentence = v.T("不达标，当天合计", "below the target on the day")
		}
		if fails == 0 {
			number, sentence = "0", v.T("分钟不达标：考核时段里一直达标", "minutes below the target: it is met throughout its hours")
		}
		out = append(out, kit.KeyFigure{Number: number, Sentence: sentence, Date: v.F("考核时段：%s", "target hours: %s", v.measure.Area.Target.Hours.Text(v.Lang)), HowTitle: v.T("怎么知道的？", "How do we know?")})
	}
	return out
}

func (v areaPage) against(h coverage.Held) string {
	switch {
	case h.Target == 0:
		return v.T("（没有目标）", " (no target)")
	case h.Met():
		return v.F("，目标 %s%%，达标", "; the target of %s%% is met", h.Target)
	}
	return v.F("，目标 %s%%，没有达标", "; the target of %s%% is missed", h.Target)
}

func (v areaPage) failsWords(times int) string {
	h := v.measure.Held[times-1]
	what := v.T("一个以上", "one or more")
	if times == 2 {
		what = v.T("两个以上", "two or more")
	}
	return v.F("%[1]s：%[2]s 段低于 %[3]s%%，共 %[4]s", "%[1]s: %[2]s spans below %[3]s%%, %[4]s in all", what, words.Count(len(h.Fails)), h.Target, lasting(v.Lang, h.FailsMinutes()))
}

func (v areaPage) failsCaption(times int) string {
	return v.F("到得了 %[1]d 个以上驿站的低于 %[2]s%%", "Below %[2]s%% with %[1]d stations or more", times, v.measure.Held[times-1].Target)
}

func (v areaPage) where(g figures.GapFigures) string {
	if g.Near == "" {
		return words.Coordinate(g.Lat) + ", " + words.Coordinate(g.Lon)
	}
	return v.F("%s附近", "near %s", g.Near)
}

func (v areaPage) stationName(code string) string {
	if s, ok := v.city.Network.Station(code); ok {
		return s.Name
	}
	return code
}

// NameOfArea is an area's name: a division has one in both languages.
func NameOfArea(l lang.Lang, a *area.Area) string {
	if a.Kind == area.DivisionArea && a.Division.Valid() {
		return a.Division.Name().In(l)
	}
	return a.Name
}
