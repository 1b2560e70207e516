// Package live tells whoever watches a contest that something is new: one hub a process, and a stream of server-sent events a
// viewer.
//
//	hub := live.New(live.Source{…}, ends)
//	hub.Wake()                       // after a commit of this process: at once
//	err := hub.Serve(w, r, topic)    // the answer of GET …/live
//
// The number of the contest that grows with what the public may see ([event.Boards]) is the truth. While anybody listens the hub
// asks for the numbers of what is listened to every 200 ms, and at once when it is woken: what another process did is found by the
// same question. Of a number that is new each view is rendered once in each language, and the same bytes go to all who watch it.
//
// A stream is at most one message behind: who reads slowly gets the newest next and none in between, and who does not read for
// some seconds is dropped. A stream ends by itself before anything on the way cuts it off, and the browser comes again with the
// number that it has: so a restart of the server, an impatient proxy and a phone that slept are the same case. Beside the board a
// stream says the server's time, by which clocks are shown.
package live

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

const (
	look   = 200 * time.Millisecond // how often the numbers are asked for
	asking = 5 * time.Second        // how long an answer may take

	mostListeners = 5000 // of one process
	mostOfOne     = 1000 // of one client: a hall has one address
)

// Topic is what a stream is about.
type Topic struct {
	Code string // of the contest
	View string // of the views that the source renders
	Lang lang.Lang
}

// Source is where a hub has its words from.
type Source struct {
	Numbers func(ctx context.Context, codes []string) (map[string]int64, error)
	Render  func(ctx context.Context, t Topic) (html []byte, number int64, err error) // of the number that it shows
	Log     *slog.Logger
}

// Hub tells what is new to who listens in this process.
type Hub struct {
	from Source
	ends <-chan struct{}
	woke chan struct{}

	mu        sync.Mutex
	topics    map[Topic]*topic
	listeners map[string]int // by client
	count     int
	looking   bool
}

// topic is what is said about one thing.
type topic struct {
	listeners int
	now       atomic.Pointer[said]
}

// said is a message, and where who has it waits for the next.
type said struct {
	number int64
	text   []byte // as it goes over the wire; nil: nothing was said yet
	next   chan struct{}
}

// New returns a hub, whose streams end with ends.
func New(from Source, ends <-chan struct{}) *Hub {
	return &Hub{from: from, ends: ends, woke: make(chan struct{}, 1), topics: map[Topic]*topic{}, listeners: map[string]int{}}
}

// Wake has the hub look for what is new now. It is called after the commit, and never waits.
func (h *Hub) Wake() {
	select {
	case h.woke <- struct{}{}:
	default: // it is about to look
	}
}

// enter counts a listener, unless there are too many.
func (h *Hub) enter(ctx context.Context, client string, t Topic) (*topic, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.count >= mostListeners || h.listeners[client] >= mostOfOne {
		return nil, fault.New(fault.Unavailable, "同时在看的人太多，请稍后再来。刷新页面也能看到最新的结果。", "Too many are watching just now; come again later. Loading the page again shows what is new, too.")
	}
	h.count++
	h.listeners[client]++
	one := h.topics[t]
	if one == nil {
		one = &topic{}
		one.now.Store(&said{number: -1, next: make(chan struct{})})
		h.topics[t] = one
	}
	one.listeners++
	if !h.looking {
		h.looking = true
		forAll := context.WithoutCancel(ctx) // who came first may leave first
		fault.Go("live contests", func() { h.run(forAll) }, func(error) { h.stopped() })
	}
	h.Wake()
	return one, nil
}

func (h *Hub) leave(client string, t Topic) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.count--
	if h.listeners[client]--; h.listeners[client] == 0 {
		delete(h.listeners, client)
	}
	if one := h.topics[t]; one != nil {
		if one.listeners--; one.listeners == 0 {
			delete(h.topics, t)
		}
	}
}

// run looks for what is new while anybody listens.
func (h *Hub) run(ctx context.Context) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for h.wanted() {
		if err := h.look(ctx); err != nil {
			h.from.Log.WarnContext(ctx, "a live contest could not be read; it is tried again", "error", err)
		}
		select {
		case <-h.ends:
			h.stopped()
			return
		case <-h.woke:
		case <-tick.C:
		}
	}
}

// wanted reports whether anybody listens; if not, the next who does begins the looking again.
func (h *Hub) wanted() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.looking = h.count > 0
	return h.looking
}

func (h *Hub) stopped() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.looking = false
}

// look renders what has a number that was not said yet.
func (h *Hub) look(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, asking)
	defer cancel()
	h.mu.Lock()
	all := make(map[Topic]*topic, len(h.topics))
	had := map[string]bool{}
	var codes []string
	for t, one := range h.topics {
		all[t] = one
		if !had[t.Code] {
			had[t.Code] = true
			codes = append(codes, t.Code)
		}
	}
	h.mu.Unlock()
	if len(codes) == 0 {
		return nil
	}
	numbers, err := h.from.Numbers(ctx, codes)
	if err != nil {
		return err
	}
	for t, one := range all {
		before := one.now.Load()
		if n, there := numbers[t.Code]; !there || n == before.number {
			continue
		}
		html, number, err := h.from.Render(ctx, t)
		if err != nil {
			return err
		}
		one.now.Store(&said{number: number, text: message(number, html), next: make(chan struct{})})
		close(before.next)
	}
	return nil
}
