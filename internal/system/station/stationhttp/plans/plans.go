// Package plans keeps trials and choices of sites that are worth keeping: saved by the
// operator for everybody, with the figures of then, compared, printed, archived.
package plans

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// plansPage is the list of saved plans. The filter is the query:
//
//	q         words in code, name or note
//	origin    whatif or siting
//	archived  1 for the archive
//	sort      an order's key; with - before it from the end
//	after     where the page before ended
//	with      the code of a plan to compare with, while another is chosen
type plansPage struct {
	web.Page
	form   web.Form
	query  url.Values
	filter plan.Filter
	page   plan.Page
	zone   *time.Location
}

const plansShown = 50

var plansTitle = lang.Text{ZH: "方案", EN: "Plans"}

// List answers the list, with its filters in the address.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f, err := parsePlanFilter(q)
	v := plansPage{Page: p.Site.Page(r, plansTitle), query: q, filter: f, zone: p.Now().Location()}
	v.Wide = true
	if v.form, err = v.Filled(q, err); err != nil {
		return err
	}
	if !v.form.Right() {
		return v.WriteStatus(w, r, v.form.Status(), plansFormView(v))
	}
	if v.page, err = p.Plans.List(r.Context(), f); err != nil {
		return fmt.Errorf("list plans: %w", err)
	}
	return v.Write(w, r, plansView(v))
}

func parsePlanFilter(q url.Values) (plan.Filter, error) {
	f := plan.Filter{After: q.Get("after"), Archived: q.Get("archived") == "1", Limit: plansShown}
	var text error
	f.Text, text = ask.SearchText(q)
	return f, errors.Join(text, ask.Sort(q, plan.ParseOrder, &f.Order, &f.Reverse), ask.Choose(q, "origin", plan.ParseOrigin, &f.Origin))
}

// with is the address of the list with one part of the filter changed.
func (v plansPage) with(name, value string) string {
	return ask.AddressWith("/plans", v.query, []string{"q", "origin", "archived", "sort", "with"}, name, value)
}

func (v plansPage) sortedBy(o plan.Order) string {
	key := o.Key()
	switch {
	case v.filter.Order == o && !v.filter.Reverse:
		key = "-" + key
	case o == plan.PlansByUpdate:
		key = ""
	}
	return v.with("sort", key)
}

// column is the heading of a column that the list can be sorted by. Those of figures
// and hours begin with the largest.
func (v plansPage) column(o plan.Order, class, name string) kit.Sort {
	down := o == plan.PlansByUpdate || o == plan.PlansByGain
	return kit.Sort{Name: name, Href: v.sortedBy(o), Way: kit.WayOf(v.filter.Order == o, v.filter.Reverse != down), Class: class}
}

func (v plansPage) pagination() kit.Pages {
	l := kit.Pages{Shown: v.F("共 %s 个方案", "%s plans", words.Count(v.page.Total))}
	if v.page.Total == 1 {
		l.Shown = v.T("共 1 个方案", "1 plan")
	}
	if v.filter.After != "" {
		l.First = v.with("", "")
	}
	if v.page.Next != "" {
		l.Next = v.with("after", v.page.Next)
	}
	return l
}

func (v plansPage) originOptions() []page.Option {
	out := []page.Option{{Value: "", Text: v.T("都要", "All"), On: v.filter.Origin == nil}}
	for _, o := range []plan.Origin{plan.TriedOut, plan.Sited} {
		out = append(out, page.Option{Value: o.Key(), Text: originWords(v.Lang, o), On: v.filter.Origin != nil && *v.filter.Origin == o})
	}
	return out
}

// orderOptions are the orders, for a reader whose address names none of them.
func (v plansPage) orderOptions() []page.Option {
	return []page.Option{
		{Value: "", Text: v.T("按最后改", "By last change"), On: true},
		{Value: plan.PlansByCode.Key(), Text: v.T("按编号", "By code")},
		{Value: plan.PlansByName.Key(), Text: v.T("按名称", "By name")},
		{Value: plan.PlansByGain.Key(), Text: v.T("按差", "By difference")},
	}
}

func originWords(l lang.Lang, o plan.Origin) string {
	if o == plan.Sited {
		return l.T("选址算出", "From siting")
	}
	return l.T("手工试出", "Tried by hand")
}

// comparing is the code of the plan that another is chosen to compare with.
func (v plansPage) comparing() string { return v.query.Get("with") }

func (v plansPage) href(p plan.Plan) string {
	if other := v.comparing(); other != "" && other != p.Code {
		return "/plans/" + url.PathEscape(other) + "/with/" + p.Code
	}
	return "/plans/" + p.Code
}
