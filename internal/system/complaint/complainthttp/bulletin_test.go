package complainthttp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/web/webtest"
)

const withName = `受理编号,交办问题基本情况,行政区域,污染类型
D3QH202311270001,市医院后院异味扰民。经办人李志强，手机 13997123456,城西区,固废、大气
`

// The office reads a letter, is stopped by a name, covers it and publishes; the public finds the letter by its code on a
// phone, and nothing of it that was covered.
func TestABulletinIsReadCoveredAndPublished(t *testing.T) {
	s := serve(t)
	s.Take("XN2023", withName)
	clerk := s.as("complaint.coordinator", "督察整改办", webtest.Desk)
	clerk.Go("/complaints/bulletins")
	clerk.Click(`input[name="batch"][value="2"]`)
	clerk.Type("#f-why", "编制公开批次")
	clerk.Shot("bulletin-prepare")
	clerk.Check()
	clerk.Follow(`form[action^="/complaints/bulletins?"] .button-main`)
	if !strings.Contains(clerk.Path(), "/XN2023/1/edit") {
		t.Fatal(clerk.Path(), clerk.Text("main"))
	}
	clerk.Shot("bulletin-edit")
	clerk.Check()
	if clerk.Count("mark") == 0 {
		t.Fatal("nothing is marked: " + clerk.Text("main"))
	}
	if text := clerk.Text("main"); !strings.Contains(text, "疑似个人信息还没有定的 1 件") || clerk.Count(`details a[href="/complaints/bulletins/XN2023/1/edit?place=1"]`) != 1 || !strings.Contains(webtest.Eval[string](clerk, `document.querySelector('details.folded').textContent`), "反映的问题里的姓名") {
		t.Errorf("what is undecided is not listed: %s", text)
	}
	clerk.Go("/complaints/bulletins/XN2023/1/preview")
	if text := clerk.Text("main"); !strings.Contains(text, "还不能发布") || clerk.Count(`form[action$="/publish"]`) != 0 {
		t.Errorf("nothing stops it: %s", text)
	}
	clerk.Shot("bulletin-stopped")
	clerk.Go("/complaints/bulletins/XN2023/1/edit?place=1")
	for clerk.Count(`button[value="cover"]`) > 0 {
		clerk.Follow(`button[value="cover"]`)
	}
	if text := clerk.Text("main"); strings.Contains(text, "疑似个人信息还没有定的") || !strings.Contains(text, "没有标记、还没有看过的 1 件") {
		t.Errorf("what is decided is listed, or what is not read is not: %s", text)
	}
	clerk.Follow(`form:has(input[name="do"][value="look"]) .button-main`)
	if text := clerk.Text("main"); strings.Contains(text, "还没有看过的") {
		t.Errorf("what was read is listed: %s", text)
	}
	clerk.Go("/complaints/bulletins/XN2023/1/preview")
	clerk.Shot("bulletin-preview")
	clerk.Check()
	if status, _ := s.ask("", http.MethodGet, "/complaints/bulletins/XN2023/1", ""); status != http.StatusNotFound {
		t.Errorf("a draft answers %d to the public", status)
	}
	clerk.Follow(`form[action$="/publish"] .button-main`)

	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desktop": webtest.Desk} {
		b := webtest.Open(t, s.url, view)
		b.Go("/complaints")
		b.Shot("complaints-door-" + name)
		b.Check()
		b.Follow(`a[href="/complaints/bulletins/XN2023/1"]`)
		b.Shot("bulletin-" + name)
		b.Check()
		text := b.Text("main")
		if strings.Contains(text, "李志强") || strings.Contains(text, "13997123456") || !strings.Contains(text, "信访件 1 件") || !strings.Contains(text, "按类型 2 件次") {
			t.Errorf("%s", text)
		}
		if b.Count(`a[href^="/receipts/figures/complaint.counts/1"]`) != 1 {
			t.Error("the counts have no receipt")
		}
		b.Go("/complaints/find?code=d3qh+202311270001")
		if b.Path() != "/complaints/letters/public/XN2023/D3QH202311270001" {
			t.Error(b.Path())
		}
		b.Shot("letter-public-" + name)
		b.Check()
	}
	for file, want := range map[string]string{"table.csv": "受理编号", "table.json": `"format": "complaint.table/1"`, "table.xlsx": "PK", "table.pdf": "%PDF-"} {
		if status, body := s.ask("", http.MethodGet, "/complaints/bulletins/XN2023/1/"+file, ""); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %.80s", file, status, body)
		}
	}
	if status, body := s.ask("", http.MethodGet, "/complaints/bulletins/XN2023/feed.atom", ""); status != http.StatusOK || !strings.Contains(body, "/complaints/bulletins/XN2023/1") {
		t.Errorf("%d %s", status, body)
	}
	// A reason that is missing is said once, in the form that was sent.
	if status, body := s.post(s.token("complaint.coordinator", "督察整改办"), "/complaints/bulletins/withdraw?campaign=XN2023", "code=D3QH202311270001"); status != http.StatusUnprocessableEntity ||
		strings.Count(body, `class="wrong"`) != 1 || !strings.Contains(body, `id="e-withdraw_why"`) {
		t.Errorf("%d, said %d times", status, strings.Count(body, `class="wrong"`))
	}
	// What was published is put right by another version, which is looked at anew.
	clerk.Go("/complaints/bulletins")
	clerk.Click(`details:has(form[action*="/version"]) summary`)
	clerk.Type("#f-version_why", "更正区划")
	clerk.Shot("bulletin-version")
	clerk.Check()
	clerk.Follow(`form[action*="/version"] .button-main`)
	clerk.Go("/complaints/bulletins")
	if text := clerk.Text("main"); !strings.Contains(text, "1（第 2 版）") || !strings.Contains(text, "草稿") || clerk.Count(`form[action*="/version"]`) != 0 {
		t.Errorf("there is no draft of a second version: %s", text)
	}
	// One that was not published is as one that there is not.
	if status, body := s.ask("", http.MethodGet, "/complaints/find?code=D3QH202311260001", ""); !strings.Contains(body, "没有公开过") {
		t.Errorf("%d %.200s", status, body)
	}
	if status, _ := s.ask("", http.MethodGet, "/complaints/letters/public/XN2023/D3QH202311260001", ""); status != http.StatusNotFound {
		t.Errorf("a letter that was not published answers %d", status)
	}
}
