package dbtest

import (
	"context"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/xiadu/xiadu/internal/fault"
)

// Line is a line to PostgreSQL that passes bytes on until it is silenced: then
// connections open and nothing comes back, as from a stopped process or over a
// network that swallows packets.
type Line struct {
	silent atomic.Bool
	mu     sync.Mutex
	open   []net.Conn
}

// Between returns the address of a socket in front of the server of dsn.
func (s *Line) Between(t testing.TB, dsn string) string {
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
		s.HangUp()
		_ = os.RemoveAll(dir)
	})
	fault.Go("a line to PostgreSQL", func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.connect(c, network, to)
		}
	}, nil)
	q.Set("host", dir)
	u.Host, u.RawQuery = "", q.Encode()
	return u.String()
}

func (s *Line) connect(c net.Conn, network, to string) {
	server, err := (&net.Dialer{}).DialContext(context.Background(), network, to)
	if err != nil {
		_ = c.Close()
		return
	}
	s.mu.Lock()
	s.open = append(s.open, c, server)
	s.mu.Unlock()
	pass := func(to, from net.Conn) {
		defer to.Close() //nolint:errcheck // the line is cut
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
	fault.Go("a line to PostgreSQL", func() { pass(server, c) }, nil)
	fault.Go("a line to PostgreSQL", func() { pass(c, server) }, nil)
}

// Silence begins to swallow what is sent, or passes it on again. Connections over
// which something was swallowed are to be hung up.
func (s *Line) Silence(silent bool) { s.silent.Store(silent) }

// HangUp closes the connections that are open.
func (s *Line) HangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.open {
		_ = c.Close()
	}
	s.open = nil
}
