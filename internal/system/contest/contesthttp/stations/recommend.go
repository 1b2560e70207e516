package stations

import (
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/web"
)

// deskView is the page of who recommends in a division.
type deskView struct {
	page.Contest
	at     gb.Division
	quotas []share
	state  nomination.State
	all    []nomination.Nomination
	next   string
	done   string
}

var deskTitle = lang.Text{ZH: "推荐驿站", EN: "Recommend stations"}

// recommender is the role of who recommends.
const recommender = "contest.recommender"

// where is the division for which somebody recommends in a selection: their own, or the selection's where theirs is wider.
func where(who identity.Colleague, of gb.Division) gb.Division {
	for _, g := range who.Grants {
		if d := g.Scope.Division; g.Role == recommender && d.Valid() && d != of && d.Within(of) {
			return d
		}
	}
	return of
}

// enter is a page for who recommends; who does not is refused before anything is read.
func (p *Pages) enter(r *http.Request) (v deskView, who identity.Colleague, err error) {
	if v.Contest, who, err = p.Inside(r, deskTitle, "recommend"); err != nil {
		return v, who, err
	}
	v.at = where(who, v.Event.Division)
	return v, who, p.Admitted(r.Context(), who, right.In(v.at), contest.Recommend)
}

func (p *Pages) desk(r *http.Request) (v deskView, who identity.Colleague, err error) {
	if v, who, err = p.enter(r); err != nil {
		return v, who, err
	}
	if v.quotas, err = p.shares(r, v.Event.Code); err != nil {
		return v, who, err
	}
	q := r.URL.Query()
	if _, ok := lang.FindChoice(nomination.States, q.Get("state")); ok {
		v.state = nomination.State(q.Get("state"))
	}
	f := nomination.Filter{Contest: v.Event.Code, Division: v.at, State: v.state, After: q.Get("after"), Limit: rowsShown + 1}
	if v.all, err = p.Nominations.List(r.Context(), who, f); err != nil {
		return v, who, err
	}
	if len(v.all) > rowsShown {
		v.all = v.all[:rowsShown]
		q.Set("after", v.all[rowsShown-1].Station)
		v.next = page.At(v.Event.Code, "recommend") + "?" + q.Encode()
	}
	v.done = map[string]string{"nominated": v.T("提名好了，材料已经自动整理并存档", "It is nominated, and its file is assembled and kept")}[q.Get("done")]
	return v, who, nil
}

// Desk is what there is to do for who recommends.
func (p *Pages) Desk(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.desk(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, deskPage(v))
}

// Nominate names a station.
func (p *Pages) Nominate(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.desk(r)
	if err != nil {
		return err
	}
	_, wrong := p.Nominations.Nominate(r.Context(), who, nomination.Naming{Contest: v.Event.Code, Station: r.PostForm.Get("station")})
	if wrong != nil {
		return v.Again(w, r, wrong, func() templ.Component { return deskPage(v) })
	}
	http.Redirect(w, r, page.At(v.Event.Code, "recommend")+"?"+url.Values{"done": {"nominated"}}.Encode(), http.StatusSeeOther)
	return nil
}

// mine is the quota that somebody recommends within; false: there is none.
func (v *deskView) mine() (share, bool) {
	for _, s := range v.quotas {
		if s.Division == v.at {
			return s, true
		}
	}
	return share{}, false
}

func (v *deskView) taking() bool { return v.Event.State == contest.Called }

// oneView is one nomination, for who recommends.
type oneView struct {
	deskView
	one   nomination.Nomination
	level gb.Division // whose step is next
	typed url.Values
	said  string
}

func (p *Pages) one(r *http.Request) (v oneView, who identity.Colleague, err error) {
	if v.deskView, who, err = p.enter(r); err != nil {
		return v, who, err
	}
	v.typed = url.Values{}
	if v.one, err = p.Nominations.Get(r.Context(), who, v.Event.Code, r.PathValue("station")); err != nil {
		return v, who, err
	}
	v.Title, v.level = v.one.Name, v.one.Level()
	if v.quotas, err = p.shares(r, v.Event.Code); err != nil {
		return v, who, err
	}
	v.said = map[string]string{
		"recommend": v.T("推荐好了", "It is recommended"), "return": v.T("退回了", "It is sent back"), "decline": v.T("记下了：不推荐", "It is not recommended"),
		"withdraw": v.T("撤回了", "It is withdrawn"), "again": v.T("重新提名好了", "It is nominated once more"),
	}[r.URL.Query().Get("done")]
	return v, who, nil
}

// One is a nomination with what may be done about it.
func (p *Pages) One(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.one(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, onePage(v))
}

// Do takes a step of a nomination.
func (p *Pages) Do(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.one(r)
	if err != nil {
		return err
	}
	st := nomination.Step{Contest: v.Event.Code, Station: v.one.Station, Seen: page.Seen(r.PostForm)}
	wrong, ctx, why := error(nil), r.Context(), r.PostForm.Get("why")
	switch r.PathValue("move") {
	case "recommend":
		if st.Rank, wrong = rank(r.PostForm.Get("rank")); wrong == nil {
			_, wrong = p.Nominations.Recommend(ctx, who, st)
		}
	case "return":
		_, wrong = p.Nominations.Return(ctx, who, st, why)
	case "decline":
		_, wrong = p.Nominations.Decline(ctx, who, st, why)
	case "withdraw":
		_, wrong = p.Nominations.Withdraw(ctx, who, st, why)
	case "again":
		_, wrong = p.Nominations.Nominate(ctx, who, nomination.Naming{Contest: st.Contest, Station: st.Station, Seen: st.Seen})
	default:
		return fault.New(fault.NotFound, "没有这一步", "there is no such step")
	}
	if wrong != nil {
		v.typed = r.PostForm
		return v.Again(w, r, wrong, func() templ.Component { return onePage(v) })
	}
	http.Redirect(w, r, page.At(v.Event.Code, "recommend", v.one.Station)+"?done="+r.PathValue("move"), http.StatusSeeOther)
	return nil
}

// may tells what the reader may do about it now: as the level whose step is next, and as who nominates where it lies.
func (v *oneView) may() (decide, withdraw, again bool) {
	if !v.taking() {
		return false, false, false
	}
	lies, err := gb.Parse(v.one.Division)
	here := err == nil && lies.Within(v.at)
	s := v.one.State
	return v.level.Valid() && v.level.Within(v.at), here && s != nomination.Declined && s != nomination.Withdrawn, here && (s == nomination.Returned || s == nomination.Withdrawn)
}

// room says how much of its quota the level whose step is next has left.
func (v *oneView) room() string {
	for _, s := range v.quotas {
		if s.Division == v.level {
			return v.F("%[1]s名额 %[2]d 个，已推荐 %[3]d 个，还能推荐 %[4]d 个。", "%[5]s has a quota of %[2]d and has recommended %[3]d: %[4]d are left.", v.level.Name().ZH, s.N, s.used, max(0, s.N-s.used), v.level.Name().EN)
		}
	}
	return v.F("%[1]s还没有名额：请组织方先下达。", "%[2]s has no quota yet: who holds the selection sets it first.", v.level.Name().ZH, v.level.Name().EN)
}
