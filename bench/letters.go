package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// letterEntries measure a batch of letters from its table to what is kept: read, each sealed, opened as two cases
// with their clocks and duties, entered in the log, and compared with all that came before, beside the same rows inserted by
// the same means into tables with the same indices. Proven first: as many rows on both sides, and the letters that were
// told a second time are proposed as duplicates.
func letterEntries() (all []Entry) {
	for _, engine := range []string{db.SQLite, db.Postgres} {
		all = append(all, Entry{
			Name: "letters-import-" + engine, Unit: "letters/s", Peer: "the rows alone", Must: 0.2, Stretch: 0.5,
			Run: func(ctx context.Context) (f Figures, err error) {
				err = withDatabases(ctx, engine, func(dir string, ours, bare *db.DB) error {
					b, err := newLetterBench(ctx, dir, ours, bare)
					if err == nil {
						f, err = b.measure(ctx)
					}
					return err
				})
				return f, err
			},
		})
	}
	return all
}

const (
	lettersABatch = 5000
	retoldEach    = 25 // one of so many letters tells of what another did
	letterRounds  = 5
)

// withDatabases opens two databases of an engine, which are gone afterwards.
func withDatabases(ctx context.Context, engine string, f func(dir string, a, b *db.DB) error) (err error) {
	dir, err := os.MkdirTemp("", "xiadu-bench-cases-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	var both [2]*db.DB
	for i := range both {
		dsn := filepath.Join(dir, fmt.Sprintf("cases%d.db", i))
		if engine == db.Postgres {
			server, err := startPostgres(ctx, "plpgsql")
			if err != nil {
				return err
			}
			defer func() { _ = server.stop() }()
			dsn = server.dsn
		}
		if both[i], err = db.Open(ctx, dsn); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, both[i].Close()) }()
	}
	return f(dir, both[0], both[1])
}

type letterBench struct {
	ours, bare *db.DB
	intake     *intake.Intake
	home       gb.Division
	random     *rand.Rand
	batches    int
	made       letterRows // by the last import
}

func newLetterBench(ctx context.Context, dir string, ours, bare *db.DB) (*letterBench, error) {
	for _, d := range []*db.DB{ours, bare} {
		if err := d.Migrate(ctx, record.Schema, identity.Schema, evidence.Schema, casework.Schema, complaint.Schema); err != nil {
			return nil, err
		}
	}
	home, err := gb.Parse("630100")
	if err != nil {
		return nil, err
	}
	people, err := identity.Open(ctx, ours, identity.Options{
		Catalogue: right.NewCatalogue(right.People, complaint.Rights), Policy: identity.Plain, KeyFile: filepath.Join(dir, "people.key"),
	})
	if err != nil {
		return nil, err
	}
	office, err := people.Organisations.Add(ctx, identity.CommandLine, identity.Organising{Name: "督察整改办", Division: home})
	if err != nil {
		return nil, err
	}
	book, err := casework.New(casework.Options{Processes: complaint.Processes(), Outside: identity.Outside})
	if err != nil {
		return nil, err
	}
	today := calendar.DateOf(time.Now().In(calendar.China))
	_, err = campaign.In(ours).BeginHere(ctx, campaign.New{
		Code: "XN01", Name: "督察", Team: "第五督察组", Round: 3, Home: home, From: today, Until: today.Add(30), Preset: "city", Office: office,
	})
	album := func() (*evidence.Evidence, error) { return nil, errNotHere }
	return &letterBench{
		ours: ours, bare: bare, intake: intake.In(ours, book, problem.In(ours, book, album)), home: home,
		random: rand.New(rand.NewPCG(7, 8)), //nolint:gosec // the same letters in every run
	}, err
}

// table draws a batch as the inspectors hand it over.
func (b *letterBench) table() string {
	var w strings.Builder
	w.WriteString("受理编号,交办问题基本情况,行政区域,污染类型\n")
	kinds := []string{"大气", "水", "噪声", "固废、大气", "油烟"}
	last := ""
	for i := range lettersABatch {
		text := complaintText(b.random)
		if i%retoldEach == 1 {
			runes := []rune(last)
			text = "来电反映" + string(runes[len(runes)/6:])
		}
		last = text
		place := b.home.Children()[i%len(b.home.Children())].Name().ZH
		fmt.Fprintf(&w, "D3QH2026%02d%06d,%s,%s,%s\n", b.batches, i, text, place, kinds[i%len(kinds)])
	}
	return w.String()
}

func (b *letterBench) measure(ctx context.Context) (Figures, error) {
	ours := func() (float64, error) {
		b.batches++
		table := b.table()
		mark, err := uuid.NewV7()
		if err != nil {
			return 0, err
		}
		var o intake.Outcome
		took, err := seconds(wall, func() error {
			batch, err := intake.Read(ctx, strings.NewReader(table), intake.How{Home: b.home})
			if err != nil {
				return err
			}
			o, err = b.intake.ImportHere(ctx, intake.Upload{Campaign: "XN01", Batch: batch, File: []byte(table), Source: intake.Table})
			return err
		})
		if err != nil {
			return 0, err
		}
		if o.Added != lettersABatch || o.Questions < lettersABatch/retoldEach {
			return 0, fmt.Errorf("%d letters were taken in and %d questions asked: %w", o.Added, o.Questions, errors.New("letters or duplicates are missing"))
		}
		err = b.ours.View(ctx, func(tx *db.Tx) (err error) { b.made, err = readLetterRows(tx, mark.String()); return err })
		return lettersABatch / took, err
	}
	peer := func() (float64, error) {
		took, err := seconds(wall, func() error { return b.bare.Update(ctx, b.made.insert) })
		return lettersABatch / took, err
	}
	for _, warm := range []func() (float64, error){ours, peer} {
		if _, err := warm(); err != nil {
			return Figures{}, err
		}
	}
	f, err := interleave(ctx, letterRounds, ours, peer)
	f.Note = fmt.Sprintf("batches of %d letters, one in %d told twice; %d rows a batch, %d questions", lettersABatch, retoldEach, b.made.count(), len(b.made.questions))
	if err == nil {
		err = b.equal(ctx)
	}
	return f, err
}

// equal holds the last batch's rows on both sides against each other.
func (b *letterBench) equal(ctx context.Context) error {
	var there letterRows
	err := b.bare.View(ctx, func(tx *db.Tx) (err error) { there, err = readLetterRows(tx, b.made.mark); return err })
	if err == nil && (there.count() != b.made.count() || !slices.Equal(there.points, b.made.points) || !slices.Equal(there.steps, b.made.steps)) {
		err = fmt.Errorf("%d rows here, %d there: %w", b.made.count(), there.count(), errors.New("the rows differ"))
	}
	return err
}

// letterRows are the rows of a batch: ids grow, so that they are those behind a mark.
type letterRows struct {
	mark      string
	letters   []letter.Letter
	problems  []problem.Problem
	points    []letter.Point
	cases     []casework.Case
	steps     []benchStep
	clocks    []benchClock
	duties    []casework.Duty
	questions []intake.Question
	entries   []benchEntry
	privates  []benchPrivate
	leaves    []benchBatch
}

type (
	benchStep struct {
		Case     string    `db:"case_id"`
		Version  int       `db:"version"`
		Life     int       `db:"life"`
		Move     string    `db:"move"`
		From     string    `db:"from_stage"`
		To       string    `db:"to_stage"`
		What     string    `db:"what"`
		Happened time.Time `db:"happened"`
		Recorded time.Time `db:"recorded"`
		Act      string    `db:"act"`
	}
	benchClock struct {
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
	benchEntry struct {
		record.Item
		Batch string `db:"batch"`
	}
	benchPrivate struct {
		ID      string `db:"id"`
		Salt    string `db:"salt"`
		Payload string `db:"payload"`
		Person  string `db:"person"`
		Key     int    `db:"key_number"`
	}
	benchBatch struct {
		ID     string `db:"id"`
		Leaves []byte `db:"leaves"`
	}
)

// bareTable reads the rows of a table behind a mark, and inserts them.
type bareTable[R any] struct {
	read db.Query[string, R]
	put  db.Query[R, db.None]
}

func bareOf[R any](table, key, columns string) bareTable[R] {
	marks := ":" + strings.ReplaceAll(columns, ", ", ", :")
	return bareTable[R]{
		db.Declare[string, R]("SELECT /*cols*/ FROM " + table + " WHERE " + key + " > :mark ORDER BY " + key),
		db.Declare[R, db.None]("INSERT INTO " + table + " (" + columns + ") VALUES (" + marks + ")"),
	}
}

var (
	bareLetters = bareOf[letter.Letter]("complaint_letter", "id", `id, campaign, batch, place_in, code, code_key, code_batch, channel, key_item, region, division, kinds_text, kinds, original, key_number, digest, stage, due_at, lead, verdict, verdict_why, status, bulletin, entry, version, received_at, changed_at`)
	bareProblem = bareOf[problem.Problem]("complaint_problem", "id", `id, campaign, number, code, title, division, site, usc, lat, lon, kinds, key_item, letters, stage, due_at, lead, life, verdict, next_day, next_owes, merged_in, filed_at, accepted, version, opened_at, changed_at`)
	barePoints  = bareOf[letter.Point]("complaint_point", "letter", `letter, number, problem, division, kinds, verdict, what, key_number`)
	bareCases   = bareOf[casework.Case]("casework_case", "id", `id, process, code, division, parent, stage, life, version, lead, asker, opened_at, changed_at`)
	bareSteps   = bareOf[benchStep]("casework_step", "case_id", `case_id, version, life, move, from_stage, to_stage, what, happened, recorded, act`)
	bareClocks  = bareOf[benchClock]("casework_clock", "case_id", `case_id, life, name, n, rule, events, running, due_at, provisional, calendar, handed_at`)
	bareDuties  = bareOf[casework.Duty]("casework_duty", "case_id", `holder, case_id, name, division, asker, due_at, since`)
	bareAsked   = bareOf[intake.Question]("complaint_question", "id", `id, campaign, kind, letter, other, says, answer, asked_at, answer_by`)
	bareEntries = bareOf[benchEntry]("record_entry", "id", `id, at, kind, subject, actor, public, commitment, batch`)
	barePrivate = bareOf[benchPrivate]("record_private", "id", `id, salt, payload, person, key_number`)
	bareLeaves  = bareOf[benchBatch]("record_batch", "id", `id, leaves`)
)

func take[R any](tx *db.Tx, t bareTable[R], mark string, into *[]R, err *error) {
	if *err == nil {
		*into, *err = t.read.Slice(tx, mark)
	}
}

func put[R any](tx *db.Tx, t bareTable[R], rows []R, err *error) {
	if *err == nil {
		_, *err = t.put.ExecEach(tx, slices.Values(rows))
	}
}

func readLetterRows(tx *db.Tx, mark string) (r letterRows, err error) {
	r.mark = mark
	take(tx, bareLetters, mark, &r.letters, &err)
	take(tx, bareProblem, mark, &r.problems, &err)
	take(tx, barePoints, mark, &r.points, &err)
	take(tx, bareCases, mark, &r.cases, &err)
	take(tx, bareSteps, mark, &r.steps, &err)
	take(tx, bareClocks, mark, &r.clocks, &err)
	take(tx, bareDuties, mark, &r.duties, &err)
	take(tx, bareAsked, mark, &r.questions, &err)
	take(tx, bareEntries, mark, &r.entries, &err)
	take(tx, barePrivate, mark, &r.privates, &err)
	take(tx, bareLeaves, mark, &r.leaves, &err)
	return r, err
}

func (r letterRows) count() int {
	return len(r.letters) + len(r.problems) + len(r.points) + len(r.cases) + len(r.steps) + len(r.clocks) + len(r.duties) + len(r.questions) + len(r.entries) + len(r.privates) + len(r.leaves)
}

func (r letterRows) insert(tx *db.Tx) (err error) {
	put(tx, bareLetters, r.letters, &err)
	put(tx, bareProblem, r.problems, &err)
	put(tx, barePoints, r.points, &err)
	put(tx, bareCases, r.cases, &err)
	put(tx, bareSteps, r.steps, &err)
	put(tx, bareClocks, r.clocks, &err)
	put(tx, bareDuties, r.duties, &err)
	put(tx, bareAsked, r.questions, &err)
	put(tx, bareEntries, r.entries, &err)
	put(tx, barePrivate, r.privates, &err)
	put(tx, bareLeaves, r.leaves, &err)
	return err
}
