package station

import (
	"context"
	"iter"
	"sync/atomic"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Service is the use cases: each method is one transaction.
type Service struct {
	db   *db.DB
	held atomic.Pointer[roll] // the register in memory, for lists
}

// New returns the use cases on a database with this package's Schema and the
// record's.
func New(d *db.DB) *Service { return &Service{db: d} }

// Revision returns a number that has grown if a snapshot is old.
func (s *Service) Revision(ctx context.Context) (n int64, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		n, err = RevisionNow.One(tx, db.None{})
		return err
	})
	return n, err
}

// Get returns a station, or a fault.NotFound.
func (s *Service) Get(ctx context.Context, code string) (out Station, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		out, err = read(tx, code)
		return err
	})
	return out, err
}

// History returns the entries on a station, newest first; see record.History.
func (s *Service) History(ctx context.Context, code, after string, limit int) (items []record.Item, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		items, err = record.History(tx, Subject(code), after, limit)
		return err
	})
	return items, err
}

// Save adds a station (Version 0) or changes the version of it that the caller
// has seen; a fault.Conflict says that somebody was faster. It returns the
// station with its new version. A change of nothing is no change.
func (s *Service) Save(ctx context.Context, by string, station Station) (Station, error) {
	station.At = station.At.Fixed().Point()
	if flaws := station.Check(); flaws != nil {
		f := flaws[0]
		return Station{}, &fault.Error{Kind: fault.Invalid, Text: lang.Text{
			ZH: f.Field.Name().ZH + "：" + f.Text.ZH, EN: f.Field.Name().EN + ": " + f.Text.EN,
		}}
	}
	saved := station
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		old, err := read(tx, station.Code)
		exists := err == nil
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if station.Version != old.Version {
			return stale(station.Code, exists)
		}
		var d difference
		d.consider(old, station, exists)
		saved.Version = old.Version
		if !d.empty() {
			saved.Version++
		}
		return d.apply(tx, by)
	})
	return saved, err
}

// Remove removes the version of a station that the caller has seen.
func (s *Service) Remove(ctx context.Context, by, code string, version int64) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		old, err := read(tx, code)
		if err != nil {
			return err
		}
		if old.Version != version {
			return stale(code, true)
		}
		return (&difference{removed: []Station{old}}).apply(tx, by)
	})
}

func stale(code string, exists bool) error {
	if !exists {
		return fault.New(fault.Conflict, "站点 %s 已被删除：请刷新后再看", "station %s has been removed: look again", code)
	}
	return fault.New(fault.Conflict, "站点 %s 已被别人修改：请刷新后再改", "station %s has been changed meanwhile: look again, then repeat", code)
}

// difference is what separates what is stored from what is wanted.
type difference struct {
	added     []Station
	changed   []Changing
	removed   []Station
	unchanged int

	person, why string // of an office's corrections
}

// Changing is a station before a change of it and after.
type Changing struct{ Before, After Station }

func (d *difference) empty() bool { return len(d.added)+len(d.changed)+len(d.removed) == 0 }

// consider puts one wanted station where it belongs.
func (d *difference) consider(old, wanted Station, exists bool) {
	switch {
	case !exists:
		d.added = append(d.added, wanted)
	case old.Canonical() != wanted.Canonical():
		d.changed = append(d.changed, Changing{old, wanted})
	default:
		d.unchanged++
	}
}

// apply makes what is wanted stored and tells the record. A changed row is replaced,
// since its division, which is in its key, may have changed too.
func (d *difference) apply(tx *db.Tx, by string) error {
	if d.empty() {
		return nil
	}
	revision, err := nextRevision(tx)
	if err != nil {
		return err
	}
	return d.write(tx, by, revision)
}

// write is apply at a revision that has been made.
func (d *difference) write(tx *db.Tx, by string, revision int64) error {
	drop := func(yield func(stationKey) bool) {
		for _, s := range d.removed {
			if !yield(s.key()) {
				return
			}
		}
		for _, c := range d.changed {
			if !yield(c.Before.key()) {
				return
			}
		}
	}
	if _, err := dropStation.ExecEach(tx, drop); err != nil {
		return err
	}
	now := tx.Now()
	put := func(yield func(stationRow) bool) {
		for _, s := range d.added {
			if !yield(s.row(1, now, revision)) {
				return
			}
		}
		for _, c := range d.changed {
			if !yield(c.After.row(c.Before.Version+1, now, revision)) {
				return
			}
		}
	}
	if _, err := putStation.ExecEach(tx, put); err != nil {
		return err
	}
	if err := record.AppendAll(tx, by, d.entries()); err != nil {
		return err
	}
	return d.tellPaused(tx, by)
}

type pauseSlot struct{}

// OnPause has a function told, in the transaction of a change, as whom it was made and which stations it pauses.
func OnPause(d *db.DB, told func(tx *db.Tx, by string, codes []string) error) {
	d.Attach(pauseSlot{}, told)
}

func (d *difference) tellPaused(tx *db.Tx, by string) error {
	told, _ := tx.Attached(pauseSlot{}).(func(*db.Tx, string, []string) error)
	var codes []string
	for _, c := range d.changed {
		if c.Before.Status == Operating && c.After.Status == Paused {
			codes = append(codes, c.After.Code)
		}
	}
	if told == nil || len(codes) == 0 {
		return nil
	}
	return told(tx, by, codes)
}

func (d *difference) entries() iter.Seq[record.Entry] {
	return func(yield func(record.Entry) bool) {
		for _, s := range d.removed {
			if !yield(Removed{s.Code, s.Canonical().facts()}) {
				return
			}
		}
		for _, c := range d.changed {
			var e record.Entry = Changed{c.After.Code, changes(c.Before.Canonical(), c.After.Canonical())}
			if d.person != "" {
				e = corrected{e.(Changed), d.person, d.why}
			}
			if !yield(e) {
				return
			}
		}
		for _, s := range d.added {
			if !yield(Added{s.Code, s.Canonical().facts()}) {
				return
			}
		}
	}
}
