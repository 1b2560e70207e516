package finder_test

import (
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/pagetest"
	"github.com/xiadu/xiadu/internal/web/webtest"
)

// TestAnswerStaysWithoutANetwork: a courier asks at the door, walks into a cellar
// where there is no signal, and still has the answer, with the hour that it is of.
func TestAnswerStaysWithoutANetwork(t *testing.T) {
	line := webtest.NewLine(t, pagetest.DemoSite(t, time.Date(2026, 11, 23, 19, 40, 0, 0, calendar.China)))
	b := webtest.Open(t, line.URL, webtest.Phone)
	const asked = "/find?lat=36.61970&lon=101.77800&need=hot_water"
	b.Go(asked)
	b.WaitMap()
	b.Wait(`navigator.serviceWorker.controller`)
	b.Wait(kept("/find", "need=hot_water"))
	first := b.Text(".card .card-answer")
	b.Follow(".card .button-main")
	b.Wait(kept("/stations/", "lat="))
	b.WaitMap()
	station := b.Text("h1")
	b.Check()

	line.Cut()
	b.Go(asked)
	if text := b.Text(".card .card-answer"); text != first {
		t.Errorf("without a network the answer is %q, not %q", text, first)
	}
	if says := b.Text("[data-offline]"); !strings.Contains(says, "没有网络。这一页是 ") || !strings.Contains(says, "月") || !strings.Contains(says, ":") {
		t.Errorf("the page says %q", says)
	}
	b.Shot("offline-answer")
	b.Follow(".card .button-main")
	if at := b.Text("h1"); at != station || b.Count("[data-offline]:not([hidden])") != 1 || b.Count(".legs li") < 2 {
		t.Errorf("the way is not there: %q", at)
	}
	b.Shot("offline-station")

	// Another question has no answer: the last one is shown, and says so.
	for _, path := range []string{"/find?lat=36.63000&lon=101.75000", "/find", "/", "/stations/XN-630102-014"} {
		b.Go(path)
		today := time.Now().In(calendar.China).Format("1月2日")
		if says := b.Text("[data-offline]"); !strings.Contains(says, "没有网络，问不了新的。下面是 "+today) {
			t.Errorf("%s says %q, and no word of %s", path, says, today)
		}
		if text := b.Text(".card .card-answer"); text != first {
			t.Errorf("%s shows %q, not the last answer", path, text)
		}
	}
	// A page that was never open is no error of the browser either.
	b.Go("/plans")
	if says := b.Text("main"); !strings.Contains(says, "没有网络") || !strings.Contains(says, "没有留在手机里") {
		t.Errorf("a page that was never open says %q", says)
	}
	b.Shot("offline-page")

	line.Mend()
	b.Forget()
	b.Go(asked)
	if b.Count("[data-offline]:not([hidden])") != 0 {
		t.Error("the page says that there is no network though there is")
	}
	b.Check()
}

// TestWhatIsKeptCanBeDropped: on a shared computer nothing of a home stays.
func TestWhatIsKeptCanBeDropped(t *testing.T) {
	line := webtest.NewLine(t, pagetest.DemoSite(t, pagetest.Monday))
	b := webtest.Open(t, line.URL, webtest.Desk)
	for _, lat := range []string{"36.6191", "36.6192", "36.6193", "36.6194", "36.6195", "36.6196"} {
		b.Go("/find?lat=" + lat + "&lon=101.778")
		b.Wait(`navigator.serviceWorker.controller`)
		b.Wait(kept("/find", "lat="+lat))
	}
	b.WaitMap()
	if n := webtest.Eval[int](b, `caches.open('xiadu-kept').then((c) => c.keys()).then((k) => k.filter((r) => new URL(r.url).pathname === '/find').length)`); n > 4 {
		t.Errorf("%d positions are kept", n)
	}
	b.Click("[data-kept-note] button")
	b.Wait(`!document.querySelector('[data-forgotten]').hidden`)
	if left := webtest.Eval[bool](b, `caches.has('xiadu-kept')`); left {
		t.Error("something is kept still")
	}
	b.Check()
	line.Cut()
	b.Forget()
	b.Go("/find?lat=36.6196&lon=101.778")
	if says := b.Text("main"); strings.Contains(says, "走 ") {
		t.Errorf("what was dropped is shown: %q", says)
	}
}

// kept is true when a page is kept whose address has a path and a part of a query.
func kept(path, query string) string {
	return `(() => { caches.open('xiadu-kept').then((c) => c.keys()).then((k) => { window.isKept = k.some((r) => new URL(r.url).pathname.startsWith('` + path + `') && r.url.includes('` + query + `')); }); return window.isKept; })()`
}
