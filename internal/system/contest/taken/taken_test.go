package taken_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/taken"
)

func TestPrepare(t *testing.T) { dbtest.Prepare(t, contesttest.Schemas...) }

// judged is a hall in which two entries were judged and released, with its log.
type judged struct {
	*contesttest.Hall
	signer *sequencer.Sequencer
	out    taken.Hall
}

func judge(t *testing.T, origin string) judged {
	t.Helper()
	d := dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...)
	h := contesttest.Open(t, d, contesttest.Rule(0), 2)
	folder := filepath.Join(t.TempDir(), "log")
	signer, err := sequencer.Open(t.Context(), d, folder, origin)
	h.Must(err)
	for i, number := range h.Numbers {
		h.Run(number)
		score := []string{"9", "8"}[i]
		h.Mark(number, score, score, score, score, score, score, score, score, score)
		h.Show(number)
	}
	_, err = release.In(d, h.Facts).Release(t.Context(), h.Organiser, contesttest.Code, "")
	h.Must(err)
	names := func(context.Context, ...string) (map[string]string, error) {
		return map[string]string{"office": "营商局"}, nil
	}
	return judged{h, signer, taken.Hall{DB: d, Log: publiclog.Open(d, folder), Names: names, Figures: release.Queries(), Home: t.TempDir()}}
}

// begin begins another contest in the hall.
func (j judged) begin(t *testing.T, code string, rehearsal bool) {
	t.Helper()
	e, err := j.Events.Get(t.Context(), contesttest.Code)
	j.Must(err)
	_, err = j.Events.Begin(t.Context(), j.Organiser, event.New{Code: code, Title: "另一场", Office: "office", Division: e.Division, Rule: contesttest.Rule(0), Rehearsal: rehearsal})
	j.Must(err)
}

// file is its file as of now.
func (j judged) file(t *testing.T) []byte {
	t.Helper()
	j.Must(j.signer.Drain(t.Context()))
	text, _, err := j.out.Export(t.Context(), contesttest.Code)
	j.Must(err)
	return text
}

// exported is the file of a hall, with something changed in it.
func exported(t *testing.T, change func(log map[string][]byte, proofs [][]byte)) []byte {
	t.Helper()
	text := judge(t, "hall.invalid/log").file(t)
	if change == nil {
		return text
	}
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	log, proofs := map[string][]byte{}, [][]byte{nil}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if name, is := strings.CutPrefix(f.Name, "log/"); is {
			log[name] = b
		} else if f.Name == "releases/1.tlog-proof" {
			proofs[0] = b
		}
	}
	change(log, proofs)
	var b bytes.Buffer
	if err := taken.Write(&b, taken.About{Contest: contesttest.Code, Office: "营商局", Division: "630100"}, log, proofs); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// city is an empty database of another site.
func city(t *testing.T) *db.DB {
	t.Helper()
	return dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...)
}

func take(t *testing.T, d *db.DB, text []byte) (one taken.Taken, again bool, findings []verify.Finding, err error) {
	t.Helper()
	return taken.Import(t.Context(), d, text, verify.Options{Queries: release.Queries()})
}

// The same file changes nothing a second time; a later one of the same hall replaces it, an older one is refused, and so is one of
// another hall under the code, or of a hall that wrote its history anew.
func TestLaterFiles(t *testing.T) {
	h := judge(t, "hall.invalid/log")
	first := h.file(t)
	h.begin(t, "next-2026", false)
	later := h.file(t)
	d := city(t)
	one, again, findings, err := take(t, d, first)
	if err != nil || again || len(findings) > 0 || one.Office != "营商局" {
		t.Fatal(one, again, findings, err)
	}
	if same, again, _, err := take(t, d, first); err != nil || !again || same.LogEntry != one.LogEntry {
		t.Error("the same file again: ", same, again, err)
	}
	two, again, findings, err := take(t, d, later)
	if err != nil || again || len(findings) > 0 || two.Size <= one.Size || two.LogEntry == one.LogEntry {
		t.Fatal("a later file: ", two, again, findings, err)
	}
	if _, _, findings, err := take(t, d, first); fault.KindOf(err) != fault.Conflict && len(findings) == 0 {
		t.Error("an older file is taken: ", err)
	}
	if _, _, _, err := take(t, d, judge(t, "other.invalid/log").file(t)); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "other.invalid/log") {
		t.Error("another hall: ", err)
	}
	if _, _, findings, err := take(t, d, judge(t, "hall.invalid/log").file(t)); err != nil || len(findings) == 0 || findings[0].Where != "what was taken in before" {
		t.Error("a history written anew: ", findings, err)
	}
	var kept taken.Taken
	h.Must(d.View(t.Context(), func(tx *db.Tx) (err error) { kept, _, err = taken.Of(tx, contesttest.Code); return err }))
	if kept.File != two.File {
		t.Error("what was refused has changed what is shown")
	}
}

// A file that was checked against what was there is refused once that is another.
func TestTwoImportsAtOnce(t *testing.T) {
	h := judge(t, "hall.invalid/log")
	first := h.file(t)
	f, findings := check(t, first)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	d := city(t)
	_, _, err := taken.Take(t.Context(), d, f, taken.Sum([]byte("another")))
	h.Must(err)
	if _, _, err := taken.Take(t.Context(), d, f, taken.Sum(first)); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "again") {
		t.Error(err)
	}
}

// A rehearsal leaves the hall by no way, and a contest without a release does not.
func TestARehearsalStays(t *testing.T) {
	h := judge(t, "hall.invalid/log")
	h.begin(t, "try-2026", true)
	h.begin(t, "next-2026", false)
	h.Must(h.signer.Drain(t.Context()))
	for code, why := range map[string]string{"try-2026": "rehearsal", "next-2026": "no public file"} {
		if _, _, err := h.out.Export(t.Context(), code); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", code, err)
		}
	}
	folder := t.TempDir()
	_, err := h.out.Log.Export(t.Context(), folder, release.Queries()...)
	h.Must(err)
	log, err := taken.Files(folder)
	h.Must(err)
	var b bytes.Buffer
	h.Must(taken.Write(&b, taken.About{Contest: "try-2026", Office: "营商局", Division: "630100"}, log, nil))
	d := city(t)
	if _, _, _, err := take(t, d, b.Bytes()); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "rehearsal") {
		t.Error("a rehearsal in a file that somebody made: ", err)
	}
	b.Reset()
	h.Must(taken.Write(&b, taken.About{Contest: "none-2026", Office: "营商局", Division: "630100"}, log, nil))
	if _, _, findings, err := take(t, d, b.Bytes()); err != nil || len(findings) == 0 || findings[0].Where != "contest.json" {
		t.Error("a contest that the log does not have: ", findings, err)
	}
}

func check(t *testing.T, text []byte, seen ...verify.File) (*taken.Found, []verify.Finding) {
	t.Helper()
	a, err := taken.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	f, findings, err := taken.Check(t.Context(), a, verify.Options{Queries: release.Queries(), Seen: seen})
	if err != nil {
		t.Fatal(err)
	}
	return f, findings
}

// A contest of a hall is taken into a city once, under a code that is free there.
func TestAContestIsTakenIn(t *testing.T) {
	text := exported(t, nil)
	f, findings := check(t, text)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		one, again, err := taken.Take(t.Context(), d, f, taken.Sum(text))
		if err != nil || again || one.Contest != contesttest.Code || one.Size != f.Checkpoint.Size || one.LogEntry == "" {
			t.Fatalf("%+v %t %v", one, again, err)
		}
		if _, again, err = taken.Take(t.Context(), d, f, taken.Sum(text)); err != nil || !again {
			t.Errorf("a second time: %t %v", again, err)
		}
		if _, _, err := taken.Take(t.Context(), d, f, taken.Sum([]byte("other"))); fault.KindOf(err) != fault.Conflict {
			t.Errorf("an older file: %v", err)
		}
	})
	d := dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...)
	contesttest.Open(t, d, contesttest.Rule(0), 1)
	if _, _, err := taken.Take(t.Context(), d, f, taken.Sum(text)); fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "--home") {
		t.Errorf("a code that the city has: %v", err)
	}
}

// One byte anywhere in the log, in a release or in a proof is found and named.
func TestOneByteIsFound(t *testing.T) {
	for part, named := range map[string]string{"tile/entries/": "entry ", "tile/0/": "tile/0/", "checkpoint": "checkpoint", "files/": "files/", "proof": "releases/1.tlog-proof"} {
		where := ""
		text := exported(t, func(log map[string][]byte, proofs [][]byte) {
			if part == "proof" {
				where = "releases/1"
				proofs[0][len("c2sp.org/tlog-proof@v1\nextra ")+8] ^= 1
				return
			}
			for name, b := range log {
				if strings.Contains(name, part) && where == "" {
					where = name
					b[len(b)/2] ^= 1
				}
			}
		})
		if where == "" {
			t.Errorf("nothing is called %s", part)
			continue
		}
		a, err := taken.Read(text)
		if err != nil {
			t.Fatal(err)
		}
		f, findings, err := taken.Check(t.Context(), a, verify.Options{Queries: release.Queries()})
		if f != nil || err != nil || len(findings) == 0 {
			t.Fatalf("%s: nothing is found: %v", where, err)
		}
		if !strings.Contains(findings[0].Where, named) {
			t.Errorf("%s: it is not named, but %v", where, findings)
		}
	}
	text := exported(t, nil)
	text[len(text)/2] ^= 1
	if _, err := taken.Read(text); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a byte of the file itself: %v", err)
	}
}
