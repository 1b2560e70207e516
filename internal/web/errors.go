package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

var errMethod = errors.New("method not allowed")

// statuses is the one place where kinds of fault become HTTP.
var statuses = map[fault.Kind]int{
	fault.Invalid:     http.StatusUnprocessableEntity,
	fault.NotFound:    http.StatusNotFound,
	fault.Conflict:    http.StatusConflict,
	fault.Denied:      http.StatusForbidden,
	fault.Late:        http.StatusGone,
	fault.Unavailable: http.StatusServiceUnavailable,
}

// StatusOf returns the HTTP status of a fault, for a page that shows it beside
// the form that it is about.
func StatusOf(err error) int {
	if status, ok := statuses[fault.KindOf(err)]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// Problem is an error as the API writes it (RFC 9457) and as the error page
// shows it. It is an error itself and fits huma's StatusError, so that an
// operation may return it as it is.
type Problem struct { //nolint:errname // the word of RFC 9457
	Type      string `json:"type"`                // always about:blank: the status says it
	Title     string `json:"title"`               // what happened, for everybody
	Status    int    `json:"status"`              // the HTTP status
	Detail    string `json:"detail"`              // what happened here, and what to do
	Reference string `json:"reference,omitempty"` // where to find it in the log
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders returns what goes with the status: when to come back, where that helps.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	retryLater(h, p.Status)
	return h
}

// ContentType says how the problem is sent, whatever format was negotiated.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// Problem says err in language l. What is no fault is logged whole under a
// reference, and only the reference is shown.
func (s *Site) Problem(ctx context.Context, l lang.Lang, err error) *Problem {
	var tooLarge *http.MaxBytesError
	p := &Problem{Type: "about:blank"}
	text, known := fault.Named(l, err)
	switch {
	case known:
		p.Status, p.Detail = statuses[fault.KindOf(err)], text
	case errors.As(err, &tooLarge):
		p.Status = http.StatusRequestEntityTooLarge
		p.Detail = l.F("内容太大：最多 %d KB。请分开发送，或改用命令行导入。", "This is too large: at most %d KB. Send it in parts, or import it on the command line.", tooLarge.Limit>>10)
	case errors.Is(err, errMethod):
		p.Status = http.StatusMethodNotAllowed
		p.Detail = l.T("这个地址不接受这种操作。请从页面上的按钮和链接进入。", "This address does not take this kind of request. Please use the links and buttons on the pages.")
	case errors.Is(err, context.DeadlineExceeded):
		p.Status = http.StatusServiceUnavailable
		p.Detail = l.T("这一次算得太久，已经停下。请缩小范围，或过一会儿再试。", "This took too long and was stopped. Ask for a smaller area, or try again later.")
	}
	if p.Status == 0 {
		p.Status, p.Reference = http.StatusInternalServerError, reference()
		p.Detail = l.F("不是您的操作有误。请过几分钟再试；如果一直这样，请把编号 %s 告诉管理员。",
			"It was not your doing. Please try again in a few minutes. If it stays, give the reference %s to whoever runs this site.", p.Reference)
		s.Log.ErrorContext(ctx, "request failed", "reference", p.Reference, "error", nameless(ctx, err))
	}
	p.Title = title(l, p.Status)
	return p
}

// WriteError answers r with err: a problem for programs, a calm page for people.
// An answer that has begun is broken off instead.
func (s *Site) WriteError(w http.ResponseWriter, r *http.Request, err error) {
	if p, ok := r.Context().Value(passageKey{}).(*passage); ok && p.began {
		s.breakOff(r, p, err)
	}
	if errors.Is(err, context.Canceled) && errors.Is(r.Context().Err(), context.Canceled) {
		return // the reader is gone
	}
	for _, of := range []string{"Content-Type", "Content-Disposition", "Content-Encoding", "Content-Length", "Cache-Control", "ETag"} {
		w.Header().Del(of) // the answer that does not come
	}
	p := s.Problem(r.Context(), LangOf(r), err)
	retryLater(w.Header(), p.Status)
	if !forProgram(r) {
		page := s.Page(r, lang.Text{ZH: p.Title, EN: p.Title})
		if err = page.write(w, r, p.Status, errorPage(page, p)); err == nil {
			return
		}
		s.Log.ErrorContext(r.Context(), "error page failed", "error", nameless(r.Context(), err))
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	if err := json.NewEncoder(w).Encode(p); err != nil {
		s.Log.DebugContext(r.Context(), "reader left before the problem was sent")
	}
}

// retryLater says when to come back, where that helps.
func retryLater(h http.Header, status int) {
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "30")
	}
}

// reference returns a short random name for one failure, easy to read out.
func reference() string { return rand.Text()[:8] }

func title(l lang.Lang, status int) string {
	switch status {
	case http.StatusUnprocessableEntity:
		return l.T("有一处需要改一下", "Something needs correcting")
	case http.StatusNotFound:
		return l.T("没有找到", "Not found")
	case http.StatusConflict:
		return l.T("内容刚刚被别人改过", "Somebody changed this just now")
	case http.StatusForbidden:
		return l.T("不能这样做", "Not allowed")
	case http.StatusGone:
		return l.T("已经过了时间", "The time for this has passed")
	case http.StatusServiceUnavailable:
		return l.T("现在还不行", "Not just now")
	case http.StatusRequestEntityTooLarge:
		return l.T("内容太大", "Too large")
	case http.StatusMethodNotAllowed:
		return l.T("不接受这种操作", "Not this way")
	default:
		return l.T("我们这边出了问题", "Something broke here")
	}
}
