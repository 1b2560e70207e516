package web

import (
	"context"
	"io"
	"net/http"
	"time"
)

// body is what a request carries: as much of it as it may.
type body struct {
	all io.ReadCloser // without a bound
	io.ReadCloser
}

// How long files may take: a weak line needs minutes for a photo, and who sends nothing
// at all for half a minute has gone.
const (
	uploadTime = 20 * time.Minute
	uploadIdle = 30 * time.Second
)

// Upload readies a request for files: as many as most bytes may come, and as long as they
// come nothing cuts it off. It is for those who may bring something: ask before. The
// returned request has a context of its own, which ends with done.
func Upload(w http.ResponseWriter, r *http.Request, most int64) (files *http.Request, done context.CancelFunc) {
	ctx, done := context.WithTimeout(context.WithoutCancel(r.Context()), uploadTime)
	files = r.WithContext(ctx)
	if p, ok := r.Context().Value(passageKey{}).(*passage); ok && p.body != nil {
		p.body.ReadCloser = http.MaxBytesReader(w, p.body.all, most)
		files.Body = &patient{p.body, http.NewResponseController(w)}
	}
	return files, done
}

// patient moves the deadlines of a connection on with what is read.
type patient struct {
	io.ReadCloser
	connection *http.ResponseController
}

func (p *patient) Read(b []byte) (int, error) {
	now := time.Now()
	_ = p.connection.SetReadDeadline(now.Add(uploadIdle)) // where there is none, none is passed
	_ = p.connection.SetWriteDeadline(now.Add(uploadIdle + writeTimeout))
	return p.ReadCloser.Read(b)
}
