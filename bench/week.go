package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// weekEntry measures the coverage clock at the size of a country: the figures of
// every minute of an ordinary week, of 160,000 stations and 200,000 cells. The
// peer is what there was before who reaches what was kept: a sweep from all open
// stations for each hour of the week. Every seventh hour is
// proven equal first, which is each hour of the day once.
func weekEntry(in *inputs) Entry {
	return Entry{
		Name: "coverage-week", Unit: "weeks/s", Peer: "a sweep an hour", Must: 10, Stretch: 100,
		Run: func(ctx context.Context) (Figures, error) {
			survey, walk, err := in.surveyMetropolis(ctx)
			if err != nil {
				return Figures{}, err
			}
			return weekOf(ctx, survey, walk)
		},
	}
}

const (
	weekCells   = 200_000
	hoursOfWeek = 7 * 24
)

// weekBegins is the Monday of a week without holidays.
var weekBegins = time.Date(2026, 11, 23, 0, 0, 0, 0, calendar.China)

// surveyMetropolis is a country's stations on the streets of the metropolis, held
// against a country's cells.
func (in *inputs) surveyMetropolis(ctx context.Context) (*coverage.Survey, *road.Graph, error) {
	a, err := in.openMetropolis(ctx)
	if err != nil {
		return nil, nil, err
	}
	stations, err := scatter(a.Walk, metropolisStations)
	if err != nil {
		return nil, nil, err
	}
	return coverage.New(network.New(streetsOf(a), stations), demand.Of(scatterCells(a.Walk, weekCells))), a.Walk, nil
}

func scatterCells(g *road.Graph, count int) []demand.Cell {
	random := rand.New(rand.NewPCG(4, uint64(count)))
	all := make([]demand.Cell, count)
	for i := range all {
		all[i] = demand.Cell{ID: fmt.Sprintf("C-%06d", i), At: place(g, random, askerOff), Day: float64(1 + random.IntN(40)), Night: float64(random.IntN(60))}
	}
	return all
}

func weekOf(ctx context.Context, n *coverage.Survey, g *road.Graph) (Figures, error) {
	began := time.Now()
	first, err := n.Week(context.Background(), coverage.Question{}, nil)
	if err != nil {
		return Figures{}, err
	}
	opening := time.Since(began) // the streets around each station searched, once
	sweep := newSweep(n, g, first.CutoffDM)
	for hour := 0; hour < hoursOfWeek; hour += 7 {
		if got, want := first.At(hour*60).Covered, sweep.covered(hour); got != want {
			return Figures{}, fmt.Errorf("hour %d: %v by the clock, %v by a sweep", hour, got, want)
		}
	}
	ours := func() (float64, error) {
		took, err := seconds(processor, func() error {
			_, err := n.Week(context.Background(), coverage.Question{}, nil)
			return err
		})
		return 1 / took, err
	}
	peer := func() (float64, error) { // a sample of the hours, one in each quarter of the week
		took, err := seconds(processor, func() error {
			for hour := 3; hour < hoursOfWeek; hour += hoursOfWeek / 4 {
				sweep.covered(hour)
			}
			return ctx.Err()
		})
		return 4 / (took * hoursOfWeek), err
	}
	f, err := interleave(ctx, 3, ours, peer)
	f.Note = fmt.Sprintf("%d stations, %d cells, %d sets of open stations; 24 hours equal; the first week took %.1f s, the streets around each station included",
		len(n.Stations), weekCells, first.Sets, opening.Seconds())
	return f, err
}

// sweep computes an hour by itself.
type sweep struct {
	graph    *road.Graph
	budget   uint32
	stations []station.Station
	snaps    []road.Snap
	placed   []bool
	cells    [2][]reach.Cell // by day, by night
}

func newSweep(n *coverage.Survey, g *road.Graph, budget uint32) *sweep {
	s := &sweep{graph: g, budget: budget, stations: n.Stations}
	for _, x := range n.Stations {
		snap, ok := g.Snap(x.At, network.SnapBoundM)
		s.snaps, s.placed = append(s.snaps, snap), append(s.placed, ok)
	}
	demand, _ := n.Demand("")
	for _, c := range demand.Cells {
		snap, ok := g.Snap(c.At, network.SnapBoundM)
		for night, people := range []float64{c.Day, c.Night} {
			w, err := reach.NewWeight(people)
			if err != nil {
				continue // there is none so large
			}
			s.cells[night] = append(s.cells[night], reach.Cell{At: c.At, Weight: w, Snap: snap, OnStreet: ok})
		}
	}
	return s
}

func (s *sweep) covered(hour int) [coverage.CoverTimes + 1]reach.Weight {
	return s.at(weekBegins.Add(time.Duration(hour) * time.Hour))
}

// moved computes setOut with one station elsewhere.
func (s *sweep) moved(c whatif.Change) [coverage.CoverTimes + 1]reach.Weight {
	i := slices.IndexFunc(s.stations, func(x station.Station) bool { return x.Code == c.Code })
	snap, placed := s.snaps[i], s.placed[i]
	defer func() { s.snaps[i], s.placed[i] = snap, placed }()
	s.snaps[i], s.placed[i] = s.graph.Snap(c.At, network.SnapBoundM)
	return s.at(setOut)
}

func (s *sweep) at(at time.Time) (out [coverage.CoverTimes + 1]reach.Weight) {
	var open []road.Snap
	for i, x := range s.stations {
		if s.placed[i] && x.Hours.OpenAt(at) {
			open = append(open, s.snaps[i])
		}
	}
	cells := s.cells[0]
	if h := at.Hour(); h >= 22 || h < 6 {
		cells = s.cells[1]
	}
	near, err := reach.Nearest(context.Background(), s.graph, open, coverage.CoverTimes, s.budget)
	if err != nil {
		panic(err) // nothing ends that context
	}
	copy(out[:], reach.Cover(near, cells).AtLeast)
	return out
}
