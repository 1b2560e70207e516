package stations

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
	"github.com/xiadu/xiadu/internal/web"
)

// quotasView is the page on which who holds a selection sets its quotas.
type quotasView struct {
	page.Contest
	quotas []share
	typed  url.Values
	done   string
}

var quotasTitle = lang.Text{ZH: "驿站名额", EN: "Quotas of stations"}

func (p *Pages) quotas(r *http.Request) (v quotasView, who identity.Colleague, err error) {
	v.typed = url.Values{}
	if v.Contest, who, err = p.Held(r, quotasTitle); err != nil {
		return v, who, err
	}
	v.quotas, err = p.shares(r, v.Event.Code)
	if r.URL.Query().Has("done") {
		v.done = v.T("名额定好了，已写进公开日志", "The quota is set, and in the public log")
	}
	return v, who, err
}

func (v *quotasView) may() bool {
	return v.Event.State != contest.Cancelled && !v.Event.State.After(contest.Called)
}

// Quotas are those of a selection.
func (p *Pages) Quotas(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.quotas(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, quotasPage(v))
}

// SetQuota sets one.
func (p *Pages) SetQuota(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.quotas(r)
	if err != nil {
		return err
	}
	q := nomination.Quota{Contest: v.Event.Code, Paper: r.PostForm.Get("paper")}
	var wrong error
	if q.Division, wrong = page.Division(r.PostForm.Get("division"), v.Event.Division); wrong != nil {
		wrong = fault.At("division", wrong)
	} else if !q.Division.Valid() {
		wrong = fault.At("division", fault.New(fault.Invalid, "请写哪个地区的名额", "say whose quota it is"))
	} else if q.N, wrong = strconv.Atoi(strings.TrimSpace(r.PostForm.Get("n"))); wrong != nil {
		wrong = fault.At("n", fault.New(fault.Invalid, "名额写一个整数", "a quota is a whole number"))
	} else {
		wrong = p.Nominations.SetQuota(r.Context(), who, q)
	}
	if wrong != nil {
		v.typed = r.PostForm
		return v.Again(w, r, wrong, func() templ.Component { return quotasPage(v) })
	}
	http.Redirect(w, r, page.At(v.Event.Code, "office", "quotas")+"?done=1", http.StatusSeeOther)
	return nil
}

// rank reads a rank that somebody typed; nothing is behind all.
func rank(text string) (int, error) {
	if text = strings.TrimSpace(text); text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fault.At("rank", fault.New(fault.Invalid, "排名写一个从 1 数起的整数，或空着", "a rank is a whole number from 1 on, or nothing"))
	}
	return n, nil
}
