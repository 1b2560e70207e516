package people

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

const organisationsAt = "/people/organisations"

var organisationsTitle = lang.Text{ZH: "单位", EN: "Organisations"}

// units are the pages of organisations.
type units struct{ pages }

// organisationsView is a page of organisations: those at the top, those right below one, or
// those whose name has a text.
type organisationsView struct {
	visit
	asked identity.Asked
	all   []identity.Listed
	pages kit.Pages

	// Of one organisation:
	one     identity.Whole
	members []identity.Person
	more    bool // people than are shown
	naming  []identity.Holder
	done    string
}

// looked admits those who do something about people: what a list says beside names is
// for them.
func (p units) looked(w http.ResponseWriter, r *http.Request, title lang.Text) (v organisationsView, ok bool, err error) {
	if v.visit, ok, err = p.enter(w, r, title); !ok {
		return v, false, err
	}
	if !v.May(right.Accounts) && !v.May(right.Grants) && !v.May(right.Audit) {
		return v, false, fault.New(fault.Denied, "单位由管账号、管授权和审计的人看。", "Organisations are for those who keep accounts, give roles or audit.")
	}
	return v, true, nil
}

// read reads the page that an address asks for, below the parent that is set.
func (v *organisationsView) read(r *http.Request, at string) (err error) {
	q := r.URL.Query()
	v.asked.Closed, v.asked.After, v.asked.Limit = q.Get("closed") != "", q.Get("after"), pageLength+1
	if v.all, err = v.people.Organisations.Page(r.Context(), v.asked); err != nil {
		return err
	}
	page := func(after string) string {
		q := url.Values{}
		for name, value := range map[string]string{"q": v.asked.Text, "closed": q.Get("closed"), "after": after} {
			if value != "" {
				q.Set(name, value)
			}
		}
		return at + "?" + q.Encode()
	}
	if len(v.all) > pageLength {
		v.all = v.all[:pageLength]
		v.pages.Next = page(v.all[pageLength-1].ID) + "#below"
	}
	if v.asked.After != "" {
		v.pages.First = page("") + "#below"
	}
	return nil
}

func (p units) organisations(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.looked(w, r, organisationsTitle)
	if !ok {
		return err
	}
	v.asked.Text = strings.TrimSpace(r.URL.Query().Get("q"))
	if err := v.read(r, organisationsAt); err != nil {
		return err
	}
	return v.Write(w, r, organisationsTable(v))
}

// organisation shows one, with what is below it and who belongs to it.
func (p units) organisation(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.metUnit(w, r)
	if !ok {
		return err
	}
	switch r.URL.Query().Get("done") {
	case "add":
		v.done = v.T("单位已建立", "It is added")
	case "change":
		v.done = v.T("已保存", "It is saved")
	case "close":
		v.done = v.T("已停用", "It is closed")
	case "open":
		v.done = v.T("已重新启用", "It is open again")
	}
	return v.Write(w, r, organisationTable(v))
}

// metUnit reads the organisation that an address names.
func (p units) metUnit(w http.ResponseWriter, r *http.Request) (v organisationsView, ok bool, err error) {
	if v, ok, err = p.looked(w, r, organisationsTitle); !ok {
		return v, false, err
	}
	ctx := r.Context()
	if v.one, err = v.people.Organisations.Get(ctx, r.PathValue("id")); err != nil {
		return v, false, err
	}
	v.Title = v.one.Name
	v.asked.Parent = v.one.ID
	if err := v.read(r, v.at()); err != nil {
		return v, false, err
	}
	if v.members, err = v.people.Persons.In(ctx, v.by.Actor, v.one.ID, "", pageLength+1); err != nil {
		return v, false, err
	}
	if v.more = len(v.members) > pageLength; v.more {
		v.members = v.members[:pageLength]
	}
	if v.naming, err = v.people.Organisations.Naming(ctx, v.by.Actor, v.one.ID); err != nil {
		return v, false, err
	}
	var ids []string
	for _, one := range v.members {
		ids = append(ids, named(one.Roles...)...)
	}
	for _, h := range v.naming {
		ids = append(ids, named(h.Grant)...)
	}
	err = v.name(r, ids...)
	return v, err == nil, err
}

// at is the address of an organisation.
func (v organisationsView) at() string { return organisationsAt + "/" + v.one.ID }

// around is the address of the same page with closed ones, or without.
func (v organisationsView) around(at string) string {
	q := url.Values{}
	if v.asked.Text != "" {
		q.Set("q", v.asked.Text)
	}
	if !v.asked.Closed {
		q.Set("closed", "1")
	}
	return at + "?" + q.Encode() + "#below"
}

// divisionText is a division as its readers write it, or nothing.
func (v visit) divisionText(d gb.Division) string {
	if !d.Valid() {
		return ""
	}
	name := d.FullName().In(v.Lang)
	if same, err := gb.Resolve(name, gb.Division{}); err != nil || same != d {
		return d.Code()
	}
	return name
}

// lies is where an organisation is, in words, which in a list are short.
func (v visit) lies(code string, short bool) string {
	d, err := gb.Parse(code)
	switch {
	case err != nil || !d.Valid():
		return code
	case short:
		return d.Name().In(v.Lang)
	}
	return d.FullName().In(v.Lang)
}

// offer reads organisations to choose from, first what fits a text.
func (v *visit) offer(r *http.Request, text string) (err error) {
	v.offers, err = v.people.Organisations.Choices(r.Context(), text)
	return err
}

// organisationField is a field in which one names an organisation.
func (v visit) organisationField(in web.Input) web.Input {
	in.Complete, in.Offers, in.Error = "off", v.offers, v.form.Wrong(in.Name)
	in.More = organisationsAt + "/choices?of=" + in.Name
	return in
}

// organisationIn reads the organisation that somebody typed, or none.
func (v visit) organisationIn(r *http.Request, text string) (id string, err error) {
	if strings.TrimSpace(text) == "" {
		return "", nil
	}
	o, err := v.people.Organisations.Named(r.Context(), text)
	return o.ID, err
}

// choices answers with the organisations that fit what has been typed so far in a field.
func (p units) choices(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.looked(w, r, organisationsTitle)
	if !ok {
		return err
	}
	q := r.URL.Query()
	if err := v.offer(r, q.Get(q.Get("of"))); err != nil {
		return err
	}
	return v.Write(w, r, web.Offers(v.offers))
}
