package entries

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/web"
)

// mostOwn is how many entries a unit has in one contest, at most.
const mostOwn = 50

// ownView is what a unit has submitted, and the form of another.
type ownView struct {
	draftView
	all  []entry.Entry
	open bool // its time is not over
}

var ownTitle = lang.Text{ZH: "申报", EN: "Submit"}

// unit is the role of who submits.
const unit = "contest.unit"

// acts are the organisations for which somebody submits.
func acts(who identity.Colleague) (ids []string) {
	for _, g := range who.Grants {
		if g.Role != unit {
			continue
		}
		over, _ := g.Scope.OfOrganisation()
		if id := cmp.Or(over, g.Organisation); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Units are the pages of who submits.
type Units struct{ *Pages }

// Own answers a unit's entries and the form of another.
func (p Units) Own(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.own(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, ownPage(v))
}

func (p Units) own(r *http.Request) (v ownView, who identity.Colleague, err error) {
	v.values = url.Values{}
	if v.Contest, who, err = p.Inside(r, ownTitle, "submit"); err != nil {
		return v, who, err
	}
	v.Wide, v.to = false, page.At(v.Event.Code, "submit")
	v.open = taking(v.Contest) && v.Event.Until != nil && p.Now().Before(*v.Event.Until)
	if err := entrant(who); err != nil {
		return v, who, err
	}
	ids := acts(who)
	names, err := p.Names(r, ids...)
	if err != nil {
		return v, who, err
	}
	for _, id := range ids {
		v.orgs = append(v.orgs, web.Option{Value: id, Text: names[id]})
		some, err := p.Entries.Own(r.Context(), who, id, entry.Filter{Contest: v.Event.Code, Limit: mostOwn})
		if err != nil {
			return v, who, err
		}
		v.all = append(v.all, some...)
	}
	if len(ids) == 1 {
		v.values.Set(entry.Unit, names[ids[0]])
	}
	return v, who, nil
}

// entrant refuses who enters for no unit: who holds the contest has pages of their own for what they do with an entry.
func entrant(who identity.Colleague) error {
	if len(acts(who)) > 0 {
		return nil
	}
	return fault.New(fault.Denied, "申报要有“申报单位”的角色，并且写明代表哪个单位。需要时请找授权管理员。", "To submit takes the role of an entrant for an organisation. If you need it, ask the grants administrator.")
}

// Submit submits an entry.
func (p Units) Submit(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.own(r)
	if err != nil {
		return err
	}
	n := entry.New{Contest: v.Event.Code, Organisation: r.PostForm.Get("organisation"), Draft: draftOf(r.PostForm)}
	if n.Organisation == "" && len(v.orgs) == 1 {
		n.Organisation = v.orgs[0].Value
	}
	e, err := p.Entries.Submit(r.Context(), who, n)
	if err == nil {
		http.Redirect(w, r, page.At(v.Event.Code, "submit", e.ID)+"?done=sent", http.StatusSeeOther)
		return nil
	}
	v.values = r.PostForm
	return v.Again(w, r, err, func() templ.Component { return ownPage(v) })
}

// OwnEntry answers one entry to its unit.
func (p Units) OwnEntry(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.ownSeen(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, entryPage(v))
}

func (p Units) ownSeen(r *http.Request) (v entryView, who identity.Colleague, err error) {
	v.values = url.Values{}
	if v.Contest, who, err = p.Inside(r, entryTitle, "submit"); err != nil {
		return v, who, err
	}
	if err := entrant(who); err != nil {
		return v, who, err
	}
	v.at = page.At(v.Event.Code, "submit", r.PathValue("id"))
	return v, who, p.fill(r, &v, who)
}

// OwnMendForm answers the form in which a unit mends its entry.
func (p Units) OwnMendForm(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.ownMending(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, draftPage(v))
}

func (p Units) ownMending(r *http.Request) (v draftView, who identity.Colleague, err error) {
	if v.Contest, who, err = p.Inside(r, mendTitle, "submit"); err != nil {
		return v, who, err
	}
	if err := entrant(who); err != nil {
		return v, who, err
	}
	v.Wide = false
	return v, who, p.toMend(r.Context(), &v, who, r.PathValue("id"), page.At(v.Event.Code, "submit", r.PathValue("id")))
}

// OwnMend writes an entry of one's unit anew.
func (p Units) OwnMend(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.ownMending(r)
	if err != nil {
		return err
	}
	return p.mend(w, r, v, who)
}

// OwnWithdraw takes an entry of one's unit back.
func (p Units) OwnWithdraw(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.ownSeen(r)
	if err != nil {
		return err
	}
	return p.withdraw(w, r, v, who)
}

func (v ownView) organisations() web.Menu {
	m := web.Menu{Name: "organisation", Label: v.T("代表哪个单位申报", "For which organisation"), Options: slices.Clone(v.orgs), Error: v.Form.Wrong("organisation")}
	for i := range m.Options {
		m.Options[i].On = m.Options[i].Value == v.value("organisation")
	}
	return m
}
