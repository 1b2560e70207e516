package casework

import (
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

type timeRow struct {
	ID        int       `db:"id"`
	SeenAt    time.Time `db:"seen_at"`
	WrongFrom time.Time `db:"wrong_from"`
	WrongTill time.Time `db:"wrong_till"`
}

var (
	readTime  = db.Declare[timeRow, timeRow](`SELECT /*cols*/ FROM casework_time WHERE id = :id`)
	writeTime = db.Declare[timeRow, db.None](`
		INSERT INTO casework_time (id, seen_at, wrong_from, wrong_till) VALUES (:id, :seen_at, :wrong_from, :wrong_till)
		ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, wrong_from = excluded.wrong_from, wrong_till = excluded.wrong_till`)
)

// How far the time of a machine may lie from what is known of it. A site that was off for longer is looked at by a
// person before time does anything.
const (
	maxAhead  = 7 * 24 * time.Hour
	maxBehind = 5 * time.Minute
	seenEvery = time.Minute
)

// TimeState is the machine's time, and what it is held against.
type TimeState struct {
	Now  time.Time
	Seen time.Time // by the rounds; zero: never
	Last time.Time // of the last entry of the log; zero: there is none
	// Wrong says what is wrong with it, and the way out; nil: nothing.
	Wrong error

	row timeRow
}

// TimeOf holds the time of a transaction against what was seen before: a clock that jumps ahead must not let every
// window end, and one that falls behind lets nobody go on.
func TimeOf(tx *db.Tx) (s TimeState, err error) {
	s.Now = tx.Now()
	last, err := record.Latest(tx, "", "", 1)
	if err != nil {
		return s, err
	}
	for _, e := range last {
		s.Last = e.At
	}
	rows, err := readTime.Slice(tx, timeRow{ID: 1})
	if err != nil {
		return s, err
	}
	s.row = timeRow{ID: 1, SeenAt: s.Last}
	for _, r := range rows {
		s.row, s.Seen = r, r.SeenAt
	}
	at := func(t time.Time) string { return t.In(calendar.China).Format("2006-01-02 15:04") }
	switch latest := s.latest(); {
	case !s.row.SeenAt.IsZero() && s.Now.Sub(s.row.SeenAt) > maxAhead:
		s.Wrong = fault.New(fault.Conflict,
			"这台机器的时间是 %[1]s，上一次看到的是 %[2]s，差了 %[3]d 天：到期的事和通知先停下，什么也不自动办。时间错了就改正；没有错（比如停机很久）就请管理员运行 xiadu time --confirm",
			"the time of this machine is %[1]s, and was %[2]s when it was seen last, %[3]d days before: what is due by time and notices wait. Put the time right; if it is (the site was off for long), an operator runs: xiadu time --confirm",
			at(s.Now), at(s.row.SeenAt), int(s.Now.Sub(s.row.SeenAt).Hours()/24))
	case latest.After(s.Now.Add(maxBehind)):
		s.Wrong = fault.New(fault.Conflict,
			"这台机器的时间是 %[1]s，可是 %[2]s 的事已经记下了：到期的事和通知先停下。时间错了就改正；是之前的时间错了，就请管理员运行 xiadu time --confirm，办件就能接着办",
			"the time of this machine is %[1]s, and something is recorded of %[2]s: what is due by time and notices wait. Put the time right; if it is and was wrong before, an operator runs: xiadu time --confirm, and cases go on",
			at(s.Now), at(latest))
	}
	return s, nil
}

// latest is what was seen or recorded last, but for what bears a wrong time.
func (s TimeState) latest() time.Time {
	if s.Last.After(s.row.SeenAt) && !s.row.wrong(s.Last) {
		return s.Last
	}
	return s.row.SeenAt
}

func (r timeRow) wrong(t time.Time) bool { return t.After(r.WrongFrom) && !t.After(r.WrongTill) }

// SeeTime notes how far time has come, before something is done by it. A time that cannot be is a fault.Conflict, and
// nothing is noted; with trust any is, as in a demo.
func SeeTime(tx *db.Tx, trust bool) error {
	s, err := TimeOf(tx)
	switch {
	case err != nil:
		return err
	case s.Wrong != nil && !trust:
		return s.Wrong
	case s.Wrong != nil:
		return s.settle(tx)
	case s.Seen.IsZero() || s.Now.Sub(s.Seen) >= seenEvery:
		s.row.SeenAt = s.Now
		_, err = writeTime.Exec(tx, s.row)
	}
	return err
}

// ConfirmTime is an operator's word that the machine's time is right now. What was recorded as of later bears a wrong time from
// then on, and cases go on behind it. It returns false where nothing was to be confirmed.
func ConfirmTime(tx *db.Tx) (bool, error) {
	s, err := TimeOf(tx)
	if err != nil || s.Wrong == nil {
		return false, err
	}
	if err := s.settle(tx); err != nil {
		return false, err
	}
	return true, record.Append(tx, "program", timeConfirmed{Was: s.latest().UTC().Format(time.RFC3339), Now: s.Now.UTC().Format(time.RFC3339)})
}

func (s TimeState) settle(tx *db.Tx) error {
	if latest := s.latest(); latest.After(s.Now) {
		s.row.WrongFrom = s.Now
		if latest.After(s.row.WrongTill) {
			s.row.WrongTill = latest
		}
	}
	s.row.SeenAt = s.Now
	_, err := writeTime.Exec(tx, s.row)
	return err
}

// behind marks an event that comes, by the machine's time, before what its clock has recorded, if an operator has said that
// that time was wrong.
func (k clockRow) behind(tx *db.Tx, e clock.Event) (clock.Event, error) {
	_, events, err := k.list()
	if err != nil || len(events) == 0 {
		return e, err
	}
	last := events[len(events)-1].Recorded
	if !e.Recorded.Before(last) {
		return e, nil
	}
	rows, err := readTime.Slice(tx, timeRow{ID: 1})
	for _, r := range rows {
		e.Back = r.wrong(last)
	}
	return e, err
}

// timeConfirmed is that an operator said that the machine's time is right.
type timeConfirmed struct {
	Was string `json:"was"` // seen or recorded last
	Now string `json:"now"`
}

func (timeConfirmed) Kind() string    { return "casework.time-confirmed" }
func (timeConfirmed) Subject() string { return "time" }
