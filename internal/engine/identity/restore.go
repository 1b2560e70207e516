package identity

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// An older database that takes the place of a newer one brings back sessions that were
// ended and links that were used. The turn finds it: a number that counts up while
// anybody serves, in the database and, as far as it was seen, in a file beside it. A
// database behind the file is an older one.

// Upkeep is what is done at start and once a minute.
type Upkeep struct{ *Service }

var (
	endAllSessions = db.Declare[ending, db.None](`
		UPDATE identity_session SET ended_at = :ended_at, why = :why WHERE ended_at IS NULL`)
	endAllInvitations = db.Declare[ending, db.None](`
		UPDATE identity_invitation SET ended_at = :ended_at, why = :why WHERE ended_at IS NULL`)
	endAllDevices = db.Declare[ending, db.None](`
		UPDATE identity_device SET revoked_at = :ended_at WHERE revoked_at IS NULL`)
	endOldSessions = db.Declare[ending, db.None](`
		UPDATE identity_session SET ended_at = :ended_at, why = :why WHERE ended_at IS NULL AND ends_at <= :ended_at`)
	endOldInvitations = db.Declare[ending, db.None](`
		UPDATE identity_invitation SET ended_at = :ended_at, why = :why WHERE ended_at IS NULL AND ends_at <= :ended_at`)
	endFutureSessions = db.Declare[future, db.None](`
		UPDATE identity_session SET ended_at = :ended_at, why = :why WHERE ended_at IS NULL AND began_at > :limit_at`)
	endFutureInvitations = db.Declare[future, db.None](`
		UPDATE identity_invitation SET ended_at = :ended_at, why = :why WHERE ended_at IS NULL AND made_at > :limit_at`)
)

type future struct {
	EndedAt time.Time `db:"ended_at"`
	Why     string    `db:"why"`
	LimitAt time.Time `db:"limit_at"`
}

// Restored ends all sessions, devices, invitations and the first start's address of a
// database that has been restored. Whoever restores calls it before anybody is let in.
func Restored(ctx context.Context, d *db.DB) error {
	return d.Update(ctx, func(tx *db.Tx) error { return endAll(tx, tx.Now(), 0) })
}

// endAll ends everything, and moves the turn past what was seen.
func endAll(tx *db.Tx, now time.Time, seen int64) error {
	st, err := stateOf(tx)
	if err != nil || st.KeyNumber == 0 { // nobody has ever been here
		return err
	}
	e := counted{kind: restored}
	all := ending{EndedAt: now, Why: endedRestore}
	var failed error
	count := func(q db.Query[ending, db.None]) int {
		n, err := q.Exec(tx, all)
		failed = errors.Join(failed, err)
		return int(n)
	}
	e.Sessions, e.Rows, e.Invitations = count(endAllSessions), count(endAllDevices), count(endAllInvitations)
	if failed != nil {
		return failed
	}
	st.Turn = max(st.Turn, seen) + 1
	st.FirstHash, st.FirstEnds = "", nil
	if err := setState(tx, st); err != nil {
		return err
	}
	return record.Append(tx, "program", e)
}

// eraseAgain erases persons whom the log says are forgotten: an older database that was
// put back knows them again once its log is taken from a mirror.
func (s Upkeep) eraseAgain(tx *db.Tx) error {
	forgotten, err := record.WhoIsForgotten(tx)
	if err != nil || forgotten == nil {
		return err
	}
	rows, err := everyPerson.Slice(tx, db.None{})
	if err != nil {
		return err
	}
	for _, row := range rows {
		if !forgotten(row.ID) {
			continue
		}
		if err := row.erase(tx); err != nil {
			return err
		}
		if err := s.Sessions.shutOut(tx, row.ID, endedRestore); err != nil {
			return err
		}
		if err := record.Append(tx, "program", plainAct(personErased, somebody, about{})); err != nil {
			return err
		}
	}
	return nil
}

// Beat is called at start, before anybody is let in, and then once a minute. It finds
// an older database, ends what has run out, forgets old counts, and keeps the turn. It
// reports whether the database was an older one.
func (s Upkeep) Beat(ctx context.Context) (older bool, err error) {
	seen, err := s.seen()
	if err != nil {
		return false, err
	}
	var turn int64
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		older = false
		st, err := stateOf(tx)
		if err != nil {
			return err
		}
		if err := s.eraseAgain(tx); err != nil {
			return err
		}
		if older = st.Turn < seen; older {
			if err := endAll(tx, s.clock(tx), seen); err != nil {
				return err
			}
			turn = seen + 1
			return nil
		}
		if err := s.sweep(tx); err != nil {
			return err
		}
		if _, err := record.AnewOfNone(tx, batch); err != nil {
			return err
		}
		if st, err = stateOf(tx); err != nil {
			return err
		}
		st.Turn++
		turn = st.Turn
		return setState(tx, st)
	})
	if err != nil {
		return false, fmt.Errorf("identity: beat: %w", err)
	}
	return older, s.see(turn)
}

// sweep ends what has run out, so that no clock brings it back, and what bears a time
// that is yet to come.
func (s Upkeep) sweep(tx *db.Tx) error {
	now := s.clock(tx)
	e := counted{kind: swept}
	for _, q := range []struct {
		query db.Query[ending, db.None]
		count *int
	}{{endOldSessions, &e.Sessions}, {endOldInvitations, &e.Invitations}} {
		n, err := q.query.Exec(tx, ending{EndedAt: now, Why: endedOld})
		if err != nil {
			return err
		}
		*q.count += int(n)
	}
	for _, q := range []struct {
		query db.Query[future, db.None]
		count *int
	}{{endFutureSessions, &e.Sessions}, {endFutureInvitations, &e.Invitations}} {
		n, err := q.query.Exec(tx, future{now, endedClock, now.Add(maxSkew)})
		if err != nil {
			return err
		}
		*q.count += int(n)
	}
	if _, err := oldAttempts.Exec(tx, now.Add(-day)); err != nil {
		return err
	}
	if _, err := oldNetworks.Exec(tx, now.Add(-month)); err != nil {
		return err
	}
	if e.Sessions+e.Invitations == 0 {
		return nil
	}
	return record.Append(tx, "program", e)
}

// seen is how far the database had come when this machine last saw it.
func (s Upkeep) seen() (int64, error) {
	if s.mark == "" {
		return 0, nil
	}
	text, err := os.ReadFile(s.mark)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("identity: reading %s: %w", s.mark, err)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || n < 0 {
		return 0, fault.New(fault.Unavailable, "文件 %s 读不懂，无法判断数据库是否被换成了旧的。删掉它再启动，所有登录不受影响；若刚恢复过备份，请用 xiadu restore。",
			"The file %s cannot be understood, so it cannot be told whether the database is an older one. Remove it and start again; after a backup, restore with xiadu restore.", s.mark)
	}
	return n, nil
}

// see keeps it. The file is beside the key, which the backup leaves out too.
func (s Upkeep) see(turn int64) error {
	if s.mark == "" {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(s.mark), ".turn-*")
	if err != nil {
		return fmt.Errorf("identity: keeping %s: %w", s.mark, err)
	}
	_, err = f.WriteString(strconv.FormatInt(turn, 10) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), s.mark)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("identity: keeping %s: %w", s.mark, err), os.RemoveAll(f.Name()))
	}
	return nil
}
