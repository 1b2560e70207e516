// Package plan is named lists of changes with the figures before and after, as they
// were when each was saved; nothing of a plan happens to the stations. Saving one
// that somebody else has changed meanwhile is a fault.Conflict.
//
// Tables owned: station_plan.
package plan

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// Plan is a named set of changes with the figures before and after, as they were
// when it was saved. It is what a planner shares, compares and takes to a meeting;
// nothing of it happens to the stations.
type Plan struct {
	Code     string // P-0001; SavePlan gives it
	ID       string // UUIDv7; SavePlan gives it
	Name     string
	Note     string // why, for whom; may have several lines
	Origin   Origin
	Proof    string // JSON: what siting proved of its answer; empty otherwise
	Changes  []whatif.Change
	Question coverage.Question // that the figures answer
	Before   coverage.PlanFigures
	After    coverage.PlanFigures
	Basis    string // names the streets, stations and demand that the figures are of
	Archived bool
	Version  int64 // grows with each change; for SavePlan
	Created  time.Time
	Updated  time.Time
}

// Origin says how a plan came about.
type Origin uint8

// The origins.
const (
	TriedOut Origin = iota // by hand, on the map
	Sited                  // proposed by the siting solver
)

var originKeys = [...]string{TriedOut: "whatif", Sited: "siting"}

// Key is the stored name.
func (o Origin) Key() string { return originKeys[o] }

// ParseOrigin reads a Key.
func ParseOrigin(s string) (Origin, bool) {
	i := slices.Index(originKeys[:], s)
	return Origin(max(i, 0)), i >= 0
}

// Gain is how much more demand is covered at least once than before.
func (p Plan) Gain() reach.Weight { return p.After.Covered[1] - p.Before.Covered[1] }

// The longest texts of a plan, in characters, and the longest proof, in bytes.
const (
	maxNote  = 2000
	maxProof = 1 << 20
)

// check returns the first rule that p breaks.
func (p Plan) check() error {
	name := strings.TrimSpace(p.Name)
	if name == "" {
		return fault.At("name", fault.New(fault.Invalid, "名称是空的：请给方案起个名字，如“周末银行关门怎么办”", "the name is empty: give the plan a name, as “Banks shut at weekends”"))
	}
	for _, t := range []struct {
		field string
		text  string
		limit int
	}{{"name", name, station.MaxName}, {"note", strings.NewReplacer("\r", "", "\n", "").Replace(p.Note), maxNote}} {
		if text, ok := lang.CheckText(t.text, t.limit); !ok {
			return &fault.Error{Kind: fault.Invalid, Text: text, Field: t.field}
		}
	}
	switch {
	case len(p.Changes) == 0:
		return fault.At("changes", fault.New(fault.Invalid, "方案里没有改动：先在地图上试一试，再保存", "the plan has no changes: try something on the map first, then save"))
	case len(p.Changes) > whatif.MaxChanges:
		return fault.At("changes", fault.New(fault.Invalid, "方案里的改动太多：最多 %d 条", "the plan has too many changes: %d at most", whatif.MaxChanges))
	case len(p.Proof) > maxProof:
		return fault.New(fault.Invalid, "证明太大：最多 %d 字节", "the proof is too large: %d bytes at most", maxProof)
	}
	// What is stored must be read back: the changes may have been made by a program.
	_, err := whatif.Parse(whatif.Lines(p.Changes))
	return err
}

// Service is the use cases of plans: each method is one transaction.
type Service struct {
	db    *db.DB
	plans atomic.Pointer[planRoll] // in memory, for lists
}

// New returns the use cases on a database with station.Schema and the
// record's.
func New(d *db.DB) *Service { return &Service{db: d} }

// Save adds a plan (Version 0), giving it a code, or changes the version of
// it that the caller has seen: a fault.Conflict says that somebody was faster, and
// nothing is lost but the caller's turn. It returns the plan with its new version.
// A change of nothing is no change.
func (s *Service) Save(ctx context.Context, who identity.Colleague, p Plan) (Plan, error) {
	p.Name, p.Note = strings.TrimSpace(p.Name), strings.TrimSpace(strings.ReplaceAll(p.Note, "\r\n", "\n"))
	if err := p.check(); err != nil {
		return Plan{}, err
	}
	var saved Plan
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		by, err := admit(tx, who)
		if err != nil {
			return err
		}
		saved, err = p.save(tx, by)
		return err
	})
	return saved, err
}

// admit says as what somebody keeps plans, who may: a plan is a draft and lies nowhere.
func admit(tx *db.Tx, who identity.Colleague) (identity.Admitted, error) {
	by, err := who.Admit(tx, station.KeepPlans, right.Nowhere)
	return by, fault.At("staff", err)
}

func (p Plan) save(tx *db.Tx, by identity.Admitted) (Plan, error) {
	p.Updated = tx.Now()
	if p.Version == 0 {
		number, err := nextPlanNumber.One(tx, db.None{})
		if err != nil {
			return p, err
		}
		id, err := uuid.NewV7()
		if err != nil {
			return p, err
		}
		p.Code, p.ID, p.Version, p.Created = planCode(number), id.String(), 1, tx.Now()
		if _, err := putPlan.Exec(tx, p.row(number)); err != nil {
			return p, err
		}
		return p, record.Append(tx, by.Sign, Saved{Code: p.Code, Facts: p.facts(), note: p.Note, by: by.Person})
	}
	old, err := readPlan(tx, p.Code)
	if err != nil {
		return p, err
	}
	if old.Version != p.Version {
		return p, stalePlan(p.Code)
	}
	p.ID, p.Created, p.Archived = old.ID, old.Created, old.Archived
	if old.row(0) == p.sameTime(old).row(0) {
		return old, nil
	}
	return p, p.replace(tx, by, old)
}

// sameTime is p as if it had been saved when old was.
func (p Plan) sameTime(old Plan) Plan {
	p.Updated = old.Updated
	return p
}

// replace puts p in the place of old and tells the record what is different.
func (p *Plan) replace(tx *db.Tx, by identity.Admitted, old Plan) error {
	p.Version, p.Updated = old.Version+1, tx.Now()
	if _, err := changePlan.Exec(tx, p.row(0)); err != nil {
		return err
	}
	entry := Changed{Code: p.Code, Changes: map[string]station.Difference{}, by: by.Person}
	before, after := old.facts(), p.facts()
	for k, v := range after {
		if before[k] != v {
			entry.Changes[k] = station.Difference{Before: before[k], After: v}
		}
	}
	if old.Note != p.Note {
		entry.note = &station.Difference{Before: old.Note, After: p.Note}
	}
	return record.Append(tx, by.Sign, entry)
}

// Rename gives the version of a plan that the caller has seen another name
// and note. The figures stay as they were saved.
func (s *Service) Rename(ctx context.Context, who identity.Colleague, code string, version int64, name, note string) (Plan, error) {
	old, err := s.Get(ctx, code)
	if err != nil {
		return Plan{}, err
	}
	old.Name, old.Note, old.Version = name, note, version
	return s.Save(ctx, who, old)
}

// Archive takes the version of a plan that the caller has seen out of the
// list, or back into it. Its address stays.
func (s *Service) Archive(ctx context.Context, who identity.Colleague, code string, version int64, archived bool) (Plan, error) {
	var p Plan
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		by, err := admit(tx, who)
		if err != nil {
			return err
		}
		old, err := readPlan(tx, code)
		if err != nil {
			return err
		}
		if old.Version != version {
			return stalePlan(code)
		}
		if p = old; old.Archived == archived {
			return nil
		}
		p.Archived = archived
		return p.replace(tx, by, old)
	})
	return p, err
}

// Get returns a plan, or a fault.NotFound.
func (s *Service) Get(ctx context.Context, code string) (p Plan, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err = readPlan(tx, code)
		return err
	})
	return p, err
}

// History returns the entries on a plan, newest first; see record.History.
func (s *Service) History(ctx context.Context, code, after string, limit int) (items []record.Item, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		items, err = record.History(tx, Subject(code), after, limit)
		for i := 0; i < len(items) && err == nil; i++ {
			items[i].By, err = identity.Shown(tx, items[i].By)
		}
		return err
	})
	return items, err
}

func stalePlan(code string) error {
	return &fault.Error{Kind: fault.Conflict, Text: lang.Text{
		ZH: "方案 " + code + " 刚刚被别人改过：请看现在的样子，再决定怎么存",
		EN: "plan " + code + " has been changed meanwhile: look at it as it is now, then decide how to save yours",
	}}
}
