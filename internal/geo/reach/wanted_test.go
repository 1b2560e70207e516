package reach_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// nearestTo is Nearest where nothing ends it.
func nearestTo(g *road.Graph, sources []road.Snap, k int, budget uint32) *reach.Nearby {
	near, err := reach.Nearest(context.Background(), g, sources, k, budget)
	if err != nil {
		panic(err)
	}
	return near
}

// areasOf is Areas where nothing ends it.
func areasOf(g *road.Graph, stations []road.Snap, budgets []uint32) []reach.MultiPolygon {
	areas, err := reach.Areas(context.Background(), g, stations, budgets)
	if err != nil {
		panic(err)
	}
	return areas
}

// incideAll is Incide where nothing ends it: false where there are too many pairs.
func incideAll(p *reach.Places, stations []road.Snap, onStreet []bool, budget uint32, most int) (*reach.Incidence, bool) {
	x, err := reach.Incide(context.Background(), p, stations, onStreet, budget, most)
	if err != nil && !errors.Is(err, reach.ErrTooMany) {
		panic(err)
	}
	return x, err == nil
}

// counted is a context that ends after it was asked so often.
type counted struct {
	context.Context
	left atomic.Int64
}

func (c *counted) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// What nobody wants any more ends in its middle, and asks often enough to.
func TestItEndsWhenNobodyWantsIt(t *testing.T) {
	g := lattice(t, 120)
	var stations []road.Snap
	for e := range road.Edge(2000) {
		stations = append(stations, road.Snap{Edge: e})
	}
	all := slices.Repeat([]bool{true}, len(stations))
	places := reach.NewPlaces(g, stations, all)
	for name, compute := range map[string]func(context.Context) error{
		"Nearest": func(ctx context.Context) error { _, err := reach.Nearest(ctx, g, stations, 8, 50_000); return err },
		"Areas": func(ctx context.Context) error {
			_, err := reach.Areas(ctx, g, stations, []uint32{10_000, 50_000})
			return err
		},
		"Incide": func(ctx context.Context) error {
			_, err := reach.Incide(ctx, places, stations, all, 20_000, math.MaxInt32)
			return err
		},
	} {
		const often = 1 << 40
		whole := &counted{Context: t.Context()}
		whole.left.Store(often)
		if err := compute(whole); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		asked := often - whole.left.Load()
		if asked < 4 {
			t.Errorf("%s asks %d times whether it is wanted", name, asked)
		}
		half := &counted{Context: t.Context()}
		half.left.Store(asked / 2)
		if err := compute(half); !errors.Is(err, context.Canceled) {
			t.Errorf("%s goes on to its end: %v", name, err)
		}
		if more := -half.left.Load(); more > 8 { // each goroutine, and the end
			t.Errorf("%s goes on for %d steps", name, more)
		}
	}
}
