// Package offline is what a phone does without a signal, as far as the site sees it: the
// addresses that its acts and files come to, the bundle of pages that it keeps, and the
// pages on which somebody sees what waits.
//
//	GET  /api/v1/acts                               the server's clock, who is signed in, what to seal to
//	POST /api/v1/acts                               acts, in envelopes
//	POST /api/v1/acts/devices                       a browser that signs from now on
//	POST /api/v1/acts/files                         a file begins: which parts are still to come
//	PUT  /api/v1/acts/files/{device}/{hash}/{part}  one of them
//	/acts/take-in                                   acts that another device saved to a file
//	/me/acts                                        what waits for its author; the devices that sign
//
// It knows no system: what acts do is in inbox.Kind, which app registers. A page of a
// system shows kit.OfflineBar, gives its forms data-act, and serves a [Bundle]; the scripts
// are island/acts.ts and island/worker. docs/adr/0015 has the design.
package offline

import (
	"net/http"
	"net/url"

	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

// Inbox is an inbox whose authors are people.
type Inbox = inbox.Inbox[identity.Colleague]

// Deps are what the pages stand on.
type Deps struct {
	Site  *web.Site
	Inbox *Inbox
	Who   func(*http.Request) (identity.Colleague, error)
}

type pages struct{ Deps }

// Item leads to what waits for somebody.
var Item = web.NavItem{Href: "/me/acts", Text: lang.Text{ZH: "离线办的事", EN: "Done without a signal"}, Icon: web.IconOffline}

// Routes lists the addresses.
func Routes(mux *web.Mux, d Deps) {
	p := pages{d}
	mux.Open("GET /api/v1/acts", p.state)
	mux.For("", "POST /api/v1/acts", p.receive)
	mux.For("", "POST /api/v1/acts/devices", p.register)
	mux.For("", "POST /api/v1/acts/files", p.begin)
	mux.For("", "PUT /api/v1/acts/files/{device}/{hash}/{part}", p.part)
	mux.For("", "GET /acts/take-in", p.takeIn)
	mux.For("", "GET /me/acts", p.mine)
	mux.For("", "POST /me/acts", p.decide)
	mux.For("", "POST /me/acts/device", p.endDevice)
}

// enter returns who asks. Where nobody is signed in it leads to where one signs in, and
// returns false.
func (p pages) enter(w http.ResponseWriter, r *http.Request) (who identity.Colleague, ok bool, err error) {
	if who, err = p.Who(r); err != nil {
		return who, false, err
	}
	if who.SignedIn() && who.Person != "" {
		return who, true, nil
	}
	back := "/me/acts"
	if r.Method == http.MethodGet {
		back = r.URL.RequestURI()
	}
	http.Redirect(w, r, "/sign-in?"+url.Values{"back": {back}}.Encode(), http.StatusSeeOther)
	return who, false, nil
}

// page begins a page that is its reader's alone.
func (p pages) page(r *http.Request, title lang.Text) web.Page {
	v := p.Site.Page(r, title)
	v.Private, v.Unlisted = true, true
	return v
}
