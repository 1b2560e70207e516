// Package signin is the pages by which people come in and go out, and look at where
// they are signed in: what engine/identity does, in a browser.
//
//	/first/{token}       the first administrators are made, once
//	/invitation/{token}  a link and its code bind this browser, or choose a password
//	/sign-in             login and password; in a demo, its cast, one click each; then, as
//	                     far as they are due,
//	/sign-in/code        the code of the second factor
//	/sign-in/password    a new password
//	/sign-in/factor      the second factor is set up
//	/sign-in/again       asked once more before a grave act
//	/sign-out            by POST
//	/me/account          roles, sessions, warnings; whoever comes in is led to /me, which package
//	                     mine has
//
// A form that comes back has what was typed but no password, and what is wrong at its
// field. Every page is Private: nothing keeps it. What a page shows once (recovery
// codes, links) is the answer to the POST that made it, so that going there again
// shows nothing.
//
// # Cookies
//
// The session's token is in one cookie, hidden from scripts, over HTTPS under a name
// with the prefix __Host- so that no neighbour's site can plant one. It is Lax and not
// Strict: a link in a message leads in, nothing is changed by a GET, and the chain
// refuses what other sites post. Each step in gets another token, so what was known
// before opens nothing after. A second cookie, sent to /sign-in alone, is the device
// that is known, and a third tells browsers apart that open an invitation.
package signin

import (
	"net/http"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

// Item leads to the pages.
var Item = web.NavItem{Href: "/me", Text: lang.Text{ZH: "工作人员", EN: "Staff"}}

// Account leads to what somebody sees of themselves.
var Account = web.NavItem{Href: "/me/account", Text: meTitle, Icon: web.IconPerson}

// FirstPath is the address at which a token of a first start is good.
func FirstPath(token string) string { return "/first/" + token }

// pages are those of the people of a site.
type pages struct {
	site   *web.Site
	people identity.Staff
}

// Routes lists the addresses.
func Routes(mux *web.Mux, site *web.Site, people identity.Staff) {
	p := pages{site, people}

	task := mux.In(web.AroundTask)

	// Somebody comes in.
	task.Open("GET /sign-in", p.entrance)
	task.Open("POST /sign-in", p.signIn)
	task.Open("POST /sign-in/cast", func(w http.ResponseWriter, r *http.Request) error { return enterCast(p, w, r) })
	task.For("", "GET /sign-in/code", p.codePage)
	task.For("", "POST /sign-in/code", p.giveCode)
	task.For("", "GET /sign-in/password", p.passwordPage)
	task.For("", "POST /sign-in/password", p.changePassword)
	task.For("", "GET /sign-in/factor", p.factorPage)
	task.For("", "POST /sign-in/factor", p.setFactor)
	task.For("", "GET /sign-in/again", p.againPage)
	task.For("", "POST /sign-in/again", p.confirm)
	task.Open("POST /sign-out", p.signOut)

	// Somebody who is in looks at it.
	mux.For("", "GET /me/account", p.me)
	mux.For("", "POST /me/end", p.end)
	mux.For("", "POST /me/end-others", p.endOthers)
	mux.For("", "POST /me/seen", p.seen)

	// Somebody comes for the first time.
	task.Open("GET /first/{token}", p.firstPage)
	task.Open("POST /first/{token}", p.setUp)
	task.Open("GET /invitation/{token}", p.invitation)
	task.Open("POST /invitation/{token}", p.accept)
}

// page begins a page that nothing keeps and no search engine lists. Addresses have tokens, which no other site is told: the policy of
// all pages sees to that. A stricter one has browsers post forms from nowhere, as another site's would, where there is no https.
func (p pages) page(_ http.ResponseWriter, r *http.Request, title lang.Text) web.Page {
	v := p.site.Page(r, title)
	v.Private, v.Unlisted = true, true
	return v
}

const (
	sessionCookie = "session"
	deviceCookie  = "device"
	browserCookie = "browser"
	deviceLife    = 400 * 24 * time.Hour // as long as browsers keep any
	dropped       = -time.Second
)

// named is a cookie's name: over HTTPS one that only this host can have set.
func named(r *http.Request, name string) string {
	if web.OverTLS(r) && name == sessionCookie {
		return "__Host-" + name
	}
	return name
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(named(r, name))
	if err != nil {
		return ""
	}
	return c.Value
}

// set sets a cookie for a time.
func set(w http.ResponseWriter, r *http.Request, name, value, path string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: named(r, name), Value: value, Path: path, MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: web.OverTLS(r), SameSite: http.SameSiteLaxMode,
	})
}

// enter gives the browser its session and leads on to what is due, or back.
func (p pages) enter(w http.ResponseWriter, r *http.Request, people *identity.Service, in identity.SignedIn, back string) {
	p.take(w, r, people, in, false)
	http.Redirect(w, r, next(in.Level, in.Must, back), http.StatusSeeOther)
}

// take gives the browser its session.
func (p pages) take(w http.ResponseWriter, r *http.Request, people *identity.Service, in identity.SignedIn, bound bool) {
	life := people.Policy().Absolute
	if bound {
		life = people.Policy().DeviceAbsolute
	}
	set(w, r, sessionCookie, in.Token, "/", life)
	if in.Device != "" {
		set(w, r, deviceCookie, in.Device, "/sign-in", deviceLife)
	}
}

// next is where somebody goes who has come so far.
func next(level identity.Level, must identity.Due, back string) string {
	step := ""
	switch {
	case level == identity.Half:
		step = "/sign-in/code"
	case must == identity.PasswordDue:
		step = "/sign-in/password"
	case must == identity.FactorDue:
		step = "/sign-in/factor"
	default:
		return back
	}
	return withBack(step, back)
}

// who returns who asks. Where nobody is signed in it leads to where one signs in, and
// returns false; what else is wrong is the error.
func (p pages) who(w http.ResponseWriter, r *http.Request) (*identity.Service, identity.Actor, bool, error) {
	people, err := p.people()
	if err != nil {
		return nil, identity.Actor{}, false, err
	}
	back := r.URL.Path
	if r.Method != http.MethodGet {
		back = Account.Href
	}
	token := cookie(r, sessionCookie)
	if token == "" {
		http.Redirect(w, r, withBack("/sign-in", back), http.StatusSeeOther)
		return nil, identity.Actor{}, false, nil
	}
	who, err := people.Sessions.Who(r.Context(), token)
	if identity.NeedsSignIn(err) {
		set(w, r, sessionCookie, "", "/", dropped)
		http.Redirect(w, r, withBack("/sign-in", back)+"&ended=1", http.StatusSeeOther)
		return nil, identity.Actor{}, false, nil
	}
	return people, who, err == nil, err
}

// wrong tells the faults that a form shows from the errors that are none of its
// reader's, and their text.
func wrong(l lang.Lang, err error) (text string, ok bool) {
	if kind := fault.KindOf(err); kind == 0 || kind == fault.NotFound || kind == fault.Late {
		return "", false
	}
	return fault.In(l, err)
}

// browserName is what to call a browser in a list.
func browserName(r *http.Request) string {
	agent := r.UserAgent()
	return first(agent, "?", "MicroMessenger", "微信", "Edg/", "Edge", "Firefox/", "Firefox", "Chrome/", "Chrome", "Safari/", "Safari") +
		first(agent, "", "HarmonyOS", " · HarmonyOS", "Android", " · Android", "iPhone", " · iPhone", "iPad", " · iPad", "Windows", " · Windows", "Mac OS", " · Mac", "Linux", " · Linux")
}

// first returns the name behind the first sign that a text has, of signs and names.
func first(text, otherwise string, signs ...string) string {
	for i := 0; i+1 < len(signs); i += 2 {
		if strings.Contains(text, signs[i]) {
			return signs[i+1]
		}
	}
	return otherwise
}
