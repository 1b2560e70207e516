package siting

import (
	"context"
	"math"
)

// slope is the direction in which the value grows, and how the parts of a dual
// are weighed against each other.
type slope struct {
	item, floor, limit                   []float64
	itemWeight, floorWeight, limitWeight []float64
}

func (r *relaxation) newSlope() *slope {
	m := r.m
	n := float64(len(m.weight) + 1)
	s := &slope{
		make([]float64, len(m.weight)), make([]float64, len(m.floors)), make([]float64, len(m.limits)),
		make([]float64, len(m.weight)), make([]float64, len(m.floors)), make([]float64, len(m.limits)),
	}
	mean := 0.0
	for _, w := range m.weight {
		mean += float64(w) / n
	}
	for i, w := range m.weight {
		if s.itemWeight[i] = 1; r.must[i] == 0 {
			s.itemWeight[i] = float64(w) / mean
		}
	}
	for f, whole := range m.measures() {
		s.floorWeight[f] = 4 * n / float64(whole+1) / float64(whole+1)
	}
	for l := range m.limits {
		left := float64(m.limits[l].left + 1)
		s.limitWeight[l] = 4 * n / left / left
	}
	return s
}

// memory is how much of the last slope stays in the next one (Camerini,
// Fratta, Maffioli 1975), without which the multipliers zigzag.
const memory = 0.9

// fresh is the weight of the present choice in a site's share.
const fresh = 0.05

// follow takes up the slope at the dual that r was last evaluated at and
// returns its weighed square.
func (r *relaxation) follow(s *slope, d *dual) float64 {
	m := r.m
	for i, n := range r.taken {
		s.item[i] = s.item[i]*memory - float64(n)
	}
	floor, limit := make([]float64, len(m.floors)), make([]float64, len(m.limits))
	if len(m.floors) > 0 {
		for i, n := range r.taken {
			for _, f := range m.class[m.kind[i]] {
				floor[f] += float64(m.measure(f, int32(i), int(n)))
			}
		}
	}
	for j := range r.share {
		r.share[j] *= 1 - fresh
	}
	for _, j := range r.chosen {
		r.share[j] += fresh
		for _, i := range m.of(j) {
			s.item[i]++
		}
		for _, l := range m.loads[j] {
			limit[l.limit] -= float64(l.takes)
		}
	}
	norm := 0.0
	for i, v := range s.item {
		if v > 0 && d.item[i] <= 0 || v < 0 && d.item[i] >= r.top(i) {
			s.item[i] = 0
			continue
		}
		norm += v * v * s.itemWeight[i]
	}
	for f := range floor {
		s.floor[f] = s.floor[f]*memory + floor[f] - float64(m.floors[f].need)
		if s.floor[f] > 0 && d.floor[f] <= 0 {
			s.floor[f] = 0
		}
		norm += s.floor[f] * s.floor[f] * s.floorWeight[f]
	}
	for l := range limit {
		s.limit[l] = s.limit[l]*memory + limit[l] + float64(m.limits[l].left)
		if s.limit[l] > 0 && d.limit[l] <= 0 {
			s.limit[l] = 0
		}
		norm += s.limit[l] * s.limit[l] * s.limitWeight[l]
	}
	return norm
}

// descent improves a dual step by step, and may pause between any two.
type descent struct {
	r                  *relaxation
	d, best            *dual
	slope              *slope
	value, least, mark int64   // at d, at best, and when progress was last good
	alpha              float64 // how long the steps are
	stall              int     // steps since then
	left               int     // steps to go at most
}

// shortest is the length of steps at which a descent has converged.
const shortest = 1e-4

func (r *relaxation) descend(d *dual, rounds int) *descent {
	v := r.value(d)
	return &descent{r: r, d: d, best: d.clone(), slope: r.newSlope(), value: v, least: v, mark: v, alpha: 1, left: rounds}
}

// run takes so many steps toward target, fewer when it has converged or proves
// that nothing better than target exists. Then it says that it is at its end.
func (x *descent) run(ctx context.Context, target int64, steps int) bool {
	r := x.r
	for n := range steps {
		if n%16 == 0 && ctx.Err() != nil {
			return false
		}
		if r.bound(x.least) <= target || x.alpha < shortest || x.left == 0 {
			return true
		}
		x.left--
		norm := r.follow(x.slope, x.d)
		if norm == 0 {
			return true
		}
		over := float64(x.value) - math.Ldexp(float64(target), int(r.scale))
		r.walk(x.d, x.slope, x.alpha*max(over, 0)/norm)
		if x.value = r.value(x.d); x.value < x.least {
			x.least = x.value
			copyDual(x.best, x.d)
		}
		if x.stall++; x.least < x.mark-(x.mark-target<<r.scale)/200 {
			x.mark, x.stall = x.least, 0
		} else if x.stall >= 20 {
			x.alpha, x.stall, x.mark = x.alpha*0.7, 0, x.least
		}
	}
	return x.left == 0
}

// settle goes back to the best dual and evaluates it.
func (x *descent) settle() {
	copyDual(x.d, x.best)
	x.value = x.r.value(x.d)
}

// walk moves d by length against the slope, within what makes sense.
func (r *relaxation) walk(d *dual, s *slope, length float64) {
	for i, v := range s.item {
		if v != 0 {
			d.item[i] = min(r.top(i), max(0, d.item[i]-int64(length*v*s.itemWeight[i])))
		}
	}
	for f, v := range s.floor {
		by := math.Ldexp(length*v*s.floorWeight[f], fine)
		d.floor[f] = int64(min(float64(r.rooms[f]), max(0, float64(d.floor[f])-by)))
	}
	for l, v := range s.limit {
		by := length * v * s.limitWeight[l]
		room := float64(int64(1)<<58) / float64(len(s.limit)+1) / float64(max(1, r.m.limits[l].left))
		d.limit[l] = int64(min(room, max(0, float64(d.limit[l])-by)))
	}
}

func copyDual(to, from *dual) {
	copy(to.item, from.item)
	copy(to.floor, from.floor)
	copy(to.limit, from.limit)
}
