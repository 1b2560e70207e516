package siting

import (
	"cmp"
	"container/heap"
	"context"
	"slices"

	"github.com/xiadu/xiadu/internal/fault"
)

// node is a part of all plans: those that open in, and do not open out, and
// keep what its ancestors say.
type node struct {
	parent  *node
	in, out []int32 // sites of the solver's model
	bound   int64   // no plan in it is better
	item    []int64 // multipliers to begin with, of the solver's items
	floor   []int64
	limit   []int64
	serial  int
	stage   *stage
}

// path returns all sites that a node has decided on.
func (n *node) path() (in, out []int32) {
	for ; n != nil; n = n.parent {
		in, out = append(in, n.in...), append(out, n.out...)
	}
	return in, out
}

// frontier is the nodes not looked at yet, the most promising first.
type frontier []*node

func (f frontier) Len() int { return len(f) }
func (f frontier) Less(a, b int) bool {
	if f[a].bound != f[b].bound {
		return f[a].bound > f[b].bound
	}
	return f[a].serial > f[b].serial // what was found last is deepest
}
func (f frontier) Swap(a, b int) { f[a], f[b] = f[b], f[a] }

// Push adds a node, for package heap.
func (f *frontier) Push(n any) { *f = append(*f, n.(*node)) }

// Pop removes the last, for package heap.
func (f *frontier) Pop() any {
	last := len(*f) - 1
	n := (*f)[last]
	*f = (*f)[:last]
	return n
}

// outcome is what became of a node.
type outcome struct {
	children []*node
	stopped  bool // before its time: it is still to be looked at
	found    bool
	plan     []int32 // found on the way, of the solver's sites
	value    int64   // and its; until one is found the best known
}

// batch is how many nodes are looked at between two exchanges of what was
// found. Like all measures of work it does not depend on the number of workers
// or on time, so that the answer does not either.
const batch = 8

// Work between two exchanges, in pairs of an item and a site looked at: what
// takes about a tenth of a second.
const (
	stepPairs  = 30_000_000 // by a descent, which looks at each once a step
	shakePairs = 60_000_000 // by the improver
	shakeLooks = 20         // in a shake, which looks at each about so often
)

// portion is how often all pairs of a model are looked at for so many pairs.
func (m *model) portion(pairs int) int {
	return min(1000, max(4, pairs/(len(m.items)+1)))
}

// patience is after how many rounds without a better plan the improver gives
// up: a plan that many shakes do not improve is, as a rule, the best.
const patience = 200

// prove searches until the best plan is proven best, and says whether it came
// to the end.
func (s *solver) prove(ctx context.Context, p *plan) bool {
	scale := s.m.scaleOf()
	d := s.m.relax(scale).start(p)
	waiting := &frontier{{bound: s.bound, item: d.item, floor: d.floor, limit: d.limit}}
	for waiting.Len() > 0 && ctx.Err() == nil && !s.done() {
		var nodes []*node
		for len(nodes) < batch && waiting.Len() > 0 {
			nodes = append(nodes, heap.Pop(waiting).(*node))
		}
		results := s.explore(ctx, nodes, scale)
		for n, o := range results {
			s.nodes++
			if o.found {
				s.accept(o.value, o.plan)
			}
			if o.stopped {
				heap.Push(waiting, nodes[n])
			}
			for _, c := range o.children {
				c.serial = s.nodes
				heap.Push(waiting, c)
			}
		}
		if x := s.improver; x.found && s.accept(x.value, x.sites) {
			s.idle = 0
		} else if s.found && (!x.found || s.value > x.value) {
			x.adopt(s.best)
			s.idle = 0
		}
		s.prune(waiting)
	}
	return waiting.Len() == 0
}

// prune drops nodes that hold nothing better than the best plan and takes note
// of the bound that the others leave.
func (s *solver) prune(waiting *frontier) {
	kept := slices.DeleteFunc(*waiting, func(n *node) bool { return n.bound <= s.target() })
	clear((*waiting)[len(kept):])
	if len(kept) != len(*waiting) {
		*waiting = kept
		heap.Init(waiting)
	}
	s.open = waiting.Len()
	if s.open > 0 {
		s.lower((*waiting)[0].bound)
	} else if s.found {
		s.bound = s.value
	}
	s.tell(Proving)
}

// explore looks at nodes, and for a better plan, on several processors.
func (s *solver) explore(ctx context.Context, nodes []*node, scale uint) []outcome {
	results := make([]outcome, len(nodes))
	var all fault.Group
	next := make(chan int)
	for range min(s.workers(), len(nodes)+1) {
		all.Go(func() {
			defer func() { // one that panics leaves nobody waiting for it
				for range next {
					continue
				}
			}()
			for n := range next {
				if n == len(nodes) {
					s.improver.run(ctx, 1+s.m.portion(shakePairs)/shakeLooks)
					continue
				}
				results[n] = s.visit(ctx, nodes[n], scale)
			}
		})
	}
	if s.idle++; s.idle <= patience {
		next <- len(nodes) // the longest first
	}
	for n := range nodes {
		next <- n
	}
	close(next)
	all.Wait()
	return results
}

// stage is the work on a node while it is under way.
type stage struct {
	m       *model
	into    []int32 // the item of m that each of the solver's items became
	descent *descent
}

// Steps of a descent: at the root, from multipliers that are a guess, and
// below, from those of the node above.
const (
	rootSteps = 2000
	nodeSteps = 40
)

// visit bounds a node and, if it may hold something better, splits it in two.
// Work on the root pauses now and then, so that what is known by then is told.
func (s *solver) visit(ctx context.Context, n *node, scale uint) outcome {
	in, out := n.path()
	o := outcome{value: s.target()}
	if n.stage == nil {
		m, into := s.m.settle(in, out)
		if m.contradicts() {
			return o
		}
		if m.sites() == 0 {
			s.keep(&o, m.newPlan(), in)
			return o
		}
		steps := nodeSteps
		if n.parent == nil {
			steps = rootSteps
		}
		d := &dual{gather(n.item, into, len(m.weight)), slices.Clone(n.floor), slices.Clone(n.limit)}
		n.stage = &stage{m, into, m.relax(scale).descend(d, steps)}
	}
	m, x := n.stage.m, n.stage.descent
	steps := nodeSteps
	if n.parent == nil {
		steps = s.m.portion(stepPairs)
	}
	ended := x.run(ctx, s.target(), steps)
	n.bound = min(n.bound, x.r.bound(x.least))
	if n.bound <= s.target() {
		return o
	}
	x.settle()
	p := m.newPlan()
	p.set(x.r.admitted())
	if p.build(); m.withoutMerits {
		p.drop()
	}
	s.keep(&o, p, in)
	if !ended {
		o.stopped = true
		return o
	}
	o.children = s.divide(n, o.value)
	n.stage = nil // its children hold on to the node, not to all this
	return o
}

// divide returns a node's parts: those with and without one of its sites, less
// all that cannot hold a plan better than target.
func (s *solver) divide(n *node, target int64) []*node {
	m, x := n.stage.m, n.stage.descent
	child := node{parent: n, bound: n.bound, item: s.spread(n.item, x.d.item, n.stage.into), floor: x.d.floor, limit: x.d.limit}
	fates := x.r.decided(x.value, target)
	for k, f := range fates {
		switch f {
		case free:
		case open:
			child.in = append(child.in, s.here[m.site[k]])
		case gone:
			child.out = append(child.out, s.here[m.site[k]])
		}
	}
	j := x.r.split(fates)
	if j < 0 {
		return []*node{&child}
	}
	with, without, site := child, child, s.here[m.site[j]]
	with.in = append(slices.Clone(child.in), site)
	without.out = append(slices.Clone(child.out), site)
	return []*node{&without, &with}
}

// keep takes note of a plan of a node, in which in are open besides.
func (s *solver) keep(o *outcome, p *plan, in []int32) {
	if !p.feasible() || p.value <= o.value {
		return
	}
	o.found, o.plan, o.value = true, slices.Clone(in), p.value
	for _, j := range p.chosen {
		o.plan = append(o.plan, s.here[p.m.site[j]])
	}
	slices.Sort(o.plan)
}

// gather sums what items have that have been merged.
func gather(item []int64, into []int32, n int) []int64 {
	sums := make([]int64, n)
	for i, k := range into {
		if k >= 0 {
			sums[k] += item[i]
		}
	}
	return sums
}

// spread hands merged items' multipliers on to the solver's items, by weight.
func (s *solver) spread(before, merged []int64, into []int32) []int64 {
	whole := make([]int64, len(merged))
	for i, k := range into {
		if k >= 0 {
			whole[k] += s.m.weight[i]
		}
	}
	item := slices.Clone(before)
	for i, k := range into {
		if k >= 0 {
			item[i] = int64(float64(merged[k]) * (float64(s.m.weight[i]) / float64(whole[k])))
		}
	}
	return item
}

// admitted returns what the relaxed optimum opens, what brings most first, as
// far as the limits allow.
func (r *relaxation) admitted() []int32 {
	order := slices.Clone(r.chosen)
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(r.reduced[b], r.reduced[a]), cmp.Compare(a, b))
	})
	left := make([]int64, len(r.m.limits))
	for l := range left {
		left[l] = r.m.limits[l].left
	}
	return slices.DeleteFunc(order, func(j int32) bool {
		for _, l := range r.m.loads[j] {
			if l.takes > left[l.limit] {
				return true
			}
		}
		for _, l := range r.m.loads[j] {
			left[l.limit] -= l.takes
		}
		return false
	})
}

// decided returns the sites whose opening, or leaving closed, would bring the
// bound down to what is known already.
func (r *relaxation) decided(value, target int64) []fate {
	fates := make([]fate, len(r.reduced))
	chosen := make([]bool, len(r.reduced))
	least := int64(0)
	for n, j := range r.chosen {
		chosen[j] = true
		if n == 0 || r.reduced[j] < least {
			least = r.reduced[j]
		}
	}
	if len(r.chosen) < r.m.most {
		least = 0 // there is room for one more
	}
	for j, v := range r.reduced {
		switch {
		case chosen[j] && r.bound(value-v+r.threshold) <= target:
			fates[j] = open
		case !chosen[j] && r.bound(value+v-least) <= target:
			fates[j] = gone
		}
	}
	return fates
}

// split returns the undecided site that the relaxation is least sure of, or -1.
func (r *relaxation) split(fates []fate) int32 {
	best, doubt := int32(-1), -1.0
	for j, f := range fates {
		if f != free {
			continue
		}
		x := r.share[j]
		if v := min(x, 1-x); v > doubt {
			best, doubt = int32(j), v
		}
	}
	return best
}
