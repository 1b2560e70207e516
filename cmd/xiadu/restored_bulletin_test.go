package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/complainttest"
	"github.com/xiadu/xiadu/internal/system/complaint/recovered"
)

// TestABackupOlderThanTheLastBulletin restores one: the record of the public loses nothing, and no number is given out twice.
func TestABackupOlderThanTheLastBulletin(t *testing.T) {
	work := crashSite(t)
	home, again := filepath.Join(work, "first"), filepath.Join(work, "again")
	mirror, backup := filepath.Join(work, "mirror"), filepath.Join(work, "older.tgz")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	verify := func() {
		t.Helper()
		xiadu(t, work, "none", "verify", mirror, "--keep", "-")
	}
	opened := func(home string) *db.DB {
		t.Helper()
		d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(home, "xiadu.db"))
		must(err)
		return d
	}
	xiadu(t, work, home, "--log-origin", "city.example/log", "import", "streets", "city.osm")
	xiadu(t, work, home, "log", "export", filepath.Join(work, "empty"))
	d := opened(home)
	c := loggedCity{City: complainttest.Open(t, d), t: t}
	c.Begin("XN2023", "city")
	head := "受理编号,交办问题基本情况,行政区域,污染类型\n"
	c.Take("XN2023", head+"D3QH202311260001,市医院后院异味扰民,城西区,大气\nD3QH202311260002,夜间油烟直排,城西区,油烟\n")
	c.publish(bulletin.New{Batches: []int{1}})
	c.Take("XN2023", head+"D3QH202311270003,某厂夜间偷排,大通县,大气\n")
	xiadu(t, work, home, "backup", backup)

	// After the backup: a batch, and a bulletin of it and of the one before.
	c.Take("XN2023", head+"D3QH202311280004,河边倾倒垃圾,大通县,固废\n")
	c.publish(bulletin.New{Batches: []int{2, 3}})
	out, err := c.Bulletins.Public(c.Ctx(), bulletin.Ref{Campaign: "XN2023", Number: 2})
	must(err)
	xiadu(t, work, home, "log", "export", mirror)
	verify()
	must(d.Close())

	xiadu(t, work, again, "restore", backup)
	must(os.Rename(filepath.Join(home, "log"), filepath.Join(again, "log")))
	key, err := os.ReadFile(c.KeyFile)
	must(err)
	must(os.WriteFile(filepath.Join(again, "people.key"), key, 0o600))
	// The first mirror has no files: what the log says is listed, and the bulletin waits for another.
	bare := filepath.Join(work, "bare")
	must(os.CopyFS(bare, os.DirFS(mirror)))
	must(os.RemoveAll(filepath.Join(bare, "files")))
	said, err := command(t, work, again, "log", "recover", bare).CombinedOutput()
	if err != nil || !strings.Contains(string(said), "换一份镜像") || !strings.Contains(string(said), "列出了要补录什么") {
		t.Fatalf("%v: %s", err, said)
	}
	d = opened(again)
	lost, _, err := recovered.List(c.Ctx(), d, "XN2023")
	must(err)
	if about := fmt.Sprint(lost); !strings.Contains(about, "bulletin/XN2023/2") || strings.Contains(about, "bulletin/XN2023/1") || strings.Contains(about, "XN2023-0001") {
		t.Errorf("after the first mirror there is lost: %s", about)
	}
	// Meanwhile something else happens: the second mirror is older than the log now is.
	must(d.Update(t.Context(), func(tx *db.Tx) error { return record.Append(tx, "office@x", passing{}) }))
	must(d.Close())
	xiadu(t, work, again, "log", "export", filepath.Join(work, "later"))
	said, err = command(t, work, again, "log", "recover", mirror).CombinedOutput()
	if err != nil || !strings.Contains(string(said), "补回了公开日志旁边的 1 个文件") || strings.Contains(string(said), "列出了要补录什么") {
		t.Fatalf("%v: %s", err, said)
	}
	xiadu(t, work, again, "log", "export", mirror)
	if _, err := os.Stat(filepath.Join(mirror, "files", out.Sum)); err != nil {
		t.Error("the mirror has lost what the log still names:", err)
	}
	verify()

	server := served(t, command(t, work, again, "serve", "--listen", "127.0.0.1:0"))
	for _, number := range []string{"1", "2"} {
		r, err := http.Get(server.url + "/complaints/bulletins/XN2023/" + number)
		must(err)
		body, err := io.ReadAll(r.Body)
		must(err)
		_ = r.Body.Close()
		if r.StatusCode != http.StatusOK {
			t.Errorf("bulletin %s: %s %.200s", number, r.Status, body)
		}
	}
	server.kill()

	// The office goes on: it sees what is missing, takes the lost batch in again, and publishes under the next number.
	d = opened(again)
	t.Cleanup(func() { _ = d.Close() })
	c.Over(d)
	lost, _, err = recovered.List(c.Ctx(), d, "XN2023")
	must(err)
	about := fmt.Sprint(lost)
	if !strings.Contains(about, "problem/XN2023-0004") || !strings.Contains(about, "campaign/XN2023") || strings.Contains(about, "bulletin/") {
		t.Errorf("lost is %s", about)
	}
	c.Take("XN2023", head+"D3QH202311280004,河边倾倒垃圾,大通县,固废\n")
	if p := c.Look("XN2023-0005"); p.Code == "" {
		t.Error("the number of a problem was given out again")
	}
	b, err := c.Bulletins.Prepare(c.Ctx(), c.Clerk, bulletin.New{Campaign: "XN2023", Batches: []int{2, 3}, Why: "编制"})
	must(err)
	if b.Number != 3 || b.Letters != 1 {
		t.Errorf("the next bulletin is %d, of %d letters", b.Number, b.Letters)
	}
	must(c.Bulletins.Look(c.Ctx(), c.Clerk, b.Ref(), 1, 0))
	_, err = c.Bulletins.Publish(c.Ctx(), c.Clerk, b.Ref())
	must(err)
	var subjects []string
	for _, one := range lost {
		subjects = append(subjects, one.Subject)
	}
	must(recovered.Settle(c.Ctx(), d, c.Clerk, "XN2023", subjects))
	if lost, _, err = recovered.List(c.Ctx(), d, "XN2023"); err != nil || len(lost) > 0 {
		t.Errorf("%v, %v", lost, err)
	}
	xiadu(t, work, again, "log", "export", mirror)
	verify()
}

// passing is something else that happens.
type passing struct{}

func (passing) Kind() string    { return "test.passing" }
func (passing) Subject() string { return "test/1" }

// TestTwoPublicationsOfOneNumber: whoever publishes a number and version again contradicts the log.
func TestTwoPublicationsOfOneNumber(t *testing.T) {
	c := divided(t)
	c.publish(bulletin.New{Batches: []int{1}})
	c.must(c.DB.Update(c.Ctx(), func(tx *db.Tx) error {
		out, err := c.Bulletins.Public(c.Ctx(), bulletin.Ref{Campaign: "XN2023", Number: 1})
		if err != nil {
			return err
		}
		other := out.Table
		other.Title = "另一张表"
		text, _, err := other.Canonical()
		if err != nil {
			return err
		}
		sum, err := record.PutFile(tx, text)
		if err != nil {
			return err
		}
		return record.Append(tx, "office@x", bulletin.Out{Campaign: "XN2023", Bulletin: 1, Version: 1, Day: other.Day.String(), File: sum, Counts: other.Counts()})
	}))
	c.export()
	if said := c.verify(1); !strings.Contains(said, "contradicted") || !strings.Contains(said, "version 1 of bulletin 1 of XN2023 was published twice") {
		t.Error(said)
	}
}
