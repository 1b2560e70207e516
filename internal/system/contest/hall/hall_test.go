package hall_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

var nine = []string{"9.1", "9.3", "9.5", "8.0", "9.2", "9.9", "9.4", "9.0", "9.6"}

// refused expects a fault of a kind that says some words.
func refused(t *testing.T, what string, err error, kind fault.Kind, words string) {
	t.Helper()
	if fault.KindOf(err) != kind || !strings.Contains(fmt.Sprint(err), words) {
		t.Errorf("%s: %v", what, err)
	}
}

// An event from its first call to its last reveal, in small.
func TestAnEvent(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(2), 3)
		ctx := t.Context()
		h.Run("01")
		_, err := h.Lock(ctx, h.Judges[0], h.Sealing(contesttest.At("01"), 0, 1, "9.1"))
		refused(t, "sealed before two were heard", err, fault.Conflict, "2 are heard before")
		h.Must(h.Draft(ctx, h.Judges[0], hall.Draft{At: contesttest.At("01"), Criterion: "score", Mark: "9.1", Device: contesttest.Device(0)}))
		h.Run("02")
		_, err = h.Events.SetRule(ctx, h.Organiser, contesttest.Code, 0, contesttest.Rule(0))
		refused(t, "a rule changed after the first call", err, fault.Conflict, "the rule stands")

		h.Mark("01", nine...)
		refused(t, "closed by the host", h.Close(ctx, h.Host, contesttest.At("01")), fault.Denied, "")
		h.Must(h.Close(ctx, h.Keeper, contesttest.At("01")))
		refused(t, "revealed before it was checked", h.Reveal(ctx, h.Host, contesttest.At("01"), ""), fault.Conflict, "closed")
		refused(t, "checked by who closed it", h.Check(ctx, h.Keeper, contesttest.At("01")), fault.Denied, "")
		h.Must(h.Check(ctx, h.Supervisor, contesttest.At("01")))
		if b, err := h.Board(ctx, contesttest.Code); err != nil || len(b.Result.Entries) > 0 || b.Last != nil || len(b.Sheets) > 0 {
			t.Fatalf("the board shows %+v before the reveal, %v", b, err)
		}
		refused(t, "what was not checked", h.Reveal(ctx, h.Host, contesttest.At("01"), strings.Repeat("0", 64)), fault.Conflict, "not what was checked")
		h.Must(h.Reveal(ctx, h.Host, contesttest.At("01"), h.Openings("01")))
		h.Must(h.Reveal(ctx, h.Host, contesttest.At("01"), h.Openings("01"))) // a second press
		b, err := h.Board(ctx, contesttest.Code)
		h.Must(err)
		if e, ok := b.Result.Of("01"); !ok || e.Text() != "9.30" || e.Place != 1 || b.Last == nil || b.Last.Entry != "01" || b.Last.Score != "9.30" {
			t.Errorf("it comes to %+v", b.Result.Entries)
		}

		// The second ties with the third; lots decide, by two people.
		h.Mark("02", "9", "9", "9", "9", "9", "9", "9", "9", "9")
		h.Show("02")
		h.Run("03")
		h.Mark("03", "9", "9", "9", "9", "9", "9", "9", "9", "9")
		h.Show("03")
		b, err = h.Board(ctx, contesttest.Code)
		h.Must(err)
		if !b.All || b.Event.State != contest.Judged || len(b.Result.Wants) != 2 {
			t.Fatalf("%v %v %+v", b.All, b.Event.State, b.Result.Wants)
		}
		lots := mark.Decision{By: rule.ByLots, Stage: "final", Among: []string{"02", "03"}, Entries: []string{"03", "02"}}
		_, err = h.Decide(ctx, h.Keeper, contesttest.Code, mark.Decision{By: rule.ByLots, Among: []string{"01", "02"}, Entries: []string{"01", "02"}})
		refused(t, "lots that nobody wants", err, fault.Invalid, "no such decision")
		n, err := h.Decide(ctx, h.Keeper, contesttest.Code, lots)
		h.Must(err)
		h.Must(h.Confirm(ctx, h.Supervisor, contesttest.Code, n))
		b, err = h.Board(ctx, contesttest.Code)
		h.Must(err)
		if e, _ := b.Result.Of("03"); e.Place != 2 || len(b.Result.Wants) != 0 {
			t.Errorf("after the lots %+v wants %+v", b.Result.Entries, b.Result.Wants)
		}
	})
}

// Bad days of a hall.
func TestBadDays(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(0), 5)
		ctx := t.Context()

		// Five judges would be three: recusals come before any mark, and the formula is that of who is left.
		for j := range 3 {
			h.Must(h.Recuse(ctx, h.Organiser, seat.Away{Contest: contesttest.Code, Entry: "01", Seat: fmt.Sprintf("j%d", j+1), Reason: "本单位"}))
		}
		_, err := h.Lock(ctx, h.Judges[0], h.Sealing(contesttest.At("01"), 0, 1, "9"))
		refused(t, "a recused judge marks", err, fault.Denied, "recused")
		h.Run("01")
		h.Mark("01", "", "", "", "9.5", "8.0", "9.2", "9.9", "9.4", "9.1")
		refused(t, "a recusal after a mark", h.Recuse(ctx, h.Organiser, seat.Away{Contest: contesttest.Code, Entry: "01", Seat: "j4", Reason: "迟来的"}), fault.Conflict, "before any mark")
		h.Show("01")
		b, err := h.Board(ctx, contesttest.Code)
		h.Must(err)
		if e, _ := b.Result.Of("01"); e.Text() != "9.30" {
			t.Errorf("six judges, trimmed: %s", e.Text())
		}

		// A mark of two decimals, a stale tablet after the lock, the same sheet twice.
		h.Run("02")
		_, err = h.Lock(ctx, h.Judges[0], h.Sealing(contesttest.At("02"), 0, 1, "9.05"))
		refused(t, "two decimals", err, fault.Invalid, "in steps of 0.1")
		refused(t, "10.05", h.Draft(ctx, h.Judges[0], hall.Draft{At: contesttest.At("02"), Criterion: "score", Mark: "10.05", Device: contesttest.Device(0)}), fault.Invalid, "between 0 and 10")
		first := h.Sealing(contesttest.At("02"), 0, 1, "9.1")
		r, err := h.Lock(ctx, h.Judges[0], first)
		h.Must(err)
		again, err := h.Lock(ctx, h.Judges[0], first)
		if err != nil || !again.Again || again.Commitment != r.Commitment {
			t.Errorf("a sheet posted twice: %+v %v", again, err)
		}
		_, err = h.Lock(ctx, h.Judges[0], h.Sealing(contesttest.At("02"), 0, 1, "9.9"))
		refused(t, "another sheet after the lock", err, fault.Conflict, "sealed and stays")
		refused(t, "a stale draft after the lock", h.Draft(ctx, h.Judges[0], hall.Draft{At: contesttest.At("02"), Criterion: "score", Mark: "9.9", Device: contesttest.Device(0)}), fault.Conflict, "sealed and stays")
		forged := h.Sealing(contesttest.At("02"), 1, 1, "9.3")
		forged.Marks["score"] = "9.4"
		_, err = h.Lock(ctx, h.Judges[1], forged)
		refused(t, "a commitment to other marks", err, fault.Invalid, "commitment")

		// Two devices on one seat: the second is refused until it is chosen.
		other := "ffffffff-0000-4000-8000-000000000001"
		st, err := h.Seats.Beat(ctx, h.Judges[1], seat.Beat{Contest: contesttest.Code, Device: other})
		if err != nil || st.Chosen {
			t.Errorf("a second device: %+v %v", st, err)
		}
		l := h.Sealing(contesttest.At("02"), 1, 1, "9.3")
		l.Device = other
		_, err = h.Lock(ctx, h.Judges[1], l)
		refused(t, "marks of a device that is not chosen", err, fault.Conflict, "another device")
		refused(t, "handed by another judge", h.Seats.Hand(ctx, h.Judges[2], contesttest.Code, "j2", contesttest.Device(1), seat.Code(other)), fault.Denied, "not your seat")
		// A third asks as well: who chooses says which by the code on its screen.
		third := "ffffffff-0000-4000-8000-000000000002"
		_, err = h.Seats.Beat(ctx, h.Judges[1], seat.Beat{Contest: contesttest.Code, Device: third})
		h.Must(err)
		refused(t, "a device that does not ask", h.Seats.Hand(ctx, h.Keeper, contesttest.Code, "j2", "", "0000"), fault.Conflict, "has the code 0000")
		h.Must(h.Seats.Hand(ctx, h.Keeper, contesttest.Code, "j2", "", seat.Code(other)))
		_, err = h.Lock(ctx, h.Judges[1], l)
		h.Must(err)

		// A dead tablet: closing names it, and an absence takes two.
		h.Mark("02", "", "", "9.5", "8.0", "9.2", "9.9", "9.4", "9.0")
		refused(t, "closed with one wanting", h.Close(ctx, h.Keeper, contesttest.At("02")), fault.Conflict, "j9")
		refused(t, "confirmed before it was asked", h.Away(ctx, h.Supervisor, contesttest.At("02"), "j9"), fault.Conflict, "no absence waits")
		h.Must(h.Missing(ctx, h.Keeper, contesttest.At("02"), "j9", "平板没电了"))
		refused(t, "an absence of who has sealed", h.Missing(ctx, h.Keeper, contesttest.At("02"), "j1", "没来"), fault.Conflict, "has sealed")
		refused(t, "an absence by one", h.Away(ctx, h.Keeper, contesttest.At("02"), "j9"), fault.Denied, "")
		h.Must(h.Away(ctx, h.Supervisor, contesttest.At("02"), "j9"))
		h.Show("02")

		// A no-show by two people, a late one put at the end, one interrupted that runs again.
		h.Must(h.Call(ctx, h.Keeper, contesttest.At("03")))
		refused(t, "a forfeit that nobody asked for", h.Forfeit(ctx, h.Supervisor, contesttest.At("03")), fault.Conflict, "has not asked")
		h.Must(h.Ask(ctx, h.Keeper, contesttest.At("03"), "没有到场"))
		h.Must(h.Forfeit(ctx, h.Supervisor, contesttest.At("03")))
		h.Must(h.Call(ctx, h.Keeper, contesttest.At("04")))
		h.Must(h.Postpone(ctx, h.Keeper, contesttest.At("04"), "堵车"))
		h.Run("05")
		h.Mark("05", "9.1")
		refused(t, "interrupted by the scorekeeper", h.Interrupt(ctx, h.Keeper, contesttest.At("05")), fault.Denied, "")
		refused(t, "interrupted by one person", h.Interrupt(ctx, h.Supervisor, contesttest.At("05")), fault.Conflict, "has not asked")
		h.Must(h.Ask(ctx, h.Keeper, contesttest.At("05"), "停电"))
		h.Must(h.Interrupt(ctx, h.Supervisor, contesttest.At("05")))
		second := contesttest.At("05")
		second.Attempt = 2
		h.Must(h.Call(ctx, h.Keeper, second))
		h.Must(h.Start(ctx, h.Keeper, second))
		h.Must(h.Stop(ctx, h.Keeper, second))
		lock := h.Sealing(second, 0, 2, "9.2")
		r, err = h.Lock(ctx, h.Judges[0], lock)
		if err != nil || r.Opening.Version != 2 {
			t.Errorf("a second attempt is another version: %+v %v", r, err)
		}
		b, err = h.Board(ctx, contesttest.Code)
		h.Must(err)
		if e, ok := b.Result.Of("03"); !ok || e.Has || e.Place != 0 || e.Status != mark.Forfeit {
			t.Errorf("a no-show has %+v", e)
		}
		if last := b.Order[len(b.Order)-1]; last.Entry != "05" {
			t.Errorf("the order is %+v", b.Order)
		}
	})
}

// A mistaken score that was found after its reveal.
func TestACorrection(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(0), 2)
		ctx := t.Context()
		h.Run("01")
		h.Mark("01", nine...)
		_, err := h.Correct(ctx, h.Keeper, contesttest.At("01"), "j4", "漏了一位")
		refused(t, "before the reveal", err, fault.Conflict, "heard")
		h.Show("01")
		_, err = h.Correct(ctx, h.Keeper, contesttest.At("01"), "j4", " ")
		refused(t, "without a reason", err, fault.Invalid, "reason")
		a, err := h.Correct(ctx, h.Keeper, contesttest.At("01"), "j4", "漏了一位")
		h.Must(err)
		b, err := h.Board(ctx, contesttest.Code)
		h.Must(err)
		before, _ := b.Result.Of("01")
		if !b.Event.Frozen || before.Text() != "9.30" {
			t.Errorf("while it is asked for: frozen %v, %s", b.Event.Frozen, before.Text())
		}
		refused(t, "confirmed before the judge sealed again", h.Correction(ctx, h.Supervisor, a.ID), fault.Conflict, "not sealed")
		_, err = h.Reseal(ctx, h.Judges[4], a.ID, h.Sealing(contesttest.At("01"), 4, 2, "9.8"))
		refused(t, "by another judge", err, fault.Conflict, "does not wait for you")
		_, err = h.Reseal(ctx, h.Judges[3], a.ID, h.Sealing(contesttest.At("01"), 3, 2, "9.8"))
		h.Must(err)
		if b, err := h.Board(ctx, contesttest.Code); err != nil || b.Last.Score != "9.30" {
			t.Errorf("one person has changed what is shown: %v %v", b.Last, err)
		}
		h.Must(h.Correction(ctx, h.Supervisor, a.ID))
		b, err = h.Board(ctx, contesttest.Code)
		h.Must(err)
		after, _ := b.Result.Of("01")
		if b.Event.Frozen || after.Text() != "9.41" || b.Last.Score != "9.41" {
			t.Errorf("corrected: frozen %v, %s, %+v", b.Event.Frozen, after.Text(), b.Last)
		}
		states := []string{}
		for _, s := range b.Sheets {
			if s.Seat == "j4" {
				states = append(states, fmt.Sprint(s.Version, s.State))
			}
		}
		if fmt.Sprint(states) != "[1corrected 2counted]" {
			t.Errorf("the versions are %v", states)
		}
	})
}

// Nobody but a judge sees a mark before its reveal, and a judge only their own.
func TestWhoSeesWhat(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(0), 2)
		ctx := t.Context()
		h.Must(h.Recuse(ctx, h.Judges[8], seat.Away{Contest: contesttest.Code, Entry: "01", Seat: "j9", Reason: "本单位"}))
		h.Run("01")
		h.Must(h.Draft(ctx, h.Judges[1], hall.Draft{At: contesttest.At("01"), Criterion: "score", Mark: "7.7", Device: contesttest.Device(1)}))
		h.Mark("01", "8.8")
		for who, c := range map[string]identity.Colleague{"a stranger": h.Stranger, "a judge": h.Judges[2], "the host": h.Host, "the organiser": h.Organiser} {
			if _, err := h.Desk(ctx, c, contesttest.Code); fault.KindOf(err) != fault.Denied {
				t.Errorf("%s sees the desk: %v", who, err)
			}
		}
		desk, err := h.Desk(ctx, h.Keeper, contesttest.Code)
		h.Must(err)
		if len(desk.Marks) > 0 || len(desk.Sealed[contesttest.At("01")]) != 1 {
			t.Errorf("the desk of an open run has %+v", desk.Marks)
		}
		for j, judge := range h.Judges {
			m, err := h.Mine(ctx, judge, contesttest.Code)
			h.Must(err)
			text := fmt.Sprintf("%+v %+v", m.Runs, m.Runs[0].Sealed)
			if strings.Contains(text, "8.8") != (j == 0) || strings.Contains(text, "7.7") != (j == 1) || m.Runs[0].Recused != (j == 8) {
				t.Errorf("judge %d sees %s", j+1, text)
			}
		}
	})
}
