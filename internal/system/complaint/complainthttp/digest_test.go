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

// On a problem's own page, too, who assigns it writes the digests that its letters lack, or has them proposed.
func TestAssigningAsksForDigests(t *testing.T) {
	s := serve(t)
	office := s.token("complaint.coordinator", "督察整改办")
	p := s.Look(code)
	l := s.LettersOf(p)[0]
	at, field := problem.At(code)+"/do/assign", problem.DigestField(l.ID)
	form := fmt.Sprintf("seen=%d&lead=%s", p.Version, url.QueryEscape("市医院"))
	status, body := s.post(office, at, form)
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-`+field+`"`) || !strings.Contains(body, "还没有摘要") {
		t.Errorf("%d %s", status, body)
	}
	status, body = s.post(office, at, form+"&propose=1")
	if status != http.StatusOK || !strings.Contains(body, "异味扰民") || s.Look(code).Stage != complaint.Received {
		t.Errorf("%d %s", status, body)
	}
	if status, _ = s.post(office, at, form+"&"+field+"="+url.QueryEscape("医疗废物暂存间异味")); status != http.StatusSeeOther {
		t.Error(status)
	}
	if p := s.Look(code); p.Stage != complaint.Assigned || s.LettersOf(p)[0].Digest != "医疗废物暂存间异味" {
		t.Errorf("%+v", p)
	}
	status, body = s.ask(s.token("complaint.unit", "市医院"), http.MethodGet, problem.At(code), "")
	if status != http.StatusOK || strings.Contains(body, "异味扰民") {
		t.Errorf("%d: the unit sees the letter", status)
	}
}
