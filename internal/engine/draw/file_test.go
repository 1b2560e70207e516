package draw_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/drawfile"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// site is a database with its log, at a time.
type site struct {
	t      *testing.T
	d      *db.DB
	book   *draw.Book
	log    *publiclog.Log
	signer *sequencer.Sequencer
	now    time.Time
}

func begin(t *testing.T, d *db.DB) *site {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "log")
	signer, err := sequencer.Open(t.Context(), d, folder, "test.invalid/log")
	if err != nil {
		t.Fatal(err)
	}
	return &site{t, d, draw.New(), publiclog.Open(d, folder), signer, time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC)}
}

func (s *site) do(f func(*db.Tx) error) {
	s.t.Helper()
	if err := s.d.Update(db.Rehearse(s.t.Context(), s.now), f); err != nil {
		s.t.Fatal(err)
	}
	if err := s.signer.Drain(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) checkpoint() []byte {
	s.t.Helper()
	c, err := s.log.Checkpoint(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return c.Note
}

func (s *site) file(id string) []byte {
	s.t.Helper()
	text, err := s.book.File(s.t.Context(), s.d, s.log, id)
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

var blinded = sync.OnceValues(func() ([]lots.Lot, []lots.Opening) {
	rows, openings, err := lots.Blind("K", []string{"城东区", "城中区", "城西区", "城北区", "湟中区", "大通县", "湟源县"})
	if err != nil {
		panic(err)
	}
	return rows, openings
})

func (s *site) commit(purpose string) draw.Draw {
	s.t.Helper()
	rows, _ := blinded()
	return s.commitTo(purpose, rows, nil, lots.Shape{First: 3}, lots.Exclusion{Code: "K-04", Reason: "withdrawn"})
}

func (s *site) commitTo(purpose string, rows, people []lots.Lot, shape lots.Shape, out ...lots.Exclusion) (d draw.Draw) {
	s.t.Helper()
	l, err := lots.New(rows, people, out)
	if err != nil {
		s.t.Fatal(err)
	}
	s.do(func(tx *db.Tx) (err error) {
		d, err = s.book.Commit(tx, actor("office"), draw.Terms{
			Of: "contest/a", Purpose: "contest/a/" + purpose, Title: lang.Text{ZH: "汇报顺序", EN: "The order"}, List: l, Shape: shape,
			Seed:  []seed.Choice{{Sources: []seed.Ref{{At: "2026-12-01", Source: "ssq"}}, Until: time.Date(2026, 12, 3, 4, 0, 0, 0, time.UTC)}},
			Skips: []string{"absent"},
		})
		return err
	})
	return d
}

// teams is a draw of people for lots, gone through all that may happen to them.
func (s *site) teams() draw.Draw {
	s.t.Helper()
	var firms, people []lots.Lot
	for i := range 12 {
		firms = append(firms, lots.Lot{Code: "F-" + strconv.Itoa(i), Tickets: i%4 + 1})
	}
	for i := range 7 {
		people = append(people, lots.Lot{Code: "O-" + strconv.Itoa(i), Tickets: i%3 + 1})
	}
	d := s.commitTo("teams", firms, people, lots.Shape{First: 4, Team: 2}, lots.Exclusion{Code: "O-1", For: "F-3", Reason: "recusal"}, lots.Exclusion{Code: "O-6", Reason: "unqualified"})
	s.now = time.Date(2026, 12, 1, 13, 30, 0, 0, time.UTC)
	s.seed(d.ID)
	s.do(func(tx *db.Tx) error {
		c, d, err := s.book.Course(tx, d.ID)
		if err != nil {
			return err
		}
		rows, two, n := c.Rows(), draw.Two(actor("wang"), actor("li")), d.Steps
		for _, skip := range []draw.Skipping{{rows[0].Team[1].Code, rows[0].Code, "absent"}, {rows[2].Code, "", "absent"}, {rows[3].Team[0].Code, "", "absent"}} {
			if err := s.book.Skip(tx, two, d.ID, n, skip); err != nil {
				return err
			}
			n++
		}
		if err := s.book.Extend(tx, actor("wang"), d.ID, n, rows[0].Code, 1); err != nil {
			return err
		}
		return s.book.Extend(tx, actor("wang"), d.ID, n+1, "", 5)
	})
	return d
}

// drawn is a draw with each kind of step, and the checkpoints of before, between and after.
func (s *site) drawn() (d draw.Draw, before, between, after []byte) {
	s.t.Helper()
	s.commit("other")
	before = s.checkpoint()
	d = s.commit("order")
	s.commit("third")
	between = s.checkpoint()
	s.now = time.Date(2026, 12, 1, 13, 30, 0, 0, time.UTC)
	s.seed(d.ID)
	s.do(func(tx *db.Tx) error {
		c, d, err := s.book.Course(tx, d.ID)
		if err == nil {
			err = s.book.Skip(tx, draw.Two(actor("wang"), actor("li")), d.ID, d.Steps, draw.Skipping{Code: c.Rows()[1].Code, Reason: "absent"})
		}
		if err == nil {
			err = s.book.Extend(tx, actor("wang"), d.ID, d.Steps+1, "", 2)
		}
		return err
	})
	after = s.checkpoint()
	s.do(func(tx *db.Tx) error {
		_, openings := blinded()
		return s.book.Open(tx, actor("wang"), d.ID, openings[:4])
	})
	return d, before, between, after
}

func (s *site) seed(id string) {
	s.t.Helper()
	for _, by := range []string{"wang", "li"} {
		s.do(func(tx *db.Tx) error {
			_, err := s.book.Type(tx, actor(by), id, 1, []string{"3 5 11 18 24 30 + 7"})
			return err
		})
	}
}

func TestFileHoldsOnBothEngines(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := begin(t, d)
		made, _, _, _ := s.drawn()
		r, err := drawfile.Check(s.file(made.ID), nil)
		if err != nil || !r.Holds() {
			t.Fatal(err, r.Findings)
		}
		if len(r.File.Result) != 5 || r.File.Result[1].Skipped != "absent" || len(r.Course.Opened) != 4 || len(r.Steps) != 5 {
			t.Errorf("%+v", r.File.Result)
		}
	})
}

// Whatever byte of the file is another, it is found.
func TestEachByteOfTheFileCounts(t *testing.T) {
	s := begin(t, dbtest.Open(t, dbtest.SQLite(t), schemas...))
	made, _, _, _ := s.drawn()
	text := s.file(made.ID)
	for at := range text {
		if testing.Short() && at%7 != 0 {
			continue
		}
		for _, other := range []byte{text[at] ^ 1, text[at] ^ 0x20} {
			bad := bytes.Clone(text)
			bad[at] = other
			r, err := drawfile.Check(bad, nil)
			if err == nil && r.Holds() {
				t.Fatalf("byte %d (%q for %q) passes: …%s…", at, other, text[at], text[max(0, at-30):min(len(text), at+30)])
			}
			if err == nil && (r.Findings[0].Where == "" || r.Findings[0].Text.ZH == "") {
				t.Fatalf("byte %d: %+v", at, r.Findings)
			}
		}
	}
	t.Logf("%d bytes", len(text))
}

// What is forged whole, and sums up in itself, is found by what it says.
func TestForgedFilesAreNamed(t *testing.T) {
	s := begin(t, dbtest.Open(t, dbtest.SQLite(t), schemas...))
	other := s.commit("fourth-one")
	made, _, _, _ := s.drawn()
	text := string(s.file(made.ID))
	swap := func(a, b string) string { return strings.NewReplacer(a, b, b, a).Replace(text) }
	r, _ := drawfile.Check([]byte(text), nil)
	rows := r.File.Result
	for name, c := range map[string]struct{ text, where string }{
		"two rows exchanged": {swap(`"code":"`+rows[0].Code+`","group":0`, `"code":"`+rows[2].Code+`","group":0`), "row 1"},
		"a skip hidden":      {strings.Replace(text, `"skipped":"absent"`, `"skipped":""`, 1), "row 2"},
		"a lot less":         {strings.Replace(text, `"code":"K-07"`, `"code":"K-08"`, 1), "entry"},
		"another reason":     {strings.Replace(text, `"reason":"absent"`, `"reason":"closed"`, 1), "entry"},
		"another draw":       {strings.ReplaceAll(text, made.ID, other.ID), "entry"},
		"an earlier time":    {strings.Replace(text, `"at":"2026-11-30T04`, `"at":"2026-11-30T03`, 1), "entry"},
		"a key of his own":   {strings.Replace(text, r.Keys[0], forgedKey(t), 1), "checkpoint"},
	} {
		r, err := drawfile.Check([]byte(c.text), nil)
		if err != nil || r.Holds() || c.text == text {
			t.Errorf("%s: passes (%v)", name, err)
			continue
		}
		var where []string
		for _, f := range r.Findings {
			where = append(where, f.Where)
		}
		if !strings.Contains(strings.Join(where, ","), c.where) {
			t.Errorf("%s: %v", name, r.Findings)
		}
	}
	if r, err := drawfile.Check([]byte(text), []string{forgedKey(t)}); err != nil || r.Holds() {
		t.Error("it passes by another log's key")
	}
}

func forgedKey(t *testing.T) string {
	t.Helper()
	_, vkey, err := note.GenerateKey(nil, "test.invalid/log")
	if err != nil {
		t.Fatal(err)
	}
	return vkey
}

// What was kept elsewhere proves the order of commitment and seed, or it does not and says so.
func TestWhatWasKeptElsewhereProves(t *testing.T) {
	s := begin(t, dbtest.Open(t, dbtest.SQLite(t), schemas...))
	made, before, between, after := s.drawn()
	text := s.file(made.ID)
	line := func(note []byte) []byte {
		f := strings.Split(string(note), "\n")
		return []byte(f[1] + " " + f[2] + "\n")
	}
	other := begin(t, dbtest.Open(t, dbtest.SQLite(t), schemas...)) // the same origin, and another history
	for range 6 {
		other.commit("x" + strconv.Itoa(int(time.Now().UnixNano()%1e9)))
	}
	var entries []string
	if err := s.d.View(t.Context(), func(tx *db.Tx) (err error) { entries, err = s.book.Entries(tx, made.ID); return err }); err != nil {
		t.Fatal(err)
	}
	receipt := func(n int) []byte {
		r, err := s.log.Receipt(t.Context(), entries[n])
		if err != nil {
			t.Fatal(err)
		}
		return r.Bytes()
	}
	for name, c := range map[string]struct {
		kept   []byte
		log    verify.Source
		answer drawfile.Answer
		found  verify.What
		fault  fault.Kind
	}{
		"before the commitment":           {kept: before, log: s.log.File, answer: drawfile.TooEarly},
		"between":                         {kept: between, log: s.log.File, answer: drawfile.Proves},
		"a line that was copied":          {kept: line(between), log: s.log.File, answer: drawfile.Proves},
		"without the log":                 {kept: between, answer: drawfile.Unchecked},
		"after the seed":                  {kept: after, log: s.log.File, answer: drawfile.TooLate},
		"a receipt from now":              {kept: receipt(0), answer: drawfile.TooLate},
		"a receipt of another entry":      {kept: receipt(1), found: verify.Contradicted},
		"a line that was copied wrongly":  {kept: bytes.Replace(line(between), []byte(" "), []byte(" A"), 1), log: s.log.File, fault: fault.Invalid},
		"a line of another history":       {kept: line(other.checkpoint()), log: s.log.File, answer: drawfile.TooLate, found: verify.Contradicted},
		"a checkpoint of another history": {kept: other.checkpoint(), log: s.log.File, found: verify.Forged},
		"no checkpoint":                   {kept: []byte("hello"), fault: fault.Invalid},
	} {
		r, err := drawfile.Check(text, nil)
		if err != nil || !r.Holds() {
			t.Fatal(err, r.Findings)
		}
		p, err := drawfile.Prior(t.Context(), r, drawfile.Kept{Name: name, Text: c.kept}, c.log)
		if fault.KindOf(err) != c.fault {
			t.Errorf("%s: %v", name, err)
		}
		var found verify.What
		if len(r.Findings) > 0 {
			found = r.Findings[0].What
		}
		if found != c.found || c.found == "" && p.Answer != c.answer {
			t.Errorf("%s: %s, %v", name, p.Answer, r.Findings)
		}
	}
}

// A receipt that was fetched before the seed proves by itself.
func TestAReceiptFromBeforeProves(t *testing.T) {
	s := begin(t, dbtest.Open(t, dbtest.SQLite(t), schemas...))
	made := s.commit("order")
	var entries []string
	if err := s.d.View(t.Context(), func(tx *db.Tx) (err error) { entries, err = s.book.Entries(tx, made.ID); return err }); err != nil {
		t.Fatal(err)
	}
	receipt, err := s.log.Receipt(t.Context(), entries[0])
	if err != nil {
		t.Fatal(err)
	}
	r, err := drawfile.Check(s.file(made.ID), nil) // there is a file already
	if err != nil || !r.Holds() || r.Course.State != course.Waiting {
		t.Fatal(err, r.Findings)
	}
	tried, err := r.Course.Try("ssq 2026-12-01 03-05-11-18-24-30+07")
	if err != nil {
		t.Fatal(err)
	}
	s.now = time.Date(2026, 12, 1, 13, 30, 0, 0, time.UTC)
	s.seed(made.ID)
	if r, err = drawfile.Check(s.file(made.ID), nil); err != nil || !r.Holds() {
		t.Fatal(err, r.Findings)
	}
	if written(tried) != written(r.File.Result) {
		t.Errorf("whoever knew the seed had %s, and it is %s", written(tried), written(r.File.Result))
	}
	p, err := drawfile.Prior(t.Context(), r, drawfile.Kept{Name: "kept", Text: receipt.Bytes()}, nil)
	if err != nil || p.Answer != drawfile.Proves || !r.Holds() {
		t.Error(p.Answer, err, r.Findings)
	}
}

// A short program of another language, as docs/draw.md has it, draws the same.
func TestProgramOfTheDocs(t *testing.T) {
	doc, err := os.ReadFile("../../../docs/draw.md")
	if err != nil {
		t.Fatal(err)
	}
	_, program, ok := strings.Cut(string(doc), "```python\n")
	program, _, end := strings.Cut(program, "```")
	if !ok || !end {
		t.Fatal("docs/draw.md has no program")
	}
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("python3 is not here")
	}
	s := begin(t, dbtest.Open(t, dbtest.SQLite(t), schemas...))
	made, _, _, _ := s.drawn()
	order := s.file(made.ID)
	s.now = time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC)
	teams := s.file(s.teams().ID)
	run := func(text []byte) string {
		folder := t.TempDir()
		for name, content := range map[string][]byte{"draw.json": text, "again.py": []byte(program)} {
			if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		c := exec.Command("python3", "again.py", "draw.json")
		c.Dir = folder
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	for rows, text := range map[int][]byte{5: order, 9: teams} {
		r, err := drawfile.Check(text, nil)
		if err != nil || !r.Holds() {
			t.Fatal(err, r.Findings)
		}
		if out := run(text); strings.Count(out, "same") != rows || strings.Contains(out, "OTHER") {
			t.Error(out)
		}
		f := r.File
		f.Result[0].Code, f.Result[2].Code = f.Result[2].Code, f.Result[0].Code
		bad, err := canonical.JSON(f)
		if err != nil {
			t.Fatal(err)
		}
		if out := run(bad); strings.Count(out, "OTHER") != 2 {
			t.Error(out)
		}
		sum := sha256.Sum256(r.File.List)
		if hex.EncodeToString(sum[:]) != r.Course.Terms.List {
			t.Error("the list's own bytes have another hash")
		}
	}
}
