package reach

import (
	"context"
	"errors"
	"math/bits"
	"runtime"
	"slices"
	"sync/atomic"

	"github.com/xiadu/xiadu/internal/geo/road"
)

// ErrTooMany says that more pairs were found than are wanted.
var ErrTooMany = errors.New("reach: too many pairs of a place and a station")

// Incide finds the places within budget decimetres of each station, one bounded
// search a station on all processors, sixteen of them in step where stations lie
// close together. A station whose onStreet is false is reached by nobody. It gives
// up with ErrTooMany once there are more than most pairs: where a budget spans a
// whole city, everybody reaches everything, and Nearest answers what can still be
// asked. It ends with ctx's error soon after its end: each search on its
// own is short, and sixteen in step ask at each step outward.
func Incide(ctx context.Context, p *Places, stations []road.Snap, onStreet []bool, budget uint32, most int) (*Incidence, error) {
	found := make([][]int32, len(stations))
	var total atomic.Int64
	inParts(alongStreets(stations, onStreet), runtime.GOMAXPROCS(0), func() func([]int32) {
		c := newCanvass(p, stations, budget)
		if c.batch.lanes != nil {
			c.batch.lanes.over = func() bool { return ctx.Err() != nil }
		}
		return func(part []int32) {
			for group := range slices.Chunk(part, laneCount) {
				if total.Load() > int64(most) || ctx.Err() != nil {
					return
				}
				total.Add(int64(c.group(group, found)))
			}
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if total.Load() > int64(most) {
		return nil, ErrTooMany
	}
	x := &Incidence{first: make([]int, len(stations)+1), place: make([]int32, 0, total.Load())}
	for i, list := range found {
		x.place = append(x.place, list...)
		x.first[i+1] = len(x.place)
	}
	return x, nil
}

// canvass finds the places around many stations.
type canvass struct {
	places   *Places
	stations []road.Snap
	budget   uint32
	around   *Around
	batch    *batch
	lanesOf  []uint16 // of each place: the lanes of this group that it is met in, as bits
	met      []int32  // the places met
	list     []int32  // scratch
}

func newCanvass(p *Places, stations []road.Snap, budget uint32) *canvass {
	c := &canvass{places: p, stations: stations, budget: min(budget, MaxBudget), around: NewAround(p)}
	c.batch = newBatch(p.graph.Reverse(), c.budget)
	if c.batch.lanes != nil {
		c.lanesOf = make([]uint16, p.Len())
	}
	return c
}

// group finds the places around each station of a group, and returns how many
// they are together.
func (c *canvass) group(group []int32, found [][]int32) (pairs int) {
	if c.batch.dense(c.stations, group) {
		return c.inLanes(group, found)
	}
	for _, i := range group {
		c.list = c.around.Append(c.list[:0], c.stations[i], c.budget)
		found[i] = slices.Clone(c.list)
		pairs += len(c.list)
	}
	return pairs
}

func (c *canvass) inLanes(group []int32, found [][]int32) (pairs int) {
	c.batch.start(c.stations, group, door)
	c.meet()
	for lane, i := range group {
		c.onStreetOf(lane, c.stations[i])
	}
	slices.Sort(c.met)
	var sizes [laneCount]int
	for _, place := range c.met {
		for in := uint(c.lanesOf[place]); in != 0; in &= in - 1 {
			sizes[bits.TrailingZeros(in)]++
		}
	}
	var lists [laneCount][]int32
	for lane, i := range group {
		lists[lane] = make([]int32, 0, sizes[lane])
		found[i] = lists[lane][:sizes[lane]]
		pairs += sizes[lane]
	}
	for _, place := range c.met {
		for in := uint(c.lanesOf[place]); in != 0; in &= in - 1 {
			lane := bits.TrailingZeros(in)
			lists[lane] = append(lists[lane], place)
		}
		c.lanesOf[place] = 0
	}
	c.met = c.met[:0]
	return pairs
}

// meet notes the places beside the nodes that were reached, and makes these
// unreached.
func (c *canvass) meet() {
	l, p := c.batch.lanes, c.places
	for bucket := asideBucket; bucket < len(l.end); bucket++ {
		for _, n := range l.bucket(bucket) {
			for _, e := range p.beside[p.first[n]:p.first[n+1]] {
				if e.dm < l.total {
					c.note(e.place, lanesBeyond(&l.rows[n], uint16(e.dm)))
				}
			}
			l.rows[n], l.queued[n] = row{}, 0
		}
	}
}

// onStreetOf notes the places that reach the station along the street that both
// lie on.
func (c *canvass) onStreetOf(lane int, station road.Snap) {
	off, p := door(station), c.places
	if off > c.budget {
		return
	}
	for _, i := range p.on(station.Edge) {
		if along, ok := p.graph.Straight(p.at[i], station); ok && door(p.at[i])+along <= c.budget-off {
			c.note(i, 1<<lane)
		}
	}
}

func (c *canvass) note(place int32, in uint16) {
	if in == 0 {
		return
	}
	if c.lanesOf[place] == 0 {
		c.met = append(c.met, place)
	}
	c.lanesOf[place] |= in
}
