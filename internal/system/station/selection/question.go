// Package selection is which candidates should become stations. New makes a Question
// ready (who reaches which candidate, by the hours that differ) and Siting.Solve
// answers it with a plan and a bound that no plan can beat; geo/siting solves.
package selection

import (
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
)

// Goal is what a plan of new stations is for.
type Goal uint8

// The goals.
const (
	MostPeople  Goal = iota // cover most with so many sites, or for so much (最大覆盖)
	FewestSites             // cover so much with the fewest sites (集合覆盖)
	LeastCost               // cover so much for the least money
)

var goalNames = [...]string{MostPeople: "most", FewestSites: "fewest", LeastCost: "cheapest"}

// String returns the goal's key, as most.
func (g Goal) String() string { return goalNames[g] }

// ParseGoal reads a goal's key; anything unknown is false.
func ParseGoal(s string) (Goal, bool) {
	i := slices.Index(goalNames[:], s)
	return Goal(max(i, 0)), i >= 0
}

// Question asks which candidates should become stations. Stations that
// operate count as they are; a candidate counts in the hours in which it is open.
type Question struct {
	Cover coverage.Question // whom, by which way, how far; At is the hour if there is no Window
	// Window is the hours that count, of an ordinary week: each minute of them
	// as much as any other. The zero Window is the one moment Cover.At.
	Window timetable.Window
	Goal   Goal
	Times  int          // how many stations one must reach to be covered: 1, or 2 for 交叉覆盖
	Sites  *int         // at most so many new ones; nil is no limit, 0 is none
	Budget *station.Fen // at most so much; nil is no limit, 0 is what costs nothing
	Target siting.Share // that FewestSites and LeastCost must cover of all demand
	// OfReachable makes Target a share of what all candidates together would cover.
	OfReachable bool

	Kinds    []station.Premises               // candidates in premises of these kinds only; none: all
	Division gb.Division                      // candidates in it only; the zero Division: all
	Needs    station.Services                 // that a candidate must offer
	Costs    map[station.Premises]station.Fen // in place of the usual ones, where nobody has said
	// OnlyKnownHours leaves out candidates of which nobody has said when they
	// are open. Otherwise the usual hours of their premises are taken.
	OnlyKnownHours bool

	Open   []string // codes of candidates that must open
	Never  []string // and that must not
	Limits []Limit
	Floors []Floor
}

// Limit is how many sites may open of a partner, of a kind of premises or
// in a division.
type Limit struct {
	Of   string // a brand's key or name, a kind's, a division's code, or part of a host's name
	Most int
}

// Floor is an area that no plan may neglect: at least Share of the demand
// of its cells must be covered.
type Floor struct {
	Name  string
	Cells []int32 // of the demand, ascending
	Times int     // 0: as the question's
	Share siting.Share
}

// FloorsOf asks that a share of the people of every key area be covered, or of
// every division where there is no key area.
func FloorsOf(z *coverage.Zoning, kind string, share siting.Share) ([]Floor, error) {
	all := map[area.Kind][]Floor{}
	for i, a := range z.Areas {
		if cells, ok := z.Cells(kind, i); ok && len(cells) > 0 {
			all[a.Kind] = append(all[a.Kind], Floor{Name: a.Name, Cells: cells, Share: share})
		}
	}
	for _, kind := range []area.Kind{area.KeyArea, area.DivisionArea} {
		if floors := all[kind]; len(floors) > 0 {
			return floors, nil
		}
	}
	return nil, fault.New(fault.NotFound, "还没有重点区域，也没有区划边界，定不了底线：请先导入 xiadu import areas 区域.geojson",
		"there are neither key areas nor boundaries of divisions for a floor: import some first, xiadu import areas areas.geojson")
}

// The bounds of what may be asked.
const (
	maxSitingSites  = 10_000
	maxSitingLimits = 200
)

// settle checks what a question says by itself.
func (q Question) settle() (Question, error) {
	if q.Times == 0 {
		q.Times = 1
	}
	if q.Times < 1 || q.Times > coverage.CoverTimes {
		return q, fault.New(fault.Invalid, "覆盖 %[1]d 次不行：请选 1 到 %[2]d", "to be covered %[1]d times will not do: choose 1 to %[2]d", q.Times, coverage.CoverTimes)
	}
	if q.Sites != nil && (*q.Sites < 0 || *q.Sites > maxSitingSites) {
		return q, fault.New(fault.Invalid, "新增 %[1]d 个站点不行：请写 0 到 %[2]d", "%[1]d new sites will not do: write 0 to %[2]d", *q.Sites, maxSitingSites)
	}
	if q.Budget != nil && *q.Budget < 0 {
		return q, fault.New(fault.Invalid, "预算不能是负数：请写元数，如 200000", "a budget cannot be negative: write yuan, as 200000")
	}
	if q.Goal == MostPeople && q.Sites == nil && q.Budget == nil {
		return q, fault.New(fault.Invalid, "请写最多新增几个站点，或预算多少元：两样都没有，就等于全部开放",
			"say how many sites may open at most, or what the budget is: without either, all would open")
	}
	if q.Goal != MostPeople && (q.Target <= 0 || q.Target > siting.Whole) {
		return q, fault.New(fault.Invalid, "目标覆盖率不行：请写 1 到 100 之间的百分数", "the target will not do: write a percentage from 1 to 100")
	}
	if len(q.Limits) > maxSitingLimits {
		return q, fault.New(fault.Invalid, "限额超过 %d 条：请合并", "there are more than %d limits: join some", maxSitingLimits)
	}
	for _, l := range q.Limits {
		if l.Most < 0 {
			return q, fault.New(fault.Invalid, "“%[1]s”最多 %[2]d 个不行：不能是负数", "at most %[2]d of “%[1]s” will not do: it cannot be negative", lang.Short(l.Of), l.Most)
		}
	}
	return q, q.Window.Check()
}

// ParseLimit reads a limit as icbc=3, 630102=5 or 中国石油=2.
func ParseLimit(text string) (Limit, error) {
	of, most, ok := strings.Cut(strings.ReplaceAll(text, "＝", "="), "=")
	n, err := strconv.Atoi(strings.TrimSpace(most))
	if of = strings.TrimSpace(of); !ok || err != nil || of == "" || n < 0 {
		return Limit{}, fault.New(fault.Invalid, "限额“%s”读不懂：请写成 谁=几个，如 icbc=3、630102=5、中国石油=2",
			"the limit “%s” is not understood: write who=how many, as icbc=3, 630102=5 or PetroChina=2", lang.Short(text))
	}
	return Limit{of, n}, nil
}

// holds tells whether a limit counts a candidate. A word that names a division,
// a brand or a kind of premises means that; any other is part of a host's name.
func (l Limit) holds(c *Candidate) bool {
	if d, err := gb.Parse(l.Of); err == nil {
		return c.Station.Division.Within(d)
	}
	if b, ok := station.ParseBrand(l.Of); ok {
		return c.Station.Brand == b
	}
	if p, ok := station.ParsePremises(l.Of); ok {
		return c.Station.Premises == p
	}
	return strings.Contains(c.Station.Host, l.Of) || strings.Contains(c.Station.Name, l.Of)
}
