package station

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// Question is what someone who looks for a station asks.
type Question struct {
	From  geo.Point
	Mode  Mode
	At    time.Time     // when they set out, in the city's zone
	Needs Services      // all of them must be there
	Limit int           // how many answers; 0 means 10
	Reach time.Duration // how far they would go; 0 means an hour
}

const (
	defaultLimit = 10
	maxLimit     = 100 // a page's worth; more is a list, not an answer
	defaultReach = time.Hour
	maxReach     = 2 * time.Hour
	// farWay is more of a way than a rest is worth: an open station beyond it
	// comes after a near one that may be open.
	farWay = 30 * time.Minute
	// minStay is how long a station must stay open after arrival to be worth
	// the way: time to warm up and drink a cup of water.
	minStay = 10 * time.Minute
)

// Standing says why an answer stands where it does. Answers are ordered by it
// first, and by time on the way within it; but those that are Far come after all
// that are near and may be open.
type Standing uint8

// The standings, best first.
const (
	OpenOnArrival Standing = iota // open on arrival and for minStay after
	ClosingSoon                   // open on arrival, but not for long
	HoursUnknown                  // nobody has said when it is open
	OpensLater                    // closed on arrival
	NotOperating                  // paused by its keeper
)

// Found is a station with the way to it.
type Found struct {
	Station  *Station
	Way      time.Duration
	Length   uint32    // dm
	Arrive   time.Time // Question.At and the way
	Standing Standing
	Far      bool      // more than half an hour on the way
	Changes  time.Time // when it closes (if open) or opens (if closed); zero: not within eight days
	index    int       // in Network.Stations
}

// Answer lists the stations found, best first.
type Answer struct {
	Found []Found
	// Estimated says that there was no street within SnapBoundM of the asker:
	// the ways are straight lines times DetourFactor, and no path can be drawn.
	Estimated bool
	// Isolated says that the asker stands on streets that lead nowhere else on
	// the map: what is across the gap cannot be found.
	Isolated bool
	from     place
}

// Find returns the stations nearest in time that have what is needed, those
// that will be open on arrival first. It looks until it has q.Limit open ones
// that are near or has gone q.Reach; others met on the way follow, with the reason in Standing.
func (n *Network) Find(q Question) (Answer, error) {
	if !q.From.Valid() {
		return Answer{}, fault.New(fault.Invalid, "位置不对：经度应在 -180 到 180 之间，纬度在 -90 到 90 之间",
			"the position is not on the earth: longitude must be -180 to 180, latitude -90 to 90")
	}
	q.Limit = min(cmp.Or(q.Limit, defaultLimit), maxLimit)
	q.Reach = min(cmp.Or(q.Reach, defaultReach), maxReach)
	f := finding{question: q, network: n, ground: n.grounds[q.Mode], met: map[int32]meeting{}}
	a := Answer{from: f.ground.place(q.From)}
	if a.Isolated = a.from.Isolated; a.from.ok {
		f.ground.outward(a.from, f.ground.profile.Budget(q.Reach), f.enough, f.meet)
	} else {
		a.Estimated = true
		f.straight()
	}
	a.Found = f.found()
	return a, nil
}

// finding collects what a search meets: the shortest way to each station.
type finding struct {
	question Question
	network  *Network
	ground   *ground
	met      map[int32]meeting
	open     []meeting // the question.Limit shortest ways to open stations that are near, in order
}

// meeting is the shortest way to a station so far.
type meeting struct {
	station  int32
	dm       uint32
	standing Standing
	far      bool
}

// unjudged is the standing of what was met beyond enough open stations: opening
// hours are the dearest part of a meeting, and seldom needed there.
const unjudged = NotOperating + 1

// class is what answers are ordered by first: what may be open and is near, what
// may be open and is far, the rest.
func (m meeting) class() int {
	const may = int(HoursUnknown) + 1
	if class := int(m.standing); class < may && !m.far {
		return class
	}
	return int(m.standing) + may
}

// compare orders the meetings of an answer; stations are in order of their codes.
func (m meeting) compare(o meeting) int {
	return cmp.Or(cmp.Compare(m.class(), o.class()), cmp.Compare(m.dm, o.dm), cmp.Compare(m.station, o.station))
}

func (f *finding) meet(i int32, dm uint32) {
	s := &f.network.Stations[i]
	if s.Status == Candidate || !s.Services.Has(f.question.Needs) || f.ground.profile.Time(dm) > f.question.Reach {
		return
	}
	before, again := f.met[i]
	if again && before.dm <= dm {
		return
	}
	if again { // it may be closed still for who comes by the shorter way
		f.open = slices.DeleteFunc(f.open, func(o meeting) bool { return o.station == i })
	}
	m := meeting{i, dm, unjudged, f.far(dm)}
	if !f.enough(dm) {
		m.standing = f.standing(s, dm)
	}
	f.met[i] = m
	if m.standing != OpenOnArrival || m.far {
		return
	}
	at, _ := slices.BinarySearchFunc(f.open, m, meeting.compare)
	f.open = slices.Insert(f.open, at, m)
	f.open = f.open[:min(len(f.open), f.question.Limit)]
}

// enough reports whether nothing farther than dm can be among the answers.
func (f *finding) enough(dm uint32) bool {
	return len(f.open) == f.question.Limit && f.open[f.question.Limit-1].dm < dm
}

func (f *finding) far(dm uint32) bool { return f.ground.profile.Time(dm) > farWay }

func (f *finding) standing(s *Station, dm uint32) Standing {
	arrive := f.ground.arrival(f.question.At, dm)
	switch {
	case s.Status != Operating:
		return NotOperating
	case !s.Hours.Known():
		return HoursUnknown
	case s.Hours.OpenThroughout(arrive, arrive.Add(minStay)):
		return OpenOnArrival
	case s.Hours.OpenAt(arrive):
		return ClosingSoon
	}
	return OpensLater
}

// found returns the best of what was met, in order.
func (f *finding) found() []Found {
	best := f.open
	if len(best) < f.question.Limit {
		best = slices.AppendSeq(make([]meeting, 0, len(f.met)), maps.Values(f.met))
		for i, m := range best {
			if m.standing == unjudged {
				best[i].standing = f.standing(&f.network.Stations[m.station], m.dm)
			}
		}
		slices.SortFunc(best, meeting.compare)
		best = best[:min(len(best), f.question.Limit)]
	}
	out := make([]Found, len(best))
	for i, m := range best {
		out[i] = f.tell(m)
	}
	return out
}

// tell puts a meeting into the terms of an answer.
func (f *finding) tell(m meeting) Found {
	way := f.ground.profile.Time(m.dm)
	x := Found{
		Station: &f.network.Stations[m.station], Way: way, Length: m.dm, Arrive: f.question.At.Add(way),
		Standing: m.standing, Far: m.far, index: int(m.station),
	}
	if x.Standing != NotOperating {
		x.Changes, _ = x.Station.Hours.Until(x.Arrive)
	}
	return x
}

// straight looks through the stations by straight distance, where there is no
// street to measure on.
func (f *finding) straight() {
	from := f.question.From
	f.network.tree.Near(from.Fixed(), func(i uint32, metres float64) bool {
		if dm := estimate(metres); f.ground.profile.Time(dm) > f.question.Reach || f.enough(dm) {
			return false
		}
		f.meet(int32(i), estimate(geo.Distance(from, f.network.Stations[i].At)))
		return true
	})
}

// Path returns the way from the asker to a station of the answer, and false
// where there is none to draw.
func (n *Network) Path(q Question, a Answer, found Found) (road.Path, bool) {
	g := n.grounds[q.Mode]
	to := g.stations[found.index]
	if a.Estimated || !to.ok {
		return road.Path{}, false
	}
	return g.graph.Route(a.from.Snap, to.Snap, found.Length)
}

// estimate turns a straight line into the length of a likely way.
func estimate(metres float64) uint32 { return uint32(math.Ceil(metres * 10 * DetourFactor)) }
