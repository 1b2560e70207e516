// Package troupe is the cast of a demo at work: who plays their days before anybody comes, each signed in when they act.
//
//	t, err := troupe.Of(ctx, people)
//	who, err := t.As(ctx, now, "contest-office") // ctx is of that time: db.Rehearse
//
// The rehearsals of the systems play through the doors of life, with people who hold rights.
package troupe

import (
	"context"
	"fmt"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
)

// Troupe is those of a site.
type Troupe struct {
	people  *identity.Service
	persons map[string]string // by login
	who     map[string]identity.Colleague
	entered map[string]time.Time
}

// Of returns the cast of a site; elsewhere than in a demo there is nobody in it.
func Of(ctx context.Context, people *identity.Service) (*Troupe, error) {
	t := &Troupe{people: people, persons: map[string]string{}, who: map[string]identity.Colleague{}, entered: map[string]time.Time{}}
	cast, err := people.Cast.List(ctx)
	for _, one := range cast {
		t.persons[one.Login] = one.ID
	}
	return t, err
}

// Person is somebody's id.
func (t *Troupe) Person(login string) string { return t.persons[login] }

// Leave has somebody sign in anew when they act again: who publishes has just said who they are.
func (t *Troupe) Leave(login string) { delete(t.entered, login) }

// stay is how long somebody stays signed in, in a play.
const stay = time.Hour

// As is somebody at a time of the play, which is that of ctx.
func (t *Troupe) As(ctx context.Context, now time.Time, login string) (identity.Colleague, error) {
	if at, ok := t.entered[login]; ok && now.Sub(at) < stay {
		return t.who[login], nil
	}
	in, err := t.people.Cast.Enter(ctx, t.persons[login], "")
	if err != nil {
		return identity.Colleague{}, fmt.Errorf("%s: %w", login, err)
	}
	actor, err := t.people.Sessions.Who(ctx, in.Token)
	if err != nil {
		return identity.Colleague{}, fmt.Errorf("%s: %w", login, err)
	}
	t.who[login], t.entered[login] = t.people.Colleague(actor), now
	return t.who[login], nil
}
