package page

import (
	"net"
	"net/http"
	"net/url"
	"slices"

	"github.com/xiadu/xiadu/internal/web"
)

// Entrances are the addresses at which another machine reaches the pages of who works here, the one that the request came by first,
// unless no other machine could take it.
func (p *Pages) Entrances(r *http.Request) []string {
	here := web.Address(r, "")
	if p.Reached == nil || web.OverTLS(r) {
		return []string{here}
	}
	all := slices.Clone(p.Reached().Inside)
	at := slices.Index(all, here)
	switch {
	case at > 0:
		all[0], all[at] = all[at], all[0]
	case at < 0 && (len(all) == 0 || !onlyHere(r.Host)):
		all = append([]string{here}, all...)
	}
	return all
}

// ForGuests is the address of a page that everybody may read, as a guest's telephone reaches it.
func (p *Pages) ForGuests(r *http.Request, path string) string {
	inside := p.Entrances(r)
	if p.Reached == nil || web.OverTLS(r) {
		return inside[0] + path
	}
	guests := p.Reached().Guests
	for _, one := range guests { // of the same network, if there are several
		if host(one) == host(inside[0]) {
			return one + path
		}
	}
	if len(guests) > 0 {
		return guests[0] + path
	}
	return inside[0] + path
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// onlyHere tells whether a host is a name of this machine that no other reaches it by.
func onlyHere(hostport string) bool {
	name := host("http://" + hostport)
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}
