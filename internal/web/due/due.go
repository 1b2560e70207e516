// Package due serves the page that says when something is due, and why:
//
//	GET /due?rule=…&from=…&to=…&extend=…&pauses=…
//	GET /due?window=…&count=…&times=…&until=…      whether a rolling window is full
//
// It asks engine/casework/clock what a person typed and keeps nothing, so it is open to
// all: an official who has to keep a period, and whoever waits for it, read the same
// days.
package due

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

type pages struct {
	site   *web.Site
	office clock.Office
	now    func() time.Time
}

// Item leads to the page.
var Item = web.NavItem{Href: "/due", Text: title}

var title = lang.Text{ZH: "什么时候到期", EN: "When is it due"}

// Routes lists the address of the page.
func Routes(mux *web.Mux, site *web.Site, office clock.Office, now func() time.Time) {
	mux.Open("GET /due", pages{site, office, now}.page)
}

// mostPauses bounds what one page reckons.
const mostPauses = 50

// view is the page.
type view struct {
	web.Page
	form   web.Form
	asked  clock.Question
	today  string
	query  url.Values
	answer *clock.Reckoning
	window *clock.WindowAnswer
}

func (p pages) page(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := view{Page: p.site.Page(r, title), query: q, today: calendar.DateOf(p.now()).String()}
	v.asked = clock.Question{Rule: strings.TrimSpace(q.Get("length")), From: q.Get("from"), Extend: strings.TrimSpace(q.Get("extend")), Pauses: lines(q.Get("pause"))}
	if v.asked.Rule == "" {
		v.asked.Rule = q.Get("rule")
	}
	var err error
	if asksWindow(q) {
		var answer clock.WindowAnswer
		if answer, err = rolling(q); err == nil {
			v.window = &answer
		}
	} else if v.asked.Rule != "" || v.asked.From != "" {
		var answer clock.Reckoning
		if answer, err = v.reckon(p.office); err == nil {
			v.answer = &answer
		}
	}
	if v.form, err = v.Filled(q, err); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.form.Status(), show(v))
}

func (v view) reckon(office clock.Office) (clock.Reckoning, error) {
	if len(v.asked.Pauses) > mostPauses {
		return clock.Reckoning{}, fault.At("pause", fault.New(fault.Invalid, "最多写 %d 次中止", "%d pauses at most", mostPauses))
	}
	answer, err := clock.Ask(v.asked, office)
	if v.asked.Rule != "" && strings.ContainsAny(v.asked.Rule[:1], "0123456789") {
		err = fault.Renamed(err, "rule", "length")
	}
	return answer, err
}

// lines are the lines of a text that are not empty.
func lines(s string) (out []string) {
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// rules are the choices, in the order of the file.
func (v view) rules() web.Menu {
	m := web.Menu{Name: "rule", Label: v.T("哪一种期限", "Which period"), None: v.T("请选择", "choose one"), Error: v.form.Wrong("rule")}
	for _, r := range clock.Catalogue() {
		text := r.Title.In(v.Lang) + v.T("：", ": ") + r.Length.Text().In(v.Lang) + v.T("（", " (") + r.Law + v.T("）", ")")
		m.Options = append(m.Options, web.Option{Value: r.Name, Text: text, On: r.Name == v.asked.Rule})
	}
	return m
}

// typed is what somebody typed into a field.
func (v view) typed(name string) string { return v.query.Get(name) }

// from is what the field shows before anything was asked: today.
func (v view) from() string {
	if v.asked.Rule == "" && v.asked.From == "" {
		return v.today
	}
	return v.asked.From
}

// maxMonths is as many as are drawn; a longer period has its lines alone.
const maxMonths = 6

// told is an answer on a page.
type told struct {
	web.Page
	answer clock.Reckoning
}

// months draws the days of an answer, or nothing where they are too many.
func (v told) months() (out []kit.Month) {
	days := map[calendar.Date]clock.Step{}
	if len(v.answer.Days) == 0 {
		return nil
	}
	first, last := v.answer.Days[0].Date, v.answer.Days[0].Date
	for _, s := range v.answer.Days {
		days[s.Date] = s
		if s.Date.Before(first) {
			first = s.Date
		}
		if last.Before(s.Date) {
			last = s.Date
		}
	}
	y, m, _ := first.Civil()
	ly, lm, _ := last.Civil()
	n := (ly-y)*12 + int(lm-m) + 1
	if n > maxMonths {
		return nil
	}
	for i := range n {
		out = append(out, v.month(calendar.On(y, m+time.Month(i), 1), days))
	}
	return out
}

func (v told) month(first calendar.Date, days map[calendar.Date]clock.Step) kit.Month {
	y, m, _ := first.Civil()
	out := kit.Month{Name: v.F("%[1]d 年 %[2]d 月", "%[3]s %[1]d", y, int(m), m.String()), Empty: (int(first.Weekday()) + 6) % 7}
	for d := first; ; d = d.Add(1) {
		_, month, day := d.Civil()
		if month != m {
			return out
		}
		s, ok := days[d]
		out.Days = append(out.Days, v.day(day, s, ok))
	}
}

// day is how a day of the answer is drawn.
func (v told) day(n int, s clock.Step, ok bool) kit.MonthDay {
	d := kit.MonthDay{Day: n}
	if !ok {
		return d
	}
	d.Says = v.answer.Why(s).In(v.Lang)
	switch s.Why {
	case clock.DayZero:
		d.Kind, d.Mark = kit.DayStart, v.T("起", "0")
	case clock.Counted, clock.Within, clock.Restored, clock.Grace:
		d.Kind = kit.DayIn
		if s.N > 0 {
			d.Mark = v.F("%d", "%d", s.N)
		}
	case clock.DayOff, clock.Moved:
		d.Kind, d.Mark = kit.DayOut, v.T("休", "–")
	case clock.Standing:
		d.Kind, d.Mark = kit.DayHeld, v.T("停", "‖")
	}
	if s.Date == v.answer.Last && !v.answer.Due.IsZero() {
		d.Kind, d.Mark = kit.DayEnd, v.T("止", "!")
		d.Says += v.T("；到期", "; due")
	}
	return d
}
