package web_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/internal/preview"
)

// ask sends one request through the whole chain and returns the answer and
// what was logged.
func ask(t *testing.T, r *http.Request, render func(z, x, y int) ([]byte, error)) (*http.Response, string, string) {
	t.Helper()
	var log bytes.Buffer
	site := newSite(t, web.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	w := httptest.NewRecorder()
	preview.Routes(site, render).ServeHTTP(w, r)
	answer := w.Result()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body), log.String()
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
		answer, body, log := ask(t, get(path), nil)
		if answer.StatusCode != 500 || strings.Contains(body, "fire") {
			t.Errorf("%s: status %d, body %s", path, answer.StatusCode, body)
		}
		var entry struct{ Reference, Error string }
		if err := json.Unmarshal([]byte(strings.SplitN(log, "\n", 2)[0]), &entry); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(entry.Error, "disk on fire") || !strings.Contains(body, entry.Reference) || entry.Reference == "" {
			t.Errorf("%s: logged %+v", path, entry)
		}
	}
}

func TestThePositionOfTheReaderIsNotLogged(t *testing.T) {
	r := get("/?lon=101.77801&lat=36.61702")
	r.RemoteAddr = "203.0.113.9:4711"
	_, _, log := ask(t, r, nil)
	for _, secret := range []string{"101.77", "36.61", "203.0.113"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s: %s", secret, log)
		}
	}
	if !strings.Contains(log, `"route":"GET /{$}"`) {
		t.Errorf("the log does not name the route: %s", log)
	}
}

func TestARequestFromAnotherSiteIsRefused(t *testing.T) {
	r := httptest.NewRequest(http.MethodPost, "/late", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	r.Header.Set("Accept", "text/html")
	answer, body, _ := ask(t, r, nil)
	if answer.StatusCode != 403 || !strings.Contains(body, "别的网站") {
		t.Errorf("status %d: %s", answer.StatusCode, body)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if answer, body, _ = ask(t, r, nil); answer.StatusCode != 410 || !strings.Contains(body, "11月20日") {
		t.Errorf("from the site itself: status %d: %s", answer.StatusCode, body)
	}
}

func TestWrongAddressAndWrongMethod(t *testing.T) {
	if answer, body, _ := ask(t, get("/nowhere"), nil); answer.StatusCode != 404 || !strings.Contains(body, "这个地址下没有页面") {
		t.Errorf("status %d: %s", answer.StatusCode, body)
	}
	answer, _, _ := ask(t, httptest.NewRequest(http.MethodDelete, "/office", nil), nil)
	if answer.StatusCode != 405 || answer.Header.Get("Allow") != "GET" {
		t.Errorf("status %d, Allow %q", answer.StatusCode, answer.Header.Get("Allow"))
	}
}

func TestSwitchesSetACookieAndHoldForThisPage(t *testing.T) {
	answer, body, _ := ask(t, get("/office?lang=en&large=1"), nil)
	if !strings.Contains(body, `<html lang="en" class="large">`) {
		t.Errorf("the page is not in large English: %.80s", body)
	}
	if cookies := answer.Cookies(); len(cookies) != 2 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteLaxMode {
		t.Errorf("cookies %v", cookies)
	}
	_, body, _ = ask(t, get("/office", "Cookie", "lang=en"), nil)
	if !strings.Contains(body, `<html lang="en"`) {
		t.Error("the cookie is not heeded")
	}
}

func TestTextsAreEscaped(t *testing.T) {
	_, body, _ := ask(t, get(`/?x="><script>alert(1)</script>`), nil)
	if strings.Contains(body, "<script>alert") {
		t.Error("the query reached the page as markup")
	}
}

func TestPagesCarryThePolicyAndATag(t *testing.T) {
	answer, body, _ := ask(t, get("/office"), nil)
	policy := answer.Header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'self'") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
	if strings.Contains(body, " style=") || strings.Contains(body, "<style") || strings.Contains(body, "onclick") {
		t.Error("the page has a style or a script in it, which its own policy forbids")
	}
	again, _, _ := ask(t, get("/office", "If-None-Match", answer.Header.Get("ETag")), nil)
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("asked with its tag: status %d", again.StatusCode)
	}
}

func TestAssetsAreKeptForEverUnderTheirRevision(t *testing.T) {
	site := newSite(t, web.Options{})
	answer, _, _ := ask(t, get(site.Assets.URL("app.css"), "Accept-Encoding", "gzip"), nil)
	if answer.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(answer.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%v", answer.Header)
	}
	answer, _, _ = ask(t, get("/assets/0ld/app.css"), nil)
	if answer.StatusCode != 200 || answer.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("under an old revision: %d %v", answer.StatusCode, answer.Header)
	}
	if answer, _, _ = ask(t, get("/assets/0ld/../web.go"), nil); answer.StatusCode == 200 {
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
		answer, body, _ := ask(t, get(path), render)
		if answer.StatusCode != want {
			t.Errorf("%s: status %d, want %d", path, answer.StatusCode, want)
		}
		if want == 200 && body != "tile" { // no gzip was accepted
			t.Errorf("%s: body %q", path, body)
		}
	}
	made = 0
	site := newSite(t, web.Options{})
	h := preview.Routes(site, render)
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
