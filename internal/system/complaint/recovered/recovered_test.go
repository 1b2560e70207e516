package recovered_test

import (
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/recovered"
)

func TestQueriesPrepare(t *testing.T) { dbtest.Prepare(t, complainttest.Schemas...) }

// What came back from a mirror is listed once, numbers go on after it, and the office alone says that it is settled.
func TestWhatTheLogKnows(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		entry := func(id, kind, subject, public string) logtree.Statement {
			return logtree.Statement{ID: id, At: time.Unix(1_700_000_000, 0).UTC(), Kind: kind, Subject: subject, Public: []byte(public)}
		}
		back := []logtree.Statement{
			entry("1", "complaint.problem-opened", "problem/XN2023-0012", `{"code":"XN2023-0012"}`),
			entry("2", "complaint.problem-moved", "problem/XN2023-0012", `{"code":"XN2023-0012"}`),
			entry("3", "complaint.bulletin-published", "bulletin/XN2023/4", `{"campaign":"XN2023","bulletin":4,"version":1,"file":"00"}`),
			entry("4", "station.added", "station/1", `{}`),
		}
		for range 2 {
			n, err := recovered.Take(c.Ctx(), d, back)
			must(err)
			if n != 3 {
				t.Errorf("%d entries are not known", n)
			}
		}
		all, err := recovered.List(c.Ctx(), d, "XN2023")
		must(err)
		if len(all) != 2 || all[0].Name() != "XN2023/4" || all[1].Name() != "XN2023-0012" || all[1].Entries != 2 {
			t.Errorf("%+v", all)
		}
		c.Take("XN2023", "受理编号,交办问题基本情况,行政区域,污染类型\nD3QH202311260001,后院异味扰民,城西区,固废\n")
		c.Look("XN2023-0013")
		if err := recovered.Settle(c.Ctx(), d, c.Unit, "XN2023"); fault.KindOf(err) != fault.Denied {
			t.Error("a unit settles it:", err)
		}
		must(recovered.Settle(c.Ctx(), d, c.Clerk, "XN2023"))
		if all, err = recovered.List(c.Ctx(), d, "XN2023"); err != nil || len(all) > 0 {
			t.Error(all, err)
		}
	})
}
