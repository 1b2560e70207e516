package seal_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/lang"
)

// contest is a small one: eight entries, seven seats, an absence, a recusal, a correction and a voided sheet.
func contest(t *testing.T) *seal.File {
	t.Helper()
	text, err := os.ReadFile("../testdata/hall.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := rule.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	f := &seal.File{Format: seal.Format, Contest: "hall-1", Title: lang.Text{ZH: "现场评审", EN: "In the hall"}, Rule: r, RuleHash: r.Rule.Hash(), Log: seal.Log{Rule: "0000"}}
	seats := []string{"j1", "j2", "j3", "j4", "j5", "j6", "j7"}
	f.Facts.Panels = []mark.Panel{{Part: "show", Seats: seats}}
	f.Facts.Measures = []mark.Measured{{Entry: "04", Measure: "overtime", Value: exact.Of(12)}}
	at := 100
	log := func() string { at++; return fmt.Sprintf("%04d", at) }
	f.Facts.Away = []seal.Away{{Entry: "02", Part: "show", Seat: "j1", Why: seal.Recused, Log: "0050"}, {Entry: "03", Part: "show", Seat: "j2", Why: seal.Absent, Log: "0120"}}
	for e := 1; e <= 8; e++ {
		key := fmt.Sprintf("%02d", e)
		f.Facts.Entries = append(f.Facts.Entries, mark.Entry{Key: key})
		if e <= 5 {
			f.Runs = append(f.Runs, seal.Run{Part: "show", Entry: key, Attempt: 1, Seconds: 470 + e, Log: log()})
		}
	}
	for e := 1; e <= 8; e++ {
		for j, seat := range seats {
			key := fmt.Sprintf("%02d", e)
			if e == 2 && j == 0 || e == 3 && j == 1 {
				continue
			}
			versions := 1
			if e == 5 && j == 3 {
				versions = 2
			}
			for v := 1; v <= versions; v++ {
				s := seal.Sheet{Opening: seal.Opening{
					Contest: f.Contest, Rule: f.RuleHash, Entry: key, Part: "show", Seat: seat, Version: v,
					Marks: map[string]string{"score": exact.Ratio(int64(80+(e*7+j*3+v)%20), 10).String()}, Salt: salt(key, seat, v), By: seal.Device,
				}, Log: log(), State: seal.Counted}
				if v < versions {
					s.State, s.Reason, s.Roles = seal.Corrected, "记错了一位", []seal.Role{"contest.scorekeeper", "contest.supervisor"}
				}
				s.Commitment = s.Opening.Commitment()
				f.Sheets = append(f.Sheets, s)
			}
		}
	}
	set, err := f.Set()
	if err != nil {
		t.Fatal(err)
	}
	table, err := mark.Arrange(&f.Rule.Rule, set)
	if err != nil {
		t.Fatal(err)
	}
	result := scoring.Score(table)
	f.Result, f.Cuts = seal.Lines(result), seal.CutsOf(result)
	return f
}

// salt is one that a test has again.
func salt(entry, seat string, version int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %d", entry, seat, version))
	return hex.EncodeToString(sum[:])
}

func TestAFileThatHolds(t *testing.T) {
	f := contest(t)
	text, err := f.Text()
	if err != nil {
		t.Fatal(err)
	}
	const kept = "testdata/contest.json" // for who has another program that verifies
	if os.Getenv("XIADU_GOLDEN") != "" {
		if err := os.WriteFile(kept, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if was, err := os.ReadFile(kept); err != nil || !bytes.Equal(was, text) {
		t.Errorf("%s is another file than the program makes: %v", kept, err)
	}
	again, err := seal.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	got := seal.Verify(again)
	for _, finding := range got.Findings {
		t.Error(finding)
	}
	if got.Sheets != 54 || got.Late != 1 || got.Voided != 0 {
		t.Errorf("%+v", got)
	}
}

// Whatever is changed is found, and where.
func TestForgeries(t *testing.T) {
	for _, c := range []struct {
		name, at string
		change   func(*seal.File)
	}{
		{"a mark", "sheets[3].commitment", func(f *seal.File) { f.Sheets[3].Marks["score"] = "10" }},
		{"a mark and its commitment", "result[", func(f *seal.File) {
			f.Sheets[3].Marks["score"] = "10"
			f.Sheets[4].Marks["score"] = "10"
			f.Sheets[3].Commitment = f.Sheets[3].Opening.Commitment()
			f.Sheets[4].Commitment = f.Sheets[4].Opening.Commitment()
		}},
		{"a total", "result[0]", func(f *seal.File) { f.Result[0].Total = "9.99" }},
		{"a place", "result[1]", func(f *seal.File) { f.Result[1].Place = 1 }},
		{"a winner", "cuts", func(f *seal.File) { f.Cuts[0].In = []string{"08"} }},
		{"the rule", "rule_hash", func(f *seal.File) { f.Rule.Rule.Stages[0].Parts[0].Judged.Trim[1].High = 0 }},
		{"a sheet that is left out", "result", func(f *seal.File) { f.Sheets = append(f.Sheets[:3], f.Sheets[4:]...) }},
		{"an earlier version that is left out", "version", func(f *seal.File) {
			for i := range f.Sheets {
				if f.Sheets[i].State == seal.Corrected {
					f.Sheets = append(f.Sheets[:i], f.Sheets[i+1:]...)
					return
				}
			}
		}},
		{"the earlier version counts again", "version", func(f *seal.File) {
			for i := range f.Sheets {
				if f.Sheets[i].State == seal.Corrected {
					f.Sheets[i].State, f.Sheets[i+1].State = seal.Counted, seal.Corrected
					return
				}
			}
		}},
		{"a correction by one person", "roles", func(f *seal.File) {
			for i := range f.Sheets {
				if f.Sheets[i].State == seal.Corrected {
					f.Sheets[i].Roles = f.Sheets[i].Roles[:1]
				}
			}
		}},
		{"a correction without a reason", "reason", func(f *seal.File) {
			for i := range f.Sheets {
				f.Sheets[i].Reason = ""
			}
		}},
		{"a recused judge marks", "facts.away", func(f *seal.File) { f.Facts.Away[0].Entry = "01" }},
		{"a recusal after a seal", "facts.away[0].log", func(f *seal.File) { f.Facts.Away[0].Log = "0999" }},
		{"a hostile sheet is voided, and its judge recused", "facts.away[2]", func(f *seal.File) {
			f.Sheets[0].State, f.Sheets[0].Reason, f.Sheets[0].Roles = seal.Void, "-", []seal.Role{"a", "b"}
			f.Facts.Away = append(f.Facts.Away, seal.Away{Entry: f.Sheets[0].Entry, Part: "show", Seat: f.Sheets[0].Seat, Why: seal.Recused, Log: "0001"})
		}},
		{"an absence is taken away", "result", func(f *seal.File) { f.Facts.Away = f.Facts.Away[:1] }},
		{"overtime", "result", func(f *seal.File) { f.Facts.Measures = nil }},
		{"a sheet of another contest", "contest", func(f *seal.File) { f.Sheets[9].Contest = "hall-0" }},
		{"a sheet under another rule", "rule", func(f *seal.File) { f.Sheets[9].Rule = strings.Repeat("0", 64) }},
		{"marked before five were heard", "log", func(f *seal.File) { f.Sheets[0].Log = "0101" }},
		{"a sheet twice", "sheets[1]", func(f *seal.File) { f.Sheets[1] = f.Sheets[0] }},
		{"marks in an entry that forfeited", "result", func(f *seal.File) { f.Facts.Entries[7].Status = mark.Forfeit }},
	} {
		f := contest(t)
		c.change(f)
		found := false
		for _, finding := range seal.Verify(f).Findings {
			found = found || strings.Contains(finding.At, c.at)
		}
		if !found {
			t.Errorf("%s: %v", c.name, seal.Verify(f).Findings)
		}
	}
}

// A byte of the file that is another is no longer read, does not hold, or is in a text that computes nothing and that only the log's hash
// of the file keeps.
func TestOneByte(t *testing.T) {
	f := contest(t)
	text, err := f.Text()
	if err != nil {
		t.Fatal(err)
	}
	free := 0
	for i := 0; i < len(text); i += 23 { // of which each read takes milliseconds
		was := text[i]
		text[i] ^= 1
		if again, err := seal.Read(text); err == nil && len(seal.Verify(again).Findings) == 0 {
			free++
		}
		text[i] = was
	}
	// Titles, the reason of the correction, the numbers of the log, names of roles.
	if free > 30 {
		t.Errorf("%d of %d bytes may be others", free, len(text)/23)
	}
}
