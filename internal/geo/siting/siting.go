// Package siting says which sites to open so that most demand is covered, or
// enough of it with the fewest sites or the least cost, and how far from the
// best possible plan the answer can be.
//
// A Problem is plain numbers: which cells of demand reach which site, how much
// demand is where in each period of the day, what is open there already, and
// what limits the choice. A Question asks it something. Solve answers, anytime:
// a plan soon, better ones later, and with each a bound that no plan can beat,
// until both meet or the context ends.
//
// # How
//
// The work is the maximal covering problem (Church, ReVelle 1974) with what a
// city adds to it: several periods, cover that counts more than once, floors for
// areas, budgets and limits of groups. A target is a floor too, so that the set
// covering questions are the same problem with a price on sites in place of a
// worth of cover. It is solved in this order:
//
//   - build makes the model. Demand that the same sites cover, the same number of
//     stations cover already and the same floors count is one item, of whatever
//     cells and periods (isomorphic aggregation). presolve drops sites that
//     another one dominates, and items that are covered whenever some item is that
//     a floor cannot do without (both as in Chen et al., arXiv 2409.09834). On
//     street networks a half to nine tenths of the items go.
//   - plan opens greedily what adds most. It keeps for every site what opening or
//     closing it would change, so that a step costs what changes and no more, and
//     swap finds the exchange that loses least in one walk over a site's items
//     (Resende, Werneck 2007).
//   - improver shakes a few neighbouring sites and goes on from there (iterated
//     local search), beside the proof and for as long as it lasts.
//   - relaxation is the bound: covering constraints, floors and limits at a price
//     for each unit (Galvão, ReVelle 1996), prices improved by descent, a
//     subgradient that remembers where it came from (Camerini, Fratta, Maffioli
//     1975). Its best is that of the linear relaxation, in a fraction of the time
//     that a simplex takes for it. An item moves in proportion to its weight: it
//     stands for that many cells, and converges as they would.
//   - prove branches on the site that the relaxation is least sure of, the most
//     promising node first. At each node sites whose opening, or staying closed,
//     alone brings the bound down to the best plan known are decided, which most
//     of them are, and what is left is aggregated anew.
//
// Cordeau, Furini and Ljubić (2019) come to the same bound by Benders cuts in a
// solver of mixed integer programs, which this package does without. What the
// relaxation does not close, branching closes slowly where many sites overlap:
// the gap of such a question stays at some tenths of a percent.
//
// # What can be relied on
//
// The bound is summed in whole numbers of a fraction of the objective, and what
// has to be rounded is rounded to the safe side: an error of floating point may
// cost time, never make a false proof. Work is measured in items looked at, not in
// seconds, and shared out in the same portions to any number of processors, so
// that a question that runs to its end has one answer. One that is stopped has a
// plan that keeps every rule and a bound that is true.
package siting

import (
	"github.com/xiadu/xiadu/internal/geo/reach"
)

// Problem is where demand is and where stations could open. Nothing in it is
// changed or kept by this package.
type Problem struct {
	// Weights[t][i] is the demand of cell i in period t, a part of the day or
	// week with one set of open stations. A caller who wants an hour at night
	// to count for less, or a long period for more, multiplies its weights.
	Weights [][]reach.Weight
	// Base[t][i] is how many stations open already cover cell i in period t;
	// nil is none anywhere.
	Base   [][]uint8
	Sites  []Site
	Groups []Group
	Areas  []Area
}

// Site is a place where a station could open.
type Site struct {
	Cells   []int32 // the cells that reach it, ascending, without repeats
	Periods []int32 // in which it would be open, ascending; nil is all
	Cost    int64   // fen
	Choice  Choice
}

// Choice says whether a site is open to choice.
type Choice uint8

// The choices.
const (
	Free      Choice = iota
	Fixed            // in every plan; it counts in numbers, budgets and limits
	Forbidden        // in none
)

// Group is sites of which only so many may open: a partner's, a division's.
// A site may be in any number of groups.
type Group struct {
	Name  string
	Sites []int32
	Limit int // the most that may open, fixed ones included
}

// Area is a set of cells that a plan may not neglect: of their demand in all
// periods together, at least Floor must be covered Times times or more.
type Area struct {
	Name  string
	Cells []int32
	Times int // 0 is once
	Floor Share
}

// Share is a part of a whole in hundredths of a percent: 9500 is 95 %.
type Share int32

// Whole is all of it.
const Whole Share = 10_000

// Kind says what is asked.
type Kind uint8

// The kinds of question.
const (
	// MostCovered asks for the plan that covers most with at most Sites sites,
	// or for at most Budget, or within both.
	MostCovered Kind = iota
	// FewestSites asks for the plan with the fewest sites that covers Target.
	FewestSites
	// LeastCost asks for the cheapest plan that covers Target.
	LeastCost
)

// Question is what is asked of a Problem.
type Question struct {
	Kind Kind
	// Sites is the most that may open, and Budget the most they may cost in
	// fen; nil is no limit, and 0 is none and nothing. They limit FewestSites
	// and LeastCost as well.
	Sites  *int
	Budget *int64
	// Worth[r] is what the cover by one more station is worth to a cell that r
	// cover already, in whole numbers that relate to each other: {1} counts
	// who is covered, {0, 1} who has a choice of two, {2, 1} the second station
	// half as much as the first. Nil is {1}.
	Worth []int64
	// Target is how much FewestSites and LeastCost must cover: a share of all
	// demand at its full worth or, if OfCoverable, of what all sites together
	// would cover.
	Target      Share
	OfCoverable bool
}

// Options say how hard to try.
type Options struct {
	Workers  int            // processors used at once; 0 is all that the program may
	Gap      float64        // good enough: stop at this distance from the bound, as a share of it
	Progress func(Progress) // called from one goroutine at a time, seldom
}

// Progress is how far an answer has come.
type Progress struct {
	Phase Phase
	Found bool  // there is a plan, and Value is its
	Value int64 // as in Solution
	Bound int64
	Nodes int // of the search for a proof: looked at
	Open  int // and waiting
}

// Phase is a stage of the work.
type Phase uint8

// The phases, in their order.
const (
	Building  Phase = iota // a first plan
	Improving              // local search, and the relaxation's bound
	Proving                // branch and bound
)

// Solution is a plan with its certificate.
type Solution struct {
	Sites []int32 // that open, fixed ones included, ascending
	// Value is what the plan achieves: for MostCovered the demand covered times
	// its worth, what Base covers included; for the others the number of sites
	// or their cost. No plan achieves more (of the others: with less) than Bound.
	Value, Bound int64
	Proven       bool  // Value = Bound: no plan is better
	Before       int64 // covered demand times its worth without any site of the plan
	Covered      int64 // and with the plan
	Total        int64 // all demand at its full worth
	Coverable    int64 // with every site open that may
	Cost         int64 // fen
	Steps        []Step
	Areas        []AreaShare
}

// Gap returns how far Value may be from the best possible, as a share of Bound.
func (s *Solution) Gap() float64 { return gap(s.Value, s.Bound) }

// Step is a site of the plan, in the order in which each adds the most to those
// before it.
type Step struct {
	Site int32
	Adds int64 // demand times worth, beyond the steps before
	// Sole is what would be lost if this site alone were left out of the plan.
	Sole int64
	// Rivals are the sites not in the plan that could stand in its place with
	// the least loss, within all limits; the best first.
	Rivals []Rival
}

// Rival is a site that could replace one of the plan.
type Rival struct {
	Site int32
	Loss int64 // of demand times worth; below zero it would be a gain
}

// AreaShare is what a plan does for an area.
type AreaShare struct {
	Covered, Needed, Total reach.Weight
}

func gap(value, bound int64) float64 {
	if value == bound {
		return 0
	}
	d := float64(bound) - float64(value)
	if d < 0 {
		d = -d
	}
	return d / max(1, float64(max(value, bound)))
}
