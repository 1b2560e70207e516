package siting

import (
	"context"
	"math/rand/v2"
	"slices"
)

// fill opens, one after another, the site that adds the most to the aim for
// what it takes, while any adds something and may open.
func (p *plan) fill(stop func() bool) {
	for !stop() {
		best, merit := int32(-1), 0.0
		for j := range int32(len(p.open)) {
			if p.open[j] || p.swing[j] <= 0 {
				continue
			}
			if v := float64(p.swing[j]) / p.m.burden(j); v > merit && p.admits(j, -1) {
				best, merit = j, v
			}
		}
		if best < 0 {
			return
		}
		p.move(best)
	}
}

// burden is what opening j costs the search: its price, its part of the
// budget, or one of the number.
func (m *model) burden(j int32) float64 {
	if m.withoutMerits {
		return max(1, float64(m.price[j]))
	}
	if len(m.limits) > 0 && m.limits[0].group < 0 && m.most >= m.sites() {
		for _, l := range m.loads[j] {
			if l.limit == 0 {
				return float64(l.takes)
			}
		}
	}
	return 1
}

// build completes a plan greedily: first what floors are short of, then what
// raises the objective.
func (p *plan) build() {
	for !p.feasible() {
		p.aimAt(p.shortAim())
		before := slices.Clone(p.short)
		p.fill(func() bool {
			for f, s := range p.short {
				if s <= 0 && before[f] > 0 {
					return true // one is reached: aim at the others
				}
			}
			return false
		})
		if slices.Equal(before, p.short) {
			break
		}
	}
	p.aimAt(p.m.objective())
	if !p.m.withoutMerits {
		p.fill(func() bool { return false })
	}
}

// shortAim values what floors count that are short.
func (p *plan) shortAim() [][]int64 {
	aim := make([][]int64, len(p.m.class))
	for c, floors := range p.m.class {
		aim[c] = make([]int64, p.m.levels+1)
		for _, f := range floors {
			if p.short[f] <= 0 {
				continue
			}
			for n, v := range p.m.floors[f].counts {
				aim[c][n] += v
			}
		}
	}
	return aim
}

// swap exchanges an open site for a closed one while that raises the aim and
// breaks no floor, until no exchange does.
func (p *plan) swap(ctx context.Context, random *rand.Rand) {
	n := len(p.open)
	if n == 0 || len(p.chosen) == 0 {
		return
	}
	extra := make([]int64, n)
	start := random.IntN(n)
	for idle, at := 0, start; idle < n; at++ {
		if at == n {
			at = 0
		}
		idle++
		if idle%64 == 0 && ctx.Err() != nil {
			return
		}
		j := int32(at)
		if p.open[j] || p.swing[j] <= 0 {
			continue
		}
		if p.exchange(j, extra) {
			idle = 0
		}
	}
}

// exchange opens j in place of the open site whose loss is the least, if that
// is a gain. It leaves extra as it found it, all zero.
func (p *plan) exchange(j int32, extra []int64) bool {
	if p.admits(j, -1) { // there is room: nothing need close
		p.move(j)
		return true
	}
	p.overlap(j, 1, extra)
	out, least := int32(-1), p.swing[j]
	for _, k := range p.chosen {
		if loss := p.swing[k] - extra[k]; loss < least && p.admits(j, k) {
			out, least = k, loss
		}
	}
	p.overlap(j, 0, extra)
	if out < 0 {
		return false
	}
	before := p.feasible()
	p.move(out)
	p.move(j)
	if before && !p.feasible() {
		p.move(j)
		p.move(out)
		return false
	}
	return true
}

// overlap sets extra of every open site that shares an item with closed j to
// what closing it would lose less if j opened at the same time, or back to zero.
func (p *plan) overlap(j int32, times int64, extra []int64) {
	m := p.m
	for _, i := range m.of(j) {
		n := int(p.count[i])
		if n == 0 {
			continue
		}
		less := m.weight[i] * (p.step(i, n) - p.step(i, n+1))
		if less == 0 {
			continue
		}
		if n == 1 {
			extra[p.soles[i]] = (extra[p.soles[i]] + less) * times
			continue
		}
		if n == 2 {
			a, b := p.both(i)
			extra[a], extra[b] = (extra[a]+less)*times, (extra[b]+less)*times
			continue
		}
		for _, k := range m.covering(i) {
			if p.open[k] {
				extra[k] = (extra[k] + less) * times
			}
		}
	}
}

// drop closes open sites that floors do not need, the dearest for what they
// do first. Only where the price counts does that pay.
func (p *plan) drop() {
	order := slices.Clone(p.chosen)
	slices.SortStableFunc(order, func(a, b int32) int {
		return int(min(1, max(-1, p.m.price[b]-p.m.price[a])))
	})
	for _, j := range order {
		if p.m.price[j] <= 0 {
			continue
		}
		p.move(j)
		if !p.feasible() {
			p.move(j)
		}
	}
}
