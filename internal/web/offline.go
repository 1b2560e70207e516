package web

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/lang"
)

// Keep says what a browser may do with a page for when there is no network: see
// island/worker. It is done for the public alone, so that nobody's navigation and no
// form stays on a phone that several share.
type Keep string

// What may be kept.
const (
	KeepPage   Keep = "page"   // it is shown again as it was, with its hour
	KeepAnswer Keep = "answer" // so is this, and it is the last answer; it holds a position
)

const keepHeader = "X-Keep"

// worker serves the script that keeps pages for when there is no network. It lies at
// the root, since it may answer only for what is below it. It begins with the
// revision of the assets, so that browsers take a new one with them.
func (s *Site) worker(w http.ResponseWriter, r *http.Request) error {
	body := []byte("// " + s.Assets.rev + "\n" + s.Assets.Text("worker.js"))
	w.Header().Set("Content-Type", mimeType("worker.js"))
	w.Header().Set("Cache-Control", "no-cache")
	send(w, r, body, etag(body))
	return nil
}

// offline is the page that the worker shows for a page that it does not hold.
func (s *Site) offline(w http.ResponseWriter, r *http.Request) error {
	p := s.Page(r, lang.Text{ZH: "没有网络", EN: "No network"})
	p.Unlisted, p.Reader = true, Reader{} // it stays on a phone that several may share
	return p.Write(w, r, offlinePage(p))
}
