package identity

import (
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
)

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
}

// Admit is [Service.Authorize] for the use cases of the systems: it asks in their
// transaction, and answers with how the record is to name who acts.
//
//	by, err := who.Admit(tx, station.KeepPlans, right.Nowhere)
func (c Colleague) Admit(tx *db.Tx, key string, p right.Place) (Admitted, error) {
	if c.people == nil {
		return Admitted{}, notSignedIn()
	}
	grant, err := c.people.Authorize(tx, c.Actor, key, p)
	if err != nil {
		return Admitted{}, err
	}
	return Admitted{Sign: c.sign(grant), Person: c.Person}, nil
}
