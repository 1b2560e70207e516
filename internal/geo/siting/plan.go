package siting

import (
	"math"
	"slices"
)

// plan is a choice of sites of a model, with what opening or closing each of
// them would change kept up to date.
type plan struct {
	m      *model
	open   []bool
	chosen []int32
	count  []int32 // covers of each item by chosen sites
	soles  []int32 // the sum of the chosen sites that cover an item: of one, itself
	pairs  []int64 // the sum of their squares: with the sum, it tells two apart
	value  int64   // of the objective
	short  []int64 // what each floor still needs; at or below zero it is reached
	left   []int64 // of each limit
	// aim[c][n] is what n covers of an item of class c are worth to the search,
	// for each unit of weight: the objective's worth, or what floors count.
	aim [][]int64
	// swing[j] is by how much opening a closed site raises the search's merit,
	// or closing an open one lowers it.
	swing []int64
}

func (m *model) newPlan() *plan {
	p := &plan{
		m: m, open: make([]bool, m.sites()), count: make([]int32, len(m.weight)), soles: make([]int32, len(m.weight)), pairs: make([]int64, len(m.weight)),
		value: m.constant, swing: make([]int64, m.sites()),
	}
	for _, f := range m.floors {
		p.short = append(p.short, f.need)
	}
	for _, l := range m.limits {
		p.left = append(p.left, l.left)
	}
	p.aimAt(m.objective())
	return p
}

// objective is an aim that is the model's own, whatever the class.
func (m *model) objective() [][]int64 {
	aim := make([][]int64, len(m.class))
	for c := range aim {
		aim[c] = m.worth
	}
	return aim
}

// aimAt changes what the search values.
func (p *plan) aimAt(aim [][]int64) {
	p.aim = aim
	for j := range p.swing {
		p.swing[j] = 0
		up := 1
		if p.open[j] {
			up = 0
		}
		for _, i := range p.m.of(int32(j)) {
			p.swing[j] += p.m.weight[i] * p.step(i, int(p.count[i])+up)
		}
	}
}

// step is what the nth cover of item i by chosen sites adds to the aim.
func (p *plan) step(i int32, n int) int64 {
	if n += int(p.m.base[i]); n > p.m.levels || n < 1 {
		return 0
	}
	aim := p.aim[p.m.kind[i]]
	return aim[n] - aim[n-1]
}

// move opens a closed site or closes an open one.
func (p *plan) move(j int32) {
	m := p.m
	by, sign := int32(1), int64(1)
	if p.open[j] {
		by, sign = -1, -1
		p.chosen = slices.DeleteFunc(p.chosen, func(k int32) bool { return k == j })
	} else {
		p.chosen = append(p.chosen, j)
	}
	p.open[j] = !p.open[j]
	p.value -= sign * m.price[j]
	for _, l := range m.loads[j] {
		p.left[l.limit] -= sign * l.takes
	}
	for _, i := range m.of(j) {
		n := int(p.count[i])
		if by < 0 {
			n--
		}
		// Between n and n+1 covers, in one direction or the other.
		if b := int(m.base[i]) + n; b < m.levels {
			p.value += sign * m.weight[i] * (m.worth[b+1] - m.worth[b])
			for _, f := range m.class[m.kind[i]] {
				p.short[f] -= sign * m.weight[i] * (m.floors[f].counts[b+1] - m.floors[f].counts[b])
			}
		}
		p.ripple(j, i, n, sign*m.weight[i])
		p.count[i] += by
		p.soles[i] += by * j
		p.pairs[i] += int64(by) * int64(j) * int64(j)
	}
}

// ripple corrects the swings of the other sites that cover item i, which
// passes between n and n+1 covers.
func (p *plan) ripple(j, i int32, n int, weight int64) {
	now := p.step(i, n+1)
	closed := weight * (p.step(i, n+2) - now)
	opened := weight * (now - p.step(i, n))
	switch {
	case n == 0 && closed == 0, closed == 0 && opened == 0:
	case n == 1 && closed == 0:
		k := p.soles[i] // the other one's
		if p.count[i] == 2 {
			k -= j
		}
		p.swing[k] += opened
	default:
		for _, k := range p.m.covering(i) {
			switch {
			case k == j:
			case p.open[k]:
				p.swing[k] += opened
			default:
				p.swing[k] += closed
			}
		}
	}
}

// both returns the two chosen sites that cover an item which two cover: from
// their sum and the sum of their squares, so that nobody has to look through
// the thousands that could cover it.
func (p *plan) both(i int32) (a, b int32) {
	sum := int64(p.soles[i])
	apart := int64(math.Round(math.Sqrt(float64(2*p.pairs[i] - sum*sum))))
	return int32((sum - apart) / 2), int32((sum + apart) / 2)
}

// feasible says whether every floor is reached.
func (p *plan) feasible() bool {
	return !slices.ContainsFunc(p.short, func(s int64) bool { return s > 0 })
}

// admits says whether j may open besides what is open, or in place of k if
// that is not -1.
func (p *plan) admits(j, k int32) bool {
	if k < 0 && len(p.chosen) >= p.m.most {
		return false
	}
	for _, l := range p.m.loads[j] {
		left := p.left[l.limit] - l.takes
		if k >= 0 {
			for _, o := range p.m.loads[k] {
				if o.limit == l.limit {
					left += o.takes
				}
			}
		}
		if left < 0 {
			return false
		}
	}
	return true
}

// set makes the plan open exactly the given sites.
func (p *plan) set(sites []int32) {
	want := make([]bool, len(p.open))
	for _, j := range sites {
		want[j] = true
	}
	for _, j := range slices.Clone(p.chosen) {
		if !want[j] {
			p.move(j)
		}
	}
	for _, j := range sites {
		if !p.open[j] {
			p.move(j)
		}
	}
}
