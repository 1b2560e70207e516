package stationhttp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
	"github.com/xiadu/xiadu/internal/web"
)

// planView is a saved plan in words and figures, for its page, its paper and
// its sheets.
type planView struct {
	lang  lang.Lang
	city  *City
	plan  plan.Plan
	zone  *time.Location
	stale bool     // stations, streets or demand have changed since it was saved
	today *tried   // recomputed on what there is now; nil if it cannot be
	wrong string   // why it cannot be
	trial trial    // the plan as a trial
	clear []string // the changes in words
}

func (p *pages) viewPlan(ctx context.Context, l lang.Lang, code string) (planView, error) {
	plan, err := p.Plans.Get(ctx, code)
	if err != nil {
		return planView{}, err
	}
	city, zone := p.City(), p.Now().Location()
	v := planView{lang: l, city: city, plan: plan, zone: zone, stale: plan.Basis != city.Revision, trial: planTrial(plan, zone)}
	if v.today, err = p.try(ctx, city, v.trial); err != nil {
		text, known := fault.In(l, err)
		if !known || fault.KindOf(err) == fault.Unavailable {
			return v, err
		}
		v.wrong = text
	}
	for _, c := range plan.Changes {
		v.clear = append(v.clear, city.changeWords(l, plan.Changes, c))
	}
	return v, nil
}

// planTrial is a plan as a trial, which its version makes its own.
func planTrial(plan plan.Plan, zone *time.Location) trial {
	q := plan.Question
	q.At = q.At.In(zone)
	return trial{survey: survey{Question: q, chosen: true}, changes: plan.Changes, plan: planVersion{plan.Code, plan.Version}}
}

// changed reports whether today's figures differ from those that were saved.
func (v planView) changed() bool {
	if v.today == nil {
		return false
	}
	before, after := v.today.effect.Figures()
	return before != v.plan.Before || after != v.plan.After
}

func (v planView) asked() string {
	s := v.trial.survey
	words := capital(withinWords(v.lang, s))
	if s.AnyHour {
		return words + v.lang.T("，不看几点", ", at no particular hour")
	}
	return words + v.lang.T("，", ", ") + moment(v.lang, s.At)
}

func (v planView) todayBefore() coverage.PlanFigures {
	before, _ := v.today.effect.Figures()
	return before
}

func (v planView) todayAfter() coverage.PlanFigures {
	_, after := v.today.effect.Figures()
	return after
}

func (v planView) saved() string { return moment(v.lang, v.plan.Updated.In(v.zone)) }

// method says how the figures were computed and from what.
func (v planView) method() []string {
	l := v.lang
	return []string{
		l.T("沿真实道路量距离，从门口到门口，只算那一刻开着的驿站；离路 500 米以上的人留在总数里。改后的数字等于把改动真的做了再从头算。", "Distances are measured along real streets from door to door, counting only stations open at the hour; people more than 500 m from any street stay in the total. The figures after the changes are those of a network made anew with them."),
		l.T("一周的四段是平均值：夜间是 22 点到次日 6 点，按住在哪里算人；没有节假日的平常一周。", "The four parts of the week are means: night is from 22:00 to 06:00, when people count where they sleep; an ordinary week without holidays."),
		l.F("保存时的数据版本 %[1]s；现在是 %[2]s。街道：%[3]s。人口：%[4]s。", "Saved on revision %[1]s of the data; now it is %[2]s. Streets: %[3]s. People: %[4]s.", v.plan.Basis, v.city.Revision, v.city.source(l), v.city.demandSource(l, v.plan.Question.Demand)),
	}
}

// planPage is the page of a plan.
type planPage struct {
	web.Page
	planView
	history []event
	link    string
	done    string // what was just done, to say so
}

func (p *pages) planPage(w http.ResponseWriter, r *http.Request) error {
	view, err := p.viewPlan(r.Context(), web.LangOf(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	v := planPage{planView: view, Page: p.Site.Page(r, lang.Text{ZH: view.plan.Name, EN: view.plan.Name}), link: addressOf(r, "/plans/"+view.plan.Code)}
	v.Wide = true
	v.done = r.URL.Query().Get("done")
	items, err := p.Plans.History(r.Context(), view.plan.Code, "", eventsShown)
	if err != nil {
		return fmt.Errorf("history of plan %s: %w", view.plan.Code, err)
	}
	for _, item := range items {
		v.history = append(v.history, planEvent(v.Lang, v.zone, item))
	}
	return v.Write(w, r, planPageView(v))
}

// addressOf is an address of this site as the reader reached it, to be shared.
func addressOf(r *http.Request, path string) string {
	scheme := "http"
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host + path
}

func planEvent(l lang.Lang, zone *time.Location, item record.Item) event {
	e := event{when: moment(l, item.At.In(zone)), by: item.By}
	switch item.By {
	case station.ByCommand:
		e.by = l.T("命令行", "command line")
	case plan.ByOperator:
		e.by = l.T("管理员", "operator")
	}
	switch item.Kind {
	case (plan.Saved{}).Kind():
		e.what = l.T("存成方案", "Saved")
	case (plan.Changed{}).Kind():
		var c plan.Changed
		e.what = l.T("修改", "Changed")
		if json.Unmarshal([]byte(item.Public), &c) == nil {
			e.facts = planFacts(l, c)
		}
	default:
		e.what = item.Kind
	}
	return e
}

// planFacts lists what changed of a plan, but for its figures, which the page has.
func planFacts(l lang.Lang, c plan.Changed) []fact {
	var facts []fact
	for _, f := range []struct {
		key  string
		name lang.Text
	}{
		{"name", lang.Text{ZH: "名称", EN: "name"}},
		{"changes", lang.Text{ZH: "改动", EN: "changes"}},
		{"at", lang.Text{ZH: "哪一刻", EN: "hour"}},
		{"minutes", lang.Text{ZH: "分钟", EN: "minutes"}},
		{"mode", lang.Text{ZH: "怎么去", EN: "way of going"}},
		{"archived", lang.Text{ZH: "归档", EN: "archived"}},
	} {
		if change, ok := c.Changes[f.key]; ok {
			facts = append(facts, fact{f.name.In(l), orNothing(l, strings.ReplaceAll(change.Before, "\n", "；")), orNothing(l, strings.ReplaceAll(change.After, "\n", "；"))})
		}
	}
	return facts
}

func (v planPage) mapView() web.MapView {
	m := groundView(v.city)
	m.Label, m.Tall = v.T("方案的地图", "Map of the plan"), true
	m.StationTiles = stationTilesAt(v.city, v.trial.At)
	m.Minutes = v.trial.minutes()
	if v.today != nil {
		m.Demand, m.Changes = "/plans/"+v.plan.Code+"/map", "/plans/"+v.plan.Code+"/map/stations"
		fitChanges(&m, v.today.scenario.Altered())
	}
	return m
}

// editable is where the plan is tried further, or edited as text where an
// address cannot hold it.
func (v planView) editable() string {
	if v.trial.fits() != nil || v.wrong != "" {
		return "/plans/" + v.plan.Code + "/edit"
	}
	return v.trial.address("/whatif")
}

// copied is where the plan's changes are saved as another.
func (v planView) copied() string { return "/plans/" + v.plan.Code + "/edit?as=new" }

func (p *pages) planOnMap(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewPlan(r.Context(), web.LangOf(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	if v.today == nil {
		return sendGeoJSON(w, sheet.Collect())
	}
	c := trialCells(v.city, v.today.effect, mapCells)
	for i := range c.Features {
		square(&c.Features[i], v.city.cellSide(v.trial.Demand))
	}
	return sendGeoJSON(w, c)
}

func (p *pages) planStationsOnMap(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewPlan(r.Context(), web.LangOf(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	if v.today == nil {
		return sendGeoJSON(w, sheet.Collect())
	}
	return sendGeoJSON(w, alteredFeatures(v.today.scenario.Altered(), v.trial.survey))
}

// archivePlan takes a plan out of the list or back into it.
func (p *pages) archivePlan(w http.ResponseWriter, r *http.Request) error {
	if err := p.Site.Operator.Admit(w, r); err != nil {
		return err
	}
	code, archived := r.PathValue("code"), r.PostFormValue("archived") == "1"
	version, err := parseVersion(r.PostFormValue("version"))
	if err != nil {
		return err
	}
	if _, err := p.Plans.Archive(r.Context(), plan.ByOperator, code, version, archived); err != nil {
		return err
	}
	http.Redirect(w, r, "/plans/"+code+"?done=archive", http.StatusSeeOther)
	return nil
}

// comparison of two plans, side by side.
type plansCompared struct {
	web.Page
	sides [2]planView
}

func (p *pages) comparePlans(w http.ResponseWriter, r *http.Request) error {
	v := plansCompared{Page: p.Site.Page(r, lang.Text{ZH: "两个方案对比", EN: "Two plans compared"})}
	v.Wide = true
	for i, code := range []string{r.PathValue("code"), r.PathValue("other")} {
		side, err := p.viewPlan(r.Context(), v.Lang, code)
		if err != nil {
			return err
		}
		v.sides[i] = side
	}
	return v.Write(w, r, plansComparedView(v))
}

// sameQuestion reports whether the figures of both can be held against each other.
func (v plansCompared) sameQuestion() bool {
	a, b := v.sides[0].trial.Question, v.sides[1].trial.Question
	return a.Mode == b.Mode && a.Within == b.Within && a.AnyHour == b.AnyHour && a.Demand == b.Demand && (a.AnyHour || a.At.Equal(b.At))
}

// onlyIn are the changes of one side that the other has not, in words.
func (v plansCompared) onlyIn(side int) []string {
	var out []string
	other := whatif.Lines(v.sides[1-side].plan.Changes)
	for i, line := range whatif.Lines(v.sides[side].plan.Changes) {
		if !slices.Contains(other, line) {
			out = append(out, v.sides[side].clear[i])
		}
	}
	return out
}
