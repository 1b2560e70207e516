// Package starred is the pages of stars: why a station has its star, what its keeper and the office do about it, the office's list, a review
// of a whole division, and the rule in sentences.
package starred

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stars"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/words"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of stars.
type Pages struct {
	*page.Pages
	mu      sync.Mutex
	running string // the batch that this program works at
}

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{Pages: p} }

// oneView is one station's star, and why.
type oneView struct {
	web.Page
	station station.Station
	star    stars.Star
	there   bool // it was reviewed
	graded  stars.Graded
	lines   []line
	survey  stars.Survey
	appeals []stars.Appeal
	words   string // of the open appeal, for who may read it
	keeps   bool   // the reader keeps this station
	now     time.Time
	form    web.Refusal
	once    string
	done    string
}

// line is one measure: what was measured, for how many stars that is enough, and what one more asks for.
type line struct {
	name, value, next string
	enough            int
	missing           bool
}

// One answers GET /stations/{code}/star.
func (p *Pages) One(w http.ResponseWriter, r *http.Request) error {
	v, err := p.one(r)
	if err != nil {
		return err
	}
	v.done = doneWords(v.Lang, r.URL.Query().Get("done"))
	return v.Write(w, r, onePage(v))
}

func doneWords(l lang.Lang, done string) string {
	switch done {
	case "review":
		return l.T("已按现在的测量重新评定", "It was reviewed by what is measured now")
	case "survey":
		return l.T("核查结果记下了，重新评定时用", "The survey is noted; the next review goes by it")
	case "settle":
		return l.T("记下了：星级不变", "Noted: the star stays")
	case "lower":
		return l.T("已公开告知降星", "The lowering is announced")
	case "appeal":
		return l.T("申诉收到了，决定会写在下面", "The appeal is taken; the decision will be below")
	case "decide":
		return l.T("申诉已决定", "The appeal is decided")
	case "complaint":
		return l.T("投诉记下了，列入待复评", "The complaint is noted, and the station is to be reviewed")
	}
	return ""
}

func (p *Pages) one(r *http.Request) (v oneView, err error) {
	ctx := r.Context()
	v.Page = p.Site.Page(r, lang.Text{ZH: "星级", EN: "Stars"})
	if v.station, err = p.Stations.Get(ctx, r.PathValue("code")); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = page.NoStation(r.PathValue("code"))
		}
		return v, err
	}
	v.Page = p.Site.Page(r, lang.Text{ZH: "星级：" + v.station.Name, EN: "Stars: " + v.station.Name})
	v.now, v.once = p.Deps.Now(), rand.Text()
	v.Private = v.May(station.KeepDoor) || v.May(station.ReviewStars) || v.May(station.JudgeAppeals)
	if v.star, v.there, err = p.Stars.Of(ctx, v.station.Code); err != nil {
		return v, err
	}
	if v.survey, _, err = p.Stars.Surveyed(ctx, v.station.Code); err != nil {
		return v, err
	}
	if v.appeals, err = p.Stars.AppealsOf(ctx, v.station.Code); err != nil {
		return v, err
	}
	if v.there {
		facts, err := v.star.Measured()
		if err != nil {
			return v, err
		}
		if v.graded, err = facts.Grade(v.station.Code); err != nil {
			return v, err
		}
		v.lines = linesOf(v.Lang, facts)
	}
	if v.May(station.KeepDoor) {
		who, err := p.Who(r)
		if err != nil {
			return v, err
		}
		v.keeps = slices.Contains(station.Kept(who), v.station.Code)
	}
	if a, ok := v.open(); ok && (v.May(station.JudgeAppeals) || v.May(station.ReviewStars)) {
		who, err := p.Who(r)
		if err != nil {
			return v, err
		}
		if v.words, err = p.Stars.Words(ctx, who, a); err != nil && fault.KindOf(err) != fault.Denied {
			return v, err
		}
	}
	return v, nil
}

// open is the appeal that is not decided.
func (v oneView) open() (stars.Appeal, bool) {
	if len(v.appeals) == 0 || v.appeals[0].EndedAt != nil {
		return stars.Appeal{}, false
	}
	return v.appeals[0], true
}

// takes tells whether an appeal may be made now.
func (v oneView) takes() bool { return v.there && v.star.Appeal == "" && v.now.Before(v.star.AppealBy) }

// linesOf holds each measure against the floors of every star.
func linesOf(l lang.Lang, facts stars.Facts) (all []line) {
	f := stars.Rule()
	kinds := f.Rule.Measures()
	for _, top := range f.Rule.Grades[0].Floors {
		one := line{name: f.About.Name(top.Measure).In(l)}
		value, there := facts[top.Measure]
		one.missing = !there
		one.value = l.T("缺", "missing")
		if there {
			one.value = valueWords(l, kinds[top.Measure], value)
		}
		n, err := exact.Parse(value)
		for i, g := range slices.Backward(f.Rule.Grades) {
			star := stars.Most - i
			at := slices.IndexFunc(g.Floors, func(o rule.Floor) bool { return o.Measure == top.Measure })
			if at >= 0 && (err != nil || !holds(g.Floors[at], n)) {
				one.next = floorWords(l, star, g.Floors[at])
				break
			}
			one.enough = star
		}
		all = append(all, one)
	}
	return all
}

func holds(f rule.Floor, n exact.Number) bool {
	return (f.From == nil || !n.Less(*f.From)) && (f.To == nil || !f.To.Less(n))
}

func valueWords(l lang.Lang, kind rule.Kind, value string) string {
	switch {
	case kind == rule.YesNo && value == "1":
		return l.T("是", "yes")
	case kind == rule.YesNo:
		return l.T("否", "no")
	}
	return value
}

func floorWords(l lang.Lang, star int, f rule.Floor) string {
	switch {
	case f.Kind == rule.YesNo:
		return l.F("%s要“是”", "%s: yes", starWords(l, star))
	case f.From != nil:
		return l.F("%s要至少 %s", "%s: at least %s", starWords(l, star), f.From.String())
	}
	return l.F("%s要至多 %s", "%s: at most %s", starWords(l, star), f.To.String())
}

// starWords is a star in words.
func starWords(l lang.Lang, star int) string {
	if star < 1 || star > stars.Most {
		return l.T("没有星级", "no star")
	}
	f := stars.Rule()
	return f.About.Name(strconv.Itoa(star)).In(l)
}

// StarWords is starWords for other pages.
func StarWords(l lang.Lang, star int) string { return starWords(l, star) }

// missing are the names of what is missing.
func (v oneView) missing() string {
	f := stars.Rule()
	var names []string
	for _, m := range v.graded.Missing {
		names = append(names, f.About.Name(m).In(v.Lang))
	}
	return strings.Join(names, v.T("、", ", "))
}

func day(l lang.Lang, t time.Time) string {
	return words.DateWords(l, calendar.DateOf(t.In(calendar.China)))
}

// tells are the sentences under a star.
func (v oneView) tells() (all []string) {
	if !v.there {
		return []string{v.T("这一站还没有评过星。", "This station was not reviewed yet.")}
	}
	s := &v.star
	switch {
	case s.Lapsed(v.now):
		all = append(all, v.F("%[1]s评定的%[2]s已于%[3]s到期，现在没有星级。", "%[2]s of %[1]s ended on %[3]s: it has none now.", day(v.Lang, s.From), starWords(v.Lang, s.Star), day(v.Lang, s.Until)))
	case s.Now(v.now) == 0:
		all = append(all, v.F("%s评定，凭现有的测量够不上一星。", "Reviewed on %s: what is measured does not bear out one star.", day(v.Lang, s.From)))
	default:
		all = append(all, v.F("%[1]s评定，有效到%[2]s。", "Reviewed on %[1]s, until %[2]s.", day(v.Lang, s.From), day(v.Lang, s.Until)))
	}
	if len(v.graded.Missing) > 0 && s.AtMost > s.Star {
		all = append(all, v.F("最多可以到%[1]s，因为还缺：%[2]s。缺的不当作达到，也不当作零。", "It could come to %[1]s; missing for it: %[2]s. What is missing holds no floor, and is no zero.", starWords(v.Lang, s.AtMost), v.missing()))
	}
	return all
}

// path is an address of this station's star.
func (v oneView) path(more string) string { return starPath(v.station.Code) + more }

func starPath(code string) string { return "/stations/" + url.PathEscape(code) + "/star" }

// JSON answers GET /stations/{code}/star.json: what xiadu score takes.
func (p *Pages) JSON(w http.ResponseWriter, r *http.Request) error {
	one, there, err := p.Stars.Of(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	if !there {
		return fault.New(fault.NotFound, "这一站还没有评过星。", "This station was not reviewed yet.")
	}
	text, err := one.File()
	if err != nil {
		return err
	}
	page.FileHeader(w, "star-"+one.Station+".json", "application/json")
	_, err = w.Write(append(text, '\n'))
	return err
}

// act does what a form of the page asks, and shows it again where that was refused.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, done string, do func(who identity.Colleague, code string, seen int64) error) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "表单读不出来，请回到上一页再来一次。", "The form cannot be read: go back and try again.").Because(err)
	}
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	code := r.PathValue("code")
	seen, _ := strconv.ParseInt(r.PostForm.Get("seen"), 10, 64) // without one it is no version that anybody saw
	wrong := do(who, code, seen)
	if wrong == nil {
		http.Redirect(w, r, starPath(code)+"?done="+done, http.StatusSeeOther)
		return nil
	}
	v, err := p.one(r)
	if err != nil {
		return err
	}
	if v.form, err = v.Refused(r.PostForm, wrong); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.form.Status(), onePage(v))
}

// Review answers POST /stations/{code}/star/review.
func (p *Pages) Review(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "review", func(who identity.Colleague, code string, _ int64) error {
		_, err := p.Stars.Review(r.Context(), who, code)
		return err
	})
}

// Survey answers POST /stations/{code}/star/survey.
func (p *Pages) Survey(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "survey", func(who identity.Colleague, code string, _ int64) error {
		s := stars.Survey{Station: code, Day: strings.TrimSpace(r.PostForm.Get("day"))}
		for field, to := range map[string]**int{"area": &s.Area, "seats": &s.Seats} {
			text := strings.TrimSpace(r.PostForm.Get(field))
			if text == "" {
				continue
			}
			n, err := strconv.Atoi(text)
			if err != nil {
				return fault.At(field, fault.New(fault.Invalid, "请写整数；没有量就空着", "write a whole number, or leave it empty if it was not measured"))
			}
			*to = &n
		}
		for field, to := range map[string]**bool{"kit": &s.Kit, "supplies": &s.Supplies, "innovation": &s.Innovation, "as_posted": &s.AsPosted} {
			if text := r.PostForm.Get(field); text != "" {
				is := text == "yes"
				*to = &is
			}
		}
		return p.Stars.Survey(r.Context(), who, s)
	})
}

// Complaint answers POST /stations/{code}/star/complaint.
func (p *Pages) Complaint(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "complaint", func(who identity.Colleague, code string, _ int64) error {
		return p.Stars.NameComplaint(r.Context(), who, code, r.PostForm.Get("complaint"))
	})
}

// Settle answers POST /stations/{code}/star/settle.
func (p *Pages) Settle(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "settle", func(who identity.Colleague, code string, seen int64) error {
		return p.Stars.Settle(r.Context(), who, stars.Settling{Station: code, Seen: seen, Why: r.PostForm.Get("why")})
	})
}

// Lower answers POST /stations/{code}/star/lower.
func (p *Pages) Lower(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "lower", func(who identity.Colleague, code string, seen int64) error {
		to, err := strconv.Atoi(r.PostForm.Get("to"))
		if err != nil {
			to = stars.Most + 1 // nothing was chosen
		}
		_, err = p.Stars.Lower(r.Context(), who, stars.Lowering{Station: code, Seen: seen, To: to, Why: r.PostForm.Get("lower_why")})
		return fault.Renamed(err, "why", "lower_why")
	})
}

// Appeal answers POST /stations/{code}/star/appeal: of who keeps the station, or of the office.
func (p *Pages) Appeal(w http.ResponseWriter, r *http.Request) error {
	if v := p.Site.Page(r, listTitle); !v.SignedIn {
		http.Redirect(w, r, "/sign-in?"+url.Values{"back": {starPath(r.PathValue("code"))}}.Encode(), http.StatusSeeOther)
		return nil
	}
	return p.act(w, r, "appeal", func(who identity.Colleague, code string, _ int64) error {
		_, err := p.Stars.Appeal(r.Context(), who, stars.Appealing{Station: code, What: r.PostForm.Get("what"), Form: r.PostForm.Get("once")})
		return err
	})
}

// Decide answers POST /stations/{code}/star/decide.
func (p *Pages) Decide(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "decide", func(who identity.Colleague, code string, seen int64) error {
		move := r.PostForm.Get("move")
		if move != "uphold" && move != "dismiss" && r.PostForm.Get("appeal") != "" {
			return fault.At("move", fault.New(fault.Invalid, "请选成立或不成立", "choose to uphold or to dismiss it"))
		}
		_, err := p.Stars.Decide(r.Context(), who, stars.Deciding{Station: code, Appeal: r.PostForm.Get("appeal"), Seen: int(seen), Uphold: move == "uphold", Why: r.PostForm.Get("decide_why")})
		return fault.Renamed(err, "why", "decide_why")
	})
}
