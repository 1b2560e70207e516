package casework_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/record"
)

// post is a book whose time a test sets, with one case that has been assigned.
type post struct {
	t    *testing.T
	d    *db.DB
	book *casework.Book
	now  time.Time
}

func posted(t *testing.T, d *db.DB, codes ...string) *post {
	p := &post{t: t, d: d, now: when("2026-11-03T10:00")}
	p.book = book(t, func() time.Time { return p.now })
	p.open(codes...)
	return p
}

func (p *post) open(codes ...string) {
	p.t.Helper()
	for _, code := range codes {
		p.do(func(tx *db.Tx) error {
			_, err := p.book.Open(tx, casework.Opening{Process: "test.problem", Code: code, Division: "630102", Lead: "water", Asker: "office", By: anybody[:1], Rules: periods})
			return err
		})
	}
}

func (p *post) do(f func(*db.Tx) error) {
	p.t.Helper()
	if err := p.d.Update(p.t.Context(), f); err != nil {
		p.t.Fatal(err)
	}
}

func (p *post) take() (all []casework.Notice) {
	p.t.Helper()
	p.do(func(tx *db.Tx) (err error) { all, err = p.book.Notices.Take(tx, 10, 5*time.Minute); return err })
	return all
}

func (p *post) unsent() (all []casework.Notice) {
	p.t.Helper()
	p.do(func(tx *db.Tx) (err error) { all, err = p.book.Notices.Unsent(tx, casework.Notice{}, 10); return err })
	return all
}

// A notice that a sender took and never answered for is taken again; what the first one
// says then changes nothing.
func TestANoticeOfASenderThatWasKilled(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		p := posted(t, d, "P-1")
		first := p.take()
		if len(first) != 1 || len(p.take()) != 0 {
			t.Fatal(first)
		}
		p.now = p.now.Add(6 * time.Minute)
		second := p.take()
		if len(second) != 1 || second[0].ID != first[0].ID || second[0].Tries != 2 {
			t.Fatal(second)
		}
		p.do(func(tx *db.Tx) error { return p.book.Notices.Failed(tx, first[0], "too late", true) })
		p.do(func(tx *db.Tx) error { return p.book.Notices.Sent(tx, second[0]) })
		p.now = p.now.Add(time.Hour)
		if all := append(p.take(), p.unsent()...); len(all) != 0 {
			t.Error(all)
		}
	})
}

// A gateway that is down is asked eight times, ever more seldom and within office hours;
// then the notice is on the list of those who ring up, with the reason.
func TestANoticeThatCannotBeSent(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		p := posted(t, d, "P-1", "P-2")
		var waits []time.Duration
		last, tries := p.now, 0
		for end := p.now.Add(48 * time.Hour); p.now.Before(end); p.now = p.now.Add(time.Minute) {
			for _, n := range p.take() {
				if n.Code != "P-1" || n.Kind != casework.Work {
					p.do(func(tx *db.Tx) error { return p.book.Notices.Sent(tx, n) })
					continue
				}
				if h := p.now.Add(8 * time.Hour).Hour(); h < 9 || h > 17 {
					t.Error("tried at", p.now)
				}
				waits, last, tries = append(waits, p.now.Sub(last)), p.now, n.Tries
				p.do(func(tx *db.Tx) error { return p.book.Notices.Failed(tx, n, "HTTP 503", false) })
			}
		}
		if tries != 8 || waits[1] < time.Minute || waits[4] < 8*time.Minute {
			t.Error(tries, waits)
		}
		all := p.unsent()
		if len(all) != 1 || !all[0].Dead() || all[0].Why != "HTTP 503" || all[0].Code != "P-1" {
			t.Fatal(all)
		}
		// Tried anew it goes out; told by telephone it needs no sender.
		p.do(func(tx *db.Tx) error { return p.book.Notices.Again(tx, all[0]) })
		again := p.take()
		if len(again) != 1 || again[0].Tries != 1 {
			t.Fatal(again)
		}
		p.do(func(tx *db.Tx) error { return p.book.Notices.Failed(tx, again[0], "no sender", true) })
		p.do(func(tx *db.Tx) error { return p.book.Notices.Told(tx, "office@x", "li", again[0]) })
		p.do(func(tx *db.Tx) error { return p.book.Notices.Told(tx, "office@x", "li", again[0]) }) // two at once
		if all := append(p.take(), p.unsent()...); len(all) != 0 {
			t.Error(all)
		}
		p.do(func(tx *db.Tx) error {
			told, err := record.History(tx, "notice/"+again[0].ID, "", 10)
			if len(told) != 1 || told[0].Kind != "casework.notice-told" {
				t.Error(told)
			}
			return err
		})
		p.do(func(tx *db.Tx) error {
			n, err := p.book.Notices.Forget(tx, p.now.Add(time.Hour))
			if n == 0 {
				t.Error("nothing was forgotten")
			}
			return err
		})
	})
}

// What an older database still had to send may have gone out since: it is told by telephone.
func TestNoticesOfAnOlderDatabase(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		p := posted(t, d)
		p.now = when("2024-11-04T10:00") // all of it is due
		p.open("P-1")
		if err := casework.Restored(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		p.now = p.now.AddDate(0, 1, 0)
		if taken, left := p.take(), p.unsent(); len(taken) != 0 || len(left) == 0 || left[0].Why != "restored" || !left[0].Dead() {
			t.Error(taken, left)
		}
	})
}

// Two processes that send at once send each notice once.
func TestTwoSenders(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		var codes []string
		for i := range 30 {
			codes = append(codes, fmt.Sprint("P-", i))
		}
		p := posted(t, d, codes...)
		var mu sync.Mutex
		sent := map[string]int{}
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				for range 40 {
					var took []casework.Notice
					err := d.Update(context.Background(), func(tx *db.Tx) (err error) { took, err = p.book.Notices.Take(tx, 2, time.Hour); return err })
					if err != nil {
						t.Error(err)
						return
					}
					for _, n := range took {
						mu.Lock()
						sent[n.Code]++
						mu.Unlock()
						if err := d.Update(context.Background(), func(tx *db.Tx) error { return p.book.Notices.Sent(tx, n) }); err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		all.Wait()
		for _, code := range codes {
			if sent[code] != 1 {
				t.Errorf("%s was sent %d times", code, sent[code])
			}
		}
	})
}

// A clock whose case nobody can deal with keeps none behind it waiting, and comes again.
func TestNextRunOut(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		p := posted(t, d, "P-1", "P-2")
		p.now = when("2026-11-10T10:00")
		var after casework.RanOut
		var done []string
		next := func(keep bool) (one casework.RanOut, ok bool) {
			err := d.Update(t.Context(), func(tx *db.Tx) (err error) {
				one, ok, err = p.book.NextRunOut(tx, after)
				if err == nil && ok && !keep {
					err = fmt.Errorf("what comes of %s fails", one.Case.Code)
				}
				return err
			})
			if keep && err != nil {
				t.Fatal(err)
			}
			return one, ok
		}
		failed, ok := next(false)
		if !ok {
			t.Fatal("none ran out")
		}
		after = failed
		for one, ok := next(true); ok; one, ok = next(true) {
			done = append(done, one.Case.Code)
		}
		after = casework.RanOut{}
		again, ok := next(true)
		if len(done) != 1 || !ok || again.Case.Code != failed.Case.Code || again.Case.Code == done[0] {
			t.Error(done, failed.Case.Code, again.Case.Code, ok)
		}
		if one, ok := next(true); ok {
			t.Error("handed out twice:", one)
		}
	})
}
