package intake_test

import (
	"bytes"
	"crypto/rand"
	"image/jpeg"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/evidencetest"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

func report(form string) intake.Report {
	return intake.Report{
		Campaign: "GZ2026", Way: campaign.ByPage, Form: form, Text: "*夜里十一点以后，河边的饭店往河里倒泔水", Place: "南川河文化公园桥下",
		At: &geo.Point{Lat: 36.617, Lon: 101.778}, Kinds: []complaint.Kind{complaint.Water, complaint.Fumes},
	}
}

// sent brings a photo as somebody whom nobody asks who they are.
func sent(t *testing.T, c *complainttest.City) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, evidencetest.Scene{Seed: 7, W: 320, H: 240}.Draw(), nil); err != nil {
		t.Fatal(err)
	}
	taken, err := c.Evidence.Take(c.Ctx(), &b, evidence.Sent{Kind: "complaint.photo", By: problem.TakenBy})
	if err != nil {
		t.Fatal(err)
	}
	return taken.Hash
}

// What the public reports is a letter like any other, in a batch of its day; its secret is kept as a hash alone.
func TestReport(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		c.Begin("GZ2026", "public")
		r := report(rand.Text())
		r.Photos = []string{sent(t, c)}
		out, err := c.Intake.Report(c.Ctx(), r)
		if err != nil {
			t.Fatal(err)
		}
		l := out.Letter
		day := strings.ReplaceAll(c.Day(0).String(), "-", "")
		if l.Code != "G"+day+"-001" || l.KeyItem || l.Stage != "received" || l.DueAt == nil || l.Kinds != " water fumes " || l.Batch != complaint.PublicBatch(c.Day(0)) || len(out.Secret) != 26 {
			t.Errorf("%+v %q", l, out.Secret)
		}
		again, err := c.Intake.Report(c.Ctx(), r)
		if err != nil || again.Secret != out.Secret || again.Letter.ID != l.ID {
			t.Errorf("the same form again: %+v %v", again, err)
		}
		second, err := c.Intake.Report(c.Ctx(), report(rand.Text()))
		if err != nil || second.Letter.Code != "G"+day+"-002" || second.Secret == out.Secret || second.Letter.Batch != l.Batch {
			t.Errorf("%+v %v", second, err)
		}
		kept(t, c, out)
		if n, err := c.Intake.Pending(c.Ctx(), c.Clerk, "GZ2026"); err != nil || n != 1 { // the two are alike
			t.Errorf("%d questions, %v", n, err)
		}
		c.Days(1)
		if _, err := c.Intake.Report(c.Ctx(), r); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a day later the form gives %v", err)
		}
		if third, err := c.Intake.Report(c.Ctx(), report(rand.Text())); err != nil || third.Letter.Batch != complaint.PublicBatch(c.Day(0)) {
			t.Errorf("the next day: %+v %v", third, err)
		}
		_, err = c.Intake.Import(c.Ctx(), c.Clerk, intake.Upload{Campaign: "GZ2026", Number: l.Batch, Batch: c.Read("编号,基本情况\nD20261130001,河边堆垃圾\n"), Source: intake.Table})
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("a table joins what the public reported: %v", err)
		}
	})
}

// kept looks at what was kept of a report.
func kept(t *testing.T, c *complainttest.City, out intake.Reported) {
	t.Helper()
	err := c.DB.View(t.Context(), func(tx *db.Tx) error {
		l, err := letter.ByToken(tx, strings.ToLower(out.Secret[:6]+" "+out.Secret[6:]), "")
		if err != nil || l.ID != out.Letter.ID {
			t.Errorf("the secret leads to %q: %v", l.ID, err)
		}
		o, err := l.OpenOriginal(tx)
		if err != nil || o.At == nil || *o.At != (letter.Spot{Lat: 36.617, Lon: 101.778}) || o.Place != "南川河文化公园桥下" {
			t.Errorf("%+v %v", o, err)
		}
		items, err := evidence.Items(tx, complaint.System, problem.SentWith(l.ID))
		if err != nil || len(items) != 1 {
			t.Errorf("%+v %v", items, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Where nothing is taken, and what is wrong with a report, is said; all of it at once.
func TestReportRefused(t *testing.T) {
	dbtest.Each(t, complainttest.Schemas, func(t *testing.T, d *db.DB) {
		c := complainttest.Open(t, d)
		made := c.Begin("GZ2026", "public")
		wrong := report("")
		wrong.Text, wrong.Place, wrong.At = " 臭 ", "", nil
		_, err := c.Intake.Report(c.Ctx(), wrong)
		if faults, all := fault.Fields(err); !all || len(faults) != 2 {
			t.Errorf("%v", err)
		}
		for name, mend := range map[string]func(*intake.Report){
			"a text too long": func(r *intake.Report) { r.Text = strings.Repeat("臭", 4001) },
			"hidden marks":    func(r *intake.Report) { r.Text += "\u202e" },
			"off the earth":   func(r *intake.Report) { r.At = &geo.Point{Lat: 91} },
			"photos":          func(r *intake.Report) { r.Photos = make([]string, 4) },
			"a strange photo": func(r *intake.Report) { r.Photos = []string{strings.Repeat("0", 64)} },
		} {
			r := report("")
			mend(&r)
			if _, err := c.Intake.Report(c.Ctx(), r); fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s: %v", name, err)
			}
		}
		byKey := report("")
		byKey.Way = campaign.ByKey
		if _, err := c.Intake.Report(c.Ctx(), byKey); fault.KindOf(err) != fault.Late {
			t.Errorf("by a way that is shut: %v", err)
		}
		if _, err := c.Campaigns.Switch(c.Ctx(), c.Unit, "GZ2026", made.Version, campaign.NoReports); fault.KindOf(err) != fault.Denied {
			t.Errorf("a unit shuts it: %v", err)
		}
		if _, err := c.Campaigns.Switch(c.Ctx(), c.Clerk, "GZ2026", made.Version+1, campaign.NoReports); fault.KindOf(err) != fault.Conflict {
			t.Errorf("unseen: %v", err)
		}
		if _, err := c.Campaigns.Switch(c.Ctx(), c.Clerk, "GZ2026", made.Version, campaign.NoReports); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Intake.Report(c.Ctx(), report("")); fault.KindOf(err) != fault.Late {
			t.Errorf("shut: %v", err)
		} else if says, _ := fault.In(lang.ZH, err); !strings.Contains(says, "12345") {
			t.Errorf("%s", says)
		}
		if _, err := c.Campaigns.Taking(c.Ctx(), campaign.ByPage); fault.KindOf(err) != fault.Late {
			t.Errorf("%v", err)
		}
	})
}

// One day takes so many and no more, from however many networks they come.
func TestReportsOfADay(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand reports take ten seconds")
	}
	d := dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...)
	c := complainttest.Open(t, d)
	c.Begin("GZ2026", "public")
	for range intake.MostReports {
		if _, err := c.Intake.Report(c.Ctx(), report("")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Intake.Report(c.Ctx(), report("")); fault.KindOf(err) != fault.Late {
		t.Errorf("%v", err)
	}
	c.Later(24 * time.Hour)
	if _, err := c.Intake.Report(c.Ctx(), report("")); err != nil {
		t.Errorf("the next day: %v", err)
	}
}
