package siting

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
)

// Solve answers q. It returns the best plan found when that is proven, when the
// gap is within o.Gap, or when ctx ends, which is no error: the plan then
// carries the bound known so far.
//
// A question whose limits or floors contradict each other is fault.Invalid and
// says which; one that ran out of time before any plan met its floors is
// fault.Unavailable.
func Solve(ctx context.Context, p *Problem, q Question, o Options) (*Solution, error) {
	if err := check(p, &q); err != nil {
		return nil, err
	}
	whole, sums, err := build(p, &q)
	if err != nil {
		return nil, err
	}
	m := whole.presolve()
	s := &solver{m: m, options: o, random: rand.New(rand.NewPCG(1, 7)), here: make([]int32, len(p.Sites))}
	for n, j := range m.site {
		s.here[j] = int32(n)
	}
	s.run(ctx)
	if !s.found {
		return nil, s.excuse(ctx, p, &q)
	}
	return report(p, &q, whole, sums, s)
}

// solver is an answer in the making.
type solver struct {
	m       *model
	here    []int32 // a site's number in m
	options Options
	random  *rand.Rand

	improver *improver
	idle     int  // rounds in which the improver found nothing better
	complete bool // nothing is left to search
	found    bool
	best     []int32 // sites of m that the best plan opens
	value    int64   // of the model's objective
	bound    int64
	nodes    int
	open     int
}

// run builds a plan, then lets local search improve it while the search for a
// proof brings the bound down, until both meet or ctx ends.
func (s *solver) run(ctx context.Context) {
	s.bound = s.m.ceiling()
	p := s.m.newPlan()
	p.build()
	if s.m.withoutMerits {
		p.drop()
	}
	s.offer(p)
	s.tell(Building)
	s.improver = newImprover(p, s.random)
	s.improver.polish(ctx)
	s.improver.note()
	s.offer(p)
	s.tell(Improving)
	s.complete = s.prove(ctx, p)
}

// ceiling is a bound that needs no computing: everything covered, for nothing.
func (m *model) ceiling() int64 {
	sum := m.constant
	for i := range m.weight {
		sum += m.merit(int32(i), m.levels)
	}
	return sum
}

// offer keeps p's sites if they are a plan better than the best so far.
func (s *solver) offer(p *plan) {
	if p.feasible() {
		s.accept(p.value, p.chosen)
	}
}

// accept keeps sites that are a plan with the given value, if that is better
// than the best so far, and says whether it was.
func (s *solver) accept(value int64, sites []int32) bool {
	if s.found && value <= s.value {
		return false
	}
	s.found, s.value = true, value
	s.best = slices.Sorted(slices.Values(sites))
	return true
}

// target is the value that a plan must exceed to matter.
func (s *solver) target() int64 {
	if s.found {
		return s.value
	}
	return s.m.worst() - 1
}

// worst is a value that no plan falls below.
func (m *model) worst() int64 {
	sum := m.constant
	for _, p := range m.price {
		sum -= p
	}
	return sum
}

// lower takes note of a bound.
func (s *solver) lower(bound int64) {
	s.bound = min(s.bound, bound)
	if s.found {
		s.bound = max(s.bound, s.value)
	}
}

func (s *solver) done() bool {
	return s.found && (s.value == s.bound || gap(s.value, s.bound) <= s.options.Gap)
}

// workers is how many nodes are looked at at a time.
func (s *solver) workers() int {
	if s.options.Workers > 0 {
		return s.options.Workers
	}
	return runtime.GOMAXPROCS(0)
}

func (s *solver) tell(phase Phase) {
	if s.options.Progress == nil {
		return
	}
	p := Progress{Phase: phase, Found: s.found, Value: s.value, Bound: s.bound, Nodes: s.nodes, Open: s.open}
	if s.m.withoutMerits {
		p.Value, p.Bound = -p.Value, -p.Bound
	}
	s.options.Progress(p)
}
