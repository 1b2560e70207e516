package signin

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

// firstView is the form in which the first administrators are made.
type firstView struct {
	form
	rule    string
	apart   bool // three people, and not one who is all
	typed   []founder
	links   []link
	address string // where the three sign in
}

// founder is one of the three, as they were typed.
type founder struct {
	key, role, does    string // key begins the names of the fields
	login, name, phone string
}

// link is an invitation, to be sent by one channel, and its code by another.
type link struct {
	role, name, address, code, ends string
}

var firstTitle = lang.Text{ZH: "首次设置", EN: "First start"}

func (p pages) firstForm(w http.ResponseWriter, r *http.Request, people *identity.Service) firstView {
	v := firstView{form: p.form(w, r, firstTitle), rule: "", apart: people.Policy().Apart, address: web.Address(r, "/sign-in")}
	v.rule = rule(v.Lang, people)
	for i, key := range []string{right.AccountsAdmin, right.GrantsAdmin, right.Auditor} {
		role, _ := people.Catalogue().Role(key)
		f := founder{key: string(rune('a' + i)), role: role.Name.In(v.Lang), does: role.Does.In(v.Lang)}
		for field, to := range map[string]*string{"login": &f.login, "name": &f.name, "phone": &f.phone} {
			*to = strings.TrimSpace(r.PostFormValue(f.key + "-" + field))
		}
		if v.typed = append(v.typed, f); !v.apart {
			break
		}
	}
	return v
}

// firstPage shows the form, or says at once that the address is no good.
func (p pages) firstPage(w http.ResponseWriter, r *http.Request) error {
	people, err := p.people()
	if err != nil {
		return err
	}
	if err := people.FirstStart.Good(r.Context(), r.PathValue("token")); err != nil {
		var refused *fault.Error
		if errors.As(err, &refused) && refused.Kind == fault.Denied {
			return &fault.Error{Kind: fault.NotFound, Text: refused.Text} // there is no such page
		}
		return err
	}
	v := p.firstForm(w, r, people)
	return v.Write(w, r, firstForm(v))
}

func (p pages) setUp(w http.ResponseWriter, r *http.Request) error {
	people, err := p.people()
	if err != nil {
		return err
	}
	v := p.firstForm(w, r, people)
	founders := v.founders()
	chosen := chosenIn(r, v.Lang, v.wrong)
	me := founders[0]
	if v.wrong["password"] == "" && v.wrong["repeat"] == "" {
		if err := people.Policy().Password.Check(chosen, me.Login, me.Name, me.Phone); err != nil {
			v.wrong["password"], _ = fault.In(v.Lang, err)
		}
	}
	if len(v.wrong) > 0 {
		return v.WriteStatus(w, r, status(w, nil), firstForm(v))
	}
	out, err := people.FirstStart.SetUp(r.Context(), r.PathValue("token"), web.Network(r), me, chosen, founders[1:]...)
	if err != nil {
		text, ok := wrong(v.Lang, err)
		if !ok {
			return err
		}
		v.wrong[""] = text
		return v.WriteStatus(w, r, status(w, err), firstForm(v))
	}
	for i, inv := range out.Invitations {
		f := v.typed[i+1]
		v.links = append(v.links, link{f.role, f.name, web.Address(r, "/invitation/"+inv.Token), inv.Code, web.When(inv.Ends)})
	}
	v.Once = true
	return v.Write(w, r, founded(v))
}

// founders are the three as they were typed; what is wrong is noted at its field.
func (v firstView) founders() (all []identity.Founder) {
	note := func(field string, err error) {
		if err != nil {
			v.wrong[field], _ = fault.In(v.Lang, err)
		}
	}
	seen := map[string]bool{}
	for _, f := range v.typed {
		login, err := identity.CheckLogin(f.login)
		if f.login == "" {
			err = fault.New(fault.Invalid, "请填写账号。", "Give a login.")
		} else if err == nil && seen[login] {
			err = fault.New(fault.Invalid, "这个账号上面已经用了，三个人要各有一个。", "This login is used above: each of the three needs their own.")
		}
		seen[login] = true
		note(f.key+"-login", err)
		_, err = identity.Somebody{Name: f.name}.Check()
		note(f.key+"-name", err)
		_, err = identity.Somebody{Name: "?", Phone: f.phone}.Check()
		note(f.key+"-phone", err)
		all = append(all, identity.Founder{Login: f.login, Somebody: identity.Somebody{Name: f.name, Phone: f.phone}})
	}
	return all
}

// invitationView is what a link leads to.
type invitationView struct {
	form
	device bool
	ends   string
	rule   string
}

var invitationTitle = lang.Text{ZH: "邀请", EN: "Invitation"}

// invitationLife is for how long a browser is told from others that open a link.
const invitationLife = 72 * time.Hour

// invitation notes that the link was opened, and binds nothing: messengers open links
// to show a preview.
func (p pages) invitation(w http.ResponseWriter, r *http.Request) error {
	people, err := p.people()
	if err != nil {
		return err
	}
	v, err := p.invitationForm(w, r, people)
	if err != nil {
		return err
	}
	return v.Write(w, r, invitationForm(v))
}

func (p pages) invitationForm(w http.ResponseWriter, r *http.Request, people *identity.Service) (invitationView, error) {
	browser := cookie(r, browserCookie)
	if browser == "" {
		browser = rand.Text()
		set(w, r, browserCookie, browser, "/invitation", invitationLife)
	}
	o, err := people.Invitations.Open(r.Context(), r.PathValue("token"), browser)
	if err != nil {
		return invitationView{}, err
	}
	v := invitationView{form: p.form(w, r, invitationTitle), device: o.Device, ends: web.When(o.Ends)}
	v.rule = rule(v.Lang, people)
	return v, nil
}

func (p pages) accept(w http.ResponseWriter, r *http.Request) error {
	people, err := p.people()
	if err != nil {
		return err
	}
	v, err := p.invitationForm(w, r, people)
	if err != nil {
		return err
	}
	code, chosen := r.PostFormValue("code"), ""
	if code == "" {
		v.wrong["code"] = v.T("请填写六位验证码。", "Give the six digits.")
	}
	if !v.device {
		chosen = chosenIn(r, v.Lang, v.wrong)
	}
	if len(v.wrong) > 0 {
		return v.WriteStatus(w, r, status(w, nil), invitationForm(v))
	}
	in, err := p.use(r.Context(), r, people, v.device, code, chosen)
	if text, ok := wrong(v.Lang, err); ok {
		field := "code"
		if fault.KindOf(err) == fault.Invalid {
			field = "password"
		}
		v.wrong[field] = text
		return v.WriteStatus(w, r, status(w, err), invitationForm(v))
	}
	if err != nil {
		return err
	}
	if v.device {
		p.take(w, r, people, in, true)
		who, err := people.Sessions.Who(r.Context(), in.Token)
		if err != nil {
			return err
		}
		http.Redirect(w, r, homeOf(people, who), http.StatusSeeOther)
		return nil
	}
	http.Redirect(w, r, "/sign-in?chosen=1", http.StatusSeeOther)
	return nil
}

// homeOf is where somebody begins: at the page of what their role is about.
func homeOf(people *identity.Service, who identity.Actor) string {
	for _, g := range who.Grants {
		if role, ok := people.Catalogue().Role(g.Role); ok && role.Home != "" {
			return role.Home
		}
	}
	return "/me"
}

// use uses a link up.
func (pages) use(ctx context.Context, r *http.Request, people *identity.Service, device bool, code, chosen string) (identity.SignedIn, error) {
	token := r.PathValue("token")
	if device {
		return people.Invitations.Bind(ctx, token, code, cookie(r, sessionCookie), browserName(r))
	}
	return identity.SignedIn{}, people.Invitations.Accept(ctx, token, code, web.Network(r), chosen)
}
