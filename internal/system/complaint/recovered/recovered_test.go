package recovered_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
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
		entry := func(id, kind, subject, public string) recovered.Entry {
			said := logtree.Statement{ID: id, At: time.Unix(1_700_000_000, 0).UTC(), Kind: kind, Subject: subject, Public: []byte(public)}
			return recovered.Entry{Statement: said, Lost: true}
		}
		back := []recovered.Entry{
			entry("1", "complaint.problem-opened", "problem/XN2023-0012", `{"code":"XN2023-0012"}`),
			entry("2", "complaint.problem-moved", "problem/XN2023-0012", `{"code":"XN2023-0012"}`),
			entry("3", "complaint.bulletin-published", "bulletin/XN2023/4", `{"campaign":"XN2023","bulletin":4,"version":1,"file":"00"}`),
			entry("4", "station.added", "station/1", `{}`),
			entry("5", "complaint.visit-changed", "visit/9", `{}`),
			entry("6", "complaint.problem-moved", "problem/HD2024-0001", `{"code":"HD2024-0001"}`),
		}
		take := func(entries []recovered.Entry) (n int) {
			t.Helper()
			must(d.Update(c.Ctx(), func(tx *db.Tx) (err error) { n, err = recovered.Take(tx, entries); return err }))
			return n
		}
		for range 2 {
			if n := take(back); n != 5 {
				t.Errorf("%d entries are not known", n)
			}
		}
		list := func(code, want string) {
			t.Helper()
			all, more, err := recovered.List(c.Ctx(), d, code)
			must(err)
			if got := fmt.Sprint(all); more || got != want {
				t.Errorf("%s: %s, more %v", code, got, more)
			}
		}
		list("XN2023", "[{XN2023 bulletin/XN2023/4 1} {XN2023 problem/XN2023-0012 2} { visit/9 1}]")
		list("HD2024", "[{HD2024 problem/HD2024-0001 1} { visit/9 1}]")
		c.Take("XN2023", "受理编号,交办问题基本情况,行政区域,污染类型\nD3QH202311260001,后院异味扰民,城西区,固废\n")
		c.Look("XN2023-0013")
		shown := []string{"problem/XN2023-0012", "problem/HD2024-0001"}
		if err := recovered.Settle(c.Ctx(), d, c.Unit, "XN2023", shown); fault.KindOf(err) != fault.Denied {
			t.Error("a unit settles it:", err)
		}
		must(recovered.Settle(c.Ctx(), d, c.Clerk, "XN2023", shown))
		list("XN2023", "[{XN2023 bulletin/XN2023/4 1} { visit/9 1}]")
		list("HD2024", "[{HD2024 problem/HD2024-0001 1} { visit/9 1}]")
		must(d.View(c.Ctx(), func(tx *db.Tx) error {
			said, err := record.History(tx, "campaign/XN2023", "", 1)
			if err == nil && (said[0].Kind != "complaint.lost-settled" || said[0].Public != `{"campaign":"XN2023","entries":2,"things":1}`) {
				t.Errorf("the log says %+v", said[0])
			}
			return err
		}))
		must(recovered.Settle(c.Ctx(), d, c.Clerk, "XN2023", []string{"visit/9"}))
		list("HD2024", "[{HD2024 problem/HD2024-0001 1}]")

		var many []recovered.Entry
		for i := range recovered.Most {
			many = append(many, entry(fmt.Sprint("m", i), "complaint.problem-moved", fmt.Sprintf("problem/XN2023-%04d", 100+i), `{}`))
		}
		take(many)
		all, more, err := recovered.List(c.Ctx(), d, "XN2023")
		must(err)
		if len(all) != recovered.Most || !more {
			t.Errorf("%d are listed, more %v", len(all), more)
		}
	})
}
