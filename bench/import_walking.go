package main

import (
	"context"

	"github.com/xiadu/xiadu/internal/geo/osm"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// walkingGraph reads an extract and makes the graph of those on foot.
func walkingGraph(ctx context.Context, path string) error {
	x, err := osm.Read(ctx, path, nil)
	if err != nil {
		return err
	}
	_, err = road.FromExtract(ctx, x, road.Walking(0))
	return err
}
