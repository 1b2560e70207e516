package register_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

var (
	revisionField = regexp.MustCompile(`name="revision" value="(\d+)"`)
	changesField  = regexp.MustCompile(`name="changes" value="(\d+)"`)
)

// yes is the form of a preview, filled in.
func yes(t *testing.T, body, why string) url.Values {
	t.Helper()
	revision, changes := revisionField.FindStringSubmatch(body), changesField.FindStringSubmatch(body)
	if revision == nil || changes == nil {
		t.Fatalf("there is nothing to say yes to in %s", body)
	}
	return url.Values{"revision": {revision[1]}, "changes": {changes[1]}, "why": {why}}
}

// TestAnOfficeChangesMany: from the list to the preview, the yes, the act's page and its
// undoing, by plain forms; what others changed meanwhile is told, and what is refused
// comes back as it was typed.
func TestAnOfficeChangesMany(t *testing.T) {
	site := pagetest.TownSite(t)
	editor := pagetest.SignedIn(t, site, "station.office")
	_, list := pagetest.GetAs(t, editor, site+"/stations?q=T-")
	pagetest.WantInOrder(t, list, `name="q" value="T-"`, `name="all"`, `value="pause"`, `form="many" name="code" value="T-1"`)
	if _, list := pagetest.GetAs(t, pagetest.Stranger(t), site+"/stations"); strings.Contains(list, `form="many"`) {
		t.Error("the public is offered to change many")
	}
	reply, body := pagetest.GetAs(t, editor, site+"/stations/many/change?do=hours&code=T-1&code=T-2&code=NO")
	if reply.StatusCode != http.StatusOK || strings.Contains(body, `name="revision"`) {
		t.Errorf("hours that nobody said: %d", reply.StatusCode)
	}
	reply, body = pagetest.GetAs(t, editor, site+"/stations/many/change?do=hours&code=T-1&to=全天候吧")
	if reply.StatusCode != http.StatusUnprocessableEntity || strings.Contains(body, `name="revision"`) {
		t.Errorf("hours that cannot be read: %d", reply.StatusCode)
	}
	pagetest.WantInOrder(t, body, `id="e-to"`, "全天候吧")
	address := site + "/stations/many/change?do=hours&code=T-1&code=T-2&code=NO&to=" + url.QueryEscape("周一至周五 8:00-20:00")
	_, body = pagetest.GetAs(t, editor, address)
	pagetest.WantInOrder(t, body, "2 站的营业时间改成", "1 站", "已不在名册", "NO", "确认", "T-1", "T-2")
	form := yes(t, body, strings.Repeat("长", 300))
	a, back := pagetest.Send(t, editor, address, form)
	if a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("too long a reason: %s", a.Status)
	}
	pagetest.WantInOrder(t, back, `id="e-why"`, strings.Repeat("长", 300))
	// Somebody else is faster with one of them.
	if a, _ := pagetest.Send(t, editor, site+"/stations/T-1", url.Values{"version": {"1"}, "name": {"新名字"}, "services": {"hot_water"}}); a.StatusCode != http.StatusSeeOther {
		t.Fatalf("corrected: %s", a.Status)
	}
	form.Set("why", "夏令时间")
	a, _ = pagetest.Send(t, editor, address, form)
	act := a.Header.Get("Location")
	if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(act, "/stations/many/acts/") {
		t.Fatalf("said yes: %s %s", a.Status, act)
	}
	_, body = pagetest.GetAs(t, editor, site+act)
	pagetest.WantInOrder(t, body, "1 站的营业时间改成", "工会驿站办公室", "有 1 站没有改", "T-1", "撤销：把 1 站改回")
	a, _ = pagetest.Send(t, editor, site+act+"/undo", url.Values{})
	if a.StatusCode != http.StatusSeeOther {
		t.Errorf("undone: %s", a.Status)
	}
	_, body = pagetest.GetAs(t, editor, site+act)
	pagetest.WantInOrder(t, body, "已经撤销")
	if a, _ := pagetest.Send(t, editor, site+act+"/undo", url.Values{"why": {"再来"}}); a.StatusCode != http.StatusConflict {
		t.Errorf("undone twice: %s", a.Status)
	}
	if a, _ := pagetest.Send(t, editor, address, url.Values{}); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("yes to nothing: %s", a.Status)
	}
	if a, _ := pagetest.Send(t, pagetest.SignedIn(t, site, "station.planner"), address, form); a.StatusCode != http.StatusForbidden {
		t.Errorf("a planner: %s", a.Status)
	}
}

// TestAnAuditorReadsWhatWasChangedTogether: and undoes nothing; others are refused, and
// the part of the page that tells what goes on leads to the page when nothing does.
func TestAnAuditorReadsWhatWasChangedTogether(t *testing.T) {
	site := pagetest.TownSite(t)
	editor, auditor := pagetest.SignedIn(t, site, "station.office"), pagetest.SignedIn(t, site, right.Auditor)
	address := site + "/stations/many/change?do=pause&code=T-1"
	_, body := pagetest.GetAs(t, editor, address)
	a, _ := pagetest.Send(t, editor, address, yes(t, body, ""))
	act := a.Header.Get("Location")
	for _, path := range []string{"/stations/many/acts", act} {
		if a, _ := pagetest.GetAs(t, auditor, site+path); a.StatusCode != http.StatusOK {
			t.Errorf("the auditor at %s: %s", path, a.Status)
		}
		if a, _ := pagetest.GetAs(t, pagetest.SignedIn(t, site, "station.planner"), site+path); a.StatusCode != http.StatusForbidden {
			t.Errorf("a planner at %s: %s", path, a.Status)
		}
		if a, _ := pagetest.GetAs(t, pagetest.Stranger(t), site+path); a.StatusCode != http.StatusSeeOther {
			t.Errorf("a stranger at %s: %s", path, a.Status)
		}
	}
	_, body = pagetest.GetAs(t, auditor, site+act)
	pagetest.WantInOrder(t, body, "还有 1 站不在您负责的区划")
	if strings.Contains(body, "/undo") {
		t.Error("the auditor is offered to undo")
	}
	if a, body := pagetest.Send(t, auditor, site+act+"/undo", url.Values{}); a.StatusCode != http.StatusForbidden || strings.Contains(body, "staff：") {
		t.Errorf("the auditor undoes: %s", a.Status)
	}
	if a, _ := pagetest.GetAs(t, editor, site+"/stations/many/acts/now"); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/stations/many/acts" {
		t.Errorf("what goes on when nothing does: %s %s", a.Status, a.Header.Get("Location"))
	}
}

// TestAnOfficeChangesManyInABrowser does it at both widths, as pictures, too.
func TestAnOfficeChangesManyInABrowser(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, view)
			pagetest.SignIn(t, b, site, "station.office")
			b.Go("/stations")
			b.Shot("many-list-" + name)
			b.Check()
			b.Click(`[name="all"]`)
			b.Follow(`.many [value="hours"]`)
			b.Shot("many-asks-" + name)
			b.Type("#f-to", "周一至周五 8:30-18:30")
			b.Follow(`.filter .button`)
			b.Shot("many-preview-" + name)
			b.Check()
			b.Type("#f-why", "夏令时间")
			b.Follow(`.many-yes .button-main`)
			b.Shot("many-done-" + name)
			b.Check()
			b.Follow(`form[action$="/undo"] .button`)
			if h := b.Text("h1"); !strings.Contains(h, "改回") {
				t.Errorf("undoing says “%s” at %s", h, b.Path())
			}
			b.Go("/stations/many/acts")
			b.Shot("many-acts-" + name)
			b.Check()
		})
	}
}
