package register_test

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
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

var (
	inputTag  = regexp.MustCompile(`<input [^>]*>`)
	selectTag = regexp.MustCompile(`(?s)<select [^>]*name="([^"]*)".*?</select>`)
	chosenTag = regexp.MustCompile(`<option value="([^"]*)"[^>]* selected`)
	nameOf    = regexp.MustCompile(` name="([^"]*)"`)
	valueOf   = regexp.MustCompile(` value="([^"]*)"`)
)

// filled is the form of an editor as a browser would send it.
func filled(t *testing.T, body string) url.Values {
	t.Helper()
	_, body, ok := strings.Cut(body, `<form class="stack station-edit"`)
	if !ok {
		t.Fatalf("there is no form in %s", body)
	}
	body, _, _ = strings.Cut(body, "</form>")
	form := url.Values{}
	for _, tag := range inputTag.FindAllString(body, -1) {
		name, value := nameOf.FindStringSubmatch(tag), valueOf.FindStringSubmatch(tag)
		if name == nil || strings.Contains(tag, `type="checkbox"`) && !strings.Contains(tag, " checked") {
			continue
		}
		form.Add(name[1], html.UnescapeString(append(value, "", "")[1]))
	}
	for _, menu := range selectTag.FindAllStringSubmatch(body, -1) {
		if chosen := chosenTag.FindStringSubmatch(menu[0]); chosen != nil {
			form.Set(menu[1], chosen[1])
		}
	}
	return form
}

// TestTwoEditorsMeet: who saves second gets the other's fields where they left them, and
// only what both changed is a clash, in words; saving again takes nothing else back.
func TestTwoEditorsMeet(t *testing.T) {
	site := pagetest.TownSite(t)
	editor := pagetest.SignedIn(t, site, "station.office")
	_, page := pagetest.GetAs(t, editor, site+"/stations/T-1/edit")
	form := filled(t, page)
	first, second := maps.Clone(form), maps.Clone(form)
	first.Set("hours", "24小时")
	first.Set("status", "paused")
	first.Set("host", "第一人的单位")
	if a, body := pagetest.Send(t, editor, site+"/stations/T-1", first); a.StatusCode != http.StatusSeeOther {
		t.Fatal(a.Status, body)
	}
	second.Set("name", "第二人的名")
	second.Set("status", "candidate")
	second.Set("source", "第二人的来源")
	a, body := pagetest.Send(t, editor, site+"/stations/T-1", second)
	if a.StatusCode != http.StatusConflict {
		t.Errorf("the second: %s", a.Status)
	}
	list := body[strings.Index(body, "刚被别人改过"):strings.Index(body, "<form class=\"stack station-edit\"")]
	pagetest.WantInOrder(t, list, "状态", "现在是", "暂停", "您填的是", "候选")
	if strings.Count(list, "<li>") != 1 || strings.Contains(list, "paused") || strings.Contains(list, "candidate") {
		t.Errorf("the clashes are %s", list)
	}
	if a, body := pagetest.Send(t, editor, site+"/stations/T-1", filled(t, body)); a.StatusCode != http.StatusSeeOther {
		t.Fatal(a.Status, body)
	}
	_, page = pagetest.GetAs(t, editor, site+"/stations/T-1/edit")
	now := filled(t, page)
	for name, want := range map[string]string{"hours": "全天24小时", "host": "第一人的单位", "name": "第二人的名", "status": "candidate", "source": "第二人的来源"} {
		if now.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, now.Get(name), want)
		}
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

// TestWhatAnEditorTypesIsKept: a reload in the middle loses nothing, what was dropped or saved does not come
// back, and nobody finds it after a sign-out.
func TestWhatAnEditorTypesIsKept(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	edit := "/stations/" + pagetest.DemoStation(t) + "/edit"
	b := webtest.Open(t, site, webtest.Phone)
	pagetest.SignIn(t, b, site, "station.office")
	b.Go(edit)
	value := func(field string) string { return webtest.Eval[string](b, `document.querySelector('`+field+`').value`) }
	hours := value("#f-hours")
	back := `!document.querySelector('[data-draft]').hidden`
	kept := `Object.keys(sessionStorage).some((k) => k.startsWith('draft '))`
	b.Type("#f-hours", "周一至周五 8:30-18:30")
	b.Type("#f-why", "门上的时间换了")
	b.Wait(kept)
	b.Go("/stations")
	b.Go(edit)
	b.Wait(back)
	b.Shot("draft-phone")
	b.Check()
	if value("#f-hours") != "周一至周五 8:30-18:30" || value("#f-why") != "门上的时间换了" {
		t.Errorf("what was typed came back as %q and %q", value("#f-hours"), value("#f-why"))
	}
	b.Click("[data-draft-drop]")
	if value("#f-hours") != hours || value("#f-why") != "" {
		t.Errorf("dropped, and the form has %q", value("#f-hours"))
	}
	b.Type("#f-hours", "周一至周五 8:30-18:30")
	b.Follow(`.station-edit .button-main`)
	b.Wait(`!(` + kept + `)`)
	b.Go(edit)
	b.Type("#f-why", "还没写完")
	b.Wait(kept)
	b.Go("/me/account")
	b.Follow(`form[action="/sign-out"] button`)
	if webtest.Eval[bool](b, kept) {
		t.Error("somebody else finds what was typed")
	}
}
