package sites

import (
	"cmp"
	"errors"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/selection"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// sitingAsk is what a planner asks, in a form or in the query of an answer, so
// that a question can be sent to somebody and asked again:
//
//	goal      most, fewest or cheapest
//	sites     at most so many new ones
//	budget    yuan
//	target    per cent, which the other goals need
//	times     1, or 2 for a choice of two
//	mode, minutes, demand   as for coverage
//	when      week, moment or any
//	hours, days             of a week: 07:00-21:00, all
//	at                      of a moment
//	kind, need  repeated    what candidates must be and offer
//	division                where they must be
//	known     1 leaves out candidates without known hours
//	cost-bank …             yuan, of those without a cost
//	limits    icbc=3, separated by commas or lines
//	open, never             codes, separated likewise
//	floor     per cent that every key area must reach
type sitingAsk struct {
	query url.Values
	form  figures.SitingForm
	q     selection.Question
	when  string
}

const (
	whenWeek   = "week"
	whenMoment = "moment"
	whenAny    = "any"

	usualHours   = "07:00-21:00"
	usualSites   = 10
	usualTarget  = "95"
	maxAskFields = 64
	maxAskText   = 4000
)

// sitingKeys are the keys of a question; those of costs come beside them.
var sitingKeys = []string{
	"goal", "sites", "budget", "target", "times", "mode", "minutes", "demand", "when", "hours", "days", "at",
	"kind", "need", "division", "known", "limits", "open", "never", "floor",
}

func costKey(p station.Premises) string { return "cost-" + p.Key() }

// parseSiting reads a question. What it returns with an error holds what was
// readable, so that the form can show it again.
func parseSiting(values url.Values, now time.Time) (sitingAsk, error) {
	a := sitingAsk{query: kept(values)}
	size := 0
	for key := range a.query {
		for _, v := range a.query[key] {
			size += len(v)
		}
	}
	if size > maxAskText || len(a.query) > maxAskFields {
		return a, fault.New(fault.Invalid, "填的内容太长：最多 %d 字节。编号很多时，请在名册里改状态。", "This is too long: %d bytes at most. Where codes are many, change their status in the register.", maxAskText)
	}
	get := a.query.Get
	var wrong []error
	goal, ok := selection.ParseGoal(cmp.Or(get("goal"), "most"))
	if !ok {
		wrong = append(wrong, words.UnknownChoice("goal", get("goal")))
	}
	a.form = figures.SitingForm{
		Times: 1, Division: get("division"), Premises: a.query["kind"], Needs: a.query["need"], OnlyKnownHours: get("known") == "1",
		Open: ask.FieldsOf(get("open")), Never: ask.FieldsOf(get("never")), Limits: ask.FieldsOf(get("limits")),
		Fewest: goal == selection.FewestSites, Cheapest: goal == selection.LeastCost,
		Costs: map[string]string{}, Floor: get("floor"),
	}
	wrong = append(wrong, a.amounts(goal))
	for _, p := range station.AllPremises() {
		if text := get(costKey(p)); text != "" {
			a.form.Costs[p.Key()] = text
		}
	}
	wrong = append(wrong, a.hours(now))
	if a.form.Floor != "" {
		_, err := figures.ParseFloor(a.form.Floor)
		wrong = append(wrong, fault.At("floor", err))
	}
	var err error
	a.q, err = a.form.Question(a.q)
	return a, errors.Join(append(wrong, err)...)
}

// shown is a question as its page shows it before anybody has filled it in: with the
// usual target, which is there to be seen and changed.
func shown(values url.Values) url.Values {
	out := filled(values)
	if goal := out.Get("goal"); goal != "" && goal != selection.MostPeople.String() && !out.Has("target") {
		out.Set("target", usualTarget)
	}
	return out
}

// filled is a question as a form sends it, without the fields of other goals: those
// are hidden (sites.css), and what nobody sees neither counts nor can be mended.
func filled(values url.Values) url.Values {
	out := maps.Clone(values)
	goal, ok := selection.ParseGoal(cmp.Or(strings.TrimSpace(out.Get("goal")), selection.MostPeople.String()))
	switch {
	case !ok:
	case goal == selection.MostPeople:
		out.Del("target")
	default:
		out.Del("sites")
		out.Del("budget")
	}
	return out
}

// unlimited refuses a form whose limits somebody has emptied: all would open, and the
// usual number would be one that nobody has asked for.
func unlimited(form url.Values) error {
	blank := func(key string) bool { return strings.TrimSpace(form.Get(key)) == "" }
	if !form.Has("sites") || !blank("sites") || !blank("budget") {
		return nil
	}
	return fault.At("sites", fault.New(fault.Invalid, "请写最多新增几个，或写预算：两样都不写，就等于全部开放",
		"say how many sites may open at most, or the budget: without either, all would open"))
}

// kept are the parts of a query that belong to a question and say something.
func kept(values url.Values) url.Values {
	out := url.Values{}
	take := func(key string) {
		for _, v := range values[key] {
			if v = strings.TrimSpace(v); v != "" {
				out.Add(key, v)
			}
		}
	}
	for _, key := range sitingKeys {
		take(key)
	}
	for _, p := range station.AllPremises() {
		take(costKey(p))
	}
	// The form sends every field; those of another choice of hours say nothing.
	switch cmp.Or(out.Get("when"), whenWeek) {
	case whenMoment:
		out.Del("hours")
		out.Del("days")
	case whenWeek:
		out.Del("at")
	case whenAny:
		out.Del("at")
		out.Del("hours")
		out.Del("days")
	}
	return out
}

// amounts reads how much may open, and how much is to be reached.
func (a *sitingAsk) amounts(goal selection.Goal) error {
	get := a.query.Get
	var sites, times error
	if text := get("sites"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			sites = fault.New(fault.Invalid, "“%s”个不行：请写整数，如 10；0 就是一个也不新增", "“%s” is not a number of sites: write a whole number, as 10; 0 is none at all", lang.Short(text))
		}
		a.form.Sites = new(max(n, 0))
	}
	if text := get("times"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			times = fault.New(fault.Invalid, "要有“%s”个驿站不行：请写 1，或 2（交叉覆盖）", "a choice of “%s” stations will not do: write 1, or 2 for cross-covered", lang.Short(text))
		}
		a.form.Times = max(n, 1)
	}
	a.form.Budget = get("budget")
	if goal != selection.MostPeople {
		a.form.Target = get("target")
	} else if a.form.Sites == nil && a.form.Budget == "" {
		a.form.Sites = new(usualSites)
	}
	return errors.Join(fault.At("sites", sites), fault.At("times", times))
}

// hours reads whom, how far and which hours.
func (a *sitingAsk) hours(now time.Time) error {
	s, err := ask.ParseSurvey(a.query, now)
	a.q.Cover = s.Question
	a.q.Cover.Demand = a.query.Get("demand")
	a.when = cmp.Or(a.query.Get("when"), whenWeek)
	switch a.when {
	case whenMoment:
	case whenAny:
		a.q.Cover.AnyHour = true
	case whenWeek:
		days, ok := timetable.ParseDayKind(cmp.Or(a.query.Get("days"), "all"))
		if !ok {
			err = errors.Join(err, words.UnknownChoice("days", a.query.Get("days")))
		}
		var hours error
		a.q.Window, hours = timetable.ParseWindow(days, cmp.Or(a.query.Get("hours"), usualHours))
		return errors.Join(err, fault.At("hours", hours))
	default:
		return errors.Join(err, words.UnknownChoice("when", a.when))
	}
	return err
}

// address is path with the question as its query.
func (a sitingAsk) address(path string) string {
	if len(a.query) == 0 {
		return path
	}
	return path + "?" + a.query.Encode()
}
