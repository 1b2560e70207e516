// Package orders is the page on which the order of a contest is drawn: it commits to a public source that is still to come, takes what
// two people read in its announcement, and shows what was drawn. Nobody types an order.
//
// Who organises commits; who organises, supervises or keeps the scores may type a seed and confirm a skip, so that a hall has two.
package orders

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/order"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of orders.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

var title = lang.Text{ZH: "抽签", EN: "The order"}

type view struct {
	page.Contest
	stands []order.Stand
	parts  map[string]page.Part
	values url.Values
	done   string
	now    time.Time
}

// Order answers how the orders of a contest stand.
func (p *Pages) Order(w http.ResponseWriter, r *http.Request) error {
	v, _, in, err := p.enter(w, r)
	if err != nil || !in {
		return err
	}
	return v.Write(w, r, orderPage(v))
}

func (p *Pages) enter(w http.ResponseWriter, r *http.Request) (v view, who identity.Colleague, in bool, err error) {
	v.values, v.now = url.Values{}, p.Now()
	if v.Contest, who, in, err = p.Enter(w, r, title, "office"); err != nil || !in {
		return v, who, in, err
	}
	if v.stands, err = p.Orders.Stands(r.Context(), who, v.Event.Code); err != nil {
		return v, who, false, err
	}
	v.parts = map[string]page.Part{}
	for _, one := range page.Parts(&v.Event) {
		v.parts[one.Key] = one
	}
	v.done = map[string]string{
		"committed": v.T("约定好了：已经写进公开日志，现在等号码公布", "It is committed to in the public log, and waits for the number"),
		"typed":     v.T("记下了一个人录入的号码；另一个人录入一样的，顺序就出来", "One person's reading is kept; when another types the same the order is drawn"),
		"differs":   v.T("两个人录入的不一样：请再对着公布的号码看一遍，各自重录", "The two readings differ: look at the announcement again, and each type it anew"),
		"drawn":     v.T("抽出来了", "It is drawn"),
		"asked":     v.T("提出了跳过，等另一个人确认", "The skip is asked for; another person confirms it"),
		"skipped":   v.T("跳过了", "It is skipped"),
		"cancelled": v.T("这次约定取消了", "This draw does not count"),
		"closed":    v.T("这次抽签结束了，可以另约", "This draw is over; commit to another"),
	}[r.URL.Query().Get("done")]
	return v, who, true, nil
}

func (p *Pages) act(w http.ResponseWriter, r *http.Request, do func(context.Context, *view, identity.Colleague) (string, error)) error {
	v, who, in, err := p.enter(w, r)
	if err != nil || !in {
		return err
	}
	if err := web.ReadForm(r); err != nil {
		return err
	}
	done, err := do(r.Context(), &v, who)
	if err == nil {
		http.Redirect(w, r, page.At(v.Event.Code, "office", "order")+"?done="+done, http.StatusSeeOther)
		return nil
	}
	v.values, v.done = r.PostForm, ""
	if e := v.Refuse(r.PostForm, err); e != nil {
		return e
	}
	if v.Form.Why == "" && !v.Form.Among(shown...) {
		v.Form.Why, _ = fault.In(v.Lang, err)
	}
	return v.WriteStatus(w, r, v.Form.Status(), orderPage(v))
}

// shown are the fields at which a form says what is wrong.
var shown = []string{"source", "at", "until", "source-2", "at-2", "fallback", "fallback-at", "fallback-until", "limit", "warn"}

// Commit commits to a draw.
func (p *Pages) Commit(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(ctx context.Context, v *view, who identity.Colleague) (string, error) {
		f := r.PostForm
		c := order.Committing{Contest: v.Event.Code, Part: f.Get("part"), Seen: page.Seen(f)}
		var err error
		if c.Limit, c.Warn, err = times(f); err != nil {
			return "", err
		}
		if c.Seed, err = choices(f); err != nil {
			return "", err
		}
		_, err = p.Orders.Commit(ctx, who, c)
		return "committed", err
	})
}

// times reads how long a presentation has.
func times(f url.Values) (limit, warn int, err error) {
	for name, to := range map[string]*int{"limit": &limit, "warn": &warn} {
		if *to, err = strconv.Atoi(strings.TrimSpace(f.Get(name))); err != nil {
			return 0, 0, fault.At(name, fault.New(fault.Invalid, "请写秒数，如 480", "write seconds, as 480"))
		}
	}
	return limit, warn, nil
}

// choices reads the sources of a seed, and the fallback where there is one.
func choices(f url.Values) (all []seed.Choice, err error) {
	first := seed.Choice{Sources: []seed.Ref{ref(f, "source", "at")}}
	if f.Get("source-2") != "" {
		first.Sources = append(first.Sources, ref(f, "source-2", "at-2"))
	}
	if first.Until, err = page.Time(f.Get("until")); err != nil {
		return nil, fault.At("until", err)
	}
	all = []seed.Choice{first}
	if f.Get("fallback") != "" {
		other := seed.Choice{Sources: []seed.Ref{ref(f, "fallback", "fallback-at")}}
		if other.Until, err = page.Time(f.Get("fallback-until")); err != nil {
			return nil, fault.At("fallback-until", err)
		}
		all = append(all, other)
	}
	return all, nil
}

// ref reads one event of a source. Of drand a time may stand for its first round from then on: nobody knows rounds by heart.
func ref(f url.Values, source, at string) seed.Ref {
	r := seed.Ref{Source: f.Get(source), At: strings.Replace(strings.TrimSpace(f.Get(at)), " ", "T", 1)}
	if t, err := page.Time(r.At); err == nil && r.Source == "drand" {
		r.At = seed.Round(t)
	}
	return r
}

// Type takes what one person reads in the announcement.
func (p *Pages) Type(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(ctx context.Context, v *view, who identity.Colleague) (string, error) {
		f := r.PostForm
		choice, err := strconv.Atoi(f.Get("choice"))
		if err != nil {
			return "", fault.New(fault.Invalid, "请从这一页的表单录入", "type it in the form of this page")
		}
		typed, err := p.Orders.Type(ctx, who, v.Event.Code, f.Get("part"), choice, f["value"])
		switch {
		case typed.Drawn:
			return "drawn", err
		case typed.Differs:
			return "differs", err
		}
		return "typed", err
	})
}

// Skip asks for a skip, or confirms one.
func (p *Pages) Skip(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(ctx context.Context, v *view, who identity.Colleague) (string, error) {
		done, err := p.Orders.Skip(ctx, who, v.Event.Code, r.PostForm.Get("part"), r.PostForm.Get("entry"))
		if done {
			return "skipped", err
		}
		return "asked", err
	})
}

// Cancel has a draw not count.
func (p *Pages) Cancel(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(ctx context.Context, v *view, who identity.Colleague) (string, error) {
		return "cancelled", p.Orders.Cancel(ctx, who, v.Event.Code, r.PostForm.Get("part"), int(page.Seen(r.PostForm)), r.PostForm.Get("reason"))
	})
}

// Close ends a draw whose seed never came.
func (p *Pages) Close(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(ctx context.Context, v *view, who identity.Colleague) (string, error) {
		return "closed", p.Orders.Close(ctx, who, v.Event.Code, r.PostForm.Get("part"), int(page.Seen(r.PostForm)))
	})
}

func (v view) name(part string) string { return v.parts[part].Name.In(v.Lang) }

func (v view) organises() bool { return v.May(contest.Organise) }

// value is what a field of a part's form shows: another part's form keeps its own.
func (v view) value(part, name, known string) string {
	if v.values.Get("part") == part && v.values.Has(name) {
		return v.values.Get(name)
	}
	return known
}

func (v view) wrong(part, name string) string {
	if v.values.Get("part") == part {
		return v.Form.Wrong(name)
	}
	return ""
}

// mayCommit tells whether a draw of a part can be committed to now.
func (v view) mayCommit(one order.Stand) bool {
	if !v.organises() || len(one.Lined) > 0 || one.Draw.Holds {
		return false
	}
	if v.parts[one.Part].Stage > 0 {
		return v.Event.State == contest.Drawn || v.Event.State == contest.Hall
	}
	return v.Event.State == contest.Reviewed || v.Event.State == contest.Drawn
}

// waits tells whether a draw waits for its seed.
func waits(one order.Stand) bool {
	return one.Course != nil && (one.Course.State == course.Waiting || one.Course.Owed())
}

// never tells whether the last deadline of a draw is over.
func (v view) never(one order.Stand) bool {
	return one.Course != nil && one.Course.State == course.Waiting && !v.now.Before(one.Course.Terms.Last())
}

func (v view) due(c seed.Choice) bool { return !v.now.Before(c.Due) }

func (v view) sources(part, name, label, none, known string) web.Menu {
	m := web.Menu{Name: name, Label: label, None: none, Error: v.wrong(part, name)}
	for _, s := range seed.Sources {
		m.Options = append(m.Options, web.Option{Value: s.Key, Text: s.Name.In(v.Lang), On: s.Key == v.value(part, name, known)})
	}
	return m
}

// nextBall is the next drawing of the lottery that may still be named.
func (v view) nextBall() time.Time {
	t := v.now.In(calendar.China)
	for {
		at := time.Date(t.Year(), t.Month(), t.Day(), 21, 0, 0, 0, calendar.China)
		if d := at.Weekday(); (d == time.Tuesday || d == time.Thursday || d == time.Sunday) && at.Sub(v.now) > 15*time.Minute {
			return at
		}
		t = t.AddDate(0, 0, 1)
	}
}

func (v view) day() string { return v.nextBall().Format(time.DateOnly) }

func (v view) dayAfter() string {
	t := v.nextBall().AddDate(0, 0, 1)
	return page.TimeText(&t)
}

// sourceName is an event of a source in words.
func sourceName(v web.Page, r seed.Ref) string {
	s, ok := seed.Find(r.Source)
	if !ok {
		return r.Source + " " + r.At
	}
	return s.Name.In(v.Lang) + " " + strings.Replace(r.At, "T", " ", 1)
}

func names(v web.Page, c seed.Choice) string {
	var all []string
	for _, r := range c.Sources {
		all = append(all, sourceName(v, r))
	}
	return strings.Join(all, v.T(" 和 ", " and "))
}

func form(v web.Page, r seed.Ref) string {
	s, _ := seed.Find(r.Source)
	return s.Form.In(v.Lang)
}

func asked(one order.Stand, number string) bool {
	return slices.ContainsFunc(one.Skips, func(s order.Skip) bool { return s.Entry == number })
}

func whys(v web.Page) web.Menu {
	m := web.Menu{Name: "reason", Label: v.T("为什么", "Why"), None: v.T("请选", "choose")}
	for _, c := range course.Why {
		m.Options = append(m.Options, web.Option{Value: c.Key, Text: c.Name.In(v.Lang)})
	}
	return m
}

// typedValue is what somebody typed into a field of a choice, while it comes back.
func (v view) typedValue(part string, choice, i int) string {
	if v.values.Get("part") != part || v.values.Get("choice") != strconv.Itoa(choice) || i >= len(v.values["value"]) {
		return ""
	}
	return v.values["value"][i]
}
