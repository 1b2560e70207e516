package advice_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/advice"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/lang"
)

// preset is a rule of its own, to be changed.
func preset(t *testing.T, key string) rule.Rule {
	t.Helper()
	f, ok := rule.Preset(key)
	if !ok {
		t.Fatal("no preset", key)
	}
	return f.Rule.Whole()
}

// marks are of one part and criterion, an entry a line: its key, then the marks of a, b, c …; - is recused.
func marks(r *rule.Rule, lines ...string) (s mark.Set) {
	p := &r.Stages[0].Parts[0]
	for _, line := range lines {
		words := strings.Fields(line)
		for j, w := range words[1:] {
			m := mark.Mark{Entry: words[0], Part: p.Key, Judge: string(rune('a' + j)), Value: mark.Recused}
			if w != "-" {
				m.Criterion, m.Value = p.Judged.Criteria[0].Key, mark.Of(exact.Must(w))
			}
			s.Marks = append(s.Marks, m)
		}
	}
	return s
}

func arranged(t *testing.T, r *rule.Rule, s mark.Set) *mark.Table {
	t.Helper()
	table, err := mark.Arrange(r, s)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func find(t *testing.T, w *advice.Winners, kind advice.Kind, judge string) *advice.Variation {
	t.Helper()
	i := slices.IndexFunc(w.Variations, func(v advice.Variation) bool { return v.Kind == kind && v.Judge == judge })
	if i < 0 {
		t.Fatalf("there is no variation %s %s", kind, judge)
	}
	return &w.Variations[i]
}

func changes(v *advice.Variation) string {
	return fmt.Sprint(v.Changes, v.Comes, v.Goes, v.Open)
}

// One judge lifts an entry to the first place.
func TestOneJudge(t *testing.T) {
	r := preset(t, "mean-2dp")
	table := arranged(t, &r, marks(&r, "01 10 8.0 8.0", "02 8.5 8.6 8.6", "03 6 7 7"))
	a := advice.Of(table, nil)
	w := &a.Winners[0]
	if w.Cut != "" || fmt.Sprint(w.In) != "[01]" || w.Apart.String() != "0.1" || len(w.Near) != 0 { // 8.67 and 8.57
		t.Errorf("the first place is %+v", w)
	}
	if got := changes(find(t, w, advice.Without, "a")); got != "true [02] [01] []" {
		t.Errorf("without a: %s", got)
	}
	if got := find(t, w, advice.Without, "a").Apart.String(); got != "0.6" {
		t.Errorf("without a they are %s apart", got)
	}
	for _, judge := range []string{"b", "c"} {
		if got := changes(find(t, w, advice.Without, judge)); got != "false [] [] []" {
			t.Errorf("without %s: %s", judge, got)
		}
	}
	if got := changes(find(t, w, advice.ByMedian, "")); got != "true [02] [01] []" {
		t.Errorf("by the median: %s", got)
	}
	if slices.ContainsFunc(w.Variations, func(v advice.Variation) bool { return v.Kind == advice.ByMean || v.Kind == advice.Untrimmed }) {
		t.Error("the rule itself is among its variations")
	}
	if v := find(t, w, advice.Trimmed, ""); v.Why != nil || changes(v) != "true [02] [01] []" { // one of three is left
		t.Errorf("trimmed: %+v", v)
	}
	var zh, en []string
	for _, l := range a.Lines(map[string]lang.Text{"show": {ZH: "展示", EN: "Show"}}) {
		zh, en = append(zh, l.ZH), append(en, l.EN)
	}
	for _, want := range []string{"它不改变结果", "第一名：01", "会变——去掉评委 a：02 进，01 出；相差 0.6。", "不变：除去评委的松紧、去掉评委 b、去掉评委 c。", "评委 a（"} {
		if !strings.Contains(strings.Join(zh, "\n"), want) {
			t.Errorf("there is no %q in\n%s", want, strings.Join(zh, "\n"))
		}
	}
	for _, want := range []string{"It changes no result", "Would change without judge a: 02 in, 01 out; 0.6 apart."} {
		if !strings.Contains(strings.Join(en, "\n"), want) {
			t.Errorf("there is no %q in\n%s", want, strings.Join(en, "\n"))
		}
	}
	if strings.ContainsAny(strings.Join(en, ""), "，。评") {
		t.Errorf("the English is\n%s", strings.Join(en, "\n"))
	}
}

// A result that hangs on nothing.
func TestFirm(t *testing.T) {
	r := preset(t, "trim-1-1-mean-2dp")
	a := advice.Of(arranged(t, &r, marks(&r, "01 9 9.1 9.2 9.3 9.4", "02 8 8.1 8.2 8.3 8.4", "03 7 7.1 7.2 7.3 7.4")), nil)
	w := &a.Winners[0]
	if len(w.Variations) != 4+5 { // the mean of all and nothing dropped are one
		t.Errorf("there are %d variations", len(w.Variations))
	}
	for i := range w.Variations {
		if v := &w.Variations[i]; v.Changes || v.Why != nil || v.Apart.String() != "1" {
			t.Errorf("%s %s: %+v", v.Kind, v.Judge, v)
		}
	}
	if len(a.Others) != 0 || a.Provisional {
		t.Errorf("it is %+v", a)
	}
}

// Severity, spread and drift against numbers worked out by hand.
func TestJudges(t *testing.T) {
	r := preset(t, "mean-2dp")
	table := arranged(t, &r, marks(&r, "01 9 8 7", "02 9 7 5", "03 8 8 -", "04 - - 6"))
	a := advice.Of(table, []string{"03", "01", "02", "99"})
	// Away from the means 8, 7 and 8: a is 1, 2, 0; b is 0, 0, 0; c is −1, −2. Entry 04 has one sheet, and compares nobody.
	for _, want := range []string{"a 3 1 2/9 0.47 1", "b 3 0 2/9 0.47 0", "c 3 -1.5 2/3 0.82 <nil>"} {
		i := slices.IndexFunc(a.Judges, func(j advice.Judge) bool { return j.Judge == want[:1] })
		j := a.Judges[i]
		drift := "<nil>"
		if j.Drift != nil {
			drift = j.Drift.String()
		}
		if got := fmt.Sprint(j.Judge, " ", j.Sheets, " ", j.Severity, " ", j.Variance, " ", j.Spread, " ", drift); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := a.Panels[0].Drift.String(); got != "-0.5" { // 8, 8, 7
		t.Errorf("the panel drifts by %s", got)
	}
	if a := advice.Of(table, nil); a.Panels[0].Drift != nil || a.Judges[0].Drift != nil {
		t.Error("there is a drift without an order")
	}
}

// Of five judges one is recused, and the rule drops none of four.
func TestOtherRow(t *testing.T) {
	r := preset(t, "trim-1-1-mean-2dp")
	table := arranged(t, &r, marks(&r, "01 9.10 9.31 9.50 8.00 9.24", "02 9.10 9.31 9.50 - 9.24", "03 - - - - 9", "04 - - - - -"))
	text, err := json.Marshal(advice.Of(table, nil).Others)
	want := `[{"entry":"02","part":"show","n":4,"full":5,"low":0,"high":0,"total":"9.29","row":{"low":1,"high":1,"total":"9.28"}},` +
		`{"entry":"03","part":"show","n":1,"full":5,"low":0,"high":0,"total":"9","row":{"low":1,"high":1,"total":null}},` +
		`{"entry":"04","part":"show","n":0,"full":5,"low":0,"high":0,"total":null,"row":{"low":1,"high":1,"total":null}}]`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v, want\n%s", text, err, want)
	}
}

// A cut whose line lies between totals a step apart, or within a tie.
func TestAtTheLine(t *testing.T) {
	heads := 2
	r := preset(t, "mean-2dp")
	r.Order.Chain = nil
	r.Cuts = []rule.Cut{{Key: "top", Stage: r.Stages[0].Key, Heads: &heads, Tie: rule.Decide}}
	w := advice.Of(arranged(t, &r, marks(&r, "01 9.5 9.5", "02 9.01 9.01", "03 9 9", "04 8.99 8.99", "05 9 9")), nil).Winners[0]
	if fmt.Sprint(w.In, w.AtLine, w.Near, w.Step, w.Apart) != "[01 02] [] [02 03 05] 0.01 0.01" {
		t.Errorf("it is %+v", w)
	}
	w = advice.Of(arranged(t, &r, marks(&r, "01 9.5 9.5", "02 9 9", "03 9.2 8.8", "04 8 8")), nil).Winners[0]
	if fmt.Sprint(w.In, w.AtLine, w.Open) != "[01] [02 03] true" {
		t.Errorf("it is %+v", w)
	}
	if got := changes(find(t, &w, advice.Without, "b")); got != "true [03] [] []" { // one of the two, which is nobody's going
		t.Errorf("without b: %s", got)
	}
}

// What cannot be varied says why: sums, marks in place of places, a panel that would be too small, a stage without judges.
func TestCannot(t *testing.T) {
	r := preset(t, "sum-100")
	line := " 9 9 9 9 9 9 9 9 9 9"
	w := advice.Of(arranged(t, &r, marks(&r, "01"+line, "02"+line)), nil).Winners[0]
	for i := range w.Variations {
		if v := &w.Variations[i]; (v.Why == nil) != (v.Kind == advice.Adjusted) || v.Changes {
			t.Errorf("of a sum %s %s is %+v", v.Kind, v.Judge, v)
		}
	}
	r = preset(t, "places")
	w = advice.Of(arranged(t, &r, marks(&r, "01 9 8 7", "02 7 9 8", "03 6 6 6")), nil).Winners[0]
	for _, kind := range []advice.Kind{advice.ByMean, advice.ByMedian, advice.Adjusted} {
		if v := find(t, &w, kind, ""); v.Why == nil {
			t.Errorf("of places %s is %+v", kind, v)
		}
	}
	if v := find(t, &w, advice.Without, "a"); v.Why != nil { // 9 beside 8, 8 beside 7
		t.Errorf("of places without a it is %+v", v)
	}
	r = preset(t, "mean-2dp")
	w = advice.Of(arranged(t, &r, marks(&r, "01 9 -", "02 8 9")), nil).Winners[0]
	if v := find(t, &w, advice.Without, "a"); v.Why == nil || !strings.Contains(v.Why.EN, "entry 01 would have no result") {
		t.Errorf("without its only judge it is %+v", v)
	}
	if v := find(t, &w, advice.Without, "b"); v.Why != nil {
		t.Errorf("without b it is %+v", v)
	}
}

// Each cut is varied by the parts of its own stage.
func TestStages(t *testing.T) {
	r := preset(t, "two-stages-carry")
	a := advice.Of(stages(t, &r), nil)
	byStage := map[string][]string{}
	for _, w := range a.Winners {
		for _, v := range w.Variations {
			if v.Kind == advice.Without {
				byStage[w.Stage] = append(byStage[w.Stage], v.Judge)
			}
		}
	}
	first, last := r.Stages[0].Key, r.Stages[1].Key
	if fmt.Sprint(byStage[first], byStage[last]) != "[a b c] [x y z]" {
		t.Errorf("it leaves out %v", byStage)
	}
	if got, ok := scoring.Score(stages(t, &r)).Total(first, "00"); !ok || got.Sign() <= 0 {
		t.Errorf("the first stage's total of who went on is %s, %t", got, ok)
	}
}

func stages(t *testing.T, r *rule.Rule) *mark.Table {
	t.Helper()
	var s mark.Set
	for stage, seats := range []string{"abc", "xyz"} {
		for i := range r.Stages[stage].Parts {
			p := &r.Stages[stage].Parts[i]
			if p.Judged == nil {
				continue
			}
			for e := range 12 - 2*stage {
				for j, seat := range seats {
					for _, c := range p.Judged.Criteria {
						n := c.To.Sub(c.Step.Times(exact.Of(int64(e + j))))
						s.Marks = append(s.Marks, mark.Mark{Entry: fmt.Sprintf("%02d", e), Part: p.Key, Judge: string(seat), Criterion: c.Key, Value: mark.Of(n)})
					}
				}
			}
		}
	}
	return arranged(t, r, s)
}
