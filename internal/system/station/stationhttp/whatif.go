package stationhttp

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
	"github.com/xiadu/xiadu/internal/web"
)

// trial is what a planner tries out. It lives in the address and nowhere else: a
// survey's query, and
//
//	c     a change as station.ParseChanges reads it; one for each, in order
//	plan  the version of a plan that the changes come from, if any: P-0001~3
//
// so that the browser's history undoes and redoes, and a link shows it to others.
type trial struct {
	survey
	changes []whatif.Change
	plan    planVersion
}

// maxTrial bounds the query of a trial: proxies commonly take addresses of 8 KB.
const maxTrial = 7500

func parseTrial(q url.Values, now time.Time) (t trial, err error) {
	if t, err = readTrial(q, q["c"], now); err != nil {
		return t, err
	}
	return t, t.fits()
}

// readTrial reads a trial that no address has to hold.
func readTrial(q url.Values, lines []string, now time.Time) (t trial, err error) {
	if t.survey, err = parseSurvey(q, now); err != nil {
		return t, err
	}
	t.plan = parsePlanVersion(q.Get("plan"))
	t.changes, err = whatif.Parse(lines)
	return t, err
}

// fits refuses a trial that an address cannot hold.
func (t trial) fits() error {
	if len(t.address("")) > maxTrial {
		return fault.New(fault.Invalid, "改动太多，一个网址放不下。请把已有的先存成方案，或用“整个品牌”一条代替许多条。",
			"These changes are too many for one address. Save what there is as a plan first, or let one change stand for a whole brand.")
	}
	return nil
}

// query is the trial as it stands in an address, the moment named.
func (t trial) query() url.Values {
	_, text, _ := strings.Cut(t.fixed(""), "?")
	q, err := url.ParseQuery(text)
	if err != nil {
		panic(err) // the survey has just written it
	}
	if len(t.changes) > 0 {
		q["c"] = whatif.Lines(t.changes)
	}
	if t.plan.code != "" {
		q.Set("plan", t.plan.String())
	}
	return q
}

func (t trial) address(path string) string { return path + "?" + t.query().Encode() }

// with is the trial with other changes.
func (t trial) with(changes []whatif.Change) trial {
	t.changes = changes
	return t
}

// tried is what came of a trial: the scenario, its effect, and what each change
// does alone.
type tried struct {
	scenario *coverage.Scenario
	effect   *coverage.Effect
	alone    []coverage.Shift // nil: too much to compute while somebody waits
}

const (
	// trialsKept bounds the memory: a country's effect is a few megabytes.
	trialsKept = 24
	// mostAlone bounds the demand cells that are passed over for the changes alone.
	mostAlone = 20_000_000
)

// try computes a trial, in the queue of all that is computed for readers.
func (p *pages) try(ctx context.Context, c *City, t trial) (*tried, error) {
	t.plan = planVersion{} // whose trial it is changes nothing
	key := c.Revision + "\n" + t.address("")
	return p.runs.trials.get(ctx, key, func(ctx context.Context) (*tried, error) {
		s, err := c.Survey.WhatIf(t.changes)
		if err != nil {
			return nil, err
		}
		out := &tried{scenario: s}
		if out.effect, err = s.Effect(ctx, t.Question); err != nil {
			return nil, err
		}
		if len(t.changes)*len(out.effect.After.Counts) <= mostAlone {
			out.alone, err = c.Survey.Alone(ctx, t.Question, t.changes)
		}
		return out, err
	})
}

// whatIfPage lets a planner try changes out.
type whatIfPage struct {
	web.Page
	trial
	city  *City
	tried *tried
	wrong string     // what is wrong with the change that was asked for
	plan  *plan.Plan // that the changes come from
}

var whatIfTitle = lang.Text{ZH: "试一试：如果改了会怎样", EN: "What if"}

// whatIf shows a trial. With an act in the query it adds the change and leads on
// to the address that has it, so that every state has one address.
func (p *pages) whatIf(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	t, err := parseTrial(q, p.now())
	if err != nil {
		return err
	}
	city := p.City()
	wrong := ""
	if q.Has("act") {
		next, err := p.acted(r.Context(), city, t, q)
		if err == nil {
			http.Redirect(w, r, next.address("/whatif")+hash(q), http.StatusSeeOther)
			return nil
		}
		var known bool
		if wrong, known = fault.In(web.LangOf(r), err); !known {
			return err
		}
	}
	v, err := p.whatIfPage(r, city, t)
	if err != nil {
		return err
	}
	if v.wrong = wrong; wrong != "" {
		return v.WriteStatus(w, r, http.StatusUnprocessableEntity, whatIfView(v))
	}
	return v.Write(w, r, whatIfView(v))
}

// hash leads back to the part of the page that was left; only ours are taken.
func hash(q url.Values) string {
	if q.Get("to") == "changes" {
		return "#changes"
	}
	return ""
}

func (p *pages) whatIfPage(r *http.Request, city *City, t trial) (v whatIfPage, err error) {
	v = whatIfPage{Page: p.Site.Page(r, whatIfTitle), trial: t, city: city}
	v.Wide = true
	v.Describe = v.T("在地图上试着关一个站、开一个站、改个时间，马上看到多少人走十五分钟还到得了驿站。", "Close a station, open one, change its hours on the map, and see at once how many people still reach one within fifteen minutes.")
	if v.tried, err = p.try(r.Context(), city, t); err != nil {
		return v, err
	}
	if t.plan.code != "" {
		plan, err := p.Plans.Get(r.Context(), t.plan.code)
		switch {
		case err == nil:
			v.plan = &plan
		case fault.KindOf(err) == 0:
			return v, err
		default:
			v.trial.plan = planVersion{} // it is not there any more; the changes are
		}
	}
	return v, nil
}

// acted returns the trial with the changes that the query's act asks for:
//
//	act     a change's word, or line for a whole line in add
//	code    of a station; several mean each of them
//	brand   in place of code, a whole chain
//	days    for pause; several are taken together
//	hours   for hours and open; for open usual:KEY means a brand's usual hours
//	lon,lat for move and open
//	name    for open
func (p *pages) acted(ctx context.Context, c *City, t trial, q url.Values) (trial, error) {
	changes := t.changes
	for _, line := range c.lines(q) {
		more, err := whatif.Parse([]string{line})
		if err != nil {
			return t, err
		}
		for _, m := range more {
			if m.Act == whatif.OpenStation && !c.codeChosen(q, line) {
				m.Code = whatif.FreeCode(changes, func(code string) bool { _, taken := c.Network.Station(code); return taken })
			}
			changes = whatif.Add(changes, m)
		}
	}
	next := t.with(changes)
	if _, err := whatif.Parse(whatif.Lines(changes)); err != nil {
		return t, err
	}
	if err := next.fits(); err != nil {
		return t, err
	}
	_, err := p.try(ctx, c, next) // in the queue, and kept for the page that is led to
	return next, err
}

// codeChosen reports whether the planner gave the new station a code.
func (c *City) codeChosen(q url.Values, line string) bool {
	fields := strings.Fields(line)
	return q.Get("act") == "line" && len(fields) > 1 && !strings.Contains(fields[1], ",")
}

// lines are the changes that an act asks for, as a planner would write them.
func (c *City) lines(q url.Values) []string {
	act := q.Get("act")
	if act == "line" {
		return []string{q.Get("add")}
	}
	rest := ""
	switch act {
	case whatif.PauseDays.Key():
		rest = strings.Join(q["days"], ",")
	case whatif.ChangeHours.Key():
		rest = q.Get("hours")
	case whatif.MoveStation.Key():
		rest = q.Get("lon") + "," + q.Get("lat")
	case whatif.OpenStation.Key():
		return []string{c.openLine(q)}
	}
	var out []string
	if brand := q.Get("brand"); brand != "" {
		out = append(out, strings.TrimSpace(act+" brand:"+brand+" "+rest))
	}
	for _, code := range q["code"] {
		out = append(out, strings.TrimSpace(act+" "+code+" "+rest))
	}
	if len(out) == 0 {
		out = append(out, act) // whose fault says what is missing
	}
	return out
}

// openLine is the line of a new station, as the form has it.
func (c *City) openLine(q url.Values) string {
	line := whatif.OpenStation.Key() + " " + q.Get("lon") + "," + q.Get("lat")
	hours := strings.TrimSpace(q.Get("hours"))
	if brand, ok := station.ParseBrand(q.Get("partner")); ok && brand != 0 {
		line += " brand:" + brand.Key()
		if hours == "" {
			hours = c.usualHours(brand).String()
		}
	}
	if name := strings.TrimSpace(q.Get("name")); name != "" {
		quoted, err := json.Marshal(name)
		if err == nil { // a text always has a JSON form
			line += " " + string(quoted)
		}
	}
	return line + " " + hours
}

func (c *City) usualHours(b station.Brand) opening.Hours {
	for _, chain := range c.Survey.Chains() {
		if chain.Brand == b {
			return chain.Usual
		}
	}
	return opening.Hours{}
}

// undone is the trial without its last change.
func (v whatIfPage) undone() string {
	return v.without(len(v.changes) - 1)
}

func (v whatIfPage) without(i int) string {
	return v.trial.with(whatif.Remove(v.changes, i)).address("/whatif")
}

// reset is the trial with nothing changed: of a plan, as it was saved.
func (v whatIfPage) reset() string {
	if v.plan != nil {
		return v.trial.with(v.plan.Changes).address("/whatif")
	}
	return v.trial.with(nil).address("/whatif")
}

// pristine reports whether there is nothing to reset.
func (v whatIfPage) pristine() bool {
	if v.plan != nil {
		return slices.Equal(whatif.Lines(v.changes), whatif.Lines(v.plan.Changes))
	}
	return len(v.changes) == 0
}

// trial reads what a program asks, by the same rules as an address.
func (in *whatIfInput) trial(now time.Time) (trial, error) {
	b := in.Body
	q := url.Values{"at": {b.At}, "mode": {b.Mode}, "demand": {b.Demand}}
	if b.Minutes != 0 {
		q.Set("minutes", strconv.Itoa(b.Minutes))
	}
	if b.AnyHour {
		q.Set("any", "1")
	}
	return readTrial(q, b.Changes, now)
}
