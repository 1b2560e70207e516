package signin

import (
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

// form is what all these pages have: where to go afterwards, and what is wrong, by
// field; that of no field is under "".
type form struct {
	web.Page
	back  string
	wrong map[string]string
}

func (p pages) form(w http.ResponseWriter, r *http.Request, title lang.Text) form {
	return form{Page: p.page(w, r, title), back: backOf(r), wrong: map[string]string{}}
}

// status is that of a form that shows an error. Who has to wait is told how long.
func status(w http.ResponseWriter, err error) int {
	if err == nil {
		return http.StatusUnprocessableEntity
	}
	if wait := identity.Wait(err); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
		return http.StatusTooManyRequests
	}
	return web.StatusOf(err)
}

// backOf is where somebody was going.
func backOf(r *http.Request) string { return web.LocalPath(r.FormValue("back"), "/me") }

func withBack(step, back string) string { return step + "?back=" + url.QueryEscape(back) }

// entranceView is the form of login and password.
type entranceView struct {
	form
	login string
	code  bool // the code is asked for in one go: somebody besieges the login
	said  string
	cast  []castLine // of a demo
}

// castLine is somebody of a demo, where they work, and what they may do.
type castLine struct{ id, name, of, does string }

// castOf lists the people of a demo; elsewhere there are none.
func castOf(r *http.Request, v form, people *identity.Service) (all []castLine, err error) {
	members, err := people.Cast.List(r.Context())
	for _, m := range members {
		line := castLine{id: m.ID, name: m.Name}
		for _, g := range m.Roles {
			if role, ok := people.Catalogue().Role(g.Role); ok {
				if line.of == "" {
					line.of = systemOf(v, g.Role)
				}
				if does := role.Does.In(v.Lang); !strings.Contains(line.does, does) { // one role in several places is said once
					line.does += does + v.T("", " ")
				}
			}
		}
		all = append(all, line)
	}
	return all, err
}

// systemOf is what the system of a role is called.
func systemOf(v form, role string) string {
	key, _, _ := strings.Cut(role, ".")
	for _, s := range v.Site.Systems {
		if s.Key == key {
			return s.Name.In(v.Lang)
		}
	}
	return v.T("人员和公开日志", "People and the log")
}

// enterCast lets anybody in as one of the people of a demo.
func enterCast(p pages, w http.ResponseWriter, r *http.Request) error {
	people, err := p.people()
	if err != nil {
		return err
	}
	in, err := people.Cast.Enter(r.Context(), r.PostFormValue("person"), cookie(r, sessionCookie))
	if err != nil {
		return err
	}
	p.enter(w, r, people, in, backOf(r))
	return nil
}

var entranceTitle = lang.Text{ZH: "登录", EN: "Sign in"}

func (p pages) entrance(w http.ResponseWriter, r *http.Request) error {
	people, err := p.people()
	if err != nil {
		return err
	}
	v := entranceView{form: p.form(w, r, entranceTitle)}
	if who, err := people.Sessions.Who(r.Context(), cookie(r, sessionCookie)); err == nil {
		http.Redirect(w, r, next(who.Level, who.Must, v.back), http.StatusSeeOther)
		return nil
	}
	if v.cast, err = castOf(r, v.form, people); err != nil {
		return err
	}
	q := r.URL.Query()
	switch {
	case q.Get("ended") != "":
		v.said = v.T("登录已结束，请重新登录。", "Your session has ended. Sign in again.")
	case q.Get("out") != "":
		v.said = v.T("已退出登录。", "You are signed out.")
	case q.Get("chosen") != "":
		v.said = v.T("密码已设好，现在用它登录。", "The password is set. Sign in with it now.")
	}
	return v.Write(w, r, entranceForm(v))
}

func (p pages) signIn(w http.ResponseWriter, r *http.Request) error {
	people, err := p.people()
	if err != nil {
		return err
	}
	v := entranceView{form: p.form(w, r, entranceTitle), login: strings.TrimSpace(r.PostFormValue("login")), code: r.PostForm.Has("code")}
	secret := r.PostFormValue("password")
	if v.login == "" {
		v.wrong["login"] = v.T("请填写账号或手机号。", "Give your login or telephone number.")
	}
	if secret == "" {
		v.wrong["password"] = v.T("请填写密码。", "Give your password.")
	}
	if len(v.wrong) > 0 {
		return v.WriteStatus(w, r, status(w, nil), entranceForm(v))
	}
	in, err := people.Entrance.SignIn(r.Context(), identity.Attempt{
		Login: v.login, Password: secret, Code: r.PostFormValue("code"),
		Network: web.Network(r), Device: cookie(r, deviceCookie), Former: cookie(r, sessionCookie), Browser: browserName(r),
	})
	if err != nil {
		text, ok := wrong(v.Lang, err)
		if !ok {
			return err
		}
		v.wrong["password"], v.code = text, true
		return v.WriteStatus(w, r, status(w, err), entranceForm(v))
	}
	p.enter(w, r, people, in, v.back)
	return nil
}

func (p pages) signOut(w http.ResponseWriter, r *http.Request) error {
	people, err := p.people()
	if err != nil {
		return err
	}
	if err := people.Sessions.SignOut(r.Context(), cookie(r, sessionCookie)); err != nil {
		return err
	}
	set(w, r, sessionCookie, "", "/", dropped)
	http.Redirect(w, r, "/sign-in?out=1", http.StatusSeeOther)
	return nil
}

var codeTitle = lang.Text{ZH: "动态码", EN: "Code"}

// codePage asks for the second factor. Who has no session to raise starts anew.
func (p pages) codePage(w http.ResponseWriter, r *http.Request) error {
	_, who, ok, err := p.who(w, r)
	if !ok {
		return err
	}
	v := p.form(w, r, codeTitle)
	if who.Level != identity.Half {
		http.Redirect(w, r, next(who.Level, who.Must, v.back), http.StatusSeeOther)
		return nil
	}
	return v.Write(w, r, codeForm(v))
}

func (p pages) giveCode(w http.ResponseWriter, r *http.Request) error {
	people, _, ok, err := p.who(w, r)
	if !ok {
		return err
	}
	v := p.form(w, r, codeTitle)
	in, err := people.Entrance.GiveCode(r.Context(), cookie(r, sessionCookie), r.PostFormValue("code"), browserName(r))
	if identity.NeedsSignIn(err) { // too many wrong ones end the session
		set(w, r, sessionCookie, "", "/", dropped)
		http.Redirect(w, r, withBack("/sign-in", v.back)+"&ended=1", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return p.again(w, r, v, "code", err)
	}
	p.enter(w, r, people, in, v.back)
	return nil
}

// again shows a form of one field once more.
func (p pages) again(w http.ResponseWriter, r *http.Request, v form, field string, err error) error {
	text, ok := wrong(v.Lang, err)
	if !ok {
		return err
	}
	v.wrong[field] = text
	if field == "code" {
		return v.WriteStatus(w, r, status(w, err), codeForm(v))
	}
	return v.WriteStatus(w, r, status(w, err), againForm(v))
}

var againTitle = lang.Text{ZH: "再确认一次", EN: "Once more"}

// againPage asks who it is, before a grave act.
func (p pages) againPage(w http.ResponseWriter, r *http.Request) error {
	_, _, ok, err := p.who(w, r)
	if !ok {
		return err
	}
	v := p.form(w, r, againTitle)
	return v.Write(w, r, againForm(v))
}

func (p pages) confirm(w http.ResponseWriter, r *http.Request) error {
	people, who, ok, err := p.who(w, r)
	if !ok {
		return err
	}
	v := p.form(w, r, againTitle)
	if err := people.Entrance.Confirm(r.Context(), who, r.PostFormValue("given")); err != nil {
		return p.again(w, r, v, "given", err)
	}
	http.Redirect(w, r, v.back, http.StatusSeeOther)
	return nil
}
