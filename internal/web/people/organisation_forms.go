package people

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
)

// formField is a field of a form that two may have open at once.
type formField struct {
	name  string
	label lang.Text
}

// clash is what two have changed, and not alike.
type clash struct{ label, now, typed string }

// merged is what a form shows that was refused: what was typed and, where somebody else
// was faster, what they wrote in the fields that were left alone.
func (v visit) merged(typed url.Values, now map[string]string, fields []formField, late bool) (values map[string]string, clashes []clash) {
	values = map[string]string{}
	for _, f := range fields {
		mine, was := typed.Get(f.name), typed.Get("was-"+f.name)
		values[f.name] = mine
		switch {
		case !late || mine == now[f.name]:
		case mine == was:
			values[f.name] = now[f.name]
		case now[f.name] != was:
			clashes = append(clashes, clash{f.label.In(v.Lang), now[f.name], mine})
		}
	}
	return values, clashes
}

// organisationEdit is the form of an organisation: of a new one, or of one that is there.
type organisationEdit struct {
	visit
	one     identity.Whole // its id is empty while it is new
	now     map[string]string
	values  map[string]string
	late    bool
	clashes []clash
}

var (
	newOrganisationTitle  = lang.Text{ZH: "新增单位", EN: "Add an organisation"}
	organisationEditTitle = lang.Text{ZH: "修改单位", EN: "Change an organisation"}
	closingTitle          = lang.Text{ZH: "停用单位", EN: "Close an organisation"}
)

var organisationFields = []formField{
	{"name", lang.Text{ZH: "名称", EN: "Name"}},
	{"under", lang.Text{ZH: "上级（可不填）", EN: "Below which (may be left out)"}},
	{"division", lang.Text{ZH: "区划（可不填）", EN: "Division (may be left out)"}},
}

// newOrganisation is the form of a new one, perhaps below another.
func (p units) newOrganisation(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.editing(w, r, newOrganisationTitle, "")
	if !ok {
		return err
	}
	if above := r.URL.Query().Get("under"); above != "" {
		up, err := v.people.Organisations.Get(r.Context(), above)
		if err != nil {
			return err
		}
		d, err := gb.Parse(up.Division)
		if err == nil {
			v.values["division"] = v.divisionText(d)
		}
		if v.values["under"], err = v.people.Organisations.Called(r.Context(), above); err != nil {
			return err
		}
	}
	return v.Write(w, r, organisationForm(v))
}

// organisationForm is the form in which one is changed.
func (p units) organisationForm(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.editing(w, r, organisationEditTitle, r.PathValue("id"))
	if !ok {
		return err
	}
	return v.Write(w, r, organisationForm(v))
}

// editing reads what a form of an organisation begins with; no id is a new one.
func (p units) editing(w http.ResponseWriter, r *http.Request, title lang.Text, id string) (v organisationEdit, ok bool, err error) {
	if v.visit, ok, err = p.enter(w, r, title); !ok {
		return v, false, err
	}
	v.now = map[string]string{}
	if id != "" {
		if v.one, err = v.people.Organisations.Get(r.Context(), id); err != nil {
			return v, false, err
		}
		v.now["name"] = v.one.Name
		if v.now["under"], err = v.people.Organisations.Called(r.Context(), v.one.Parent); err != nil {
			return v, false, err
		}
		if d, err := gb.Parse(v.one.Division); err == nil {
			v.now["division"] = v.divisionText(d)
		}
	}
	v.values = maps.Clone(v.now)
	err = v.offer(r, r.FormValue("under"))
	return v, err == nil, err
}

// organising reads what an organisation is to be; each mistake is told at its field.
func (v visit) organising(r *http.Request) (to identity.Organising, err error) {
	var under, division error
	to.Name = r.PostForm.Get("name")
	to.Parent, under = v.organisationIn(r, r.PostForm.Get("under"))
	to.Division, division = divisionIn(r.PostForm.Get("division"))
	return to, joined(map[string]error{"under": under, "division": division})
}

func (p units) addOrganisation(w http.ResponseWriter, r *http.Request) error {
	return p.write(w, r, newOrganisationTitle, "", "add", func(ctx context.Context, v *organisationEdit, to identity.Organising) error {
		id, err := v.people.Organisations.Add(ctx, v.by.Actor, to)
		v.one.ID = id
		return err
	})
}

func (p units) changeOrganisation(w http.ResponseWriter, r *http.Request) error {
	return p.write(w, r, organisationEditTitle, r.PathValue("id"), "change", func(ctx context.Context, v *organisationEdit, to identity.Organising) error {
		return v.people.Organisations.Change(ctx, v.by.Actor, v.one.ID, version(r), to)
	})
}

// write does what a form of an organisation says and leads to its page; what is refused
// comes back with the reason.
func (p units) write(w http.ResponseWriter, r *http.Request, title lang.Text, id, done string, do func(context.Context, *organisationEdit, identity.Organising) error) error {
	if err := r.ParseForm(); err != nil {
		return unreadable(err)
	}
	v, ok, err := p.editing(w, r, title, id)
	if !ok {
		return err
	}
	to, err := v.organising(r)
	if err == nil {
		err = do(r.Context(), &v, to)
	}
	if err == nil {
		http.Redirect(w, r, organisationsAt+"/"+v.one.ID+"?done="+done, http.StatusSeeOther)
		return nil
	}
	v.one.ID = id
	v.late = id != "" && version(r) != v.one.Version
	v.values, v.clashes = v.merged(r.PostForm, v.now, organisationFields, v.late)
	status, err := v.refused(r, err)
	if err != nil {
		return err
	}
	return v.WriteStatus(w, r, status, organisationForm(v))
}

// version is the one that whoever filled in a form saw.
func version(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err != nil {
		return 0 // no row has it: somebody is told to look
	}
	return n
}

// closing asks whether and why an organisation is to be closed, or says what has to
// happen first.
func (p units) closing(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.metUnit(w, r)
	if !ok {
		return err
	}
	v.Title = closingTitle.In(v.Lang)
	return v.Write(w, r, closeForm(v))
}

func (p units) closeOrganisation(w http.ResponseWriter, r *http.Request) error {
	return p.shut(w, r, "close", func(ctx context.Context, v organisationsView) error {
		return v.people.Organisations.Close(ctx, v.by.Actor, v.one.ID, version(r), r.PostForm.Get("why"))
	})
}

func (p units) openOrganisation(w http.ResponseWriter, r *http.Request) error {
	return p.shut(w, r, "open", func(ctx context.Context, v organisationsView) error {
		return v.people.Organisations.Reopen(ctx, v.by.Actor, v.one.ID, version(r))
	})
}

// shut closes an organisation or opens it again, and leads back to its page.
func (p units) shut(w http.ResponseWriter, r *http.Request, done string, do func(context.Context, organisationsView) error) error {
	if err := r.ParseForm(); err != nil {
		return unreadable(err)
	}
	v, ok, err := p.metUnit(w, r)
	if !ok {
		return err
	}
	if err := do(r.Context(), v); err != nil {
		status, other := v.refused(r, err)
		if other != nil {
			return other
		}
		if done == "open" {
			return v.WriteStatus(w, r, status, organisationTable(v))
		}
		v.Title = closingTitle.In(v.Lang)
		return v.WriteStatus(w, r, status, closeForm(v))
	}
	http.Redirect(w, r, v.at()+"?done="+done, http.StatusSeeOther)
	return nil
}
