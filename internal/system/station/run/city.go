package run

import (
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// City is a city opened to compute its items: its streets for the question's
// mode, what stands on them, and when what is open. It is immutable and serves
// any number of goroutines.
type City struct {
	graph    *road.Graph
	budget   uint32
	haloM    float64
	in       *Inputs
	grid     Grid
	contents map[square]*content
	posts    geo.RTree
	hours    int
	open     [][]bool // of each hours of Inputs: in which hours of the question
}

// content is what belongs to a tile alone.
type content struct{ stations, cells []int32 }

// NewCity prepares a city for the items of one question on one grid.
func NewCity(g *road.Graph, p road.Profile, in *Inputs, grid Grid, q Question) *City {
	c := &City{graph: g, budget: p.Budget(q.Within()), haloM: haloM(g, p.Budget(q.Within())), in: in, grid: grid, contents: map[square]*content{}, hours: HoursInWeek + 24*len(q.Days)}
	at := func(p geo.Fixed) *content {
		s := grid.of(p)
		if c.contents[s] == nil {
			c.contents[s] = &content{}
		}
		return c.contents[s]
	}
	boxes := make([]geo.Box, len(in.Stations))
	for i, s := range in.Stations {
		boxes[i] = geo.BoxOf(s.At)
		t := at(s.At)
		t.stations = append(t.stations, int32(i))
	}
	c.posts = geo.NewRTree(boxes)
	for i, cell := range in.Cells {
		t := at(cell.At)
		t.cells = append(t.cells, int32(i))
	}
	c.open = make([][]bool, len(in.Hours))
	for i, h := range in.Hours {
		c.open[i] = openHours(h, q)
	}
	return c
}

// openHours tells for each hour of a question whether a station is open as it
// begins.
func openHours(h opening.Hours, q Question) []bool {
	open := make([]bool, HoursInWeek, HoursInWeek+24*len(q.Days))
	for _, span := range h.Week() {
		for hour := (span.From + 59) / 60; hour < HoursInWeek && hour*60 < span.To; hour++ {
			open[hour] = true
		}
	}
	for _, day := range q.Days {
		for hour := range 24 {
			open = append(open, h.OpenAt(day.Start(calendar.China).Add(time.Duration(hour)*time.Hour)))
		}
	}
	return open
}

// Answer computes an item. A tile that the city does not have is an error.
func (c *City) Answer(tile string) (Answer, error) {
	s, err := parseSquare(tile)
	if err != nil {
		return nil, err
	}
	own := c.contents[s]
	if own == nil {
		return nil, fmt.Errorf("the city has no tile %s", tile)
	}
	parts := map[gb.Division]*Figures{}
	part := func(division int32) *Figures {
		d := c.in.Divisions[division]
		if parts[d] == nil {
			parts[d] = &Figures{Hours: make([]Hour, c.hours)}
		}
		return parts[d]
	}
	for _, i := range own.stations {
		c.countStation(part(c.in.Stations[i].Division), c.in.Stations[i])
	}
	c.countCells(own.cells, part)
	return answerOf(parts), nil
}

func (c *City) countStation(f *Figures, s Post) {
	f.Stations++
	if !s.Operating {
		return
	}
	f.Operating++
	if !c.in.Hours[s.Hours].Known() {
		f.HoursUnknown++
	}
	if _, ok := c.graph.Snap(s.At.Point(), network.SnapBoundM); !ok {
		f.Unplaced++
		return
	}
	for h, open := range c.open[s.Hours] {
		if open {
			f.Hours[h].Open++
		}
	}
}

// countCells adds the demand of cells and who of it is covered in which hour.
func (c *City) countCells(cells []int32, part func(int32) *Figures) {
	at, onStreet := make([]road.Snap, len(cells)), make([]bool, len(cells))
	box := geo.Nothing
	for k, i := range cells {
		cell := c.in.Cells[i]
		box = box.Extend(cell.At)
		at[k], onStreet[k] = c.graph.Snap(cell.At.Point(), network.SnapBoundM)
		f := part(cell.Division)
		f.Cells++
		f.Day += cell.Day
		f.Night += cell.Night
		if !onStreet[k] {
			f.FarDay += cell.Day
			f.FarNight += cell.Night
		}
	}
	if len(cells) == 0 {
		return
	}
	reached := c.reaching(box, at, onStreet)
	classes := c.classes(reached)
	for k, i := range cells {
		c.countCell(part(c.in.Cells[i].Division), c.in.Cells[i], reached[k], classes)
	}
}

// haloM returns how far a station can be from a cell that it covers, in metres as
// the crow flies: a thousandth and 5 m beyond what a way along the streets can lead
// to, for the two doors, whose distance is rounded and measured on a plane.
func haloM(g *road.Graph, budget uint32) float64 { return g.FarthestM(budget)*1.001 + 5 }

// reaching returns for each place of a tile the hours of the stations that people
// there reach, one for each station, as indexes into Inputs.Hours.
func (c *City) reaching(box geo.Box, at []road.Snap, onStreet []bool) [][]int32 {
	reached := make([][]int32, len(at))
	var around *reach.Around
	var met []int32
	c.posts.Search(box.Pad(c.haloM), func(i uint32) bool {
		s := c.in.Stations[i]
		if !s.Operating {
			return true
		}
		snap, ok := c.graph.Snap(s.At.Point(), network.SnapBoundM)
		if !ok {
			return true
		}
		if around == nil {
			around = reach.NewAround(reach.NewPlaces(c.graph, at, onStreet))
		}
		met = around.Append(met[:0], snap, c.budget)
		for _, k := range met {
			reached[k] = append(reached[k], s.Hours)
		}
		return true
	})
	return reached
}

// class is hours in which the same of some stations are open and people count in
// the same place.
type class struct {
	night bool
	hours []int
	open  []bool // of each hours of Inputs
}

// classes groups the hours of the question as far as the given stations can tell
// them apart.
func (c *City) classes(reached [][]int32) []class {
	used := make([]bool, len(c.open))
	for _, list := range reached {
		for _, h := range list {
			used[h] = true
		}
	}
	var all []class
	byKey := map[string]int{}
	for hour := range c.hours {
		night := AtNight(hour)
		key := make([]byte, 0, len(used)/8+1)
		for h, u := range used {
			if u && c.open[h][hour] {
				key = append(key, byte(h), byte(h>>8), byte(h>>16), byte(h>>24))
			}
		}
		if night {
			key = append(key, 'n')
		}
		at, ok := byKey[string(key)]
		if !ok {
			at = len(all)
			byKey[string(key)] = at
			open := make([]bool, len(used))
			for h, u := range used {
				open[h] = u && c.open[h][hour]
			}
			all = append(all, class{night: night, open: open})
		}
		all[at].hours = append(all[at].hours, hour)
	}
	return all
}

func (c *City) countCell(f *Figures, cell Cell, reached []int32, classes []class) {
	for _, class := range classes {
		times, weight := 0, cell.Day
		if class.night {
			weight = cell.Night
		}
		for _, h := range reached {
			if class.open[h] {
				if times++; times == coverage.CoverTimes {
					break
				}
			}
		}
		for _, hour := range class.hours {
			for k := range times {
				f.Hours[hour].Covered[k] += weight
			}
		}
	}
}
