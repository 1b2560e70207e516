package hall_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest/contesttest"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
)

// Who asked takes it back, a supervisor refuses it with a reason, and nobody else ends it; the log has which it was, and no seat.
func TestARequestIsTakenBackOrRefused(t *testing.T) {
	dbtest.Each(t, contesttest.Schemas, func(t *testing.T, d *db.DB) {
		h := contesttest.Open(t, d, contesttest.Rule(1), 2)
		ctx, at, ends := t.Context(), contesttest.At("01"), hall.Requests{Halls: h.Halls}
		told := func(want ...string) {
			t.Helper()
			h.Must(d.View(ctx, func(tx *db.Tx) error {
				all, err := record.Latest(tx, "contest.request-ended", "", 20)
				if err != nil || len(all) != len(want) {
					t.Fatalf("%d are told, not %d: %v", len(all), len(want), err)
				}
				for _, one := range all {
					last := want[len(want)-1]
					want = want[:len(want)-1]
					if !strings.Contains(one.Public, last) || strings.Contains(one.Public, `"j`) {
						t.Errorf("%s is told, not %s", one.Public, last)
					}
				}
				return nil
			}))
		}
		refused(t, "a run of which nothing is asked", ends.Run(ctx, h.Supervisor, at, "没有"), fault.Conflict, "nothing")
		h.Must(h.Ask(ctx, h.Keeper, at, "没有到场"))
		refused(t, "by another scorekeeper", ends.Run(ctx, h.Another, at, "到了"), fault.Denied, "Only who asked")
		refused(t, "by a judge", ends.Run(ctx, h.Judges[0], at, "到了"), fault.Denied, "")
		refused(t, "without a reason", ends.Run(ctx, h.Supervisor, at, " "), fault.Invalid, "reason")
		h.Must(ends.Run(ctx, h.Keeper, at, ""))
		refused(t, "confirmed all the same", h.Forfeit(ctx, h.Supervisor, at), fault.Conflict, "not asked")
		told(`"forfeit"`)

		h.Must(h.Call(ctx, h.Keeper, at))
		h.Must(h.Start(ctx, h.Keeper, at))
		h.Must(h.Ask(ctx, h.Both, at, "停电"))
		h.Must(ends.Run(ctx, h.Supervisor, at, "灯又亮了"))
		refused(t, "interrupted all the same", h.Interrupt(ctx, h.Supervisor, at), fault.Conflict, "not asked")
		h.Must(h.Stop(ctx, h.Keeper, at))
		h.Mark("01", "9", "9", "9", "9", "9", "9", "9", "9")

		refused(t, "an absence that nobody asked for", ends.Absence(ctx, h.Supervisor, at, "j9", "在"), fault.Conflict, "no absence")
		h.Must(h.Missing(ctx, h.Both, at, "j9", "走了"))
		h.Must(ends.Absence(ctx, h.Both, at, "j9", "")) // supervises, too, and takes back their own
		h.Must(h.Missing(ctx, h.Keeper, at, "j9", "走了"))
		h.Must(ends.Absence(ctx, h.Supervisor, at, "j9", "回来了"))
		refused(t, "away all the same", h.Away(ctx, h.Supervisor, at, "j9"), fault.Conflict, "no absence")
		_, err := h.Lock(ctx, h.Judges[8], h.Sealing(at, 8, 1, "9"))
		h.Must(err)
		h.Show("01")
		whole(t, h)
		told(`"forfeit"`, `"interruption"`, `"taken-back"`, `"refused"`)

		frozen := func(want bool) {
			t.Helper()
			b, err := h.Board(ctx, code)
			h.Must(err)
			if b.Event.Frozen != want {
				t.Errorf("frozen: %t", b.Event.Frozen)
			}
		}
		a, err := h.Correct(ctx, h.Keeper, at, "j2", "看错了")
		h.Must(err)
		frozen(true)
		refused(t, "by another scorekeeper", ends.Correction(ctx, h.Another, a.ID, "没错"), fault.Denied, "Only who asked")
		h.Must(ends.Correction(ctx, h.Keeper, a.ID, ""))
		frozen(false)
		refused(t, "twice", ends.Correction(ctx, h.Keeper, a.ID, ""), fault.Conflict, "ended")
		_, err = h.Reseal(ctx, h.Judges[1], a.ID, h.Sealing(at, 1, 2, "8"))
		refused(t, "resealed all the same", err, fault.Conflict, "")

		a, err = h.Correct(ctx, h.Keeper, at, "j2", "看错了")
		h.Must(err)
		_, err = h.Reseal(ctx, h.Judges[1], a.ID, h.Sealing(at, 1, 2, "8"))
		h.Must(err)
		refused(t, "taken back once it is sealed", ends.Correction(ctx, h.Keeper, a.ID, ""), fault.Conflict, "taken back")
		refused(t, "refused without a reason", ends.Correction(ctx, h.Supervisor, a.ID, ""), fault.Invalid, "reason")
		h.Must(ends.Correction(ctx, h.Supervisor, a.ID, "评分表上是 9 分"))
		frozen(false)
		told(`"forfeit"`, `"interruption"`, `"absence"`, `"absence"`, `"correction"`, `"refused"`)
		h.Run("02")
		h.Mark("02", nine...)
		h.Show("02")
		whole(t, h)
		verified(t, h, "")
	})
}
