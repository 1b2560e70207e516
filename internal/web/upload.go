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
	transferTime = 20 * time.Minute
	transferIdle = 30 * time.Second
)

// Upload readies a request for files: as many as most bytes may come, and as long as they
// come nothing cuts it off. It is for those who may bring something: ask before. The
// returned request has a context of its own, which ends with done.
func Upload(w http.ResponseWriter, r *http.Request, most int64) (files *http.Request, done context.CancelFunc) {
	ctx, done := context.WithTimeout(context.WithoutCancel(r.Context()), transferTime)
	files = r.WithContext(ctx)
	if p, ok := r.Context().Value(passageKey{}).(*passage); ok && p.body != nil {
		p.body.ReadCloser = http.MaxBytesReader(w, p.body.all, most)
		files.Body = &patient{p.body, http.NewResponseController(w), ctx}
	}
	return files, done
}

// patient moves the deadlines of a connection on with what is read.
type patient struct {
	io.ReadCloser
	connection *http.ResponseController
	ctx        context.Context //nolint:containedctx // a reader has no other way to its end
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	now := time.Now()
	_ = p.connection.SetReadDeadline(now.Add(transferIdle)) // where there is none, none is passed
	_ = p.connection.SetWriteDeadline(now.Add(transferIdle + writeTimeout))
	return p.ReadCloser.Read(b)
}

// Download is where an answer goes that is as long as a file: it is not cut off as long as
// its reader takes of it.
func Download(w http.ResponseWriter) io.Writer {
	return &lasting{w, http.NewResponseController(w), time.Now().Add(transferTime)}
}

type lasting struct {
	w          io.Writer
	connection *http.ResponseController
	until      time.Time
}

// atATime is as much as is written under one deadline.
const atATime = 256 << 10

func (l *lasting) Write(b []byte) (n int, err error) {
	for len(b) > 0 && err == nil {
		if now := time.Now(); now.Before(l.until) {
			_ = l.connection.SetWriteDeadline(now.Add(writeTimeout)) // where there is none, none is passed
		}
		var m int
		m, err = l.w.Write(b[:min(len(b), atATime)])
		n += m
		b = b[m:]
	}
	return n, err
}
