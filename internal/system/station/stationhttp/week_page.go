package stationhttp

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/web"
)

// weekPage is the coverage clock: what share of the demand has stations open
// within reach at each hour of a usual week, and of a named day. The query is
// that of the coverage page, and:
//
//	times   how many stations: 1 to 4
//	day     a date, 2026-11-28; empty for none
type weekPage struct {
	web.Page
	survey  survey
	city    *City
	times   int
	week    *coverage.Clock
	day     *coverage.Clock // nil: none chosen
	notable []notableDay
	now     time.Time
}

const minutesPerDay = 24 * 60

func (p *pages) coverageWeek(w http.ResponseWriter, r *http.Request) error {
	s, err := parseSurvey(r.URL.Query(), p.now())
	if err != nil {
		return err
	}
	v := weekPage{Page: p.Site.Page(r, lang.Text{ZH: "覆盖时钟", EN: "Coverage clock"}), survey: s, city: p.City(), now: p.now()}
	v.Wide = true
	if v.times, err = parseTimes(r.URL.Query()); err != nil {
		return err
	}
	day, err := parseDay(r.URL.Query())
	if err != nil {
		return err
	}
	if len(v.city.Survey.Demands) == 0 {
		return v.Write(w, r, weekView(v))
	}
	today := calendar.DateOf(p.now())
	if v.week, err = p.runs.week(r.Context(), v.city, s.Question, today); err != nil {
		return err
	}
	if day != nil {
		if v.day, err = p.runs.day(r.Context(), v.city, s.Question, *day); err != nil {
			return err
		}
	}
	v.notable = v.city.notableDays(v.Lang, today)
	v.Describe = v.T("一周里每个小时，多少人走得到开着的驿站。", "What share of the people get to an open station, at each hour of the week.")
	return v.Write(w, r, weekView(v))
}

func parseTimes(q url.Values) (int, error) {
	text := q.Get("times")
	if text == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > coverage.CoverTimes {
		return 0, fault.New(fault.Invalid, "“%[1]s”个驿站不行：请选 1 到 %[2]d。", "“%[1]s” stations will not do: choose 1 to %[2]d.", lang.Short(text), coverage.CoverTimes)
	}
	return n, nil
}

// parseDay reads ?day; nil is none.
func parseDay(q url.Values) (*calendar.Date, error) {
	text := q.Get("day")
	if text == "" {
		return nil, nil //nolint:nilnil // no day is no error
	}
	d, err := calendar.ParseDate(text)
	if err != nil {
		return nil, err
	}
	if year, _, _ := d.Civil(); year < firstYear || year > lastYear {
		return nil, fault.New(fault.Invalid, "日期 %[1]s 太远了：只能问 %[2]d 年到 %[3]d 年。", "%[1]s is too far away: ask about the years %[2]d to %[3]d.", text, firstYear, lastYear)
	}
	return &d, nil
}

// week and day keep the clocks that were wound lately; the hour that a question
// names does not matter to them.
func (r *runs) week(ctx context.Context, c *City, q coverage.Question, from calendar.Date) (*coverage.Clock, error) {
	return r.clocks.get(ctx, c.Revision+"week from "+from.String()+clockKey(q), func(ctx context.Context) (*coverage.Clock, error) {
		return c.Survey.WeekOn(ctx, q, c.Survey.Timetable().UsualDates(from))
	})
}

func (r *runs) day(ctx context.Context, c *City, q coverage.Question, day calendar.Date) (*coverage.Clock, error) {
	return r.clocks.get(ctx, c.Revision+day.String()+clockKey(q), func(ctx context.Context) (*coverage.Clock, error) { return c.Survey.Day(ctx, q, day, nil) })
}

func clockKey(q coverage.Question) string {
	return " " + q.Mode.String() + " " + q.Within.String() + " " + q.Demand + " " + strconv.FormatBool(q.AnyHour)
}

// notableDay is a day ahead on which stations may keep other hours.
type notableDay struct {
	date calendar.Date
	name string
}

// The days ahead that are named, and how many of them.
const (
	notableAhead  = 366
	notableBehind = 60
	notableShown  = 24
)

// notableDays are the first days of holidays and of dated exceptions, and the
// 调休 workdays: those ahead, and those of the last weeks to compare with.
func (c *City) notableDays(l lang.Lang, today calendar.Date) []notableDay {
	exceptions := c.Survey.Timetable().Exceptions(today.Add(-notableBehind), today.Add(notableAhead))
	var out []notableDay
	for d := today.Add(-notableBehind); d.Sub(today) < notableAhead && len(out) < notableShown; d = d.Add(1) {
		for _, e := range exceptions {
			if e.First == d {
				name := l.T("特殊时间", "other hours")
				if e.Note != "" {
					name = e.Note
				}
				out = append(out, notableDay{d, name + l.F("（%s 站）", " (%s stations)", count(e.Stations))})
			}
		}
		switch d.Kind() {
		case calendar.Holiday:
			name, _ := d.HolidayName()
			if before, ok := d.Add(-1).HolidayName(); !ok || before != name {
				out = append(out, notableDay{d, name.In(l)})
			}
		case calendar.MakeupWorkday:
			out = append(out, notableDay{d, dayKind(l, d)})
		case calendar.Workday, calendar.RestDay:
		}
	}
	return out
}

// address is this page with other choices.
func (v weekPage) address(times int, day string) string {
	s := v.survey
	s.chosen = false
	a := s.address("/coverage/clock")
	if times > 1 {
		a += "&times=" + strconv.Itoa(times)
	}
	if day != "" {
		a += "&day=" + day
	}
	return a
}

func (v weekPage) timesOptions() []option {
	var out []option
	for k := 1; k <= coverage.CoverTimes; k++ {
		label := v.F("%d 个以上", "%d or more", k)
		if k == 2 {
			label = v.T("2 个以上（交叉覆盖）", "2 or more (cross-covered)")
		}
		out = append(out, option{strconv.Itoa(k), label, k == v.times})
	}
	return out
}

// unpublished says that the holidays of the year ahead are not known yet.
func (v weekPage) unpublished() string {
	year, _, _ := calendar.DateOf(v.now).Add(notableAhead).Civil()
	if v.day != nil {
		year, _, _ = v.day.Day.Civil()
	}
	if calendar.Known(year) {
		return ""
	}
	return v.F("%d 年的放假安排还没有收录：在那之前只有周末算休息日。", "The public holidays of %d are not known yet: until they are, only weekends count as days off.", year)
}

// at is the coverage page at a minute of the day of the clock.
func (v weekPage) at(date calendar.Date, minute int) string {
	s := v.survey
	s.At, s.chosen, s.AnyHour = date.Start(s.At.Location()).Add(time.Duration(minute)*time.Minute), true, false
	return s.address("/coverage")
}
