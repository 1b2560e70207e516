package intake_test

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
)

// A form that was sent and now says something else is refused, also long after; nothing of it is kept.
func TestAFormWithAnotherText(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("GZ2026", "public")
		first := report(rand.Text())
		if _, err := c.Intake.Report(c.Ctx(), first); err != nil {
			t.Fatal(err)
		}
		text, place, spot, none := first, first, first, first
		text.Text, place.Place, spot.At, none.At = "另一件：工地凌晨打桩", "西门口", &geo.Point{Lat: 36.6, Lon: 101.7}, nil
		for range 2 {
			for name, r := range map[string]intake.Report{"text": text, "place": place, "point": spot, "no point": none} {
				if _, err := c.Intake.Report(c.Ctx(), r); !errors.Is(err, intake.ErrAnother) || fault.KindOf(err) != fault.Conflict {
					t.Errorf("another %s: %v", name, err)
				}
			}
			c.Days(1)
		}
		text.Form = rand.Text()
		out, err := c.Intake.Report(c.Ctx(), text)
		if err != nil || !strings.HasSuffix(out.Letter.Code, "-001") { // the first of its day
			t.Errorf("%+v %v", out.Letter, err)
		}
	})
}

// What the public reports takes no number of the inspectors' batches, and a code that a table has taken is passed over.
func TestReportsBesideTables(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("GZ2026", "public")
		prefix := "G" + strings.ReplaceAll(c.Day(0).String(), "-", "") + "-00"
		public := complaint.PublicBatch(c.Day(0))
		code := func() string {
			t.Helper()
			out, err := c.Intake.Report(c.Ctx(), report(rand.Text()))
			if err != nil || out.Letter.Batch != public {
				t.Fatalf("%+v %v", out.Letter, err)
			}
			return strings.TrimPrefix(out.Letter.Code, prefix)
		}
		if got := code(); got != "1" {
			t.Error(got)
		}
		table := c.Read("编号,基本情况\n" + prefix + "2,河边堆垃圾\n" + prefix + "4,夜间施工\n")
		o, err := c.Intake.Import(c.Ctx(), c.Clerk, intake.Upload{Campaign: "GZ2026", Batch: table, Notice: &intake.Notice{Batch: 1, Total: 2, Calls: -1, Papers: -1, Key: -1}, Source: intake.Table})
		if err != nil || o.Number != 1 || o.Added != 2 {
			t.Fatalf("the notice's first batch: %+v %v", o.Received, err)
		}
		if got := code() + code() + code(); got != "356" {
			t.Errorf("the codes are %s", got)
		}
		if o = c.Take("GZ2026", "编号,基本情况\nD20261130001,河边堆垃圾\n"); o.Number != 2 {
			t.Errorf("the next batch of the inspectors is %d", o.Number)
		}
		c.Days(1)
		c.Take("GZ2026", "编号,基本情况\nD20261130002,河边堆垃圾\n")
		var numbers []int
		for before := 0; ; {
			part, err := c.Intake.Batches(c.Ctx(), c.Clerk, "GZ2026", before, 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(part) == 0 {
				break
			}
			before = part[0].Number
			numbers = append(numbers, before)
		}
		if want := []int{3, public, 2, 1}; len(numbers) != 4 || [4]int(numbers) != [4]int(want) {
			t.Errorf("%v, not %v", numbers, want)
		}
	})
}

// Reports go to who takes them today: not to an inspection that has not begun, nor to one that is over.
func TestReportsGoToWhoIsHere(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("GZ2026", "public")
		made, err := c.Campaigns.Begin(c.Ctx(), c.Clerk, campaign.New{
			Code: "XN2027", Name: "督察试验", Team: "第五督察组", Round: 3, Home: c.Home, From: c.Day(10), Until: c.Day(40), Preset: "central",
		})
		if err == nil {
			_, err = c.Campaigns.Switch(c.Ctx(), c.Clerk, "XN2027", made.Version, campaign.ByPage)
		}
		if err != nil {
			t.Fatal(err)
		}
		r := report("")
		r.Campaign = "XN2027"
		for _, want := range []string{"GZ2026", "XN2027", "GZ2026"} {
			to, err := c.Campaigns.Taking(c.Ctx(), campaign.ByPage)
			if err != nil || to.Code != want {
				t.Errorf("on %v it goes to %q: %v", c.Day(0), to.Code, err)
			}
			if _, err := c.Intake.Report(c.Ctx(), r); (want == "XN2027") != (err == nil) || err != nil && fault.KindOf(err) != fault.Late {
				t.Errorf("on %v: %v", c.Day(0), err)
			}
			c.Days(25)
		}
	})
}
