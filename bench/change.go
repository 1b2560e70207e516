package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// changeEntry measures what trying one change out costs where a country's
// stations are: one moves, and the figures of the hour are there again. The peer
// computes the hour anew by one sweep from all open stations. The promise is two
// bounded searches at most, which is counted; the figures are proven equal first.
func changeEntry(in *inputs) Entry {
	return Entry{
		Name: "one-change", Unit: "changes/s", Peer: "the hour anew", Must: 10, Stretch: 100,
		Run: func(ctx context.Context) (Figures, error) {
			survey, walk, err := in.surveyMetropolis(ctx)
			if err != nil {
				return Figures{}, err
			}
			return changesOf(ctx, survey, walk)
		},
	}
}

// mostSearches is what one change may cost.
const mostSearches = 2

const changesTried = 32

func changesOf(ctx context.Context, n *coverage.Survey, g *road.Graph) (Figures, error) {
	q := coverage.Question{At: setOut}
	before, err := n.Cover(context.Background(), q)
	if err != nil {
		return Figures{}, err
	}
	random := rand.New(rand.NewPCG(6, changesTried))
	var moves []whatif.Change
	for range changesTried {
		moved := n.Stations[random.IntN(len(n.Stations))].Code
		moves = append(moves, whatif.Change{Act: whatif.MoveStation, Code: moved, At: place(g, random, doorOff)})
	}
	sweep := newSweep(n, g, before.CutoffDM)
	searches, err := provenMoves(n, q, moves[:3], sweep)
	if err != nil {
		return Figures{}, err
	}
	ours := func() (float64, error) {
		took, err := seconds(processor, func() error {
			for _, m := range moves {
				if _, err := tried(n, q, m); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
		return changesTried / took, err
	}
	peer := func() (float64, error) {
		took, err := seconds(processor, func() error {
			sweep.at(setOut)
			return ctx.Err()
		})
		return 1 / took, err
	}
	f, err := interleave(ctx, 3, ours, peer)
	f.Note = fmt.Sprintf("%d stations, %d cells; one moved at a time; %d bounded search each, %d may be; 3 figures equal", len(n.Stations), weekCells, searches, mostSearches)
	return f, err
}

func tried(n *coverage.Survey, q coverage.Question, c whatif.Change) (*coverage.Coverage, error) {
	s, err := n.WhatIf([]whatif.Change{c})
	if err != nil {
		return nil, err
	}
	return s.Counts(context.Background(), q)
}

// provenMoves holds some moves against the hour anew and returns the most
// bounded searches that one took.
func provenMoves(n *coverage.Survey, q coverage.Question, moves []whatif.Change, sweep *sweep) (most int, err error) {
	for _, m := range moves {
		c, err := tried(n, q, m)
		if err != nil {
			return 0, err
		}
		if got, want := c.Covered, sweep.moved(m); got != want {
			return 0, fmt.Errorf("%s: %v as tried, %v anew", m, got, want)
		}
		if most = max(most, c.Searches); most > mostSearches {
			return most, fmt.Errorf("%s took %d bounded searches", m, most)
		}
	}
	return most, nil
}
