package visit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/act/envelope"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
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

// looked has the office say of what is late that it looked at it, all but what became a measure, and wants that it asks no more. The others
// are of another stop.
func (p post) looked(r visit.Round, gone visit.Halt, others int) {
	p.t.Helper()
	late := func() int {
		all, _, err := p.Visits.List(p.Ctx(), p.Clerk, visit.Filter{Campaign: "XN2023"})
		if err != nil || len(all) != 1 {
			p.t.Fatal(all, err)
		}
		return all[0].Late - others
	}
	if _, err := p.Visits.Adopt(p.Ctx(), p.Clerk, visit.Adopt{Act: gone.Told[0].Act, Problem: first, Day: p.Day(3)}); err != nil {
		p.t.Fatal(err)
	}
	if n := late(); n != 5 {
		p.t.Errorf("%d are late with one that became a measure", n)
	}
	all := visit.Looking{Round: r.ID, Problem: first, Acts: gone.All()}
	if err := p.Visits.LookedAt(p.Ctx(), p.Leader, all); fault.KindOf(err) != fault.Denied {
		p.t.Error("a supervisor says it for the office:", err)
	}
	one := all
	one.Acts = []string{gone.Seen[0].Act, gone.Signed[0].Act}
	if err := p.Visits.LookedAt(p.Ctx(), p.Clerk, one); err != nil || late() != 3 {
		p.t.Errorf("%d are late, %v", late(), err)
	}
	if s, err := p.Visits.At(p.Ctx(), p.Clerk, r.ID, first); err != nil || !s.Looks || len(s.Late().All()) != 3 || len(s.Apart().All()) != 6 {
		p.t.Errorf("%v %v", s.Late().All(), err)
	}
	if err := p.Visits.LookedAt(p.Ctx(), p.Clerk, all); err != nil || late() != 0 {
		p.t.Errorf("%d are late, %v", late(), err)
	}
	if err := p.Visits.LookedAt(p.Ctx(), p.Clerk, all); fault.KindOf(err) != fault.Conflict {
		p.t.Error("twice:", err)
	}
	if s, err := p.Visits.At(p.Ctx(), p.Clerk, r.ID, first); err != nil || s.Looks || !s.Held() {
		p.t.Errorf("%+v %v", s.Looks, err)
	}
}

// A round that is changed says nothing to anybody before somebody is on site: the plan and its changes are sealed, and the first act opens all.
func TestAChangeIsSealed(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		p := postOf(t, d)
		r := round(t, p.City, first, second)
		told := func() (opened []string) {
			err := d.View(p.Ctx(), func(tx *db.Tx) error {
				open, err := record.Latest(tx, "complaint.visit-changed", "", 100)
				if len(open) != 0 {
					t.Errorf("a change is public: %+v", open)
				}
				if err != nil {
					return err
				}
				items, err := record.History(tx, r.Subject(), "", 100)
				for _, i := range items {
					opened = append(opened, i.Kind+" "+i.Public)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return opened
		}
		change := visit.Change{Round: r.ID, Seen: 1, Why: "改日再去", New: visit.New{Day: p.Day(1), Mode: visit.Drive, Problems: []string{first, second, third}}}
		alter := func() {
			t.Helper()
			if _, err := p.Visits.Change(p.Ctx(), p.Leader, change); err != nil {
				t.Fatal(err)
			}
			change.Seen++
		}
		alter()
		change.Day = p.Day(2)
		alter()
		if all := told(); len(all) != 0 {
			t.Errorf("before anybody is there the record says %v", all)
		}
		see := func(code string) {
			t.Helper()
			if err := p.Visits.See(p.Ctx(), p.Leader, visit.See{At: at(r, code), Found: visit.Met}); err != nil {
				t.Fatal(err)
			}
		}
		see(first)
		if all := told(); len(all) != 3 || !strings.Contains(all[1]+all[0]+all[2], p.Day(2).String()) {
			t.Errorf("with the first site the record says %v", all)
		}
		change.Day = p.Day(4)
		alter()
		if all := told(); len(all) != 3 || strings.Contains(strings.Join(all, ""), p.Day(4).String()) {
			t.Errorf("it warns the other sites: %v", all)
		}
		see(second)
		if all := told(); len(all) != 4 || !strings.Contains(strings.Join(all, ""), p.Day(4).String()) {
			t.Errorf("the next site opens the change: %v", all)
		}
		if _, err := p.Visits.Cancel(p.Ctx(), p.Leader, visit.Cancelling{Round: r.ID, Seen: change.Seen, Why: "大雪封路"}); err != nil {
			t.Fatal(err)
		}
		if all := told(); len(all) != 5 || strings.Contains(strings.Join(all, ""), "大雪") {
			t.Errorf("a round on which somebody was is cancelled: %v", all)
		}
	})
}

// A round that goes to another district is of the whole city from there on, also once it goes there no more.
func TestAChangeToAnotherDistrict(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := town(t, d)
		west := c.People.Who(c.People.SignInFor(identity.Giving{Role: "complaint.supervisor", Organisation: c.Orgs["市政府"], Scope: right.Scope{Division: c.Look(first).Where()}}))
		r := round(t, c, first, second)
		if r.Division != c.Look(first).Division {
			t.Fatal(r)
		}
		change := visit.Change{Round: r.ID, Seen: 1, Why: "加一站", New: visit.New{Day: c.Day(0), Mode: visit.Walk, Problems: []string{second, first}}}
		alter := func(who identity.Colleague, want string) {
			t.Helper()
			now, err := c.Visits.Change(c.Ctx(), who, change)
			if err != nil || now.Division != want {
				t.Fatal(now.Division, err)
			}
			change.Seen++
		}
		alter(west, r.Division)
		change.Problems = []string{first, third}
		if _, err := c.Visits.Change(c.Ctx(), west, change); fault.KindOf(err) != fault.Denied {
			t.Error("who has one district adds a stop of another:", err)
		}
		alter(c.Leader, c.Home.Code())
		if _, err := c.Visits.Get(c.Ctx(), west, r.ID); fault.KindOf(err) != fault.Denied {
			t.Error("who has one district reads of another:", err)
		}
		change.Problems = []string{first}
		alter(c.Leader, c.Home.Code())
		if err := c.Visits.See(c.Ctx(), c.Leader, visit.See{At: at(r, third), Found: visit.Met}); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Visits.Get(c.Ctx(), west, r.ID); fault.KindOf(err) != fault.Denied {
			t.Error("who has one district reads what was brought of another:", err)
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
			others := 0
			if cancelled {
				if !w.Cancelled || w.Goes || w.Why != "另有安排" || len(w.Stops) != 2 {
					t.Errorf("%+v", w.Round)
				}
				gone, others = w.Stops[slices.Index(codes(w), first)], 2
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
			if err != nil || len(all) != 1 || all[0].Late != 6+others {
				t.Errorf("the list does not say that something came late: %+v %v", all, err)
			}
			if gone.Done() || w.Finished() == cancelled {
				t.Errorf("what is held counts: done %v, finished %v", gone.Done(), w.Finished())
			}
			p.looked(r, gone, others)
		}
	})
}
