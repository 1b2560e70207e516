package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/xiadu/xiadu/internal/fault"
)

// ReadForm reads the form that was posted into r.PostForm. One that cannot be read is a fault.Invalid.
func ReadForm(r *http.Request) error {
	err := r.ParseForm()
	if _, large := errors.AsType[*http.MaxBytesError](err); err == nil || large {
		return err
	}
	return fault.New(fault.Invalid, "表单读不懂，什么也没有存。请回到上一页再提交一次。", "The form cannot be read, and nothing was kept. Go back and send it once more.").Because(err)
}

// ReadJSON reads what a script sent into v. What cannot be read is a fault.Invalid.
func ReadJSON(r *http.Request, v any) error {
	err := json.NewDecoder(r.Body).Decode(v)
	if _, large := errors.AsType[*http.MaxBytesError](err); err == nil || large {
		return err
	}
	return fault.New(fault.Invalid, "读不懂送来的内容：应是一段 JSON。", "What was sent cannot be read: it should be JSON.").Because(err)
}

// WriteJSON answers a script with v, which nothing keeps.
func WriteJSON(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b) // a reader who left does not mind
	return nil
}
