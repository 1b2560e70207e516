package nation

import (
	"cmp"
	"slices"

	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// nationRow is a division in the table, at the two hours that are asked about.
type nationRow struct {
	code, name, href string
	counted          bool // some city of it was in the run
	cities           int64
	stations         int64
	open             int64 // at the day's hour
	people           reach.Weight
	day, night       hourShare
	before           *run.Past
	past             []run.Past
}

// hourShare is who is covered at an hour.
type hourShare struct{ all, once, twice reach.Weight }

func shareAt(f *run.Figures, hour int) hourShare {
	return hourShare{f.Weight(hour), f.Hours[hour].Covered[0], f.Hours[hour].Covered[1]}
}

func weightPercent(part, whole reach.Weight) string { return lang.Percent(part.Float(), whole.Float()) }

func (v nationPage) row(r run.Report) nationRow {
	row := nationRow{
		code: r.Code, name: v.name(r), counted: true, cities: r.Cities, stations: r.Figures.Stations, people: r.Figures.Day,
		open: r.Figures.Hours[v.day].Open, day: shareAt(&r.Figures, v.day), night: shareAt(&r.Figures, v.night), past: r.Past,
	}
	if p, ok := r.Before(); ok {
		row.before = &p
	}
	if r.Code != v.view.Own.Code {
		row.href = v.ask.address("/nation", "at", r.Code)
	}
	return row
}

// partRows are the parts of the division. Of the country they are all units,
// also those that no city of the run lies in; what belongs to no part comes last.
func (v nationPage) partRows() []nationRow {
	var rows []nationRow
	seen := map[string]bool{}
	for _, r := range v.view.Parts {
		rows = append(rows, v.row(r))
		seen[r.Code] = true
	}
	if v.view.Own.Code == run.Country {
		for _, d := range gb.Units() {
			if !seen[d.Code()] {
				rows = append(rows, nationRow{code: d.Code(), name: d.Name().In(v.Lang)})
			}
		}
	}
	slices.SortFunc(rows, func(a, b nationRow) int { return cmp.Compare(a.code, b.code) })
	return rows
}

// rest is what of the division belongs to none of its parts: demand that lies
// within no boundary that was imported, stations registered with the city.
func (v nationPage) rest() (row nationRow, ok bool) {
	if len(v.view.Parts) == 0 {
		return row, false
	}
	own := v.row(v.view.Own)
	row = nationRow{name: v.T("没有分到下级的", "not assigned to a part"), counted: true, stations: own.stations, open: own.open, people: own.people, day: own.day, night: own.night}
	for _, p := range v.view.Parts {
		r := v.row(p)
		row.stations -= r.stations
		row.open -= r.open
		row.people -= r.people
		row.day = row.day.less(r.day)
		row.night = row.night.less(r.night)
	}
	return row, row.stations != 0 || row.people != 0 || row.night.all != 0
}

func (h hourShare) less(o hourShare) hourShare {
	return hourShare{h.all - o.all, h.once - o.once, h.twice - o.twice}
}

// nationSorts are the columns that sort.
var nationSorts = []string{"code", "stations", "people", "day1", "day2", "night1", "night2", "change"}

// sorted sorts rows by the column that is asked for, code too; what has no figures stays
// last either way, and last of all what no city of the run lies in.
func (v nationPage) sorted(rows []nationRow) []nationRow {
	key := func(r nationRow) float64 {
		switch v.ask.sort {
		case "stations":
			return float64(r.stations)
		case "people":
			return r.people.Float()
		case "day1":
			return r.day.once.Share(r.day.all)
		case "day2":
			return r.day.twice.Share(r.day.all)
		case "night1":
			return r.night.once.Share(r.night.all)
		case "night2":
			return r.night.twice.Share(r.night.all)
		case "change":
			points, _ := r.change()
			return points
		}
		return 0
	}
	known := func(r nationRow) bool {
		switch v.ask.sort {
		case "code":
			return true
		case "change":
			_, ok := r.change()
			return ok
		case "stations":
			return r.counted
		}
		return r.counted && r.people > 0
	}
	slices.SortStableFunc(rows, func(a, b nationRow) int {
		if last := cmp.Or(falseLast(a.counted, b.counted), falseLast(known(a), known(b))); last != 0 {
			return last
		}
		order := cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.code, b.code))
		if v.ask.reverse {
			return -order
		}
		return order
	})
	return rows
}

// falseLast compares so that what is not so comes behind what is.
func falseLast(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// shares are those covered once by day, in the run before and in the last.
func (r nationRow) shares() (before, now float64, ok bool) {
	if r.before == nil || r.before.Cities != r.cities || len(r.past) == 0 {
		return 0, 0, false
	}
	last := r.past[len(r.past)-1]
	before, ok1 := ratio(r.before.OnceDay, r.before.Day)
	now, ok2 := ratio(last.OnceDay, last.Day)
	return before, now, ok1 && ok2
}

// change is how many percentage points more are covered once by day than in the
// run before, and false where the two cannot be held against each other.
func (r nationRow) change() (points float64, ok bool) {
	before, now, ok := r.shares()
	return 100 * (now - before), ok
}

// sortedBy is the address of the table in another order: the most first, and
// then the least.
func (v nationPage) sortedBy(column string) string {
	next := "-" + column
	switch {
	case column == "code" && (v.ask.sort != "code" || v.ask.reverse):
		next = ""
	case v.ask.sort == column && v.ask.reverse:
		next = column
	}
	return v.ask.address("/nation", "sort", next)
}

// column is the heading of a column that the parts can be sorted by.
func (v nationPage) column(key, name string) kit.Sort {
	return kit.Sort{Name: name, Href: v.sortedBy(key), Way: kit.WayOf(v.ask.sort == key, v.ask.reverse), Class: "num"}
}
