package web_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"

	"github.com/xiadu/xiadu/internal/web"
)

// TestAProxysWordCounts: a request is from where the last proxy that is trusted says, one
// on this machine or of the networks that were named; what else stands in the header was
// written by whoever asks.
func TestAProxysWordCounts(t *testing.T) {
	for what, c := range map[string]struct {
		proxies []string
		via     string
		want    string
	}{
		"nobody names anybody":           {nil, "", "127.0.0.1/32"},
		"a proxy on this machine":        {nil, "203.0.113.9", "203.0.113.9/32"},
		"what the reader made up":        {nil, "198.51.100.1, 203.0.113.9", "203.0.113.9/32"},
		"a proxy elsewhere, not trusted": {nil, "203.0.113.9, 10.0.3.7", "10.0.3.7/32"},
		"a proxy elsewhere, trusted":     {[]string{"10.0.3.0/24"}, "198.51.100.1, 203.0.113.9, 10.0.3.7", "203.0.113.9/32"},
		"two proxies":                    {[]string{"10.0.3.0/24", "10.9.0.1/32"}, "203.0.113.9, 10.9.0.1, 10.0.3.7", "203.0.113.9/32"},
		"half an IPv6 address":           {nil, "2001:db8:1:2:3::4", "2001:db8:1:2::/64"},
		"no address":                     {nil, "203.0.113.9, unknown", "127.0.0.1/32"},
	} {
		var o web.Options
		for _, p := range c.proxies {
			o.Proxies = append(o.Proxies, netip.MustParsePrefix(p))
		}
		address, _ := served(t, o, func(_ *web.Site, m *web.Mux) {
			m.Open("GET /from", func(w http.ResponseWriter, r *http.Request) error {
				_, err := fmt.Fprint(w, web.Network(r))
				return err
			})
		})
		header := []string{"X-Forwarded-For", c.via}
		if c.via == "" {
			header = nil
		}
		if a, err := fetch(t, address+"/from", header...); err != nil || a.body != c.want {
			t.Errorf("%s: %s, %v", what, a.body, err)
		}
	}
}
