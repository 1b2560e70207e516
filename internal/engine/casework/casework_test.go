package casework_test

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// above is the tree of organisations of the tests.
var above = map[string]string{"water": "city", "fire": "city", "pump": "water"}

func outside(_ *db.Tx, organisation string, of []string, superior bool) (bool, error) {
	below := func(a, b string) bool { // a is b or below it
		for ; a != ""; a = above[a] {
			if a == b {
				return true
			}
		}
		return false
	}
	for _, o := range of {
		if below(organisation, o) || superior && below(o, organisation) {
			return false, nil
		}
	}
	return true, nil
}

// schemas are the tables of cases, and of the record that says who was away.
var schemas = []db.Schema{record.Schema, casework.Schema}

func period(length string) clock.Rule {
	l, err := clock.ParseLength(length)
	if err != nil {
		panic(err)
	}
	return clock.Rule{
		Name: length, Title: name(length), Length: l, From: name("起算"), Law: "试验",
		Pauses: []clock.Pause{{Key: "检测", Name: name("检测")}},
		Extend: &clock.Extension{Most: clock.Length{N: 5, Unit: clock.Day}, Times: 1, By: name("负责人")},
	}
}

var periods = map[string]clock.Rule{
	"sign": period("1 working day"), "rectify": period("10 days"), "publicity": period("5 working days"),
	"window": period("1 year"), "measure": period("20 days"),
}

// failing is a test, or one walk of one.
type failing interface {
	Helper()
	Fatal(args ...any)
}

func book(t failing, now func() time.Time) *casework.Book {
	t.Helper()
	b, err := casework.New(casework.Options{
		Processes: []process.Process{problem, measure}, Outside: outside,
		Now: func(tx *db.Tx) time.Time {
			if now == nil {
				return tx.Now()
			}
			return now()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestScripts reads testdata/*.test on both engines.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.test")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s := &script{d: d, ids: map[string]string{}}
			s.book = book(t, func() time.Time { return s.now })
			for n, line := range strings.Split(string(text), "\n") {
				line, _, _ = strings.Cut(line, "#")
				f := strings.Fields(line)
				if len(f) == 0 {
					continue
				}
				if s.err != nil && f[0] != "refused" {
					t.Fatalf("%s:%d: the line before was refused: %v", file, n, s.err)
				}
				if why := s.do(t, f); why != "" {
					t.Errorf("%s:%d: %s: %s", file, n+1, strings.TrimSpace(line), why)
				}
			}
			if s.err != nil {
				t.Error(s.err)
			}
		})
	}
}

// script is a testdata file being read.
type script struct {
	d    *db.DB
	book *casework.Book
	now  time.Time
	ids  map[string]string
	err  error // of the line before
}

func when(s string) time.Time {
	t, err := clock.ParseTime(s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// options are the words with "=", and the rest.
func options(f []string) (plain []string, with map[string]string) {
	with = map[string]string{}
	for _, word := range f {
		if k, v, ok := strings.Cut(word, "="); ok {
			with[k] = v
		} else {
			plain = append(plain, word)
		}
	}
	return plain, with
}

func (s *script) do(t *testing.T, f []string) (why string) {
	plain, with := options(f)
	switch f[0] {
	case "now":
		s.now = when(f[1])
		return ""
	case "refused":
		text, known := fault.In(0, s.err)
		for _, e := range flatten(s.err) {
			if one, ok := fault.In(0, e); ok {
				text, known = text+"\n"+one, true
			}
		}
		if !known {
			return fmt.Sprintf("it was not refused: %v", s.err)
		}
		if want := strings.Join(f[1:], " "); !strings.Contains(text, want) {
			why = "it was refused: " + text
		}
		s.err = nil
		return why
	case "case":
		s.err = s.d.Update(t.Context(), func(tx *db.Tx) error { return s.open(tx, plain, with) })
		return ""
	case "advance":
		s.err = s.d.Update(t.Context(), func(tx *db.Tx) error { return s.advance(tx, plain, with) })
		return ""
	case "pause", "resume", "extend", "ruled", "void":
		s.err = s.d.Update(t.Context(), func(tx *db.Tx) error { return s.turn(tx, f) })
		return ""
	case "away", "recall":
		s.err = s.d.Update(t.Context(), func(tx *db.Tx) error { return s.away(tx, f) })
		return ""
	case "sends":
		err := s.d.Update(t.Context(), func(tx *db.Tx) (err error) { why, err = s.sends(tx, f[1:]); return err })
		if err != nil {
			return err.Error()
		}
		return why
	case "runout":
		err := s.d.Update(t.Context(), func(tx *db.Tx) error { why = s.runOut(tx, plain[1:]); return nil })
		if err != nil {
			return err.Error()
		}
		return why
	}
	err := s.d.View(t.Context(), func(tx *db.Tx) (err error) { why, err = s.expect(tx, f); return err })
	if err != nil {
		return err.Error()
	}
	return why
}

func flatten(err error) []error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		return several.Unwrap()
	}
	return []error{err}
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func persons(s, instead string) (all []casework.Person) {
	for _, p := range list(s) {
		id, organisation, _ := strings.Cut(p, "@")
		all = append(all, casework.Person{ID: id, Organisation: organisation, For: instead})
	}
	return all
}

func (s *script) open(tx *db.Tx, f []string, with map[string]string) error {
	c, err := s.book.Open(tx, casework.Opening{
		Process: f[2], Code: f[1], Division: "630102", Parent: s.ids[with["in"]], Lead: with["lead"], Asker: with["asker"],
		By: persons(cmp.Or(with["by"], "li@office"), with["for"]), Rules: periods,
	})
	if err == nil {
		s.ids[f[1]] = c.ID
	}
	return err
}

// proves knows photos by one letter; "a-again" is the same picture as "a".
func proves(_ *db.Tx, _ process.Need, p casework.Proof) (string, error) {
	if p.Ref == "forged" {
		return "", fault.New(fault.Invalid, "这张照片不属于这个问题", "this photo is not of this problem")
	}
	same, _, _ := strings.Cut(p.Ref, "-")
	return same, nil
}

func (s *script) advance(tx *db.Tx, f []string, with map[string]string) error {
	c, err := s.book.Case(tx, s.ids[f[1]])
	if err != nil {
		return err
	}
	step := casework.Step{
		Case: c.ID, Move: f[2], Seen: c.Version, Act: with["act"], After: with["after"], By: persons(with["by"], with["for"]), Reason: with["reason"],
		Rules: periods, Lead: with["lead"], Joint: list(with["joint"]), Fields: map[string]string{}, Proves: proves,
	}
	if seen, ok := with["seen"]; ok {
		step.Seen, _ = strconv.Atoi(seen)
	}
	for _, kind := range []string{"photo", "word", "paper"} {
		for _, ref := range list(with[kind]) {
			step.Proofs = append(step.Proofs, casework.Proof{Kind: kind, Ref: ref})
		}
	}
	for _, field := range []string{"selfcheck", "noword"} {
		step.Fields[field] = with[field]
	}
	_, err = s.book.Advance(tx, step)
	return err
}

func (s *script) turn(tx *db.Tx, f []string) error {
	c, err := s.book.Case(tx, s.ids[f[1]])
	if err != nil {
		return err
	}
	rest := strings.Join(f[3:], " ")
	e := clock.Event{}
	switch f[0] {
	case "pause":
		e = clock.Event{Kind: clock.Paused, Reason: rest}
	case "resume":
		e = clock.Event{Kind: clock.Resumed, Reason: rest}
	case "extend":
		l, err := clock.ParseLength(rest)
		if err != nil {
			return err
		}
		e = clock.Event{Kind: clock.Extended, Length: &l, By: "head"}
	case "ruled":
		key := period("5 days")
		e = clock.Event{Kind: clock.Ruled, Rule: &key}
	}
	_, _, err = s.book.Turn(tx, casework.Turn{Case: c.ID, Seen: c.Version, Clock: f[2], By: persons("li@office", ""), Event: e})
	return err
}

// away has somebody take a place, or ends it.
func (s *script) away(tx *db.Tx, f []string) error {
	if f[0] == "away" {
		_, err := s.book.Absences.Appoint(tx, "test", casework.Away{Person: f[1], Deputy: f[2], From: when(f[3]), Until: when(f[4])})
		return err
	}
	own, others, err := s.book.Absences.Of(tx, f[1])
	for _, a := range append(own, others...) {
		err = errors.Join(err, s.book.Absences.Recall(tx, "test", a.ID, f[1]))
	}
	return err
}

// sends takes what goes out now, as a sender that never fails.
func (s *script) sends(tx *db.Tx, want []string) (string, error) {
	all, err := s.book.Notices.Take(tx, 10, time.Minute)
	if err != nil {
		return "", err
	}
	got := []string{}
	for _, n := range all {
		line := fmt.Sprintf("%s/%s/%s/%s", n.Organisation, n.Kind, n.Code, n.Stage)
		if n.HasDue() {
			line += n.DueAt.In(calendar.China).Add(-time.Second).Format("/01-02")
		}
		got = append(got, line)
		if err := s.book.Notices.Sent(tx, n); err != nil {
			return "", err
		}
	}
	if len(got) == 0 {
		got = []string{"nothing"}
	}
	slices.Sort(got)
	slices.Sort(want)
	return differs(strings.Join(got, " "), strings.Join(want, " ")), nil
}

func (s *script) runOut(tx *db.Tx, want []string) string {
	all, err := s.book.RunOut(tx, 10)
	if err != nil {
		return err.Error()
	}
	got := []string{}
	for _, o := range all {
		got = append(got, o.Case.Code, o.Clock)
	}
	if len(got) == 0 {
		got = append(got, "none")
	}
	if !slices.Equal(got, want) {
		return fmt.Sprint("these ran out: ", got)
	}
	return ""
}

func (s *script) expect(tx *db.Tx, f []string) (why string, err error) {
	var got string
	want := strings.Join(f[2:], " ")
	switch f[0] {
	case "expect", "life":
		c, err := s.book.Case(tx, s.ids[f[1]])
		if got = c.Stage; f[0] == "life" {
			got = strconv.Itoa(c.Life)
		}
		return differs(got, want), err
	case "history":
		past, err := s.book.History(tx, s.ids[f[1]], 0, 100)
		moves := []string{}
		for _, p := range past {
			moves = append(moves, p.Move)
		}
		return differs(strings.Join(moves, " "), want), err
	case "owes", "awaits":
		ask := s.book.Owed
		if f[0] == "awaits" {
			ask = s.book.Awaited
		}
		duties, err := ask(tx, casework.Organisation(f[1]), casework.Page{Limit: 50})
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(duties, func(d casework.Duty) bool { return d.Case == s.ids[want] }) || want == "nobody" && len(duties) == 0 {
			return "", nil
		}
		return fmt.Sprint("owed: ", duties), nil
	case "late":
		n, err := s.book.Lists.CountOwed(tx, []string{casework.Organisation(f[1])}, time.Time{}, s.now)
		return differs(strconv.Itoa(n), want), err
	case "due":
		clocks, err := s.book.Clocks(tx, s.ids[f[1]])
		got = "none"
		for _, k := range clocks {
			if k.Running && k.Standing == "" && k.Name != "window" {
				got = k.Last.String()
			}
		}
		return differs(got, want), err
	}
	return "nobody knows what this line means", nil
}

func differs(got, want string) string {
	if got == want {
		return ""
	}
	return "it is " + got
}

func TestQueriesPrepare(t *testing.T) { dbtest.Prepare(t, casework.Schema) }

func TestABrokenProcessDoesNotStart(t *testing.T) {
	broken := problem
	broken.Ways = append(slices.Clone(broken.Ways), process.Way{To: "filed", Since: "rectifying", Through: []process.Through{{Moves: []string{"cancel"}}}})
	if _, err := casework.New(casework.Options{Processes: []process.Process{broken}}); err == nil {
		t.Error("a way that is none was accepted")
	}
	if _, err := casework.New(casework.Options{Processes: []process.Process{measure, measure}}); err == nil {
		t.Error("a process that is there twice was accepted")
	}
}
