package siting

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// model is a question in the form in which it is solved: maximise the worth of
// what is covered less the price of what opens, with floors under measures of
// cover and limits over sums of sites. It has only sites that are free to
// choose; fixed ones have raised the base of the items they cover.
//
// An item is all demand, of any cell and period, that the same free sites
// cover, the same number of stations cover already and the same floors count
// (isomorphic aggregation). Its cover counts up to levels.
type model struct {
	levels int
	worth  []int64 // of the first n covers together, for n up to levels
	floors []floor
	class  [][]int32 // the floors that count an item of the class
	limits []limit
	most   int // sites that may open

	weight []int64
	base   []uint8
	kind   []int32 // an item's class

	site  []int32 // a site's number in the Problem
	price []int64
	// items[first[j]:first[j+1]] are what site j covers, and
	// covers[from[i]:from[i+1]] the sites that cover item i; both ascending.
	first, items  []int32
	from, covers  []int32
	loads         [][]load // of each site
	constant      int64    // of the objective, from what is open anyway
	opened        []int32  // sites that are open in every plan, by their number in the Problem
	withoutMerits bool     // worth is nil: only the price counts
}

// floor is the least that a plan must reach of a measure: the sum over its
// items of weight times counts[covers].
type floor struct {
	counts []int64
	need   int64 // beyond what base covers
	whole  int64 // what all demand would come to
	area   int32 // its number in the Problem, or -1 for the target
}

// limit is the most that a sum over the open sites may come to.
type limit struct {
	left  int64
	group int32 // its number in the Problem, or -1 for the budget
}

// load is what a site takes of a limit.
type load struct {
	limit int32
	takes int64
}

func (m *model) sites() int { return len(m.site) }

func (m *model) of(j int32) []int32 { return m.items[m.first[j]:m.first[j+1]] }

func (m *model) covering(i int32) []int32 { return m.covers[m.from[i]:m.from[i+1]] }

// invert makes covers from items.
func (m *model) invert() {
	m.from = make([]int32, len(m.weight)+1)
	for _, i := range m.items {
		m.from[i+1]++
	}
	for i := range m.weight {
		m.from[i+1] += m.from[i]
	}
	m.covers = make([]int32, len(m.items))
	next := slices.Clone(m.from[:len(m.weight)])
	for j := range m.site {
		for _, i := range m.of(int32(j)) {
			m.covers[next[i]] = int32(j)
			next[i]++
		}
	}
}

// merit is what item i adds to the objective with n covers beyond its base.
func (m *model) merit(i int32, n int) int64 {
	b := int(m.base[i])
	return m.weight[i] * (m.worth[min(b+n, m.levels)] - m.worth[b])
}

// measure is what item i adds to floor f with n covers beyond its base.
func (m *model) measure(f, i int32, n int) int64 {
	b := int(m.base[i])
	c := m.floors[f].counts
	return m.weight[i] * (c[min(b+n, m.levels)] - c[b])
}

// alike tells items apart that may not be merged. The sums are over random
// numbers of the sites that cover, so that equal sets have equal sums and
// others, but for a chance of one in 2^128, have not.
type alike struct {
	sum  [2]uint64
	base uint8
	kind int32
}

// siteKeys returns two random numbers for each of n sites, the same each time.
func siteKeys(n int) [][2]uint64 {
	random := rand.New(rand.NewPCG(0x5717, 0x17))
	keys := make([][2]uint64, n)
	for j := range keys {
		keys[j] = [2]uint64{random.Uint64(), random.Uint64()}
	}
	return keys
}

// settle returns the model in which the sites in are open and those in out are
// gone, with all that no longer fit. Items that become alike are merged; it
// returns which became which too, -1 for those that no choice changes any more.
func (m *model) settle(in, out []int32) (*model, []int32) {
	fate := make([]fate, m.sites())
	for _, j := range out {
		fate[j] = gone
	}
	for _, j := range in {
		fate[j] = open
	}
	s := &model{
		levels: m.levels, worth: m.worth, class: m.class, constant: m.constant, opened: slices.Clone(m.opened),
		floors: slices.Clone(m.floors), limits: slices.Clone(m.limits), most: m.most - len(in), withoutMerits: m.withoutMerits,
	}
	base := slices.Clone(m.base)
	for _, j := range in {
		s.opened = append(s.opened, m.site[j])
		s.constant -= m.price[j]
		for _, l := range m.loads[j] {
			s.limits[l.limit].left -= l.takes
		}
		for _, i := range m.of(j) {
			if b := int(base[i]); b < m.levels {
				s.constant += m.weight[i] * (m.worth[b+1] - m.worth[b])
				for _, f := range m.class[m.kind[i]] {
					s.floors[f].need -= m.weight[i] * (m.floors[f].counts[b+1] - m.floors[f].counts[b])
				}
				base[i]++
			}
		}
	}
	for j := range fate {
		if fate[j] == free && (s.most <= 0 || slices.ContainsFunc(m.loads[j], func(l load) bool { return l.takes > s.limits[l.limit].left })) {
			fate[j] = gone
		}
	}
	into := m.merge(fate, base, s)
	m.hand(s, fate, into)
	s.most = min(s.most, s.sites())
	return s, into
}

// fate is what has been decided about a site.
type fate uint8

const (
	free fate = iota
	open
	gone
)

// contradicts says whether no plan can keep the limits and reach the floors.
func (m *model) contradicts() bool {
	if m.most < 0 || slices.ContainsFunc(m.limits, func(l limit) bool { return l.left < 0 }) {
		return true
	}
	for f, whole := range m.measures() {
		if whole < m.floors[f].need {
			return true
		}
	}
	return false
}

// merge makes the items of s of those of m and returns which became which.
func (m *model) merge(fate []fate, base []uint8, s *model) []int32 {
	keys := siteKeys(m.sites())
	sums := make([][2]uint64, len(m.weight))
	for j := range m.site {
		if fate[j] != free {
			continue
		}
		for _, i := range m.of(int32(j)) {
			sums[i][0] += keys[j][0]
			sums[i][1] += keys[j][1]
		}
	}
	into := make([]int32, len(m.weight))
	seen := make(map[alike]int32, len(m.weight))
	for i := range into {
		into[i] = -1
		if sums[i] == ([2]uint64{}) || int(base[i]) >= m.levels {
			continue
		}
		key := alike{sums[i], base[i], m.kind[i]}
		k, ok := seen[key]
		if !ok {
			k = int32(len(s.weight))
			seen[key] = k
			s.weight, s.base = append(s.weight, 0), append(s.base, base[i])
			s.kind = append(s.kind, m.kind[i])
		}
		s.weight[k] += m.weight[i]
		into[i] = k
	}
	return into
}

// hand gives s the sites of m whose fate is open to choice.
func (m *model) hand(s *model, fate []fate, into []int32) {
	s.first = append(s.first, 0)
	last := make([]int32, len(s.weight))
	for i := range last {
		last[i] = -1
	}
	for j := range m.site {
		if fate[j] != free {
			continue
		}
		n := int32(len(s.site))
		start := len(s.items)
		for _, i := range m.of(int32(j)) {
			if k := into[i]; k >= 0 && last[k] != n {
				last[k] = n
				s.items = append(s.items, k)
			}
		}
		slices.Sort(s.items[start:])
		s.first = append(s.first, int32(len(s.items)))
		s.site, s.price, s.loads = append(s.site, m.site[j]), append(s.price, m.price[j]), append(s.loads, m.loads[j])
	}
	s.invert()
}

// dominated returns the sites that another one replaces in every plan: it
// covers all that they do, costs no more and takes no more of any limit. Where
// cover counts more than once both may be wanted, and neither dominates.
func (m *model) dominated() []int32 {
	var all []int32
	out := make([]bool, m.sites())
	mark := make([]int32, len(m.weight))
	for j := range mark {
		mark[j] = -1
	}
	for j := range int32(m.sites()) {
		mine := m.of(j)
		if len(mine) == 0 {
			if m.price[j] >= 0 {
				out[j], all = true, append(all, j)
			}
			continue
		}
		if slices.ContainsFunc(mine, func(i int32) bool { return int(m.base[i]) < m.levels-1 }) {
			continue
		}
		rarest := slices.MinFunc(mine, func(a, b int32) int {
			return cmp.Compare(m.from[a+1]-m.from[a], m.from[b+1]-m.from[b])
		})
		for _, k := range m.covering(rarest) {
			if k != j && !out[k] && m.replaces(k, j) {
				out[j], all = true, append(all, j)
				break
			}
		}
	}
	return all
}

// presolve returns the model without what cannot matter: sites that another
// one dominates, and items that are covered whenever another one is that must be.
func (m *model) presolve() *model {
	m, _ = m.settle(nil, m.dominated())
	for range 3 {
		granted := m.implied()
		if granted == 0 {
			break
		}
		m, _ = m.settle(nil, nil)
		m, _ = m.settle(nil, m.dominated())
	}
	return m
}

// implied finds items whose sites include all sites of an item that a floor
// cannot do without, counts them as covered, and returns how many there are.
func (m *model) implied() int {
	if len(m.floors) == 0 || m.levels != 1 {
		return 0
	}
	must := m.relax(0).must
	var order []int32
	for i := range must {
		if must[i] > 0 {
			order = append(order, int32(i))
		}
	}
	size := func(i int32) int32 { return m.from[i+1] - m.from[i] }
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(size(a), size(b)) })
	shared, granted := make([]int32, len(m.weight)), 0
	for _, i := range order {
		if m.base[i] > 0 {
			continue
		}
		clear(shared)
		for _, j := range m.covering(i) {
			for _, k := range m.of(j) {
				if shared[k]++; k != i && shared[k] == size(i) && m.base[k] == 0 {
					m.grant(k)
					granted++
				}
			}
		}
	}
	return granted
}

// grant counts item k as covered in every plan.
func (m *model) grant(k int32) {
	m.constant += m.merit(k, 1)
	for _, f := range m.class[m.kind[k]] {
		m.floors[f].need -= m.measure(f, k, 1)
	}
	m.base[k] = 1
}

// replaces says whether k does all that j does for no more. Of two that are
// equal the first stays.
func (m *model) replaces(k, j int32) bool {
	theirs, mine := m.of(k), m.of(j)
	if len(theirs) < len(mine) || m.price[k] > m.price[j] {
		return false
	}
	for _, l := range m.loads[k] {
		if !slices.ContainsFunc(m.loads[j], func(o load) bool { return o.limit == l.limit && o.takes >= l.takes }) {
			return false
		}
	}
	n := 0
	for _, i := range mine {
		for n < len(theirs) && theirs[n] < i {
			n++
		}
		if n == len(theirs) || theirs[n] != i {
			return false
		}
	}
	return true
}
