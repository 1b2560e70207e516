package identity

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

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
