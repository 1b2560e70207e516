package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// Reader is who asks, as far as pages need to know it: what is worth showing to them.
// Whether they may do it is asked by the use case, in its transaction. The zero Reader
// is the public.
type Reader struct {
	SignedIn bool
	Mark     string          // stands for them in their own pages, opaque; see [ReaderMark]
	Rights   map[string]bool // what they may do, somewhere at least
}

// ReaderMark is what stands for a person in pages that are theirs: a browser tells by it
// whether what it keeps is still its reader's.
func ReaderMark(person string) string {
	sum := sha256.Sum256([]byte("reader\x00" + person))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// May reports whether the reader holds a right over anything.
func (r Reader) May(key string) bool { return r.Rights[key] }

// reader returns who asks, whom each request is asked about once.
func (s *Site) reader(r *http.Request) Reader {
	if s.Reader == nil {
		return Reader{}
	}
	p, carried := r.Context().Value(passageKey{}).(*passage)
	if !carried {
		return s.Reader(r)
	}
	if p.reader == nil {
		who := s.Reader(r)
		p.reader = &who
	}
	return *p.reader
}
