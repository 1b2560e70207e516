package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
)

// begun is the writer that handlers get. It notes in the passage that an answer
// has begun, after which no error page can take its place, and that its reader is
// gone.
type begun struct {
	http.ResponseWriter
	passage *passage
}

func (w *begun) WriteHeader(status int) {
	w.passage.began = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *begun) Write(b []byte) (int, error) {
	w.passage.began = true
	n, err := w.ResponseWriter.Write(b)
	if err != nil {
		w.passage.left = true
	}
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *begun) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// noting puts begun before a handler.
func noting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p, ok := r.Context().Value(passageKey{}).(*passage); ok {
			w = &begun{w, p}
		}
		next.ServeHTTP(w, r)
	})
}

// breakOff ends an answer that has begun and cannot be finished: the connection
// is cut, so that half a file is not taken for a whole one. Why is logged, unless
// the reader broke it off: what the system says of that names their address.
func (s *Site) breakOff(r *http.Request, p *passage, err error) {
	if gone := p.left || errors.Is(r.Context().Err(), context.Canceled); !gone {
		s.Log.ErrorContext(r.Context(), "an answer could not be finished", "route", p.route(), "error", nameless(r.Context(), err))
	}
	panic(http.ErrAbortHandler)
}

// nameless is what err says without the address of the reader, which errors of
// their connection hold.
func nameless(ctx context.Context, err error) string {
	text := err.Error()
	if p, ok := ctx.Value(passageKey{}).(*passage); ok && p.request != nil {
		text = strings.ReplaceAll(text, p.request.RemoteAddr, "…")
	}
	return text
}

// addresses are those of readers as net/http writes them.
var addresses = regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}(:\d+)?|\[[0-9a-fA-F:.]+(%\w+)?\](:\d+)?`)

// withoutAddresses logs what net/http complains of, which begins with the address
// of a reader more often than not.
type withoutAddresses struct{ slog.Handler }

// Handle logs one complaint.
func (h withoutAddresses) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, "http: "+addresses.ReplaceAllString(r.Message, "…"), r.PC)
	return h.Handler.Handle(ctx, clean)
}
