package stationhttp_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// a4 is what a sheet has within its margins, 178 by 269 mm at 96 dots an inch.
var a4 = webtest.View{Width: 673, Height: 1016, Print: true, NoScript: true}

// overlaps says what lies over something else on the sheet, beyond it, or is cut off.
const overlaps = `(() => {
	const out = [], box = (e) => e.getBoundingClientRect(), sheet = document.querySelector('.onepage');
	const meet = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
	for (const group of ['.onepage > *', '.op-head > *', '.op-numbers > *', '.op-map', '.op-foot > *', '.op-foot dl > div', '.op-key > li']) {
		const all = [...document.querySelectorAll(group)];
		all.forEach((a, i) => all.slice(i + 1).forEach((b) => meet(box(a), box(b)) && out.push(group + ': ' + a.textContent.slice(0, 20) + ' / ' + b.textContent.slice(0, 20))));
	}
	for (const map of document.querySelectorAll('.op-drawing')) {
		if (box(map).height < 200) out.push('a map is ' + box(map).height + ' high');
		const names = [...map.querySelectorAll('.op-name')];
		names.forEach((a, i) => names.slice(i + 1).forEach((b) => meet(box(a), box(b)) && out.push('names: ' + a.textContent + ' / ' + b.textContent)));
	}
	for (const e of document.querySelectorAll('.onepage *:not(svg, svg *, .sr)')) {
		const r = box(e), s = box(sheet);
		if (r.width > 1 && (r.right > s.right + 1 || r.bottom > s.bottom + 1 || r.left < s.left - 1)) out.push('beyond: ' + e.className + ' ' + e.textContent.slice(0, 20));
		if (getComputedStyle(e).display !== 'inline' && e.scrollWidth > e.clientWidth + 1 && !e.closest('.clock')) out.push('cut: ' + e.className + ' ' + e.textContent.slice(0, 20));
	}
	if (sheet.scrollHeight > sheet.clientHeight + 1) out.push('the sheet holds ' + sheet.scrollHeight + ' and has ' + sheet.clientHeight);
	return out.join('\n');
})()`

// TestOnePage: coverage, plan, siting and clock print as one sheet that stands for itself,
// and what is long follows from the second on.
func TestOnePage(t *testing.T) {
	site, _ := pagetest.CandidateSite(t)
	station := pagetest.DemoStation(t)
	plan, _ := pagetest.Send(t, pagetest.Planner(t, site), site+"/plans", url.Values{
		"name": {"周末银行关门，夜里加一站：给区工会的会上看"}, "changes": {"close " + station + "\nopen 101.785,36.625 \"夜里的新站\" 24/7\npause brand:icbc Sa,Su"},
		"at": {"2026-11-23T12:00"},
	})
	siting, _ := pagetest.Send(t, noFollow, site+"/siting", url.Values{"goal": {"most"}, "sites": {"12"}})
	sited := siting.Header.Get("Location")
	for range 600 {
		if strings.Contains(pagetest.Page(t, site+sited), `class="onepage"`) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	job, _, _ := strings.Cut(sited, "?")
	kept, _ := pagetest.Send(t, pagetest.Planner(t, site), site+job+"/plan", url.Values{})
	for name, c := range map[string]struct {
		path  string
		maps  int
		annex bool
	}{
		"coverage": {"/coverage?at=2026-11-23T22:00", 1, false},
		"clock":    {"/coverage/clock", 0, false},
		"plan":     {strings.Split(plan.Header.Get("Location"), "?")[0], 2, true},
		"siting":   {sited, 2, true},
		"sited":    {kept.Header.Get("Location"), 2, true},
	} {
		for _, l := range []string{"zh", "en"} {
			t.Run(name+" "+l, func(t *testing.T) {
				b := webtest.Open(t, site, a4)
				b.Go(c.path + sep(c.path) + "lang=" + l + "&large=1")
				if wrong := webtest.Eval[string](b, overlaps); wrong != "" {
					t.Error(wrong)
				}
				if n := b.Count(".op-drawing"); n != c.maps {
					t.Errorf("%d maps", n)
				}
				if n := b.Count(".op-map:last-child .op-name"); c.maps > 0 && n < 5 {
					t.Errorf("%d names on the map", n)
				}
				if b.Count(".op-number") != 3 || b.Text(".op-head .op-title") == "" || b.Count(".op-code path") != 1 {
					t.Error("the headline, three numbers or the code are missing")
				}
				foot := b.Text(".op-foot")
				for _, want := range []string{"demo-1", "http://127.0.0.1", map[string]string{"zh": "数据指纹", "en": "Fingerprint"}[l]} {
					if !strings.Contains(foot, want) {
						t.Errorf("the foot has no %s: %s", want, foot)
					}
				}
				if seen := webtest.Eval[string](b, `[...document.querySelectorAll('main > *, body > *')].filter((e) => e.offsetHeight && !e.matches('main, .onepage, .op-annex')).map((e) => e.className).join()`); seen != "" {
					t.Errorf("beside the sheet there is %s", seen)
				}
				sheets := b.Paper(name + "-" + l)
				if c.annex && sheets < 2 || !c.annex && sheets != 1 {
					t.Errorf("it takes %d sheets", sheets)
				}
				if c.annex {
					// The first page without its annex is one page.
					webtest.Eval[bool](b, `document.querySelectorAll('.op-annex').forEach((e) => e.remove()) === undefined`)
					if n := b.Paper(name + "-" + l + "-first"); n != 1 {
						t.Errorf("without its annex it takes %d sheets", n)
					}
				}
			})
		}
	}
}

var noFollow = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func sep(path string) string {
	if strings.Contains(path, "?") {
		return "&"
	}
	return "?"
}
