package people

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
)

// personView is one person.
type personView struct {
	visit
	one  identity.Person
	held []identity.Held
	done string

	unit    string            // their organisation, as a form names it
	values  map[string]string // of the form of who they are
	late    bool              // somebody changed them since the form was opened
	clashes []clash
}

var personTitle = lang.Text{ZH: "一个人", EN: "A person"}

func (p pages) person(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.met(w, r)
	if !ok {
		return err
	}
	v.done = v.doneWords(r.URL.Query().Get("done"))
	v.values = v.known()
	return v.Write(w, r, personTable(v))
}

// met reads the person that an address names.
func (p pages) met(w http.ResponseWriter, r *http.Request) (v personView, ok bool, err error) {
	if v.visit, ok, err = p.enter(w, r, personTitle); !ok {
		return v, false, err
	}
	if v.one, err = v.people.Persons.Find(r.Context(), v.by.Actor, r.PathValue("id")); err != nil {
		return v, false, err
	}
	if v.held, err = v.people.Grants.Of(r.Context(), v.by.Actor, v.one.ID); err != nil {
		return v, false, err
	}
	ids := []string{v.one.Organisation}
	for _, h := range v.held {
		ids = append(ids, named(h.Grant)...)
	}
	if err := errors.Join(v.name(r, ids...), v.offer(r, "")); err != nil {
		return v, false, err
	}
	v.unit, err = v.people.Organisations.Called(r.Context(), v.one.Organisation)
	v.values = v.known()
	return v, err == nil, err
}

// known is who somebody is, as the form has it.
func (v personView) known() map[string]string {
	return map[string]string{"name": v.one.Name, "phone": v.one.Phone, "home": v.divisionText(v.one.Division), "unit": v.unit}
}

var personFields = []formField{
	{"name", lang.Text{ZH: "姓名", EN: "Name"}},
	{"phone", lang.Text{ZH: "手机号（可不填）", EN: "Telephone (may be left out)"}},
	{"unit", lang.Text{ZH: "单位（可不填）", EN: "Organisation (may be left out)"}},
	{"home", lang.Text{ZH: "在哪里工作（区划，可不填）", EN: "Works where (division; may be left out)"}},
}

// changePerson writes who somebody is anew. Where somebody else was faster the form comes
// back with what they changed.
func (p pages) changePerson(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return unreadable(err)
	}
	v, ok, err := p.met(w, r)
	if !ok {
		return err
	}
	to, err := v.somebodyIn(r, "home", "unit")
	if err == nil {
		err = fault.Renamed(v.people.Persons.Change(r.Context(), v.by.Actor, v.one.ID, r.PostForm.Get("version"), to), "organisation", "unit")
	}
	if err == nil {
		http.Redirect(w, r, "/people/"+v.one.ID+"?done=change", http.StatusSeeOther)
		return nil
	}
	v.late = r.PostForm.Get("version") != v.one.Version
	v.values, v.clashes = v.merged(r.PostForm, v.known(), personFields, v.late)
	status, err := v.refused(r, err)
	if err != nil {
		return err
	}
	return v.WriteStatus(w, r, status, personTable(v))
}

func (v personView) doneWords(done string) string {
	switch done {
	case "give":
		return v.T("角色已授予，马上生效", "The role is given and holds at once")
	case "revoke":
		return v.T("角色已收回，马上生效", "The role is taken, at once")
	case "change":
		return v.T("资料已保存", "It is saved")
	case "close":
		return v.T("账号已停用，登录都结束了", "The account is closed and all its sessions ended")
	case "reopen":
		return v.T("账号已重新启用", "The account is open again")
	}
	return ""
}

// change does something to a person and leads back to their page; what is refused comes
// back with the reason.
func (p pages) change(w http.ResponseWriter, r *http.Request, done string, do func(context.Context, personView) error) error {
	if err := r.ParseForm(); err != nil {
		return unreadable(err)
	}
	v, ok, err := p.met(w, r)
	if !ok {
		return err
	}
	if err := do(r.Context(), v); err != nil {
		status, other := v.refused(r, err)
		if other != nil {
			return other
		}
		return v.WriteStatus(w, r, status, personTable(v))
	}
	http.Redirect(w, r, "/people/"+v.one.ID+"?done="+done, http.StatusSeeOther)
	return nil
}

func (p pages) give(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, "give", func(ctx context.Context, v personView) error {
		g := identity.Giving{Holder: v.one.ID, Role: r.PostForm.Get("role")}
		var where, unit error
		g.Scope.Division, where = divisionIn(r.PostForm.Get("division"))
		g.Organisation, unit = v.organisationIn(r, r.PostForm.Get("organisation"))
		if err := joined(map[string]error{"division": where, "organisation": unit}); err != nil {
			return err
		}
		_, err := v.people.Grants.Give(ctx, v.by.Actor, g)
		return err
	})
}

func (p pages) revoke(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, "revoke", func(ctx context.Context, v personView) error {
		return v.people.Grants.Revoke(ctx, v.by.Actor, r.PostForm.Get("grant"), r.PostForm.Get("why"))
	})
}

func (p pages) close(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, "close", func(ctx context.Context, v personView) error {
		return v.people.Accounts.Close(ctx, v.by.Actor, v.one.ID, r.PostForm.Get("why"))
	})
}

func (p pages) reopen(w http.ResponseWriter, r *http.Request) error {
	return p.change(w, r, "reopen", func(ctx context.Context, v personView) error {
		return v.people.Accounts.Reopen(ctx, v.by.Actor, v.one.ID)
	})
}

// reset voids a password and shows the invitation to choose another.
func (p pages) reset(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.met(w, r)
	if !ok {
		return err
	}
	inv, err := v.people.Accounts.Reset(r.Context(), v.by.Actor, v.one.ID, r.PostFormValue("factor") != "")
	if err != nil {
		status, other := v.refused(r, err)
		if other != nil {
			return other
		}
		return v.WriteStatus(w, r, status, personTable(v))
	}
	v.Once = true
	return v.Write(w, r, madeView(v.visit, v.invitation(r, v.one.Name, inv)))
}

// roles are those that may be given to somebody with a password, as a menu.
func (v personView) roles() web.Menu {
	return v.roleMenu(func(role right.Role) bool { return role.Way == right.ByPassword && role.Of == "" })
}

// now are the grants in force, and before those that were.
func (v personView) now() (held []identity.Held) {
	return slices.DeleteFunc(slices.Clone(v.held), func(h identity.Held) bool { return !h.RevokedAt.IsZero() })
}

func (v personView) before() (held []identity.Held) {
	return slices.DeleteFunc(slices.Clone(v.held), func(h identity.Held) bool { return h.RevokedAt.IsZero() })
}

// state is a person's account in words.
func state(p web.Page, one identity.Person) string {
	switch {
	case one.Left:
		return p.T("已离开", "has left")
	case one.Login == "":
		return p.T("没有账号", "no account")
	case one.Closed:
		return p.T("停用", "closed")
	}
	return p.T("可以登录", "may sign in")
}

// joined puts mistakes together, each at its field, in the order of the fields' names.
func joined(at map[string]error) error {
	var wrong []error
	for _, field := range slices.Sorted(maps.Keys(at)) {
		wrong = append(wrong, fault.At(field, at[field]))
	}
	return errors.Join(wrong...)
}

func unreadable(err error) error {
	return fault.New(fault.Invalid, "表单读不懂，请重新打开这一页再填。", "The form cannot be read. Open the page again and fill it in.").Because(err)
}
