package identity

import (
	"context"
	"errors"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Entrance is where somebody signs in by password and second factor, and is asked again.
type Entrance struct{ *Service }

// Attempt is somebody who wants to sign in.
type Attempt struct {
	Login    string // or a telephone number
	Password string
	Code     string // of the second factor; may come later (GiveCode)
	Network  string // where it comes from, as far as it is counted
	Device   string // the token of a device that is known; may be empty
	Former   string // the token of the session that this browser has so far, which ends
	Browser  string // what to call the device in lists
}

// SignedIn is how an attempt went.
type SignedIn struct {
	Token  string // of the session, for this browser alone
	Person string
	Level  Level
	Must   Due
	Device string // the token of a device that is known from now on; empty: none is new
}

// begun is an attempt whose password is to be looked at.
type begun struct {
	login   string
	account accountRow // zero: there is none
	device  deviceRow  // zero: the browser is not known
	counts  tallies
	proved  bool  // a right code came with it
	refused error // counted, and its password is not looked at
}

func wrongPassword() *fault.Error {
	return fault.New(fault.Denied, "账号或密码不对。请检查大小写和输入法；忘了密码请找账号管理员重置。",
		"Login or password is wrong. Look at capital letters and the keyboard; if it is forgotten, ask the accounts administrator for a new one.")
}

func besieged() error {
	return fault.New(fault.Denied,
		"有人在反复试这个账号的密码。请用登录过的设备，或同时填写动态码（或恢复码）再登录；没有第二因素的，请账号管理员重置。",
		"Somebody keeps trying passwords for this login. Use a device that has signed in before, or give the code of the second factor (or a recovery code) together with the password; who has none asks the accounts administrator for a reset.")
}

// SignIn signs somebody in. A wrong login or password, an account that is closed and
// one that does not exist are one and the same fault.Denied, after the same work;
// having to wait is another. A fault.Unavailable is a full queue, and was not
// counted.
//
// With a second factor and no code the session is Half: ask for the code and call
// GiveCode. Bare means that something is due first; see SignedIn.Must.
func (s Entrance) SignIn(ctx context.Context, a Attempt) (SignedIn, error) {
	var b begun
	if err := s.db.Update(ctx, func(tx *db.Tx) (err error) { b, err = s.beginSignIn(tx, a); return err }); err != nil {
		return SignedIn{}, err
	}
	if b.refused != nil {
		return SignedIn{}, b.refused
	}
	client, kept := "network "+a.Network, b.account.Password
	if b.device.ID != "" {
		client = "device " + b.device.ID
	}
	if kept == "" {
		kept = s.hasher.Nobody()
	}
	right, stale, err := s.hasher.Check(ctx, client, a.Password, kept)
	if err != nil { // it was not looked at, so it was not wrong
		return SignedIn{}, errors.Join(err, s.db.Update(context.WithoutCancel(ctx), b.counts.unseen))
	}
	if !right {
		return SignedIn{}, s.wrong(ctx, b)
	}
	hash := ""
	if stale {
		if hash, err = s.hasher.Hash(ctx, client, a.Password); err != nil {
			hash = "" // another time
		}
	}
	var in SignedIn
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		in = SignedIn{}
		row, err := s.finishSignIn(tx, a, b, hash)
		if err != nil {
			return err
		}
		in = row
		return nil
	})
	return in, err
}

// beginSignIn counts the attempt and finds what it is to be held against.
func (s Entrance) beginSignIn(tx *db.Tx, a Attempt) (b begun, err error) {
	b.login = normalLogin(a.Login)
	if b.account, err = s.accountFor(tx, b.login); err != nil {
		return b, err
	}
	if b.device, err = knownDevice(tx, a.Device, b.account.Person); err != nil {
		return b, err
	}
	var counts []tally
	if b.device.ID != "" {
		counts, err = s.attempts.own(tx, "d", b.device.ID)
	} else {
		counts, err = s.attempts.strangers(tx, b.login, a.Network)
	}
	if err != nil {
		return b, err
	}
	if b.counts, err = s.attempts.begin(tx, counts...); err != nil || !b.counts.besieged || b.counts.refused != nil {
		b.refused = b.counts.refused
		return b, err
	}
	known, err := s.attempts.knownNetwork(tx, b.login, a.Network)
	if err != nil || known {
		return b, err
	}
	b.proved, err = s.useCode(tx, b.account.Person, a.Code)
	if err == nil && !b.proved {
		b.refused = besieged()
	}
	return b, err
}

// accountFor finds the account of a login or telephone number, or none. It asks the
// same whether there is one or not.
func (s Entrance) accountFor(tx *db.Tx, login string) (accountRow, error) {
	phone, ok := NormalPhone(login)
	if !ok {
		rows, err := accountByLogin.Slice(tx, login)
		return first(rows), err
	}
	persons, err := s.Persons.byPhone(tx, phone)
	if err != nil {
		return accountRow{}, err
	}
	id := ""
	if len(persons) == 1 { // a number that two have says who neither is
		id = persons[0].ID
	}
	rows, err := accountByPerson.Slice(tx, id)
	return first(rows), err
}

// wrong answers a wrong password. The log hears of it where it begins to cost time.
func (s Entrance) wrong(ctx context.Context, b begun) error {
	if !b.counts.crossed || b.account.Person == "" {
		return wrongPassword()
	}
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if err := s.Notices.add(tx, b.account.Person, guessedAt, somebody); err != nil {
			return err
		}
		return record.Append(tx, "nobody", ownAct(guessedAt, somebody, about{person: b.account.Person}))
	})
	if err != nil {
		return err
	}
	return wrongPassword()
}

// finishSignIn begins the session of an attempt whose password was right.
func (s Entrance) finishSignIn(tx *db.Tx, a Attempt, b begun, hash string) (SignedIn, error) {
	rows, err := accountByPerson.Slice(tx, b.account.Person)
	if err != nil {
		return SignedIn{}, err
	}
	person, err := selectPerson.Slice(tx, b.account.Person)
	if err != nil {
		return SignedIn{}, err
	}
	account := first(rows)
	if account.Password != b.account.Password || account.ClosedAt != nil || first(person).State != stateActive {
		return SignedIn{}, wrongPassword() // closed, or changed meanwhile
	}
	if err := b.counts.right(tx); err != nil {
		return SignedIn{}, err
	}
	if err := s.attempts.rememberNetwork(tx, b.login, a.Network); err != nil {
		return SignedIn{}, err
	}
	if hash != "" {
		account.Password = hash
		if _, err := writeAccount.Exec(tx, account); err != nil {
			return SignedIn{}, err
		}
	}
	if err := s.endFormer(tx, a.Former); err != nil {
		return SignedIn{}, err
	}
	factor, err := hasFactor(tx, account.Person)
	if err != nil {
		return SignedIn{}, err
	}
	proved := b.proved
	if factor && !proved && a.Code != "" {
		if proved, err = s.useCode(tx, account.Person, a.Code); err != nil {
			return SignedIn{}, err
		}
	}
	token, row, err := s.Sessions.start(tx, account.Person, b.device.ID, wayPassword, Half)
	if err != nil {
		return SignedIn{}, err
	}
	if factor && !proved {
		return SignedIn{Token: token, Person: account.Person, Level: Half}, nil
	}
	return s.raise(tx, row, account, factor, a.Browser)
}

// endFormer ends the session that the browser had, so that none that was put there by
// somebody else goes on.
func (s Entrance) endFormer(tx *db.Tx, token string) error {
	if token == "" {
		return nil
	}
	rows, err := sessionByHash.Slice(tx, hashOf(token))
	if err != nil || len(rows) == 0 {
		return err
	}
	return s.Sessions.end(tx, rows[0].ID, endedAnew, about{person: rows[0].Person}, "self")
}

// raise takes a session as far as it may go, under a token that nobody has seen
// before: what was known at a lower level opens nothing at a higher one.
func (s Entrance) raise(tx *db.Tx, row sessionRow, account accountRow, factor bool, browser string) (SignedIn, error) {
	now := s.clock(tx)
	in := SignedIn{Person: row.Person, Level: Full}
	wanted, err := s.wantsFactor(tx, row.Person)
	if err != nil {
		return in, err
	}
	switch {
	case s.Accounts.passwordDue(account, now):
		in.Level, in.Must = Bare, PasswordDue
	case wanted && !factor:
		in.Level, in.Must = Bare, FactorDue
	}
	row.Level, row.SeenAt = in.Level, now
	in.Token, row.Hash = newToken()
	s.Sessions.term(&row, now)
	if row.Device == "" && in.Level == Full {
		if in.Device, row.Device, err = s.Devices.add(tx, row.Person, browser, false); err != nil {
			return in, err
		}
	}
	if _, err := writeSession.Exec(tx, row); err != nil {
		return in, err
	}
	return in, record.Append(tx, "self", ownAct(sessionRaised, "session/"+row.ID, about{person: row.Person, by: row.Person, note: string(in.Level)}))
}

// wantsFactor reports whether the policy or a role asks a person for a second factor.
func (s Entrance) wantsFactor(tx *db.Tx, person string) (bool, error) {
	if s.policy.FactorForAll {
		return true, nil
	}
	held, err := grantsOf(tx, person)
	if err != nil {
		return false, err
	}
	for _, g := range held {
		role, _ := s.catalogue.Role(g.Role)
		if role.Last {
			return true, nil
		}
		for _, key := range role.Rights {
			if r, _ := s.catalogue.Right(key); r.Grave {
				return true, nil
			}
		}
	}
	return false, nil
}

// wrongCodes is after how many wrong codes a half session ends.
const wrongCodes = 5

// GiveCode gives the code, or a recovery code, that a Half session waits for.
func (s Entrance) GiveCode(ctx context.Context, token, code, browser string) (in SignedIn, err error) {
	var wrong error // counted, so it must not undo the transaction
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		wrong = nil
		rows, err := sessionByHash.Slice(tx, hashOf(token))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return notSignedIn()
		}
		row := rows[0]
		if why := row.over(s.clock(tx)); why != "" {
			return gone(why)
		}
		if row.Level != Half {
			return fault.New(fault.Conflict, "这个登录不需要再输入动态码。", "This session waits for no code.")
		}
		counts, err := s.attempts.own(tx, "c", row.Person+"\x00"+row.Device)
		if err != nil {
			return err
		}
		t, err := s.attempts.begin(tx, counts...)
		if wrong = t.refused; err != nil || wrong != nil {
			return err
		}
		ok, err := s.useCode(tx, row.Person, code)
		if err != nil {
			return err
		}
		if !ok {
			wrong, err = s.wrongCode(tx, row, t)
			return err
		}
		if err := t.right(tx); err != nil {
			return err
		}
		account, err := accountOf(tx, row.Person)
		if err != nil {
			return err
		}
		in, err = s.raise(tx, row, account, true, browser)
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

// wrongCode counts a wrong code and returns what to answer. Who got so far has the
// password: its owner is told when it goes on.
func (s Entrance) wrongCode(tx *db.Tx, row sessionRow, t tallies) (answer, err error) {
	row.Wrong++
	if t.crossed {
		if err := s.Notices.add(tx, row.Person, guessedAt, "session/"+row.ID); err != nil {
			return nil, err
		}
	}
	if row.Wrong >= wrongCodes {
		return gone(endedWrong), s.Sessions.end(tx, row.ID, endedWrong, about{person: row.Person}, "nobody")
	}
	_, err = writeSession.Exec(tx, row)
	return fault.New(fault.Denied, "动态码不对，或已经用过。请等下一个码再试；手机不在身边可用恢复码。",
		"The code is wrong or was used already. Wait for the next one; without the phone, use a recovery code."), err
}
