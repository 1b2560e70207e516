package contesthttp_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/contest/entry"
)

// onePage is a small PDF, with its table of objects where it says.
func onePage(line string) string {
	var b strings.Builder
	var at []int
	object := func(text string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), text)
	}
	b.WriteString("%PDF-1.4\n")
	object("<< /Type /Catalog /Pages 2 0 R >>")
	object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>")
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 4\n0000000000 65535 f \n")
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n%% %s\n", start, line)
	return b.String()
}

// A unit adds papers to its entry until it is accepted; the office sees them, another unit and judges do not.
func TestAttachments(t *testing.T) {
	s := serve(t)
	s.Call(code)
	e := s.Submit(code, "一窗通办", "市医院")
	own, office := "/contests/"+code+"/submit/"+e.ID, "/contests/"+code+"/office/entries/"+e.ID
	unit, another, organiser := s.as("contest.unit", "市医院"), s.as("contest.unit", "住建局"), s.organiser()
	unit.get(own).want(http.StatusOK, "还没有文件", `name="files"`)
	unit.upload(own+"/files").want(http.StatusUnprocessableEntity, "先选文件")
	unit.upload(own+"/files", "@files", "not a paper at all").want(http.StatusUnprocessableEntity)
	unit.upload(own+"/files", "@files", onePage("one")).went(own + "?done=attached")
	another.upload(own+"/files", "@files", onePage("two")).want(http.StatusForbidden)
	page := unit.get(own).want(http.StatusOK, "/photos/", "!还没有文件")
	item := page.body[strings.Index(page.body, "/photos/"):]
	item = item[:strings.IndexByte(item, '"')]
	organiser.get(office).want(http.StatusOK, item)
	for who, v := range map[string]visitor{"another unit": another, "a judge": s.as("contest.judge", "营商局")} {
		if a := v.get(item); a.status == http.StatusOK {
			t.Errorf("%s sees %s", who, item)
		}
	}
	if a := organiser.get(item); a.status != http.StatusOK {
		t.Errorf("the office does not see %s: %d", item, a.status)
	}
	s.Review(e.ID, entry.Accepted, "")
	unit.get(own).want(http.StatusOK, item, `!name="files"`)
	unit.upload(own+"/files", "@files", onePage("three")).want(http.StatusConflict, "不能再加文件")
	organiser.upload(office+"/files", "@files", onePage("four")).went(office + "?done=attached")
}
