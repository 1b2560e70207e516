// Package page is what the pages of the contest system share: what the program gives them, and the parts of a page that
// several have. Each page is a folder beside it whose Pages embed these.
package page

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/grant"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/system/contest/order"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
	"github.com/xiadu/xiadu/internal/system/contest/taken"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// Deps is what the program gives the pages. All of it is needed.
type Deps struct {
	Site        *web.Site
	DB          *db.DB // for what is read of one page in one snapshot
	Events      *event.Events
	Entries     *entry.Entries
	Experts     *expert.Experts
	Seats       *seat.Seats
	Halls       *hall.Halls
	Orders      *order.Orders
	Releases    *release.Releases
	Publicities *publicity.Publicities
	Cards       *card.Cards
	Figures     *publiclog.Figures // that the site publishes, for what a card says
	Nominations *nomination.Nominations
	Grants      *grant.Grants
	Album       func() (*evidence.Evidence, error)
	Photos      *photos.Album  // the pages of attachments
	People      identity.Staff // for the names of organisations
	Now         func() time.Time
	Who         func(*http.Request) (identity.Colleague, error) // who asks, for the use cases
	Ends        <-chan struct{}                                 // when the site stops; nil: never
	Reached     func() Reached                                  // at which addresses of a network; nil: as whoever asks did
}

// Reached are the addresses of a network at which a site answers, as http://192.168.1.5:8080; none where it is not known.
type Reached struct {
	Inside []string // with all pages
	Guests []string // with the public ones alone
}

// Pages is what all pages share.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// At is the address of a contest, or of something of it.
func At(code string, more ...string) string {
	parts := make([]string, 0, 1+len(more))
	for _, part := range append([]string{code}, more...) {
		parts = append(parts, url.PathEscape(part))
	}
	return "/contests/" + strings.Join(parts, "/")
}

// Contest is a page about a contest.
type Contest struct {
	web.Page
	Form  web.Refusal
	Event event.Event
	// Selects says that it is a selection of stations.
	Selects bool
	Here    string // the view of it that this page is, by the last word of its address; empty: the public one
}

// Public is a page about the contest that the address names, for everybody.
func (p *Pages) Public(r *http.Request, title lang.Text) (v Contest, err error) {
	v.Page = p.Site.Page(r, title)
	v.Event, err = p.Events.Get(r.Context(), r.PathValue("code"))
	if fault.KindOf(err) == fault.NotFound {
		err = cmp.Or(p.elsewhere(r), err)
	}
	if err != nil {
		return v, err
	}
	err = p.DB.View(r.Context(), func(tx *db.Tx) error { v.Selects, err = nomination.Selects(tx, v.Event.Code); return err })
	return v, err
}

// elsewhere says that a contest was taken in, where a page of it is asked for that a contest of this site would have.
func (p *Pages) elsewhere(r *http.Request) error {
	return p.DB.View(r.Context(), func(tx *db.Tx) error {
		t, is, err := taken.Of(tx, r.PathValue("code"))
		if err == nil && is {
			err = fault.New(fault.NotFound, "“%[1]s”是在现场（%[2]s）评完收进来的，这里只能看成绩、规则和公开文件：/contests/%[1]s", "%[1]s was judged in a hall (%[2]s) and taken in: here are its results, rule and public files alone, at /contests/%[1]s", t.Contest, t.Origin)
		}
		return err
	})
}

// Inside is a page about the contest that the address names, for somebody of it: who that is the use case says that the
// page calls.
func (p *Pages) Inside(r *http.Request, title lang.Text, here string) (v Contest, who identity.Colleague, err error) {
	if who, err = p.Who(r); err != nil {
		return v, who, err
	}
	v, err = p.Public(r, title)
	v.Here, v.Wide, v.Private, v.Unlisted = here, true, true, true
	return v, who, err
}

// Enter is Inside for pages that several roles share, of which no one right is the door: who is not signed in is led to where one
// does, and has no page.
func (p *Pages) Enter(w http.ResponseWriter, r *http.Request, title lang.Text, here string) (v Contest, who identity.Colleague, in bool, err error) {
	if !p.Site.Page(r, title).SignedIn {
		http.Redirect(w, r, "/sign-in?"+url.Values{"back": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
		return v, who, false, nil
	}
	v, who, err = p.Inside(r, title, here)
	return v, who, err == nil, err
}

// Names are what organisations are called, by their ids; one that there is not has its id.
func (p *Pages) Names(r *http.Request, ids ...string) (map[string]string, error) {
	people, err := p.People()
	if err != nil {
		return nil, err
	}
	names, err := people.Organisations.Names(r.Context(), ids...)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if names[id] == "" {
			names[id] = id
		}
	}
	return names, nil
}
