// Package event is a contest as it is announced: its code and title, the approval that it rests on, and its rule.
//
//	e, err := events.Begin(ctx, who, event.New{Code: "hall-2026", Title: "…", Rule: file})
//	e, err = event.Read(tx, "hall-2026")
//
// The rule's hash goes into the log when the contest begins, and again whenever the rule becomes another, which it may until the
// first run is called in the hall. From then on only voiding all sheets gives a contest another rule.
//
// Two numbers tell who watches that something is new: Board grows with what the public may see, Pulse with what the hall may.
// Both are raised in the transaction that changes it ([Changed]).
//
// Tables owned: contest_event.
package event

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
)

// Event is a contest as it stands.
type Event struct {
	Code      string
	Title     string
	Approval  string
	Cycle     string
	Office    string
	Division  gb.Division
	Rule      rule.File
	RuleHash  string
	RuleEntry string
	State     contest.State
	Rehearsal bool
	Until     *time.Time
	Board     int64
	Pulse     int64
	Frozen    bool
	Why       string // it was cancelled
	Version   int64
	MadeAt    time.Time
}

// Place is where rights for it are asked.
func (e *Event) Place() right.Place { return right.Place{Division: e.Division} }

type row struct {
	Code      string     `db:"code"`
	Title     string     `db:"title"`
	Approval  string     `db:"approval"`
	Cycle     string     `db:"cycle"`
	Office    string     `db:"office"`
	Division  string     `db:"division"`
	Rule      string     `db:"rule"`
	RuleHash  string     `db:"rule_hash"`
	RuleEntry string     `db:"rule_entry"`
	State     string     `db:"state"`
	Rehearsal bool       `db:"rehearsal"`
	UntilAt   *time.Time `db:"until_at"`
	Board     int64      `db:"board"`
	Pulse     int64      `db:"pulse"`
	Frozen    bool       `db:"frozen"`
	Why       string     `db:"why"`
	Version   int64      `db:"version"`
	MadeAt    time.Time  `db:"made_at"`
}

type page struct {
	Before time.Time `db:"made_at"`
	Code   string    `db:"code"`
	Limit  int       `db:"lim"`
}

var (
	insert = db.Declare[row, db.None](`
		INSERT INTO contest_event (code, title, approval, cycle, office, division, rule, rule_hash, rule_entry, state, rehearsal, until_at, board, pulse, frozen, why, version, made_at)
		VALUES (:code, :title, :approval, :cycle, :office, :division, :rule, :rule_hash, :rule_entry, :state, :rehearsal, :until_at, :board, :pulse, :frozen, :why, :version, :made_at)`)
	byCode = db.Declare[string, row](`SELECT /*cols*/ FROM contest_event WHERE code = :code`)
	listed = db.Declare[page, row](`
		SELECT /*cols*/ FROM contest_event WHERE (made_at < :made_at OR made_at = :made_at AND code < :code)
		ORDER BY made_at DESC, code DESC LIMIT :lim`)
	write = db.Declare[row, int64](`
		UPDATE contest_event SET title = :title, approval = :approval, cycle = :cycle, rule = :rule, rule_hash = :rule_hash, rule_entry = :rule_entry, state = :state,
			until_at = :until_at, frozen = :frozen, why = :why, version = version + 1
		WHERE code = :code AND version = :version RETURNING version`)
	boards = db.Declare[[]string, numbered](`SELECT code, board FROM contest_event WHERE code IN :codes`)
	raise  = db.Declare[raising, db.None](`UPDATE contest_event SET board = board + :board, pulse = pulse + 1 WHERE code = :code`)
)

var countAll = db.Declare[db.None, int](`SELECT COUNT(*) AS n FROM contest_event`)

// Count is how many contests there are.
func Count(tx *db.Tx) (int, error) { return countAll.One(tx, db.None{}) }

type raising struct {
	Code  string `db:"code"`
	Board int64  `db:"board"`
}

func (r row) event() (e Event, err error) {
	e = Event{
		Code: r.Code, Title: r.Title, Approval: r.Approval, Cycle: r.Cycle, Office: r.Office, RuleHash: r.RuleHash, RuleEntry: r.RuleEntry, State: contest.State(r.State),
		Rehearsal: r.Rehearsal, Until: r.UntilAt, Board: r.Board, Pulse: r.Pulse, Frozen: r.Frozen, Why: r.Why, Version: r.Version, MadeAt: r.MadeAt,
	}
	if e.Division, err = gb.Parse(r.Division); err != nil {
		return e, fmt.Errorf("contest %s: %w", r.Code, err)
	}
	if err := json.Unmarshal([]byte(r.Rule), &e.Rule); err != nil {
		return e, fmt.Errorf("contest %s: %w", r.Code, err)
	}
	return e, nil
}

func (e *Event) row() (row, error) {
	text, err := json.Marshal(e.Rule)
	return row{
		Code: e.Code, Title: e.Title, Approval: e.Approval, Cycle: e.Cycle, Office: e.Office, Division: e.Division.Code(), Rule: string(text), RuleHash: e.RuleHash, RuleEntry: e.RuleEntry, State: string(e.State),
		Rehearsal: e.Rehearsal, UntilAt: e.Until, Board: e.Board, Pulse: e.Pulse, Frozen: e.Frozen, Why: e.Why, Version: e.Version, MadeAt: e.MadeAt,
	}, err
}

// Read returns a contest, or a fault.NotFound.
func Read(tx *db.Tx, code string) (Event, error) {
	rows, err := byCode.Slice(tx, code)
	if err != nil {
		return Event{}, err
	}
	if len(rows) == 0 {
		return Event{}, fault.New(fault.NotFound, "没有编号为“%s”的评审", "there is no contest %q", lang.Short(code))
	}
	return rows[0].event()
}

// Write changes a contest that nobody else has changed since it was read.
func (e *Event) Write(tx *db.Tx) error {
	r, err := e.row()
	if err != nil {
		return err
	}
	versions, err := write.Slice(tx, r)
	if err != nil {
		return err
	}
	if len(versions) == 0 {
		return fault.New(fault.Conflict, "这个评审刚刚被别人改过。请看一眼现在的样子，再改一次。", "Somebody has just changed this contest. Look at it as it is now, and change it again.")
	}
	e.Version = versions[0]
	return nil
}

// Changed tells who watches that something is new: to the hall, and where public is true to everybody.
func Changed(tx *db.Tx, code string, public bool) error {
	r := raising{Code: code}
	if public {
		r.Board = 1
	}
	_, err := raise.Exec(tx, r)
	return err
}

type numbered struct {
	Code  string `db:"code"`
	Board int64  `db:"board"`
}

// Boards are the numbers of contests that grow with what the public may see, by their codes.
func Boards(tx *db.Tx, codes []string) (map[string]int64, error) {
	rows, err := boards.Slice(tx, codes)
	all := make(map[string]int64, len(rows))
	for _, r := range rows {
		all[r.Code] = r.Board
	}
	return all, err
}

// Events are those of a site.
type Events struct{ db *db.DB }

// In returns those of a database.
func In(d *db.DB) *Events { return &Events{d} }

// Get returns a contest, or a fault.NotFound.
func (s *Events) Get(ctx context.Context, code string) (e Event, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { e, err = Read(tx, code); return err })
	return e, err
}

// From is where a list goes on: behind a contest.
type From struct {
	MadeAt time.Time
	Code   string
}

// farAhead is behind every contest that there is.
var farAhead = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// List lists contests, the newest first, behind one.
func (s *Events) List(ctx context.Context, behind From, limit int) (all []Event, err error) {
	if behind.MadeAt.IsZero() {
		behind.MadeAt = farAhead
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := listed.Slice(tx, page{Before: behind.MadeAt, Code: behind.Code, Limit: limit})
		if err != nil {
			return err
		}
		all = make([]Event, len(rows))
		for i, r := range rows {
			if all[i], err = r.event(); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}

// New is a contest to be.
type New struct {
	Code, Title, Approval, Cycle string
	Office                       string
	Division                     gb.Division
	Rule                         rule.File
	Rehearsal                    bool
	Until                        *time.Time
}

// Begin begins a contest with its rule.
func (s *Events) Begin(ctx context.Context, who identity.Colleague, n New) (e Event, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error { e, err = Begin(tx, who, n); return err })
	return e, err
}

// Begin is Events.Begin within a transaction.
func Begin(tx *db.Tx, who identity.Colleague, n New) (e Event, err error) {
	by, err := who.Admit(tx, contest.Organise, right.Place{Division: n.Division})
	if err != nil {
		return e, err
	}
	if err := n.check(); err != nil {
		return e, err
	}
	if there, err := byCode.Slice(tx, n.Code); err != nil || len(there) > 0 {
		if err == nil {
			err = fault.At("code", fault.New(fault.Conflict, "编号“%s”已经用过，请换一个", "the code %q is taken; choose another", n.Code))
		}
		return e, err
	}
	e = Event{
		Code: n.Code, Title: strings.TrimSpace(n.Title), Approval: strings.TrimSpace(n.Approval), Cycle: strings.TrimSpace(n.Cycle), Office: n.Office, Division: n.Division,
		Rule: n.Rule, RuleHash: n.Rule.Rule.Hash(), State: contest.Prepared, Rehearsal: n.Rehearsal, Until: n.Until, Version: 1, MadeAt: tx.Now(),
	}
	if e.RuleEntry, err = record.AppendID(tx, by.Sign, begun{Contest: e.Code, Title: e.Title, Approval: e.Approval, Cycle: e.Cycle, Rule: e.RuleHash, Rehearsal: e.Rehearsal, person: by.Person}); err != nil {
		return e, err
	}
	r, err := e.row()
	if err != nil {
		return e, err
	}
	_, err = insert.Exec(tx, r)
	return e, err
}

// mostTitle bounds what a contest is called.
const mostTitle = 200

func (n *New) check() error {
	switch {
	case slices.Contains(contest.Reserved, n.Code):
		return fault.At("code", fault.New(fault.Invalid, "编号“%s”是网址里的一个页面，请换一个", "the code %q is a page of the site; choose another", n.Code))
	case !contest.Code.MatchString(n.Code):
		return fault.At("code", fault.New(fault.Invalid, "编号用 2 到 32 个小写字母、数字和短横，如 hall-2026", "a code has 2 to 32 small letters, digits and hyphens, as hall-2026"))
	case strings.TrimSpace(n.Title) == "" || len([]rune(n.Title)) > mostTitle:
		return fault.At("title", fault.New(fault.Invalid, "名称要写，最多 %d 个字", "a title has 1 to %d characters", mostTitle))
	case !n.Division.Valid():
		return fault.At("division", fault.New(fault.Invalid, "请选是哪个地区的评审", "choose the division of the contest"))
	case n.Office == "":
		return fault.At("office", fault.New(fault.Invalid, "请选承办单位", "choose the organisation that holds it"))
	}
	return n.Rule.Rule.Check()
}

// SetRule gives a contest another rule, until the first run is called.
func (s *Events) SetRule(ctx context.Context, who identity.Colleague, code string, seen int64, f rule.File) (e Event, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if e, err = Read(tx, code); err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Organise, e.Place())
		if err != nil {
			return err
		}
		if e.State.After(contest.Drawn) || e.State == contest.Cancelled {
			return fault.New(fault.Conflict, "已经开评，规则不能再改：改规则要先作废全部评分表，从头评起。", "Judging has begun, and the rule stands: another rule takes voiding every sheet, and judging begins anew.")
		}
		if err := f.Rule.Check(); err != nil {
			return err
		}
		e.Version, e.Rule = seen, f
		if hash := f.Rule.Hash(); hash != e.RuleHash {
			was := e.RuleHash
			e.RuleHash = hash
			if e.RuleEntry, err = record.AppendID(tx, by.Sign, ruleSet{Contest: e.Code, Rule: hash, Was: was, person: by.Person}); err != nil {
				return err
			}
		}
		return e.Write(tx)
	})
	return e, err
}

// Renew gives a contest whose judging begins anew its other rule.
func (e *Event) Renew(tx *db.Tx, by identity.Admitted, f rule.File) (err error) {
	was := e.RuleHash
	e.Rule, e.RuleHash, e.State = f, f.Rule.Hash(), contest.Drawn
	if e.RuleEntry, err = record.AppendID(tx, by.Sign, ruleSet{Contest: e.Code, Rule: e.RuleHash, Was: was, person: by.Person}); err != nil {
		return err
	}
	return e.Write(tx)
}
