package station_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/identitytest"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
)

// acting is a register with stations in two districts, and the editor of one.
type acting struct {
	*station.Service
	t      *testing.T
	office *identitytest.Office
	east   identity.Colleague
}

func actingOn(t *testing.T, d *db.DB) acting {
	t.Helper()
	a := acting{Service: station.New(d), t: t, office: identitytest.Open(t, d, station.Rights)}
	a.east = a.office.Who(a.office.SignInFor(identity.Giving{Role: "station.office", Scope: right.Scope{Division: division(t, "630102")}}))
	for code, fields := range map[string][2]string{
		"E-1": {"630102", "open"}, "E-2": {"630102", "open"}, "E-3": {"630102", "paused"}, "E-4": {"630102", "candidate"}, "W-1": {"630104", "open"},
	} {
		a.save(code, fields[0], fields[1])
	}
	return a
}

func (a acting) save(code, division, status string) {
	a.t.Helper()
	s, err := station.FromCells(station.Cells{
		station.FieldCode: code, station.FieldName: code + "站", station.FieldDivision: division, station.FieldStatus: status,
		station.FieldHours: "09:00-17:00", station.FieldLon: "101.8", station.FieldLat: "36.6",
	})
	if err == nil {
		_, err = a.Save(a.t.Context(), "test", s)
	}
	if err != nil {
		a.t.Fatal(err)
	}
}

// statuses are the stations' statuses by code.
func (a acting) statuses() string {
	a.t.Helper()
	var out strings.Builder
	for _, code := range []string{"E-1", "E-2", "E-3", "E-4", "W-1"} {
		s, err := a.Get(a.t.Context(), code)
		if err != nil {
			a.t.Fatal(err)
		}
		out.WriteString(s.Status.Key() + " ")
	}
	return out.String()
}

// TestAnActChangesManyAndIsUndone: an act on all that a filter chooses says before what it
// changes for how many, and why it leaves others; it does that and no more, each station's
// history tells it, and it is taken back whole.
func TestAnActChangesManyAndIsUndone(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		a, ctx := actingOn(t, d), t.Context()
		pause := station.Act{Do: station.Pause}
		p, err := a.Preview(ctx, a.east, pause, 0, 1)
		if err != nil || p.Changes != 2 || len(p.Rows) != 1 || p.Rows[0].Before.Code != "E-1" || p.Rows[0].After.Status != station.Paused {
			t.Fatalf("preview: %+v, %v", p, err)
		}
		want := map[station.Left]string{station.LeftSame: "[E-3]", station.LeftNoRight: "[W-1]", station.LeftCandidate: "[E-4]"}
		for why, l := range p.Left {
			if w := want[station.Left(why)]; w != "" && fmt.Sprint(l.First) != w || w == "" && l.N != 0 {
				t.Errorf("left for %d: %+v", why, l)
			}
		}
		act, err := a.Apply(ctx, a.east, pause, station.Seen{Revision: p.Revision, Changes: p.Changes}, "停电检修，联系王某")
		if err != nil || a.statuses() != "paused paused paused candidate open " {
			t.Fatalf("applied: %s, %v", a.statuses(), err)
		}
		items, err := a.History(ctx, "E-2", "", 9)
		if err != nil || len(items) != 2 || items[0].By != "station.office@630102" || items[0].Commitment == "" {
			t.Errorf("history: %+v, %v", items, err)
		}
		// Somebody else changes one of them: undoing leaves it as they did.
		e1, err := a.Get(ctx, "E-1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Correct(ctx, a.east, named(e1, "新名字"), ""); err != nil {
			t.Fatal(err)
		}
		if done, err := a.Act(ctx, a.east, act); err != nil || done.Changed != 2 || done.Still != 1 || done.Do != station.Pause || done.Undone != 0 {
			t.Errorf("the act: %+v, %v", done, err)
		}
		undo, err := a.UndoAct(ctx, a.east, act, "")
		if err != nil || a.statuses() != "paused open paused candidate open " {
			t.Errorf("undone: %s, %v", a.statuses(), err)
		}
		if done, err := a.Act(ctx, a.east, act); err != nil || done.Undone != undo || done.Still != 0 {
			t.Errorf("the act undone: %+v, %v", done, err)
		}
		if _, err := a.UndoAct(ctx, a.east, act, ""); fault.KindOf(err) != fault.Conflict {
			t.Errorf("undone twice: %v", err)
		}
		if all, err := a.Acts(ctx, 9); err != nil || len(all) != 2 || all[0].Undoes != act {
			t.Errorf("acts: %+v, %v", all, err)
		}
	})
}

// TestUndoingSaysWhoseTheStationsAre: of an act over two districts the office of one is
// told how many it may take back, and who may take nothing back is told so.
func TestUndoingSaysWhoseTheStationsAre(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		a, ctx := actingOn(t, d), t.Context()
		all := a.office.Somebody("station.office")
		p, err := a.Preview(ctx, all, station.Act{Do: station.Pause}, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		act, err := a.Apply(ctx, all, station.Act{Do: station.Pause}, station.Seen{Revision: p.Revision, Changes: p.Changes}, "")
		if err != nil {
			t.Fatal(err)
		}
		for what, c := range map[string]struct {
			who  identity.Colleague
			mine int
		}{"everywhere": {all, 3}, "one district": {a.east, 2}, "an auditor": {a.office.Somebody(right.Auditor), 0}, "nobody": {identity.Colleague{}, 0}} {
			if done, err := a.Act(ctx, c.who, act); err != nil || done.Still != 3 || done.Mine != c.mine {
				t.Errorf("%s: %+v, %v", what, done, err)
			}
		}
		undo, err := a.UndoAct(ctx, a.east, act, "")
		if err != nil {
			t.Fatal(err)
		}
		if done, err := a.Act(ctx, a.east, undo); err != nil || done.Changed != 2 || done.Undoes != act {
			t.Errorf("undone: %+v, %v", done, err)
		}
		if done, err := a.Act(ctx, a.east, act); err != nil || done.Still != 1 || done.Mine != 0 {
			t.Errorf("what is left: %+v, %v", done, err)
		}
	})
}

// TestAnActLeavesWhatOthersChanged: what somebody changed, added or removed between the
// preview and the yes to it is left as it is and told; if more would change than was seen
// nothing does.
func TestAnActLeavesWhatOthersChanged(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		a, ctx := actingOn(t, d), t.Context()
		all := a.office.Somebody("station.office")
		host := station.Act{Codes: []string{"E-1", "E-2", "W-1"}, Do: station.SetHost, To: " 市总工会 "}
		p, err := a.Preview(ctx, all, host, 0, 50)
		if err != nil || p.Changes != 3 {
			t.Fatalf("preview: %+v, %v", p, err)
		}
		e1, err := a.Get(ctx, "E-1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Correct(ctx, all, named(e1, "新名字"), ""); err != nil {
			t.Fatal(err)
		}
		if err := a.Remove(ctx, "test", "E-2", 1); err != nil {
			t.Fatal(err)
		}
		seen := station.Seen{Revision: p.Revision, Changes: p.Changes}
		act, err := a.Apply(ctx, all, host, seen, "")
		if err != nil {
			t.Fatal(err)
		}
		done, err := a.Act(ctx, a.east, act)
		if err != nil || done.Seen != 3 || done.Changed != 1 || fmt.Sprint(done.Missed) != "[E-1]" {
			t.Errorf("the act: %+v, %v", done, err)
		}
		if e1, err = a.Get(ctx, "E-1"); err != nil || e1.Host != "" || e1.Name != "新名字" {
			t.Errorf("E-1 was written over: %+v, %v", e1, err)
		}
		hours := station.Act{Filter: station.Filter{Within: division(t, "630104")}, Do: station.SetHours, To: "24小时"}
		if p, err = a.Preview(ctx, all, hours, 0, 50); err != nil || p.Changes != 1 {
			t.Fatalf("preview: %+v, %v", p, err)
		}
		seen = station.Seen{Revision: p.Revision, Changes: p.Changes - 1}
		if _, err := a.Apply(ctx, all, hours, seen, ""); !station.Outdated(err) {
			t.Errorf("more than was seen: %v", err)
		}
		for what, c := range map[string]struct {
			who  identity.Colleague
			act  station.Act
			kind fault.Kind
		}{
			"nobody":                    {identity.Colleague{}, hours, fault.Denied},
			"another district's":        {a.east, hours, fault.Denied},
			"hours that cannot be read": {all, station.Act{Do: station.SetHours, To: "全天候吧"}, fault.Invalid},
			"a host that is not said":   {all, station.Act{Do: station.SetHost}, fault.Invalid},
			"nothing to change":         {all, station.Act{Codes: []string{"E-9"}, Do: station.Pause}, fault.Conflict},
		} {
			if _, err := a.Apply(ctx, c.who, c.act, station.Seen{Revision: 99, Changes: 9}, ""); fault.KindOf(err) != c.kind {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// TestAnActOnManyStations says how long an act on a large register takes, where
// XIADU_MANY asks for it: 160,000 stations, in one transaction.
func TestAnActOnManyStations(t *testing.T) {
	if os.Getenv("XIADU_MANY") == "" {
		t.Skip("XIADU_MANY is not set")
	}
	dbtest.Each(t, []db.Schema{record.Schema, identity.Schema, station.Schema}, func(t *testing.T, d *db.DB) {
		a, ctx := actingOn(t, d), t.Context()
		var b station.Batch
		for i := range 160_000 {
			s, err := station.FromCells(station.Cells{
				station.FieldCode: fmt.Sprintf("M-%06d", i), station.FieldName: "站", station.FieldDivision: "630102",
				station.FieldHours: "09:00-17:00", station.FieldLon: "101.8", station.FieldLat: "36.6",
			})
			if err != nil {
				t.Fatal(err)
			}
			b.Stations = append(b.Stations, s)
		}
		began := time.Now()
		if _, err := a.Import(ctx, "test", b, station.Importing{}); err != nil {
			t.Fatal(err)
		}
		t.Logf("imported in %v", time.Since(began))
		pause := station.Act{Do: station.Pause}
		began = time.Now()
		p, err := a.Preview(ctx, a.east, pause, 0, 50)
		if err != nil || p.Changes != 160_002 {
			t.Fatalf("%d, %v", p.Changes, err)
		}
		t.Logf("preview in %v", time.Since(began))
		began = time.Now()
		act, err := a.Apply(ctx, a.east, pause, station.Seen{Revision: p.Revision, Changes: p.Changes}, "")
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("applied in %v", time.Since(began))
		began = time.Now()
		if _, err := a.UndoAct(ctx, a.east, act, ""); err != nil {
			t.Fatal(err)
		}
		t.Logf("undone in %v", time.Since(began))
	})
}
