package siting

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// totals are sums over all demand that no plan changes.
type totals struct {
	before, total, coverable int64
	cost                     int64 // of the fixed sites
}

// levelsOf is how many covers of a cell can matter.
func levelsOf(p *Problem, q *Question) int {
	n := max(1, len(q.Worth))
	for _, a := range p.Areas {
		n = max(n, a.Times)
	}
	return n
}

// cumulate returns what the first n covers are worth together, up to levels.
func cumulate(worth []int64, levels int) []int64 {
	if len(worth) == 0 {
		worth = []int64{1}
	}
	all := make([]int64, levels+1)
	for n := range levels {
		all[n+1] = all[n]
		if n < len(worth) {
			all[n+1] += worth[n]
		}
	}
	return all
}

// builder makes a model of a problem.
type builder struct {
	*model
	p       *Problem
	q       *Question
	keys    [][2]uint64
	floorA  []floorSums
	classOf []int32   // of each cell
	into    [][]int32 // the item of each period and cell
	seen    map[alike]int32
	totals  totals
	count   []int64 // cumulated worth, whatever the objective
}

// floorSums are what the items of a floor measure before, and with everything open.
type floorSums struct{ before, most, total int64 }

// build returns p as a model, with no site left out yet but forbidden ones.
func build(p *Problem, q *Question) (*model, totals, error) {
	levels := levelsOf(p, q)
	b := &builder{model: &model{levels: levels}, p: p, q: q, count: cumulate(q.Worth, levels)}
	b.worth = b.count
	if q.Kind != MostCovered {
		b.worth, b.withoutMerits = make([]int64, levels+1), true
	}
	b.classes()
	b.demand()
	if err := b.raise(); err != nil {
		return nil, b.totals, err
	}
	b.candidates()
	return b.model, b.totals, b.restrict()
}

// classes finds the floors and the sets of them that cells have in common.
func (b *builder) classes() {
	if b.q.Kind != MostCovered {
		b.floors = append(b.floors, floor{counts: b.count, area: -1})
	}
	cells := len(b.p.Weights[0])
	member := make([][]int32, cells)
	for a, area := range b.p.Areas {
		counts := make([]int64, b.levels+1)
		for n := max(1, area.Times); n <= b.levels; n++ {
			counts[n] = 1
		}
		for _, i := range area.Cells {
			if f := int32(len(b.floors)); !slices.Contains(member[i], f) { // a cell listed twice counts once
				member[i] = append(member[i], f)
			}
		}
		b.floors = append(b.floors, floor{counts: counts, area: int32(a)})
	}
	b.floorA = make([]floorSums, len(b.floors))
	known := map[string]int32{}
	b.classOf = make([]int32, cells)
	for i := range b.classOf {
		var key []byte
		for _, f := range member[i] {
			key = binary.LittleEndian.AppendUint32(key, uint32(f))
		}
		c, ok := known[string(key)]
		if !ok {
			c = int32(len(b.class))
			known[string(key)] = c
			var floors []int32
			if b.q.Kind != MostCovered {
				floors = append(floors, 0)
			}
			b.class = append(b.class, append(floors, member[i]...))
		}
		b.classOf[i] = c
	}
}

// demand makes the items, period by period, and sums what no plan changes.
func (b *builder) demand() {
	cells := len(b.p.Weights[0])
	b.keys, b.seen = siteKeys(len(b.p.Sites)), map[alike]int32{}
	b.into = make([][]int32, len(b.p.Weights))
	sums, covers := make([][2]uint64, cells), make([]int32, cells)
	base := make([]uint8, cells)
	for t, weights := range b.p.Weights {
		clear(sums)
		clear(covers)
		clear(base)
		if b.p.Base != nil {
			copy(base, b.p.Base[t])
		}
		for i := range base {
			base[i] = min(base[i], uint8(b.levels))
			b.totals.before += int64(weights[i]) * b.count[base[i]]
			b.totals.total += int64(weights[i]) * b.count[b.levels]
		}
		for j := range b.p.Sites {
			b.meet(t, j, base, sums, covers)
		}
		b.into[t] = make([]int32, cells)
		for i, w := range weights {
			b.into[t][i] = b.item(i, int64(w), base[i], sums[i], int(covers[i]))
		}
	}
}

// meet counts site j into the cells that it covers in period t.
func (b *builder) meet(t, j int, base []uint8, sums [][2]uint64, covers []int32) {
	s := &b.p.Sites[j]
	if s.Choice == Forbidden || !s.opens(t) {
		return
	}
	for _, i := range s.Cells {
		if s.Choice == Fixed {
			base[i] = min(base[i]+1, uint8(b.levels))
			continue
		}
		sums[i][0] += b.keys[j][0]
		sums[i][1] += b.keys[j][1]
		covers[i]++
	}
}

func (s *Site) opens(t int) bool {
	if s.Periods == nil {
		return true
	}
	_, ok := slices.BinarySearch(s.Periods, int32(t))
	return ok
}

// item adds the demand of a cell in a period to the item it belongs to.
func (b *builder) item(cell int, weight int64, base uint8, sums [2]uint64, covers int) int32 {
	kind := b.classOf[cell]
	all := min(int(base)+covers, b.levels)
	b.constant += weight * b.worth[base]
	b.totals.coverable += weight * b.count[all]
	for _, f := range b.class[kind] {
		counts := b.floors[f].counts
		b.floorA[f].before += weight * counts[base]
		b.floorA[f].most += weight * counts[all]
		b.floorA[f].total += weight * counts[b.levels]
	}
	if weight == 0 || covers == 0 || int(base) >= b.levels {
		return -1
	}
	key := alike{sums, base, kind}
	k, ok := b.seen[key]
	if !ok {
		k = int32(len(b.weight))
		b.seen[key] = k
		b.weight, b.base, b.kind = append(b.weight, 0), append(b.base, base), append(b.kind, kind)
	}
	b.weight[k] += weight
	return k
}

// raise sets what each floor still needs.
func (b *builder) raise() error {
	for f := range b.floors {
		fl, sums := &b.floors[f], b.floorA[f]
		share, whole := b.q.Target, sums.total
		if fl.area >= 0 {
			share = b.p.Areas[fl.area].Floor
		} else if b.q.OfCoverable {
			whole = sums.most
		}
		need := share.of(whole)
		if need > sums.most {
			return b.unreachable(fl, share, sums)
		}
		fl.need, fl.whole = need-sums.before, sums.total
	}
	return nil
}

// of returns the share of a whole, rounded up.
func (s Share) of(whole int64) int64 {
	hi, lo := bits.Mul64(uint64(whole), uint64(s))
	lo, carry := bits.Add64(lo, uint64(Whole-1), 0)
	n, _ := bits.Div64(hi+carry, lo, uint64(Whole))
	return int64(n)
}

// candidates gives the model the sites that are free to choose.
func (b *builder) candidates() {
	b.first = append(b.first, 0)
	last := make([]int32, len(b.weight))
	for i := range last {
		last[i] = -1
	}
	for j := range b.p.Sites {
		s := &b.p.Sites[j]
		price := int64(0)
		switch b.q.Kind {
		case MostCovered:
		case FewestSites:
			price = 1
		case LeastCost:
			price = s.Cost
		}
		if s.Choice == Fixed {
			b.opened = append(b.opened, int32(j))
			b.totals.cost += s.Cost
			b.constant -= price
		}
		if s.Choice != Free {
			continue
		}
		start := len(b.items)
		for t := range b.into {
			if !s.opens(t) {
				continue
			}
			for _, i := range s.Cells {
				if k := b.into[t][i]; k >= 0 && last[k] != int32(j) {
					last[k] = int32(j)
					b.items = append(b.items, k)
				}
			}
		}
		slices.Sort(b.items[start:])
		b.first = append(b.first, int32(len(b.items)))
		b.site, b.price = append(b.site, int32(j)), append(b.price, price)
	}
	b.invert()
}

// restrict makes the limits, less what the fixed sites take.
func (b *builder) restrict() error {
	b.loads = make([][]load, len(b.site))
	at := make([]int32, len(b.p.Sites)) // a free site's number here, from 1
	for n, j := range b.site {
		at[j] = int32(n) + 1
	}
	counted := make([]int32, len(b.p.Sites)) // the group, from 1, that last named a site
	b.most = len(b.site)
	if b.q.Sites != nil {
		b.most = min(b.most, *b.q.Sites-len(b.opened))
	}
	if b.q.Budget != nil {
		if b.totals.cost > *b.q.Budget {
			return overBudget(b.totals.cost, *b.q.Budget)
		}
		b.limits = append(b.limits, limit{left: *b.q.Budget - b.totals.cost, group: -1})
		for n, j := range b.site {
			if c := b.p.Sites[j].Cost; c > 0 {
				b.loads[n] = append(b.loads[n], load{0, c})
			}
		}
	}
	for g, group := range b.p.Groups {
		l := limit{left: int64(group.Limit), group: int32(g)}
		for _, j := range group.Sites {
			if counted[j] == int32(g)+1 {
				continue // listed twice, it counts once
			}
			counted[j] = int32(g) + 1
			switch {
			case b.p.Sites[j].Choice == Fixed:
				l.left--
			case at[j] > 0:
				b.loads[at[j]-1] = append(b.loads[at[j]-1], load{int32(len(b.limits)), 1})
			}
		}
		if l.left < 0 {
			return overLimit(group)
		}
		b.limits = append(b.limits, l)
	}
	return nil
}
