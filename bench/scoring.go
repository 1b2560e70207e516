package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// scoringEntry measures totals and places of a call for nominations: 10,000 of them, seven judges, three criteria, one high and one low
// dropped, two places. The peer is the loop that anybody would write with big.Rat, for this one rule and nothing else. Proven first: every
// total and every place is the same.
func scoringEntry() Entry {
	return Entry{
		Name: "scoring", Unit: "nominations/s", Peer: "a plain loop over big.Rat", Must: 3, Stretch: 10,
		Run: func(ctx context.Context) (Figures, error) { return measureScoring(ctx, 10_000, 9) },
	}
}

const (
	benchJudges = 7
	benchRule   = `{"about":{},"rule":{"format":"xiadu rule 1","stages":[{"key":"final","of":"10","round":{"places":2,"mode":"half-up"},"parts":[{"key":"show","weight":"1","of":"10",
"judged":{"criteria":[{"key":"new","weight":"0.4","from":"0","to":"10","step":"0.1"},{"key":"use","weight":"0.35","from":"0","to":"10","step":"0.1"},{"key":"told","weight":"0.25","from":"0","to":"10","step":"0.1"}],
"across":"sheets","combine":"mean","trim":[{"from":1,"low":0,"high":0},{"from":5,"low":1,"high":1}]}}]}],"order":{"ranking":"competition","where":"all"}}}`
)

// plainScore is what the loop makes of a nomination.
type plainScore struct {
	key   string
	total *big.Rat
	text  string
	place int
}

func measureScoring(ctx context.Context, n, rounds int) (f Figures, err error) {
	file, err := rule.Read([]byte(benchRule))
	if err != nil {
		return f, err
	}
	part := file.Rule.Stages[0].Parts[0]
	random := rand.New(rand.NewPCG(1, 55))
	var set mark.Set
	keys, plain := make([]string, n), make([][benchJudges][]*big.Rat, n)
	for e := range n {
		keys[e] = fmt.Sprintf("%05d", e)
		for k := range benchJudges {
			for _, c := range part.Judged.Criteria {
				tenths := 60 + random.Int64N(41)
				set.Marks = append(set.Marks, mark.Mark{Entry: keys[e], Part: part.Key, Judge: string(rune('a' + k)), Criterion: c.Key, Value: mark.Of(exact.Ratio(tenths, 10))})
				plain[e][k] = append(plain[e][k], big.NewRat(tenths, 10))
			}
		}
	}
	began := processor()
	table, err := mark.Arrange(&file.Rule, set)
	if err != nil {
		return f, err
	}
	arranged := processor() - began
	weights := []*big.Rat{big.NewRat(40, 100), big.NewRat(35, 100), big.NewRat(25, 100)}
	if err := sameScores(scoring.Score(table), plainScores(keys, plain, weights)); err != nil {
		return f, err
	}
	timed := func(work func()) func() (float64, error) {
		return func() (float64, error) {
			took, err := seconds(processor, func() error { work(); return nil })
			return float64(n) / took, err
		}
	}
	last := ""
	f, err = interleave(ctx, rounds,
		timed(func() {
			r := scoring.Score(table)
			for i := range r.Entries {
				last = r.Entries[i].Text()
			}
		}),
		timed(func() { last = plainScores(keys, plain, weights)[0].text }))
	f.Note = fmt.Sprintf("%d nominations × %d judges × %d criteria: all totals and places equal, the last is %s; ours %.1f ms, and %.0f ms once to put the marks in their places",
		n, benchJudges, len(weights), last, 1e3*float64(n)/f.Ours, 1e3*arranged.Seconds())
	return f, err
}

// plainScores is the loop.
func plainScores(keys []string, marks [][benchJudges][]*big.Rat, weights []*big.Rat) []plainScore {
	half, hundred := big.NewRat(1, 2), big.NewRat(100, 1)
	all := make([]plainScore, len(keys))
	for e := range keys {
		sheets := make([]*big.Rat, benchJudges)
		for k := range sheets {
			sheets[k] = new(big.Rat)
			for c, w := range weights {
				sheets[k].Add(sheets[k], new(big.Rat).Mul(w, marks[e][k][c]))
			}
		}
		slices.SortFunc(sheets, func(a, b *big.Rat) int { return a.Cmp(b) })
		total := new(big.Rat)
		for _, s := range sheets[1 : benchJudges-1] {
			total.Add(total, s)
		}
		total.Quo(total, big.NewRat(benchJudges-2, 1))
		total.Add(total.Mul(total, hundred), half) // no total is below zero
		total.SetFrac(new(big.Int).Quo(total.Num(), total.Denom()), big.NewInt(100))
		all[e] = plainScore{key: keys[e], total: total}
	}
	slices.SortFunc(all, func(a, b plainScore) int { return cmp.Or(b.total.Cmp(a.total), cmp.Compare(a.key, b.key)) })
	for i := range all {
		all[i].text, all[i].place = all[i].total.FloatString(2), i+1
		if i > 0 && all[i].total.Cmp(all[i-1].total) == 0 {
			all[i].place = all[i-1].place
		}
	}
	return all
}

func sameScores(ours *scoring.Result, plain []plainScore) error {
	if len(ours.Entries) != len(plain) {
		return errors.New("there are other numbers of entries")
	}
	for i := range plain {
		if e := &ours.Entries[i]; e.Key != plain[i].key || e.Text() != plain[i].text || e.Place != plain[i].place {
			return fmt.Errorf("%s has %s and place %d, and the loop %s, %s and %d", e.Key, e.Text(), e.Place, plain[i].key, plain[i].text, plain[i].place)
		}
	}
	return nil
}
