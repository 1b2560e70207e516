package web

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/lang"
)

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
	p.Unlisted = true
	return p.Write(w, r, offlinePage(p))
}
