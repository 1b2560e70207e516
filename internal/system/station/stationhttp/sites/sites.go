// Package sites chooses sites. That takes longer than a request may, so a question
// begins a job (jobs.go), its page shows how far the search is, and the answer stays in
// memory for a while: two at once, a bounded queue, a bounded store. The address of an
// answer holds its question, to be asked again after a restart.
package sites

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/onepage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// sitingPage asks the planner: which candidates should become stations?
type sitingPage struct {
	web.Page
	say        figures.SitingWords
	city       *city.City
	ask        sitingAsk
	form       web.Form
	wrong      string // what is wrong, where no field is
	candidates []station.Station
	operating  int
	demand     bool
	now        string // as the field for a moment has it
}

var sitingTitle = lang.Text{ZH: "选址", EN: "Choose sites"}

// Ask answers GET /siting, the form.
func (p *Pages) Ask(w http.ResponseWriter, r *http.Request) error {
	ask, err := parseSiting(shown(r.URL.Query()), p.Now())
	return p.sitingForm(w, r, ask, err)
}

// sitingForm shows the form, with what is wrong with it if err is a fault.
func (p *Pages) sitingForm(w http.ResponseWriter, r *http.Request, question sitingAsk, err error) error {
	v := sitingPage{Page: p.Site.Page(r, sitingTitle), city: p.City(), ask: question, now: p.Now().Format(ask.InputTime)}
	v.say = figures.SitingWords{Lang: v.Lang}
	v.Wide = true
	v.Describe = v.T("从候选点里选出最好的方案，并证明离最优还有多远。", "Choose the best plan among the candidates, with proof of how far from optimal it can be.")
	v.candidates, v.operating = v.city.Candidates(), len(v.city.Network.Stations)-len(v.city.Candidates())
	_, v.demand = v.city.Survey.Demand("")
	form, other := v.Filled(question.query, err)
	if other == nil {
		v.form = form
		return v.WriteStatus(w, r, form.Status(), sitingView(v))
	}
	text, known := fault.In(v.Lang, err)
	if !known {
		return err
	}
	v.wrong = text
	return v.WriteStatus(w, r, web.StatusOf(err), sitingView(v))
}

// StartSiting begins to answer and leads to the page that shows how far it is.
func (p *Pages) StartSiting(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "表单读不懂：请重新填写。", "The form cannot be read: fill it in again.").Because(err)
	}
	form := filled(r.PostForm)
	ask, err := parseSiting(form, p.Now())
	if err = errors.Join(err, unlimited(form)); err != nil {
		return p.sitingForm(w, r, ask, err)
	}
	job, err := p.sites.start(p.City(), ask, p.sitingLimit(r), web.AskerOf(r.Context()).Client)
	if err != nil {
		return p.sitingForm(w, r, ask, err)
	}
	http.Redirect(w, r, ask.address("/siting/"+job.id), http.StatusSeeOther)
	return nil
}

// sitingLimit is how long a reader's question may be searched for.
func (p *Pages) sitingLimit(r *http.Request) time.Duration {
	if p.Site.Page(r, sitingTitle).May(station.RunLong) {
		return sitingLongTime
	}
	return sitingTime
}

// sitedPage is a question on its way, or its answer.
type sitedPage struct {
	web.Page
	say figures.SitingWords
	jobView
	before  int // how many wait before it
	figures figures.SitingFigures
	sheet   onepage.Sheet
	order   string // of the table's rows
	sites   []figures.SiteFigures

	planName string      // as it was typed
	form     web.Refusal // why the plan was not saved
}

// Answer answers GET /siting/{id}.
func (p *Pages) Answer(w http.ResponseWriter, r *http.Request) error {
	v, err := p.sitedPage(r)
	if err != nil {
		return p.sitingGone(w, r, err)
	}
	if v.state == jobDone {
		if v.sheet, err = p.printed(r, &v); err != nil {
			return err
		}
	}
	return v.Write(w, r, sitedView(v))
}

// SitingProgress is the part of the page that changes while it is searched. Once
// the answer is there it sends the reader to the whole page.
func (p *Pages) SitingProgress(w http.ResponseWriter, r *http.Request) error {
	v, err := p.sitedPage(r)
	if err != nil {
		w.Header().Set("HX-Refresh", "true") // the whole page says what happened
		return err
	}
	if v.over() {
		w.Header().Set("HX-Refresh", "true")
	}
	return v.Write(w, r, searched(v))
}

func (p *Pages) sitedPage(r *http.Request) (sitedPage, error) {
	job, before, err := p.sites.find(r.PathValue("id"))
	if err != nil {
		return sitedPage{}, err
	}
	v := sitedPage{Page: p.Site.Page(r, sitingTitle), jobView: job.now(), before: before, order: r.URL.Query().Get("sort")}
	v.say = figures.SitingWords{Lang: v.Lang}
	v.Wide = true
	if v.state == jobDone {
		v.figures = v.result.Figures(v.say)
		v.sites = sortedSites(v.figures.Sites, v.order)
	}
	return v, nil
}

// sitingGone shows the question of an answer that is no longer there, ready to
// be asked again.
func (p *Pages) sitingGone(w http.ResponseWriter, r *http.Request, err error) error {
	ask, wrong := parseSiting(shown(r.URL.Query()), p.Now())
	if fault.KindOf(err) != fault.NotFound || wrong != nil || len(ask.query) == 0 {
		return err
	}
	return p.sitingForm(w, r, ask, err)
}

// StopSiting stops a search, which keeps the best plan so far.
func (p *Pages) StopSiting(w http.ResponseWriter, r *http.Request) error {
	job, _, err := p.sites.find(r.PathValue("id"))
	if err != nil {
		return p.sitingGone(w, r, err)
	}
	job.cancel()
	select { // the plan takes a moment to be written up
	case <-job.ended:
	case <-time.After(3 * time.Second):
	case <-r.Context().Done():
	}
	http.Redirect(w, r, job.ask.address("/siting/"+job.id), http.StatusSeeOther)
	return nil
}

// answered returns the answer that a request names.
func (p *Pages) answered(r *http.Request) (figures.Sited, error) {
	job, _, err := p.sites.find(r.PathValue("id"))
	if err != nil {
		return figures.Sited{}, err
	}
	return job.now().sited()
}

// XLSX answers GET …xlsx.
func (p *Pages) XLSX(w http.ResponseWriter, r *http.Request) error {
	v, err := p.answered(r)
	if err != nil {
		return err
	}
	page.FileHeader(w, "sites.xlsx", page.XlsxType)
	return v.WriteXLSX(w, web.LangOf(r))
}

// CSV answers GET …csv.
func (p *Pages) CSV(w http.ResponseWriter, r *http.Request) error {
	v, err := p.answered(r)
	if err != nil {
		return err
	}
	page.FileHeader(w, "sites.csv", page.CSVType)
	return v.WriteCSV(w, web.LangOf(r))
}

// GeoJSON answers GET …geojson.
func (p *Pages) GeoJSON(w http.ResponseWriter, r *http.Request) error {
	v, err := p.answered(r)
	if err != nil {
		return err
	}
	return page.SendMap(w, "sites.geojson", nil, v.Marks(web.LangOf(r)))
}

// JSON answers GET …json.
func (p *Pages) JSON(w http.ResponseWriter, r *http.Request) error {
	v, err := p.answered(r)
	if err != nil {
		return err
	}
	return page.SendFigures(w, v.Figures(figures.SitingWords{Lang: web.LangOf(r)}))
}

// siteOrders are the orders of the table's rows, apart from the plan's own.
var siteOrders = map[string]func(a, b figures.SiteFigures) int{
	"name":    func(a, b figures.SiteFigures) int { return cmp.Compare(a.Name, b.Name) },
	"partner": func(a, b figures.SiteFigures) int { return cmp.Compare(a.Partner, b.Partner) },
	"adds":    func(a, b figures.SiteFigures) int { return cmp.Compare(b.Adds, a.Adds) },
	"cost":    func(a, b figures.SiteFigures) int { return cmp.Compare(a.CostYuan, b.CostYuan) },
	"each":    func(a, b figures.SiteFigures) int { return cmp.Compare(a.YuanEach, b.YuanEach) },
}

func sortedSites(sites []figures.SiteFigures, order string) []figures.SiteFigures {
	by, ok := siteOrders[order]
	if !ok {
		return sites
	}
	out := slices.Clone(sites)
	slices.SortStableFunc(out, by)
	return out
}

// sortedBy is the address of the answer with its rows in another order.
func (v sitedPage) sortedBy(order string) string {
	address := v.ask.address("/siting/" + v.id)
	if order == "" {
		return address + "#sites"
	}
	if len(v.ask.query) > 0 {
		return address + "&sort=" + order + "#sites"
	}
	return address + "?sort=" + order + "#sites"
}

// part is an address of the answer's own.
func (v sitedPage) part(name string) string { return "/siting/" + v.id + "/" + name }

// waitForSiting waits until a job is over or ctx ends.
func waitForSiting(ctx context.Context, job *job) {
	select {
	case <-job.ended:
	case <-ctx.Done():
	}
}

// premisesOptions are the kinds of premises that candidates have, with how many.
func (v sitingPage) premisesChoices() []web.Choice {
	counts := map[station.Premises]int{}
	for i := range v.candidates {
		counts[v.candidates[i].Premises]++
	}
	var out []web.Choice
	for _, p := range station.AllPremises() {
		if n := counts[p]; n > 0 {
			out = append(out, web.Choice{Name: "kind", Value: p.Key(), Label: p.Name().In(v.Lang), On: slices.Contains(v.ask.query["kind"], p.Key()), Count: n})
		}
	}
	return out
}

// costRow is the example cost of a kind of premises, to be overwritten.
type costRow struct {
	premises station.Premises
	count    int // candidates of the kind without a cost of their own
	value    string
}

func (v sitingPage) costRows() []costRow {
	counts := map[station.Premises]int{}
	for i := range v.candidates {
		if !v.candidates[i].Cost.Known {
			counts[v.candidates[i].Premises]++
		}
	}
	var out []costRow
	for _, p := range station.AllPremises() {
		if counts[p] > 0 || v.form.Among(costKey(p)) {
			out = append(out, costRow{p, counts[p], cmp.Or(v.ask.query.Get(costKey(p)), p.UsualCost().Yuan())})
		}
	}
	return out
}

// value is what the form shows in a field.
func (v sitingPage) value(key, usual string) string { return cmp.Or(v.ask.query.Get(key), usual) }

// amount is the most sites that the form shows: the usual number only where no
// budget was asked for in its place.
func (v sitingPage) amount() string {
	if v.ask.query.Get("budget") != "" || v.form.Wrong("sites") != "" {
		return v.ask.query.Get("sites")
	}
	return v.value("sites", strconv.Itoa(usualSites))
}

// target is the target that the form shows: the usual one while another goal hides it,
// and otherwise what was asked, which may be nothing.
func (v sitingPage) target() string {
	if goal := v.value("goal", "most"); goal == "most" {
		return v.value("target", usualTarget)
	}
	return v.ask.query.Get("target")
}

func (v sitingPage) divisionOptions() []page.Option {
	var all []gb.Division
	for i := range v.candidates {
		all = append(all, v.candidates[i].Division)
	}
	chosen, _ := ask.Within(v.ask.query)
	return page.DivisionOptions(v.Lang, all, chosen)
}
