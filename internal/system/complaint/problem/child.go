package problem

import (
	"context"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// Child is an objection to a closing, or a proposal to begin again: a question that holds a step up until a person
// has decided.
type Child struct {
	ID        string    `db:"id"` // of its case
	Problem   string    `db:"problem"`
	Process   string    `db:"process"`
	Cause     string    `db:"cause"` // letter, public or person
	Letter    string    `db:"letter"`
	What      string    `db:"what"`
	KeyNumber int       `db:"key_number"`
	Stage     string    `db:"stage"`
	Version   int       `db:"version"`
	MadeAt    time.Time `db:"made_at"`
}

// Open reports whether it is to be decided.
func (c Child) Open() bool { return c.Stage == "open" }

func (c Child) place() string { return "complaint_child/" + c.ID }

// Words reads what was said.
func (c Child) Words(tx *db.Tx) (string, error) {
	if c.What == "" {
		return "", nil
	}
	return record.OpenOwn(tx, c.place(), c.What)
}

var (
	insertChild = db.Declare[Child, db.None](`
		INSERT INTO complaint_child (id, problem, process, cause, letter, what, key_number, stage, version, made_at)
		VALUES (:id, :problem, :process, :cause, :letter, :what, :key_number, :stage, :version, :made_at)`)
	writeChild = db.Declare[Child, db.None](`UPDATE complaint_child SET stage = :stage, version = :version WHERE id = :id`)
	childByID  = db.Declare[string, Child](`SELECT /*cols*/ FROM complaint_child WHERE id = :id`)
	childrenOf = db.Declare[string, Child](`SELECT /*cols*/ FROM complaint_child WHERE problem = :problem ORDER BY process, made_at, id`)
)

// Children lists the objections and proposals of a problem.
func Children(tx *db.Tx, problem string) ([]Child, error) { return childrenOf.Slice(tx, problem) }

// Undecided is an objection or a proposal that somebody has to decide, with its problem.
type Undecided struct {
	ID      string    `db:"id"`
	Process string    `db:"process"`
	Cause   string    `db:"cause"`
	MadeAt  time.Time `db:"made_at"`
	Code    string    `db:"code"`
	Title   string    `db:"title"`
}

type undecided struct {
	Campaign string `db:"campaign"`
	Process  string `db:"process"`
	Limit    int    `db:"lim"`
}

var undecidedOf = db.Declare[undecided, Undecided](`
	SELECT c.id, c.process, c.cause, c.made_at, p.code, p.title FROM complaint_child c JOIN complaint_problem p ON p.id = c.problem
	WHERE c.process = :process AND c.stage = 'open' AND p.campaign = :campaign ORDER BY c.made_at, c.id LIMIT :lim`)

// Undecided lists the objections and proposals of a campaign that wait for a decision, the oldest of each first.
func (s *Problems) Undecided(ctx context.Context, who identity.Colleague, code string, limit int) (all []Undecided, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if err := admitLook(tx, who, code); err != nil {
			return err
		}
		for _, key := range []string{complaint.Objection.Key, complaint.Proposal.Key} {
			rows, err := undecidedOf.Slice(tx, undecided{code, key, limit})
			if err != nil {
				return err
			}
			all = append(all, rows...)
		}
		return nil
	})
	return all, err
}

// Anew is the table with something sealed, for when another key is in use.
var Anew = []record.Drawer{{
	Read: db.Declare[record.UnderOther, record.Own](`
		SELECT id, 'complaint_child/' || id AS place, what AS secret, key_number FROM complaint_child
		WHERE key_number <> :key_number AND what <> '' AND id > :after ORDER BY id LIMIT :lim`),
	Set: db.Declare[record.Own, db.None](`UPDATE complaint_child SET what = :secret, key_number = :key_number WHERE id = :id`),
}}

// maxSaid bounds what the public writes, in characters.
const maxSaid = 1000

// Object keeps an objection to a closing while it is open to them. Anybody may object; nobody is asked who
// they are. Form is act.Form's number.
func (s *Problems) Object(ctx context.Context, code, what, form string) (c Child, err error) {
	what = strings.TrimSpace(what)
	if t, ok := lang.CheckLines(what, maxSaid); !ok || what == "" {
		if what == "" {
			t = says("请写明哪里不同意", "say what you object to")
		}
		return c, fault.At("what", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := ByCode(tx, code)
		if err != nil {
			return err
		}
		if p.Stage != complaint.Publicity {
			return fault.New(fault.Late, "“%[1]s”现在不在公示期。还没解决的，可以在它的页面上说“没有解决”。", "%[1]q is not open to objections now. If it is not solved, say so on its page.", p.Code)
		}
		c, err = onceAsked(tx, act.Form{Number: form, Says: []string{p.ID, what}}, func() (Child, error) {
			return s.ask(tx, identity.Admitted{Sign: "public"}, p, complaint.Objection.Key, "public", "", what)
		})
		return err
	})
	return c, err
}

// onceAsked is what a form asks, once.
func onceAsked(tx *db.Tx, f act.Form, do func() (Child, error)) (c Child, err error) {
	id, again, err := act.Filled(tx, f, func() (string, error) { c, err = do(); return c.ID, err })
	if again {
		c, err = childByID.One(tx, id)
	}
	return c, err
}

// Propose proposes to begin a problem again, from a person of an office. Form is act.Form's number.
func (s *Problems) Propose(ctx context.Context, who identity.Colleague, problem, why, form string) (c Child, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, err = onceAsked(tx, act.Form{Number: form, Person: who.Person, Says: []string{problem, why}}, func() (Child, error) { return ProposeIn(tx, s, who, problem, why) })
		return err
	})
	return c, err
}

// ProposeIn is Propose in a transaction that does more.
func ProposeIn(tx *db.Tx, s *Problems, who identity.Colleague, problem, why string) (c Child, err error) {
	if why = strings.TrimSpace(why); why == "" {
		return c, fault.At("why", fault.New(fault.Invalid, "请写明理由", "give the reason"))
	}
	p, err := Read(tx, problem)
	if err != nil {
		return c, err
	}
	by, err := s.admit(tx, who, complaint.Look, p)
	if err != nil {
		return c, err
	}
	if !closed(p.Stage) {
		return c, fault.New(fault.Conflict, "“%[1]s”还没有办结，不用重开。", "%[1]q is not closed, so there is nothing to begin again.", p.Code)
	}
	return s.ask(tx, by, p, complaint.Proposal.Key, "person", "", why)
}

// ProposeFor proposes to begin a problem again since a new letter is like it or near it: what says what speaks for it, in words
// that name nobody; empty: its wording. One that is proposed already for this
// letter is not proposed twice.
func (s *Problems) ProposeFor(tx *db.Tx, by identity.Admitted, p Problem, l letter.Letter, what string) error {
	had, err := Children(tx, p.ID)
	if err != nil {
		return err
	}
	for _, c := range had {
		if c.Letter == l.ID && c.Process == complaint.Proposal.Key {
			return nil
		}
	}
	_, err = s.ask(tx, by, p, complaint.Proposal.Key, "letter", l.ID, what)
	return err
}

func (s *Problems) ask(tx *db.Tx, by identity.Admitted, p Problem, processKey, cause, letterID, what string) (c Child, err error) {
	camp, err := campaign.Read(tx, p.Campaign)
	if err != nil {
		return c, err
	}
	name := complaint.ClockObjection
	if processKey == complaint.Proposal.Key {
		name = complaint.ClockProposal
	}
	rule, err := camp.Rule(name)
	if err != nil {
		return c, err
	}
	code, err := newID()
	if err != nil {
		return c, err
	}
	made, err := s.book.Open(tx, casework.Opening{
		Process: processKey, Code: code, Division: p.Division, Parent: p.ID, Lead: p.Lead, Asker: camp.Office,
		By: []casework.Person{{ID: by.Person, Organisation: by.Organisation}}, Rules: map[string]clock.Rule{name: rule},
	})
	if err != nil {
		return c, err
	}
	c = Child{ID: made.ID, Problem: p.ID, Process: processKey, Cause: cause, Letter: letterID, Stage: made.Stage, Version: made.Version, MadeAt: tx.Now()}
	if what != "" {
		if c.What, c.KeyNumber, err = record.SealOwn(tx, c.place(), what); err != nil {
			return c, err
		}
	}
	if _, err := insertChild.Exec(tx, c); err != nil {
		return c, err
	}
	return c, record.Append(tx, by.Sign, asked{person: by.Person, what: what, Code: p.Code, What: processKey, ID: c.ID, Cause: cause})
}

// Decision is what the office decides of an objection or a proposal.
type Decision struct {
	Child string
	Seen  int
	Move  string // uphold, dismiss; take, decline
	Why   string
	Day   Move // of uphold: the Day by which it is put right; Seen of the problem
}

// Decide decides. An objection that holds sends the problem back, a proposal that is taken begins it again, both
// in the same transaction.
func (s *Problems) Decide(ctx context.Context, who identity.Colleague, d Decision) (p Problem, err error) {
	d.Why = strings.TrimSpace(d.Why)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		c, err := childByID.One(tx, d.Child)
		if err != nil {
			return err
		}
		if p, err = Read(tx, c.Problem); err != nil {
			return err
		}
		by, err := s.admit(tx, who, complaint.Coordinate, p)
		if err != nil {
			return err
		}
		if (d.Move == "decline" || d.Move == "dismiss") && closed(p.Stage) { // whoever passed it does not decide that it stays so
			if err := s.book.Bars(tx, p.ID, "sign-off", casework.Person{ID: by.Person, Organisation: by.Organisation}); err != nil {
				return err
			}
		}
		made, err := s.book.Advance(tx, casework.Step{
			Case: c.ID, Move: d.Move, Seen: d.Seen, Reason: d.Why, By: []casework.Person{{ID: by.Person, Organisation: by.Organisation}},
		})
		if err != nil {
			return err
		}
		c.Stage, c.Version = made.Case.Stage, made.Case.Version
		if _, err := writeChild.Exec(tx, c); err != nil {
			return err
		}
		if err := record.Append(tx, by.Sign, decided{person: by.Person, why: d.Why, Code: p.Code, What: c.Process, ID: c.ID, Move: d.Move}); err != nil {
			return err
		}
		switch d.Move {
		case "uphold":
			p, err = s.make(tx, who, by, p, Move{Problem: p.ID, Move: "uphold", Seen: p.Version, Why: d.Why, Day: d.Day.Day})
		case "take":
			p, err = s.make(tx, who, by, p, Move{Problem: p.ID, Move: "reopen", Seen: p.Version, Why: d.Why})
		case "decline":
			err = s.settle(tx, p)
		}
		return err
	})
	return p, err
}

// program is who makes the steps that time makes.
var program = identity.Admitted{Sign: "program", Person: "program"}

// RanOut is what comes of a clock of a problem that has run out: a window that has ended settles it, where nothing
// is undecided. The others are told to who owes the step.
func (s *Problems) RanOut(tx *db.Tx, r casework.RanOut) error {
	if r.Case.Process != complaint.Problem.Key || r.Clock != complaint.ClockWindow {
		return nil
	}
	p, err := Read(tx, r.Case.ID)
	if err != nil {
		return err
	}
	return s.settle(tx, p)
}

// settle ends the window of a problem if its time is over and nothing is undecided.
func (s *Problems) settle(tx *db.Tx, p Problem) error {
	if p.Stage != complaint.Filed || tx.Now().Before(p.DueAt) {
		return nil
	}
	had, err := Children(tx, p.ID)
	if err != nil {
		return err
	}
	for _, c := range had {
		if c.Open() && c.Process == complaint.Proposal.Key {
			return nil
		}
	}
	_, err = s.make(tx, identity.Colleague{}, program, p, Move{Problem: p.ID, Move: "settle", Seen: p.Version})
	return err
}
