package opening

import "github.com/xiadu/xiadu/internal/calendar"

// Specification is schema.org's type of that name, for JSON-LD.
type Specification struct {
	Type         string   `json:"@type"`
	DayOfWeek    []string `json:"dayOfWeek,omitempty"`
	Opens        string   `json:"opens"`
	Closes       string   `json:"closes"`
	ValidFrom    string   `json:"validFrom,omitempty"`
	ValidThrough string   `json:"validThrough,omitempty"`
}

// SchemaOrg returns the hours in schema.org's terms: a closing time before the
// opening time is on the next day, the whole day is 00:00 to 23:59, and closed is
// 00:00 to 00:00. A season is the one that is running on the day, or else the next.
// Holidays of which those on some weekdays differ are written one by one, as far as
// they are announced; hours of 调休 workdays have no equivalent there.
func (h Hours) SchemaOrg(today calendar.Date) []Specification {
	if h.rules == nil {
		return nil
	}
	var out []Specification
	add := func(days []string, open []Interval, from, to string) {
		if len(open) == 0 && (from != "" || len(days) == 1 && days[0] == "PublicHolidays") {
			open = []Interval{{}}
		}
		for _, i := range open {
			s := Specification{"OpeningHoursSpecification", days, Clock(i.From), Clock(i.To % MinutesPerDay), from, to}
			if i == (Interval{0, MinutesPerDay}) {
				s.Closes = "23:59"
			}
			out = append(out, s)
		}
	}
	for _, day := range monday {
		add([]string{day.String()}, h.week[day], "", "")
	}
	if open, alike := h.holiday.alike(); alike {
		add([]string{"PublicHolidays"}, open, "", "")
	} else {
		h.holidaysAhead(today, func(day calendar.Date, open []Interval) { add(nil, open, day.String(), day.String()) })
	}
	for _, d := range h.dated {
		first, last := d.dates.first, d.dates.last
		if d.dates.season {
			first, last = d.dates.running(today)
		}
		var days []string
		for _, day := range monday {
			if d.days.has(day) && d.days != everyDay {
				days = append(days, day.String())
			}
		}
		add(days, d.open, first.String(), last.String())
	}
	return out
}

// running returns the dates of the season that holds on a day, or of the next.
func (r dateRange) running(today calendar.Date) (first, last calendar.Date) {
	year, _, _ := today.Civil()
	for year--; ; year++ {
		ends := year
		if r.from.after(r.to) {
			ends++
		}
		first, last = r.from.of(year), r.to.of(ends)
		if !last.Before(today) {
			return first, last
		}
	}
}

// of is the day in a year; what February lacks there is its last day.
func (a yearDay) of(year int) calendar.Date {
	_, _, most := calendar.On(year, a.month+1, 0).Civil()
	return calendar.On(year, a.month, min(a.day, most))
}
