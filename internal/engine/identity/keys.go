package identity

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Keys are those of personal data.
type Keys struct{ *Service }

// state is the one row about all of it.
type state struct {
	Turn      int64      `db:"turn"`
	KeyNumber int        `db:"key_number"`
	KeyCheck  string     `db:"key_check"`
	FirstHash string     `db:"first_hash"`
	FirstEnds *time.Time `db:"first_ends"`
	Demo      bool       `db:"demo"`
}

var (
	readState = db.Declare[db.None, state](`SELECT /*cols*/ FROM identity_state WHERE one = 1`)
	makeState = db.Declare[db.None, db.None](`
		INSERT INTO identity_state (one, turn, key_number, key_check, first_hash) VALUES (1, 0, 0, '', '')
		ON CONFLICT (one) DO NOTHING`)
	writeState = db.Declare[state, db.None](`
		UPDATE identity_state SET turn = :turn, key_number = :key_number, key_check = :key_check,
			first_hash = :first_hash, first_ends = :first_ends, demo = :demo WHERE one = 1`)
)

// stateOf reads the row; there is none in a database that nobody has opened yet.
func stateOf(tx *db.Tx) (state, error) {
	rows, err := readState.Slice(tx, db.None{})
	if err != nil || len(rows) == 0 {
		return state{}, err
	}
	return rows[0], nil
}

func setState(tx *db.Tx, st state) error {
	if _, err := makeState.Exec(tx, db.None{}); err != nil {
		return err
	}
	tx.Keep(keyInUse{}, nil)
	_, err := writeState.Exec(tx, st)
	return err
}

// openKeys opens the key file, and makes it for a database that never had one.
func (s *Service) openKeys(ctx context.Context, path string) error {
	var st state
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) { st, err = stateOf(tx); return err }); err != nil {
		return fmt.Errorf("identity: open: %w", err)
	}
	if st.KeyNumber > 0 {
		ring, err := seal.OpenRing(path)
		if fault.KindOf(err) == fault.NotFound {
			return keyGone(path, st.KeyNumber).Because(err)
		}
		if err != nil {
			return err
		}
		s.keys = ring
		return s.holdKey(st)
	}
	ring, err := seal.OpenRing(path)
	if fault.KindOf(err) == fault.NotFound {
		ring, err = seal.MakeRing(path, s.policy.Suite, 1)
		if fault.KindOf(err) == fault.Conflict { // another process was faster
			ring, err = seal.OpenRing(path)
		}
	}
	if err != nil {
		return notMade(path, err)
	}
	s.keys = ring
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if st, err = stateOf(tx); err != nil || st.KeyNumber > 0 {
			return err
		}
		st.KeyNumber = ring.Numbers()[0]
		if st.KeyCheck, err = s.checkOf(st.KeyNumber); err != nil {
			return err
		}
		return setState(tx, st)
	})
	if err != nil {
		return fmt.Errorf("identity: open: %w", err)
	}
	return s.holdKey(st)
}

// notMade explains a file that cannot be made.
func notMade(path string, err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, os.ErrNotExist) {
		return fault.New(fault.Unavailable, "无法在 %s 建立密钥文件：请检查目录和权限。", "The key file cannot be made at %s: look at the folder and its rights.", path).Because(err)
	}
	return err
}

// checkOf is what finds another file with a key of the same number.
func (s *Service) checkOf(number int) (string, error) { return checkOf(s.keys, number) }

func checkOf(ring *seal.Ring, number int) (string, error) {
	return ring.Index(number, "check", "xiadu")
}

// holdKey holds the key in use against the file.
func (s *Service) holdKey(st state) error { return holdKey(s.keys, st) }

func holdKey(ring *seal.Ring, st state) error {
	check, err := checkOf(ring, st.KeyNumber)
	if err != nil {
		return err
	}
	if check != st.KeyCheck {
		return fault.New(fault.Unavailable,
			"密钥文件 %[1]s 不是这个数据库的：第 %[2]d 号密钥不对。多台机器共用一个数据库时，请把第一台的 people.key 复制过来。",
			"The key file %[1]s is not this database's: key %[2]d is another one. Where several machines share a database, copy the people.key of the first.", ring.Path(), st.KeyNumber)
	}
	return nil
}

func keyGone(path string, number int) *fault.Error {
	return fault.New(fault.Unavailable,
		"找不到密钥文件 %[1]s（需要第 %[2]d 号密钥）。没有它就读不出姓名、电话和第二因素。请把它放回原处；确实丢失时运行 xiadu people key --lost，账号和密码仍然可用。",
		"The key file %[1]s is gone (key %[2]d is needed). Without it names, telephone numbers and second factors cannot be read. Put it back in place; if it is truly lost, run xiadu people key --lost: accounts and passwords go on.", path, number)
}

// key returns the number of the key in use, after holding it against the file, so
// that nothing is ever sealed with a key that others do not have.
func (s *Service) key(tx *db.Tx) (int, error) {
	st, err := stateOf(tx)
	if err != nil {
		return 0, err
	}
	return st.KeyNumber, s.holdKey(st)
}

// Rotate puts another key in use while the site serves: a new line in the key file,
// then every row anew under it, a batch a transaction. It returns the number of the
// key and how many rows were sealed anew. Interrupted, it is begun again by calling
// it with resume, which adds no key. Old keys stay in the file for as long as backups
// need them.
//
// Where several machines share the database each needs the new file: until it is
// there, what names a person is unavailable on that machine, and nothing is lost.
func (s Keys) Rotate(ctx context.Context, by Actor, suite seal.Suite, resume bool) (number, rows int, err error) {
	var st state
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) { st, err = stateOf(tx); return err }); err != nil {
		return 0, 0, fmt.Errorf("identity: rotate: %w", err)
	}
	number = st.KeyNumber
	if !by.commandLine {
		return 0, 0, onlyCommandLine()
	}
	if !resume {
		if number, err = s.keys.Add(suite, st.KeyNumber); err != nil {
			return 0, 0, err
		}
		if err := s.use(ctx, by, number, keyChanged, func(*db.Tx) error { return nil }); err != nil {
			return 0, 0, err
		}
	}
	for {
		n, err := s.reseal(ctx, number)
		if err != nil {
			return number, rows, fmt.Errorf("identity: rotate to key %d: %w", number, err)
		}
		rows += n
		if n == 0 {
			break
		}
	}
	for n := 1; n > 0; { // until none was written under the old key meanwhile
		if n, err = s.anew(ctx); err != nil {
			return number, rows, fmt.Errorf("identity: rotate to key %d: %w", number, err)
		}
		rows += n
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		return record.Append(tx, by.sign(), counted{kind: keyRotated, Key: number, Rows: rows})
	})
	return number, rows, err
}

// use puts a key in use, and does what has to happen together with it.
func (s Keys) use(ctx context.Context, by Actor, number int, kind string, besides func(*db.Tx) error) error {
	check, err := s.checkOf(number)
	if err != nil {
		return err
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		st, err := stateOf(tx)
		if err != nil {
			return err
		}
		st.KeyNumber, st.KeyCheck = number, check
		if err := errors.Join(setState(tx, st), besides(tx)); err != nil {
			return err
		}
		return record.Append(tx, by.sign(), counted{kind: kind, Key: number})
	})
}

// batch bounds a transaction of a rotation, so that others get theirs in between.
const batch = 500

type keyed struct {
	Key   int `db:"key_number"`
	Limit int `db:"lim"`
}

var (
	personsUnderOthers = db.Declare[keyed, personRow](`
		SELECT /*cols*/ FROM identity_person WHERE key_number <> :key_number ORDER BY id LIMIT :lim`)
	factorsUnderOthers = db.Declare[keyed, factorRow](`
		SELECT /*cols*/ FROM identity_factor WHERE key_number <> :key_number ORDER BY person LIMIT :lim`)
)

// reseal seals up to a batch of rows anew and returns how many there were.
func (s Keys) reseal(ctx context.Context, number int) (n int, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n = 0
		if now, err := s.key(tx); err != nil || now != number {
			return errors.Join(err, notInUse(now, number))
		}
		persons, err := personsUnderOthers.Slice(tx, keyed{number, batch})
		if err != nil {
			return err
		}
		for _, p := range persons {
			open, err := s.Persons.open(p)
			if err != nil {
				return err
			}
			if p, err = s.Persons.sealed(number, p, open.Name, open.Phone); err != nil {
				return err
			}
			if _, err := writePerson.Exec(tx, p); err != nil {
				return err
			}
		}
		factors, err := factorsUnderOthers.Slice(tx, keyed{number, batch})
		if err != nil {
			return err
		}
		for _, f := range factors {
			secret, err := s.keys.Open(f.place(), f.Secret)
			if err != nil {
				return err
			}
			f.KeyNumber = number
			if f.Secret, err = s.keys.Seal(number, f.place(), secret); err != nil {
				return err
			}
			if _, err := writeFactor.Exec(tx, f); err != nil {
				return err
			}
		}
		n = len(persons) + len(factors)
		return nil
	})
	return n, err
}

// anew puts what the log keeps of persons under the key in use.
func (s Keys) anew(ctx context.Context) (rows int, err error) {
	for after, more := "", true; more; {
		var last string
		var n int
		err := s.db.Update(ctx, func(tx *db.Tx) (err error) { last, n, err = record.Anew(tx, after, batch); return err })
		if err != nil {
			return rows, err
		}
		rows += n
		after, more = last, last != ""
	}
	return rows, nil
}

func notInUse(now, number int) error {
	if now == number {
		return nil
	}
	return fault.New(fault.Conflict, "另一次换钥已经换到第 %[1]d 号密钥，这一次（第 %[2]d 号）到此为止。", "Another rotation has gone on to key %[1]d; this one, to key %[2]d, ends here.", now, number)
}

var (
	forgetPersons = db.Declare[int, db.None](`
		UPDATE identity_person SET name = '', phone = '', phone_index = '', key_number = :number WHERE state <> 'erased'`)
	forgetFactors     = db.Declare[db.None, db.None](`DELETE FROM identity_factor`)
	forgetInvitations = db.Declare[db.None, db.None](`DELETE FROM identity_invitation`)
)

// LoseKey accepts that the key file is gone: a new one is made, names and telephone
// numbers are empty from now on, second factors are to be set up again, and
// invitations are void. Accounts, passwords, devices and grants stay. It is a
// fault.Conflict where the key is there.
func LoseKey(ctx context.Context, d *db.DB, o Options) error {
	_, err := Open(ctx, d, o)
	if err == nil {
		return fault.New(fault.Conflict, "密钥文件 %s 完好，没有丢失。要换一把新的，请用 xiadu people key --rotate。",
			"The key file %s is there and whole: nothing is lost. For a new key use xiadu people key --rotate.", o.KeyFile)
	}
	if fault.KindOf(err) != fault.Unavailable && fault.KindOf(err) != fault.Invalid {
		return err
	}
	s := &Service{db: d, policy: o.Policy, clock: (*db.Tx).Now}
	s.parts()
	var st state
	if err := d.View(ctx, func(tx *db.Tx) (err error) { st, err = stateOf(tx); return err }); err != nil {
		return fmt.Errorf("identity: lost key: %w", err)
	}
	ring, err := seal.OpenRing(o.KeyFile)
	if fault.KindOf(err) == fault.Invalid { // it is kept beside, since somebody may still read it
		err = os.Rename(o.KeyFile, o.KeyFile+".unreadable")
	}
	number := st.KeyNumber + 1 // a number is never given twice
	switch {
	case err != nil && fault.KindOf(err) != fault.NotFound:
		return err
	case ring == nil:
		ring, err = seal.MakeRing(o.KeyFile, o.Policy.Suite, number)
	default: // it is another database's
		number, err = ring.Add(o.Policy.Suite, st.KeyNumber)
	}
	if err != nil {
		return err
	}
	s.keys = ring
	return s.Keys.use(ctx, CommandLine, number, keyLost, func(tx *db.Tx) error {
		_, persons := forgetPersons.Exec(tx, number)
		_, factors := forgetFactors.Exec(tx, db.None{})
		_, invitations := forgetInvitations.Exec(tx, db.None{})
		return errors.Join(persons, factors, invitations)
	})
}
