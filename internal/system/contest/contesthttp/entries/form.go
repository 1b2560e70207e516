package entries

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/web"
)

// draftView is the form of an entry: of a new one, or of one that is written anew.
type draftView struct {
	page.Contest
	values url.Values
	office bool // who holds the contest writes it
	to     string
	back   string
	entry  *entry.Entry // that is written anew; nil: a new one
	orgs   []web.Option // of a unit that answers for several
	offers []string
}

// The fields of a draft.
const (
	fTitle     = "title"
	fSummary   = "summary"
	fPresenter = "presenter"
	fPhone     = "phone"
	fEmail     = "email"
)

// draftOf reads a draft from a form. Names stand one a line, or with a 、 between them.
func draftOf(f url.Values) entry.Draft {
	d := entry.Draft{
		Title: f.Get(fTitle), Summary: f.Get(fSummary), Groups: map[string][]string{},
		Contact: entry.Contact{Presenter: f.Get(fPresenter), Phone: f.Get(fPhone), Email: f.Get(fEmail)},
	}
	for _, kind := range []string{entry.Unit, entry.City, entry.Province} {
		d.Groups[kind] = strings.FieldsFunc(f.Get(kind), func(r rune) bool { return r == '、' || r == '；' || r == ';' || r == '\n' || r == '\r' })
	}
	return d
}

// valuesOf are the fields of a draft as a form has them.
func valuesOf(e *entry.Entry, c entry.Contact) url.Values {
	f := url.Values{fTitle: {e.Title}, fSummary: {e.Summary}, fPresenter: {c.Presenter}, fPhone: {c.Phone}, fEmail: {c.Email}}
	for _, kind := range []string{entry.Unit, entry.City, entry.Province} {
		f.Set(kind, strings.Join(e.Groups[kind], "\n"))
	}
	return f
}

func (v draftView) value(name string) string { return v.values.Get(name) }

func (v draftView) field(name, label, hint string) web.Input {
	return web.Input{Name: name, Label: label, Hint: hint, Value: v.value(name), Error: v.Form.Wrong(name), Complete: "off"}
}

var typeTitle = lang.Text{ZH: "录入纸质申报", EN: "Type in from paper"}

// TypeForm answers the form in which the office types what came on paper.
func (p *Pages) TypeForm(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.typing(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, draftPage(v))
}

func (p *Pages) typing(r *http.Request) (v draftView, who identity.Colleague, err error) {
	v.values, v.office = url.Values{}, true
	if v.Contest, who, err = p.Held(r, typeTitle); err != nil {
		return v, who, err
	}
	v.Wide = false
	v.to, v.back = page.At(v.Event.Code, "office", "entries", "new"), page.At(v.Event.Code, "office", "entries")
	v.offers, err = p.Offers(r.Context())
	return v, who, err
}

// Type submits what came on paper.
func (p *Pages) Type(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.typing(r)
	if err != nil {
		return err
	}
	n := entry.New{Contest: v.Event.Code, Draft: draftOf(r.PostForm)}
	var e entry.Entry
	if n.Organisation, err = p.Unit(r.Context(), "organisation", r.PostForm.Get("organisation")); err == nil {
		e, err = p.Entries.SubmitFor(r.Context(), who, n)
	}
	if err == nil {
		http.Redirect(w, r, page.At(v.Event.Code, "office", "entries", e.ID)+"?done=typed", http.StatusSeeOther)
		return nil
	}
	return v.refuse(w, r, err)
}

// refuse shows the form again, with all that was typed.
func (v draftView) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	v.values = r.PostForm
	return v.Again(w, r, err, func() templ.Component { return draftPage(v) })
}

var mendTitle = lang.Text{ZH: "改申报内容", EN: "Write an entry anew"}

// MendForm answers the form in which the office mends an entry.
func (p *Pages) MendForm(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.mending(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, draftPage(v))
}

func (p *Pages) mending(r *http.Request) (v draftView, who identity.Colleague, err error) {
	v.office = true
	if v.Contest, who, err = p.Held(r, mendTitle); err != nil {
		return v, who, err
	}
	v.Wide = false
	return v, who, p.toMend(r.Context(), &v, who, r.PathValue("id"), page.At(v.Event.Code, "office", "entries", r.PathValue("id")))
}

// toMend reads the entry that a form writes anew.
func (p *Pages) toMend(ctx context.Context, v *draftView, who identity.Colleague, id, back string) error {
	e, c, err := p.one(ctx, who, v.Event.Code, id)
	if err != nil {
		return err
	}
	v.entry, v.values, v.to, v.back = &e, valuesOf(&e, c), back+"/mend", back
	return nil
}

// Mend writes an entry anew for its unit.
func (p *Pages) Mend(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.mending(r)
	if err != nil {
		return err
	}
	return p.mend(w, r, v, who)
}

func (p *Pages) mend(w http.ResponseWriter, r *http.Request, v draftView, who identity.Colleague) error {
	_, err := p.Entries.Mend(r.Context(), who, entry.Mending{Entry: v.entry.ID, Seen: page.Seen(r.PostForm), Draft: draftOf(r.PostForm)})
	if err == nil {
		http.Redirect(w, r, v.back+"?done=mended", http.StatusSeeOther)
		return nil
	}
	return v.refuse(w, r, err)
}
