package page

import "net/http"

// SendDocument sends a page of its own policy.
func SendDocument(w http.ResponseWriter, kind, name string, body []byte) {
	FileHeader(w, name, kind)
	_, _ = w.Write(body) // a reader who has gone needs no file
}
