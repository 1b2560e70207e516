package selection

import (
	"context"
	"slices"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
)

// Siting is a question made ready to be solved: who reaches which candidate, and
// what is open already, by the hours that differ. Solve it as often as you like.
type Siting struct {
	Question   Question
	CutoffDM   uint32
	Candidates []Candidate // by code
	Unplaced   int         // candidates that no street comes near; they are in no plan
	NoHours    int         // left out because nobody has said when they are open
	Minutes    int64       // that count
	Operating  int         // stations there are already
	Pairs      int         // of a cell and a candidate that it reaches

	survey  *coverage.Survey
	demand  demand.Demand
	reaches *reach.Incidence // of Candidates
	periods []period
	classes []opening.Hours // of candidates that open and close together
	class   []int           // of each candidate
	problem siting.Problem
	folded  []timetable.OpenSet // of each of its periods: the classes that are open
	unit    int64               // minutes in a unit of the problem's time
}

// period is all time of a question in which the same stations are open, the same
// candidates would be, and the same weights hold.
type period struct {
	minutes    int64
	night      bool
	open       timetable.OpenSet // of the network's patterns
	candidates timetable.OpenSet // of the classes
}

// mostTime bounds the memory for demand by period: half a gigabyte.
const mostTime = 1 << 26

// New makes a question ready: one bounded search for each candidate. The
// candidates are those of the register and, besides, those in more, which is
// how a file's are tried without importing them.
func New(ctx context.Context, v *coverage.Survey, q Question, more []station.Station) (*Siting, error) {
	q, err := q.settle()
	if err != nil {
		return nil, err
	}
	if q.Cover, err = v.Settle(q.Cover); err != nil {
		return nil, err
	}
	demand, ok := v.Demand(q.Cover.Demand)
	if !ok {
		return nil, coverage.ErrNoDemand()
	}
	s := &Siting{Question: q, survey: v, demand: demand, CutoffDM: v.Grounds[q.Cover.Mode].Profile.Budget(q.Cover.Within), Operating: v.Timetable().Operating}
	stations := slices.Concat(v.Candidates(), more)
	if s.Candidates, s.NoHours, err = q.eligible(stations); err != nil {
		return nil, err
	}
	if s.Candidates = sortCandidates(s.Candidates); len(s.Candidates) == 0 {
		return nil, noCandidates(s.NoHours)
	}
	var placed []bool
	if s.reaches, placed, err = v.Reaching(ctx, q.Cover, pointsOf(s.Candidates)); err != nil {
		return nil, err
	}
	if err := s.strike(placed); err != nil {
		return nil, err
	}
	s.Pairs = s.reaches.Entries()
	s.classify()
	s.findPeriods()
	if err := s.fold(ctx); err != nil {
		return nil, err
	}
	s.addSites()
	return s, s.addGroups()
}

// strike leaves out the candidates that no street comes near, of which none may
// be one that must open.
func (s *Siting) strike(placed []bool) error {
	var dropped []droppedMust
	for i, ok := range placed {
		if ok {
			continue
		}
		s.Unplaced++
		if c := &s.Candidates[i]; c.Choice == siting.Fixed {
			dropped = append(dropped, droppedMust{c.Station.Code, lang.Text{ZH: "离路太远，走不到", EN: "no street comes near it"}})
		}
		s.Candidates[i].Choice = siting.Forbidden
	}
	return refuse(dropped)
}

// classify groups the candidates by their hours.
func (s *Siting) classify() {
	known := map[string]int{}
	for i := range s.Candidates {
		spelling := s.Candidates[i].Hours.String()
		at, ok := known[spelling]
		if !ok {
			at = len(s.classes)
			known[spelling] = at
			s.classes = append(s.classes, s.Candidates[i].Hours)
		}
		s.class = append(s.class, at)
	}
}

// findPeriods cuts the question's time where something opens or closes, and
// puts together again what is alike.
func (s *Siting) findPeriods() {
	q := &s.Question
	if q.Window == (timetable.Window{}) || q.Cover.AnyHour {
		p := period{minutes: 1, night: timetable.NightAt(q.Cover.At), open: s.survey.Timetable().OpenAt(q.Cover.At, q.Cover.AnyHour), candidates: timetable.NewOpenSet(len(s.classes))}
		for i, h := range s.classes {
			if q.Cover.AnyHour || h.OpenAt(q.Cover.At) {
				p.candidates.Add(i)
			}
		}
		s.periods, s.Minutes, s.unit = []period{p}, 1, 1
		return
	}
	existing := make([][]opening.Interval, len(s.survey.Timetable().Each))
	for i, each := range s.survey.Timetable().Each {
		existing[i] = each.Hours.Week()
	}
	classes := make([][]opening.Interval, len(s.classes))
	for i, h := range s.classes {
		classes[i] = h.Week()
	}
	known := map[string]int{}
	for _, span := range timetable.Cut(q.Window.Spans(), slices.Concat(existing, classes)) {
		p := period{minutes: int64(span.To - span.From), night: timetable.NightMinute(span.From % opening.MinutesPerDay), open: timetable.OpenDuring(existing, span.From), candidates: timetable.OpenDuring(classes, span.From)}
		key := string(p.candidates.AppendTo(p.open.AppendTo([]byte{0})))
		if p.night {
			key += "night"
		}
		if at, ok := known[key]; ok {
			s.periods[at].minutes += p.minutes
		} else {
			known[key] = len(s.periods)
			s.periods = append(s.periods, p)
		}
		s.Minutes += p.minutes
	}
	for _, p := range s.periods {
		s.unit = divisor(s.unit, p.minutes)
	}
}

// divisor is the greatest common one, and keeps the numbers of a problem small.
func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// fold turns the question's periods into the problem's. All that a plan can
// change is the same for a cell whenever the same candidates are open and as
// many stations cover it, so the problem has one period for each of those; a
// week of hundreds of different spans becomes a few dozen.
func (s *Siting) fold(ctx context.Context) error {
	levels := s.Question.Times
	cells := len(s.demand.Cells)
	weights := [2][]reach.Weight{s.demand.Weights(false), s.demand.Weights(true)}
	bySet := map[string][]int{} // the problem's periods of a set of candidates, by level, or -1
	counts := s.counter()
	for _, p := range s.periods {
		key := string(p.candidates.AppendTo(nil))
		at, ok := bySet[key]
		if !ok {
			at = slices.Repeat([]int{-1}, levels+1)
			bySet[key] = at
		}
		base, err := counts(ctx, p.open)
		if err != nil {
			return err
		}
		w := weights[0]
		if p.night {
			w = weights[1]
		}
		for i, c := range base {
			if w[i] == 0 {
				continue
			}
			t := at[min(int(c), levels)]
			if t < 0 {
				if t = len(s.problem.Weights); (t+1)*cells > mostTime {
					return fault.New(fault.Invalid, "这个时段里开门的组合太多，算不动：请缩短时段，或只问一个时刻",
						"too many different sets are open in these hours: choose shorter ones, or a single moment")
				}
				at[min(int(c), levels)] = t
				s.problem.Weights = append(s.problem.Weights, make([]reach.Weight, cells))
				s.problem.Base = append(s.problem.Base, slices.Repeat([]uint8{min(c, uint8(levels))}, cells))
				s.folded = append(s.folded, p.candidates)
			}
			s.problem.Weights[t][i] += w[i] * reach.Weight(p.minutes/s.unit)
		}
	}
	if len(s.problem.Weights) == 0 {
		return fault.New(fault.NotFound, "这个时段里没有需求：请换一个时段", "there is no demand in these hours: choose others")
	}
	return nil
}

// counter returns a function that counts, for each cell, the stations of a set
// that it reaches.
func (s *Siting) counter() func(context.Context, timetable.OpenSet) ([]uint8, error) {
	n, q := s.survey, s.Question.Cover
	known := map[string][]uint8{}
	return func(ctx context.Context, open timetable.OpenSet) ([]uint8, error) {
		key := string(open.AppendTo(nil))
		if c, ok := known[key]; ok {
			return c, nil
		}
		var stations []int32
		for i, each := range n.Timetable().Each {
			for _, station := range each.Stations {
				if open.Has(i) && n.Grounds[q.Mode].Stations[station].OK {
					stations = append(stations, station)
				}
			}
		}
		c, err := n.CountsOf(ctx, q, stations)
		if err == nil {
			known[key] = c
		}
		return c, err
	}
}

func (s *Siting) addSites() {
	open := make([][]int32, len(s.classes))
	for t, set := range s.folded {
		for class := range s.classes {
			if set.Has(class) {
				open[class] = append(open[class], int32(t))
			}
		}
	}
	for i := range s.Candidates {
		c := &s.Candidates[i]
		periods := open[s.class[i]]
		if periods == nil {
			periods = []int32{} // nil is always
		}
		s.problem.Sites = append(s.problem.Sites, siting.Site{Cells: s.reaches.Of(i), Periods: periods, Cost: int64(c.Cost), Choice: c.Choice})
	}
}

func (s *Siting) addGroups() error {
	for _, l := range s.Question.Limits {
		g := siting.Group{Name: l.Of, Limit: l.Most}
		for i := range s.Candidates {
			if l.holds(&s.Candidates[i]) {
				g.Sites = append(g.Sites, int32(i))
			}
		}
		if len(g.Sites) == 0 {
			return fault.New(fault.NotFound, "限额“%s”没有说中任何候选点：请写品牌、场所、区划代码或依托单位的名字", "the limit “%s” holds for no candidate: name a brand, premises, a division's code or a host", lang.Short(l.Of))
		}
		s.problem.Groups = append(s.problem.Groups, g)
	}
	for _, f := range s.Question.Floors {
		times := f.Times
		if times == 0 {
			times = s.Question.Times
		}
		s.problem.Areas = append(s.problem.Areas, siting.Area{Name: f.Name, Cells: f.Cells, Times: times, Floor: f.Share})
	}
	return nil
}

// Solve answers the question: soon, then better, until the plan is proven best,
// near enough by gap, or ctx ends; the best plan so far is the answer then.
func (s *Siting) Solve(ctx context.Context, how siting.Options) (*Answer, error) {
	q := &s.Question
	ask := siting.Question{Sites: q.Sites, Worth: make([]int64, q.Times), Target: q.Target, OfCoverable: q.OfReachable}
	ask.Worth[q.Times-1] = 1
	if q.Budget != nil {
		ask.Budget = new(int64(*q.Budget))
	}
	ask.Kind = [...]siting.Kind{MostPeople: siting.MostCovered, FewestSites: siting.FewestSites, LeastCost: siting.LeastCost}[q.Goal]
	found, err := siting.Solve(ctx, &s.problem, ask, how)
	if err != nil {
		return nil, err
	}
	return s.answer(found), nil
}
