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
	"github.com/xiadu/xiadu/internal/engine/draw/drawtest"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// site is a database with draws.
type site struct{ *drawtest.Site }

func begin(t *testing.T, d *db.DB) site {
	t.Helper()
	return site{drawtest.Begin(t, d, filepath.Join(t.TempDir(), "log"))}
}

var blinded = sync.OnceValues(func() ([]lots.Lot, []lots.Opening) {
	rows, openings, err := lots.Blind("K", []string{"城东区", "城中区", "城西区", "城北区", "湟中区", "大通县", "湟源县"})
	if err != nil {
		panic(err)
	}
	return rows, openings
})

func (s site) commit(purpose string) draw.Draw {
	s.T.Helper()
	rows, _ := blinded()
	return s.Commit(purpose, rows, nil, lots.Shape{First: 3}, lots.Exclusion{Code: "K-04", Reason: "withdrawn"})
}

// teams is a draw of people for lots, gone through all that may happen to them.
func (s site) teams() draw.Draw {
	s.T.Helper()
	var firms, people []lots.Lot
	for i := range 12 {
		firms = append(firms, lots.Lot{Code: "F-" + strconv.Itoa(i), Tickets: i%4 + 1})
	}
	for i := range 7 {
		people = append(people, lots.Lot{Code: "O-" + strconv.Itoa(i), Tickets: i%3 + 1})
	}
	d := s.Commit("teams", firms, people, lots.Shape{First: 4, Team: 2}, lots.Exclusion{Code: "O-1", For: "F-3", Reason: "recusal"}, lots.Exclusion{Code: "O-6", Reason: "unqualified"})
	s.Seed(d.ID)
	s.Do(func(tx *db.Tx) error {
		c, d, err := s.Book.Course(tx, d.ID)
		if err != nil {
			return err
		}
		rows, two, n := c.Rows(), draw.Two(actor("wang"), actor("li")), d.Steps
		for _, skip := range []draw.Skipping{{rows[0].Team[1].Code, rows[0].Code, "absent"}, {rows[2].Code, "", "absent"}, {rows[3].Team[0].Code, "", "absent"}} {
			if err := s.Book.Skip(tx, two, d.ID, n, skip); err != nil {
				return err
			}
			n++
		}
		if err := s.Book.Extend(tx, actor("wang"), d.ID, n, rows[0].Code, 1); err != nil {
			return err
		}
		return s.Book.Extend(tx, actor("wang"), d.ID, n+1, "", 5)
	})
	return d
}

// drawn is a draw with each kind of step, and the checkpoints of before, between and after.
func (s site) drawn() (d draw.Draw, before, between, after []byte) {
	s.T.Helper()
	s.commit("other")
	before = s.Checkpoint()
	d = s.commit("order")
	s.commit("third")
	between = s.Checkpoint()
	s.Seed(d.ID)
	s.SkipAndGoOn(d.ID)
	after = s.Checkpoint()
	s.Do(func(tx *db.Tx) error {
		_, openings := blinded()
		return s.Book.Open(tx, actor("wang"), d.ID, openings[:4])
	})
	return d, before, between, after
}

func TestFileHoldsOnBothEngines(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s := begin(t, d)
		made, _, _, _ := s.drawn()
		r, err := drawfile.Check(s.File(made.ID), nil)
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
	text := s.File(made.ID)
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
	text := string(s.File(made.ID))
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
	text := s.File(made.ID)
	line := func(note []byte) []byte {
		f := strings.Split(string(note), "\n")
		return []byte(f[1] + " " + f[2] + "\n")
	}
	other := begin(t, dbtest.Open(t, dbtest.SQLite(t), schemas...)) // the same origin, and another history
	for range 6 {
		other.commit("x" + strconv.Itoa(int(time.Now().UnixNano()%1e9)))
	}
	entries := s.Entries(made.ID)
	receipt := func(n int) []byte {
		r, err := s.Log.Receipt(t.Context(), entries[n])
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
		"before the commitment":           {kept: before, log: s.Log.File, answer: drawfile.TooEarly},
		"between":                         {kept: between, log: s.Log.File, answer: drawfile.Proves},
		"a line that was copied":          {kept: line(between), log: s.Log.File, answer: drawfile.Proves},
		"without the log":                 {kept: between, answer: drawfile.Unchecked},
		"after the seed":                  {kept: after, log: s.Log.File, answer: drawfile.TooLate},
		"a receipt from now":              {kept: receipt(0), answer: drawfile.TooLate},
		"a receipt of another entry":      {kept: receipt(1), found: verify.Contradicted},
		"a line that was copied wrongly":  {kept: bytes.Replace(line(between), []byte(" "), []byte(" A"), 1), log: s.Log.File, fault: fault.Invalid},
		"a line of another history":       {kept: line(other.Checkpoint()), log: s.Log.File, answer: drawfile.TooLate, found: verify.Contradicted},
		"a checkpoint of another history": {kept: other.Checkpoint(), log: s.Log.File, found: verify.Forged},
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
	entries := s.Entries(made.ID)
	receipt, err := s.Log.Receipt(t.Context(), entries[0])
	if err != nil {
		t.Fatal(err)
	}
	r, err := drawfile.Check(s.File(made.ID), nil) // there is a file already
	if err != nil || !r.Holds() || r.Course.State != course.Waiting {
		t.Fatal(err, r.Findings)
	}
	tried, err := r.Course.Try("ssq 2026-12-01 03-05-11-18-24-30+07")
	if err != nil {
		t.Fatal(err)
	}
	s.Seed(made.ID)
	if r, err = drawfile.Check(s.File(made.ID), nil); err != nil || !r.Holds() {
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
	order := s.File(made.ID)
	s.Now = drawtest.Before
	teams := s.File(s.teams().ID)
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
