package complainthttp_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// The list is filtered, says what is wrong with its question, and goes out as a file.
func TestTheListOfProblems(t *testing.T) {
	s := serve(t)
	office, unit := s.token("complaint.coordinator", "督察整改办"), s.token("complaint.unit", "市医院")
	for query, want := range map[string][2]string{
		"":                            {"铝厂", ""},
		"?key=1":                      {"铝厂", "烧烤店"},
		"?kind=noise":                 {"烧烤店", "铝厂"},
		"?q=" + url.QueryEscape("医院"): {"医疗废物", "烧烤店"},
		"?late=1":                     {"没有符合的问题", "铝厂"},
	} {
		status, body := s.ask(office, http.MethodGet, "/complaints/problems"+query, "")
		if status != http.StatusOK || !strings.Contains(body, want[0]) || want[1] != "" && strings.Contains(body, want[1]) {
			t.Errorf("%q: %d without %q or with %q", query, status, want[0], want[1])
		}
	}
	for _, query := range []string{"?stage=gone", "?kind=gold", "?cols=gold", "?after=yesterday", "?lead=" + url.QueryEscape("没有的单位")} {
		if status, _ := s.ask(office, http.MethodGet, "/complaints/problems"+query, ""); status != http.StatusUnprocessableEntity {
			t.Errorf("%q: %d", query, status)
		}
	}
	if status, body := s.ask(office, http.MethodGet, "/complaints/problems.csv?key=1", ""); status != http.StatusOK || strings.Count(strings.TrimSpace(body), "\n") != 1 || !strings.Contains(body, "XN2023-0003") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := s.ask(office, http.MethodGet, "/complaints/problems.xlsx", ""); status != http.StatusOK || !strings.HasPrefix(body, "PK") {
		t.Errorf("the spreadsheet: %d", status)
	}
	if status, _ := s.ask(unit, http.MethodGet, "/complaints/problems", ""); status != http.StatusForbidden {
		t.Errorf("a unit sees the list: %d", status)
	}
	if status, _ := s.ask(unit, http.MethodGet, problem.At(code), ""); status != http.StatusForbidden {
		t.Errorf("a unit sees what is not its own: %d", status)
	}
}

// Who was overtaken is told what happened meanwhile, and what they typed is still there.
func TestTwoAtOnce(t *testing.T) {
	s := serve(t)
	s.move(s.Clerk, problem.Move{Move: "assign", Lead: s.Orgs["市医院"]})
	seen := s.Look(code).Version
	s.move(s.Unit, problem.Move{Move: "sign"})
	unit := s.token("complaint.unit", "市医院")
	status, body := s.post(unit, problem.At(code)+"/do/return", fmt.Sprintf("seen=%d&why=%s", seen, url.QueryEscape("归住建局管")))
	if status != http.StatusConflict || !strings.Contains(body, "签收") || !strings.Contains(body, "归住建局管") || !strings.Contains(body, "又有了变化") {
		t.Errorf("%d %s", status, body)
	}
}

// Merging says what it will do, and does it once that is confirmed.
func TestMergingIsConfirmed(t *testing.T) {
	s := serve(t)
	office := s.token("complaint.coordinator", "督察整改办")
	p := s.Look("XN2023-0002")
	at, form := problem.At("XN2023-0002")+"/do/merge", fmt.Sprintf("seen=%d&into=%s&why=%s", p.Version, code, url.QueryEscape("同一处"))
	status, body := s.post(office, at, form)
	if status != http.StatusOK || !strings.Contains(body, "把 XN2023-0002 的 1 个问题点、1 封信访件移到 "+code) || !strings.Contains(body, "同一处") || s.Look("XN2023-0002").Stage != complaint.Received {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := s.post(office, at, form+"&sure=1"); status != http.StatusSeeOther || s.Look("XN2023-0002").Stage != complaint.Empty || s.Look(code).Letters != 2 {
		t.Errorf("%d %s", status, body)
	}
	if status, body := s.post(office, at, strings.Replace(form, code, "XN2023-0099", 1)+"&sure=1"); status != http.StatusConflict && status != http.StatusUnprocessableEntity {
		t.Errorf("into nothing: %d %s", status, body)
	}
}

// A unit reports on its letter beside the digest; what is missing is said at its field; the papers are PDF.
func TestAUnitReports(t *testing.T) {
	s := serve(t)
	s.move(s.Clerk, problem.Move{Move: "assign", Lead: s.Orgs["市医院"]})
	unit, stranger := s.token("complaint.unit", "市医院"), s.token("complaint.unit", "住建局")
	l := s.LettersOf(s.Look(code))[0]
	at := "/complaints/letters/" + l.ID + "/report"
	status, body := s.ask(unit, http.MethodGet, at, "")
	if status != http.StatusOK || !strings.Contains(body, "data-draft") || strings.Contains(body, "扰民") {
		t.Fatalf("%d %s", status, body)
	}
	if status, _ := s.ask(stranger, http.MethodGet, at, ""); status != http.StatusForbidden {
		t.Errorf("another unit: %d", status)
	}
	form := func(seen int, done string) string {
		return fmt.Sprintf("seen=%d&status=done&found=%s&done=%s", seen, url.QueryEscape("现场有异味"), url.QueryEscape(done))
	}
	if status, body := s.post(unit, at, form(l.Version, "")); status != http.StatusUnprocessableEntity || !strings.Contains(body, "现场有异味") || !strings.Contains(body, `id="e-done"`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body := s.post(unit, at, form(l.Version, "已加盖")); status != http.StatusConflict || !strings.Contains(body, "没有认定是否属实") || !strings.Contains(body, "已加盖") {
		t.Errorf("%d %s", status, body)
	}
	s.move(s.Unit, problem.Move{Move: "sign"})
	s.move(s.Unit, problem.Move{Move: "found", Verdicts: s.Points(s.Look(code), complaint.True), Day: s.Day(30), Files: []problem.File{s.Photo(s.Unit, 40)}})
	l = s.LettersOf(s.Look(code))[0]
	if status, body := s.post(unit, at, form(l.Version, "已加盖")); status != http.StatusSeeOther {
		t.Errorf("%d %s", status, body)
	}
	if _, body := s.ask(unit, http.MethodGet, at, ""); !strings.Contains(body, "已经报结") || !strings.Contains(body, "已加盖") {
		t.Errorf("%s", body)
	}
	for _, of := range []string{"assignment", "report"} {
		if status, body := s.ask(unit, http.MethodGet, problem.At(code)+"/paper/"+of, ""); status != http.StatusOK || !strings.HasPrefix(body, "%PDF") {
			t.Errorf("%s: %d", of, status)
		}
	}
	if status, _ := s.ask(unit, http.MethodGet, problem.At(code)+"/paper/gold", ""); status != http.StatusNotFound {
		t.Errorf("a paper that is none: %d", status)
	}
}

// Each page that a problem has opens for those whom it is for, and each amount is read as people write it.
func TestWhatIsAdded(t *testing.T) {
	s := serve(t)
	s.move(s.Clerk, problem.Move{Move: "assign", Lead: s.Orgs["市医院"]})
	s.move(s.Unit, problem.Move{Move: "sign"})
	s.move(s.Unit, problem.Move{Move: "found", Verdicts: s.Points(s.Look(code), complaint.True), Day: s.Day(30), Files: []problem.File{s.Photo(s.Unit, 50)}})
	unit := s.token("complaint.unit", "市医院")
	add := func(what string, form url.Values) (int, string) {
		t.Helper()
		return s.post(unit, problem.At(code)+"/add/"+what, form.Encode())
	}
	for _, what := range []string{"measure", "sanction", "paper"} {
		if status, _ := s.ask(unit, http.MethodGet, problem.At(code)+"/add/"+what, ""); status != http.StatusOK {
			t.Errorf("%s: %d", what, status)
		}
	}
	if status, body := add("measure", url.Values{"what": {"加盖"}, "day": {day(9)}, "money": {"12 万"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "读不懂") || !strings.Contains(body, "12 万") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := add("measure", url.Values{"what": {"加盖"}, "day": {day(9)}, "money": {"¥1,200.5"}, "owner": {"卫生健康委"}}); status != http.StatusSeeOther {
		t.Errorf("%d %s", status, body)
	}
	if status, body := add("sanction", url.Values{"kind": {"interview"}, "n": {"2"}, "day": {day(0)}}); status != http.StatusSeeOther {
		t.Errorf("%d %s", status, body)
	}
	if status, body := add("paper", url.Values{}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "请选照片或扫描件") {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := add("gold", url.Values{}); status != http.StatusNotFound {
		t.Errorf("gold: %d", status)
	}
	_, body := s.ask(unit, http.MethodGet, problem.At(code), "")
	for _, want := range []string{"¥1,200.50", "卫生健康委", "约谈 2", "没有要您办", "为什么是这一天"} {
		if strings.Contains(body, want) == (want == "没有要您办") {
			t.Errorf("the page and %q", want)
		}
	}
}
