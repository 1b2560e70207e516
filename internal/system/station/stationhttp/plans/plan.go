package plans

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
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/onepage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/trial"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/logpages"
)

// planView is a saved plan in words and figures, for its page, its paper and
// its sheets.
type planView struct {
	lang  lang.Lang
	city  *city.City
	plan  plan.Plan
	zone  *time.Location
	stale bool         // stations, streets or demand have changed since it was saved
	today *trial.Tried // recomputed on what there is now; nil if it cannot be
	wrong string       // why it cannot be
	trial trial.Trial  // the plan as a trial
	clear []string     // the changes in words
}

func (p *Pages) viewPlan(ctx context.Context, l lang.Lang, code string) (planView, error) {
	plan, err := p.Plans.Get(ctx, code)
	if err != nil {
		return planView{}, err
	}
	city, zone := p.City(), p.Now().Location()
	v := planView{lang: l, city: city, plan: plan, zone: zone, stale: plan.Basis != city.Revision, trial: planTrial(plan, zone)}
	if v.today, err = p.trials.Try(ctx, city, v.trial); err != nil {
		text, known := fault.In(l, err)
		if !known || fault.KindOf(err) == fault.Unavailable {
			return v, err
		}
		v.wrong = text
	}
	for _, c := range plan.Changes {
		v.clear = append(v.clear, trial.ChangeWords(city, l, plan.Changes, c))
	}
	return v, nil
}

// planTrial is a plan as a trial, which its version makes its own.
func planTrial(plan plan.Plan, zone *time.Location) trial.Trial {
	q := plan.Question
	q.At = q.At.In(zone)
	return trial.Trial{Survey: ask.Survey{Question: q, Chosen: true}, Changes: plan.Changes, Plan: trial.PlanVersion{Code: plan.Code, Version: plan.Version}}
}

// changed reports whether today's figures differ from those that were saved.
func (v planView) changed() bool {
	if v.today == nil {
		return false
	}
	before, after := v.today.Effect.Figures()
	return before != v.plan.Before || after != v.plan.After
}

func (v planView) asked() string {
	s := v.trial.Survey
	text := page.Capital(page.WithinWords(v.lang, s))
	if s.AnyHour {
		return text + v.lang.T("，不看几点", ", at no particular hour")
	}
	return text + v.lang.T("，", ", ") + words.Moment(v.lang, s.At)
}

func (v planView) todayBefore() coverage.PlanFigures {
	before, _ := v.today.Effect.Figures()
	return before
}

func (v planView) todayAfter() coverage.PlanFigures {
	_, after := v.today.Effect.Figures()
	return after
}

func (v planView) saved() string { return words.Moment(v.lang, v.plan.Updated.In(v.zone)) }

// method says how the figures were computed and from what.
func (v planView) method() []string {
	l := v.lang
	return []string{
		l.T("沿真实道路量距离，从门口到门口，只算那一刻开着的驿站；离路 500 米以上的人留在总数里。改后的数字等于把改动真的做了再从头算。", "Distances are measured along real streets from door to door, counting only stations open at the hour; people more than 500 m from any street stay in the total. The figures after the changes are those of a network made anew with them."),
		l.T("一周的四段是平均值：夜间是 22 点到次日 6 点，按住在哪里算人；没有节假日的平常一周。", "The four parts of the week are means: night is from 22:00 to 06:00, when people count where they sleep; an ordinary week without holidays."),
		l.F("保存时的数据版本 %[1]s；现在是 %[2]s。街道：%[3]s。人口：%[4]s。", "Saved on revision %[1]s of the data; now it is %[2]s. Streets: %[3]s. People: %[4]s.", v.plan.Basis, v.city.Revision, v.city.Source(l), v.city.DemandSource(l, v.plan.Question.Demand)),
	}
}

// planPage is the page of a plan.
type planPage struct {
	web.Page
	planView
	history []page.Event
	sheet   onepage.Sheet
	link    string
	done    string // what was just done, to say so
}

// Plan answers GET /plans/{code}.
func (p *Pages) Plan(w http.ResponseWriter, r *http.Request) error {
	view, err := p.viewPlan(r.Context(), web.LangOf(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	v := planPage{planView: view, Page: p.Site.Page(r, lang.Text{ZH: view.plan.Name, EN: view.plan.Name}), link: web.Address(r, "/plans/"+view.plan.Code)}
	v.Wide = true
	v.done = r.URL.Query().Get("done")
	items, err := p.Plans.History(r.Context(), view.plan.Code, "", ask.EventsShown)
	if err != nil {
		return fmt.Errorf("history of plan %s: %w", view.plan.Code, err)
	}
	for _, item := range items {
		v.history = append(v.history, planEvent(v.Lang, v.zone, item))
	}
	if v.sheet, err = p.printed(r.Context(), &v); err != nil {
		return err
	}
	return v.Write(w, r, planPageView(v))
}

// byOperator is as whom plans were kept before there were people.
const byOperator = "operator"

func planEvent(l lang.Lang, zone *time.Location, item record.Item) page.Event {
	e := page.Event{When: words.Moment(l, item.At.In(zone)), By: station.SignedBy(l, item.By), Receipt: logpages.ReceiptPath(item.ID)}
	switch item.By {
	case station.ByCommand:
		e.By = l.T("命令行", "command line")
	case byOperator:
		e.By = l.T("管理员", "operator")
	}
	switch item.Kind {
	case (plan.Saved{}).Kind():
		e.What = l.T("存成方案", "Saved")
	case (plan.Changed{}).Kind():
		var c plan.Changed
		e.What = l.T("修改", "Changed")
		if json.Unmarshal([]byte(item.Public), &c) == nil {
			e.Facts = planFacts(l, c)
		}
	default:
		e.What = item.Kind
	}
	return e
}

// planFacts lists what changed of a plan, but for its figures, which the page has.
func planFacts(l lang.Lang, c plan.Changed) []page.Fact {
	var facts []page.Fact
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
			facts = append(facts, page.Fact{Name: f.name.In(l), Before: page.OrNothing(l, strings.ReplaceAll(change.Before, "\n", "；")), After: page.OrNothing(l, strings.ReplaceAll(change.After, "\n", "；"))})
		}
	}
	return facts
}

func (v planPage) mapView() web.MapView {
	m := page.GroundView(v.city)
	m.Label, m.Tall = v.T("方案的地图", "Map of the plan"), true
	m.StationTiles = page.StationTilesAt(v.city, v.trial.At)
	m.Minutes = v.trial.Minutes()
	if v.today != nil {
		m.Demand, m.Changes = "/plans/"+v.plan.Code+"/map", "/plans/"+v.plan.Code+"/map/stations"
		trial.FitChanges(&m, v.today.Scenario.Altered())
	}
	return m
}

// editable is where the plan is tried further, or edited as text where an
// address cannot hold it.
func (v planView) editable() string {
	if v.trial.Fits() != nil || v.wrong != "" {
		return "/plans/" + v.plan.Code + "/edit"
	}
	return v.trial.Address("/whatif")
}

// copied is where the plan's changes are saved as another.
func (v planView) copied() string { return "/plans/" + v.plan.Code + "/edit?as=new" }

// OnMap answers GET /plans/{code}/map.
func (p *Pages) OnMap(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewPlan(r.Context(), web.LangOf(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	if v.today == nil {
		return page.SendGeoJSON(w, sheet.Collect())
	}
	c := trial.Cells(v.city, v.today.Effect, page.MapCells)
	for i := range c.Features {
		page.Square(&c.Features[i], v.city.CellSide(v.trial.Demand))
	}
	return page.SendGeoJSON(w, c)
}

// StationsOnMap answers GET /plans/{code}/map/stations.
func (p *Pages) StationsOnMap(w http.ResponseWriter, r *http.Request) error {
	v, err := p.viewPlan(r.Context(), web.LangOf(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	if v.today == nil {
		return page.SendGeoJSON(w, sheet.Collect())
	}
	return page.SendGeoJSON(w, trial.AlteredMarks(v.today.Scenario.Altered(), v.trial.Survey))
}

// Archive takes a plan out of the list or back into it.
func (p *Pages) Archive(w http.ResponseWriter, r *http.Request) error {
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	code, archived := r.PathValue("code"), r.PostFormValue("archived") == "1"
	version, err := trial.ParseVersion(r.PostFormValue("version"))
	if err != nil {
		return err
	}
	if _, err := p.Plans.Archive(r.Context(), who, code, version, archived); err != nil {
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

// Compare answers GET /plans/{code}/with/{other}.
func (p *Pages) Compare(w http.ResponseWriter, r *http.Request) error {
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
