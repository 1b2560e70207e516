package rule_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// worked has an example of each preset, reckoned by hand: sheets as "entry part mark,mark…", a judge for each, and measures as
// "entry measure value"; then the order with totals.
var worked = map[string]struct{ sheets, measures, order string }{
	// 8.00 and 9.50 are dropped: 27.65 ÷ 3; of four none: 37.15 ÷ 4.
	"trim-1-1-mean-2dp": {"a show 9.10 9.31 9.50 8.00 9.24; b show 9.10 9.31 9.50 - 9.24", "", "b 9.29, a 9.22"},
	// 9.0015 and 9.002 are both 9.002; more decimals part them. c and d are equal to the last, and d has more for content.
	"trim-1-1-mean-3dp-decimals": {"a show 9,9 9,9 9,9 9.01,9; b show 9,9 9,9 9,9.01 9,9.01; c show 8,8 8,8 8,8 8,8; d show 8.02,7.97 8,8 8,8 8,8", "", "b 9.002, a 9.002, d 8.000, c 8.000"},
	"mean-2dp":                   {"a show 9.10 9.31 9.50 8.00 9.24", "", "a 9.03"},
	"median-2dp":                 {"a show 9.10 9.31 9.50 8.00 9.24; b show 9.10 9.31 9.50 9.24 -", "", "b 9.28, a 9.24"}, // (9.24 + 9.31) ÷ 2 = 9.275
	"sum-100":                    {"a show 9 9 9 9 9 9 9 9 9 8.5; b show 9 9 9 9 9 9 9 9 9 9", "", "b 90, a 89.5"},
	"trim-2-2-mean-2dp":          {"a show 8 8.1 8.2 8.3 8.4 8.5 8.6 8.7 10", "", "a 8.40"},
	// 10 s is free; what has begun of the eleventh is not.
	"rubric-100": {"a show 9,9,9,9,9; b show 9,9,9,9,9; c show 9,9,9,9,9; d show 9,9,9,9,9; e show 10,10,10,10,9.9", "a overtime 10; b overtime 10.2; c overtime 30; d overtime 31", "e 99.90, a 90.00, b=88.00, c=88.00, d 85.00"},
	// 40 + 54, and 40 × 50 ÷ 200 + 57.
	"votes-40-experts-60": {"a experts 90; b experts 95", "a votes 200; b votes 50", "a 94.00, b 67.00"},
	// 24 + 63, 27 + 59.5; c ended in the first stage.
	"two-stages-carry": {"a papers 80; b papers 90; c papers 99; a show 90; b show 85", "", "a 87.00, b 86.50, c 99.00"},
	// Without one of eights and one of tens 9 × (3.5 + 2.5 + 2 + 2); and 31.5 + 20 + 18 + 18.
	"beautiful-stations-100": {"a file 8,8,8,8 9,9,9,9 9,9,9,9 9,9,9,9 10,10,10,10; b file 9,8,9,9 9,8,9,9 9,8,9,9 9,8,9,9 9,8,9,9", "", "a 90.00, b 87.50"},
	// Places 1 2 2, 2 1 3, 3 3 1.
	"places":  {"a show 90 80 70; b show 80 90 60; c show 70 70 80", "", "a 1.6667, b 2.0000, c 2.3333"},
	"hall-55": {"a show 9,9,9,9,9; b show 9.1,9,9,9,9; c show 9,9,9,9,9", "a overtime 0; b overtime 31", "a 9.00, b 8.53, c waits"}, // 9.025 − 0.5 = 8.525
	"stars-5": {"", "a hours 84; a basic 6; a extra 6; b hours 40; b basic 3; b extra 9; c basic 6; c extra 6; c operating 1", "a 95, b 65, c waits"},
}

func TestPresetsCompute(t *testing.T) {
	for _, f := range rule.Presets() {
		c, ok := worked[f.About.Key]
		if !ok {
			t.Errorf("%s has no example", f.About.Key)
			continue
		}
		var set mark.Set
		for one := range strings.SplitSeq(c.sheets, "; ") {
			words := strings.Fields(one)
			if len(words) == 0 {
				continue // it takes none
			}
			part, _, ok := f.Rule.Part(words[1])
			if !ok {
				t.Fatalf("%s has no part %s", f.About.Key, words[1])
			}
			for i, sheet := range words[2:] {
				m := mark.Mark{Entry: words[0], Part: words[1], Judge: fmt.Sprintf("j%02d", i)}
				if sheet == "-" {
					m.Value = mark.Recused
					set.Marks = append(set.Marks, m)
					continue
				}
				for k, n := range strings.Split(sheet, ",") {
					m.Criterion, m.Value = part.Judged.Criteria[k].Key, mark.Of(exact.Must(n))
					set.Marks = append(set.Marks, m)
				}
			}
		}
		for one := range strings.SplitSeq(c.measures, "; ") {
			if words := strings.Fields(one); len(words) == 3 {
				set.Measures = append(set.Measures, mark.Measured{Entry: words[0], Measure: words[1], Value: exact.Must(words[2])})
			}
		}
		table, err := mark.Arrange(&f.Rule, set)
		if err != nil {
			t.Errorf("%s: %v", f.About.Key, err)
			continue
		}
		var order []string
		for _, e := range scoring.Score(table).Entries {
			switch {
			case !e.Has:
				order = append(order, e.Key+" waits")
			case e.Tied:
				order = append(order, e.Key+"="+e.Text())
			default:
				order = append(order, e.Key+" "+e.Text())
			}
		}
		if got := strings.Join(order, ", "); got != c.order {
			t.Errorf("%s: %s, and by hand %s", f.About.Key, got, c.order)
		}
	}
}

// Whatever rule holds, a total is a decimal: what may not end is refused when the rule is read.
func TestTotalsOfAnyRuleEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := anyRule(t)
		for i := range f.Rule.Stages { // as few roundings as the rule holds with
			round := f.Rule.Stages[i].Round
			if f.Rule.Stages[i].Round = nil; f.Rule.Check() != nil {
				f.Rule.Stages[i].Round = round
			}
		}
		var set mark.Set
		judges := rapid.IntRange(1, 9).Draw(t, "judges")
		for _, key := range []string{"a", "b", "c"} {
			set.Entries = append(set.Entries, mark.Entry{Key: key, Stage: f.Rule.Stages[len(f.Rule.Stages)-1].Key})
			for measure, kind := range f.Rule.Measures() {
				n := exact.Of(rapid.Int64Range(0, 40).Draw(t, "count"))
				if kind == rule.Portion {
					n = exact.Ratio(rapid.Int64Range(0, 1000).Draw(t, "share"), 1000)
				}
				set.Measures = append(set.Measures, mark.Measured{Entry: key, Measure: measure, Value: n})
			}
			for i := range f.Rule.Stages {
				for _, p := range f.Rule.Stages[i].Parts {
					if p.Judged == nil {
						continue
					}
					for j := range judges {
						for _, c := range p.Judged.Criteria {
							n := c.From.Add(exact.Ratio(rapid.Int64Range(0, 100).Draw(t, "mark"), 100))
							set.Marks = append(set.Marks, mark.Mark{Entry: key, Part: p.Key, Judge: strconv.Itoa(j), Criterion: c.Key, Value: mark.Of(n)})
						}
					}
				}
			}
		}
		table, err := mark.Arrange(&f.Rule, set)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range scoring.Score(table).Entries {
			if !e.Has && judges > 1 && len(e.Waits) == 0 {
				t.Fatalf("%s has no total and waits for nothing", e.Key)
			}
			if strings.Contains(e.Total.String(), "/") {
				t.Fatalf("%s has %s", e.Key, e.Total)
			}
		}
	})
}
