package casework

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/fault"
)

type clockRow struct {
	Case        string     `db:"case_id"`
	Life        int        `db:"life"`
	Name        string     `db:"name"`
	N           int        `db:"n"`
	Rule        string     `db:"rule"`
	Events      string     `db:"events"`
	Running     bool       `db:"running"`
	DueAt       *time.Time `db:"due_at"`
	Provisional bool       `db:"provisional"`
	Calendar    string     `db:"calendar"`
	HandedAt    *time.Time `db:"handed_at"`
}

type namedClock struct {
	Case string `db:"case_id"`
	Life int    `db:"life"`
	Name string `db:"name"`
}

var (
	insertClock = db.Declare[clockRow, db.None](`
		INSERT INTO casework_clock (case_id, life, name, n, rule, events, running, due_at, provisional, calendar, handed_at)
		VALUES (:case_id, :life, :name, :n, :rule, :events, :running, :due_at, :provisional, :calendar, :handed_at)`)
	writeClock = db.Declare[clockRow, db.None](`
		UPDATE casework_clock SET events = :events, running = :running, due_at = :due_at, provisional = :provisional, calendar = :calendar, handed_at = :handed_at
		WHERE case_id = :case_id AND life = :life AND name = :name AND n = :n`)
	newestClock = db.Declare[namedClock, clockRow](`
		SELECT /*cols*/ FROM casework_clock WHERE case_id = :case_id AND life = :life AND name = :name ORDER BY n DESC LIMIT 1`)
	clocksOf = db.Declare[string, clockRow](`
		SELECT /*cols*/ FROM casework_clock WHERE case_id = :case_id ORDER BY life, name, n`)
)

// lastClock is the clock of a name in this life, as it was started last.
func lastClock(tx *db.Tx, c Case, name string) (clockRow, bool, error) {
	if c.began != nil {
		i := slices.IndexFunc(c.began.clocks, func(k clockRow) bool { return k.Name == name })
		if i < 0 {
			return clockRow{}, false, nil
		}
		return c.began.clocks[i], true, nil
	}
	rows, err := newestClock.Slice(tx, namedClock{c.ID, c.Life, name})
	if err != nil || len(rows) == 0 {
		return clockRow{}, false, err
	}
	return rows[0], true, nil
}

func (k clockRow) list() (rule clock.Rule, events []clock.Event, err error) {
	if err := json.Unmarshal([]byte(k.Rule), &rule); err != nil {
		return rule, nil, fmt.Errorf("casework: rule of %s in %s: %w", k.Name, k.Case, err)
	}
	if err := json.Unmarshal([]byte(k.Events), &events); err != nil {
		return rule, nil, fmt.Errorf("casework: events of %s in %s: %w", k.Name, k.Case, err)
	}
	return rule, events, nil
}

func (k clockRow) reckon(office clock.Office) (clock.Reckoning, error) {
	rule, events, err := k.list()
	if err != nil {
		return clock.Reckoning{}, err
	}
	return clock.Reckon(rule, events, office)
}

// maxEvents bounds a list: a clock that is turned more often is no clock.
const maxEvents = 200

// take adds an event to a clock and reckons it anew.
func (k clockRow) take(tx *db.Tx, e clock.Event, office clock.Office) (clockRow, clock.Reckoning, error) {
	e, err := k.behind(tx, e)
	if err != nil {
		return k, clock.Reckoning{}, err
	}
	rule, events, err := k.list()
	if err != nil {
		return k, clock.Reckoning{}, err
	}
	if len(events) >= maxEvents {
		return k, clock.Reckoning{}, fault.New(fault.Conflict, "这个期限已经变动了 %d 次，不能再变。", "This period has been changed %d times, and no more.", maxEvents)
	}
	events = append(events, e)
	r, err := clock.Reckon(rule, events, office)
	if err != nil {
		return k, r, err
	}
	k.Running = e.Kind != clock.Met && e.Kind != clock.Ended
	return k.reckoned(r, events)
}

// reckoned writes down what was reckoned.
func (k clockRow) reckoned(r clock.Reckoning, events []clock.Event) (clockRow, clock.Reckoning, error) {
	text, err := json.Marshal(events)
	if err != nil {
		return k, r, fmt.Errorf("casework: %w", err)
	}
	k.Events, k.Provisional, k.Calendar = string(text), len(r.Provisional)+len(r.Before) > 0, strings.Join(r.Calendar, " ")
	due := k.DueAt
	k.DueAt = nil
	if !r.Due.IsZero() {
		at := r.Due.UTC()
		k.DueAt = &at
	}
	if due == nil || k.DueAt == nil || !due.Equal(*k.DueAt) {
		k.HandedAt = nil // it may run out again, at another time
	}
	return k, r, nil
}

// start starts clocks, each under the rule that the step brings for it.
func (b *Book) start(tx *db.Tx, c Case, s Step, names []string) error {
	now := b.now(tx)
	for _, name := range names {
		rule, ok := s.Rules[name]
		if !ok {
			return fmt.Errorf("casework: the step %q of %s brings no rule for the clock %q", s.Move, c.Code, name)
		}
		last, again, err := lastClock(tx, c, name)
		if err != nil {
			return err
		}
		k := clockRow{Case: c.ID, Life: c.Life, Name: name, N: 1}
		if again {
			if last.Running {
				return fmt.Errorf("casework: the clock %q of %s is running already", name, c.Code)
			}
			k.N = last.N + 1
		}
		text, err := json.Marshal(rule)
		if err != nil {
			return fmt.Errorf("casework: %w", err)
		}
		k.Rule, k.Events = string(text), "[]"
		k, _, err = k.take(tx, clock.Event{Kind: clock.Started, Happened: s.happened(now), Recorded: now, Device: s.Device}, b.office)
		if err != nil {
			return err
		}
		if err := insertClock.Later(tx, k); err != nil {
			return err
		}
		if c.began != nil {
			c.began.clocks = append(c.began.clocks, k)
		}
	}
	return nil
}

func (s Step) happened(now time.Time) time.Time {
	if s.Happened.IsZero() {
		return now
	}
	return s.Happened
}

// stop ends the clocks that a move meets or makes needless; where a case begins again, all
// that its former life had.
func (b *Book) stop(tx *db.Tx, c Case, m process.Move, s Step) error {
	rows, err := clocksOf.Slice(tx, c.ID)
	if err != nil {
		return err
	}
	now := b.now(tx)
	for _, k := range rows {
		kind := clock.Ended
		switch {
		case !k.Running:
			continue
		case slices.Contains(m.Meets, k.Name):
			kind = clock.Met
		case !slices.Contains(m.Ends, k.Name) && k.Life == c.Life:
			continue
		}
		k, _, err = k.take(tx, clock.Event{Kind: kind, Happened: s.happened(now), Recorded: now, Device: s.Device}, b.office)
		if err != nil {
			return err
		}
		if _, err := writeClock.Exec(tx, k); err != nil {
			return err
		}
	}
	return nil
}

// Turn is what happens to a clock of a case without a move: a pause, its end, an extension, another
// rule, a correction.
type Turn struct {
	Case  string
	Seen  int
	Clock string
	Act   string
	After string
	By    []Person
	Event clock.Event // Recorded is the transaction's
	Why   string      // in words
}

// turned is a turn as a step keeps it.
type turned struct {
	Clock string     `json:"clock"`
	Kind  clock.Kind `json:"kind"`
}

// Turn turns a clock, and returns when it is due now. What cannot be is a fault of package
// clock; started, met and ended are for moves alone.
func (b *Book) Turn(tx *db.Tx, t Turn) (Case, clock.Reckoning, error) {
	none := clock.Reckoning{}
	c, p, err := b.seen(tx, t.Case, t.Seen, t.After)
	if err != nil {
		return c, none, err
	}
	if k := t.Event.Kind; k == clock.Started || k == clock.Met || k == clock.Ended || len(t.By) == 0 {
		return c, none, fmt.Errorf("casework: turning %q of %s with %q", t.Clock, c.Code, k)
	}
	if err := b.Absences.hold(tx, t.By); err != nil {
		return c, none, err
	}
	k, ok, err := lastClock(tx, c, t.Clock)
	if err != nil {
		return c, none, err
	}
	if !ok || !k.Running {
		return c, none, fault.New(fault.Conflict, "“%[1]s”没有正在计算的期限“%[2]s”。", "%[1]q has no period %[2]q under way.", c.Code, t.Clock)
	}
	now := b.now(tx)
	t.Event.Recorded = now
	if t.Event.Happened.IsZero() {
		t.Event.Happened = now
	}
	if t.Event.Kind == clock.Paused || t.Event.Kind == clock.Resumed || t.Event.Kind == clock.Extended {
		t.Event.Why = t.Why // which its explanation tells
	}
	k, r, err := k.take(tx, t.Event, b.office)
	if err != nil {
		return c, none, err
	}
	if _, err := writeClock.Exec(tx, k); err != nil {
		return c, none, err
	}
	c.Version, c.ChangedAt = c.Version+1, now
	if err := c.write(tx); err != nil {
		return c, none, err
	}
	s := Step{Move: turn, Act: t.Act, Happened: t.Event.Happened}
	if err := b.keep(tx, c, c.Stage, s, stepWhat{By: t.By, Reason: t.Why, Turn: &turned{t.Clock, t.Event.Kind}}); err != nil {
		return c, none, err
	}
	return c, r, b.owe(tx, p, c)
}

// Clock is a clock of a case, with each day of it.
type Clock struct {
	Name    string
	Life    int
	N       int // which of that name in that life
	Running bool
	Events  []clock.Event
	clock.Reckoning
}

// Clocks returns all clocks of a case.
func (b *Book) Clocks(tx *db.Tx, id string) ([]Clock, error) {
	rows, err := clocksOf.Slice(tx, id)
	if err != nil {
		return nil, err
	}
	all := make([]Clock, len(rows))
	for i, k := range rows {
		rule, events, err := k.list()
		if err != nil {
			return nil, err
		}
		r, err := clock.Reckon(rule, events, b.office)
		if err != nil {
			return nil, err
		}
		all[i] = Clock{k.Name, k.Life, k.N, k.Running, events, r}
	}
	return all, nil
}

// Due returns when a case is due by the clock of its stage; nil where that has none, or it
// stands still.
func (b *Book) Due(tx *db.Tx, c Case) (*time.Time, error) {
	p := b.processes[c.Process]
	if p == nil {
		return nil, fmt.Errorf("casework: no process %q", c.Process)
	}
	stage, _ := p.Stage(c.Stage)
	if stage.Clock == "" {
		return nil, nil //nolint:nilnil // nothing runs, and that is no error
	}
	k, ok, err := lastClock(tx, c, stage.Clock)
	if err != nil || !ok || !k.Running {
		return nil, err
	}
	return k.DueAt, nil
}
