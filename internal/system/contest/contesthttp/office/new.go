package office

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/taken"
	"github.com/xiadu/xiadu/internal/web"
)

var newTitle = lang.Text{ZH: "新建评审", EN: "New contest"}

// newView is the form of a contest to be.
type newView struct {
	page.Contest
	values url.Values
	orgs   []web.Option
	offers []string
	wrong  []string // in the rule's file
}

// NewForm answers the form.
func (p *Pages) NewForm(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.newForm(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, newPage(v))
}

func (p *Pages) newForm(r *http.Request) (v newView, who identity.Colleague, err error) {
	v.values = url.Values{}
	v.Page = p.Site.Page(r, newTitle)
	v.Private, v.Unlisted = true, true
	if who, err = p.Who(r); err != nil {
		return v, who, err
	}
	ids, home := page.Holds(who)
	if home.Valid() {
		v.values.Set("division", home.Name().ZH)
		if same, err := gb.Resolve(home.Name().ZH, home); err != nil || same != home {
			v.values.Set("division", home.Code())
		}
	}
	names, err := p.Names(r, ids...)
	if err != nil {
		return v, who, err
	}
	for _, id := range ids {
		v.orgs = append(v.orgs, web.Option{Value: id, Text: names[id]})
	}
	if len(ids) == 0 {
		v.offers, err = p.Offers(r.Context())
	}
	return v, who, err
}

// Begin begins a contest.
func (p *Pages) Begin(w http.ResponseWriter, r *http.Request) error {
	if err := send(r); err != nil {
		return err
	}
	v, who, err := p.newForm(r)
	if err != nil {
		return err
	}
	if !v.May(contest.Organise) {
		return v.refuse(w, r, fault.New(fault.Denied, "建立评审要有评审组织方的角色。", "To begin a contest takes the role of an organiser."))
	}
	n, err := p.read(r, &v, who)
	if err == nil {
		err = p.DB.Update(r.Context(), func(tx *db.Tx) error {
			if err := taken.Free(tx, n.Code); err != nil {
				return err
			}
			_, err := event.Begin(tx, who, n)
			return err
		})
	}
	if fault.KindOf(err) == fault.Conflict && p.begun(r, n) {
		err = nil // the same form came twice
	}
	if err == nil {
		http.Redirect(w, r, page.At(n.Code, "office")+"?done=begun", http.StatusSeeOther)
		return nil
	}
	return v.refuse(w, r, err)
}

// refuse shows the form again, with all that was typed.
func (v newView) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	v.values = r.PostForm
	return v.Again(w, r, err, func() templ.Component { return newPage(v) })
}

// begun tells whether the contest of a code is the one that a form asks for.
func (p *Pages) begun(r *http.Request, n event.New) bool {
	e, err := p.Events.Get(r.Context(), n.Code)
	return err == nil && e.State == contest.Prepared && e.Title == n.Title && e.Approval == n.Approval && e.Cycle == n.Cycle && e.Office == n.Office &&
		e.Division == n.Division && e.Rehearsal == n.Rehearsal && e.RuleHash == n.Rule.Rule.Hash()
}

// read reads the form: all that is wrong with it at once.
func (p *Pages) read(r *http.Request, v *newView, who identity.Colleague) (n event.New, err error) {
	f := r.PostForm
	var all []error
	ids, home := page.Holds(who)
	n = event.New{Code: trimmed(f, "code"), Title: trimmed(f, "title"), Approval: trimmed(f, "approval"), Cycle: trimmed(f, "cycle"), Rehearsal: f.Get("rehearsal") != ""}
	if n.Division, err = page.Division(f.Get("division"), home); err != nil {
		all = append(all, fault.At("division", err))
	} else if !n.Division.Valid() {
		all = append(all, fault.At("division", fault.New(fault.Invalid, "请写是哪个地区的评审", "say of which division it is")))
	} else if err := p.Admitted(r.Context(), who, right.Place{Division: n.Division}, contest.Organise); err != nil {
		all = append(all, err)
	}
	if len(ids) > 0 {
		if n.Office = cmp.Or(f.Get("office"), ids[0]); !slices.Contains(ids, n.Office) {
			all = append(all, fault.At("office", fault.New(fault.Invalid, "请选您代表的单位", "choose an organisation that you act for")))
		}
	} else if n.Office, err = p.Unit(r.Context(), "office", f.Get("office")); err != nil {
		all = append(all, err)
	}
	if n.Code == "" {
		all = append(all, fault.At("code", fault.New(fault.Invalid, "请给评审定一个编号，如 hall-2026", "give the contest a code, as hall-2026")))
	}
	if n.Title == "" {
		all = append(all, fault.At("title", fault.New(fault.Invalid, "请写评审的名称", "give the contest a title")))
	}
	if n.Office == "" && len(ids) == 0 && err == nil {
		all = append(all, fault.At("office", fault.New(fault.Invalid, "请写承办单位", "say which organisation holds it")))
	}
	if n.Rule, v.wrong, err = chosen(v.Lang, r); err != nil {
		all = append(all, err)
	}
	return n, errors.Join(all...)
}

func (v newView) value(name string) string { return v.values.Get(name) }

func (v newView) offices() web.Menu {
	m := web.Menu{Name: "office", Label: v.T("承办单位", "Held by"), Options: slices.Clone(v.orgs), Error: v.Form.Wrong("office")}
	for i := range m.Options {
		m.Options[i].On = m.Options[i].Value == v.value("office")
	}
	return m
}

// presets are the rules that come with the program, the usual one first.
func presets() []rule.File {
	all := slices.DeleteFunc(slices.Clone(rule.Presets()), func(f rule.File) bool { return len(f.Rule.Grades) > 0 }) // those that nobody marks
	slices.SortStableFunc(all, func(a, b rule.File) int { return rank(a) - rank(b) })
	return all
}

func rank(f rule.File) int {
	if f.About.Key == usual {
		return 0
	}
	return 1
}

// usual is the rule that most halls have.
const usual = "trim-1-1-mean-2dp"
