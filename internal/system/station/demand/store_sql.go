package demand

import (
	"cmp"
	"context"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
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

// labelRow is what an office calls a kind of demand.
type labelRow struct {
	Kind  string `db:"kind"`
	Label string `db:"label"`
}

var (
	demandLabels = db.Declare[db.None, labelRow](`SELECT /*cols*/ FROM station_demand_label`)
	clearLabel   = db.Declare[string, db.None](`DELETE FROM station_demand_label WHERE kind = :kind`)
	putLabel     = db.Declare[labelRow, db.None](`INSERT INTO station_demand_label (kind, label) VALUES (:kind, :label)`)

	demandCells = db.Declare[db.None, demandRow](`SELECT /*cols*/ FROM station_demand_cell`)
	clearDemand = db.Declare[string, db.None](`DELETE FROM station_demand_cell WHERE kind = :kind`)
	putDemand   = db.Declare[demandRow, db.None](`
		INSERT INTO station_demand_cell (kind, id, lon, lat, day, night, source)
		VALUES (:kind, :id, :lon, :lat, :day, :night, :source)`)
)

// All reads all demand, as tx sees it.
func All(tx *db.Tx) ([]Demand, error) {
	byKind := map[string]*Demand{}
	labels, err := demandLabels.Slice(tx, db.None{})
	if err != nil {
		return nil, err
	}
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
	for _, l := range labels {
		if d := byKind[l.Kind]; d != nil {
			d.Label = l.Label
		}
	}
	var out []Demand
	for _, d := range byKind {
		// Sorted here and not by the engines, whose orders of text may differ.
		slices.SortFunc(d.Cells, func(a, b Cell) int { return cmp.Compare(a.ID, b.ID) })
		d.Source = d.Cells[0].Source
		out = append(out, *d)
	}
	slices.SortFunc(out, Demand.Compare)
	return out, nil
}

// Service is the use cases of demand: each method is one transaction.
type Service struct{ db *db.DB }

// New returns the use cases on a database with station.Schema and the
// record's.
func New(d *db.DB) *Service { return &Service{d} }

// Replace puts other cells in the place of those stored of the demand's
// kind. A demand without cells removes the kind.
func (s *Service) Replace(ctx context.Context, by string, demand Demand) error {
	return s.ReplaceAll(ctx, by, []Demand{demand})
}

// ReplaceAll replaces several kinds at once, all or none; kinds that are not
// among them stay.
func (s *Service) ReplaceAll(ctx context.Context, by string, demands []Demand) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		for _, d := range demands {
			if err := replaceDemand(tx, by, d); err != nil {
				return err
			}
		}
		_, err := station.NextRevision.Exec(tx, db.None{})
		return err
	})
}

func replaceDemand(tx *db.Tx, by string, demand Demand) error {
	for _, q := range []db.Query[string, db.None]{clearDemand, clearLabel} {
		if _, err := q.Exec(tx, demand.Kind); err != nil {
			return err
		}
	}
	entry := Replaced{ReplacedOnce: ReplacedOnce{Demand: demand.Kind, Label: demand.Label, Cells: len(demand.Cells)}}
	if len(demand.Cells) > 0 {
		var err error
		if entry.SHA256, err = Sum(demand); err != nil {
			return err
		}
	}
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
	if demand.Label != "" && len(demand.Cells) > 0 {
		if _, err := putLabel.Exec(tx, labelRow{demand.Kind, demand.Label}); err != nil {
			return err
		}
	}
	return record.Append(tx, by, entry)
}

// Remove removes a kind of demand; a fault.NotFound says that there is none.
func (s *Service) Remove(ctx context.Context, by, kind string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		stored, err := All(tx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(stored, func(d Demand) bool { return d.Kind == kind }) {
			return fault.New(fault.NotFound, "没有“%s”这种需求：用 xiadu import demand --list 看有哪些", "there is no demand of the kind “%s”: xiadu import demand --list has them", lang.Short(kind))
		}
		if err := replaceDemand(tx, by, Demand{Kind: kind}); err != nil {
			return err
		}
		_, err = station.NextRevision.Exec(tx, db.None{})
		return err
	})
}
