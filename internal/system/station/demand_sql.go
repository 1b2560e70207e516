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
	Kind   string  `db:"kind"`
	ID     string  `db:"id"`
	Lon    float64 `db:"lon"`
	Lat    float64 `db:"lat"`
	Day    float64 `db:"day"`
	Night  float64 `db:"night"`
	Source string  `db:"source"`
}

var (
	demandCells = db.Declare[db.None, demandRow](`SELECT /*cols*/ FROM station_demand_cell`)
	clearDemand = db.Declare[string, db.None](`DELETE FROM station_demand_cell WHERE kind = :kind`)
	putDemand   = db.Declare[demandRow, db.None](`
		INSERT INTO station_demand_cell (kind, id, lon, lat, day, night, source)
		VALUES (:kind, :id, :lon, :lat, :day, :night, :source)`)
)

func allDemands(tx *db.Tx) ([]Demand, error) {
	byKind := map[string]*Demand{}
	for r, err := range demandCells.Each(tx, db.None{}) {
		if err != nil {
			return nil, err
		}
		d := byKind[r.Kind]
		if d == nil {
			d = &Demand{Kind: r.Kind}
			byKind[r.Kind] = d
		}
		d.Cells = append(d.Cells, Cell{ID: r.ID, At: geo.Point{Lon: r.Lon, Lat: r.Lat}, Day: r.Day, Night: r.Night, Source: r.Source})
	}
	var out []Demand
	for _, d := range byKind {
		// Sorted here and not by the engines, whose orders of text may differ.
		slices.SortFunc(d.Cells, func(a, b Cell) int { return cmp.Compare(a.ID, b.ID) })
		d.Source = d.Cells[0].Source
		out = append(out, *d)
	}
	slices.SortFunc(out, Demand.compare)
	return out, nil
}

// ReplaceDemand puts other cells in the place of those stored of the demand's
// kind. A demand without cells removes the kind.
func (s *Service) ReplaceDemand(ctx context.Context, by string, demand Demand) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		if _, err := clearDemand.Exec(tx, demand.Kind); err != nil {
			return err
		}
		entry := DemandReplaced{Demand: demand.Kind, Cells: len(demand.Cells)}
		for _, c := range demand.Cells {
			entry.Day, entry.Night, entry.Source = entry.Day+c.Day, entry.Night+c.Night, c.Source
		}
		rows := func(yield func(demandRow) bool) {
			for _, c := range demand.Cells {
				if !yield(demandRow{demand.Kind, c.ID, c.At.Lon, c.At.Lat, c.Day, c.Night, c.Source}) {
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
