package plans_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// TestAPlannerSavesAPlanAndSharesIt: who has not signed in loses nothing of what they
// typed, signs in in another window, and saves; the link opens in another browser, in
// which nobody is signed in.
func TestAPlannerSavesAPlanAndSharesIt(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, view)
			b.Go(pagetest.TrialAt("/whatif", "pause brand:icbc Sa,Su", "close "+pagetest.AloneStation(t).Code))
			b.WaitMap()
			b.Follow(`a[href^="/plans/new"]`)
			b.Type("#f-name", "周末银行关门")
			b.Click("#f-note")
			b.Press("给区工会的会上看")
			b.Follow(`form[action="/plans"] .button-main`)
			if wrong := b.Text(".wrong"); !strings.Contains(wrong, "请先登录") {
				t.Errorf("not signed in: “%s”", wrong)
			}
			if kept := webtest.Eval[string](b, `document.querySelector('#f-note').value`); kept != "给区工会的会上看" {
				t.Errorf("the note is “%s”", kept)
			}
			b.Shot("plan-sign-in-first-" + name)
			b.Forget() // the refusal is an error on the console
			b.Check()
			b.SetCookie("session", pagetest.Office(t, site).SignIn("station.planner")) // as the other window did
			b.Follow(`form[action="/plans"] .button-main`)
			b.WaitMap()
			if done := b.Text(".notice-title"); !strings.Contains(done, "已保存") {
				t.Errorf("after saving the page says “%s” at %s", done, b.Path())
			}
			b.Check()
			path, _, _ := strings.Cut(b.Path(), "?")
			other := webtest.Open(t, site, view)
			other.Go(path)
			other.WaitMap()
			if title := other.Text("h1"); title != "周末银行关门" {
				t.Errorf("elsewhere the page says “%s”", title)
			}
			if !webtest.Eval[bool](other, `document.querySelector('.trial .table').getBoundingClientRect().top < document.querySelector('.map').getBoundingClientRect().top + 1 || innerWidth > 1000`) {
				t.Errorf("on a %s the map comes before the figures", name)
			}
			if out := webtest.Eval[string](other, `[...document.querySelectorAll('.plan-acts .button')].filter(b => { const r = b.getBoundingClientRect(); return r.left < 0 || r.right > innerWidth }).map(b => b.textContent.trim()).join(' ')`); out != "" {
				t.Errorf("on a %s some buttons are off the screen: %s", name, out)
			}
			other.Shot("plan-" + name)
			other.Check()
			other.Go("/plans")
			other.Shot("plans-" + name)
			other.Check()
		})
	}
}
