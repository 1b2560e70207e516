package plans_test

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
)

func TestAPlanOnPaper(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	var lines []string
	for range 12 {
		lines = append(lines, "close "+pagetest.AloneStation(t).Code, "open 101.78,36.62 \"新站 − → 龘\" 24/7", "pause brand:icbc Sa,Su")
	}
	saved, why := pagetest.Send(t, pagetest.Planner(t, site), site+"/plans", planForm("changes", strings.Join(without(lines, lines[0]), "\n"), "name", "周末银行关门，夜里加油站开门：给区工会的会上看"))
	if saved.StatusCode != http.StatusSeeOther {
		t.Fatalf("not saved: %s\n%s", saved.Status, why)
	}
	a, body := pagetest.Get(t, site+"/plans/P-0001/plan.pdf", "*/*")
	if !strings.HasPrefix(body, "%PDF-") || a.Header.Get("Content-Type") != "application/pdf" {
		t.Fatalf("%s: %.300s", a.Status, body)
	}
	if _, again := pagetest.Get(t, site+"/plans/P-0001/plan.pdf", "*/*"); !bytes.Equal([]byte(again), []byte(body)) {
		t.Error("the same plan has another paper")
	}
	if len(body) > 400<<10 {
		t.Errorf("the paper takes %d KB", len(body)>>10)
	}
	file := filepath.Join(t.TempDir(), "plan.pdf")
	if dir := os.Getenv("XIADU_SHOTS"); dir != "" {
		file = filepath.Join(dir, "plan.pdf")
	}
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed, so the words of the paper are not read")
	}
	text, err := exec.CommandContext(t.Context(), read, "-layout", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	pagetest.WantInOrder(t, string(text), "工会驿站调整方案", "周末银行关门", "扫码核对", "示意城市", "一、改前改后", "有驿站可去的人，占比", "%", "二、平常的一周", "周末夜间",
		"三、改动", "新开“新站", "方法和数据", "编制", "批准")
	if pages := strings.Count(string(text), "共 2 页"); pages != 2 && !strings.Contains(string(text), "共 3 页") {
		t.Errorf("the feet of the pages say\n%s", text)
	}
}

// without leaves out what is there already.
func without(lines []string, one string) []string {
	var out []string
	seen := false
	for _, l := range lines {
		if l == one && seen {
			continue
		}
		seen = seen || l == one
		out = append(out, l)
	}
	return out
}
