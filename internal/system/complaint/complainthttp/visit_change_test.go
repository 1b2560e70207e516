package complainthttp_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// A supervisor changes a round that is not finished and cancels it, and the office sees what a phone brings afterwards.
func TestARoundIsChangedAndCancelled(t *testing.T) {
	s := promised(t)
	r, err := s.Visits.Plan(s.Ctx(), s.Leader, visit.New{Campaign: "XN2023", Day: s.Day(0), Mode: visit.Walk, Problems: []string{code, another}})
	if err != nil {
		t.Fatal(err)
	}
	at := "/complaints/visits/" + r.ID
	lead, office := s.token("complaint.supervisor", "市政府"), s.token("complaint.coordinator", "督察整改办")
	if status, body := s.ask(lead, http.MethodGet, at+"/change", ""); status != http.StatusOK || !strings.Contains(body, `name="place-`+code) || !strings.Contains(body, "取消这次督办") {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := s.ask(s.token("complaint.checker", "水务局"), http.MethodGet, at+"/change", ""); status != http.StatusForbidden {
		t.Errorf("a checker changes a round: %d", status)
	}
	form := fmt.Sprintf("seen=1&day=%s&mode=walk&order=mine&problem=%s&problem=%s&place-%s=2&place-%s=1", s.Day(1), code, another, code, another)
	if status, body := s.post(lead, at+"/change", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-why"`) || !strings.Contains(body, s.Day(1).String()) {
		t.Errorf("%d %s", status, body)
	}
	if status, body := s.post(lead, at+"/change", form+"&why="+url.QueryEscape("先看烧烤店")); status != http.StatusSeeOther {
		t.Fatal(status, body)
	}
	w, err := s.Visits.Get(s.Ctx(), s.Leader, r.ID)
	if err != nil || w.Stops[0].Problem.Code != another || w.Day != s.Day(1).String() {
		t.Fatalf("%+v %v", w.Round, err)
	}
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		b := s.as("complaint.supervisor", "市政府", view)
		b.Go(at + "/change")
		b.Shot("visit-change-" + name)
		b.Check()
	}
	if status, body := s.post(office, at+"/change", fmt.Sprintf("seen=2&day=%s&mode=walk&order=streets&problem=%s&why=x", s.Day(1), another)); status != http.StatusSeeOther {
		t.Fatal(status, body)
	}
	if err := s.Visits.See(s.Ctx(), s.Leader, visit.See{At: visit.At{Round: r.ID, Problem: code}, Found: visit.Met, Note: "带着旧路线去了"}); err != nil {
		t.Fatal(err)
	}
	status, body := s.ask(office, http.MethodGet, at, "")
	if status != http.StatusOK || !strings.Contains(body, "单独留着") || !strings.Contains(body, "看到 1 条") {
		t.Errorf("%d %s", status, body)
	}
	if status, body = s.ask(office, http.MethodGet, at+"/"+code, ""); status != http.StatusOK || !strings.Contains(body, "带着旧路线去了") {
		t.Errorf("%d %s", status, body)
	}
	if status, body = s.ask(office, http.MethodGet, "/complaints/problems/"+code, ""); status != http.StatusOK || !strings.Contains(body, "督办改动以后才送到") {
		t.Errorf("%d: the office is not told with the problem", status)
	}
	if status, body = s.ask(s.token("complaint.unit", "市医院"), http.MethodGet, "/complaints/problems/"+code, ""); status != http.StatusOK || strings.Contains(body, "带着旧路线去了") {
		t.Errorf("%d: the unit sees what is held", status)
	}
	if status, body = s.post(office, at+"/"+code+"/looked", "act=%zz"); status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
		t.Errorf("a form that cannot be read: %d %s", status, body)
	}
	if status, _ = s.post(lead, at+"/"+code+"/looked", "act=x"); status != http.StatusForbidden {
		t.Errorf("a supervisor says for the office that it looked: %d", status)
	}
	_, body = s.ask(office, http.MethodGet, at+"/"+code, "")
	_, id, has := strings.Cut(body, `name="act" value="`)
	id, _, _ = strings.Cut(id, `"`)
	if !has || !strings.Contains(body, "1 条都已核实") {
		t.Fatalf("the office has no button: %s", body)
	}
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		b := s.as("complaint.coordinator", "督察整改办", view)
		b.Go(at + "/" + code)
		b.Shot("visit-held-" + name)
		b.Check()
	}
	if status, body = s.post(office, at+"/"+code+"/looked", "act="+url.QueryEscape(id)); status != http.StatusSeeOther {
		t.Fatal(status, body)
	}
	if _, body = s.ask(office, http.MethodGet, at, ""); !strings.Contains(body, "都已核实") || !strings.Contains(body, at+"/"+code) {
		t.Errorf("the round asks still: %s", body)
	}
	if _, body = s.ask(office, http.MethodGet, "/complaints/problems/"+code, ""); !strings.Contains(body, "送到，已核实") {
		t.Errorf("the problem asks still: %s", body)
	}
	if status, body = s.post(office, at+"/"+code+"/looked", "act="+url.QueryEscape(id)); status != http.StatusConflict || !strings.Contains(body, "已经核实过") {
		t.Errorf("%d %s", status, body)
	}
	kept, err := s.Visits.Tell(s.Ctx(), s.Leader, visit.Tell{At: visit.At{Round: r.ID, Problem: code}, What: "今晚换密封条", Day: s.Day(0)})
	if err != nil {
		t.Fatal(err)
	}
	adopt := "/complaints/problems/" + code + "/add/adopt"
	if status, body = s.ask(office, http.MethodGet, "/complaints/problems/"+code, ""); !strings.Contains(body, adopt) {
		t.Errorf("%d: the page has no way to make a measure of it", status)
	}
	if status, body = s.ask(office, http.MethodGet, adopt+"?act="+url.QueryEscape(kept.Act), ""); status != http.StatusOK || !strings.Contains(body, "督办时的指令：今晚换密封条") {
		t.Errorf("%d %s", status, body)
	}
	form = "act=" + url.QueryEscape(kept.Act) + "&what=" + url.QueryEscape("今晚换密封条") + "&owner=" + url.QueryEscape("市医院")
	if status, body = s.post(office, adopt, form); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-day"`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body = s.post(office, adopt, form+"&day="+s.Day(4).String()); status != http.StatusSeeOther {
		t.Errorf("%d %s", status, body)
	}
	if status, body = s.ask(office, http.MethodGet, adopt+"?act="+url.QueryEscape(kept.Act), ""); status != http.StatusOK || !strings.Contains(body, "只能定一次") {
		t.Errorf("%d %s", status, body)
	}
	if status, body = s.ask(s.token("complaint.unit", "市医院"), http.MethodGet, "/complaints/problems/"+code, ""); !strings.Contains(body, "今晚换密封条") || strings.Contains(body, "改动以后才送到") {
		t.Errorf("%d: the unit is told that it does not see what it sees", status)
	}
	if status, body = s.post(lead, at+"/cancel", "seen=3&why="+url.QueryEscape("大雪封路")); status != http.StatusSeeOther {
		t.Fatal(status, body)
	}
	if status, body = s.ask(lead, http.MethodGet, at, ""); status != http.StatusOK || !strings.Contains(body, "已经取消") || !strings.Contains(body, "大雪封路") {
		t.Errorf("%d %s", status, body)
	}
	if status, body = s.ask(lead, http.MethodGet, "/complaints/visits?campaign=XN2023&of=all", ""); status != http.StatusOK || !strings.Contains(body, "已取消") {
		t.Errorf("%d %s", status, body)
	}
}
