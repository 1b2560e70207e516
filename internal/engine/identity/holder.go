package identity

import (
	"context"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
)

// Holder is somebody who holds a role, with the grant.
type Holder struct {
	right.Grant
	Name string
}

var heldOver = db.Declare[grantRow, grantRow](`
	SELECT /*cols*/ FROM identity_grant WHERE role = :role AND subject = :subject AND revoked_at IS NULL ORDER BY id`)

// Holders are who holds a role over one thing, for whoever may give it there.
func (c Colleague) Holders(ctx context.Context, role string, scope right.Scope) (all []Holder, err error) {
	if c.people == nil {
		return nil, notSignedIn()
	}
	s := c.people
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		r, _ := s.catalogue.Role(role)
		if _, err := s.over(tx, c.Actor, r.Given, scope); err != nil {
			return fault.At("staff", err)
		}
		rows, err := heldOver.Slice(tx, grantRow{Role: role, Subject: scope.Subject})
		for i := 0; i < len(rows) && err == nil; i++ {
			h := Holder{}
			if h.Grant, err = rows[i].grant(); err == nil {
				h.Name, err = c.NameOf(tx, rows[i].Holder)
			}
			all = append(all, h)
		}
		return err
	})
	return all, err
}

// Invite is [Invitations.Invite], for the page of the thing that a role is about.
func (c Colleague) Invite(ctx context.Context, p Somebody, g Giving) (Invitation, error) {
	if c.people == nil {
		return Invitation{}, notSignedIn()
	}
	_, inv, err := c.people.Invitations.Invite(ctx, c.Actor, p, g)
	return inv, err
}

// Revoke is [Grants.Revoke], for the same page.
func (c Colleague) Revoke(ctx context.Context, grant, why string) error {
	if c.people == nil {
		return notSignedIn()
	}
	return c.people.Grants.Revoke(ctx, c.Actor, grant, why)
}
