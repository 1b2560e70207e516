package network

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Question is what someone who looks for a station asks.
type Question struct {
	From  geo.Point
	Mode  Mode
	At    time.Time        // when they set out, in the city's zone
	Needs station.Services // all of them must be there
	Limit int              // how many answers; 0 means 10
	Reach time.Duration    // how far they would go; 0 means an hour
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
	Station  *station.Station
	Way      time.Duration
	Length   uint32    // dm
	Arrive   time.Time // Question.At and the way
	Standing Standing
	Far      bool      // more than half an hour on the way
	Changes  time.Time // when it closes (if open) or opens (if closed); zero: not within eight days
	index    int       // in Network.Stations
}

// Index returns where the station is in Network.Stations.
func (f Found) Index() int { return f.index }

// Answer lists the stations found, best first.
type Answer struct {
	Found []Found
	// Estimated says that there was no street within SnapBoundM of the asker:
	// the ways are straight lines times DetourFactor, and no path can be drawn.
	Estimated bool
	// Isolated says that the asker stands on streets that lead nowhere else on
	// the map: what is across the gap cannot be found.
	Isolated bool
	from     Place
}

// Find returns the stations nearest in time that have what is needed, those
// that will be open on arrival first. It looks until it has q.Limit open ones
// that are near or has gone q.Reach; others met on the way follow, with the reason in Standing.
func (n *Network) Find(q Question) (Answer, error) {
	var a Answer
	err := n.FindInto(&a, q)
	return a, err
}

// FindInto is Find for who asks again and again: it answers into a and uses its
// memory, so that an answer is to be read before the next.
func (n *Network) FindInto(a *Answer, q Question) error {
	return n.find(a, q, (*finding).byLists)
}

// find answers q, quickly if quick can, and by a search otherwise.
func (n *Network) find(a *Answer, q Question, quick func(*finding, Place) bool) error {
	if !q.From.Valid() {
		return fault.New(fault.Invalid, "位置不对：经度应在 -180 到 180 之间，纬度在 -90 到 90 之间",
			"the position is not on the earth: longitude must be -180 to 180, latitude -90 to 90")
	}
	q.Limit = min(cmp.Or(q.Limit, defaultLimit), maxLimit)
	return n.seek(a, q, quick)
}

// seek is find for a question that was looked over, with any limit.
func (n *Network) seek(a *Answer, q Question, quick func(*finding, Place) bool) error {
	q.Reach = min(cmp.Or(q.Reach, defaultReach), maxReach)
	f := n.finding(q)
	defer n.findings.Put(f)
	a.from = f.ground.Place(q.From)
	a.Isolated, a.Estimated = a.from.Isolated, !a.from.OK
	switch {
	case !a.from.OK:
		f.straight()
	case !quick(f, a.from):
		f.begin()
		f.ground.Outward(a.from, f.ground.Profile.Budget(q.Reach), f.enough, f.meet)
	}
	a.Found = a.Found[:0]
	for _, m := range f.best() {
		a.Found = append(a.Found, f.tell(m))
	}
	return nil
}

// finding collects what a search meets: the shortest way to each station.
type finding struct {
	question  Question
	network   *Network
	ground    *Ground
	departure *departure
	met       []meeting
	at        map[int32]int // where a station is in met; not kept by byLists
	near      []geo.Near    // only for straight
	own       []step        // the stations on the asker's street; only for byLists
	open      []meeting     // the question.Limit shortest ways to open stations that are near, in order
}

// finding returns an empty finding, to be put back into findings.
func (n *Network) finding(q Question) *finding {
	f, ok := n.findings.Get().(*finding)
	if !ok {
		f = &finding{network: n, at: map[int32]int{}}
	}
	f.question, f.ground, f.departure = q, n.Grounds[q.Mode], n.days.departure(q.At, n.hours)
	f.begin()
	return f
}

func (f *finding) begin() {
	f.met, f.open = f.met[:0], f.open[:0]
	if len(f.at) > 0 {
		clear(f.at)
	}
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
	s := &f.network.facts[i]
	if s.status == station.Candidate || !s.services.Has(f.question.Needs) || f.ground.Profile.Time(dm) > f.question.Reach {
		return
	}
	at, again := f.at[i]
	if again && f.met[at].dm <= dm {
		return
	}
	if again { // it may be closed still for who comes by the shorter way
		f.open = slices.DeleteFunc(f.open, func(o meeting) bool { return o.station == i })
	} else {
		at = len(f.met)
		f.at[i] = at
		f.met = append(f.met, meeting{})
	}
	m := meeting{i, dm, unjudged, f.far(dm)}
	if !f.enough(dm) {
		m.standing = f.standing(i, dm)
	}
	f.met[at] = m
	if m.standing != OpenOnArrival || m.far {
		return
	}
	place, _ := slices.BinarySearchFunc(f.open, m, meeting.compare)
	f.open = slices.Insert(f.open, place, m)
	f.open = f.open[:min(len(f.open), f.question.Limit)]
}

// enough reports whether nothing farther than dm can be among the answers.
func (f *finding) enough(dm uint32) bool {
	return len(f.open) == f.question.Limit && f.open[f.question.Limit-1].dm < dm
}

// StandingAt returns what an answer to somebody who arrives at t would say of s.
func StandingAt(s *station.Station, t time.Time) Standing {
	switch {
	case s.Status != station.Operating:
		return NotOperating
	case !s.Hours.Known():
		return HoursUnknown
	case s.Hours.OpenThroughout(t, t.Add(minStay)):
		return OpenOnArrival
	case s.Hours.OpenAt(t):
		return ClosingSoon
	}
	return OpensLater
}

func (f *finding) far(dm uint32) bool { return f.ground.Profile.Time(dm) > farWay }

func (f *finding) standing(i int32, dm uint32) Standing {
	s := &f.network.facts[i]
	if s.status != station.Operating {
		return NotOperating
	}
	if f.departure.steady {
		return standingAt(f.departure.day.of(s.hours), f.departure.minute(f.ground.Profile.Time(dm)))
	}
	return StandingAt(&f.network.Stations[i], f.ground.arrival(f.question.At, dm))
}

// best returns the best of what was met, in order.
func (f *finding) best() []meeting {
	if len(f.open) == f.question.Limit {
		return f.open
	}
	for i, m := range f.met {
		if m.standing == unjudged {
			f.met[i].standing = f.standing(m.station, m.dm)
		}
	}
	slices.SortFunc(f.met, meeting.compare)
	return f.met[:min(len(f.met), f.question.Limit)]
}

// tell puts a meeting into the terms of an answer.
func (f *finding) tell(m meeting) Found {
	way := f.ground.Profile.Time(m.dm)
	x := Found{
		Station: &f.network.Stations[m.station], Way: way, Length: m.dm, Arrive: f.question.At.Add(way),
		Standing: m.standing, Far: m.far, index: int(m.station),
	}
	switch {
	case x.Standing == NotOperating:
	case f.departure.steady:
		x.Changes = f.departure.day.of(f.network.facts[m.station].hours).Until(f.departure.minute(way))
	default:
		x.Changes, _ = x.Station.Hours.Until(x.Arrive)
	}
	return x
}

// straight looks through the stations by straight distance, where there is no
// street to measure on: at some of the nearest, and at four times as many while
// those are not enough.
func (f *finding) straight() {
	// The grid measures on a plane, which is right to a thousandth.
	const plane = 0.999
	from := f.question.From
	for k, seen := 4*f.question.Limit, 0; ; k *= 4 {
		f.near = f.network.grid.Nearest(f.near[:0], from.Fixed(), k, uint64(f.question.Needs))
		for _, n := range f.near[seen:] {
			least := estimate(math.Sqrt(n.Metres2) * plane)
			if f.ground.Profile.Time(least) > f.question.Reach || f.enough(least) {
				return
			}
			f.meet(int32(n.Item), estimate(geo.Distance(from, f.network.Stations[n.Item].At)))
		}
		if seen = len(f.near); seen < k {
			return
		}
	}
}

// Path returns the way from the asker to a station of the answer, and false
// where there is none to draw.
func (n *Network) Path(q Question, a Answer, found Found) (road.Path, bool) {
	g := n.Grounds[q.Mode]
	to := g.Stations[found.index]
	if a.Estimated || !to.OK {
		return road.Path{}, false
	}
	return g.Graph.Route(a.from.Snap, to.Snap, found.Length)
}

// estimate turns a straight line into the length of a likely way.
func estimate(metres float64) uint32 { return uint32(math.Ceil(metres * 10 * DetourFactor)) }
