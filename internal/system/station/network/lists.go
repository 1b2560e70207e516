package network

import (
	"math"
	"slices"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/system/station"
)

// step is a station on the way and how far it is, dm<<32|station: steps are in
// the order of answers, and compare at once.
type step = uint64

// noStep comes after every step.
const noStep = math.MaxUint64

// ahead is a shortlist being read by someone who is some way before it.
type ahead struct {
	list   *reach.Shortlist
	before uint32 // dm
	next   int
	head   step
}

func (l *ahead) advance() {
	if l.head = noStep; l.next < int(l.list.Len) {
		l.head = step(l.before+uint32(l.list.DM[l.next]))<<32 | step(l.list.Source[l.next])
		l.next++
	}
}

// byLists answers from the shortlists of the junctions at both ends of the
// asker's street, and from the stations on the street itself, the nearest first.
// It reports false where they do not tell: when none are ready yet, or when they
// end before there are enough open stations and before q.Reach.
func (f *finding) byLists(from Place) bool {
	lists := f.network.listsFor(f.ground, f.question.Needs)
	if lists == nil || !f.departure.steady {
		return false
	}
	exits, n := f.ground.Graph.Exits(from.Snap)
	var ways [2]ahead
	ways[1].head = noStep
	// Nothing is known of stations from here on: they may be in no list.
	beyond := uint32(math.MaxUint32)
	for i, x := range exits[:n] {
		l := ahead{list: lists.At(x.Node), before: from.Off + x.Length}
		beyond = min(beyond, l.before+l.list.Beyond(lists.Budget()))
		l.advance()
		ways[i] = l
	}
	own := f.ownStreet(from)
	if n == 0 {
		ways[0].head = noStep
	}
	for {
		at := min(ways[0].head, ways[1].head)
		if len(own) > 0 && own[0] <= at {
			at, own = own[0], own[1:]
		}
		dm := uint32(at >> 32)
		if dm >= beyond {
			break
		}
		for i := range ways {
			if ways[i].head == at {
				ways[i].advance()
			}
		}
		if f.pass(int32(uint32(at)), dm) {
			return true
		}
	}
	return f.ground.Profile.Time(beyond) > f.question.Reach
}

// pass takes the next station on the way into account. It reports whether that
// is all: there are enough now, or this one is farther than they would go.
func (f *finding) pass(i int32, dm uint32) bool {
	s := &f.network.facts[i]
	if s.status == station.Candidate || !s.services.Has(f.question.Needs) {
		return false
	}
	for _, m := range f.met {
		if m.station == i { // by a shorter way
			return false
		}
	}
	way := f.ground.Profile.Time(dm)
	if way > f.question.Reach {
		return true
	}
	m := meeting{i, dm, NotOperating, way > farWay}
	if s.status == station.Operating {
		m.standing = standingAt(f.departure.day.of(s.hours), f.departure.minute(way))
	}
	f.met = append(f.met, m)
	switch {
	case m.standing == OpenOnArrival && !m.far:
		f.open = append(f.open, m)
		return len(f.open) == f.question.Limit
	case m.far: // all that are near are known
		return f.certain() >= f.question.Limit
	}
	return false
}

// certain returns how many of the stations met come before all that are still to
// be met, when those are far.
func (f *finding) certain() int {
	const farOpen = int(HoursUnknown) + 1
	n := 0
	for _, m := range f.met {
		if m.class() <= farOpen {
			n++
		}
	}
	return n
}

// ownStreet returns the steps to the stations on the asker's own street that are
// reached along it.
func (f *finding) ownStreet(from Place) []step {
	f.own = f.own[:0]
	for _, i := range f.ground.on(from.Edge) {
		p := &f.ground.Stations[i]
		if dm, ok := f.ground.Graph.Straight(from.Snap, p.Snap); ok {
			f.own = append(f.own, step(from.Off+dm+p.Off)<<32|step(i))
		}
	}
	slices.Sort(f.own)
	return f.own
}
