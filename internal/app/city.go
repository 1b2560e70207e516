package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp"
)

// lookAgain is how often a running server asks whether streets, stations or
// demand have changed: an import beside it shows within a few seconds.
const lookAgain = 3 * time.Second

// liveCity holds the present snapshot of the city and renews it.
type liveCity struct {
	path     string // of the streets
	file     os.FileInfo
	streets  *atlas.Atlas
	stations *station.Service
	revision int64
	now      atomic.Pointer[stationhttp.City]
}

// newLiveCity opens the streets at path and puts the stations on them.
func newLiveCity(ctx context.Context, path string, stations *station.Service) (*liveCity, error) {
	l := &liveCity{path: path, stations: stations}
	if err := l.openStreets(); err != nil {
		return nil, err
	}
	return l, l.load(ctx)
}

// openStreets opens the streets if they are not those that are open already.
// The ones before stay mapped until the program ends: answers under way, and
// slices of them anywhere, still read from them, and an import of streets is rare.
func (l *liveCity) openStreets() error {
	file, err := os.Stat(l.path)
	if err == nil && l.file != nil && os.SameFile(file, l.file) {
		return nil
	}
	streets, err := atlas.Open(l.path)
	if err != nil {
		return err
	}
	l.file, l.streets = file, streets
	return nil
}

// load makes a snapshot of what the database holds.
func (l *liveCity) load(ctx context.Context) error {
	snap, err := l.stations.Load(ctx)
	if err != nil {
		return err
	}
	network := newNetwork(l.streets, snap.Stations, snap.Demands)
	if before := l.now.Load(); before != nil {
		network.Inherit(before.Network)
	}
	l.revision = snap.Revision
	city := stationhttp.NewCity(network, l.streets, fmt.Sprintf("%.8s-%d", l.streets.Info.Hash, snap.Revision))
	city.Areas = network.Zoning(snap.Areas)
	city.Inputs = Survey{}.flags(filepath.Dir(l.path))
	l.now.Store(city)
	return nil
}

// newNetwork puts stations and demand on the streets. Where nobody has given
// any demand, the estimate that came with the streets stands in, marked as such.
func newNetwork(a *atlas.Atlas, stations []station.Station, demands []station.Demand) *station.Network {
	if len(demands) == 0 {
		demands = estimateOf(a)
	}
	return station.NewNetwork(station.Streets{
		Walk: a.Walk, Ebike: a.Ebike, WalkProfile: a.WalkProfile, EbikeProfile: a.EbikeProfile,
	}, stations, demands)
}

// follow renews the snapshot until ctx ends. A database or a file that is away
// for a while leaves the last snapshot standing.
func (l *liveCity) follow(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := fault.Safely(func() error { return l.renew(ctx) })(); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "the city could not be read again", "error", err)
		}
	}
}

func (l *liveCity) renew(ctx context.Context) error {
	if err := l.openStreets(); err != nil {
		return err
	}
	revision, err := l.stations.Revision(ctx)
	if err != nil || revision == l.revision && l.streets == l.now.Load().Atlas {
		return err
	}
	return l.load(ctx)
}
