// Package web is the HTTP kit that every system's pages stand on: it turns
// errors into answers once, draws the frame around a page, holds the components
// and serves the assets and the map tiles.
//
// A page is a Handler, a function that returns an error, and a templ file
// beside it that calls @Frame. Nothing here knows a system: what a component
// shows comes in as a small struct (StationCard, Figure, MapView). Two functions
// carry the rest: New, which fails when the front-end was not built, and
// Site.Handler, which puts the chain (log, recover, security headers, refusal of
// requests from other sites, limits, compression, preferences) round the routes.
//
// Who may change data is told by engine/identity; a page learns from its Reader what to
// offer.
//
// Pages work without JavaScript. The scripts in island/ only add: the map, the
// position button, htmx where a page asks for it, and a worker that keeps what was
// open for when there is no network (offline.go). The rule for privacy is
// that a position never reaches the log: requests are logged by route, never by
// query and never with an address.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/shared"
)

// Options are what the program tells its pages about itself.
type Options struct {
	Log         *slog.Logger
	City        lang.Text                  // the city in the header; empty shows the product alone
	Attribution string                     // who made the streets, always visible beside a map
	Schematic   bool                       // the streets are a sketch, which every page must say
	Demo        bool                       // the database is marked as a demo, which every page must say
	Proxies     []netip.Prefix             // whose X-Forwarded-For counts, besides this machine's own
	Systems     []System                   // that are on, in their order
	Mine        System                     // what is shown beside them to who is signed in
	Foot        []NavItem                  // what few look for, at the foot of the page
	MaxBody     int64                      // bytes a request may carry; 0 means 1 MiB
	AnswerTime  time.Duration              // how long an answer may take, by its context; 0 means 50 seconds
	Reader      func(*http.Request) Reader // who asks; nil: everybody is the public
	Kinds       map[string]lang.Text       // what kinds of entries of the record say, by their keys

	// Checkpoint is the log's size and root in a line, which papers print: who keeps one can hold the
	// site to its word later. Nil, or empty: there is none.
	Checkpoint func(context.Context) string
}

// LogLine is what a paper prints of the public log, or nothing.
func (s *Site) LogLine(ctx context.Context) string {
	if s.Checkpoint == nil {
		return ""
	}
	return s.Checkpoint(ctx)
}

// Site is what all pages of the running program share. It is immutable.
type Site struct {
	Options
	Assets *Assets
	heavy  *shared.Queue
	outage *outage
}

// New checks the assets and returns the site. It fails when the front-end has
// not been built, with the command that builds it.
func New(o Options) (*Site, error) {
	assets, err := embedded()
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MaxBody == 0 {
		o.MaxBody = 1 << 20
	}
	if o.AnswerTime == 0 {
		o.AnswerTime = usualAnswerTime
	}
	return &Site{Options: o, Assets: assets, heavy: shared.NewQueue(heavyLimits), outage: &outage{}}, nil
}

// Page is what the frame needs to know about one answer.
type Page struct {
	Site   *Site
	Title  string
	Lang   lang.Lang
	Large  bool   // large type, for old eyes and for cold days
	Path   string // path of the request, which marks the current entry of the navigation
	system string // by its key: whose page it is
	Around Around
	leads  func(href string) bool
	Query  string // its query, kept by the language and type switches
	Wide   bool   // the office register: the whole width, dense tables
	Reader        // who it is for
	// Unlisted keeps the page out of search engines: it is of no use to who searches.
	Unlisted bool
	// Private is for what its reader alone may see: nothing keeps the answer, no
	// browser, no proxy, not for going back.
	Private bool
	// Once is for what is shown this once: the page has no switches, which would ask
	// for it anew and find it gone.
	Once bool
	// Back is the one way back from a task; empty leads to the first page.
	Back NavItem
	// Keep says that a browser may keep the page for when there is no network.
	Keep Keep
	// Describe is one sentence for search engines and link previews.
	Describe string
	// JSONLD is schema.org data as JSON text, or empty. It must come from
	// json.Marshal, which escapes what could end the element.
	JSONLD string
}

// Page starts the page that answers r.
func (s *Site) Page(r *http.Request, title lang.Text) Page {
	p := preferencesOf(r)
	v := Page{
		Site: s, Title: title.In(p.lang), Lang: p.lang, Large: p.large,
		Path: r.URL.Path, Query: r.URL.RawQuery, Reader: s.reader(r), leads: leading(r),
	}
	if at, ok := r.Context().Value(passageKey{}).(*passage); ok {
		v.system, v.Around = at.system, at.around
	}
	return v
}

// T is short for p.Lang.T, which templates call in every line.
func (p Page) T(zh, en string) string { return p.Lang.T(zh, en) }

// F is short for p.Lang.F.
func (p Page) F(zh, en string, args ...any) string { return p.Lang.F(zh, en, args...) }

// Asset returns the address of an asset by its name in dist.
func (p Page) Asset(name string) string { return p.Site.Assets.URL(name) }

// Address is an address of this site as the reader reached it, to be shared.
func Address(r *http.Request, path string) string {
	scheme := "http"
	if OverTLS(r) {
		scheme = "https"
	}
	return scheme + "://" + r.Host + path
}

// When is a time as people here read it, to the minute.
func When(t time.Time) string { return t.In(calendar.China).Format("2006-01-02 15:04") }

// OverTLS reports whether the reader's browser speaks HTTPS, to this program or to
// a proxy before it. Whoever makes the header up restricts only their own cookie.
func OverTLS(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// Network is where r comes from, to count wrong passwords by: the network of the
// connection or, where a trusted proxy passes it on, the one that the proxy itself names.
func Network(r *http.Request) string {
	if p, ok := r.Context().Value(passageKey{}).(*passage); ok {
		return p.network
	}
	return network(r)
}

// LocalPath is path if it is an address of this site, and instead otherwise: nobody
// is led elsewhere by a link that began here.
func LocalPath(path, instead string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return instead
	}
	return path
}
