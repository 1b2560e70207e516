package signin

import (
	"net/http"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

// meView is what somebody sees of themselves.
type meView struct {
	web.Page
	roles    []roleLine
	sessions []identity.OpenSession
	notices  []identity.Notice
	devices  []identity.Device
	bound    bool // this browser is the way in; there is no password
	left     int  // recovery codes
}

// roleLine is a role somebody holds, in words.
type roleLine struct{ name, does, where, home string }

var meTitle = lang.Text{ZH: "我的账号", EN: "My account"}

func (p pages) me(w http.ResponseWriter, r *http.Request) error {
	people, who, ok, err := p.who(w, r)
	if !ok {
		return err
	}
	if !who.SignedIn() {
		http.Redirect(w, r, next(who.Level, who.Must, Account.Href), http.StatusSeeOther)
		return nil
	}
	v := meView{Page: p.page(w, r, meTitle)}
	for _, g := range who.Grants {
		role, ok := people.Catalogue().Role(g.Role)
		if !ok {
			continue
		}
		line := roleLine{name: role.Name.In(v.Lang), does: role.Does.In(v.Lang), home: role.Home, where: v.T("全部", "everywhere")}
		if g.Scope.Division.Valid() {
			line.where = g.Scope.Division.String()
		}
		if id, ok := g.Scope.OfOrganisation(); ok {
			if line.where, err = people.Organisations.Called(r.Context(), id); err != nil {
				return err
			}
		} else if _, one, found := strings.Cut(g.Scope.Subject, "/"); found {
			line.where = one
		}
		v.roles = append(v.roles, line)
	}
	if v.sessions, err = people.Sessions.List(r.Context(), who, who.Person); err != nil {
		return err
	}
	for _, s := range v.sessions {
		v.bound = v.bound || s.Present && s.ByLink
	}
	if v.devices, err = people.Devices.List(r.Context(), who, who.Person); err != nil {
		return err
	}
	if v.notices, err = people.Notices.Unseen(r.Context(), who); err != nil {
		return err
	}
	if v.left, err = people.Entrance.RecoveryLeft(r.Context(), who); err != nil {
		return err
	}
	return v.Write(w, r, meTables(v))
}

// told is a notice in words.
func (v meView) told(n identity.Notice) string {
	switch n.Kind {
	case "identity.guessed-at":
		return v.T("有人反复用错误的密码或动态码登录您的账号。如果不是您，请换密码。", "Somebody keeps trying wrong passwords or codes for your login. If it was not you, choose another password.")
	case "identity.invitation-opened-again":
		return v.T("您发出的邀请链接被第二个浏览器打开过，也可能是聊天软件在预览。请打电话问对方是不是本人。", "A link that you sent was opened in a second browser, perhaps a messenger's preview. Ring the person up and ask.")
	case "identity.invitation-ended":
		return v.T("您发出的邀请链接因验证码错了太多次而作废。", "A link that you sent has ended after too many wrong codes.")
	}
	return n.Kind
}

// end ends a session, or makes a device known no more that was lost or given away.
func (p pages) end(w http.ResponseWriter, r *http.Request) error {
	people, who, ok, err := p.who(w, r)
	if !ok {
		return err
	}
	if device := r.PostFormValue("device"); device != "" {
		err = people.Devices.Revoke(r.Context(), who, device)
	} else {
		err = people.Sessions.End(r.Context(), who, r.PostFormValue("session"))
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, Account.Href, http.StatusSeeOther)
	return nil
}

func (p pages) endOthers(w http.ResponseWriter, r *http.Request) error {
	people, who, ok, err := p.who(w, r)
	if !ok {
		return err
	}
	if err := people.Sessions.EndAll(r.Context(), who, who.Person); err != nil {
		return err
	}
	http.Redirect(w, r, Account.Href, http.StatusSeeOther)
	return nil
}

func (p pages) seen(w http.ResponseWriter, r *http.Request) error {
	people, who, ok, err := p.who(w, r)
	if !ok {
		return err
	}
	if err := people.Notices.See(r.Context(), who); err != nil {
		return err
	}
	http.Redirect(w, r, Account.Href, http.StatusSeeOther)
	return nil
}

// deviceName is what a list calls a browser; one that gave no name is just that.
func deviceName(p web.Page, name string) string {
	if name == "" || name == "?" {
		return p.T("一个浏览器", "A browser")
	}
	return name
}
