package advice_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/advice"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// hall is a rule with a cut, a trim that depends on the number, and two criteria.
func hall(t *testing.T, heads int) rule.Rule {
	t.Helper()
	r := preset(t, "trim-1-1-mean-2dp")
	j := r.Stages[0].Parts[0].Judged
	half := j.Criteria[0]
	half.Weight = exact.Must("0.5")
	j.Criteria = []rule.Criterion{half, half}
	j.Criteria[1].Key = "form"
	r.Cuts = []rule.Cut{{Key: "top", Stage: r.Stages[0].Key, Heads: &heads, Tie: rule.Admit}}
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	return r
}

// drawn is a contest by chance; with recusals and absences, if there are to be.
func drawn(r *rand.Rand, of *rule.Rule, entries, judges int, gaps bool) (s mark.Set) {
	p := &of.Stages[0].Parts[0]
	for e := range entries {
		for j := range judges {
			m := mark.Mark{Entry: fmt.Sprintf("%05d", e), Part: p.Key, Judge: string(rune('a' + j))}
			if n := r.IntN(12); gaps && n < 2 {
				m.Value = []mark.Value{mark.Absent, mark.Recused}[n]
				s.Marks = append(s.Marks, m)
				continue
			}
			for _, c := range p.Judged.Criteria {
				m.Criterion, m.Value = c.Key, mark.Of(exact.Ratio(700+r.Int64N(120), 100))
				s.Marks = append(s.Marks, m)
			}
		}
	}
	return s
}

// A variation is what [scoring.Score] makes of a rule that says so, or of marks without that judge.
func TestAsScored(t *testing.T) {
	changed, kinds := 0, map[advice.Kind]int{}
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		heads := 1 + r.IntN(4)
		of := hall(t, heads)
		set := drawn(r, &of, 4+r.IntN(10), 2+r.IntN(7), true)
		a := advice.Of(arranged(t, &of, set), nil)
		w := &a.Winners[0]
		for i := range w.Variations {
			v := &w.Variations[i]
			other, marks := hall(t, heads), set
			j := other.Stages[0].Parts[0].Judged
			switch v.Kind {
			case advice.ByMean:
				j.Trim = []rule.Trim{{From: 1}}
			case advice.ByMedian:
				j.Trim, j.Combine = []rule.Trim{{From: 1}}, rule.ByMedian
			case advice.Trimmed:
				j.Trim = []rule.Trim{{From: 1}, {From: 3, Low: 1, High: 1}, {From: 5, Low: 2, High: 2}}
			case advice.Without:
				marks.Marks = slices.DeleteFunc(slices.Clone(set.Marks), func(m mark.Mark) bool { return m.Judge == v.Judge })
			case advice.Adjusted:
				continue
			case advice.Untrimmed:
				t.Fatal("it is the mean of all")
			}
			if v.Why != nil {
				continue
			}
			want := scoring.Score(arranged(t, &other, marks)).Cuts[0].In
			got := slices.DeleteFunc(append(slices.Clone(w.In), v.Comes...), func(e string) bool { return slices.Contains(v.Goes, e) })
			slices.Sort(want)
			slices.Sort(got)
			if !slices.Equal(want, got) || v.Changes != (len(v.Comes)+len(v.Goes) > 0) {
				t.Fatalf("seed %d: %s %s: %v, want %v", seed, v.Kind, v.Judge, got, want)
			}
			kinds[v.Kind]++
			if v.Changes {
				changed++
			}
		}
	}
	if changed < 100 || len(kinds) != 4 {
		t.Errorf("only %d of %v change anything", changed, kinds)
	}
}

// What is clamped stays clamped where only the trim is left out.
func TestUntrimmed(t *testing.T) {
	r := preset(t, "mean-2dp")
	j := r.Stages[0].Parts[0].Judged
	j.Clamp, j.Trim = &rule.Clamp{Around: rule.Median, By: exact.Must("0.5")}, []rule.Trim{{From: 1}, {From: 3, High: 1}}
	a := advice.Of(arranged(t, &r, marks(&r, "01 9.9 8 8", "02 8.1 8.1 8.1", "03 8.3 8.3 8")), nil) // 03 has 8.15 and 8.2
	if got := fmt.Sprint(a.Winners[0].In, changes(find(t, &a.Winners[0], advice.Untrimmed, ""))); got != "[03]false [] [] []" {
		t.Errorf("untrimmed: %s", got)
	}
	if got := changes(find(t, &a.Winners[0], advice.ByMean, "")); got != "true [01] [03] []" {
		t.Errorf("by the mean: %s", got)
	}
}

// A harsh judge is recused from one entry, which wins by it.
func TestSeverityTakenOff(t *testing.T) {
	r := preset(t, "mean-2dp")
	a := advice.Of(arranged(t, &r, marks(&r, "01 8.5 8.5 7.5", "02 8.4 8.4 -", "03 8 8 7")), nil)
	if got := fmt.Sprint(a.Winners[0].In, changes(find(t, &a.Winners[0], advice.Adjusted, ""))); got != "[02]true [01] [02] []" {
		t.Errorf("with severity taken off: %s", got)
	}
}

// Judges who agree but for a constant each are told apart by just that, and without it the places are those of the marks before.
func TestSeverityIsTheConstant(t *testing.T) {
	moved := 0
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 2))
		of := hall(t, 3)
		entries, judges := 4+r.IntN(8), 3+r.IntN(5)
		set := drawn(r, &of, entries, judges, false)
		fair := arranged(t, &of, set)
		shift := exact.Ratio(int64(judges)*(1+r.Int64N(20)), 100) // by so many times the step, the panel's mean is moved by whole steps
		who := string(rune('a' + r.IntN(judges)))
		shifted := set
		shifted.Marks = slices.Clone(set.Marks)
		for i := range shifted.Marks {
			if m := &shifted.Marks[i]; m.Judge == who {
				n, _ := m.Value.Number()
				m.Value = mark.Of(n.Add(shift))
			}
		}
		before, after := advice.Of(fair, nil), advice.Of(arranged(t, &of, shifted), nil)
		for i := range before.Judges {
			gain := after.Judges[i].Severity.Sub(before.Judges[i].Severity.Number)
			want := shift.Over(exact.Of(int64(judges))).Neg()
			if before.Judges[i].Judge == who {
				want = want.Add(shift)
			}
			if gain.Cmp(want) != 0 || after.Judges[i].Spread != before.Judges[i].Spread {
				t.Fatalf("seed %d: judge %s gains %s, want %s", seed, before.Judges[i].Judge, gain, want)
			}
		}
		was, is := adjusted(t, &before), adjusted(t, &after)
		if !slices.Equal(was, is) {
			t.Fatalf("seed %d: adjusted, %v are in, and with %s shifted %v", seed, was, who, is)
		}
		if !slices.Equal(before.Winners[0].In, after.Winners[0].In) {
			moved++
		}
	}
	if moved < 5 {
		t.Errorf("the shift has changed only %d results", moved)
	}
}

// adjusted is who is in with severity taken off.
func adjusted(t *testing.T, a *advice.Advice) []string {
	t.Helper()
	v := find(t, &a.Winners[0], advice.Adjusted, "")
	in := slices.DeleteFunc(append(slices.Clone(a.Winners[0].In), v.Comes...), func(e string) bool { return slices.Contains(v.Goes, e) })
	slices.Sort(in)
	return in
}

// Whatever the order in which marks and entries arrive, the advice is the same to the byte.
func TestOrderOfArrival(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 3))
		of := hall(t, 3)
		set := drawn(r, &of, 8, 6, true)
		heard := []string{"00003", "00001", "00000", "00006"}
		var first string
		for range 3 {
			text, err := json.Marshal(advice.Of(arranged(t, &of, set), heard))
			if err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = string(text)
			}
			if first != string(text) {
				t.Fatalf("seed %d: %s and then %s", seed, first, text)
			}
			r.Shuffle(len(set.Marks), func(i, k int) { set.Marks[i], set.Marks[k] = set.Marks[k], set.Marks[i] })
		}
	}
}

// The table that is looked at is not changed, and is scored as before.
func TestChangesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	of := hall(t, 3)
	table := arranged(t, &of, drawn(r, &of, 9, 7, true))
	before, err := json.Marshal(scoring.Score(table))
	if err != nil {
		t.Fatal(err)
	}
	hash := of.Hash()
	advice.Of(table, nil)
	after, err := json.Marshal(scoring.Score(table))
	if err != nil || string(before) != string(after) || of.Hash() != hash {
		t.Errorf("before %s, after %s, %v", before, after, err)
	}
}
