package station

import (
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// Cover computes the coverage of the scenario, as Network.Cover does.
func (s *Scenario) Cover(q CoverQuestion) (*Coverage, error) {
	q, err := s.network.settle(q)
	if err != nil {
		return nil, err
	}
	g := s.network.grounds[q.Mode]
	c := &Coverage{Question: q, CutoffDM: g.profile.Budget(q.Within)}
	counted := s.count(c)
	cells := s.network.cells(q)
	c.Weights = make([]reach.Weight, len(cells))
	for i, cell := range cells {
		c.Weights[i] = cell.Weight
		if !cell.OnStreet {
			c.Unreachable += cell.Weight
		} else if cell.Snap.Isolated {
			c.Isolated += cell.Weight
		}
	}
	var atLeast []reach.Weight
	c.Counts, atLeast = s.tally(q, c.CutoffDM, counted, c.Weights)
	copy(c.Covered[:], atLeast)
	c.Demand = c.Covered[0]
	c.Gaps = s.gaps(q.Mode, counted, cells, reach.Coverage{Times: CoverTimes, Budget: c.CutoffDM, Counts: c.Counts, AtLeast: atLeast})
	return c, nil
}

// standing is the stations of a scenario that count for a question.
type standing struct {
	own    []int32      // of the network, those of substitutes that only keep other hours among them
	placed []substitute // new and moved ones
}

// count tells the stations apart and returns those that count.
func (s *Scenario) count(c *Coverage) standing {
	g := s.network.grounds[c.Question.Mode]
	p := s.network.patterns()
	open := p.openAt(c.Question)
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
		default:
			out.placed = append(out.placed, w)
		}
	}
	c.Counted = len(out.own) + len(out.placed)
	return out
}

// tally counts the stations that each cell reaches.
func (s *Scenario) tally(q CoverQuestion, budget uint32, counted standing, weights []reach.Weight) ([]uint8, []reach.Weight) {
	k, ok := s.network.demand(q.Demand)
	if !ok {
		return nil, make([]reach.Weight, CoverTimes+1)
	}
	r := s.network.reachedBy(reachKey{q.Mode, budget, k})
	if r.pairs == nil {
		return s.sweep(q, budget, counted)
	}
	t := reach.NewTally(CoverTimes, weights)
	for _, i := range counted.own {
		t.Add(r.pairs.Of(int(i)))
	}
	if len(counted.placed) > 0 {
		around := reach.NewAround(r.places)
		var list []int32
		for _, w := range counted.placed {
			list = around.Append(list[:0], w.places[q.Mode].Snap, budget)
			t.Add(list)
		}
	}
	return t.Counts(), t.AtLeast(0)
}

// sweep counts by one sweep from all stations, where the pairs are too many to keep.
func (s *Scenario) sweep(q CoverQuestion, budget uint32, counted standing) ([]uint8, []reach.Weight) {
	g := s.network.grounds[q.Mode]
	c := reach.Cover(reach.Nearest(g.graph, s.snaps(q.Mode, counted), CoverTimes, budget), s.network.cells(q))
	return c.Counts, c.AtLeast
}

// snaps returns where the stations are on the streets.
func (s *Scenario) snaps(mode Mode, counted standing) []road.Snap {
	out := make([]road.Snap, 0, len(counted.own)+len(counted.placed))
	for _, i := range counted.own {
		out = append(out, s.network.grounds[mode].stations[i].Snap)
	}
	for _, w := range counted.placed {
		out = append(out, w.places[mode].Snap)
	}
	return out
}

// CountedAreas returns the area covered by all stations that count for q.
func (s *Scenario) CountedAreas(q CoverQuestion, cutoffs ...time.Duration) []reach.MultiPolygon {
	g := s.network.grounds[q.Mode]
	return g.areas(s.snaps(q.Mode, s.count(&Coverage{Question: q})), cutoffs)
}

// gaps ranks the groups of people without a station and says how far the
// nearest counted station is from their middle.
func (s *Scenario) gaps(mode Mode, counted standing, cells []reach.Cell, covered reach.Coverage) []Gap {
	look := nearestCounted{scenario: s, mode: mode, counted: counted, own: make([]bool, len(s.network.Stations))}
	for _, i := range counted.own {
		look.own[i] = true
	}
	var out []Gap
	for _, gap := range reach.Gaps(cells, covered, 1, maxGaps) {
		x := Gap{Weight: gap.Weight, Unreachable: gap.Unreachable, Center: middle(cells, gap), Cells: gap.Cells, Box: geo.Nothing}
		for _, i := range gap.Cells {
			x.Box = x.Box.Extend(cells[i].At.Fixed())
		}
		x.Nearest, x.Way = look.from(x.Center)
		out = append(out, x)
	}
	return out
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
	g := l.scenario.network.grounds[l.mode]
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
	own := &s.network.Stations[i]
	if w, ok := s.with[own.Code]; ok {
		return &w.station
	}
	return own
}
