package takein

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/web"
)

const (
	// mostFile bounds a table, which the browser carries from the preview to its confirmation. An evening's
	// has some 50 letters and 50 kB; 5,000 letters have 4 MB.
	mostFile   = 8 << 20
	mostNotice = 1 << 20
	mostText   = 64 << 10
	mostParts  = 100
	// mostForm is all of it, the carried table in base64.
	mostForm = mostFile*3/2 + mostFile + 2*mostNotice + mostParts*mostText
)

// form is what was sent.
type form struct {
	values url.Values
	table  []byte
	notice []byte
	do     string // confirm, marked or back, of a preview
	hand   bool   // it was typed in
	pasted bool
	kept   bool // the table came with the form, and no other was chosen
}

// keepTable is the table that a form which comes back has to carry: one that was typed in or pasted is in its fields.
func (f form) keepTable() []byte {
	if f.hand || f.pasted {
		return nil
	}
	return f.table
}

// keepNotice is the notice that a form which comes back has to carry: one that was typed in is in its field.
func (f form) keepNotice() []byte {
	if string(f.notice) == strings.TrimSpace(f.values.Get("notice-text")) {
		return nil
	}
	return f.notice
}

// field is the one that the table came in.
func (f form) field() string {
	switch {
	case f.hand:
		return "h-code"
	case f.pasted:
		return "pasted"
	}
	return "file"
}

// receive reads the form, in memory alone. A table that was carried comes first, then a file, what was pasted, and what was
// typed in.
func receive(w http.ResponseWriter, r *http.Request) (f form, err error) {
	f = form{values: url.Values{}}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		if err := web.ReadForm(r); err != nil {
			return f, err
		}
		f.values = r.PostForm
		return f, f.sort(map[string][]byte{})
	}
	up, done := web.Upload(w, r, mostForm)
	defer done()
	files := map[string][]byte{}
	in := multipart.NewReader(up.Body, params["boundary"])
	for n := 0; ; n++ {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			return f, f.sort(files)
		}
		if err != nil || n == mostParts {
			return f, broken(err)
		}
		if err := f.take(part, files); err != nil {
			return f, err
		}
	}
}

// broken says that a form did not come whole.
func broken(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return fault.At("file", fault.New(fault.Invalid, "文件太大：最多 %d MB，请分成几个", "the file is too large: %d MB at most, use several", mostFile>>20))
	}
	return fault.At("file", fault.New(fault.Invalid, "没有传完整，请再传一次", "it did not come whole: send it again").Because(err))
}

// take reads one part.
func (f *form) take(part *multipart.Part, files map[string][]byte) error {
	name := part.FormName()
	most := int64(mostText)
	switch name {
	case "file", "pasted":
		most = mostFile
	case "carried", "kept":
		most = mostFile * 3 / 2
	case "notice", "notice-text", "carried-notice", "kept-notice":
		most = mostNotice
	}
	b, err := io.ReadAll(io.LimitReader(part, most+1))
	if err != nil {
		return broken(err)
	}
	if int64(len(b)) > most {
		field := strings.TrimPrefix(strings.TrimPrefix(name, "carried-"), "kept-")
		return fault.At(field, fault.New(fault.Invalid, "太大：最多 %d KB", "too large: %d KB at most", most>>10))
	}
	switch name {
	case "file", "notice", "carried", "carried-notice", "kept", "kept-notice":
		files[name] = b
	default:
		f.values.Add(name, string(b))
	}
	return nil
}

// sort finds the table and the notice among what came.
func (f *form) sort(files map[string][]byte) (err error) {
	f.do = f.values.Get("do")
	f.hand, f.pasted = f.values.Get("hand") != "", f.values.Get("was-pasted") != ""
	if f.notice, err = unpack(files["carried-notice"], mostNotice); err != nil {
		return err
	}
	if f.table, err = unpack(files["carried"], mostFile); err != nil || len(f.table) > 0 {
		return err
	}
	f.do, f.hand, f.pasted = "", false, false
	if f.notice = files["notice"]; len(f.notice) == 0 {
		f.notice = []byte(strings.TrimSpace(f.values.Get("notice-text")))
	}
	if len(f.notice) == 0 {
		if f.notice, err = unpack(files["kept-notice"], mostNotice); err != nil {
			return err
		}
	}
	if f.table = files["file"]; len(f.table) > 0 {
		return nil
	}
	if text := strings.TrimSpace(f.values.Get("pasted")); text != "" {
		f.table, f.pasted = []byte(text), true
		return nil
	}
	if f.table, err = byHand(*f); err != nil || len(f.table) > 0 {
		f.hand = err == nil
		return err
	}
	f.table, err = unpack(files["kept"], mostFile)
	f.kept = len(f.table) > 0
	return err
}

// pack makes a hidden field of what came.
func pack(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b) // a buffer takes all
	_ = z.Close()
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// unpack reads what pack made. It has been out of our hands: what it unpacks to is bounded.
func unpack(b []byte, most int64) ([]byte, error) {
	if len(bytes.TrimSpace(b)) == 0 {
		return nil, nil
	}
	fail := func(err error) ([]byte, error) {
		return nil, fault.At("file", fault.New(fault.Invalid, "预览页里带的文件不完整，请重新选文件", "what the preview carried is not whole: choose the file again").Because(fmt.Errorf("takein: %w", err)))
	}
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(bytes.TrimSpace(b))))
	if err != nil {
		return fail(err)
	}
	out, err := io.ReadAll(io.LimitReader(z, most+1))
	if err != nil || int64(len(out)) > most {
		return fail(err)
	}
	return out, nil
}
