package problems

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

var listTitle = lang.Text{ZH: "问题", EN: "Problems"}

type listView struct {
	web.Page
	form      web.Form
	q         url.Values
	campaign  campaign.Campaign
	campaigns []campaign.Campaign
	filter    problem.Filter
	columns   kit.Columns
	all       []problem.Problem
	total     int
	names     map[string]string
	offers    []string
	now       time.Time
	pages     kit.Pages
}

// columnsOf are the columns that can be chosen; code and title are always there.
func columnsOf(p web.Page) []kit.Column {
	return []kit.Column{
		{Key: "stage", Name: p.T("环节", "Stage")},
		{Key: "due", Name: p.T("期限", "Due")},
		{Key: "lead", Name: p.T("主办单位", "Unit")},
		{Key: "division", Name: p.T("区划", "Division")},
		{Key: "kinds", Name: p.T("类型", "Kinds")},
		{Key: "letters", Name: p.T("信访件", "Letters")},
		{Key: "life", Name: p.T("第几次", "Life")},
	}
}

// List is the problems of an inspection, the soonest due first and so what is late before all else.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) error {
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	v := listView{Page: shape(p.Site.Page(r, listTitle)), q: r.URL.Query(), now: p.Now()}
	v.Wide = true
	if v.campaign, v.campaigns, err = p.Campaign(r); err != nil {
		return err
	}
	var wrong, columns error
	v.filter, wrong = p.filter(r.Context(), v.q, v.campaign)
	v.columns, columns = kit.ColumnsOf(columnsOf(v.Page), v.q)
	if v.form, err = v.Filled(v.q, errors.Join(wrong, columns)); err != nil {
		return err
	}
	if v.offers, err = p.Offers(r.Context()); err != nil {
		return err
	}
	if v.form.Right() {
		if v.all, v.total, err = p.Problems.List(r.Context(), who, v.filter); err != nil {
			return err
		}
	}
	if v.names, err = p.Names(r.Context(), leads(v.all)...); err != nil {
		return err
	}
	v.pages.Shown = v.F("共 %s 个", "%s in all", v.count())
	if v.filter.After != (problem.Mark{}) {
		v.pages.First = page.With(listAt, v.q, "after", "")
	}
	if n := len(v.all); n > 0 && n == pageRows {
		v.pages.Next = page.With(listAt, v.q, "after", page.MarkText(v.all[n-1].Mark()))
	}
	return v.WriteStatus(w, r, v.form.Status(), list(v))
}

const pageRows = 50

func leads(all []problem.Problem) (ids []string) {
	for _, p := range all {
		if p.Lead != "" {
			ids = append(ids, p.Lead)
		}
	}
	return ids
}

func (v listView) count() string {
	if v.total > problem.MaxCount {
		return v.F("超过 %d", "over %d", problem.MaxCount)
	}
	return strconv.Itoa(v.total)
}

// filter reads the question of an address; all that is wrong with it is told.
func (p *Pages) filter(ctx context.Context, q url.Values, c campaign.Campaign) (f problem.Filter, err error) {
	f = problem.Filter{Campaign: c.Code, Stage: q.Get("stage"), Kind: q.Get("kind"), Key: q.Get("key") == "1", Late: q.Get("late") == "1", Text: q.Get("q"), Limit: pageRows}
	var wrong []error
	if _, ok := complaint.Problem.Stage(f.Stage); f.Stage != "" && !ok {
		wrong = append(wrong, fault.At("stage", fault.New(fault.Invalid, "没有“%[1]s”这个环节", "there is no stage %[1]q", lang.Short(f.Stage))))
	}
	known := false
	for k := range complaint.Kinds() {
		known = known || k.Key() == f.Kind
	}
	if f.Kind != "" && !known {
		wrong = append(wrong, fault.At("kind", fault.New(fault.Invalid, "没有“%[1]s”这个类型", "there is no kind %[1]q", lang.Short(f.Kind))))
	}
	lead, err := p.Unit(ctx, "lead", q.Get("lead"))
	wrong = append(wrong, err)
	f.Lead = lead
	if text := q.Get("division"); text != "" {
		d, err := gb.Resolve(text, c.Home)
		wrong = append(wrong, fault.At("division", err))
		f.Division = d.Code()
	}
	mark, err := page.Mark(q)
	wrong = append(wrong, err)
	f.After = mark
	return f, errors.Join(wrong...)
}

// asked are the filters that are set, so that the form opens where one is.
func (v listView) asked() bool {
	for _, name := range []string{"stage", "lead", "division", "kind", "key", "q"} {
		if v.q.Get(name) != "" {
			return true
		}
	}
	return false
}

// more reports whether one of the filters that are folded is set, or wrong.
func (v listView) more() bool {
	names := []string{"lead", "division", "kind", "key"}
	return v.form.Among(names...) || slices.ContainsFunc(names, func(name string) bool { return v.q.Get(name) != "" })
}

func (v listView) stages() web.Menu {
	m := web.Menu{Name: "stage", Label: v.T("环节", "Stage"), None: v.T("全部", "all"), Error: v.form.Wrong("stage")}
	for _, s := range complaint.Problem.Stages {
		m.Options = append(m.Options, web.Option{Value: s.Key, Text: s.Name.In(v.Lang), On: s.Key == v.q.Get("stage")})
	}
	return m
}

func (v listView) kinds() web.Menu {
	m := web.Menu{Name: "kind", Label: v.T("类型", "Kind"), None: v.T("全部", "all"), Error: v.form.Wrong("kind")}
	for k := range complaint.Kinds() {
		m.Options = append(m.Options, web.Option{Value: k.Key(), Text: k.Name().In(v.Lang), On: k.Key() == v.q.Get("kind")})
	}
	return m
}

func (v listView) inspections() web.Menu {
	m := web.Menu{Name: "campaign", Label: v.T("督察", "Inspection")}
	for _, c := range v.campaigns {
		m.Options = append(m.Options, web.Option{Value: c.Code, Text: c.Name + v.T("（", " (") + c.Code + v.T("）", ")"), On: c.Code == v.campaign.Code})
	}
	return m
}

// file names the formats of a list.
var types = map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

// Export streams the list, page by page, as a file.
func (p *Pages) Export(format string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		who, err := p.Who(r)
		if err != nil {
			return err
		}
		c, _, err := p.Campaign(r)
		if err != nil {
			return err
		}
		f, err := p.filter(r.Context(), r.URL.Query(), c)
		if err != nil {
			return err
		}
		f.After, f.Limit = problem.Mark{}, sheetRows
		first, _, err := p.Problems.List(r.Context(), who, f) // who may not is told before the file begins
		if err != nil {
			return err
		}
		l := web.LangOf(r)
		var broken error
		rows := p.rows(r.Context(), who, l, f, first, &broken)
		page.SendFile(w, c.Code+"-problems."+format, types[format])
		if format == "csv" {
			err = sheet.WriteCSV(w, rows)
		} else {
			err = sheet.WriteXLSX(w, sheet.Page{Name: l.T("问题", "Problems"), Widths: []float64{16, 40, 16, 20, 20, 12}, Rows: rows})
		}
		return errors.Join(broken, err)
	}
}

func (p *Pages) rows(ctx context.Context, who identity.Colleague, l lang.Lang, f problem.Filter, first []problem.Problem, broken *error) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		if !yield([]any{l.T("编号", "Code"), l.T("问题", "Problem"), l.T("环节", "Stage"), l.T("期限", "Due"), l.T("主办单位", "Unit"), l.T("区划", "Division"), l.T("类型", "Kinds"), l.T("重点", "Key"), l.T("信访件数", "Letters"), l.T("第几次办理", "Life")}) {
			return
		}
		now := p.Now()
		for all := first; len(all) > 0; {
			names, err := p.Names(ctx, leads(all)...)
			if err != nil {
				*broken = err
				return
			}
			for _, one := range all {
				if !yield(row(l, one, names, now)) {
					return
				}
			}
			if len(all) < sheetRows {
				return
			}
			f.After = all[len(all)-1].Mark()
			if all, _, err = p.Problems.List(ctx, who, f); err != nil {
				*broken = err
				return
			}
		}
	}
}

func row(l lang.Lang, p problem.Problem, names map[string]string, now time.Time) []any {
	due, key := "", ""
	if p.HasDue() {
		due = page.By(l, p.DueAt)
		if s := page.StandingOf(l, p, now); s.Late {
			due += l.T("，", ", ") + s.Words
		}
	}
	if p.KeyItem {
		key = l.T("重点", "key")
	}
	return []any{p.Code, p.Title, page.StageName(l, p.Stage), due, names[p.Lead], page.Where(l, p.Division), page.Kinds(l, p.KindList()), key, p.Letters, p.Life}
}

// export leads to the same list as a file.
func (v listView) export(format string) string {
	return page.With(listAt+"."+format, v.q, "after", "", "cols", "")
}

// lateHref shows what is late alone, or all again.
func (v listView) tabs() []kit.Tab {
	late := v.filter.Late
	return []kit.Tab{
		{Href: page.With(listAt, v.q, "late", "", "after", ""), Text: v.T("全部", "All"), Here: !late},
		{Href: page.With(listAt, v.q, "late", "1", "after", ""), Text: v.T("超期的", "Late"), Icon: web.IconWarning, Here: late},
	}
}

func (v listView) empty() string {
	if v.asked() || v.filter.Late {
		return v.T("没有符合的问题", "No problem fits")
	}
	return v.T("还没有问题：收到第一批信访件以后这里就有", "There is no problem yet: the first batch brings them")
}

// keep is the question without the page that it is on.
func (v listView) keep() url.Values {
	q := url.Values{}
	for name, values := range v.q {
		if !slices.Contains([]string{"after", "cols"}, name) {
			q[name] = values
		}
	}
	return q
}
