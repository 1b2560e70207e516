package scoring

import (
	"fmt"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// Of an example: enough judges for every trim of the presets.
const (
	exampleEntries = 3
	exampleJudges  = 7
)

// Example is three made-up entries A, B and C scored by a rule: what a page that explains the rule works through. Its marks are within the
// rule and differ among judges, so that a trim has something to drop; nothing of it is anybody's.
func Example(r *rule.Rule) (*Result, error) {
	var set mark.Set
	last := r.Stages[len(r.Stages)-1].Key
	for e := range exampleEntries {
		entry := string(rune('A' + e))
		set.Entries = append(set.Entries, mark.Entry{Key: entry, Stage: last})
		n := int64(0)
		for name, kind := range r.Measures() {
			value := exact.Of(int64(12 * e))
			switch kind {
			case rule.Portion:
				value = exact.Ratio(int64(9-e), 10)
			case rule.YesNo:
				value = exact.Of(1)
			case rule.Count:
			}
			set.Measures = append(set.Measures, mark.Measured{Entry: entry, Measure: name, Value: value})
		}
		for _, stage := range r.Stages {
			for _, p := range stage.Parts {
				if p.Judged == nil {
					continue
				}
				for j := range exampleSeats(p.Judged) {
					for _, c := range p.Judged.Criteria {
						n++
						set.Marks = append(set.Marks, mark.Mark{
							Entry: entry, Part: p.Key, Judge: fmt.Sprintf("j%d", j+1), Criterion: c.Key, Value: mark.Of(exampleMark(&c, int64(e), int64(j), n)),
						})
					}
				}
			}
		}
	}
	t, err := mark.Arrange(r, set)
	if err != nil {
		return nil, err
	}
	return Score(t), nil
}

func exampleSeats(j *rule.Judged) int {
	if j.Seats > 0 {
		return j.Seats
	}
	return exampleJudges
}

// exampleMark is some mark of the upper quarter of a criterion.
func exampleMark(c *rule.Criterion, entry, judge, n int64) exact.Number {
	steps := c.To.Sub(c.From).Over(c.Step).Floor()
	room := max(1, steps/4)
	down := (3*entry + 5*judge + 2*n) % (room + 1)
	return c.To.Sub(c.Step.Times(exact.Of(down))).Sub(rest(c, steps))
}

// rest is what a range has beyond its last whole step.
func rest(c *rule.Criterion, steps int64) exact.Number {
	return c.To.Sub(c.From).Sub(c.Step.Times(exact.Of(steps)))
}
