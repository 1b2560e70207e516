package published

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/station/stars"
)

// Stars is the query of how many stations have which star.
const Stars = "station.stars/1"

// starsResult is how many stations have which star at a minute.
type starsResult struct {
	None  int `json:"none"` // reviewed, and without one or ended
	One   int `json:"one"`
	Two   int `json:"two"`
	Three int `json:"three"`
	Four  int `json:"four"`
	Five  int `json:"five"`
}

// starred are the stars as the entries of the log make them.
type starred map[string]*stars.Star

func starsQuery() figure.Query {
	return figure.Query{
		Name: Stars, Members: []string{"none", "one", "two", "three", "four", "five"},
		Title: lang.Text{ZH: "多少驿站几星", EN: "How many stations have which star"},
		How: lang.Text{
			ZH: "把公开日志里评星、告知降星、申诉和决定的条目合起来，看每一站这一分钟几星：到期的没有星，告知的日子到了而没有申诉的按降后的算。",
			EN: "The entries of the public log on reviews, lowerings, appeals and decisions make the star of each station at this minute: one that has ended is none, and a lowering whose day has come counts unless an appeal is open.",
		},
		Over: &figure.Fold{Kinds: stars.Moving, Begin: func() figure.State { return starred{} }},
		Settle: func(p figure.Params, now time.Time) (figure.Params, error) {
			at, err := settleAt(p["at"], now)
			return figure.Params{"at": at}, err
		},
		Answer: func(_ context.Context, s figure.State, p figure.Params, _ map[string]string) (any, error) {
			var r starsResult
			by := [stars.Most + 1]*int{&r.None, &r.One, &r.Two, &r.Three, &r.Four, &r.Five}
			for _, one := range s.(starred) {
				*by[one.Now(momentOf(p))]++
			}
			return r, nil
		},
		Tell: func(p figure.Params, result json.RawMessage) []figure.Line {
			r := read[starsResult](result)
			return []figure.Line{
				line(when(p)+"，五星", when(p)+", five stars", strconv.Itoa(r.Five)), line("四星", "Four stars", strconv.Itoa(r.Four)), line("三星", "Three stars", strconv.Itoa(r.Three)),
				line("二星", "Two stars", strconv.Itoa(r.Two)), line("一星", "One star", strconv.Itoa(r.One)), line("评过而没有星级", "Reviewed, without a star", strconv.Itoa(r.None)),
			}
		},
	}
}

// Add takes in an entry.
func (s starred) Add(e logtree.Statement) error {
	var of struct {
		Station string `json:"station"`
	}
	if err := json.Unmarshal(e.Public, &of); err != nil {
		return fmt.Errorf("published: %s: %w", e.Kind, err)
	}
	if s[of.Station] == nil {
		s[of.Station] = &stars.Star{Station: of.Station, LowerTo: -1}
	}
	return s[of.Station].Take(e.Kind, e.Public)
}
