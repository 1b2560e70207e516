package draw_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/draw/drawtest"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

func orderOf(t *testing.T, purpose string, rows []lots.Lot) draw.Terms {
	t.Helper()
	l, err := lots.New(rows, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return draw.Terms{
		Of: "contest/a", Purpose: purpose, Title: lang.Text{ZH: "顺序", EN: "Order"}, List: l,
		Seed: []seed.Choice{{Sources: []seed.Ref{{At: "2026-12-01", Source: "ssq"}}, Until: drawtest.After.Add(48 * time.Hour)}},
	}
}

var three = []lots.Lot{{Code: "A-1"}, {Code: "A-2"}, {Code: "A-3"}}

// Whoever asks at once: one draw of a purpose begins.
func TestOneOpenDrawAPurpose(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		book := draw.New()
		terms := orderOf(t, "contest/a/order", three)
		var mu sync.Mutex
		var wait sync.WaitGroup
		begun := 0
		for range 12 {
			wait.Go(func() {
				err := d.Update(db.Rehearse(context.Background(), drawtest.Before), func(tx *db.Tx) error {
					_, err := book.Commit(tx, actor("office"), terms)
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					begun++
				case fault.KindOf(err) != fault.Conflict:
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if begun != 1 {
			t.Errorf("%d draws of one purpose are open", begun)
		}
	})
}

// A purpose is not a text that somebody makes up.
func TestPurposesAreMadeOfIds(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), schemas...)
	for _, purpose := range []string{"contest/b/order", "contest/a", "contest/a/", "contest/a/order ", "contest/a/Order", "contest/a/顺序", "contest/a/order/2"} {
		err := d.Update(db.Rehearse(t.Context(), drawtest.Before), func(tx *db.Tx) error {
			_, err := draw.New().Commit(tx, actor("office"), orderOf(t, purpose, three))
			return err
		})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", purpose, err)
		}
	}
}

var (
	swapList = db.Declare[swapped, db.None](`UPDATE record_file SET text = :text WHERE sha256 = :sha256`)
	swapStep = db.Declare[swapped, db.None](`UPDATE draw_step SET public = :text WHERE draw_id = :sha256 AND n = 1`)
)

type swapped struct {
	SHA256 string `db:"sha256"`
	Text   string `db:"text"`
}

// Who changes the list, or a step, in the database has no draw any more, rather than another.
func TestRowsThatWereChangedDrawNothing(t *testing.T) {
	for name, change := range map[string]func(tx *db.Tx, d draw.Draw) error{
		"the list": func(tx *db.Tx, d draw.Draw) error {
			l, err := lots.New(three[:2], nil, nil)
			if err != nil {
				return err
			}
			text, err := l.Bytes()
			return errors.Join(err, onlyOne(swapList.Exec(tx, swapped{d.List, string(text)})))
		},
		"the seed": func(tx *db.Tx, d draw.Draw) error {
			c, _, err := draw.New().Course(tx, d.ID)
			if err != nil {
				return err
			}
			text := `{"choice":1,"draw":"` + d.ID + `","drawn":3,"result":"` + strings.Repeat("0", 64) + `","seed":"ssq 2026-12-01 01-02-03-04-05-06+07","terms":"` + c.Hash + `"}`
			return onlyOne(swapStep.Exec(tx, swapped{d.ID, text}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, dbtest.Open(t, dbtest.SQLite(t), schemas...))
			d := s.Commit("order", three, nil, lots.Shape{})
			s.Seed(d.ID)
			s.Do(func(tx *db.Tx) error { return change(tx, d) })
			err := s.DB.View(t.Context(), func(tx *db.Tx) error {
				_, _, err := s.Book.Course(tx, d.ID)
				return err
			})
			if err == nil || fault.KindOf(err) != 0 {
				t.Errorf("it is drawn as if nothing were: %v", err)
			}
		})
	}
}

func onlyOne(n int64, err error) error {
	if err == nil && n != 1 {
		return errors.New("nothing was changed")
	}
	return err
}

// Who has looked before another step was made looks again, so that a button pressed twice draws once.
func TestASecondPressDrawsNothing(t *testing.T) {
	s := begin(t, dbtest.Open(t, dbtest.SQLite(t), schemas...))
	d := s.Commit("order", three, nil, lots.Shape{First: 1})
	s.Seed(d.ID)
	s.Do(func(tx *db.Tx) error { return s.Book.Extend(tx, actor("wang"), d.ID, 1, "", 1) })
	err := s.DB.Update(db.Rehearse(t.Context(), s.Now), func(tx *db.Tx) error { return s.Book.Extend(tx, actor("wang"), d.ID, 1, "", 1) })
	if fault.KindOf(err) != fault.Conflict {
		t.Error(err)
	}
}

// One subject that was put on the list under two codes comes out when both are opened.
func TestTwinsComeOut(t *testing.T) {
	s := begin(t, dbtest.Open(t, dbtest.SQLite(t), schemas...))
	rows, openings, err := lots.Blind("K", []string{"甲", "乙"})
	if err != nil {
		t.Fatal(err)
	}
	again := openings[0]
	again.Code, again.Salt = "K-99", strings.Repeat("ab", 32)
	blind, err := again.Commitment()
	if err != nil {
		t.Fatal(err)
	}
	d := s.Commit("order", append(rows, lots.Lot{Code: again.Code, Blind: blind}), nil, lots.Shape{})
	err = s.DB.Update(db.Rehearse(t.Context(), s.Now), func(tx *db.Tx) error { return s.Book.Open(tx, actor("wang"), d.ID, openings) })
	if fault.KindOf(err) != fault.Late {
		t.Error("blind codes were opened before the seed: ", err)
	}
	s.Seed(d.ID)
	s.Do(func(tx *db.Tx) error { return s.Book.Open(tx, actor("wang"), d.ID, append(openings, again)) })
	err = s.DB.View(t.Context(), func(tx *db.Tx) error {
		c, _, err := s.Book.Course(tx, d.ID)
		if err == nil && len(c.Twins) != 1 {
			t.Error(c.Twins)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
