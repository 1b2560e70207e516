package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// moveEntry measures what one station's move costs, with 160,000 stations and
// 200,000 cells: its old list is taken away, a new one is searched for and added.
// The limit is two bounded searches. What stands in the tally after a thousand
// moves is proven equal to a full recomputation.
func moveEntry(in *inputs) Entry {
	return Entry{
		Name: "one-station-changed", Unit: "µs", Peer: "limit: two bounded searches", Less: true, Must: 1, Stretch: 1,
		Run: func(ctx context.Context) (Figures, error) {
			n, err := in.openMetropolis(ctx)
			if err != nil {
				return Figures{}, err
			}
			return movesOf(ctx, newMoves(n))
		},
	}
}

// moves are stations that move, one by one.
type moves struct {
	budget  uint32
	places  *reach.Places
	weights []reach.Weight
	at, to  []road.Snap // of each station; of the first thousand
	placed  []bool
	pairs   *reach.Incidence
	tally   *reach.Tally
	around  *reach.Around
	took    time.Duration // by the first computation
}

const movers = 1000

func newMoves(n *atlas.Atlas) *moves {
	g := n.Walk
	m := &moves{budget: n.WalkProfile.Budget(15 * time.Minute), at: onStreets(g, metropolisStations), to: onStreets(g, movers)}
	m.placed = slices.Repeat([]bool{true}, len(m.at))
	var cells []road.Snap
	var onStreet []bool
	for _, c := range scatterCells(g, weekCells) {
		snap, ok := g.Snap(c.At, network.SnapBoundM)
		w, err := reach.NewWeight(c.Day)
		cells, onStreet, m.weights = append(cells, snap), append(onStreet, ok && err == nil), append(m.weights, w)
	}
	m.places = reach.NewPlaces(g, cells, onStreet)
	m.around = reach.NewAround(m.places)
	began := processor()
	m.pairs, m.tally = m.recomputed()
	m.took = processor() - began
	return m
}

// recomputed counts anew who reaches how many of the stations where they are now.
func (m *moves) recomputed() (*reach.Incidence, *reach.Tally) {
	const noBound = 1 << 40
	pairs, _ := reach.Incide(context.Background(), m.places, m.at, m.placed, m.budget, noBound)
	t := reach.NewTally(coverage.CoverTimes, m.weights)
	for i := range m.at {
		t.Add(pairs.Of(i))
	}
	return pairs, t
}

func movesOf(ctx context.Context, m *moves) (Figures, error) {
	var list []int32
	lists := make([][]int32, movers) // of those that moved
	for i := range lists {
		lists[i] = m.pairs.Of(i)
	}
	before := m.around.Searches()
	moved := 0
	f, err := interleave(ctx, 7, func() (float64, error) {
		took, err := seconds(processor, func() error {
			for i := range lists {
				m.tally.Remove(lists[i])
				m.at[i], m.to[i] = m.to[i], m.at[i]
				lists[i] = m.around.Append(nil, m.at[i], m.budget)
				m.tally.Add(lists[i])
			}
			return ctx.Err()
		})
		moved += movers
		return took / movers * 1e6, err
	}, func() (float64, error) {
		took, err := seconds(processor, func() error {
			for i := range lists {
				list = m.around.Append(list[:0], m.to[i], m.budget)
			}
			return ctx.Err()
		})
		return 2 * took / movers * 1e6, err
	})
	if err != nil {
		return f, err
	}
	perMove := float64(m.around.Searches()-before-moved) / float64(moved) // but for those of the peer
	_, anew := m.recomputed()
	if !slices.Equal(anew.Counts(), m.tally.Counts()) || !slices.Equal(anew.AtLeast(0), m.tally.AtLeast(0)) {
		return f, fmt.Errorf("after %d moves the tally is not what a recomputation gives", moved)
	}
	f.Note = fmt.Sprintf("%d stations, %d cells, %d pairs; %.0f search a move, counted; equal to a recomputation, which takes %.2f s: %.0f times as long",
		len(m.at), len(m.weights), m.pairs.Entries(), perMove, m.took.Seconds(), m.took.Seconds()*1e6/f.Ours)
	return f, nil
}
