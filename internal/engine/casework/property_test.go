package casework_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/fault"
)

// walker tries whatever comes on one problem, and keeps its own book of what happened.
type walker struct {
	t        *rapid.T
	d        *db.DB
	book     *casework.Book
	now      time.Time
	problem  string
	measures []string
}

var (
	anybody = []casework.Person{
		{ID: "wang", Organisation: "water"},
		{ID: "zhao", Organisation: "fire"},
		{ID: "sun", Organisation: "pump"},
		{ID: "li", Organisation: "office"},
		{ID: "zhou", Organisation: "police"},
		{ID: "wu", Organisation: "court"},
		{ID: "chen", Organisation: ""},
		{ID: "he", Organisation: "police", For: "wang"},
	}
	anyMove = []string{"sign", "return", "assign", "cancel", "apply", "fail", "check", "file", "settle", "reopen"}
)

// attempt makes a random step, which may be refused, but never breaks.
func (w *walker) attempt() {
	target, move := w.problem, rapid.SampledFrom(anyMove).Draw(w.t, "move")
	if len(w.measures) > 0 && rapid.IntRange(0, 4).Draw(w.t, "on a measure") == 0 {
		target, move = rapid.SampledFrom(w.measures).Draw(w.t, "measure"), rapid.SampledFrom([]string{"do", "withdraw"}).Draw(w.t, "do")
	}
	err := w.d.Update(w.t.Context(), func(tx *db.Tx) error {
		c, err := w.book.Case(tx, target)
		if err != nil {
			return err
		}
		s := casework.Step{
			Case: target, Move: move, Seen: c.Version, By: []casework.Person{rapid.SampledFrom(anybody).Draw(w.t, "who")}, Rules: periods, Proves: proves,
			Fields: map[string]string{"selfcheck": rapid.SampledFrom([]string{"", "ok"}).Draw(w.t, "self"), "noword": rapid.SampledFrom([]string{"", "匿名"}).Draw(w.t, "noword")},
			Reason: rapid.SampledFrom([]string{"", "因为"}).Draw(w.t, "reason"),
		}
		if move == "assign" {
			s.Lead = rapid.SampledFrom([]string{"water", "fire", "pump", "police"}).Draw(w.t, "lead")
		}
		for _, ref := range rapid.SampledFrom([][]string{nil, {"a"}, {"a", "a-again"}, {"a", "b"}, {"forged", "b"}}).Draw(w.t, "photos") {
			s.Proofs = append(s.Proofs, casework.Proof{Kind: "photo", Ref: ref})
		}
		_, err = w.book.Advance(tx, s)
		return err
	})
	w.allowed(err)
}

// allowed: a step is made, or refused with a fault, of one thing or of several.
func (w *walker) allowed(err error) {
	for _, e := range flatten(err) {
		if e != nil && fault.KindOf(e) == 0 {
			w.t.Fatal(e)
		}
	}
}

func (w *walker) measure() {
	if len(w.measures) >= 3 {
		return
	}
	err := w.d.Update(w.t.Context(), func(tx *db.Tx) error {
		c, err := w.book.Open(tx, casework.Opening{Process: "test.measure", Code: fmt.Sprint(w.problem, len(w.measures)), Parent: w.problem, Lead: "water", Asker: "office", By: anybody[:1], Rules: periods})
		w.measures = append(w.measures, c.ID)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// check reads the history and looks whether the case may stand where it stands.
func (w *walker) check() {
	err := w.d.View(w.t.Context(), func(tx *db.Tx) error {
		c, err := w.book.Case(tx, w.problem)
		if err != nil {
			return err
		}
		past, err := w.book.History(tx, w.problem, 0, 1000)
		if err != nil {
			return err
		}
		w.judge(past)
		duties, err := w.book.Duties(tx, c.ID)
		holder := map[string]string{"assigned": c.Lead, "rectifying": c.Lead, "applied": "office", "public": "office", "wrong": "office"}[c.Stage]
		if want := min(len(holder), 1); len(duties) != want || want == 1 && (duties[0].Holder != casework.Organisation(holder) || duties[0].Name != c.Stage) {
			w.t.Fatalf("in the stage %s these are owed: %+v", c.Stage, duties)
		}
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// judge holds a history against what nobody may evade.
func (w *walker) judge(past []casework.Past) {
	var since []casework.Past // since the case last stood in rectifying
	for _, p := range past {
		since = append(since, p)
		if p.To == "rectifying" {
			since = nil
		}
		switch p.Move {
		case "check":
			if n := len(p.Proofs); n < 2 || p.By[0].Organisation == "" {
				w.t.Fatalf("checked by %v with %d photos", p.By, n)
			}
		case "file":
			check := slices.IndexFunc(since, func(q casework.Past) bool { return q.Move == "check" })
			apply := slices.IndexFunc(since, func(q casework.Past) bool { return q.Move == "apply" })
			if check < 0 || apply < 0 || apply > check {
				w.t.Fatalf("filed after %v", since)
			}
			if since[check].By[0].ID == since[apply].By[0].ID || since[check].By[0].ID == p.By[0].ID {
				w.t.Fatalf("%v applied, %v checked, %v filed", since[apply].By, since[check].By, p.By)
			}
			if p.Recorded.Before(since[check].Recorded.AddDate(0, 0, 5)) {
				w.t.Fatalf("checked at %v and filed at %v", since[check].Recorded, p.Recorded)
			}
		case "settle":
			file := slices.IndexFunc(since, func(q casework.Past) bool { return q.Move == "file" })
			if file < 0 || p.Recorded.Before(since[file].Recorded.AddDate(1, 0, 0)) {
				w.t.Fatalf("settled at %v after %v", p.Recorded, since)
			}
		}
	}
}

// TestNoPathEvades: whatever is tried, by whom, in whatever order, nothing is filed without a done measure, an
// outside check, two photos and the word or its reason, nor settled before the year is over.
func TestNoPathEvades(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), schemas...)
	reached := map[string]int{}
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		w := &walker{t: t, d: d, now: when("2026-11-02T09:00")}
		w.book = book(t, func() time.Time { return w.now })
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			c, err := w.book.Open(tx, casework.Opening{Process: "test.problem", Code: fmt.Sprint("P-", n), Lead: "water", Asker: "office", By: anybody[3:4], Rules: periods})
			if err != nil {
				return err
			}
			w.problem = c.ID
			_, err = w.book.Absences.Appoint(tx, "test", casework.Away{Person: "wang", Deputy: "he", From: w.now, Until: w.now.AddDate(0, 6, 0)})
			if n > 1 && fault.KindOf(err) == fault.Conflict {
				err = nil // one walk's is every walk's
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Repeat(map[string]func(*rapid.T){
			"attempt": func(t *rapid.T) { w.t = t; w.attempt() },
			"again":   func(t *rapid.T) { w.t = t; w.attempt() },
			"towards": func(t *rapid.T) { w.t = t; w.towards() },
			"further": func(t *rapid.T) { w.t = t; w.towards(); w.towards() },
			"onwards": func(t *rapid.T) { w.t = t; w.now = w.now.AddDate(0, 0, 10); w.towards() },
			"measure": func(t *rapid.T) { w.t = t; w.measure() },
			"wait": func(t *rapid.T) {
				w.now = w.now.Add(time.Duration(rapid.SampledFrom([]int{1, 24, 200, 9000}).Draw(t, "hours")) * time.Hour)
			},
			"": func(t *rapid.T) { w.t = t; w.check() },
		})
		_ = d.View(t.Context(), func(tx *db.Tx) error {
			c, err := w.book.Case(tx, w.problem)
			reached[c.Stage]++
			return err
		})
	})
	t.Log("walks ended in", reached)
}

// towards makes the next honest step, so that walks come far.
func (w *walker) towards() {
	if len(w.measures) == 0 {
		w.measure()
	}
	err := w.d.Update(w.t.Context(), func(tx *db.Tx) error {
		c, err := w.book.Case(tx, w.problem)
		if err != nil {
			return err
		}
		s := casework.Step{Case: c.ID, Seen: c.Version, Rules: periods, Proves: proves, Reason: "因为", Fields: map[string]string{"selfcheck": "ok", "noword": "匿名"}}
		s.Proofs = []casework.Proof{{Kind: "photo", Ref: "a"}, {Kind: "photo", Ref: "b"}, {Kind: "paper", Ref: "p"}}
		switch c.Stage {
		case "assigned":
			s.Move, s.By = "sign", []casework.Person{{ID: "wang", Organisation: c.Lead}}
		case "wrong":
			s.Move, s.By, s.Lead = "assign", []casework.Person{{ID: "li", Organisation: "office"}}, "water"
		case "rectifying":
			if len(w.measures) > 0 {
				m, err := w.book.Case(tx, w.measures[0])
				if err != nil {
					return err
				}
				if m.Stage == "open" {
					s.Case, s.Seen, s.Move, s.By = m.ID, m.Version, "do", anybody[:1]
					break
				}
			}
			s.Move, s.By = "apply", anybody[:1]
		case "applied":
			s.Move, s.By = "check", []casework.Person{{ID: "judge", Organisation: "court"}}
		case "public":
			s.Move, s.By = "file", anybody[3:4]
		case "filed":
			s.Move, s.By = "settle", []casework.Person{{ID: "program"}}
		default:
			return nil
		}
		_, err = w.book.Advance(tx, s)
		return err
	})
	w.allowed(err)
}

// TestTwoOfficersAtOnce: of two who decide at the same moment one is made and the other told, on both engines.
func TestTwoOfficersAtOnce(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		b := book(t, nil)
		for round := range 20 {
			var c casework.Case
			err := d.Update(t.Context(), func(tx *db.Tx) (err error) {
				c, err = b.Open(tx, casework.Opening{Process: "test.problem", Code: fmt.Sprint("P-", round), Lead: "water", Asker: "office", By: anybody[:1], Rules: periods})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			errs := make([]error, 4)
			for i := range errs {
				wg.Go(func() {
					errs[i] = d.Update(t.Context(), func(tx *db.Tx) error {
						_, err := b.Advance(tx, casework.Step{Case: c.ID, Move: []string{"sign", "return"}[i%2], Seen: 1, By: anybody[i : i+1], Reason: "因为", Rules: periods})
						return err
					})
				})
			}
			wg.Wait()
			made := 0
			for _, err := range errs {
				switch {
				case err == nil:
					made++
				case fault.KindOf(err) != fault.Conflict:
					t.Fatal(err)
				}
			}
			if made != 1 {
				t.Fatalf("%d of four were made: %v", made, errs)
			}
		}
	})
}

// TestANewYearIsAnnounced: what was provisional is reckoned anew, and the case says so.
func TestANewYearIsAnnounced(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		now := when("2026-12-30T09:00")
		b := book(t, func() time.Time { return now })
		var c casework.Case
		must := func(f func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Update(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		must(func(tx *db.Tx) (err error) {
			c, err = b.Open(tx, casework.Opening{Process: "test.problem", Code: "P-1", Lead: "water", Asker: "office", By: anybody[:1], Rules: map[string]clock.Rule{"sign": period("3 working days")}})
			return err
		})
		recount := func() (changed int) {
			must(func(tx *db.Tx) (err error) {
				all, _, _, err := b.Recount(tx, casework.Counted{}, 100)
				changed = len(all)
				return err
			})
			return changed
		}
		if n := recount(); n != 0 {
			t.Errorf("%d changed though nothing was announced", n)
		}
		more, err := calendar.Official.With("year 2027 示例〔2026〕1号 2026-12-30\nholiday 2027-01-01 2027-01-04 元旦 | New Year's Day\n")
		if err != nil {
			t.Fatal(err)
		}
		b.SetOffice(clock.Office{Calendar: more})
		if n := recount(); n != 1 {
			t.Errorf("%d changed", n)
		}
		if n := recount(); n != 0 {
			t.Errorf("%d changed again", n)
		}
		must(func(tx *db.Tx) error {
			past, err := b.History(tx, c.ID, 0, 10)
			if err != nil || len(past) != 2 || past[1].Clock != "sign" || !strings.Contains(past[1].Reason, "2027-01-06 00:00 → 2027-01-07 00:00") {
				t.Errorf("%+v %v", past, err)
			}
			duties, err := b.Owed(tx, casework.Organisation("water"), casework.Page{})
			if err != nil || len(duties) != 1 || !duties[0].DueAt.Equal(when("2027-01-07")) {
				t.Errorf("%+v %v", duties, err)
			}
			return nil
		})
	})
}

// TestDutiesComeInPages: the next page begins behind the last one, however many are due at once.
func TestDutiesComeInPages(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		b := book(t, nil)
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			for i := range 95 {
				if _, err := b.Open(tx, casework.Opening{Process: "test.problem", Code: strconv.Itoa(i), Lead: "water", Asker: "office", By: anybody[:1], Rules: periods}); err != nil {
					return err
				}
			}
			seen := map[string]bool{}
			page := casework.Page{Limit: 10}
			for {
				duties, err := b.Owed(tx, casework.Organisation("water"), page)
				if err != nil {
					return err
				}
				if len(duties) == 0 {
					break
				}
				for _, duty := range duties {
					if seen[duty.Case] || !duty.HasDue() {
						t.Errorf("%+v", duty)
					}
					seen[duty.Case] = true
				}
				page.After = duties[len(duties)-1]
			}
			awaited, err := b.Awaited(tx, casework.Organisation("office"), casework.Page{})
			if len(seen) != 95 || len(awaited) != 95 {
				err = errors.Join(err, fmt.Errorf("%d and %d duties", len(seen), len(awaited)))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
