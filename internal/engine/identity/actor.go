package identity

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
)

// Level is how far somebody has come in.
type Level string

// The levels. Only Full may do anything but what leads to it.
const (
	Half Level = "half" // the password was right; a code is due
	Bare Level = "bare" // a second factor is to be set up, or a new password chosen
	Full Level = "full"
)

// Actor is who does something: a person who is signed in, a program, or the command
// line. The zero Actor is nobody.
type Actor struct {
	Person       string // empty for a program
	Service      string // empty for a person
	Organisation string
	Session      string
	Device       string
	Way          right.Way
	Level        Level
	Must         Due       // what a Bare session is for
	Confirmed    time.Time // when it was last asked who it is
	Grants       []right.Grant

	commandLine bool
	signed      bool // what they signed has come, not they
}

// Due is what is to be done before anything else.
type Due string

// What may be due.
const (
	NothingDue  Due = ""
	PasswordDue Due = "password" // the old one has run out
	FactorDue   Due = "factor"   // a role asks for one
)

// CommandLine is whoever may run the program on the data: for when nobody can sign
// in. It may do what the three administrators may.
var CommandLine = Actor{Level: Full, commandLine: true}

// holder is under whom grants are kept.
func (a Actor) holder() string {
	if a.Service != "" {
		return a.Service
	}
	return a.Person
}

// sign is how the actor stands in the log: the role that admitted the act, for whom
// and where, and no person.
func (a Actor) sign(g ...right.Grant) string {
	switch {
	case a.commandLine:
		return "command-line"
	case len(g) > 0 && g[0].Role != "":
		return Sign(g[0])
	}
	return "self"
}

// Sign is how the holder of a grant stands in the log: role@organisation, or
// role@division where they act for none.
func Sign(g right.Grant) string {
	where := g.Organisation
	if where == "" {
		where = g.Scope.Division.Code()
	}
	if where == "" {
		return g.Role
	}
	return g.Role + "@" + where
}

// Shown is how somebody stands in the log, to be read: with the name of the organisation
// in the place of its id, as it is called today.
func Shown(tx *db.Tx, sign string) (string, error) {
	role, where, _ := strings.Cut(sign, "@")
	if _, err := uuid.Parse(where); err != nil {
		return sign, nil // nobody's, or a division's
	}
	rows, err := organisationByID.Slice(tx, where)
	if err != nil || len(rows) == 0 {
		return sign, err
	}
	return role + "@" + rows[0].Name, nil
}

// Authorize says whether an actor may do a thing at a place, as of this transaction: a
// session that was ended, or a grant that was taken, since the request began does not
// count. It returns the grant that admits it, for [Sign]; otherwise a fault.Denied.
func (s *Service) Authorize(tx *db.Tx, by Actor, key string, p right.Place) (right.Grant, error) {
	held, err := s.standing(tx, by, key)
	if err != nil || by.commandLine {
		return right.Grant{}, err
	}
	return s.catalogue.Authorize(held, key, p, s.clock(tx))
}

// over is Authorize for a whole scope, of which something is given away.
func (s *Service) over(tx *db.Tx, by Actor, key string, scope right.Scope) (right.Grant, error) {
	held, err := s.standing(tx, by, key)
	if err != nil || by.commandLine {
		return right.Grant{}, err
	}
	wider := []string{scope.Subject}
	if id, ok := scope.OfOrganisation(); ok { // who holds it over one holds it over all below
		up, err := Above(tx, id)
		if err != nil {
			return right.Grant{}, err
		}
		wider = right.Organisations(up...)
	}
	for _, subject := range wider {
		if g, ok := s.catalogue.May(held, key, right.Scope{Division: scope.Division, Subject: subject}, s.clock(tx)); ok {
			return g, nil
		}
	}
	_, err = s.catalogue.Authorize(nil, key, right.In(scope.Division, scope.Subject), s.clock(tx))
	return right.Grant{}, err
}

// standing returns what an actor holds now, once it is known that they are who they
// were and have been asked lately where the right is grave.
func (s *Service) standing(tx *db.Tx, by Actor, key string) ([]right.Grant, error) {
	if by.commandLine {
		// What it may do is about people. The rest needs somebody with a name.
		if key == right.Accounts || key == right.Grants || key == right.Audit {
			return nil, nil
		}
		if r, ok := s.catalogue.Right(key); ok && s.gives(r.Key) {
			return nil, nil
		}
		return nil, notSignedIn()
	}
	if by.holder() == "" {
		return nil, notSignedIn()
	}
	now := s.clock(tx)
	switch {
	case by.signed: // in this transaction, which has looked whether they stand
	case by.Service == "":
		row, err := s.Sessions.live(tx, by.Session, now)
		if err != nil {
			return nil, err
		}
		if row.Person != by.Person {
			return nil, notSignedIn()
		}
		by.Level, by.Confirmed, by.Way = row.Level, row.confirmed(), row.way()
	default:
		by.Way = right.ByToken
		if err := s.Programs.live(tx, by.Service, now); err != nil {
			return nil, err
		}
	}
	if by.Level != Full {
		return nil, unfinished(by)
	}
	if r, _ := s.catalogue.Right(key); r.Grave && by.Service == "" && (now.Sub(by.Confirmed) > s.policy.Fresh || fromFuture(by.Confirmed, now)) {
		return nil, askAgain()
	}
	return s.held(tx, by.holder(), by.Way)
}

// held are the grants that count for who came in by a way: a device that was bound
// opens nothing that wants a password, whatever its person was given besides.
func (s *Service) held(tx *db.Tx, holder string, way right.Way) ([]right.Grant, error) {
	all, err := grantsOf(tx, holder)
	return slices.DeleteFunc(all, func(g right.Grant) bool {
		role, ok := s.catalogue.Role(g.Role)
		return !ok || role.Way != way && (role.Way != right.ByDevice || way != right.ByPassword)
	}), err
}

// gives reports whether a right is what somebody needs to give some role.
func (s *Service) gives(key string) bool {
	for _, r := range s.catalogue.Roles() {
		if r.Given == key {
			return true
		}
	}
	return false
}

func notSignedIn() error {
	return fault.New(fault.Denied, "请先登录。", "Sign in first.").Because(signInError{})
}

// signInError marks the fault that is mended by signing in.
type signInError struct{}

func (signInError) Error() string { return "nobody is signed in" }

// NeedsSignIn reports whether an error is one that signing in mends: nobody is signed
// in, or the session has ended.
func NeedsSignIn(err error) bool {
	_, ok := errors.AsType[signInError](err)
	return ok
}

func onlyCommandLine() error {
	return fault.New(fault.Denied, "这一步只能由机房管理员用 xiadu people 命令完成。", "Only the operator can do this, with the command xiadu people.")
}

func unfinished(a Actor) error {
	switch {
	case a.Level == Half:
		return fault.New(fault.Denied, "登录还差一步：请输入动态码。", "One step is missing: give the code of your second factor.")
	case a.Must == PasswordDue:
		return fault.New(fault.Denied, "密码已到期：请先换一个新密码。", "Your password has run out: choose a new one first.")
	}
	return fault.New(fault.Denied, "您的角色需要第二因素：请先设置动态码。", "Your roles need a second factor: set it up first.")
}

// askAgainError marks the fault that wants the reader asked who they are.
type askAgainError struct{}

func (askAgainError) Error() string { return "asked too long ago" }

// AskAgain reports whether an error is the one of a grave act that was too long after
// its actor had been asked.
func AskAgain(err error) bool {
	_, ok := errors.AsType[askAgainError](err)
	return ok
}

// askAgain is what a grave act returns when it was too long ago that the actor
// proved who they are: ask for password or code (Entrance.Confirm), then repeat.
func askAgain() error {
	return fault.New(fault.Denied, "这一步很重要：请再输入一次密码或动态码。", "This is a grave step: give your password or code once more.").Because(askAgainError{})
}

// sees returns which persons an actor may look at: those at home where they audit, keep
// accounts or give roles. Who may look at none is refused.
func (s *Service) sees(tx *db.Tx, by Actor) (func(personRow) bool, error) {
	held, err := s.standing(tx, by, right.Audit) // looking is not grave, whichever of the rights it is by
	if err != nil {
		return nil, err
	}
	if by.commandLine {
		return func(personRow) bool { return true }, nil
	}
	now := s.clock(tx)
	keys := []string{right.Audit, right.Accounts, right.Grants}
	if !slices.ContainsFunc(keys, func(k string) bool { return s.catalogue.Anywhere(held, k, now) }) {
		_, err := s.catalogue.Authorize(nil, right.Audit, right.Place{}, now)
		return nil, err
	}
	return func(p personRow) bool {
		d, err := divisionOf(p.Division)
		return err == nil && slices.ContainsFunc(keys, func(k string) bool {
			_, err := s.catalogue.Authorize(held, k, right.In(d, "person/"+p.ID), now)
			return err == nil
		})
	}, nil
}

// maySee admits who may look at one holder of grants: a person, or a program, which is
// at home nowhere.
func (s *Service) maySee(tx *db.Tx, by Actor, holder string) error {
	may, err := s.sees(tx, by)
	if err != nil {
		return err
	}
	rows, err := selectPerson.Slice(tx, holder)
	if err != nil {
		return err
	}
	if len(rows) > 0 && !may(rows[0]) {
		return fault.New(fault.Denied, "这个人不在您负责的范围内。", "This person is not where you are responsible.")
	}
	return nil
}

// SignedIn reports whether somebody is signed in all the way.
func (a Actor) SignedIn() bool { return a.holder() != "" && a.Level == Full }

// Staff is the people of a site, who may be away: where their key file is missing,
// nobody is admitted, and the public is served all the same.
type Staff func() (*Service, error)

// Colleague is who asks for something at this site. The zero Colleague is nobody.
type Colleague struct {
	Actor
	people *Service
}

// Colleague is an actor of these people.
func (s *Service) Colleague(a Actor) Colleague { return Colleague{a, s} }

// Admitted is who did something and as what: how an entry names them.
type Admitted struct {
	Sign   string // the role and for whom, for the public part; see [Sign]
	Person string // for the private part; empty for a program and the command line
	// Organisation is the one for which the grant that admitted them is held; it may be none.
	Organisation string
}

// Admit is [Service.Authorize] for the use cases of the systems: it asks in their
// transaction, and answers with how the record is to name who acts.
//
//	by, err := who.Admit(tx, station.KeepPlans, right.Nowhere)
func (c Colleague) Admit(tx *db.Tx, key string, p right.Place) (Admitted, error) {
	at, err := c.Admits(tx, key)
	if err != nil {
		return Admitted{}, err
	}
	return at(p)
}

// Admits is Admit for many places: what somebody holds is read once, and each place is
// asked without the database.
func (c Colleague) Admits(tx *db.Tx, key string) (at func(right.Place) (Admitted, error), err error) {
	if c.people == nil {
		return nil, notSignedIn()
	}
	held, err := c.people.standing(tx, c.Actor, key)
	if err != nil {
		return nil, err
	}
	now := c.people.clock(tx)
	return func(p right.Place) (Admitted, error) {
		if c.commandLine {
			return Admitted{Sign: c.sign()}, nil
		}
		grant, err := c.people.catalogue.Authorize(held, key, p, now)
		if err != nil {
			return Admitted{}, err
		}
		return Admitted{Sign: c.sign(grant), Person: c.Person, Organisation: actsFor(grant)}, nil
	}, nil
}

// Warned reports whether there is something to tell them of their account; see [Notices].
func (c Colleague) Warned(ctx context.Context) (bool, error) {
	if c.people == nil {
		return false, nil
	}
	all, err := c.people.Notices.Unseen(ctx, c.Actor)
	return len(all) > 0, err
}

// actsFor is the organisation for which the holder of a grant acts: the one that it was given
// for, or else the one that it is over.
func actsFor(g right.Grant) string {
	if g.Organisation != "" {
		return g.Organisation
	}
	id, _ := g.Scope.OfOrganisation()
	return id
}

// NameOf is the name of who did something, for a use case that has admitted who asks to
// see it. Who was erased, or whose key is lost, has none.
func (c Colleague) NameOf(tx *db.Tx, person string) (string, error) {
	if c.people == nil || person == "" {
		return "", nil
	}
	row, err := personByID(tx, person)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return "", nil
		}
		return "", err
	}
	p, err := c.people.Persons.open(row)
	return p.Name, err
}
