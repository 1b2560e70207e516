package station

import (
	"cmp"
	"slices"

	"github.com/xiadu/xiadu/internal/calendar/opening"
)

// AddChange returns changes with one more, as a planner means it: closing takes
// back what was done to the station before, a second move or other hours replace
// the first, and what is done to a new station is done to its opening. A change
// that is there already is not added again.
func AddChange(changes []Change, c Change) []Change {
	out := slices.Clone(changes)
	if c.Act == OpenStation {
		return append(out, c)
	}
	if i := slices.IndexFunc(out, func(o Change) bool { return o.Act == OpenStation && c.Code == o.Code }); i >= 0 && c.Code != "" {
		switch c.Act {
		case CloseStation:
			return RemoveChange(out, i)
		case MoveStation:
			out[i].At = c.At
			return out
		case ChangeHours:
			out[i].Hours = c.Hours
		case PauseDays:
			out[i].Hours = out[i].Hours.Without(c.Days)
		case OpenStation:
		}
		// What was done to its hours by the way of its brand stands after it.
		return out
	}
	out = slices.DeleteFunc(out, func(o Change) bool {
		same := o.Act != OpenStation && o.Code == c.Code && (c.Code != "" || o.Brand == c.Brand)
		return same && (c.Act == CloseStation || o.Act == c.Act || c.Act == ChangeHours && o.Act == PauseDays)
	})
	return append(out, c)
}

// RemoveChange returns changes without one, and without those that are about
// the station that it opened.
func RemoveChange(changes []Change, i int) []Change {
	gone := changes[i]
	out := slices.Delete(slices.Clone(changes), i, i+1)
	if gone.Act == OpenStation {
		out = slices.DeleteFunc(out, func(c Change) bool { return c.Act != OpenStation && c.Code == gone.Code })
	}
	return out
}

// Altered is a station that a scenario changes: Before is nil for a new one,
// After for one that closes.
type Altered struct{ Before, After *Station }

// Code returns the station's code.
func (a Altered) Code() string {
	if a.Before != nil {
		return a.Before.Code
	}
	return a.After.Code
}

// Altered lists the stations that the scenario changes, by code.
func (s *Scenario) Altered() []Altered {
	var out []Altered
	for i := range s.gone {
		before := &s.survey.Stations[i]
		a := Altered{Before: before}
		if w, ok := s.with[before.Code]; ok {
			a.After = &w.station
		}
		out = append(out, a)
	}
	for code, w := range s.with {
		if _, old := s.survey.index(code); !old {
			out = append(out, Altered{After: &w.station})
		}
	}
	slices.SortFunc(out, func(a, b Altered) int { return cmp.Compare(a.Code(), b.Code()) })
	return out
}

// Station returns a station as the scenario has it, and false for one that it
// closes or that there is not.
func (s *Scenario) Station(code string) (Station, bool) {
	if w, ok := s.with[code]; ok {
		return w.station, true
	}
	if i, ok := s.survey.index(code); ok && !s.gone[int32(i)] {
		return s.survey.Stations[i], true
	}
	return Station{}, false
}

// Chain is the operating stations of a brand, with the hours that most of them
// keep: what a new one of the brand may be expected to keep.
type Chain struct {
	Brand    Brand
	Stations int
	Usual    opening.Hours
}

// Chains lists the brands that have operating stations.
func (v *Survey) Chains() []Chain { return v.chains() }

func (v *Survey) findChains() []Chain {
	all := make([]Chain, len(brands))
	most := make([]int, len(brands))
	for _, each := range v.Timetable().each {
		var here [256]int // of each brand: stations with these hours
		for _, i := range each.stations {
			here[v.Stations[i].Brand]++
		}
		for b := range all {
			all[b].Brand = Brand(b)
			all[b].Stations += here[b]
			if each.hours.Known() && here[b] > most[b] {
				most[b], all[b].Usual = here[b], each.hours
			}
		}
	}
	return slices.DeleteFunc(all, func(c Chain) bool { return c.Stations == 0 })
}
