package reach

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/xiadu/xiadu/internal/geo/road"
)

// Incidence says which places reach which station within a budget. It is what
// coverage is added up from: at any hour, of any set of stations, and with a
// station more or less, without searching the streets again.
type Incidence struct {
	first []int // of each station, and one past the last
	place []int32
}

// Stations returns how many stations there are.
func (x *Incidence) Stations() int { return len(x.first) - 1 }

// Of returns the places that reach station i, ascending. It is x's own memory.
func (x *Incidence) Of(i int) []int32 { return x.place[x.first[i]:x.first[i+1]] }

// Entries returns how many pairs of a place and a station there are.
func (x *Incidence) Entries() int { return len(x.place) }

// Incide finds the places within budget decimetres of each station, one bounded
// search a station on all processors. A station whose onStreet is false is
// reached by nobody. It gives up with nil, false once there are more than most
// pairs: where a budget spans a whole city, everybody reaches everything, and
// Nearest answers what can still be asked.
func Incide(p *Places, stations []road.Snap, onStreet []bool, budget uint32, most int) (*Incidence, bool) {
	var order []int32 // along the streets, so that one search warms the next
	for i := range stations {
		if onStreet[i] {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(stations[a].Edge, stations[b].Edge), cmp.Compare(a, b))
	})
	parts := split(order, runtime.GOMAXPROCS(0))
	found := make([][]int32, len(parts)) // the lists of a part, one after another
	sizes := make([]int, len(stations))
	var total atomic.Int64
	var all sync.WaitGroup
	for w, part := range parts {
		all.Go(func() {
			around := NewAround(p)
			for _, i := range part {
				before := len(found[w])
				found[w] = around.Append(found[w], stations[i], budget)
				sizes[i] = len(found[w]) - before
				if total.Add(int64(sizes[i])) > int64(most) {
					return
				}
			}
		})
	}
	all.Wait()
	if total.Load() > int64(most) {
		return nil, false
	}
	x := &Incidence{first: make([]int, len(stations)+1), place: make([]int32, total.Load())}
	for i, size := range sizes {
		x.first[i+1] = x.first[i] + size
	}
	for w, part := range parts {
		rest := found[w]
		for _, i := range part {
			copy(x.place[x.first[i]:], rest[:sizes[i]])
			rest = rest[sizes[i]:]
		}
	}
	return x, true
}

// split cuts list into at most n runs of about the same length.
func split(list []int32, n int) [][]int32 {
	return slices.Collect(slices.Chunk(list, len(list)/n+1))
}
