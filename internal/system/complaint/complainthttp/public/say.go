package public

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/xiadu/xiadu/internal/engine/bound"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
	"github.com/xiadu/xiadu/internal/web"
)

type letterView struct {
	web.Page
	bulletin.Followed
	form web.Refusal
	said bool // by who complained, just now
}

// at is the address of the letter.
func (v letterView) at() string {
	return letterAt(v.Campaign, table.Row{Code: v.Code, Batch: v.Batch})
}

// owed is what the bulletin says of a letter that is closed for a stage: when its next step is, and who owes it.
func (v letterView) owed() string {
	if v.Row.Status != table.Staged || v.Row.Next == (calendar.Date{}) {
		return ""
	}
	day := v.Row.Next.String()
	if v.Lang == lang.ZH {
		day = v.Row.Next.Format()
	}
	return v.F("公开时是阶段性办结：下一步 %[1]s，由%[2]s负责。", "When it was published it was done for this stage: the next step is on %[1]s, by %[2]s.", day, v.Row.Owes)
}

// mayOpen is what may be said of a problem by who has no secret; empty: nothing now.
func (v letterView) mayOpen(s bulletin.Standing) string {
	o := problem.Open{Stage: s.Stage}
	switch {
	case o.MayObject():
		return v.T("正在公示：有异议，在这里提", "It is open to objections: object here")
	case o.MayDoubt():
		return v.T("没有解决？附一张照片，在这里说", "Not solved? Say so here, with a photo")
	}
	return ""
}

// answers are what who complained may say.
func answers(p web.Page, form web.Refusal) []web.Choice {
	on := form.Value("says", "")
	var all []web.Choice
	for _, a := range []struct {
		says string
		text lang.Text
	}{
		{problem.Solved, lang.Text{ZH: "解决了", EN: "Solved"}},
		{problem.NotSolved, lang.Text{ZH: "没解决", EN: "Not solved"}},
		{problem.Unsure, lang.Text{ZH: "说不清", EN: "Cannot tell"}},
	} {
		all = append(all, web.Choice{Name: "says", Value: a.says, Label: a.text.In(p.Lang), On: on == a.says})
	}
	return all
}

// follow is the letter that an address names.
func (p *Pages) follow(r *http.Request) (v letterView, err error) {
	batch, _ := strconv.Atoi(r.URL.Query().Get("batch"))
	if v.Followed, err = p.Bulletins.Follow(r.Context(), r.PathValue("campaign"), r.PathValue("code"), batch); err != nil {
		return v, err
	}
	v.Page = p.Site.Page(r, lang.Text{ZH: "信访件 " + v.Code, EN: "Letter " + v.Code})
	return v, nil
}

// Letter follows a letter by its code.
func (p *Pages) Letter(w http.ResponseWriter, r *http.Request) error {
	v, err := p.follow(r)
	if err != nil {
		return err
	}
	if v.said, err = p.marked(r, "said", v.at()); err != nil {
		return err
	}
	return v.Write(w, r, letterPage(v))
}

// refusedForm is a form that comes back. One that has sent something else already gets another number.
func refusedForm(p web.Page, typed url.Values, wrong error) (web.Refusal, error) {
	if errors.Is(wrong, act.ErrAnother) {
		typed.Del("once")
	}
	return p.Refused(typed, wrong)
}

// Say takes the word of who complained, by their secret. A wrong one tells nothing, and a network has few of them.
func (p *Pages) Say(w http.ResponseWriter, r *http.Request) error {
	v, err := p.follow(r)
	if err != nil {
		return err
	}
	if err := web.ReadForm(r); err != nil {
		return err
	}
	if wrong := p.say(r, v); wrong != nil {
		v.Private = true
		if v.form, err = refusedForm(v.Page, r.PostForm, wrong); err != nil {
			return err
		}
		return v.WriteStatus(w, r, v.form.Status(), letterPage(v))
	}
	to, err := url.Parse(v.at())
	if err != nil {
		return err
	}
	mark, err := p.mark(r, v.at())
	if err != nil {
		return err
	}
	q := to.Query()
	q.Set("said", mark)
	to.RawQuery, to.Fragment = q.Encode(), "say"
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
	return nil
}

func (p *Pages) say(r *http.Request, v letterView) error {
	back, err := bound.Secret.Take(r.Context(), p.DB, web.Network(r))
	if err != nil {
		return err
	}
	_, err = p.Problems.Say(r.Context(), problem.Said{Token: r.PostForm.Get("token"), Says: r.PostForm.Get("says"), Letter: v.Letter, Form: r.PostForm.Get("once")})
	if fault.KindOf(err) != fault.NotFound { // all but a wrong secret costs nothing
		if err := back(r.Context()); err != nil {
			return err
		}
	}
	return err
}
