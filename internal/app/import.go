package app

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// ImportStreets makes the city's streets of an OpenStreetMap extract. A server
// that runs meanwhile goes over to them within seconds.
func ImportStreets(ctx context.Context, c Config, extract, title string, progress atlas.Progress) (atlas.Report, error) {
	if err := c.makeHome(); err != nil {
		return atlas.Report{}, err
	}
	// What an import leaves behind from step to step is most of its peak. The
	// collector, told to come twice as often, halves that for a tenth more work.
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	// Where an import needs no more it is also kept to so many bytes; one that
	// needs more goes on, with more collecting.
	if info, err := os.Stat(extract); err == nil {
		room := 400<<20 + 8*info.Size()
		before := debug.SetMemoryLimit(-1)
		debug.SetMemoryLimit(min(before, room))
		defer debug.SetMemoryLimit(before)
	}
	return atlas.Import(ctx, extract, c.streets(), atlas.Options{Title: title, WalkKmh: c.WalkKmh, EbikeKmh: c.EbikeKmh}, progress)
}

// officeBytes is what an import of an office file may take of memory, of which the
// collector is told in time; nothing in such a file needs as much.
const officeBytes = 800 << 20

// sparing makes the collector come more often for the time of an import. Most of
// what one takes is what it leaves behind from row to row.
func sparing() (done func()) {
	percent, limit := debug.SetGCPercent(50), debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(limit, officeBytes))
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// ImportStations reads stations from a sheet or GeoJSON and brings them in,
// whole or not at all. The batch is returned for its warnings, also with an error.
func ImportStations(ctx context.Context, c Config, file io.Reader, how station.Reading, into station.Importing) (b station.Batch, out station.Outcome, err error) {
	defer sparing()()
	streets, err := c.openStreets(ctx)
	if err != nil {
		return b, out, err
	}
	if streets != nil {
		how.NearestStreet = func(p geo.Point) (float64, bool) {
			s, ok := streets.Walk.Snap(p, network.SnapBoundM)
			return s.OffM, ok
		}
	}
	if b, err = station.Read(ctx, file, how); err != nil {
		return b, out, err
	}
	err = c.withDatabase(ctx, func(d *db.DB) error {
		out, err = station.New(d).Import(ctx, station.ByCommand, b, into)
		return err
	})
	return b, out, err
}

// ImportPlaces makes stations of the features of the city's own streets file.
func ImportPlaces(ctx context.Context, c Config, how station.PlaceReading, into station.Importing) (b station.Batch, out station.Outcome, err error) {
	if err := c.finishRestore(ctx); err != nil {
		return b, out, err
	}
	streets, err := atlas.Open(c.streets())
	if err != nil {
		return b, out, err
	}
	if how.Source == "" {
		how.Source = streets.Info.Attribution
	}
	if b, err = station.FromPlaces(placesOf(streets), how); err != nil {
		return b, out, err
	}
	err = c.withDatabase(ctx, func(d *db.DB) error {
		out, err = station.New(d).Import(ctx, station.ByCommand, b, into)
		return err
	})
	return b, out, err
}

// ImportDemand replaces the demand of people by the cells of a file, and returns
// how many there are.
func ImportDemand(ctx context.Context, c Config, file io.Reader, columns demand.Columns) (int, error) {
	demands, err := ImportDemands(ctx, c, file, demand.Reading{Weights: []demand.Weighting{{Day: columns.Day, Night: columns.Night}}, Source: columns.Source})
	if err != nil {
		return 0, err
	}
	return len(demands[0].Cells), nil
}

// ImportDemands replaces the kinds of demand that a file has, all or none, and
// returns them.
func ImportDemands(ctx context.Context, c Config, file io.Reader, how demand.Reading) ([]demand.Demand, error) {
	defer sparing()()
	demands, err := demand.Read(ctx, file, how)
	if err != nil {
		return nil, err
	}
	return demands, c.withDatabase(ctx, func(d *db.DB) error {
		return demand.New(d).ReplaceAll(ctx, station.ByCommand, demands)
	})
}

// RemoveDemand removes a kind of demand.
func RemoveDemand(ctx context.Context, c Config, kind string) error {
	return c.withDatabase(ctx, func(d *db.DB) error { return demand.New(d).Remove(ctx, station.ByCommand, kind) })
}

// Demands returns the kinds of demand that were imported.
func Demands(ctx context.Context, c Config) (demands []demand.Demand, err error) {
	if !c.hasDatabase() {
		return nil, nil
	}
	err = c.withDatabase(ctx, func(d *db.DB) error {
		snap, err := city.Load(ctx, d)
		demands = snap.Demands
		return err
	})
	return demands, err
}

// withDatabase opens the database for one use of it.
func (c Config) withDatabase(ctx context.Context, use func(*db.DB) error) (err error) {
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return use(d)
}

// openStreets opens the streets if there are any.
func (c Config) openStreets(ctx context.Context) (*atlas.Atlas, error) {
	if err := c.finishRestore(ctx); err != nil {
		return nil, err
	}
	if _, err := os.Stat(c.streets()); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return atlas.Open(c.streets())
}

// EnsureStreets imports an extract unless the streets are of this very file
// already: newer than it and of its name.
func EnsureStreets(ctx context.Context, c Config, extract string, progress atlas.Progress) error {
	source, err := os.Stat(extract)
	if err != nil {
		return fault.New(fault.NotFound, "找不到地图文件 %s", "there is no map file %s", extract).Because(err)
	}
	if made, err := os.Stat(c.streets()); err == nil && made.ModTime().After(source.ModTime()) {
		if a, err := atlas.Open(c.streets()); err == nil && a.Info.Source == filepath.Base(extract) {
			return nil
		}
	}
	_, err = ImportStreets(ctx, c, extract, "", progress)
	return err
}
