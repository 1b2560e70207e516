package visits

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/web"
)

var changeTitle = lang.Text{ZH: "改动这次督办", EN: "Change this round"}

// changing reads the round that is changed, for a form that begins with how it is.
func (p *Pages) changing(r *http.Request, who identity.Colleague, q web.Page, values url.Values) (v newView, err error) {
	v = newView{Page: q, q: values}
	if v.round, err = p.Visits.Get(r.Context(), who, r.PathValue("id")); err != nil {
		return v, err
	}
	if !v.round.Plans {
		return v, fault.New(fault.Denied, "您的角色不能改动这次督办。", "Your roles do not let you change this round.")
	}
	v.Back = web.NavItem{Href: of(v.round.ID), Text: lang.Text{ZH: "这次督办", EN: "This round"}}
	if !values.Has("day") {
		v.q = url.Values{"day": {v.round.Day}, "mode": {string(v.round.Mode)}, "person": {v.round.Person}, "order": {"streets"}, "seen": {strconv.Itoa(v.round.Version)}}
		for _, h := range v.round.Stops {
			v.q.Add("problem", h.Problem.Code)
		}
	}
	return v, nil
}

// ChangeForm asks how a round is changed.
func (p *Pages) ChangeForm(w http.ResponseWriter, r *http.Request) error {
	who, q, ok, err := p.enter(w, r, changeTitle)
	if !ok {
		return err
	}
	v, err := p.changing(r, who, q, r.URL.Query())
	if err != nil {
		return err
	}
	return p.newForm(w, r, who, v)
}

// Change changes it.
func (p *Pages) Change(w http.ResponseWriter, r *http.Request) error {
	return p.changed(w, r, func(who identity.Colleague, f url.Values, seen int) error {
		day, err := calendar.ParseDate(strings.TrimSpace(f.Get("day")))
		if err != nil {
			return fault.At("day", err)
		}
		c := visit.Change{
			Round: r.PathValue("id"), Seen: seen, Person: f.Get("person"), Why: f.Get("why"), InOrder: f.Get("order") == "mine",
			New: visit.New{Day: day, Mode: visit.Mode(f.Get("mode")), Problems: slices.Clone(f["problem"])},
		}
		if c.InOrder {
			slices.SortStableFunc(c.Problems, func(a, b string) int { return cmp.Compare(placeIn(f, a), placeIn(f, b)) })
		}
		_, err = p.Visits.Change(r.Context(), who, c)
		return err
	})
}

// last is behind every place that can be typed.
const last = 1000

// placeIn is which stop a problem is to be; without a number it comes behind those that have one.
func placeIn(f url.Values, code string) int {
	n, err := strconv.Atoi(strings.TrimSpace(f.Get("place-" + code)))
	if err != nil || n < 1 {
		return last
	}
	return n
}

// Cancel cancels the round.
func (p *Pages) Cancel(w http.ResponseWriter, r *http.Request) error {
	return p.changed(w, r, func(who identity.Colleague, f url.Values, seen int) error {
		_, err := p.Visits.Cancel(r.Context(), who, visit.Cancelling{Round: r.PathValue("id"), Seen: seen, Why: f.Get("why")})
		return err
	})
}

func (p *Pages) changed(w http.ResponseWriter, r *http.Request, do func(identity.Colleague, url.Values, int) error) error {
	who, q, ok, err := p.enter(w, r, changeTitle)
	if !ok {
		return err
	}
	if err := web.ReadForm(r); err != nil {
		return err
	}
	seen, _ := strconv.Atoi(r.PostForm.Get("seen")) // what is none was seen by nobody
	wrong := do(who, r.PostForm, seen)
	if wrong == nil {
		http.Redirect(w, r, of(r.PathValue("id")), see)
		return nil
	}
	v, err := p.changing(r, who, q, r.PostForm)
	if err != nil {
		return err
	}
	if v.form, err = q.Refused(r.PostForm, wrong); err != nil {
		return err
	}
	return p.newForm(w, r, who, v)
}

// place is which stop of the round a problem is; 0: none.
func (v newView) place(code string) int {
	for _, h := range v.round.Stops {
		if h.Problem.Code == code {
			return h.Place
		}
	}
	return 0
}

// noted reports whether something was noted at a stop, which stays then.
func (v newView) noted(code string) bool {
	return slices.ContainsFunc(v.round.Stops, func(h visit.Halt) bool { return h.Problem.Code == code && h.Touched() })
}

// placeText is the number that the form shows for a stop.
func (v newView) placeText(code string) string {
	known := ""
	if n := v.place(code); n > 0 {
		known = strconv.Itoa(n)
	}
	return v.value("place-"+code, known)
}

// people are who may go.
func (v newView) people() (all []web.Choice) {
	add := func(value, label string) {
		all = append(all, web.Choice{Name: "person", Value: value, Label: label, On: v.q.Get("person") == value})
	}
	add("", v.T("谁去都行", "whoever goes"))
	if v.May(complaint.Supervise) {
		add(v.who, v.T("我去", "I go"))
	}
	if had := v.round.Person; had != "" && had != v.who {
		add(had, v.T("原来的人", "who was to go"))
	}
	return all
}

func (v newView) orders() []web.Choice {
	mine := v.q.Get("order") == "mine"
	return []web.Choice{
		{Name: "order", Value: "streets", Label: v.T("按街道重新排", "by the streets"), On: !mine},
		{Name: "order", Value: "mine", Label: v.T("按我写的先后", "as I number them"), On: mine},
	}
}

// action is where the form goes.
func (v newView) action() string {
	if v.round.ID != "" {
		return of(v.round.ID) + "/change"
	}
	return Path
}

// search is where it looks for more.
func (v newView) search() string {
	if v.round.ID != "" {
		return of(v.round.ID) + "/change"
	}
	return Path + "/new"
}
