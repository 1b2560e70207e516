package web

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// attempts counts wrong tokens by the network they came from, so that guessing
// takes for ever and one who guesses shuts out nobody but themselves. It is kept
// in memory only: where a reader sits is not for the disk.
type attempts struct {
	mu  sync.Mutex
	now func() time.Time
	of  map[string]*tries
}

// tries are the wrong tokens of one network since the first of them.
type tries struct {
	wrong int
	since time.Time
}

const (
	triesAllowed = 5
	triesWindow  = 10 * time.Minute
	// maxNetworks bounds the memory. Beyond it, all that are not known yet share
	// one count.
	maxNetworks = 10_000
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

// begin counts an attempt as wrong until right is called, so that many at once
// are counted too. It returns how long the network must wait, or 0 if it may try.
func (a *attempts) begin(from string) time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if len(a.of) >= maxNetworks {
		for k, t := range a.of {
			if now.Sub(t.since) >= triesWindow {
				delete(a.of, k)
			}
		}
	}
	k := a.key(from)
	t := a.of[k]
	if t == nil || now.Sub(t.since) >= triesWindow {
		t = &tries{since: now}
		a.of[k] = t
	}
	if t.wrong == triesAllowed {
		return triesWindow - now.Sub(t.since)
	}
	t.wrong++
	return 0
}

func (a *attempts) right(from string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.of, a.key(from))
}

// key is under what a network is counted.
func (a *attempts) key(from string) string {
	if _, known := a.of[from]; known || len(a.of) < maxNetworks {
		return from
	}
	return ""
}
