// Package panel is the pages of who judges: the pool of experts with their relations, and the seats of a contest.
//
// Conflicts are looked for apart from inviting: the page of the seats puts them beside each seat. What is known is one press to
// recuse from; what is only alike is marked as a question, and stays one until somebody presses or does not.
package panel

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Pages are those of who judges.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

// PoolAt is the address of the pool.
const PoolAt = "/contests/experts"

// OneAt is the address of an expert, for who keeps the pool.
func OneAt(person string) string { return PoolAt + "/person/" + url.PathEscape(person) }

const listed = 50

// poolView is the pool of experts.
type poolView struct {
	page.Contest // of no contest: for its form
	all          []expert.Expert
	names        map[string]string
	candidates   []identity.Holder
	home         gb.Division
	field        string
	next         string
	first        bool
	values       url.Values
	offers       []string
	done         string
}

var poolTitle = lang.Text{ZH: "专家库", EN: "Experts"}

// Pool answers the pool.
func (p *Pages) Pool(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.pool(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, poolPage(v))
}

func (p *Pages) pool(r *http.Request) (v poolView, who identity.Colleague, err error) {
	v.values = url.Values{}
	v.Page = p.Site.Page(r, poolTitle)
	v.Wide, v.Private, v.Unlisted = true, true, true
	if who, err = p.Who(r); err != nil {
		return v, who, err
	}
	_, v.home = page.Holds(who)
	q := r.URL.Query()
	v.field, v.first = strings.TrimSpace(q.Get("field")), q.Get("after") == ""
	f := expert.Filter{Division: v.home, Field: v.field, Limit: listed + 1}
	if division, person, ok := strings.Cut(q.Get("after"), "."); ok {
		f.After = expert.Expert{Division: division, Person: person}
	}
	if v.all, err = p.Experts.List(r.Context(), who, f); err != nil {
		return v, who, err
	}
	if len(v.all) > listed {
		v.all = v.all[:listed]
		last := v.all[listed-1]
		v.next = PoolAt + "?" + url.Values{"field": {v.field}, "after": {last.Division + "." + last.Person}}.Encode()
	}
	var ids []string
	for _, e := range v.all {
		ids = append(ids, e.Person)
	}
	if v.names, err = p.Persons(r.Context(), who, ids...); err != nil {
		return v, who, err
	}
	if v.candidates, err = p.Experts.Candidates(r.Context(), who, v.home); err != nil {
		return v, who, err
	}
	switch q.Get("done") {
	case "added":
		v.done = v.T("加进专家库了", "They are in the pool")
	}
	v.offers, err = p.Offers(r.Context())
	return v, who, err
}

func (v poolView) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	v.values = r.PostForm
	return v.Again(w, r, err, func() templ.Component { return poolPage(v) })
}

// Add takes somebody who may judge into the pool.
func (p *Pages) Add(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.pool(r)
	if err != nil {
		return err
	}
	n := v.made(r.PostForm)
	if n.Person = r.PostForm.Get("person"); n.Person == "" {
		err = fault.At("person", fault.New(fault.Invalid, "请选一个人", "choose somebody"))
	} else if n.Organisation, err = p.Unit(r.Context(), "organisation", r.PostForm.Get("organisation")); err == nil {
		_, err = p.Experts.Add(r.Context(), who, n)
	}
	if err != nil {
		return v.refuse(w, r, err)
	}
	http.Redirect(w, r, OneAt(n.Person)+"?done=added", http.StatusSeeOther)
	return nil
}

// made is who a form takes into the pool.
func (v poolView) made(f url.Values) expert.New {
	return expert.New{Division: v.home, Field: f.Get("field"), Unit: f.Get("unit")}
}

// Invite makes somebody new who may judge, takes them into the pool, and shows their link and code, once.
func (p *Pages) Invite(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.pool(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	n := expert.New{Division: v.home, Field: f.Get("new-field"), Unit: f.Get("new-unit")}
	one := identity.Somebody{Name: strings.TrimSpace(f.Get("name")), Phone: strings.TrimSpace(f.Get("phone")), Division: v.home}
	if err := newcomer(one, n); err != nil {
		return v.refuse(w, r, err)
	}
	inv, err := who.Invite(r.Context(), one, identity.Giving{Role: "contest.judge", Scope: right.Scope{Division: v.home}})
	if err != nil {
		return v.refuse(w, r, err)
	}
	n.Person = inv.Person
	if _, err := p.Experts.Add(r.Context(), who, n); err != nil {
		return err
	}
	v.Once = true
	return v.Write(w, r, invitedPage(v.Page, kit.Invitation{
		Name: one.Name, Address: web.Address(r, "/invitation/"+inv.Token), Code: inv.Code, Ends: web.When(inv.Ends),
		Back: PoolAt, BackTo: v.T("抄好了，回到专家库", "They are written down; back to the experts"),
	}))
}

// newcomer says all that is wrong with somebody new before anything is done.
func newcomer(one identity.Somebody, n expert.New) error {
	_, name := identity.Somebody{Name: one.Name}.Check()
	_, phone := identity.Somebody{Name: "?", Phone: one.Phone}.Check()
	switch {
	case name != nil:
		return fault.At("name", name)
	case phone != nil:
		return fault.At("phone", phone)
	case strings.TrimSpace(n.Field) == "":
		return fault.At("new-field", fault.New(fault.Invalid, "请写专业领域", "say in which field"))
	case strings.TrimSpace(n.Unit) == "":
		return fault.At("new-unit", fault.New(fault.Invalid, "请写单位：回避要靠它", "name the unit: recusals go by it"))
	}
	return nil
}

// oneView is an expert: as who keeps the pool sees them, or they themselves.
type oneView struct {
	page.Contest
	expert    expert.Expert
	name      string
	org       string // as a form names it
	relations []expert.Relation
	values    url.Values
	offers    []string
	done      string
	self      bool
	in        bool // they are in the pool
	at        string
}

var (
	oneTitle  = lang.Text{ZH: "一位专家", EN: "An expert"}
	mineTitle = lang.Text{ZH: "我的回避声明", EN: "My relations"}
)

// One answers an expert to who keeps the pool.
func (p *Pages) One(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.one(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, onePage(v))
}

func (p *Pages) one(r *http.Request) (v oneView, who identity.Colleague, err error) {
	v.Page = p.Site.Page(r, oneTitle)
	if who, err = p.Who(r); err != nil {
		return v, who, err
	}
	v.at = OneAt(r.PathValue("person"))
	return v, who, p.fill(r, &v, who, r.PathValue("person"))
}

// Mine answers an expert to themselves.
func (p *Pages) Mine(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.mine(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, onePage(v))
}

func (p *Pages) mine(r *http.Request) (v oneView, who identity.Colleague, err error) {
	v.Page = p.Site.Page(r, mineTitle)
	if who, err = p.Who(r); err != nil {
		return v, who, err
	}
	v.at, v.self = PoolAt+"/mine", true
	if err = p.fill(r, &v, who, who.Person); fault.KindOf(err) == fault.NotFound {
		return v, who, nil // who is in no pool is told so
	}
	return v, who, err
}

func (p *Pages) fill(r *http.Request, v *oneView, who identity.Colleague, person string) (err error) {
	v.values, v.Private, v.Unlisted = url.Values{}, true, true
	ctx := r.Context()
	if v.expert, err = p.Experts.Get(ctx, who, person); err != nil {
		return err
	}
	v.in = true
	if v.relations, err = p.Experts.Relations(ctx, who, person); err != nil {
		return err
	}
	names, err := p.Persons(ctx, who, person)
	if err != nil {
		return err
	}
	if v.name = names[person]; !v.self {
		v.Title = v.name
	}
	people, err := p.People()
	if err != nil {
		return err
	}
	if v.org, err = people.Organisations.Called(ctx, v.expert.Organisation); err != nil {
		return err
	}
	v.done = map[string]string{
		"added": v.T("加进专家库了；知道有什么关系，在下面记上", "They are in the pool; note below what ties them to units"), "changed": v.T("资料已保存", "It is saved"),
		"related": v.T("关系记下了", "The relation is kept"), "gone": v.T("关系取消了", "The relation is taken back"),
	}[r.URL.Query().Get("done")]
	v.offers, err = p.Offers(ctx)
	return err
}

// act does something to an expert, and leads back to them; what is refused comes back with the reason.
func (v oneView) act(w http.ResponseWriter, r *http.Request, done string, err error) error {
	if err == nil {
		http.Redirect(w, r, v.at+"?done="+done, http.StatusSeeOther)
		return nil
	}
	v.values = r.PostForm
	return v.Again(w, r, err, func() templ.Component { return onePage(v) })
}

// Change changes what the pool says of an expert; one who left the pool is asked no more.
func (p *Pages) Change(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.one(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	c := expert.Change{Person: v.expert.Person, Seen: page.Seen(f), Field: f.Get("field"), Unit: f.Get("unit"), Active: f.Get("active") != ""}
	if c.Organisation, err = p.Unit(r.Context(), "organisation", f.Get("organisation")); err == nil {
		_, err = p.Experts.Change(r.Context(), who, c)
	}
	return v.act(w, r, "changed", err)
}
