package identity

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
)

type grantRow struct {
	ID           string     `db:"id"`
	Holder       string     `db:"holder"`
	Role         string     `db:"role"`
	Organisation string     `db:"organisation"`
	Division     string     `db:"division"`
	Subject      string     `db:"subject"`
	FromAt       *time.Time `db:"from_at"`
	UntilAt      *time.Time `db:"until_at"`
	GivenAt      time.Time  `db:"given_at"`
	GivenBy      string     `db:"given_by"`
	RevokedAt    *time.Time `db:"revoked_at"`
	RevokedBy    string     `db:"revoked_by"`
	Why          string     `db:"why"`
}

var (
	insertGrant = db.Declare[grantRow, db.None](`
		INSERT INTO identity_grant (id, holder, role, organisation, division, subject, from_at, until_at, given_at, given_by, revoked_at, revoked_by, why)
		VALUES (:id, :holder, :role, :organisation, :division, :subject, :from_at, :until_at, :given_at, :given_by, :revoked_at, :revoked_by, :why)`)
	heldBy = db.Declare[string, grantRow](`
		SELECT /*cols*/ FROM identity_grant WHERE holder = :holder AND revoked_at IS NULL ORDER BY id`)
	everHeldBy = db.Declare[string, grantRow](`
		SELECT /*cols*/ FROM identity_grant WHERE holder = :holder ORDER BY id`)
	grantByID   = db.Declare[string, grantRow](`SELECT /*cols*/ FROM identity_grant WHERE id = :id`)
	revokeGrant = db.Declare[grantRow, db.None](`
		UPDATE identity_grant SET revoked_at = :revoked_at, revoked_by = :revoked_by, why = :why WHERE id = :id AND revoked_at IS NULL`)
	// holdersOfRole are those who can sign in and hold a role over everything, without end.
	holdersOfRole = db.Declare[string, string](`
		SELECT DISTINCT g.holder FROM identity_grant g
		JOIN identity_account a ON a.person = g.holder
		JOIN identity_person p ON p.id = g.holder
		WHERE g.role = :role AND g.revoked_at IS NULL AND g.until_at IS NULL AND g.division = '' AND g.subject = ''
			AND a.closed_at IS NULL AND a.password <> '' AND p.state = 'active'
		ORDER BY g.holder`)
)

func (g grantRow) grant() (right.Grant, error) {
	out := right.Grant{ID: g.ID, Role: g.Role, Organisation: g.Organisation, Scope: right.Scope{Subject: g.Subject}}
	if g.Division != "" {
		d, err := gb.Parse(g.Division)
		if err != nil {
			// A code that this program does not know must not become "everywhere".
			return out, fmt.Errorf("identity: grant %s: %w", g.ID, err)
		}
		out.Scope.Division = d
	}
	if g.FromAt != nil {
		out.From = *g.FromAt
	}
	if g.UntilAt != nil {
		out.Until = *g.UntilAt
	}
	return out, nil
}

func grantsOf(tx *db.Tx, holder string) ([]right.Grant, error) {
	rows, err := heldBy.Slice(tx, holder)
	if err != nil {
		return nil, err
	}
	out := make([]right.Grant, len(rows))
	for i, r := range rows {
		if out[i], err = r.grant(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Grants are the roles that people and programs hold.
type Grants struct{ *Service }

// Giving is a grant to be.
type Giving struct {
	Holder       string // a person
	Role         string
	Organisation string // for which they act; empty: their own
	Scope        right.Scope
	From, Until  time.Time // zero: now, and without end
}

// Give gives a role and returns the grant's id. Whoever gives needs the role's Given
// right over the whole scope (fault.Denied) and gives nothing to themselves; roles
// that are apart, an end that has passed or a role already held are a fault.Conflict
// or fault.Invalid.
func (s Grants) Give(ctx context.Context, by Actor, g Giving) (id string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if by.Person != "" && by.Person == g.Holder {
			return fault.New(fault.Denied, "不能给自己授权：请另一位有权的人来做。", "Nobody gives a role to themselves: somebody else who may has to.")
		}
		p, err := personByID(tx, g.Holder)
		if err != nil {
			return err
		}
		if p.State != stateActive {
			return fault.New(fault.Conflict, "这个人已经离开，不能再授权。", "This person has left, so no role can be given.")
		}
		id, err = s.give(tx, by, g)
		return err
	})
	return id, err
}

// give is Give inside a transaction, for a holder who may be new.
func (s Grants) give(tx *db.Tx, by Actor, g Giving) (string, error) {
	role, ok := s.catalogue.Role(g.Role)
	if !ok {
		return "", fault.New(fault.Invalid, "没有“%s”这个角色。", "There is no role %s.", g.Role)
	}
	if err := s.fits(role, g, s.clock(tx)); err != nil {
		return "", err
	}
	authority, err := s.over(tx, by, role.Given, g.Scope)
	if err != nil {
		return "", err
	}
	if g, err = s.actsFor(tx, g); err != nil {
		return "", err
	}
	held, err := grantsOf(tx, g.Holder)
	if err != nil {
		return "", err
	}
	if err := s.besides(role, g, held, s.clock(tx)); err != nil {
		return "", err
	}
	id, err := newID()
	if err != nil {
		return "", err
	}
	row := grantRow{
		ID: id, Holder: g.Holder, Role: g.Role, Organisation: g.Organisation, Division: g.Scope.Division.Code(), Subject: g.Scope.Subject,
		FromAt: stamp(g.From), UntilAt: stamp(g.Until), GivenAt: s.clock(tx), GivenBy: by.holder(),
	}
	if _, err := insertGrant.Exec(tx, row); err != nil {
		return "", err
	}
	e := granted{
		about: about{person: g.Holder, by: by.holder(), note: g.Scope.Subject},
		ID:    id, Role: g.Role, Division: row.Division, Of: kindOf(g.Scope.Subject), Organisation: g.Organisation,
	}
	if row.UntilAt != nil {
		e.Until = g.Until.UTC().Format(time.RFC3339)
	}
	return id, record.Append(tx, by.sign(authority), e)
}

// actsFor fills in the organisation for which a holder acts, which is their own unless
// another is named, and wants it open, as the one that the role is held over.
func (s Grants) actsFor(tx *db.Tx, g Giving) (Giving, error) {
	if g.Organisation == "" {
		rows, err := selectPerson.Slice(tx, g.Holder)
		if err != nil {
			return g, err
		}
		g.Organisation = first(rows).Organisation // a program has none
	}
	if err := belongs(tx, g.Organisation); err != nil {
		return g, fault.At("organisation", err)
	}
	if id, ok := g.Scope.OfOrganisation(); ok {
		return g, fault.At("subject", belongs(tx, id))
	}
	return g, nil
}

// stamp is a time that may be none.
func stamp(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// fits holds a grant against what its role says of itself.
func (s Grants) fits(role right.Role, g Giving, now time.Time) error {
	kind := kindOf(g.Scope.Subject)
	switch {
	case role.Of == "" && g.Scope.Subject != "":
		return fault.New(fault.Invalid, "角色“%[1]s”按区划授予，不针对单个对象。", "The role %[2]s is held over a division, not over one thing.", role.Name.ZH, role.Name.EN)
	case role.Of != "" && (kind != role.Of || len(g.Scope.Subject) <= len(kind)+1):
		return fault.New(fault.Invalid, "角色“%[1]s”要写明是哪一个对象（%[3]s/编号）。", "The role %[2]s is held over one thing: say which (%[3]s/number).", role.Name.ZH, role.Name.EN, role.Of)
	case role.Last && (!g.Until.IsZero() || g.From.After(now)):
		return fault.New(fault.Invalid, "“%[1]s”不能设起止日期，以免有一天没有人了。需要时请收回。", "%[2]s cannot begin later or have an end: one day there would be none. Take the role when it is time.", role.Name.ZH, role.Name.EN)
	case !g.Until.IsZero() && !g.Until.After(now), !g.Until.IsZero() && !g.From.IsZero() && !g.Until.After(g.From):
		return fault.New(fault.Invalid, "授权的结束时间已过，或早于开始时间。", "The end of the grant has passed or lies before its beginning.")
	}
	return nil
}

// besides holds a role against what its holder has already, also what is to come.
func (s Grants) besides(role right.Role, g Giving, held []right.Grant, now time.Time) error {
	for _, h := range held {
		if !h.Until.IsZero() && !now.Before(h.Until) {
			continue
		}
		if s.policy.Apart && s.catalogue.Apart(role.Key, h.Role) {
			o, _ := s.catalogue.Role(h.Role)
			return fault.New(fault.Conflict, "“%[1]s”和“%[2]s”必须由不同的人担任。请先收回后者，或授予另一个人。",
				"%[3]s and %[4]s must be different people. Take the latter first, or give the role to somebody else.", role.Name.ZH, o.Name.ZH, role.Name.EN, o.Name.EN)
		}
		if h.Role == g.Role && h.Scope == g.Scope && h.Organisation == g.Organisation {
			return fault.New(fault.Conflict, "已经有同样的授权。", "The same role is held already.")
		}
	}
	return nil
}

// Revoke takes a grant. The last holder of a role that must have one keeps it
// (fault.Conflict). Whoever takes needs what it takes to give.
func (s Grants) Revoke(ctx context.Context, by Actor, id, why string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		row, err := grantByID.One(tx, id)
		if err != nil {
			return err
		}
		if row.RevokedAt != nil {
			return fault.New(fault.Conflict, "这项授权已经收回。", "This grant has been taken already.")
		}
		g, err := row.grant()
		if err != nil {
			return err
		}
		given := right.Grants
		if role, ok := s.catalogue.Role(row.Role); ok { // else the system that meant it is off
			given = role.Given
		}
		authority, err := s.over(tx, by, given, g.Scope)
		if err != nil {
			return err
		}
		if err := s.revoke(tx, by, by.sign(authority), row, why); err != nil {
			return err
		}
		return s.stillHeld(tx, row.Role)
	})
}

// revoke takes one grant, whoever may.
func (s Grants) revoke(tx *db.Tx, by Actor, sign string, row grantRow, why string) error {
	now := s.clock(tx)
	row.RevokedAt, row.RevokedBy, row.Why = &now, by.holder(), why
	if _, err := revokeGrant.Exec(tx, row); err != nil {
		return err
	}
	return record.Append(tx, sign, revoked{about{row.Holder, by.holder(), why}, row.ID, row.Role})
}

// stillHeld refuses what has just been done if it left a role without a holder who
// can sign in, and it must have one. On both engines the transactions of two who
// remove each other are in an order, so the second finds itself the last.
func (s Grants) stillHeld(tx *db.Tx, roles ...string) error {
	slices.Sort(roles)
	for _, key := range slices.Compact(roles) {
		role, _ := s.catalogue.Role(key)
		if !role.Last {
			continue
		}
		left, err := holdersOfRole.Slice(tx, key)
		if err != nil {
			return err
		}
		if len(left) == 0 {
			return fault.New(fault.Conflict, "这是最后一位能登录的“%[1]s”，不能去掉。请先让另一个人担任并登录一次。",
				"This is the last %[2]s who can sign in and cannot go. First give the role to somebody else, and let them sign in.", role.Name.ZH, role.Name.EN)
		}
	}
	return nil
}

// Of returns what a person or program holds and held.
func (s Grants) Of(ctx context.Context, by Actor, holder string) (held []Held, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		held = nil
		if by.holder() != holder || holder == "" {
			if err := s.maySee(tx, by, holder); err != nil {
				return err
			}
		}
		rows, err := everHeldBy.Slice(tx, holder)
		if err != nil {
			return err
		}
		for _, r := range rows {
			g, err := r.grant()
			if err != nil {
				return err
			}
			h := Held{Grant: g, GivenAt: r.GivenAt, GivenBy: r.GivenBy, Why: r.Why}
			if r.RevokedAt != nil {
				h.RevokedAt, h.RevokedBy = *r.RevokedAt, r.RevokedBy
			}
			held = append(held, h)
		}
		return nil
	})
	return held, err
}

// Held is a grant with who gave and took it.
type Held struct {
	right.Grant
	GivenAt, RevokedAt time.Time // RevokedAt is zero while it is in force
	GivenBy, RevokedBy string    // persons; empty: the command line
	Why                string
}

// Holder is somebody who holds a role, with the grant.
type Holder struct {
	right.Grant
	Person, Name string
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
			h := Holder{Person: rows[i].Holder}
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

// InviteAgain is [Invitations.Again], for the same page.
func (c Colleague) InviteAgain(ctx context.Context, person string) (Invitation, error) {
	if c.people == nil {
		return Invitation{}, notSignedIn()
	}
	return c.people.Invitations.Again(ctx, c.Actor, person)
}

// Revoke is [Grants.Revoke], for the same page.
func (c Colleague) Revoke(ctx context.Context, grant, why string) error {
	if c.people == nil {
		return notSignedIn()
	}
	return c.people.Grants.Revoke(ctx, c.Actor, grant, why)
}
