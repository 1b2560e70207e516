package logpages

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/web"
)

// How live pages listen. An answer ends by itself before anything on the way cuts it off,
// and the browser comes again with the index of the last entry it has: so a proxy that is
// impatient, a server that restarts and a phone that slept are all the same case.
const (
	look      = time.Second      // the log is asked once for all who listen
	heartbeat = 10 * time.Second // a line that says nothing, so that a dead connection is noticed
	listening = 40 * time.Second
	atOnce    = 64 // entries in one go

	mostListeners  = 400 // of one process
	mostOfOne      = 8   // of one client: a tab each
	comeAgainAfter = 30  // seconds
)

// live tells what is logged to whoever listens. It holds nothing that another process
// would need: each asks the database, so a reader may listen here to what is done there.
type live struct {
	log  *publiclog.Log
	ends <-chan struct{} // when the site stops

	mu        sync.Mutex
	listeners map[string]int // by client
	count     int
	asked     time.Time
	size      int64
	newest    []publiclog.Published // the last ones below size
}

// enter counts a listener, unless there are too many.
func (l *live) enter(client string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.count >= mostListeners || l.listeners[client] >= mostOfOne {
		return fault.New(fault.Unavailable, "同时在听的人太多，请稍后再来。刷新页面也能看到新的条目。", "Too many are listening just now; come again later. Loading the page again shows what is new, too.")
	}
	l.count++
	l.listeners[client]++
	return nil
}

func (l *live) leave(client string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count--
	if l.listeners[client]--; l.listeners[client] == 0 {
		delete(l.listeners, client)
	}
}

// since returns the entries from an index on, some of them if there are many.
func (l *live) since(ctx context.Context, next int64) ([]publiclog.Published, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.asked) >= look {
		from := max(0, l.size)
		c, more, err := l.log.From(ctx, from, atOnce)
		if err != nil {
			return nil, err
		}
		l.asked, l.size = time.Now(), from+int64(len(more))
		l.newest = append(l.newest, more...)
		if l.size < c.Size && next >= l.size { // far behind: nobody has listened for long
			l.size, l.newest = c.Size, nil
		}
		if l.size < c.Size {
			l.asked = time.Time{} // there is more already
		}
		l.newest = l.newest[max(0, len(l.newest)-4*atOnce):]
	}
	if next >= l.size {
		return nil, nil
	}
	if n := len(l.newest); n > 0 && next >= l.newest[0].Index {
		all := l.newest[next-l.newest[0].Index:]
		return all[:min(len(all), atOnce)], nil
	}
	_, all, err := l.log.From(ctx, next, atOnce)
	return all, err
}

// told is an entry as a page shows it.
type told struct {
	Index   int64  `json:"index"`
	At      string `json:"at"` // in China's time, as people read it
	By      string `json:"by,omitempty"`
	Kind    string `json:"kind"`
	Says    string `json:"says,omitempty"` // what the kind is, in the reader's language
	Subject string `json:"subject,omitempty"`
	Receipt string `json:"receipt"`
}

func tellEntry(v web.Page, p publiclog.Published) told {
	return told{
		Index: p.Index, At: readable(p.Said.At), By: p.Said.By, Subject: p.Said.Subject, Receipt: ReceiptPath(p.Said.ID),
		Kind: p.Said.Kind, Says: v.Site.Kinds[p.Said.Kind].In(v.Lang),
	}
}

// events answers GET /log/events: what is published, an event an entry, from the one
// behind Last-Event-ID (or after=) on, else from now on.
func (p pages) events(w http.ResponseWriter, r *http.Request) error {
	client := web.AskerOf(r.Context()).Client
	if err := p.live.enter(client); err != nil {
		w.Header().Set("Retry-After", strconv.Itoa(comeAgainAfter))
		return err
	}
	defer p.live.leave(client)
	ctx, cancel := context.WithTimeout(r.Context(), listening)
	defer cancel()
	next, err := p.nextOf(ctx, r)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	anybodyReads(h)
	h.Set("X-Accel-Buffering", "no")
	h.Set("No-Gzip-Compression", "1") // it would keep what is said until there is more of it
	s := stream{w, http.NewResponseController(w), p.site.Page(r, title), time.Now()}
	if err := s.say("retry: 1000\n\n"); err != nil {
		return nil //nolint:nilerr // the reader has left
	}
	for ctx.Err() == nil {
		entries, err := p.live.since(ctx, next)
		if err != nil {
			return nil //nolint:nilerr // the answer has begun: the next one says what is wrong
		}
		if err := s.tell(entries); err != nil {
			return nil //nolint:nilerr // as above
		}
		next += int64(len(entries))
		if len(entries) == atOnce {
			continue
		}
		select {
		case <-ctx.Done():
		case <-p.live.ends:
			return nil
		case <-time.After(look):
		}
	}
	return nil
}

// nextOf is the first entry that a reader does not have.
func (p pages) nextOf(ctx context.Context, r *http.Request) (int64, error) {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		text = r.URL.Query().Get("after")
	}
	if text == "" {
		c, err := p.log.Checkpoint(ctx)
		if fault.KindOf(err) == fault.NotFound { // nothing is published yet
			return 0, nil
		}
		return c.Size, err
	}
	last, err := strconv.ParseInt(text, 10, 64)
	if err != nil || last < -1 {
		return 0, fault.New(fault.Invalid, "“%s”不是条目的序号", "“%s” is not the index of an entry", lang.Short(text))
	}
	return last + 1, nil
}

// stream is an answer that goes on.
type stream struct {
	w    http.ResponseWriter
	to   *http.ResponseController
	page web.Page  // that shows what is said
	last time.Time // something was said
}

func (s *stream) say(text string) error {
	if _, err := fmt.Fprint(s.w, text); err != nil {
		return err
	}
	s.last = time.Now()
	return s.to.Flush()
}

// tell says entries, or from time to time that there are none.
func (s *stream) tell(entries []publiclog.Published) error {
	if len(entries) == 0 {
		if time.Since(s.last) < heartbeat {
			return nil
		}
		return s.say(": \n\n")
	}
	var text strings.Builder
	for _, e := range entries {
		data, err := json.Marshal(tellEntry(s.page, e))
		if err != nil {
			return err
		}
		fmt.Fprintf(&text, "event: entry\nid: %d\ndata: %s\n\n", e.Index, data)
	}
	return s.say(text.String())
}
