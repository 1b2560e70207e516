package web

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/xiadu/xiadu/internal/fault"
)

// policy lets a page load from this site alone and run no script or style that
// is written in the page. Images may also be data, for MapLibre's own controls.
const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"worker-src 'self'; connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; " +
	"form-action 'self'; frame-ancestors 'none'"

// Handler puts the chain that every request passes round the routes.
func (s *Site) Handler(routes http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.WriteError(w, r, fault.New(fault.Denied,
			"这个请求是从别的网站发来的，为了您的安全没有执行。请在本站的页面上重新操作。",
			"This request came from another website, so for your safety it was not carried out. Please do it again on a page of this site."))
	}))
	h := remember(origin.Handler(limited(routes, s.MaxBody)))
	return s.observe(secure(gzhttp.GzipHandler(noting(s.recovered(h)))))
}

func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), secured)
		next.ServeHTTP(w, r)
	})
}

// secured are the headers of every answer. Their values are shared by all, and no
// handler writes into one.
var secured = http.Header{
	"Content-Security-Policy": {policy},
	"X-Content-Type-Options":  {"nosniff"},
	"X-Frame-Options":         {"DENY"},
	// Addresses of pages hold positions: other sites must not see them.
	"Referrer-Policy":              {"same-origin"},
	"Permissions-Policy":           {"geolocation=(self), camera=(self), microphone=()"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
}

// limited refuses bodies of more than most bytes, unless Upload lets more come. Requests
// without one, nearly all, need no copy for it.
func limited(next http.Handler, most int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body == nil || r.Body == http.NoBody {
			next.ServeHTTP(w, r)
			return
		}
		b := &body{all: r.Body, ReadCloser: http.MaxBytesReader(w, r.Body, most)}
		if p, ok := r.Context().Value(passageKey{}).(*passage); ok {
			p.body = b
		}
		bounded := *r
		bounded.Body = b
		next.ServeHTTP(w, &bounded)
	})
}

func (s *Site) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := fault.Safely(func() error { next.ServeHTTP(w, r); return nil })()
		if errors.Is(err, http.ErrAbortHandler) {
			panic(http.ErrAbortHandler) // net/http's own way to end a connection
		}
		if err != nil {
			s.WriteError(w, r, err)
		}
	})
}

// observe logs each request by its route, and gives it its time. The query and the
// address of the reader are personal (a position, a place) and are left out; so is
// the path, because only routes are few enough to count.
func (s *Site) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		carried := &passage{preferences: readPreferences(r), network: s.client(r)}
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), passageKey{}, carried), s.AnswerTime)
		defer cancel()
		whole := false
		defer func() { // also of an answer that is broken off, which is a panic
			route := carried.route()
			level := slog.LevelInfo
			if strings.Contains(route, "/{rev}/") {
				level = slog.LevelDebug // assets and tiles come by the dozen with every page
			}
			about := []any{"method", r.Method, "route", route, "status", rec.status, "bytes", rec.bytes, "took_ms", time.Since(start).Milliseconds()}
			if !whole {
				about = append(about, "broken_off", true)
			}
			s.Log.Log(r.Context(), level, "request", about...)
		}()
		next.ServeHTTP(rec, r.WithContext(ctx))
		whole = true
	})
}

// passage is what the chain carries with a request: the reader's preferences
// going in, and what became of it coming back.
type passage struct {
	preferences preferences
	network     string        // where it comes from
	request     *http.Request // as Mux got it, which notes the pattern that took it there
	reader      *Reader       // once anybody has asked
	system      string        // whose route took it, by its key
	around      Around        // what that route's pages have around them
	began       bool          // to be answered
	left        bool          // its reader has, as a failed write shows
	body        *body         // of the request, where it has one
}

// route is the pattern that took the request, or empty while none has.
func (p *passage) route() string {
	if p.request == nil {
		return ""
	}
	return p.request.Pattern
}

// passageKey holds the *passage.
type passageKey struct{}

// recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Flush sends what an answer that goes on has so far. The compressing writer asks for
// it by this interface and not through Unwrap.
func (w *recorder) Flush() {
	_ = http.NewResponseController(w.ResponseWriter).Flush() // a reader who left does not mind
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// writeTimeout cuts an answer off. What runs out of AnswerTime is told so before.
const (
	writeTimeout    = time.Minute
	usualAnswerTime = 50 * time.Second
)

// Server returns an http.Server for h that no slow or greedy client can tie up.
// What it complains of is logged without anybody's address.
func Server(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ErrorLog:          slog.NewLogLogger(withoutAddresses{log.Handler()}, slog.LevelWarn),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}
