// Package drawtest has a database with its public log, in which draws are made at the times of a test.
package drawtest

import (
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
)

// Schemas are the tables that draws need.
var Schemas = []db.Schema{record.Schema, draw.Schema}

// The seed of the tests: when its draws are committed to, when it is known, and what it is.
var (
	Before = time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC)
	After  = time.Date(2026, 12, 1, 13, 30, 0, 0, time.UTC)
	Values = []string{"3 5 11 18 24 30 + 7"}
)

// Site is a database with its log, at a time.
type Site struct {
	T    testing.TB
	DB   *db.DB
	Book *draw.Book
	Log  *publiclog.Log
	Now  time.Time

	signer *sequencer.Sequencer
}

// Begin begins the log of a database in a folder.
func Begin(t testing.TB, d *db.DB, folder string) *Site {
	t.Helper()
	signer, err := sequencer.Open(t.Context(), d, folder, "test.invalid/log")
	if err != nil {
		t.Fatal(err)
	}
	return &Site{T: t, DB: d, Book: draw.New(), Log: publiclog.Open(d, folder), Now: Before, signer: signer}
}

// Actor is somebody of the office.
func Actor(name string) draw.Actor { return draw.Actor{ID: name, Sign: "office"} }

// Two are both persons of the tests.
func Two() draw.Pair { return draw.Two(Actor("wang"), Actor("li")) }

// Do is a use case, after which the log is signed.
func (s *Site) Do(f func(*db.Tx) error) {
	s.T.Helper()
	if err := s.DB.Update(db.Rehearse(s.T.Context(), s.Now), f); err != nil {
		s.T.Fatal(err)
	}
	if err := s.signer.Drain(s.T.Context()); err != nil {
		s.T.Fatal(err)
	}
}

// Checkpoint is the signed checkpoint as it is now.
func (s *Site) Checkpoint() []byte {
	s.T.Helper()
	c, err := s.Log.Checkpoint(s.T.Context())
	if err != nil {
		s.T.Fatal(err)
	}
	return c.Note
}

// File is the public file of a draw.
func (s *Site) File(id string) []byte {
	s.T.Helper()
	text, err := draw.InPublic(s.Book, s.DB, s.Log).File(s.T.Context(), id)
	if err != nil {
		s.T.Fatal(err)
	}
	return text
}

// Entries are those of a draw.
func (s *Site) Entries(id string) (all []string) {
	s.T.Helper()
	err := s.DB.View(s.T.Context(), func(tx *db.Tx) (err error) {
		all, _, err = s.Book.Steps(tx, id)
		return err
	})
	if err != nil {
		s.T.Fatal(err)
	}
	return all
}

// Commit commits to a draw of a list, by the lottery of the tests.
func (s *Site) Commit(purpose string, rows, people []lots.Lot, shape lots.Shape, out ...lots.Exclusion) (d draw.Draw) {
	s.T.Helper()
	l, err := lots.New(rows, people, out)
	if err != nil {
		s.T.Fatal(err)
	}
	s.Do(func(tx *db.Tx) (err error) {
		d, err = s.Book.Commit(tx, Actor("office"), draw.Terms{
			Of: "contest/a", Purpose: "contest/a/" + purpose, Title: lang.Text{ZH: "十佳案例现场评审：汇报顺序", EN: "Expert review of the ten best cases: the order of presenters"}, List: l, Shape: shape,
			Seed:  []seed.Choice{{Sources: []seed.Ref{{At: "2026-12-01", Source: "ssq"}}, Until: After.Add(48 * time.Hour)}},
			Skips: []string{"absent", "withdrawn"},
		})
		return err
	})
	return d
}

// Seed has two persons type the seed.
func (s *Site) Seed(id string) {
	s.T.Helper()
	s.Now = After
	for _, by := range []string{"wang", "li"} {
		s.Do(func(tx *db.Tx) error {
			_, err := s.Book.Type(tx, Actor(by), id, 1, Values)
			return err
		})
	}
}

// SkipAndGoOn skips the second that was drawn and draws two more.
func (s *Site) SkipAndGoOn(id string) {
	s.T.Helper()
	s.Do(func(tx *db.Tx) error {
		c, d, err := s.Book.Course(tx, id)
		if err == nil {
			err = s.Book.Skip(tx, Two(), id, d.Steps, draw.Skipping{Code: c.Rows()[1].Code, Reason: "absent"})
		}
		if err == nil {
			err = s.Book.Extend(tx, Actor("wang"), id, d.Steps+1, "", 2)
		}
		return err
	})
}
