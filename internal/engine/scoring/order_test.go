package scoring_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
)

// drawn is a contest by chance: marks, absences, recusals, overtime; now and then a mark is missing.
func drawn(r *rand.Rand, entries, judges int) mark.Set {
	var s mark.Set
	for e := range entries {
		key := fmt.Sprintf("%02d", e)
		s.Entries = append(s.Entries, mark.Entry{Key: key})
		if r.IntN(3) == 0 {
			s.Measures = append(s.Measures, mark.Measured{Entry: key, Measure: "overtime", Value: exact.Of(r.Int64N(50))})
		}
		for j := range judges {
			m := mark.Mark{Entry: key, Part: "show", Judge: string(rune('a' + j))}
			switch n := r.IntN(40); n {
			case 0:
				m.Value = mark.Absent
			case 1:
				m.Value = mark.Recused
			case 2:
				continue
			default:
				m.Criterion, m.Value = "score", mark.Of(exact.Ratio(85+r.Int64N(8), 10))
			}
			s.Marks = append(s.Marks, m)
		}
	}
	return s
}

// The order in which anything arrives changes no byte of the result.
func TestOrderOfArrival(t *testing.T) {
	hall := (&script{t: t}).read("hall")
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		set := drawn(r, 1+r.IntN(12), 1+r.IntN(9))
		var first []byte
		for range 4 {
			table, err := mark.Arrange(&hall, set)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(scoring.Score(table))
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = got
			}
			if string(first) != string(got) {
				t.Fatalf("seed %d: %s and then %s", seed, first, got)
			}
			r.Shuffle(len(set.Marks), func(i, k int) { set.Marks[i], set.Marks[k] = set.Marks[k], set.Marks[i] })
			r.Shuffle(len(set.Entries), func(i, k int) { set.Entries[i], set.Entries[k] = set.Entries[k], set.Entries[i] })
			slices.Reverse(set.Measures)
		}
	}
}
