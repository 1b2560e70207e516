// Package rule is what a total is computed by: a file that anybody can read, hash and compute with.
//
//	f, faults := rule.Read(text) // every fault at once
//	f.Rule.Hash()                // of its canonical form: what a log commits to before the first mark
//	f.Explain()                  // in sentences of both languages, from the value that computes
//	f, ok := rule.Preset("trim-1-1-mean-2dp")
//
// docs/scoring.md is the whole of the form and of the algorithm, for who writes a verifier.
//
// A [Rule] has stages, a stage has parts, and a part is exactly one of four things: judged, voted, measured, or carried over
// from an earlier stage. Names and sources are beside the rule ([About]) and are not hashed: a mended typo is not another rule.
//
// # Where rounding happens
//
// Five people who round at other places get other winners, so a rule says it for each level, and says "not at all" by leaving
// it out. With r(x) for the rounding of a level, a judged part is one of
//
//	across "sheets":    criterion = r_criterion(weight × r_mark(mark)), sheet = r_judge(Σ criterion), panel = combine(trim(clamp(sheets)))
//	across "criteria":  column = r_criterion(combine(trim(clamp(r_mark(mark))))), panel = Σ weight × column
//
// and then, for every part and stage,
//
//	part = r_part(panel + deductions of the part)      (deductions are points below zero)
//	total = r_total(Σ r_weighted(weight × part) + deductions of the stage)
//
// Weights multiply and are never divided by their sum: what a part and a stage can reach (of) is written down, and a rule whose
// weights do not yield it is refused ([Rule.Check]).
//
// # Reading
//
// A field that is left out is none: no rounding, no deduction, no tie-break. A canonical rule writes every field, so that who
// verifies one needs no list of defaults. Keys that nobody knows, keys twice and keys in another case are refused.
package rule

import (
	"cmp"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/lang"
)

// Format is the version of the form of a rule.
const Format = "xiadu rule 1"

// File is a rule with what people call it.
type File struct {
	About About `json:"about"`
	Rule  Rule  `json:"rule"`
}

// About is what is said of a rule and changes no total.
type About struct {
	Key     string               `json:"key"` // of a preset: what it does
	Title   lang.Text            `json:"title"`
	Sources []Source             `json:"sources"`
	Names   map[string]lang.Text `json:"names"` // of stages, parts, criteria, measures, cuts and grades, by key
}

// Name is what a stage, part, criterion, measure, cut or grade is called by its key; what has no name goes by its key.
func (a *About) Name(key string) lang.Text {
	t := a.Names[key]
	if t.ZH == "" && t.EN == "" {
		return lang.Text{ZH: key, EN: key}
	}
	return lang.Text{ZH: cmp.Or(t.ZH, t.EN), EN: cmp.Or(t.EN, t.ZH)}
}

// Source is where a rule was read.
type Source struct {
	Title    string `json:"title"`
	Date     string `json:"date"`     // of the paper
	Verified bool   `json:"verified"` // false: 示例
}

// Rule computes totals and places.
type Rule struct {
	Format    string  `json:"format"`
	Stages    []Stage `json:"stages"` // in the order in which they are held
	Order     Order   `json:"order"`
	Cuts      []Cut   `json:"cuts"`
	Quotas    []Quota `json:"quotas"`
	Grades    []Grade `json:"grades"`    // of the last stage, the highest first
	Calibrate int     `json:"calibrate"` // how many entries are heard before any score is fixed
}

// Stage is one round: its parts make one total.
type Stage struct {
	Key        string       `json:"key"`
	Of         exact.Number `json:"of"` // the most that a total can be; 0 where less is better
	Parts      []Part       `json:"parts"`
	Deductions []Points     `json:"deductions"`
	Round      *Rounding    `json:"round"` // of the total
}

// Rounding is to so many places.
type Rounding struct {
	Places int        `json:"places"`
	Mode   exact.Mode `json:"mode"`
}

// Of rounds a number, and leaves it as it is where there is no rounding.
func (r *Rounding) Of(n exact.Number) exact.Number {
	if r == nil {
		return n
	}
	return n.Round(r.Places, r.Mode)
}

// Part is one score of a stage: judged, voted, measured, or an earlier stage's total.
type Part struct {
	Key        string       `json:"key"`
	Weight     exact.Number `json:"weight"`
	Of         exact.Number `json:"of"` // the most that it can be
	Judged     *Judged      `json:"judged"`
	Votes      *Votes       `json:"votes"`
	Measured   []Points     `json:"measured"`
	Carried    string       `json:"carried"` // a stage before this one
	Deductions []Points     `json:"deductions"`
	Round      *Rounding    `json:"round"`
	Weighted   *Rounding    `json:"weighted"`
}

// Judged is a part that a panel marks.
type Judged struct {
	Criteria []Criterion `json:"criteria"`
	Across   Across      `json:"across"`
	Seats    int         `json:"seats"` // how many a panel has; 0: any number
	Clamp    *Clamp      `json:"clamp"`
	Trim     []Trim      `json:"trim"` // by how many are left, ascending; fewer than the first: no result
	Combine  Combine     `json:"combine"`
	Equal    Equal       `json:"equal"`  // of places
	Unlike   Unlike      `json:"unlike"` // of places
	Mark     *Rounding   `json:"mark"`
	Column   *Rounding   `json:"column"` // r_criterion
	Sheet    *Rounding   `json:"sheet"`  // r_judge
}

// Criterion is one thing that a judge marks.
type Criterion struct {
	Key    string       `json:"key"`
	Weight exact.Number `json:"weight"`
	From   exact.Number `json:"from"`
	To     exact.Number `json:"to"`
	Step   exact.Number `json:"step"` // a mark is from + k × step
}

// Across tells what is trimmed and combined: the sums of sheets, or each criterion by itself.
type Across string

// The two ways.
const (
	Sheets  Across = "sheets"
	Columns Across = "criteria"
)

// Trim drops the lowest and the highest of so many or more.
type Trim struct {
	From int `json:"from"`
	Low  int `json:"low"`
	High int `json:"high"`
}

// Clamp brings scores to the edge of a band round a centre, or drops what is outside of it. It is done once, before the trim.
type Clamp struct {
	Around Centre       `json:"around"`
	By     exact.Number `json:"by"`
	Share  bool         `json:"share"` // By is a share of the centre, and not points
	Drop   bool         `json:"drop"`  // what is outside counts no more
}

// Centre is the middle of a band.
type Centre string

// The centres: of all scores, or of those that the trim would keep.
const (
	Mean    Centre = "mean"
	Median  Centre = "median"
	Trimmed Centre = "trimmed"
)

// Combine makes one score of several.
type Combine string

// The ways. ByPlaces turns each judge's sheets into places among the entries that ran, and takes their mean: less is better.
const (
	ByMean   Combine = "mean"
	ByMedian Combine = "median"
	BySum    Combine = "sum"
	ByPlaces Combine = "places"
)

// Equal is the place of sheets of one judge that are equal: the best of them, or their mean.
type Equal string

// The two ways.
const (
	EqualBest Equal = "best"
	EqualMean Equal = "mean"
)

// Unlike is what is done where judges did not mark the same entries: wait, or take (place − ½) ÷ how many.
type Unlike string

// The two ways.
const (
	UnlikeWait  Unlike = "wait"
	UnlikeShare Unlike = "share"
)

// Votes is a part that is counted: points by the share of the votes, or by the rank in them.
type Votes struct {
	Measure string `json:"measure"` // the count of votes of an entry
	Share   Share  `json:"share"`   // of what; empty: by rank
	// Ranks: points of the first, and how many fewer of each place behind, at least so many. Equal counts share the place.
	Step  exact.Number `json:"step"`
	Least exact.Number `json:"least"`
}

// Share is what a count of votes is a share of.
type Share string

// The two.
const (
	OfHighest Share = "highest"
	OfSum     Share = "sum"
)

// Points makes points of one measured value: exactly one of bands, each and times, which also is what a yes gives.
type Points struct {
	Measure    string        `json:"measure"`
	Kind       Kind          `json:"kind"`
	Unmeasured Unmeasured    `json:"unmeasured"`
	Round      *Rounding     `json:"round"` // of the value, before anything
	Bands      []Band        `json:"bands"` // ascending; below the first: 0
	Each       *Each         `json:"each"`
	Times      *exact.Number `json:"times"`
}

// Kind is what a measured value is.
type Kind string

// The kinds: a number of things, seconds or people; a part of a whole, from 0 to 1; yes or no.
const (
	Count   Kind = "count"
	Portion Kind = "share"
	YesNo   Kind = "yes-no"
)

// Unmeasured is what a value that is missing does.
type Unmeasured string

// The two: the entry waits for it, or has no points for it.
const (
	Wait Unmeasured = "wait"
	None Unmeasured = "none"
)

// Band gives points from a value on.
type Band struct {
	From   exact.Number `json:"from"`
	Points exact.Number `json:"points"`
}

// Each gives points for each step beyond a value.
type Each struct {
	Over   exact.Number  `json:"over"`
	Step   exact.Number  `json:"step"`
	Begun  bool          `json:"begun"` // a step that has begun counts
	Points exact.Number  `json:"points"`
	Most   *exact.Number `json:"most"` // of all of them: the largest award, or the largest deduction, below zero
}

// Order says how totals become places.
type Order struct {
	Ranking   Ranking       `json:"ranking"`
	Tolerance *exact.Number `json:"tolerance"` // tied with the first of a group that is at most so much ahead
	Where     Where         `json:"where"`     // which ties are broken
	Chain     []TieBreak    `json:"chain"`
}

// Ranking is the place behind entries that share one.
type Ranking string

// The two: 1, 1, 3 and 1, 1, 2.
const (
	Competition Ranking = "competition"
	Dense       Ranking = "dense"
)

// Where is which ties the chain breaks.
type Where string

// The two: every tie, or those across a cut's line only.
const (
	Everywhere Where = "all"
	AtCuts     Where = "cuts"
)

// TieBreak is one step of the chain.
type TieBreak struct {
	By     By     `json:"by"`
	Of     string `json:"of"`     // part.criterion, part or stage
	Places int    `json:"places"` // decimals
}

// By is what a tie is broken by.
type By string

// The ways.
const (
	ByCriterion  By = "criterion"   // mean of the marks that were kept
	ByDecimals   By = "decimals"    // part, weighted part and total with more places
	ByPart       By = "part"        // before its weight
	ByStage      By = "stage"       // the total of an earlier one
	ByMostFirsts By = "most-firsts" // sheets on which it is the best of all that its judge marked
	ByVote       By = "vote"        // the panel decides
	ByLots       By = "lots"
)

// Cut is a line: who is above it goes on, or has won.
type Cut struct {
	Key   string        `json:"key"`
	Stage string        `json:"stage"`
	Heads *int          `json:"heads"` // so many
	Share *exact.Number `json:"share"` // or so large a part of those ranked, rounded down
	Least *exact.Number `json:"least"` // and none with less
	Tie   AtLine        `json:"tie"`
}

// AtLine is what is done with a tie that would pass the line.
type AtLine string

// The ways: all of them are in, people decide, none of them is in.
const (
	Admit   AtLine = "admit"
	Decide  AtLine = "decide"
	KeepOut AtLine = "none"
)

// Quota bounds how many of one unit, city or province a cut takes.
type Quota struct {
	Cut  string  `json:"cut"`
	Of   string  `json:"of"`   // the kind of group
	Most int     `json:"most"` // of those that are not listed
	Each []Limit `json:"each"`
}

// Limit is the quota of one group.
type Limit struct {
	Group string `json:"group"`
	Most  int    `json:"most"`
}

// Grade is a level that a total reaches, if no floor is missed.
type Grade struct {
	Key    string        `json:"key"`
	From   *exact.Number `json:"from"` // of the total; none: floors only
	Floors []Floor       `json:"floors"`
}

// Floor is what a measured value must be, whatever the total.
type Floor struct {
	Measure string        `json:"measure"`
	Kind    Kind          `json:"kind"`
	From    *exact.Number `json:"from"` // at least
	To      *exact.Number `json:"to"`   // at most; a yes is 1 and a no is 0
}

// For is how many of a group a quota allows.
func (q *Quota) For(group string) int {
	at, ok := slices.BinarySearchFunc(q.Each, group, func(l Limit, group string) int { return cmp.Compare(l.Group, group) })
	if ok {
		return q.Each[at].Most
	}
	return q.Most
}
