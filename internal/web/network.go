package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
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

// client is the network that r comes from. A proxy that is trusted, one on this machine or
// of Options.Proxies, has put the address that it was reached from at the end of
// X-Forwarded-For; what stands before that was written by whoever asks and counts for
// nothing, unless it was a trusted proxy that put its own there, too.
func (s *Site) client(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !s.trusts(host) {
		return network(r)
	}
	via := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	from := network(r)
	for _, address := range slices.Backward(via) {
		named := networkOf(strings.TrimSpace(address))
		if named == "" {
			break
		}
		if from = named; !s.trusts(strings.TrimSpace(address)) {
			break
		}
	}
	return from
}

// trusts reports whether an address is that of a proxy whose word counts.
func (s *Site) trusts(host string) bool {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	a = a.Unmap().WithZone("")
	return a.IsLoopback() || slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}
