package stars_test

import (
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stars"
)

// batch runs one over everything.
func (w *town) batch() stars.Batch {
	w.t.Helper()
	b, err := w.Begin(w.ctx(), w.other, gb.Division{})
	w.must(err)
	b, err = w.Run(w.ctx(), w.other, b, nil)
	w.must(err)
	return b
}

// A review, and above all a batch, cancels nothing that a person announced or has to look at.
func TestAReviewCancelsNothing(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		for _, code := range []string{"A-1", "A-2"} {
			w.add(code, nil)
			w.must(w.Survey(w.ctx(), w.office, whole(code)))
			_, err := w.Review(w.ctx(), w.office, code)
			w.must(err)
		}
		shut := stars.Survey{Station: "A-2", Day: ago(2).String(), AsPosted: new(false)}
		w.must(w.Survey(w.ctx(), w.office, shut))
		_, err := w.Lower(w.ctx(), w.office, stars.Lowering{Station: "A-1", Seen: w.star("A-1").Version, To: 2, Why: "没有按时开门"})
		w.must(err)
		if b := w.batch(); b.Held != 2 || b.Given != 0 {
			t.Errorf("held %d, gave %d", b.Held, b.Given)
		}
		if one := w.star("A-1"); !one.Announced(w.now) || one.LowerTo != 2 {
			t.Errorf("a batch withdrew a lowering: %+v", one)
		}
		if one := w.star("A-2"); one.Cause != stars.Found {
			t.Errorf("a batch settled a cause: %+v", one)
		}
		_, err = w.Review(w.ctx(), w.other, "A-1")
		w.says("a review during the notice", err, fault.Conflict)
		_, err = w.Review(w.ctx(), w.other, "A-2")
		w.says("a review before the cause is settled", err, fault.Conflict)

		a, err := w.Appeal(w.ctx(), w.keeper, stars.Appealing{Station: "A-1", What: "停电"})
		w.must(err)
		w.batch()
		if one := w.star("A-1"); one.Appeal != a.ID || one.LowerTo != 2 {
			t.Errorf("a batch gave one that is appealed against: %+v", one)
		}
		w.now = w.now.Add(time.Minute)
		_, err = w.Decide(w.ctx(), w.referee, stars.Deciding{Station: a.Station, Appeal: a.ID, Seen: a.Version, Why: "不是停电"})
		w.must(err)
		one := w.star("A-2")
		w.must(w.Settle(w.ctx(), w.other, stars.Settling{Station: "A-2", Seen: one.Version, Why: "当天停水"}))
		if one, err := w.Review(w.ctx(), w.other, "A-2"); err != nil || one.N != 2 {
			t.Errorf("settled it is reviewed: %+v %v", one, err)
		}
		w.replayed("A-1")
	})
}

// A batch stands in the way of none in another division, and one that was stopped of none at all.
func TestBatchesBesideEachOther(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.add("A-1", nil)
		w.add("B-1", func(s *station.Station) { s.Division = dbtest.Must[gb.Division](t)(gb.Parse("630104")) })
		first, err := w.Begin(w.ctx(), w.office, division(t))
		w.must(err)
		_, err = w.Begin(w.ctx(), w.other, gb.Division{})
		w.says("one over all while it goes", err, fault.Conflict)
		w.now = w.now.Add(time.Second)
		beside, err := w.Begin(w.ctx(), w.other, dbtest.Must[gb.Division](t)(gb.Parse("630104")))
		w.must(err)
		w.now = w.now.Add(time.Second)
		_, err = w.Turn(w.ctx(), w.office, first.ID, stars.Stopped)
		w.must(err)
		again, err := w.Begin(w.ctx(), w.office, division(t))
		w.must(err)
		_, err = w.Turn(w.ctx(), w.office, first.ID, stars.Going)
		w.says("one that another took the place of goes on", err, fault.Conflict)
		for _, b := range []stars.Batch{beside, again} {
			if b, err = w.Run(w.ctx(), w.office, b, nil); err != nil || b.State != stars.Done || b.Given != 1 {
				t.Errorf("%+v %v", b, err)
			}
		}
	})
}

// A survey does not lose what the one before it saw.
func TestASurveyKeepsWhatWasNotLookedAt(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.add("A-1", nil)
		w.must(w.Survey(w.ctx(), w.office, whole("A-1")))
		err := w.Survey(w.ctx(), w.office, stars.Survey{Station: "A-1", Day: ago(9).String(), Area: new(10)})
		w.says("a survey of an earlier day", err, fault.Conflict)
		w.must(w.Survey(w.ctx(), w.office, stars.Survey{Station: "A-1", Day: ago(1).String(), Seats: new(8), Innovation: new(false)}))
		v, _, err := w.Surveyed(w.ctx(), "A-1")
		w.must(err)
		if v.Day != ago(1).String() || v.Area == nil || *v.Area != 40 || *v.Seats != 8 || v.Kit == nil || !*v.Kit || *v.Innovation {
			t.Errorf("it is kept as %+v", v)
		}
	})
}
