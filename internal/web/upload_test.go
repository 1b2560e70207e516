package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/web"
)

// slow gives a little every so often, as a weak line does.
type slow struct {
	left  int
	pause time.Duration
}

func (s *slow) Read(p []byte) (int, error) {
	if s.left == 0 {
		return 0, io.EOF
	}
	time.Sleep(s.pause)
	n := min(s.left, len(p), 64<<10)
	s.left -= n
	return n, nil
}

// Files may be larger than a form and take longer than any other request, as long as they
// come; what is larger still, or not let in, is refused.
func TestUpload(t *testing.T) {
	site := newSite(t, web.Options{AnswerTime: 100 * time.Millisecond})
	mux := site.NewMux()
	read := func(w http.ResponseWriter, r *http.Request) error {
		b, err := io.Copy(io.Discard, r.Body)
		if err == nil {
			err = r.Context().Err()
		}
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, strings.Repeat("x", int(b>>20)))
		return err
	}
	mux.Open("POST /form", read)
	mux.Open("POST /files", func(w http.ResponseWriter, r *http.Request) error {
		up, done := web.Upload(w, r, 3<<20)
		defer done()
		return read(w, up)
	})
	server := httptest.NewUnstartedServer(mux.Handler())
	server.Config.ReadTimeout, server.Config.WriteTimeout = 300*time.Millisecond, 300*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	for _, c := range []struct {
		path   string
		size   int
		pause  time.Duration
		status int
	}{
		{"/files", 2 << 20, 20 * time.Millisecond, http.StatusOK}, // two thirds of a second
		{"/files", 4 << 20, 0, http.StatusRequestEntityTooLarge},
		{"/form", 2 << 20, 0, http.StatusRequestEntityTooLarge},
		{"/form", 1 << 19, 0, http.StatusOK},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+c.path, &slow{c.size, c.pause})
		if err != nil {
			t.Fatal(err)
		}
		a, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		b, err := io.ReadAll(a.Body)
		_ = a.Body.Close()
		if err != nil || a.StatusCode != c.status || c.status == http.StatusOK && len(b) != c.size>>20 {
			t.Errorf("%+v: %d, %d bytes, %v", c, a.StatusCode, len(b), err)
		}
	}
	if a, err := http.DefaultTransport.RoundTrip(mustRequest(t, server.URL+"/form", &slow{1 << 19, 60 * time.Millisecond})); err == nil {
		_ = a.Body.Close()
		if a.StatusCode == http.StatusOK {
			t.Error("a form may take its time, too")
		}
	}
}

// A long file is not cut off while its reader takes of it, however slowly.
func TestDownload(t *testing.T) {
	const size = 48 << 20 // more than a connection holds
	mux := newSite(t, web.Options{}).NewMux()
	mux.Open("GET /file", func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "image/jpeg")
		w.Header().Set("Content-Length", strconv.Itoa(size))
		_, err := web.Download(w).Write(make([]byte, size))
		return err
	})
	server := httptest.NewUnstartedServer(mux.Handler())
	server.Config.WriteTimeout = 200 * time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	a, err := http.DefaultTransport.RoundTrip(mustGet(t, server.URL+"/file"))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	time.Sleep(600 * time.Millisecond)
	if n, err := io.Copy(io.Discard, a.Body); n != size || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func mustGet(t *testing.T, from string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, from, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustRequest(t *testing.T, to string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The page's policy lets nothing compile WebAssembly: the one worker that does has a
// policy of its own.
func TestOnlyOneScriptCompiles(t *testing.T) {
	site := newSite(t, web.Options{})
	for name, want := range map[string]bool{"heic.js": true, "app.js": false, "worker.js": false} {
		w := httptest.NewRecorder()
		site.NewMux().Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, site.Assets.URL(name), http.NoBody))
		if got := strings.Contains(w.Header().Get("Content-Security-Policy"), "wasm-unsafe-eval"); got != want || w.Code != http.StatusOK {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
	}
}
