package identity

import (
	"context"
	"crypto/rand"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/password"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Accounts are logins with a password.
type Accounts struct{ *Service }

type accountRow struct {
	Person    string     `db:"person"`
	Login     string     `db:"login"`
	Password  string     `db:"password"`   // hashed; empty: none has been chosen
	ChangedAt time.Time  `db:"changed_at"` // issued when somebody else made it
	MadeAt    time.Time  `db:"made_at"`
	ClosedAt  *time.Time `db:"closed_at"`
}

// issued is when a password "was changed" that its person has not chosen.
var issued = time.Unix(0, 0).UTC()

type formerRow struct {
	Person string    `db:"person"`
	At     time.Time `db:"at"`
	Hash   string    `db:"hash"`
}

type recent struct {
	Person string `db:"person"`
	Limit  int    `db:"lim"`
}

var (
	insertAccount = db.Declare[accountRow, db.None](`
		INSERT INTO identity_account (person, login, password, changed_at, made_at, closed_at)
		VALUES (:person, :login, :password, :changed_at, :made_at, :closed_at)`)
	writeAccount = db.Declare[accountRow, db.None](`
		UPDATE identity_account SET password = :password, changed_at = :changed_at, closed_at = :closed_at WHERE person = :person`)
	accountByLogin  = db.Declare[string, accountRow](`SELECT /*cols*/ FROM identity_account WHERE login = :login`)
	accountByPerson = db.Declare[string, accountRow](`SELECT /*cols*/ FROM identity_account WHERE person = :person`)
	countAccounts   = db.Declare[db.None, int](`SELECT count(*) FROM identity_account`)
	insertFormer    = db.Declare[formerRow, db.None](`INSERT INTO identity_password (person, at, hash) VALUES (:person, :at, :hash) ON CONFLICT (person, hash) DO NOTHING`)
	formerOf        = db.Declare[recent, string](`SELECT hash FROM identity_password WHERE person = :person ORDER BY at DESC LIMIT :lim`)
)

// normalLogin is the one form of a login: as passwords are, and in lower case.
func normalLogin(s string) string { return strings.ToLower(password.Normal(strings.TrimSpace(s))) }

// CheckLogin says what is wrong with a login that somebody chose for an account.
func CheckLogin(s string) (string, error) {
	s = normalLogin(s)
	n := utf8.RuneCountInString(s)
	bad := strings.ContainsFunc(s, func(r rune) bool {
		// Of one script beside Han: a Cyrillic е in a Latin name looks like somebody else's.
		letter := unicode.IsLetter(r) && unicode.In(r, unicode.Latin, unicode.Han)
		return !letter && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	})
	if n < 2 || n > 40 || bad || !strings.ContainsFunc(s, unicode.IsLetter) {
		return s, fault.New(fault.Invalid, "“%s”不能作账号：2 到 40 个拉丁字母、汉字、数字或 . _ -，至少有一个字母或汉字，不用别的文字的字母；不要用电话或证件号码。",
			"“%s” cannot be a login: 2 to 40 Latin letters, Chinese characters, digits or . _ -, with a letter or character among them and none of another script; use no telephone or identity number.", lang.Short(s))
	}
	return s, nil
}

// Add makes a person with an account that has no password yet, and the
// invitation to choose one. A login that is taken is a fault.Conflict.
func (s Accounts) Add(ctx context.Context, by Actor, login string, p Somebody) (person string, inv Invitation, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		sign, err := s.authorizeAdd(tx, by, p)
		if err != nil {
			return err
		}
		row, err := s.add(tx, by, sign, login, "", p)
		if err != nil {
			return err
		}
		person = row.Person
		inv, err = s.Invitations.invite(tx, by, sign, row.Person, false)
		return err
	})
	return person, inv, err
}

func (s Accounts) authorizeAdd(tx *db.Tx, by Actor, p Somebody) (sign string, err error) {
	authority, err := s.Authorize(tx, by, right.Accounts, right.In(p.Division))
	return by.sign(authority), err
}

// add makes person and account inside a transaction, whoever may. The
// password is hashed, or empty.
func (s Accounts) add(tx *db.Tx, by Actor, sign, login, hash string, p Somebody) (accountRow, error) {
	login, err := CheckLogin(login)
	if err != nil {
		return accountRow{}, err
	}
	taken, err := accountByLogin.Slice(tx, login)
	if err != nil {
		return accountRow{}, err
	}
	if len(taken) > 0 {
		return accountRow{}, fault.New(fault.Conflict, "账号“%s”已有人使用，请换一个。", "The login “%s” is taken. Choose another.", login)
	}
	person, err := s.Persons.add(tx, by, sign, p)
	if err != nil {
		return accountRow{}, err
	}
	row := accountRow{Person: person.ID, Login: login, Password: hash, ChangedAt: issued, MadeAt: s.clock(tx)}
	if _, err := insertAccount.Exec(tx, row); err != nil {
		return accountRow{}, err
	}
	return row, record.Append(tx, sign, plainAct(accountMade, somebody, about{person: person.ID, by: by.holder()}))
}

// Issued is what the command line tells the operator once.
type Issued struct{ Person, Login, Password string }

// newPassword is one to be typed from a screen, and changed: 75 bits.
func newPassword() string {
	t := strings.ToLower(rand.Text()[:15])
	return t[:5] + "-" + t[5:10] + "-" + strings.ToUpper(t[10:])
}

// Issue makes an account with a password that was made up, to be changed at the first
// sign-in, and gives it roles over the person's division, or over everything where they
// have none: the command line's way, for when nobody can sign in.
func (s Accounts) Issue(ctx context.Context, by Actor, login string, p Somebody, roles ...string) (Issued, error) {
	if !by.commandLine {
		return Issued{}, onlyCommandLine()
	}
	word := newPassword()
	hash, err := s.hasher.Hash(ctx, "", word)
	if err != nil {
		return Issued{}, err
	}
	out := Issued{Password: word}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		row, err := s.add(tx, by, by.sign(), login, hash, p)
		if err != nil {
			return err
		}
		out.Person, out.Login = row.Person, row.Login
		for _, r := range roles {
			if _, err := s.Grants.give(tx, by, Giving{Holder: row.Person, Role: r, Organisation: p.Organisation, Scope: right.Scope{Division: p.Division}}); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// Reissue gives an account a password that was made up, ends all its sessions and
// devices, removes its second factor, and opens it if it was closed: the command
// line's way.
func (s Accounts) Reissue(ctx context.Context, by Actor, name string) (Issued, error) {
	if !by.commandLine {
		return Issued{}, onlyCommandLine()
	}
	word := newPassword()
	hash, err := s.hasher.Hash(ctx, "", word)
	if err != nil {
		return Issued{}, err
	}
	out := Issued{Password: word}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		person, err := s.Persons.atHome(tx, name)
		if err != nil {
			return err
		}
		a, err := accountOf(tx, person.ID)
		if err != nil {
			return err
		}
		out.Person, out.Login = a.Person, a.Login
		if err := s.keepFormer(tx, a); err != nil {
			return err
		}
		a.Password, a.ChangedAt, a.ClosedAt = hash, issued, nil
		return s.resetTo(tx, by, by.sign(), a, true)
	})
	return out, err
}

func accountOf(tx *db.Tx, person string) (accountRow, error) {
	rows, err := accountByPerson.Slice(tx, person)
	if err == nil && len(rows) == 0 {
		err = fault.New(fault.NotFound, "这个人没有账号。", "This person has no account.")
	}
	return first(rows), err
}

// resetTo writes an account's new password and shuts everybody out of it.
func (s Accounts) resetTo(tx *db.Tx, by Actor, sign string, a accountRow, factor bool) error {
	if _, err := writeAccount.Exec(tx, a); err != nil {
		return err
	}
	if err := s.Sessions.shutOut(tx, a.Person, endedReset); err != nil {
		return err
	}
	if factor {
		if _, err := deleteFactor.Exec(tx, a.Person); err != nil {
			return err
		}
		if _, err := deleteRecovery.Exec(tx, a.Person); err != nil {
			return err
		}
	}
	return record.Append(tx, sign, plainAct(accountReset, somebody, about{person: a.Person, by: by.holder()}))
}

// Reset voids an account's password, and its second factor if that is gone too, and
// returns the invitation to choose another. Administrators who have signed in are
// reset on the command line only: whoever keeps accounts would else become them.
func (s Accounts) Reset(ctx context.Context, by Actor, person string, factor bool) (inv Invitation, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := personByID(tx, person)
		if err != nil {
			return err
		}
		authority, err := s.mayManage(tx, by, p)
		if err != nil {
			return err
		}
		a, err := accountOf(tx, person)
		if err != nil {
			return err
		}
		last, err := s.holdsLast(tx, person)
		if err != nil {
			return err
		}
		if last && a.Password != "" && !by.commandLine {
			return fault.New(fault.Denied, "管理员的账号只能由机房用 xiadu people reset 重置。", "An administrator's account is reset by the operator only: xiadu people reset.")
		}
		if err := s.keepFormer(tx, a); err != nil {
			return err
		}
		sign := by.sign(authority)
		a.Password, a.ChangedAt = "", issued
		if err := s.resetTo(tx, by, sign, a, factor); err != nil {
			return err
		}
		inv, err = s.Invitations.invite(tx, by, sign, person, false)
		return err
	})
	return inv, err
}

// holdsLast reports whether a person holds a role of which the last holder stays.
func (s Accounts) holdsLast(tx *db.Tx, person string) (bool, error) {
	held, err := grantsOf(tx, person)
	for _, g := range held {
		if r, _ := s.catalogue.Role(g.Role); r.Last {
			return true, err
		}
	}
	return false, err
}

// Close keeps an account from signing in and ends its sessions and devices; Reopen
// lets it in again. The last of a kind cannot be closed.
func (s Accounts) Close(ctx context.Context, by Actor, person, why string) error {
	return s.setClosed(ctx, by, person, why, true)
}

// Reopen lets a closed account in again.
func (s Accounts) Reopen(ctx context.Context, by Actor, person string) error {
	return s.setClosed(ctx, by, person, "", false)
}

func (s Accounts) setClosed(ctx context.Context, by Actor, person, why string, closed bool) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		p, err := personByID(tx, person)
		if err != nil {
			return err
		}
		authority, err := s.mayManage(tx, by, p)
		if err != nil {
			return err
		}
		a, err := accountOf(tx, person)
		if err != nil {
			return err
		}
		if closed == (a.ClosedAt != nil) {
			return fault.New(fault.Conflict, "账号已经是这个状态。", "The account is so already.")
		}
		kind := accountOpened
		a.ClosedAt = nil
		if closed {
			now := s.clock(tx)
			a.ClosedAt, kind = &now, accountClosed
			if err := s.Sessions.shutOut(tx, person, endedClosed); err != nil {
				return err
			}
		}
		if _, err := writeAccount.Exec(tx, a); err != nil {
			return err
		}
		if closed {
			held, err := grantsOf(tx, person)
			if err != nil {
				return err
			}
			roles := make([]string, len(held))
			for i, g := range held {
				roles[i] = g.Role
			}
			if err := s.Grants.stillHeld(tx, roles...); err != nil {
				return err
			}
		}
		return record.Append(tx, by.sign(authority), plainAct(kind, somebody, about{person: person, by: by.holder(), note: why}))
	})
}
