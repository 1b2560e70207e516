package trial

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// actPage offers what can be changed about one station. The script of the map
// shows its sheet over the map; without it, it is a page.
type actPage struct {
	web.Page
	Trial
	city    *city.City
	station station.Station // as the trial has it, or as it was if the trial closes it
	closed  bool
	fresh   bool // new in the trial
}

// ActStation answers GET /whatif/station/{code}, what can be tried with it.
func (p *Pages) ActStation(w http.ResponseWriter, r *http.Request) error {
	t, err := ParseTrial(r.URL.Query(), p.Now())
	if err != nil {
		return p.mend(w, r, t, err)
	}
	city, code := p.City(), r.PathValue("code")
	tried, err := p.Try(r.Context(), city, t)
	if err != nil {
		return err
	}
	v := actPage{Page: p.Site.Page(r, whatIfTitle), Trial: t, city: city}
	before, known := city.Network.Station(code)
	now, stands := tried.Scenario.Station(code)
	switch {
	case stands:
		v.station, v.fresh = now, !known
	case known:
		v.station, v.closed = before, true
	default:
		return page.NoStation(code)
	}
	return v.Write(w, r, actStationView(v))
}

// reopened is the trial without what closes the station by its own code.
func (v actPage) reopened() (string, bool) {
	for i, c := range v.Changes {
		if c.Act == whatif.CloseStation && c.Code == v.station.Code {
			return v.Trial.with(whatif.Remove(v.Changes, i)).Address("/whatif"), true
		}
	}
	return "", false
}

func (v actPage) chained() bool { return v.station.Brand != 0 }

func (v actPage) brandName() string { return v.station.Brand.Name().In(v.Lang) }

// hoursToEdit are the hours as they are read back.
func (v actPage) hoursToEdit() string {
	if v.Lang == lang.EN {
		return v.station.Hours.String()
	}
	return v.station.Hours.Text(lang.ZH)
}

func (v actPage) name() string { return cmp.Or(v.station.Name, v.station.Code) }

func (v actPage) state() string {
	switch {
	case v.closed:
		return v.T("在这个方案里已关闭", "closed in this trial")
	case v.fresh:
		return v.T("在这个方案里新开", "new in this trial")
	}
	return v.station.Hours.Text(v.Lang)
}

// dayChoices are the days that a host may pause on.
func dayChoices(p web.Page) []web.Choice {
	return []web.Choice{
		{Name: "days", Value: "Sa,Su", Label: p.T("周六、周日", "Saturday, Sunday"), On: true},
		{Name: "days", Value: "PH", Label: p.T("节假日", "Public holidays")},
		{Name: "days", Value: "Mo-Fr", Label: p.T("周一至周五", "Monday to Friday")},
	}
}

// newPage offers to open a station where the map was tapped.
type newPage struct {
	web.Page
	Trial
	form web.Form
	city *city.City
	at   *geo.Point
}

// ActNew answers GET /whatif/new, what can be tried where no station is.
func (p *Pages) ActNew(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	t, err := ParseTrial(q, p.Now())
	if err != nil {
		return p.mend(w, r, t, err)
	}
	v := newPage{Page: p.Site.Page(r, whatIfTitle), Trial: t, city: p.City()}
	v.at, err = ask.ParseHere(q)
	if v.form, err = v.Filled(q, err); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.form.Status(), actNewView(v))
}

func (v newPage) lon() string { return v.degrees(func(p geo.Point) float64 { return p.Lon }) }

func (v newPage) lat() string { return v.degrees(func(p geo.Point) float64 { return p.Lat }) }

func (v newPage) degrees(of func(geo.Point) float64) string {
	if v.at == nil {
		return ""
	}
	return words.Coordinate(of(*v.at))
}

func (v newPage) where() string {
	if v.at == nil {
		return v.T("新开一站", "Open a station")
	}
	return v.F("在%s新开一站", "Open a station %s", whereWords(v.city, v.Lang, *v.at))
}

// offStreet warns where no street is near: nobody would reach the station.
func (v newPage) offStreet() bool {
	if v.at == nil {
		return false
	}
	metres, ok := v.city.Network.NearestStreet(*v.at)
	return !ok || metres > network.SnapBoundM
}

// partnerOptions are the brands with the hours that most of their stations keep.
func (v newPage) partnerOptions() []page.Option {
	out := []page.Option{{Value: "", Text: v.T("不挂牌，时间自己填", "No brand, own hours"), On: true}}
	for _, chain := range v.city.Survey.Chains() {
		if chain.Brand != 0 && chain.Usual.Known() {
			out = append(out, page.Option{Value: chain.Brand.Key(), Text: chain.Brand.Name().In(v.Lang) + v.T("：", ": ") + chain.Usual.Text(v.Lang), On: false})
		}
	}
	return out
}

// pickPage finds stations by words or within a box, to change several at once.
type pickPage struct {
	web.Page
	Trial
	form     web.Form
	city     *city.City
	text     string
	boxed    bool
	stations []station.Station // as the trial has them
	more     bool              // there are more than can be shown
}

// mostPicked is how many can be chosen from at once: as many as a trial may change.
const mostPicked = whatif.MaxChanges

// ActPick answers GET /whatif/pick, what can be tried with those chosen.
func (p *Pages) ActPick(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	t, err := ParseTrial(q, p.Now())
	if err != nil {
		return p.mend(w, r, t, err)
	}
	v := pickPage{Page: p.Site.Page(r, whatIfTitle), Trial: t, city: p.City(), boxed: q.Get("bbox") != ""}
	v.text, err = ask.SearchText(q)
	if v.form, err = v.Filled(q, err); err != nil {
		return err
	}
	tried, err := p.Try(r.Context(), v.city, t)
	if err != nil {
		return err
	}
	if v.boxed {
		box, err := ask.ParseBox(q)
		if err != nil {
			return err
		}
		v.within(box, tried.Scenario)
	} else if v.text != "" {
		v.named(tried.Scenario)
	}
	return v.WriteStatus(w, r, v.form.Status(), actPickView(v))
}

// take adds a station as the trial has it, until there are enough.
func (v *pickPage) take(code string, scenario *coverage.Scenario) bool {
	s, stands := scenario.Station(code)
	if !stands {
		return true
	}
	if v.more = len(v.stations) == mostPicked; v.more {
		return false
	}
	v.stations = append(v.stations, s)
	return true
}

func (v *pickPage) within(box geo.Box, scenario *coverage.Scenario) {
	v.city.Network.Within(box, func(i int) bool { return v.take(v.city.Network.Stations[i].Code, scenario) })
	slices.SortFunc(v.stations, func(a, b station.Station) int { return strings.Compare(a.Code, b.Code) })
}

// named takes the stations whose texts have all the words.
func (v *pickPage) named(scenario *coverage.Scenario) {
	words := strings.Fields(strings.ToLower(v.text))
	for i := range v.city.Network.Stations {
		s := &v.city.Network.Stations[i]
		all := strings.ToLower(s.Code + "\n" + s.Name + "\n" + s.Host + "\n" + s.Address + "\n" + s.Brand.Name().In(lang.ZH))
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(all, w) }) && !v.take(s.Code, scenario) {
			return
		}
	}
}

func (v pickPage) title() string {
	switch {
	case v.boxed:
		return v.F("框里有 %d 站", "%d stations in the area", len(v.stations))
	case v.text != "":
		return v.F("找到 %d 站", "%d stations found", len(v.stations))
	}
	return v.T("找站、选几站", "Find stations")
}
