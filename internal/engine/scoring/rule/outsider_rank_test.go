package rule_test

import (
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// total is an entry's total of a stage; with places, by so many instead of the rule's.
func (o *outsider) total(stage int, e string, places int) *rat {
	finer := func(r any) any {
		if r == nil || places == 0 {
			return r
		}
		return obj{"places": float64(places), "mode": r.(obj)["mode"]}
	}
	if !o.ran(e, stage) {
		panic(waits{})
	}
	s := o.stages()[stage].(obj)
	sum := o.points(s["deductions"], e)
	for _, v := range list(s["parts"]) {
		p := v.(obj)
		sum = add(sum, round(finer(p["weighted"]), mul(num(p["weight"]), o.part(p, stage, e, finer(p["round"])))))
	}
	return round(finer(s["round"]), sum)
}

func (o *outsider) less(stage int) bool {
	j, ok := list(o.stages()[stage].(obj)["parts"])[0].(obj)["judged"].(obj)
	return ok && j["combine"] == "places"
}

func read(t *testing.T, text []byte) (v obj) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// place is a line of a result.
type place struct {
	total string
	place int
	tied  bool
}

func (p place) String() string {
	return p.total + " " + strconv.Itoa(p.place) + " " + strconv.FormatBool(p.tied)
}

// key is what a step of the chain compares; nil: the entry has none.
func (o *outsider) key(stage int, e string, b obj) *rat {
	turn := func(n *rat, less bool) *rat {
		if n != nil && less {
			return new(rat).Neg(n)
		}
		return n
	}
	of := b["of"].(string)
	switch b["by"] {
	case "decimals":
		return turn(try(func() *rat { return o.total(stage, e, whole(b["places"])) }), o.less(stage))
	case "stage":
		for i, s := range o.stages()[:stage] {
			if s.(obj)["key"] == of {
				return turn(try(func() *rat { return o.total(i, e, 0) }), o.less(i))
			}
		}
		return nil
	}
	name, criterion, _ := strings.Cut(of, ".")
	for i, s := range o.stages()[:stage+1] {
		for _, v := range list(s.(obj)["parts"]) {
			p := v.(obj)
			if p["key"] != name {
				continue
			}
			score := try(func() *rat { return o.part(p, i, e, p["round"]) })
			switch {
			case score == nil || b["by"] == "part":
				return turn(score, o.less(i))
			case b["by"] == "most-firsts":
				return o.firsts(p, i, e)
			}
			for c, v := range list(p["judged"].(obj)["criteria"]) {
				if who := o.kept[[2]string{name, e}][c]; v.(obj)["key"] == criterion {
					var all []one
					for _, seat := range who {
						all = append(all, one{n: o.marks[[4]string{e, name, seat, criterion}]})
					}
					return mean(all)
				}
			}
		}
	}
	return nil
}

func (o *outsider) firsts(p obj, stage int, e string) *rat {
	n := new(rat)
	for _, seat := range o.panels[p["key"].(string)] {
		mine, ok := o.sheet(e, p, seat)
		first := ok
		for _, x := range o.entries {
			if other := try(func() *rat {
				if marks, ok := o.sheet(x, p, seat); ok && o.ran(x, stage) {
					return o.sum(p, marks)
				}
				return nil
			}); ok && other != nil && other.Cmp(o.sum(p, mine)) > 0 {
				first = false
			}
		}
		if first {
			n = add(n, new(rat).SetInt64(1))
		}
	}
	return n
}

func (o *outsider) split(stage int, group []string, chain []any) (out [][]string) {
	if len(group) < 2 || len(chain) == 0 {
		return [][]string{group}
	}
	values := map[string]*rat{}
	for _, e := range group {
		if values[e] = o.key(stage, e, chain[0].(obj)); values[e] == nil {
			return o.split(stage, group, chain[1:])
		}
	}
	group = slices.SortedFunc(slices.Values(group), func(x, y string) int { return cmp.Or(values[y].Cmp(values[x]), cmp.Compare(x, y)) })
	for from := 0; from < len(group); {
		to := from + 1
		for to < len(group) && values[group[to]].Cmp(values[group[from]]) == 0 {
			to++
		}
		out, from = append(out, o.split(stage, group[from:to], chain[1:])...), to
	}
	return out
}

// ranked are the groups of a stage that share a place.
func (o *outsider) ranked(stage int) (out [][]string) {
	totals := map[string]*rat{}
	var all []string
	for _, e := range o.entries {
		if n := try(func() *rat { return o.total(stage, e, 0) }); n != nil {
			if totals[e] = n; o.less(stage) {
				totals[e] = new(rat).Neg(n)
			}
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(x, y string) int { return totals[y].Cmp(totals[x]) })
	order := o.rule["order"].(obj)
	tolerance := new(rat)
	if order["tolerance"] != nil {
		tolerance = num(order["tolerance"])
	}
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && new(rat).Sub(totals[all[from]], totals[all[to]]).Cmp(tolerance) <= 0 {
			to++
		}
		across := order["where"] == "all"
		for _, c := range list(o.rule["cuts"]) {
			line := whole(c.(obj)["heads"])
			across = across || c.(obj)["stage"] == o.stages()[stage].(obj)["key"] && from < line && line < to
		}
		group := slices.Sorted(slices.Values(all[from:to]))
		if from = to; across {
			out = append(out, o.split(stage, group, list(order["chain"]))...)
		} else {
			out = append(out, group)
		}
	}
	return out
}

// result has a line for each entry with a total.
func (o *outsider) result() map[string]place {
	lines := map[string]place{}
	before, groups := 0, 0
	for stage := range slices.Backward(o.stages()) {
		for _, group := range o.ranked(stage) {
			group = slices.DeleteFunc(group, func(e string) bool { return o.came[e] != stage })
			if len(group) == 0 {
				continue
			}
			groups++
			at := before + 1
			if o.rule["order"].(obj)["ranking"] == "dense" {
				at = groups
			}
			for _, e := range group {
				lines[e] = place{o.total(stage, e, 0).RatString(), at, len(group) > 1}
			}
			before += len(group)
		}
	}
	return lines
}

// newOutsider takes what the page says a contest is.
func newOutsider(t *testing.T, r *rule.Rule, set mark.Set) *outsider {
	t.Helper()
	canonical, err := r.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	o := &outsider{t: t, rule: read(t, canonical), came: map[string]int{}, status: map[string]string{}, panels: map[string][]string{}, marks: map[[4]string]*rat{}, away: map[[3]string]bool{}, values: map[[2]string]*rat{}, kept: map[[2]string][][]string{}}
	for _, e := range set.Entries {
		o.entries, o.status[e.Key] = append(o.entries, e.Key), string(e.Status)
		for i, s := range o.stages() {
			if s.(obj)["key"] == e.Stage {
				o.came[e.Key] = i
			}
		}
	}
	slices.Sort(o.entries)
	for _, p := range set.Panels {
		o.panels[p.Part] = slices.Sorted(slices.Values(p.Seats))
	}
	for _, m := range set.Marks {
		switch text := m.Value.String(); text {
		case "absent":
			o.away[[3]string{m.Entry, m.Part, m.Judge}] = true
		case "recused":
			o.away[[3]string{m.Entry, "", m.Judge}] = true
		default:
			o.marks[[4]string{m.Entry, m.Part, m.Judge, m.Criterion}] = num(text)
		}
	}
	for _, m := range set.Measures {
		o.values[[2]string{m.Entry, m.Measure}] = num(m.Value.String())
	}
	return o
}

// An outsider who read the page comes to the same totals, places and ties, under rules and marks of all kinds.
func TestAnOutsiderComesToTheSame(t *testing.T) {
	entries, seen := 0, 0
	for seed := uint64(1); seed <= 1000; seed++ {
		m := maker{rand.New(rand.NewPCG(seed, 1))}
		r := m.rule()
		if r.Check() != nil {
			continue
		}
		seen++
		set := m.set(&r)
		table, err := mark.Arrange(&r, set)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		want := newOutsider(t, &r, set).result()
		for _, e := range scoring.Score(table).Entries {
			line, has := want[e.Key]
			if has != (e.Place > 0) {
				t.Errorf("seed %d: %s has a place %v, and the outsider's has %v", seed, e.Key, e.Place > 0, has)
			} else if got := (place{num(e.Total.String()).RatString(), e.Place, e.Tied}); has && got != line {
				t.Errorf("seed %d: %s is %s, and by the outsider %s", seed, e.Key, got, line)
			}
			if has {
				entries++
			}
		}
		if t.Failed() {
			text, _ := json.Marshal(set)
			whole, _ := r.Canonical()
			t.Fatalf("%s\n%s", whole, text)
		}
	}
	if seen < 300 || entries < 500 {
		t.Errorf("only %d rules and %d entries", seen, entries)
	}
}
