package scoring_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

func scored(t *testing.T, r *rule.Rule, s mark.Set) *scoring.Result {
	t.Helper()
	table, err := mark.Arrange(r, s)
	if err != nil {
		t.Fatal(err)
	}
	return scoring.Score(table)
}

// Recusal by recusal, from nine judges to none, a total is what the published row of the trim makes of those who are left.
func TestRecusalByRecusal(t *testing.T) {
	f, ok := rule.Preset("trim-2-2-mean-2dp")
	if !ok {
		t.Fatal("no preset")
	}
	row := f.Rule.Stages[0].Parts[0]
	criterion := row.Judged.Criteria[0].Key
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 3))
		marks := make([]int64, 9)
		for i := range marks {
			marks[i] = 700 + r.Int64N(301)
		}
		for recused := range 10 {
			var s mark.Set
			left := slices.Clone(marks[recused:])
			for j := range 9 {
				m := mark.Mark{Entry: "1", Part: row.Key, Judge: strconv.Itoa(j), Value: mark.Recused}
				if j >= recused {
					m.Criterion, m.Value = criterion, mark.Of(exact.Ratio(marks[j], 100))
				}
				s.Marks = append(s.Marks, m)
			}
			got, _ := scored(t, &f.Rule, s).Of("1")
			slices.Sort(left)
			switch n := len(left); {
			case n >= 9:
				left = left[2 : n-2]
			case n >= 5:
				left = left[1 : n-1]
			case n == 0:
				if got.Has || got.Place != 0 || len(got.Waits) != 1 || got.Waits[0].Why != scoring.WhyFew {
					t.Fatalf("of nobody's marks it is %v", got)
				}
				continue
			}
			sum := int64(0)
			for _, m := range left {
				sum += m
			}
			want := fmt.Sprintf("%d.%02d", (2*sum+int64(len(left)))/(2*int64(len(left)))/100, (2*sum+int64(len(left)))/(2*int64(len(left)))%100)
			if got.Text() != want {
				t.Fatalf("seed %d: of %v it is %s, want %s", seed, marks[recused:], got.Text(), want)
			}
		}
	}
}

// A mark that was dropped as the lowest can be lower still, one dropped as the highest higher, and no total changes. Nor does it
// where seats change their names: who of equals is dropped is all that a name decides.
func TestWhatChangesNothing(t *testing.T) {
	hall := (&script{t: t}).read("hall")
	moved := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 5))
		set := drawn(r, 1+r.IntN(8), 5+r.IntN(5))
		before := scored(t, &hall, set)
		other := set
		other.Marks = slices.Clone(set.Marks)
		names := r.Perm(26)
		for i := range other.Marks {
			m := &other.Marks[i]
			m.Judge = string(rune('a' + names[m.Judge[0]-'a']))
		}
		same(t, seed, before, scored(t, &hall, other))

		other.Marks = slices.Clone(set.Marks)
		for _, e := range before.Entries {
			tr, _ := before.Trace(e.Key)
			if !e.Has {
				continue
			}
			for _, fate := range tr.Stages[0].Parts[0].Columns[0].Scores {
				i := slices.IndexFunc(other.Marks, func(m mark.Mark) bool { return m.Entry == e.Key && m.Judge == fate.Judge })
				switch fate.Is {
				case scoring.IsLow:
					other.Marks[i].Value = mark.Of(exact.Of(0))
					moved++
				case scoring.IsHigh:
					other.Marks[i].Value = mark.Of(exact.Of(10))
					moved++
				}
			}
		}
		same(t, seed, before, scored(t, &hall, other))
	}
	if moved < 1000 {
		t.Errorf("only %d marks were moved", moved)
	}
}

func same(t *testing.T, seed uint64, a, b *scoring.Result) {
	t.Helper()
	for _, x := range a.Entries {
		y, _ := b.Of(x.Key)
		if x.Text() != y.Text() || x.Place != y.Place || x.Tied != y.Tied {
			t.Fatalf("seed %d: %s is %s, place %d, and then %s, place %d", seed, x.Key, x.Text(), x.Place, y.Text(), y.Place)
		}
	}
}

// Places are numbered from the totals alone: 1, 1, 3 or 1, 1, 2.
func TestNumbering(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 9))
		set := drawn(r, 1+r.IntN(12), 3)
		for _, ranking := range []rule.Ranking{rule.Competition, rule.Dense} {
			hall := (&script{t: t}).read("hall")
			hall.Order.Chain, hall.Order.Ranking = nil, ranking
			result := scored(t, &hall, set)
			for _, e := range result.Entries {
				better, totals := 0, map[string]bool{}
				for _, o := range result.Entries {
					if e.Has && o.Has && e.Total.Less(o.Total) {
						better++
						totals[o.Text()] = true
					}
				}
				want := 1 + better
				if ranking == rule.Dense {
					want = 1 + len(totals)
				}
				if e.Has && e.Place != want || !e.Has && e.Place != 0 {
					t.Fatalf("seed %d: %s has place %d of %s, want %d", seed, e.Key, e.Place, ranking, want)
				}
			}
		}
	}
}

// A mean or a median, trimmed and clamped as it may be, lies between the lowest and the highest sheet.
func TestTotalsLieWithinTheMarks(t *testing.T) {
	for seed := range uint64(200) {
		d := &drawing{rand.New(rand.NewPCG(seed, 11))}
		r := d.rule(5)
		r.Stages = r.Stages[:1]
		p := r.Stages[0].Parts[0]
		p.Judged, p.Votes, p.Measured, p.Carried, p.Deductions, p.Round, p.Weighted, p.Weight = d.judged(5), nil, nil, "", nil, nil, nil, exact.Of(1)
		p.Judged.Combine, p.Judged.Across, p.Judged.Column, p.Judged.Sheet, p.Judged.Mark, p.Judged.Seats = pick(d, rule.ByMean, rule.ByMedian), rule.Sheets, nil, nil, nil, 0
		r.Stages[0].Parts, r.Stages[0].Deductions, r.Stages[0].Round = []rule.Part{p}, nil, nil
		r.Order.Chain, r.Cuts, r.Quotas = nil, nil, nil
		set := d.set(r, 5)
		o := oracle{r, set}
		for _, e := range scored(t, r, set).Entries {
			var least, most *big.Rat
			for _, s := range o.sheets(&p, e.Key) {
				if s.gone || !s.whole(&p) {
					continue
				}
				n := oracleSum(&p, s)
				if least == nil || less(n, least) {
					least = n
				}
				if most == nil || less(most, n) {
					most = n
				}
			}
			if e.Has && (less(rat(e.Total), least) || less(most, rat(e.Total))) {
				t.Fatalf("seed %d: %s is %s, and the marks are between %s and %s", seed, e.Key, e.Total, least, most)
			}
		}
	}
}

// Of the stars of stations a value that is missing lifts none, a value that comes in keeps within what was said before it, and who holds
// a star holds those below.
func TestAMissingValueLiftsNoStar(t *testing.T) {
	f, ok := rule.Preset("stars-5")
	if !ok {
		t.Fatal("no preset")
	}
	kinds := f.Rule.Measures()
	star := func(key string) int { n, _ := strconv.Atoi(key); return n }
	grade := func(values map[string]int64) *scoring.Graded {
		s := mark.Set{Entries: []mark.Entry{{Key: "1"}}}
		for key, n := range values {
			s.Measures = append(s.Measures, mark.Measured{Entry: "1", Measure: key, Value: exact.Of(n)})
		}
		e, _ := scored(t, &f.Rule, s).Of("1")
		return e.Grade
	}
	given := map[int]bool{}
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 7))
		all := map[string]int64{}
		for key, kind := range kinds {
			switch {
			case kind == rule.YesNo:
				all[key] = min(1, r.Int64N(12))
			case key == "looked" || key == "shut-days" || key == "late-complaints" || key == "faults":
				all[key] = max(0, r.Int64N(24)-20)
			default:
				all[key] = []int64{1, 4, 6, 56, 60}[r.Int64N(5)] + r.Int64N(30)
			}
		}
		whole := grade(all)
		if !whole.Known || len(whole.Missing) != 0 {
			t.Fatalf("with everything it is %+v", whole)
		}
		given[star(whole.Grade)] = true
		some := map[string]int64{}
		for key, n := range all {
			if r.Int64N(3) > 0 {
				some[key] = n
			}
		}
		less := grade(some)
		if star(less.AtLeast) > star(whole.Grade) || star(less.AtMost) < star(whole.Grade) {
			t.Fatalf("of %v it is %+v, of %v %+v", all, whole, some, less)
		}
		for i, g := range f.Rule.Grades[:len(f.Rule.Grades)-1] {
			for _, lower := range f.Rule.Grades[i+1].Floors {
				at := slices.IndexFunc(g.Floors, func(f rule.Floor) bool { return f.Measure == lower.Measure })
				if at < 0 || lower.From != nil && g.Floors[at].From.Less(*lower.From) || lower.To != nil && lower.To.Less(*g.Floors[at].To) {
					t.Fatalf("%s stars ask for less than %s in %s", g.Key, f.Rule.Grades[i+1].Key, lower.Measure)
				}
			}
		}
	}
	if len(given) < 4 {
		t.Errorf("only %v stars were drawn", given)
	}
}
