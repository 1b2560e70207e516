package station

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// maxWhy bounds a reason, in characters.
const maxWhy = 200

// Correct changes the version of a station that the caller has seen, for an office that
// answers for where it lies, and for where it is moved to. Why is free text and may name
// people, so it is kept in the private part of the entry. A fault.Conflict says that
// somebody was faster. A change of nothing is no change.
func (s *Service) Correct(ctx context.Context, who identity.Colleague, to Station, why string) (Station, error) {
	why, err := checkedWhy(why)
	if err != nil {
		return Station{}, err
	}
	to.At = to.At.Fixed().Point()
	if err := to.checked(); err != nil {
		return Station{}, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		old, err := read(tx, to.Code)
		if err != nil {
			return err
		}
		by, err := admit(tx, who, old)
		if err != nil {
			return err
		}
		if flaw, wrong := to.unseen(tx.Now()); wrong && to.Checked != old.Checked {
			return flaw.fault()
		}
		if err := to.moved(old); err != nil {
			return err
		}
		to, err = to.onto(tx, who, by, old, why)
		return err
	})
	return to, err
}

// farthest is how far an office moves a station that stays in its division: the largest county of the
// country is wider, and nobody moves a station across it.
const farthest = 100_000 // m

// moved refuses a position that can only be a slip: a sign, a digit, two numbers exchanged.
func (s Station) moved(old Station) error {
	if far := geo.Distance(old.At, s.At); far > farthest && s.Division == old.Division {
		return fault.At(FieldLon.Key(), fault.New(fault.Invalid, "新位置离原来 %[1]d 公里，而区划没有变：请核对经度和纬度；真的搬了，请连区划一起改",
			"the new position is %[1]d km from the old one, and the division is the same: check longitude and latitude; if it did move, change the division too", int(far/1000)))
	}
	return nil
}

// onto writes s over what is stored, of which its Version is the one that somebody saw
// who may change it there.
func (s Station) onto(tx *db.Tx, who identity.Colleague, by identity.Admitted, old Station, why string) (_ Station, err error) {
	if s.Division != old.Division {
		if by, err = admit(tx, who, s); err != nil {
			return s, err
		}
	}
	if s.Version != old.Version {
		return s, stale(s.Code, true)
	}
	d := difference{person: by.Person, why: why}
	d.consider(old, s, true)
	if !d.empty() {
		s.Version++
	}
	return s, d.apply(tx, by.Sign)
}

// MayCorrect says whether somebody may change what the register says of a station, so
// that nobody fills in a form in vain.
func (s *Service) MayCorrect(ctx context.Context, who identity.Colleague, at Station) error {
	return s.db.View(ctx, func(tx *db.Tx) error { _, err := admit(tx, who, at); return err })
}

// Told is an entry of a station's history with who made it and why, as far as the
// private part is there.
type Told struct {
	record.Item
	Who, Why string
}

// HistoryFor is History for who may change the station or audits where it lies: it also
// tells who did it and why. For everybody else it tells what the public is told.
func (s *Service) HistoryFor(ctx context.Context, who identity.Colleague, at Station, limit int) (all []Told, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		items, err := record.History(tx, Subject(at.Code), "", limit)
		if err != nil {
			return err
		}
		all = make([]Told, len(items))
		may := false
		for _, key := range []string{KeepRegister, right.Audit} {
			_, err := who.Admit(tx, key, right.In(at.Division, Subject(at.Code)))
			if err != nil && fault.KindOf(err) != fault.Denied {
				return err
			}
			may = may || err == nil
		}
		for i, item := range items {
			all[i].Item = item
			if may && item.Commitment != "" {
				if err := all[i].tell(tx, who); err != nil {
					return err
				}
			}
			if all[i].By, err = identity.Shown(tx, item.By); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}

// tell reads the private part. One that was erased, or whose key is away, tells nothing.
func (t *Told) tell(tx *db.Tx, who identity.Colleague) error {
	text, err := record.Private(tx, t.Item)
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Unavailable {
		return nil
	}
	if err != nil {
		return err
	}
	var in struct{ By, Why string }
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		return err
	}
	t.Why = in.Why
	t.Who, err = who.NameOf(tx, in.By)
	return err
}

// admit says as what somebody changes the register where a station lies.
func admit(tx *db.Tx, who identity.Colleague, s Station) (identity.Admitted, error) {
	by, err := who.Admit(tx, KeepRegister, right.In(s.Division, Subject(s.Code)))
	return by, fault.At("staff", err)
}

// fault tells a broken rule at its field.
func (f Flaw) fault() error {
	return fault.At(f.Field.Key(), &fault.Error{Kind: fault.Invalid, Text: f.Text})
}

// checked returns the rules that s breaks, each at its field.
func (s Station) checked() error {
	var wrong []error
	for _, f := range s.Check() {
		wrong = append(wrong, f.fault())
	}
	return errors.Join(wrong...)
}

// Undo takes the last change of the version of a station that the caller has seen back,
// which is a change like any other. There has to be one, and it has to be the last entry
// on the station: what was imported over it since is a fault.Conflict.
func (s *Service) Undo(ctx context.Context, who identity.Colleague, code string, version int64, why string) (Station, error) {
	var out Station
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		now, err := read(tx, code)
		if err != nil {
			return err
		}
		by, err := admit(tx, who, now)
		if err != nil {
			return err
		}
		before, err := now.before(tx)
		if err != nil {
			return err
		}
		before.Version = version
		out, err = before.onto(tx, who, by, now, why)
		return err
	})
	return out, err
}

// before is the station as it was before its last change.
func (s Station) before(tx *db.Tx) (Station, error) {
	items, err := record.History(tx, Subject(s.Code), "", 1)
	if err != nil {
		return s, err
	}
	var c Changed
	if len(items) == 0 || items[0].Kind != c.Kind() || json.Unmarshal([]byte(items[0].Public), &c) != nil {
		return s, fault.New(fault.Conflict, "站点 %s 没有可以撤销的修改", "there is no change of station %s to undo", s.Code)
	}
	cells := s.Canonical()
	for f := range lastField {
		if d, ok := c.Changes[f.Key()]; ok {
			cells[f] = d.Before
		}
	}
	given, err := geo.ParseDatum(cells[FieldDatum])
	if err != nil {
		return s, err
	}
	cells[FieldDatum] = geo.WGS84.String() // in which the record has positions
	old, err := FromCells(cells)
	old.Datum = given
	return old, err
}

// FromCells reads a station from the texts of its fields, as an import reads a row. What
// is wrong is told at each field's key.
func FromCells(c Cells) (Station, error) {
	r := newRowReader(Reading{})
	r.row(1, c)
	if r.batch.Issues.Total == 0 && len(r.batch.Stations) == 1 {
		return r.batch.Stations[0], nil
	}
	var wrong []error
	for _, i := range r.batch.Issues.List {
		wrong = append(wrong, i.fault())
	}
	if wrong == nil {
		return Station{}, fault.New(fault.Invalid, "这一站什么都没有填", "nothing is said about this station")
	}
	return Station{}, errors.Join(wrong...)
}

// Sheet returns the texts of the fields as an office has them, in a language; FromCells
// reads them back.
func (s Station) Sheet(l lang.Lang) Cells {
	c := s.sheet(l)
	c[FieldServices] = strings.Join(s.Services.Keys(), ",")
	return c
}

// OptionsOf are the choices of a field that has a catalogue, or nil.
func OptionsOf(f Field) []lang.Choice {
	switch f {
	case FieldBrand:
		return brands
	case FieldPremises:
		return premisesOptions()
	case FieldSize:
		return sizes
	case FieldAccess:
		return accesses
	case FieldWheelchair:
		return wheelchairs
	case FieldStatus:
		return statuses
	case FieldCode, FieldName, FieldHost, FieldDivision, FieldAddress, FieldLon, FieldLat, FieldDatum, FieldServices, FieldHours, FieldCost, FieldSource, FieldChecked, lastField:
	}
	return nil
}

// corrected is Changed by an office, with who and why.
type corrected struct {
	Changed
	by, why string
}

// Private is the person who changed it, and why.
func (e corrected) Private() any {
	return struct {
		By  string `json:"by,omitempty"`
		Why string `json:"why,omitempty"`
	}{e.by, e.why}
}

// Corrections are the fields that an office changes on a page, in the page's order.
var Corrections = []Field{
	FieldName, FieldHours, FieldStatus, FieldServices, FieldChecked, FieldHost, FieldAddress, FieldDivision, FieldLon, FieldLat,
	FieldBrand, FieldPremises, FieldSize, FieldAccess, FieldWheelchair, FieldSource,
}
