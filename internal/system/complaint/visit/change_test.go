package visit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/act/envelope"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
)

func (p post) round(r visit.Round) visit.Whole {
	p.t.Helper()
	w, err := p.Visits.Get(p.Ctx(), p.Leader, r.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	return w
}

func codes(w visit.Whole) (all []string) {
	for _, h := range w.Stops {
		all = append(all, h.Problem.Code)
	}
	return all
}

// A round that is not finished is changed with a reason: its stops, their order, its day; a stop at which something was noted stays.
func TestARoundIsChanged(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		p := postOf(t, d)
		r := round(t, p.City, first, second)
		change := visit.Change{Round: r.ID, Seen: 1, Why: "第二处改由区里去", InOrder: true, New: visit.New{Day: p.Day(1), Mode: visit.Drive, Problems: []string{third, first}}}
		refused := func(name string, kind fault.Kind, words string, wrong func(*visit.Change)) {
			t.Helper()
			x := change
			x.Problems = slices.Clone(change.Problems)
			wrong(&x)
			_, err := p.Visits.Change(p.Ctx(), p.Leader, x)
			if text, _ := fault.In(lang.ZH, err); fault.KindOf(err) != kind || !strings.Contains(text, words) {
				t.Errorf("%s: %v", name, err)
			}
		}
		refused("no reason", fault.Invalid, "理由", func(x *visit.Change) { x.Why = " " })
		refused("no stop", fault.Invalid, "至少选一个", func(x *visit.Change) { x.Problems = nil })
		refused("yesterday", fault.Invalid, "日期", func(x *visit.Change) { x.Day = p.Day(-1) })
		refused("an old version", fault.Conflict, "刚被改过", func(x *visit.Change) { x.Seen = 0 })
		refused("somebody else", fault.Invalid, "自己去", func(x *visit.Change) { x.Person = p.Clerk.Person })
		if _, err := p.Visits.Change(p.Ctx(), p.Unit, change); fault.KindOf(err) != fault.Denied {
			t.Error("a unit changes a round:", err)
		}
		if got := codes(p.round(r)); len(got) != 2 || slices.Contains(got, third) {
			t.Fatalf("a refusal left its mark: %v", got)
		}

		now, err := p.Visits.Change(p.Ctx(), p.Leader, change)
		if err != nil || now.Version != 2 || now.Day != p.Day(1).String() || now.Mode != visit.Drive {
			t.Fatalf("%+v %v", now, err)
		}
		w := p.round(r)
		if got := codes(w); !slices.Equal(got, []string{third, first}) || w.Round.Stops != 2 || w.Sketch == nil || len(w.Sketch.Spots) != 2 || w.Stops[1].Metres < 0 {
			t.Errorf("%v %+v", got, w.Round)
		}
		if err := p.Visits.See(p.Ctx(), p.Leader, visit.See{At: at(r, first), Found: visit.Met}); err != nil {
			t.Fatal(err)
		}
		change.Seen, change.Problems, change.InOrder = 2, []string{second, third}, false
		refused("a stop that was seen", fault.Conflict, "不能去掉", func(*visit.Change) {})
		change.Problems = []string{first, second, third}
		if _, err := p.Visits.Change(p.Ctx(), p.Clerk, change); err != nil {
			t.Fatal(err)
		}
		w = p.round(r)
		if len(w.Stops) != 3 || len(w.Gone) != 0 {
			t.Errorf("%v", codes(w))
		}
		if i := slices.Index(codes(w), first); !w.Stops[i].Done() {
			t.Error("what was seen is gone")
		}
		for _, code := range []string{second, third} {
			if err := p.Visits.See(p.Ctx(), p.Leader, visit.See{At: at(r, code), Found: visit.Met}); err != nil {
				t.Fatal(err)
			}
		}
		change.Seen = 3
		refused("a finished round", fault.Conflict, "另外安排一次", func(*visit.Change) {})
		if _, err := p.Visits.Cancel(p.Ctx(), p.Leader, visit.Cancelling{Round: r.ID, Seen: 3, Why: "不去了"}); fault.KindOf(err) != fault.Conflict {
			t.Error("a finished round is cancelled:", err)
		}
	})
}

// A phone that has the old round brings what was done at stops that are no longer of it, or of a round that was cancelled: all of it is kept, once,
// marked for the office, and instructs nobody.
func TestAPhoneWithTheOldRound(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		for _, cancelled := range []bool{false, true} {
			p := postOf(t, dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...))
			if !cancelled {
				p = postOf(t, d)
			}
			r := round(t, p.City, first, second)
			day, _ := p.day(r)
			measures := p.measures()
			var err error
			if cancelled {
				_, err = p.Visits.Cancel(p.Ctx(), p.Clerk, visit.Cancelling{Round: r.ID, Seen: 1, Why: "另有安排"})
			} else {
				_, err = p.Visits.Change(p.Ctx(), p.Clerk, visit.Change{Round: r.ID, Seen: 1, Why: "第一处改由区里去", New: visit.New{Day: p.Day(0), Mode: visit.Walk, Problems: []string{second}}})
			}
			if err != nil {
				t.Fatal(err)
			}
			p.send(p.Leader.Person, day...)
			p.send(p.Clerk.Person, slices.Concat(day[2:], []envelope.Envelope{day[0]})...) // twice, by a courier too
			w := p.round(r)
			var gone visit.Halt
			if cancelled {
				if !w.Cancelled || w.Goes || w.Why != "另有安排" || len(w.Stops) != 2 {
					t.Errorf("%+v", w.Round)
				}
				gone = w.Stops[slices.Index(codes(w), first)]
			} else {
				if len(w.Stops) != 1 || len(w.Gone) != 1 || len(w.Stops[0].Seen) != 2 || w.Stops[0].Held() {
					t.Fatalf("%v, gone %+v", codes(w), w.Gone)
				}
				gone = w.Gone[0]
			}
			if gone.Problem.Code != first || len(gone.Seen) != 3 || len(gone.Told) != 2 || len(gone.Signed) != 1 || !gone.Held() || !gone.Seen[0].Held || !gone.Signed[0].Held {
				t.Errorf("%d seen, %d told, %d signed", len(gone.Seen), len(gone.Told), len(gone.Signed))
			}
			for _, told := range gone.Told {
				if told.Measure != 0 || !told.Held {
					t.Errorf("%+v", told)
				}
			}
			if now := p.measures(); now != measures {
				t.Errorf("what is held made %d measures", now-measures)
			}
			s, err := p.Visits.At(p.Ctx(), p.Clerk, r.ID, first)
			if err != nil || len(s.Items) != 1 || s.Goes || s.Signers[gone.Signed[0].Act] != "马晓峰" {
				t.Errorf("the photo or the signature is lost: %+v %v", s.Items, err)
			}
			paid := func(office bool) (n int) {
				err := p.DB.View(p.Ctx(), func(tx *db.Tx) error {
					all, err := visit.PaidTo(tx, p.Look(first), office)
					for _, one := range all {
						n += len(one.Seen) + len(one.Told) + len(one.Signed)
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			if paid(true) != 6 || paid(false) != 0 {
				t.Errorf("the office sees %d, the unit %d", paid(true), paid(false))
			}
			all, _, err := p.Visits.List(p.Ctx(), p.Clerk, visit.Filter{Campaign: "XN2023"})
			if err != nil || len(all) != 1 || all[0].Late < 5 {
				t.Errorf("the list does not say that something came late: %+v %v", all, err)
			}
		}
	})
}
