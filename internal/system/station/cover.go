package station

import (
	"cmp"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// CoverQuestion asks who has stations within reach, and when.
type CoverQuestion struct {
	Mode    Mode
	Within  time.Duration // 0 means a quarter of an hour
	At      time.Time     // the hour that is asked about, in the city's zone
	AnyHour bool          // count every operating station, open at At or not
}

// The circle of the official claim, and the bounds of what may be asked.
const (
	DefaultCutoff = 15 * time.Minute
	minCutoff     = time.Minute
	maxCutoff     = time.Hour
)

// CoverTimes is how many stations per cell are told apart: none, one, two,
// three, and four or more.
const CoverTimes = 4

const maxGaps = 20

// Coverage is who has stations within reach at an hour.
//
// A cell counts a station when its people get from where they are to the
// station's door within the cutoff: to the nearest street as the crow flies, along
// the streets of the mode, and from the street to the door. Only operating
// stations that are open at the hour count; unknown hours are not open. Demand
// that no street comes near stays in the total and is covered by nothing.
type Coverage struct {
	Question CoverQuestion
	CutoffDM uint32

	Operating    int // stations not paused
	Counted      int // of them, open at the hour and near a street
	HoursUnknown int // operating, but nobody has said when they are open
	Unplaced     int // operating, but farther than SnapBoundM from any street

	Demand      reach.Weight
	Covered     [CoverTimes + 1]reach.Weight // Covered[k]: at least k stations; Covered[0] is Demand
	Unreachable reach.Weight                 // farther than SnapBoundM from any street
	Isolated    reach.Weight                 // on pieces of street that lead nowhere else

	Counts  []uint8        // of each cell of Network.Demand, at most CoverTimes
	Weights []reach.Weight // of each cell, at the hour
	Gaps    []Gap          // the largest groups of people without a station
}

// Gap is a group of neighbouring cells without a station.
type Gap struct {
	Weight      reach.Weight
	Unreachable reach.Weight // the part of Weight that no street comes near
	Center      geo.Point    // the cell in their middle: the mean of a bent group may lie beside a station
	Cells       []int32      // in Network.Demand
	Box         geo.Box
	Nearest     *Station // the counted station nearest to the centre; nil if none is
	Way         uint32   // dm to it
}

// Cover computes coverage. It takes milliseconds for a city, and a second for a
// country's 160,000 stations; callers that ask often keep the answer by Signature.
func (n *Network) Cover(q CoverQuestion) (*Coverage, error) {
	q.Within = cmp.Or(q.Within, DefaultCutoff)
	if q.Within < minCutoff || q.Within > maxCutoff {
		return nil, fault.New(fault.Invalid, "时间范围 %v 不行：请选 1 到 60 分钟", "a cutoff of %v will not do: choose 1 to 60 minutes", q.Within)
	}
	if !n.HasStreets() {
		return nil, fault.New(fault.Unavailable, "还没有街道数据：请先运行 xiadu import streets 城市.osm.pbf",
			"there are no streets yet: run xiadu import streets CITY.osm.pbf first")
	}
	g := n.grounds[q.Mode]
	c := &Coverage{Question: q, CutoffDM: g.profile.Budget(q.Within)}
	counted := n.count(c)
	cells := n.cells(q)
	near := reach.Nearest(g.graph, g.snaps(counted), CoverTimes, c.CutoffDM)
	covered := reach.Cover(near, cells)
	c.Counts, c.Unreachable, c.Isolated = covered.Counts, covered.Unreachable, covered.Isolated
	copy(c.Covered[:], covered.AtLeast)
	c.Demand = covered.Total()
	c.Weights = make([]reach.Weight, len(cells))
	for i, cell := range cells {
		c.Weights[i] = cell.Weight
	}
	c.Gaps = n.gaps(q.Mode, counted, cells, covered)
	return c, nil
}

// count tells the stations apart and returns those that count.
func (n *Network) count(c *Coverage) []int32 {
	g := n.grounds[c.Question.Mode]
	var counted []int32
	for i := range n.Stations {
		s := &n.Stations[i]
		if s.Status != Operating {
			continue
		}
		c.Operating++
		known := s.Hours.Known()
		if !known {
			c.HoursUnknown++
		}
		switch open := c.Question.AnyHour || known && s.Hours.OpenAt(c.Question.At); {
		case !g.stations[i].ok:
			c.Unplaced++
		case open:
			counted = append(counted, int32(i))
		}
	}
	c.Counted = len(counted)
	return counted
}

// cells are the demand with its weights at the hour.
func (n *Network) cells(q CoverQuestion) []reach.Cell {
	g := n.grounds[q.Mode]
	cells := make([]reach.Cell, len(n.Demand))
	for i, d := range n.Demand {
		cells[i] = reach.Cell{At: d.At, Weight: d.weight(q.At), Snap: g.demand[i].Snap, OnStreet: g.demand[i].ok}
	}
	return cells
}

// night is when people count where they sleep: from 22:00 to 06:00.
func night(t time.Time) bool { return t.Hour() >= 22 || t.Hour() < 6 }

func (c Cell) weight(at time.Time) reach.Weight {
	people := c.Day
	if night(at) {
		people = c.Night
	}
	w, err := reach.NewWeight(people)
	if err != nil {
		return 0 // ReadDemand lets no such cell in
	}
	return w
}

// gaps ranks the groups of people without a station and says how far the
// nearest counted station is from their middle.
func (n *Network) gaps(mode Mode, counted []int32, cells []reach.Cell, covered reach.Coverage) []Gap {
	g := n.grounds[mode]
	counts := map[int32]bool{}
	for _, i := range counted {
		counts[i] = true
	}
	var out []Gap
	for _, gap := range reach.Gaps(cells, covered, 1, maxGaps) {
		x := Gap{Weight: gap.Weight, Unreachable: gap.Unreachable, Center: middle(cells, gap), Cells: gap.Cells, Box: geo.Nothing}
		for _, i := range gap.Cells {
			x.Box = x.Box.Extend(cells[i].At.Fixed())
		}
		if i, dm, ok := n.nearestCounted(g, x.Center, counts); ok {
			x.Nearest, x.Way = &n.Stations[i], dm
		}
		out = append(out, x)
	}
	return out
}

// middle returns the cell of a gap that is nearest to its centre.
func middle(cells []reach.Cell, gap reach.Gap) geo.Point {
	nearest := slices.MinFunc(gap.Cells, func(a, b int32) int {
		return cmp.Compare(geo.Distance(cells[a].At, gap.Center), geo.Distance(cells[b].At, gap.Center))
	})
	return cells[nearest].At
}

// gapReachDM is how far a gap's nearest station is looked for.
const gapReachDM = 20 * 10_000 // 20 km

func (n *Network) nearestCounted(g *ground, from geo.Point, counts map[int32]bool) (station int32, dm uint32, ok bool) {
	start := g.place(from)
	if !start.ok {
		return 0, 0, false
	}
	best := uint32(gapReachDM)
	farther := func(d uint32) bool { return d > best }
	g.outward(start, gapReachDM, farther, func(i int32, d uint32) {
		if counts[i] && (d < best || ok && d == best && i < station) {
			station, best, ok = i, d, true
		}
	})
	return station, best, ok
}

// Areas returns the area from which people reach one of the stations with the
// given codes within each of the cutoffs, to draw. Codes that do not exist, and
// stations that no street comes near, have none.
func (n *Network) Areas(mode Mode, codes []string, cutoffs ...time.Duration) []reach.MultiPolygon {
	g := n.grounds[mode]
	var stations []int32
	for _, code := range codes {
		if i, ok := n.index(code); ok && g.stations[i].ok {
			stations = append(stations, int32(i))
		}
	}
	return g.areas(stations, cutoffs)
}

// CountedAreas returns the area covered by all stations that count for q.
func (n *Network) CountedAreas(q CoverQuestion, cutoffs ...time.Duration) []reach.MultiPolygon {
	return n.grounds[q.Mode].areas(n.count(&Coverage{Question: q}), cutoffs)
}

// areas draws what lies within the cutoffs of some stations, all near a street.
func (g *ground) areas(stations []int32, cutoffs []time.Duration) []reach.MultiPolygon {
	if g.graph == nil {
		return make([]reach.MultiPolygon, len(cutoffs))
	}
	budgets := make([]uint32, len(cutoffs))
	for i, c := range cutoffs {
		budgets[i] = g.profile.Budget(min(c, maxCutoff))
	}
	return reach.Areas(g.graph, g.snaps(stations), budgets)
}

// snaps returns where some stations are on the streets.
func (g *ground) snaps(stations []int32) []road.Snap {
	out := make([]road.Snap, len(stations))
	for i, s := range stations {
		out[i] = g.stations[s].Snap
	}
	return out
}

// Signature is the same for two questions that have the same answer: the
// stations that count are the same, and so are mode, cutoff and the weights.
func (n *Network) Signature(q CoverQuestion) string {
	counted := n.count(&Coverage{Question: q})
	key := make([]byte, 0, 4*len(counted)+32)
	key = append(key, byte(q.Mode))
	if night(q.At) {
		key = append(key, 1)
	}
	key = append(key, cmp.Or(q.Within, DefaultCutoff).String()...)
	for _, i := range counted {
		key = append(key, byte(i), byte(i>>8), byte(i>>16), byte(i>>24))
	}
	return string(key)
}
