package people

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// listView is who there is, a page of them.
type listView struct {
	visit
	all   []identity.Person
	phone string // that was looked for
	in    string // the organisation that was looked for, as it was typed
	pages kit.Pages
}

var listTitle = lang.Text{ZH: "人员", EN: "People"}

// pageLength is how many people a page shows.
const pageLength = 50

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.listed(w, r)
	if !ok {
		return err
	}
	status := http.StatusOK
	if err != nil {
		if status, err = v.refused(r, err); err != nil {
			return err
		}
	}
	return v.WriteStatus(w, r, status, listTable(v))
}

// listed reads the people that an address asks for.
func (p pages) listed(w http.ResponseWriter, r *http.Request) (v listView, ok bool, err error) {
	if v.visit, ok, err = p.enter(w, r, listTitle); !ok {
		return v, false, err
	}
	if err := v.offer(r, ""); err != nil {
		return v, false, err
	}
	q := r.URL.Query()
	v.phone, v.in = strings.TrimSpace(q.Get("q")), strings.TrimSpace(q.Get("in"))
	if v.all, err = v.found(r); err != nil {
		return v, true, err
	}
	if len(v.all) > pageLength {
		v.all = v.all[:pageLength]
		next := url.Values{"after": {v.all[pageLength-1].ID}}
		if v.in != "" {
			next.Set("in", v.in)
		}
		v.pages.Next = "/people?" + next.Encode()
	}
	if q.Get("after") != "" {
		v.pages.First = "/people"
		if v.in != "" {
			v.pages.First += "?" + url.Values{"in": {v.in}}.Encode()
		}
	}
	var ids []string
	for _, one := range v.all {
		ids = append(append(ids, one.Organisation), named(one.Roles...)...)
	}
	return v, true, v.name(r, ids...)
}

// found are the people of a page: by telephone, of an organisation, or all; one more than
// a page has tells that there are more.
func (v *listView) found(r *http.Request) ([]identity.Person, error) {
	after := r.URL.Query().Get("after")
	if v.phone != "" {
		all, err := v.people.Persons.FindByPhone(r.Context(), v.by.Actor, v.phone)
		if fault.KindOf(err) == fault.Invalid {
			err = fault.At("q", err)
		}
		return all, err
	}
	if v.in == "" {
		return v.people.Persons.List(r.Context(), v.by.Actor, after, pageLength+1)
	}
	o, err := v.people.Organisations.Named(r.Context(), v.in)
	if err != nil {
		return nil, fault.At("in", err)
	}
	if v.in, err = v.people.Organisations.Called(r.Context(), o.ID); err != nil {
		return nil, err
	}
	return v.people.Persons.In(r.Context(), v.by.Actor, o.ID, after, pageLength+1)
}

// add makes an account, and shows the invitation to it.
func (p pages) add(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.listed(w, r)
	if !ok || err != nil {
		return err
	}
	somebody, err := v.somebodyIn(r, "division", "organisation")
	_, login := identity.CheckLogin(r.PostFormValue("login"))
	err = errors.Join(fault.At("login", login), err)
	var inv identity.Invitation
	if err == nil {
		_, inv, err = v.people.Accounts.Add(r.Context(), v.by.Actor, r.PostFormValue("login"), somebody)
		if kind := fault.KindOf(err); kind == fault.Conflict {
			err = fault.At("login", err)
		}
	}
	if err != nil {
		if err := v.offer(r, r.PostFormValue("organisation")); err != nil {
			return err
		}
		status, other := v.refused(r, err)
		if other != nil {
			return other
		}
		return v.WriteStatus(w, r, status, listTable(v))
	}
	made := v.invitation(r, somebody.Name, inv)
	v.Once = true
	return v.Write(w, r, madeView(v.visit, made))
}

// somebodyIn reads who somebody is; each mistake is told at its field, of which two are
// named by the form.
func (v visit) somebodyIn(r *http.Request, division, organisation string) (identity.Somebody, error) {
	s := identity.Somebody{Name: strings.TrimSpace(r.PostFormValue("name")), Phone: strings.TrimSpace(r.PostFormValue("phone"))}
	_, name := identity.Somebody{Name: s.Name}.Check()
	_, phone := identity.Somebody{Name: "?", Phone: s.Phone}.Check()
	var where, unit error
	s.Division, where = divisionIn(r.PostFormValue(division))
	s.Organisation, unit = v.organisationIn(r, r.PostFormValue(organisation))
	return s, joined(map[string]error{"name": name, "phone": phone, division: where, organisation: unit})
}

// divisionIn reads a division, or none.
func divisionIn(text string) (d gb.Division, err error) {
	if text = strings.TrimSpace(text); text != "" {
		d, err = gb.Resolve(text, gb.Division{})
	}
	return d, err
}
