package cards

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// adopters are the roles that record adoptions for a unit.
var adopters = []string{"contest.unit", "contest.adopter"}

// acts are the organisations for which somebody records adoptions.
func acts(who identity.Colleague) (ids []string) {
	for _, g := range who.Grants {
		if !slices.Contains(adopters, g.Role) {
			continue
		}
		over, _ := g.Scope.OfOrganisation()
		if id := cmp.Or(over, g.Organisation); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// adoptView is the form in which a unit says that it has adopted a case.
type adoptView struct {
	cardView
	orgs []web.Option
	home string
}

var adoptTitle = lang.Text{ZH: "记录采用", EN: "Record an adoption"}

// AdoptForm answers that form.
func (p *Pages) AdoptForm(w http.ResponseWriter, r *http.Request) error {
	if !p.signedIn(w, r) {
		return nil
	}
	v, _, err := p.adopting(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, adoptPage(v))
}

func (p *Pages) adopting(r *http.Request) (v adoptView, who identity.Colleague, err error) {
	if v.cardView, who, err = p.card(r); err != nil {
		return v, who, err
	}
	if v.card.Shown == 0 {
		return v, who, fault.New(fault.Conflict, "这张案例卡没有公开，不能记采用。", "This case card is not public, and nobody adopts it.")
	}
	v.Title, v.Private, v.Unlisted = adoptTitle.In(v.Lang), true, true
	ids := acts(who)
	names, err := p.Names(r, ids...)
	if err != nil {
		return v, who, err
	}
	for _, id := range ids {
		if id != v.card.Organisation {
			v.orgs = append(v.orgs, web.Option{Value: id, Text: names[id], On: id == r.FormValue("organisation")})
		}
	}
	if len(v.orgs) == 0 {
		return v, who, fault.New(fault.Denied, "记录采用要有“学用单位”或“申报单位”的角色，代表一个不是案例本单位的单位。需要时请找授权管理员。", "To record an adoption takes the role of an adopter or an entrant, for another unit than the case's own. If you need it, ask the grants administrator.")
	}
	for _, g := range who.Grants {
		if slices.Contains(adopters, g.Role) && v.home == "" && g.Scope.Division.Valid() {
			v.home = g.Scope.Division.FullName().In(v.Lang)
		}
	}
	return v, who, nil
}

// Adopt records an adoption, and leads to where its evidence is attached.
func (p *Pages) Adopt(w http.ResponseWriter, r *http.Request) error {
	if !p.signedIn(w, r) {
		return nil
	}
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.adopting(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	in := card.Adopting{Card: v.card.ID, Organisation: f.Get("organisation"), Since: f.Get("since"), Changed: f.Get("changed"), Effect: f.Get("effect")}
	if in.Organisation == "" && len(v.orgs) == 1 {
		in.Organisation = v.orgs[0].Value
	}
	var a card.Adoption
	if in.Division, err = page.Division(f.Get("division"), v.Event.Division); err != nil {
		err = fault.At("division", err)
	} else {
		a, err = p.Cards.Adopt(r.Context(), who, in)
	}
	if err == nil {
		http.Redirect(w, r, at(&v.card, "adoptions", a.ID)+"?done=recorded", http.StatusSeeOther)
		return nil
	}
	return v.Again(w, r, err, func() templ.Component { return adoptPage(v) })
}

func (v adoptView) field(name, label, known, hint string) web.Input {
	return web.Input{Name: name, Label: label, Hint: hint, Value: v.Typed(name, known), Error: v.Form.Wrong(name), Complete: "off"}
}

// adoptionView is one adoption, with its evidence for who may see it.
type adoptionView struct {
	page.Contest
	card     card.Card
	adoption card.Adoption
	unit     string
	standing card.Standing
	files    []kit.Photo
	field    kit.PhotoInput
	done     string
}

var adoptionTitle = lang.Text{ZH: "采用记录", EN: "An adoption"}

// Adoption answers one adoption: to everybody what is public of it, its evidence to its unit and to who may verify it.
func (p *Pages) Adoption(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.adoption(r, photos.Form{})
	if err != nil {
		return err
	}
	return v.Write(w, r, adoptionPage(v))
}

func (p *Pages) adoption(r *http.Request, form photos.Form) (v adoptionView, who identity.Colleague, err error) {
	if v.Contest, err = p.Public(r, adoptionTitle); err != nil {
		return v, who, err
	}
	v.done = dones[r.URL.Query().Get("done")].In(v.Lang)
	if v.SignedIn {
		if who, err = p.Who(r); err != nil {
			return v, who, err
		}
	}
	if v.adoption, v.card, v.standing, err = p.Cards.Asked(r.Context(), who, r.PathValue("id")); err != nil {
		return v, who, err
	}
	inside := v.standing.Own || v.standing.Decides
	if v.card.ID != card.ID(v.Event.Code, r.PathValue("number")) || !inside && (v.adoption.State == card.TakenBack || v.card.Shown == 0) {
		return v, who, fault.New(fault.NotFound, "没有这条采用记录，或者已经撤回。", "There is no such adoption, or it was withdrawn.")
	}
	names, err := p.Names(r, v.adoption.Organisation)
	v.unit = names[v.adoption.Organisation]
	if err != nil || !inside {
		return v, who, err
	}
	v.Private, v.Unlisted = true, true
	return v, who, p.files(r, &v, form)
}

func (p *Pages) files(r *http.Request, v *adoptionView, form photos.Form) error {
	var err error
	if v.files, err = p.Attached(r, v.Page, v.adoption.Evidence()); err != nil {
		return err
	}
	v.field = p.Photos.Field(v.Page, contest.Attachment, kit.PhotoInput{Name: "files", Label: v.T("加佐证（PDF、图片）", "Add evidence (PDF, pictures)"), Error: v.Form.Wrong("files")}, form)
	return nil
}

// Attach adds evidence to an adoption of one's unit.
func (p *Pages) Attach(w http.ResponseWriter, r *http.Request) error {
	if !p.signedIn(w, r) {
		return nil
	}
	v, who, err := p.adoption(r, photos.Form{})
	if err != nil {
		return err
	}
	form, err := p.Photos.Read(w, r, photos.Reading{By: who.Person, Kinds: map[string]string{"files": contest.Attachment}})
	if err != nil {
		return err
	}
	wrong := form.Wrong()
	if wrong == nil {
		wrong = p.Cards.Attach(r.Context(), who, v.adoption.ID, form.Hashes("files"))
	}
	if wrong == nil {
		http.Redirect(w, r, at(&v.card, "adoptions", v.adoption.ID)+"?done=attached", http.StatusSeeOther)
		return nil
	}
	if err := v.Refuse(form.Values, wrong); err != nil {
		return err
	}
	if err := p.files(r, &v, form); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.Form.Status(), adoptionPage(v))
}

// Decide verifies an adoption or says that it could not be, or takes it back.
func (p *Pages) Decide(w http.ResponseWriter, r *http.Request) error {
	if !p.signedIn(w, r) {
		return nil
	}
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.adoption(r, photos.Form{})
	if err != nil {
		return err
	}
	_, err = p.Cards.Decide(r.Context(), who, card.Deciding{Adoption: v.adoption.ID, Seen: page.Seen(r.PostForm), To: card.AdoptionState(r.PostForm.Get("to")), Reason: r.PostForm.Get("reason")})
	if err == nil {
		http.Redirect(w, r, at(&v.card, "adoptions", v.adoption.ID)+"?done=decided", http.StatusSeeOther)
		return nil
	}
	return v.Again(w, r, err, func() templ.Component { return adoptionPage(v) })
}
