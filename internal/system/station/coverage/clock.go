package coverage

import (
	"context"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
)

// Clock is coverage over time: exact from opening to closing, since between
// them nothing changes. The same stations are open in many of its spans, and
// each such set was computed once.
type Clock struct {
	Question Question
	CutoffDM uint32
	Day      calendar.Date // the named day; the zero Date: a week
	Dates    opening.Dates // of a week that is put together of dates
	Minutes  int           // how long: a day or seven
	Spans    []Span        // without gaps from 0 to Minutes
	Sets     int           // how many different sets of stations are open in it

	// Unreachable is the demand farther than SnapBoundM from any street, by day
	// and by night. It is part of the demand and covered by nothing.
	Unreachable [2]reach.Weight
}

// Span is a stretch of time in which the same stations are open and the same
// weights hold.
type Span struct {
	From, To int  // minutes after the Clock's beginning, a Monday's midnight for a week
	Night    bool // people count where they sleep
	Set      int  // the same for spans with the same stations open
	Counted  int  // stations open and near a street
	Covered  [CoverTimes + 1]reach.Weight
}

// Share returns the share of the demand with at least so many stations.
func (s Span) Share(times int) float64 { return s.Covered[times].Share(s.Covered[0]) }

// At returns the span that a minute lies in.
func (c *Clock) At(minute int) Span {
	i, ok := slices.BinarySearchFunc(c.Spans, minute, func(s Span, m int) int { return s.From - m })
	if !ok {
		i--
	}
	return c.Spans[max(i, 0)]
}

// Week computes coverage through an ordinary week, one without holidays, dated
// exceptions or seasons: of all of the demand, or of the cells with the given
// indexes. What q says of an hour does not matter.
func (v *Survey) Week(ctx context.Context, q Question, cells []int32) (*Clock, error) {
	return v.asItIs().Week(ctx, q, cells)
}

// Day computes coverage through a named day, by the hours that hold on it.
func (v *Survey) Day(ctx context.Context, q Question, day calendar.Date, cells []int32) (*Clock, error) {
	return v.asItIs().Day(ctx, q, day, cells)
}

// Week is Network.Week for the scenario.
func (s *Scenario) Week(ctx context.Context, q Question, cells []int32) (*Clock, error) {
	return s.clock(ctx, q, &Clock{Minutes: 7 * opening.MinutesPerDay}, cells, opening.Hours.Week)
}

// Day is Network.Day for the scenario.
func (s *Scenario) Day(ctx context.Context, q Question, day calendar.Date, cells []int32) (*Clock, error) {
	c := &Clock{Day: day, Minutes: opening.MinutesPerDay}
	return s.clock(ctx, q, c, cells, func(h opening.Hours) []opening.Interval { return h.Through(day) })
}

// group is stations of a scenario that open and close together.
type group struct {
	open   []opening.Interval
	counts standing
}

// groups are all stations of the scenario by when they are open.
func (s *Scenario) groups(q Question, open func(opening.Hours) []opening.Interval, minutes int) []group {
	always := []opening.Interval{{From: 0, To: minutes}}
	g := s.survey.Grounds[q.Mode]
	var out []group
	for _, each := range s.survey.Timetable().Each {
		x := group{open: always}
		if !q.AnyHour {
			x.open = open(each.Hours)
		}
		for _, i := range each.Stations {
			if g.Stations[i].OK && !s.gone[i] {
				x.counts.own = append(x.counts.own, i)
			}
		}
		out = append(out, x)
	}
	bySpelling := map[string]int{}
	for _, w := range s.with {
		if w.station.Status != station.Operating || !w.places[q.Mode].OK {
			continue
		}
		spelling := w.station.Hours.String()
		at, ok := bySpelling[spelling]
		if !ok {
			at = len(out)
			bySpelling[spelling] = at
			x := group{open: always}
			if !q.AnyHour {
				x.open = open(w.station.Hours)
			}
			out = append(out, x)
		}
		if w.as >= 0 {
			out[at].counts.own = append(out[at].counts.own, w.as)
		} else {
			out[at].counts.placed = append(out[at].counts.placed, w)
		}
	}
	return out
}

func (s *Scenario) clock(ctx context.Context, q Question, c *Clock, cells []int32, open func(opening.Hours) []opening.Interval) (*Clock, error) {
	w, err := s.winding(q, c, open)
	if err != nil {
		return nil, err
	}
	for night := range w.weights {
		if cells != nil {
			w.weights[night] = only(w.weights[night], cells)
		}
		for i, p := range s.survey.placed[c.Question.Mode][w.demand] {
			if !p.OK {
				c.Unreachable[night] += w.weights[night][i]
			}
		}
	}
	return c, w.run(ctx)
}

// winding makes ready to wind a clock over all of the demand.
func (s *Scenario) winding(q Question, c *Clock, open func(opening.Hours) []opening.Interval) (*winding, error) {
	q, err := s.survey.Settle(q)
	if err != nil {
		return nil, err
	}
	k, ok := s.survey.demandIndex(q.Demand)
	if !ok {
		return nil, ErrNoDemand()
	}
	c.Question, c.CutoffDM = q, s.survey.Grounds[q.Mode].Profile.Budget(q.Within)
	w := &winding{scenario: s, clock: c, groups: s.groups(q, open, c.Minutes), demand: k}
	for night := range w.weights {
		w.weights[night] = s.survey.Demands[k].Weights(night == 1)
	}
	return w, nil
}

// only keeps the weights of some cells.
func only(weights []reach.Weight, cells []int32) []reach.Weight {
	out := make([]reach.Weight, len(weights))
	for _, i := range cells {
		out[i] = weights[i]
	}
	return out
}

// winding is a clock in the making.
type winding struct {
	scenario *Scenario
	clock    *Clock
	groups   []group
	demand   int
	weights  [2][]reach.Weight    // by day, by night
	seen     func(counts []uint8) // of each new set, if there is one: the stations that each cell reaches

	tally  *reach.Tally // nil: the pairs are too many to keep
	around *reach.Around
	found  map[string][]int32 // by around, of each new position
	pairs  *reach.Incidence
	open   timetable.OpenSet
}

// figures are the coverage by one set of open stations.
type figures struct {
	set, counted int
	covered      [2][CoverTimes + 1]reach.Weight
}

func (w *winding) run(ctx context.Context) error {
	r, err := w.scenario.survey.reachedBy(ctx, reachKey{w.clock.Question.Mode, w.clock.CutoffDM, w.demand})
	if err != nil {
		return err
	}
	if r.pairs == nil {
		return errTooMuch()
	}
	w.pairs, w.tally = r.pairs, reach.NewTally(CoverTimes, w.weights[0], w.weights[1])
	w.around, w.found = reach.NewAround(r.places), map[string][]int32{}
	w.open = timetable.NewOpenSet(len(w.groups))
	known := map[string]figures{}
	bounds := w.bounds()
	for i, from := range bounds[:len(bounds)-1] {
		if err := ctx.Err(); err != nil {
			return err
		}
		open := w.openAt(from)
		key := string(open.AppendTo(nil))
		f, ok := known[key]
		if !ok {
			f = w.turnTo(open)
			if w.seen != nil {
				w.seen(w.tally.Counts())
			}
			f.set = len(known)
			known[key] = f
		}
		night := timetable.NightMinute(from % opening.MinutesPerDay)
		span := Span{From: from, To: bounds[i+1], Night: night, Set: f.set, Counted: f.counted, Covered: f.covered[0]}
		if night {
			span.Covered = f.covered[1]
		}
		w.clock.Spans = append(w.clock.Spans, span)
	}
	w.clock.Sets = len(known)
	return nil
}

// bounds are the minutes at which something opens or closes, or day turns into
// night, and both ends.
func (w *winding) bounds() []int {
	at := []int{0, w.clock.Minutes}
	for midnight := 0; midnight < w.clock.Minutes; midnight += opening.MinutesPerDay {
		at = append(at, midnight+timetable.NightTo, midnight+timetable.NightFrom)
	}
	for _, g := range w.groups {
		for _, i := range g.open {
			at = append(at, i.From, i.To)
		}
	}
	slices.Sort(at)
	return slices.Compact(at)
}

func (w *winding) openAt(minute int) timetable.OpenSet {
	o := timetable.NewOpenSet(len(w.groups))
	for i, g := range w.groups {
		if slices.ContainsFunc(g.open, func(i opening.Interval) bool { return i.From <= minute && minute < i.To }) {
			o.Add(i)
		}
	}
	return o
}

// turnTo opens and closes what is different from the set before.
func (w *winding) turnTo(open timetable.OpenSet) (f figures) {
	for i, g := range w.groups {
		if open.Has(i) {
			f.counted += len(g.counts.own) + len(g.counts.placed)
		}
		switch before := w.open.Has(i); {
		case open.Has(i) && !before:
			w.each(g, w.tally.Add)
		case before && !open.Has(i):
			w.each(g, w.tally.Remove)
		}
	}
	w.open = open
	for night := range f.covered {
		copy(f.covered[night][:], w.tally.AtLeast(night))
	}
	return f
}

func (w *winding) each(g group, visit func(cells []int32)) {
	for _, i := range g.counts.own {
		visit(w.pairs.Of(int(i)))
	}
	for _, p := range g.counts.placed {
		cells, ok := w.found[p.station.Code]
		if !ok {
			cells = w.around.Append(nil, p.places[w.clock.Question.Mode].Snap, w.clock.CutoffDM)
			w.found[p.station.Code] = cells
		}
		visit(cells)
	}
}

// ErrNoDemand says that there is no demand, and how there can be.
func ErrNoDemand() error {
	return fault.New(fault.NotFound, "还没有需求数据：请先运行 xiadu import demand 需求.csv",
		"there is no demand yet: run xiadu import demand demand.csv first")
}

// errTooMuch says that a cutoff spans so much that pairs cannot be kept.
func errTooMuch() *fault.Error {
	return fault.New(fault.Invalid, "这么远几乎人人都到得了每个站点，算不动：请把分钟数改小", "that far almost everybody reaches every station, which is too much to compute: choose fewer minutes")
}

// Moment returns the instant of a minute of a named day's clock.
func (c *Clock) Moment(minute int, zone *time.Location) time.Time {
	return c.Day.Start(zone).Add(time.Duration(minute) * time.Minute)
}
