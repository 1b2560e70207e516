package web_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit/gallery"
)

// answer is what came back through the whole chain, and what was logged.
type answer struct {
	status    int
	header    http.Header
	cookies   []*http.Cookie
	body, log string
}

func ask(t *testing.T, r *http.Request, render func(z, x, y int) ([]byte, error)) answer {
	t.Helper()
	var log bytes.Buffer
	site := newSite(t, web.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	w := httptest.NewRecorder()
	gallery.Routes(site, render).ServeHTTP(w, r)
	result := w.Result()
	defer result.Body.Close()
	return answer{status: w.Code, header: result.Header, cookies: result.Cookies(), body: w.Body.String(), log: log.String()}
}

func get(path string, header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept", "text/html")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func TestErrorsAreAnsweredOnce(t *testing.T) {
	site := newSite(t, web.Options{})
	for _, c := range []struct {
		err  error
		want int
	}{
		{fault.New(fault.Invalid, "甲", "a"), 422},
		{fault.New(fault.NotFound, "甲", "a"), 404},
		{fault.New(fault.Conflict, "甲", "a"), 409},
		{fault.New(fault.Denied, "甲", "a"), 403},
		{fault.New(fault.Late, "甲", "a"), 410},
		{fault.New(fault.Unavailable, "甲", "a"), 503},
		{errors.New("disk on fire"), 500},
		{&http.MaxBytesError{Limit: 1024}, 413},
	} {
		w := httptest.NewRecorder()
		site.WriteError(w, get("/api/v1/stations", "Accept-Language", "en-GB"), c.err)
		var p web.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if w.Code != c.want || p.Status != c.want || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%v: status %d, problem %+v", c.err, w.Code, p)
		}
		if known := c.want != 500; known == (p.Reference != "") || strings.Contains(p.Detail, "fire") {
			t.Errorf("%v: shown as %+v", c.err, p)
		}
	}
}

func TestUnknownErrorsAndPanicsAreLoggedWholeAndHidden(t *testing.T) {
	for _, path := range []string{"/broken", "/panic"} {
		a := ask(t, get(path), nil)
		if a.status != http.StatusInternalServerError || strings.Contains(a.body, "fire") {
			t.Errorf("%s: status %d, body %s", path, a.status, a.body)
		}
		var entry struct{ Reference, Error string }
		if err := json.Unmarshal([]byte(strings.SplitN(a.log, "\n", 2)[0]), &entry); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(entry.Error, "disk on fire") || !strings.Contains(a.body, entry.Reference) || entry.Reference == "" {
			t.Errorf("%s: logged %+v", path, entry)
		}
	}
}

func TestThePositionOfTheReaderIsNotLogged(t *testing.T) {
	r := get("/?lon=101.77801&lat=36.61702")
	r.RemoteAddr = "203.0.113.9:4711"
	a := ask(t, r, nil)
	for _, secret := range []string{"101.77", "36.61", "203.0.113"} {
		if strings.Contains(a.log, secret) {
			t.Errorf("the log holds %s: %s", secret, a.log)
		}
	}
	if !strings.Contains(a.log, `"route":"GET /{$}"`) {
		t.Errorf("the log does not name the route: %s", a.log)
	}
}

func TestARequestFromAnotherSiteIsRefused(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/late", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Accept", "text/html")
	a := ask(t, r, nil)
	if a.status != http.StatusForbidden || !strings.Contains(a.body, "别的网站") {
		t.Errorf("status %d: %s", a.status, a.body)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if a = ask(t, r, nil); a.status != http.StatusGone || !strings.Contains(a.body, "11月20日") {
		t.Errorf("from the site itself: status %d: %s", a.status, a.body)
	}
}

func TestWrongAddressAndWrongMethod(t *testing.T) {
	if a := ask(t, get("/nowhere"), nil); a.status != http.StatusNotFound || !strings.Contains(a.body, "这个地址下没有页面") {
		t.Errorf("status %d: %s", a.status, a.body)
	}
	a := ask(t, httptest.NewRequest(http.MethodDelete, "/office", nil), nil)
	if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != "GET" {
		t.Errorf("status %d, Allow %q", a.status, a.header.Get("Allow"))
	}
}

func TestSwitchesSetACookieAndHoldForThisPage(t *testing.T) {
	a := ask(t, get("/office?lang=en&large=1"), nil)
	if !strings.Contains(a.body, `<html lang="en" class="large">`) {
		t.Errorf("the page is not in large English: %.80s", a.body)
	}
	if cookies := a.cookies; len(cookies) != 2 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode {
		t.Errorf("cookies %v", cookies)
	}
	a = ask(t, get("/office", "Cookie", "lang=en"), nil)
	if !strings.Contains(a.body, `<html lang="en"`) {
		t.Error("the cookie is not heeded")
	}
}

func TestTextsAreEscaped(t *testing.T) {
	a := ask(t, get(`/?x="><script>alert(1)</script>`), nil)
	if strings.Contains(a.body, "<script>alert") {
		t.Error("the query reached the page as markup")
	}
}

func TestPagesCarryThePolicyAndATag(t *testing.T) {
	a := ask(t, get("/office"), nil)
	policy := a.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'self'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	if strings.Contains(a.body, " style=") || strings.Contains(a.body, "<style") || strings.Contains(a.body, "onclick") {
		t.Error("the page has a style or a script in it, which its own policy forbids")
	}
	again := ask(t, get("/office", "If-None-Match", a.header.Get("ETag")), nil)
	if again.status != http.StatusNotModified {
		t.Errorf("asked with its tag: status %d", again.status)
	}
}

func TestAssetsAreKeptForEverUnderTheirRevision(t *testing.T) {
	site := newSite(t, web.Options{})
	a := ask(t, get(site.Assets.URL("app.css"), "Accept-Encoding", "gzip"), nil)
	if a.header.Get("Content-Encoding") != "gzip" || !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
		t.Errorf("%v", a.header)
	}
	a = ask(t, get("/assets/0ld/app.css"), nil)
	if a.status != http.StatusOK || a.header.Get("Cache-Control") != "no-cache" {
		t.Errorf("under an old revision: %d %v", a.status, a.header)
	}
	if a = ask(t, get("/assets/0ld/../web.go"), nil); a.status == http.StatusOK {
		t.Error("a file outside the assets was served")
	}
}

func TestEveryIconIsInTheSprite(t *testing.T) {
	site := newSite(t, web.Options{})
	for _, icon := range []web.Icon{web.IconFind, web.IconHotWater, web.IconUnknown, web.IconWash} {
		if !site.Assets.HasIcon(icon) {
			t.Errorf("no icon %s", icon)
		}
	}
	if site.Assets.HasIcon("no-such-icon") {
		t.Error("HasIcon finds everything")
	}
}

func TestTiles(t *testing.T) {
	var made int
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, _ = z.Write([]byte("tile"))
	_ = z.Close()
	render := func(_, x, _ int) ([]byte, error) {
		made++
		switch x {
		case 0:
			return nil, nil
		case 1:
			return nil, errors.New("no")
		}
		return zipped.Bytes(), nil
	}
	for path, want := range map[string]int{
		"/tiles/r1/3/0/2": 204, "/tiles/r1/3/1/2": 500, "/tiles/r1/3/2/2": 200, "/tiles/r1/3/2/2.mvt": 200,
		"/tiles/r1/3/8/2": 404, "/tiles/r1/15/0/0": 404, "/tiles/r1/3/-1/2": 404, "/tiles/r1/3/x/2": 404,
	} {
		a := ask(t, get(path), render)
		if a.status != want {
			t.Errorf("%s: status %d, want %d", path, a.status, want)
		}
		if want == http.StatusOK && a.body != "tile" { // no gzip was accepted
			t.Errorf("%s: body %q", path, a.body)
		}
	}
	made = 0
	site := newSite(t, web.Options{})
	h := gallery.Routes(site, render)
	for range 3 {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, get("/tiles/r1/3/2/2", "Accept-Encoding", "gzip"))
		if w.Header().Get("Content-Encoding") != "gzip" || !bytes.Equal(w.Body.Bytes(), zipped.Bytes()) {
			t.Fatalf("%d %v", w.Code, w.Header())
		}
	}
	if made != 1 {
		t.Errorf("the tile was made %d times", made)
	}
}

// The tiles that are kept have so many bytes at most, empty ones counted too, and
// those that were asked for last stay.
func TestTilesAreKeptInSoManyBytes(t *testing.T) {
	for name, size := range map[string]int{"large": 10_000, "empty": 0} {
		const limit = 40_000
		made := map[string]int{}
		site := newSite(t, web.Options{})
		tiles := site.NewTiles("r1", limit, func(z, x, y int) ([]byte, error) {
			made[fmt.Sprint(z, x, y)]++
			return make([]byte, size), nil
		})
		mux := site.NewMux()
		mux.Handle("GET /tiles/{rev}/{z}/{x}/{y}", tiles)
		look := func(x int) int {
			site.Handler(mux).ServeHTTP(httptest.NewRecorder(), get(fmt.Sprintf("/tiles/r1/14/%d/7", x), "Accept-Encoding", "gzip"))
			return made[fmt.Sprint(14, x, 7)]
		}
		const many = 300 // an empty one counts as 200 bytes
		for x := range many {
			look(x)
			look(0)
		}
		if n := look(0); n != 1 {
			t.Errorf("%s: the tile that is asked for all the time was made %d times", name, n)
		}
		if n := look(many - 1); n != 1 {
			t.Errorf("%s: the last tile was made %d times", name, n)
		}
		if n := look(1); n != 2 {
			t.Errorf("%s: after %d others the first tile was made %d times: it was kept", name, many, n)
		}
	}
}
