// Package dutyhttp is the pages of what one person has to do.
//
//	/me                        late, soon due, the rest, and what others owe
//	/me/due/{case}             why something is due when it is, day by day
//	/me/away                   who takes one's place, and whose place one takes
//	/me/calendar               the secret address of one's calendar: made, shown once, revoked
//	/me/calendar/{secret}.ics  the calendar, for a phone's own
//	/me/calls                  whom an office has to ring up, since nothing could be sent
//
// The calendar is open to whoever has its address, so it has codes and times and nothing
// else. Its secret is in the path, which is never logged, and its page asks that no other site
// be told of it.
package dutyhttp

import (
	"net/http"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/duty"
	"github.com/xiadu/xiadu/internal/web"
)

// Deps are what the pages stand on.
type Deps struct {
	Site  *web.Site
	Desks *duty.Desks
	// In tells who is in; see signin.In.
	In func(http.ResponseWriter, *http.Request) (identity.Colleague, bool, error)
}

// The pages, for the navigation.
var (
	Item      = web.NavItem{Href: "/me", Text: lang.Text{ZH: "我要办的", EN: "My work"}, Icon: web.IconPlans}
	CallsItem = web.NavItem{Href: callsAt, Text: callsTitle, Icon: web.IconPhone, Rights: []string{duty.Calls}}
)

type pages struct{ Deps }

// Routes lists the addresses.
func Routes(mux *web.Mux, d Deps) {
	p := pages{d}
	mux.For("", "GET /me", p.home)
	mux.For("", "GET /me/due/{case}", p.explain)
	mux.For("", "GET /me/away", p.away)
	mux.For("", "POST /me/away", p.appoint)
	mux.For("", "POST /me/away/end", p.recall)
	mux.For("", "GET /me/calendar", p.calendar)
	mux.For("", "POST /me/calendar", p.makeCalendar)
	mux.For("", "POST /me/calendar/end", p.endCalendar)
	mux.Open("GET /me/calendar/{file}", p.feed)
	mux.For(duty.Calls, "GET /me/calls", p.calls)
	mux.For(duty.Calls, "POST /me/calls", p.called)
}

// visit is one request of somebody who is in.
type visit struct {
	web.Page
	by   identity.Colleague
	now  time.Time
	form web.Refusal
}

// enter begins a page that is nobody else's. Who is not in is led to where one signs in, and
// the page gets false.
func (p pages) enter(w http.ResponseWriter, r *http.Request, title lang.Text) (v visit, ok bool, err error) {
	if v.by, ok, err = p.In(w, r); !ok {
		return v, false, err
	}
	v.Page, v.now = p.Site.Page(r, title), p.Desks.Now()
	v.Private, v.Unlisted = true, true
	return v, true, nil
}
