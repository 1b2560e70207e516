package identity

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Sessions are the browsers that are signed in.
type Sessions struct{ *Service }

type sessionRow struct {
	ID          string     `db:"id"`
	Hash        string     `db:"hash"`
	Person      string     `db:"person"`
	Device      string     `db:"device"`
	Way         string     `db:"way"`
	Level       Level      `db:"level"`
	BeganAt     time.Time  `db:"began_at"`
	SeenAt      time.Time  `db:"seen_at"`
	EndsAt      time.Time  `db:"ends_at"`
	IdleS       int64      `db:"idle_s"`
	ConfirmedAt *time.Time `db:"confirmed_at"`
	Wrong       int        `db:"wrong"`
	EndedAt     *time.Time `db:"ended_at"`
	Why         string     `db:"why"`
}

// The ways in, as they are kept.
const (
	wayPassword = "password"
	wayDevice   = "device"
)

// Why a session, a device or an invitation ended.
const (
	endedByOwner = "signed out"
	endedByOther = "ended by somebody else"
	endedIdle    = "idle"
	endedOld     = "too old"
	endedClock   = "the clock was moved back"
	endedLeft    = "the person left"
	endedClosed  = "the account was closed"
	endedReset   = "the account was reset"
	endedChanged = "the password was changed"
	endedAnew    = "signed in anew"
	endedWrong   = "too many wrong codes"
	endedRestore = "an older database was restored"
	endedUsed    = "used"
	endedNewer   = "a newer one was made"
)

type ending struct {
	Person  string    `db:"person"`
	Keep    string    `db:"keep"` // a session or device that stays
	EndedAt time.Time `db:"ended_at"`
	Why     string    `db:"why"`
}

var (
	insertSession = db.Declare[sessionRow, db.None](`
		INSERT INTO identity_session (id, hash, person, device, way, level, began_at, seen_at, ends_at, idle_s, confirmed_at, wrong, ended_at, why)
		VALUES (:id, :hash, :person, :device, :way, :level, :began_at, :seen_at, :ends_at, :idle_s, :confirmed_at, :wrong, :ended_at, :why)`)
	writeSession = db.Declare[sessionRow, db.None](`
		UPDATE identity_session SET hash = :hash, device = :device, level = :level, seen_at = :seen_at, ends_at = :ends_at, idle_s = :idle_s,
			confirmed_at = :confirmed_at, wrong = :wrong, ended_at = :ended_at, why = :why WHERE id = :id`)
	touchSession  = db.Declare[sessionRow, db.None](`UPDATE identity_session SET seen_at = :seen_at WHERE id = :id AND ended_at IS NULL`)
	sessionByHash = db.Declare[string, sessionRow](`SELECT /*cols*/ FROM identity_session WHERE hash = :hash`)
	sessionByID   = db.Declare[string, sessionRow](`SELECT /*cols*/ FROM identity_session WHERE id = :id`)
	sessionsOf    = db.Declare[string, sessionRow](`SELECT /*cols*/ FROM identity_session WHERE person = :person AND ended_at IS NULL ORDER BY id`)
	endSessionsOf = db.Declare[ending, db.None](`
		UPDATE identity_session SET ended_at = :ended_at, why = :why WHERE person = :person AND id <> :keep AND ended_at IS NULL`)
)

func (r sessionRow) confirmed() time.Time {
	if r.ConfirmedAt == nil {
		return time.Time{}
	}
	return *r.ConfirmedAt
}

func (r sessionRow) way() right.Way {
	if r.Way == wayDevice {
		return right.ByDevice
	}
	return right.ByPassword
}

// over returns why a session has ended by itself, or "".
func (r sessionRow) over(now time.Time) string {
	switch {
	case r.EndedAt != nil:
		return r.Why
	case fromFuture(r.BeganAt, now) || fromFuture(r.SeenAt, now):
		return endedClock
	case !now.Before(r.EndsAt):
		return endedOld
	case now.Sub(r.SeenAt) >= time.Duration(r.IdleS)*time.Second:
		return endedIdle
	}
	return ""
}

// gone is what the bearer of a session is told that is no more.
func gone(why string) error { return goneText(why).Because(signInError{}) }

func goneText(why string) *fault.Error {
	switch why {
	case endedIdle:
		return fault.New(fault.Denied, "很久没有操作，已自动退出。请重新登录。", "You were away for long and have been signed out. Sign in again.")
	case endedByOther, endedReset, endedClosed, endedLeft:
		return fault.New(fault.Denied, "登录已被结束。请重新登录；登录不了时请找账号管理员。", "Your session was ended. Sign in again; if you cannot, ask the accounts administrator.")
	case endedClock:
		return fault.New(fault.Denied, "服务器的时钟被调回过，为安全起见请重新登录。", "The server's clock was moved back. Sign in again, to be safe.")
	case endedRestore:
		return fault.New(fault.Denied, "数据库恢复过，所有登录已结束。请重新登录。", "The database was restored, and all sessions ended. Sign in again.")
	}
	return fault.New(fault.Denied, "登录已结束。请重新登录。", "Your session has ended. Sign in again.")
}

// touchEvery is how exactly it is known when a session was last seen: a row is not
// written at each request.
const touchEvery = time.Minute

// Who returns who bears a token, with the grants they hold now. A token that is
// not known, or of a session that has ended, is a fault.Denied.
func (s Sessions) Who(ctx context.Context, token string) (Actor, error) {
	var who Actor
	var row sessionRow
	var why string
	var now time.Time
	err := s.db.View(ctx, func(tx *db.Tx) (err error) {
		now = s.clock(tx)
		rows, err := sessionByHash.Slice(tx, hashOf(token))
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return notSignedIn()
		}
		row = rows[0]
		if why = row.over(now); why != "" {
			return nil
		}
		who, err = s.actor(tx, row)
		return err
	})
	switch {
	case err != nil:
		return Actor{}, err
	case why != "" && row.EndedAt == nil:
		// It is ended for good, so that a clock that is moved back does not bring it back.
		err = s.db.Update(ctx, func(tx *db.Tx) error { return s.end(tx, row.ID, why, about{person: row.Person}, "clock") })
		if err == nil || fault.KindOf(err) == fault.Unavailable { // where nothing can be written it is over all the same
			err = gone(why)
		}
		return Actor{}, err
	case why != "":
		return Actor{}, gone(why)
	case now.Sub(row.SeenAt) >= touchEvery:
		row.SeenAt = now
		err = s.db.Update(ctx, func(tx *db.Tx) error { _, err := touchSession.Exec(tx, row); return err })
		if fault.KindOf(err) == fault.Unavailable { // where nothing can be written, one may still read
			err = nil
		}
	}
	return who, err
}

// actor is who a session stands for.
func (s Sessions) actor(tx *db.Tx, row sessionRow) (Actor, error) {
	p, err := personByID(tx, row.Person)
	if err != nil {
		return Actor{}, err
	}
	a := Actor{Person: p.ID, Organisation: p.Organisation, Session: row.ID, Device: row.Device, Level: row.Level, Confirmed: row.confirmed()}
	a.Way = row.way()
	if a.Grants, err = s.held(tx, p.ID, a.Way); err != nil {
		return Actor{}, err
	}
	if row.Level == Bare { // of an account: a device is bound or not
		account, err := accountOf(tx, p.ID)
		if err != nil {
			return Actor{}, err
		}
		a.Must = FactorDue
		if s.Accounts.passwordDue(account, s.clock(tx)) {
			a.Must = PasswordDue
		}
	}
	return a, nil
}

// live reads a session inside a transaction, and refuses one that has ended.
func (s Sessions) live(tx *db.Tx, id string, now time.Time) (sessionRow, error) {
	rows, err := sessionByID.Slice(tx, id)
	if err != nil {
		return sessionRow{}, err
	}
	if len(rows) == 0 {
		return sessionRow{}, notSignedIn()
	}
	if why := rows[0].over(now); why != "" {
		return sessionRow{}, gone(why)
	}
	return rows[0], nil
}

// start begins a session and returns its token.
func (s Sessions) start(tx *db.Tx, person, device, way string, level Level) (token string, row sessionRow, err error) {
	now := s.clock(tx)
	row = sessionRow{Person: person, Device: device, Way: way, Level: level, BeganAt: now, SeenAt: now}
	if row.ID, err = newID(); err != nil {
		return "", row, err
	}
	token, row.Hash = newToken()
	s.term(&row, now)
	if _, err := insertSession.Exec(tx, row); err != nil {
		return "", row, err
	}
	return token, row, record.Append(tx, "self", ownAct(signedIn, "session/"+row.ID, about{person: person, by: person}))
}

// halfLife is how long a code may take to come.
const halfLife = 5 * time.Minute

// term sets how long a session of its way and level lasts.
func (s Sessions) term(row *sessionRow, now time.Time) {
	idle, ends := s.policy.Idle, s.policy.Absolute
	switch {
	case row.Way == wayDevice:
		idle, ends = s.policy.DeviceIdle, s.policy.DeviceAbsolute
	case row.Level == Half:
		idle, ends = halfLife, halfLife
	case row.Level == Full:
		row.ConfirmedAt = &now // it has just been asked
	}
	row.IdleS, row.EndsAt = int64(idle/time.Second), row.BeganAt.Add(ends)
	if row.Level != Half && row.Way == wayPassword {
		row.EndsAt = now.Add(ends)
	}
}

// end ends one session, if it has not ended.
func (s Sessions) end(tx *db.Tx, id, why string, a about, sign string) error {
	rows, err := sessionByID.Slice(tx, id)
	if err != nil || len(rows) == 0 || rows[0].EndedAt != nil {
		return err
	}
	now := s.clock(tx)
	rows[0].EndedAt, rows[0].Why = &now, why
	if _, err := writeSession.Exec(tx, rows[0]); err != nil {
		return err
	}
	a.note = why
	return record.Append(tx, sign, ownAct(sessionEnded, "session/"+id, a))
}

// SignOut ends the session of a token. One that is not known is no error: whoever
// signs out wants to be out.
func (s Sessions) SignOut(ctx context.Context, token string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		rows, err := sessionByHash.Slice(tx, hashOf(token))
		if err != nil || len(rows) == 0 {
			return err
		}
		return s.end(tx, rows[0].ID, endedByOwner, about{person: rows[0].Person, by: rows[0].Person}, "self")
	})
}

// OpenSession is a session that has not ended, as it is listed.
type OpenSession struct {
	ID      string
	Device  string // its name; empty: none
	ByLink  bool   // it is of a device that was bound
	Level   Level
	BeganAt time.Time
	SeenAt  time.Time
	EndsAt  time.Time
	Present bool // it is the one that asks
}

// List lists the sessions of a person that have not ended: one's own, or
// anybody's for who may look at people.
func (s Sessions) List(ctx context.Context, by Actor, person string) (all []OpenSession, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		if by.Person != person || person == "" {
			if err := s.maySee(tx, by, person); err != nil {
				return err
			}
		}
		rows, err := sessionsOf.Slice(tx, person)
		if err != nil {
			return err
		}
		devices, err := devicesOf.Slice(tx, person)
		if err != nil {
			return err
		}
		names := map[string]string{}
		for _, d := range devices {
			names[d.ID] = d.Name
		}
		for _, r := range rows {
			if r.over(s.clock(tx)) == "" {
				all = append(all, OpenSession{r.ID, names[r.Device], r.Way == wayDevice, r.Level, r.BeganAt, r.SeenAt, r.EndsAt, r.ID == by.Session})
			}
		}
		return nil
	})
	return all, err
}

// End ends one session: one's own, or another's for who keeps accounts. A
// device that it was bound to is no way in any more.
func (s Sessions) End(ctx context.Context, by Actor, id string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		rows, err := sessionByID.Slice(tx, id)
		if err != nil {
			return err
		}
		row := first(rows)
		sign, err := s.mayEnd(tx, by, row.Person)
		if err != nil {
			return err
		}
		why := endedByOwner
		if by.Person != row.Person {
			why = endedByOther
		}
		return s.end(tx, id, why, about{person: row.Person, by: by.holder()}, sign)
	})
}

// mayEnd admits a person to what is theirs, and who keeps accounts to others'.
func (s Sessions) mayEnd(tx *db.Tx, by Actor, person string) (sign string, err error) {
	if person == "" {
		return "", fault.New(fault.NotFound, "没有这个登录。", "There is no such session.")
	}
	if by.Person == person {
		_, err := s.live(tx, by.Session, s.clock(tx))
		return "self", err
	}
	p, err := personByID(tx, person)
	if err != nil {
		return "", err
	}
	authority, err := s.mayManage(tx, by, p)
	return by.sign(authority), err
}

// EndAll ends all sessions of a person but the one that asks, forgets the devices it
// has signed in from and unbinds those that are bound.
func (s Sessions) EndAll(ctx context.Context, by Actor, person string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		sign, err := s.mayEnd(tx, by, person)
		if err != nil {
			return err
		}
		keep := Actor{}
		why := endedByOther
		if by.Person == person {
			keep, why = by, endedByOwner
		}
		if err := s.shutOutBut(tx, person, why, keep); err != nil {
			return err
		}
		return record.Append(tx, sign, ownAct(sessionEnded, somebody, about{person: person, by: by.holder(), note: why}))
	})
}

// shutOut ends all that lets a person in: sessions, devices, invitations.
func (s Sessions) shutOut(tx *db.Tx, person, why string) error {
	return s.shutOutBut(tx, person, why, Actor{})
}

// shutOutBut keeps the session and device of one actor.
func (s Sessions) shutOutBut(tx *db.Tx, person, why string, keep Actor) error {
	now := s.clock(tx)
	if _, err := endSessionsOf.Exec(tx, ending{person, keep.Session, now, why}); err != nil {
		return err
	}
	if _, err := revokeDevicesOf.Exec(tx, ending{person, keep.Device, now, why}); err != nil {
		return err
	}
	_, err := endInvitationsOf.Exec(tx, ending{Person: person, EndedAt: now, Why: why})
	return err
}
