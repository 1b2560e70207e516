package survey

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/onepage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
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
	survey  ask.Survey
	form    web.Form
	city    *city.City
	times   int
	week    *coverage.Clock
	day     *coverage.Clock // nil: none chosen
	notable []notableDay
	sheet   onepage.Sheet
	now     time.Time
}

// Clock answers GET /coverage/clock.
func (p *Pages) Clock(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := weekPage{Page: p.Site.Page(r, lang.Text{ZH: "覆盖时钟", EN: "Coverage clock"}), city: p.City(), now: p.Now()}
	v.Wide, v.Keep = true, web.KeepPage
	v.Describe = v.T("一周里每个小时，多少人走得到开着的驿站。", "What share of the people get to an open station, at each hour of the week.")
	var err, times error
	v.survey, err = ask.ParseSurvey(q, p.Now())
	v.times, times = ask.ParseTimes(q)
	err = errors.Join(err, times)
	// The week does not depend on the day: where the day alone is wrong, it is answered.
	day, noDay := ask.ParseDay(q)
	if err == nil && len(v.city.Survey.Demands) > 0 {
		err = p.wind(r.Context(), &v, day)
	}
	v.notable = notableDays(v.city, v.Lang, calendar.DateOf(p.Now()))
	if v.form, err = v.Filled(q, errors.Join(err, noDay)); err != nil {
		return err
	}
	if v.week != nil {
		v.sheet = v.printed(r)
	}
	return v.WriteStatus(w, r, v.form.Status(), weekView(v))
}

// wind computes the clocks of the page: that of the week, and of a day if one is named.
func (p *Pages) wind(ctx context.Context, v *weekPage, day *calendar.Date) (err error) {
	if v.week, err = p.Runs.Week(ctx, v.city, v.survey.Question, calendar.DateOf(p.Now())); err == nil && day != nil {
		v.day, err = p.Runs.Day(ctx, v.city, v.survey.Question, *day)
	}
	return err
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
func notableDays(c *city.City, l lang.Lang, today calendar.Date) []notableDay {
	exceptions := c.Survey.Timetable().Exceptions(today.Add(-notableBehind), today.Add(notableAhead))
	var out []notableDay
	for d := today.Add(-notableBehind); d.Sub(today) < notableAhead && len(out) < notableShown; d = d.Add(1) {
		for _, e := range exceptions {
			if e.First == d {
				name := l.T("特殊时间", "other hours")
				if e.Note != "" {
					name = e.Note
				}
				out = append(out, notableDay{d, name + l.F("（%s 站）", " (%s stations)", words.Count(e.Stations))})
			}
		}
		switch d.Kind() {
		case calendar.Holiday:
			name, _ := d.HolidayName()
			if before, ok := d.Add(-1).HolidayName(); !ok || before != name {
				out = append(out, notableDay{d, name.In(l)})
			}
		case calendar.MakeupWorkday:
			out = append(out, notableDay{d, words.DayKind(l, d)})
		case calendar.Workday, calendar.RestDay:
		}
	}
	return out
}

// address is this page with other choices.
func (v weekPage) address(times int, day string) string {
	s := v.survey
	s.Chosen = false
	a := s.Address("/coverage/clock")
	if times > 1 {
		a += "&times=" + strconv.Itoa(times)
	}
	if day != "" {
		a += "&day=" + day
	}
	return a
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
	s.At, s.Chosen, s.AnyHour = date.Start(s.At.Location()).Add(time.Duration(minute)*time.Minute), true, false
	return s.Address("/coverage")
}

// wound is the clock that a request asks for: of a named day, or of a week.
func (p *Pages) wound(r *http.Request) (*city.City, *coverage.Clock, error) {
	city := p.City()
	s, err := ask.ParseSurvey(r.URL.Query(), p.Now())
	if err != nil {
		return city, nil, err
	}
	day, err := ask.ParseDay(r.URL.Query())
	if err != nil {
		return city, nil, err
	}
	if day != nil {
		clock, err := p.Runs.Day(r.Context(), city, s.Question, *day)
		return city, clock, err
	}
	clock, err := p.Runs.Week(r.Context(), city, s.Question, calendar.DateOf(s.At))
	return city, clock, err
}

// ClockJSON answers GET /coverage/clock.json.
func (p *Pages) ClockJSON(w http.ResponseWriter, r *http.Request) error {
	city, clock, err := p.wound(r)
	if err != nil {
		return err
	}
	return page.SendFigures(w, figures.OfClock(city, clock))
}

// ClockCSV answers GET /coverage/clock.csv.
func (p *Pages) ClockCSV(w http.ResponseWriter, r *http.Request) error {
	_, clock, err := p.wound(r)
	if err != nil {
		return err
	}
	page.FileHeader(w, "coverage-clock.csv", page.CSVType)
	return figures.WriteClock(w, clock)
}
