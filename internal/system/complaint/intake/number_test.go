package intake_test

import (
	"fmt"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
)

const (
	heading = "受理编号,交办问题基本情况,行政区域,污染类型\n"
	one     = "D3QH202311260001,市医院后院医疗废物暂存间异味扰民,城西区,固废\n"
	two     = "D3QH202311260002,五四西路某烧烤店夜间油烟直排,城西区,大气\n"
	three   = "D3QH202311270001,南川东路工地夜间施工噪声大,城中区,噪声\n"
)

// Problems are numbered without a gap, also where half of a batch was there already.
func TestNumbersHaveNoGap(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2023", "city")
		for _, step := range []struct {
			table       string
			added, same int
		}{{heading + one, 1, 0}, {heading + one + two, 1, 1}, {heading + two + one, 0, 2}, {heading + one + two + three, 1, 2}} {
			if o := c.Take("XN2023", step.table); o.Added != step.added || o.Same != step.same {
				t.Errorf("%+v: %+v", step, o)
			}
		}
		for n := 1; n <= 3; n++ {
			if p := c.Look(fmt.Sprintf("XN2023-%04d", n)); p.Number != int64(n) {
				t.Errorf("the problem %s has the number %d", p.Code, p.Number)
			}
		}
	})
}
