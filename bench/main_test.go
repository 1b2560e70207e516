package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func fixedEntry(name string, less bool, ours, peer float64, err error) Entry {
	return Entry{
		Name: name, Unit: "x/s", Peer: "the peer", Less: less, Must: 1, Stretch: 2,
		Run: func(context.Context) (Figures, error) { return Figures{Ours: ours, Peer: peer, Note: "equal"}, err },
	}
}

// bench runs entries and returns what was printed and what was saved.
func bench(t *testing.T, out, only string, all ...Entry) (printed string, saved []Result, err error) {
	t.Helper()
	var w strings.Builder
	err = run(t.Context(), &w, all, only, out)
	raw, readErr := os.ReadFile(out)
	if readErr == nil {
		if err := json.Unmarshal(raw, &saved); err != nil {
			t.Fatal(err)
		}
	}
	return w.String(), saved, err
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		less       bool
		ours, peer float64
		ratio      float64
		want       Verdict
	}{
		{false, 90, 100, 0.9, Short},
		{false, 100, 100, 1, Met},
		{false, 199, 100, 1.99, Met},
		{false, 200, 100, 2, MetStretch},
		{true, 90, 100, 100. / 90, Met},
		{true, 110, 100, 100. / 110, Short},
		{true, 50, 100, 2, MetStretch},
	} {
		_, saved, err := bench(t, filepath.Join(t.TempDir(), "results.json"), "", fixedEntry("e", c.less, c.ours, c.peer, nil))
		if err != nil || len(saved) != 1 || saved[0].Verdict != c.want || saved[0].Ratio != c.ratio {
			t.Errorf("%+v: %+v, %v", c, saved, err)
		}
	}
}

func TestALine(t *testing.T) {
	printed, saved, err := bench(t, filepath.Join(t.TempDir(), "deep", "results.json"), "", fixedEntry("reach", false, 1234.5, 617.25, nil))
	want := "reach                    ours 1234  the peer 617 x/s  ratio 2.00  must 1.00  stretch 2.00  met, stretch too  (equal)\n"
	if err != nil || printed != want {
		t.Errorf("%v, %s", err, cmp.Diff(want, printed))
	}
	if r := saved[0]; r.Name != "reach" || r.PeerIs != "the peer" || r.Note != "equal" || r.Machine == "" || r.At.IsZero() {
		t.Errorf("saved %+v", r)
	}
}

func TestOnly(t *testing.T) {
	out := filepath.Join(t.TempDir(), "results.json")
	all := []Entry{fixedEntry("reach-a", false, 1, 1, nil), fixedEntry("reach-b", false, 1, 1, nil), fixedEntry("import", false, 1, 1, nil)}
	printed, saved, err := bench(t, out, "reach", all...)
	if err != nil || len(saved) != 2 || strings.Contains(printed, "import") {
		t.Errorf("%v, %d saved, printed %s", err, len(saved), printed)
	}
	if _, _, err = bench(t, out, "nothing", all...); err == nil || !strings.Contains(err.Error(), "reach-a, reach-b, import") {
		t.Errorf("an unknown name: %v", err)
	}
}

func TestResultsOfOtherEntriesStay(t *testing.T) {
	out := filepath.Join(t.TempDir(), "results.json")
	entries := func(ours float64) []Entry {
		return []Entry{fixedEntry("a", false, ours, 1, nil), fixedEntry("b", false, ours, 1, nil)}
	}
	if _, _, err := bench(t, out, "", entries(1)...); err != nil {
		t.Fatal(err)
	}
	_, saved, err := bench(t, out, "a", entries(5)...)
	got := fmt.Sprintln(len(saved), saved[0].Name, saved[0].Ours, saved[1].Name, saved[1].Ours)
	if err != nil || got != "2 a 5 b 1\n" {
		t.Errorf("%v, %s", err, got)
	}
	if err := os.WriteFile(out, []byte("{cut sho"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, saved, err = bench(t, out, "b", entries(7)...); err != nil || len(saved) != 1 || saved[0].Ours != 7 {
		t.Errorf("after damage: %v, %+v", err, saved)
	}
}

func TestSkippedAndFailedEntriesDoNotStopTheRest(t *testing.T) {
	out := filepath.Join(t.TempDir(), "results.json")
	absent := fmt.Errorf("%w: no peer", errNotHere)
	printed, saved, err := bench(t, out, "", fixedEntry("gone", false, 0, 0, absent))
	if err != nil || saved != nil || !strings.Contains(printed, "skipped: cannot run here: no peer") {
		t.Errorf("skipped: %v, %v, %s", err, saved, printed)
	}
	broken := errors.New("the answers differ")
	printed, saved, err = bench(t, out, "", fixedEntry("bad", false, 0, 0, broken), fixedEntry("nil", false, 1, 0, nil), fixedEntry("good", false, 1, 1, nil))
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "measured nothing") {
		t.Errorf("failed: %v", err)
	}
	if len(saved) != 1 || saved[0].Name != "good" || !strings.Contains(printed, "failed: the answers differ") {
		t.Errorf("after a failure: %+v, %s", saved, printed)
	}
}

func TestEntriesAreWellFormed(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range entries() {
		if seen[e.Name] || len(e.Name) > nameWidth || e.Unit == "" || e.Peer == "" || e.Run == nil || !(0 < e.Must && e.Must <= e.Stretch) {
			t.Errorf("%+v", e)
		}
		seen[e.Name] = true
	}
}
