package people

import (
	"net/http"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

// programsView is the programs that act here, each with a token of its own.
type programsView struct {
	visit
	all []identity.Token
	now time.Time
}

var programsTitle = lang.Text{ZH: "程序口令", EN: "Tokens of programs"}

func (p pages) programs(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.programsNow(w, r)
	if !ok {
		return err
	}
	return v.Write(w, r, programsTable(v))
}

func (p pages) programsNow(w http.ResponseWriter, r *http.Request) (v programsView, ok bool, err error) {
	if v.visit, ok, err = p.enter(w, r, programsTitle); !ok {
		return v, false, err
	}
	v.now = time.Now()
	v.all, err = v.people.Programs.List(r.Context(), v.by.Actor)
	return v, err == nil, err
}

// makeToken makes a program's token and shows it, once.
func (p pages) makeToken(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.programsNow(w, r)
	if !ok {
		return err
	}
	name := strings.TrimSpace(r.PostFormValue("name"))
	ends, g, err := tokenIn(r)
	var token string
	if err == nil {
		token, _, err = v.people.Programs.Make(r.Context(), v.by.Actor, name, ends, g)
	}
	if err != nil {
		return p.programsAgain(w, r, v, err)
	}
	v.Once = true
	return v.Write(w, r, tokenView(v, name, token))
}

// tokenIn reads what a token is for; each mistake is told at its field.
func tokenIn(r *http.Request) (ends time.Time, g identity.Giving, err error) {
	g.Role = r.PostFormValue("role")
	var until, division, name error
	last, err := calendar.ParseDate(r.PostFormValue("until"))
	if err != nil {
		until = fault.New(fault.Invalid, "请写到期日，如 2027-06-30，最长 400 天。", "Give an end, as 2027-06-30, 400 days from now at most.")
	}
	if text := strings.TrimSpace(r.PostFormValue("division")); text != "" {
		g.Scope.Division, division = gb.Resolve(text, gb.Division{})
	}
	if strings.TrimSpace(r.PostFormValue("name")) == "" {
		name = fault.New(fault.Invalid, "请写这是哪个程序。", "Say which program it is.")
	}
	return last.Add(1).Start(calendar.China), g, joined(map[string]error{"until": until, "division": division, "name": name})
}

// endToken ends a token at once.
func (p pages) endToken(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.programsNow(w, r)
	if !ok {
		return err
	}
	if err := v.people.Programs.Revoke(r.Context(), v.by.Actor, r.PostFormValue("token")); err != nil {
		return p.programsAgain(w, r, v, err)
	}
	http.Redirect(w, r, "/people/programs", http.StatusSeeOther)
	return nil
}

func (p pages) programsAgain(w http.ResponseWriter, r *http.Request, v programsView, err error) error {
	status, other := v.refused(r, err)
	if other != nil {
		return other
	}
	return v.WriteStatus(w, r, status, programsTable(v))
}

// roles are those of programs, as a menu.
func (v programsView) roles() web.Menu {
	return v.roleMenu(func(role right.Role) bool { return role.Way == right.ByToken })
}

// state is a token's state in words.
func (v programsView) state(t identity.Token) string {
	switch {
	case t.Revoked:
		return v.T("已收回", "revoked")
	case !v.now.Before(t.EndsAt):
		return v.T("已到期", "has run out")
	}
	return v.T("有效", "good")
}

// ended reports whether a token opens nothing any more.
func (v programsView) ended(t identity.Token) bool { return t.Revoked || !v.now.Before(t.EndsAt) }
