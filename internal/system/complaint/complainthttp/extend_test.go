package complainthttp_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// A unit asks for more time on a measure, somebody of the office approves, and the page says who, when and why.
func TestMoreTimeForAMeasure(t *testing.T) {
	s := serve(t)
	p := s.Handed(code, 95)
	m, err := s.Problems.AddMeasure(s.Ctx(), s.Unit, problem.NewMeasure{Problem: p.ID, What: "加盖密闭，装除臭设备", Day: s.Day(10)})
	if err != nil {
		t.Fatal(err)
	}
	at := problem.At(code) + "/measures/1"
	unit, office := s.token("complaint.unit", "市医院"), s.token("complaint.coordinator", "督察整改办")
	form := fmt.Sprintf("seen=%d&day=%s", m.Version, s.Day(20))
	if status, body := s.post(unit, at+"/extend", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-why"`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body := s.post(unit, at+"/extend", form+"&why="+url.QueryEscape("设备没到货")); status != http.StatusSeeOther {
		t.Fatal(status, body)
	}
	if status, body := s.post(unit, at+"/approve", fmt.Sprintf("seen=%d&grant=yes", m.Version)); status != http.StatusForbidden {
		t.Errorf("the unit approves itself: %d %s", status, body)
	}
	if status, body := s.ask(office, http.MethodGet, problem.At(code), ""); status != http.StatusOK || !strings.Contains(body, "等协调单位的另一个人批") || !strings.Contains(body, at+"/approve") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := s.ask(office, http.MethodGet, at+"/approve", ""); status != http.StatusOK || !strings.Contains(body, "市医院提出从") || !strings.Contains(body, "设备没到货") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := s.post(office, at+"/approve", fmt.Sprintf("seen=%d", m.Version)); status != http.StatusUnprocessableEntity || !strings.Contains(body, "请选批准还是不批") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := s.post(office, at+"/approve", fmt.Sprintf("seen=%d&grant=yes", m.Version)); status != http.StatusSeeOther {
		t.Fatal(status, body)
	}
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		b := s.as("complaint.unit", "市医院", view)
		b.Go(problem.At(code))
		b.Click("#measures details summary")
		b.Shot("measure-extended-" + name)
		b.Check()
		if text := b.Text("#measures"); !strings.Contains(text, "延长10日，市医院提出，督察整改办批准：设备没到货") || !strings.Contains(text, s.Day(20).String()) {
			t.Errorf("the page says %s", text)
		}
	}
}
