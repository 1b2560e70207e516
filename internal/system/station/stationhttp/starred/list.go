package starred

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stars"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// ListPath is the list of stars.
const ListPath = "/stations/stars"

// listView is the list. The filter is the query:
//
//	star      0 to 5, as it is now
//	division  six-digit code, and all below it
//	show      again, lapsing or appeals
//	after     where the page before ended
type listView struct {
	web.Page
	query     url.Values
	form      web.Form
	filter    stars.Filter
	all       []stars.Star
	more      bool
	names     map[string]string
	counts    [stars.Most + 1]int64
	again     int64
	divisions []gb.Division
	now       time.Time
	batch     stars.Batch
	begun     bool // there is a batch
	works     bool // this program works at it
	refusal   web.Refusal
}

var listTitle = lang.Text{ZH: "驿站星级", EN: "Stars of stations"}

const (
	listRows = 50
	lapsing  = 60 * 24 * time.Hour
)

// filterOf reads the address.
func filterOf(q url.Values) (f stars.Filter, err error) {
	f.After, f.Limit = q.Get("after"), listRows
	if text := q.Get("star"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > stars.Most {
			return f, fault.At("star", fault.New(fault.Invalid, "没有“%s”星，请选 0 到 5", "there is no star %q: choose 0 to 5", lang.Short(text)))
		}
		f.Star = &n
	}
	if f.Within, err = stars.Division(q.Get("division")); err != nil {
		return f, err
	}
	switch show := q.Get("show"); show {
	case "":
	case "again":
		f.Caused = true
	case "lapsing":
		f.Lapsing = lapsing
	case "appeals":
		f.Appeals = true
	default:
		return f, fault.At("show", fault.New(fault.Invalid, "没有“%s”这份清单", "there is no list %q", lang.Short(show)))
	}
	return f, nil
}

func (p *Pages) list(r *http.Request) (v listView, err error) {
	ctx := r.Context()
	v.Page, v.query, v.now = p.Site.Page(r, listTitle), r.URL.Query(), p.Deps.Now()
	v.Wide = true
	f, wrong := filterOf(v.query)
	if v.form, err = v.Filled(v.query, wrong); err != nil {
		return v, err
	}
	v.filter = f
	network := p.City().Network
	v.names = map[string]string{}
	seen := map[gb.Division]bool{}
	for i := range network.Stations {
		if d := network.Stations[i].Division; !seen[d] {
			seen[d], v.divisions = true, append(v.divisions, d)
		}
	}
	if v.counts, v.again, err = p.Stars.Counts(ctx, f.Within); err != nil {
		return v, err
	}
	if wrong == nil {
		if v.all, v.more, err = p.Stars.List(ctx, f); err != nil {
			return v, err
		}
	}
	for _, s := range v.all {
		v.names[s.Station] = s.Station
		if at, ok := network.Station(s.Station); ok {
			v.names[s.Station] = at.Name
		}
	}
	if v.May(station.ReviewStars) {
		if v.batch, v.begun, err = p.Stars.Last(ctx); err != nil {
			return v, err
		}
		v.works = p.works(v.batch.ID)
	}
	return v, nil
}

// List answers GET /stations/stars.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) error {
	v, err := p.list(r)
	if err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.form.Status(), listPage(v))
}

func (v listView) with(name, value string) string {
	q := url.Values{}
	for _, k := range []string{"star", "division", "show"} {
		if v.query.Get(k) != "" {
			q.Set(k, v.query.Get(k))
		}
	}
	q.Del(name)
	if value != "" {
		q.Set(name, value)
	}
	if len(q) == 0 {
		return ListPath
	}
	return ListPath + "?" + q.Encode()
}

func (v listView) tabs() (all []kit.Tab) {
	for _, t := range []struct {
		key, zh, en string
		icon        web.Icon
	}{{"", "全部", "All", web.IconList}, {"again", "待复评", "To be reviewed", web.IconWarning}, {"lapsing", "60 天内到期", "Ending in 60 days", web.IconClock}, {"appeals", "申诉中", "Under appeal", web.IconComplaint}} {
		text := v.T(t.zh, t.en)
		if t.key == "again" && v.again > 0 {
			text += " " + words.Count(v.again)
		}
		all = append(all, kit.Tab{Href: v.with("show", t.key), Text: text, Icon: t.icon, Here: v.query.Get("show") == t.key})
	}
	return all
}

func (v listView) pagination() kit.Pages {
	l := kit.Pages{Shown: v.F("这一页 %d 站", "%d on this page", len(v.all))}
	if v.filter.After != "" {
		l.First = v.with("after", "")
	}
	if v.more {
		l.Next = v.with("after", v.all[len(v.all)-1].Station)
	}
	return l
}

func (v listView) starOptions() (all []web.Option) {
	for n := stars.Most; n >= 0; n-- {
		all = append(all, web.Option{Value: strconv.Itoa(n), Text: starWords(v.Lang, n), On: v.query.Get("star") == strconv.Itoa(n)})
	}
	return all
}

// stands is what is under way with a star.
func stands(l lang.Lang, s *stars.Star, now time.Time) string {
	switch {
	case s.Lapsed(now):
		return l.T("已到期", "ended")
	case s.Appeal != "":
		return l.T("申诉中", "under appeal")
	case s.Announced(now):
		return l.F("%[1]s起降到%[2]s", "down to %[2]s from %[1]s", day(l, *s.LowerAt), starWords(l, s.LowerTo))
	case s.Cause != stars.NoCause:
		return l.T("待复评：", "to be reviewed: ") + s.Cause.Name().In(l)
	case s.LowerTo >= 0:
		return l.T("降过星", "was lowered")
	}
	return ""
}

// plain is a day in a column.
func plain(t time.Time) string { return t.In(calendar.China).Format("2006-01-02") }

// XLSX answers GET /stations/stars.xlsx: what the list has, all pages of it.
func (p *Pages) XLSX(w http.ResponseWriter, r *http.Request) error {
	f, err := filterOf(r.URL.Query())
	if err != nil {
		return err
	}
	f.After, f.Limit = "", station.MaxPage
	first, more, err := p.Stars.List(r.Context(), f)
	if err != nil {
		return err
	}
	l, now := web.LangOf(r), p.Deps.Now()
	page.FileHeader(w, "stars.xlsx", page.XlsxType)
	var broken error
	rows := func(yield func([]any) bool) {
		if !yield(sheet.Heads(l.T("编号", "Code"), l.T("名称", "Name"), l.T("区划", "Division"), l.T("星级", "Star"), l.T("最多可到", "At most"), l.T("评定", "Reviewed"), l.T("有效到", "Until"), l.T("情况", "Stands"))) {
			return
		}
		for s := range p.each(r.Context(), f, first, more, &broken) {
			name := s.Station
			if at, ok := p.City().Network.Station(s.Station); ok {
				name = at.Name
			}
			if !yield([]any{s.Station, name, s.Division, s.Now(now), s.AtMost, plain(s.From), plain(s.Until), stands(l, &s, now)}) {
				return
			}
		}
	}
	if err := sheet.WriteXLSX(w, sheet.Page{Name: l.T("星级", "Stars"), Rows: rows}); err != nil {
		return err
	}
	return broken
}

func (p *Pages) each(ctx context.Context, f stars.Filter, all []stars.Star, more bool, broken *error) iter.Seq[stars.Star] {
	return func(yield func(stars.Star) bool) {
		for {
			for _, s := range all {
				if !yield(s) {
					return
				}
			}
			if !more {
				return
			}
			f.After = all[len(all)-1].Station
			if all, more, *broken = p.Stars.List(ctx, f); *broken != nil {
				return
			}
		}
	}
}

// ruleView is the rule in sentences.
type ruleView struct {
	web.Page
	said    []rule.Paragraph
	hash    string
	periods []periodView
}

type periodView struct{ name, length, source string }

// Rule answers GET /stations/stars/rule.
func (p *Pages) Rule(w http.ResponseWriter, r *http.Request) error {
	v := ruleView{Page: p.Site.Page(r, lang.Text{ZH: "星级的规则", EN: "The rule of stars"})}
	f := stars.Rule()
	v.said, v.hash = f.Explain(), f.Rule.Hash()
	for _, name := range []string{stars.Holds, stars.Notice, stars.Appeals, stars.Decision} {
		one, err := stars.Period(name)
		if err != nil {
			return err
		}
		v.periods = append(v.periods, periodView{name: one.Title.In(v.Lang), length: one.Length.Text().In(v.Lang), source: one.Source().In(v.Lang)})
	}
	return v.Write(w, r, rulePage(v))
}

// works tells whether this program works at a batch.
func (p *Pages) works(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return id != "" && p.running == id
}

// Begin answers POST /stations/stars/batch.
func (p *Pages) Begin(w http.ResponseWriter, r *http.Request) error {
	return p.batch(w, r, func(ctx context.Context, f url.Values) (b stars.Batch, err error) {
		who, err := p.Who(r)
		if err != nil {
			return b, err
		}
		if err := p.Stars.May(ctx, who); err != nil {
			return b, err
		}
		text := f.Get("batch")
		if text == "" {
			return b, fault.At("batch", fault.New(fault.Invalid, "请选评哪个区划", "choose which division to review"))
		}
		within := gb.Division{}
		if text != "all" {
			if within, err = stars.Division(text); err != nil {
				return b, fault.Renamed(err, "division", "batch")
			}
		}
		if b, err = p.Stars.Begin(ctx, who, within); err != nil {
			return b, err
		}
		p.run(ctx, b, func(ctx context.Context) (stars.Batch, error) { return p.Stars.Run(ctx, who, b, nil) })
		return b, nil
	})
}

// Turn answers POST /stations/stars/batch/turn: it stops a batch, or has it go on.
func (p *Pages) Turn(w http.ResponseWriter, r *http.Request) error {
	return p.batch(w, r, func(ctx context.Context, f url.Values) (b stars.Batch, err error) {
		who, err := p.Who(r)
		if err != nil {
			return b, err
		}
		if b, err = p.Stars.Turn(ctx, who, f.Get("id"), f.Get("to")); err == nil && b.State == stars.Going {
			p.run(ctx, b, func(ctx context.Context) (stars.Batch, error) { return p.Stars.Run(ctx, who, b, nil) })
		}
		return b, err
	})
}

func (p *Pages) batch(w http.ResponseWriter, r *http.Request, do func(context.Context, url.Values) (stars.Batch, error)) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "表单读不出来，请回到上一页再来一次。", "The form cannot be read: go back and try again.").Because(err)
	}
	_, wrong := do(r.Context(), r.PostForm)
	if wrong == nil {
		http.Redirect(w, r, ListPath+"#batch", http.StatusSeeOther)
		return nil
	}
	v, err := p.list(r)
	if err != nil {
		return err
	}
	if v.refusal, err = v.Refused(r.PostForm, wrong); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.refusal.Status(), listPage(v))
}

// run works at a batch behind the pages, one at a time. What ends it early is seen by the batch, which goes on when somebody says so.
func (p *Pages) run(ctx context.Context, b stars.Batch, work func(context.Context) (stars.Batch, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running == b.ID {
		return
	}
	p.running = b.ID
	ctx = context.WithoutCancel(ctx)
	end := func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.running == b.ID {
			p.running = ""
		}
	}
	fault.Go("reviewing the stars of a division", func() {
		defer end()
		if _, err := work(ctx); err != nil {
			p.Site.LogOutage(ctx, fmt.Errorf("reviewing stars: %w", err))
		}
	}, func(error) { end() })
}
