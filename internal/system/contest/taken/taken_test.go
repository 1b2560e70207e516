package taken_test

import (
	"bytes"
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
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/taken"
)

func TestPrepare(t *testing.T) { dbtest.Prepare(t, contesttest.Schemas...) }

// exported is a hall in which three entries were judged, and its file.
func exported(t *testing.T, change func(log map[string][]byte, proofs [][]byte)) []byte {
	t.Helper()
	d := dbtest.Open(t, dbtest.SQLite(t), contesttest.Schemas...)
	h := contesttest.Open(t, d, contesttest.Rule(0), 2)
	ctx, folder := t.Context(), filepath.Join(t.TempDir(), "log")
	signer, err := sequencer.Open(ctx, d, folder, "hall.invalid/log")
	h.Must(err)
	for i, number := range h.Numbers {
		h.Run(number)
		score := []string{"9", "8"}[i]
		h.Mark(number, score, score, score, score, score, score, score, score, score)
		h.Show(number)
	}
	r, err := release.In(d, h.Facts).Release(ctx, h.Organiser, contesttest.Code, "")
	h.Must(err)
	h.Must(signer.Drain(ctx))
	public := publiclog.Open(d, folder)
	receipt, err := public.Receipt(ctx, r.LogEntry)
	h.Must(err)
	out := t.TempDir()
	_, err = public.Export(ctx, out, release.Queries()...)
	h.Must(err)
	log, err := taken.Files(out)
	h.Must(err)
	proofs := [][]byte{receipt.Bytes()}
	if change != nil {
		change(log, proofs)
	}
	var b bytes.Buffer
	h.Must(taken.Write(&b, taken.About{Contest: contesttest.Code, Office: "营商局", Division: "630100"}, log, proofs))
	return b.Bytes()
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
	for _, part := range []string{"tile/entries/", "tile/0/", "checkpoint", "files/", "proof"} {
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
		if f != nil || len(findings) == 0 && err == nil {
			t.Errorf("%s: nothing is found", where)
		}
		t.Log(where, findings, err)
	}
	text := exported(t, nil)
	text[len(text)/2] ^= 1
	if _, err := taken.Read(text); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a byte of the file itself: %v", err)
	}
}
