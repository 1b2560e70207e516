package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"math/big"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/identity/totp"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// An invitation is a link, sent by one channel, and a code of six digits, told by
// another. It lives for 72 hours and is used once: to bind one device to a person, or
// to choose the password of an account. Opening the link changes nothing but that it
// was opened: messengers fetch links to show a preview. The code comes in a POST.

// Invitations are links for one device or one account.
type Invitations struct{ *Service }

type invitationRow struct {
	ID      string     `db:"id"`
	Hash    string     `db:"hash"`
	Code    string     `db:"code"` // keyed hash
	Person  string     `db:"person"`
	Device  bool       `db:"device"`
	MadeAt  time.Time  `db:"made_at"`
	MadeBy  string     `db:"made_by"`
	EndsAt  time.Time  `db:"ends_at"`
	Browser string     `db:"browser"` // hash of the first that opened it
	Warned  bool       `db:"warned"`
	Wrong   int        `db:"wrong"`
	EndedAt *time.Time `db:"ended_at"`
	Why     string     `db:"why"`
}

var (
	insertInvitation = db.Declare[invitationRow, db.None](`
		INSERT INTO identity_invitation (id, hash, code, person, device, made_at, made_by, ends_at, browser, warned, wrong, ended_at, why)
		VALUES (:id, :hash, :code, :person, :device, :made_at, :made_by, :ends_at, :browser, :warned, :wrong, :ended_at, :why)`)
	writeInvitation = db.Declare[invitationRow, db.None](`
		UPDATE identity_invitation SET browser = :browser, warned = :warned, wrong = :wrong, ended_at = :ended_at, why = :why WHERE id = :id`)
	invitationByHash = db.Declare[string, invitationRow](`SELECT /*cols*/ FROM identity_invitation WHERE hash = :hash`)
	invitationByID   = db.Declare[string, invitationRow](`SELECT /*cols*/ FROM identity_invitation WHERE id = :id`)
	endInvitationsOf = db.Declare[ending, db.None](`
		UPDATE identity_invitation SET ended_at = :ended_at, why = :why WHERE person = :person AND ended_at IS NULL`)
)

// Invitation is what goes out, once: nobody can read it again.
type Invitation struct {
	Person string // whom it lets in
	ID     string
	Token  string // for the link
	Code   string // six digits, by another channel
	Ends   time.Time
}

// newCode returns six digits.
func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", fmt.Errorf("identity: %w", err)
	}
	return fmt.Sprintf("%06d", n), nil
}

// invite makes an invitation inside a transaction, whoever may. One that is still out
// for the same person and purpose ends.
func (s Invitations) invite(tx *db.Tx, by Actor, sign, person string, device bool) (inv Invitation, err error) {
	now := s.clock(tx)
	row := invitationRow{Person: person, Device: device, MadeAt: now, MadeBy: by.Person, EndsAt: now.Add(s.policy.Invitation)}
	if row.ID, err = newID(); err != nil {
		return inv, err
	}
	inv = Invitation{ID: row.ID, Ends: row.EndsAt}
	inv.Token, row.Hash = newToken()
	if inv.Code, err = newCode(); err != nil {
		return inv, err
	}
	if row.Code, err = s.codeHash(tx, row.ID, inv.Code); err != nil {
		return inv, err
	}
	if _, err := endInvitationsOf.Exec(tx, ending{Person: person, EndedAt: now, Why: endedNewer}); err != nil {
		return inv, err
	}
	if _, err := insertInvitation.Exec(tx, row); err != nil {
		return inv, err
	}
	return inv, record.Append(tx, sign, plainAct(invited, "invitation/"+row.ID, about{person: person, by: by.holder()}))
}

// codeHash hashes a code under the key: six digits would be found by trying.
func (s Invitations) codeHash(tx *db.Tx, id, code string) (string, error) {
	key, err := s.key(tx)
	if err != nil {
		return "", err
	}
	return s.keys.Index(key, "invitation", id+"\x00"+code)
}

// Invite makes a person who comes in from one device, with the one role that this is
// for, and their invitation. Whoever invites needs what it takes to give the role.
func (s Invitations) Invite(ctx context.Context, by Actor, p Somebody, g Giving) (person string, inv Invitation, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		role, ok := s.catalogue.Role(g.Role)
		if !ok || role.Way != right.ByDevice {
			return fault.New(fault.Invalid, "角色“%s”不能用邀请链接加入。", "The role %s is not one to invite to by a link.", g.Role)
		}
		authority, err := s.over(tx, by, role.Given, g.Scope)
		if err != nil {
			return err
		}
		sign := by.sign(authority)
		row, err := s.Persons.add(tx, by, sign, p)
		if err != nil {
			return err
		}
		g.Holder, person = row.ID, row.ID
		if _, err := s.Grants.give(tx, by, g); err != nil {
			return err
		}
		inv, err = s.invite(tx, by, sign, row.ID, true)
		inv.Person = row.ID
		return err
	})
	return person, inv, err
}

// Again invites a person whose link ran out or whose device was lost. Devices
// that are bound stay; whoever lost one revokes it.
func (s Invitations) Again(ctx context.Context, by Actor, person string) (inv Invitation, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := personByID(tx, person)
		if err != nil {
			return err
		}
		if p.State != stateActive {
			return fault.New(fault.Conflict, "这个人已经离开。", "This person has left.")
		}
		held, err := grantsOf(tx, person)
		if err != nil {
			return err
		}
		var last error = fault.New(fault.Conflict, "这个人没有可以用邀请链接进入的角色。", "This person has no role that a link is the way to.")
		for _, g := range held {
			role, _ := s.catalogue.Role(g.Role)
			if role.Way != right.ByDevice || !g.InForce(s.clock(tx)) {
				// A device must not open what wants a password.
				last = fault.New(fault.Denied, "这个人还有要用密码登录的角色，不能只凭设备进入。", "This person also has a role that wants a password, so a device alone is no way in.")
				break
			}
			authority, err := s.over(tx, by, role.Given, g.Scope)
			if last = err; err != nil {
				continue
			}
			inv, err = s.invite(tx, by, by.sign(authority), person, true)
			inv.Person = person
			return err
		}
		return last
	})
	return inv, err
}

// Opened is what the page of a link shows.
type Opened struct {
	Device bool // it binds this device; else it sets a password
	Ends   time.Time
}

// badLink is the same for a link that never was, has ended and is used up.
func badLink() *fault.Error {
	return fault.New(fault.NotFound, "邀请链接无效、已用过或已过期。请联系发邀请的人重新发送。", "The invitation is no good, used, or has run out. Ask whoever sent it for another.")
}

// Open notes that a link was opened, by a browser that is told from others
// by a random text of its own. It binds nothing. The first opening from a second
// browser, or of a link that was used, is told to whoever invited.
func (s Invitations) Open(ctx context.Context, token, browser string) (o Opened, err error) {
	var bad error
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		bad = nil
		rows, err := invitationByHash.Slice(tx, hashOf(token))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return badLink()
		}
		row := rows[0]
		o = Opened{row.Device, row.EndsAt}
		if row.over(s.clock(tx)) != "" {
			bad = badLink()
		}
		hash := hashOf(browser)
		switch {
		case row.Browser == hash && browser != "":
			return nil
		case row.Browser == "" && bad == nil:
			row.Browser = hash
		case row.Warned:
			return nil
		default:
			row.Warned = true
			if err := s.warn(tx, row); err != nil {
				return err
			}
		}
		_, err = writeInvitation.Exec(tx, row)
		return err
	})
	if err == nil {
		err = bad
	}
	return o, err
}

// warn tells whoever invited that somebody else has the link.
func (s Invitations) warn(tx *db.Tx, row invitationRow) error {
	if err := s.Notices.add(tx, row.MadeBy, invitationAgain, "invitation/"+row.ID); err != nil {
		return err
	}
	return record.Append(tx, "nobody", ownAct(invitationAgain, "invitation/"+row.ID, about{person: row.Person}))
}

// over returns why an invitation is no good any more, or "".
func (r invitationRow) over(now time.Time) string {
	switch {
	case r.EndedAt != nil:
		return r.Why
	case fromFuture(r.MadeAt, now):
		return endedClock
	case !now.Before(r.EndsAt):
		return endedOld
	}
	return ""
}

// answer holds a link and its code against what was sent. A wrong code is counted,
// and the fifth ends the invitation; the error is then for after the commit.
func (s Invitations) answer(tx *db.Tx, token, code string, device bool) (row invitationRow, wrong, err error) {
	rows, err := invitationByHash.Slice(tx, hashOf(token))
	if err != nil {
		return row, nil, err
	}
	if len(rows) == 0 || rows[0].Device != device {
		return row, nil, badLink()
	}
	row = rows[0]
	if row.over(s.clock(tx)) != "" {
		return row, nil, badLink()
	}
	hash, err := s.codeHash(tx, row.ID, totp.Plain(code))
	if err != nil {
		return row, nil, err
	}
	if subtle.ConstantTimeCompare([]byte(hash), []byte(row.Code)) == 1 {
		return row, nil, nil
	}
	row.Wrong++
	wrong = fault.New(fault.Denied, "验证码不对。请向发邀请的人再问一次这六位数字。", "The code is wrong. Ask whoever invited you for the six digits again.")
	if row.Wrong >= wrongCodes {
		if err := s.end(tx, row, endedWrong, "nobody"); err != nil {
			return row, nil, err
		}
		return row, badLink(), s.Notices.add(tx, row.MadeBy, invitationEnded, "invitation/"+row.ID)
	}
	_, err = writeInvitation.Exec(tx, row)
	return row, wrong, err
}

func (s Invitations) end(tx *db.Tx, row invitationRow, why, sign string) error {
	now := s.clock(tx)
	row.EndedAt, row.Why = &now, why
	if _, err := writeInvitation.Exec(tx, row); err != nil {
		return err
	}
	kind := invitationEnded
	if why == endedUsed {
		kind = invitationUsed
	}
	return record.Append(tx, sign, plainAct(kind, "invitation/"+row.ID, about{person: row.Person, note: why}))
}

// Bind binds the device at which the link and its code were given: it is the way in
// from now on. Former is the session the browser had, which ends.
func (s Invitations) Bind(ctx context.Context, token, code, former, browser string) (in SignedIn, err error) {
	var wrong error
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		row, no, err := s.answer(tx, token, code, true)
		if wrong = no; err != nil || no != nil {
			return err
		}
		p, err := personByID(tx, row.Person)
		if err != nil || p.State != stateActive {
			return badLink().Because(err)
		}
		if err := s.end(tx, row, endedUsed, "self"); err != nil {
			return err
		}
		if err := s.Entrance.endFormer(tx, former); err != nil {
			return err
		}
		in = SignedIn{Person: row.Person, Level: Full}
		_, device, err := s.Devices.add(tx, row.Person, browser, true) // its session is its token
		if err != nil {
			return err
		}
		in.Token, _, err = s.Sessions.start(tx, row.Person, device, wayDevice, Full)
		return err
	})
	if err == nil {
		err = wrong
	}
	if err != nil {
		return SignedIn{}, err
	}
	return in, nil
}

// Accept chooses the password of an account by its invitation. The account signs in
// with it afterwards.
func (s Invitations) Accept(ctx context.Context, token, code, network, chosen string) error {
	// The password is looked at first: one that the policy refuses must not cost the
	// link, and a wrong code must not cost a hash.
	var row invitationRow
	var wrong error
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) { row, wrong, err = s.answer(tx, token, code, false); return err })
	if err == nil {
		err = wrong
	}
	if err != nil {
		return err
	}
	hash, err := s.Accounts.choose(ctx, "network "+network, row.Person, chosen)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		row, no, err := s.answer(tx, token, code, false) // it may have been used meanwhile
		if err != nil || no != nil {
			return badLink().Because(err)
		}
		a, err := accountOf(tx, row.Person)
		if err != nil {
			return err
		}
		p, err := personByID(tx, row.Person)
		if err != nil || p.State != stateActive || a.ClosedAt != nil {
			return badLink().Because(err)
		}
		if err := s.Accounts.putPassword(tx, a, hash); err != nil {
			return err
		}
		return s.end(tx, row, endedUsed, "self")
	})
}

// Withdraw ends an invitation that is out: whoever made it, or who keeps accounts.
func (s Invitations) Withdraw(ctx context.Context, by Actor, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		row, err := invitationByID.One(tx, id)
		if err != nil {
			return err
		}
		sign := "inviter"
		if by.Person == "" || by.Person != row.MadeBy {
			if sign, err = s.Sessions.mayEnd(tx, by, row.Person); err != nil {
				return err
			}
		} else if _, err := s.Sessions.live(tx, by.Session, s.clock(tx)); err != nil {
			return err
		}
		if row.over(s.clock(tx)) != "" {
			return fault.New(fault.Conflict, "邀请已经用过或结束。", "The invitation was used or has ended already.")
		}
		return s.end(tx, row, endedByOther, sign)
	})
}
