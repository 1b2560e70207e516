package photos

import (
	"encoding/json"
	"net/http"

	"github.com/xiadu/xiadu/internal/fault"
)

// brought is the answer to a file that was taken.
type brought struct {
	Value string `json:"value"` // what a form names it by, in its field
	Hash  string `json:"hash"`
	Name  string `json:"name"`
}

// fileField is the field of the one file of a request; fileField+".sha256" before it is
// its hash, as its sender has it.
const fileField = "file"

// bring takes one file of a kind for an act to come. A problem says what is wrong with it.
func (a *Album) bring(w http.ResponseWriter, r *http.Request) error {
	e, visitor, ok, err := a.visitor(w, r)
	if !ok {
		return err
	}
	kind, err := e.Kind(r.PathValue("kind"))
	if err != nil {
		return err
	}
	by, err := visitor.MayBring(r.Context(), kind)
	if err != nil {
		return err
	}
	if by.Person == "" { // who brings a file is who may name it
		return fault.New(fault.Denied, "程序不能交照片和文件。", "A program cannot bring photos or papers.")
	}
	form, err := a.Read(w, r, Reading{By: by.Person, Kinds: map[string]string{fileField: kind.Key}})
	if err != nil {
		return err
	}
	files := form.Files(fileField)
	if len(files) != 1 {
		return fault.At(fileField, fault.New(fault.Invalid, "请一次交一个文件。", "Send one file at a time."))
	}
	if files[0].Why != nil {
		return files[0].Why
	}
	return writeJSON(w, http.StatusCreated, brought{files[0].value(), files[0].Hash, files[0].Name})
}

func writeJSON(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(v)
}
