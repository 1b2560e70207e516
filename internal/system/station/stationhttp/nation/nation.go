// Package nation is what runs over many cities have found, from the ledger. It needs no
// city of its own.
package nation

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/run"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages read the ledger, a division at a time.
type Pages struct {
	site   *web.Site
	ledger *run.Ledger
}

// New returns the pages.
func New(site *web.Site, ledger *run.Ledger) *Pages { return &Pages{site, ledger} }

// nationAsk is what somebody wants to see, in the query:
//
//	run    the number of a run; the newest if there is none
//	at     a division's code; the whole country if there is none
//	when   a day of an ordinary week, 0 (Monday) to 6, or one of the run's days: 2026-10-01
//	day    the hour of the work, 0 to 23
//	night  the late hour
//	sort   a column, with - before it from the end
type nationAsk struct {
	run     int64
	at      gb.Division
	when    string
	day     int
	night   int
	sort    string
	reverse bool
}

// The hours that are shown unless others are asked for: those whose history is
// kept (run.DayHour, run.NightHour).
const (
	usualWhen  = "2"
	usualDay   = run.DayHour % 24
	usualNight = run.NightHour % 24
)

func parseNation(q url.Values) (a nationAsk, err error) {
	a = nationAsk{when: cmp.Or(q.Get("when"), usualWhen), sort: "code"}
	var number, at, day, night, sort error
	if s := q.Get("run"); s != "" {
		if a.run, err = strconv.ParseInt(s, 10, 64); err != nil || a.run < 1 {
			a.run, number = 0, fault.New(fault.Invalid, "第“%s”次运行不对：请写 1、2、3 这样的数。", "The run “%s” will not do: write a number as 1, 2, 3.", lang.Short(s))
		}
	}
	if s := q.Get("at"); s != "" && s != run.Country {
		a.at, at = gb.Parse(s)
	}
	a.day, day = parseHour(q, "day", usualDay)
	a.night, night = parseHour(q, "night", usualNight)
	if s := q.Get("sort"); s != "" {
		key, reverse := strings.CutPrefix(s, "-")
		if slices.Contains(nationSorts, key) {
			a.sort, a.reverse = key, reverse
		} else {
			sort = words.UnknownChoice("sort", s)
		}
	}
	return a, errors.Join(fault.At("run", number), fault.At("at", at), day, night, sort)
}

func parseHour(q url.Values, name string, usual int) (int, error) {
	s := q.Get(name)
	if s == "" {
		return usual, nil
	}
	hour, err := strconv.Atoi(s)
	if err != nil || hour < 0 || hour > 23 {
		return usual, fault.At(name, fault.New(fault.Invalid, "“%s”点不对：请写 0 到 23 之间的整数。", "The hour “%s” will not do: write a whole number from 0 to 23.", lang.Short(s)))
	}
	return hour, nil
}

// code is the division's, or the country's.
func (a nationAsk) code() string {
	if !a.at.Valid() {
		return run.Country
	}
	return a.at.Code()
}

// hours are the places of the two hours among those of a run's figures.
func (a nationAsk) hours(q run.Question) (day, night int, err error) {
	first := -1
	if n, err := strconv.Atoi(a.when); err == nil && n >= 0 && n < 7 {
		first = 24 * n
	}
	for i, d := range q.Days {
		if d.String() == a.when {
			first = run.HoursInWeek + 24*i
		}
	}
	if first < 0 {
		return 0, 0, fault.At("when", fault.New(fault.Invalid, "这次运行没有算“%s”这一天。请从页面上的下拉框选。", "This run has no figures of the day “%s”. Choose from the list on the page.", lang.Short(a.when)))
	}
	return first + a.day, first + a.night, nil
}

// address is path with this question, changed by more, in pairs of name and value.
func (a nationAsk) address(path string, more ...string) string {
	q := url.Values{}
	set := func(name, value, usual string) {
		if value != usual {
			q.Set(name, value)
		}
	}
	set("run", strconv.FormatInt(a.run, 10), "0")
	set("at", a.code(), run.Country)
	set("when", a.when, usualWhen)
	set("day", strconv.Itoa(a.day), strconv.Itoa(usualDay))
	set("night", strconv.Itoa(a.night), strconv.Itoa(usualNight))
	sort := a.sort
	if a.reverse {
		sort = "-" + sort
	}
	set("sort", sort, "code")
	for i := 0; i+1 < len(more); i += 2 {
		if q.Del(more[i]); more[i+1] != "" {
			q.Set(more[i], more[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// nationPage is what the runs say of a division and its parts.
type nationPage struct {
	web.Page
	ask        nationAsk
	form       web.Form
	view       run.View
	runs       []run.Run
	rows       []nationRow
	day, night int
}

// runsShown is how many runs the page lists; the others have their addresses.
const runsShown = 12

// Page answers GET /nation.
func (n *Pages) Page(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	ask, wrong := parseNation(q)
	v := nationPage{Page: n.site.Page(r, lang.Text{ZH: "全国服务圈", EN: "The country's circle"}), ask: ask}
	v.Wide = true
	v.Describe = v.T("各省、市、县和兵团：走十五分钟以内有驿站可去的人占多少，哪个钟点，比上次怎样。", "By province, city, county and the Corps: what share of the people have a rest station within fifteen minutes, at which hour, and how that has changed.")
	var err error
	v.view, err = n.ledger.Look(r.Context(), ask.run, ask.code())
	if errors.Is(err, run.ErrNoRun) {
		if v.view.Going, err = n.ledger.Going(r.Context()); err != nil {
			return err
		}
		return v.Write(w, r, nationEmpty(v))
	}
	if err == nil {
		v.day, v.night, err = ask.hours(v.view.Run.Question)
	}
	if v.form, err = v.Filled(q, errors.Join(wrong, err)); err != nil {
		return err
	}
	if !v.form.Right() {
		return v.WriteStatus(w, r, v.form.Status(), nationFormView(v))
	}
	if v.runs, err = n.ledger.Done(r.Context(), runsShown); err != nil {
		return err
	}
	v.rows = v.sorted(v.partRows())
	v.Title = v.name(v.view.Own) + v.T("服务圈", ": the circle")
	return v.Write(w, r, nationView(v))
}

// name is what a part is called.
func (v nationPage) name(r run.Report) string {
	if r.Code == run.Country {
		return v.T("全国", "The country")
	}
	return r.At.Name().In(v.Lang)
}

// way is the divisions above the one that is shown, from the country down.
func (v nationPage) way() []web.Choice {
	if !v.ask.at.Valid() {
		return nil
	}
	out := []web.Choice{{Label: v.T("全国", "The country"), Value: v.ask.address("/nation", "at", "")}}
	var above []web.Choice
	unit := v.ask.at.Unit()
	for d := v.ask.at; d != unit && d.Parent().Valid(); {
		if d = d.Parent(); d.Level() == gb.Province {
			d = unit
		}
		above = append(above, web.Choice{Label: d.Name().In(v.Lang), Value: v.ask.address("/nation", "at", d.Code())})
	}
	slices.Reverse(above)
	return append(out, above...)
}
