package register_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// TestAnEditorsFormComesBack: what cannot be saved comes back as it was typed, with what
// is wrong at its field; who may not edit is led to sign in, or told so.
func TestAnEditorsFormComesBack(t *testing.T) {
	site := pagetest.TownSite(t)
	editor := pagetest.SignedIn(t, site, "station.office")
	sent := url.Values{"version": {"1"}, "name": {"新<名"}, "hours": {"全天候吧"}, "lon": {"东边"}, "services": {"hot_water"}, "why": {"来电"}}
	a, body := pagetest.Send(t, editor, site+"/stations/T-1", sent)
	if a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("%s", a.Status)
	}
	pagetest.WantInOrder(t, body, "还没有保存", "新&lt;名", `id="e-hours"`, "全天候吧", `id="e-lon"`, "东边", "来电")
	a, body = pagetest.Send(t, editor, site+"/stations/T-1", url.Values{"version": {"x"}})
	if a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no version: %s %s", a.Status, body)
	}
	sent.Set("hours", "24小时")
	sent.Set("lon", "101.77")
	a, body = pagetest.Send(t, pagetest.Stranger(t), site+"/stations/T-1", sent)
	if a.StatusCode != http.StatusForbidden {
		t.Errorf("a stranger: %s", a.Status)
	}
	pagetest.WantInOrder(t, body, "新&lt;名", "来电", "请先登录")
	a, _ = pagetest.Send(t, editor, site+"/stations/T-1", sent)
	if a.StatusCode != http.StatusSeeOther {
		t.Errorf("saved: %s", a.Status)
	}
	if a, _ := pagetest.Send(t, editor, site+"/stations/NO", sent); a.StatusCode != http.StatusNotFound {
		t.Errorf("no station: %s", a.Status)
	}
}

// TestAnEditorChangesAStationInABrowser does it at both widths.
func TestAnEditorChangesAStationInABrowser(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	code := pagetest.DemoStation(t)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, view)
			pagetest.SignIn(t, b, site, "station.office")
			b.Shot("me-" + name)
			b.Go("/stations/" + code)
			b.WaitMap()
			b.Follow(`a[href$="/edit"]`)
			b.Shot("edit-" + name)
			b.Check()
			b.Type("#f-hours", "周一至周五 8:30-18:30")
			b.Type("#f-why", "门上的时间换了")
			b.Follow(`form .button-main`)
			if done := b.Text(".notice-title"); !strings.Contains(done, "已保存") {
				t.Errorf("saving says “%s” at %s", done, b.Path())
			}
			b.WaitMap()
			b.Shot("edited-" + name)
			b.Check()
		})
	}
}
