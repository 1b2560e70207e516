package intake_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
)

// A notice that comes after its batch is kept beside what was read; the same again changes nothing.
func TestANoticeThatComesLater(t *testing.T) {
	const rows = "受理编号,交办问题基本情况,行政区域,污染类型\nD3QH202311260001,医院后院异味,城西区,大气\n"
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		c.Take("XN2023", rows)
		n, err := intake.ReadNotice(t.Context(), strings.NewReader("合计 3 件"), c.Home)
		if err != nil {
			t.Fatal(err)
		}
		u := intake.Upload{Campaign: "XN2023", Number: 1, Batch: c.Read(rows), Notice: &n, Source: intake.Table}
		for range 2 {
			o, err := c.Intake.Import(c.Ctx(), c.Clerk, u)
			if err != nil || o.Added != 0 {
				t.Fatal(o, err)
			}
			all, err := c.Intake.Batches(c.Ctx(), c.Clerk, "XN2023", 0, 10)
			if err != nil || len(all) != 1 || all[0].Letters != 1 {
				t.Fatal(all, err)
			}
			said, err := all[0].Said()
			if err != nil || said == nil || said.Total != 3 {
				t.Errorf("%+v %v", said, err)
			}
			if differing, err := all[0].Differing(); err != nil || len(differing) != 1 || differing[0].Read != 1 {
				t.Errorf("%+v %v", differing, err)
			}
		}
	})
}
