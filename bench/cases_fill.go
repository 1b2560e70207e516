package main

import (
	"context"
	"fmt"
	"slices"
	"testing/fstest"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/gb"
)

// caseFill fills the tables of inspections with rows as the use cases write them, by a statement for each table: a
// letter and its problem are two cases. What is sealed in life is a word here, which does not open.
type caseFill struct {
	campaigns []string // what is there is divided among them, the first has half of it
	office    string   // an organisation: it asks
	units     []string // organisations: they lead
	home      gb.Division
	now       time.Time
}

// manySchema has what rows are drawn from, so that they are made where they are kept.
var manySchema = db.Schema{Owner: "many", FS: fstest.MapFS{"0001_many.sql": {Data: []byte(`-- +goose Up
CREATE TABLE many_time (n BIGINT PRIMARY KEY, at TIMESTAMP NOT NULL);
CREATE TABLE many_unit (n BIGINT PRIMARY KEY, id TEXT NOT NULL);
CREATE TABLE many_place (n BIGINT PRIMARY KEY, code TEXT NOT NULL);
CREATE TABLE many_standing (
	n BIGINT PRIMARY KEY, problem TEXT NOT NULL, owes TEXT NOT NULL, clock TEXT NOT NULL, letter TEXT NOT NULL, status TEXT NOT NULL, kinds TEXT NOT NULL
);
`)}}}

type (
	manyTime struct {
		N  int       `db:"n"`
		At time.Time `db:"at"`
	}
	manyText struct {
		N    int    `db:"n"`
		Text string `db:"text"`
	}
	manyStanding struct {
		N       int    `db:"n"`
		Problem string `db:"problem"`
		Owes    string `db:"owes"` // lead, asker; empty: nobody
		Clock   string `db:"clock"`
		Letter  string `db:"letter"`
		Status  string `db:"status"`
		Kinds   string `db:"kinds"`
	}
	manyRows struct {
		From     int    `db:"from_n"`
		Until    int    `db:"until_n"`
		Campaign string `db:"campaign"`
		Office   string `db:"office"`
		Units    int    `db:"units"`
		Places   int    `db:"places"`
	}
)

// manyStandings is where twenty problems and their letters stand: most are over.
var manyStandings = func() (all []manyStanding) {
	add := func(n int, s manyStanding) {
		for range n {
			s.N, s.Kinds = len(all), []string{" water ", " air noise ", " waste ", " fumes air ", " noise "}[len(all)%5]
			all = append(all, s)
		}
	}
	add(1, manyStanding{Problem: "received", Owes: "asker", Letter: "received"})
	add(1, manyStanding{Problem: "assigned", Owes: "lead", Clock: "sign", Letter: "handed"})
	add(1, manyStanding{Problem: "returned", Owes: "asker", Clock: "decide", Letter: "handed"})
	add(2, manyStanding{Problem: "verifying", Owes: "lead", Clock: "verify", Letter: "handed"})
	add(4, manyStanding{Problem: "rectifying", Owes: "lead", Clock: "rectify", Letter: "reported", Status: "doing"})
	add(1, manyStanding{Problem: "staged", Owes: "lead", Clock: "next", Letter: "answered", Status: "staged"})
	add(1, manyStanding{Problem: "done", Owes: "lead", Letter: "answered", Status: "done"})
	add(1, manyStanding{Problem: "applied", Owes: "asker", Clock: "check", Letter: "answered", Status: "done"})
	add(1, manyStanding{Problem: "publicity", Owes: "asker", Clock: "publicity", Letter: "answered", Status: "done"})
	add(2, manyStanding{Problem: "filed", Clock: "window", Letter: "answered", Status: "done"})
	add(5, manyStanding{Problem: "settled", Letter: "answered", Status: "done"})
	return all
}()

const (
	manyDays   = 160 // of the times; those of the last sixty are around now
	manyPlaced = "('01900000-0000-7000-8000-0002' || CAST(10000000 + i.n AS TEXT))"
	manyLetter = "('01900000-0000-7000-8000-0001' || CAST(10000000 + i.n AS TEXT))"
	manyCode   = "(:campaign || '-' || CAST(10000000 + i.n AS TEXT))"
	// manyLetterCode is a code as it is searched for.
	manyLetterCode = "('D3QH' || :campaign || CAST(10000000 + i.n AS TEXT))"
	// manyFrom draws what a row is made of. Times and units move on by primes, so that no column follows from another.
	manyFrom = `
		WITH RECURSIVE i(n) AS (SELECT CAST(:from_n AS BIGINT) UNION ALL SELECT n + 1 FROM i WHERE n < CAST(:until_n AS BIGINT) - 1)
		SELECT %s FROM i JOIN many_standing AS s ON s.n = i.n % 20
			JOIN many_time AS came ON came.n = i.n % 97 JOIN many_time AS due ON due.n = 100 + (i.n * 7) % 59
			JOIN many_time AS never ON never.n = 1000 JOIN many_time AS today ON today.n = 1001
			JOIN many_unit AS u ON u.n = (i.n * 13 + i.n / 20) % CAST(:units AS BIGINT) JOIN many_place AS p ON p.n = (i.n * 11) % CAST(:places AS BIGINT)`
)

func manyOf(table, columns, values, where string) db.Query[manyRows, db.None] {
	text := manyFrom
	for i := range len(text) - 1 {
		if text[i:i+2] == "%s" {
			text = text[:i] + values + text[i+2:]
			break
		}
	}
	return db.Declare[manyRows, db.None]("INSERT INTO " + table + " (" + columns + ") " + text + " WHERE " + where)
}

var (
	putTime     = db.Declare[manyTime, db.None](`INSERT INTO many_time (n, at) VALUES (:n, :at)`)
	putUnit     = db.Declare[manyText, db.None](`INSERT INTO many_unit (n, id) VALUES (:n, :text)`)
	putPlace    = db.Declare[manyText, db.None](`INSERT INTO many_place (n, code) VALUES (:n, :text)`)
	putStanding = db.Declare[manyStanding, db.None](`
		INSERT INTO many_standing (n, problem, owes, clock, letter, status, kinds) VALUES (:n, :problem, :owes, :clock, :letter, :status, :kinds)`)

	manyTables = []db.Query[manyRows, db.None]{
		manyOf("complaint_problem", `id, campaign, number, code, title, division, site, usc, lat, lon, kinds, key_item, letters, stage, due_at, lead, life, verdict,
				next_day, next_owes, merged_in, filed_at, accepted, version, opened_at, changed_at`,
			manyPlaced+`, :campaign, i.n, `+manyCode+`, '某地生态环境问题 ' || i.n, p.code, CASE WHEN i.n % 5 = 0 THEN '厂区 ' || i.n / 20 ELSE '' END, '', NULL, NULL, s.kinds, i.n % 11 = 0, 1,
				s.problem, CASE WHEN s.clock = '' THEN never.at ELSE due.at END, CASE WHEN s.problem = 'received' THEN '' ELSE u.id END, 1 + CASE WHEN i.n % 50 = 7 THEN 1 ELSE 0 END, '',
				'', '', '', NULL, '', 3, came.at, came.at`, "TRUE"),
		manyOf("complaint_letter", `id, campaign, batch, place_in, code, code_key, code_batch, channel, key_item, region, division, kinds_text, kinds, original, key_number, digest,
				stage, due_at, lead, verdict, verdict_why, status, bulletin, entry, version, received_at, changed_at`,
			manyLetter+`, :campaign, 1 + i.n / 500, i.n % 500, `+manyLetterCode+`, `+manyLetterCode+`, 0, 'call', i.n % 11 = 0, '', p.code, '', s.kinds, 'sealed', 1, '',
				s.letter, CASE WHEN s.letter IN ('received', 'handed') THEN due.at END, CASE WHEN s.letter = 'received' THEN '' ELSE u.id END, '', '', s.status,
				CASE WHEN s.status = '' THEN 0 ELSE 1 + i.n / 500 END, '', 2, came.at, came.at`, "TRUE"),
		manyOf("complaint_point", `letter, number, problem, division, kinds, verdict, what, key_number`, manyLetter+`, 1, `+manyPlaced+`, p.code, s.kinds, '', CASE WHEN i.n % 3 = 0 THEN 'sealed' ELSE '' END, 1`, "TRUE"),
		manyOf("complaint_answer", `letter, what, key_number, written_at`, manyLetter+`, 'sealed', 1, came.at`, "s.status <> ''"),
		manyOf("complaint_row", `campaign, number, version, place, letter, code, code_key, seen, what, key_number, looked, standing, published_at, lat, lon`,
			`:campaign, 1 + i.n / 500, 1, i.n % 500, `+manyLetter+`, `+manyLetterCode+`, `+manyLetterCode+`, 1, 'sealed', 1, 'office', TRUE, today.at, NULL, NULL`,
			"s.status <> ''"),
		manyOf("complaint_question", `id, campaign, kind, letter, other, says, answer, asked_at, answer_by`,
			manyLetter+`, :campaign, 'alike', `+manyLetter+`, `+manyLetter+`, '{}', CASE WHEN i.n % 3 = 0 THEN '' ELSE 'no' END, came.at, ''`, "i.n % 10 = 0"),
		manyOf("complaint_measure", `id, problem, number, what, owner, due_day, money, source, stage, progress, version, made_at, done_at`,
			"'m' || "+manyPlaced+`, `+manyPlaced+`, 1, '整改', u.id, '2026-12-01', 0, 'plan', 'open', '', 1, came.at, NULL`, "i.n % 2 = 0"),
		manyOf("complaint_sanction", `id, problem, kind, n, money, act, day, made_at`, "'s' || "+manyPlaced+`, `+manyPlaced+`, 'order', 1, 0, '', '2026-11-01', came.at`, "i.n % 4 = 0"),
		manyOf("complaint_word", `id, problem, letter, life, source, says, why, made_at, made_by, entry`, "'w' || "+manyPlaced+`, `+manyPlaced+`, `+manyLetter+`, 1, 'token', 'solved', '', came.at, '', ''`, "i.n % 4 = 1"),
		manyOf("complaint_child", `id, problem, process, cause, letter, what, key_number, stage, version, made_at`,
			"'c' || "+manyPlaced+`, `+manyPlaced+`, CASE WHEN i.n % 8 = 2 THEN 'complaint.proposal' ELSE 'complaint.objection' END, 'public', '', 'sealed', 1, CASE WHEN i.n % 200 < 8 THEN 'open' ELSE 'declined' END, 1, came.at`, "i.n % 4 = 2"),
		manyOf("complaint_token", `hash, letter, made_at`, "'t' || "+manyLetter+`, `+manyLetter+`, came.at`, "i.n % 3 = 0"),
		manyOf("casework_case", `id, process, code, division, parent, stage, life, version, lead, asker, opened_at, changed_at`,
			manyPlaced+`, 'complaint.problem', `+manyCode+`, p.code, '', s.problem, 1, 3, CASE WHEN s.problem = 'received' THEN '' ELSE u.id END, :office, came.at, came.at`, "TRUE"),
		manyOf("casework_case", `id, process, code, division, parent, stage, life, version, lead, asker, opened_at, changed_at`,
			manyLetter+`, 'complaint.letter', :campaign || ' D3QH' || `+manyCode+`, p.code, '', s.letter, 1, 2, CASE WHEN s.letter = 'received' THEN '' ELSE u.id END, :office, came.at, came.at`, "TRUE"),
		manyOf("casework_party", `case_id, life, organisation, role, present`, manyPlaced+`, 1, u.id, 'lead', TRUE`, "s.problem <> 'received'"),
		manyOf("casework_step", `case_id, version, life, move, from_stage, to_stage, what, happened, recorded, act`, manyPlaced+`, 1, 1, 'open', '', 'received', '{}', came.at, came.at, ''`, "TRUE"),
		manyOf("casework_step", `case_id, version, life, move, from_stage, to_stage, what, happened, recorded, act`, manyLetter+`, 1, 1, 'open', '', 'received', '{}', came.at, came.at, ''`, "TRUE"),
		manyOf("casework_clock", `case_id, life, name, n, rule, events, running, due_at, provisional, calendar, handed_at`,
			manyPlaced+`, 1, s.clock, 1, '{}', '[]', TRUE, due.at, FALSE, '', CASE WHEN due.at <= today.at THEN today.at END`, "s.clock <> ''"),
		manyOf("casework_clock", `case_id, life, name, n, rule, events, running, due_at, provisional, calendar, handed_at`,
			manyLetter+`, 1, 'report', 1, '{}', '[]', s.letter IN ('received', 'handed'), due.at, FALSE, '', NULL`, "TRUE"),
		manyOf("casework_duty", `holder, case_id, name, division, asker, due_at, since`,
			`'organisation/' || CASE WHEN s.owes = 'lead' THEN u.id ELSE CAST(:office AS TEXT) END, `+manyPlaced+`, s.problem, p.code, 'organisation/' || CAST(:office AS TEXT), CASE WHEN s.clock = '' THEN never.at ELSE due.at END, came.at`, "s.owes <> ''"),
		manyOf("casework_duty", `holder, case_id, name, division, asker, due_at, since`,
			`'organisation/' || CASE WHEN s.letter = 'handed' THEN u.id ELSE CAST(:office AS TEXT) END, `+manyLetter+`, s.letter, p.code, 'organisation/' || CAST(:office AS TEXT), CASE WHEN s.letter = 'reported' THEN never.at ELSE due.at END, came.at`, "s.letter <> 'answered'"),
		manyOf("casework_notice", `id, kind, case_id, life, process, code, stage, division, organisation, due_at, made_at, state, next_at, tries, why, done_at`,
			manyPlaced+`, 'work', `+manyPlaced+`, 1, 'complaint.problem', `+manyCode+`, s.problem, p.code, u.id, due.at, came.at, CASE WHEN i.n % 1000 = 1 THEN 'dead' WHEN i.n % 1000 = 41 THEN 'pending' ELSE 'sent' END, due.at, 1, '', came.at`, "s.owes = 'lead'"),
	}
)

// manyChunk is how many problems one transaction fills in: PostgreSQL is waited for half a minute.
const manyChunk = 50_000

// fill makes so many letters with as many problems.
func (f caseFill) fill(ctx context.Context, d *db.DB, letters int) error {
	if err := d.Update(ctx, f.drawers); err != nil {
		return err
	}
	rest := max(1, len(f.campaigns)-1)
	from := 0
	for i, code := range f.campaigns {
		n := letters / 2
		switch {
		case i > 0 && i == len(f.campaigns)-1:
			n = letters - from
		case i > 0:
			n = letters / 2 / rest
		case len(f.campaigns) == 1:
			n = letters
		}
		for until := from + n; from < until; {
			end := min(from+manyChunk, until)
			rows := manyRows{from, end, code, f.office, len(f.units), len(f.home.Children())}
			err := d.Update(ctx, func(tx *db.Tx) error {
				for _, q := range manyTables {
					if _, err := q.Exec(tx, rows); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return fmt.Errorf("filling %s: %w", code, err)
			}
			from = end
		}
	}
	return nil
}

// drawers are what rows are drawn from.
func (f caseFill) drawers(tx *db.Tx) error {
	var times []manyTime
	for n := range manyDays {
		day := n - 130 // from 100 on around now
		if n < 100 {
			day = n - 100
		}
		times = append(times, manyTime{n, f.now.AddDate(0, 0, day)})
	}
	times = append(times, manyTime{1000, time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)}, manyTime{1001, f.now})
	var units, places []manyText
	for n, id := range f.units {
		units = append(units, manyText{n, id})
	}
	for n, p := range f.home.Children() {
		places = append(places, manyText{n, p.Code()})
	}
	_, err := putTime.ExecEach(tx, slices.Values(times))
	if err == nil {
		_, err = putUnit.ExecEach(tx, slices.Values(units))
	}
	if err == nil {
		_, err = putPlace.ExecEach(tx, slices.Values(places))
	}
	if err == nil {
		_, err = putStanding.ExecEach(tx, slices.Values(manyStandings))
	}
	return err
}
