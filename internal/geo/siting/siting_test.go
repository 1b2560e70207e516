package siting_test

import (
	"context"
	"slices"
	"testing"

	diff "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/siting"
)

// drawProblem draws a problem small enough to try every plan.
func drawProblem(t *rapid.T) *siting.Problem {
	cells := rapid.IntRange(1, 12).Draw(t, "cells")
	periods := rapid.IntRange(1, 3).Draw(t, "periods")
	sites := rapid.IntRange(1, 9).Draw(t, "sites")
	p := &siting.Problem{}
	based := rapid.Bool().Draw(t, "based")
	for range periods {
		weights, base := make([]reach.Weight, cells), make([]uint8, cells)
		for i := range weights {
			weights[i] = reach.Weight(rapid.IntRange(0, 9).Draw(t, "weight"))
			base[i] = uint8(max(0, rapid.IntRange(-3, 2).Draw(t, "base")))
		}
		p.Weights = append(p.Weights, weights)
		if based {
			p.Base = append(p.Base, base)
		}
	}
	for range sites {
		s := siting.Site{Cost: int64(rapid.IntRange(0, 9).Draw(t, "cost"))}
		s.Cells = drawSubset(t, cells, 3)
		if rapid.Bool().Draw(t, "part of the day") {
			s.Periods = append([]int32{}, drawSubset(t, periods, 1)...)
		}
		s.Choice = siting.Choice(max(0, rapid.IntRange(-6, 2).Draw(t, "choice")))
		p.Sites = append(p.Sites, s)
	}
	for range rapid.IntRange(0, 2).Draw(t, "groups") {
		p.Groups = append(p.Groups, siting.Group{
			Name: "甲", Sites: drawSubset(t, sites, 1), Limit: rapid.IntRange(0, 4).Draw(t, "limit"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(t, "areas") {
		p.Areas = append(p.Areas, siting.Area{
			Name: "乙", Cells: drawSubset(t, cells, 1), Times: rapid.IntRange(0, 2).Draw(t, "times"),
			Floor: siting.Share(rapid.IntRange(0, 8).Draw(t, "floor") * 1000),
		})
	}
	return p
}

// drawSubset draws some of the numbers below n, one of odds+1 or so.
func drawSubset(t *rapid.T, n, odds int) []int32 {
	var all []int32
	for i := range int32(n) {
		if rapid.IntRange(0, odds).Draw(t, "in") == 0 {
			all = append(all, i)
		}
	}
	return all
}

func drawQuestion(t *rapid.T) siting.Question {
	q := siting.Question{
		Kind:  siting.Kind(rapid.IntRange(0, 2).Draw(t, "kind")),
		Worth: rapid.SampledFrom([][]int64{nil, {1}, {0, 1}, {2, 1}, {1, 3}, {3, 2, 1}}).Draw(t, "worth"),
	}
	if rapid.Bool().Draw(t, "number") {
		q.Sites = new(rapid.IntRange(0, 6).Draw(t, "most"))
	}
	if q.Kind == siting.MostCovered && q.Sites == nil || rapid.IntRange(0, 3).Draw(t, "costly") == 0 {
		q.Budget = new(int64(rapid.IntRange(0, 25).Draw(t, "budget")))
	}
	if q.Kind != siting.MostCovered {
		q.Target = siting.Share(rapid.IntRange(1, 10).Draw(t, "target") * 1000)
		q.OfCoverable = rapid.Bool().Draw(t, "of coverable")
	}
	return q
}

// plan is a choice of sites as the words of Problem and Question have it.
type plan struct {
	p     *siting.Problem
	q     *siting.Question
	sites []int32
}

// covered sums over cells and periods what count makes of a cell's covers.
func (x plan) covered(cells []int32, count func(covers int) int64) int64 {
	sum := int64(0)
	for t, weights := range x.p.Weights {
		for i, w := range weights {
			if cells != nil && !slices.Contains(cells, int32(i)) {
				continue
			}
			n := 0
			if x.p.Base != nil {
				n = int(x.p.Base[t][i])
			}
			for _, j := range x.sites {
				s := x.p.Sites[j]
				if slices.Contains(s.Cells, int32(i)) && (s.Periods == nil || slices.Contains(s.Periods, int32(t))) {
					n++
				}
			}
			sum += int64(w) * count(n)
		}
	}
	return sum
}

func (x plan) worth(covers int) int64 {
	worth := x.q.Worth
	if worth == nil {
		worth = []int64{1}
	}
	sum := int64(0)
	for n := range min(covers, len(worth)) {
		sum += worth[n]
	}
	return sum
}

func (x plan) value() int64 {
	switch x.q.Kind {
	case siting.FewestSites:
		return int64(len(x.sites))
	case siting.LeastCost:
		return x.cost()
	case siting.MostCovered:
	}
	return x.covered(nil, x.worth)
}

func (x plan) cost() int64 {
	sum := int64(0)
	for _, j := range x.sites {
		sum += x.p.Sites[j].Cost
	}
	return sum
}

// allowed says whether the plan keeps every rule.
func (x plan) allowed(coverable int64) bool {
	if x.q.Sites != nil && len(x.sites) > *x.q.Sites || x.q.Budget != nil && x.cost() > *x.q.Budget {
		return false
	}
	for j, s := range x.p.Sites {
		if in := slices.Contains(x.sites, int32(j)); in && s.Choice == siting.Forbidden || !in && s.Choice == siting.Fixed {
			return false
		}
	}
	for _, g := range x.p.Groups {
		n := 0
		for _, j := range g.Sites {
			if slices.Contains(x.sites, j) {
				n++
			}
		}
		if n > g.Limit {
			return false
		}
	}
	all := func(int) int64 { return 1 }
	for _, a := range x.p.Areas {
		cells := append([]int32{}, a.Cells...)
		got := x.covered(cells, func(n int) int64 {
			if n >= max(1, a.Times) {
				return 1
			}
			return 0
		})
		if got*10_000 < int64(a.Floor)*x.covered(cells, all) {
			return false
		}
	}
	if x.q.Kind == siting.MostCovered {
		return true
	}
	whole := x.covered(nil, func(int) int64 { return x.worth(len(x.q.Worth) + 1) })
	if x.q.OfCoverable {
		whole = coverable
	}
	return x.covered(nil, x.worth)*10_000 >= int64(x.q.Target)*whole
}

// best tries every plan.
func best(p *siting.Problem, q *siting.Question) (int64, bool) {
	open := plan{p: p, q: q}
	for j, s := range p.Sites {
		if s.Choice != siting.Forbidden {
			open.sites = append(open.sites, int32(j))
		}
	}
	coverable := open.covered(nil, open.worth)
	value, found := int64(0), false
	for set := range 1 << len(p.Sites) {
		x := plan{p: p, q: q}
		for j := range p.Sites {
			if set>>j&1 == 1 {
				x.sites = append(x.sites, int32(j))
			}
		}
		if !x.allowed(coverable) {
			continue
		}
		v := x.value()
		if !found || q.Kind == siting.MostCovered && v > value || q.Kind != siting.MostCovered && v < value {
			value, found = v, true
		}
	}
	return value, found
}

// checkSolution fails unless s is a plan that keeps the rules and does what it says.
func checkSolution(t *rapid.T, p *siting.Problem, q *siting.Question, s *siting.Solution) {
	x := plan{p: p, q: q, sites: s.Sites}
	open := plan{p: p, q: q}
	for j, site := range p.Sites {
		if site.Choice != siting.Forbidden {
			open.sites = append(open.sites, int32(j))
		}
	}
	if coverable := open.covered(nil, x.worth); s.Coverable != coverable || !x.allowed(coverable) {
		t.Fatalf("not a plan (coverable %d): %+v", coverable, s)
	}
	if v := x.value(); v != s.Value {
		t.Fatalf("says %d, is %d: %+v", s.Value, v, s)
	}
	none := plan{p: p, q: q}
	if s.Covered != x.covered(nil, x.worth) || s.Cost != x.cost() || s.Before != none.covered(nil, x.worth) {
		t.Fatalf("wrong figures: %+v", s)
	}
	adds := s.Before
	for _, step := range s.Steps {
		adds += step.Adds
		without := plan{p: p, q: q, sites: slices.DeleteFunc(slices.Clone(s.Sites), func(j int32) bool { return j == step.Site })}
		if lost := s.Covered - without.covered(nil, x.worth); lost != step.Sole {
			t.Fatalf("without %d %d is lost, not %d", step.Site, lost, step.Sole)
		}
		for _, r := range step.Rivals {
			other := plan{p: p, q: q, sites: append(slices.Clone(without.sites), r.Site)}
			if lost := s.Covered - other.covered(nil, x.worth); lost != r.Loss || !other.allowed(s.Coverable) {
				t.Fatalf("rival %+v of %d loses %d", r, step.Site, lost)
			}
		}
	}
	if adds != s.Covered || len(s.Steps) != len(s.Sites) {
		t.Fatalf("the steps sum to %d: %+v", adds, s)
	}
}

// TestEveryPlan holds answers against all plans there are.
func TestEveryPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q := drawProblem(t), drawQuestion(t)
		want, found := best(p, &q)
		s, err := siting.Solve(context.Background(), p, q, siting.Options{Workers: rapid.IntRange(1, 3).Draw(t, "workers")})
		if err != nil {
			if found || fault.KindOf(err) != fault.Invalid {
				t.Fatalf("there is a plan with %d, but: %v", want, err)
			}
			return
		}
		if !found {
			t.Fatalf("there is no plan, but: %+v", s)
		}
		checkSolution(t, p, &q, s)
		if s.Value != want || !s.Proven {
			t.Fatalf("the best is %d, not %d (bound %d)", want, s.Value, s.Bound)
		}
	})
}

// TestStopped stops a search at every stage: what it says stays true.
func TestStopped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q := drawProblem(t), drawQuestion(t)
		want, found := best(p, &q)
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		after := rapid.IntRange(0, 4).Draw(t, "after")
		s, err := siting.Solve(ctx, p, q, siting.Options{Progress: func(siting.Progress) {
			if after--; after < 0 {
				stop()
			}
		}})
		if err != nil {
			if found && fault.KindOf(err) == fault.Invalid {
				t.Fatalf("there is a plan with %d, but: %v", want, err)
			}
			return
		}
		checkSolution(t, p, &q, s)
		low, high := s.Value, s.Bound
		if q.Kind != siting.MostCovered {
			low, high = high, low
		}
		if want < low || want > high {
			t.Fatalf("the best is %d, not between %d and %d", want, low, high)
		}
	})
}

// TestWorkers asks the same with one processor and with three: the answer is
// the same to the last site.
func TestWorkers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q := drawProblem(t), drawQuestion(t)
		one, err1 := siting.Solve(context.Background(), p, q, siting.Options{Workers: 1})
		three, err3 := siting.Solve(context.Background(), p, q, siting.Options{Workers: 3})
		if d := diff.Diff(one, three); d != "" || (err1 == nil) != (err3 == nil) {
			t.Fatalf("%v, %v, %s", err1, err3, d)
		}
	})
}

// TestMore asks for more sites, or a higher budget, and never gets less.
func TestMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q := drawProblem(t), drawQuestion(t)
		q.Kind = siting.MostCovered
		if q.Sites == nil && q.Budget == nil {
			q.Sites = new(2)
		}
		less, err := siting.Solve(context.Background(), p, q, siting.Options{})
		if err != nil {
			return
		}
		if q.Sites != nil {
			*q.Sites++
		}
		if q.Budget != nil {
			*q.Budget += 3
		}
		if more, err := siting.Solve(context.Background(), p, q, siting.Options{}); err != nil || more.Value < less.Value {
			t.Fatalf("%d before, now %+v, %v", less.Value, more, err)
		}
	})
}
