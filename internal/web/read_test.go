package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/web"
)

// A form that cannot be read is the reader's to send again; one that is too large is said to be that.
func TestReadForm(t *testing.T) {
	post := func(body string, most int64) (*http.Request, error) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, most)
		return r, web.ReadForm(r)
	}
	if r, err := post("day=1&day=2", 100); err != nil || len(r.PostForm["day"]) != 2 {
		t.Error(r.PostForm, err)
	}
	if _, err := post("day=%zz", 100); fault.KindOf(err) != fault.Invalid {
		t.Error(err)
	}
	if _, err := post("day=2023-12-01", 3); err == nil || fault.KindOf(err) == fault.Invalid {
		t.Error(err)
	}
}
