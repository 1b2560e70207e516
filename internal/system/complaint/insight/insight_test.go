package insight_test

import (
	"math"
	"slices"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/insight"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Of one in ten no more can be said than that it is between 2 % and 40 %; of none nothing.
func TestShareOf(t *testing.T) {
	near := func(got, want float64) bool { return math.Abs(got-want) < .005 }
	if i := insight.ShareOf(1, 10); !near(i.Share, .1) || !near(i.Low, .018) || !near(i.High, .404) {
		t.Errorf("%+v", i)
	}
	if i := insight.ShareOf(0, 0); i.Low != 0 || i.High != 1 {
		t.Errorf("%+v", i)
	}
	if i := insight.ShareOf(20, 20); i.High != 1 || i.Low > .85 {
		t.Errorf("%+v", i)
	}
}

const table = `受理编号,交办问题基本情况,行政区域,污染类型
D3QH202311260001,医院后院医疗废物暂存间异味扰民,城西区,固废、大气
D3QH202311260002,某烧烤店夜间油烟直排,城西区,大气
D3QH202311260003,某铝厂夜间偷排,大通县,大气
`

func TestOf(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", table)
		for _, code := range []string{"XN2023-0001", "XN2023-0002"} {
			p := c.Look(code)
			if _, err := c.Problems.Move(c.Ctx(), c.Clerk, problem.Move{Problem: p.ID, Move: "assign", Seen: p.Version, Digests: c.Digests(p), Lead: c.Orgs["市医院"]}); err != nil {
				t.Fatal(err)
			}
		}
		c.Days(1)
		p := c.Look("XN2023-0001")
		if _, err := c.Problems.Move(c.Ctx(), c.Unit, problem.Move{Problem: p.ID, Move: "sign", Seen: p.Version}); err != nil {
			t.Fatal(err)
		}
		var r insight.Report
		if err := d.View(t.Context(), func(tx *db.Tx) (err error) { r, err = insight.Of(tx, "XN2023", c.Now); return err }); err != nil {
			t.Fatal(err)
		}
		if r.Total.Problems != 3 || r.Total.Unsigned != 1 || r.Total.Late != 1 || len(r.Units) != 0 || len(r.Few) != 1 || r.Few[0].Problems != 2 {
			t.Errorf("%+v", r)
		}
		// Three days to report on a letter, and a measure of ten: a fortnight later all of it is late.
		c.Make(c.Unit, "XN2023-0001", problem.Move{Move: "found", Verdicts: c.Points(c.Look("XN2023-0001"), complaint.True), Day: c.Day(60), Files: []problem.File{c.Photo(c.Unit, 1), c.Photo(c.Unit, 2)}})
		if _, err := c.Problems.AddMeasure(c.Ctx(), c.Unit, problem.NewMeasure{Problem: p.ID, What: "加盖密闭", Day: c.Day(10)}); err != nil {
			t.Fatal(err)
		}
		c.Days(14)
		var later insight.Report
		if err := d.View(t.Context(), func(tx *db.Tx) (err error) { later, err = insight.Of(tx, "XN2023", c.Now); return err }); err != nil {
			t.Fatal(err)
		}
		if u := later.Few[0]; u.LateLetters != 2 || u.LateMeasures != 1 || later.Total.LateLetters != 3 || later.Total.LateMeasures != 1 {
			t.Errorf("%+v of %+v", u, later.Total)
		}
		for _, s := range r.Spans {
			if s.Stage == complaint.Verifying && (s.N != 1 || s.Median.Hours() != 24) {
				t.Errorf("%+v", s)
			}
			if s.Stage == complaint.Assigned && s.N != 2 {
				t.Errorf("%+v", s)
			}
		}
		if len(r.Spans) != 2 {
			t.Errorf("%+v", r.Spans)
		}
	})
}

// The sheet has the units that are late most surely, and not those with the most problems or the least ids.
func TestSurest(t *testing.T) {
	all := []insight.Unit{{ID: "a", Problems: 400, Late: 40}, {ID: "b", Problems: 20, Late: 12}, {ID: "c", Problems: 100, Late: 55}, {ID: "d", Problems: 20, Late: 0}}
	var ids []string
	for _, u := range insight.Surest(all, 3) {
		ids = append(ids, u.ID)
	}
	if !slices.Equal(ids, []string{"c", "b", "a"}) || all[0].ID != "a" { // 12 of 20 is more than 55 of 100, but less sure
		t.Error(ids, all)
	}
}
