package siting

import (
	"cmp"
	"slices"

	"github.com/xiadu/xiadu/internal/geo/reach"
)

// rivals is how many a step names at most.
const rivals = 3

// report says what the solver's plan does, from the whole problem: sites that
// another one dominates are rivals too.
func report(p *Problem, q *Question, whole *model, sums totals, s *solver) (*Solution, error) {
	m, err := countingAll(p, q, whole, sums)
	if err != nil {
		return nil, err
	}
	out := &Solution{
		Value: s.value, Bound: s.bound, Before: sums.before, Total: sums.total, Coverable: sums.coverable,
		Sites: slices.Clone(s.m.opened),
	}
	if s.m.withoutMerits {
		out.Value, out.Bound = -s.value, -s.bound
	}
	out.Proven = out.Value == out.Bound
	for _, j := range s.best {
		out.Sites = append(out.Sites, s.m.site[j])
	}
	slices.Sort(out.Sites)
	here := make([]int32, len(p.Sites)) // a site's number in m, from 1
	for n, j := range m.site {
		here[j] = int32(n) + 1
	}
	pl := m.newPlan()
	left := make([]int32, 0, len(out.Sites))
	for _, j := range out.Sites {
		out.Cost += p.Sites[j].Cost
		left = append(left, here[j]-1)
	}
	for len(left) > 0 {
		at := 0
		for n := range left {
			if pl.swing[left[n]] > pl.swing[left[at]] {
				at = n
			}
		}
		out.Steps = append(out.Steps, Step{Site: m.site[left[at]], Adds: pl.swing[left[at]]})
		pl.move(left[at])
		left = slices.Delete(left, at, at+1)
	}
	out.Covered = pl.value
	pl.replacements(p, out.Steps, here)
	for f, fl := range m.floors {
		if fl.area < 0 {
			continue
		}
		a := p.Areas[fl.area]
		share := AreaShare{Needed: reach.Weight(a.Floor.of(int64(p.demandOf(a))))}
		share.Total = p.demandOf(a)
		share.Covered = share.Needed - reach.Weight(pl.short[f])
		out.Areas = append(out.Areas, share)
	}
	return out, nil
}

// countingAll returns p as a model of what is covered, whatever q asks, in
// which fixed sites are free so that each can be weighed. Without fixed ones
// that is the whole model of q but for what it aims at.
func countingAll(p *Problem, q *Question, whole *model, sums totals) (*model, error) {
	m := *whole
	if len(whole.opened) > 0 {
		all := *p
		all.Sites = slices.Clone(p.Sites)
		for j := range all.Sites {
			if all.Sites[j].Choice == Fixed {
				all.Sites[j].Choice = Free
			}
		}
		loose, _, err := build(&all, q)
		if err != nil {
			return nil, err
		}
		m = *loose
	}
	m.worth, m.constant, m.withoutMerits = cumulate(q.Worth, m.levels), sums.before, false
	m.price = make([]int64, len(m.site))
	return &m, nil
}

// demandOf sums the demand of an area over all periods.
func (p *Problem) demandOf(a Area) reach.Weight {
	cells := slices.Compact(slices.Sorted(slices.Values(a.Cells)))
	sum := reach.Weight(0)
	for _, weights := range p.Weights {
		for _, i := range cells {
			sum += weights[i]
		}
	}
	return sum
}

// replacements fills in the steps' rivals and what each alone stands for.
func (p *plan) replacements(problem *Problem, steps []Step, here []int32) {
	type rival struct {
		site int32
		loss int64
	}
	of := make(map[int32][]rival, len(steps))
	extra := make([]int64, len(p.open))
	for j := range int32(len(p.open)) {
		if p.open[j] {
			continue
		}
		p.overlap(j, 1, extra)
		for _, k := range p.chosen {
			loss := p.swing[k] - extra[k] - p.swing[j]
			list := of[k]
			if len(list) == 2*rivals && loss >= list[len(list)-1].loss || !p.admits(j, k) {
				continue
			}
			at, _ := slices.BinarySearchFunc(list, loss, func(r rival, l int64) int {
				if r.loss <= l {
					return -1
				}
				return 1
			})
			list = slices.Insert(list, at, rival{j, loss})
			of[k] = list[:min(len(list), 2*rivals)]
		}
		p.overlap(j, 0, extra)
	}
	for n := range steps {
		k := here[steps[n].Site] - 1
		steps[n].Sole = p.swing[k]
		if problem.Sites[steps[n].Site].Choice == Fixed {
			continue
		}
		p.move(k)
		for _, r := range of[k] {
			p.move(r.site)
			if p.feasible() && len(steps[n].Rivals) < rivals {
				steps[n].Rivals = append(steps[n].Rivals, Rival{p.m.site[r.site], r.loss})
			}
			p.move(r.site)
		}
		p.move(k)
		slices.SortStableFunc(steps[n].Rivals, func(a, b Rival) int { return cmp.Compare(a.Loss, b.Loss) })
	}
}
