package main

import (
	"context"
	"fmt"
	"path/filepath"
	"testing/fstest"

	"golang.org/x/sync/errgroup"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// locksEntry measures how many sheets a hall seals a second: nine judges at once, each lock a use case that is durable before it is
// answered. The peer is what a lock has to leave behind and nothing else: the rows of the sheets, of their entries of the record and of
// what is sealed in them, in tables with the same indices, a transaction a sheet, committed by the same group commit. Proven: each entry
// can be closed, which takes a sheet of every seat.
func locksEntry() Entry {
	return Entry{
		Name: "contest-locks", Unit: "sheets/s", Peer: "the rows alone", Must: 0.4, Stretch: 0.6,
		Run: func(ctx context.Context) (f Figures, err error) {
			err = withDatabases(ctx, db.SQLite, func(dir string, ours, bare *db.DB) error {
				b, err := newLockBench(ctx, dir, ours, bare)
				if err == nil {
					f, err = b.measure(ctx)
				}
				return err
			})
			return f, err
		},
	}
}

const (
	lockJudges  = 9
	lockEntries = 55
	lockRounds  = 9
)

// bareSchema has what a lock writes, without what it is written for.
var bareSchema = db.Schema{Owner: "bare", FS: fstest.MapFS{"0001_sheet.sql": {Data: []byte(`-- +goose Up
CREATE TABLE bare_sheet (
	id TEXT PRIMARY KEY, contest TEXT NOT NULL, part TEXT NOT NULL, entry TEXT NOT NULL, seat TEXT NOT NULL, version INTEGER NOT NULL, attempt INTEGER NOT NULL,
	state TEXT NOT NULL, opening TEXT NOT NULL, key_number INTEGER NOT NULL, commitment TEXT NOT NULL, lock_id TEXT NOT NULL, log_entry TEXT NOT NULL,
	reason TEXT NOT NULL, asked_by TEXT NOT NULL, by TEXT NOT NULL, at TIMESTAMP NOT NULL, UNIQUE (contest, part, entry, seat, version)
);
CREATE TABLE bare_entry (
	id TEXT PRIMARY KEY, at TIMESTAMP NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, actor TEXT NOT NULL, public TEXT NOT NULL, commitment TEXT NOT NULL
);
CREATE INDEX bare_entry_subject ON bare_entry (subject, id);
CREATE INDEX bare_entry_kind ON bare_entry (kind, id);
CREATE TABLE bare_private (id TEXT PRIMARY KEY, salt TEXT NOT NULL, payload TEXT NOT NULL, person TEXT NOT NULL, key_number INTEGER NOT NULL);
CREATE INDEX bare_private_person ON bare_private (person);
CREATE INDEX bare_private_key ON bare_private (key_number, id);
`)}}}

// bareSealed is what is sealed in an entry.
type bareSealed struct {
	ID      string `db:"id"`
	Salt    string `db:"salt"`
	Payload string `db:"payload"`
	Person  string `db:"person"`
	Key     int    `db:"key_number"`
}

var (
	lockSheets      = db.Declare[string, hall.Sheet](`SELECT /*cols*/ FROM contest_sheet WHERE contest = :contest ORDER BY entry, part, seat, version`)
	lockPrivates    = db.Declare[string, bareSealed](`SELECT /*cols*/ FROM record_private WHERE id = :id`)
	insertBareSheet = db.Declare[hall.Sheet, db.None](`
		INSERT INTO bare_sheet (id, contest, part, entry, seat, version, attempt, state, opening, key_number, commitment, lock_id, log_entry, reason, asked_by, by, at)
		VALUES (:id, :contest, :part, :entry, :seat, :version, :attempt, :state, :opening, :key_number, :commitment, :lock_id, :log_entry, :reason, :asked_by, :by, :at)`)
	insertBareEntry = db.Declare[record.Item, db.None](`
		INSERT INTO bare_entry (id, at, kind, subject, actor, public, commitment) VALUES (:id, :at, :kind, :subject, :actor, :public, :commitment)`)
	insertBarePrivate = db.Declare[bareSealed, db.None](`INSERT INTO bare_private (id, salt, payload, person, key_number) VALUES (:id, :salt, :payload, :person, :key_number)`)
)

// bareRows are the rows of one lock.
type bareRows struct {
	sheet   hall.Sheet
	entry   record.Item
	private bareSealed
}

type lockBench struct {
	ours, bare        *db.DB
	events            *event.Events
	seats             *seat.Seats
	halls             *hall.Halls
	home              gb.Division
	rule              rule.File
	numbers           []string
	organiser, keeper identity.Colleague
	supervisor, host  identity.Colleague // of a hall that reveals
	people            *identity.Service
	judges            []identity.Colleague
	contests          int
	made              []bareRows // by the last round
}

// lockRule is that of a hall: five are heard before any sheet is sealed.
const lockRule = `{"about":{},"rule":{"format":"xiadu rule 1","calibrate":5,"stages":[{"key":"final","of":"10","round":{"places":2,"mode":"half-up"},"parts":[{"key":"show","weight":"1","of":"10",
"judged":{"criteria":[{"key":"new","weight":"0.4","from":"0","to":"10","step":"0.1"},{"key":"use","weight":"0.35","from":"0","to":"10","step":"0.1"},{"key":"told","weight":"0.25","from":"0","to":"10","step":"0.1"}],
"across":"sheets","combine":"mean","trim":[{"from":1,"low":0,"high":0},{"from":5,"low":1,"high":1}]}}]}],"order":{"ranking":"competition","where":"all"}}}`

func newLockBench(ctx context.Context, dir string, ours, bare *db.DB) (*lockBench, error) {
	if err := ours.Migrate(ctx, record.Schema, identity.Schema, contest.Schema); err != nil {
		return nil, err
	}
	if err := bare.Migrate(ctx, bareSchema); err != nil {
		return nil, err
	}
	people, err := identity.Open(ctx, ours, identity.Options{
		Catalogue: right.NewCatalogue(right.People, contest.Rights), Policy: identity.Plain, KeyFile: filepath.Join(dir, "people.key"),
	})
	if err != nil {
		return nil, err
	}
	b := &lockBench{ours: ours, bare: bare, people: people, events: event.In(ours), seats: seat.In(ours)}
	b.halls = hall.In(ours, b.facts)
	for i := range lockEntries {
		b.numbers = append(b.numbers, fmt.Sprintf("%02d", i+1))
	}
	if b.home, err = gb.Parse("630100"); err != nil {
		return nil, err
	}
	if b.rule, err = rule.Read([]byte(lockRule)); err != nil {
		return nil, err
	}
	member := func(login, role string) identity.Member {
		return identity.Member{Login: login, Somebody: identity.Somebody{Name: "某"}, Roles: []identity.Giving{{Role: role, Scope: right.Scope{Division: b.home}}}}
	}
	all := []identity.Member{member("organiser", "contest.organiser"), member("keeper", "contest.scorekeeper"), member("supervisor", "contest.supervisor"), member("host", "contest.host")}
	for j := range lockJudges {
		all = append(all, member(fmt.Sprintf("judge%d", j), "contest.judge"))
	}
	if err := people.Cast.Make(ctx, nil, all...); err != nil {
		return nil, err
	}
	for _, m := range all {
		who, err := enter(ctx, people, m.Login)
		if err != nil {
			return nil, err
		}
		switch m.Login {
		case "organiser":
			b.organiser = who
		case "keeper":
			b.keeper = who
		case "supervisor":
			b.supervisor = who
		case "host":
			b.host = who
		default:
			b.judges = append(b.judges, who)
		}
	}
	return b, nil
}

// facts are the entries.
func (b *lockBench) facts(*db.Tx, string) (all []mark.Entry, err error) {
	for _, n := range b.numbers {
		all = append(all, mark.Entry{Key: n})
	}
	return all, nil
}

// begin begins a contest of which everything is heard, and returns the sheets that are to be sealed, by judge.
func (b *lockBench) begin(ctx context.Context) (locks [lockJudges][]hall.Lock, err error) {
	b.contests++
	code := fmt.Sprintf("hall-%d", b.contests)
	e, err := b.events.Begin(ctx, b.organiser, event.New{Code: code, Title: "现场评审", Office: "office", Division: b.home, Rule: b.rule})
	if err != nil {
		return locks, err
	}
	for j, judge := range b.judges {
		key, device := fmt.Sprintf("j%d", j+1), fmt.Sprintf("00000000-0000-4000-8000-%012d", j)
		if err := b.seats.Give(ctx, b.organiser, code, key, judge.Person); err != nil {
			return locks, err
		}
		if _, err := b.seats.Beat(ctx, judge, seat.Beat{Contest: code, Device: device}); err != nil {
			return locks, err
		}
		for i, n := range b.numbers {
			o := seal.Opening{
				Contest: code, Rule: e.RuleHash, Entry: n, Part: "show", Seat: key, Version: 1, Salt: seal.Salt(), By: seal.Device,
				Marks: map[string]string{"new": fmt.Sprintf("8.%d", i%10), "use": fmt.Sprintf("9.%d", j), "told": "7.5"},
			}
			at := hall.At{Contest: code, Part: "show", Entry: n, Attempt: 1}
			locks[j] = append(locks[j], hall.Lock{At: at, Marks: o.Marks, Salt: o.Salt, Commitment: o.Commitment(), LockID: o.Salt[:32], Device: device})
		}
	}
	err = b.ours.Update(ctx, func(tx *db.Tx) error {
		by, err := b.organiser.Admit(tx, contest.Organise, e.Place())
		if err != nil {
			return err
		}
		return hall.LineUp(tx, b.facts, by, hall.Lineup{Contest: code, Part: "show", Order: b.numbers, Limit: 480, Warn: 30})
	})
	if err != nil {
		return locks, err
	}
	for _, l := range locks[0] {
		for _, do := range []func(context.Context, identity.Colleague, hall.At) error{b.halls.Call, b.halls.Start, b.halls.Stop} {
			if err := do(ctx, b.keeper, l.At); err != nil {
				return locks, err
			}
		}
	}
	return locks, nil
}

func (b *lockBench) measure(ctx context.Context) (Figures, error) {
	const sheets = lockJudges * lockEntries
	ours := func() (float64, error) {
		locks, err := b.begin(ctx)
		if err != nil {
			return 0, err
		}
		took, err := seconds(wall, func() error {
			return together(func(j int) error {
				for _, l := range locks[j] {
					if r, err := b.halls.Lock(ctx, b.judges[j], l); err != nil || r.Again {
						return fmt.Errorf("%s of j%d, again %v: %w", l.Entry, j+1, r.Again, err)
					}
				}
				return nil
			})
		})
		if err == nil {
			err = b.proven(ctx, locks[0])
		}
		return sheets / took, err
	}
	peer := func() (float64, error) {
		took, err := seconds(wall, func() error {
			return together(func(j int) error {
				for i := j; i < len(b.made); i += lockJudges {
					if err := b.insert(ctx, &b.made[i]); err != nil {
						return err
					}
				}
				return nil
			})
		})
		return sheets / took, err
	}
	f, err := interleave(ctx, lockRounds, ours, peer)
	f.Note = fmt.Sprintf("%d entries, %d judges at once, SQLite, other work on the machine; every seat of every entry sealed", lockEntries, lockJudges)
	return f, err
}

func together(judge func(j int) error) error {
	var g errgroup.Group
	for j := range lockJudges {
		g.Go(fault.Safely(func() error { return judge(j) }))
	}
	return g.Wait()
}

func (b *lockBench) insert(ctx context.Context, r *bareRows) error {
	return b.bare.Update(ctx, func(tx *db.Tx) error {
		if _, err := insertBareSheet.Exec(tx, r.sheet); err != nil {
			return err
		}
		if _, err := insertBareEntry.Exec(tx, r.entry); err != nil {
			return err
		}
		_, err := insertBarePrivate.Exec(tx, r.private)
		return err
	})
}

// proven closes each entry, and keeps the rows of the round.
func (b *lockBench) proven(ctx context.Context, locks []hall.Lock) error {
	for _, l := range locks {
		if err := b.halls.Close(ctx, b.keeper, l.At); err != nil {
			return err
		}
	}
	b.made = b.made[:0]
	return b.ours.View(ctx, func(tx *db.Tx) error {
		sheets, err := lockSheets.Slice(tx, locks[0].Contest)
		if err != nil {
			return err
		}
		for _, s := range sheets {
			r := bareRows{sheet: s}
			if r.entry, err = record.ByID(tx, s.LogEntry); err != nil {
				return err
			}
			if r.private, err = lockPrivates.One(tx, s.LogEntry); err != nil {
				return err
			}
			b.made = append(b.made, r)
		}
		return nil
	})
}
