package problem

import (
	"context"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/period"
	"github.com/xiadu/xiadu/internal/system/complaint/redact"
)

// Extension is that somebody asked for a measure's period to be extended: the office, or the unit whose measure it is. Another person of
// the office decides, who belongs to no unit of it; until then the period is as it was.
type Extension struct {
	ID         string     `db:"id"`
	Measure    string     `db:"measure"`
	Campaign   string     `db:"campaign"`
	UntilDay   string     `db:"until_day"`
	Why        string     `db:"why"`
	Person     string     `db:"person"`
	Unit       string     `db:"unit"`
	MadeBy     string     `db:"made_by"`
	MadeAt     time.Time  `db:"made_at"`
	State      string     `db:"state"`
	DecidedBy  string     `db:"decided_by"`
	DecidedFor string     `db:"decided_for"`
	DecidedWhy string     `db:"decided_why"`
	DecidedAt  *time.Time `db:"decided_at"`
}

// Open reports whether it is to be decided.
func (x Extension) Open() bool { return x.State == "open" }

// Granted reports whether it was approved.
func (x Extension) Granted() bool { return x.State == "granted" }

type openExtensions struct {
	Campaign string `db:"campaign"`
	Limit    int    `db:"lim"`
}

// Asking is an extension that waits for somebody to decide, with whose it is.
type Asking struct {
	ID       string    `db:"id"`
	MadeAt   time.Time `db:"made_at"`
	UntilDay string    `db:"until_day"`
	Number   int       `db:"number"`
	Code     string    `db:"code"`
	Title    string    `db:"title"`
}

var (
	insertExtension = db.Declare[Extension, db.None](`
		INSERT INTO complaint_extension (id, measure, campaign, until_day, why, person, unit, made_by, made_at, state, decided_by, decided_for, decided_why, decided_at)
		VALUES (:id, :measure, :campaign, :until_day, :why, :person, :unit, :made_by, :made_at, :state, :decided_by, :decided_for, :decided_why, :decided_at)`)
	decideExtension = db.Declare[Extension, db.None](`
		UPDATE complaint_extension SET state = :state, decided_by = :decided_by, decided_for = :decided_for, decided_why = :decided_why, decided_at = :decided_at
		WHERE id = :id`)
	extensionsOf = db.Declare[string, Extension](`SELECT /*cols*/ FROM complaint_extension WHERE measure = :measure ORDER BY made_at, id`)
	askingFor    = db.Declare[openExtensions, Asking](`
		SELECT x.id, x.made_at, x.until_day, m.number, p.code, p.title FROM complaint_extension x
		JOIN complaint_measure m ON m.id = x.measure JOIN complaint_problem p ON p.id = m.problem
		WHERE x.campaign = :campaign AND x.state = 'open' AND m.stage = 'open' ORDER BY x.made_at, x.id LIMIT :lim`)
	moveDay = db.Declare[Measure, db.None](`UPDATE complaint_measure SET due_day = :due_day, version = :version WHERE id = :id`)
)

// Asked lists the extensions of a campaign that wait for a decision, the oldest first.
func Asked(ctx context.Context, s *Problems, who identity.Colleague, code string, limit int) (all []Asking, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := admitLook(tx, who, code); err != nil {
			return err
		}
		all, err = askingFor.Slice(tx, openExtensions{code, limit})
		return err
	})
	return all, err
}

// Deferred is a measure with what its due day comes of: its clock with each day, what was asked and decided, and its steps.
type Deferred struct {
	Clock   casework.Clock
	Asked   []Extension
	History []casework.Past
}

// Pending is what waits to be decided; false where nothing does.
func (d Deferred) Pending() (Extension, bool) {
	for _, x := range d.Asked {
		if x.Open() {
			return x, true
		}
	}
	return Extension{}, false
}

// DeferredOf reads them, for who sees the problem.
func DeferredOf(tx *db.Tx, s *Problems, m Measure) (d Deferred, err error) {
	if d.Asked, err = extensionsOf.Slice(tx, m.ID); err != nil {
		return d, err
	}
	if d.History, err = s.book.History(tx, m.ID, 0, maxHistory); err != nil {
		return d, err
	}
	clocks, err := s.book.Clocks(tx, m.ID)
	for _, c := range clocks {
		d.Clock = c // a measure has one
	}
	return d, err
}

// PeriodOf is the period by which a problem's stage is owed, or that of one of its measures, for whoever runs the program beside its
// database.
func PeriodOf(tx *db.Tx, s *Problems, code string, measure int) (r clock.Reckoning, err error) {
	p, err := ByCode(tx, code)
	if err != nil {
		return r, err
	}
	if measure > 0 {
		all, err := Measures(tx, p.ID)
		if err != nil {
			return r, err
		}
		for _, m := range all {
			if m.Number == measure {
				d, err := DeferredOf(tx, s, m)
				return d.Clock.Reckoning, err
			}
		}
		return r, fault.New(fault.NotFound, "“%[1]s”没有第 %[2]d 项措施。", "%[1]q has no measure number %[2]d.", p.Code, measure)
	}
	w := Whole{Problem: p}
	if w.Clocks, err = s.book.Clocks(tx, p.ID); err != nil {
		return r, err
	}
	running, ok := w.Running()
	if !ok {
		return r, fault.New(fault.NotFound, "“%[1]s”现在没有在走的期限。", "No period of %[1]q is under way now.", p.Code)
	}
	return running.Reckoning, nil
}

// Extending asks to extend a measure.
type Extending struct {
	Measure string
	Seen    int
	Day     calendar.Date // by which it is due then
	Why     string
}

// AskExtension asks for a measure's period to be extended.
func AskExtension(ctx context.Context, s *Problems, who identity.Colleague, x Extending) (made Extension, err error) {
	x.Why = strings.TrimSpace(x.Why)
	if t, ok := lang.CheckLines(x.Why, maxWhat); x.Why == "" || !ok {
		if x.Why == "" {
			t = says("请写明为什么要延期", "say why it needs longer")
		}
		return made, fault.At("why", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	if err := redact.Free("why", x.Why); err != nil {
		return made, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		m, p, err := readMeasure(tx, x.Measure)
		if err != nil {
			return err
		}
		by, err := s.admit(tx, who, complaint.Coordinate, p)
		if fault.KindOf(err) == fault.Denied {
			by, err = s.admitMeasure(tx, who, "extend", p, m)
		}
		if err != nil {
			return err
		}
		d, err := DeferredOf(tx, s, m)
		if err != nil {
			return err
		}
		if _, waits := d.Pending(); waits {
			return fault.New(fault.Conflict, "这一项已经有人提出延期，还没有批：等批了再提。", "Somebody has asked for more time already, and it is not decided: wait for that.")
		}
		if _, err := x.length(tx, m, p, d); err != nil {
			return err
		}
		made = Extension{
			Measure: m.ID, Campaign: p.Campaign, UntilDay: x.Day.String(), Why: x.Why, Person: by.Person, Unit: by.Organisation, MadeBy: by.Sign, MadeAt: tx.Now(), State: "open",
		}
		if made.ID, err = newID(); err != nil {
			return err
		}
		if _, err := insertExtension.Exec(tx, made); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, extensionAsked{person: by.Person, why: x.Why, Code: p.Code, Measure: m.Number, Until: made.UntilDay})
	})
	return made, err
}

func readMeasure(tx *db.Tx, id string) (m Measure, p Problem, err error) {
	if m, err = measureByID.One(tx, id); err != nil {
		return m, p, err
	}
	p, err = Read(tx, m.Problem)
	return m, p, err
}

// length is by how much the day is later, or why it cannot be.
func (x Extending) length(tx *db.Tx, m Measure, p Problem, d Deferred) (clock.Length, error) {
	none := clock.Length{}
	switch now := d.Clock.Reckoning; {
	case m.Version != x.Seen:
		return none, fault.New(fault.Conflict, "这一项刚有变化，请看过现在的样子再办。", "This measure has changed just now: look at it as it is.")
	case !m.Open():
		return none, fault.New(fault.Conflict, "这一项已经完成或撤回，没有期限可延。", "This measure is done or withdrawn: there is no period to extend.")
	case !tx.Now().Before(now.Due):
		return none, fault.New(fault.Late, "这一项 %[1]v 已经到期，到期以后不能再延：尽快完成，或撤回它另加一项，写明新的日期。", "This measure was due on %[1]v, and is not extended after that: do it, or withdraw it and add another with a new day.", now.Last)
	case x.Day == (calendar.Date{}) || !now.Last.Before(x.Day):
		return none, fault.At("day", fault.New(fault.Invalid, "请填写延到哪天：在 %[1]v 以后", "give the day to which it is extended: after %[1]v", now.Last))
	}
	due := calendar.DateOf(p.DueAt.Add(-time.Second).In(calendar.China))
	if m.Source != Visit && p.Stage == complaint.Rectifying && p.HasDue() && due.Before(x.Day) {
		return none, fault.At("day", fault.New(fault.Invalid, "超出了问题的整改期限 %[1]v：先变动问题的期限，或提前这一天", "the problem itself is due on %[1]v: change its period first, or set an earlier day", due))
	}
	length := clock.Length{N: x.Day.Sub(d.Clock.Last), Unit: clock.Day}
	if r := d.Clock.Rule.Extend; r == nil || len(d.Clock.Extended) >= r.Times || length.N > r.Most.N {
		times, most := 0, lang.Text{ZH: "0 天", EN: "no day"}
		if r != nil {
			times, most = r.Times, r.Most.Text()
		}
		return none, fault.At("day", fault.New(fault.Conflict, "一项措施最多延 %[1]d 次，每次最多%[2]s：撤回它另加一项", "a measure is extended %[1]d times at most, by %[3]s each time: withdraw it and add another", times, most.ZH, most.EN))
	}
	return length, nil
}

// Granting decides on an extension that somebody asked for.
type Granting struct {
	Measure string
	Seen    int
	Grant   bool
	Why     string // of a refusal it has to be said
}

// DecideExtension approves an extension or declines it. It is for a person of the office who did not ask for it and belongs to no unit
// that answers for the measure.
func DecideExtension(ctx context.Context, s *Problems, who identity.Colleague, g Granting) (m Measure, err error) {
	g.Why = strings.TrimSpace(g.Why)
	if t, ok := lang.CheckLines(g.Why, maxWhat); !ok || g.Why == "" && !g.Grant {
		if ok {
			t = says("不批的，请写明理由", "say why it is declined")
		}
		return m, fault.At("why", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	if err := redact.Free("why", g.Why); err != nil {
		return m, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		var p Problem
		if m, p, err = readMeasure(tx, g.Measure); err != nil {
			return err
		}
		by, err := s.admit(tx, who, complaint.Coordinate, p)
		if err != nil {
			return err
		}
		d, err := DeferredOf(tx, s, m)
		if err != nil {
			return err
		}
		x, waits := d.Pending()
		if !waits {
			return fault.New(fault.Conflict, "没有等着批的延期，可能别人刚批过。", "No extension waits: somebody may have just decided.")
		}
		if x.Person == by.Person {
			return fault.New(fault.Denied, "延期是您提出的，要由协调单位的另一个人来批。", "You asked for this: another person of the coordinating office has to approve.")
		}
		now := tx.Now()
		x.State, x.DecidedBy, x.DecidedFor, x.DecidedWhy, x.DecidedAt = "declined", by.Sign, by.Organisation, g.Why, &now
		if g.Grant {
			x.State = "granted"
			if err := extend(tx, s, by, &m, p, d, x, g); err != nil {
				return err
			}
		}
		if _, err := decideExtension.Exec(tx, x); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, extensionDecided{person: by.Person, why: g.Why, Code: p.Code, Measure: m.Number, Until: x.UntilDay, Granted: g.Grant})
	})
	return m, err
}

func extend(tx *db.Tx, s *Problems, by identity.Admitted, m *Measure, p Problem, d Deferred, x Extension, g Granting) error {
	day, err := calendar.ParseDate(x.UntilDay)
	if err != nil {
		return err
	}
	length, err := Extending{Measure: m.ID, Seen: g.Seen, Day: day}.length(tx, *m, p, d)
	if err != nil {
		return err
	}
	c, r, err := period.Change(tx, s.book, by, p.Subject(), period.Turn{
		Case: m.ID, Seen: g.Seen, Clock: complaint.ClockMeasure, Kind: clock.Extended, Length: length, Why: x.Why, Asked: x.Unit, Measure: m.Number,
	})
	if err != nil {
		return err
	}
	m.Version, m.DueDay = c.Version, r.Last.String()
	_, err = moveDay.Exec(tx, *m)
	return err
}

// extensionAsked is that somebody asked for more time for a measure.
type extensionAsked struct {
	person, why string

	Code    string `json:"code"`
	Measure int    `json:"measure"`
	Until   string `json:"until"`
}

func (extensionAsked) Kind() string      { return "complaint.extension-asked" }
func (e extensionAsked) Subject() string { return Subject(e.Code) }
func (e extensionAsked) Private() any    { return complaint.ByWhom{By: e.person, Why: e.why} }

// extensionDecided is that another person approved it, or did not.
type extensionDecided struct {
	person, why string

	Code    string `json:"code"`
	Measure int    `json:"measure"`
	Until   string `json:"until"`
	Granted bool   `json:"granted"`
}

func (extensionDecided) Kind() string      { return "complaint.extension-decided" }
func (e extensionDecided) Subject() string { return Subject(e.Code) }
func (e extensionDecided) Private() any    { return complaint.ByWhom{By: e.person, Why: e.why} }
