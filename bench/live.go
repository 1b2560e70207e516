package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/web"
)

const (
	liveViewers = 2000
	liveRounds  = 15
	livePatient = 10 * time.Second // for a message to be with everybody
)

// liveEntries measure how long a reveal takes from the host's key to each of 2,000 open pages: the transaction that reveals and is
// durable, the board that is read and rendered, and the message to all. The peer sends the very same bytes to as many readers from a
// loop that does nothing else, on the same request that asks for it. Proven: each reader has the same message, with the number of the
// reveal and its score.
func liveEntries() []Entry {
	var both [2]Figures
	measured := false
	run := func(which int) func(context.Context) (Figures, error) {
		return func(ctx context.Context) (f Figures, err error) {
			if !measured {
				err = withDatabases(ctx, db.SQLite, func(dir string, ours, bare *db.DB) error {
					b, err := newLockBench(ctx, dir, ours, bare)
					if err == nil {
						both, err = b.live(ctx)
					}
					return err
				})
				measured = err == nil
			}
			return both[which], err
		}
	}
	return []Entry{
		{Name: "contest-live-median", Unit: "ms to a viewer", Peer: "a bare SSE loop", Less: true, Must: 0.5, Stretch: 0.8, Run: run(0)},
		{Name: "contest-live-p99", Unit: "ms to a viewer", Peer: "a bare SSE loop", Less: true, Must: 0.5, Stretch: 0.8, Run: run(1)},
	}
}

// checked has every run of a contest judged and checked, so that each takes one key to be revealed.
func (b *lockBench) checked(ctx context.Context) ([]hall.Lock, error) {
	locks, err := b.begin(ctx)
	if err != nil {
		return nil, err
	}
	for j, judge := range b.judges {
		for _, l := range locks[j] {
			if _, err := b.halls.Lock(ctx, judge, l); err != nil {
				return nil, err
			}
		}
	}
	for _, l := range locks[0] {
		if err := b.halls.Close(ctx, b.keeper, l.At); err != nil {
			return nil, err
		}
		if err := b.halls.Check(ctx, b.supervisor, l.At); err != nil {
			return nil, err
		}
	}
	return locks[0], nil
}

func (b *lockBench) live(ctx context.Context) (f [2]Figures, err error) {
	locks, err := b.checked(ctx)
	if err != nil {
		return f, err
	}
	code := locks[0].Contest
	site, err := web.New(web.Options{Systems: []web.System{contesthttp.System()}})
	if err != nil {
		return f, err
	}
	ends := make(chan struct{})
	mux := site.NewMux()
	contesthttp.Routes(mux.Of(contest.System), contesthttp.Deps{
		Site: site, DB: b.ours, Events: b.events, Entries: entry.In(b.ours), Experts: expert.In(b.ours), Seats: b.seats, Halls: b.halls, Releases: release.In(b.ours, entry.Facts),
		People: func() (*identity.Service, error) { return b.people, nil }, Now: time.Now, Ends: ends,
		Who: func(*http.Request) (identity.Colleague, error) { return b.host, nil },
	})
	ours, peer := httptest.NewServer(mux.Handler()), httptest.NewServer(&bareStream{next: make(chan struct{})})
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		cancel()
		close(ends)
		ours.CloseClientConnections()
		peer.CloseClientConnections()
	}()
	us, they := newAudience(ctx, ours.URL, "/contests/"+code+"/live"), newAudience(ctx, peer.URL, "/live")
	if err := errors.Join(us.ready(ctx), they.ready(ctx)); err != nil {
		return f, err
	}
	var mid, late [2][]float64 // milliseconds to a viewer, of each round: a disk that stalls in one of them stalls that one
	last := ""
	for i := range liveRounds {
		l := locks[i]
		openings, err := b.openings(ctx, l.At)
		if err != nil {
			return f, err
		}
		form := url.Values{"part": {l.Part}, "entry": {l.Entry}, "attempt": {"1"}, "openings": {openings}}
		took, message, err := us.hear(ctx, ours.URL+"/contests/"+code+"/host/reveal", form)
		if err != nil {
			return f, err
		}
		if !strings.Contains(message, l.Entry) || message == last {
			return f, fmt.Errorf("the reveal of %s is not in the message", l.Entry)
		}
		last = message
		bare, same, err := they.hear(ctx, peer.URL+"/say", url.Values{"text": {message}})
		if err != nil {
			return f, err
		}
		if same != message {
			return f, errors.New("the bare loop said something else")
		}
		if i > 0 { // the first pays for what is made once
			for side, one := range [][]float64{took, bare} {
				mid[side], late[side] = append(mid[side], median(one)), append(late[side], quantile(one, 0.99))
			}
		}
	}
	note := fmt.Sprintf("%d viewers, %d reveals, messages of %d bytes; ours from the host's key: the durable reveal, the board read and rendered once, all in one process with its readers", liveViewers, liveRounds-1, len(last))
	f[0] = Figures{Ours: median(mid[0]), Peer: median(mid[1]), Note: note}
	f[1] = Figures{Ours: median(late[0]), Peer: median(late[1]), Note: note}
	return f, nil
}

func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[int(q*float64(len(sorted)-1))]
}

func (b *lockBench) openings(ctx context.Context, at hall.At) (hash string, err error) {
	err = b.ours.View(ctx, func(tx *db.Tx) error {
		runs, err := hall.Runs(tx, at.Contest)
		for _, r := range runs {
			if r.At == at {
				hash = r.Openings
			}
		}
		return err
	})
	return hash, err
}

// bareStream is the loop that does nothing else.
type bareStream struct {
	text atomic.Pointer[[]byte]
	n    int
	next chan struct{}
	at   atomic.Pointer[chan struct{}]
}

func (s *bareStream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		s.n++
		text := []byte("event: board\nid: " + strconv.Itoa(s.n) + "\ndata: " + r.FormValue("text") + "\n\n")
		s.text.Store(&text)
		next := make(chan struct{})
		before := s.at.Swap(&next)
		if before == nil {
			before = &s.next
		}
		close(*before)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	to := http.NewResponseController(w)
	_, _ = w.Write([]byte("event: now\ndata: 0\n\n"))
	_ = to.Flush()
	for {
		next := s.next
		if p := s.at.Load(); p != nil {
			next = *p
		}
		select {
		case <-next:
		case <-r.Context().Done():
			return
		}
		_, _ = w.Write(*s.text.Load())
		if to.Flush() != nil {
			return
		}
	}
}

// audience are the viewers of one stream.
type audience struct {
	address, path string
	all           errgroup.Group
	connected     atomic.Int64
	heard         chan heard
}

// heard is a message that came to one viewer.
type heard struct {
	at   time.Time
	sum  uint32
	text string // of the first viewer alone
}

func newAudience(ctx context.Context, at, path string) *audience {
	a := &audience{address: strings.TrimPrefix(at, "http://"), path: path, heard: make(chan heard, 4*liveViewers)}
	for i := range liveViewers {
		a.all.Go(fault.Safely(func() error {
			last := ""
			for ctx.Err() == nil { // a stream ends by itself from time to time
				last = a.view(ctx, i, last)
			}
			return nil
		}))
	}
	return a
}

// ready waits until every viewer hears the stream, and forgets what the stream began with.
func (a *audience) ready(ctx context.Context) error {
	for end := time.Now().Add(3 * livePatient); a.connected.Load() < liveViewers; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) || ctx.Err() != nil {
			return fmt.Errorf("%d of %d viewers came", a.connected.Load(), liveViewers)
		}
	}
	time.Sleep(time.Second)
	for len(a.heard) > 0 {
		<-a.heard
	}
	return nil
}

// view listens on one connection until it ends.
func (a *audience) view(ctx context.Context, i int, last string) string {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", a.address)
	if err != nil {
		return last
	}
	defer c.Close()                                          //nolint:errcheck // it was read only
	defer context.AfterFunc(ctx, func() { _ = c.Close() })() // which ends the reading
	from := "10.1." + strconv.Itoa(i/250) + "." + strconv.Itoa(i%250)
	if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: bench\r\nX-Forwarded-For: %s\r\nLast-Event-ID: %s\r\n\r\n", a.path, from, last); err != nil {
		return last
	}
	lines := bufio.NewScanner(c)
	lines.Buffer(make([]byte, 0, 16<<10), 1<<20)
	var text []byte
	was, came := last, false
	for lines.Scan() {
		line := lines.Bytes()
		switch {
		case bytes.HasPrefix(line, []byte("event: now")):
			if !came {
				came = true
				if was == "" {
					a.connected.Add(1)
				}
			}
		case bytes.HasPrefix(line, []byte("id: ")):
			last, text = string(line[4:]), text[:0]
		case bytes.HasPrefix(line, []byte("data: <")):
			text = append(text, line[6:]...)
		case len(line) == 0 && len(text) > 0:
			h := heard{at: time.Now(), sum: crc32.ChecksumIEEE(text)}
			if i == 0 {
				h.text = string(text)
			}
			a.heard <- h
			text = text[:0]
		}
	}
	return last
}

// hear sends a form, and returns how many milliseconds later each viewer had the message.
func (a *audience) hear(ctx context.Context, to string, form url.Values) (took []float64, text string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	begun := time.Now()
	answer, err := (&http.Transport{}).RoundTrip(r)
	if err != nil {
		return nil, "", err
	}
	_ = answer.Body.Close()
	if answer.StatusCode >= http.StatusBadRequest {
		return nil, "", fmt.Errorf("%s: %s", to, answer.Status)
	}
	end := time.After(livePatient)
	var sum uint32
	for len(took) < liveViewers {
		select {
		case h := <-a.heard:
			if len(took) > 0 && h.sum != sum {
				return nil, "", errors.New("two viewers heard other things")
			}
			sum = h.sum
			if h.text != "" {
				text = h.text
			}
			took = append(took, float64(h.at.Sub(begun).Microseconds())/1000)
		case <-end:
			return nil, "", fmt.Errorf("%d of %d viewers heard it", len(took), liveViewers)
		}
	}
	return took, text, nil
}
