// Package scoring turns marks into totals and places by a rule, and shows each step of it.
//
//	table, err := mark.Arrange(&rule, set)
//	r := scoring.Score(table)
//	r.Entries[0].Place, r.Entries[0].Text() // 1, "9.35"
//	r.Trace("17")                           // every step of one total
//
// It is pure: no clock, no database, no chance. The hall, the command line, the verifier of a public file and the stars of
// stations call this one function, and none of them rounds, trims or breaks a tie by itself. What it is told comes sorted from
// [mark.Arrange], so that the order in which marks arrived changes nothing.
//
// # What waits
//
// An entry with a mark that is owed and missing, or with a measured value that is, has no total and no place: it waits, and
// [Entry.Waits] says for what. Votes by share and places among others need all entries of their part, and make each wait for the
// last. While one waits, the places of the others are provisional.
//
// # How a tie ends
//
// Entries are held by the last stage that they came to, then by its total. Who ties goes through the rule's chain; each key splits
// a group into smaller ones, and the next is asked of what is still together. A vote or lots need a decision of people for exactly
// the entries that are left: without one they share the place, and [Result.Wants] says what is to be decided.
package scoring

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

// Result is what a table comes to.
type Result struct {
	Rule        string  `json:"rule"`        // the hash of it
	Provisional bool    `json:"provisional"` // an entry waits
	Entries     []Entry `json:"entries"`     // by place; then who waits, then who has no total, each by key
	Cuts        []Cut   `json:"cuts"`
	Wants       []Want  `json:"wants"` // what people have to decide

	s     *scorer
	place map[string]int // in Entries
}

// Entry is one entry's result.
type Entry struct {
	Key    string
	Stage  string // the last that it came to
	Status mark.Status
	Total  exact.Number    // of that stage
	Has    bool            // a total
	Place  int             // from 1; 0: none
	Tied   bool            // others have the same place
	Broken []rule.TieBreak // steps of the chain that split the tie that it was in
	Waits  []Waiting
	Grade  *Graded // where the rule has grades

	round *rule.Rounding
	index int
}

// Waiting is one thing that is missing, or why there can be no result.
type Waiting struct {
	Part      string `json:"part,omitempty"`
	Judge     string `json:"judge,omitempty"`
	Criterion string `json:"criterion,omitempty"`
	Measure   string `json:"measure,omitempty"`
	Why       Why    `json:"why"`
}

// Why is the kind of a [Waiting].
type Why string

// The kinds.
const (
	WhyMissing Why = "missing" // a mark or a measured value
	WhyFew     Why = "few"     // fewer judges are left than the rule has a result for
	WhyUnlike  Why = "unlike"  // judges marked unlike entries, and the rule takes places only of like ones
	WhyOthers  Why = "others"  // another entry of the part is not complete
)

// Want is a decision that people have to make.
type Want struct {
	By      rule.By  `json:"by,omitempty"`  // vote or lots, of a tie
	Cut     string   `json:"cut,omitempty"` // who is in, of those at its line
	Room    int      `json:"room,omitempty"`
	Stage   string   `json:"stage"`
	Entries []string `json:"entries"`
}

// Text is the total as it is published: with exactly the places that the rule rounds to, or as the decimal that it is.
func (e *Entry) Text() string {
	if !e.Has {
		return ""
	}
	if e.round != nil {
		return e.Total.Decimal(e.round.Places)
	}
	return e.Total.String()
}

// MarshalJSON writes the total twice: as text, and as the exact number.
func (e *Entry) MarshalJSON() ([]byte, error) {
	out := struct {
		Key    string      `json:"entry"`
		Stage  string      `json:"stage"`
		Status mark.Status `json:"status"`
		Total  *string     `json:"total"`
		Exact  *string     `json:"exact"`
		Place  *int        `json:"place"`
		Tied   bool        `json:"tied"`
		Broken []string    `json:"broken"`
		Waits  []Waiting   `json:"waits"`
		Grade  *Graded     `json:"grade,omitempty"`
	}{Key: e.Key, Stage: e.Stage, Status: e.Status, Tied: e.Tied, Broken: []string{}, Waits: append([]Waiting{}, e.Waits...), Grade: e.Grade}
	for _, by := range e.Broken {
		out.Broken = append(out.Broken, strings.TrimSpace(string(by.By)+" "+by.Of))
	}
	if e.Has {
		text, whole := e.Text(), e.Total.String()
		out.Total, out.Exact = &text, &whole
	}
	if e.Place > 0 {
		out.Place = &e.Place
	}
	return json.Marshal(out)
}

// Of finds an entry.
func (r *Result) Of(key string) (*Entry, bool) {
	i, ok := r.place[key]
	if !ok {
		return nil, false
	}
	return &r.Entries[i], true
}

// Total is an entry's total of a stage, also of one that it has left behind it; false where it has none.
func (r *Result) Total(stage, key string) (exact.Number, bool) {
	of := slices.IndexFunc(r.s.t.Rule.Stages, func(s rule.Stage) bool { return s.Key == stage })
	i, ok := r.place[key]
	if of < 0 || !ok {
		return exact.Number{}, false
	}
	total := r.s.totals[of][r.Entries[i].index]
	return total.n, total.ok
}

// scorer holds what is computed of a table.
type scorer struct {
	t      *mark.Table
	parts  []partScores // by part
	totals [][]score    // by stage and entry
	groups [][][]int    // by stage: entries that share a place, the best first
	wants  []Want
	broken map[int][]rule.TieBreak // by entry
	buffer []scored
}

// score is a number, or none.
type score struct {
	n  exact.Number
	ok bool
}

// partScores is what a part has of each entry.
type partScores struct {
	scores []score  // r_part
	among  []ofPart // of votes and places: by entry, what it is among the others
	why    Why      // why nobody has one yet
	best   []score  // by seat, the highest sheet: of ties by most firsts
}

// Score computes totals, places, cuts and grades.
func Score(t *mark.Table) *Result {
	own := *t // more decimals are tried on its parts
	own.Parts = slices.Clone(t.Parts)
	t = &own
	s := &scorer{t: t, parts: make([]partScores, len(t.Parts)), totals: make([][]score, len(t.Rule.Stages)), groups: make([][][]int, len(t.Rule.Stages)), broken: map[int][]rule.TieBreak{}}
	for stage := range t.Rule.Stages {
		s.stage(stage)
	}
	for stage := range t.Rule.Stages {
		s.rank(stage)
	}
	r := &Result{Rule: t.Rule.Hash(), s: s, place: make(map[string]int, len(t.Entries)), Cuts: []Cut{}}
	s.list(r)
	for i := range t.Rule.Cuts {
		r.Cuts = append(r.Cuts, s.cut(&t.Rule.Cuts[i]))
	}
	r.Wants = append([]Want{}, s.wants...)
	return r
}

// ran tells whether an entry takes part in a stage's places.
func (s *scorer) ran(e, stage int) bool {
	return s.t.Came[e] > stage || s.t.Came[e] == stage && s.t.Entries[e].Status == mark.Ran
}

func (s *scorer) stage(stage int) {
	r := &s.t.Rule.Stages[stage]
	totals := make([]score, len(s.t.Entries))
	s.totals[stage] = totals
	for e := range totals {
		totals[e] = score{ok: s.ran(e, stage)}
	}
	for i := range s.t.Parts {
		if s.t.Parts[i].Stage != stage {
			continue
		}
		s.part(i)
		p := &s.t.Parts[i]
		for e := range totals {
			if got := s.parts[i].scores[e]; totals[e].ok && got.ok {
				totals[e].n = totals[e].n.Add(p.Weighted.Of(p.Weight.Times(got.n)))
			} else {
				totals[e].ok = false
			}
		}
	}
	for e := range totals {
		if !totals[e].ok {
			continue
		}
		less, ok := s.points(r.Deductions, e, nil)
		totals[e] = score{r.Round.Of(totals[e].n.Add(less)), ok}
	}
}

// list writes entries by place.
func (s *scorer) list(r *Result) {
	all := make([]Entry, 0, len(s.t.Entries))
	listed := make([]bool, len(s.t.Entries))
	before, groups := 0, 0
	for stage, groupsOf := range slices.Backward(s.groups) {
		for _, group := range groupsOf {
			first := len(all)
			for _, e := range group {
				if s.t.Came[e] == stage {
					all, listed[e] = append(all, s.entry(e)), true
				}
			}
			n := len(all) - first
			if n == 0 {
				continue
			}
			groups++
			place := before + 1
			if s.t.Rule.Order.Ranking == rule.Dense {
				place = groups
			}
			for i := range all[first:] {
				all[first+i].Place, all[first+i].Tied = place, n > 1
			}
			before += n
		}
	}
	rest := len(all)
	for e := range listed {
		if !listed[e] {
			one := s.entry(e)
			if one.Status == mark.Ran {
				one.Waits, r.Provisional = s.waits(e), true
			}
			all = append(all, one)
		}
	}
	slices.SortStableFunc(all[rest:], func(x, y Entry) int { return cmp.Compare(min(len(x.Status), 1), min(len(y.Status), 1)) })
	for i := range all {
		r.place[all[i].Key] = i
		all[i].Grade = grader{s}.grade(all[i].index)
	}
	r.Entries = all
}

func (s *scorer) entry(e int) Entry {
	stage := s.t.Came[e]
	total := s.totals[stage][e]
	return Entry{Broken: s.broken[e], Key: s.t.Entries[e].Key, Stage: s.t.Rule.Stages[stage].Key, Status: s.t.Entries[e].Status, Total: total.n, Has: total.ok, round: s.t.Rule.Stages[stage].Round, index: e}
}
