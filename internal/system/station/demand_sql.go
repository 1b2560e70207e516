package station

import (
	"cmp"
	"context"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/record"
)

type demandRow struct {
	ID     string  `db:"id"`
	Lon    float64 `db:"lon"`
	Lat    float64 `db:"lat"`
	Day    float64 `db:"day"`
	Night  float64 `db:"night"`
	Source string  `db:"source"`
}

var (
	demandCells = db.Declare[db.None, demandRow](`SELECT /*cols*/ FROM station_demand`)
	clearDemand = db.Declare[db.None, db.None](`DELETE FROM station_demand`)
	putDemand   = db.Declare[demandRow, db.None](`
		INSERT INTO station_demand (id, lon, lat, day, night, source) VALUES (:id, :lon, :lat, :day, :night, :source)`)
)

func allDemand(tx *db.Tx) ([]Cell, error) {
	var out []Cell
	for r, err := range demandCells.Each(tx, db.None{}) {
		if err != nil {
			return nil, err
		}
		out = append(out, Cell{ID: r.ID, At: geo.Point{Lon: r.Lon, Lat: r.Lat}, Day: r.Day, Night: r.Night, Source: r.Source})
	}
	// Sorted here and not by the engines, whose orders of text may differ.
	slices.SortFunc(out, func(a, b Cell) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// ReplaceDemand puts other demand cells in the place of those stored.
func (s *Service) ReplaceDemand(ctx context.Context, by string, demand []Cell) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if _, err := clearDemand.Exec(tx, db.None{}); err != nil {
			return err
		}
		entry := DemandReplaced{Cells: len(demand)}
		for _, c := range demand {
			entry.Day, entry.Night, entry.Source = entry.Day+c.Day, entry.Night+c.Night, c.Source
		}
		rows := func(yield func(demandRow) bool) {
			for _, c := range demand {
				if !yield(demandRow{c.ID, c.At.Lon, c.At.Lat, c.Day, c.Night, c.Source}) {
					return
				}
			}
		}
		if _, err := putDemand.ExecEach(tx, rows); err != nil {
			return err
		}
		if err := record.Append(tx, by, entry); err != nil {
			return err
		}
		_, err := nextRevision.Exec(tx, db.None{})
		return err
	})
}
