package station

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// replayed is the register as all entries on stations make it, by their ids.
func replayed(t *testing.T, s *Service, codes ...string) *Register {
	t.Helper()
	r := FromLog.Begin().(*Register)
	err := s.db.View(t.Context(), func(tx *db.Tx) error {
		for _, code := range codes {
			items, err := record.History(tx, Subject(code), "", 100)
			if err != nil {
				return err
			}
			for _, item := range slices.Backward(items) { // the newest comes first
				st, err := logtree.ParseStatement(item.Statement())
				if err != nil {
					return err
				}
				if err := r.Add(st); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTheLogMakesTheRegister: whatever was imported, changed and removed, the public
// entries alone make the register that the database has, to the last cell and digit.
func TestTheLogMakesTheRegister(t *testing.T) {
	dbtest.Each(t, schemas, func(t *testing.T, d *db.DB) {
		s, how := New(d), Reading{Home: division(t, "6301")}
		const gcj = "编号,名称,区划,经度,纬度,坐标系,营业时间,状态,开办费用\n"
		for _, sheet := range []string{
			twoStations,
			gcj + "G-1,偏移站,630103,101.7781234,36.6171234,GCJ02,24小时,,12000.5\nG-2,离开站,630104,101.76,36.61,BD09,,暂停,\n",
			gcj + "G-1,改名站,630104,101.7781235,36.6171234,WGS84,周一至周五 8:30-17:30；节假日休息,暂停,\n",
		} {
			b := readSheet(t, sheet, how)
			if _, err := s.Import(t.Context(), "office", b, Importing{}); err != nil {
				t.Fatal(err)
			}
		}
		gone := dbtest.Must[Station](t)(s.Get(t.Context(), "G-2"))
		if err := s.Remove(t.Context(), "office", gone.Code, gone.Version); err != nil {
			t.Fatal(err)
		}
		r := replayed(t, s, "XN-0001", "XN-0002", "G-1", "G-2")
		have := dbtest.Must[[]Station](t)(stored(t.Context(), d))
		if !r.Says(have) || r.Contradicted != 0 || r.Len() != 3 {
			t.Errorf("%d stations, %d contradictions", r.Len(), r.Contradicted)
		}
		again := dbtest.Must[[]Station](t)(r.Stations())
		for i := range again {
			if again[i].Canonical() != have[i].Canonical() || again[i].At != have[i].At {
				t.Errorf("read again: %q, not %q", again[i].Canonical(), have[i].Canonical())
			}
		}
		have[0].Name += "x"
		if r.Says(have) || r.Says(have[1:]) {
			t.Error("another register is said to be the log's")
		}
	})
}

// TestTheLogContradictsItself: after an older database was put back a station may be
// added twice, or change from what it was not; the later entry holds, and it is counted.
func TestTheLogContradictsItself(t *testing.T) {
	r := FromLog.Begin().(*Register)
	for _, e := range []record.Entry{
		Added{"A", map[string]string{"name": "一", "status": "open"}},
		Added{"A", map[string]string{"name": "二"}},
		Changed{"A", map[string]Difference{"name": {"三", "四"}, "hours": {"", "24/7"}}},
		Removed{"B", nil},
		Changed{"C", map[string]Difference{"name": {"", "五"}}},
	} {
		public, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Add(logtree.Statement{Kind: e.Kind(), Public: public}); err != nil {
			t.Fatal(err)
		}
	}
	a := r.cells["A"]
	if r.Contradicted != 4 || a[FieldName] != "四" || a[FieldHours] != "24/7" || a[FieldStatus] != "" || r.cells["C"][FieldCode] != "C" {
		t.Errorf("%d contradictions, %q", r.Contradicted, r.cells)
	}
	if err := r.Add(logtree.Statement{Kind: Added{}.Kind()}); err == nil {
		t.Error("an entry without its public part is read")
	}
}
