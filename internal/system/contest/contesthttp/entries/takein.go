package entries

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

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/web"
)

// takeView is the form of a table, its preview and what became of it. Between the preview and its confirmation the browser carries
// the file: it has contacts of people, and a copy of ours that nobody confirmed would be one more place to guard.
type takeView struct {
	page.Contest
	file    []byte
	read    *entry.Table
	outcome *entry.Outcome // of a dry run; nil where rows are wrong
	done    bool
}

// mostFile bounds a table: 10,000 entries with their summaries fit.
const mostFile = 4 << 20

var takeTitle = lang.Text{ZH: "导入作品表", EN: "Take a table in"}

// TakeForm answers the form.
func (p *Pages) TakeForm(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.taking(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, takePage(v))
}

func (p *Pages) taking(r *http.Request) (v takeView, who identity.Colleague, err error) {
	v.Contest, who, err = p.Held(r, takeTitle)
	return v, who, err
}

// Take reads a table and says what it would do; confirmed, it takes it in.
func (p *Pages) Take(w http.ResponseWriter, r *http.Request) error {
	v, who, err := p.taking(r)
	if err != nil {
		return err
	}
	f, confirm, err := receive(w, r)
	if err != nil {
		return v.refuse(w, r, err)
	}
	if len(f) == 0 {
		return v.refuse(w, r, fault.At("file", fault.New(fault.Invalid, "请选一个文件", "choose a file")))
	}
	t, err := entry.ReadSheet(r.Context(), bytes.NewReader(f))
	if err != nil {
		return v.refuse(w, r, fault.At("file", err))
	}
	v.file, v.read = f, &t
	if t.Errors > 0 {
		return v.WriteStatus(w, r, http.StatusUnprocessableEntity, takenPage(v))
	}
	out, err := p.Entries.Import(r.Context(), who, entry.Upload{Contest: v.Event.Code, Table: t, DryRun: !confirm})
	if err != nil {
		return v.refuse(w, r, err)
	}
	v.outcome, v.done = &out, confirm
	return v.Write(w, r, takenPage(v))
}

func (v takeView) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	if err := v.Refuse(url.Values{}, err); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.Form.Status(), takePage(v))
}

func (v takeView) at() string { return page.At(v.Event.Code, "office", "entries", "import") }

func (v takeView) may() bool { return v.Event.State == contest.Called }

// receive reads what was sent, in memory alone: a file, or the one that a preview carried.
func receive(w http.ResponseWriter, r *http.Request) (file []byte, confirm bool, err error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return nil, false, nil
	}
	up, done := web.Upload(w, r, mostFile*3/2+mostFile)
	defer done()
	const mostParts = 10
	in := multipart.NewReader(up.Body, params["boundary"])
	for range mostParts {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			return file, confirm, nil
		}
		if err != nil {
			return nil, false, broken(err)
		}
		b, err := io.ReadAll(io.LimitReader(part, mostFile*3/2+1))
		if err != nil {
			return nil, false, broken(err)
		}
		switch part.FormName() {
		case "file":
			if len(b) > mostFile {
				return nil, false, broken(&http.MaxBytesError{Limit: mostFile})
			}
			file = b
		case "carried":
			if file, err = unpack(b); err != nil {
				return nil, false, err
			}
		case "do":
			confirm = string(b) == "confirm"
		}
	}
	return nil, false, broken(nil)
}

// broken says that a form did not come whole.
func broken(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return fault.At("file", fault.New(fault.Invalid, "文件太大：最多 %d MB，请分成几个", "the file is too large: %d MB at most, use several", mostFile>>20))
	}
	return fault.At("file", fault.New(fault.Invalid, "没有传完整，请再传一次", "it did not come whole: send it again").Because(err))
}

// pack makes a hidden field of a file.
func pack(b []byte) string {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(b) // a buffer takes all
	_ = z.Close()
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

// unpack reads what pack made. It has been out of our hands: what it unpacks to is bounded.
func unpack(b []byte) ([]byte, error) {
	fail := func(err error) ([]byte, error) {
		return nil, fault.At("file", fault.New(fault.Invalid, "预览页里带的文件不完整，请重新选文件", "what the preview carried is not whole: choose the file again").Because(fmt.Errorf("entries: %w", err)))
	}
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(bytes.TrimSpace(b))))
	if err != nil {
		return fail(err)
	}
	out, err := io.ReadAll(io.LimitReader(z, mostFile+1))
	if err != nil || len(out) > mostFile {
		return fail(err)
	}
	return out, nil
}
