package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint/period"
	"github.com/xiadu/xiadu/internal/web"
)

// PeriodChoices are the changes of a period as a form offers them, in the field "what".
func PeriodChoices(p web.Page, choices []period.Choice) []web.Choice {
	all := make([]web.Choice, len(choices))
	for i, c := range choices {
		all[i] = web.Choice{Name: "what", Value: c.Key(), Label: periodLabel(p, c)}
	}
	return all
}

func periodLabel(p web.Page, c period.Choice) string {
	if c.Kind == clock.Extended {
		return p.F("延长（每次最多%s）", "Extend it (by %s at most)", c.Extend.Most.Text().In(p.Lang))
	}
	if c.Kind == clock.Resumed {
		return p.F("恢复：%s结束了", "Go on: %s has ended", c.Reason.Name.In(p.Lang))
	}
	return p.F("中止：%s", "Pause it: %s", c.Reason.Name.In(p.Lang))
}

// TurnName is what happened to a period, as the history tells it.
func TurnName(p web.Page, s casework.Past) string {
	switch s.Turn {
	case clock.Paused:
		return p.T("期限中止", "its period was paused")
	case clock.Resumed:
		return p.T("期限恢复", "its period went on")
	case clock.Extended:
		return p.T("期限延长", "its period was extended")
	case clock.Ruled:
		return p.T("期限换了规则", "its period has another rule")
	case clock.Recounted:
		return p.T("节假日安排公布，期限重新计算", "the holidays were announced, and its period reckoned anew")
	case clock.Started, clock.Rebased, clock.Voided, clock.Confirmed, clock.Met, clock.Ended:
	}
	return p.T("期限变动", "its period changed")
}

// UnitName is the unit of a length, as a word in a sentence.
func UnitName(p web.Page, l clock.Length) string {
	switch {
	case l.Unit == clock.Hour:
		return p.T("小时", "hours")
	case l.Unit == clock.Month:
		return p.T("个月", "months")
	case l.Unit == clock.Year:
		return p.T("年", "years")
	case l.Working:
		return p.T("个工作日", "working days")
	}
	return p.T("天", "days")
}

// PeriodTurn reads the form of a change: what, n, why, and seen.
func PeriodTurn(form url.Values, running casework.Clock, now time.Time) (t period.Turn, err error) {
	t.Why, t.Clock = form.Get("why"), running.Name
	t.Seen, _ = strconv.Atoi(form.Get("seen")) // what is none was seen by nobody
	choices := period.Choices(running, now)
	i := slices.IndexFunc(choices, func(c period.Choice) bool { return c.Key() == form.Get("what") })
	if i < 0 {
		return t, fault.At("what", fault.New(fault.Invalid, "请选怎么变动期限", "choose how the period is changed"))
	}
	t.Kind, t.Reason = choices[i].Kind, choices[i].Reason.Key
	if t.Kind != clock.Extended {
		return t, nil
	}
	t.Length = choices[i].Extend.Most
	most := t.Length.N
	if t.Length.N, err = strconv.Atoi(strings.TrimSpace(form.Get("n"))); err != nil || t.Length.N < 1 || t.Length.N > most {
		return t, fault.At("n", fault.New(fault.Invalid, "延长多久：从 1 到 %d", "by how much it is extended: from 1 to %d", most))
	}
	return t, nil
}
