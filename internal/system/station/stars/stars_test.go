package stars_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stars"
)

var schemas = []db.Schema{record.Schema, identity.Schema, act.Schema, casework.Schema, station.Schema}

func TestPrepare(t *testing.T) { dbtest.Prepare(t, schemas...) }

func TestProcess(t *testing.T) {
	for _, p := range stars.Processes() {
		if err := p.Check(); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{stars.Holds, stars.Notice, stars.Appeals, stars.Decision} {
		if r, err := stars.Period(name); err != nil || r.Check() != nil || !strings.Contains(r.Source().ZH, "示例") {
			t.Errorf("%s: %v %v", name, r.Source(), err)
		}
	}
}

// begun is a little after everybody signed in.
var begun = time.Now().Add(time.Minute).Truncate(time.Second)

func ago(days int) calendar.Date { return calendar.DateOf(begun.In(calendar.China)).Add(-days) }

// town is a database with stations and their people.
type town struct {
	t *testing.T
	*stars.Stars
	db                               *db.DB
	register                         *station.Service
	office, other, referee, stranger identity.Colleague
	keeper                           identity.Colleague
	now                              time.Time
}

func open(t *testing.T, d *db.DB) *town {
	t.Helper()
	book, err := casework.New(casework.Options{Processes: stars.Processes(), Outside: identity.Outside})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]stars.Complained{"XN2026-1": {Upheld: true, Late: true}, "XN2026-2": {Upheld: true}}
	w := &town{t: t, db: d, register: station.New(d), now: begun}
	w.Stars = stars.In(d, book, func(_ *db.Tx, code string) (stars.Complained, error) {
		c, ok := known[code]
		if !ok {
			return c, fault.New(fault.NotFound, "没有", "there is none")
		}
		return c, nil
	})
	people := identitytest.Open(t, d, station.Rights)
	for i, who := range []*identity.Colleague{&w.office, &w.other, &w.referee, &w.stranger} {
		*who = people.Somebody([]string{"station.office", "station.office", "station.referee", "station.planner"}[i])
	}
	w.keeper = people.Who(people.ByDevice(identity.Giving{Role: station.Keeper, Scope: right.Scope{Division: division(t), Subject: station.Subject("A-1")}}))
	return w
}

func division(t *testing.T) gb.Division {
	t.Helper()
	return dbtest.Must[gb.Division](t)(gb.Parse("630103"))
}

func (w *town) ctx() context.Context { return db.Rehearse(w.t.Context(), w.now) }

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// add adds a station that has everything that a register can say.
func (w *town) add(code string, change func(*station.Station)) {
	w.t.Helper()
	h, err := opening.Parse("每天 8:00-22:00")
	w.must(err)
	s := station.Station{Code: code, Name: "驿站 " + code, Division: division(w.t), At: geo.Point{Lon: 101.77, Lat: 36.61}, Hours: h, Checked: ago(22)}
	for n := range station.Needs() {
		s.Services |= station.ServicesOf(n)
	}
	if change != nil {
		change(&s)
	}
	_, err = w.register.Save(w.ctx(), "test", s)
	w.must(err)
}

func (w *town) star(code string) stars.Star {
	w.t.Helper()
	one, _, err := w.Of(w.ctx(), code)
	w.must(err)
	return one
}

func (w *town) says(what string, err error, want fault.Kind) {
	w.t.Helper()
	if err == nil || fault.KindOf(err) != want {
		w.t.Errorf("%s: %v", what, err)
	}
}

func whole(code string) stars.Survey {
	return stars.Survey{Station: code, Day: ago(3).String(), Area: new(40), Seats: new(22), Kit: new(true), Supplies: new(true), Innovation: new(true), AsPosted: new(true)}
}

// A station is reviewed, lowered, appealed for; the decision withdraws the lowering. What is missing is said, and what the entry says is
// enough to compute the star again.
func TestAStarsLife(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.add("A-1", nil)
		_, err := w.Review(w.ctx(), w.stranger, "A-1")
		w.says("a planner reviews", err, fault.Denied)
		_, err = w.Review(w.ctx(), w.office, "NO")
		w.says("no station", err, fault.NotFound)
		one, err := w.Review(w.ctx(), w.office, "A-1")
		w.must(err)
		if one.Star != 2 || one.AtMost != 5 || one.Now(w.now) != 2 {
			t.Errorf("without a survey it is %+v", one)
		}
		w.must(w.Survey(w.ctx(), w.office, whole("A-1")))
		one, err = w.Review(w.ctx(), w.office, "A-1")
		w.must(err)
		if one.Star != 4 || one.AtMost != 5 || one.N != 2 || one.Until.Sub(w.now) < 364*24*time.Hour || one.Until.Sub(w.now) > 367*24*time.Hour {
			t.Errorf("surveyed it is %+v", one)
		}
		f, err := one.Measured()
		w.must(err)
		for measure, want := range map[string]string{"hours": "98", "basic": "6", "looked": "3", "shut-days": "0", "area": "40", "kit": "1", "visits": "", "late-complaints": "", "faults": ""} {
			if f[measure] != want {
				t.Errorf("%s is %q", measure, f[measure])
			}
		}
		w.again(one)

		_, err = w.Lower(w.ctx(), w.office, stars.Lowering{Station: "A-1", Seen: one.Version, To: 4, Why: "不"})
		w.says("lowered to what it has", err, fault.Invalid)
		_, err = w.Lower(w.ctx(), w.office, stars.Lowering{Station: "A-1", Seen: one.Version, To: 2})
		w.says("lowered without a reason", err, fault.Invalid)
		_, err = w.Lower(w.ctx(), w.office, stars.Lowering{Station: "A-1", Seen: one.Version - 1, To: 2, Why: "旧"})
		w.says("lowered by a version of before", err, fault.Conflict)
		_, err = w.Lower(w.ctx(), w.keeper, stars.Lowering{Station: "A-1", Seen: one.Version, To: 2, Why: "我"})
		w.says("lowered by its keeper", err, fault.Denied)
		one, err = w.Lower(w.ctx(), w.office, stars.Lowering{Station: "A-1", Seen: one.Version, To: 2, Why: "连续三天没有按时开门"})
		w.must(err)
		w.replayed("A-1")
		if one.Now(w.now) != 4 || !one.Announced(w.now) || one.Now(one.LowerAt.Add(-time.Second)) != 4 || one.Now(*one.LowerAt) != 2 || one.LowerAt.Sub(w.now) < 10*24*time.Hour {
			t.Errorf("announced it is %+v", one)
		}
		_, err = w.Appeal(w.ctx(), w.stranger, stars.Appealing{Station: "A-1", What: "不公"})
		w.says("a stranger appeals", err, fault.Denied)
		_, err = w.Appeal(w.ctx(), w.keeper, stars.Appealing{Station: "A-1"})
		w.says("an appeal without words", err, fault.Invalid)
		w.now = w.now.Add(time.Minute)
		form := strings.Repeat("A", 26)
		a, err := w.Appeal(w.ctx(), w.keeper, stars.Appealing{Station: "A-1", What: "那三天是停电", Form: form})
		w.must(err)
		if again, err := w.Appeal(w.ctx(), w.keeper, stars.Appealing{Station: "A-1", What: "那三天是停电", Form: form}); err != nil || again.ID != a.ID {
			t.Errorf("the same form made %+v, %v", again, err)
		}
		w.replayed("A-1")
		one = w.star("A-1")
		if one.Now(one.LowerAt.Add(time.Hour)) != 4 {
			t.Error("a lowering is in force while an appeal is open")
		}
		words, err := w.Words(w.ctx(), w.referee, a)
		if err != nil || words != "那三天是停电" || strings.Contains(a.Sealed, "停电") {
			t.Errorf("%q %v", words, err)
		}
		_, err = w.Words(w.ctx(), w.stranger, a)
		w.says("a stranger reads it", err, fault.Denied)
		_, err = w.Decide(w.ctx(), w.office, stars.Deciding{Station: a.Station, Appeal: a.ID, Seen: a.Version, Uphold: true, Why: "是"})
		w.says("the office decides", err, fault.Denied)
		_, err = w.Decide(w.ctx(), w.referee, stars.Deciding{Station: a.Station, Appeal: a.ID, Seen: a.Version, Uphold: true})
		w.says("without a reason", err, fault.Invalid)
		if _, err := w.Decide(w.ctx(), w.referee, stars.Deciding{Station: "A-3", Appeal: a.ID, Seen: a.Version, Uphold: true, Why: "停电属实"}); fault.KindOf(err) != fault.NotFound {
			t.Errorf("an appeal is decided at another station: %v", err)
		}
		a, err = w.Decide(w.ctx(), w.referee, stars.Deciding{Station: a.Station, Appeal: a.ID, Seen: a.Version, Uphold: true, Why: "停电属实"})
		w.must(err)
		if one = w.star("A-1"); a.Stage != stars.Upheld || one.LowerTo != -1 || one.Appeal != "" || one.Now(w.now.AddDate(0, 1, 0)) != 4 {
			t.Errorf("upheld it is %+v", one)
		}
		w.replayed("A-1")
		_, err = w.Decide(w.ctx(), w.referee, stars.Deciding{Station: a.Station, Appeal: a.ID, Seen: a.Version, Why: "再来"})
		w.says("decided twice", err, fault.Conflict)
		w.now = one.Until
		if one.Now(w.now) != 0 || !one.Lapsed(w.now) {
			t.Error("it has not lapsed by itself")
		}
		w.must(d.View(t.Context(), func(tx *db.Tx) error {
			all, err := record.History(tx, stars.Subject("A-1"), "", 100)
			for _, e := range all {
				if strings.Contains(e.Public, "停电") {
					t.Error("the log says", e.Public)
				}
			}
			if len(all) != 6 {
				t.Errorf("the log has %d entries", len(all))
			}
			return err
		}))
	})
}

// again computes a star from its entry of the log alone, and from the file.
func (w *town) again(one stars.Star) {
	w.t.Helper()
	var e struct {
		Facts stars.Facts `json:"facts"`
		Star  int         `json:"star"`
		Rule  string      `json:"rule"`
	}
	w.must(w.db.View(w.t.Context(), func(tx *db.Tx) error {
		all, err := record.History(tx, stars.Subject(one.Station), "", 1)
		if err == nil {
			err = json.Unmarshal([]byte(all[0].Public), &e)
		}
		return err
	}))
	g, err := e.Facts.Grade(one.Station)
	f := stars.Rule()
	if err != nil || g.Star != one.Star || e.Star != one.Star || e.Rule != f.Rule.Hash() {
		w.t.Errorf("the entry %+v comes to %+v, %v", e, g, err)
	}
	text, err := one.File()
	w.must(err)
	set, _, err := mark.Read(w.t.Context(), strings.NewReader(string(text)))
	w.must(err)
	table, err := mark.Arrange(&f.Rule, set)
	w.must(err)
	if r, ok := scoring.Score(table).Of(one.Station); !ok || r.Grade.AtLeast != strconv.Itoa(one.Star) {
		w.t.Errorf("the file comes to %+v", r)
	}
}

// replayed holds a star against what the entries of the log make of it.
func (w *town) replayed(code string) {
	w.t.Helper()
	had, made := w.star(code), stars.Star{LowerTo: -1}
	w.must(w.db.View(w.t.Context(), func(tx *db.Tx) error {
		all, err := record.History(tx, stars.Subject(code), "", 100)
		for i := len(all) - 1; i >= 0 && err == nil; i-- {
			if slices.Contains(stars.Moving, all[i].Kind) {
				err = made.Take(all[i].Kind, []byte(all[i].Public))
			}
		}
		return err
	}))
	for days := range 400 {
		if at := w.now.AddDate(0, 0, days); made.Now(at) != had.Now(at) {
			w.t.Errorf("in %d days it has %d by the log, and %d", days, made.Now(at), had.Now(at))
			return
		}
	}
}

// What happens to a station puts it on the list, and lowers nothing.
func TestWhatHappensLowersNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		for _, code := range []string{"A-1", "A-2", "A-3", "A-4"} {
			w.add(code, nil)
			w.must(w.Survey(w.ctx(), w.office, whole(code)))
			_, err := w.Review(w.ctx(), w.office, code)
			w.must(err)
		}
		w.now = w.now.Add(time.Hour)
		now, err := w.register.Get(w.ctx(), "A-1")
		w.must(err)
		w.must(w.register.SayDoor(w.ctx(), w.keeper, "A-1", now.Version, station.DoorShut, calendar.DateOf(w.now)))
		broken := whole("A-2")
		broken.Kit = new(false)
		w.must(w.Survey(w.ctx(), w.office, broken))
		err = w.NameComplaint(w.ctx(), w.office, "A-3", "XN2026-2")
		w.says("a complaint that is not late", err, fault.Conflict)
		err = w.NameComplaint(w.ctx(), w.office, "A-3", "XN2026-9")
		w.says("a complaint that there is not", err, fault.NotFound)
		w.must(w.NameComplaint(w.ctx(), w.office, "A-3", "XN2026-1"))
		for code, want := range map[string]stars.Cause{"A-1": stars.Paused, "A-2": stars.Found, "A-3": stars.Complaint, "A-4": stars.NoCause} {
			if one := w.star(code); one.Cause != want || one.Now(w.now) != 4 {
				t.Errorf("%s: %+v", code, one)
			}
		}
		all, more, err := w.List(w.ctx(), stars.Filter{Caused: true, Limit: 2})
		if err != nil || len(all) != 2 || !more || all[1].Station != "A-2" {
			t.Errorf("%d %t %v", len(all), more, err)
		}
		all, more, err = w.List(w.ctx(), stars.Filter{Caused: true, After: "A-2", Limit: 2, Star: new(4), Within: division(t)})
		if err != nil || len(all) != 1 || more || all[0].Station != "A-3" {
			t.Errorf("%v %t %v", all, more, err)
		}
		_, err = w.Review(w.ctx(), w.office, "A-2")
		w.says("reviewed lower", err, fault.Conflict)
		if one := w.star("A-2"); one.Now(w.now) != 4 || one.N != 1 {
			t.Errorf("a review lowered it: %+v", one)
		}
		one := w.star("A-1")
		err = w.Settle(w.ctx(), w.other, stars.Settling{Station: "A-1", Seen: one.Version, Why: "只关了半天，停水"})
		w.must(err)
		if one = w.star("A-1"); one.Cause != stars.NoCause || one.Now(w.now) != 4 {
			t.Errorf("settled it is %+v", one)
		}
		err = w.Settle(w.ctx(), w.other, stars.Settling{Station: "A-1", Seen: one.Version, Why: "再来"})
		w.says("settled twice", err, fault.Conflict)

		// From one day to the next but one it was shut on three, as the log has it.
		w.now = begun.AddDate(0, 0, -30)
		w.add("A-5", nil)
		for at, status := range []station.Status{station.Paused, station.Operating} {
			w.now = begun.AddDate(0, 0, 2*at-5)
			five, err := w.register.Get(w.ctx(), "A-5")
			w.must(err)
			five.Status = status
			_, err = w.register.Save(w.ctx(), "test", five)
			w.must(err)
		}
		w.now = begun.Add(time.Hour)
		w.must(w.Survey(w.ctx(), w.office, whole("A-5")))
		one, err = w.Review(w.ctx(), w.office, "A-5")
		w.must(err)
		if f, err := one.Measured(); err != nil || f["shut-days"] != "3" || one.Now(w.now) != 4 {
			t.Errorf("%v %v", f, err)
		}
		counts, again, err := w.Counts(w.ctx(), gb.Division{})
		if err != nil || counts != [6]int64{4: 5} || again != 2 {
			t.Errorf("%v %d %v", counts, again, err)
		}
		all, _, err = w.List(w.ctx(), stars.Filter{Lapsing: 400 * 24 * time.Hour, Limit: 10})
		if err != nil || len(all) != 5 {
			t.Errorf("%d lapse, %v", len(all), err)
		}
		w.now = w.now.AddDate(1, 1, 0)
		counts, _, err = w.Counts(w.ctx(), division(t))
		if err != nil || counts != [6]int64{5} {
			t.Errorf("a year later it is %v, %v", counts, err)
		}
	})
}

// A batch goes page by page, stops, goes on where it was, and lowers nothing; an appeal against what was reviewed is measured again.
func TestBatch(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.add("A-1", nil)
		w.must(w.Survey(w.ctx(), w.office, whole("A-1")))
		_, err := w.Review(w.ctx(), w.office, "A-1")
		w.must(err)
		broken := whole("A-1")
		broken.Supplies = new(false)
		w.must(w.Survey(w.ctx(), w.office, broken))
		for n := range 230 {
			w.add(fmt.Sprintf("B-%03d", n), func(s *station.Station) {
				if n == 7 {
					s.Status = station.Candidate
				}
				if n == 8 {
					s.Hours = opening.Hours{} // nobody has said
				}
			})
		}
		_, err = w.Begin(w.ctx(), w.stranger, gb.Division{})
		w.says("a planner begins", err, fault.Denied)
		b, err := w.Begin(w.ctx(), w.office, division(t))
		w.must(err)
		if b.Total != 230 {
			t.Errorf("it is over %d", b.Total)
		}
		_, err = w.Begin(w.ctx(), w.other, gb.Division{})
		w.says("a second one", err, fault.Conflict)
		b, err = w.Advance(w.ctx(), w.office, b.ID)
		w.must(err)
		b, err = w.Turn(w.ctx(), w.office, b.ID, stars.Stopped)
		w.must(err)
		if same, err := w.Advance(w.ctx(), w.office, b.ID); err != nil || same.Done != 200 || b.Done != 200 {
			t.Errorf("stopped at %d, it went on to %d, %v", b.Done, same.Done, err)
		}
		b, err = w.Turn(w.ctx(), w.other, b.ID, stars.Going)
		w.must(err)
		told := 0
		b, err = w.Run(w.ctx(), w.other, b, func(stars.Batch) { told++ })
		if err != nil || b.State != stars.Done || b.Done != 230 || b.Given != 229 || b.Held != 1 || told != 1 {
			t.Errorf("%+v %v", b, err)
		}
		if one := w.star("A-1"); one.Now(w.now) != 4 || one.Cause == stars.NoCause {
			t.Errorf("a batch lowered it, or told nobody: %+v", one)
		}
		if one := w.star("B-008"); one.Star != 0 || one.AtMost != 5 {
			t.Errorf("without hours it is %+v", one)
		}
		if _, there, err := w.Of(w.ctx(), "B-007"); there || err != nil {
			t.Error("a candidate was reviewed", err)
		}
		w.must(w.Survey(w.ctx(), w.other, whole("B-001")))
		a, err := w.Appeal(w.ctx(), w.office, stars.Appealing{Station: "B-001", What: "核查过，应当更高"})
		w.must(err)
		_, err = w.Appeal(w.ctx(), w.office, stars.Appealing{Station: "B-001", What: "再申诉一次"})
		w.says("a second appeal", err, fault.Conflict)
		_, err = w.Decide(w.ctx(), w.referee, stars.Deciding{Station: a.Station, Appeal: a.ID, Seen: a.Version, Uphold: true, Why: "核查属实"})
		w.must(err)
		if one := w.star("B-001"); one.Now(w.now) != 4 || one.N != 2 || one.Appeal != "" {
			t.Errorf("measured again it is %+v", one)
		}
		if w.Survey(w.ctx(), w.office, stars.Survey{Station: "B-002", Day: ago(-1).String()}) == nil {
			t.Error("a survey of a day ahead is taken")
		}
		if err := errors.Join(w.Survey(w.ctx(), w.office, stars.Survey{Station: "B-002", Day: ago(3).String(), Area: new(-1)})); err == nil {
			t.Error("an area below nothing is taken")
		}
		w.replayed("B-001")
		w.now = w.star("A-1").AppealBy
		_, err = w.Appeal(w.ctx(), w.keeper, stars.Appealing{Station: "A-1", What: "太晚"})
		w.says("an appeal after the period", err, fault.Late)
	})
}
