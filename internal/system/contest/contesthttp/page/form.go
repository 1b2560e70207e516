package page

import (
	"errors"
	"net/http"

	"github.com/xiadu/xiadu/internal/fault"
)

// Form reads the form that was posted into r.PostForm. One that cannot be read is a fault.Invalid.
func Form(r *http.Request) error {
	err := r.ParseForm()
	if _, large := errors.AsType[*http.MaxBytesError](err); err == nil || large {
		return err
	}
	return fault.New(fault.Invalid, "表单读不懂，什么也没有做。请回到上一页再来一次。", "The form cannot be read, and nothing was done. Go back and send it once more.").Because(err)
}
