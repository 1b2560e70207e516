package visit_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
)

const letters = `受理编号,交办问题基本情况,行政区域,污染类型
D3QH202311260001,市医院后院医疗废物暂存间异味扰民，污水外溢到人行道,城西区,固废、大气
D3QH202311260002,五四西路某烧烤店夜间油烟直排，噪声大,城西区,大气、噪音
D3QH202311260003,某铝厂夜间偷排，烟气呛人,大通县,大气
`

const (
	first  = "XN2023-0001"
	second = "XN2023-0002"
	third  = "XN2023-0003"
)

// town has three problems of the hospital that are being put right: the first two beside the river, at either side of it.
func town(t *testing.T, d *db.DB) *complainttest.City {
	t.Helper()
	c := complainttest.Open(t, d)
	c.Begin("XN2023", "city")
	c.Take("XN2023", letters)
	for i, code := range []string{first, second, third} {
		place(c, code, complainttest.Corner(9+i%2, 12+i))
		c.Handed(code, uint64(10*i+1))
		if _, err := c.Problems.AddMeasure(c.Ctx(), c.Unit, problem.NewMeasure{Problem: c.Look(code).ID, What: "加盖密闭", Day: c.Day(10)}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func place(c *complainttest.City, code string, at geo.Point) {
	p := c.Look(code)
	if _, err := c.Problems.Describe(c.Ctx(), c.Clerk, problem.Description{
		Problem: p.ID, SeenAt: p.ChangedAt, Title: "问题" + code, Division: p.Where(), Kinds: p.KindList(), Site: "点位", At: at,
	}); err != nil {
		panic(err)
	}
}

func round(t *testing.T, c *complainttest.City, codes ...string) visit.Round {
	t.Helper()
	r, err := c.Visits.Plan(c.Ctx(), c.Leader, visit.New{Campaign: "XN2023", Day: c.Day(0), Mode: visit.Walk, Problems: codes})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func at(r visit.Round, code string) visit.At { return visit.At{Round: r.ID, Problem: code} }

// A round goes along the streets, and a site without a place stands at its end.
func TestPlan(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := town(t, d)
		place(c, third, geo.Point{})
		r := round(t, c, strings.ToLower(second), first, third, first)
		w, err := c.Visits.Get(c.Ctx(), c.Leader, r.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(w.Stops) != 3 || w.Stops[2].Problem.Code != third || w.Stops[2].Placed() || w.Stops[2].Seconds != -1 || w.Person != c.Leader.Person {
			t.Fatalf("%+v", w.Stops)
		}
		// One block apart, and yet the way is down to the bridge and up again: 12 + 1 + 13 blocks of some 100 m.
		if leg := w.Stops[1]; leg.Metres < 2400 || leg.Metres > 2800 || leg.Seconds < 1700 || leg.Seconds > 2300 || r.Metres != leg.Metres {
			t.Errorf("the way is %d m and takes %d s", leg.Metres, leg.Seconds)
		}
		if s := w.Sketch; s == nil || len(s.Spots) != 2 || !strings.HasPrefix(s.Streets, "M") || !strings.HasPrefix(s.Way, "M") || len(s.Names) == 0 {
			t.Errorf("the sketch is %+v", s)
		}
	})
}

func TestPlanRefuses(t *testing.T) {
	c := town(t, dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...))
	for name, n := range map[string]visit.New{
		"mode":    {Day: c.Day(0), Problems: []string{first}},
		"day":     {Day: c.Day(-1), Mode: visit.Walk, Problems: []string{first}},
		"problem": {Day: c.Day(0), Mode: visit.Walk},
	} {
		n.Campaign = "XN2023"
		_, err := c.Visits.Plan(c.Ctx(), c.Leader, n)
		if faults, all := fault.Fields(err); !all || faults[name] == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.Visits.Plan(c.Ctx(), c.Unit, visit.New{Campaign: "XN2023", Day: c.Day(0), Mode: visit.Walk, Problems: []string{first}}); fault.KindOf(err) != fault.Denied {
		t.Errorf("a unit plans a visit: %v", err)
	}
}

// What was said on site is a measure of the problem at once, whose unit owes it; what was found stands beside the promises; who signed
// is sealed, and what was signed is bound by its hash.
func TestOnSite(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := town(t, d)
		r := round(t, c, first, second)
		photo := c.Photo(c.Leader, 900)
		if err := c.Visits.See(c.Ctx(), c.Leader, visit.See{At: visit.At{Round: r.ID, Problem: first, Files: []string{photo.Hash}}, Measure: 1, Found: visit.Partly, Note: "盖了，没有密闭"}); err != nil {
			t.Fatal(err)
		}
		told, err := c.Visits.Tell(c.Ctx(), c.Leader, visit.Tell{At: at(r, first), What: "今天之内换上密封条", Day: c.Day(0)})
		if err != nil || told.Measure != 2 {
			t.Fatal(told, err)
		}
		w, err := c.Problems.Get(c.Ctx(), c.Unit, first)
		if err != nil || len(w.Measures) != 2 || w.Measures[1].Source != problem.Visit || w.Measures[1].DueDay != c.Day(0).String() || w.Measures[1].Owner != c.Orgs["市医院"] || w.Measures[1].Late(c.Now) {
			t.Fatalf("%+v %v", w.Measures, err)
		}
		s, err := c.Visits.At(c.Ctx(), c.Leader, r.ID, first)
		if err != nil || len(s.Items) != 1 || s.Of(1).Found != visit.Partly || !s.Done() || s.Next == "" && s.Prev == "" {
			t.Fatalf("%+v %v", s, err)
		}
		signed, err := c.Visits.Sign(c.Ctx(), c.Leader, visit.Sign{At: at(r, first), As: visit.AsUnit, Name: "马晓峰", Words: "第 1 项：部分兑现", Covers: s.Acts()})
		if err != nil || len(signed.Sum) != 64 || strings.Contains(signed.Name, "马") || !signed.Covering(told.Act) {
			t.Fatal(signed, err)
		}
		if _, err := c.Visits.Sign(c.Ctx(), c.Leader, visit.Sign{At: at(r, first), As: visit.AsUnit, Refused: "现场负责人不在", Words: "第 1 项：部分兑现", Covers: s.Acts()}); err != nil {
			t.Fatal(err)
		}
		if s, err = c.Visits.At(c.Ctx(), c.Leader, r.ID, first); err != nil || s.Signers[signed.Act] != "马晓峰" || len(s.Signed) != 2 {
			t.Fatalf("%+v %v", s.Signers, err)
		}
		public(t, c, "马晓峰", "没有密闭", "现场负责人不在")
		all, _, err := c.Visits.List(c.Ctx(), c.Leader, visit.Filter{Campaign: "XN2023", Mine: true})
		if err != nil || len(all) != 1 || all[0].Visited != 1 {
			t.Errorf("%+v %v", all, err)
		}
	})
}

// public wants that none of these texts is in the public part of an entry.
func public(t *testing.T, c *complainttest.City, texts ...string) {
	t.Helper()
	err := c.DB.View(t.Context(), func(tx *db.Tx) error {
		for _, kind := range []string{"complaint.visit-seen", "complaint.visit-told", "complaint.visit-signed", "complaint.measure-added"} {
			items, err := record.Latest(tx, kind, "", 100)
			if err != nil {
				return err
			}
			if len(items) == 0 {
				t.Errorf("there is no %s", kind)
			}
			for _, i := range items {
				for _, text := range texts {
					if strings.Contains(i.Public, text) {
						t.Errorf("%s says %q", kind, text)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A problem that is called done takes no measure: both are shown, and who gives the instruction all the same has it kept, with a
// proposal to begin the problem again.
func TestMovedOn(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", letters)
		p := c.Checked(first, 1)
		r := round(t, c, first)
		_, err := c.Visits.Tell(c.Ctx(), c.Leader, visit.Tell{At: at(r, first), What: "重新密闭", Day: c.Day(3), Saw: p.Version - 1})
		moved, ok := errors.AsType[*visit.MovedOn](err)
		if !ok || moved.Version != p.Version || !moved.Reopens || fault.KindOf(err) != fault.Conflict {
			t.Fatal(err)
		}
		told, err := c.Visits.Tell(c.Ctx(), c.Leader, visit.Tell{At: at(r, first), What: "重新密闭", Day: c.Day(3), Saw: moved.Version})
		if err != nil || told.Measure != 0 || told.Stage != complaint.Publicity {
			t.Fatal(told, err)
		}
		if children := c.Children(p); len(children) != 1 || children[0].Process != complaint.Proposal.Key {
			t.Errorf("%+v", children)
		}
		w, err := c.Problems.Get(c.Ctx(), c.Clerk, first)
		if err != nil || len(w.Measures) != 1 {
			t.Errorf("%+v %v", w.Measures, err)
		}
	})
}

// Who supervises another district neither reads a round of this one nor acts on it.
func TestElsewhere(t *testing.T) {
	c := town(t, dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...))
	in := func(code string) identity.Colleague {
		d, err := gb.Parse(code)
		if err != nil {
			t.Fatal(err)
		}
		return c.People.Who(c.People.SignInFor(identity.Giving{Role: "complaint.supervisor", Organisation: c.Orgs["市政府"], Scope: right.Scope{Division: d}}))
	}
	west, east := in("630104"), in("630102")
	r, err := c.Visits.Plan(c.Ctx(), west, visit.New{Campaign: "XN2023", Day: c.Day(0), Mode: visit.Drive, Problems: []string{first, second}})
	if err != nil || r.Division != "630104" {
		t.Fatal(r, err)
	}
	if _, err := c.Visits.Get(c.Ctx(), east, r.ID); fault.KindOf(err) != fault.Denied {
		t.Error(err)
	}
	if err := c.Visits.See(c.Ctx(), east, visit.See{At: at(r, first), Found: visit.Met}); fault.KindOf(err) != fault.Denied {
		t.Error(err)
	}
	if _, err := c.Visits.Plan(c.Ctx(), west, visit.New{Campaign: "XN2023", Day: c.Day(0), Mode: visit.Drive, Problems: []string{third}}); fault.KindOf(err) != fault.Denied {
		t.Errorf("a round into another district: %v", err)
	}
	all, _, err := c.Visits.List(c.Ctx(), east, visit.Filter{Campaign: "XN2023"})
	if err != nil || len(all) != 0 {
		t.Error(all, err)
	}
	can, _, err := c.Visits.Choices(c.Ctx(), west, visit.Choice{Campaign: "XN2023", Limit: 10})
	if err != nil || len(can) != 2 || can[0].Promise != c.Day(10).String() {
		t.Errorf("%d may be chosen, %v", len(can), err)
	}
	if err := c.Visits.See(c.Ctx(), c.Leader, visit.See{At: at(r, third), Found: visit.Met}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a stop that the round has not: %v", err)
	}
}

// What is offered is paged by its next promise: what was promised for the soonest day comes first.
func TestChoices(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := town(t, d)
		if _, err := c.Problems.AddMeasure(c.Ctx(), c.Unit, problem.NewMeasure{Problem: c.Look(third).ID, What: "先清空", Day: c.Day(2)}); err != nil {
			t.Fatal(err)
		}
		var got []string
		for f := (visit.Choice{Campaign: "XN2023", Limit: 1}); ; {
			all, next, err := c.Visits.Choices(c.Ctx(), c.Leader, f)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range all {
				got = append(got, p.Code+" "+p.Promise)
			}
			if f.After = next; next == (problem.Promise{}) {
				break
			}
		}
		if want := []string{third + " " + c.Day(2).String(), first + " " + c.Day(10).String(), second + " " + c.Day(10).String()}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

// Rounds are paged by their keys.
func TestPages(t *testing.T) {
	c := town(t, dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...))
	var want []string
	for range 5 {
		want = append(want, round(t, c, first).ID)
		c.Later(time.Second)
	}
	slices.Sort(want)
	slices.Reverse(want)
	var got []string
	for f := (visit.Filter{Campaign: "XN2023", Limit: 2}); ; {
		all, next, err := c.Visits.List(c.Ctx(), c.Leader, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range all {
			got = append(got, r.ID)
		}
		if f.After = next; next == (visit.Mark{}) {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Error(fmt.Sprint(got, want))
	}
}
