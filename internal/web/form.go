package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/fault"
)

// Form is a form as somebody filled it in, with what is wrong with it. A page whose
// question cannot be read shows it again: each field with what was typed, what is wrong
// beside it, and no answer to a question that nobody asked.
//
// Every page reads its whole question and joins the faults, each of a field
// (fault.At); Filled makes a Form of them. A Form of which nothing is wrong shows
// what the page says.
type Form struct {
	typed  url.Values
	wrong  map[string]string
	status int
}

// Filled returns the form that was filled in with values, of which err says what is
// wrong. An error that is not about fields alone comes back: no form can mend it.
func (p Page) Filled(values url.Values, err error) (Form, error) {
	faults, all := fault.Fields(err)
	if !all {
		return Form{}, err
	}
	f := Form{typed: values, wrong: map[string]string{}, status: http.StatusOK}
	if err != nil {
		if f.status = StatusOf(err); f.status == http.StatusNotFound { // what a field names, and not the page
			f.status = http.StatusUnprocessableEntity
		}
	}
	for field, e := range faults {
		f.wrong[field] = e.Text.In(p.Lang)
	}
	return f, nil
}

// Refusal is why what a form asked for was not done: at its fields, or in a sentence.
type Refusal struct {
	Form
	Why string // where no field is wrong
}

// Refused reads why what a form asked for was not done, so that the form comes back as it
// was filled in. An error that no form can mend comes back: what is not there, what is
// away, and what is no fault.
func (p Page) Refused(typed url.Values, err error) (Refusal, error) {
	form, other := p.Filled(typed, err)
	if other == nil {
		return Refusal{Form: form}, nil
	}
	text, known := fault.In(p.Lang, err)
	if kind := fault.KindOf(err); !known || kind == fault.NotFound || kind == fault.Unavailable {
		return Refusal{}, err
	}
	return Refusal{Form{typed: typed, status: StatusOf(err)}, text}, nil
}

// Right reports whether nothing was refused.
func (r Refusal) Right() bool { return r.Why == "" && r.Form.Right() }

// Value is Form.Value: nothing that was typed is lost.
func (r Refusal) Value(name, understood string) string {
	if r.Right() || !r.typed.Has(name) {
		return understood
	}
	return r.typed.Get(name)
}

// Right reports whether nothing is wrong.
func (f Form) Right() bool { return len(f.wrong) == 0 }

// Status is what a page with this form is answered with.
func (f Form) Status() int { return f.status }

// Wrong is what is wrong with a field, or nothing.
func (f Form) Wrong(name string) string { return f.wrong[name] }

// Value is what a field shows: what the page understood, and as it was typed while
// something is wrong, so that nothing is lost.
func (f Form) Value(name, understood string) string {
	if f.Right() || !f.typed.Has(name) {
		return understood
	}
	return f.typed.Get(name)
}

// Among reports whether one of these fields is wrong, so that what folds them opens.
func (f Form) Among(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return f.wrong[name] != "" })
}

func (f Form) title(p Page) string {
	if n := len(f.wrong); n > 1 {
		return p.F("有 %d 处要改", "%d things need correcting", n)
	}
	return p.T("有一处要改", "One thing needs correcting")
}

// kind is the type of the input. A browser empties a date or a number that it cannot
// read: what was typed stays where it can be mended, in a plain field.
func (f Input) kind() string {
	if f.Value != "" && !holds(f.Kind, f.Value) || f.Kind == "" {
		return "text"
	}
	return f.Kind
}

// holds reports whether an input of a kind can show a value.
func holds(kind, value string) bool {
	var err error
	switch kind {
	case "number":
		_, err = strconv.ParseFloat(value, 64)
	case "date":
		_, err = time.Parse(time.DateOnly, value)
	case "datetime-local":
		_, err = time.Parse("2006-01-02T15:04", value)
	}
	return err == nil
}

// Described ties a field to its hint and its error; the first that is wrong has the
// reader's cursor, and whatever folds it must be open.
func Described(name, hint, wrong string) templ.OrderedAttributes {
	var out templ.OrderedAttributes
	by := ""
	if hint != "" {
		by = "h-" + name
	}
	if wrong != "" {
		if by != "" {
			by += " "
		}
		by += "e-" + name
		out = append(out, templ.KV[string, any]("aria-invalid", "true"), templ.KV[string, any]("autofocus", true))
	}
	if by != "" {
		out = append(out, templ.KV[string, any]("aria-describedby", by))
	}
	return out
}
