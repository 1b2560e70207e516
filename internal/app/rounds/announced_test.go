package rounds_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/app/rounds"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/standing"
	"github.com/xiadu/xiadu/internal/system/duty"
)

// yearEnd is a city at the end of a year whose next one is not announced yet.
type yearEnd struct {
	*complainttest.City
	t    *testing.T
	year int // the next one
}

func newYearEnd(t *testing.T, d *db.DB) *yearEnd {
	c := complainttest.Open(t, d)
	y := &yearEnd{c, t, c.Now.Year() + 2}
	c.Now = time.Date(y.year-1, time.December, 29, 2, 0, 0, 0, time.UTC)
	y.knows("")
	return y
}

// knows makes the cases ones that know the year's end and what the text says besides.
func (y *yearEnd) knows(text string) {
	y.t.Helper()
	more, err := calendar.Official.With(fmt.Sprintf("year %[1]d 示例〔%[1]d〕1号 %[1]d-01-01\n", y.year-1) + text)
	if err == nil {
		y.Book, err = casework.New(casework.Options{Processes: complaint.Processes(), Outside: identity.Outside, Office: clock.Office{Calendar: more}})
	}
	if err != nil {
		y.t.Fatal(err)
	}
	y.Problems = problem.In(y.DB, y.Book, func() (*evidence.Evidence, error) { return y.Evidence, nil })
	y.Letters, y.Intake = letter.In(y.DB, y.Book), intake.In(y.DB, y.Book, y.Problems)
}

func (y *yearEnd) rounds() rounds.Deps {
	return rounds.Deps{
		DB: y.DB, Book: y.Book, RanOut: y.Problems.RanOut, Log: slog.New(slog.NewTextHandler(y.t.Output(), nil)),
		Recounted: func(tx *db.Tx, r casework.Recounted) error { return problem.Recounted(tx, y.Book, r) },
	}
}

// late is the public figure of a minute: as the database has it, and as the entries of the log make it.
func (y *yearEnd) late(at time.Time) (rows, log int) {
	y.t.Helper()
	q := standing.Queries()[0]
	state := q.Over.Begin()
	err := y.DB.View(y.Ctx(), func(tx *db.Tx) error {
		now, err := standing.Now(tx, "XN2023", at)
		if err != nil {
			return err
		}
		rows = now.Late
		all, err := record.Latest(tx, "", "", 500)
		for _, item := range slices.Backward(all) {
			if err == nil && q.Over.Takes(item.Kind) {
				err = state.Add(logtree.Statement{Kind: item.Kind, Public: json.RawMessage(item.Public), Subject: item.Subject})
			}
		}
		return err
	})
	if err != nil {
		y.t.Fatal(err)
	}
	p := figure.Params{"at": at.In(calendar.China).Format("2006-01-02T15:04"), "campaign": "XN2023"}
	out, err := q.Answer(y.Ctx(), state, p, nil)
	if err != nil {
		y.t.Fatal(err)
	}
	return rows, out.(standing.Result).Late
}

// owed is when /me says that a case is due to the clerk.
func (y *yearEnd) owed(id string) (due time.Time) {
	y.t.Helper()
	desks := duty.New(duty.Deps{
		DB: y.DB, Book: y.Book, People: y.People.Staff(), Now: y.Clock,
		Systems: []duty.Cases{{System: complaint.System, Rights: []string{complaint.Coordinate}, Show: problem.Called(y.Book)}},
	})
	h, err := desks.Home(y.Ctx(), y.Clerk, "", casework.Duty{})
	if err != nil {
		y.t.Fatal(err)
	}
	for _, l := range h.Lists {
		for _, r := range l.Rows {
			if r.Case == id {
				due = r.DueAt
			}
		}
	}
	return due
}

const announcedTable = `受理编号,交办问题基本情况,行政区域,污染类型
D3QH202311260001,市医院后院医疗废物暂存间异味扰民，污水外溢到人行道,城西区,固废、大气
D3QH202311260002,五四西路某烧烤店夜间油烟直排，噪声大,城西区,大气、噪音
*D3QH202311260003,某铝厂夜间偷排，烟气呛人,大通县,大气
`

// agrees holds every copy of a due time against the case's own, and the log.
func (y *yearEnd) agrees() {
	t := y.t
	t.Helper()
	all, _, err := y.Problems.List(y.Ctx(), y.Clerk, problem.Filter{Campaign: "XN2023"})
	if err != nil || len(all) != 3 || !slices.IsSortedFunc(all, func(a, b problem.Problem) int { return a.DueAt.Compare(b.DueAt) }) {
		t.Errorf("the list by due date: %v %v", all, err)
	}
	subjects, due := map[string]string{}, map[string]time.Time{} // by case
	for _, p := range all {
		if subjects[p.ID] = p.Subject(); p.HasDue() {
			due[p.ID] = p.DueAt
		}
		for _, l := range y.LettersOf(p) {
			if subjects[l.ID] = letter.Subject(l.ID); l.DueAt != nil {
				due[l.ID] = *l.DueAt
			}
		}
	}
	err = y.DB.View(y.Ctx(), func(tx *db.Tx) error {
		for id, subject := range subjects {
			c, err := y.Book.Case(tx, id)
			if err != nil {
				return err
			}
			own, err := y.Book.Due(tx, c)
			if err != nil {
				return err
			}
			if own == nil != due[id].IsZero() || own != nil && !own.Equal(due[id]) {
				t.Errorf("%s is due %v, its row says %v", subject, own, due[id])
			}
			told, err := record.History(tx, subject, "", 1)
			if err != nil {
				return err
			}
			if len(told) == 0 { // that a letter came is sealed
				continue
			}
			var e struct{ Due string }
			if err := json.Unmarshal([]byte(told[0].Public), &e); err != nil {
				return err
			}
			if own != nil && told[0].Kind == "complaint.period-changed" && e.Due != own.UTC().Format(time.RFC3339) {
				t.Errorf("%s is due %v, the log says %s", subject, own, told[0].Public)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// anew counts the entries of due times that were reckoned anew.
func (y *yearEnd) anew() (n int) {
	y.t.Helper()
	err := y.DB.View(y.Ctx(), func(tx *db.Tx) error {
		all, err := record.Latest(tx, "complaint.period-changed", "", 100)
		n = len(all)
		return err
	})
	if err != nil {
		y.t.Fatal(err)
	}
	return n
}

// When the holidays of a year are announced, each place that tells a due time tells the new one, the log has an entry for
// each, and whoever had a page open goes on.
func TestAYearIsAnnounced(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		y := newYearEnd(t, d)
		y.Begin("XN2023", "central")
		y.Take("XN2023", announcedTable)
		y.Make(y.Unit, y.applied(), problem.Move{Move: "apply", Tests: y.tests(), Files: []problem.File{y.Photo(y.Unit, 103)}})
		other := y.Handed("XN2023-0002", 200)
		m, err := y.Problems.AddMeasure(y.Ctx(), y.Unit, problem.NewMeasure{Problem: other.ID, What: "换净化器", Day: y.Day(12)})
		if err != nil {
			t.Fatal(err)
		}
		y.agrees()
		page, l := y.Look("XN2023-0001"), y.LettersOf(other)[0] // as people had them open
		if y.owed(page.ID) != page.DueAt || y.anew() != 0 {
			t.Errorf("/me says %v of what is due %v", y.owed(page.ID), page.DueAt)
		}

		y.knows(fmt.Sprintf("year %[1]d 示例〔%[1]d〕2号 %[2]d-12-30\nholiday %[1]d-01-01 %[1]d-01-10 元旦 | New Year's Day\n", y.year, y.year-1))
		y.Later(time.Hour)
		for range 2 { // the second time finds nothing
			if err := y.rounds().Recount(y.Ctx()); err != nil {
				t.Fatal(err)
			}
		}
		y.agrees()
		now := y.Look("XN2023-0001")
		if !now.DueAt.After(page.DueAt) || y.owed(now.ID) != now.DueAt {
			t.Errorf("due %v after %v, /me says %v", now.DueAt, page.DueAt, y.owed(now.ID))
		}
		if n := y.anew(); n != 4 { // the check, and the reports of three letters
			t.Errorf("%d entries", n)
		}
		if rows, log := y.late(now.DueAt.Add(-time.Hour)); rows != 0 || rows != log {
			t.Errorf("%d are late by their rows and %d by the log, before the new due time", rows, log)
		}
		if rows, log := y.late(now.DueAt.Add(time.Minute)); rows != 1 || rows != log {
			t.Errorf("%d are late by their rows and %d by the log, after the new due time", rows, log)
		}

		// Whoever had a page open goes on, by the version that it showed.
		if _, err := y.Problems.Move(y.Ctx(), y.Checker, problem.Move{Problem: page.ID, Move: "fail", Seen: page.Version, Why: "没有盖", Day: y.Day(20), Files: []problem.File{y.Photo(y.Checker, 140)}}); err != nil {
			t.Error(err)
		}
		if _, err := y.Letters.Report(y.Ctx(), y.Unit, letter.Report{Letter: l.ID, Seen: l.Version, Answer: letter.Answer{Found: "属实。", Done: "在换。"}}); err != nil {
			t.Error(err)
		}
		if _, err := y.Problems.MoveMeasure(y.Ctx(), y.Unit, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: []problem.File{y.Photo(y.Unit, 240)}}); err != nil {
			t.Error(err)
		}
		y.agrees()
		// What somebody did meanwhile is still a conflict.
		if _, err := y.Problems.Move(y.Ctx(), y.Checker, problem.Move{Problem: page.ID, Move: "fail", Seen: page.Version, Why: "没有盖", Day: y.Day(20)}); fault.KindOf(err) != fault.Conflict {
			t.Error(err)
		}
	})
}

// applied takes a problem to where its unit applies for the closing.
func (y *yearEnd) applied() (code string) {
	y.t.Helper()
	code = "XN2023-0001"
	p := y.Handed(code, 100)
	m, err := y.Problems.AddMeasure(y.Ctx(), y.Unit, problem.NewMeasure{Problem: p.ID, What: "加盖密闭", Day: y.Day(10)})
	if err == nil {
		_, err = y.Problems.MoveMeasure(y.Ctx(), y.Unit, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: []problem.File{y.Photo(y.Unit, 102)}})
	}
	if err != nil {
		y.t.Fatal(err)
	}
	y.Make(y.Unit, code, problem.Move{Move: "done"})
	return code
}

func (y *yearEnd) tests() (keys []string) {
	for _, one := range problem.Tests {
		keys = append(keys, one.Key)
	}
	return keys
}

// One that cannot be reckoned anew is due as before, and keeps none behind it waiting.
func TestRecountLeavesOneOut(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		p := open(t, d, "")
		p.now = time.Date(2089, time.December, 28, 10, 0, 0, 0, calendar.China)
		for _, code := range []string{"L-1", "L-2", "L-3", "L-4"} {
			p.add(code)
		}
		p.knows("year 2089 示例〔2089〕1号 2089-01-01\nyear 2090 示例〔2089〕2号 2089-12-30\nholiday 2090-01-01 2090-01-10 元旦 | New Year's Day\n")
		broken, done := true, map[string]int{}
		p.deps.Recounted = func(tx *db.Tx, r casework.Recounted) error {
			if r.Case.Code == "L-2" && broken {
				return errors.New("broken")
			}
			return record.Append(tx, "program", came{r.Case.Code})
		}
		for range 2 {
			if err := p.deps.Recount(t.Context()); err != nil {
				t.Fatal(err)
			}
			err := d.View(t.Context(), func(tx *db.Tx) error {
				all, err := record.Latest(tx, "", "", 100)
				clear(done)
				for _, item := range all {
					done[item.Subject]++
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if want := 3; broken && (len(done) != want || done["out/L-2"] != 0) {
				t.Error(done)
			}
			broken = false
		}
		if len(done) != 4 || done["out/L-1"] != 1 || done["out/L-2"] != 1 || done["out/L-4"] != 1 {
			t.Error(done)
		}
	})
}
