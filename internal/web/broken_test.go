package web_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/web"
)

// logged is a log that may be read while it is written.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// served runs a real server with the whole chain before some routes.
func served(t *testing.T, o web.Options, routes func(*web.Site, *web.Mux)) (address string, log *logged) {
	t.Helper()
	log = &logged{}
	o.Log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	site := newSite(t, o)
	mux := site.NewMux()
	routes(site, mux)
	s := web.Server(site.Handler(mux), o.Log)
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(socket) }()
	t.Cleanup(func() { _ = s.Close() })
	return "http://" + socket.Addr().String(), log
}

func fetch(t *testing.T, address string, header ...string) (answer, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	return answer{status: a.StatusCode, header: a.Header, body: string(body)}, err
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: ", what)
		}
	}
}

// What fails after it has begun is cut off: no error page is hung onto half a
// file, and no client takes it for a whole one, compressed or not.
func TestAnAnswerThatHasBegunIsBrokenOff(t *testing.T) {
	rows := func(n int, end func() error) web.Handler {
		return func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Type", "text/csv")
			for range n {
				if _, err := io.WriteString(w, "a,row,of,a,sheet\n"); err != nil {
					return err
				}
			}
			return end()
		}
	}
	fail := func() error { return errors.New("the disk is on fire") }
	address, log := served(t, web.Options{}, func(_ *web.Site, m *web.Mux) {
		m.Open("GET /short", rows(1, fail))
		m.Open("GET /long", rows(50_000, fail))
		m.Open("GET /panics", rows(50_000, func() error { panic("the disk is on fire") }))
		m.Open("GET /head", func(w http.ResponseWriter, _ *http.Request) error {
			w.WriteHeader(http.StatusOK)
			return fail()
		})
		m.Open("GET /before", func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Disposition", `attachment; filename="a.csv"`)
			w.Header().Set("Content-Type", "text/csv")
			return fail()
		})
	})
	for _, path := range []string{"/short", "/long", "/panics", "/head"} {
		for _, coding := range []string{"gzip", "identity"} {
			a, err := fetch(t, address+path, "Accept-Encoding", coding)
			if err == nil {
				t.Errorf("%s, %s: taken for whole, %d bytes", path, coding, len(a.body))
			}
			if strings.Contains(a.body, "<html") {
				t.Errorf("%s, %s: an error page hangs onto it", path, coding)
			}
		}
		if want := `"route":"GET ` + path + `"`; strings.Count(log.String(), want) < 4 || !strings.Contains(log.String(), "broken_off") {
			t.Errorf("%s: the log tells of no failure and no request", path)
		}
	}
	if !strings.Contains(log.String(), "disk is on fire") {
		t.Error("the log does not say why")
	}
	a, err := fetch(t, address+"/before")
	if err != nil || a.status != http.StatusInternalServerError || a.header.Get("Content-Disposition") != "" || !strings.Contains(a.body, "<html") {
		t.Errorf("before it began: %v, %d, %.100s", err, a.status, a.body)
	}
}

// A reader who breaks a download off leaves no trace but the route.
func TestAReaderWhoBreaksOffIsNotNamed(t *testing.T) {
	ended := make(chan struct{}, 1)
	address, log := served(t, web.Options{}, func(_ *web.Site, m *web.Mux) {
		m.Open("GET /sheet.csv", func(w http.ResponseWriter, _ *http.Request) error {
			defer func() { ended <- struct{}{} }()
			out := csv.NewWriter(w)
			for {
				if err := out.Write([]string{strings.Repeat("row", 1000)}); err != nil {
					return err
				}
			}
		})
	})
	for _, coding := range []string{"gzip", "identity"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		port := conn.LocalAddr().String()
		if _, err := io.WriteString(conn, "GET /sheet.csv?lon=101.7 HTTP/1.1\r\nHost: x\r\nAccept-Encoding: "+coding+"\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(conn, make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
		if err := conn.(*net.TCPConn).SetLinger(0); err != nil { // gone, without a farewell
			t.Fatal(err)
		}
		conn.Close()
		<-ended
		eventually(t, "the request is logged", func() bool { return strings.Contains(log.String(), "broken_off") })
		if got := log.String(); strings.Contains(got, port) || strings.Contains(got, "127.0.0.1") || strings.Contains(got, "101.7") || strings.Contains(got, `"level":"ERROR"`) {
			t.Errorf("the log names the reader %s: %s", port, got)
		}
		log.mu.Lock()
		log.b.Reset()
		log.mu.Unlock()
	}
}

// What net/http itself has to say is logged without addresses.
func TestComplaintsNameNobody(t *testing.T) {
	var text bytes.Buffer
	s := web.Server(http.NotFoundHandler(), slog.New(slog.NewJSONHandler(&text, nil)))
	s.ErrorLog.Print("http: panic serving 203.0.113.9:4711: boom")
	s.ErrorLog.Print("http: TLS handshake error from [2001:db8::1]:4711: EOF")
	for _, secret := range []string{"203.0.113", "2001:db8", "4711"} {
		if strings.Contains(text.String(), secret) {
			t.Errorf("the log holds %s: %s", secret, text.String())
		}
	}
	if !strings.Contains(text.String(), "boom") {
		t.Error("the log lacks what was said")
	}
}

// An answer that takes too long is one that says so, before the line is cut.
func TestADeadlineIsAnswered(t *testing.T) {
	address, log := served(t, web.Options{AnswerTime: 30 * time.Millisecond}, func(_ *web.Site, m *web.Mux) {
		m.Open("GET /slow", func(_ http.ResponseWriter, r *http.Request) error {
			<-r.Context().Done()
			return r.Context().Err()
		})
	})
	a, err := fetch(t, address+"/slow")
	if err != nil || a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || !strings.Contains(a.body, "这一次算得太久") {
		t.Errorf("%v, %d, %.300s", err, a.status, a.body)
	}
	if strings.Contains(log.String(), "broken_off") {
		t.Error("it counts as broken off")
	}
	usual := newSite(t, web.Options{})
	if s := web.Server(http.NotFoundHandler(), usual.Log); usual.AnswerTime <= 0 || usual.AnswerTime >= s.WriteTimeout {
		t.Errorf("an answer has %v, and the line is cut after %v", usual.AnswerTime, s.WriteTimeout)
	}
}

// Heavy answers are bounded, of one client and altogether; who gets none is told
// in words, and one client's downloads do not take another's turn.
func TestHeavyAnswersAreBounded(t *testing.T) {
	var mu sync.Mutex
	var now, most int
	proceed := make(chan struct{})
	address, _ := served(t, web.Options{}, func(_ *web.Site, m *web.Mux) {
		m.OpenHeavy("GET /heavy", func(w http.ResponseWriter, _ *http.Request) error {
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			<-proceed
			mu.Lock()
			now--
			mu.Unlock()
			_, err := io.WriteString(w, "done")
			return err
		})
		m.Open("GET /light", func(w http.ResponseWriter, _ *http.Request) error {
			_, err := io.WriteString(w, "light")
			return err
		})
	})
	running := func() int {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	var all sync.WaitGroup
	var done, refused int
	for range 60 {
		all.Go(func() {
			a, err := fetch(t, address+"/heavy")
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			switch {
			case a.status == http.StatusOK && a.body == "done":
				done++
			case a.status == http.StatusServiceUnavailable && a.header.Get("Retry-After") != "" && strings.Contains(a.body, "等它们下完"):
				refused++
			default:
				t.Errorf("%d %.200s", a.status, a.body)
			}
		})
	}
	refusals := func() int {
		mu.Lock()
		defer mu.Unlock()
		return refused
	}
	eventually(t, "most are refused", func() bool { return refusals() >= 40 && running() > 0 })
	if n := running(); n > 2 {
		t.Errorf("one client has %d at once", n)
	}
	other := make(chan string, 1)
	go func() {
		a, _ := fetch(t, address+"/heavy", "X-Forwarded-For", "198.51.100.1, 203.0.113.9")
		other <- a.body
	}()
	eventually(t, "another client has its turn", func() bool { return running() == 3 })
	if a, err := fetch(t, address+"/light"); err != nil || a.body != "light" {
		t.Error("what is not heavy waits", err)
	}
	close(proceed)
	all.Wait()
	if got := <-other; got != "done" {
		t.Errorf("the other client got %.200s", got)
	}
	if done < 3 || done+refused != 60 || most > 4 {
		t.Errorf("%d done, %d refused, %d at once", done, refused, most)
	}
}

// A body that is larger than it may be is refused, with how large it may be.
func TestBodiesAreBounded(t *testing.T) {
	site := newSite(t, web.Options{})
	mux := site.NewMux()
	mux.Open("POST /read", func(_ http.ResponseWriter, r *http.Request) error {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		if len(b) == 0 {
			return fault.New(fault.Invalid, "空", "empty")
		}
		return nil
	})
	post := func(size int) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/read", strings.NewReader(strings.Repeat("x", size)))
		w := httptest.NewRecorder()
		site.Handler(mux).ServeHTTP(w, r)
		return w
	}
	if w := post(1 << 20); w.Code != http.StatusOK {
		t.Errorf("a megabyte: %d %s", w.Code, w.Body)
	}
	if w := post(1<<20 + 1); w.Code != http.StatusRequestEntityTooLarge || !strings.Contains(w.Body.String(), "1024 KB") {
		t.Errorf("more than a megabyte: %d %s", w.Code, w.Body)
	}
}
