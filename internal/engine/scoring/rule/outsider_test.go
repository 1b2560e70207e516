package rule_test

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// outsider computes a contest again from docs/scoring.md alone: it shares no code and no type with the program, only JSON and big.Rat.
// It knows no cuts and no grades.
type outsider struct {
	t       *testing.T
	rule    obj
	entries []string // in byte order
	came    map[string]int
	status  map[string]string
	panels  map[string][]string      // by part
	marks   map[[4]string]*rat       // by entry, part, judge, criterion
	away    map[[3]string]bool       // by entry, part, judge
	values  map[[2]string]*rat       // by entry, measure
	kept    map[[2]string][][]string // by part, entry: of each criterion, whose marks were kept
}

type (
	obj = map[string]any
	rat = big.Rat
	one struct {
		n    *rat
		seat string
	}
	waits struct{}
)

func num(v any) *rat {
	n, ok := new(rat).SetString(v.(string))
	if !ok {
		panic("no number: " + v.(string))
	}
	return n
}

func whole(v any) int    { return int(v.(float64)) }
func list(v any) []any   { return v.([]any) }
func of(n int64) *rat    { return new(rat).SetInt64(n) }
func add(a, b *rat) *rat { return new(rat).Add(a, b) }
func mul(a, b *rat) *rat { return new(rat).Mul(a, b) }
func mean(all []one) *rat {
	sum := new(rat)
	for _, x := range all {
		sum.Add(sum, x.n)
	}
	return sum.Quo(sum, of(int64(len(all))))
}

func median(all []one) *rat {
	n := len(all)
	return mean(all[(n-1)/2 : n/2+1])
}

// floor is the largest whole number that is not more.
func floor(n *rat) *big.Int { return new(big.Int).Div(n.Num(), n.Denom()) }

func round(r any, n *rat) *rat {
	if r == nil {
		return n
	}
	scale := new(rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(whole(r.(obj)["places"]))), nil))
	size := mul(new(rat).Abs(n), scale)
	down := floor(size)
	half := new(rat).Sub(size, new(rat).SetInt(down)).Cmp(big.NewRat(1, 2))
	up := false
	switch r.(obj)["mode"] {
	case "half-up":
		up = half >= 0
	case "half-even":
		up = half > 0 || half == 0 && down.Bit(0) == 1
	case "up":
		up = !size.IsInt()
	}
	if up {
		down.Add(down, big.NewInt(1))
	}
	out := new(rat).Quo(new(rat).SetInt(down), scale)
	if n.Sign() < 0 {
		out.Neg(out)
	}
	return out
}

// try is what a function comes to; nil: it waits.
func try(f func() *rat) (n *rat) {
	defer func() {
		if e := recover(); e != nil {
			if _, ok := e.(waits); !ok {
				panic(e)
			}
			n = nil
		}
	}()
	return f()
}

func (o *outsider) stages() []any { return list(o.rule["stages"]) }

func (o *outsider) ran(e string, stage int) bool {
	return o.came[e] > stage || o.came[e] == stage && o.status[e] == ""
}

// sheet is a judge's marks; false: it does not count.
func (o *outsider) sheet(e string, p obj, judge string) ([]*rat, bool) {
	part := p["key"].(string)
	if o.away[[3]string{e, part, judge}] || o.away[[3]string{e, "", judge}] {
		return nil, false
	}
	var all []*rat
	for _, c := range list(p["judged"].(obj)["criteria"]) {
		m := o.marks[[4]string{e, part, judge, c.(obj)["key"].(string)}]
		if m == nil {
			panic(waits{})
		}
		all = append(all, m)
	}
	return all, true
}

func (o *outsider) sum(p obj, marks []*rat) *rat {
	j := p["judged"].(obj)
	sum := new(rat)
	for i, c := range list(j["criteria"]) {
		sum.Add(sum, round(j["column"], mul(num(c.(obj)["weight"]), round(j["mark"], marks[i]))))
	}
	return round(j["sheet"], sum)
}

func (o *outsider) points(all any, e string) *rat {
	sum := new(rat)
	for _, v := range list(all) {
		p := v.(obj)
		n := o.values[[2]string{e, p["measure"].(string)}]
		if n == nil {
			if p["unmeasured"] == "wait" {
				panic(waits{})
			}
			continue
		}
		n = round(p["round"], n)
		got := new(rat)
		switch each, ok := p["each"].(obj); {
		case ok:
			over := new(rat).Sub(n, num(each["over"]))
			if over.Sign() <= 0 {
				break
			}
			over.Quo(over, num(each["step"]))
			steps := new(rat).SetInt(floor(over))
			if each["begun"] == true && !over.IsInt() {
				steps.Add(steps, of(1))
			}
			got = mul(steps, num(each["points"]))
			if most := each["most"]; most != nil && new(rat).Abs(got).Cmp(new(rat).Abs(num(most))) > 0 {
				got = num(most)
			}
		case p["times"] != nil:
			got = mul(n, num(p["times"]))
		default:
			for _, b := range list(p["bands"]) {
				if num(b.(obj)["from"]).Cmp(n) <= 0 {
					got = num(b.(obj)["points"])
				}
			}
		}
		sum.Add(sum, got)
	}
	return sum
}

func trimmed(j obj, all []one) ([]one, bool) {
	var row obj
	for _, t := range list(j["trim"]) {
		if whole(t.(obj)["from"]) <= len(all) {
			row = t.(obj)
		}
	}
	if row == nil {
		return nil, false
	}
	return all[whole(row["low"]) : len(all)-whole(row["high"])], true
}

func ascending(all []one) []one {
	return slices.SortedFunc(slices.Values(all), func(x, y one) int { return cmp.Or(x.n.Cmp(y.n), cmp.Compare(x.seat, y.seat)) })
}

func combine(j obj, all []one) (*rat, []string) {
	all = ascending(all)
	if c, ok := j["clamp"].(obj); ok && len(all) > 0 {
		base := all
		if c["around"] == "trimmed" {
			if kept, ok := trimmed(j, all); ok {
				base = kept
			}
		}
		centre := mean(base)
		if c["around"] == "median" {
			centre = median(base)
		}
		width := num(c["by"])
		if c["share"] == true {
			width = mul(width, centre)
		}
		low, high := new(rat).Sub(centre, width), add(centre, width)
		var now []one
		for _, x := range all {
			edge := x.n
			if x.n.Cmp(low) < 0 {
				edge = low
			} else if x.n.Cmp(high) > 0 {
				edge = high
			}
			if edge == x.n || c["drop"] != true {
				now = append(now, one{edge, x.seat})
			}
		}
		all = ascending(now)
	}
	kept, ok := trimmed(j, all)
	if !ok {
		panic(waits{})
	}
	var who []string
	for _, x := range kept {
		who = append(who, x.seat)
	}
	switch j["combine"] {
	case "median":
		return median(kept), who
	case "sum":
		return mul(mean(kept), of(int64(len(kept)))), who
	}
	return mean(kept), who
}

// places are an entry's places, by judge.
func (o *outsider) places(p obj, stage int, e string) (mine []one) {
	j, part := p["judged"].(obj), p["key"].(string)
	marked := map[string]bool{} // each judge's entries
	for _, seat := range o.panels[part] {
		var all []one // its seat is the entry here
		var who []string
		for _, x := range o.entries {
			if !o.ran(x, stage) {
				continue
			}
			off := o.points(p["deductions"], x)
			if marks, ok := o.sheet(x, p, seat); ok {
				all = append(all, one{add(o.sum(p, marks), off), x})
				who = append(who, x)
			}
		}
		if len(who) > 0 {
			marked[strings.Join(who, "\n")] = true
		}
		for _, x := range all {
			if x.seat != e {
				continue
			}
			better, equal := int64(0), int64(0)
			for _, y := range all {
				switch y.n.Cmp(x.n) {
				case 1:
					better++
				case 0:
					equal++
				}
			}
			place := of(better + 1)
			if j["equal"] == "mean" {
				place = big.NewRat(2*better+1+equal, 2)
			}
			if j["unlike"] == "share" {
				place.Sub(place, big.NewRat(1, 2)).Quo(place, of(int64(len(all))))
			}
			mine = append(mine, one{place, seat})
		}
	}
	if j["unlike"] == "wait" && len(marked) > 1 {
		panic(waits{})
	}
	return mine
}

func (o *outsider) voted(p obj, stage int, e string) *rat {
	v := p["votes"].(obj)
	highest, sum, ahead := new(rat), new(rat), int64(0)
	all := map[string]*rat{}
	for _, x := range o.entries {
		if !o.ran(x, stage) {
			continue
		}
		n := o.values[[2]string{x, v["measure"].(string)}]
		if n == nil {
			panic(waits{})
		}
		all[x] = n
		sum.Add(sum, n)
		if n.Cmp(highest) > 0 {
			highest = n
		}
	}
	mine := all[e]
	for _, n := range all {
		if n.Cmp(mine) > 0 {
			ahead++
		}
	}
	if v["share"] == "" {
		n := new(rat).Sub(num(p["of"]), mul(num(v["step"]), of(ahead)))
		if least := num(v["least"]); n.Cmp(least) < 0 {
			n = least
		}
		return n
	}
	if v["share"] == "highest" {
		sum = highest
	}
	if sum.Sign() == 0 {
		return sum
	}
	return new(rat).Quo(mul(num(p["of"]), mine), sum)
}

// part is an entry's score in a part, with another rounding if need be.
func (o *outsider) part(p obj, stage int, e string, rounding any) *rat {
	if p["carried"] != "" {
		for i, s := range o.stages() {
			if s.(obj)["key"] == p["carried"] {
				return round(rounding, add(o.total(i, e, 0), o.points(p["deductions"], e)))
			}
		}
	}
	if p["votes"] != nil {
		return round(rounding, add(o.voted(p, stage, e), o.points(p["deductions"], e)))
	}
	j, ok := p["judged"].(obj)
	if !ok {
		return round(rounding, add(o.points(p["measured"], e), o.points(p["deductions"], e)))
	}
	part := p["key"].(string)
	if j["combine"] == "places" {
		all := ascending(o.places(p, stage, e))
		slices.Reverse(all)
		kept, ok := trimmed(j, all)
		if !ok {
			panic(waits{})
		}
		var who []string
		for _, x := range kept {
			who = append(who, x.seat)
		}
		o.kept[[2]string{part, e}] = slices.Repeat([][]string{who}, len(list(j["criteria"])))
		return round(rounding, mean(kept))
	}
	sums, columns := []one{}, make([][]one, len(list(j["criteria"])))
	for _, seat := range o.panels[part] {
		if marks, ok := o.sheet(e, p, seat); ok {
			sums = append(sums, one{o.sum(p, marks), seat})
			for c := range columns {
				columns[c] = append(columns[c], one{round(j["mark"], marks[c]), seat})
			}
		}
	}
	if j["combine"] == "sum" && len(sums) != whole(j["seats"]) {
		panic(waits{})
	}
	var panel *rat
	var kept [][]string
	if j["across"] == "sheets" {
		n, who := combine(j, sums)
		panel, kept = n, slices.Repeat([][]string{who}, len(columns))
	} else {
		panel = new(rat)
		for c, column := range columns {
			n, who := combine(j, column)
			panel.Add(panel, mul(num(list(j["criteria"])[c].(obj)["weight"]), round(j["column"], n)))
			kept = append(kept, who)
		}
	}
	o.kept[[2]string{part, e}] = kept
	return round(rounding, add(panel, o.points(p["deductions"], e)))
}
