package register

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// filters are the parts of an address that choose stations.
var filters = []string{"q", "division", "brand", "size", "status", "need", "checked", "hours", "streets"}

// kept are the parts of an address that each link of the list keeps.
var kept = append(slices.Clone(filters), "sort", "cols")

// checkedDays are the ages of a check that an office asks for.
var checkedDays = [...]int{30, 90, staleDays}

// everyStatus is the status of a list of all, candidates too.
const everyStatus = "all"

func (p *Pages) today() calendar.Date { return calendar.DateOf(p.Now()) }

// listed reads the filter of a list and of its file, page or program, which leave
// candidates out until somebody asks for them: all three then have the same stations.
func (p *Pages) listed(q url.Values) (station.Filter, error) {
	if q.Get("status") == everyStatus {
		return p.filter(ask.Without(q, "status"))
	}
	f, err := p.filter(q)
	f.Standing = f.Status == nil
	return f, err
}

// filter reads a filter; what it does not say chooses all. What is wrong in it is said
// of each field.
func (p *Pages) filter(q url.Values) (station.Filter, error) {
	f := station.Filter{After: q.Get("after"), Before: q.Get("before")}
	var text, division, needs error
	f.Text, text = ask.SearchText(q)
	f.Within, division = ask.Within(q)
	for _, word := range ask.NeedWords(q) {
		need, ok := station.ParseNeed(word)
		if !ok {
			needs = words.UnknownChoice("need", word)
			break
		}
		f.Needs |= station.ServicesOf(need)
	}
	return f, errors.Join(text, division, needs, ask.Sort(q, station.ParseOrder, &f.Order, &f.Reverse),
		ask.Choose(q, "brand", station.ParseBrand, &f.Brand), ask.Choose(q, "size", station.ParseSize, &f.Size), ask.Choose(q, "status", station.ParseStatus, &f.Status),
		p.filterWork(q, &f))
}

// filterWork reads what chooses the stations that need somebody.
func (p *Pages) filterWork(q url.Values, f *station.Filter) error {
	var checked, hours, streets error
	if s := q.Get("checked"); s != "" {
		if days, err := strconv.Atoi(s); err == nil && slices.Contains(checkedDays[:], days) {
			f.CheckedBefore = p.today().Add(-days)
		} else {
			checked = words.UnknownChoice("checked", s)
		}
	}
	switch s := q.Get("hours"); s {
	case "":
	case "unknown":
		f.HoursUnknown = true
	default:
		hours = words.UnknownChoice("hours", s)
	}
	switch s := q.Get("streets"); s {
	case "":
	case "far":
		f.Among = p.City().Network.OffFootways()
	default:
		streets = words.UnknownChoice("streets", s)
	}
	return errors.Join(checked, hours, streets)
}

// with is the address of the register with one part of the filter changed.
func (v registerPage) with(path, name, value string) string {
	return ask.AddressWith(path, v.query, kept, name, value)
}

// asked is the question of the list, without the place in it.
func (v registerPage) asked() url.Values {
	q := url.Values{}
	for _, key := range kept {
		if len(v.query[key]) > 0 {
			q[key] = v.query[key]
		}
	}
	return q
}

// only reports whether the list is a tab's, with nothing else asked.
func (v registerPage) only(t workList) bool {
	return !slices.ContainsFunc(filters, func(key string) bool { return key != t.key && v.query.Get(key) != "" })
}

// outside reports whether some stations fit, but none on this page: its address names a
// place behind the last of them, or before the first.
func (v registerPage) outside() bool { return len(v.page.Stations) == 0 && v.page.Total > 0 }

func (v registerPage) filtered() bool {
	return slices.ContainsFunc(filters, func(key string) bool { return v.query.Get(key) != "" })
}

// narrowed reports whether a filter is set that stands among the folded ones and
// that no tab tells.
func (v registerPage) narrowed() bool {
	return slices.ContainsFunc(filters, func(key string) bool {
		value := v.query.Get(key)
		return value != "" && key != "q" && !slices.ContainsFunc(workLists[:], func(t workList) bool { return t.key == key && t.value == value })
	})
}

// sortedBy is the address of the register in another order: from the end if it
// is in that order already.
func (v registerPage) sortedBy(o station.Order) string {
	key := o.Key()
	switch {
	case v.filter.Order == o && !v.filter.Reverse:
		key = "-" + key
	case o == station.ByCode:
		key = ""
	}
	return v.with("/stations", "sort", key)
}

// workList is a part of the register that an office works through: a tab, and an
// address like any other filter's.
type workList struct {
	key, value string // of the address; what makes this list
	sort       string
	name       lang.Text
	empty      lang.Text
}

var workLists = [...]workList{
	{
		name:  lang.Text{ZH: "开放和暂停", EN: "Open and paused"},
		empty: lang.Text{ZH: "名册里只有候选，在“候选”里看。", EN: "The register has only candidates, which are in the next list."},
	},
	{
		key: "status", value: "candidate", name: lang.Text{ZH: "候选", EN: "Candidates"},
		empty: lang.Text{ZH: "没有候选。xiadu import places 从地图数据里找可以设站的地方。", EN: "There are no candidates. xiadu import places finds places for stations in the map data."},
	},
	{
		key: "checked", value: strconv.Itoa(staleDays), sort: "checked", name: lang.Text{ZH: "要核实", EN: "To be checked"},
		empty: lang.Text{ZH: "半年之内都有人核实过。", EN: "Every one was checked within half a year."},
	},
}

// open returns the place of the tab that is open, or -1.
func (v registerPage) open() int {
	for i, t := range workLists {
		if t.key != "" && v.query.Get(t.key) == t.value {
			return i
		}
	}
	if v.query.Get("status") == everyStatus {
		return -1
	}
	return 0
}

// tab is the address of a work list: it keeps what was looked for and where.
func (v registerPage) tab(t workList) string {
	q := ask.Without(v.query, "status", "checked", "hours", "streets", "sort")
	if t.sort != "" {
		q.Set("sort", t.sort)
	}
	return ask.AddressWith("/stations", q, kept, t.key, t.value)
}

// tabs are the work lists.
func (v registerPage) tabs() []kit.Tab {
	var out []kit.Tab
	for i, t := range workLists {
		out = append(out, kit.Tab{Href: v.tab(t), Text: t.name.In(v.Lang), Here: i == v.open()})
	}
	return out
}

func (v registerPage) statusOptions() []page.Option {
	all := page.Catalogue(v.Lang, slices.Values([]station.Status{station.Operating, station.Paused, station.Candidate}), v.query.Get("status"))
	return append(all, page.Option{Value: everyStatus, Text: v.T("全部，连候选", "all, with candidates"), On: v.query.Get("status") == everyStatus})
}

func (v registerPage) checkedOptions() []page.Option {
	out := make([]page.Option, len(checkedDays))
	for i, days := range checkedDays {
		value := strconv.Itoa(days)
		out[i] = page.Option{Value: value, Text: v.F("超过 %d 天没核实", "not for over %d days", days), On: v.query.Get("checked") == value}
	}
	return out
}

func (v registerPage) hoursOptions() []page.Option {
	return []page.Option{{Value: "unknown", Text: v.T("没有人说过", "nobody has said"), On: v.filter.HoursUnknown}}
}

func (v registerPage) streetsOptions() []page.Option {
	return []page.Option{{Value: "far", Text: v.F("离街道 %d 米以上", "over %d m from any", network.SnapBoundM), On: v.filter.Among != nil}}
}
