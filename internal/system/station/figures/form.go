package figures

import (
	"cmp"
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/selection"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// SitingForm is a question of siting as people write it: on the page, to the
// API and on the command line. What is left empty asks for nothing.
type SitingForm struct {
	Sites    *int
	Budget   string // yuan
	Target   string // per cent; with it the fewest sites are asked for, or the least money
	Fewest   bool   // the fewest sites, of which a target must be said
	Cheapest bool   // the least money, likewise
	Times    int

	Premises       []string
	Division       string
	Needs          []string
	Costs          map[string]string // of a kind of premises, in yuan
	OnlyKnownHours bool
	Open, Never    []string // codes
	Limits         []string // icbc=3
	Floor          string   // per cent of every key area that must be covered
}

// Question reads the form into a question whose hours and cutoff are set.
func (f SitingForm) Question(q selection.Question) (selection.Question, error) {
	q.Sites, q.Times, q.OnlyKnownHours, q.Open, q.Never = f.Sites, f.Times, f.OnlyKnownHours, f.Open, f.Never
	var budget, target, division error
	if f.Budget != "" {
		yuan, err := station.ParseYuan(f.Budget)
		q.Budget, budget = &yuan, err
	}
	if f.Fewest || f.Cheapest || f.Target != "" {
		q.Goal = selection.FewestSites
		if f.Cheapest {
			q.Goal = selection.LeastCost
		}
		q.Target, target = parseTarget(f.Target)
	}
	if f.Division != "" {
		q.Division, division = gb.Resolve(f.Division, gb.Division{})
	}
	q, candidates := f.candidates(q)
	return q, errors.Join(fault.At("budget", budget), fault.At("target", target), fault.At("division", division), candidates)
}

// Floors adds the form's floor to a question about a city.
func (f SitingForm) Floors(q selection.Question, c *city.City) (selection.Question, error) {
	if f.Floor == "" {
		return q, nil
	}
	share, err := ParseFloor(f.Floor)
	if err != nil {
		return q, err
	}
	q.Floors, err = selection.FloorsOf(c.Areas, q.Cover.Demand, share)
	return q, err
}

// candidates reads what candidates must be and what limits them.
func (f SitingForm) candidates(q selection.Question) (selection.Question, error) {
	var wrong []error
	for _, word := range f.Premises {
		kind, err := premises(word)
		wrong = append(wrong, fault.At("kind", err))
		q.Kinds = append(q.Kinds, kind)
	}
	for _, word := range f.Needs {
		need, ok := station.ParseNeed(word)
		if !ok {
			wrong = append(wrong, words.UnknownChoice("need", word))
			continue
		}
		q.Needs |= station.ServicesOf(need)
	}
	for word, text := range f.Costs {
		kind, err := premises(word)
		cost, noCost := station.ParseYuan(text)
		wrong = append(wrong, fault.At("cost-"+word, cmp.Or(err, noCost)))
		if q.Costs == nil {
			q.Costs = map[station.Premises]station.Fen{}
		}
		q.Costs[kind] = cost
	}
	for _, text := range f.Limits {
		limit, err := selection.ParseLimit(text)
		wrong = append(wrong, fault.At("limits", err))
		q.Limits = append(q.Limits, limit)
	}
	return q, errors.Join(wrong...)
}

func premises(word string) (station.Premises, error) {
	kind, ok := station.ParsePremises(word)
	if !ok {
		return kind, fault.New(fault.Invalid, "没有“%[1]s”这种场所。场所有：%[2]s", "There are no premises of the kind “%[1]s”. The kinds are: %[2]s", lang.Short(word), strings.Join(station.PlaceKinds(), ", "))
	}
	return kind, nil
}

// parsePercent reads 95, 95% or 99.5.
// parseTarget reads the share that a plan must reach, which nobody can guess: it makes
// the plan's size and cost.
func parseTarget(text string) (siting.Share, error) {
	if strings.TrimSpace(text) == "" {
		return 0, fault.New(fault.Invalid, "请写目标覆盖率：要让百分之几的人有覆盖，如 95", "say the target to reach: the share of people to cover in per cent, as 95")
	}
	return parsePercent(text)
}

func parsePercent(text string) (siting.Share, error) {
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimRight(strings.TrimSpace(text), "%％")), 64)
	if err != nil || !(v > 0 && v <= 100) {
		return 0, fault.New(fault.Invalid, "“%s”不是百分数：请写大于 0、不超过 100 的数，如 95", "“%s” is no percentage: write a number above 0 and up to 100, as 95", lang.Short(text))
	}
	return siting.Share(math.Round(v * 100)), nil
}

// ParseFloor reads a percentage too, of which 0 is one: it asks for nothing, but
// what each area gets is said.
func ParseFloor(text string) (siting.Share, error) {
	if v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimRight(strings.TrimSpace(text), "%％")), 64); err == nil && v == 0 {
		return 0, nil
	}
	return parsePercent(text)
}
