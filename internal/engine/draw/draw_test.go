package draw_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

var schemas = []db.Schema{record.Schema, draw.Schema}

func TestQueriesPrepare(t *testing.T) { dbtest.Prepare(t, draw.Schema) }

// script is a text of testdata while it is played.
type script struct {
	t    *testing.T
	d    *db.DB
	book *draw.Book
	now  time.Time
	ids  map[string]string
	rows map[string][]lots.Lot
	team map[string][]lots.Lot
	out  map[string][]lots.Exclusion
	err  error
}

// TestScripts plays testdata/*.txt on both engines; order.txt says how to read them.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) { play(t, d, file) })
		})
	}
}

func play(t *testing.T, d *db.DB, file string) *script {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{t: t, d: d, book: draw.Numbered(), ids: map[string]string{}, rows: map[string][]lots.Lot{}, team: map[string][]lots.Lot{}, out: map[string][]lots.Exclusion{}}
	for n, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if s.err != nil && f[0] != "refused" {
			t.Fatalf("%s:%d: the line before was refused: %v", file, n, s.err)
		}
		if why := s.do(f); why != "" {
			t.Errorf("%s:%d: %s: %s", file, n+1, strings.TrimSpace(line), why)
		}
	}
	if s.err != nil {
		t.Error(s.err)
	}
	return s
}

// options takes key=value words out of a line.
func options(words []string) (rest []string, o map[string]string) {
	o = map[string]string{}
	for _, w := range words {
		if key, value, ok := strings.Cut(w, "="); ok {
			o[key] = value
		} else {
			rest = append(rest, w)
		}
	}
	return rest, o
}

func (s *script) do(f []string) (why string) {
	words, o := options(f[1:])
	switch f[0] {
	case "now":
		s.now = s.time(words[0])
	case "list":
		for _, w := range words[1:] {
			code, tickets, _ := strings.Cut(w, "*")
			n, _ := strconv.Atoi(tickets)
			s.rows[words[0]] = append(s.rows[words[0]], lots.Lot{Code: code, Tickets: n})
		}
	case "people":
		for _, code := range words[1:] {
			s.team[words[0]] = append(s.team[words[0]], lots.Lot{Code: code})
		}
	case "exclude":
		s.out[words[0]] = append(s.out[words[0]], lots.Exclusion{Code: words[1], Reason: words[2], For: o["for"]})
	case "commit":
		s.update(func(tx *db.Tx) error { return s.commit(tx, words[0], words[1], o) })
	case "seed", "draw":
		choice, _ := strconv.Atoi(o["choice"])
		for by := range strings.SplitSeq(o["by"], ",") {
			s.update(func(tx *db.Tx) error {
				_, err := s.book.Type(tx, actor(by), s.ids[words[0]], max(choice, 1), strings.Split(strings.Join(words[1:], " "), ";"))
				return err
			})
		}
	case "skip", "extend", "cancel", "close":
		s.update(func(tx *db.Tx) error { return s.step(tx, f[0], words, o) })
	case "refused":
		err := s.err
		s.err = nil
		zh, ok := fault.In(lang.ZH, err)
		if !ok || !strings.Contains(zh, strings.Join(f[1:], " ")) {
			return fmt.Sprint("refused with ", err, " ", zh)
		}
	case "expect":
		return s.expect(words, o)
	default:
		s.t.Fatal("no such word: ", f[0])
	}
	return ""
}

func actor(name string) draw.Actor { return draw.Actor{ID: name, Sign: "office"} }

func (s *script) time(text string) time.Time {
	at, err := time.ParseInLocation("2006-01-02T15:04", text, calendar.China)
	if err != nil {
		s.t.Fatal(err)
	}
	return at
}

func (s *script) update(f func(*db.Tx) error) {
	if s.err == nil {
		s.err = s.d.Update(db.Rehearse(s.t.Context(), s.now), f)
	}
}

func (s *script) commit(tx *db.Tx, name, list string, o map[string]string) error {
	l, err := lots.New(s.rows[list], s.team[list], s.out[list])
	if err != nil {
		return err
	}
	choice := func(sources, until string) (c seed.Choice) {
		for ref := range strings.SplitSeq(sources, "+") {
			source, at, _ := strings.Cut(ref, "@")
			c.Sources = append(c.Sources, seed.Ref{At: at, Source: source})
		}
		c.Until = s.time(until)
		return c
	}
	of := o["of"]
	if of == "" {
		of = "contest/test"
	}
	terms := draw.Terms{Of: of, Purpose: of + "/" + o["purpose"], Title: lang.Text{ZH: "试抽", EN: "A test"}, List: l, Seed: []seed.Choice{choice(o["sources"], o["until"])}}
	if o["fallback"] != "" {
		terms.Seed = append(terms.Seed, choice(o["fallback"], o["fallback-until"]))
	}
	if o["skips"] != "" {
		terms.Skips = strings.Split(o["skips"], ",")
	}
	terms.Shape.First, _ = strconv.Atoi(o["first"])
	terms.Shape.Groups, _ = strconv.Atoi(o["groups"])
	terms.Shape.Team, _ = strconv.Atoi(o["team"])
	d, err := s.book.Commit(tx, actor("office"), terms)
	if err == nil {
		s.ids[name] = d.ID
	}
	return err
}

func (s *script) step(tx *db.Tx, what string, words []string, o map[string]string) error {
	id := s.ids[words[0]]
	d, err := s.book.Draw(tx, id)
	if err != nil {
		return err
	}
	switch what {
	case "skip":
		first, second, _ := strings.Cut(o["by"], ",")
		return s.book.Skip(tx, draw.Two(actor(first), actor(second)), id, d.Steps, draw.Skipping{Code: words[1], Reason: words[2], Lot: o["lot"]})
	case "extend":
		n, _ := strconv.Atoi(words[1])
		return s.book.Extend(tx, actor("wang"), id, d.Steps, o["lot"], n)
	case "cancel":
		return s.book.Cancel(tx, actor("wang"), id, d.Steps, words[1])
	}
	return s.book.Close(tx, actor("wang"), id, d.Steps)
}

func written(rows []lots.Row) string {
	var all []string
	mark := func(code, skipped string) string {
		if skipped == "" {
			return code
		}
		return code + "!" + skipped
	}
	for _, r := range rows {
		text := mark(r.Code, r.Skipped)
		var team []string
		for _, m := range r.Team {
			team = append(team, mark(m.Code, m.Skipped))
		}
		if len(team) > 0 {
			text += "(" + strings.Join(team, "+") + ")"
		}
		all = append(all, text)
	}
	return strings.Join(all, ",")
}

func (s *script) expect(words []string, o map[string]string) (why string) {
	var c *course.Course
	var d draw.Draw
	typed := 0
	err := s.d.View(s.t.Context(), func(tx *db.Tx) (err error) {
		if c, d, err = s.book.Course(tx, s.ids[words[0]]); err == nil {
			typed, _, err = s.book.Waits(tx, d.ID, "")
		}
		return err
	})
	if err != nil {
		return err.Error()
	}
	is := map[string]string{"state": d.State, "rows": written(c.Rows()), "left": strconv.Itoa(c.Left()), "number": strconv.Itoa(d.Number), "waits": strconv.Itoa(typed)}
	var wrong []string
	for key, want := range o {
		if is[key] != want {
			wrong = append(wrong, key+" is "+is[key])
		}
	}
	for flag, on := range map[string]bool{"known": c.Known, "fallback": c.Fallback, "never": c.Never} {
		if has := strings.Contains(strings.Join(words[1:], " "), flag); has != on && o["state"] != "" {
			wrong = append(wrong, fmt.Sprint(flag, " is ", on))
		}
	}
	if d.Drawn != len(c.Rows()) || d.Holds != c.Open() {
		wrong = append(wrong, fmt.Sprintf("the row is %+v", d))
	}
	return strings.Join(wrong, "; ")
}
