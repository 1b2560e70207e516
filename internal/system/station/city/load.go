// Package city is one city at one moment: all that answers from memory are made of.
package city

import (
	"context"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// Snapshot is everything that answers from memory are made of.
type Snapshot struct {
	Stations []station.Station // by code
	Demands  []demand.Demand
	Areas    []area.Area // by code
	Revision int64
}

// Load returns all stations and demand as they are now.
func Load(ctx context.Context, d *db.DB) (snap Snapshot, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		if snap.Revision, err = station.RevisionNow.One(tx, db.None{}); err != nil {
			return err
		}
		if snap.Stations, err = station.ReadAll(tx); err != nil {
			return err
		}
		if snap.Areas, err = area.All(tx); err != nil {
			return err
		}
		snap.Demands, err = demand.All(tx)
		return err
	})
	return snap, err
}
