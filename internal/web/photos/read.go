package photos

import (
	"cmp"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strings"
	"unicode"

	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

// Reading is how a form with files is read.
type Reading struct {
	By    string            // the person or device that brings the files, who alone may name them
	Kinds map[string]string // the fields that take files, with the kind of evidence of each
	Most  int               // files at a time, where it is for anybody; 0: as many as a form has at most
}

func (h Reading) most() int {
	if h.Most > 0 {
		return h.Most
	}
	return mostFiles
}

// Form is a form that came with files.
type Form struct {
	Values url.Values // what was typed; of a field that takes files, what came of them
	files  []File
}

// File is one that came, or did not.
type File struct {
	Field string
	Name  string // as its device calls it, to be shown to who brought it
	Hash  string // by which an act names it; empty: it was not taken
	Why   error  // why it was not taken
}

// What bounds a form: files at a time, their names, and all that is not a file.
const (
	mostFiles = 30
	mostText  = 1 << 20
	mostParts = 2000
	mostName  = 100
)

// Read reads a form whose fields take files, which go into the engine while they come.
// A file that breaks a rule is not taken; the others are, and so is what was typed: Wrong
// says which it was, for the form to come back. A form without files is read, too.
// What was brought before and is named again, by a form that comes back or by a script,
// is in the same field as text. r.PostForm has the values as well.
//
// It is for somebody of whom the system knows that they may bring something.
func (a *Album) Read(w http.ResponseWriter, r *http.Request, how Reading) (f Form, err error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		if err := r.ParseForm(); err != nil {
			return f, err
		}
		f.Values = r.PostForm
		return f, f.again(how)
	}
	e, err := a.Evidence()
	if err != nil {
		return f, err
	}
	most, err := mostOf(e, how)
	if err != nil {
		return f, err
	}
	up, done := web.Upload(w, r, most)
	defer done()
	in := incoming{e: e, r: up, how: how, form: Form{Values: url.Values{}}, left: mostText}
	if err := in.read(multipart.NewReader(up.Body, params["boundary"])); err != nil {
		return f, err
	}
	r.Form, r.PostForm = in.form.Values, in.form.Values
	return in.form, in.form.again(how)
}

// mostOf is how many bytes may come at all. More than a file may have has to come, too,
// for its sender to be told: a browser that is cut off shows no answer.
func mostOf(e *evidence.Evidence, how Reading) (int64, error) {
	var most int64
	for _, key := range how.Kinds {
		k, err := e.Kind(key)
		if err != nil {
			return 0, err
		}
		most = max(most, k.MaxBytes)
	}
	return mostText + int64(how.most())*max(most, 100<<20), nil
}

// incoming is a form that is being read.
type incoming struct {
	e    *evidence.Evidence
	r    *http.Request
	how  Reading
	form Form
	left int64
	hash map[string]string // of the next file of a field, as its sender says
}

func (in *incoming) read(parts *multipart.Reader) error {
	in.hash = map[string]string{}
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return brokenOff(err)
		}
		if n == mostParts {
			return fault.New(fault.Invalid, "这张表太长，没有收下。请分几次交。", "This form is too long and was not taken. Send it in parts.")
		}
		if part.FileName() != "" || part.Header.Get("Content-Type") != "" {
			err = in.file(part)
		} else {
			err = in.text(part)
		}
		if err != nil {
			return err
		}
	}
}

func brokenOff(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return err
	}
	return fault.New(fault.Invalid, "传到一半断了，没有收下。请再交一次。", "It broke off half way and was not taken. Send it again.").Because(err)
}

// hashOf is the suffix of the field in which the hash of the next file is said.
const hashOf = ".sha256"

func (in *incoming) text(part *multipart.Part) error {
	b, err := io.ReadAll(io.LimitReader(part, in.left+1))
	if err != nil {
		return brokenOff(err)
	}
	if in.left -= int64(len(b)); in.left < 0 {
		return fault.New(fault.Invalid, "文字太多，没有收下：最多 %d KB。", "There is too much text, which was not taken: at most %d KB.", mostText>>10)
	}
	name := part.FormName()
	if field, ok := strings.CutSuffix(name, hashOf); ok && in.how.Kinds[field] != "" {
		in.hash[field] = string(b)
		return nil
	}
	in.form.Values.Add(name, string(b))
	return nil
}

// file takes one. A browser sends a field without a file as an empty file without a name.
func (in *incoming) file(part *multipart.Part) error {
	field := part.FormName()
	kind := in.how.Kinds[field]
	if part.FileName() == "" || kind == "" {
		_, err := io.Copy(io.Discard, part)
		return cmp.Or(err, nil)
	}
	f := File{Field: field, Name: shown(part.FileName())}
	said := in.hash[field]
	delete(in.hash, field)
	if len(in.form.files) >= in.how.most() {
		f.Why = fault.New(fault.Invalid, "一次最多交 %d 个文件，这个没有收下。请再交一次。", "At most %d files at a time: this one was not taken. Send it once more.", in.how.most())
	} else {
		taken, err := in.e.Take(in.r.Context(), part, evidence.Sent{Kind: kind, By: in.how.By, Hash: said})
		if kind := fault.KindOf(err); err != nil && kind != fault.Invalid && kind != fault.Unavailable {
			return err
		}
		f.Hash, f.Why = taken.Hash, err
	}
	in.form.files = append(in.form.files, f)
	if f.Why == nil {
		in.form.Values.Add(field, f.value())
		return nil
	}
	// Its sender is told once all has come; what is left of it is let go.
	if _, err := io.Copy(io.Discard, part); err != nil {
		return brokenOff(err)
	}
	return nil
}

// value is how a file is named again in its field: its hash, and what it is called.
func (f File) value() string { return f.Hash + " " + f.Name }

// shown is a file's name as it can be said.
func shown(name string) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, name), "")
	if r := []rune(name); len(r) > mostName {
		name = string(r[:mostName]) + "…"
	}
	return name
}

// again finds what was brought before among the values.
func (f *Form) again(how Reading) error {
	for field := range how.Kinds {
		known := map[string]bool{}
		for _, file := range f.files {
			known[file.value()] = known[file.value()] || file.Field == field && file.Hash != ""
		}
		for _, value := range f.Values[field] {
			if known[value] || value == "" {
				continue
			}
			hash, name, _ := strings.Cut(value, " ")
			if len(hash) != 64 || strings.Trim(hash, "0123456789abcdef") != "" {
				return fault.New(fault.Invalid, "表单里的文件编号不对。请重新选择文件再交。", "The form names a file in a way that cannot be read. Choose the files again.")
			}
			f.files = append(f.files, File{Field: field, Name: shown(name), Hash: hash})
		}
	}
	return nil
}

// Hashes are those of a field that were taken, by which an act names them.
func (f Form) Hashes(field string) (hashes []string) {
	for _, file := range f.files {
		if file.Field == field && file.Hash != "" {
			hashes = append(hashes, file.Hash)
		}
	}
	return hashes
}

// Files are those of a field, taken or not.
func (f Form) Files(field string) (files []File) {
	for _, file := range f.files {
		if file.Field == field {
			files = append(files, file)
		}
	}
	return files
}

// Wrong joins what was wrong with files, each at its field and by its name; nil if all
// were taken. Join it with what else is wrong, and show the form again.
func (f Form) Wrong() error {
	var wrong []error
	for _, file := range f.files {
		if file.Why == nil {
			continue
		}
		said := &fault.Error{Kind: fault.KindOf(file.Why), Field: file.Field, Cause: file.Why}
		zh, _ := fault.In(lang.ZH, file.Why)
		en, _ := fault.In(lang.EN, file.Why)
		said.Text = lang.Text{ZH: "“" + file.Name + "”：" + zh, EN: "“" + file.Name + "”: " + en}
		wrong = append(wrong, said)
	}
	return errors.Join(wrong...)
}
