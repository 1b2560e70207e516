package selection

import (
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
)

// Missing is whom a plan of every candidate would still leave without, on an average of
// the question's hours. Never and Short add up to All.
type Missing struct {
	All   reach.Weight
	Never reach.Weight   // reach neither a station nor a candidate in these hours: no plan helps them
	Short reach.Weight   // reach some, but too few are open in some of the hours
	Gaps  []coverage.Gap // the largest groups of Never
}

// Missing tells whom no plan helps, and why.
func (s *Siting) Missing() Missing {
	all, open := s.withAll(), make([]uint8, len(s.demand.Cells))
	for t, counts := range all {
		for i, n := range counts {
			if n > 0 && s.problem.Weights[t][i] > 0 {
				open[i] = 1
			}
		}
	}
	for j, site := range s.problem.Sites { // in hours without anybody it is as near
		if site.Choice != siting.Forbidden && len(site.Periods) > 0 {
			for _, i := range s.reaches.Of(j) {
				open[i] = 1
			}
		}
	}
	cells := s.survey.Cells(s.Question.Cover)
	sums := make([]reach.Weight, len(cells)) // over all periods, so that nothing is lost by rounding each
	var m Missing
	for t, weights := range s.problem.Weights {
		for i, w := range weights {
			sums[i] += w
			if int(all[t][i]) >= s.Question.Times {
				continue
			}
			if m.All += w; open[i] == 0 {
				m.Never += w
			}
		}
	}
	units := reach.Weight(max(1, s.Minutes/s.unit))
	m.All, m.Never = (m.All+units/2)/units, (m.Never+units/2)/units
	m.Short = m.All - m.Never
	for i := range cells {
		cells[i].Weight = (sums[i] + units/2) / units
	}
	for _, gap := range reach.Gaps(cells, reach.Coverage{Times: 1, Counts: open}, 1, coverage.MaxGaps) {
		x := coverage.Gap{Weight: gap.Weight, Unreachable: gap.Unreachable, Center: coverage.Middle(cells, gap), Cells: gap.Cells, Box: geo.Nothing}
		for _, i := range gap.Cells {
			x.Box = x.Box.Extend(cells[i].At.Fixed())
		}
		m.Gaps = append(m.Gaps, x)
	}
	return m
}

// withAll counts, for each period and cell, the stations and the candidates that are
// open and within reach.
func (s *Siting) withAll() [][]uint8 {
	all := make([][]uint8, len(s.problem.Weights))
	for t := range all {
		all[t] = make([]uint8, len(s.demand.Cells))
		if s.problem.Base != nil {
			copy(all[t], s.problem.Base[t])
		}
	}
	for j, site := range s.problem.Sites {
		if site.Choice == siting.Forbidden {
			continue
		}
		for _, t := range site.Periods {
			for _, i := range s.reaches.Of(j) {
				all[t][i] = min(all[t][i], 254) + 1
			}
		}
	}
	return all
}
