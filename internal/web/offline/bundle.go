package offline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/xiadu/xiadu/internal/web"

	"github.com/xiadu/xiadu/internal/fault"
)

// Bundle is the addresses of some work at hand, which a phone keeps whole or not at all.
type Bundle struct {
	Name    string // of the work: "visit/2026-12-01"
	Parts   []string
	Without string // what is not in it, in words; empty: nothing that matters
}

// manifest is a bundle as a phone reads it.
type manifest struct {
	Name    string   `json:"name"`
	Hash    string   `json:"hash"` // over the parts
	Parts   []hashed `json:"parts"`
	Without string   `json:"without,omitempty"`
}

type hashed struct {
	Href   string `json:"href"`
	SHA256 string `json:"sha256"`
}

const (
	maxParts  = 300
	maxBundle = 64 << 20 // bytes of one part
)

// Serve answers with the manifest of a bundle for who asks: each part is asked of the site
// as that reader would be answered, so that the hashes are of what the phone will get.
// Parts have to answer alike each time, without the hour in them.
func (b Bundle) Serve(w http.ResponseWriter, r *http.Request, site http.Handler) error {
	if len(b.Parts) > maxParts {
		return fmt.Errorf("offline: bundle %s has %d parts", b.Name, len(b.Parts))
	}
	m := manifest{Name: b.Name, Without: b.Without}
	all := sha256.New()
	for _, href := range b.Parts {
		sum, err := hashOf(r, site, href)
		if err != nil {
			return err
		}
		m.Parts = append(m.Parts, hashed{href, sum})
		_, _ = fmt.Fprintf(all, "%s %s\n", sum, href)
	}
	m.Hash = hex.EncodeToString(all.Sum(nil))
	return web.WriteJSON(w, m)
}

// hashOf asks the site for a part as its reader would.
func hashOf(r *http.Request, site http.Handler, href string) (string, error) {
	to, err := url.Parse(href)
	if err != nil || !strings.HasPrefix(href, "/") || strings.HasPrefix(href, "//") {
		return "", fmt.Errorf("offline: %q is no address of this site", href)
	}
	ask := r.Clone(r.Context())
	ask.Method, ask.URL, ask.RequestURI, ask.Body, ask.ContentLength = http.MethodGet, to, href, http.NoBody, 0
	for _, name := range []string{"Accept-Encoding", "If-None-Match", "Range"} {
		ask.Header.Del(name)
	}
	ask.Header.Set("Accept", "text/html, */*")
	heard := &listener{header: http.Header{}}
	site.ServeHTTP(heard, ask)
	switch {
	case heard.status != http.StatusOK && heard.status != 0:
		return "", fault.New(fault.Unavailable, "工作包里的一页（%[1]s）现在打不开（%[2]d），先不存。请过一会儿再试。",
			"A page of the bundle (%[1]s) cannot be opened just now (%[2]d), so that nothing is kept. Try again later.", to.Path, heard.status)
	case heard.body.Len() > maxBundle:
		return "", fmt.Errorf("offline: %s has %d bytes", to.Path, heard.body.Len())
	}
	sum := sha256.Sum256(heard.body.Bytes())
	return hex.EncodeToString(sum[:]), nil
}

// listener hears an answer.
type listener struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (l *listener) Header() http.Header         { return l.header }
func (l *listener) Write(b []byte) (int, error) { return l.body.Write(b) }
func (l *listener) WriteHeader(status int) {
	if l.status == 0 {
		l.status = status
	}
}
