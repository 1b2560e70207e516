package letters

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/period"
	"github.com/xiadu/xiadu/internal/web"
)

// TurnPeriod changes the period in which a letter is to be reported on.
func (p *Pages) TurnPeriod(w http.ResponseWriter, r *http.Request) error {
	v, err := p.posted(r)
	if err != nil {
		return err
	}
	if err := p.may(r, v, complaint.Coordinate); err != nil {
		return v.refused(w, r, "period", err)
	}
	running := v.clock()
	if running == nil || !running.Running {
		return v.refused(w, r, "period", fault.New(fault.Conflict, "现在没有在走的期限。", "No period is under way now."))
	}
	t, err := page.PeriodTurn(r.PostForm, *running, v.now)
	if err == nil {
		t.Case = v.ID
		_, err = p.Letters.TurnPeriod(r.Context(), v.Who, t)
	}
	if err != nil {
		return v.refused(w, r, "period", err)
	}
	return v.away(w, r, "period")
}

// turns are the changes that the running period has room for.
func (v letterView) turns() []period.Choice {
	if c := v.clock(); c != nil && c.Running && v.May(complaint.Coordinate) {
		return period.Choices(*c, v.now)
	}
	return nil
}

func (v letterView) turnChoices() []web.Choice {
	all := page.PeriodChoices(v.Page, v.turns())
	for i := range all {
		all[i].On = v.open == "period" && v.typed.Get("what") == all[i].Value
	}
	return all
}

func (v letterView) name(id string) string { return v.names[id] }
