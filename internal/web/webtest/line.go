package webtest

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
)

// Line is the network between a reader and a site, which a test can cut.
type Line struct {
	URL string
	cut atomic.Bool
}

// NewLine lays a line to the site at an address.
func NewLine(t *testing.T, site string) *Line {
	t.Helper()
	to, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	l := &Line{}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // who checks the origin must see that of the reader
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.cut.Load() {
			panic(http.ErrAbortHandler) // no answer, as when the signal is lost
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	l.URL = server.URL
	return l
}

// Cut lets nothing through any more.
func (l *Line) Cut() { l.cut.Store(true) }

// Mend lets all through again.
func (l *Line) Mend() { l.cut.Store(false) }
