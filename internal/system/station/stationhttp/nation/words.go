package nation

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// whenWords is the day that is asked about: 平常的周三, 2026年10月1日（周四）.
func (v nationPage) whenWords() string {
	if n, err := strconv.Atoi(v.ask.when); err == nil {
		return v.F("平常的%s", "an ordinary %s", words.Weekdays[(n+1)%7].In(v.Lang))
	}
	if d, err := calendar.ParseDate(v.ask.when); err == nil {
		return words.DateWords(v.Lang, d)
	}
	return v.ask.when
}

func (v nationPage) hourWords(hour int) string {
	return v.F("%[1]s %[2]d 点", "%[2]d:00 on %[1]s", v.whenWords(), hour%24)
}

// headline says the one thing, of the cities that were counted: two of them are no country.
func (v nationPage) headline() string {
	own := v.row(v.view.Own)
	if v.view.Own.Code == run.Country {
		own.name = v.cities(v.view.Own.Cities)
	}
	if own.day.all == 0 {
		return v.F("%[1]s有 %[2]s 个驿站；这里没有需求数据", "%[1]s has %[2]s stations; there is no demand here", own.name, words.Count(own.stations))
	}
	return v.F("%[1]s：%[2]d 点有 %[3]s%% 的人%[4]s到得了驿站", "%[1]s: at %[2]d:00 %[3]s%% of the people get to a station %[4]s",
		own.name, v.ask.day, weightPercent(own.day.once, own.day.all), v.withinWords())
}

func (v nationPage) withinWords() string {
	q := v.view.Run.Question
	if q.Mode == network.Ebike {
		return v.F("骑车 %d 分钟", "within %d minutes by e-bike", q.Minutes)
	}
	return v.F("走 %d 分钟", "within %d minutes on foot", q.Minutes)
}

// lead says what was counted, and when.
func (v nationPage) lead() string {
	r := v.view.Run
	name := ""
	if r.Name != "" {
		name = v.F("“%s”", " “%s”", r.Name)
	}
	return v.F("第 %[1]d 次运行%[2]s，%[3]s算完：%[4]s，%[5]s 个驿站，%[6]s 人。", "Run %[1]d%[2]s, done on %[3]s: %[4]s, %[5]s stations, %[6]s people.",
		r.Number, name, v.dated(r.Ended), v.cities(v.view.Own.Cities), words.Count(v.view.Own.Figures.Stations), words.People(v.view.Own.Figures.Day.Float()))
}

func (v nationPage) cities(n int64) string {
	if n == 1 {
		return v.T("1 座城市", "1 city")
	}
	return v.F("%s 座城市", "%s cities", words.Count(n))
}

func (v nationPage) dated(t time.Time) string {
	return words.DateWords(v.Lang, calendar.DateOf(t.In(calendar.China)))
}

func (v nationPage) asOf() string {
	return v.F("第 %[1]d 次运行，%[2]s", "run %[1]d, %[2]s", v.view.Run.Number, v.dated(v.view.Run.Ended))
}

// figure is a large number: k times at an hour.
func (v nationPage) figure(k, hour int) kit.KeyFigure {
	s := shareAt(&v.view.Own.Figures, hour)
	f := kit.KeyFigure{Number: weightPercent(s.once, s.all), Unit: "%", Date: v.asOf(), HowTitle: v.T("怎么知道的？", "How do we know?")}
	f.Sentence = v.F("的人在%[2]s%[3]s到得了一个驿站，共 %[1]s 人", "of the people get to a station %[3]s at %[2]s: %[1]s of them", words.People(s.once.Float()), v.hourWords(hour), v.withinWords())
	if k == 2 {
		f.Number = weightPercent(s.twice, s.all)
		f.Sentence = v.F("的人在%[2]s有两个以上可选（交叉覆盖），共 %[1]s 人", "of the people have a choice of two or more (cross-covered) at %[2]s: %[1]s of them", words.People(s.twice.Float()), v.hourWords(hour))
	}
	return f
}

// whens are the days that may be chosen.
func (v nationPage) whens() []page.Option {
	var out []page.Option
	for n := range 7 {
		value := strconv.Itoa(n)
		out = append(out, page.Option{Value: value, Text: v.F("平常的%s", "%s", words.Weekdays[(n+1)%7].In(v.Lang)), On: value == v.ask.when})
	}
	for _, d := range v.view.Run.Question.Days {
		text := words.DateWords(v.Lang, d)
		if kind := words.DayKind(v.Lang, d); kind != "" {
			text += v.F("，%s", ", %s", kind)
		}
		out = append(out, page.Option{Value: d.String(), Text: text, On: d.String() == v.ask.when})
	}
	return out
}

// runValue is the run that the form keeps, if one is named.
func (a nationAsk) runValue() string {
	if a.run == 0 {
		return ""
	}
	return strconv.FormatInt(a.run, 10)
}

// atValue is the division that the form keeps; the country needs none.
func (a nationAsk) atValue() string {
	if !a.at.Valid() {
		return ""
	}
	return a.at.Code()
}

// orderOptions are the columns that sort, for a reader whose address names none.
func (a nationAsk) orderOptions(l lang.Lang) []page.Option {
	names := map[string]string{
		"code": l.T("按区划", "By division"), "stations": l.T("按驿站", "By stations"), "people": l.T("按人", "By people"),
		"day1": l.T("按白天一次", "By day, once"), "day2": l.T("按白天两次", "By day, twice"),
		"night1": l.T("按夜里一次", "At night, once"), "night2": l.T("按夜里两次", "At night, twice"), "change": l.T("按比上次", "By change"),
	}
	var out []page.Option
	for _, key := range nationSorts {
		out = append(out, page.Option{Value: key, Text: names[key], On: key == a.sort})
	}
	return out
}

func (v nationPage) hourOptions(chosen int) []page.Option {
	var out []page.Option
	for h := range 24 {
		out = append(out, page.Option{Value: strconv.Itoa(h), Text: fmt.Sprintf("%02d:00", h), On: h == chosen})
	}
	return out
}

// mapDates says of which days the street data are.
func (v nationPage) mapDates() string {
	s := v.view.Source
	var words []string
	switch {
	case s.First != "" && s.First == s.Last:
		words = append(words, v.F("街道数据是 %s 的", "street data of %s", s.First))
	case s.First != "":
		words = append(words, v.F("街道数据最早 %[1]s，最晚 %[2]s", "street data of %[1]s to %[2]s", s.First, s.Last))
	}
	if s.Undated > 0 {
		words = append(words, v.F("%d 座城市的街道没有注明日期", "%d cities whose streets bear no date", s.Undated))
	}
	if s.Estimated > 0 {
		words = append(words, v.F("%d 座城市的人口是按地图估算的", "%d cities whose people were estimated from the map", s.Estimated))
	}
	if s.Schematic > 0 {
		words = append(words, v.F("%d 座是示意城市", "%d schematic cities", s.Schematic))
	}
	return strings.Join(words, v.T("；", "; "))
}

// changeWords says how a row has changed since the run before.
func (v nationPage) changeWords(r nationRow) string {
	if r.before == nil {
		return v.T("首次", "first time")
	}
	if before, now, ok := r.shares(); ok {
		return lang.Points(before, now)
	}
	if r.before.Cities != r.cities {
		return v.F("城市 %[1]d→%[2]d", "cities %[1]d→%[2]d", r.before.Cities, r.cities)
	}
	return "–"
}

func (v nationPage) going() string {
	g := v.view.Going
	return v.F("第 %[1]d 次运行正在算：%[2]s 块里算好了 %[3]s 块。下面是上一次的结果；停了就再运行 xiadu run。", "Run %[1]d is being computed: %[3]s of %[2]s items are done. Below are the figures of the run before. If it has stopped, run xiadu run again.",
		g.Run.Number, words.Count(g.Run.Items), words.Count(g.Answered))
}

// runWords names a run in the list.
func (v nationPage) runWords(r run.Run) string {
	if r.Name != "" {
		return r.Name
	}
	return v.F("第 %d 次", "Run %d", r.Number)
}

func (v nationPage) questionWords(r run.Run) string {
	mode := v.T("步行", "on foot")
	if r.Question.Mode == network.Ebike {
		mode = v.T("骑车", "by e-bike")
	}
	words := v.F("%[1]s %[2]d 分钟", "%[2]d min %[1]s", mode, r.Question.Minutes)
	if r.Question.Demand != demand.People {
		words += v.T("，", ", ") + r.Question.Demand
	}
	return words
}
