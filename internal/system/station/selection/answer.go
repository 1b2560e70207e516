package selection

import (
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// Answer is a plan of new stations with its certificate: what it achieves,
// what no plan can beat, and what each site is there for.
type Answer struct {
	Siting *Siting
	*siting.Solution
	Sites []PlannedSite // in the order in which each adds the most to those before it
}

// PlannedSite is a site of a plan.
type PlannedSite struct {
	*Candidate
	Adds   Average // that it covers beyond the sites before it
	Sole   Average // who would lose their cover if this site alone were left out
	Rivals []Rival
}

// Rival is a candidate that could stand in the place of a site.
type Rival struct {
	*Candidate
	Loss Average
}

// Average is how many people on the average of a question's hours: an exact sum
// of thousandths of people over minutes.
type Average struct {
	milliMinutes int64
	minutes      int64
}

// NewAverage returns an average of a sum of thousandths of people over minutes.
func NewAverage(milliMinutes, minutes int64) Average { return Average{milliMinutes, minutes} }

// Float returns the number of people.
func (p Average) Float() float64 {
	if p.minutes == 0 {
		return 0
	}
	return float64(p.milliMinutes) / 1000 / float64(p.minutes)
}

// Exact returns the sum of thousandths of people over all minutes, and the minutes.
func (p Average) Exact() (milliMinutes, minutes int64) { return p.milliMinutes, p.minutes }

// Of returns p as a share of a total.
func (p Average) Of(total Average) float64 {
	if total.milliMinutes == 0 {
		return 0
	}
	return float64(p.milliMinutes) / float64(total.milliMinutes)
}

// Average turns a sum of the solver's into people.
func (s *Siting) Average(sum int64) Average { return Average{sum * s.unit, s.Minutes} }

func (s *Siting) answer(found *siting.Solution) *Answer {
	a := &Answer{Siting: s, Solution: found}
	for _, step := range found.Steps {
		site := PlannedSite{Candidate: &s.Candidates[step.Site], Adds: s.Average(step.Adds), Sole: s.Average(step.Sole)}
		for _, r := range step.Rivals {
			site.Rivals = append(site.Rivals, Rival{&s.Candidates[r.Site], s.Average(r.Loss)})
		}
		a.Sites = append(a.Sites, site)
	}
	return a
}

// Before is the people covered without the plan.
func (a *Answer) Before() Average { return a.Siting.Average(a.Solution.Before) }

// After is the people covered with the plan.
func (a *Answer) After() Average { return a.Siting.Average(a.Covered) }

// All is everybody.
func (a *Answer) All() Average { return a.Siting.Average(a.Total) }

// Most is the people covered with all candidates open.
func (a *Answer) Most() Average { return a.Siting.Average(a.Coverable) }

// Best is the people whom no plan can exceed, for a question of MostPeople.
func (a *Answer) Best() Average { return a.Siting.Average(a.Bound) }

// SitedArea is what a plan does for an area with a floor.
type SitedArea struct {
	Name                   string
	Covered, Needed, Total Average
}

// AreasOf returns what the plan does for each area of the question's floors.
func (a *Answer) AreasOf() []SitedArea {
	out := make([]SitedArea, 0, len(a.Areas))
	for i, f := range a.Areas {
		s := a.Siting
		out = append(out, SitedArea{s.Question.Floors[i].Name, s.Average(int64(f.Covered)), s.Average(int64(f.Needed)), s.Average(int64(f.Total))})
	}
	return out
}

// CostOf returns what the plan costs.
func (a *Answer) CostOf() station.Fen { return station.Fen(a.Cost) }

// Changes are the plan as changes of the network, for WhatIf.
func (a *Answer) Changes() []whatif.Change {
	out := make([]whatif.Change, 0, len(a.Sites))
	for _, s := range a.Sites {
		out = append(out, whatif.Change{Act: whatif.OpenStation, Code: s.Station.Code, At: s.Station.At, Hours: s.Hours, Name: s.Station.Name, Brand: s.Station.Brand})
	}
	return out
}

// Release forgets who reaches what, which is most of the memory: the answers so
// far stay, but for Cells, and there will be no other.
func (s *Siting) Release() {
	s.problem, s.reaches, s.folded, s.periods = siting.Problem{}, nil, nil, nil
}

// SitedCell is what a plan does for a cell of the demand, on the average of the
// question's hours.
type SitedCell struct {
	People reach.Weight // there
	Before float64      // the share of them, over the hours, who are covered without the plan
	After  float64      // and with it
}

// Cells are what a plan does for each cell of the demand. Ask before Release.
func (a *Answer) Cells() []SitedCell {
	s := a.Siting
	total, before, after := make([]int64, len(s.demand.Cells)), make([]int64, len(s.demand.Cells)), make([]int64, len(s.demand.Cells))
	times := uint8(s.Question.Times)
	for t, weights := range s.problem.Weights {
		counts := make([]uint8, len(weights))
		copy(counts, s.problem.Base[t])
		for _, j := range a.Solution.Sites {
			if site := &s.problem.Sites[j]; s.folded[t].Has(s.class[j]) {
				for _, i := range site.Cells {
					counts[i] = min(counts[i]+1, times)
				}
			}
		}
		for i, w := range weights {
			total[i] += int64(w)
			if s.problem.Base[t][i] >= times {
				before[i] += int64(w)
			}
			if counts[i] >= times {
				after[i] += int64(w)
			}
		}
	}
	out := make([]SitedCell, len(total))
	for i, all := range total {
		if all > 0 {
			out[i] = SitedCell{reach.Weight((all*s.unit + s.Minutes/2) / s.Minutes), float64(before[i]) / float64(all), float64(after[i]) / float64(all)}
		}
	}
	return out
}
