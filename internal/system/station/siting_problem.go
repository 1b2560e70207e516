package station

import (
	"context"
	"slices"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/lang"
)

// Siting is a question made ready to be solved: who reaches which candidate, and
// what is open already, by the hours that differ. Solve it as often as you like.
type Siting struct {
	Question   SitingQuestion
	CutoffDM   uint32
	Candidates []SiteCandidate // by code
	Unplaced   int             // candidates that no street comes near; they are in no plan
	NoHours    int             // left out because nobody has said when they are open
	Minutes    int64           // that count
	Operating  int             // stations there are already
	Pairs      int             // of a cell and a candidate that it reaches

	survey  *Survey
	demand  Demand
	reaches *reach.Incidence // of Candidates
	periods []period
	classes []opening.Hours // of candidates that open and close together
	class   []int           // of each candidate
	problem siting.Problem
	folded  []openSet // of each of its periods: the classes that are open
	unit    int64     // minutes in a unit of the problem's time
}

// period is all time of a question in which the same stations are open, the same
// candidates would be, and the same weights hold.
type period struct {
	minutes    int64
	night      bool
	open       openSet // of the network's patterns
	candidates openSet // of the classes
}

// mostTime bounds the memory for demand by period: half a gigabyte.
const mostTime = 1 << 26

// Siting makes a question ready: one bounded search for each candidate. The
// candidates are those of the register and, besides, those in more, which is
// how a file's are tried without importing them.
func (v *Survey) Siting(ctx context.Context, q SitingQuestion, more []Station) (*Siting, error) {
	q, err := q.settle()
	if err != nil {
		return nil, err
	}
	if q.Cover, err = v.settle(q.Cover); err != nil {
		return nil, err
	}
	demand, ok := v.Demand(q.Cover.Demand)
	if !ok {
		return nil, errNoDemand()
	}
	s := &Siting{Question: q, survey: v, demand: demand, CutoffDM: v.grounds[q.Cover.Mode].profile.Budget(q.Cover.Within), Operating: v.Timetable().operating}
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
	if q.Window == (Window{}) || q.Cover.AnyHour {
		p := period{minutes: 1, night: night(q.Cover.At), open: s.survey.Timetable().openAt(q.Cover.At, q.Cover.AnyHour), candidates: newOpenSet(len(s.classes))}
		for i, h := range s.classes {
			if q.Cover.AnyHour || h.OpenAt(q.Cover.At) {
				p.candidates.add(i)
			}
		}
		s.periods, s.Minutes, s.unit = []period{p}, 1, 1
		return
	}
	existing := make([][]opening.Interval, len(s.survey.Timetable().each))
	for i, each := range s.survey.Timetable().each {
		existing[i] = each.hours.Week()
	}
	classes := make([][]opening.Interval, len(s.classes))
	for i, h := range s.classes {
		classes[i] = h.Week()
	}
	known := map[string]int{}
	for _, span := range cut(q.Window.spans(), slices.Concat(existing, classes)) {
		p := period{minutes: int64(span.To - span.From), night: nightMinute(span.From % opening.MinutesPerDay), open: openDuring(existing, span.From), candidates: openDuring(classes, span.From)}
		key := string(p.candidates.appendTo(p.open.appendTo([]byte{0})))
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

// cut divides spans at every minute at which something opens or closes, or day
// turns into night.
func cut(spans []opening.Interval, openings [][]opening.Interval) []opening.Interval {
	var at []int
	for day := range 7 {
		at = append(at, day*opening.MinutesPerDay+nightTo, day*opening.MinutesPerDay+nightFrom)
	}
	for _, open := range openings {
		for _, i := range open {
			at = append(at, i.From, i.To)
		}
	}
	slices.Sort(at)
	at = slices.Compact(at)
	var out []opening.Interval
	for _, span := range spans {
		from := span.From
		for _, m := range at {
			if m > from && m < span.To {
				out = append(out, opening.Interval{From: from, To: m})
				from = m
			}
		}
		out = append(out, opening.Interval{From: from, To: span.To})
	}
	return out
}

func openDuring(openings [][]opening.Interval, minute int) openSet {
	o := newOpenSet(len(openings))
	for i, open := range openings {
		if slices.ContainsFunc(open, func(i opening.Interval) bool { return i.From <= minute && minute < i.To }) {
			o.add(i)
		}
	}
	return o
}

// fold turns the question's periods into the problem's. All that a plan can
// change is the same for a cell whenever the same candidates are open and as
// many stations cover it, so the problem has one period for each of those; a
// week of hundreds of different spans becomes a few dozen.
func (s *Siting) fold(ctx context.Context) error {
	levels := s.Question.Times
	cells := len(s.demand.Cells)
	weights := [2][]reach.Weight{s.demand.weights(false), s.demand.weights(true)}
	bySet := map[string][]int{} // the problem's periods of a set of candidates, by level, or -1
	counts := s.counter()
	for _, p := range s.periods {
		key := string(p.candidates.appendTo(nil))
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
func (s *Siting) counter() func(context.Context, openSet) ([]uint8, error) {
	n, q := s.survey, s.Question.Cover
	known := map[string][]uint8{}
	return func(ctx context.Context, open openSet) ([]uint8, error) {
		key := string(open.appendTo(nil))
		if c, ok := known[key]; ok {
			return c, nil
		}
		var stations []int32
		for i, each := range n.Timetable().each {
			for _, station := range each.stations {
				if open.has(i) && n.grounds[q.Mode].stations[station].ok {
					stations = append(stations, station)
				}
			}
		}
		c, err := s.count(ctx, stations)
		if err == nil {
			known[key] = c
		}
		return c, err
	}
}

// count counts, for each cell, how many of some stations it reaches.
func (s *Siting) count(ctx context.Context, stations []int32) ([]uint8, error) {
	q := s.Question.Cover
	g := s.survey.grounds[q.Mode]
	kind, _ := s.survey.demand(q.Demand)
	r, err := s.survey.reachedBy(ctx, reachKey{q.Mode, s.CutoffDM, kind})
	if err != nil {
		return nil, err
	}
	if r.pairs == nil { // too many to keep: one sweep from all of them
		snaps := make([]road.Snap, len(stations))
		for i, station := range stations {
			snaps[i] = g.stations[station].Snap
		}
		near, err := reach.Nearest(ctx, g.graph, snaps, CoverTimes, s.CutoffDM)
		if err != nil {
			return nil, err
		}
		return reach.Cover(near, s.survey.cells(q)).Counts, nil
	}
	t := reach.NewTally(CoverTimes, s.demand.weights(false))
	for _, station := range stations {
		t.Add(r.pairs.Of(int(station)))
	}
	return t.Counts(), ctx.Err()
}

func (s *Siting) addSites() {
	open := make([][]int32, len(s.classes))
	for t, set := range s.folded {
		for class := range s.classes {
			if set.has(class) {
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

// Beyond returns the largest groups of people who reach neither a station nor
// any candidate in the question's hours: no plan helps them.
func (s *Siting) Beyond() []Gap {
	counts := make([]uint8, len(s.demand.Cells))
	cells := s.survey.cells(s.Question.Cover)
	sums := make([]reach.Weight, len(cells)) // over all periods, so that nothing is lost by rounding each
	for t, weights := range s.problem.Weights {
		for i, w := range weights {
			sums[i] += w
			if w > 0 && s.problem.Base[t][i] > 0 {
				counts[i] = 1
			}
		}
	}
	for j, site := range s.problem.Sites {
		if site.Choice != siting.Forbidden && len(site.Periods) > 0 {
			for _, i := range s.reaches.Of(j) {
				counts[i] = 1
			}
		}
	}
	units := reach.Weight(max(1, s.Minutes/s.unit))
	for i := range cells {
		cells[i].Weight = (sums[i] + units/2) / units
	}
	var out []Gap
	for _, gap := range reach.Gaps(cells, reach.Coverage{Times: 1, Counts: counts}, 1, maxGaps) {
		x := Gap{Weight: gap.Weight, Unreachable: gap.Unreachable, Center: middle(cells, gap), Cells: gap.Cells, Box: geo.Nothing}
		for _, i := range gap.Cells {
			x.Box = x.Box.Extend(cells[i].At.Fixed())
		}
		out = append(out, x)
	}
	return out
}

// Solve answers the question: soon, then better, until the plan is proven best,
// near enough by gap, or ctx ends; the best plan so far is the answer then.
func (s *Siting) Solve(ctx context.Context, how siting.Options) (*SitingAnswer, error) {
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
