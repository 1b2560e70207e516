// Package trial is what would be if stations closed, opened, moved or kept other hours.
// The address holds all changes and nothing is written; the sheets that change something
// work without scripts.
package trial

import (
	"context"
	"encoding/json"
	"errors"
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
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
	"github.com/xiadu/xiadu/internal/web"
)

// Trial is what a planner tries out. It lives in the address and nowhere else: a
// survey's query, and
//
//	c     a change as whatif.Parse reads it; one for each, in order
//	plan  the version of a plan that the changes come from, if any: P-0001~3
//
// so that the browser's history undoes and redoes, and a link shows it to others.
type Trial struct {
	ask.Survey
	Changes []whatif.Change
	Plan    PlanVersion
}

// maxTrial bounds the query of a trial: proxies commonly take addresses of 8 KB.
const maxTrial = 7500

// ParseTrial reads a trial from an address.
func ParseTrial(q url.Values, now time.Time) (t Trial, err error) {
	if t, err = ReadTrial(q, LinesOf(q), now); err != nil {
		return t, err
	}
	return t, t.Fits()
}

// LinesOf are the changes of an address: each a c, or the lines of the field in which
// they are mended.
func LinesOf(q url.Values) []string {
	if !q.Has("changes") {
		return q["c"]
	}
	return append(slices.Clone(q["c"]), strings.Split(q.Get("changes"), "\n")...)
}

// ReadTrial reads a trial that no address has to hold.
func ReadTrial(q url.Values, lines []string, now time.Time) (t Trial, err error) {
	t.Survey, err = ask.ParseSurvey(q, now)
	t.Plan = parsePlanVersion(q.Get("plan"))
	var wrong error
	t.Changes, wrong = whatif.Parse(lines)
	return t, errors.Join(err, wrong)
}

// Fits refuses a trial that an address cannot hold.
func (t Trial) Fits() error {
	if len(t.Address("")) > maxTrial {
		return fault.At("changes", fault.New(fault.Invalid, "改动太多，一个网址放不下。请把已有的先存成方案，或用“整个品牌”一条代替许多条。",
			"These changes are too many for one address. Save what there is as a plan first, or let one change stand for a whole brand."))
	}
	return nil
}

// Values is the trial as it stands in an address, the moment named.
func (t Trial) Values() url.Values {
	_, text, _ := strings.Cut(t.Fixed(""), "?")
	q, err := url.ParseQuery(text)
	if err != nil {
		panic(err) // the survey has just written it
	}
	if len(t.Changes) > 0 {
		q["c"] = whatif.Lines(t.Changes)
	}
	if t.Plan.Code != "" {
		q.Set("plan", t.Plan.String())
	}
	return q
}

// Address is the address of the trial at a path.
func (t Trial) Address(path string) string { return path + "?" + t.Values().Encode() }

// with is the trial with other changes.
func (t Trial) with(changes []whatif.Change) Trial {
	t.Changes = changes
	return t
}

// Tried is what came of a trial: the scenario, its effect, and what each change
// does alone.
type Tried struct {
	Scenario *coverage.Scenario
	Effect   *coverage.Effect
	Alone    []coverage.Shift // nil: too much to compute while somebody waits
}

const (
	// trialsKept bounds the memory: a country's effect is a few megabytes.
	trialsKept = 24
	// mostAlone bounds the demand cells that are passed over for the changes alone.
	mostAlone = 20_000_000
)

// Try computes a trial, in the queue of all that is computed for readers.
func (p *Pages) Try(ctx context.Context, c *city.City, t Trial) (*Tried, error) {
	t.Plan = PlanVersion{} // whose trial it is changes nothing
	key := c.Revision + "\n" + t.Address("")
	return p.trials.Get(ctx, key, func(ctx context.Context) (*Tried, error) {
		s, err := c.Survey.WhatIf(t.Changes)
		if err != nil {
			return nil, err
		}
		out := &Tried{Scenario: s}
		if out.Effect, err = s.Effect(ctx, t.Question); err != nil {
			return nil, err
		}
		if len(t.Changes)*len(out.Effect.After.Counts) <= mostAlone {
			out.Alone, err = c.Survey.Alone(ctx, t.Question, t.Changes)
		}
		return out, err
	})
}

// whatIfPage lets a planner try changes out.
type whatIfPage struct {
	web.Page
	Trial
	city  *city.City
	tried *Tried
	form  web.Form
	acted url.Values // the change that was asked for and is wrong, to be asked again
	wrong string     // what is wrong with it, where no field is
	plan  *plan.Plan // that the changes come from
}

var whatIfTitle = lang.Text{ZH: "试一试：如果改了会怎样", EN: "What if"}

// WhatIf shows a trial. With an act in the query it adds the change and leads on
// to the address that has it, so that every state has one address.
func (p *Pages) WhatIf(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	t, err := ParseTrial(q, p.Now())
	if err != nil {
		return p.mend(w, r, t, err)
	}
	city := p.City()
	var wrong error
	if q.Has("act") {
		next, err := p.acted(r.Context(), city, t, q)
		if err == nil {
			http.Redirect(w, r, next.Address("/whatif")+hash(q), http.StatusSeeOther)
			return nil
		}
		wrong = err
	}
	v := p.whatIfPage(r, city, t)
	if err := p.fill(r.Context(), &v); err != nil {
		return p.mend(w, r, t, err)
	}
	if wrong == nil {
		return v.Write(w, r, whatIfView(v))
	}
	text, known := fault.In(v.Lang, wrong)
	if !known {
		return wrong
	}
	v.acted = q
	if v.form, err = v.Filled(q, wrong); err != nil || !v.form.Among(fieldsOf(q)...) {
		v.wrong = text // of no field of the change
	}
	return v.WriteStatus(w, r, http.StatusUnprocessableEntity, whatIfView(v))
}

// mend shows the question of a trial that cannot be computed, to be mended.
func (p *Pages) mend(w http.ResponseWriter, r *http.Request, t Trial, wrong error) (err error) {
	v := p.whatIfPage(r, p.City(), t)
	if v.form, err = v.Filled(r.URL.Query(), wrong); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.form.Status(), whatIfFormView(v, LinesOf(r.URL.Query())))
}

// hash leads back to the part of the page that was left; only ours are taken.
func hash(q url.Values) string {
	if q.Get("to") == "changes" {
		return "#changes"
	}
	return ""
}

func (p *Pages) whatIfPage(r *http.Request, city *city.City, t Trial) whatIfPage {
	v := whatIfPage{Page: p.Site.Page(r, whatIfTitle), Trial: t, city: city}
	v.Wide = true
	v.Describe = v.T("在地图上试着关一个站、开一个站、改个时间，马上看到多少人走十五分钟还到得了驿站。", "Close a station, open one, change its hours on the map, and see at once how many people still reach one within fifteen minutes.")
	return v
}

// fill computes the trial, and finds the plan that it comes from.
func (p *Pages) fill(ctx context.Context, v *whatIfPage) (err error) {
	if v.tried, err = p.Try(ctx, v.city, v.Trial); err != nil || v.Plan.Code == "" {
		return err
	}
	plan, err := p.Plans.Get(ctx, v.Plan.Code)
	switch {
	case err == nil:
		v.plan = &plan
	case fault.KindOf(err) == 0:
		return err
	default:
		v.Plan = PlanVersion{} // it is not there any more; the changes are
	}
	return nil
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
func (p *Pages) acted(ctx context.Context, c *city.City, t Trial, q url.Values) (Trial, error) {
	changes := t.Changes
	for _, line := range linesOf(c, q) {
		m, err := whatif.ParseOne(line)
		if err != nil {
			return t, fault.At(fieldOf(q), err)
		}
		if m.Act == whatif.OpenStation && !codeChosen(q, line) {
			m.Code = whatif.FreeCode(changes, func(code string) bool { _, taken := c.Network.Station(code); return taken })
		}
		changes = whatif.Add(changes, m)
	}
	next := t.with(changes)
	if _, err := whatif.Parse(whatif.Lines(changes)); err != nil {
		return t, err
	}
	if err := next.Fits(); err != nil {
		return t, err
	}
	_, err := p.Try(ctx, c, next) // in the queue, and kept for the page that is led to
	return next, err
}

// fieldsOf are the fields of an act that somebody types into.
func fieldsOf(q url.Values) []string {
	switch q.Get("act") {
	case "line":
		return []string{"add"}
	case whatif.PauseDays.Key():
		return []string{"days"}
	case whatif.ChangeHours.Key():
		return []string{"hours"}
	case whatif.MoveStation.Key():
		return []string{"lon"}
	case whatif.OpenStation.Key():
		return []string{"lon", "hours", "name"}
	}
	return nil
}

// fieldOf is the field that an act cannot be read for. A place is looked at first, as
// the line of a change begins with it.
func fieldOf(q url.Values) string {
	fields := fieldsOf(q)
	if len(fields) == 0 {
		return ""
	}
	if place := q.Get("act"); place == whatif.OpenStation.Key() || place == whatif.MoveStation.Key() {
		if _, err := strconv.ParseFloat(strings.TrimSpace(q.Get("lat")), 64); err != nil && q.Has("lat") {
			return "lat"
		}
	}
	if q.Get("act") == whatif.OpenStation.Key() {
		if _, err := whatif.ParsePlace(q.Get("lon") + "," + q.Get("lat")); err == nil {
			return "hours" // the name is quoted, so that it is always read
		}
	}
	return fields[0]
}

// actKept is what an act says of whom it is for, which no field asks again.
func actKept(q url.Values) url.Values {
	out := url.Values{}
	for _, name := range []string{"act", "code", "brand", "partner", "to"} {
		for _, value := range q[name] {
			out.Add(name, value)
		}
	}
	return out
}

// codeChosen reports whether the planner gave the new station a code.
func codeChosen(q url.Values, line string) bool {
	fields := strings.Fields(line)
	return q.Get("act") == "line" && len(fields) > 1 && !strings.Contains(fields[1], ",")
}

// lines are the changes that an act asks for, as a planner would write them.
func linesOf(c *city.City, q url.Values) []string {
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
		return []string{openLine(c, q)}
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
func openLine(c *city.City, q url.Values) string {
	line := whatif.OpenStation.Key() + " " + q.Get("lon") + "," + q.Get("lat")
	hours := strings.TrimSpace(q.Get("hours"))
	if brand, ok := station.ParseBrand(q.Get("partner")); ok && brand != 0 {
		line += " brand:" + brand.Key()
		if hours == "" {
			hours = hoursUsual(c, brand).String()
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

func hoursUsual(c *city.City, b station.Brand) opening.Hours {
	for _, chain := range c.Survey.Chains() {
		if chain.Brand == b {
			return chain.Usual
		}
	}
	return opening.Hours{}
}

// undone is the trial without its last change.
func (v whatIfPage) undone() string {
	return v.without(len(v.Changes) - 1)
}

func (v whatIfPage) without(i int) string {
	return v.Trial.with(whatif.Remove(v.Changes, i)).Address("/whatif")
}

// reset is the trial with nothing changed: of a plan, as it was saved.
func (v whatIfPage) reset() string {
	if v.plan != nil {
		return v.Trial.with(v.plan.Changes).Address("/whatif")
	}
	return v.Trial.with(nil).Address("/whatif")
}

// pristine reports whether there is nothing to reset.
func (v whatIfPage) pristine() bool {
	if v.plan != nil {
		return slices.Equal(whatif.Lines(v.Changes), whatif.Lines(v.plan.Changes))
	}
	return len(v.Changes) == 0
}

// trial reads what a program asks, by the same rules as an address.
func (in *whatIfInput) trial(now time.Time) (Trial, error) {
	b := in.Body
	q := url.Values{"at": {b.At}, "mode": {b.Mode}, "demand": {b.Demand}}
	if b.Minutes != 0 {
		q.Set("minutes", strconv.Itoa(b.Minutes))
	}
	if b.AnyHour {
		q.Set("any", "1")
	}
	return ReadTrial(q, b.Changes, now)
}
