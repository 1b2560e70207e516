package identity

import (
	"context"
	"errors"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Confirm asks again who bears a session, before a grave act: by a code where there
// is a second factor, else by the password. It is good for the policy's Fresh.
func (s Entrance) Confirm(ctx context.Context, by Actor, given string) error {
	var kept string
	var factor, ok bool
	var t tallies
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		ok = false
		row, err := s.Sessions.live(tx, by.Session, s.clock(tx))
		if err != nil {
			return err
		}
		if row.Way != wayPassword || row.Level != Full {
			return unfinished(Actor{Level: row.Level})
		}
		counts, err := s.attempts.own(tx, "q", row.ID)
		if err != nil {
			return err
		}
		if t, err = s.attempts.begin(tx, counts...); err != nil || t.refused != nil {
			return err
		}
		if factor, err = hasFactor(tx, row.Person); err != nil {
			return err
		}
		if factor {
			ok, err = s.useCode(tx, row.Person, given)
			return err
		}
		a, err := accountOf(tx, row.Person)
		kept = a.Password
		return err
	})
	if err == nil {
		err = t.refused
	}
	if err != nil {
		return err
	}
	if !factor {
		if ok, _, err = s.hasher.Check(ctx, "session "+by.Session, given, kept); err != nil {
			return errors.Join(err, s.db.Update(context.WithoutCancel(ctx), t.unseen))
		}
	}
	if !ok {
		return fault.New(fault.Denied, "不对，请再试一次。", "That was wrong. Try again.")
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		now := s.clock(tx)
		row, err := s.Sessions.live(tx, by.Session, now)
		if err != nil {
			return err
		}
		row.ConfirmedAt, row.SeenAt = &now, now
		if _, err := writeSession.Exec(tx, row); err != nil {
			return err
		}
		if err := t.right(tx); err != nil {
			return err
		}
		return record.Append(tx, "self", ownAct(sessionRaised, "session/"+row.ID, about{person: row.Person, by: row.Person, note: "confirmed"}))
	})
}

// ChangePassword sets a new password for whoever bears a session, ends their other
// sessions and devices, and returns the session under another token. The browser
// becomes a device that is known, as it does in SignIn.
func (s Entrance) ChangePassword(ctx context.Context, by Actor, old, chosen, browser string) (in SignedIn, err error) {
	var kept accountRow
	var t tallies
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		row, err := s.Sessions.live(tx, by.Session, s.clock(tx))
		if err != nil {
			return err
		}
		if row.Way != wayPassword || row.Level == Half {
			return unfinished(Actor{Level: row.Level})
		}
		counts, err := s.attempts.own(tx, "q", row.ID)
		if err != nil {
			return err
		}
		if t, err = s.attempts.begin(tx, counts...); err != nil || t.refused != nil {
			return err
		}
		kept, err = accountOf(tx, row.Person)
		return err
	})
	if err == nil {
		err = t.refused
	}
	if err != nil {
		return in, err
	}
	client := "session " + by.Session
	right, _, err := s.hasher.Check(ctx, client, old, kept.Password)
	if err != nil {
		return in, errors.Join(err, s.db.Update(context.WithoutCancel(ctx), t.unseen))
	}
	if !right {
		return in, fault.New(fault.Denied, "原密码不对。", "The present password is wrong.")
	}
	hash, err := s.Accounts.chooseBeside(ctx, client, by.Person, old, chosen)
	if err != nil { // the present one was right
		return in, errors.Join(err, s.db.Update(context.WithoutCancel(ctx), t.right))
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		row, err := s.Sessions.live(tx, by.Session, s.clock(tx))
		if err != nil {
			return err
		}
		a, err := accountOf(tx, row.Person)
		if err != nil {
			return err
		}
		if a.Password != kept.Password {
			return fault.New(fault.Conflict, "密码刚被改过，请重新登录。", "The password has just been changed. Sign in again.")
		}
		if err := errors.Join(t.right(tx), s.Accounts.putPassword(tx, a, hash)); err != nil {
			return err
		}
		if err := s.Sessions.shutOutBut(tx, row.Person, endedChanged, Actor{Session: row.ID, Device: row.Device}); err != nil {
			return err
		}
		if a, err = accountOf(tx, row.Person); err != nil {
			return err
		}
		factor, err := hasFactor(tx, row.Person)
		if err != nil {
			return err
		}
		in, err = s.raise(tx, row, a, factor, browser)
		return err
	})
	return in, err
}

// choose hashes a password that somebody chose, after holding it against the policy
// and the former ones.
func (s Accounts) choose(ctx context.Context, client, person, chosen string) (hash string, err error) {
	var words, former []string
	err = s.db.View(ctx, func(tx *db.Tx) error {
		words, former = nil, nil
		row, err := personByID(tx, person)
		if err != nil {
			return err
		}
		p, err := s.Persons.open(row)
		if err != nil {
			return err
		}
		a, err := accountOf(tx, person)
		if err != nil {
			return err
		}
		words = []string{p.Name, a.Login, p.Phone}
		if s.policy.Password.Former == 0 {
			return nil
		}
		if former, err = formerOf.Slice(tx, recent{person, s.policy.Password.Former}); err != nil {
			return err
		}
		if a.Password != "" {
			former = append(former, a.Password)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if err := s.policy.Password.Check(chosen, words...); err != nil {
		return "", err
	}
	for _, f := range former {
		same, _, err := s.hasher.Check(ctx, client, chosen, f)
		if err != nil {
			return "", err
		}
		if same {
			return "", fault.New(fault.Invalid, "不能用最近 %d 次用过的密码。", "None of the last %d passwords may be used again.", s.policy.Password.Former)
		}
	}
	return s.hasher.Hash(ctx, client, chosen)
}

// chooseBeside chooses a password that is not the present one.
func (s Accounts) chooseBeside(ctx context.Context, client, person, present, chosen string) (hash string, err error) {
	if present == chosen {
		return "", fault.New(fault.Invalid, "新密码和原密码一样。", "The new password is the present one.")
	}
	return s.choose(ctx, client, person, chosen)
}

// keepFormer keeps a password that is about to be another, so that it is not chosen
// again.
func (s Accounts) keepFormer(tx *db.Tx, a accountRow) error {
	if a.Password == "" || s.policy.Password.Former == 0 {
		return nil
	}
	_, err := insertFormer.Exec(tx, formerRow{a.Person, s.clock(tx), a.Password})
	return err
}

// putPassword writes a chosen password and keeps the former one.
func (s Accounts) putPassword(tx *db.Tx, a accountRow, hash string) error {
	if err := s.keepFormer(tx, a); err != nil {
		return err
	}
	a.Password, a.ChangedAt = hash, s.clock(tx)
	if _, err := writeAccount.Exec(tx, a); err != nil {
		return err
	}
	return record.Append(tx, "self", ownAct(passwordChanged, somebody, about{person: a.Person, by: a.Person}))
}

// passwordDue reports whether a new password is to be chosen.
func (s Accounts) passwordDue(a accountRow, now time.Time) bool {
	days := s.policy.Password.MaxDays
	return !a.ChangedAt.After(issued) || days > 0 && now.Sub(a.ChangedAt) > time.Duration(days)*24*time.Hour
}
