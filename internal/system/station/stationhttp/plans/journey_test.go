package plans_test

import (
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// TestOperatorSavesAPlanAndSharesIt: wrong token, then the right one; the link
// opens in another browser, which knows no token.
func TestOperatorSavesAPlanAndSharesIt(t *testing.T) {
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
			b.Type("#f-token", "not-the-token")
			b.Follow(`form[action="/plans"] .button-main`)
			if wrong := b.Text(".wrong"); !strings.Contains(wrong, "口令不对") {
				t.Errorf("a wrong token: “%s”", wrong)
			}
			if kept := webtest.Eval[string](b, `document.querySelector('#f-note').value`); kept != "给区工会的会上看" {
				t.Errorf("the note is “%s”", kept)
			}
			b.Shot("plan-wrong-token-" + name)
			b.Forget() // the refusal is an error on the console
			b.Check()
			b.Type("#f-token", pagetest.DemoToken)
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
			other.Shot("plan-" + name)
			other.Check()
			other.Go("/plans")
			other.Shot("plans-" + name)
			other.Check()
			other.Go("/operator")
			other.Shot("operator-" + name)
			other.Check()
		})
	}
}
