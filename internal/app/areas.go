package app

import (
	"context"
	"io"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
)

// ImportAreas reads key areas, divisions and functional zones from GeoJSON and
// brings them in, whole or not at all. Where there are streets, an area that
// lies elsewhere is refused.
func ImportAreas(ctx context.Context, c Config, file io.Reader, how area.Reading, into station.Importing) (out station.Outcome, err error) {
	defer sparing()()
	how.Within = geo.Nothing
	streets, err := c.openStreets(ctx)
	if err != nil {
		return out, err
	}
	if streets != nil {
		how.Within = streets.Walk.Box()
	}
	areas, err := area.Read(ctx, file, how)
	if err != nil {
		return out, err
	}
	err = c.withDatabase(ctx, func(d *db.DB) error {
		out, err = area.New(d).Import(ctx, station.ByCommand, areas, into)
		return err
	})
	return out, err
}

// RemoveAreas removes the areas with the given codes.
func RemoveAreas(ctx context.Context, c Config, codes []string) error {
	return c.withDatabase(ctx, func(d *db.DB) error { return area.New(d).Remove(ctx, station.ByCommand, codes) })
}
