package app

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp"
)

// lookAgain is how often a running server asks whether stations or demand have
// changed: an import beside it shows within a few seconds.
const lookAgain = 3 * time.Second

// liveCity holds the present snapshot of the city and renews it.
type liveCity struct {
	streets  *atlas.Atlas
	stations *station.Service
	revision int64
	now      atomic.Pointer[stationhttp.City]
}

func newLiveCity(ctx context.Context, streets *atlas.Atlas, stations *station.Service) (*liveCity, error) {
	l := &liveCity{streets: streets, stations: stations}
	return l, l.load(ctx)
}

// load makes a snapshot of what the database holds.
func (l *liveCity) load(ctx context.Context) error {
	snap, err := l.stations.Load(ctx)
	if err != nil {
		return err
	}
	network := newNetwork(l.streets, snap.Stations, snap.Demand)
	l.revision = snap.Revision
	l.now.Store(stationhttp.NewCity(network, l.streets, fmt.Sprintf("%.8s-%d", l.streets.Info.Hash, snap.Revision)))
	return nil
}

// newNetwork puts stations and demand on the streets.
func newNetwork(a *atlas.Atlas, stations []station.Station, demand []station.Cell) *station.Network {
	return station.NewNetwork(station.Streets{
		Walk: a.Walk, Ebike: a.Ebike, WalkProfile: a.WalkProfile, EbikeProfile: a.EbikeProfile,
	}, stations, demand)
}

// follow renews the snapshot until ctx ends. A database that is away for a
// while leaves the last snapshot standing.
func (l *liveCity) follow(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		revision, err := l.stations.Revision(ctx)
		if err == nil && revision != l.revision {
			err = l.load(ctx)
		}
		if err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "the city could not be read again", "error", err)
		}
	}
}
