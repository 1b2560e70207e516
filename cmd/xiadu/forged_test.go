package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// forgings change what a table is made of, behind the log's back, and put it right again.
var forgings = []struct {
	finds      string // letter and field
	says, is   string // the log, and the table
	do, undo   db.Query[db.None, db.None]
	republish  bool
	alsoTotals string
}{
	{"D3QH202311260001 key", "false", "true", sets(`letter SET key_item = TRUE WHERE code = 'D3QH202311260001'`), sets(`letter SET key_item = FALSE WHERE code = 'D3QH202311260001'`), false, "key of the entries"},
	{"D3QH202311260001 kinds", "air waste", "noise", sets(`letter SET kinds = ' noise ' WHERE code = 'D3QH202311260001'`), sets(`letter SET kinds = ' waste air ' WHERE code = 'D3QH202311260001'`), false, "by_kind of the entries"},
	{"D3QH202311260001 division", "630104", "630121", sets(`letter SET division = '630121' WHERE code = 'D3QH202311260001'`), sets(`letter SET division = '630104' WHERE code = 'D3QH202311260001'`), false, "by_region of the entries"},
	{"D3QH202311260001 channel", "call", "letter", sets(`letter SET channel = 'letter' WHERE code = 'D3QH202311260001'`), sets(`letter SET channel = 'call' WHERE code = 'D3QH202311260001'`), false, ""},
	{"D3QH202311260001 batch", "1", "7", sets(`letter SET batch = 7 WHERE code = 'D3QH202311260001'`), sets(`letter SET batch = 1 WHERE code = 'D3QH202311260001'`), false, ""},
	{"D3QH202311260001 verdict", "true", "untrue", sets(`letter SET verdict = 'untrue' WHERE code = 'D3QH202311260001'`), sets(`letter SET verdict = 'true' WHERE code = 'D3QH202311260001'`), false, "by_verdict of the entries"},
	{"D3QH202311260001 status", "staged", "done", sets(`letter SET status = 'done' WHERE code = 'D3QH202311260001'`), sets(`letter SET status = 'staged' WHERE code = 'D3QH202311260001'`), false, "by_status of the entries"},
	{"D3QH202311260001 next", "", "2030-01-01", sets(`problem SET next_day = '2030-01-01' WHERE code = 'XN2023-0001'`), sets(`problem SET next_day = '' WHERE code = 'XN2023-0001'`), false, ""},
	{"D3QH202311260001 penalised", "1", "9", sets(`sanction SET n = 9 WHERE kind = 'penalty'`), sets(`sanction SET n = 1 WHERE kind = 'penalty'`), false, ""},
	{"D3QH202311260001 fined_fen", "500000", "7", sets(`sanction SET money = 7 WHERE kind = 'penalty'`), sets(`sanction SET money = 500000 WHERE kind = 'penalty'`), false, ""},
	{"D3QH202311260001 interviewed", "2", "0", sets(`sanction SET kind = 'order' WHERE kind = 'interview'`), sets(`sanction SET kind = 'interview' WHERE kind = 'order'`), false, ""},
	{"D3QH202311260001 held_to_account", "3", "4", sets(`sanction SET n = 4 WHERE kind = 'account'`), sets(`sanction SET n = 3 WHERE kind = 'account'`), false, ""},
	{"D3QH202311260002 points", "1 air true; 2 noise true", "1 air true; 2 noise untrue", sets(`point SET verdict = 'untrue' WHERE number = 2`), sets(`point SET verdict = 'true' WHERE number = 2`), false, "by_point of the entries"},
	{"D3QH202311260002 points", "1 air true; 2 noise true", "1 soil true; 2 noise true", sets(`point SET kinds = ' soil ' WHERE number = 1 AND kinds = ' air '`), sets(`point SET kinds = ' air ' WHERE number = 1 AND kinds = ' soil '`), false, ""},
	{"D3QH202311260099 letter", "-", "published", sets(`letter SET code = 'D3QH202311260099' WHERE code = 'D3QH202311260002'`), sets(`letter SET code = 'D3QH202311260002' WHERE code = 'D3QH202311260099'`), false, ""},
	{"D3QH202311260001 re_published", "true", "false", sets(`row SET published_at = NULL WHERE published_at IS NOT NULL`), sets(`row SET seen = seen`), true, "republished of the entries"},
}

func sets(what string) db.Query[db.None, db.None] {
	return db.Declare[db.None, db.None](`UPDATE complaint_` + what)
}

// loggedCity is a small city whose log is a folder, and an address.
type loggedCity struct {
	*complainttest.City
	t           *testing.T
	folder, dir string
}

func (c loggedCity) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c loggedCity) exec(q db.Query[db.None, db.None]) {
	c.t.Helper()
	c.must(c.DB.Update(c.Ctx(), func(tx *db.Tx) error { _, err := q.Exec(tx, db.None{}); return err }))
}

func (c loggedCity) publish(n bulletin.New) {
	c.t.Helper()
	n.Campaign, n.Why = "XN2023", "编制"
	b, err := c.Bulletins.Prepare(c.Ctx(), c.Clerk, n)
	c.must(err)
	for place := 1; place <= b.Letters; place++ {
		c.must(c.Bulletins.Look(c.Ctx(), c.Clerk, b.Ref(), place, 0))
	}
	_, err = c.Bulletins.Publish(c.Ctx(), c.Clerk, b.Ref())
	c.must(err)
}

func (c loggedCity) export() {
	c.t.Helper()
	q, err := sequencer.Open(c.t.Context(), c.DB, c.folder, "example.com/log")
	c.must(err)
	c.must(q.Drain(c.t.Context()))
	_, err = publiclog.Open(c.DB, c.folder).Export(c.t.Context(), c.dir)
	c.must(err)
}

// verify has the program check the folder and the address, and returns what it says.
func (c loggedCity) verify(code int) string {
	c.t.Helper()
	var said strings.Builder
	server := httptest.NewServer(http.FileServer(http.Dir(c.dir)))
	defer server.Close()
	for _, at := range []string{c.dir, server.URL} {
		cmd := command(c.t, c.t.TempDir(), "none", "--lang", "en", "verify", at, "--keep", "-")
		out, err := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != code {
			c.t.Fatalf("verify %s: %v: %s", at, err, out)
		}
		said.Write(out)
	}
	return said.String()
}

// divided is a city with a letter that was reported on and punished, and one that was divided and judged.
func divided(t *testing.T) loggedCity {
	c := loggedCity{complainttest.Open(t, dbtest.Open(t, dbtest.SQLite(t), complainttest.Schemas...)), t, filepath.Join(t.TempDir(), "log"), t.TempDir()}
	c.Begin("XN2023", "city")
	c.Take("XN2023", "受理编号,交办问题基本情况,行政区域,污染类型\nD3QH202311260001,市医院后院异味扰民,城西区,固废、大气\nD3QH202311260002,夜间油烟直排，噪声大,城西区,大气\n")
	second := c.LettersOf(c.Look("XN2023-0002"))[0]
	c.must(c.Intake.Divide(c.Ctx(), c.Clerk, intake.Dividing{Letter: second.ID, Seen: second.Version, Parts: []intake.Part{
		{Text: "夜间油烟直排", Title: "油烟直排", Division: second.Where(), Kinds: []complaint.Kind{complaint.Air}},
		{Text: "噪声大", Title: "夜间噪声", Division: second.Where(), Kinds: []complaint.Kind{complaint.Noise}},
	}}))
	for i, code := range []string{"XN2023-0001", "XN2023-0002", "XN2023-0003"} {
		c.Handed(code, uint64(100*i))
	}
	p := c.Look("XN2023-0001")
	for _, s := range []problem.Sanction{{Kind: "penalty", N: 1, Money: 500000}, {Kind: "interview", N: 2}, {Kind: "account", N: 3}} {
		s.Problem, s.Day = p.ID, c.Day(0).String()
		c.must(c.Problems.AddSanction(c.Ctx(), c.Unit, s, ""))
	}
	c.Report(c.LettersOf(p)[0], letter.Answer{Found: "属实。", Done: "正在整改。"}, letter.ForAStage)
	return c
}

// TestAForgedTableIsNamed publishes tables that are made of rows which say something else than the log, a field at a time:
// the program finds each by the log alone, and nothing in one that is as it was logged.
func TestAForgedTableIsNamed(t *testing.T) {
	c := divided(t)
	c.publish(bulletin.New{Batches: []int{1}})
	c.export()
	c.verify(0)
	first := c.LettersOf(c.Look("XN2023-0001"))[0].ID
	for _, f := range forgings {
		c.exec(f.do)
		if n := (bulletin.New{Number: 1}); f.republish {
			c.publish(bulletin.New{Earlier: []string{first}})
		} else {
			c.publish(n)
		}
		c.exec(f.undo)
	}
	c.export()
	said := c.verify(1)
	for _, f := range forgings {
		says := f.says
		if f.finds == "D3QH202311260001 next" {
			says = c.Day(60).String()
		}
		line := func(rest string) string {
			for l := range strings.Lines(said) {
				if strings.Contains(l, f.finds+" of bulletin/XN2023/") && strings.Contains(l, rest) {
					return l
				}
			}
			return ""
		}
		if line("the log says "+says+", the file says "+f.is) == "" {
			t.Errorf("nothing says that %s is %s and not %s", f.finds, f.is, says)
		}
		if f.alsoTotals != "" && !strings.Contains(said, f.alsoTotals+" of bulletin/XN2023/") {
			t.Errorf("the total of %s is not found", f.finds)
		}
	}
	if t.Failed() {
		t.Log(said)
	}
}

// TestALetterThatIsLeftOut: a letter was opened for a bulletin that does not have it.
func TestALetterThatIsLeftOut(t *testing.T) {
	c := divided(t)
	c.publish(bulletin.New{Batches: []int{1}})
	c.Take("XN2023", "受理编号,交办问题基本情况,行政区域,污染类型\nD3QH202311270003,某厂夜间偷排,大通县,大气\n")
	left := c.LettersOf(c.Look("XN2023-0004"))[0]
	c.must(c.DB.Update(c.Ctx(), func(tx *db.Tx) error { return record.Open(tx, "", left.Entry) }))
	c.export()
	if said := c.verify(1); !strings.Contains(said, "D3QH202311270003 letter of bulletin/XN2023/1 v1: the log says opened, the file says -") {
		t.Error(said)
	}
}
