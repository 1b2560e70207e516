package station

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// Cover computes the coverage of the scenario, as Network.Cover does.
func (s *Scenario) Cover(ctx context.Context, q CoverQuestion) (*Coverage, error) {
	c, counted, err := s.counts(ctx, q)
	if err != nil {
		return nil, err
	}
	cells := s.survey.cells(c.Question)
	c.Gaps, err = s.gaps(ctx, c.Question.Mode, counted, cells, reach.Coverage{Times: CoverTimes, Budget: c.CutoffDM, Counts: c.Counts, AtLeast: c.Covered[:]})
	return c, err
}

// Counts is Cover without the gaps, each of which is searched from: what trying
// a change out needs. One change costs at most one bounded search beside a pass
// over the demand, however many stations there are.
func (s *Scenario) Counts(ctx context.Context, q CoverQuestion) (*Coverage, error) {
	c, _, err := s.counts(ctx, q)
	return c, err
}

func (s *Scenario) counts(ctx context.Context, q CoverQuestion) (*Coverage, standing, error) {
	q, err := s.survey.settle(q)
	if err != nil {
		return nil, standing{}, err
	}
	g := s.survey.grounds[q.Mode]
	c := &Coverage{Question: q, CutoffDM: g.profile.Budget(q.Within)}
	counted := s.count(c)
	k, ok := s.survey.demand(q.Demand)
	if !ok {
		return c, counted, nil
	}
	c.Weights = s.survey.Demands[k].weights(night(q.At))
	for i, p := range s.survey.placed[q.Mode][k] {
		if !p.ok {
			c.Unreachable += c.Weights[i]
		} else if p.Isolated {
			c.Isolated += c.Weights[i]
		}
	}
	if err := s.tally(ctx, c, reachKey{q.Mode, c.CutoffDM, k}, counted); err != nil {
		return nil, standing{}, err
	}
	c.Demand = c.Covered[0]
	return c, counted, nil
}

// standing is the stations of a scenario that count for a question.
type standing struct {
	own    []int32      // of the network; last those of substitutes that only keep other hours
	kept   int          // how many of the last
	placed []substitute // new and moved ones
}

// count tells the stations apart and returns those that count.
func (s *Scenario) count(c *Coverage) standing {
	g := s.survey.grounds[c.Question.Mode]
	p := s.survey.Timetable()
	open := p.openAt(c.Question.At, c.Question.AnyHour)
	c.Operating, c.HoursUnknown = p.operating, p.unknown
	var out standing
	for i, each := range p.each {
		for _, station := range each.stations {
			switch {
			case s.gone[station]:
				c.Operating--
				if !each.hours.Known() {
					c.HoursUnknown--
				}
			case !g.stations[station].ok:
				c.Unplaced++
			case open.has(i):
				out.own = append(out.own, station)
			}
		}
	}
	for _, w := range s.with {
		if w.station.Status != Operating {
			continue
		}
		c.Operating++
		if !w.station.Hours.Known() {
			c.HoursUnknown++
		}
		switch at := w.places[c.Question.Mode]; {
		case !at.ok:
			c.Unplaced++
		case !c.Question.AnyHour && !w.station.Hours.OpenAt(c.Question.At):
		case w.as >= 0:
			out.own = append(out.own, w.as)
			out.kept++
		default:
			out.placed = append(out.placed, w)
		}
	}
	c.Counted = len(out.own) + len(out.placed)
	return out
}

// tally counts the stations that each cell reaches: those of the network as it
// is, less those that are gone, and those that stand instead.
func (s *Scenario) tally(ctx context.Context, c *Coverage, k reachKey, counted standing) error {
	r, err := s.survey.reachedBy(ctx, k)
	if err != nil {
		return err
	}
	if r.pairs == nil {
		return s.sweep(ctx, c, counted)
	}
	t, err := s.survey.tallied(ctx, c.Question, k, r.pairs)
	if err != nil {
		return err
	}
	if len(s.gone)+len(s.with) > 0 {
		t = t.Clone()
	}
	for i := range s.gone {
		if o := &s.survey.Stations[i]; o.Status == Operating && (c.Question.AnyHour || o.Hours.OpenAt(c.Question.At)) {
			t.Remove(r.pairs.Of(int(i)))
		}
	}
	for _, i := range counted.own[len(counted.own)-counted.kept:] {
		t.Add(r.pairs.Of(int(i)))
	}
	if len(counted.placed) > 0 {
		around := reach.NewAround(r.places)
		var list []int32
		for _, w := range counted.placed {
			list = around.Append(list[:0], w.places[k.mode].Snap, k.budget)
			t.Add(list)
		}
		c.Searches = around.Searches()
	}
	c.Counts = t.Counts()
	copy(c.Covered[:], t.AtLeast(0))
	return ctx.Err()
}

// sweep counts by one sweep from all stations, where the pairs are too many to keep.
func (s *Scenario) sweep(ctx context.Context, c *Coverage, counted standing) error {
	g := s.survey.grounds[c.Question.Mode]
	near, err := reach.Nearest(ctx, g.graph, s.snaps(c.Question.Mode, counted), CoverTimes, c.CutoffDM)
	if err != nil {
		return err
	}
	covered := reach.Cover(near, s.survey.cells(c.Question))
	c.Counts = covered.Counts
	copy(c.Covered[:], covered.AtLeast)
	return nil
}

// snaps returns where the stations are on the streets.
func (s *Scenario) snaps(mode Mode, counted standing) []road.Snap {
	out := make([]road.Snap, 0, len(counted.own)+len(counted.placed))
	for _, i := range counted.own {
		out = append(out, s.survey.grounds[mode].stations[i].Snap)
	}
	for _, w := range counted.placed {
		out = append(out, w.places[mode].Snap)
	}
	return out
}

// CountedAreas returns the area covered by all stations that count for q.
func (s *Scenario) CountedAreas(ctx context.Context, q CoverQuestion, cutoffs ...time.Duration) ([]reach.MultiPolygon, error) {
	g := s.survey.grounds[q.Mode]
	return g.areas(ctx, s.snaps(q.Mode, s.count(&Coverage{Question: q})), cutoffs)
}

// gaps ranks the groups of people without a station and says how far the
// nearest counted station is from their middle.
func (s *Scenario) gaps(ctx context.Context, mode Mode, counted standing, cells []reach.Cell, covered reach.Coverage) ([]Gap, error) {
	look := nearestCounted{scenario: s, mode: mode, counted: counted, own: make([]bool, len(s.survey.Stations))}
	for _, i := range counted.own {
		look.own[i] = true
	}
	var out []Gap
	for _, gap := range reach.Gaps(cells, covered, 1, maxGaps) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		x := Gap{Weight: gap.Weight, Unreachable: gap.Unreachable, Center: middle(cells, gap), Cells: gap.Cells, Box: geo.Nothing}
		for _, i := range gap.Cells {
			x.Box = x.Box.Extend(cells[i].At.Fixed())
		}
		x.Nearest, x.Way = look.from(x.Center)
		out = append(out, x)
	}
	return out, ctx.Err()
}

// gapReachDM is how far a gap's nearest station is looked for.
const gapReachDM = 20 * 10_000 // 20 km

// nearestCounted looks for the nearest station that counts.
type nearestCounted struct {
	scenario *Scenario
	mode     Mode
	counted  standing
	own      []bool // of each station of the network: it counts
	best     *Station
	dm       uint32
}

// from returns the nearest station to a place and the way to it, or nil.
func (l *nearestCounted) from(at geo.Point) (*Station, uint32) {
	g := l.scenario.survey.grounds[l.mode]
	l.best, l.dm = nil, gapReachDM
	start := g.place(at)
	if !start.ok {
		return nil, 0
	}
	farther := func(d uint32) bool { return d > l.dm }
	g.outward(start, gapReachDM, farther, func(i int32, d uint32) {
		if l.own[i] && d <= l.dm {
			l.consider(l.scenario.standsAt(i), d)
		}
	})
	if len(l.counted.placed) > 0 {
		search := g.borrow()
		defer g.searches.Put(search)
		search.Run(start.Snap, l.dm, nil)
		for i := range l.counted.placed {
			w := &l.counted.placed[i]
			if d, ok := search.To(w.places[l.mode].Snap); ok {
				l.consider(&w.station, start.off+d+w.places[l.mode].off)
			}
		}
	}
	if l.best == nil {
		return nil, 0
	}
	return l.best, l.dm
}

func (l *nearestCounted) consider(s *Station, d uint32) {
	if d < l.dm || d == l.dm && l.best != nil && s.Code < l.best.Code {
		l.best, l.dm = s, d
	}
}

// standsAt returns the station at the place of one of the network.
func (s *Scenario) standsAt(i int32) *Station {
	own := &s.survey.Stations[i]
	if w, ok := s.with[own.Code]; ok {
		return &w.station
	}
	return own
}
