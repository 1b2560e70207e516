package identity

import (
	"context"
	"crypto/subtle"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
)

// FirstStart makes the first administrators.
type FirstStart struct{ *Service }

// firstLife is how long the address of a first start is good; the next start prints
// another.
const firstLife = 24 * time.Hour

// Address returns the token of a one-time address at which the first
// administrators are made, or "" where there are some (see founded). Each call makes
// the one before worthless, so what an old log holds opens nothing.
func (s FirstStart) Address(ctx context.Context) (token string, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		token = ""
		st, err := stateOf(tx)
		if err != nil {
			return err
		}
		if over, err := s.founded(tx, st); err != nil || over {
			return err
		}
		ends := s.clock(tx).Add(firstLife)
		token, st.FirstHash = newToken()
		st.FirstEnds = &ends
		return setState(tx, st)
	})
	return token, err
}

// founded reports whether the first start is over: somebody who can sign in holds one of
// the roles that never lose their last holder. Accounts alone do not end it: those of the
// command line may be nobody's who could make the administrators. A demo needs none.
func (s FirstStart) founded(tx *db.Tx, st state) (bool, error) {
	if st.Demo {
		return true, nil
	}
	for _, role := range s.catalogue.Roles() {
		if !role.Last {
			continue
		}
		if who, err := holdersOfRole.Slice(tx, role.Key); err != nil || len(who) > 0 {
			return true, err
		}
	}
	return false, nil
}

// Founder is a first administrator.
type Founder struct {
	Login string
	Somebody
}

// Founded is what SetUp made: invitations for the others, in their order.
type Founded struct {
	Person      string
	Invitations []Invitation
}

// SetUp makes the first administrators by the one-time address: the one who sits
// there, with a password, keeps accounts; the second gives roles; the third audits.
// Where the policy does not hold them apart one may be all three, and others are not
// needed. The address is used up, and the log has who was made.
func (s FirstStart) SetUp(ctx context.Context, token, network string, me Founder, chosen string, others ...Founder) (out Founded, err error) {
	if s.policy.Apart && len(others) != 2 {
		return out, fault.New(fault.Invalid, "请同时写下授权管理员和审计员：三种管理员必须是三个人。", "Name a grants administrator and an auditor too: the three must be different people.")
	}
	if err := s.Good(ctx, token); err != nil {
		return out, err
	}
	if err := s.policy.Password.Check(chosen, me.Login, me.Name, me.Phone); err != nil {
		return out, err
	}
	hash, err := s.hasher.Hash(ctx, "network "+network, chosen)
	if err != nil {
		return out, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		out = Founded{}
		if err := s.use(tx, token); err != nil {
			return err
		}
		by, sign := CommandLine, "first-start"
		mine, err := s.Accounts.add(tx, by, sign, me.Login, hash, me.Somebody)
		if err != nil {
			return err
		}
		mine.ChangedAt = s.clock(tx) // they have chosen it themselves
		if _, err := writeAccount.Exec(tx, mine); err != nil {
			return err
		}
		out.Person = mine.Person
		roles := []string{right.AccountsAdmin, right.GrantsAdmin, right.Auditor}
		holders := []string{mine.Person, mine.Person, mine.Person}
		for i, o := range others[:min(2, len(others))] {
			a, err := s.Accounts.add(tx, by, sign, o.Login, "", o.Somebody)
			if err != nil {
				return err
			}
			holders[i+1] = a.Person
			inv, err := s.Invitations.invite(tx, by, sign, a.Person, false)
			if err != nil {
				return err
			}
			out.Invitations = append(out.Invitations, inv)
		}
		for i, r := range roles {
			if _, err := s.Grants.give(tx, by, Giving{Holder: holders[i], Role: r}); err != nil {
				return err
			}
		}
		return record.Append(tx, sign, plainAct(setUp, somebody, about{person: mine.Person}))
	})
	return out, err
}

// Good tells whether an address is good still, so that nobody fills a form in for
// nothing. Its token cannot be guessed.
func (s FirstStart) Good(ctx context.Context, token string) error {
	return s.db.View(ctx, func(tx *db.Tx) error {
		st, err := stateOf(tx)
		if err != nil {
			return err
		}
		return s.hold(tx, st, token)
	})
}

func (s FirstStart) hold(tx *db.Tx, st state, token string) error {
	now := s.clock(tx)
	if st.FirstHash == "" || st.FirstEnds == nil || !now.Before(*st.FirstEnds) || fromFuture(*st.FirstEnds, now.Add(firstLife)) ||
		subtle.ConstantTimeCompare([]byte(hashOf(token)), []byte(st.FirstHash)) != 1 {
		return fault.New(fault.Denied, "首次设置的地址无效或已用过。还没有能登录的管理员时，重新启动程序会显示新的地址；否则请用 xiadu people add。",
			"The address of the first start is no good or was used. While no administrator can sign in, starting the program again prints another; otherwise use xiadu people add.")
	}
	over, err := s.founded(tx, st)
	if err == nil && over {
		err = fault.New(fault.Conflict, "已经有能登录的管理员了，首次设置不再可用。", "There are administrators who can sign in already: the first start is over.")
	}
	return err
}

func (s FirstStart) use(tx *db.Tx, token string) error {
	st, err := stateOf(tx)
	if err != nil {
		return err
	}
	if err := s.hold(tx, st, token); err != nil {
		return err
	}
	st.FirstHash, st.FirstEnds = "", nil
	return setState(tx, st)
}

// Cast is the people of a demo, as whom anybody may come in: they have no password. A
// database is marked as a demo while it has no account, and only then; where it is not
// marked there is no cast.
type Cast struct{ *Service }

// Member is somebody of a cast. Their organisation is named as one of its units.
type Member struct {
	Login string
	Somebody
	Roles []Giving // of which the holder is the member
}

// Unit is an organisation of a cast. Above it is one that came before, or none.
type Unit struct {
	Name, Under string
	Division    gb.Division
}

// Make marks a database without accounts as a demo and makes its organisations and
// people. One that has accounts is a fault.Conflict: it is somebody's.
func (s Cast) Make(ctx context.Context, units []Unit, members ...Member) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := countAccounts.One(tx, db.None{})
		if err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "这里已经有真的账号，不能当作演示。", "There are real accounts here, so this cannot be a demo.")
		}
		st, err := stateOf(tx)
		if err != nil {
			return err
		}
		st.Demo = true
		if err := setState(tx, st); err != nil {
			return err
		}
		ids := map[string]string{}
		for _, u := range units {
			if ids[u.Name], err = s.Organisations.add(tx, CommandLine, Organising{ids[u.Under], u.Name, u.Division}); err != nil {
				return err
			}
		}
		for _, m := range members {
			m.Organisation = ids[m.Organisation]
			row, err := s.Accounts.add(tx, CommandLine, CommandLine.sign(), m.Login, "", m.Somebody)
			if err != nil {
				return err
			}
			for _, g := range m.Roles {
				g.Holder = row.Person
				if g.Organisation != "" {
					g.Organisation = ids[g.Organisation]
					if role, _ := s.catalogue.Role(g.Role); role.Of == right.Organisation {
						g.Scope.Subject = right.Organisations(g.Organisation)[0]
					}
				}
				if _, err := s.Grants.give(tx, CommandLine, g); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// IsDemo reports whether a database is marked as a demo. It needs no key.
func IsDemo(ctx context.Context, d *db.DB) (marked bool, err error) {
	err = d.View(ctx, func(tx *db.Tx) error {
		st, err := stateOf(tx)
		marked = st.Demo
		return err
	})
	return marked, err
}

// maxCast bounds who is listed: a demo has some dozens.
const maxCast = 100

// List lists the cast, in the order of its making; there is none but in a demo.
func (s Cast) List(ctx context.Context) (all []Person, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		st, err := stateOf(tx)
		if err != nil || !st.Demo {
			return err
		}
		rows, err := listPersons.Slice(tx, pageOf{"", maxCast})
		if err != nil {
			return err
		}
		all, err = s.Persons.describe(tx, rows)
		return err
	})
	return all, err
}

// Enter begins a session as one of the cast; former is the token of the session that the
// browser has so far, which ends. There is nobody where the database is no demo.
func (s Cast) Enter(ctx context.Context, person, former string) (in SignedIn, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		st, err := stateOf(tx)
		if err != nil {
			return err
		}
		p, err := personByID(tx, person)
		if !st.Demo || fault.KindOf(err) == fault.NotFound || err == nil && p.State != stateActive {
			return fault.New(fault.NotFound, "这里没有演示人员，请用账号登录。", "There is no cast here. Sign in with an account.")
		}
		if err != nil {
			return err
		}
		if err := s.Entrance.endFormer(tx, former); err != nil {
			return err
		}
		in = SignedIn{Person: person, Level: Full}
		in.Token, _, err = s.Sessions.start(tx, person, "", wayPassword, Full)
		return err
	})
	return in, err
}
