// Package network is a city's stations on its streets, and finding one: the nearest
// in time that has what is needed and will be open on arrival. It knows nothing of
// demand. Answers come from lists of the nearest stations at each junction, and
// from a search outward where the lists do not tell; both say the same.
package network

import (
	"cmp"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Network is a snapshot of a city's stations, placed on its streets. It is
// immutable and answers Find from memory, for any number of readers at once; a
// change makes a new Network. It knows nothing of demand: that is a Survey's.
type Network struct {
	Stations []station.Station // by code
	Tree     geo.RTree         // over stations
	grid     *geo.Grid         // of stations, by Services
	Grounds  [len(ModeNames)]*Ground
	facts    []facts         // of each station
	hours    []opening.Hours // distinct
	existing int             // stations that are not candidates
	having   [maxNeeds]int   // of them, by Need
	days     days
	findings sync.Pool // of *finding
}

// Mode is how someone travels.
type Mode uint8

// The modes.
const (
	Walk Mode = iota
	Ebike
)

// ModeNames are what modes are called in addresses and flags.
var ModeNames = [...]string{Walk: "walk", Ebike: "ebike"}

func (m Mode) String() string { return ModeNames[m] }

// ParseMode reads a mode's name; anything unknown is false.
func ParseMode(s string) (Mode, bool) {
	i := slices.Index(ModeNames[:], s)
	return Mode(max(i, 0)), i >= 0
}

// Streets are a city's networks, one for each mode. A nil graph has no streets.
type Streets struct {
	Walk, Ebike               *road.Graph
	WalkProfile, EbikeProfile road.Profile
}

const (
	// SnapBoundM is how far a place may lie from a street and still count as
	// being on it. A station or demand cell beyond it is reported, not moved.
	SnapBoundM = 500
	// DetourFactor turns a straight line into a likely way where there is no
	// street to measure on: the ratio of walked to straight distance in built-up
	// areas is commonly given as 1.2 to 1.4.
	DetourFactor = 1.3
)

// Ground is the streets of one mode with everything placed on them.
type Ground struct {
	Graph    *road.Graph
	Profile  road.Profile
	Stations []Place
	first    []uint32 // of each edge, and one past the last: into byEdge
	byEdge   []int32  // stations in the order of the edges they lie on
	doorsAt  []uint32 // of each node, and one past the last: into doors
	doors    []door
	Searches sync.Pool // of *reach.Search
	lists    shortlists
}

// door is a station that is reached from a node along one street.
type door struct {
	station int32
	dm      uint32 // from the node to the door
}

// Place is where something stands beside a street.
type Place struct {
	road.Snap
	Off uint32 // dm from the street
	OK  bool   // there is a street within SnapBoundM
}

// New places stations on the streets. They must be unique by code, and are
// sorted in place.
func New(streets Streets, stations []station.Station) *Network {
	slices.SortFunc(stations, func(a, b station.Station) int { return cmp.Compare(a.Code, b.Code) })
	n := &Network{Stations: stations}
	boxes, at, has := make([]geo.Box, len(stations)), make([]geo.Fixed, len(stations)), make([]uint64, len(stations))
	for i, s := range stations {
		at[i], has[i] = s.At.Fixed(), uint64(s.Services)
		boxes[i] = geo.BoxOf(at[i])
	}
	n.Tree, n.grid = geo.NewRTree(boxes), geo.NewGrid(at, has)
	n.findFacts()
	n.Grounds[Walk] = newGround(streets.Walk, streets.WalkProfile, stations)
	n.Grounds[Ebike] = newGround(streets.Ebike, streets.EbikeProfile, stations)
	return n
}

func newGround(graph *road.Graph, profile road.Profile, stations []station.Station) *Ground {
	g := &Ground{Graph: graph, Profile: profile, Stations: make([]Place, len(stations))}
	if graph == nil {
		return g
	}
	graph.QuickenSnaps()
	g.PlaceAll(g.Stations, func(i int) geo.Point { return stations[i].At })
	g.findDoors()
	return g
}

// findDoors sorts the stations by their edges and by the nodes they are reached
// from.
func (g *Ground) findDoors() {
	g.first, g.doorsAt = make([]uint32, g.Graph.Edges()+1), make([]uint32, g.Graph.Nodes()+1)
	back := g.Graph.Reverse() // its exits are the ways in
	for i, p := range g.Stations {
		if !p.OK {
			continue
		}
		g.first[p.Edge+1]++
		g.byEdge = append(g.byEdge, int32(i))
		exits, n := back.Exits(p.Snap)
		for _, x := range exits[:n] {
			g.doorsAt[x.Node+1]++
		}
	}
	for e := range g.Graph.Edges() {
		g.first[e+1] += g.first[e]
	}
	for n := range g.Graph.Nodes() {
		g.doorsAt[n+1] += g.doorsAt[n]
	}
	slices.SortFunc(g.byEdge, func(a, b int32) int {
		return cmp.Or(cmp.Compare(g.Stations[a].Edge, g.Stations[b].Edge), cmp.Compare(a, b))
	})
	g.doors = make([]door, g.doorsAt[g.Graph.Nodes()])
	next := slices.Clone(g.doorsAt)
	for _, i := range g.byEdge {
		p := g.Stations[i]
		exits, n := back.Exits(p.Snap)
		for _, x := range exits[:n] {
			g.doors[next[x.Node]] = door{i, x.Length + p.Off}
			next[x.Node]++
		}
	}
}

// PlaceAll fills places on all processors: a country's 160,000 stations take
// seconds, and the program starts no sooner.
func (g *Ground) PlaceAll(places []Place, at func(i int) geo.Point) {
	var all fault.Group
	share := len(places)/runtime.GOMAXPROCS(0) + 1
	for from := 0; from < len(places); from += share {
		all.Go(func() {
			for i := from; i < min(from+share, len(places)); i++ {
				places[i] = g.Place(at(i))
			}
		})
	}
	all.Wait()
}

// Place puts a point on the street beside it, if one is within SnapBoundM.
func (g *Ground) Place(p geo.Point) Place {
	if g.Graph == nil {
		return Place{}
	}
	s, ok := g.Graph.Snap(p, SnapBoundM)
	return Place{Snap: s, Off: s.Off(), OK: ok}
}

// Borrow lends a search of the streets, to be put back into Searches.
func (g *Ground) Borrow() *reach.Search {
	if s, ok := g.Searches.Get().(*reach.Search); ok {
		return s
	}
	return reach.NewSearch(g.Graph)
}

// on returns the stations beside edge e.
func (g *Ground) on(e road.Edge) []int32 { return g.byEdge[g.first[e]:g.first[e+1]] }

// Outward searches the streets from a place and calls meet for the stations on
// the way, with how far it is from door to door. A station is met from the
// junction before it, so its own stretch of street counts exactly; it may be met
// again by a shorter way. The search ends at the budget, or when enough says
// that nothing at least so far away is wanted.
func (g *Ground) Outward(from Place, budget uint32, enough func(dm uint32) bool, meet func(i int32, dm uint32)) {
	for _, i := range g.on(from.Edge) {
		if dm, ok := g.Graph.Straight(from.Snap, g.Stations[i].Snap); ok {
			meet(i, from.Off+dm+g.Stations[i].Off)
		}
	}
	search := g.Borrow()
	defer g.Searches.Put(search)
	search.Run(from.Snap, budget, func(node road.Node, d uint32) bool {
		if enough(from.Off + d - min(d, reach.Slack)) {
			return false
		}
		for _, door := range g.doors[g.doorsAt[node]:g.doorsAt[node+1]] {
			meet(door.station, from.Off+d+door.dm)
		}
		return true
	})
}

// Station returns the station with the given code.
func (n *Network) Station(code string) (station.Station, bool) {
	i, ok := n.Index(code)
	if !ok {
		return station.Station{}, false
	}
	return n.Stations[i], true
}

// Index returns where in Stations a code is, and whether it is.
func (n *Network) Index(code string) (int, bool) {
	return slices.BinarySearchFunc(n.Stations, code, func(s station.Station, code string) int { return cmp.Compare(s.Code, code) })
}

// Box returns the box around the walking streets, or around the stations where
// there are no streets.
func (n *Network) Box() geo.Box {
	if g := n.Grounds[Walk].Graph; g != nil && g.Edges() > 0 {
		return g.Box()
	}
	box := geo.Nothing
	for _, s := range n.Stations {
		box = box.Extend(s.At.Fixed())
	}
	return box
}

// HasStreets reports whether there are streets to measure on.
func (n *Network) HasStreets() bool {
	g := n.Grounds[Walk].Graph
	return g != nil && g.Edges() > 0
}

// Within returns the stations in box, as indexes into Stations, until visit
// returns false.
func (n *Network) Within(box geo.Box, visit func(i int) bool) {
	n.Tree.Search(box, func(i uint32) bool { return visit(int(i)) })
}

// NearestStreet returns how far p is from the nearest street for walking, in
// metres, and false beyond ten kilometres.
func (n *Network) NearestStreet(p geo.Point) (metres float64, ok bool) {
	g := n.Grounds[Walk].Graph
	if g == nil {
		return 0, false
	}
	s, ok := g.Snap(p, 10_000)
	return s.OffM, ok
}

// Unplaced returns the stations that no street of mode comes near: they cannot
// be found or counted, and someone should correct their positions.
func (n *Network) Unplaced(mode Mode) []station.Station {
	var out []station.Station
	for i, p := range n.Grounds[mode].Stations {
		if !p.OK {
			out = append(out, n.Stations[i])
		}
	}
	return out
}

// Speed returns the speed of a mode in kilometres an hour.
func (n *Network) Speed(mode Mode) float64 { return n.Grounds[mode].Profile.SpeedKmh }

// arrival returns when someone who leaves at the given time arrives.
func (g *Ground) arrival(leave time.Time, dm uint32) time.Time { return leave.Add(g.Profile.Time(dm)) }
