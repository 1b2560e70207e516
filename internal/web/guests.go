package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/xiadu/xiadu/internal/fault"
)

// Guests answers what is for everybody and is only read, and nothing else: for an address of its own, on a network that
// guests share. Routes of the systems in closed, such as signing in, are not there, and whoever asks is nobody, whatever
// credentials came with the request.
func (m *Mux) Guests(closed ...string) http.Handler {
	open := map[string]bool{}
	for _, d := range *m.doors {
		open[d.Route] = d.Open && !slices.Contains(closed, d.System)
	}
	leads := func(r *http.Request) bool {
		_, route := m.mux.Handler(r)
		return open[route] && route != "/"
	}
	inside := m.site.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch reads := r.Method == http.MethodGet || r.Method == http.MethodHead; {
		case reads && leads(r):
			m.ServeHTTP(w, r)
		default:
			m.site.WriteError(w, r, fault.New(fault.NotFound, "这个网址只给大家看公开的页面，这里没有这一页。工作人员请用工作人员的网址。",
				"This address has the public pages alone, and not this one. Staff use the address of staff."))
		}
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), guestKey{}, leads)
		inside.ServeHTTP(w, asNobody(r.WithContext(ctx)))
	})
}

// guestKey holds what tells whether a guest's request leads anywhere.
type guestKey struct{}

// switched are the cookies of the reader's two switches, which a guest keeps.
var switched = []string{"lang", "large"}

// asNobody is r without anything that says who asks.
func asNobody(r *http.Request) *http.Request {
	had := r.Cookies()
	r.Header = r.Header.Clone()
	r.Header.Del("Authorization")
	r.Header.Del("Cookie")
	for _, c := range had {
		if slices.Contains(switched, c.Name) {
			r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
		}
	}
	return r
}

// leading tells of addresses whether the reader of a request may be led there; nil: to all.
func leading(r *http.Request) func(href string) bool {
	leads, guest := r.Context().Value(guestKey{}).(func(*http.Request) bool)
	if !guest {
		return nil
	}
	return func(href string) bool {
		to, err := http.NewRequestWithContext(r.Context(), http.MethodGet, href, http.NoBody)
		return err == nil && leads(to)
	}
}

// Leads tells whether there is anything at an address for whoever reaches the site the way that this page's reader does.
func (p Page) Leads(href string) bool { return p.leads == nil || p.leads(href) }
