package plans

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/trial"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// planForm is where a plan gets its name: the first time, again, or as a copy.
// What came in the form stands in it again when something is wrong.
type planForm struct {
	web.Page
	trial.Trial
	form  web.Refusal
	city  *city.City
	name  string
	note  string
	lines string       // the changes as text
	saved *plan.Plan   // what is stored now, where the form is of an older version
	wrong string       // why the plan as it stands cannot be carried out
	tried *trial.Tried // nil where the changes cannot be made
}

var saveTitle = lang.Text{ZH: "存成方案", EN: "Save as a plan"}

// Begin is the form for a trial that comes in the address.
func (p *Pages) Begin(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	t, err := trial.ParseTrial(q, p.Now())
	v := planForm{Page: p.Site.Page(r, saveTitle), Trial: t, city: p.City(), lines: strings.Join(trial.LinesOf(q), "\n")}
	if t.Plan.Code != "" {
		plan, err := p.Plans.Get(r.Context(), t.Plan.Code)
		if err != nil {
			return err
		}
		v.name, v.note = plan.Name, plan.Note
	}
	if err == nil {
		v.tried, err = p.trials.Try(r.Context(), v.city, t)
	}
	if v.form.Form, err = v.Filled(q, err); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.form.Status(), planFormView(v))
}

// Edit is the form for a plan as it stands, or for a copy of it.
func (p *Pages) Edit(w http.ResponseWriter, r *http.Request) error {
	view, err := p.viewPlan(r.Context(), web.LangOf(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	v := planForm{
		Page: p.Site.Page(r, saveTitle), Trial: view.trial, city: view.city, name: view.plan.Name, note: view.plan.Note,
		lines: strings.Join(whatif.Lines(view.plan.Changes), "\n"), tried: view.today, wrong: view.wrong,
	}
	if r.URL.Query().Get("as") == "new" {
		v.Plan = trial.PlanVersion{}
		v.name += v.T("（副本）", " (copy)")
	}
	return v.Write(w, r, planFormView(v))
}

// Save stores what the form has, and leads to the plan. When it cannot, the
// form comes back with all that was typed: for a missing right, a broken rule, or
// because somebody else has saved the plan meanwhile.
func (p *Pages) Save(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "表单读不懂，请重新打开这一页再填。", "The form cannot be read. Open the page again and fill it in.").Because(err)
	}
	v := planForm{city: p.City(), name: r.PostForm.Get("name"), note: r.PostForm.Get("note"), lines: r.PostForm.Get("changes")}
	saved, err := p.save(r, &v)
	if err == nil {
		http.Redirect(w, r, "/plans/"+saved.Code+"?done=save", http.StatusSeeOther)
		return nil
	}
	v.Page = p.Site.Page(r, saveTitle)
	if v.form, err = v.Refused(r.PostForm, err); err != nil {
		return err
	}
	if v.saved != nil && v.form.Status() == http.StatusConflict {
		v.Plan.Version = v.saved.Version // saving once more is on top of what is shown
	}
	return v.WriteStatus(w, r, v.form.Status(), planFormView(v))
}

func (p *Pages) save(r *http.Request, v *planForm) (saved plan.Plan, err error) {
	if v.Trial, err = trial.ReadTrial(r.PostForm, strings.Split(v.lines, "\n"), p.Now()); err != nil {
		return saved, err
	}
	if r.PostForm.Get("as") == "new" {
		v.Plan = trial.PlanVersion{}
	}
	if v.tried, err = p.trials.Try(r.Context(), v.city, v.Trial); err != nil {
		return saved, err
	}
	who, err := p.Who(r)
	if err != nil {
		return saved, fault.At("staff", err)
	}
	kept := plan.Plan{
		Code: v.Plan.Code, Version: v.Plan.Version, Name: v.name, Note: v.note, Changes: v.Changes,
		Question: v.Question, Basis: v.city.Revision,
	}
	kept.Before, kept.After = v.tried.Effect.Figures()
	if kept.Version > 0 {
		old, err := p.Plans.Get(r.Context(), kept.Code)
		if err != nil {
			return saved, err
		}
		if old.Version != kept.Version {
			v.saved = &old
		}
		// What siting proved is of its own changes, and of no others.
		if strings.Join(whatif.Lines(old.Changes), "\n") == strings.Join(whatif.Lines(kept.Changes), "\n") {
			kept.Origin, kept.Proof = old.Origin, old.Proof
		}
	}
	saved, err = p.Plans.Save(r.Context(), who, kept)
	if fault.KindOf(err) == fault.Conflict && v.saved == nil {
		if now, e := p.Plans.Get(r.Context(), kept.Code); e == nil {
			v.saved = &now
		}
	}
	return saved, err
}

// question is what the form carries of the trial beside its changes.
func (v planForm) question() url.Values {
	q := v.Values()
	q.Del("c")
	return q
}

func (v planForm) heading() string {
	switch {
	case v.saved != nil:
		return v.F("方案 %s 刚被别人改过", "Plan %s was changed by somebody just now", v.saved.Code)
	case v.Plan.Code != "":
		return v.F("修改方案 %s", "Change plan %s", v.Plan.Code)
	}
	return v.T("存成方案", "Save as a plan")
}

func (v planForm) summary() string {
	if v.tried == nil {
		return ""
	}
	before, after := v.tried.Effect.Before, v.tried.Effect.After
	return v.F("%[1]s有驿站的：%[2]s%% → %[3]s%%（%[4]s 人）", "With a station %[1]s: %[2]s%% → %[3]s%% (%[4]s people)", page.WithinWords(v.Lang, v.Survey),
		lang.Percent(before.Covered[1].Float(), before.Demand.Float()), lang.Percent(after.Covered[1].Float(), after.Demand.Float()), words.Signed(after.Covered[1]-before.Covered[1]))
}

func (v planForm) changesInWords() []string {
	var out []string
	for _, c := range v.Changes {
		out = append(out, trial.ChangeWords(v.city, v.Lang, v.Changes, c))
	}
	return out
}
