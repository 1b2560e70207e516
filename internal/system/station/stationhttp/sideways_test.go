package stationhttp_test

import (
	"fmt"
	"testing"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// sideways tries to scroll to the right as far as it goes, and says how far that was, how
// wide the page is, and what stands out.
const sideways = `(async () => {
	const wide = document.documentElement.scrollWidth;
	scrollTo(10000, 0);
	await new Promise(requestAnimationFrame);
	const at = scrollX;
	scrollTo(0, 0);
	if (wide <= %[1]d && innerWidth <= %[1]d && at === 0) return '';
	const inner = (e) => { for (let p = e.parentElement; p; p = p.parentElement) if (p !== document.body && p !== document.documentElement && getComputedStyle(p).overflowX !== 'visible') return true; return false; };
	const out = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > %[1]d + 0.5 && !inner(e));
	return wide + ' px wide, scrolls by ' + at + ': ' + out.slice(-3).map((e) => e.outerHTML.slice(0, 140).replace(/\s+/g, ' ')).join(' | ');
})()`

// No page moves sideways under the thumb, on the narrowest phones, in any language and
// with large type: what is wider than the page slides in its own frame.
func TestNoPageScrollsSideways(t *testing.T) {
	site, _ := pagetest.CandidateSite(t)
	code := pagetest.DemoStation(t)
	change := "?c=close+" + code
	pages := []string{
		"/find", "/find?" + pagetest.At(0, 0), "/stations/" + code, "/stations", "/stations?status=candidate", "/coverage", "/coverage/clock", "/coverage/circle",
		"/areas", "/areas/KA-01", "/whatif", "/whatif" + change, "/siting", "/siting?goal=fewest", "/plans", "/plans/new" + change,
	}
	for _, set := range []string{"lang=zh&large=0", "lang=en&large=0", "lang=zh&large=1", "lang=en&large=1"} {
		t.Run(set, func(t *testing.T) {
			b := webtest.Open(t, site, webtest.View{Width: 390, Height: 844, NoWebGL: true})
			b.Go("/find?" + set)
			for _, page := range pages {
				b.Go(page)
				for _, width := range []int64{390, 320} {
					b.Resize(width, 844)
					if wide := webtest.Eval[string](b, fmt.Sprintf(sideways, width)); wide != "" {
						t.Errorf("%s at %d: %s", page, width, wide)
					}
				}
			}
		})
	}
}
