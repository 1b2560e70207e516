package hall_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

const code = contesttest.Code

// whole ends the test where something of a hall is half.
func whole(t *testing.T, h *contesttest.Hall) {
	t.Helper()
	if wrong := h.Whole(); len(wrong) > 0 {
		t.Fatal(strings.Join(wrong, "\n"))
	}
}

// verified releases a contest, and verifies its file.
func verified(t *testing.T, h *contesttest.Hall, why string) *seal.File {
	t.Helper()
	out := release.In(h.DB, h.Facts)
	r, err := out.Release(t.Context(), h.Organiser, code, why)
	h.Must(err)
	text, err := out.File(t.Context(), code, r.N)
	h.Must(err)
	f, err := seal.Read(text)
	h.Must(err)
	if found := seal.Verify(f).Findings; len(found) > 0 {
		t.Fatal(found)
	}
	return f
}

func again(at hall.At) hall.At { at.Attempt++; return at }

// A forfeit that is the last of a contest ends its judging, and opens what was sealed of an attempt before.
func TestAForfeitIsTheLast(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(1), 2)
		ctx, at := t.Context(), contesttest.At
		h.Must(h.Recuse(ctx, h.Organiser, seat.Away{Contest: code, Entry: "02", Seat: "j9", Reason: "本单位"}))
		h.Run("01")
		h.Mark("01", nine...)
		h.Show("01")
		h.Run("02")
		h.Mark("02", "7")
		h.Must(h.Ask(ctx, h.Keeper, at("02"), "停电"))
		h.Must(h.Interrupt(ctx, h.Supervisor, at("02")))
		whole(t, h)
		h.Must(h.Call(ctx, h.Keeper, again(at("02"))))
		_, err := h.Lock(ctx, h.Judges[1], h.Sealing(again(at("02")), 1, 1, "8"))
		refused(t, "sealed before it was heard at all", err, fault.Conflict, "called")
		h.Must(h.Ask(ctx, h.Keeper, again(at("02")), "走了"))
		h.Must(h.Forfeit(ctx, h.Supervisor, again(at("02"))))
		whole(t, h)
		refused(t, "a recusal after a forfeit", h.Recuse(ctx, h.Organiser, seat.Away{Contest: code, Entry: "02", Seat: "j8", Reason: "迟来的"}), fault.Conflict, "no recusal can be added")
		if e, err := h.Events.Get(ctx, code); err != nil || e.State != contest.Judged {
			t.Errorf("the contest is %s, %v", e.State, err)
		}
		if f := verified(t, h, ""); len(f.Sheets) != 10 || len(f.Runs) != 2 {
			t.Errorf("%d sheets of %d runs", len(f.Sheets), len(f.Runs))
		}
	})
}

// Sheets that were sealed after an attempt was heard hold when that attempt is interrupted: it was heard.
func TestHeardAndInterrupted(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(1), 2)
		ctx, at := t.Context(), contesttest.At
		h.Run("01")
		h.Must(h.Call(ctx, h.Keeper, at("02")))
		h.Must(h.Start(ctx, h.Keeper, at("02")))
		h.Mark("02", nine...)
		h.Must(h.Ask(ctx, h.Keeper, at("01"), "停电"))
		h.Must(h.Interrupt(ctx, h.Supervisor, at("01")))
		h.Must(h.Stop(ctx, h.Keeper, at("02")))
		h.Show("02")
		if b, err := h.Board(ctx, code); err != nil || len(b.Heard) != 1 {
			t.Errorf("the board tells of an attempt of what is not revealed: %+v %v", b.Heard, err)
		}
		h.Must(h.Call(ctx, h.Keeper, again(at("01"))))
		h.Must(h.Start(ctx, h.Keeper, again(at("01"))))
		h.Must(h.Stop(ctx, h.Keeper, again(at("01"))))
		for j, judge := range h.Judges {
			_, err := h.Lock(ctx, judge, h.Sealing(again(at("01")), j, 1, "8"))
			h.Must(err)
		}
		h.Must(h.Close(ctx, h.Keeper, again(at("01"))))
		h.Must(h.Check(ctx, h.Supervisor, again(at("01"))))
		h.Must(h.Reveal(ctx, h.Host, again(at("01")), h.Openings("01")))
		if f := verified(t, h, ""); len(f.Runs) != 3 {
			t.Errorf("the file has %+v", f.Runs)
		}
	})
}

// Absent by two people is absent: a sheet that comes afterwards is refused, and a recusal takes the place of what one person asked.
func TestAbsentOrRecused(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(0), 1)
		ctx, at := t.Context(), contesttest.At("01")
		h.Must(h.Missing(ctx, h.Keeper, at, "j9", "还没有来"))
		h.Must(h.Recuse(ctx, h.Organiser, seat.Away{Contest: code, Entry: "01", Seat: "j9", Reason: "本单位"}))
		h.Run("01")
		h.Must(h.Missing(ctx, h.Keeper, at, "j8", "平板没电"))
		h.Must(h.Missing(ctx, h.Both, at, "j8", "人也走了"))
		refused(t, "confirmed by who asked last", h.Away(ctx, h.Both, at, "j8"), fault.Denied, "another person")
		h.Must(h.Away(ctx, h.Supervisor, at, "j8"))
		_, err := h.Lock(ctx, h.Judges[7], h.Sealing(at, 7, 1, "9"))
		refused(t, "sealed beside an absence", err, fault.Conflict, "absent")
		h.Mark("01", nine[:7]...)
		h.Show("01")
		whole(t, h)
		f := verified(t, h, "")
		if fmt.Sprintln(f.Facts.Away[0].Why, f.Facts.Away[1].Why) != "absent recused\n" {
			t.Errorf("away are %+v", f.Facts.Away)
		}
	})
}

// What was asked for lapses when the run goes on, and who closed a run does not open it again.
func TestRequestsLapse(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(0), 1)
		ctx, at := t.Context(), contesttest.At("01")
		refused(t, "a call by nobody", h.Call(ctx, h.People.Colleague(identity.CommandLine), at), fault.Denied, "signed in")
		h.Must(h.Ask(ctx, h.Keeper, at, "没有到场"))
		h.Must(h.Call(ctx, h.Keeper, at))
		refused(t, "a forfeit of who was called again", h.Forfeit(ctx, h.Supervisor, at), fault.Conflict, "has not asked")
		h.Must(h.Ask(ctx, h.Keeper, at, "没有到场"))
		h.Must(h.Postpone(ctx, h.Keeper, at, "堵车"))
		refused(t, "a forfeit of who was postponed", h.Forfeit(ctx, h.Supervisor, at), fault.Conflict, "has not asked")
		h.Must(h.Call(ctx, h.Keeper, at))
		h.Must(h.Ask(ctx, h.Keeper, at, "没有到场"))
		h.Must(h.Start(ctx, h.Keeper, at))
		refused(t, "interrupted because it had not come", h.Interrupt(ctx, h.Supervisor, at), fault.Conflict, "has not asked")
		h.Must(h.Stop(ctx, h.Keeper, at))
		h.Mark("01", nine...)
		h.Must(h.Close(ctx, h.Both, at))
		refused(t, "checked by who closed it", h.Check(ctx, h.Both, at), fault.Denied, "another person")
		refused(t, "opened again by who closed it", h.Refuse(ctx, h.Both, at, "看错"), fault.Denied, "another person")
		h.Must(h.Refuse(ctx, h.Supervisor, at, "看错"))
		refused(t, "voided by one person after a refusal", h.Interrupt(ctx, h.Supervisor, at), fault.Conflict, "has not asked")
		whole(t, h)
	})
}

// A correction that was dropped stays as a void sheet, nobody sees one that waits, and another may follow.
func TestACorrectionIsDropped(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(0), 1)
		ctx, at := t.Context(), contesttest.At("01")
		h.Run("01")
		h.Mark("01", nine...)
		h.Show("01")
		correct := func(version int, score string, confirm bool) {
			t.Helper()
			a, err := h.Correct(ctx, h.Keeper, at, "j4", "看错了")
			h.Must(err)
			_, err = h.Reseal(ctx, h.Judges[3], a.ID, h.Sealing(at, 3, version, score))
			h.Must(err)
			b, err := h.Board(ctx, code)
			h.Must(err)
			if len(b.Sheets) != 9+version-2 {
				t.Errorf("the board shows %d sheets while version %d waits", len(b.Sheets), version)
			}
			whole(t, h)
			if confirm {
				h.Must(h.Correction(ctx, h.Supervisor, a.ID))
			} else {
				h.Must(hall.Requests{Halls: h.Halls}.Correction(ctx, h.Supervisor, a.ID, "没有看错"))
			}
			whole(t, h)
		}
		correct(2, "9.7", false)
		if f := verified(t, h, ""); f.Result[0].Total != "9.30" || len(f.Sheets) != 10 {
			t.Errorf("dropped, it comes to %+v", f.Result)
		}
		correct(3, "9.8", true)
		if f := verified(t, h, "更正"); f.Result[0].Total != "9.41" || len(f.Sheets) != 11 {
			t.Errorf("confirmed, it comes to %+v", f.Result)
		}
	})
}

// The same decision is asked for once.
func TestADecisionWaitsOnce(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(0), 2)
		for _, n := range h.Numbers {
			h.Run(n)
			h.Mark(n, "9", "9", "9", "9", "9", "9", "9", "9", "9")
			h.Show(n)
		}
		lots := mark.Decision{By: "lots", Stage: "final", Among: []string{"01", "02"}, Entries: []string{"02", "01"}}
		n, err := h.Decide(t.Context(), h.Both, code, lots)
		h.Must(err)
		_, err = h.Decide(t.Context(), h.Keeper, code, lots)
		refused(t, "asked for twice", err, fault.Conflict, "waits for the supervisor already")
		refused(t, "confirmed by who asked", h.Confirm(t.Context(), h.Both, code, n), fault.Denied, "another person")
		h.Must(h.Confirm(t.Context(), h.Supervisor, code, n))
	})
}
