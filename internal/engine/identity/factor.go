package identity

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/totp"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

type factorRow struct {
	Person    string    `db:"person"`
	Secret    string    `db:"secret"` // sealed
	KeyNumber int       `db:"key_number"`
	MadeAt    time.Time `db:"made_at"`
}

func (f factorRow) place() string { return "identity_factor/" + f.Person }

type codeRow struct {
	Person string `db:"person"`
	Step   int64  `db:"step"`
}

type recoveryRow struct {
	Person string    `db:"person"`
	Hash   string    `db:"hash"`
	UsedAt time.Time `db:"used_at"`
}

var (
	factorOf    = db.Declare[string, factorRow](`SELECT /*cols*/ FROM identity_factor WHERE person = :person`)
	writeFactor = db.Declare[factorRow, db.None](`
		INSERT INTO identity_factor (person, secret, key_number, made_at) VALUES (:person, :secret, :key_number, :made_at)
		ON CONFLICT (person) DO UPDATE SET secret = EXCLUDED.secret, key_number = EXCLUDED.key_number, made_at = EXCLUDED.made_at`)
	useStep        = db.Declare[codeRow, db.None](`INSERT INTO identity_code (person, step) VALUES (:person, :step) ON CONFLICT (person, step) DO NOTHING`)
	insertRecovery = db.Declare[recoveryRow, db.None](`INSERT INTO identity_recovery (person, hash) VALUES (:person, :hash)`)
	useRecovery    = db.Declare[recoveryRow, db.None](`
		UPDATE identity_recovery SET used_at = :used_at WHERE person = :person AND hash = :hash AND used_at IS NULL`)
	recoveryLeft = db.Declare[string, int](`SELECT count(*) FROM identity_recovery WHERE person = :person AND used_at IS NULL`)
)

func hasFactor(tx *db.Tx, person string) (bool, error) {
	rows, err := factorOf.Slice(tx, person)
	return len(rows) > 0, err
}

// useCode reports whether a code of a person's second factor is right, and uses it up:
// each step, and each recovery code, once for ever. Two who give the same code at once
// insert the same row, and one of them is too late.
func (s Entrance) useCode(tx *db.Tx, person, given string) (bool, error) {
	rows, err := factorOf.Slice(tx, person)
	if err != nil || len(rows) == 0 || given == "" {
		return false, err
	}
	if totp.IsRecovery(given) {
		n, err := useRecovery.Exec(tx, recoveryRow{person, hashOf(totp.Plain(given)), s.clock(tx)})
		return n == 1, err
	}
	secret, err := s.keys.Open(rows[0].place(), rows[0].Secret)
	if err != nil {
		return false, err
	}
	step, ok := totp.Match(secret, given, s.clock(tx))
	if !ok {
		return false, nil
	}
	n, err := useStep.Exec(tx, codeRow{person, step})
	return n == 1, err
}

// Factor is a second factor to be, for the phone to read.
type Factor struct{ Secret, Address string }

// NewFactor makes a secret. It is not kept: it comes back with its first code
// (SetFactor), so one that is never finished takes nothing away. It is the same for as
// long as the session lasts and the factor is not set, since a page that is loaded
// again must not orphan the code that a phone has read.
func (s Entrance) NewFactor(ctx context.Context, by Actor, issuer string) (f Factor, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err := s.mayFactor(tx, by)
		if err != nil {
			return err
		}
		a, err := accountOf(tx, by.Person)
		if err != nil {
			return err
		}
		f.Secret, err = s.pending(tx, row)
		f.Address = totp.Address(issuer, a.Login, f.Secret)
		return err
	})
	return f, err
}

// pending derives the secret of a session's factor to be under the key of the site. What
// has been set goes in, so the next factor of a session is another.
func (s Entrance) pending(tx *db.Tx, row sessionRow) (string, error) {
	set, err := factorOf.Slice(tx, row.Person)
	if err != nil {
		return "", err
	}
	key, err := s.key(tx)
	if err != nil {
		return "", err
	}
	x, err := s.keys.Index(key, "factor to be", row.ID+"\x00"+first(set).Secret)
	if err != nil {
		return "", err
	}
	return totp.Secret([]byte(x)), nil
}

// mayFactor admits who has none yet, and who has been asked lately.
func (s Entrance) mayFactor(tx *db.Tx, by Actor) (sessionRow, error) {
	now := s.clock(tx)
	row, err := s.Sessions.live(tx, by.Session, now)
	if err != nil {
		return row, err
	}
	if row.Way != wayPassword || row.Level == Half {
		return row, unfinished(Actor{Level: row.Level})
	}
	has, err := hasFactor(tx, row.Person)
	if err == nil && has && now.Sub(row.confirmed()) > s.policy.Fresh {
		err = askAgain()
	}
	return row, err
}

// recoveryCodes is how many there are.
const recoveryCodes = 10

// SetFactor sets the second factor from a browser, once its first code shows that the phone has it.
// It returns the recovery codes, which nobody will see again, and the session under
// another token.
func (s Entrance) SetFactor(ctx context.Context, by Actor, secret, code, browser string) (in SignedIn, recovery []string, err error) {
	recovery = totp.NewRecovery(recoveryCodes)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		row, err := s.mayFactor(tx, by)
		if err != nil {
			return err
		}
		step, ok := totp.Match(secret, code, s.clock(tx))
		if !ok || len(secret) < 32 {
			return fault.New(fault.Invalid, "动态码不对。请确认手机的时间是自动设置的，再输入现在显示的六位数字。",
				"The code is wrong. See that the phone sets its time by itself, then type the six digits it shows now.")
		}
		key, err := s.key(tx)
		if err != nil {
			return err
		}
		f := factorRow{Person: row.Person, KeyNumber: key, MadeAt: s.clock(tx)}
		if f.Secret, err = s.keys.Seal(key, f.place(), secret); err != nil {
			return err
		}
		if _, err := writeFactor.Exec(tx, f); err != nil {
			return err
		}
		if _, err := useStep.Exec(tx, codeRow{row.Person, step}); err != nil {
			return err
		}
		if _, err := deleteRecovery.Exec(tx, row.Person); err != nil {
			return err
		}
		for _, c := range recovery {
			if _, err := insertRecovery.Exec(tx, recoveryRow{Person: row.Person, Hash: hashOf(totp.Plain(c))}); err != nil {
				return err
			}
		}
		if err := record.Append(tx, "self", ownAct(factorSet, somebody, about{person: row.Person, by: row.Person})); err != nil {
			return err
		}
		a, err := accountOf(tx, row.Person)
		if err != nil {
			return err
		}
		in, err = s.raise(tx, row, a, true, browser)
		return err
	})
	if err != nil {
		return SignedIn{}, nil, err
	}
	return in, recovery, nil
}

// RecoveryLeft returns how many recovery codes a person has not used.
func (s Entrance) RecoveryLeft(ctx context.Context, by Actor) (n int, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { n, err = recoveryLeft.One(tx, by.Person); return err })
	return n, err
}
