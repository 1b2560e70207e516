// Package survey tells a planner whom the stations reach: at an hour, beside the circle
// that plans draw, and through a week. It hands out what it was computed on (inputs.go).
package survey

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/onepage"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// coveragePage answers the planner: whom do the stations reach at this hour?
type coveragePage struct {
	web.Page
	Reading
	form  web.Form
	other *comparison
	sheet onepage.Sheet
	gap   int // the rank of the gap that the map opens on, or 0
}

// comparison is the same question at another hour of the day.
type comparison struct {
	at   time.Time
	cov  *coverage.Coverage
	href string
}

// Coverage answers GET …/coverage.
func (p *Pages) Coverage(w http.ResponseWriter, r *http.Request) error {
	v := coveragePage{Page: p.Site.Page(r, lang.Text{ZH: "十五分钟服务圈", EN: "Fifteen-minute circle"})}
	v.Wide, v.Keep = true, web.KeepPage
	city := p.City()
	s, err := ask.ParseSurvey(r.URL.Query(), p.Now())
	var cov *coverage.Coverage
	if err == nil {
		cov, v.other, err = p.bothHours(r.Context(), city, s)
	}
	if v.form, err = v.Filled(r.URL.Query(), err); err != nil {
		return err
	}
	if !v.form.Right() {
		v.Reading = Reading{L: v.Lang, Survey: s, City: city}
		return v.WriteStatus(w, r, v.form.Status(), coverageForm(v))
	}
	v.Reading = Read(v.Lang, s, city, cov)
	if v.gap, err = strconv.Atoi(r.URL.Query().Get("gap")); err != nil || v.gap < 1 || v.gap > len(cov.Gaps) {
		v.gap = 0 // the list has changed since the link was made
	}
	v.Describe = v.T("走十五分钟以内有驿站可去的人占多少：按真实道路、按那一刻开着的驿站计算。", "What share of the people have a rest station within fifteen minutes on foot, on real streets and counting only those open at the hour.")
	if cov.Demand > 0 {
		if v.sheet, err = p.printed(r, &v); err != nil {
			return err
		}
	}
	return v.Write(w, r, coverageView(v))
}

// bothHours asks at the hour and, unless the hour does not matter, at the other
// end of the day, side by side.
func (p *Pages) bothHours(ctx context.Context, city *city.City, s ask.Survey) (cov *coverage.Coverage, other *comparison, err error) {
	var both errgroup.Group
	both.Go(fault.Safely(func() (err error) {
		cov, err = p.Runs.Cover(ctx, city, s.Question)
		return err
	}))
	if !s.AnyHour {
		there := s.OtherEnd()
		other = &comparison{at: there.At, href: there.Address("/coverage")}
		both.Go(fault.Safely(func() (err error) {
			other.cov, err = p.Runs.Cover(ctx, city, there.Question)
			return err
		}))
	}
	return cov, other, both.Wait()
}

// question is what was asked, in one line.
func (v coveragePage) question() string {
	return onOneLine(howAsked(v.Lang, v.Survey), whoAsked(v.Lang, v.City, v.Survey), whenAsked(v.Lang, v.Survey))
}

// whenAsked says at which hour, if it matters.
func whenAsked(l lang.Lang, s ask.Survey) string {
	if s.AnyHour {
		return l.T("不看几点", "at no particular hour")
	}
	return words.Moment(l, s.At)
}

// howAsked says in a few words how people go and how far is near.
func howAsked(l lang.Lang, s ask.Survey) string {
	if s.Mode == network.Ebike {
		return l.F("骑电动车 %d 分钟", "%d min by e-bike", s.Minutes())
	}
	return l.F("走路 %d 分钟", "%d min on foot", s.Minutes())
}

// whoAsked says for whom, where that is a choice.
func whoAsked(l lang.Lang, c *city.City, s ask.Survey) string {
	if d, ok := c.Survey.Demand(s.Demand); ok && len(c.Survey.Demands) > 1 {
		return d.Name().In(l)
	}
	return ""
}

// onOneLine joins what was said.
func onOneLine(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// quickHours are the hours that a planner looks at in turn.
func (v coveragePage) quickHours() []web.Choice {
	var out []web.Choice
	for _, hour := range []int{3, 8, 12, 18, 22} {
		s := v.Survey
		s.At, s.Chosen, s.AnyHour = calendar.DateOf(s.At).Start(s.At.Location()).Add(time.Duration(hour)*time.Hour), true, false
		out = append(out, web.Choice{Label: s.At.Format("15:04"), Value: s.Address("/coverage"), On: s.At.Equal(v.Survey.At) && !v.Survey.AnyHour})
	}
	return out
}

func (v coveragePage) command() string { return ask.Command(v.City, v.Survey.Question) + " --json" }

func (v coveragePage) mapView() web.MapView {
	m := page.GroundView(v.City)
	m.Label, m.Tall = v.T("覆盖地图", "Map of the coverage"), true
	m.StationTiles = page.StationTilesAt(v.City, v.Survey.At)
	if v.gap > 0 {
		m.Box = v.Cov.Gaps[v.gap-1].Box.Pad(page.AroundGapM).Degrees()
	}
	m.Minutes = v.Survey.Minutes()
	m.Areas, m.Demand = v.Survey.Fixed("/map/areas"), v.Survey.Fixed("/map/demand")
	return m
}
