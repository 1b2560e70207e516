package scoring

import (
	"cmp"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// rank puts the entries of a stage into groups that share a place, the best first.
func (s *scorer) rank(stage int) {
	totals := s.totals[stage]
	var all []int
	for e := range totals {
		if totals[e].ok {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(x, y int) int {
		return cmp.Or(s.better(stage, totals[x].n, totals[y].n), cmp.Compare(x, y))
	})
	groups := s.tied(stage, all)
	lines := s.lines(stage, groups)
	before := 0
	for _, g := range groups {
		if len(g) > 1 && (s.t.Rule.Order.Where == rule.Everywhere || crosses(lines, before, len(g))) {
			s.groups[stage] = append(s.groups[stage], breaker{s}.split(stage, g, s.t.Rule.Order.Chain)...)
		} else {
			s.groups[stage] = append(s.groups[stage], g)
		}
		before += len(g)
	}
}

// better compares two totals of a stage: negative where x is the better one.
func (s *scorer) better(stage int, x, y exact.Number) int {
	if s.t.Rule.Stages[stage].Less() {
		return x.Cmp(y)
	}
	return y.Cmp(x)
}

// tied groups entries in order: each with those that are at most the tolerance behind the group's first.
func (s *scorer) tied(stage int, all []int) (groups [][]int) {
	for from := 0; from < len(all); {
		first := s.totals[stage][all[from]].n
		to := from + 1
		for to < len(all) && s.together(first, s.totals[stage][all[to]].n) {
			to++
		}
		slices.Sort(all[from:to]) // who shares a place is listed by key
		groups = append(groups, all[from:to:to])
		from = to
	}
	return groups
}

func (s *scorer) together(first, other exact.Number) bool {
	apart := first.Sub(other)
	if apart.Sign() < 0 {
		apart = apart.Neg()
	}
	if t := s.t.Rule.Order.Tolerance; t != nil {
		return !t.Less(apart)
	}
	return apart.Sign() == 0
}

// lines are how many entries are above each cut of a stage, quotas aside.
func (s *scorer) lines(stage int, groups [][]int) (at []int) {
	n := 0
	for _, g := range groups {
		n += len(g)
	}
	for i := range s.t.Rule.Cuts {
		if c := &s.t.Rule.Cuts[i]; c.Stage == s.t.Rule.Stages[stage].Key {
			at = append(at, heads(c, n))
		}
	}
	return at
}

func crosses(lines []int, before, n int) bool {
	return slices.ContainsFunc(lines, func(line int) bool { return before < line && line < before+n })
}
