// Package people is the pages of those who keep accounts, give roles and look at who
// holds them: what engine/identity does for the three administrators, in a browser.
//
//	/people              who there is; an account is made here
//	/people/{id}         one person: roles held and given, the account
//	/people/organisations       what they act for, a tree read a page at a time
//	/people/organisations/{id}  one of it: changed, closed, opened again
//	/people/programs     the tokens of programs, made, shown once, revoked
//	/people/acts         who did what, for the auditor
//
// Which of it somebody may do is asked by each use case; a page shows the forms of
// those rights that its reader holds. What is grave (an account, a role) asks again who
// one is: the form comes back as it was filled in, with the way to say so. Links and
// codes of invitations are shown once, as the answer to the POST that made them.
package people

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Items lead to the pages, for those who have something to do there.
var Items = []web.NavItem{
	{Href: "/people", Text: lang.Text{ZH: "人员和角色", EN: "People and roles"}, Icon: web.IconPeople, Rights: []string{right.Accounts, right.Grants, right.Audit}},
}

type pages struct {
	site   *web.Site
	people identity.Staff
	who    func(*http.Request) (identity.Colleague, error)
}

// Routes lists the addresses. Who tells who asks.
func Routes(mux *web.Mux, site *web.Site, people identity.Staff, who func(*http.Request) (identity.Colleague, error)) {
	p := pages{site, people, who}
	u := units{p}
	mux.For("", "GET /people", p.list)
	mux.For("", "POST /people", p.add)
	mux.For("", "GET /people/acts", p.audit)
	mux.For("", "GET /people/acts.csv", p.auditCSV)
	mux.For("", "GET /people/programs", p.programs)
	mux.For("", "POST /people/programs", p.makeToken)
	mux.For("", "POST /people/programs/end", p.endToken)
	mux.For("", "GET /people/organisations", u.organisations)
	mux.For("", "POST /people/organisations", u.addOrganisation)
	mux.For("", "GET /people/organisations/choices", u.choices)
	mux.For(right.Accounts, "GET /people/organisations/new", u.newOrganisation)
	mux.For("", "GET /people/organisations/{id}", u.organisation)
	mux.For(right.Accounts, "GET /people/organisations/{id}/change", u.organisationForm)
	mux.For("", "POST /people/organisations/{id}/change", u.changeOrganisation)
	mux.For(right.Accounts, "GET /people/organisations/{id}/close", u.closing)
	mux.For("", "POST /people/organisations/{id}/close", u.closeOrganisation)
	mux.For("", "POST /people/organisations/{id}/open", u.openOrganisation)
	mux.For("", "GET /people/{id}", p.person)
	mux.For("", "POST /people/{id}/change", p.changePerson)
	mux.For("", "POST /people/{id}/give", p.give)
	mux.For("", "POST /people/{id}/revoke", p.revoke)
	mux.For("", "POST /people/{id}/close", p.close)
	mux.For("", "POST /people/{id}/reopen", p.reopen)
	mux.For("", "POST /people/{id}/reset", p.reset)
}

// visit is one request of somebody who is signed in.
type visit struct {
	web.Page
	people *identity.Service
	by     identity.Colleague
	form   web.Refusal
	again  bool              // who they are is to be asked once more
	names  map[string]string // of organisations, by id
	offers []string          // organisations to choose from
}

// enter begins a page. Where nobody is signed in it leads to where one signs in, and
// returns false.
func (p pages) enter(w http.ResponseWriter, r *http.Request, title lang.Text) (v visit, ok bool, err error) {
	v.by, err = p.who(r)
	if err != nil {
		return v, false, err
	}
	if !v.by.SignedIn() {
		back := "/people"
		if r.Method == http.MethodGet {
			back = r.URL.RequestURI()
		}
		http.Redirect(w, r, "/sign-in?"+url.Values{"back": {back}}.Encode(), http.StatusSeeOther)
		return v, false, nil
	}
	if v.people, err = p.people(); err != nil {
		return v, false, err
	}
	v.Page = p.site.Page(r, title)
	v.Private, v.Unlisted, v.Wide = true, true, true
	return v, true, nil
}

// refused notes why something was not done, and with what status to say so. An error
// that no page can show comes back.
func (v *visit) refused(r *http.Request, err error) (status int, other error) {
	v.again = identity.AskAgain(err)
	if v.form, other = v.Refused(r.PostForm, err); other != nil {
		return 0, other
	}
	return v.form.Status(), nil
}

// tabs are the pages that the reader may open.
func (v visit) tabs(here string) []kit.Tab {
	all := []kit.Tab{{Href: "/people", Text: v.T("人员", "People")}, {Href: organisationsAt, Text: organisationsTitle.In(v.Lang)}, {Href: "/people/programs", Text: v.T("程序口令", "Programs")}}
	if v.May(right.Audit) {
		all = append(all, kit.Tab{Href: "/people/acts", Text: auditTitle.In(v.Lang)})
	}
	for i := range all {
		all[i].Here = all[i].Href == here
	}
	return all
}

// keepsAccounts and givesRoles say which forms are worth showing.
func (v visit) keepsAccounts() bool { return v.May(right.Accounts) }
func (v visit) givesRoles() bool    { return v.May(right.Grants) }

func (v visit) invitation(r *http.Request, name string, i identity.Invitation) kit.Invitation {
	return kit.Invitation{
		Name: name, Address: web.Address(r, "/invitation/"+i.Token), Code: i.Code, Ends: web.When(i.Ends),
		Back: "/people", BackTo: v.T("抄好了，回到人员", "They are written down; back to people"),
	}
}

// asWhom says in words as whom somebody did something: by a role, as themselves, or by
// the command line.
func (v visit) asWhom(sign string) string {
	switch sign {
	case "self":
		return v.T("本人", "themselves")
	case "command-line", "command line":
		return v.T("命令行", "command line")
	}
	key, where, _ := strings.Cut(sign, "@")
	role, ok := v.people.Catalogue().Role(key)
	if !ok {
		return sign
	}
	if d, err := gb.Parse(where); err == nil && d.Valid() {
		return role.Name.In(v.Lang) + v.F("（%s）", " (%s)", d.FullName().In(v.Lang))
	}
	if name := v.names[where]; name != "" {
		return role.Name.In(v.Lang) + v.F("（%s）", " (%s)", name)
	}
	return role.Name.In(v.Lang)
}

// name reads the names of the organisations that a page has by id.
func (v *visit) name(r *http.Request, ids ...string) (err error) {
	v.names, err = v.people.Organisations.Names(r.Context(), ids...)
	return err
}

// named are the organisations that grants name.
func named(held ...right.Grant) (ids []string) {
	for _, g := range held {
		ids = append(ids, g.Organisation)
		if id, ok := g.Scope.OfOrganisation(); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// roleWords are the name of a role, for whom and where it is held.
func (v visit) roleWords(g right.Grant) string {
	name := g.Role
	if role, ok := v.people.Catalogue().Role(g.Role); ok {
		name = role.Name.In(v.Lang)
	}
	if unit := v.names[g.Organisation]; unit != "" {
		name = v.F("%[2]s · %[1]s", "%[1]s for %[2]s", name, unit)
	}
	if id, ok := g.Scope.OfOrganisation(); ok && v.names[id] != "" {
		return name + v.F("（%s及其下级）", " (%s and below)", v.names[id])
	}
	switch {
	case g.Scope.Subject != "":
		return name + v.F("（%s）", " (%s)", g.Scope.Subject)
	case g.Scope.Division.Valid():
		return name + v.F("（%s）", " (%s)", g.Scope.Division.FullName().In(v.Lang))
	}
	return name + v.T("（全部）", " (everywhere)")
}

// roleMenu offers the roles that fit, of the systems that this site serves: those of
// others would open nothing here.
func (v visit) roleMenu(fits func(right.Role) bool) web.Menu {
	m := web.Menu{Name: "role", Label: v.T("角色", "Role"), Error: v.form.Wrong("role")}
	for _, role := range v.people.Catalogue().Roles() {
		if fits(role) && v.served(role) {
			m.Options = append(m.Options, web.Option{Value: role.Key, Text: role.Name.In(v.Lang) + v.T("：", ": ") + role.Does.In(v.Lang), On: role.Key == v.form.Value("role", "")})
		}
	}
	return m
}

func (v visit) served(role right.Role) bool {
	system, _, _ := strings.Cut(role.Key, ".")
	return system == right.People.System || slices.ContainsFunc(v.Site.Systems, func(s web.System) bool { return s.Key == system })
}
