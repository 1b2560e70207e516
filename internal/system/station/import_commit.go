package station

import (
	"context"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang"
)

// Importing says how a batch meets what is stored.
type Importing struct {
	Replace bool // remove the stations that the batch does not have
	DryRun  bool // tell the outcome and change nothing
}

// Outcome counts what an import did, or would do.
type Outcome struct{ Added, Changed, Removed, Unchanged int }

// In says the outcome to a reader of l.
func (o Outcome) In(l lang.Lang) string {
	return l.F("新增 %d，更改 %d，移除 %d，未变 %d", "%d added, %d changed, %d removed, %d unchanged", o.Added, o.Changed, o.Removed, o.Unchanged)
}

// Import brings a batch in by the stations' codes, whole or not at all: a batch
// with issues is refused with the fault that names them. Fields that the file
// does not have keep their values.
func (s *Service) Import(ctx context.Context, by string, b Batch, how Importing) (Outcome, error) {
	if err := b.Err(); err != nil {
		return Outcome{}, err
	}
	run := s.db.Update
	if how.DryRun {
		run = s.db.View
	}
	var out Outcome
	err := run(ctx, func(tx *db.Tx) error {
		if err := b.unseen(tx.Now()); err != nil {
			return err
		}
		d, err := b.differ(tx, how.Replace)
		if err != nil {
			return err
		}
		out = Outcome{len(d.added), len(d.changed), len(d.removed), d.unchanged}
		if how.DryRun {
			return nil
		}
		return d.apply(tx, by)
	})
	if err != nil {
		return Outcome{}, err
	}
	return out, nil
}

func (b Batch) differ(tx *db.Tx, replace bool) (*difference, error) {
	stored, err := ReadAll(tx)
	if err != nil {
		return nil, err
	}
	byCode := make(map[string]Station, len(stored))
	for _, s := range stored {
		byCode[s.Code] = s
	}
	var d difference
	for _, wanted := range b.Stations {
		old, exists := byCode[wanted.Code]
		if exists {
			wanted = b.onto(old, wanted)
			delete(byCode, wanted.Code)
		}
		d.consider(old, wanted, exists)
	}
	if replace {
		for _, s := range stored { // in order, which a map has not
			if _, left := byCode[s.Code]; left {
				d.removed = append(d.removed, s)
			}
		}
	}
	return &d, nil
}

// onto returns the wanted station with the old one's facts where the file has
// no column.
func (b Batch) onto(old, wanted Station) Station {
	keep := func(f Field) bool { return !b.given[f] }
	if keep(FieldBrand) {
		wanted.Brand = old.Brand
	}
	if keep(FieldHost) {
		wanted.Host = old.Host
	}
	if keep(FieldPremises) {
		wanted.Premises = old.Premises
	}
	if keep(FieldCost) {
		wanted.Cost = old.Cost
	}
	if keep(FieldSize) {
		wanted.Size = old.Size
	}
	if keep(FieldDivision) {
		wanted.Division = old.Division
	}
	if keep(FieldAddress) {
		wanted.Address = old.Address
	}
	if keep(FieldAccess) {
		wanted.Access = old.Access
	}
	if keep(FieldServices) {
		wanted.Services = old.Services
	}
	if keep(FieldWheelchair) {
		wanted.Wheelchair = old.Wheelchair
	}
	if keep(FieldStatus) {
		wanted.Status = old.Status
	}
	if keep(FieldHours) {
		wanted.Hours = old.Hours
	}
	if keep(FieldSource) && wanted.Source == "" {
		wanted.Source = old.Source
	}
	if keep(FieldChecked) {
		wanted.Checked = old.Checked
	}
	return wanted
}
