package live_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/live"
)

// stand is a hub with a number that a test moves, served.
type stand struct {
	t        *testing.T
	hub      *live.Hub
	number   atomic.Int64
	rendered atomic.Int64
	size     atomic.Int64 // of what is rendered
	ends     chan struct{}
	at       string // host and port
}

func open(t *testing.T) *stand {
	t.Helper()
	s := &stand{t: t, ends: make(chan struct{})}
	s.number.Store(1)
	s.hub = live.New(live.Source{
		Numbers: func(_ context.Context, codes []string) (map[string]int64, error) {
			return map[string]int64{codes[0]: s.number.Load()}, nil
		},
		Render: func(context.Context, live.Topic) ([]byte, int64, error) {
			s.rendered.Add(1)
			n := s.number.Load()
			return append(bytes.Repeat([]byte("x"), int(s.size.Load())), fmt.Sprintf("<p>\n%d</p>", n)...), n, nil
		},
		Log: slog.New(slog.DiscardHandler),
	}, s.ends)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.hub.Serve(w, r, live.Topic{Code: "hall", View: "board", Lang: lang.ZH}); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	s.at = strings.TrimPrefix(server.URL, "http://")
	return s
}

// dial opens a stream, of which nothing is read yet.
func (s *stand) dial() net.Conn {
	s.t.Helper()
	c, err := (&net.Dialer{}).DialContext(s.t.Context(), "tcp", s.at)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	if _, err := fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: hall\r\n\r\n"); err != nil {
		s.t.Fatal(err)
	}
	return c
}

// ids passes on the numbers that a stream says, and ends with it.
func ids(c net.Conn) <-chan string {
	out := make(chan string, 16)
	go func() {
		defer close(out)
		lines := bufio.NewReader(c)
		for {
			line, err := lines.ReadString('\n')
			if err != nil || strings.HasPrefix(line, "0\r") { // the end of the answer
				return
			}
			if id, ok := strings.CutPrefix(line, "id: "); ok {
				out <- strings.TrimSpace(id)
			}
		}
	}()
	return out
}

func (s *stand) wait(all <-chan string, want string) {
	s.t.Helper()
	select {
	case got := <-all:
		if got != want {
			s.t.Fatalf("heard %q, not %q", got, want)
		}
	case <-time.After(10 * time.Second):
		s.t.Fatalf("%q was not heard", want)
	}
}

// One change is rendered once, however many watch, and each of them hears it; a number that nobody woke the hub for is found; and
// when the site ends, so do the streams.
func TestOneRenderForAll(t *testing.T) {
	s := open(t)
	all := make([]<-chan string, 50)
	for i := range all {
		all[i] = ids(s.dial())
	}
	for _, one := range all {
		s.wait(one, "1")
	}
	for n := int64(2); n <= 4; n++ {
		s.number.Store(n)
		if n < 4 {
			s.hub.Wake()
		}
		for _, one := range all {
			s.wait(one, strconv.FormatInt(n, 10))
		}
		if got := s.rendered.Load(); got != n {
			t.Errorf("%d changes are rendered %d times", n, got)
		}
	}
	close(s.ends)
	for _, one := range all {
		select {
		case _, more := <-one:
			if more {
				t.Error("a stream goes on")
			}
		case <-time.After(5 * time.Second):
			t.Fatal("a stream does not end with the site")
		}
	}
}

// Who does not read holds nobody up, and is dropped.
func TestASlowViewerIsDropped(t *testing.T) {
	s := open(t)
	s.size.Store(16 << 20) // more than the buffers of any connection
	slow := s.dial()
	quick := ids(s.dial())
	s.wait(quick, "1")
	for n := int64(2); n <= 3; n++ {
		s.number.Store(n)
		s.hub.Wake()
		s.wait(quick, strconv.FormatInt(n, 10))
	}
	time.Sleep(5 * time.Second)
	if err := slow.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	read, buffer := 0, make([]byte, 1<<20)
	for {
		n, err := slow.Read(buffer)
		if read += n; err != nil {
			break
		}
	}
	if read >= 16<<20 {
		t.Errorf("a viewer who did not read for seconds was sent all %d bytes", read)
	}
}
