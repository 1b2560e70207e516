// Package office is where who holds a contest begins: the form of a new one, how far one is, and the one thing to do next.
//
// What may be done is said by the use cases; a page shows what they would take now, and each form carries the version that was
// seen. A form that was overtaken comes back with all that was typed and the contest as it is now.
package office

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Pages are those of the office.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

var officeTitle = lang.Text{ZH: "组织评审", EN: "Organise"}

// view is a contest as its office sees it.
type view struct {
	page.Contest
	office   string
	counts   map[entry.State]int
	panel    page.Panel
	lined    map[string]bool // parts whose order stands
	runs     int
	shown    int // of them
	releases []release.Release
	values   url.Values
	wrong    []string // in a rule's file
	done     string
	over     bool // the time of the call is over
}

// Office answers how far a contest is.
func (p *Pages) Office(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.view(r)
	if err != nil {
		return err
	}
	v.done = v.doneWords(r.URL.Query().Get("done"))
	return v.Write(w, r, officePage(v))
}

func (p *Pages) view(r *http.Request) (v view, who identity.Colleague, err error) {
	v.values = url.Values{}
	if v.Contest, who, err = p.Held(r, officeTitle); err != nil {
		return v, who, err
	}
	v.Title = v.Event.Title
	ctx, code := r.Context(), v.Event.Code
	v.over = v.Event.Until != nil && !p.Now().Before(*v.Event.Until)
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		v.lined, v.runs, v.shown = map[string]bool{}, 0, 0
		if v.counts, err = entry.Counts(tx, code); err != nil {
			return err
		}
		runs, err := hall.Runs(tx, code)
		for _, one := range runs {
			v.lined[one.Part] = true
			if one.State != hall.Interrupted {
				v.runs++
			}
			if one.State == hall.Shown || one.State == hall.Forfeit {
				v.shown++
			}
		}
		return err
	})
	if err != nil {
		return v, who, err
	}
	if v.panel, err = p.Panel(ctx, &v.Event); err != nil {
		return v, who, err
	}
	if v.releases, err = p.Releases.List(ctx, code); err != nil {
		return v, who, err
	}
	names, err := p.Names(r, v.Event.Office)
	v.office = names[v.Event.Office]
	return v, who, err
}

// act does what a form asks for, and leads back; what is refused comes back with the reason.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, done string, do func(context.Context, *view, identity.Colleague) error) error {
	if err := send(r); err != nil {
		return err
	}
	v, who, err := p.view(r)
	if err != nil {
		return err
	}
	if err = do(r.Context(), &v, who); err == nil {
		http.Redirect(w, r, page.At(v.Event.Code, "office")+"?done="+done, http.StatusSeeOther)
		return nil
	}
	v.values = r.PostForm
	return v.Again(w, r, err, func() templ.Component { return officePage(v) })
}

// Call has the contest take entries until a time, or until another.
func (p *Pages) Call(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "call", func(ctx context.Context, v *view, who identity.Colleague) error {
		until, err := page.Time(r.PostForm.Get("until"))
		if err != nil {
			return fault.At("until", err)
		}
		_, err = p.Events.Call(ctx, who, v.Event.Code, page.Seen(r.PostForm), until)
		return err
	})
}

// Rule gives the contest another rule.
func (p *Pages) Rule(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "rule", func(ctx context.Context, v *view, who identity.Colleague) error {
		f, wrong, err := chosen(v.Lang, r)
		if err != nil {
			v.wrong = wrong
			return err
		}
		_, err = p.Events.SetRule(ctx, who, v.Event.Code, page.Seen(r.PostForm), f)
		return err
	})
}

// Cancel ends the contest.
func (p *Pages) Cancel(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "cancel", func(ctx context.Context, v *view, who identity.Colleague) error {
		_, err := p.Events.Cancel(ctx, who, v.Event.Code, page.Seen(r.PostForm), r.PostForm.Get("why"))
		return err
	})
}

// Shortlist ends the review.
func (p *Pages) Shortlist(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "shortlist", func(ctx context.Context, v *view, who identity.Colleague) error {
		_, err := p.Entries.Shortlist(ctx, who, v.Event.Code, page.Seen(r.PostForm))
		return err
	})
}

// Release puts the contest's public file out.
func (p *Pages) Release(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "release", func(ctx context.Context, v *view, who identity.Colleague) error {
		if n, err := strconv.Atoi(r.PostForm.Get("after")); err == nil && n < len(v.releases) {
			return overtaken()
		}
		_, err := p.Releases.Release(ctx, who, v.Event.Code, r.PostForm.Get("reason"))
		return err
	})
}

func (v view) doneWords(key string) string {
	switch key {
	case "begun":
		return v.T("评审建好了，规则的散列已经写进公开日志", "The contest is there, and the hash of its rule is in the public log")
	case "call":
		return v.T("征集时间已经公布", "The time of the call is announced")
	case "rule":
		return v.T("规则已经换好", "The contest has this rule now")
	case "cancel":
		return v.T("评审已经取消", "The contest is cancelled")
	case "shortlist":
		return v.T("初审结束：入围作品有了编号，承诺已经公布", "Review is over: what was shortlisted has numbers, and the commitments are published")
	case "release":
		return v.T("公开文件已经公布", "The public file is out")
	}
	return ""
}

// way are the states of a contest, in their order.
var way = []contest.State{contest.Prepared, contest.Called, contest.Reviewed, contest.Drawn, contest.Hall, contest.Judged, contest.Publicity, contest.Final}

// steps is the way that the contest goes.
func (v view) steps() (all []kit.Step) {
	now := v.Event.State
	for _, s := range way {
		one := kit.Step{Name: s.Name().In(v.Lang), State: kit.StepAhead}
		switch {
		case s == now:
			one.State = kit.StepNow
		case now.After(s):
			one.State = kit.StepDone
		}
		if s == contest.Called && v.Event.Until != nil {
			one.Says = v.F("到 %s", "until %s", page.When(v.Lang, *v.Event.Until))
		}
		if s == contest.Hall && v.runs > 0 {
			one.Says = v.F("%d／%d 已公布", "%d of %d revealed", v.shown, v.runs)
		}
		all = append(all, one)
	}
	return all
}

// next is the one thing to do now: a sentence and where it is done.
type next struct {
	says, button, href string
	icon               web.Icon
	shortlist, release bool // the button is a form's
}

func (v view) next() next {
	switch v.Event.State {
	case contest.Prepared:
		return next{says: v.T("定一个申报截止时间，开始征集。", "Set a time until which units submit, and call for entries."), button: v.T("开始征集", "Call for entries"), href: "#call", icon: web.IconArrow}
	case contest.Called:
		return v.nextCalled()
	case contest.Reviewed, contest.Drawn:
		return v.nextReviewed()
	case contest.Hall:
		return next{says: v.F("现场评审进行中：%d 个展示公布了 %d 个。打分、计时和复核在计分台。", "Judging is under way: of %d runs %d are revealed. The desk has the clock, marks and checks.", v.runs, v.shown), button: v.T("看公开页", "The public page"), href: page.At(v.Event.Code), icon: web.IconPublic}
	case contest.Judged, contest.Publicity, contest.Final:
		if len(v.releases) == 0 {
			return next{says: v.T("成绩全部公布了。把公开文件放出去，任何人都能用它重算每一个总分；编号代表谁也同时公开。", "Everything is revealed. Release the public file, from which anybody computes every total again; whom numbers stand for is told with it."), button: v.T("公布公开文件", "Release the public file"), icon: web.IconPublic, release: true}
		}
		return next{says: v.F("公开文件已公布 %d 次。公示、异议和定榜在另一页。", "The public file was released %d times. Publicity, objections and the final list have a page of their own.", len(v.releases)), button: v.T("公示和异议", "Publicity and objections"), href: page.At(v.Event.Code, "objections"), icon: web.IconPublic}
	case contest.Cancelled:
	}
	return next{}
}

func (v view) nextCalled() next {
	waiting := v.counts[entry.Submitted]
	list := page.At(v.Event.Code, "office", "entries")
	switch {
	case waiting > 0:
		return next{says: v.F("%d 件作品等着初审。", "%d entries wait for review.", waiting), button: v.T("去初审", "Review them"), href: list + "?state=" + string(entry.Submitted), icon: web.IconPaper}
	case !v.over:
		return next{says: v.F("单位可以申报到 %s。来一件审一件，截止以后再确定入围。", "Units submit until %s. Review what comes; the shortlist is made after that.", page.When(v.Lang, *v.Event.Until)), button: v.T("看作品", "The entries"), href: list, icon: web.IconPaper}
	case v.counts[entry.Accepted] == 0:
		return next{says: v.T("申报截止了，还没有通过初审的作品。可以改截止时间，或者把纸上收到的录进来。", "The time is over, and nothing was accepted. Set a later time, or type in what came on paper."), button: v.T("改截止时间", "Set another time"), href: "#call", icon: web.IconClock}
	}
	return next{
		says:   v.F("%d 件通过了初审。确定入围以后，作品得到随机编号，名单的承诺写进公开日志，初审不能再改。", "%d were accepted. Shortlisting gives them numbers by chance and puts the commitments into the public log; nothing of the review changes afterwards.", v.counts[entry.Accepted]),
		button: v.F("确定 %d 件入围", "Shortlist %d", v.counts[entry.Accepted]), icon: web.IconCheck, shortlist: true,
	}
}

func (v view) nextReviewed() next {
	seats, order := page.At(v.Event.Code, "office", "seats"), page.At(v.Event.Code, "office", "order")
	recusals, _ := v.panel.Open()
	missing := v.missingSeats()
	switch {
	case v.Event.State == contest.Reviewed && !v.firstLined():
		return next{says: v.T("约定用哪一个将来的公开号码来抽签，展示顺序由它决定。", "Commit to a future public number that decides the order."), button: v.T("去抽签", "Draw the order"), href: order, icon: web.IconSort}
	case missing > 0 || len(v.panel.Seats) == 0:
		return next{says: v.T("评委席还没有安排好。", "Seats are still to be given."), button: v.T("安排评委席", "Give seats"), href: seats, icon: web.IconPeople}
	case recusals > 0:
		return next{says: v.F("评委和作品之间有 %d 处要回避，还没有办。", "%d recusals are still to be made.", recusals), button: v.T("去办回避", "Recuse"), href: seats, icon: web.IconWarning}
	case !v.firstLined():
		return next{says: v.T("还有环节没有抽签。", "A part has no order yet."), button: v.T("去抽签", "Draw the order"), href: order, icon: web.IconSort}
	}
	return next{says: v.T("都准备好了，等现场开始：计分员在计分台请第一个上场，规则从那时起不能再改。", "All is ready. In the hall the scorekeeper calls the first entry, and from then on the rule stands."), button: v.T("看公开页", "The public page"), href: page.At(v.Event.Code), icon: web.IconPublic}
}

// firstLined tells whether each judged part of the first stage has its order.
func (v view) firstLined() bool {
	for _, p := range page.Parts(&v.Event) {
		if p.Stage == 0 && !v.lined[p.Key] {
			return false
		}
	}
	return true
}

func (v view) missingSeats() int { return max(0, page.Wanted(&v.Event)-len(v.panel.Seats)) }

// want is something that is still wanting before the hall, with where it is mended.
type want struct{ says, href string }

func (v view) wants() (all []want) {
	s := v.Event.State
	if s == contest.Cancelled || s.After(contest.Drawn) {
		return nil
	}
	seats := page.At(v.Event.Code, "office", "seats")
	if n := v.missingSeats(); n > 0 {
		all = append(all, want{v.F("还缺 %d 位评委（规则要 %d 位）", "%d judges are missing; the rule wants %d", n, page.Wanted(&v.Event)), seats})
	} else if len(v.panel.Seats) == 0 {
		all = append(all, want{v.T("还没有评委", "There is no judge yet"), seats})
	}
	recusals, questions := v.panel.Open()
	if recusals > 0 {
		all = append(all, want{v.F("%d 处要回避还没有办", "%d recusals are not made yet", recusals), seats})
	}
	if questions > 0 {
		all = append(all, want{v.F("%d 处单位名称相像，要人看一眼", "%d names may be one unit's: somebody has to look", questions), seats})
	}
	if s == contest.Called && v.counts[entry.Submitted] > 0 {
		all = append(all, want{v.F("%d 件等着初审", "%d wait for review", v.counts[entry.Submitted]), page.At(v.Event.Code, "office", "entries") + "?state=submitted"})
	}
	for _, p := range page.Parts(&v.Event) {
		if p.Stage == 0 && !v.lined[p.Key] {
			all = append(all, want{v.F("“%s”还没有抽签", "%q has no order yet", p.Name.In(v.Lang)), page.At(v.Event.Code, "office", "order")})
		}
	}
	return all
}

func (v view) mayRule() bool {
	return v.Event.State != contest.Cancelled && !v.Event.State.After(contest.Drawn)
}

func (v view) mayCall() bool {
	return v.Event.State == contest.Prepared || v.Event.State == contest.Called
}

func (v view) value(name, known string) string {
	if v.values.Has(name) {
		return v.values.Get(name)
	}
	return known
}

func trimmed(f url.Values, name string) string { return strings.TrimSpace(f.Get(name)) }

// ruleTitle is what people call the contest's rule.
func ruleTitle(v web.Page, e *event.Event) string {
	if t := e.Rule.About.Title.In(v.Lang); t != "" {
		return t
	}
	return v.T("自带的规则文件", "a rule of its own")
}
