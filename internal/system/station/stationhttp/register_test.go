package stationhttp_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/xiadu/xiadu/internal/web/webtest"
)

// An office sorts by when stations were checked, and turns the page, with the
// keyboard alone; the filter keeps the order and the order keeps the filter.
func TestOfficeSortsTheRegister(t *testing.T) {
	site := demoSite(t, monday)
	b := webtest.Open(t, site, webtest.Desk)
	b.Go("/stations?brand=union")
	if got := webtest.Eval[string](b, `[...document.querySelectorAll('[aria-sort]')].map((h) => h.ariaSort).join()`); got != "ascending,none,none,none,none" {
		t.Errorf("the headings say %q", got)
	}
	heading := func(name string) {
		t.Helper()
		webtest.Eval[bool](b, `document.querySelector('.filter .button').focus() ?? true`)
		for range 12 {
			b.Press(kb.Tab)
			if webtest.Eval[bool](b, `document.activeElement.matches('.sort') && document.activeElement.textContent.trim() === '`+name+`'`) {
				b.Press(kb.Enter)
				return
			}
		}
		t.Fatalf("twelve steps of the keyboard lead to no heading %s", name)
	}
	dates := func() []string {
		t.Helper()
		return strings.Split(webtest.Eval[string](b, `[...document.querySelectorAll('.register tbody td:last-child')].map((c) => c.textContent.trim()).join()`), ",")
	}
	heading("核实")
	b.Wait(`location.search.includes('sort=checked') && document.querySelector('th:last-child[aria-sort=ascending]')`)
	first := dates()
	heading("核实")
	b.Wait(`location.search.includes('sort=-checked') && document.querySelector('th:last-child[aria-sort=descending]')`)
	last := dates()
	if first[0] >= first[len(first)-1] || first[0] >= last[0] || last[len(last)-1] >= last[0] {
		t.Errorf("oldest first %q, latest first %q", first, last)
	}
	if path := b.Path(); !strings.Contains(path, "brand=union") {
		t.Errorf("the order lost the filter: %s", path)
	}
	b.Follow(".filter .button-main")
	if path := b.Path(); !strings.Contains(path, "sort=-checked") || !strings.Contains(path, "brand=union") {
		t.Errorf("the filter lost the order: %s", path)
	}
	b.Check()
}
