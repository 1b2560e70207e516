package problem_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Of a problem that is open nothing is erased, however old; of one that is settled each kind goes when its rule has
// it, counted from the settlement.
func TestEvidenceIsKeptWhileItsCaseIsOpen(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		w := walk{complainttest.Open(t, d), t, "XN2023-0001"}
		w.Begin("XN2023", "city")
		w.Take("XN2023", table)
		p := w.Checked("XN2023-0001", 900)
		w.publish()
		rule, err := complaint.KeptFor(complaint.System + "." + complaint.ProofPhoto)
		if err != nil {
			t.Fatal(err)
		}
		retired := func(years int) (n int) {
			t.Helper()
			n, err := w.Evidence.Retire(db.Rehearse(t.Context(), w.Now.AddDate(years, 0, 1)), 100)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := retired(2 * rule.Length.N); n != 0 {
			t.Fatalf("%d of an open problem", n)
		}
		w.Days(30)
		w.move(w.Clerk, problem.Move{Move: "file"})
		w.Days(400)
		w.runOut()
		if got := w.now(); got.Stage != complaint.Settled {
			t.Fatalf("%+v", got)
		}
		if n := retired(rule.Length.N - 1); n != 0 {
			t.Errorf("%d before their time", n)
		}
		if n := retired(2*rule.Length.N + 1); n == 0 {
			t.Error("nothing is erased once its time has come")
		}
		w.view(func(tx *db.Tx) error {
			items, err := evidence.Items(tx, complaint.System, p.Evidence())
			for _, i := range items {
				if i.State != evidence.Erased || i.GoneWhy != evidence.Retention {
					t.Errorf("%+v", i)
				}
			}
			if err != nil || len(items) == 0 {
				t.Errorf("%v, %v", items, err)
			}
			return nil
		})
	})
}
