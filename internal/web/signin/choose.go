package signin

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// passwordView is the form in which somebody chooses another password.
type passwordView struct {
	form
	due  bool // before anything else
	rule string
}

var passwordTitle = lang.Text{ZH: "换密码", EN: "A new password"}

func (p pages) passwordForm(w http.ResponseWriter, r *http.Request, people *identity.Service, who identity.Actor) passwordView {
	v := passwordView{form: p.form(w, r, passwordTitle), due: who.Must == identity.PasswordDue}
	v.rule = rule(v.Lang, people)
	return v
}

// rule says which passwords may be chosen.
func rule(l lang.Lang, people *identity.Service) string {
	p := people.Policy().Password
	text := l.F("至少 %d 个字符；一句自己记得住的话就很好。", "At least %d characters; a sentence that you remember does well.", max(1, p.MinLength))
	if p.Classes > 1 {
		text += l.F("要有小写、大写、数字、其他字符中的 %d 种。", " It needs %d of: lower case, upper case, digits, others.", p.Classes)
	}
	return text
}

func (p pages) passwordPage(w http.ResponseWriter, r *http.Request) error {
	people, who, ok, err := p.who(w, r)
	if !ok {
		return err
	}
	v := p.passwordForm(w, r, people, who)
	return v.Write(w, r, passwordForm(v))
}

func (p pages) changePassword(w http.ResponseWriter, r *http.Request) error {
	people, who, ok, err := p.who(w, r)
	if !ok {
		return err
	}
	v := p.passwordForm(w, r, people, who)
	old := r.PostFormValue("old")
	if old == "" {
		v.wrong["old"] = v.T("请填写现在的密码。", "Give your present password.")
	}
	chosen := chosenIn(r, v.Lang, v.wrong)
	if len(v.wrong) > 0 {
		return v.WriteStatus(w, r, status(w, nil), passwordForm(v))
	}
	in, err := people.Entrance.ChangePassword(r.Context(), who, old, chosen, browserName(r))
	if err != nil {
		text, ok := wrong(v.Lang, err)
		if !ok {
			return err
		}
		field := "old"
		if fault.KindOf(err) == fault.Invalid {
			field = "password"
		}
		v.wrong[field] = text
		return v.WriteStatus(w, r, status(w, err), passwordForm(v))
	}
	p.enter(w, r, people, in, v.back)
	return nil
}

// chosenIn reads a password that was typed twice.
func chosenIn(r *http.Request, l lang.Lang, wrong map[string]string) string {
	chosen := r.PostFormValue("password")
	switch {
	case chosen == "":
		wrong["password"] = l.T("请填写新密码。", "Give a new password.")
	case r.PostFormValue("repeat") != chosen:
		wrong["repeat"] = l.T("两次填写的密码不一样。", "The two are not the same.")
	}
	return chosen
}

// factorView is the form of a second factor to be, and its recovery codes.
type factorView struct {
	form
	due      bool
	factor   identity.Factor
	recovery []string
}

var factorTitle = lang.Text{ZH: "设置动态码", EN: "Set up codes"}

// factorPage shows a new secret each time. Who has a factor already is asked first
// who they are.
func (p pages) factorPage(w http.ResponseWriter, r *http.Request) error {
	people, who, ok, err := p.who(w, r)
	if !ok {
		return err
	}
	v := factorView{form: p.form(w, r, factorTitle), due: who.Must == identity.FactorDue}
	v.factor, err = people.Entrance.NewFactor(r.Context(), who, p.issuer())
	if identity.AskAgain(err) {
		http.Redirect(w, r, withBack("/sign-in/again", "/sign-in/factor"), http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	return v.Write(w, r, factorForm(v))
}

// issuer is what the phone calls this site.
func (p pages) issuer() string {
	if p.site.City.ZH != "" {
		return "夏都 " + p.site.City.ZH
	}
	return "夏都"
}

func (p pages) setFactor(w http.ResponseWriter, r *http.Request) error {
	people, who, ok, err := p.who(w, r)
	if !ok {
		return err
	}
	v := factorView{form: p.form(w, r, factorTitle), due: who.Must == identity.FactorDue}
	v.factor = identity.Factor{Secret: r.PostFormValue("secret"), Address: r.PostFormValue("address")}
	in, recovery, err := people.Entrance.SetFactor(r.Context(), who, v.factor.Secret, r.PostFormValue("code"), browserName(r))
	if identity.AskAgain(err) {
		http.Redirect(w, r, withBack("/sign-in/again", "/sign-in/factor"), http.StatusSeeOther)
		return nil
	}
	if err != nil {
		text, ok := wrong(v.Lang, err)
		if !ok {
			return err
		}
		v.wrong["code"] = text
		return v.WriteStatus(w, r, status(w, err), factorForm(v))
	}
	p.take(w, r, people, in, false)
	v.recovery, v.back, v.Once = recovery, next(in.Level, in.Must, v.back), true
	return v.Write(w, r, recoveryCodes(v))
}
