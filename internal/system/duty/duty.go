// Package duty is what one person has to do, across all systems of the site: late, soon
// due, the rest, and what others owe; who takes their place while they are away; their
// calendar; and whom an office has to ring up.
//
//	desk := duty.New(duty.Deps{DB: d, Book: book, People: people, Systems: …, Now: …})
//	home, err := desk.Home(ctx, who, "", casework.Duty{})
//
// It owns no tables. What is owed are rows of engine/casework, one for each thing, so that
// one page has those of all systems; for which organisations somebody answers is told by
// engine/identity. A system says how its cases are called and where one is shown ([Cases]).
//
// Everything here is of who asks: nobody reads another's list, and a deputy reads what their own
// rights open, besides what is owed by the person whose place they take.
package duty

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Cases is what a system says of its cases, which are those of the processes "system.…".
type Cases struct {
	System string    // its key
	Name   lang.Text // of the system
	// Rights that answer for cases: who holds one for an organisation sees what that one owes.
	Rights []string
	// Show is how cases are called, by their ids: those of a page at once. Nil: its cases have no pages.
	Show func(tx *db.Tx, all []casework.Ref) (map[string]casework.Called, error)
	// Also are the pages with work that is nobody's own until somebody takes it.
	Also []Page
}

// Page is one for who holds a right.
type Page struct {
	Href  string
	Name  lang.Text
	Right string
}

// Deps are what the desks stand on.
type Deps struct {
	DB      *db.DB
	Book    *casework.Book
	People  identity.Staff
	Systems []Cases
	Now     func() time.Time
}

// Desks are what everybody has to do.
type Desks struct {
	db      *db.DB
	book    *casework.Book
	people  identity.Staff
	systems []Cases
	now     func() time.Time
	rights  []string
}

// New returns the desks of a site.
func New(d Deps) *Desks {
	s := &Desks{db: d.DB, book: d.Book, people: d.People, systems: d.Systems, now: d.Now}
	for _, c := range d.Systems {
		s.rights = append(s.rights, c.Rights...)
	}
	return s
}

// Now is the time by which things are late.
func (s *Desks) Now() time.Time { return s.now() }

// Also are the pages of all systems with work that is nobody's own until somebody takes it.
func (s *Desks) Also() (all []Page) {
	for _, c := range s.systems {
		all = append(all, c.Also...)
	}
	return all
}

// Book is the cases.
func (s *Desks) Book() *casework.Book { return s.book }

// Calls is the right to see and work off what could not be sent.
const Calls = "cases.call"

// Rights are what is declared to people.
var Rights = right.Declaration{
	System: "cases",
	Rights: []right.Right{{Key: Calls, Name: lang.Text{ZH: "打电话告知没发出去的通知", EN: "ring up those to whom nothing could be sent"}}},
	Roles: []right.Role{{
		Key: "cases.duty", Name: lang.Text{ZH: "值班员", EN: "Duty office"},
		Does:   lang.Text{ZH: "看到没有发出去的通知，打电话告知各单位。", EN: "Sees which notices could not be sent, and rings the units up."},
		Rights: []string{Calls}, Given: right.Grants,
	}},
}

// bySelf is how the record names who does something with what is their own.
const bySelf = "self"

// desk is for whom somebody owes and waits.
type desk struct {
	organisations []string
	holders       []string        // those, the person, and whose place they take
	instead       []casework.Away // now
	away          []casework.Away // their own absences
}

// desk reads it as of a transaction. It is empty for who is not here any more.
func (s *Desks) desk(tx *db.Tx, people *identity.Service, person string) (d desk, here bool, err error) {
	d.organisations, here, err = people.Persons.AnswersFor(tx, person, s.rights...)
	if err != nil || !here {
		return desk{}, false, err
	}
	for _, o := range d.organisations {
		d.holders = append(d.holders, casework.Organisation(o))
	}
	d.holders = append(d.holders, casework.Somebody(person))
	own, others, err := s.book.Absences.Of(tx, person)
	d.away = own
	for _, a := range others {
		if a.InForce(s.now()) {
			d.instead = append(d.instead, a)
			d.holders = append(d.holders, casework.Somebody(a.Person))
		}
	}
	return d, true, err
}

// Row is a case on which something is owed.
type Row struct {
	casework.Owing
	casework.Called
	System lang.Text // empty: it is off
	Stage  lang.Text // what is owed
	Units  []string  // who owes it, by name
}

// Changed is when the case changed the last time.
func (r Row) Changed() time.Time { return r.ChangedAt }

// rows are what is owed as it is shown, but for who owes it. What is of a system that is off has its code alone.
func (s *Desks) rows(tx *db.Tx, owed []casework.Owing) ([]Row, error) {
	refs := make([]casework.Ref, len(owed))
	for i, o := range owed {
		refs[i] = o.Ref()
	}
	called, err := s.show(tx, refs)
	rows := make([]Row, len(owed))
	for i, o := range owed {
		if as := called[o.Case].As; as != "" {
			o.Code = as
		}
		rows[i] = Row{Owing: o, Called: called[o.Case], Stage: s.stage(o.Process, o.Name)}
		if of := s.system(o.Process); of != nil {
			rows[i].System = of.Name
		}
	}
	return rows, err
}

// system is the one that a process is of; nil where it is off.
func (s *Desks) system(processKey string) *Cases {
	key, _, _ := strings.Cut(processKey, ".")
	i := slices.IndexFunc(s.systems, func(c Cases) bool { return c.System == key })
	if i < 0 {
		return nil
	}
	return &s.systems[i]
}

// show is how the systems call their cases: each is asked once.
func (s *Desks) show(tx *db.Tx, all []casework.Ref) (map[string]casework.Called, error) {
	called := map[string]casework.Called{}
	of := map[*Cases][]casework.Ref{}
	for _, r := range all {
		if c := s.system(r.Process); c != nil && c.Show != nil {
			of[c] = append(of[c], r)
		}
	}
	for c, refs := range of {
		some, err := c.Show(tx, refs)
		if err != nil {
			return nil, err
		}
		maps.Copy(called, some)
	}
	return called, nil
}

// stage is what is owed, in words.
func (s *Desks) stage(processKey, key string) lang.Text {
	if way := s.book.Process(processKey); way != nil {
		if at, ok := way.Stage(key); ok {
			return at.Name
		}
	}
	return lang.Text{ZH: key, EN: key}
}

// name fills in who owes each row.
func (s *Desks) name(ctx context.Context, people *identity.Service, rows []Row) error {
	var ids []string
	for _, r := range rows {
		ids = append(ids, organisations(r.Holders)...)
	}
	names, err := people.Organisations.Names(ctx, ids...)
	for i, r := range rows {
		rows[i].Units = nil
		for _, id := range organisations(r.Holders) {
			if names[id] != "" {
				rows[i].Units = append(rows[i].Units, names[id])
			}
		}
	}
	return err
}

func organisations(holders []string) (ids []string) {
	for _, h := range holders {
		if id, ok := casework.OfOrganisation(h); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// in is who asks, where the people are not away.
func (s *Desks) in(who identity.Colleague) (*identity.Service, error) {
	if !who.SignedIn() || who.Person == "" {
		return nil, fault.New(fault.Denied, "请先登录。", "Sign in first.")
	}
	return s.people()
}

// clockOf is the name of the clock of a stage.
func clockOf(way *process.Process, stage string) string {
	at, _ := way.Stage(stage)
	return at.Clock
}
