package people

import (
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
	q := r.URL.Query()
	if v.phone = strings.TrimSpace(q.Get("q")); v.phone != "" {
		v.all, err = v.people.Persons.FindByPhone(r.Context(), v.by.Actor, v.phone)
		if fault.KindOf(err) == fault.Invalid {
			err = fault.At("q", err)
		}
		return v, true, err
	}
	if v.all, err = v.people.Persons.List(r.Context(), v.by.Actor, q.Get("after"), pageLength+1); err != nil {
		return v, true, err
	}
	if len(v.all) > pageLength {
		v.all = v.all[:pageLength]
		v.pages.Next = "/people?" + url.Values{"after": {v.all[pageLength-1].ID}}.Encode()
	}
	if q.Get("after") != "" {
		v.pages.First = "/people"
	}
	return v, true, nil
}

// add makes an account, and shows the invitation to it.
func (p pages) add(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.listed(w, r)
	if !ok || err != nil {
		return err
	}
	somebody, err := somebodyIn(r)
	var inv identity.Invitation
	if err == nil {
		_, inv, err = v.people.Accounts.Add(r.Context(), v.by.Actor, r.PostFormValue("login"), somebody)
		if kind := fault.KindOf(err); kind == fault.Conflict {
			err = fault.At("login", err)
		}
	}
	if err != nil {
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

// somebodyIn reads who is to have an account; each mistake is told at its field.
func somebodyIn(r *http.Request) (identity.Somebody, error) {
	s := identity.Somebody{Name: strings.TrimSpace(r.PostFormValue("name")), Phone: strings.TrimSpace(r.PostFormValue("phone"))}
	_, login := identity.CheckLogin(r.PostFormValue("login"))
	_, name := identity.Somebody{Name: s.Name}.Check()
	_, phone := identity.Somebody{Name: "?", Phone: s.Phone}.Check()
	var division error
	if text := strings.TrimSpace(r.PostFormValue("division")); text != "" {
		s.Division, division = gb.Resolve(text, gb.Division{})
	}
	return s, joined(map[string]error{"login": login, "name": name, "phone": phone, "division": division})
}
