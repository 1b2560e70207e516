package release_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// A whole contest comes out as a file that a stranger verifies: with a recusal, an absence, a no-show, a run that was interrupted, a
// correction after the release, and a tie at the line.
func TestAContestIsReleased(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(1), 5)
		ctx := t.Context()
		out := release.In(d, h.Facts)
		folder := filepath.Join(t.TempDir(), "log")
		signer, err := sequencer.Open(ctx, d, folder, "test.invalid/log")
		h.Must(err)
		at := contesttest.At
		h.Must(h.Recuse(ctx, h.Organiser, seat.Away{Contest: contesttest.Code, Entry: "01", Seat: "j1", Reason: "本单位"}))
		h.Run("01")
		h.Mark("01", "", "9.1", "9.3", "9.5", "8.0", "9.2", "9.9", "9.4", "9.0")
		h.Show("01")
		h.Run("02")
		h.Mark("02", "9", "9", "9", "9", "9", "9", "9", "9")
		h.Must(h.Missing(ctx, h.Keeper, at("02"), "j9", "平板没电"))
		h.Must(h.Away(ctx, h.Supervisor, at("02"), "j9"))
		h.Show("02")
		h.Must(h.Ask(ctx, h.Keeper, at("03"), "没有到场"))
		h.Must(h.Forfeit(ctx, h.Supervisor, at("03")))
		h.Run("04")
		h.Mark("04", "7", "7")
		h.Must(h.Ask(ctx, h.Keeper, at("04"), "停电"))
		h.Must(h.Interrupt(ctx, h.Supervisor, at("04")))
		h.Run("05")
		h.Mark("05", "9", "9", "9", "9", "9", "9", "9", "9", "9")
		h.Show("05")
		if _, err := out.Release(ctx, h.Organiser, contesttest.Code, ""); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("released before all is revealed: %v", err)
		}
		h.ShowAgain("04", "8.8", 2)

		_, err = out.Release(ctx, h.Organiser, contesttest.Code, "")
		if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "at a line") {
			t.Fatalf("released with a tie at the line: %v", err)
		}
		n, err := h.Decide(ctx, h.Keeper, contesttest.Code, mark.Decision{By: "lots", Stage: "final", Among: []string{"02", "05"}, Entries: []string{"05", "02"}})
		h.Must(err)
		h.Must(h.Confirm(ctx, h.Supervisor, contesttest.Code, n))
		r, err := out.Release(ctx, h.Organiser, contesttest.Code, "")
		h.Must(err)
		text, err := out.File(ctx, contesttest.Code, r.N)
		h.Must(err)
		f, err := seal.Read(text)
		h.Must(err)
		got := seal.Verify(f)
		if len(got.Findings) > 0 || got.Sheets != 8+8+9+9 || got.Voided != 2 || f.Cuts[0].In[0] != "01" || f.Cuts[0].In[1] != "05" || f.Result[0].Total != "9.25" {
			t.Errorf("%+v %+v %v", got, f.Result, f.Cuts)
		}
		if strings.Contains(string(text), h.Judges[0].Person) {
			t.Error("the file names a person")
		}

		a, err := h.Correct(ctx, h.Keeper, at("01"), "j5", "看错了一行")
		h.Must(err)
		_, err = h.Reseal(ctx, h.Judges[4], a.ID, h.Sealing(at("01"), 4, 2, "9.3"))
		h.Must(err)
		h.Must(h.Correction(ctx, h.Supervisor, a.ID))
		if _, err := out.Release(ctx, h.Organiser, contesttest.Code, ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a second release without a reason: %v", err)
		}
		r, err = out.Release(ctx, h.Organiser, contesttest.Code, "更正一张评分表")
		h.Must(err)
		text, err = out.File(ctx, contesttest.Code, r.N)
		h.Must(err)
		f, err = seal.Read(text)
		h.Must(err)
		if got := seal.Verify(f); len(got.Findings) > 0 || got.Late != 1 || r.N != 2 {
			t.Errorf("%+v", got)
		}

		// Who checks the whole log has both files computed again, and held against what was sealed.
		checked(t, d, signer, folder, "")
		// A file that another program put out: computed right, of a sheet that nobody sealed so.
		for i := range f.Sheets {
			s := &f.Sheets[i]
			if s.Entry == "02" && s.Seat == "j1" {
				s.Marks = map[string]string{"score": "8.9"}
				s.Commitment = s.Opening.Commitment()
			}
		}
		set, err := f.Set()
		h.Must(err)
		table, err := mark.Arrange(&f.Rule.Rule, set)
		h.Must(err)
		result := scoring.Score(table)
		f.Result, f.Cuts = seal.Lines(result), seal.CutsOf(result)
		if found := seal.Verify(f).Findings; len(found) > 0 {
			t.Fatal(found)
		}
		forged, err := f.Text()
		h.Must(err)
		h.Must(d.Update(ctx, func(tx *db.Tx) error {
			sum, err := record.PutFile(tx, forged)
			if err != nil {
				return err
			}
			return record.Append(tx, "contest.organiser@x", release.Forged(contesttest.Code, 3, sum))
		}))
		checked(t, d, signer, folder, "sheets[")
	})
}

// checked checks the log of a site by its figure, and expects that all of it holds, or a finding.
func checked(t *testing.T, d *db.DB, signer *sequencer.Sequencer, folder, finding string) {
	t.Helper()
	if err := signer.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	log := publiclog.Open(d, folder)
	r, err := publiclog.NewFigures(log, release.Queries()).Receipt(t.Context(), release.Queries()[0], figure.Params{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := r.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	report, err := verify.Log(t.Context(), log.File, verify.Options{Queries: release.Queries(), Receipts: []verify.File{{Name: "results", Text: text}}})
	if err != nil {
		t.Fatal(err)
	}
	if said := fmt.Sprint(report.Findings); finding == "" && len(report.Findings) > 0 || !strings.Contains(said, finding) {
		t.Errorf("it finds %s", said)
	}
	if now, err := release.In(d, nil).Now(t.Context()); err != nil || finding == "" && now != (release.Counts{Contests: 1, Corrected: 1, Released: 1, Releases: 2, Revealed: 4}) {
		t.Error(now, err)
	}
	if result := string(report.Figures[0].Receipt.Result); finding == "" && !strings.Contains(result, `"contests":1,"corrected":1,"released":1,"releases":2,"revealed":4`) {
		t.Error(result)
	}
}
