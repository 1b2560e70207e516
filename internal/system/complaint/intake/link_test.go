package intake_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
)

// A code that a text names is asked about, in an earlier campaign too, and once confirmed both letters show it.
func TestCodesThatATextNames(t *testing.T) {
	const head = "受理编号,交办问题基本情况,行政区域,污染类型\n"
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("XN2021", "city")
		c.Take("XN2021", head+"D3QH202111260001,医院后院医疗废物暂存间异味扰民,城西区,大气\n")
		c.Begin("XN2023", "city")
		c.Take("XN2023", head+
			"D3QH202311260002,反映过的医院暂存间（D3QH202111260001）又有异味；与 D3QH209911260009 号一样没人管,城西区,大气\n"+
			"D3QH202311260003,烧烤店夜间油烟直排,城西区,大气\n")
		first, second, third := only(t, c, "XN2021", 1), only(t, c, "XN2023", 1), only(t, c, "XN2023", 2)

		links := func(l letter.Letter) []intake.Link {
			t.Helper()
			all, err := c.Intake.Links(c.Ctx(), c.Clerk, l.ID)
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		got := links(second)
		if len(got) != 2 || !got[0].Cites || !got[1].Cites {
			t.Fatalf("%+v", got)
		}
		found := got[0]
		if found.Other.ID == "" {
			found = got[1]
		}
		if found.Other.ID != first.ID || found.Answer != "" {
			t.Errorf("%+v", found)
		}
		if all := links(third); len(all) != 0 {
			t.Errorf("%+v", all)
		}
		if _, err := c.Intake.Reply(c.Ctx(), c.Clerk, found.ID, true); err != nil {
			t.Fatal(err)
		}
		back := links(first)
		if len(back) != 1 || back[0].Cites || back[0].Other.ID != second.ID || back[0].Answer != "yes" {
			t.Errorf("%+v", back)
		}
		for _, l := range got {
			if l.Other.ID == "" {
				if _, err := c.Intake.Reply(c.Ctx(), c.Clerk, l.ID, false); err != nil {
					t.Fatal(err)
				}
			}
		}
		if all := links(second); len(all) != 1 || all[0].Other.ID != first.ID {
			t.Errorf("after a no: %+v", all)
		}
		// A code that was named before its letter came is that letter's once it has.
		c.Take("XN2023", head+"D3QH202311270001,见 D3QH202311280001 号,城西区,大气\n")
		c.Take("XN2023", head+"D3QH202311280001,河道排污,城西区,水\n")
		all, _, err := c.Letters.List(c.Ctx(), c.Clerk, letter.Filter{Campaign: "XN2023", Batch: 3})
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		if came := links(all[0]); len(came) != 1 || came[0].Cites || came[0].Other.Code != "D3QH202311270001" {
			t.Errorf("%+v", came)
		}
		if _, err := c.Intake.Links(c.Ctx(), c.Stranger, first.ID); fault.KindOf(err) != fault.Denied {
			t.Error("a stranger sees links:", err)
		}
	})
}

// only is a letter of the first batch of a campaign.
func only(t *testing.T, c *complainttest.City, campaign string, place int) letter.Letter {
	t.Helper()
	all, _, err := c.Letters.List(c.Ctx(), c.Clerk, letter.Filter{Campaign: campaign, Batch: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		if l.PlaceIn == place {
			return l
		}
	}
	t.Fatalf("%s has no letter %d: %+v", campaign, place, all)
	return letter.Letter{}
}
