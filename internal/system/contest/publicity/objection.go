package publicity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Objection is what somebody says against a result.
type Objection struct {
	ID        string     `db:"id"` // of its case
	Contest   string     `db:"contest"`
	N         int        `db:"n"`    // from 1
	Sealed    string     `db:"said"` // see [Publicities.Read]
	KeyNumber int        `db:"key_number"`
	Out       string     `db:"out"` // the entry that is out if it is upheld
	Found     string     `db:"found"`
	Answer    string     `db:"answer"`
	Stage     string     `db:"stage"`
	Version   int        `db:"version"` // of its case
	MadeAt    time.Time  `db:"made_at"`
	EndedAt   *time.Time `db:"ended_at"`
}

// StageName is what its stage is called.
func (o *Objection) StageName() lang.Text {
	s, _ := contest.Objection.Stage(o.Stage)
	return s.Name
}

func (o *Objection) place() string { return "contest_objection/" + o.ID }

// Words are what was said, and how to answer who said it.
type Words struct {
	What    string `json:"what"`
	Contact string `json:"contact,omitempty"`
}

type numbered struct {
	Contest string `db:"contest"`
	N       int    `db:"n"`
}

var (
	insertOne = db.Declare[Objection, db.None](`
		INSERT INTO contest_objection (id, contest, n, said, key_number, out, found, answer, stage, version, made_at, ended_at)
		VALUES (:id, :contest, :n, :said, :key_number, :out, :found, :answer, :stage, :version, :made_at, :ended_at)`)
	writeOne = db.Declare[Objection, db.None](`UPDATE contest_objection SET out = :out, found = :found, answer = :answer, stage = :stage, version = :version, ended_at = :ended_at WHERE id = :id`)
	byID     = db.Declare[string, Objection](`SELECT /*cols*/ FROM contest_objection WHERE id = :id`)
	byNumber = db.Declare[numbered, Objection](`SELECT /*cols*/ FROM contest_objection WHERE contest = :contest AND n = :n`)
	listed   = db.Declare[string, Objection](`SELECT /*cols*/ FROM contest_objection WHERE contest = :contest ORDER BY n`)
	count    = db.Declare[string, int](`SELECT COUNT(*) AS n FROM contest_objection WHERE contest = :contest`)
)

// Anew is the table with something sealed, for when another key is in use.
var Anew = []record.Drawer{{
	Read: db.Declare[record.UnderOther, record.Own](`
		SELECT id, 'contest_objection/' || id AS place, said AS secret, key_number FROM contest_objection WHERE key_number <> :key_number AND id > :after ORDER BY id LIMIT :lim`),
	Set: db.Declare[record.Own, db.None](`UPDATE contest_objection SET said = :secret, key_number = :key_number WHERE id = :id`),
}}

// List lists the objections to a contest, for everybody: what was said is not in it.
func (s *Publicities) List(ctx context.Context, code string) (all []Objection, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { all, err = listed.Slice(tx, code); return err })
	return all, err
}

// Objecting is an objection to be.
type Objecting struct {
	Contest string
	What    string
	Contact string // how to reach who objects; may be empty
	Form    string // act.Form's number
}

// Of an objection, in characters.
const (
	mostSaid    = 2000
	mostContact = 100
	mostWhy     = 500
)

func said(field, text string, most int, empty lang.Text) (string, error) {
	text = strings.TrimSpace(text)
	t, ok := lang.CheckLines(text, most)
	if text == "" && empty != (lang.Text{}) {
		ok, t = false, empty
	}
	if !ok {
		return "", fault.At(field, &fault.Error{Kind: fault.Invalid, Text: t})
	}
	return text, nil
}

// Object keeps an objection while a result is open to them. Anybody may object; nobody is asked who they are.
func (s *Publicities) Object(ctx context.Context, n Objecting) (o Objection, err error) {
	if n.What, err = said("what", n.What, mostSaid, lang.Text{ZH: "请写明对什么有异议、依据是什么", EN: "say what you object to, and on what grounds"}); err != nil {
		return o, err
	}
	if n.Contact, err = said("contact", n.Contact, mostContact, lang.Text{}); err != nil {
		return o, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, n.Contest)
		if err != nil {
			return err
		}
		p, there, err := Of(tx, n.Contest)
		if err != nil {
			return err
		}
		if !there || !p.Open(tx.Now()) {
			return fault.New(fault.Late, "现在不收对这个评审的异议：还没有公示，或者公示期已过。", "No objections to this contest are taken now: its result does not hang out yet, or the period is over.")
		}
		id, again, err := act.Filled(tx, act.Form{Number: n.Form, Says: []string{n.Contest, n.What, n.Contact}}, func() (string, error) {
			o, err = s.open(tx, &e, n)
			return o.ID, err
		})
		if again {
			o, err = byID.One(tx, id)
		}
		return err
	})
	return o, err
}

func (s *Publicities) open(tx *db.Tx, e *event.Event, n Objecting) (o Objection, err error) {
	rule, err := ruleOf(objectionOf)
	if err != nil {
		return o, err
	}
	had, err := count.One(tx, e.Code)
	if err != nil {
		return o, err
	}
	made, err := s.book.Open(tx, casework.Opening{
		Process: contest.Objection.Key, Code: fmt.Sprintf("%s/%d", e.Code, had+1), Division: e.Division.Code(), Asker: e.Office,
		By: []casework.Person{{ID: "public"}}, Rules: map[string]clock.Rule{contest.ClockObjection: rule},
	})
	if err != nil {
		return o, err
	}
	o = Objection{ID: made.ID, Contest: e.Code, N: had + 1, Stage: made.Stage, Version: made.Version, MadeAt: tx.Now()}
	text, err := json.Marshal(Words{n.What, n.Contact})
	if err != nil {
		return o, err
	}
	if o.Sealed, o.KeyNumber, err = record.SealOwn(tx, o.place(), string(text)); err != nil {
		return o, err
	}
	if _, err := insertOne.Exec(tx, o); err != nil {
		return o, err
	}
	if err := record.Append(tx, "public", objected{Contest: e.Code, N: o.N, what: n.What}); err != nil {
		return o, err
	}
	return o, event.Changed(tx, e.Code, true)
}

// Read is an objection with what was said, for who holds the contest and who supervises it.
func (s *Publicities) Read(ctx context.Context, who identity.Colleague, code string, n int) (o Objection, w Words, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		if _, err = who.Admit(tx, contest.Organise, e.Place()); fault.KindOf(err) == fault.Denied {
			_, err = who.Admit(tx, contest.Supervise, e.Place())
		}
		if err != nil {
			return err
		}
		rows, err := byNumber.Slice(tx, numbered{code, n})
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.New(fault.NotFound, "没有第 %d 号异议", "there is no objection %d", n)
		}
		o = rows[0]
		text, err := record.OpenOwn(tx, o.place(), o.Sealed)
		if err != nil {
			return err
		}
		return json.Unmarshal([]byte(text), &w)
	})
	return o, w, err
}

// Examining is what whoever holds the contest found.
type Examining struct {
	Objection string
	Seen      int
	Found     string // for everybody
	Out       string // the number of an entry that should be out; empty: none
}

// Examine says what was found of an objection, and whether an entry should be out by it.
func (s *Publicities) Examine(ctx context.Context, who identity.Colleague, x Examining) (o Objection, err error) {
	return s.move(ctx, who, contest.Organise, x.Objection, x.Seen, "examine", x.Found, func(tx *db.Tx, o *Objection) error {
		o.Found, o.Out = x.Found, strings.TrimSpace(x.Out)
		if o.Out == "" {
			return nil
		}
		all, err := entry.Facts(tx, o.Contest)
		for _, f := range all {
			if f.Key == o.Out {
				return err
			}
		}
		if err == nil {
			err = fault.At("out", fault.New(fault.Invalid, "没有编号为“%s”的作品", "there is no entry %q", lang.Short(o.Out)))
		}
		return err
	})
}

// Deciding is what the supervisor decides.
type Deciding struct {
	Objection string
	Seen      int
	Move      string // uphold, dismiss, or back to be looked into once more
	Why       string // for everybody
}

// Decide decides of an objection. Where it is upheld the entry that was named is out from then on, in the same transaction.
func (s *Publicities) Decide(ctx context.Context, who identity.Colleague, d Deciding) (o Objection, err error) {
	return s.move(ctx, who, contest.Supervise, d.Objection, d.Seen, d.Move, d.Why, func(tx *db.Tx, o *Objection) error {
		o.Answer = d.Why
		if now := tx.Now(); o.Stage == contest.ObjectionUpheld || o.Stage == contest.ObjectionDismissed {
			o.EndedAt = &now
		}
		if o.Stage != contest.ObjectionUpheld || o.Out == "" {
			return nil
		}
		return entry.Out(tx, o.Contest, o.Out, mark.Disqualified)
	})
}

// move moves an objection on, which is in the log without what was said.
func (s *Publicities) move(ctx context.Context, who identity.Colleague, right, id string, seen int, move, why string, then func(*db.Tx, *Objection) error) (o Objection, err error) {
	field := "why"
	if move == "examine" {
		field = "found"
	}
	if why, err = said(field, why, mostWhy, lang.Text{ZH: "请写明：会公开", EN: "say why: it is public"}); err != nil {
		return o, err
	}
	if m, ok := contest.Objection.Move(move); !ok || m.Key == "examine" && right != contest.Organise {
		return o, fault.New(fault.Invalid, "请选成立、不成立或退回再查", "choose to uphold, to dismiss, or to look into it once more")
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		rows, err := byID.Slice(tx, id)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.New(fault.NotFound, "没有这个异议", "there is no such objection")
		}
		o = rows[0]
		e, err := event.Read(tx, o.Contest)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, right, e.Place())
		if err != nil {
			return err
		}
		made, err := s.book.Advance(tx, casework.Step{Case: o.ID, Move: move, Seen: seen, Reason: why, By: []casework.Person{{ID: by.Person, Organisation: by.Organisation}}})
		if err != nil {
			return err
		}
		o.Stage, o.Version = made.Case.Stage, made.Case.Version
		if err := then(tx, &o); err != nil {
			return err
		}
		if _, err := writeOne.Exec(tx, o); err != nil {
			return err
		}
		step := moved{Contest: o.Contest, N: o.N, To: o.Stage, by: by.Person, why: why}
		if o.Stage == contest.ObjectionUpheld {
			step.Out = o.Out
		}
		if err := record.Append(tx, by.Sign, step); err != nil {
			return err
		}
		return event.Changed(tx, o.Contest, true)
	})
	return o, err
}
