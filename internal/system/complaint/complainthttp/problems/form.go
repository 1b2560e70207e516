package problems

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// formView is a page with one question about a problem. It comes back with all that was typed until it is done.
type formView struct {
	web.Page
	code, title string // of the problem
	back        string
	lead        string   // what it is about, in a sentence
	notes       []string // what else the step wants, which no field can give
	parts       []templ.Component
	seen        string
	draft       string
	once        string // its number, by which it is known when it is sent twice
	submit      string
	sure        []string
	refused     web.Refusal
	values      url.Values
	files       photos.Form
	bar         string // why it is not for who asks, before anything is typed
	onMap       bool   // a tap on a map fills its place
}

// value is what a field shows: what was typed, and before that what is known.
func (v formView) value(name, known string) string {
	if v.values == nil || !v.values.Has(name) {
		return known
	}
	return v.values.Get(name)
}

func (v formView) chosen(name, value string) bool {
	return slices.Contains(v.values[name], value)
}

func (v formView) wrong(name string) string { return v.refused.Wrong(name) }

func (v formView) field(in web.Input) templ.Component {
	in.Value, in.Error = v.value(in.Name, in.Value), v.wrong(in.Name)
	return web.Field(in)
}

func (v formView) text(in web.Input, rows int) templ.Component {
	in.Value, in.Error = v.value(in.Name, in.Value), v.wrong(in.Name)
	return web.Text(in, rows)
}

func (v formView) radios(legend, name string, choices []web.Choice, known string) templ.Component {
	for i := range choices {
		choices[i].Name, choices[i].On = name, choices[i].Value == v.value(name, known)
	}
	return web.RadiosWrong(legend, choices, v.wrong(name))
}

// photoField is a field of photos or papers, with those that came already.
func (f *moveForm) photoField(name, label string) templ.Component {
	v := *f.v
	in := kit.PhotoInput{Name: name, Label: label, Error: v.wrong(name)}
	if name == complaint.ProofPhoto {
		in.Camera, in.Before = true, f.before
	}
	return kit.PhotoField(v.Page, f.Photos.Field(v.Page, complaint.System+"."+name, in, v.files))
}

// filesOf are the photos and papers of a form.
func filesOf(f photos.Form) (all []problem.File) {
	for _, kind := range []string{complaint.ProofPhoto, complaint.ProofPaper} {
		for _, hash := range f.Hashes(kind) {
			all = append(all, problem.File{Kind: kind, Hash: hash})
		}
	}
	return all
}

// read reads a form with files of somebody who is signed in.
func (p *Pages) read(w http.ResponseWriter, r *http.Request, who identity.Colleague) (photos.Form, error) {
	return p.Photos.Read(w, r, photos.Reading{By: who.Person, Kinds: map[string]string{
		complaint.ProofPhoto: complaint.System + "." + complaint.ProofPhoto, complaint.ProofPaper: complaint.System + "." + complaint.ProofPaper,
	}})
}

// fieldNames are the fields of the forms by what a use case calls what is wrong.
var fieldNames = map[string]string{
	"reason.": "why", "evidence.photo": complaint.ProofPhoto, "evidence.paper": complaint.ProofPaper, "any-of.": complaint.ProofPhoto, "files": complaint.ProofPhoto,
	"field.next": "day", "field.owes": "owes", "field.tests": "tests", "field.verdict": "verdict", "field.milestone": "progress",
}

// general is the field of what no field of a form is about; it is said above the form.
const general = "general"

// placed puts each fault at the field that the form has for it, and the others above it.
func placed(err error, shown ...string) error {
	faults, all := fault.Fields(err)
	if !all {
		return err
	}
	has := map[string]bool{}
	for _, name := range shown {
		has[name] = true
	}
	var out []error
	var above *fault.Error
	for field, e := range faults {
		there := *e
		there.Field = field
		if name := fieldNames[field]; name != "" {
			there.Field = name
		}
		if field == "evidence."+complaint.ProofPhoto && e.Kind == fault.Invalid {
			there.Text = lang.Text{ZH: "照片不够，或有重复：同一张只算一次。", EN: "There are too few photos, or one comes twice: the same one counts once."}
		}
		if has[there.Field] {
			out = append(out, &there)
			continue
		}
		there.Field = general
		if above == nil {
			above = &there
		} else {
			above.Text = lang.Text{ZH: above.Text.ZH + "\n" + there.Text.ZH, EN: above.Text.EN + "\n" + there.Text.EN}
		}
	}
	if above != nil {
		out = append(out, above)
	}
	return errors.Join(out...)
}

// dayOf reads a day of a form; empty is no day.
func dayOf(values url.Values) (calendar.Date, error) {
	text := strings.TrimSpace(values.Get("day"))
	if text == "" {
		return calendar.Date{}, nil
	}
	d, err := calendar.ParseDate(text)
	return d, fault.At("day", err)
}

// above are the lines of what is wrong with the whole.
func (v formView) above() []string {
	text := v.refused.Why
	if g := v.wrong(general); g != "" {
		text = g
	}
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// builder makes a form of what came, with what was wrong with it, and names its fields.
type builder func(form photos.Form, refused web.Refusal) (v formView, shown []string, err error)

// comeBack shows a form again, with what was wrong at its fields and all that was typed.
func (p *Pages) comeBack(w http.ResponseWriter, r *http.Request, form photos.Form, wrong error, build builder) error {
	if errors.Is(wrong, act.ErrAnother) {
		form.Values.Del("once")
	}
	v, shown, err := build(form, web.Refusal{})
	if err != nil {
		return err
	}
	bound, other := v.Filled(form.Values, placed(wrong, shown...))
	refused := web.Refusal{Form: bound}
	if other != nil {
		if refused, err = v.Refused(form.Values, wrong); err != nil {
			return err
		}
	}
	if v, _, err = build(form, refused); err != nil {
		return err
	}
	return v.WriteStatus(w, r, refused.Status(), formPage(v))
}
