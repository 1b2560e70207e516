package relay_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/queue"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/relay"
	"github.com/xiadu/xiadu/internal/record/sequencer"
)

const origin = "test.invalid/log"

type done struct {
	N     int    `json:"n"`
	Phone string `json:"-"`
}

func (done) Kind() string    { return "test.done" }
func (done) Subject() string { return "test/1" }
func (d done) Private() any  { return map[string]string{"phone": d.Phone} }

// site is a database with its log, and a NATS server that comes and goes.
type site struct {
	t      *testing.T
	db     *db.DB
	log    *publiclog.Log
	seq    *sequencer.Sequencer
	config queue.Config // of whoever connects
	own    queue.Config // of the server
	server *queue.Queue
}

func newSite(t *testing.T, d *db.DB) *site {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := socket.Addr().String()
	socket.Close()
	folder := filepath.Join(t.TempDir(), "log")
	s := &site{t: t, db: d, log: publiclog.Open(d, folder)}
	s.own = queue.Config{Folder: t.TempDir(), Listen: address, Token: "sesame", Patience: time.Second}
	s.config = queue.Config{URL: "nats://sesame@" + address, Patience: time.Second}
	if s.seq, err = sequencer.Open(t.Context(), d, folder, origin); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	return s
}

func (s *site) start() {
	s.t.Helper()
	var err error
	if s.server, err = queue.Open(s.t.Context(), s.own); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) stop() {
	if s.server != nil {
		s.server.Close()
	}
	s.server = nil
}

func (s *site) write(from, to int) {
	s.t.Helper()
	err := s.db.Update(s.t.Context(), func(tx *db.Tx) error {
		return record.AppendAll(tx, "clerk", func(yield func(record.Entry) bool) {
			for i := from; i < to; i++ {
				if !yield(done{i, "13900000000"}) {
					return
				}
			}
		})
	})
	if err := errors.Join(err, s.seq.Drain(s.t.Context())); err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) relay() {
	ctx, stop := context.WithCancel(s.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		relay.Run(ctx, s.log, s.config, slog.New(slog.NewTextHandler(s.t.Output(), nil)))
	}()
	s.t.Cleanup(func() { stop(); <-ended })
}

// follow reads from an index on until all below past have come, and returns how many.
func (s *site) follow(next, past int64) (count int64) {
	s.t.Helper()
	ctx, stop := context.WithTimeout(s.t.Context(), 40*time.Second)
	defer stop()
	want := next
	err := relay.Follow(ctx, s.config, origin, next, func(e relay.Entry) error {
		if e.Index != want || e.Kind != "test.done" || e.Commitment == "" || strings.Contains(string(e.Whole()), "13900000000") {
			s.t.Errorf("entry %d is %d: %s", want, e.Index, e.Whole())
		}
		count++
		if want++; want == past {
			stop()
		}
		return nil
	})
	if want != past {
		s.t.Errorf("it came to %d of %d: %v", want, past, err)
	}
	return count
}

// inFeed is how many messages the feed has had.
func (s *site) inFeed() uint64 {
	s.t.Helper()
	feed, err := queue.OpenFeed(s.t.Context(), s.config, fmt.Sprintf("%x", sha256.Sum256([]byte(origin)))[:12])
	if err != nil {
		s.t.Fatal(err)
	}
	defer feed.Close()
	last, _, err := feed.Last(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return last.Place
}

// TestTheRelayOutlivesItsServer: two sites relay one log; the message server is away,
// before they begin and in the midst of it; entries are written all the same, and each
// comes out once and in turn.
func TestTheRelayOutlivesItsServer(t *testing.T) {
	dbtest.Each(t, []db.Schema{record.Schema}, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.write(0, 100)
		s.relay()
		s.relay()
		s.write(100, 300)
		s.start()
		if n := s.follow(0, 300); n != 300 {
			t.Errorf("%d came", n)
		}
		s.stop()
		s.write(300, 700) // nobody waits
		s.start()
		if n := s.follow(250, 700); n != 450 {
			t.Errorf("%d came", n)
		}
		if n := s.inFeed(); n != 700 {
			t.Errorf("the feed has had %d messages for 700 entries", n)
		}
	})
}

// TestAFeedThatIsLost: a server that comes back empty gets the entries again, and who
// follows sees none of them twice.
func TestAFeedThatIsLost(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t), record.Schema)
	s := newSite(t, d)
	s.start()
	s.relay()
	s.write(0, 50)
	var seen atomic.Int64
	ctx, stop := context.WithTimeout(t.Context(), 60*time.Second)
	defer stop()
	ended := make(chan struct{})
	books := int64(0) // of who follows: the next entry
	go func() {
		for ctx.Err() == nil {
			err := relay.Follow(ctx, s.config, origin, books, func(e relay.Entry) error {
				if e.Index != books {
					t.Errorf("entry %d comes where %d is next", e.Index, books)
				}
				books = e.Index + 1
				seen.Store(books)
				return nil
			})
			if err != nil && ctx.Err() == nil {
				time.Sleep(100 * time.Millisecond)
			}
		}
		close(ended)
	}()
	until := func(n int64) {
		t.Helper()
		for ctx.Err() == nil && seen.Load() != n {
			time.Sleep(20 * time.Millisecond)
		}
		if seen.Load() != n {
			t.Fatalf("%d of %d", seen.Load(), n)
		}
	}
	until(50)
	s.stop()
	s.own.Folder = t.TempDir()
	s.write(50, 80)
	s.start()
	until(80)
	if n := s.follow(0, 80); n != 80 {
		t.Errorf("%d came", n)
	}
	stop()
	<-ended
}
