package sites

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/trial"
)

// SaveSited keeps an answer as a plan, certificate included.
func (p *Pages) SaveSited(w http.ResponseWriter, r *http.Request) error {
	v, err := p.sitedPage(r)
	if err != nil {
		return p.sitingGone(w, r, err)
	}
	found, err := v.sited()
	if err != nil {
		return err
	}
	v.planName = strings.TrimSpace(r.PostFormValue("name"))
	who, err := p.Who(r)
	if err != nil {
		return v.refuse(w, r, err)
	}
	kept, err := found.Plan(r.Context(), cmp.Or(v.planName, v.usualName()), v.say)
	if err == nil {
		kept, err = p.Plans.Save(r.Context(), who, kept)
	}
	if err != nil {
		return v.refuse(w, r, err)
	}
	http.Redirect(w, r, "/plans/"+kept.Code, http.StatusSeeOther)
	return nil
}

// refuse shows the answer again with what was wrong with saving it.
func (v sitedPage) refuse(w http.ResponseWriter, r *http.Request, err error) error {
	if v.form, err = v.Refused(r.PostForm, err); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.form.Status(), sitedView(v))
}

// usualName is what a plan is called unless its keeper says otherwise.
func (v sitedPage) usualName() string {
	return v.F("选址：新增 %[1]d 个（%[2]s）", "Siting: %[1]d new sites (%[2]s)", len(v.result.Answer.Sites), v.result.City.Revision)
}

// whatIf is where the plan can be tried further, or empty where an address
// cannot hold it.
func (v sitedPage) whatIf() string {
	t := trial.Trial{Changes: v.result.Answer.Changes()}
	t.Question = v.result.Answer.Siting.Question.Moment()
	if len(t.Changes) == 0 || t.Fits() != nil {
		return ""
	}
	return t.Address("/whatif")
}
