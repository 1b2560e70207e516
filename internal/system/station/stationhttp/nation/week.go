package nation

import (
	"strconv"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/grid"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// grids are the hours of the division as clocks: of the ordinary week, and of the
// days that the run names. A run knows each hour as it begins.
func (v nationPage) grids() []grid.Grid {
	if v.view.Own.Figures.Day == 0 {
		return nil
	}
	week := v.grid("week", v.T("平常的一周，每个整点", "An ordinary week, at each full hour"))
	for day := range 7 {
		week.Rows = append(week.Rows, v.gridRow(words.DayOfWeek(v.Lang, day), 24*day, strconv.Itoa(day)))
	}
	days := v.grid("days", v.T("指定的日子", "The days that were named"))
	for i, d := range v.view.Run.Question.Days {
		days.Rows = append(days.Rows, v.gridRow(v.dayName(d), run.HoursInWeek+24*i, d.String()))
	}
	if len(days.Rows) == 0 {
		return []grid.Grid{week}
	}
	return []grid.Grid{week, days}
}

func (v nationPage) grid(id, title string) grid.Grid {
	return grid.Grid{L: v.Lang, ID: id, Title: title, Who: v.T("人", "people"), Times: 1}
}

// dayName is short enough to stand before a row: 10月1日.
func (v nationPage) dayName(d calendar.Date) string { return words.MonthDay(v.Lang, d) }

func (v nationPage) gridRow(name string, first int, when string) grid.Row {
	row := grid.Row{Name: name, Now: -1, Href: func(minute int) string {
		return v.ask.address("/nation", "when", when, "day", strconv.Itoa(minute/60)) + "#week"
	}}
	f := &v.view.Own.Figures
	for hour := range 24 {
		h := f.Hours[first+hour]
		s := coverage.Span{From: hour * 60, To: hour*60 + 60, Counted: int(h.Open)}
		s.Covered[0] = f.Weight(first + hour)
		copy(s.Covered[1:], h.Covered[:])
		row.Cells = append(row.Cells, grid.Hour{Worst: s, From: hour * 60, Pieces: []grid.Piece{{From: 0, To: 60, Level: grid.Level(s, 1)}}})
		if first+hour == v.day {
			row.Now = hour
		}
	}
	return row
}
