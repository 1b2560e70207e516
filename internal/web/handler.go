package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
)

// Handler answers a request or returns why it cannot. If it has begun to write by
// then, the answer is broken off.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Mux is a ServeMux whose handlers return errors, and whose routes each say whom they
// are for.
//
// Of and In return the same Mux for the routes of one system, or for pages with other
// things around them.
type Mux struct {
	mux    *http.ServeMux
	site   *Site
	doors  *[]right.Door
	system string // whose routes are registered, by its key; empty: the site's own
	around Around
}

// NewMux returns the routes of the kit itself: the assets, what keeps pages for when
// there is no network, and the page for an address that does not exist.
func (s *Site) NewMux() *Mux {
	m := &Mux{mux: http.NewServeMux(), site: s, doors: &[]right.Door{}}
	m.Handle("GET /assets/{rev}/{name...}", s.Assets)
	m.Open("GET /worker.js", s.worker)
	m.Open("GET /offline", s.offline)
	m.Open("/", m.nowhere)
	return m
}

// Handler puts the chain that every request passes round the routes.
func (m *Mux) Handler() http.Handler { return m.site.Handler(m) }

// Doors lists the routes and whom each is for.
func (m *Mux) Doors() []right.Door { return slices.Clone(*m.doors) }

// Of is for the routes of a system, whose pages the second level of the navigation
// then shows. Where the system lies cannot be told from an address: /areas is the
// station's.
func (m Mux) Of(system string) *Mux {
	m.system = system
	return &m
}

// In is for routes whose pages have something else around them, their errors too: a
// big screen must not fall back to a header.
func (m Mux) In(around Around) *Mux {
	m.around = around
	return &m
}

// Open registers a handler for a ServeMux pattern, for everybody.
func (m *Mux) Open(pattern string, h Handler) {
	m.door(right.Door{Route: pattern, Open: true})
	m.handle(pattern, h)
}

// For registers a handler for those who hold a right over anything. Others who want to
// see the page are led to where one signs in. What changes something is refused by its
// use case, which knows the place, so that a form comes back with all that was typed.
// Without a right it is for whoever is signed in, or on the way to be, and asks itself.
func (m *Mux) For(key, pattern string, h Handler) {
	m.door(right.Door{Route: pattern, Right: key, Inside: true})
	m.handle(pattern, func(w http.ResponseWriter, r *http.Request) error {
		if key == "" || r.Method != http.MethodGet {
			return h(w, r)
		}
		switch who := m.site.reader(r); {
		case !who.SignedIn:
			http.Redirect(w, r, "/sign-in?"+url.Values{"back": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
			return nil
		case !who.May(key):
			return fault.New(fault.Denied, "您的角色看不到这一页。需要时请找授权管理员。", "Your roles do not open this page. If you need it, ask the grants administrator.")
		}
		return h(w, r)
	})
}

func (m *Mux) door(d right.Door) {
	d.System = m.system
	*m.doors = append(*m.doors, d)
}

func (m *Mux) handle(pattern string, h Handler) {
	m.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if at, ok := r.Context().Value(passageKey{}).(*passage); ok {
			at.system, at.around = m.system, m.around
		}
		if err := h(w, r); err != nil {
			m.site.WriteError(w, r, err)
		}
	})
}

// Handle registers a plain http.Handler for everybody, such as the API's own router.
func (m *Mux) Handle(pattern string, h http.Handler) {
	m.door(right.Door{Route: pattern, Open: true})
	m.mux.Handle(pattern, h)
}

// ServeHTTP answers r by the route that fits it.
func (m *Mux) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p, ok := r.Context().Value(passageKey{}).(*passage); ok {
		p.request = r
	}
	m.mux.ServeHTTP(w, r)
}

// nowhere answers what no route takes: the wrong method for an address that
// exists, or an address that does not.
func (m *Mux) nowhere(w http.ResponseWriter, r *http.Request) error {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := m.mux.Handler(probe); pattern != "/" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		return errMethod
	}
	return fault.New(fault.NotFound, "这个地址下没有页面。", "There is no page at this address.")
}

// Write renders c, usually a page in its frame, whole or not at all: a template
// that fails leaves the response untouched for the error page.
func (p Page) Write(w http.ResponseWriter, r *http.Request, c templ.Component) error {
	return p.write(w, r, http.StatusOK, c)
}

// WriteStatus is Write for an answer that is not 200, such as a form that comes
// back with what is wrong in it.
func (p Page) WriteStatus(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	return p.write(w, r, status, c)
}

func (p Page) write(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	var b bytes.Buffer
	if err := c.Render(r.Context(), &b); err != nil {
		return fmt.Errorf("render %s: %w", p.Path, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.Lang.Tag())
	h.Add("Vary", "Cookie")
	if p.Keep != "" && !p.SignedIn && status == http.StatusOK {
		h.Set(keepHeader, string(p.Keep))
	}
	if status != http.StatusOK || p.Private {
		h.Set("Cache-Control", "no-store")
		retryLater(h, status)
		w.WriteHeader(status)
	} else {
		// A page may be kept but is asked after each time: its answer depends on
		// the hour. The tag is weak because compression changes the bytes.
		h.Set("Cache-Control", "private, no-cache")
		tag := etag(b.Bytes())
		h.Set("ETag", tag)
		if matches(r, tag) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	if _, err := w.Write(b.Bytes()); err != nil { // which names the reader's address
		p.Site.Log.DebugContext(r.Context(), "reader left before the page was sent", "route", r.Pattern)
	}
	return nil
}

func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
}

// matches reports whether the reader already holds the version called tag.
func matches(r *http.Request, tag string) bool {
	for held := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(held), "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}
