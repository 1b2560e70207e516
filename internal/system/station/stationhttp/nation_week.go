package stationhttp

import (
	"strconv"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/run"
)

// grids are the hours of the division as clocks: of the ordinary week, and of the
// days that the run names. A run knows each hour as it begins.
func (v nationPage) grids() []grid {
	if v.view.Own.Figures.Day == 0 {
		return nil
	}
	week := v.grid("week", v.T("平常的一周，每个整点", "An ordinary week, at each full hour"))
	for day := range 7 {
		week.rows = append(week.rows, v.gridRow(dayOfWeek(v.Lang, day), 24*day, strconv.Itoa(day)))
	}
	days := v.grid("days", v.T("指定的日子", "The days that were named"))
	for i, d := range v.view.Run.Question.Days {
		days.rows = append(days.rows, v.gridRow(v.dayName(d), run.HoursInWeek+24*i, d.String()))
	}
	if len(days.rows) == 0 {
		return []grid{week}
	}
	return []grid{week, days}
}

func (v nationPage) grid(id, title string) grid {
	return grid{l: v.Lang, id: id, title: title, who: v.T("人", "people"), times: 1}
}

// dayName is short enough to stand before a row: 10月1日.
func (v nationPage) dayName(d calendar.Date) string { return monthDay(v.Lang, d) }

func (v nationPage) gridRow(name string, first int, when string) gridRow {
	row := gridRow{name: name, now: -1, href: func(minute int) string {
		return v.ask.address("/nation", "when", when, "day", strconv.Itoa(minute/60)) + "#week"
	}}
	f := &v.view.Own.Figures
	for hour := range 24 {
		h := f.Hours[first+hour]
		s := coverage.Span{From: hour * 60, To: hour*60 + 60, Counted: int(h.Open)}
		s.Covered[0] = f.Weight(first + hour)
		copy(s.Covered[1:], h.Covered[:])
		row.cells = append(row.cells, hourCell{worst: s, from: hour * 60, pieces: []piece{{0, 60, level(s, 1)}}})
		if first+hour == v.day {
			row.now = hour
		}
	}
	return row
}
