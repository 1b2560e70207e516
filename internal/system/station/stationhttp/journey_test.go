package stationhttp_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// TestWorkerFindsAStationAndTheWay: a courier in the cold, at 19:40, with one
// thumb. Shared stations of banks are shut; the answer is one that is open on
// arrival, and the next page shows the way.
func TestWorkerFindsAStationAndTheWay(t *testing.T) {
	site := pagetest.DemoSite(t, time.Date(2026, 11, 23, 19, 40, 0, 0, calendar.China))
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, view)
			b.Stand(pagetest.TheCross.Lon, pagetest.TheCross.Lat)
			b.Go("/find")
			b.Click(`.chip:has(input[value="hot_water"])`)
			b.Follow(`[data-locate]`)
			if at := b.Path(); !strings.Contains(at, "lat=36.619") || !strings.Contains(at, "need=hot_water") {
				t.Fatal("the position or the need is not in ", at)
			}
			first := b.Text(".card .card-answer")
			if !strings.HasPrefix(first, "走 ") || !strings.Contains(first, "有热水") || !strings.Contains(first, "营业到") && !strings.Contains(first, "昼夜都开") {
				t.Errorf("the first answer is “%s”", first)
			}
			b.WaitMap()
			b.Check()
			b.Follow(".card .button-main")
			if legs := b.Count(".legs li"); legs < 2 {
				t.Errorf("the way has %d legs", legs)
			}
			if state := b.Text(".station-state"); !strings.Contains(state, "现在开着") {
				t.Errorf("the station says “%s”", state)
			}
			b.WaitMap()
			b.Shot("journey-worker-" + name)
			b.Check()
		})
	}
}

// TestWorkerTypesALandmark: position refused, no matter. The map is tapped too.
func TestWorkerTypesALandmark(t *testing.T) {
	b := webtest.Open(t, pagetest.DemoSite(t, pagetest.Monday), webtest.Desk)
	b.Go("/find")
	b.Type("#f-q", "大十字")
	b.Press(kb.Enter)
	b.Wait(`location.search.includes('q=') && document.readyState === 'complete'`)
	if b.Count("#choices") > 0 {
		b.Follow(".links a")
	}
	if asked := b.Text(".asked"); !strings.Contains(asked, "从大十字") {
		t.Errorf("the page says “%s”", asked)
	}
	b.WaitMap()
	b.Tap(".map-canvas", 0.2, 0.2)
	b.Wait(`document.readyState === 'complete' && document.querySelector('.asked').textContent.includes('从您的位置')`)
	b.Check()
}

// TestListWithoutScripts: an old phone. The list is complete, small, and its
// links lead on.
func TestListWithoutScripts(t *testing.T) {
	view := webtest.Phone
	view.NoScript = true
	b := webtest.Open(t, pagetest.DemoSite(t, pagetest.Monday), view)
	b.Go("/find?lat=36.6197&lon=101.7780&need=toilet")
	if n := b.Count(".card"); n != 8 {
		t.Errorf("%d answers, not 8", n)
	}
	const most = 100 << 10
	if n := b.Transferred(); n == 0 || n > most {
		t.Errorf("the first view takes %d bytes, more than %d", n, most)
	}
	b.Follow(".card-name a")
	if b.Count(".legs li") < 2 {
		t.Error("the way is not in words")
	}
}

// An office page begins with its answer: on a phone the large figure is on the first
// screen, on a desk the map too, or the first stations of the register.
func TestOfficePagesBeginWithTheAnswer(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	for _, c := range []struct {
		path, selector string
		phone, desk    float64 // the lowest that it may begin or, for a figure, end
	}{
		{"/coverage", ".figure-number", 350, 350},
		{"/coverage", ".map-canvas", 0, 600},
		{"/coverage?lang=en", ".figure-number", 420, 350}, // its navigation takes two lines
		{"/stations", ".register-total", 350, 350},
		{"/stations", ".register tbody tr", 0, 600},
	} {
		for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
			most := map[string]float64{"phone": c.phone, "desk": c.desk}[name]
			if most == 0 {
				continue
			}
			b := webtest.Open(t, site, view)
			b.Go(c.path)
			edge := map[bool]string{true: "bottom", false: "top"}[c.selector == ".figure-number"]
			if y := webtest.Eval[float64](b, `document.querySelector('`+c.selector+`').getBoundingClientRect().`+edge); y > most {
				t.Errorf("%s on a %s: the %s of %s is at %.0f, below %.0f", c.path, name, edge, c.selector, y, most)
			}
			b.Shot("answer" + strings.ReplaceAll(strings.TrimSuffix(c.path, "?lang=en"), "/find", "-") + "-" + name)
		}
	}
}

// TestPlannerReadsTwoHours: by day most people have a station, at night few.
func TestPlannerReadsTwoHours(t *testing.T) {
	site := pagetest.DemoSite(t, pagetest.Monday)
	for name, view := range map[string]webtest.View{"phone": webtest.Phone, "desk": webtest.Desk} {
		t.Run(name, func(t *testing.T) {
			b := webtest.Open(t, site, view)
			b.Go("/coverage")
			day := b.Text(".figure-number")
			b.WaitMap()
			b.Check()
			b.Follow(`.hours a[href*="22%3A00"]`)
			night := b.Text(".figure-number")
			if day == night || !strings.Contains(b.Text(".lead"), "22:00") {
				t.Errorf("by day %s, at night %s", day, night)
			}
			b.Click(".how summary")
			if how := b.Text(".how-in"); !strings.Contains(how, "拿走数据自己算一遍") || !strings.Contains(how, "500 米") {
				t.Errorf("the method says “%s”", how)
			}
			b.WaitMap()
			b.Shot("journey-planner-" + name)
			b.Check()
		})
	}
}

// TestOfficeUsesTheRegisterByKeyboard: search, filter, next page, export link.
func TestOfficeUsesTheRegisterByKeyboard(t *testing.T) {
	b := webtest.Open(t, pagetest.DemoSite(t, pagetest.Monday), webtest.Desk)
	b.Go("/stations")
	b.Type("#f-q", "银行")
	b.Press(kb.Enter)
	b.Wait(`location.search.includes('q=') && document.readyState === 'complete'`)
	shown := webtest.Eval[string](b, `document.querySelector('.register-total').textContent`)
	if shown == "208 站" {
		t.Error("the search did not narrow the list")
	}
	if href := webtest.Eval[string](b, `document.querySelector('.register-acts a').getAttribute('href')`); !strings.Contains(href, "q=%E9%93%B6%E8%A1%8C") {
		t.Errorf("the export has another filter: %s", href)
	}
	b.Check()
}
