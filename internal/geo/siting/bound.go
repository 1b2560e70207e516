package siting

import (
	"math"
	"math/bits"
	"slices"
)

// dual has the multipliers of the relaxation in which an item may count as
// covered more often than it is, and floors and limits may be broken, each at a
// price. For any multipliers not below zero the relaxed optimum is an upper
// bound; the best ones give that of the linear relaxation (Geoffrion 1974).
//
// All are whole numbers: of 1/2^scale of the objective, those of floors of
// 1/2^(scale+fine). So the bound is summed without rounding but for that of
// floors, which is in the safe direction, and no error of floating point can
// make a proof.
type dual struct {
	item  []int64
	floor []int64
	limit []int64
}

const fine = 30

// dearer says how much a floor may be worth at most, in binary places beyond
// the whole objective.
const dearer = 3

func (d *dual) clone() *dual {
	return &dual{slices.Clone(d.item), slices.Clone(d.floor), slices.Clone(d.limit)}
}

// relaxation evaluates duals of a model and improves them.
type relaxation struct {
	m       *model
	scale   uint
	merits  []int64 // of each item with 0 … levels covers, by the floors' present prices
	must    []uint8 // the fewest covers an item may count, for floors that cannot do without
	may     []uint8 // and the most
	taken   []uint8 // those it does count
	cap     int64   // of the multiplier of an item that must be covered
	rooms   []int64 // the most that each floor's multiplier may be, so that no sum overflows
	reduced []int64 // of each site: what it brings less what it costs
	chosen  []int32 // sites that the relaxed optimum opens
	order   []int32
	share   []float64 // how often each site was chosen of late: near what the linear relaxation opens of it
	// threshold is what a site must bring to be among those chosen.
	threshold int64
}

// scaleOf returns how many binary places sums over the model have room for.
func (m *model) scaleOf() uint {
	sum := int64(1)
	for i := range m.weight {
		sum += m.merit(int32(i), m.levels)
	}
	dearest := int64(0)
	for _, p := range m.price {
		sum += p
		dearest = max(dearest, p)
	}
	if len(m.floors) > 0 {
		sum += 2 * dearest * int64(len(m.weight))
	}
	room := 60 - bits.Len64(uint64(sum)) - bits.Len(uint(m.most+4))
	if len(m.floors) > 0 {
		room -= bits.Len(uint(len(m.floors))) + dearer
	}
	return uint(min(40, max(0, room)))
}

func (m *model) relax(scale uint) *relaxation {
	r := &relaxation{
		m: m, scale: scale, merits: make([]int64, len(m.weight)*(m.levels+1)), taken: make([]uint8, len(m.weight)),
		reduced: make([]int64, m.sites()), order: make([]int32, m.sites()),
		share: make([]float64, m.sites()), must: make([]uint8, len(m.weight)), may: make([]uint8, len(m.weight)),
	}
	for i := range m.weight {
		r.may[i] = uint8(min(m.levels-int(m.base[i]), int(m.from[i+1]-m.from[i])))
	}
	r.demands()
	if len(m.floors) == 0 {
		r.price(nil)
	}
	for _, whole := range m.measures() {
		room := (int64(1) << 58) / int64(m.most+4) / int64(len(m.floors)+1)
		most := uint64(1) << 60
		if hi, lo := bits.Mul64(uint64(room), 1<<fine); hi < uint64(whole) {
			q, _ := bits.Div64(hi, lo, uint64(whole))
			most = min(most, q)
		}
		r.rooms = append(r.rooms, int64(most))
	}
	return r
}

// demands finds how often items must be covered because a floor would be missed
// otherwise, even if all else were open.
func (r *relaxation) demands() {
	m := r.m
	for _, p := range m.price {
		r.cap = max(r.cap, 2*p<<r.scale)
	}
	slack := m.measures()
	for f := range slack {
		slack[f] -= m.floors[f].need
	}
	for i := range m.weight {
		for _, f := range m.class[m.kind[i]] {
			all := m.measure(f, int32(i), int(r.may[i]))
			for r.must[i] < r.may[i] && all-m.measure(f, int32(i), int(r.must[i])) > slack[f] {
				r.must[i]++
			}
		}
	}
}

// measures returns what all items together may add to each floor.
func (m *model) measures() []int64 {
	all := make([]int64, len(m.floors))
	for i := range m.weight {
		for _, f := range m.class[m.kind[i]] {
			all[f] += m.measure(f, int32(i), min(m.levels, int(m.from[i+1]-m.from[i])))
		}
	}
	return all
}

// price sets merits for given prices of the floors.
func (r *relaxation) price(floors []int64) {
	m := r.m
	stride := m.levels + 1
	for i := range m.weight {
		for n := range m.levels + 1 - int(m.base[i]) {
			v := m.merit(int32(i), n) << r.scale
			for _, f := range m.class[m.kind[i]] {
				hi, lo := bits.Mul64(uint64(m.measure(f, int32(i), n)), uint64(floors[f]))
				v += int64(hi<<(64-fine)|lo>>fine) + 1
			}
			r.merits[i*stride+n] = v
		}
	}
}

// value returns the relaxed optimum of d, times 2^scale, and keeps what it is made of.
func (r *relaxation) value(d *dual) int64 {
	m := r.m
	if len(m.floors) > 0 {
		r.price(d.floor)
	}
	total := m.constant << r.scale
	stride := m.levels + 1
	for i, lambda := range d.item {
		times := int(r.must[i])
		best := r.merits[i*stride+times] - int64(times)*lambda
		for n := times + 1; n <= int(r.may[i]); n++ {
			if v := r.merits[i*stride+n] - int64(n)*lambda; v > best {
				best, times = v, n
			}
		}
		total += best
		r.taken[i] = uint8(times)
	}
	for f, mu := range d.floor {
		need := m.floors[f].need
		hi, lo := bits.Mul64(uint64(max(need, -need)), uint64(mu))
		v := int64(hi<<(64-fine) | lo>>fine)
		if need < 0 {
			total += v + 1
		} else {
			total -= v
		}
	}
	for l, gamma := range d.limit {
		total += m.limits[l].left * gamma
	}
	return total + r.choose(d)
}

// choose opens what brings most and returns what it brings.
func (r *relaxation) choose(d *dual) int64 {
	m := r.m
	n := 0
	for j := range r.reduced {
		v := -m.price[j] << r.scale
		for _, i := range m.of(int32(j)) {
			v += d.item[i]
		}
		for _, l := range m.loads[j] {
			v -= d.limit[l.limit] * l.takes
		}
		r.reduced[j] = v
		if v > 0 {
			r.order[n] = int32(j)
			n++
		}
	}
	r.threshold = 0
	if n > m.most {
		largest(r.order[:n], r.reduced, m.most)
		for _, j := range r.order[m.most:n] {
			r.threshold = max(r.threshold, r.reduced[j])
		}
		n = m.most
	}
	r.chosen = r.order[:n]
	sum := int64(0)
	for _, j := range r.chosen {
		sum += r.reduced[j]
	}
	return sum
}

// largest moves the k of all with the largest values to its front.
func largest(all []int32, value []int64, k int) {
	for lo, hi := 0, len(all)-1; lo < hi; {
		pivot := value[all[(lo+hi)/2]]
		i, j := lo, hi
		for i <= j {
			for value[all[i]] > pivot {
				i++
			}
			for value[all[j]] < pivot {
				j--
			}
			if i <= j {
				all[i], all[j] = all[j], all[i]
				i++
				j--
			}
		}
		switch {
		case k <= j+1:
			hi = j
		case k >= i:
			lo = i
		default:
			return
		}
	}
}

// bound returns what a value of the relaxation says of plans: theirs are whole numbers.
func (r *relaxation) bound(value int64) int64 { return value >> r.scale }

// start returns multipliers to begin with: each cover of an item costs what
// the given plan makes of it, and floors what the plan pays for them.
func (r *relaxation) start(p *plan) *dual {
	m := r.m
	d := &dual{make([]int64, len(m.weight)), make([]int64, len(m.floors)), make([]int64, len(m.limits))}
	for f := range m.floors {
		d.floor[f] = int64(min(float64(r.rooms[f]), math.Ldexp(p.marginal(int32(f)), int(r.scale)+fine)))
	}
	if len(m.floors) > 0 {
		r.price(d.floor)
	}
	for i := range d.item {
		top := r.top(i)
		if r.must[i] > 0 {
			d.item[i] = r.cheapest(int32(i))
		} else if n := int64(p.count[i]); n > 0 {
			d.item[i] = top / n
		} else {
			d.item[i] = top - top/10
		}
	}
	return d
}

// cheapest is the least that an item's part of a site costs.
func (r *relaxation) cheapest(i int32) int64 {
	m := r.m
	least := r.cap
	for _, j := range m.covering(i) {
		least = min(least, m.price[j]<<r.scale/int64(m.first[j+1]-m.first[j]))
	}
	return least
}

// top is the least price of a cover at which item i takes none.
func (r *relaxation) top(i int) int64 {
	m := r.m
	at := i * (m.levels + 1)
	if r.must[i] > 0 {
		return r.merits[at+1] + r.cap
	}
	if m.levels == 1 {
		return r.merits[at+1]
	}
	best := int64(0)
	for n := 1; n <= int(r.may[i]); n++ {
		best = max(best, (r.merits[at+n]+int64(n)-1)/int64(n))
	}
	return best
}

// marginal is what the plan pays for the last bit of a floor: the dearest of
// its sites, for each unit that is measured thanks to that site alone.
func (p *plan) marginal(f int32) float64 {
	m, dearest := p.m, 0.0
	if m.floors[f].need <= 0 {
		return 0
	}
	for _, j := range p.chosen {
		sole := int64(0)
		for _, i := range m.of(j) {
			if slices.Contains(m.class[m.kind[i]], f) {
				n := int(p.count[i])
				sole += m.measure(f, i, n) - m.measure(f, i, n-1)
			}
		}
		dearest = max(dearest, float64(m.price[j])/float64(max(1, sole)))
	}
	return dearest
}
