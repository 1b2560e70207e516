package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
)

// lookAgain is how often a running server asks whether streets, stations or
// demand have changed: an import beside it shows within a few seconds.
const lookAgain = 3 * time.Second

// liveCity holds the present snapshot of the city and renews it.
type liveCity struct {
	path     string      // of the streets
	file     os.FileInfo // as it was when it was last looked into
	settled  bool        // it had lain still then
	refused  error       // why, if it was
	streets  *atlas.Atlas
	database *db.DB
	stations *station.Service // that the pages list from, too: it holds the register
	revision int64
	now      atomic.Pointer[city.City]
}

// newLiveCity opens the streets at path and puts the stations on them.
func newLiveCity(ctx context.Context, path string, d *db.DB) (*liveCity, error) {
	l := &liveCity{path: path, database: d, stations: station.New(d)}
	if err := l.openStreets(); err != nil {
		return nil, err
	}
	return l, l.load(ctx)
}

// settleTime is how long a file must have lain still to be taken for whole. One
// that is being copied over has a new time with every write, as fine as the
// file system keeps it.
const settleTime = 2 * time.Second

// openStreets opens the streets unless the file is as it was. An import puts a
// new file in its place; somebody who copies over it changes its size or time.
// The same content again changes nothing, and a file that was refused is not
// read again until it changes.
func (l *liveCity) openStreets() error {
	// Its time is taken before it is read: what is written meanwhile shows next time.
	file, err := os.Stat(l.path)
	if err == nil && l.settled && os.SameFile(file, l.file) && file.Size() == l.file.Size() && file.ModTime().Equal(l.file.ModTime()) {
		return l.refused
	}
	if l.file, l.settled = file, false; err == nil {
		age := time.Since(file.ModTime())
		l.settled = age > settleTime || age < 0
	}
	streets, err := atlas.Open(l.path)
	if l.refused = err; err != nil {
		l.settled = l.settled && fault.KindOf(err) == fault.Invalid
		return err
	}
	if l.streets == nil || streets.Info.Hash != l.streets.Info.Hash {
		l.streets = streets
	}
	return nil
}

// load makes a snapshot of what the database holds.
func (l *liveCity) load(ctx context.Context) error {
	snap, err := city.Load(ctx, l.database)
	if err != nil {
		return err
	}
	survey := city.Surveyed(l.streets, snap.Stations, snap.Demands)
	if before := l.now.Load(); before != nil {
		survey.Inherit(before.Network)
	}
	l.revision = snap.Revision
	city := city.NewCity(survey, l.streets, fmt.Sprintf("%.8s-%d", l.streets.Info.Hash, snap.Revision))
	city.Areas = survey.Zoning(snap.Areas)
	l.now.Store(city)
	return l.stations.Hold(ctx, snap.Stations, snap.Revision)
}

// follow renews the snapshot until ctx ends. A database or a file that is away
// for a while leaves the last snapshot standing, and is told of once.
func (l *liveCity) follow(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(lookAgain)
	defer tick.Stop()
	var told string
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := fault.Safely(func() error { return l.renew(ctx) })()
		if ctx.Err() != nil {
			return
		}
		now := fmt.Sprint(err)
		if err != nil && now != told {
			log.WarnContext(ctx, "the city could not be read again", "error", err)
		}
		told = now
	}
}

// renew makes a new snapshot if anything has changed. Streets that cannot be
// read keep nobody from the stations.
func (l *liveCity) renew(ctx context.Context) error {
	away := l.openStreets()
	revision, err := l.stations.Revision(ctx)
	if err != nil || revision == l.revision && l.streets == l.now.Load().Atlas {
		return errors.Join(away, err)
	}
	return errors.Join(away, l.load(ctx))
}
