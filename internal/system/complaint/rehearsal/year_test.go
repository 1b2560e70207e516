package rehearsal_test

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/published"
	"github.com/xiadu/xiadu/internal/system/complaint/rehearsal"
	"github.com/xiadu/xiadu/internal/system/complaint/standing"
)

type (
	plainLetter struct {
		ID    string `db:"id"`
		Batch int    `db:"batch"`
		Key   bool   `db:"key_item"`
		Kinds string `db:"kinds"`
		State string `db:"status"`
	}
	plainPoint struct {
		Letter  string `db:"letter"`
		Problem string `db:"problem"`
		Verdict string `db:"verdict"`
	}
	plainProblem struct {
		ID    string    `db:"id"`
		Stage string    `db:"stage"`
		Due   time.Time `db:"due_at"`
		Life  int       `db:"life"`
	}
	plainBulletin struct {
		Number int `db:"number"`
	}
	plainRow struct {
		Number int    `db:"number"`
		Letter string `db:"letter"`
	}
)

var (
	allLetters   = db.Declare[db.None, plainLetter](`SELECT /*cols*/ FROM complaint_letter`)
	allPoints    = db.Declare[db.None, plainPoint](`SELECT /*cols*/ FROM complaint_point`)
	allProblems  = db.Declare[db.None, plainProblem](`SELECT /*cols*/ FROM complaint_problem`)
	allBulletins = db.Declare[db.None, plainBulletin](`SELECT /*cols*/ FROM complaint_bulletin WHERE state = 'published' ORDER BY number`)
	allRows      = db.Declare[db.None, plainRow](`SELECT /*cols*/ FROM complaint_row ORDER BY number, letter`)
)

// year is the city while its year is played, and what an outsider has of it.
type year struct {
	*testing.T
	s           rehearsal.Stage
	log, public string
	figures     *publiclog.Figures
	bulletins   int
	settled     []time.Time
}

// The month and the year behind it play to the last problem that was closed. At each bulletin and each settling the
// published figures, which are computed from the log and its files, are those of a plain recount of what the office
// has in its tables; at the end an outsider computes them again from what was exported.
func TestYear(t *testing.T) {
	if testing.Short() {
		t.Skip("it plays a year twice; run without -short")
	}
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		y := &year{T: t, s: stage(t, d, 500), log: filepath.Join(t.TempDir(), "log"), public: t.TempDir()}
		y.figures = publiclog.NewFigures(publiclog.Open(d, y.log), append(published.Queries(), standing.Queries()...))
		began := time.Now()
		if err := rehearsal.Year(t.Context(), y.s, y.told); err != nil {
			t.Fatal(err)
		}
		t.Log("played in", time.Since(began))
		if y.bulletins != 17 {
			t.Errorf("%d bulletins were published", y.bulletins)
		}
		if len(y.settled) < 2 || y.settled[len(y.settled)-1].Sub(y.s.Start) < 365*24*time.Hour {
			t.Errorf("the last that was closed is settled at %v, not a year after %v", y.settled, y.s.Start)
		}
		y.outside()
	})
}

// told recounts what was just published or settled.
func (y *year) told(ctx context.Context, what string) error {
	y.publish(ctx)
	var now time.Time
	var problems []plainProblem
	var letters []plainLetter
	var points []plainPoint
	var out []plainBulletin
	var rows []plainRow
	var figure standing.Result
	err := y.s.DB.View(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now()
		if problems, err = allProblems.Slice(tx, db.None{}); err != nil {
			return err
		}
		if letters, err = allLetters.Slice(tx, db.None{}); err != nil {
			return err
		}
		if points, err = allPoints.Slice(tx, db.None{}); err != nil {
			return err
		}
		if out, err = allBulletins.Slice(tx, db.None{}); err != nil {
			return err
		}
		if rows, err = allRows.Slice(tx, db.None{}); err != nil {
			return err
		}
		figure, err = standing.Now(tx, rehearsal.Campaign, now)
		return err
	})
	if err != nil {
		return err
	}
	if strings.Contains(what, "settled") {
		y.settled = append(y.settled, now)
	}
	y.Logf("%s: %s", now.Format(time.DateOnly), what)
	y.standing(now, figure, letters, problems)
	for _, b := range out[y.bulletins:] { // what is out does not change
		y.bulletin(now, b, rows, letters, points)
	}
	y.bulletins = len(out)
	return nil
}

// standing holds where problems stand against a plain recount: by the database, and by the log.
func (y *year) standing(now time.Time, got standing.Result, letters []plainLetter, problems []plainProblem) {
	y.Helper()
	stages, late, closed, settled, reopened := map[string]int{}, 0, 0, 0, 0
	for _, p := range problems {
		stages[p.Stage]++
		if p.Due.Before(now) && p.Stage != complaint.Filed && p.Stage != complaint.Settled {
			late++
		}
		if p.Stage == complaint.Filed || p.Stage == complaint.Settled {
			closed++
		}
		if p.Stage == complaint.Settled {
			settled++
		}
		if p.Life > 1 {
			reopened++
		}
	}
	if got.Letters != len(letters) || got.Problems != len(problems) || got.Late != late || got.Closed != closed || got.Settled != settled || got.Reopened != reopened {
		y.Errorf("%+v, but there are %d letters, %d problems, %d late, %d closed, %d settled, %d back", got, len(letters), len(problems), late, closed, settled, reopened)
	}
	for stage, n := range stages {
		if got.Stages[stage] != n {
			y.Errorf("%d problems are %s, not %d", n, stage, got.Stages[stage])
		}
	}
	var logged standing.Result
	y.receipt(standing.Problems, figure.Params{"campaign": rehearsal.Campaign}, now, &logged)
	if logged.Letters != len(letters) || logged.Problems != len(problems) || logged.Late != late || logged.Closed != closed || logged.Settled != settled || logged.Reopened != reopened {
		y.Errorf("the log says %+v", logged)
	}
}

// bulletin holds the figures of a bulletin that has just been published against a plain recount of its letters.
func (y *year) bulletin(now time.Time, b plainBulletin, rows []plainRow, letters []plainLetter, points []plainPoint) {
	y.Helper()
	var got published.CountsResult
	y.receipt(published.Counts, published.Params(rehearsal.Campaign, b.Number), now, &got)
	in := map[string]bool{}
	for _, r := range rows {
		in[r.Letter] = in[r.Letter] || r.Number == b.Number
	}
	all, keys, types, problems := map[string]bool{}, 0, 0, 0
	kinds := map[string]int{}
	for _, l := range letters {
		if !in[l.ID] {
			continue
		}
		all[l.ID] = true
		if l.Key {
			keys++
		}
		for k := range strings.FieldsSeq(l.Kinds) {
			types++
			kinds[k]++
		}
	}
	for _, p := range points {
		if all[p.Letter] {
			problems++
		}
	}
	c := got.Counts
	if len(all) == 0 || c.Letters != len(all) || c.Key != keys || c.Types != types || c.Problems != problems || len(c.ByKind) != len(kinds) {
		y.Errorf("bulletin %d: %+v, but it has %d letters, %d marked, %d types, %d problems", b.Number, c, len(all), keys, types, problems)
	}
	for _, k := range c.ByKind {
		if kinds[k.Key] != k.N {
			y.Errorf("bulletin %d: %d letters are of %s, not %d", b.Number, kinds[k.Key], k.Key, k.N)
		}
	}
}

func number(n int) string { b, _ := json.Marshal(n); return string(b) }

// publish brings the log up to date.
func (y *year) publish(ctx context.Context) {
	y.Helper()
	q, err := sequencer.Open(ctx, y.s.DB, y.log, "example.com/log")
	if err == nil {
		err = q.Drain(ctx)
	}
	if err != nil {
		y.Fatal(err)
	}
}

// receipt has a figure computed from the log and its files.
func (y *year) receipt(query string, given figure.Params, now time.Time, into any) figure.Receipt {
	y.Helper()
	q, p, err := y.figures.Settle(query, given, now)
	if err != nil {
		y.Fatal(err)
	}
	r, err := y.figures.Receipt(y.Context(), q, p)
	if err == nil {
		err = json.Unmarshal(r.Result, into)
	}
	if err != nil {
		y.Fatal(query, err)
	}
	return r
}

// outside computes the figures again from what was exported, and finds one that is altered.
func (y *year) outside() {
	y.Helper()
	if _, err := publiclog.Open(y.s.DB, y.log).Export(y.Context(), y.public); err != nil {
		y.Fatal(err)
	}
	check := func(r figure.Receipt) verify.Report {
		y.Helper()
		text, err := r.Bytes()
		if err != nil {
			y.Fatal(err)
		}
		o := verify.Options{Queries: append(published.Queries(), standing.Queries()...), Receipts: []verify.File{{Name: r.Query, Text: text}}}
		report, err := verify.Log(y.Context(), verify.Folder(y.public), o)
		if err != nil {
			y.Fatal(err)
		}
		return report
	}
	var counts published.CountsResult
	r := y.receipt(published.Counts, published.Params(rehearsal.Campaign, y.bulletins), time.Now(), &counts)
	if report := check(r); len(report.Findings) > 0 {
		y.Errorf("an outsider finds %v", report.Findings)
	}
	was := number(counts.Letters)
	r.Result = json.RawMessage(strings.Replace(string(r.Result), `"letters":`+was, `"letters":`+number(counts.Letters+1), 1))
	if report := check(r); len(report.Findings) == 0 {
		y.Error("an outsider finds nothing wrong with one letter more")
	}
}
