package complaint_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Two that have one database and one folder of evidence are one site: a photo that was brought at one is named at the other and seen at
// both, and of two officers who decide at once at either one wins and the other is told.
func TestTwoOnOneDatabaseAndFolder(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{db.SQLite: dbtest.SQLite, db.Postgres: dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			at, folder := dsn(t), t.TempDir()
			one := complainttest.OpenIn(t, dbtest.Open(t, at, complainttest.Schemas...), folder)
			one.Begin("XN2023", "city")
			one.Take("XN2023", batch)
			complainttest.Keep(one)
			other := complainttest.Again(t, dbtest.Open(t, at, complainttest.Schemas...), folder)

			one.Make(one.Clerk, signed, problem.Move{Move: "assign", Lead: one.Orgs["市医院"]})
			other.Make(other.Unit, signed, problem.Move{Move: "sign"})
			brought := []problem.File{one.Photo(one.Unit, 1), one.Photo(one.Unit, 2)}
			p := other.Make(other.Unit, signed, problem.Move{Move: "found", Verdicts: other.Points(other.Look(signed), complaint.True), Day: other.Day(60), Files: brought})
			if _, err := other.Evidence.Develop(other.Ctx(), 10); err != nil {
				t.Fatal(err)
			}
			var items []evidence.Item
			err := one.DB.View(t.Context(), func(tx *db.Tx) (err error) {
				items, err = evidence.Items(tx, complaint.System, p.Evidence())
				return err
			})
			if err != nil || len(items) != 2 {
				t.Fatalf("%d items of %s: %v", len(items), p.Code, err)
			}
			for _, c := range []*complainttest.City{one, other} {
				for _, i := range items {
					if b, err := c.Evidence.Rendition(c.Ctx(), i.ID, evidence.Screen); err != nil || len(b) == 0 {
						t.Errorf("%d bytes, %v", len(b), err)
					}
				}
			}
			atOnce(t, one, other)
		})
	}
}

// atOnce has two officers give one problem to two units, each at their own, having seen the same.
func atOnce(t *testing.T, one, other *complainttest.City) {
	t.Helper()
	p := one.Look(bulkOne)
	digests := one.Digests(p)
	told := make(chan error, 2)
	for c, unit := range map[*complainttest.City]string{one: "市医院", other: "住建局"} {
		fault.Go("an officer", func() {
			_, err := c.Problems.Move(c.Ctx(), c.Clerk, problem.Move{Problem: p.ID, Seen: p.Version, Move: "assign", Lead: c.Orgs[unit], Digests: digests})
			told <- err
		}, nil)
	}
	won := 0
	for range 2 {
		err := <-told
		if err == nil {
			won++
			continue
		}
		if text, _ := fault.In(lang.ZH, err); fault.KindOf(err) != fault.Conflict || !strings.Contains(text, "交办") {
			t.Errorf("who came second is told %q: %v", text, err)
		}
	}
	if now := other.Look(bulkOne); won != 1 || now.Version != p.Version+1 || now.Lead == "" {
		t.Errorf("%d won, and it is %+v", won, now)
	}
}
