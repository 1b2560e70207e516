// Package visits is the pages of 现场督办: the rounds of a supervisor, one to be planned, a round with its map, and a stop of
// it, where what was promised stands beside what is seen.
//
// A round and its stops are one bundle that a phone keeps: they work without a signal, with the same forms (data-act), and without
// scripts as ordinary ones. So they answer alike each time: days are told, and never how long until then.
package visits

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Path is where the rounds are.
const Path = "/complaints/visits"

// Pages are those of supervisors.
type Pages struct {
	*page.Pages
	site http.Handler // that answers for the parts of a bundle
}

// New returns them. The site answers for what a phone keeps.
func New(p *page.Pages, site http.Handler) *Pages { return &Pages{p, site} }

const see = http.StatusSeeOther

// of is the address of a round, and stopAt that of a stop.
func of(round string) string           { return Path + "/" + round }
func stopAt(round, code string) string { return of(round) + "/" + code }

// enter admits whoever supervises, coordinates or looks at all; the use cases ask where.
func (p *Pages) enter(w http.ResponseWriter, r *http.Request, title lang.Text) (who identity.Colleague, v web.Page, ok bool, err error) {
	if who, ok, err = p.Inside(w, r); !ok {
		return who, v, false, err
	}
	v = p.Site.Page(r, title)
	v.Private, v.Unlisted = true, true
	if !v.May(complaint.Supervise) && !v.May(complaint.Coordinate) && !v.May(complaint.Look) {
		return who, v, false, fault.New(fault.Denied, "您的角色看不到这一页。需要时请找授权管理员。", "Your roles do not open this page. If you need it, ask the grants administrator.")
	}
	return who, v, true, nil
}

type listView struct {
	web.Page
	campaign campaign.Campaign
	mine     bool
	plans    bool // who reads may plan one
	today    calendar.Date
	ahead    []visit.Listed
	before   []visit.Listed
	pages    kit.Pages
}

var listTitle = lang.Text{ZH: "现场督办", EN: "On-site visits"}

// List is the rounds: those of today and ahead, then those that were.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) error {
	who, q, ok, err := p.enter(w, r, listTitle)
	if !ok {
		return err
	}
	v := listView{Page: q, today: calendar.DateOf(p.Now().In(calendar.China)), plans: q.May(complaint.Supervise) || q.May(complaint.Coordinate)}
	if v.campaign, _, err = p.Campaign(r); err != nil {
		return err
	}
	v.mine = r.URL.Query().Get("of") != "all" && v.May(complaint.Supervise)
	day, id, _ := strings.Cut(r.URL.Query().Get("after"), " ")
	all, next, err := p.Visits.List(r.Context(), who, visit.Filter{Campaign: v.campaign.Code, Mine: v.mine, After: visit.Mark{Day: day, ID: id}})
	if err != nil {
		return err
	}
	for _, one := range all {
		if one.Day >= v.today.String() {
			v.ahead = append([]visit.Listed{one}, v.ahead...) // the nearest first
		} else {
			v.before = append(v.before, one)
		}
	}
	v.pages.Shown = v.F("这一页 %d 次", "%d on this page", len(all))
	if day != "" {
		v.pages.First = v.at("after", "")
	}
	if next != (visit.Mark{}) {
		v.pages.Next = v.at("after", next.Day+" "+next.ID)
	}
	return v.Write(w, r, list(v))
}

func (v listView) at(set ...string) string {
	q := url.Values{"campaign": {v.campaign.Code}}
	if !v.mine {
		q.Set("of", "all")
	}
	return page.With(Path, q, set...)
}

func (v listView) tabs() []kit.Tab {
	return []kit.Tab{
		{Href: v.at("of", ""), Text: v.T("我的", "Mine"), Here: v.mine},
		{Href: v.at("of", "all"), Text: v.T("全部", "All"), Here: !v.mine},
	}
}

// named is the day of a round, as its readers write it.
func (v listView) named(day string) string {
	if day == v.today.String() {
		return v.T("今天，", "Today, ") + page.DayText(v.Lang, day)
	}
	return page.DayText(v.Lang, day)
}

// state is how far a round is.
func state(p web.Page, r visit.Listed) (web.Tone, web.Icon, string) {
	switch {
	case r.Cancelled:
		return web.ToneBad, web.IconClose, p.T("已取消", "cancelled")
	case r.Visited >= r.Stops:
		return web.ToneGood, web.IconCheck, p.T("都看过了", "all seen")
	case r.Visited > 0:
		return web.ToneLook, web.IconClock, p.F("看了 %[1]d 站，还有 %[2]d 站", "%[1]d seen, %[2]d to go", r.Visited, r.Stops-r.Visited)
	}
	return web.ToneQuiet, web.IconWait, p.T("还没有去", "not yet made")
}

func modeName(p web.Page, m visit.Mode) string {
	if m == visit.Walk {
		return p.T("步行", "on foot")
	}
	return p.T("驾车", "by car")
}

// far is a length, and long how long it takes.
func far(p web.Page, metres int) string {
	if metres < 1000 {
		return p.F("%d 米", "%d m", metres)
	}
	return strconv.FormatFloat(float64(metres)/1000, 'f', 1, 64) + p.T(" 公里", " km")
}

func long(p web.Page, seconds int) string {
	const minute, hour = 60, 60
	minutes := max(1, (seconds+minute/2)/minute)
	if minutes < hour {
		return p.F("%d 分钟", "%d min", minutes)
	}
	return p.F("%[1]d 小时 %[2]d 分钟", "%[1]d h %[2]d min", minutes/hour, minutes%hour)
}
