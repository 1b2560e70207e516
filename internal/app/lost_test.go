package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
)

// A server whose PostgreSQL is away for a while goes on answering from what it
// last read, and follows again when it is back. An import meanwhile says so.
func TestLostDatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a running server to notice; run without -short")
	}
	c := Config{Home: t.TempDir(), DSN: dbtest.Postgres(t)}
	if _, err := ImportStreets(t.Context(), c, writeStreet(t, "长街", 20), "", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := bring(t, c, strings.NewReader(head+"A-1,旧站,101.781,36.62,24小时,热水\n")); err != nil {
		t.Fatal(err)
	}
	log := &lines{}
	site := runningWith(t, c, io.MultiWriter(log, t.Output()))
	pages := []string{"/", "/find", "/find?lon=101.785&lat=36.62", "/stations", "/stations/A-1", "/coverage", "/api/v1/stations/A-1", "/stations.csv"}
	for _, page := range pages {
		if code, body := get(t, site+page); code != http.StatusOK {
			t.Errorf("before, %s: %d %.300s", page, code, body)
		}
	}

	reachable(t, c.DSN, false)
	for _, page := range pages {
		// The register and a station's history are read from the database; who
		// asks for them is told that it is away. The finder needs it for nothing.
		code, body := get(t, site+page)
		told := code == http.StatusServiceUnavailable && strings.HasPrefix(page, "/stations")
		if code != http.StatusOK && !told {
			t.Errorf("without the database, %s: %d %.300s", page, code, body)
		}
		// A reader has no account to check; whoever runs it has.
		if told && (!strings.Contains(body, "请过几分钟再来") || strings.Contains(body, "PostgreSQL")) {
			t.Errorf("without the database, %s tells a reader %.600s", page, body)
		}
	}
	if n := log.count("something that the pages need is away"); n != 1 {
		t.Errorf("the log tells of one outage %d times", n)
	}
	if _, err := bring(t, c, strings.NewReader(head+"A-2,新站,101.783,36.62,,\n")); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("an import without the database: %v", err)
	}

	reachable(t, c.DSN, true)
	if _, err := bring(t, c, strings.NewReader(head+"A-2,新站,101.783,36.62,,\n")); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * lookAgain); ; time.Sleep(50 * time.Millisecond) {
		code, _ := get(t, site+"/stations/A-2")
		if code == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the database is back, and the new station is not shown: %d", code)
		}
	}
}

// lines is a log that may be read while it is written.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) count(what string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), what)
}

// running starts a server on the city and returns its address.
func running(t *testing.T, c Config) string {
	t.Helper()
	return runningWith(t, c, t.Output())
}

func runningWith(t *testing.T, c Config, log io.Writer) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	address, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- Serve(ctx, c, "127.0.0.1:0", slog.New(slog.NewTextHandler(log, nil)), func(s Started) { address <- s.URL })
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case url := <-address:
		return url
	case err := <-ended:
		ended <- nil
		t.Fatal(err)
		return ""
	}
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// reachable lets connections to a database in or keeps them out, those that are
// open too.
func reachable(t *testing.T, dsn string, yes bool) {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	u.Path = "/template1"
	conn, err := pgx.Connect(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	allow := "ALTER DATABASE " + name + " ALLOW_CONNECTIONS false"
	if yes {
		allow = "ALTER DATABASE " + name + " ALLOW_CONNECTIONS true"
	}
	if _, err := conn.Exec(t.Context(), allow); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name); err != nil {
		t.Fatal(err)
	}
}
