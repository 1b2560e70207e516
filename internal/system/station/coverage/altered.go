package coverage

import (
	"cmp"
	"slices"

	"github.com/xiadu/xiadu/internal/system/station"
)

// Altered is a station that a scenario changes: Before is nil for a new one,
// After for one that closes.
type Altered struct{ Before, After *station.Station }

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
		if _, old := s.survey.Index(code); !old {
			out = append(out, Altered{After: &w.station})
		}
	}
	slices.SortFunc(out, func(a, b Altered) int { return cmp.Compare(a.Code(), b.Code()) })
	return out
}

// Station returns a station as the scenario has it, and false for one that it
// closes or that there is not.
func (s *Scenario) Station(code string) (station.Station, bool) {
	if w, ok := s.with[code]; ok {
		return w.station, true
	}
	if i, ok := s.survey.Index(code); ok && !s.gone[int32(i)] {
		return s.survey.Stations[i], true
	}
	return station.Station{}, false
}
