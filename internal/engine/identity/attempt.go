package identity

import (
	"errors"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
)

// Wrong passwords are counted so that guessing takes for ever and one who guesses
// shuts out nobody but themselves. What is counted, each in a row of its own under a
// keyed hash, so that the table tells neither logins nor addresses:
//
//	p  this login from this network     delays that grow
//	n  this network, whoever it is for  a bound in ten minutes: one password for many logins
//	a  this login from anywhere         a siege: no delay, but see below
//	d  this login from a device it has signed in from: delays that grow, and none of the above
//	c  codes of this person             delays that grow; who gets so far knows the password
//	q  asking a session again
//	k  no count: this login has signed in from this network, within a month
//
// A known device is counted alone, so a stranger slows down no desk where the owner
// works. Who guesses from ten thousand addresses besieges an account: from then on a
// password that comes from a new browser is looked at only if a right code of the
// second factor comes with it, which the owner has, or if it comes from a network the
// owner has signed in from. The counters of a login that does
// not exist are the same as of one that does.
//
// An attempt is counted as wrong before its password is hashed, and taken back if it
// was right: a hundred at once are a hundred.

// attempts counts wrong passwords and codes.
type attempts struct{ *Service }

type attemptRow struct {
	ID      string    `db:"id"`
	Wrong   int       `db:"wrong"`
	SinceAt time.Time `db:"since_at"`
	UntilAt time.Time `db:"until_at"`
}

var (
	readAttempt  = db.Declare[string, attemptRow](`SELECT /*cols*/ FROM identity_attempt WHERE id = :id`)
	writeAttempt = db.Declare[attemptRow, db.None](`
		INSERT INTO identity_attempt (id, wrong, since_at, until_at) VALUES (:id, :wrong, :since_at, :until_at)
		ON CONFLICT (id) DO UPDATE SET wrong = EXCLUDED.wrong, since_at = EXCLUDED.since_at, until_at = EXCLUDED.until_at`)
	forgetAttempt = db.Declare[string, db.None](`DELETE FROM identity_attempt WHERE id = :id`)
	takeBack      = db.Declare[oneMore, db.None](`
		UPDATE identity_attempt SET wrong = wrong - 1, until_at = CASE WHEN until_at = :until_at THEN :before ELSE until_at END
		WHERE id = :id AND wrong > 0`)
	oldAttempts = db.Declare[time.Time, db.None](`DELETE FROM identity_attempt WHERE since_at < :before AND id NOT LIKE 'k%'`)
	oldNetworks = db.Declare[time.Time, db.None](`DELETE FROM identity_attempt WHERE since_at < :before AND id LIKE 'k%'`)
)

// day is for how long wrong ones for a login are remembered.
const day = 24 * time.Hour

// tally is one thing that is counted.
type tally struct {
	id     string
	free   int           // that cost nothing
	window time.Duration // after which it begins anew
	delays bool          // that grow; else it is closed until the window ends
	siege  bool          // never closed: at free a code is wanted first
}

// oneMore is what one count made of a row: the wait that it began, and the one that
// was there before.
type oneMore struct {
	ID      string    `db:"id"`
	UntilAt time.Time `db:"until_at"`
	Before  time.Time `db:"before"`
}

// tallies are what an attempt was counted under.
type tallies struct {
	all      []tally
	made     []oneMore // of each, once it was counted
	besieged bool
	crossed  bool  // an attempt began to cost time: worth an entry, once
	refused  error // it has to wait, and was not counted
}

// begin counts one attempt. One that has to wait is refused, and not counted. The
// caller commits in any case: a wait that was begun anew after the clock was moved
// back must be kept, or it would begin anew for ever.
func (s attempts) begin(tx *db.Tx, all ...tally) (tallies, error) {
	now := s.clock(tx)
	t := tallies{all: all}
	rows := make([]attemptRow, len(all))
	for i, c := range all {
		found, err := readAttempt.Slice(tx, c.id)
		if err != nil {
			return t, err
		}
		r := attemptRow{ID: c.id, SinceAt: now, UntilAt: now}
		if len(found) > 0 {
			r = s.today(found[0], c, now)
		}
		if wait := r.UntilAt.Sub(now); wait > 0 {
			t.refused = waitFault(wait)
			_, err := writeAttempt.Exec(tx, r)
			return t, err
		}
		t.besieged = t.besieged || c.siege && r.Wrong >= c.free
		rows[i] = r
	}
	for i, c := range all {
		r := rows[i]
		made := oneMore{ID: r.ID, Before: r.UntilAt}
		r.Wrong++
		switch {
		case c.siege:
			t.crossed = t.crossed || r.Wrong == c.free
		case r.Wrong < c.free:
		case c.delays:
			r.UntilAt = now.Add(s.delay(r.Wrong - c.free))
			t.crossed = t.crossed || r.Wrong == c.free
		default:
			r.UntilAt = r.SinceAt.Add(c.window)
		}
		if _, err := writeAttempt.Exec(tx, r); err != nil {
			return t, err
		}
		made.UntilAt = r.UntilAt
		t.made = append(t.made, made)
	}
	return t, nil
}

// today is a count as it stands now: begun anew after its window, and after the clock
// was moved back with a wait that no longer than the longest.
func (s attempts) today(r attemptRow, c tally, now time.Time) attemptRow {
	if now.Sub(r.SinceAt) >= c.window && !r.UntilAt.After(now) {
		return attemptRow{ID: r.ID, SinceAt: now, UntilAt: now}
	}
	if fromFuture(r.SinceAt, now) {
		wait := r.UntilAt.Sub(r.SinceAt)
		r.SinceAt, r.UntilAt = now, now
		if wait > 0 && r.Wrong >= c.free {
			r.UntilAt = now.Add(min(wait, s.policy.MaxDelay))
		}
	}
	return r
}

// delay is how long to wait after so many beyond those that are free.
func (s attempts) delay(beyond int) time.Duration {
	d := s.policy.FirstDelay
	for range min(beyond, 20) {
		d = min(2*d, s.policy.MaxDelay)
	}
	return min(d, s.policy.MaxDelay)
}

// right takes back what begin counted: entirely where it was for this login from here,
// by one where others are counted too.
func (t tallies) right(tx *db.Tx) error {
	for i, c := range t.all {
		var err error
		if c.delays {
			_, err = forgetAttempt.Exec(tx, c.id)
		} else {
			_, err = takeBack.Exec(tx, t.made[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unseen takes back one attempt that nobody looked at, and the wait that it began. The
// wrong ones before it stay: whoever can have a guess broken off would else wipe out
// those that were not.
func (t tallies) unseen(tx *db.Tx) error {
	for _, c := range t.made {
		if _, err := takeBack.Exec(tx, c); err != nil {
			return err
		}
	}
	return nil
}

func waitFault(wait time.Duration) error {
	minutes := int(wait.Minutes()) + 1
	return fault.New(fault.Denied, "错误次数太多，请 %d 分钟后再试。", "Too many wrong ones. Try again in %d minutes.", minutes).Because(waitError{wait})
}

// waitError is for how long an attempt is not looked at.
type waitError struct{ wait time.Duration }

func (waitError) Error() string { return "too many wrong ones" }

// Wait returns for how long whoever was refused has to wait; 0: that is not why.
func Wait(err error) time.Duration {
	var w waitError
	errors.As(err, &w)
	return w.wait
}

// strangers are the counts of a password from a browser that is not known.
func (s attempts) strangers(tx *db.Tx, login, network string) ([]tally, error) {
	p := s.policy
	all := []tally{
		{id: "p" + login + "\x00" + network, free: p.Free, window: day, delays: true},
		{id: "n" + network, free: p.NetworkFree, window: p.NetworkWindow},
		{id: "a" + login, free: p.Siege, window: day, siege: true},
	}
	return s.hidden(tx, all...)
}

// own are the counts of whatever is known to belong to one person.
func (s attempts) own(tx *db.Tx, kind, id string) ([]tally, error) {
	return s.hidden(tx, tally{id: kind + id, free: s.policy.Free, window: day, delays: true})
}

// hidden gives counts the keyed hashes under which they are kept.
func (s attempts) hidden(tx *db.Tx, all ...tally) ([]tally, error) {
	key, err := s.key(tx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		kind := all[i].id[:1]
		x, err := s.keys.Index(key, "attempt", all[i].id)
		if err != nil {
			return nil, err
		}
		all[i].id = kind + x
	}
	return all, nil
}

// month is for how long a network is known that somebody signed in from.
const month = 30 * day

func (s attempts) networkID(tx *db.Tx, login, network string) (string, error) {
	all, err := s.hidden(tx, tally{id: "k" + login + "\x00" + network})
	if err != nil {
		return "", err
	}
	return all[0].id, nil
}

func (s attempts) rememberNetwork(tx *db.Tx, login, network string) error {
	id, err := s.networkID(tx, login, network)
	if err != nil {
		return err
	}
	now := s.clock(tx)
	_, err = writeAttempt.Exec(tx, attemptRow{ID: id, SinceAt: now, UntilAt: now})
	return err
}

func (s attempts) knownNetwork(tx *db.Tx, login, network string) (bool, error) {
	id, err := s.networkID(tx, login, network)
	if err != nil {
		return false, err
	}
	rows, err := readAttempt.Slice(tx, id)
	now := s.clock(tx)
	return len(rows) > 0 && now.Sub(rows[0].SinceAt) < month && !fromFuture(rows[0].SinceAt, now), err
}
