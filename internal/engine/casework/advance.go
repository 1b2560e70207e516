package casework

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/lang"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/fault"
)

// Proof is what a step shows for a need: opaque, the system knows what it is.
type Proof struct {
	Kind string `json:"kind"` // as the need's name
	Ref  string `json:"ref"`
}

// Step is a move to be made.
type Step struct {
	Case string
	Move string
	// Seen is the version that whoever moves it has seen. After is the act of the same
	// device that went before and was not answered yet; then the case may be as that act left it.
	Seen  int
	Act   string // of a device; empty: none
	After string

	By       []Person
	Happened time.Time // zero: now
	Device   bool      // Happened is a device's own time
	Reason   string
	Fields   map[string]string // kept as they are: codes and verdicts, no personal data
	Proofs   []Proof
	Rules    map[string]clock.Rule // of the clocks that it starts

	Lead  string   // where it changes who answers
	Joint []string // nil: as before
	Asker string   // where it changes
	// Nobody has nobody answer for it from here on, until it is handed to somebody.
	Nobody bool

	// Proves says whether a proof holds for a need, and what it is the same as: two proofs of
	// one picture are one. Nil: none does.
	Proves func(tx *db.Tx, n process.Need, p Proof) (same string, err error)
}

// Made is a step that was made.
type Made struct {
	Case Case // after it
	From string
	Move process.Move
	Soft []process.Need // which it passed without, with a reason
}

type stepRow struct {
	Case     string    `db:"case_id"`
	Version  int       `db:"version"`
	Life     int       `db:"life"`
	Move     string    `db:"move"`
	From     string    `db:"from_stage"`
	To       string    `db:"to_stage"`
	What     string    `db:"what"`
	Happened time.Time `db:"happened"`
	Recorded time.Time `db:"recorded"`
	Act      string    `db:"act"`
}

type since struct {
	Case    string `db:"case_id"`
	Version int    `db:"version"`
	Limit   int    `db:"lim"`
}

type childrenMade struct {
	Parent  string   `db:"parent"`
	Process string   `db:"process"`
	Moves   []string `db:"moves"`
}

type inLife struct {
	Case string `db:"case_id"`
	Life int    `db:"life"`
}

var (
	insertStep = db.Declare[stepRow, db.None](`
		INSERT INTO casework_step (case_id, version, life, move, from_stage, to_stage, what, happened, recorded, act)
		VALUES (:case_id, :version, :life, :move, :from_stage, :to_stage, :what, :happened, :recorded, :act)`)
	stepsSince = db.Declare[since, stepRow](`
		SELECT /*cols*/ FROM casework_step WHERE case_id = :case_id AND version > :version ORDER BY version LIMIT :lim`)
	stepsOfChildren = db.Declare[childrenMade, stepRow](`
		SELECT /*cols*/ FROM casework_step WHERE case_id IN (SELECT id FROM casework_case WHERE parent = :parent AND process = :process)
		AND move IN :moves ORDER BY case_id, version`)
	stepsOfLife = db.Declare[inLife, stepRow](`
		SELECT /*cols*/ FROM casework_step WHERE case_id = :case_id AND life = :life ORDER BY version`)
)

// The moves that are of no process.
const (
	opened = "open"
	turn   = "clock"
	noted  = "note"
)

// Advance makes a move. What it lacks is a fault.Invalid, fault.Late or fault.Denied that names
// all of it; a case that is not as it was seen, or a stage that the move does not begin in, is a fault.Conflict.
func (b *Book) Advance(tx *db.Tx, s Step) (Made, error) {
	c, p, err := b.seen(tx, s.Case, s.Seen, s.After)
	if err != nil {
		return Made{}, err
	}
	m, ok := p.Move(s.Move)
	if !ok {
		return Made{}, fault.New(fault.Invalid, "“%[1]s”没有“%[2]s”这一步。", "There is no step %[2]q of %[1]q.", c.Code, lang.Short(s.Move))
	}
	if !slices.Contains(m.From, c.Stage) {
		at, _ := p.Stage(c.Stage)
		return Made{}, fault.New(fault.Conflict, "“%[1]s”处于“%[2]s”，不能“%[3]s”。", "%[1]q is %[4]q, so it cannot be: %[5]s.", c.Code, at.Name.ZH, m.Name.ZH, at.Name.EN, m.Name.EN)
	}
	soft, err := b.lacks(tx, p, c, m, s)
	if err != nil {
		return Made{}, err
	}
	from := c.Stage
	c.Stage, c.Version, c.ChangedAt = m.To, c.Version+1, b.now(tx)
	if m.Again {
		c.Life++
	}
	if s.Lead != "" {
		c.Lead = s.Lead
	}
	if s.Nobody {
		c.Lead = ""
	}
	if s.Asker != "" {
		c.Asker = s.Asker
	}
	if err := b.move(tx, p, m, c, from, s, soft); err != nil {
		return Made{}, err
	}
	return Made{Case: c, From: from, Move: m, Soft: soft}, nil
}

// move writes what a step does, all of it.
func (b *Book) move(tx *db.Tx, p *process.Process, m process.Move, c Case, from string, s Step, soft []process.Need) error {
	if err := c.write(tx); err != nil {
		return err
	}
	lead, joint := s.Lead, s.Joint
	if m.Again { // another life has the parties that answer for it now
		lead, joint = c.Lead, append([]string{}, joint...)
	}
	if s.Nobody {
		lead, joint = "", []string{}
		if _, err := absentParties.Exec(tx, partyRow{Case: c.ID, Life: c.Life, Role: string(process.Lead)}); err != nil {
			return err
		}
	}
	if err := c.join(tx, lead, joint); err != nil {
		return err
	}
	what := stepWhat{By: s.By, Reason: s.Reason, Fields: s.Fields, Proofs: s.Proofs}
	for _, n := range soft {
		what.Soft = append(what.Soft, string(n.Kind)+" "+n.Name)
	}
	if err := b.keep(tx, c, from, s, what); err != nil {
		return err
	}
	if err := b.stop(tx, c, m, s); err != nil {
		return err
	}
	if err := b.start(tx, c, s, m.Starts); err != nil {
		return err
	}
	return b.owe(tx, p, c)
}

// seen reads a case as somebody saw it.
func (b *Book) seen(tx *db.Tx, id string, version int, after string) (Case, *process.Process, error) {
	c, err := caseByID.One(tx, id)
	if err != nil {
		return Case{}, nil, err
	}
	p := b.processes[c.Process]
	if p == nil {
		return Case{}, nil, fmt.Errorf("casework: the process %q of %s is not there", c.Process, c.Code)
	}
	if c.Version == version {
		return c, p, nil
	}
	steps, err := stepsSince.Slice(tx, since{id, version, maxSince})
	if err != nil {
		return Case{}, nil, err
	}
	if len(steps) == maxSince { // what came last is not among them
		return Case{}, nil, b.meanwhile(p, c, steps[:maxTold])
	}
	if version < c.Version { // nobody has seen what is ahead
		if steps = slices.DeleteFunc(steps, stepRow.recounted); len(steps) == 0 {
			return c, p, nil
		}
	}
	if n := len(steps); after != "" && n > 0 && steps[n-1].Act == after && own(steps, after) {
		return c, p, nil
	}
	return Case{}, nil, b.meanwhile(p, c, steps[max(0, len(steps)-maxTold):])
}

// recounted reports whether a step is what a newer calendar made of a due time, and nobody did: whoever saw the case before it
// need not look again.
func (r stepRow) recounted() bool {
	past, err := r.past()
	return err == nil && r.Move == turn && past.Turn == clock.Recounted
}

// own reports whether all steps are of the one device whose last act is named: the acts of
// a device begin with its own mark.
func own(steps []stepRow, act string) bool {
	device, _, ok := strings.Cut(act, "/")
	return ok && !slices.ContainsFunc(steps, func(s stepRow) bool { return !strings.HasPrefix(s.Act, device+"/") })
}

// maxSince bounds how many steps are looked through that somebody has not seen, and maxTold how many of them a conflict
// tells.
const maxSince, maxTold = 500, 20

// meanwhile says what happened to a case since somebody saw it.
func (b *Book) meanwhile(p *process.Process, c Case, steps []stepRow) error {
	var zh, en []string
	for _, s := range steps {
		name := s.Move
		nameEN := s.Move
		switch m, ok := p.Move(s.Move); {
		case ok:
			name, nameEN = m.Name.ZH, m.Name.EN
		case s.Move == opened:
			name, nameEN = "立案", "opened"
		case s.Move == turn:
			name, nameEN = "期限变动", "its period changed"
		case s.Move == noted:
			name, nameEN = "内容变动", "what it is about changed"
		}
		at := s.Recorded.In(calendar.China).Format("01-02 15:04")
		zh, en = append(zh, at+" "+name), append(en, at+" "+nameEN)
	}
	return fault.New(fault.Conflict, "您打开以后，“%[1]s”又有了变化：%[2]s。请看过再决定。", "%[1]q has changed since you opened it: %[3]s. Look at it and decide again.",
		c.Code, strings.Join(zh, "；"), strings.Join(en, "; "))
}

// write writes the case; nothing changes where somebody was faster within another
// transaction.
func (c Case) write(tx *db.Tx) error {
	n, err := writeCase.Exec(tx, c)
	if err == nil && n != 1 {
		err = fault.New(fault.Conflict, "别人刚刚改过“%[1]s”，请重新打开再试。", "Somebody has just changed %[1]q: open it again and retry.", c.Code)
	}
	return err
}

// Note writes into the history of a case that what it is about has changed, which is no move of its process: whoever
// has not seen it is told before their next step.
func Note(tx *db.Tx, b *Book, id string, by []Person, why string) (Case, error) {
	c, err := caseByID.One(tx, id)
	if err != nil {
		return c, err
	}
	c.Version, c.ChangedAt = c.Version+1, b.now(tx)
	if err := c.write(tx); err != nil {
		return c, err
	}
	return c, b.keep(tx, c, c.Stage, Step{Move: noted}, stepWhat{By: by, Reason: why})
}

// keep writes the step.
func (b *Book) keep(tx *db.Tx, c Case, from string, s Step, w stepWhat) error {
	text, err := w.text()
	if err != nil {
		return err
	}
	now := b.now(tx)
	happened := s.Happened
	if happened.IsZero() {
		happened = now
	}
	return insertStep.Later(tx, stepRow{
		Case: c.ID, Version: c.Version, Life: c.Life, Move: s.Move, From: from, To: c.Stage, What: text,
		Happened: happened.UTC(), Recorded: now, Act: s.Act,
	})
}

// Past is a step of a case's history.
type Past struct {
	Version  int
	Life     int
	Move     string // of the process; "open", "clock" and "note" are of none
	From, To string
	Happened time.Time
	Recorded time.Time
	Act      string
	By       []Person
	Reason   string
	Fields   map[string]string
	Proofs   []Proof
	Soft     []string
	Clock    string // of a turn: which, and
	Turn     clock.Kind
}

// History returns the steps of a case after a version, at most limit of them: all lives, in
// their order.
func (b *Book) History(tx *db.Tx, id string, after, limit int) ([]Past, error) {
	rows, err := stepsSince.Slice(tx, since{id, after, limit})
	if err != nil {
		return nil, err
	}
	all := make([]Past, len(rows))
	for i, r := range rows {
		if all[i], err = r.past(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (r stepRow) past() (Past, error) {
	var w stepWhat
	if err := json.Unmarshal([]byte(r.What), &w); err != nil {
		return Past{}, fmt.Errorf("casework: step %d of %s: %w", r.Version, r.Case, err)
	}
	p := Past{
		Version: r.Version, Life: r.Life, Move: r.Move, From: r.From, To: r.To, Happened: r.Happened, Recorded: r.Recorded, Act: r.Act,
		By: w.By, Reason: w.Reason, Fields: w.Fields, Proofs: w.Proofs, Soft: w.Soft,
	}
	if w.Turn != nil {
		p.Clock, p.Turn = w.Turn.Clock, w.Turn.Kind
	}
	return p, nil
}
