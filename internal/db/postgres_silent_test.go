package db_test

import (
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/fault"
)

// TestSilentServer talks to PostgreSQL over a line that begins to swallow what
// is sent: connections open and nothing comes back, as from a stopped process.
func TestSilentServer(t *testing.T) {
	line := &swallower{}
	d := dbtest.Open(t, line.between(t, dbtest.Postgres(t)), shop)
	update(t, d, add("x"))

	line.silent.Store(true)
	for name, use := range map[string]func(context.Context, func(*db.Tx) error) error{"view": d.View, "update": d.Update} {
		began := time.Now()
		err := use(t.Context(), func(*db.Tx) error { return nil })
		if took := time.Since(began); fault.KindOf(err) != fault.Unavailable || took > 10*time.Second {
			t.Errorf("%s: %v after %v, want a fault.Unavailable well before a page's write timeout", name, err, took)
		}
	}
	line.silent.Store(false)
	line.hangUp()
	if n := count(t, d); n != 1 {
		t.Errorf("it answers again, with %d articles, want 1", n)
	}
}

// swallower passes bytes on until it is silent.
type swallower struct {
	silent atomic.Bool
	mu     sync.Mutex
	open   []net.Conn
}

// between returns the address of a socket in front of the server of dsn.
func (s *swallower) between(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	network, to := "tcp", u.Host
	if host := q.Get("host"); host != "" {
		network, to = "unix", filepath.Join(host, ".s.PGSQL.5432")
	}
	dir, err := os.MkdirTemp("", "line") //nolint:usetesting // a socket has to have a short path
	if err != nil {
		t.Fatal(err)
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = l.Close()
		s.hangUp()
		_ = os.RemoveAll(dir)
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.connect(c, network, to)
		}
	}()
	q.Set("host", dir)
	u.Host, u.RawQuery = "", q.Encode()
	return u.String()
}

func (s *swallower) connect(c net.Conn, network, to string) {
	server, err := (&net.Dialer{}).DialContext(context.Background(), network, to)
	if err != nil {
		_ = c.Close()
		return
	}
	s.mu.Lock()
	s.open = append(s.open, c, server)
	s.mu.Unlock()
	pass := func(to, from net.Conn) {
		defer to.Close()
		b := make([]byte, 64<<10)
		for {
			n, err := from.Read(b)
			if !s.silent.Load() {
				if _, e := to.Write(b[:n]); e != nil {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}
	go pass(server, c)
	go pass(c, server)
}

func (s *swallower) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.open {
		_ = c.Close()
	}
	s.open = nil
}
