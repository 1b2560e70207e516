package public

import (
	"bytes"
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/board"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/published"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

const (
	mapAt    = "/complaints/map"
	pointsAt = "/complaints/map.geojson"
	mapPage  = 20
)

// mapView is the published letters, on a map and as a list.
type mapView struct {
	web.Page
	query     board.Query
	form      web.Form
	campaigns []campaign.Campaign // that something was published of
	all       int                 // letters that were published of what is asked about
	found     []*board.Letter
	part      []*board.Letter
	next      string
	without   int // of those found, that have no place
	states    map[board.State]int
	ground    *web.MapView
}

var stateNames = []struct {
	state board.State
	name  lang.Text
}{
	{board.Working, lang.Text{ZH: "办理中", EN: "in hand"}},
	{board.Staged, lang.Text{ZH: "阶段性办结", EN: "closed for a stage"}},
	{board.Closed, lang.Text{ZH: "已销号", EN: "closed"}},
}

// Map answers the map and the list beside it.
func (p *Pages) Map(w http.ResponseWriter, r *http.Request) error {
	v := mapView{Page: p.Site.Page(r, lang.Text{ZH: "信访地图", EN: "Map of complaints"})}
	v.Describe = v.T("公开过的信访件在哪里、办到哪一步；点是挪动过的，找不到谁家。", "Where published complaints are and how far; points are moved, so that nobody's home is found.")
	b, err := p.Board.Now(r.Context())
	if err != nil {
		return err
	}
	if err := shownCampaigns(p, r, b, &v); err != nil {
		return err
	}
	q, wrong := mapQuery(r.URL.Query(), v.campaigns)
	if v.form, err = v.Filled(r.URL.Query(), wrong); err != nil {
		return err
	}
	if !v.form.Right() {
		return v.WriteStatus(w, r, v.form.Status(), mapPageOf(v))
	}
	v.query, v.all, v.found = q, len(b.Select(board.Query{Campaign: q.Campaign})), b.Select(q)
	_, v.without = board.Spots(v.found)
	v.states = map[board.State]int{}
	for _, l := range v.found {
		v.states[l.State]++
	}
	v.part, v.next = board.Page(v.found, q.After, mapPage)
	if ground, is := p.Ground(); is && v.without < len(v.found) {
		ground.Label, ground.Letters = v.T("信访地图：点一个圆，看那里的信访件", "Map of complaints: tap a circle for the letters there"), address(pointsAt, q.Values())
		v.ground = &ground
	}
	return v.Write(w, r, mapPageOf(v))
}

// shownCampaigns are those of which something hangs on the board.
func shownCampaigns(p *Pages, r *http.Request, b *board.Board, v *mapView) error {
	all, err := p.Campaigns.List(r.Context(), "", mostListed)
	for _, c := range all {
		for _, l := range b.Letters {
			if l.Campaign == c.Code {
				v.campaigns = append(v.campaigns, c)
				break
			}
		}
	}
	return err
}

// mapQuery reads an address; where it names no inspection it is about all.
func mapQuery(values url.Values, campaigns []campaign.Campaign) (board.Query, error) {
	q, err := board.ParseQuery(values)
	known := q.Campaign == ""
	for _, c := range campaigns {
		known = known || c.Code == q.Campaign
	}
	if !known {
		err = errors.Join(err, fault.At("campaign", fault.New(fault.Invalid, "“%[1]s”没有公开过什么，请从列表里选", "nothing was published of %[1]q: choose from the list", lang.Short(q.Campaign))))
	}
	return q, err
}

// Points is the same as GeoJSON: a feature for each place, all of them at once. Letters that are shown at one place are one
// feature, so that there are never more than cells of the city.
func (p *Pages) Points(w http.ResponseWriter, r *http.Request) error {
	b, err := p.Board.Now(r.Context())
	if err != nil {
		return err
	}
	q, err := board.ParseQuery(r.URL.Query())
	if err != nil {
		return err
	}
	spots, without := board.Spots(b.Select(q))
	var out bytes.Buffer
	err = sheet.WriteMap(&out, map[string]any{"without_a_place": without}, func(yield func(sheet.Mark) bool) {
		for _, s := range spots {
			at := q
			at.At = s.ID()
			mark := sheet.Mark{
				Type: "Feature", ID: s.ID(), Geometry: sheet.Place{Type: "Point", Coordinates: [2]float64{s.At.Lon, s.At.Lat}},
				Properties: map[string]any{"id": s.ID(), "n": s.N(), "state": s.State(), "working": s.Working, "staged": s.Staged, "closed": s.Closed, "href": address(mapAt, at.Values()) + "#list"},
			}
			if !yield(mark) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/geo+json")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(out.Bytes()) // whoever left is not waited for
	return nil
}

func address(path string, v url.Values) string {
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// receipt is that of the count of all letters of an inspection.
func (v mapView) receipt() string {
	code := v.query.Campaign
	if code == "" && len(v.campaigns) == 1 {
		code = v.campaigns[0].Code
	}
	if code == "" {
		return ""
	}
	return figure.Path(published.Counts, published.Params(code, 0))
}

// filtered reports whether something is chosen, or has to be mended.
func (v mapView) filtered() bool {
	return !v.form.Right() || v.query.Campaign != "" || v.query.State != "" || v.query.Kind != "" || table.DayText(v.query.From)+table.DayText(v.query.Until) != ""
}

// anywhere is the same question without the point.
func (v mapView) anywhere() string {
	q := v.query
	q.At = ""
	return address(mapAt, q.Values())
}

func (v mapView) pages() kit.Pages {
	begin := 0
	for i, l := range v.found {
		if len(v.part) > 0 && l == v.part[0] {
			begin = i
		}
	}
	to := kit.Pages{Shown: v.F("第 %[1]d–%[2]d 件，共 %[3]d 件信访件", "letters %[1]d–%[2]d of %[3]d", begin+1, begin+len(v.part), len(v.found))}
	if begin > 0 {
		to.First = address(mapAt, v.query.Values()) + "#list"
	}
	if v.next != "" {
		values := v.query.Values()
		values.Set("after", v.next)
		to.Next = address(mapAt, values) + "#list"
	}
	return to
}

func (v mapView) stateOptions() (all []web.Option) {
	for _, s := range stateNames {
		all = append(all, web.Option{Value: string(s.state), Text: s.name.In(v.Lang), On: v.form.Value("state", string(v.query.State)) == string(s.state)})
	}
	return all
}

func (v mapView) kindOptions() (all []web.Option) {
	for k := range complaint.Kinds() {
		name := k.Name()
		all = append(all, web.Option{Value: k.Key(), Text: name.In(v.Lang), On: v.form.Value("kind", v.query.Kind) == k.Key()})
	}
	return all
}

func (v mapView) campaignOptions() (all []web.Option) {
	for _, c := range v.campaigns {
		all = append(all, web.Option{Value: c.Code, Text: c.Name, On: v.form.Value("campaign", v.query.Campaign) == c.Code})
	}
	return all
}

// line is what a letter of the list says of itself, in a line.
func (v mapView) line(l *board.Letter) string {
	var names []string
	for _, k := range l.Row.Kinds {
		name := k.Name()
		names = append(names, name.In(v.Lang))
	}
	return strings.Join(names, v.T("、", ", ")) + " · " + cmp.Or(l.Row.Region, l.Row.Division.Name().In(v.Lang)) + " · " + v.F("%s 收到", "received on %s", calendar.DateOf(l.Received.In(calendar.China)).String())
}

// next is what comes next of a stage-closed letter, and who owes it.
func (v mapView) owed(l *board.Letter) string {
	if l.State != board.Staged {
		return ""
	}
	return v.F("下一步 %[1]s，由%[2]s负责", "next step on %[1]s, by %[2]s", l.Next, l.Owes)
}

func (v mapView) to(l *board.Letter) string {
	return letterAt(l.Campaign, table.Row{Code: l.Code, Batch: l.Batch})
}

func (v mapView) count(s board.State) string { return strconv.Itoa(v.states[s]) }
