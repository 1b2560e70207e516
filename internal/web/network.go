package web

import (
	"net"
	"net/http"
	"net/netip"
)

// network is where r comes from: one address, or in IPv6 the half of it that a
// subscriber is given.
func network(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return networkOf(host)
}

// networkOf is the network of an address, or empty for what is none.
func networkOf(host string) string {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
