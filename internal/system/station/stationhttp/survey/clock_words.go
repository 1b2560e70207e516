package survey

import (
	"time"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web/kit"
)

func (v weekPage) lead() string {
	return v.F("%[1]s，只算那一刻开着的。平常一周里，门开门关共 %[2]s 种组合。", "%[1]s, counting only those open at the time. A usual week has %[2]s different sets of open stations.",
		v.withinWords(), words.Count(v.week.Sets))
}

func (v weekPage) withinWords() string {
	if v.survey.Mode == network.Ebike {
		return v.F("骑电动车 %d 分钟以内", "Within %d minutes by e-bike", v.survey.Minutes())
	}
	return v.F("走路 %d 分钟以内", "Within %d minutes on foot", v.survey.Minutes())
}

func (v weekPage) rule() string {
	kmh := v.city.Network.Speed(v.survey.Mode)
	return v.F("沿道路量距离，不用直线：每小时 %[1]g 公里，%[2]d 分钟就是 %[3]s，从门口到门口。", "Distance is measured along the streets, not in a straight line: at %[1]g km/h %[2]d minutes are %[3]s, from door to door.",
		kmh, v.survey.Minutes(), words.Metres(v.Lang, v.week.CutoffDM))
}

// keyFigures are the worst hour of the working day, the worst of all, and the
// whole week.
func (v weekPage) keyFigures() []kit.KeyFigure {
	low, _ := coverage.Extremes(v.week, v.times, coverage.WorkFrom, coverage.WorkTo)
	worst, best := coverage.Extremes(v.week, v.times, 0, coverage.MinutesPerDay)
	what := v.F("的%[1]s%[2]s到得了 %[3]d 个以上驿站", "of the %[1]s get to %[3]d or more stations %[2]s", v.city.Who(v.Lang, v.survey.Demand), v.reachWords(), v.times)
	if v.times == 1 {
		what = v.F("的%[1]s%[2]s到得了驿站", "of the %[1]s get to a station %[2]s", v.city.Who(v.Lang, v.survey.Demand), v.reachWords())
	}
	figure := func(number, sentence, date string) kit.KeyFigure {
		return kit.KeyFigure{Number: number, Unit: "%", Sentence: sentence, Date: date, HowTitle: v.T("怎么知道的？", "How do we know?")}
	}
	return []kit.KeyFigure{
		figure(words.ShareOf(low, v.times), what, v.T("白天 7 点到 21 点里最低：", "the lowest between 07:00 and 21:00: ")+words.SpanWords(v.Lang, v.week, low)),
		figure(words.ShareOf(worst, v.times), v.T("一周里最低的时候", "at the lowest of the week"), words.SpanWords(v.Lang, v.week, worst)),
		figure(words.ShareOf(best, v.times), v.F("一周里最高的时候；按时间平均是 %s%%", "at the highest of the week; %s%% averaged over time", lang.Percent(coverage.Mean(v.week, v.times), 1)), words.SpanWords(v.Lang, v.week, best)),
	}
}

func (v weekPage) reachWords() string {
	if v.survey.Mode == network.Ebike {
		return v.F("骑 %d 分钟", "within %d minutes by e-bike", v.survey.Minutes())
	}
	return v.F("走 %d 分钟", "within %d minutes on foot", v.survey.Minutes())
}

// dayWords compares the chosen day with the same weekday of a usual week.
func (v weekPage) dayWords() string {
	day := words.WeekdayIndex(v.day.Day)
	low, _ := coverage.Extremes(v.day, v.times, coverage.WorkFrom, coverage.WorkTo)
	usual := *v.week
	usual.Spans = nil
	for _, s := range v.week.Spans {
		if s.From/coverage.MinutesPerDay == day || s.From < day*coverage.MinutesPerDay && s.To > day*coverage.MinutesPerDay {
			usual.Spans = append(usual.Spans, s)
		}
	}
	usualLow, _ := coverage.Extremes(&usual, v.times, coverage.WorkFrom, coverage.WorkTo)
	text := words.DateWords(v.Lang, v.day.Day)
	if kind := words.DayKind(v.Lang, v.day.Day); kind != "" {
		text += v.F("，%s", ", %s", kind)
	}
	return text + v.F("：白天 7 点到 21 点最低 %[1]s%%（%[2]s），平常%[3]s是 %[4]s%%。", ": between 07:00 and 21:00 %[1]s%% at the lowest (%[2]s); on a usual %[3]s it is %[4]s%%.",
		words.ShareOf(low, v.times), words.SpanWords(v.Lang, v.day, low), words.DayOfWeek(v.Lang, day), words.ShareOf(usualLow, v.times))
}

// shown is the clock whose spans are listed: the chosen day's, or the week's.
func (v weekPage) shown() *coverage.Clock {
	if v.day != nil {
		return v.day
	}
	return v.week
}

// spanAt is the coverage page at the beginning of a listed span.
func (v weekPage) spanAt(s coverage.Span) string {
	if v.day != nil {
		return v.at(v.day.Day, s.From)
	}
	return v.at(v.week.Dates[s.From/coverage.MinutesPerDay], s.From%coverage.MinutesPerDay)
}

// fromToday is the question of the page's clocks: the usual week is looked for from today on.
func (v weekPage) fromToday() ask.Survey {
	s := v.survey
	s.At = v.now.Truncate(time.Minute)
	return s
}

// export is the address of the shown clock as a file. It names today, so that the
// address and the command mean the same week tomorrow.
func (v weekPage) export(ending string) string {
	a := v.fromToday().Fixed("/coverage/clock" + ending)
	if v.day != nil {
		a += "&day=" + v.day.Day.String()
	}
	return a
}

// command writes the JSON of the shown clock again, on the files that the page hands out.
func (v weekPage) command() string {
	c := ask.Command(v.city, v.fromToday().Question) + " --clock"
	if v.day != nil {
		c += " --on " + v.day.Day.String()
	}
	return c + " --only clock --json"
}
