package coverage

import (
	"context"
	"math/bits"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// Verdict is whether an area meets its target.
type Verdict uint8

// The verdicts. An area where nobody is does not pass; it says so.
const (
	NoTarget Verdict = iota // it is measured, and nothing is asked of it
	NoDemand                // none of the demand lies in it, or nobody is there at its hours
	NoKind                  // the kind of demand that it names was not imported
	Missed
	Met
)

var verdictKeys = [...]string{NoTarget: "no_target", NoDemand: "no_demand", NoKind: "no_such_demand", Missed: "missed", Met: "met"}

// Key is the verdict in files and addresses.
func (v Verdict) Key() string { return verdictKeys[v] }

// Verdicts lists all verdicts.
func Verdicts() []Verdict { return []Verdict{Met, Missed, NoTarget, NoDemand, NoKind} }

// Measure is an area held against its target.
type Measure struct {
	Area     *area.Area
	Question Question // with the area's own minutes and kind of demand
	Cells    []int32  // of the demand
	Clock    *Clock   // of its cells; nil without any
	Verdict  Verdict
	Held     [2]Held // against the target for one station, and for two
}

// Held is a promise held against the clock, within the target's hours, or at all
// hours where there is no target.
type Held struct {
	Target area.Permille
	Worst  Span   // the earliest of those with the lowest share, cut to the target's hours
	Fails  []Span // where it is not met, cut to the target's hours
	Any    bool   // there is somebody in the area at some of the hours
}

// Met reports whether the promise holds.
func (h Held) Met() bool { return h.Any && len(h.Fails) == 0 }

// FailsMinutes is how long it is not met.
func (h Held) FailsMinutes() int {
	n := 0
	for _, s := range h.Fails {
		n += s.To - s.From
	}
	return n
}

// AreaQuestion asks how areas hold.
type AreaQuestion struct {
	Mode    network.Mode
	Minutes int            // 0: each area's own, or else a quarter of an hour
	Demand  string         // empty: each area's own, or else the first
	Day     *calendar.Date // a named day; nil: a usual week…
	From    calendar.Date  // …from this day on
}

// Measure holds all areas against their targets. Areas that ask about the same
// minutes and demand share one pass through the week.
func (z *Zoning) Measure(ctx context.Context, q AreaQuestion) ([]Measure, error) {
	out := make([]Measure, len(z.Areas))
	dates := z.survey.Timetable().UsualDates(q.From)
	groups := map[Question][]int{}
	for i := range z.Areas {
		m := &out[i]
		m.Area = &z.Areas[i]
		m.Question = q.of(m.Area.Target)
		var ok bool
		if m.Cells, ok = z.Cells(m.Question.Demand, i); !ok {
			m.Verdict = NoKind
			continue
		}
		if len(m.Cells) == 0 {
			m.Verdict = NoDemand
			continue
		}
		groups[m.Question] = append(groups[m.Question], i)
	}
	for cover, areas := range groups {
		parts := make([][]int32, len(areas))
		for p, i := range areas {
			parts[p] = out[i].Cells
		}
		clocks, err := z.clocks(ctx, q, cover, dates, parts)
		if err != nil {
			return nil, err
		}
		for p, i := range areas {
			out[i].hold(clocks[p])
		}
	}
	return out, nil
}

func (z *Zoning) clocks(ctx context.Context, q AreaQuestion, cover Question, dates opening.Dates, parts [][]int32) ([]*Clock, error) {
	if q.Day != nil {
		return z.survey.Days(ctx, cover, *q.Day, parts)
	}
	return z.survey.WeeksOn(ctx, cover, dates, parts)
}

// of is the question that a target's area is asked.
func (q AreaQuestion) of(t area.Target) Question {
	c := Question{Mode: q.Mode, Demand: t.Demand, Within: station.DefaultCutoff}
	if q.Demand != "" {
		c.Demand = q.Demand
	}
	for _, minutes := range []int{t.Minutes, q.Minutes} {
		if minutes > 0 {
			c.Within = time.Duration(minutes) * time.Minute
		}
	}
	return c
}

// hold holds the area against its clock.
func (m *Measure) hold(c *Clock) {
	m.Clock = c
	window := []opening.Interval{{From: 0, To: c.Minutes}}
	if t := m.Area.Target; t.Set() && t.Hours.Known() {
		window = t.Hours.OnDates(c.Dates)
		if c.Minutes == opening.MinutesPerDay {
			window = t.Hours.Through(c.Day)
		}
	}
	m.Held[0], m.Held[1] = c.held(1, m.Area.Target.Once, window), c.held(2, m.Area.Target.Twice, window)
	switch {
	case !m.Held[0].Any:
		m.Verdict = NoDemand
	case !m.Area.Target.Set():
		m.Verdict = NoTarget
	case m.Held[0].Met() && m.Held[1].Met():
		m.Verdict = Met
	default:
		m.Verdict = Missed
	}
}

// held holds a promise of so many stations against the spans in the window.
func (c *Clock) held(times int, target area.Permille, window []opening.Interval) Held {
	h := Held{Target: target}
	for _, s := range c.Spans {
		for _, w := range window {
			cut := s
			cut.From, cut.To = max(s.From, w.From), min(s.To, w.To)
			if cut.From >= cut.To || s.Covered[0] == 0 {
				continue
			}
			if !h.Any || less(cut.Covered[times], cut.Covered[0], h.Worst.Covered[times], h.Worst.Covered[0]) {
				h.Worst = cut
			}
			h.Any = true
			if less(cut.Covered[times], cut.Covered[0], reach.Weight(target), reach.Weight(area.Whole)) {
				h.Fails = joinSpans(h.Fails, cut)
			}
		}
	}
	return h
}

// joinSpans appends a span, as one with the last if nothing differs between them.
func joinSpans(spans []Span, s Span) []Span {
	if n := len(spans); n > 0 && spans[n-1].To == s.From && spans[n-1].Covered == s.Covered && spans[n-1].Counted == s.Counted {
		spans[n-1].To = s.To
		return spans
	}
	return append(spans, s)
}

// less compares a/b with c/d exactly; all are at least 0, b and d more.
func less(a, b, c, d reach.Weight) bool {
	h1, l1 := bits.Mul64(uint64(a), uint64(d))
	h2, l2 := bits.Mul64(uint64(c), uint64(b))
	return h1 < h2 || h1 == h2 && l1 < l2
}

// GapsIn returns the groups of people without a station among some cells of a
// coverage, the most people first.
func (v *Survey) GapsIn(ctx context.Context, c *Coverage, cells []int32) ([]Gap, error) {
	all, counted := v.Cells(c.Question), v.asItIs().count(&Coverage{Question: c.Question})
	some := make([]reach.Cell, len(cells))
	counts := make([]uint8, len(cells))
	for i, cell := range cells {
		some[i], counts[i] = all[cell], c.Counts[cell]
	}
	gaps, err := v.asItIs().gaps(ctx, c.Question.Mode, counted, some, reach.Coverage{Times: CoverTimes, Budget: c.CutoffDM, Counts: counts, AtLeast: c.Covered[:]})
	if err != nil {
		return nil, err
	}
	for _, g := range gaps {
		for i := range g.Cells {
			g.Cells[i] = cells[g.Cells[i]]
		}
	}
	return gaps, nil
}

// Targets returns when the target holds, in minutes after the beginning of the
// measure's clock.
func (m Measure) Targets() []opening.Interval {
	switch t := m.Area.Target; {
	case m.Clock == nil || !t.Set() || !t.Hours.Known():
		return nil
	case m.Clock.Minutes == opening.MinutesPerDay:
		return t.Hours.Through(m.Clock.Day)
	default:
		return t.Hours.OnDates(m.Clock.Dates)
	}
}
