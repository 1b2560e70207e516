package areas

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// areaListPage is the list of key areas, divisions and zones with whether each
// meets its target, and the divisions added up. The query is an areaSurvey, and:
//
//	q         words in code or name
//	division  six-digit code, and all below it
//	kind, verdict
//	sort      verdict, code, name, once, twice, demand; with - before it from the end
//	after     the code that the page before ended with
type areaListPage struct {
	web.Page
	form     web.Form
	query    url.Values
	city     *city.City
	measures *figures.CityMeasures
	rows     []coverage.Measure // of this page
	total    int
	next     string
	sort     string
	reverse  bool
}

const (
	areaRows  = 50
	partsMost = 120 // lines of the roll-up on the page; the files have all
)

// List answers the list, with its filters in the address.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) error {
	v := areaListPage{Page: p.Site.Page(r, lang.Text{ZH: "重点区域", EN: "Key areas"}), query: r.URL.Query()}
	v.Wide, v.Keep = true, web.KeepPage
	var err error
	var all []coverage.Measure
	v.city, v.measures, all, err = p.listed(r)
	if v.form, err = v.Filled(v.query, err); err != nil {
		return err
	}
	if !v.form.Right() {
		return v.WriteStatus(w, r, v.form.Status(), areaListForm(v))
	}
	v.sort, v.reverse, _ = parseAreaSort(v.query)
	v.total = len(all)
	from := 0
	if after := v.query.Get("after"); after != "" {
		from = 1 + slices.IndexFunc(all, func(m coverage.Measure) bool { return m.Area.Code == after })
	}
	v.rows = all[from:min(from+areaRows, len(all))]
	if from+areaRows < len(all) {
		v.next = v.rows[len(v.rows)-1].Area.Code
	}
	v.Describe = v.T("重点区域的十五分钟服务圈达标没有。", "Whether key areas meet their targets for the fifteen-minute circle.")
	return v.Write(w, r, areaListView(v))
}

// listed are the measures that a request's filter chooses, in its order.
func (p *Pages) listed(r *http.Request) (*city.City, *figures.CityMeasures, []coverage.Measure, error) {
	city, m, err := p.measured(r)
	keep, filter := areaFilter(r.URL.Query())
	sort, reverse, order := parseAreaSort(r.URL.Query())
	if err = errors.Join(err, filter, order); err != nil {
		return city, m, nil, err
	}
	var out []coverage.Measure
	for _, one := range m.Areas {
		if keep(one) {
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b coverage.Measure) int {
		by := areaOrders[sort](a, b)
		if reverse {
			by = -by
		}
		return cmp.Or(by, cmp.Compare(a.Area.Code, b.Area.Code))
	})
	return city, m, out, nil
}

// areaFilter reads which areas are wanted.
func areaFilter(q url.Values) (func(coverage.Measure) bool, error) {
	said, text := ask.SearchText(q)
	within, division := ask.Within(q)
	kind, verdict := q.Get("kind"), q.Get("verdict")
	var noKind, noVerdict error
	if _, ok := area.ParseKind(kind); !ok {
		noKind = words.UnknownChoice("kind", kind)
	}
	if verdict != "" && !slices.ContainsFunc(coverage.Verdicts(), func(v coverage.Verdict) bool { return v.Key() == verdict }) {
		noVerdict = words.UnknownChoice("verdict", verdict)
	}
	if err := errors.Join(text, division, noKind, noVerdict); err != nil {
		return nil, err
	}
	wanted := strings.Fields(strings.ToLower(said))
	return func(m coverage.Measure) bool {
		text := strings.ToLower(m.Area.Code + "\n" + m.Area.Name)
		for _, w := range wanted {
			if !strings.Contains(text, w) {
				return false
			}
		}
		return m.Area.Division.Within(within) && (kind == "" || m.Area.Kind.Key() == kind) && (verdict == "" || m.Verdict.Key() == verdict)
	}, nil
}

// areaOrders are the orders of the list.
var areaOrders = map[string]func(a, b coverage.Measure) int{
	"verdict": func(a, b coverage.Measure) int { return cmp.Compare(verdictRank[a.Verdict], verdictRank[b.Verdict]) },
	"code":    func(_, _ coverage.Measure) int { return 0 },
	"name": func(a, b coverage.Measure) int {
		return cmp.Compare(lang.NameOrder(a.Area.Name), lang.NameOrder(b.Area.Name))
	},
	"once":  func(a, b coverage.Measure) int { return cmp.Compare(heldShare(a, 1), heldShare(b, 1)) },
	"twice": func(a, b coverage.Measure) int { return cmp.Compare(heldShare(a, 2), heldShare(b, 2)) },
	"demand": func(a, b coverage.Measure) int {
		one, _ := figures.DemandBy(a.Clock)
		other, _ := figures.DemandBy(b.Clock)
		return cmp.Compare(other, one)
	},
}

// verdictRank puts what has to be looked at first, and what nothing is asked of last.
var verdictRank = map[coverage.Verdict]int{coverage.Missed: 0, coverage.NoKind: 1, coverage.NoDemand: 2, coverage.Met: 3, coverage.NoTarget: 4}

// heldShare is the lowest share of an area, and above all others where there is none.
func heldShare(m coverage.Measure, times int) float64 {
	if !m.Held[times-1].Any {
		return 2
	}
	return m.Held[times-1].Worst.Share(times)
}

func parseAreaSort(q url.Values) (key string, reverse bool, err error) {
	text := q.Get("sort")
	if text == "" {
		return "verdict", false, nil
	}
	key, reverse = strings.CutPrefix(text, "-")
	if _, ok := areaOrders[key]; !ok {
		return "verdict", false, words.UnknownChoice("sort", text)
	}
	return key, reverse, nil
}

var areaFilters = []string{"q", "division", "kind", "verdict", "demand", "day", "mode", "minutes"}

// with is the address of the list with one part changed.
func (v areaListPage) with(path, name, value string) string {
	return ask.AddressWith(path, v.query, append(areaFilters, "sort"), name, value)
}

func (v areaListPage) filtered() bool {
	return slices.ContainsFunc(areaFilters, func(key string) bool { return v.query.Get(key) != "" })
}

// narrowed reports whether a filter is set that stands among the folded ones.
func (v areaListPage) narrowed() bool {
	return slices.ContainsFunc(areaFilters, func(key string) bool { return key != "q" && v.query.Get(key) != "" })
}

func (v areaListPage) sortedBy(key string) string {
	switch {
	case v.sort == key && !v.reverse:
		key = "-" + key
	case key == "verdict":
		key = ""
	}
	return v.with("/areas", "sort", key)
}

// column is the heading of a column that the list can be sorted by.
func (v areaListPage) column(key, name, class string) kit.Sort {
	return kit.Sort{Name: name, Href: v.sortedBy(key), Way: kit.WayOf(v.sort == key, v.reverse), Class: class}
}

func (v areaListPage) pagination() kit.Pages {
	l := kit.Pages{Shown: v.F("共 %s 个", "%s in all", words.Count(v.total))}
	if v.query.Get("after") != "" {
		l.First = v.with("/areas", "", "")
	}
	if v.next != "" {
		l.Next = v.with("/areas", "after", v.next)
	}
	return l
}

// area is the address of one area, asked the same way.
func (v areaListPage) area(code string) string {
	q := url.Values{}
	for _, key := range []string{"demand", "day", "mode", "minutes"} {
		if s := v.query.Get(key); s != "" {
			q.Set(key, s)
		}
	}
	path := "/areas/" + code
	if len(q) > 0 {
		path += "?" + q.Encode()
	}
	return path
}

func (v areaListPage) mapView() web.MapView {
	m := page.GroundView(v.city)
	m.Label = v.T("重点区域地图", "Map of the key areas")
	m.Outline = v.with("/map/outline", "", "")
	box := geo.Nothing
	for _, one := range v.rows {
		if one.Area.Kind == area.KeyArea {
			box = box.Union(one.Area.Shape.Box())
		}
	}
	if !box.Empty() {
		m.Box = box.Pad(page.AroundGapM).Degrees()
	}
	return m
}

// met counts the verdicts of all areas with a target.
func (v areaListPage) met() (met, asked int) {
	for _, m := range v.measures.Areas {
		switch m.Verdict {
		case coverage.Met:
			met, asked = met+1, asked+1
		case coverage.Missed:
			asked++
		case coverage.NoTarget, coverage.NoDemand, coverage.NoKind:
		}
	}
	return met, asked
}

func (v areaListPage) when() string {
	if day := v.measures.Question.Day; day != nil {
		text := words.DateWords(v.Lang, *day)
		if kind := words.DayKind(v.Lang, *day); kind != "" {
			text += v.F("，%s", ", %s", kind)
		}
		return text
	}
	return v.F("平常的一周（%s 起）", "A usual week (from %s on)", words.DateWords(v.Lang, v.measures.Question.From))
}

func (v areaListPage) divisionOptions() []page.Option {
	var all []gb.Division
	for _, a := range v.city.Areas.Areas {
		all = append(all, a.Division)
	}
	chosen, _ := ask.Within(v.query)
	return page.DivisionOptions(v.Lang, all, chosen)
}

// orderOptions are the orders, for a reader whose address names none of them.
func (v areaListPage) orderOptions() []page.Option {
	return []page.Option{
		{Value: "", Text: v.T("按结果，没达标的在前", "By result, those that miss first"), On: true},
		{Value: "code", Text: v.T("按编号", "By code")},
		{Value: "name", Text: v.T("按名称", "By name")},
		{Value: "once", Text: v.T("按一个以上的最低值", "By the lowest of one or more")},
		{Value: "twice", Text: v.T("按两个以上的最低值", "By the lowest of two or more")},
		{Value: "demand", Text: v.T("按白天需求，多的在前", "By demand by day, the most first")},
	}
}

func (v areaListPage) verdictOptions() []page.Option {
	var out []page.Option
	for _, verdict := range coverage.Verdicts() {
		out = append(out, page.Option{Value: verdict.Key(), Text: VerdictWords(v.Lang, verdict), On: v.query.Get("verdict") == verdict.Key()})
	}
	return out
}

func (v areaListPage) dayValue() string {
	if day := v.measures.Question.Day; day != nil {
		return day.String()
	}
	return ""
}
