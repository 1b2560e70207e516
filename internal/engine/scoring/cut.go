package scoring

import (
	"maps"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// Cut is who is above a line.
type Cut struct {
	Key    string   `json:"key"`
	Stage  string   `json:"stage"`
	Heads  int      `json:"heads"`
	In     []string `json:"in"`      // by place
	Passed []string `json:"passed"`  // by, for want of room in a quota
	AtLine []string `json:"at_line"` // tied across the line, or across a quota's
	Open   bool     `json:"open"`    // people have to decide
}

// heads is how many of n a cut takes at most.
func heads(c *rule.Cut, n int) int {
	if c.Heads != nil {
		return *c.Heads
	}
	return int(c.Share.Times(exact.Of(int64(n))).Floor())
}

// filling is a cut that is being filled.
type filling struct {
	s    *scorer
	rule *rule.Cut
	used []map[string]int // by quota of the cut, and group
	out  Cut
}

// cut fills a line down the order, group by group.
func (s *scorer) cut(c *rule.Cut) Cut {
	stage := slices.IndexFunc(s.t.Rule.Stages, func(r rule.Stage) bool { return r.Key == c.Stage })
	n := 0
	for _, g := range s.groups[stage] {
		n += len(g)
	}
	f := filling{s: s, rule: c, used: make([]map[string]int, len(s.t.Rule.Quotas)), out: Cut{Key: c.Key, Stage: c.Stage, Heads: heads(c, n), In: []string{}, Passed: []string{}, AtLine: []string{}}}
	for i := range f.used {
		f.used[i] = map[string]int{}
	}
	for _, group := range s.groups[stage] {
		group = slices.DeleteFunc(slices.Clone(group), func(e int) bool { return c.Least != nil && s.totals[stage][e].n.Less(*c.Least) })
		if len(f.out.In) >= f.out.Heads || len(group) == 0 {
			break
		}
		var eligible []int
		for _, e := range group {
			if f.fits([]int{e}) {
				eligible = append(eligible, e)
			} else {
				f.out.Passed = append(f.out.Passed, s.t.Entries[e].Key)
			}
		}
		if len(f.out.In)+len(eligible) <= f.out.Heads && f.fits(eligible) {
			f.take(eligible)
			continue
		}
		full := len(f.out.In)+len(eligible) > f.out.Heads // else a quota did not hold them
		f.line(eligible, stage)
		if f.out.Open || full {
			break // who comes behind depends on it, or would pass those at the line
		}
	}
	return f.out
}

// line does with a tie at the line what the rule says.
func (f *filling) line(group []int, stage int) {
	names := f.s.names(group)
	f.out.AtLine = append(f.out.AtLine, names...)
	switch f.rule.Tie {
	case rule.Admit:
		f.take(group)
	case rule.KeepOut:
	case rule.Decide:
		room := min(f.out.Heads-len(f.out.In), len(group)-1) // where a quota does not hold all of them, too
		for _, d := range f.s.t.Decisions {
			if d.Cut != f.rule.Key || !slices.Equal(d.Among, names) || len(d.Entries) > room {
				continue
			}
			var chosen []int
			for _, e := range group {
				if slices.Contains(d.Entries, f.s.t.Entries[e].Key) {
					chosen = append(chosen, e)
				}
			}
			if len(chosen) == len(d.Entries) && f.fits(chosen) {
				f.take(chosen)
				return
			}
		}
		f.out.Open = true
		f.s.wants = append(f.s.wants, Want{Cut: f.rule.Key, Room: room, Stage: f.s.t.Rule.Stages[stage].Key, Entries: names})
	}
}

func (f *filling) take(group []int) {
	for _, e := range group {
		f.out.In = append(f.out.In, f.s.t.Entries[e].Key)
	}
	f.count(f.used, group)
}

// fits tells whether some entries have room in every quota, together.
func (f *filling) fits(group []int) bool {
	used := make([]map[string]int, len(f.used))
	for i := range used {
		used[i] = maps.Clone(f.used[i])
	}
	f.count(used, group)
	for i, q := range f.s.t.Rule.Quotas {
		if q.Cut != f.rule.Key {
			continue
		}
		for _, e := range group {
			for _, g := range f.s.t.Entries[e].Groups[q.Of] {
				if used[i][g] > q.For(g) {
					return false
				}
			}
		}
	}
	return true
}

func (f *filling) count(used []map[string]int, group []int) {
	for i, q := range f.s.t.Rule.Quotas {
		for _, e := range group {
			for _, g := range f.s.t.Entries[e].Groups[q.Of] {
				used[i][g]++
			}
		}
	}
}
