package scoring_test

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

func (o *oracle) lessIsBetter(stage int) bool {
	p := &o.r.Stages[stage].Parts[0]
	return p.Judged != nil && p.Judged.Combine == rule.ByPlaces
}

// key is what a step of the chain compares, more being better; nil: nothing.
func (o *oracle) key(by rule.TieBreak, stage int, key string) *big.Rat {
	part := func() *rule.Part {
		for i := range o.r.Stages {
			for k := range o.r.Stages[i].Parts {
				if p := &o.r.Stages[i].Parts[k]; p.Key == by.Of || by.By == rule.ByCriterion && len(by.Of) > len(p.Key) && by.Of[:len(p.Key)+1] == p.Key+"." {
					return p
				}
			}
		}
		panic(by.Of)
	}
	sign := func(n *big.Rat, down bool) *big.Rat {
		if n != nil && down {
			return negative(n)
		}
		return n
	}
	switch by.By {
	case rule.ByStage:
		if at := o.stageAt(by.Of); at < stage {
			return sign(o.total(at, key), o.lessIsBetter(at))
		}
		return nil
	case rule.ByDecimals:
		return sign(o.totalTo(stage, key, func(r *rule.Rounding) *rule.Rounding {
			if r == nil {
				return nil
			}
			return &rule.Rounding{Places: by.Places, Mode: r.Mode}
		}), o.lessIsBetter(stage))
	case rule.ByVote, rule.ByLots:
		return nil
	case rule.ByPart, rule.ByMostFirsts, rule.ByCriterion:
	}
	p := part()
	of := o.stageOf(p.Key)
	if of > stage || !o.ran(key, of) {
		return nil
	}
	score := o.part(p, of, key, p.Round)
	if score == nil {
		return nil
	}
	places := p.Judged != nil && p.Judged.Combine == rule.ByPlaces
	switch by.By {
	case rule.ByPart:
		return sign(score, places)
	case rule.ByMostFirsts:
		n := 0
		for _, s := range o.sheets(p, key) {
			if !s.gone && o.first(p, of, s) {
				n++
			}
		}
		return ratOf(n)
	case rule.ByCriterion, rule.ByStage, rule.ByDecimals, rule.ByVote, rule.ByLots:
	}
	criterion := by.Of[len(p.Key)+1:]
	_, kept := o.judged(p, key)
	if places {
		_, kept = o.placed(p, of, key)
	}
	whose := kept[""]
	if p.Judged.Across == rule.Columns {
		whose = kept[criterion]
	}
	var marks []value
	for _, s := range o.sheets(p, key) {
		if slices.ContainsFunc(whose, func(v value) bool { return v.judge == s.judge }) {
			marks = append(marks, value{s.marks[criterion], s.judge})
		}
	}
	if len(marks) == 0 {
		return nil
	}
	return mean(marks)
}

func (o *oracle) first(p *rule.Part, stage int, mine oracleSheet) bool {
	for _, other := range o.everyKey() {
		if !o.ran(other, stage) {
			continue
		}
		for _, s := range o.sheets(p, other) {
			if s.judge == mine.judge && !s.gone && s.whole(p) && less(oracleSum(p, mine), oracleSum(p, s)) {
				return false
			}
		}
	}
	return true
}

// groups are the entries of a stage that share a place, the best first.
func (o *oracle) groups(stage int) (out [][]string) {
	type ranked struct {
		key string
		n   *big.Rat
	}
	var all []ranked
	for _, key := range o.everyKey() {
		if n := o.total(stage, key); n != nil {
			if o.lessIsBetter(stage) {
				n = negative(n)
			}
			all = append(all, ranked{key, n})
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return b.n.Cmp(a.n) })
	var tied [][]string
	var head *big.Rat
	for _, one := range all {
		apart := ratOf(0)
		if o.r.Order.Tolerance != nil {
			apart = rat(*o.r.Order.Tolerance)
		}
		if head == nil || less(apart, minus(head, one.n)) {
			head, tied = one.n, append(tied, nil)
		}
		tied[len(tied)-1] = append(tied[len(tied)-1], one.key)
	}
	before := 0
	for _, g := range tied {
		slices.Sort(g) // who shares a place is listed by key
		split := o.r.Order.Where == rule.Everywhere
		for _, c := range o.r.Cuts {
			line := o.heads(c, len(all))
			split = split || c.Stage == o.r.Stages[stage].Key && before < line && line < before+len(g)
		}
		if split {
			out = append(out, o.broken(stage, g, o.r.Order.Chain)...)
		} else {
			out = append(out, g)
		}
		before += len(g)
	}
	return out
}

func (o *oracle) broken(stage int, group []string, chain []rule.TieBreak) [][]string {
	if len(group) < 2 || len(chain) == 0 {
		return [][]string{group}
	}
	if chain[0].By == rule.ByLots || chain[0].By == rule.ByVote {
		for _, d := range o.s.Decisions {
			if d.By == chain[0].By && slices.Equal(slices.Sorted(slices.Values(d.Among)), slices.Sorted(slices.Values(group))) {
				var out [][]string
				for _, key := range d.Entries {
					out = append(out, []string{key})
				}
				return out
			}
		}
		return [][]string{group}
	}
	by := map[string]*big.Rat{}
	for _, key := range group {
		if by[key] = o.key(chain[0], stage, key); by[key] == nil {
			return o.broken(stage, group, chain[1:])
		}
	}
	sorted := slices.SortedStableFunc(slices.Values(group), func(a, b string) int { return cmp.Or(by[b].Cmp(by[a]), cmp.Compare(a, b)) })
	var out [][]string
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && by[sorted[n]].Cmp(by[sorted[0]]) == 0 {
			n++
		}
		out = append(out, o.broken(stage, sorted[:n:n], chain[1:])...)
		sorted = sorted[n:]
	}
	return out
}

func (o *oracle) heads(c rule.Cut, n int) int {
	if c.Heads != nil {
		return *c.Heads
	}
	share := times(rat(*c.Share), ratOf(n))
	return int(new(big.Int).Quo(share.Num(), share.Denom()).Int64())
}

// places are those of all entries; who shares one comes by key.
func (o *oracle) places() (place map[string]int, tied map[string]bool) {
	place, tied = map[string]int{}, map[string]bool{}
	before, groups := 0, 0
	for stage := range slices.Backward(o.r.Stages) {
		for _, g := range o.groups(stage) {
			g = slices.DeleteFunc(slices.Clone(g), func(key string) bool { return o.entry(key).Stage != o.r.Stages[stage].Key })
			if len(g) == 0 {
				continue
			}
			groups++
			for _, key := range g {
				place[key], tied[key] = before+1, len(g) > 1
				if o.r.Order.Ranking == rule.Dense {
					place[key] = groups
				}
			}
			before += len(g)
		}
	}
	return place, tied
}

func text(n *big.Rat) string {
	if places, ends := n.FloatPrec(); ends {
		return n.FloatString(places)
	}
	return n.RatString()
}

// within tells whether some more entries keep every quota of a cut that they count in.
func (o *oracle) within(c rule.Cut, in []string, more ...string) bool {
	for _, q := range o.r.Quotas {
		if q.Cut != c.Key {
			continue
		}
		n := map[string]int{}
		for _, key := range more {
			for _, g := range o.entry(key).Groups[q.Of] {
				n[g]++
			}
		}
		for _, key := range in {
			for _, g := range o.entry(key).Groups[q.Of] {
				if n[g] > 0 {
					n[g]++
				}
			}
		}
		for g, used := range n {
			most := q.Most
			for _, l := range q.Each {
				if l.Group == g {
					most = l.Most
				}
			}
			if used > most {
				return false
			}
		}
	}
	return true
}

// cut goes down the groups of a stage.
func (o *oracle) cut(c rule.Cut) (in, passed, line []string, open bool) {
	stage := o.stageAt(c.Stage)
	groups := o.groups(stage)
	n := 0
	for _, g := range groups {
		n += len(g)
	}
	heads := o.heads(c, n)
	for _, g := range groups {
		g = slices.DeleteFunc(slices.Clone(g), func(key string) bool { return c.Least != nil && less(o.total(stage, key), rat(*c.Least)) })
		if len(in) >= heads || len(g) == 0 {
			return in, passed, line, false
		}
		var may []string
		for _, key := range g {
			if o.within(c, in, key) {
				may = append(may, key)
			} else {
				passed = append(passed, key)
			}
		}
		fits := len(in)+len(may) <= heads
		if fits && o.within(c, in, may...) {
			in = append(in, may...)
			continue
		}
		names := slices.Sorted(slices.Values(may))
		line = append(line, names...)
		switch c.Tie {
		case rule.Admit:
			in = append(in, may...)
		case rule.Decide:
			open = true
			for _, d := range o.s.Decisions {
				chosen := slices.DeleteFunc(slices.Clone(may), func(key string) bool { return !slices.Contains(d.Entries, key) })
				if d.Cut == c.Key && slices.Equal(slices.Sorted(slices.Values(d.Among)), names) && len(in)+len(chosen) <= heads && len(chosen) == len(d.Entries) && o.within(c, in, chosen...) {
					in, open = append(in, chosen...), false
					break
				}
			}
		case rule.KeepOut:
		}
		if open || !fits {
			return in, passed, line, open
		}
	}
	return in, passed, line, false
}

// bestSet tries every set of entries that a cut could take, where no tie is at its line, and returns the best: the one with the best
// entry of all, of these with the next best, and so on.
func (o *oracle) bestSet(c rule.Cut) (best []string) {
	stage := o.stageAt(c.Stage)
	groups := o.groups(stage)
	var order []string
	for _, g := range groups {
		order = append(order, g...)
	}
	heads := o.heads(c, len(order))
	top := -1
	for set := range 1 << len(order) {
		var keys []string
		worth := 0
		for i, key := range order {
			if set&(1<<i) != 0 {
				keys = append(keys, key)
				worth |= 1 << (len(order) - i)
			}
		}
		low := slices.ContainsFunc(keys, func(key string) bool { return c.Least != nil && less(o.total(stage, key), rat(*c.Least)) })
		if len(keys) <= heads && !low && worth > top && o.within(c, nil, keys...) {
			best, top = keys, worth
		}
	}
	return best
}
