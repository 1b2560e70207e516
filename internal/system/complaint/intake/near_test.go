package intake_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// usc is a code whose check holds, of nobody in these tests.
const usc = "91350100M000100Y43"

// What is closed is proposed to begin again by a letter that names its site, or was reported near it, in other words; one of
// another kind, or of another place, proposes nothing.
func TestNearWhatIsClosed(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("GZ2026", "public")
		c.Take("GZ2026", "受理编号,交办问题基本情况,行政区域,污染类型\nD3QH202311260001,市医院后院医疗废物暂存间异味扰民，污水外溢到人行道,城西区,固废\n")
		p := c.Look("GZ2026-0001")
		if _, err := c.Problems.Describe(c.Ctx(), c.Clerk, problem.Description{
			Problem: p.ID, SeenAt: p.ChangedAt, Title: p.Title, Division: p.Where(), Site: "市医院", At: geo.Point{Lat: 36.6170, Lon: 101.7780}, Kinds: p.KindList(), USC: usc,
		}); err != nil {
			t.Fatal(err)
		}
		tell := func(text string, at *geo.Point, kind complaint.Kind) (proposals int) {
			t.Helper()
			before := len(c.Children(c.Look("GZ2026-0001")))
			_, err := c.Intake.Report(c.Ctx(), intake.Report{Campaign: "GZ2026", Way: campaign.ByPage, Form: rand.Text(), Text: text, Place: "城西区", At: at, Kinds: []complaint.Kind{kind}})
			if err != nil {
				t.Fatal(err)
			}
			return len(c.Children(c.Look("GZ2026-0001"))) - before
		}
		other := "放垃圾的屋子又开着门，臭得很，请管一管"
		if n := tell("市医院"+other, nil, complaint.Waste); n != 0 {
			t.Errorf("%d proposals while it is open", n)
		}
		c.Checked("GZ2026-0001", 700)
		c.Days(1)
		beside, away := &geo.Point{Lat: 36.6180, Lon: 101.7780}, &geo.Point{Lat: 36.6300, Lon: 101.7780}
		for _, one := range []struct {
			text string
			at   *geo.Point
			kind complaint.Kind
			want int
		}{
			{"市医院" + other, nil, complaint.Waste, 1},
			{"路边" + other, beside, complaint.Waste, 1},
			{"路边" + other + "！", away, complaint.Waste, 0},
			{"市医院半夜的机器声很大，睡不着觉", beside, complaint.Noise, 0},
		} {
			if n := tell(one.text, one.at, one.kind); n != one.want {
				t.Errorf("%s %v: %d proposals, not %d", one.text, one.at, n, one.want)
			}
		}
		for text, want := range map[string]int{usc: 1, strings.ToLower(usc) + " ": 1, "91110000600037341L": 0} {
			all, _, err := c.Problems.List(c.Ctx(), c.Clerk, problem.Filter{Campaign: "GZ2026", Text: text})
			if err != nil || len(all) != want {
				t.Errorf("the list by the code %q: %v, %v", text, all, err)
			}
		}
		var words strings.Builder
		err := d.View(c.Ctx(), func(tx *db.Tx) error {
			for _, child := range c.Children(c.Look("GZ2026-0001")) {
				said, err := child.Words(tx)
				if err != nil {
					return err
				}
				words.WriteString(said)
			}
			return nil
		})
		if err != nil || !strings.Contains(words.String(), "同一个点位（市医院）") || !strings.Contains(words.String(), "相距 111 米") || !strings.Contains(words.String(), "办结后第 1 天") {
			t.Errorf("%q, %v", words.String(), err)
		}
	})
}
