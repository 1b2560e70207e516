package problems

import (
	"context"
	"net/http"

	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/period"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// period asks how the period under way is changed: only what its rule has room for is offered.
func (f *moveForm) period(*http.Request) error {
	v := f.v
	running, ok := f.w.Running()
	if !ok {
		v.bar = v.T("现在没有在走的期限。", "No period is under way now.")
		return nil
	}
	v.lead = running.Rule.Title.In(v.Lang) + v.T("：", ": ") + running.Says().In(v.Lang)
	choices := period.Choices(running, f.Now())
	if len(choices) == 0 {
		v.bar = v.F("这个期限不能中止，也不能（再）延长：%s。", "This period cannot be paused, nor extended (any further): %s.", running.Rule.Source().In(v.Lang))
		return nil
	}
	f.add("what", wrapped(v.radios(v.T("怎么变动", "How it is changed"), "what", page.PeriodChoices(v.Page, choices), "")))
	if x := running.Rule.Extend; x != nil && choices[len(choices)-1].Kind == clock.Extended {
		f.add("n", v.field(web.Input{
			Name: "n", Kind: "number", Label: v.F("延长多少%s（选了延长才填）", "By how many %s (of an extension)", page.UnitName(v.Page, x.Most)),
			Hint: v.F("每次最多%s，由%s批准。", "By %s at most each time, approved by %s.", x.Most.Text().In(v.Lang), x.By.In(v.Lang)),
		}))
	}
	f.add("why", v.text(web.Input{Name: "why", Label: v.T("理由：谁提出的、依据什么", "Why: who asked for it, on which ground"), Hint: v.T("看得到这个问题的单位都看得到；不写群众的姓名和电话。", "Every unit that sees the problem sees it: no names or telephones of complainants.")}, 3))
	return nil
}

func addTurn(ctx context.Context, p *Pages, who identity.Colleague, w problem.Whole, form photos.Form) error {
	running, _ := w.Running()
	t, err := page.PeriodTurn(form.Values, running, p.Now())
	if err != nil {
		return err
	}
	t.Case = w.ID
	_, err = problem.TurnPeriod(ctx, p.Problems, who, t)
	return err
}
