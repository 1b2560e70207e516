package live

import (
	"bytes"
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

const (
	heartbeat      = 10 * time.Second
	listening      = 40 * time.Second // and up to so much more, so that they do not all come again at once:
	spread         = 8 * time.Second
	tooSlow        = 3 * time.Second // who does not take a message in this time is dropped
	comeAgainAfter = 5               // seconds, where there is no room
)

// message is one event as it goes over the wire.
func message(number int64, html []byte) []byte {
	var b bytes.Buffer
	b.WriteString("event: board\nid: ")
	b.WriteString(strconv.FormatInt(number, 10))
	for line := range bytes.Lines(html) {
		b.WriteString("\ndata: ")
		b.Write(bytes.TrimRight(line, "\r\n"))
	}
	b.WriteString("\n\n")
	return b.Bytes()
}

// Serve answers with the stream of a topic: the newest message unless the reader has it already, by its number in Last-Event-ID or
// after=, and then each new one.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, t Topic) error {
	has, err := last(r)
	if err != nil {
		return err
	}
	client := web.AskerOf(r.Context()).Client
	one, err := h.enter(r.Context(), client, t)
	if err != nil {
		w.Header().Set("Retry-After", strconv.Itoa(comeAgainAfter))
		return err
	}
	defer h.leave(client, t)
	ctx, cancel := context.WithTimeout(r.Context(), listening+rand.N(spread)) //nolint:gosec // when somebody comes again is no secret
	defer cancel()
	head := w.Header()
	head.Set("Content-Type", "text/event-stream")
	head.Set("Cache-Control", "no-store")
	head.Set("X-Accel-Buffering", "no")
	head.Set("No-Gzip-Compression", "1") // it would keep what is said until there is more of it
	s := stream{w: w, to: http.NewResponseController(w)}
	defer func() { _ = s.to.SetWriteDeadline(time.Now().Add(tooSlow)) }()                            // for the end of the answer; who left does not mind
	if s.say([]byte("retry: "+strconv.Itoa(500+rand.IntN(1500))+"\n\n")) != nil || s.time() != nil { //nolint:gosec // as above
		return nil
	}
	h.tell(ctx, &s, one, has)
	return nil // the answer has begun, and whoever left needs no word
}

// tell says what is new until the reader has left, or it is time to come again.
func (h *Hub) tell(ctx context.Context, s *stream, one *topic, has int64) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		now := one.now.Load()
		if now.text != nil && now.number != has {
			if s.say(now.text) != nil {
				return
			}
			has = now.number
		}
		select {
		case <-now.next:
		case <-beat.C:
			if s.time() != nil {
				return
			}
		case <-ctx.Done():
			return
		case <-h.ends:
			return
		}
	}
}

// last is the number that a reader has; -1: none.
func last(r *http.Request) (int64, error) {
	text := r.Header.Get("Last-Event-ID")
	if text == "" {
		text = r.URL.Query().Get("after")
	}
	if text == "" {
		return -1, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < -1 {
		return 0, fault.New(fault.Invalid, "“%s”不是消息的序号", "“%s” is not the number of a message", lang.Short(text))
	}
	return n, nil
}

// stream is an answer that goes on.
type stream struct {
	w  http.ResponseWriter
	to *http.ResponseController
}

// say sends bytes at once, or fails where the reader does not take them.
func (s *stream) say(text []byte) error {
	if err := s.to.SetWriteDeadline(time.Now().Add(tooSlow)); err != nil {
		return err
	}
	if _, err := s.w.Write(text); err != nil {
		return err
	}
	return s.to.Flush()
}

// time says the server's, in milliseconds: a clock is shown by it, and a connection that is dead is noticed.
func (s *stream) time() error {
	return s.say([]byte("event: now\ndata: " + strconv.FormatInt(time.Now().UnixMilli(), 10) + "\n\n"))
}
