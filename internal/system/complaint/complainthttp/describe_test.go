package complainthttp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// The office says where a problem is, on the map or in figures; what cannot be read comes back at its field, who was
// overtaken sees what is kept, and a unit is not asked.
func TestAProblemIsPutInItsPlace(t *testing.T) {
	s := serve(t)
	at := problem.At(code) + "/add/describe"
	office, unit := s.token("complaint.coordinator", "督察整改办"), s.token("complaint.unit", "市医院")
	p := s.Look(code)
	f := url.Values{
		"seen": {p.ChangedAt.UTC().Format(time.RFC3339Nano)}, "title": {p.Title}, "site": {"市医院后院"}, "division": {"城西区"}, "kind": {"water", "air"},
		"lat": {"36.617"}, "lon": {"east"}, "usc": {"91350100M000100Y44"},
	}
	with := func(name, value string) string { f.Set(name, value); return f.Encode() }
	status, body := s.post(office, at, f.Encode())
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-lon"`) || !strings.Contains(body, `value="east"`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body = s.post(office, at, with("lon", "101.778")); status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="e-usc"`) {
		t.Errorf("%d %s", status, body)
	}
	if status, _ = s.post(unit, at, with("usc", "91350100m000100y43")); status != http.StatusForbidden {
		t.Errorf("a unit says where it is: %d", status)
	}
	if status, body = s.post(office, at, f.Encode()); status != http.StatusSeeOther {
		t.Fatal(status, body)
	}
	p = s.Look(code)
	if p.Lat == nil || *p.Lat != 36.617 || *p.Lon != 101.778 || p.USC != "91350100M000100Y43" || p.Site != "市医院后院" || len(p.KindList()) != 2 {
		t.Errorf("%+v", p)
	}
	status, body = s.post(office, at, with("site", "市医院东门")) // as it was seen before
	if status != http.StatusConflict || !strings.Contains(body, "刚被别人改过") || !strings.Contains(body, "市医院东门") || !strings.Contains(body, "现在存着的") || s.Look(code).Site != "市医院后院" {
		t.Errorf("%d %s", status, body)
	}

	b := s.as("complaint.coordinator", "督察整改办", webtest.Phone)
	b.Go(problem.At(code))
	b.Follow(`a[href$="/add/describe"]`)
	b.WaitMap()
	b.Shot("problem-place-phone")
	b.Check()
	b.Click(`[data-place-drop]`)
	b.Wait(`document.querySelector('#f-lat').value === ''`)
	b.Tap(".map-canvas canvas", 0.4, 0.4)
	b.Wait(`document.querySelector('#f-lat').value !== '' && !document.querySelector('[data-place-says]').hidden`)
	b.Resize(webtest.Desk.Width, webtest.Desk.Height)
	b.WaitMap()
	b.Shot("problem-place-desk")
	b.Check()
	b.Follow(send)
	if moved := s.Look(code); moved.Lat == nil || *moved.Lat == 36.617 || moved.Site != "市医院后院" {
		t.Errorf("%+v", moved)
	}
}
