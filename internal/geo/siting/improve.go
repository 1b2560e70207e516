package siting

import (
	"context"
	"math/rand/v2"
)

// improver carries a plan from one local optimum to the next (iterated local
// search): it shakes a few sites out of one part of the map, fills up, and
// exchanges until nothing helps; what is worse is taken back.
type improver struct {
	plan   *plan
	sites  []int32 // of the best so far
	value  int64
	found  bool // they reach every floor
	random *rand.Rand
}

func newImprover(p *plan, random *rand.Rand) *improver {
	x := &improver{plan: p, random: random}
	x.note()
	return x
}

// note keeps the plan if it is as good as the best, or the first.
func (x *improver) note() bool {
	feasible := x.plan.feasible()
	if x.found && (!feasible || x.plan.value < x.value) {
		return false
	}
	x.found, x.value = feasible, x.plan.value
	x.sites = append(x.sites[:0], x.plan.chosen...)
	return true
}

// adopt goes on from a better plan that was found elsewhere.
func (x *improver) adopt(sites []int32) {
	x.plan.set(sites)
	x.note()
}

// run shakes so many times.
func (x *improver) run(ctx context.Context, times int) {
	for range times {
		if ctx.Err() != nil || len(x.plan.chosen) == 0 {
			break
		}
		x.shake(2 + x.random.IntN(3))
		x.polish(ctx)
		if !x.note() {
			x.plan.set(x.sites)
		}
	}
}

// polish completes the plan and brings it to a local optimum.
func (x *improver) polish(ctx context.Context) {
	x.plan.build()
	if x.plan.m.withoutMerits {
		x.plan.drop()
		return
	}
	x.plan.swap(ctx, x.random)
}

// shake closes some open sites that share demand with each other and opens
// others that share it with them.
func (x *improver) shake(times int) {
	p := x.plan
	center := p.chosen[x.random.IntN(len(p.chosen))]
	for range times {
		out := x.near(center, true)
		if out < 0 {
			return
		}
		p.move(out)
		if in := x.near(center, false); in >= 0 && in != out && p.admits(in, -1) {
			p.move(in)
		}
	}
}

// near draws a site, open or not, that covers an item of another one, or -1.
func (x *improver) near(center int32, open bool) int32 {
	items := x.plan.m.of(center)
	if len(items) == 0 {
		return -1
	}
	for range 20 {
		covers := x.plan.m.covering(items[x.random.IntN(len(items))])
		k := covers[x.random.IntN(len(covers))]
		if x.plan.open[k] == open {
			return k
		}
	}
	if open && len(x.plan.chosen) > 0 {
		return x.plan.chosen[x.random.IntN(len(x.plan.chosen))]
	}
	return -1
}
