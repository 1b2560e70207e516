package coverage

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
)

// Cover computes the coverage of the scenario, as Network.Cover does.
func (s *Scenario) Cover(ctx context.Context, q Question) (*Coverage, error) {
	c, counted, err := s.counts(ctx, q)
	if err != nil {
		return nil, err
	}
	cells := s.survey.Cells(c.Question)
	c.Gaps, err = s.gaps(ctx, c.Question.Mode, counted, cells, reach.Coverage{Times: CoverTimes, Budget: c.CutoffDM, Counts: c.Counts, AtLeast: c.Covered[:]})
	return c, err
}

// Counts is Cover without the gaps, each of which is searched from: what trying
// a change out needs. One change costs at most one bounded search beside a pass
// over the demand, however many stations there are.
func (s *Scenario) Counts(ctx context.Context, q Question) (*Coverage, error) {
	c, _, err := s.counts(ctx, q)
	return c, err
}

func (s *Scenario) counts(ctx context.Context, q Question) (*Coverage, standing, error) {
	q, err := s.survey.Settle(q)
	if err != nil {
		return nil, standing{}, err
	}
	g := s.survey.Grounds[q.Mode]
	c := &Coverage{Question: q, CutoffDM: g.Profile.Budget(q.Within)}
	counted := s.count(c)
	k, ok := s.survey.demandIndex(q.Demand)
	if !ok {
		return c, counted, nil
	}
	c.Weights = s.survey.Demands[k].Weights(timetable.NightAt(q.At))
	for i, p := range s.survey.placed[q.Mode][k] {
		if !p.OK {
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
	g := s.survey.Grounds[c.Question.Mode]
	p := s.survey.Timetable()
	open := p.OpenAt(c.Question.At, c.Question.AnyHour)
	c.Operating, c.HoursUnknown = p.Operating, p.Unknown
	var out standing
	for i, each := range p.Each {
		for _, station := range each.Stations {
			switch {
			case s.gone[station]:
				c.Operating--
				if !each.Hours.Known() {
					c.HoursUnknown--
				}
			case !g.Stations[station].OK:
				c.Unplaced++
			case open.Has(i):
				out.own = append(out.own, station)
			}
		}
	}
	for _, w := range s.with {
		if w.station.Status != station.Operating {
			continue
		}
		c.Operating++
		if !w.station.Hours.Known() {
			c.HoursUnknown++
		}
		switch at := w.places[c.Question.Mode]; {
		case !at.OK:
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
		if o := &s.survey.Stations[i]; o.Status == station.Operating && (c.Question.AnyHour || o.Hours.OpenAt(c.Question.At)) {
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
	g := s.survey.Grounds[c.Question.Mode]
	near, err := reach.Nearest(ctx, g.Graph, s.snaps(c.Question.Mode, counted), CoverTimes, c.CutoffDM)
	if err != nil {
		return err
	}
	covered := reach.Cover(near, s.survey.Cells(c.Question))
	c.Counts = covered.Counts
	copy(c.Covered[:], covered.AtLeast)
	return nil
}

// snaps returns where the stations are on the streets.
func (s *Scenario) snaps(mode network.Mode, counted standing) []road.Snap {
	out := make([]road.Snap, 0, len(counted.own)+len(counted.placed))
	for _, i := range counted.own {
		out = append(out, s.survey.Grounds[mode].Stations[i].Snap)
	}
	for _, w := range counted.placed {
		out = append(out, w.places[mode].Snap)
	}
	return out
}

// CountedAreas returns the area covered by all stations that count for q.
func (s *Scenario) CountedAreas(ctx context.Context, q Question, cutoffs ...time.Duration) ([]reach.MultiPolygon, error) {
	g := s.survey.Grounds[q.Mode]
	return areasOf(ctx, g, s.snaps(q.Mode, s.count(&Coverage{Question: q})), cutoffs)
}

// gaps ranks the groups of people without a station and says how far the
// nearest counted station is from their middle.
func (s *Scenario) gaps(ctx context.Context, mode network.Mode, counted standing, cells []reach.Cell, covered reach.Coverage) ([]Gap, error) {
	look := nearestCounted{scenario: s, mode: mode, counted: counted, own: make([]bool, len(s.survey.Stations))}
	for _, i := range counted.own {
		look.own[i] = true
	}
	var out []Gap
	for _, gap := range reach.Gaps(cells, covered, 1, MaxGaps) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		x := Gap{Weight: gap.Weight, Unreachable: gap.Unreachable, Center: Middle(cells, gap), Cells: gap.Cells, Box: geo.Nothing}
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
	mode     network.Mode
	counted  standing
	own      []bool // of each station of the network: it counts
	best     *station.Station
	dm       uint32
}

// from returns the nearest station to a place and the way to it, or nil.
func (l *nearestCounted) from(at geo.Point) (*station.Station, uint32) {
	g := l.scenario.survey.Grounds[l.mode]
	l.best, l.dm = nil, gapReachDM
	start := g.Place(at)
	if !start.OK {
		return nil, 0
	}
	farther := func(d uint32) bool { return d > l.dm }
	g.Outward(start, gapReachDM, farther, func(i int32, d uint32) {
		if l.own[i] && d <= l.dm {
			l.consider(l.scenario.standsAt(i), d)
		}
	})
	if len(l.counted.placed) > 0 {
		search := g.Borrow()
		defer g.Searches.Put(search)
		search.Run(start.Snap, l.dm, nil)
		for i := range l.counted.placed {
			w := &l.counted.placed[i]
			if d, ok := search.To(w.places[l.mode].Snap); ok {
				l.consider(&w.station, start.Off+d+w.places[l.mode].Off)
			}
		}
	}
	if l.best == nil {
		return nil, 0
	}
	return l.best, l.dm
}

func (l *nearestCounted) consider(s *station.Station, d uint32) {
	if d < l.dm || d == l.dm && l.best != nil && s.Code < l.best.Code {
		l.best, l.dm = s, d
	}
}

// standsAt returns the station at the place of one of the network.
func (s *Scenario) standsAt(i int32) *station.Station {
	own := &s.survey.Stations[i]
	if w, ok := s.with[own.Code]; ok {
		return &w.station
	}
	return own
}
