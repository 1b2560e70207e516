// Package checks is the page of those who go out to check and of those who sign off: what waits for them, the nearest
// due first, only what they may really decide, and why the rest is for others.
//
// It begins on a phone at the site: where it is, how it looked, what was promised, and one button for what
// neighbours say; the steps themselves are those of the problem's page.
package checks

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// Pages are those of checkers and signers.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

const at = "/complaints/checks"

var title = lang.Text{ZH: "待核查和签字", EN: "To be checked and signed off"}

type view struct {
	web.Page
	campaign string
	now      time.Time
	names    map[string]string
	groups   []group
}

// group is what waits in one stage.
type group struct {
	stage  string
	mine   []entry
	others []entry
	next   string
}

// entry is a problem that waits, with what one needs on site.
type entry struct {
	problem.Waiting
	measures  []problem.Measure
	photos    []kit.Photo // how it was, and how it is said to be
	letters   []letter.Letter
	suspected bool // a photo may be an old one
	heard     int  // letters of which somebody said something since
	barred    []string
}

// shown bounds what one page has of a stage.
const shown = 20

// List is what waits.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) error {
	who, ok, err := p.Inside(w, r)
	if !ok {
		return err
	}
	v := view{Page: p.Site.Page(r, title), now: p.Now()}
	v.Private, v.Unlisted = true, true
	if !v.May(complaint.Check) && !v.May(complaint.SignOff) {
		return fault.New(fault.Denied, "您的角色看不到这一页。需要时请找授权管理员。", "Your roles do not open this page. If you need it, ask the grants administrator.")
	}
	c, _, err := p.Campaign(r)
	if err != nil {
		return err
	}
	v.campaign = c.Code
	stages := problem.WaitingStages()
	if one := r.URL.Query().Get("stage"); slices.Contains(stages, one) {
		stages = []string{one}
	}
	after, err := page.Mark(r.URL.Query())
	if err != nil {
		return err
	}
	var leads []string
	for _, stage := range stages {
		all, next, err := problem.WaitingFor(r.Context(), p.Problems, who, problem.Filter{Campaign: c.Code, Stage: stage, After: after, Limit: shown})
		if err != nil {
			return err
		}
		g := group{stage: stage}
		if next != (problem.Mark{}) {
			g.next = page.With(at, nil, "campaign", c.Code, "stage", stage, "after", page.MarkText(next))
		}
		for _, one := range all {
			leads = append(leads, one.Lead)
			e := entry{Waiting: one}
			for _, b := range one.Barred {
				why := told(v.Lang, b.Why)
				if !slices.Contains(e.barred, why) {
					e.barred = append(e.barred, why)
				}
			}
			if len(one.May) == 0 {
				g.others = append(g.others, e)
				continue
			}
			g.mine = append(g.mine, e)
		}
		v.groups = append(v.groups, g)
	}
	if err := p.fill(r.Context(), &v); err != nil {
		return err
	}
	if v.names, err = p.Names(r.Context(), leads...); err != nil {
		return err
	}
	return v.Write(w, r, list(v))
}

// fill reads what one needs on site, as one snapshot.
func (p *Pages) fill(ctx context.Context, v *view) error {
	return p.DB.View(ctx, func(tx *db.Tx) error {
		for g := range v.groups {
			for i := range v.groups[g].mine {
				if err := p.onSite(tx, v.Page, &v.groups[g].mine[i]); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (p *Pages) onSite(tx *db.Tx, q web.Page, e *entry) (err error) {
	if e.measures, err = problem.Measures(tx, e.ID); err != nil {
		return err
	}
	if e.letters, err = letter.Of(tx, e.ID); err != nil {
		return err
	}
	words, err := problem.Words(tx, e.Problem)
	if err != nil {
		return err
	}
	for _, l := range e.letters {
		if slices.ContainsFunc(words, func(w problem.Word) bool { return w.Letter == l.ID }) {
			e.heard++
		}
	}
	return p.shown(tx, q, e)
}

// shown are the photos that tell most: how it was, how the unit says that it is, what checkers saw. The problem's
// page has all of them.
func (p *Pages) shown(tx *db.Tx, q web.Page, e *entry) error {
	of, err := e.shots(tx, e.Evidence())
	if err != nil {
		return err
	}
	var done []evidence.Item
	for _, m := range e.measures {
		more, err := e.shots(tx, m.Evidence())
		if err != nil {
			return err
		}
		done = append(done, more...)
	}
	var all []photos.Shown
	add := func(zh, en string, item evidence.Item) {
		all = append(all, photos.Shown{Item: item, Caption: q.T(zh, en) + page.Day(q.Lang, item.At)})
	}
	byUnit := func(i evidence.Item) bool { return strings.HasPrefix(i.By, "complaint.unit") }
	if i := slices.IndexFunc(of, byUnit); i >= 0 {
		if e.untrue() {
			add("单位核查时，", "When the unit looked, ", of[i])
		} else {
			add("整改前，", "Before, ", of[i])
		}
	}
	if n := len(done); n > 0 {
		add("单位说整改后，", "After, as the unit says, ", done[n-1])
	}
	const mostSeen = 2
	var seen []evidence.Item
	for _, i := range of {
		if !byUnit(i) {
			seen = append(seen, i)
		}
	}
	for _, i := range seen[max(0, len(seen)-mostSeen):] {
		add("核查组所见，", "As checkers saw it, ", i)
	}
	e.photos = p.Photos.Strip(q, all)
	return nil
}

// shots are the photos of a subject, the first that came first, and whether one of them may be an old one.
func (e *entry) shots(tx *db.Tx, subject string) ([]evidence.Item, error) {
	items, err := evidence.Items(tx, complaint.System, subject)
	if err != nil {
		return nil, err
	}
	items = slices.DeleteFunc(items, func(i evidence.Item) bool { return i.Kind != complaint.System+"."+complaint.ProofPhoto })
	for _, i := range items {
		asked, err := evidence.Likenesses(tx, i.ID)
		if err != nil {
			return nil, err
		}
		for _, q := range asked {
			e.suspected = e.suspected || q.A == i.ID && (q.Answer == "" || q.Answer == evidence.Same)
		}
	}
	return items, nil
}

// untrue reports whether the unit found the problem untrue, so that there is nothing to put right.
func (e entry) untrue() bool { return e.Verdict == complaint.Untrue.Key() }

// moveName is what a step is called.
func moveName(l lang.Lang, key string) string {
	m, _ := complaint.Problem.Move(key)
	return m.Name.In(l)
}

// asksWords reports whether a step wants to know what people say.
func (e entry) asksWords() bool {
	return slices.ContainsFunc(e.May, func(key string) bool {
		return slices.Contains([]string{"check", "check-against", "accept", "check-too", "confirm"}, key)
	})
}

func (v view) nothing() bool {
	for _, g := range v.groups {
		if len(g.mine)+len(g.others) > 0 {
			return false
		}
	}
	return true
}

// told is a refusal in words.
func told(l lang.Lang, err error) string {
	text, _ := fault.In(l, err)
	return text
}

// onward reports whether a step leads on, and not back.
func onward(key string) bool { return !slices.Contains([]string{"fail", "refuse", "doubt"}, key) }
