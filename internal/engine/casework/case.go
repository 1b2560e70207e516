package casework

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/fault"
)

// Case is a thing that has to be done, as it stands.
type Case struct {
	ID        string    `db:"id"`
	Process   string    `db:"process"`
	Code      string    `db:"code"`
	Division  string    `db:"division"`
	Parent    string    `db:"parent"`
	Stage     string    `db:"stage"`
	Life      int       `db:"life"`
	Version   int       `db:"version"`
	Lead      string    `db:"lead"`  // an organisation; empty: none yet
	Asker     string    `db:"asker"` // an organisation: whoever assigned it
	OpenedAt  time.Time `db:"opened_at"`
	ChangedAt time.Time `db:"changed_at"`

	began *beginning // of one that this transaction opened: nobody else has turned its clocks yet
}

// beginning are the clocks with which a case was opened.
type beginning struct{ clocks []clockRow }

type partyRow struct {
	Case         string `db:"case_id"`
	Life         int    `db:"life"`
	Organisation string `db:"organisation"`
	Role         string `db:"role"`
	Present      bool   `db:"present"`
}

type codeOf struct {
	Process string `db:"process"`
	Code    string `db:"code"`
}

type childrenOf struct {
	Parent  string `db:"parent"`
	Process string `db:"process"`
}

type stageCount struct {
	Stage string `db:"stage"`
	N     int    `db:"n"`
}

var (
	insertCase = db.Declare[Case, db.None](`
		INSERT INTO casework_case (id, process, code, division, parent, stage, life, version, lead, asker, opened_at, changed_at)
		VALUES (:id, :process, :code, :division, :parent, :stage, :life, :version, :lead, :asker, :opened_at, :changed_at)`)
	// writeCase changes what was read, and nothing where somebody was faster.
	writeCase = db.Declare[Case, db.None](`
		UPDATE casework_case SET stage = :stage, life = :life, version = :version, lead = :lead, asker = :asker, changed_at = :changed_at
		WHERE id = :id AND version = :version - 1`)
	casesByID   = db.Declare[[]string, Case](`SELECT /*cols*/ FROM casework_case WHERE id IN :ids`)
	caseByID    = db.Declare[string, Case](`SELECT /*cols*/ FROM casework_case WHERE id = :id`)
	caseByCode  = db.Declare[codeOf, Case](`SELECT /*cols*/ FROM casework_case WHERE process = :process AND code = :code`)
	childStages = db.Declare[childrenOf, stageCount](`
		SELECT stage, COUNT(*) AS n FROM casework_case WHERE parent = :parent AND process = :process GROUP BY stage ORDER BY stage`)
	insertParty = db.Declare[partyRow, db.None](`
		INSERT INTO casework_party (case_id, life, organisation, role, present) VALUES (:case_id, :life, :organisation, :role, :present)
		ON CONFLICT (case_id, life, organisation, role) DO UPDATE SET present = excluded.present`)
	absentParties = db.Declare[partyRow, db.None](`
		UPDATE casework_party SET present = FALSE WHERE case_id = :case_id AND life = :life AND role = :role`)
	partiesOfChildren = db.Declare[childrenOf, string](`
		SELECT DISTINCT organisation FROM casework_party WHERE case_id IN (SELECT id FROM casework_case WHERE parent = :parent AND process = :process)
		ORDER BY organisation`)
	partiesOf = db.Declare[partyRow, partyRow](`
		SELECT /*cols*/ FROM casework_party WHERE case_id = :case_id AND life = :life ORDER BY organisation, role`)
)

// Opening is a case to be.
type Opening struct {
	Process  string
	Code     string
	Division string
	Parent   string // of a child
	Lead     string
	Joint    []string
	Asker    string
	By       []Person
	Happened time.Time // zero: now
	Device   bool      // Happened is a device's own time
	Act      string
	Rules    map[string]clock.Rule // of the clocks that the process begins with
}

// Open makes a case. A code that its process has already is a fault.Conflict.
func (b *Book) Open(tx *db.Tx, o Opening) (Case, error) {
	p := b.processes[o.Process]
	if p == nil || o.Code == "" {
		return Case{}, fmt.Errorf("casework: opening %q of the process %q", o.Code, o.Process)
	}
	same, err := caseByCode.Slice(tx, codeOf{o.Process, o.Code})
	if err != nil {
		return Case{}, err
	}
	if len(same) > 0 {
		return Case{}, fault.New(fault.Conflict, "%[1]s“%[3]s”已经有了。", "There is a %[2]s %[3]q already.", p.Name.ZH, p.Name.EN, o.Code)
	}
	if o.Parent != "" {
		if _, err := caseByID.One(tx, o.Parent); err != nil {
			return Case{}, err
		}
	}
	if err := b.Absences.hold(tx, o.By); err != nil {
		return Case{}, err
	}
	id, err := newID()
	if err != nil {
		return Case{}, err
	}
	now := b.now(tx)
	c := Case{
		ID: id, Process: o.Process, Code: o.Code, Division: o.Division, Parent: o.Parent, Stage: p.First().Key, Life: 1, Version: 1,
		Lead: o.Lead, Asker: o.Asker, OpenedAt: now, ChangedAt: now,
	}
	if err := insertCase.Later(tx, c); err != nil {
		return Case{}, err
	}
	if err := c.join(tx, o.Lead, o.Joint); err != nil {
		return Case{}, err
	}
	s := Step{Case: id, Move: opened, By: o.By, Happened: o.Happened, Device: o.Device, Act: o.Act, Rules: o.Rules}
	if err := b.keep(tx, c, "", s, stepWhat{By: o.By}); err != nil {
		return Case{}, err
	}
	c.began = &beginning{}
	if err := b.start(tx, c, s, p.Starts); err != nil {
		return Case{}, err
	}
	return c, b.owe(tx, p, c)
}

// join writes who is a party from here on. Who was one stays known.
func (c Case) join(tx *db.Tx, lead string, joint []string) error {
	if lead != "" {
		if _, err := absentParties.Exec(tx, partyRow{Case: c.ID, Life: c.Life, Role: string(process.Lead)}); err != nil {
			return err
		}
		if _, err := insertParty.Exec(tx, partyRow{c.ID, c.Life, lead, string(process.Lead), true}); err != nil {
			return err
		}
	}
	if joint == nil {
		return nil
	}
	if _, err := absentParties.Exec(tx, partyRow{Case: c.ID, Life: c.Life, Role: string(process.Joint)}); err != nil {
		return err
	}
	for _, o := range joint {
		if _, err := insertParty.Exec(tx, partyRow{c.ID, c.Life, o, string(process.Joint), true}); err != nil {
			return err
		}
	}
	return nil
}

// Case returns a case, or a fault.NotFound.
func (b *Book) Case(tx *db.Tx, id string) (Case, error) { return caseByID.One(tx, id) }

// Cases returns those of the cases that there are, in no order.
func (b Lists) Cases(tx *db.Tx, ids []string) ([]Case, error) { return casesByID.Slice(tx, ids) }

// ByCode returns the case of a code, or a fault.NotFound.
func (b *Book) ByCode(tx *db.Tx, processKey, code string) (Case, error) {
	return caseByCode.One(tx, codeOf{processKey, code})
}

// Parties returns the organisations that answer for a case now: the lead first.
func (b *Book) Parties(tx *db.Tx, c Case) (lead string, joint []string, err error) {
	rows, err := partiesOf.Slice(tx, partyRow{Case: c.ID, Life: c.Life})
	for _, r := range rows {
		if r.Present && r.Role == string(process.Joint) {
			joint = append(joint, r.Organisation)
		}
	}
	return c.Lead, joint, err
}

// everParty are all organisations that were ever a party in this life.
func everParty(tx *db.Tx, c Case) (all []string, err error) {
	rows, err := partiesOf.Slice(tx, partyRow{Case: c.ID, Life: c.Life})
	for _, r := range rows {
		all = append(all, r.Organisation)
	}
	return slices.Compact(all), err
}

// stepWhat is what a step says besides, as it is kept.
type stepWhat struct {
	By     []Person          `json:"by,omitempty"`
	Reason string            `json:"reason,omitempty"`
	Fields map[string]string `json:"fields,omitempty"`
	Proofs []Proof           `json:"proofs,omitempty"`
	Soft   []string          `json:"soft,omitempty"` // kinds of needs that it passed without
	Turn   *turned           `json:"turn,omitempty"`
}

func (w stepWhat) text() (string, error) {
	b, err := json.Marshal(w)
	if err != nil {
		return "", fmt.Errorf("casework: %w", err)
	}
	return string(b), nil
}
