package problem

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
)

// Measure is one thing that is to be done about a problem.
type Measure struct {
	ID       string     `db:"id"` // of its case
	Problem  string     `db:"problem"`
	Number   int        `db:"number"`
	What     string     `db:"what"`
	Owner    string     `db:"owner"`
	DueDay   string     `db:"due_day"`
	Money    int64      `db:"money"` // fen
	Source   Source     `db:"source"`
	Stage    string     `db:"stage"`
	Progress string     `db:"progress"`
	Version  int        `db:"version"`
	MadeAt   time.Time  `db:"made_at"`
	DoneAt   *time.Time `db:"done_at"`
}

// Source is where a measure comes from.
type Source string

// The sources.
const (
	Plan  Source = "plan"
	Visit Source = "visit" // said on site
)

// Evidence is the subject of what is shown for a measure.
func (m Measure) Evidence() string { return "measure/" + m.ID }

// Open reports whether it is still to be done.
func (m Measure) Open() bool { return m.Stage == "open" }

// Late reports whether it should have been done by now.
func (m Measure) Late(now time.Time) bool {
	return m.Open() && m.DueDay < calendar.DateOf(now.In(calendar.China)).String()
}

var (
	insertMeasure = db.Declare[Measure, db.None](`
		INSERT INTO complaint_measure (id, problem, number, what, owner, due_day, money, source, stage, progress, version, made_at, done_at)
		VALUES (:id, :problem, :number, :what, :owner, :due_day, :money, :source, :stage, :progress, :version, :made_at, :done_at)`)
	writeMeasure = db.Declare[Measure, db.None](`
		UPDATE complaint_measure SET stage = :stage, progress = :progress, version = :version, done_at = :done_at WHERE id = :id`)
	measureByID  = db.Declare[string, Measure](`SELECT /*cols*/ FROM complaint_measure WHERE id = :id`)
	measuresOf   = db.Declare[string, Measure](`SELECT /*cols*/ FROM complaint_measure WHERE problem = :problem ORDER BY number`)
	lastMeasure  = db.Declare[string, int](`SELECT COALESCE(MAX(number), 0) AS n FROM complaint_measure WHERE problem = :problem`)
	insertPunish = db.Declare[Sanction, db.None](`
		INSERT INTO complaint_sanction (id, problem, kind, n, money, act, day, made_at) VALUES (:id, :problem, :kind, :n, :money, :act, :day, :made_at)`)
	punishedFor = db.Declare[string, Sanction](`SELECT /*cols*/ FROM complaint_sanction WHERE problem = :problem ORDER BY id`)
)

// Measures lists what is to be done about a problem.
func Measures(tx *db.Tx, problem string) ([]Measure, error) { return measuresOf.Slice(tx, problem) }

// NewMeasure is a measure to be.
type NewMeasure struct {
	Problem string
	What    string
	Owner   string // an organisation; empty: the unit that leads
	Day     calendar.Date
	Money   int64 // fen
	Source  Source
	Said    calendar.Date // of a visit: the day on which it was said, perhaps before it arrived
	Act     string        // of a device
	// Later is that of an instruction which was kept without a measure: the office may make one of it, too.
	Later bool
	Form  string // the number of the form (act.Form)
}

// maxWhat bounds a measure, in characters.
const maxWhat = 300

func (n NewMeasure) check() (NewMeasure, error) {
	n.What = strings.TrimSpace(n.What)
	if t, ok := lang.CheckLines(n.What, maxWhat); n.What == "" || !ok {
		if n.What == "" {
			t = says("请写要做什么", "say what is to be done")
		}
		return n, fault.At("what", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	if err := redact.Free("what", n.What); err != nil {
		return n, err
	}
	if n.Money < 0 {
		return n, fault.At("money", fault.New(fault.Invalid, "投入资金不能是负数", "money cannot be negative"))
	}
	return n, nil
}

// AddMeasure puts a measure down: the unit's own plan, or what a supervisor says on site.
func (s *Problems) AddMeasure(ctx context.Context, who identity.Colleague, n NewMeasure) (m Measure, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		id, again, err := act.Filled(tx, act.Form{Number: n.Form, Person: who.Person, Says: n}, func() (string, error) { m, err = s.AddMeasureIn(tx, who, n); return m.ID, err })
		if again {
			m, err = measureByID.One(tx, id)
		}
		return err
	})
	return m, err
}

// AddMeasureIn is AddMeasure in a transaction that does more.
func (s *Problems) AddMeasureIn(tx *db.Tx, who identity.Colleague, n NewMeasure) (m Measure, err error) {
	if n, err = n.check(); err != nil {
		return m, err
	}
	p, err := Read(tx, n.Problem)
	if err != nil {
		return m, err
	}
	key := complaint.Answer
	if n.Source == Visit {
		key = complaint.Supervise
	}
	by, err := s.admit(tx, who, key, p)
	if n.Later && fault.KindOf(err) == fault.Denied {
		by, err = s.admit(tx, who, complaint.Coordinate, p)
	}
	if err != nil {
		return m, err
	}
	if p.Stage != complaint.Rectifying && p.Stage != complaint.Staged {
		stage, _ := complaint.Problem.Stage(p.Stage)
		return m, fault.New(fault.Conflict, "问题处于“%[1]s”，不能加措施：措施在整改中或阶段性办结时加。", "The problem is %[2]q, so no measure can be added: that is for while it is being put right.", stage.Name.ZH, stage.Name.EN)
	}
	rule, err := n.until(tx.Now(), p)
	if err != nil {
		return m, err
	}
	if n.Owner == "" {
		n.Owner = p.Lead
	}
	o, err := identity.Named(tx, n.Owner)
	if err != nil {
		return m, fault.At("owner", err)
	}
	if o.ClosedAt != nil {
		return m, fault.At("owner", fault.New(fault.Conflict, "“%[1]s”已经停用，请选别的单位", "%[1]q is closed: choose another", o.Name))
	}
	return s.addMeasure(tx, by, p, n, rule)
}

// until is the period of a measure. One of the plan ends before the problem is due. One that a supervisor gives may be
// for the same day, and stands beside a problem that is late; a phone may bring it when its day is over, and a clock
// starts by the server's time and not by a phone's: then it is late at once, by the day that was said.
func (n NewMeasure) until(now time.Time, p Problem) (clock.Rule, error) {
	if n.Source != Visit {
		rule, err := until(now, n.Day)
		if due := calendar.DateOf(p.DueAt.Add(-time.Second).In(calendar.China)); err == nil && p.Stage == complaint.Rectifying && p.HasDue() && due.Before(n.Day) {
			err = fault.At("day", fault.New(fault.Invalid, "措施的期限在整改期限 %[1]v 之后：提前它，或先办“阶段性办结”另定日期", "the measure is due after the problem is, on %[1]v: set an earlier day, or close the problem for a stage first", due))
		}
		return rule, err
	}
	today := calendar.DateOf(now.In(calendar.China))
	if n.Said == (calendar.Date{}) || today.Before(n.Said) {
		n.Said = today
	}
	if n.Day == (calendar.Date{}) || n.Day.Before(n.Said) {
		return clock.Rule{}, fault.At("day", fault.New(fault.Invalid, "请填写期限：督办当天（%[1]v）或以后的一天", "give the day by which it is due: that of the visit (%[1]v) or a later one", n.Said))
	}
	if tomorrow := today.Add(1); n.Day.Before(tomorrow) {
		n.Day = tomorrow
	}
	return until(now, n.Day)
}

func (s *Problems) addMeasure(tx *db.Tx, by identity.Admitted, p Problem, n NewMeasure, rule clock.Rule) (m Measure, err error) {
	c, err := campaign.Read(tx, p.Campaign)
	if err != nil {
		return m, err
	}
	last, err := lastMeasure.One(tx, p.ID)
	if err != nil {
		return m, err
	}
	if n.Source == "" {
		n.Source = Plan
	}
	m = Measure{Problem: p.ID, Number: last + 1, What: n.What, Owner: n.Owner, DueDay: n.Day.String(), Money: n.Money, Source: n.Source, MadeAt: tx.Now()}
	made, err := s.book.Open(tx, casework.Opening{
		Process: complaint.Measure.Key, Code: fmt.Sprintf("%s/%d", p.Code, m.Number), Division: p.Division, Parent: p.ID, Lead: m.Owner, Joint: []string{p.Lead}, Asker: c.Office,
		By: []casework.Person{{ID: by.Person, Organisation: by.Organisation}}, Act: n.Act, Rules: map[string]clock.Rule{complaint.ClockMeasure: rule},
	})
	if err != nil {
		return m, err
	}
	m.ID, m.Stage, m.Version = made.ID, made.Stage, made.Version
	if _, err := insertMeasure.Exec(tx, m); err != nil {
		return m, err
	}
	return m, record.Append(tx, by.Sign, measured{
		person: by.Person, what: m.What, Code: p.Code, Measure: m.Number, Owner: m.Owner, Due: m.DueDay, Money: m.Money, Visit: m.Source == Visit,
	})
}

// MeasureMove is a step of a measure.
type MeasureMove struct {
	Measure    string
	Move       string // milestone, do or withdraw
	Seen       int
	Why        string
	Progress   string // milestone
	Files      []File
	Act, After string
}

// MoveMeasure makes a step of a measure: the unit that owns it, or the one that leads. To withdraw one somebody
// from outside has to consent.
func (s *Problems) MoveMeasure(ctx context.Context, who identity.Colleague, to MeasureMove) (m Measure, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error { m, err = s.MoveMeasureIn(tx, who, to); return err })
	return m, err
}

// MoveMeasureIn is MoveMeasure in a transaction that does more.
func (s *Problems) MoveMeasureIn(tx *db.Tx, who identity.Colleague, to MeasureMove) (Measure, error) {
	m, p, err := readMeasure(tx, to.Measure)
	if err != nil {
		return m, err
	}
	by, err := s.admitMeasure(tx, who, to.Move, p, m)
	if err != nil {
		return m, err
	}
	to.Why, to.Progress = strings.TrimSpace(to.Why), strings.TrimSpace(to.Progress)
	step := casework.Step{
		Case: m.ID, Move: to.Move, Seen: to.Seen, Act: to.Act, After: to.After, Reason: to.Why, By: []casework.Person{{ID: by.Person, Organisation: by.Organisation}},
		Proves: func(tx *db.Tx, _ process.Need, proof casework.Proof) (string, error) {
			return s.proven(tx, m.Evidence(), proof)
		},
	}
	if to.Progress != "" {
		step.Fields = map[string]string{complaint.FieldMilestone: to.Progress}
		m.Progress = to.Progress
	}
	said := measureMoved{person: by.Person, why: to.Why, progress: to.Progress, Code: p.Code, Measure: m.Number, Move: to.Move}
	for _, f := range to.Files {
		id, err := s.attach(tx, by, m.Evidence(), f)
		if err != nil {
			return m, err
		}
		step.Proofs, said.Proofs = append(step.Proofs, casework.Proof{Kind: f.Kind, Ref: id}), append(said.Proofs, id)
	}
	made, err := s.book.Advance(tx, step)
	if err != nil {
		return m, err
	}
	m.Stage, m.Version, said.To = made.Case.Stage, made.Case.Version, made.Case.Stage
	if m.Stage == "done" {
		now := tx.Now()
		m.DoneAt = &now
	}
	if _, err := writeMeasure.Exec(tx, m); err != nil {
		return m, err
	}
	return m, record.Append(tx, by.Sign, said)
}

// admitMeasure asks for the right as the owner of a measure, or as the unit that leads; to withdraw it, for one of
// those from outside.
func (s *Problems) admitMeasure(tx *db.Tx, who identity.Colleague, move string, p Problem, m Measure) (by identity.Admitted, err error) {
	if move == "withdraw" {
		by, err = s.admit(tx, who, complaint.Coordinate, p)
		if fault.KindOf(err) == fault.Denied {
			by, err = s.admit(tx, who, complaint.Check, p)
		}
		return by, err
	}
	by, err = admitUnit(tx, who, m.Owner)
	if fault.KindOf(err) == fault.Denied && p.Lead != m.Owner {
		by, err = admitUnit(tx, who, p.Lead)
	}
	return by, err
}

// Sanction is what was done to those who are responsible.
type Sanction struct {
	ID      string    `db:"id"`
	Problem string    `db:"problem"`
	Kind    string    `db:"kind"`
	N       int       `db:"n"`
	Money   int64     `db:"money"` // fen
	Act     string    `db:"act"`
	Day     string    `db:"day"`
	MadeAt  time.Time `db:"made_at"`
}

// SanctionKinds are the kinds, as the inspectors count them.
var SanctionKinds = []lang.Choice{
	{Key: "order", Name: says("责令改正", "ordered to put it right")},
	{Key: "case", Name: says("立案", "case opened")},
	{Key: "penalty", Name: says("处罚", "penalty")},
	{Key: "detention", Name: says("拘留", "detention")},
	{Key: "interview", Name: says("约谈", "interview")},
	{Key: "account", Name: says("问责", "held to account")},
}

// Sanctions lists what was done to those who are responsible for a problem.
func Sanctions(tx *db.Tx, problem string) ([]Sanction, error) { return punishedFor.Slice(tx, problem) }

// maxSanction bounds a count: more in one act is a slip.
const maxSanction = 1000

// AddSanction puts down a penalty, an interview, an account taken: as a count, or with its act; form is act.Form's number.
func (s *Problems) AddSanction(ctx context.Context, who identity.Colleague, n Sanction, form string) error {
	n.Act = strings.TrimSpace(n.Act)
	kind := false
	for _, k := range SanctionKinds {
		kind = kind || k.Key == n.Kind
	}
	day, err := calendar.ParseDate(n.Day)
	switch {
	case !kind:
		return fault.At("kind", fault.New(fault.Invalid, "请选处理种类", "choose what was done"))
	case n.N < 1 || n.N > maxSanction:
		return fault.At("n", fault.New(fault.Invalid, "数量是 1 到 %d", "the number is from 1 to %d", maxSanction))
	case n.Money < 0:
		return fault.At("money", fault.New(fault.Invalid, "金额不能是负数", "money cannot be negative"))
	case err != nil:
		return fault.At("day", err)
	}
	if t, ok := lang.CheckText(n.Act, 60); !ok {
		return fault.At("act", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	if err := redact.Free("act", n.Act); err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, _, err := act.Filled(tx, act.Form{Number: form, Person: who.Person, Says: n}, func() (string, error) { return "", addSanction(tx, s, who, n, day) })
		return err
	})
}

func addSanction(tx *db.Tx, s *Problems, who identity.Colleague, n Sanction, day calendar.Date) error {
	p, err := Read(tx, n.Problem)
	if err != nil {
		return err
	}
	by, err := s.admit(tx, who, complaint.Answer, p)
	if fault.KindOf(err) == fault.Denied {
		by, err = s.admit(tx, who, complaint.Coordinate, p)
	}
	if err != nil {
		return err
	}
	if day.Sub(calendar.DateOf(tx.Now().In(calendar.China))) > 0 {
		return fault.At("day", fault.New(fault.Invalid, "日期还没有到", "that day has not come yet"))
	}
	if n.ID, err = newID(); err != nil {
		return err
	}
	n.MadeAt = tx.Now()
	if _, err := insertPunish.Exec(tx, n); err != nil {
		return err
	}
	return record.Append(tx, by.Sign, sanctioned{person: by.Person, act: n.Act, Code: p.Code, What: n.Kind, N: n.N, Money: n.Money, Day: n.Day})
}
