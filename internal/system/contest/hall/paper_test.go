package hall_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
)

// A dead tablet, and its judge writes on paper: two people type it, a third settles where they differ.
func TestPaper(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(0), 1)
		ctx, at := t.Context(), contesttest.At("01")
		papers := hall.Papers{Halls: h.Halls}
		h.Run("01")
		h.Mark("01", "9", "9", "9", "9", "9", "9", "9", "9")
		refused(t, "paper beside a seal", papers.Type(ctx, h.Keeper, at, "j1", map[string]string{"score": "9"}), fault.Conflict, "sealed on its device")
		refused(t, "a mark that is none", papers.Type(ctx, h.Keeper, at, "j9", map[string]string{"score": "9.45"}), fault.Invalid, "in steps of")
		refused(t, "a sheet that is not whole", papers.Type(ctx, h.Keeper, at, "j9", map[string]string{}), fault.Invalid, "no mark yet")
		h.Must(papers.Type(ctx, h.Keeper, at, "j9", map[string]string{"score": "9.4"}))
		_, err := papers.Settle(ctx, h.Supervisor, at, "j9", nil)
		refused(t, "settled after one typed", err, fault.Conflict, "1 have")
		h.Must(papers.Type(ctx, h.Another, at, "j9", map[string]string{"score": "9.1"}))
		_, err = papers.See(ctx, h.Keeper, at, "j9")
		refused(t, "who types sees what another typed", err, fault.Denied, "")
		p, err := papers.See(ctx, h.Supervisor, at, "j9")
		if err != nil || p.Typed != 2 || p.Differ["score"] != [2]string{"9.4", "9.1"} {
			t.Errorf("%+v %v", p, err)
		}
		_, err = papers.Settle(ctx, h.Supervisor, at, "j9", map[string]string{"score": "9.9"})
		refused(t, "a mark that neither typed", err, fault.Conflict, "Look at the paper")
		r, err := papers.Settle(ctx, h.Supervisor, at, "j9", map[string]string{"score": "9.4"})
		if err != nil || r.Opening.By != seal.Paper || r.Opening.Marks["score"] != "9.4" {
			t.Errorf("%+v %v", r, err)
		}
		h.Show("01")
		b, err := h.Board(ctx, contesttest.Code)
		h.Must(err)
		if got := seal.Verify(b.File()); len(got.Findings) > 0 || got.ByServer != 1 {
			t.Errorf("%+v", got)
		}
	})
}

// Judging begins anew by another rule: by two people, before the first reveal, and every sheet is void.
func TestBegunAnew(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(0), 2)
		ctx := t.Context()
		restart := hall.Restart{Halls: h.Halls}
		h.Run("01")
		h.Mark("01", "9", "8")
		refused(t, "confirmed before it was asked", restart.Confirm(ctx, h.Supervisor, contesttest.Code), fault.Conflict, "has not asked")
		refused(t, "asked by a scorekeeper", restart.Ask(ctx, h.Keeper, contesttest.Code, contesttest.Rule(1), "漏了一条"), fault.Denied, "")
		h.Must(restart.Ask(ctx, h.Organiser, contesttest.Code, contesttest.Rule(1), "漏了先听一个"))
		h.Must(restart.Confirm(ctx, h.Supervisor, contesttest.Code))
		e, err := h.Events.Get(ctx, contesttest.Code)
		h.Must(err)
		if e.RuleHash != h.RuleOf(contesttest.Rule(1)) || e.State != contest.Drawn {
			t.Errorf("the contest is %s by %s", e.State, e.RuleHash)
		}
		h.ShowAgain("01", "9.5", 2)
		refused(t, "after a reveal", restart.Ask(ctx, h.Organiser, contesttest.Code, contesttest.Rule(0), "再换"), fault.Conflict, "for good")
		b, err := h.Board(ctx, contesttest.Code)
		h.Must(err)
		if got := seal.Verify(b.File()); len(got.Findings) > 0 || got.Voided != 2 || b.Last.Score != "9.50" {
			t.Errorf("%+v %+v", got, b.Last)
		}
	})
}
