// Package objections is the pages of a result that hangs out: until when, what was objected and how it was answered, the form for
// everybody, and what the office and the supervisor do about each.
package objections

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/engine/bound"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/publicity"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of objections.
type Pages struct{ *board.Boards }

// New returns them.
func New(b *board.Boards) *Pages { return &Pages{b} }

// limit is how often one network may object.
var limit = bound.Bound{What: "contest objection", Most: 20, Window: time.Hour}

var title = lang.Text{ZH: "公示和异议", EN: "Publicity and objections"}

// view is the page of a contest's publicity.
type view struct {
	page.Contest
	period publicity.Publicity
	hangs  bool // it hangs out, or did
	rule   clock.Rule
	all    []publicity.Objection
	took   int // the number of the objection that was just taken
	now    time.Time
	once   string // the number of the form
}

func (p *Pages) view(r *http.Request) (v view, err error) {
	if v.Contest, err = p.Public(r, title); err != nil {
		return v, err
	}
	v.now, v.once = p.Now(), rand.Text()
	v.Private = true // the form is once
	if v.period, v.hangs, err = p.Publicities.Of(r.Context(), v.Event.Code); err != nil {
		return v, err
	}
	if v.hangs {
		if v.rule, err = v.period.Source(); err != nil {
			return v, err
		}
	}
	v.all, err = p.Publicities.List(r.Context(), v.Event.Code)
	return v, err
}

// List is until when a result hangs out, and what was objected.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(r)
	if err != nil {
		return err
	}
	v.took, _ = strconv.Atoi(r.URL.Query().Get("took"))
	return v.Write(w, r, listPage(v))
}

// Object takes an objection.
func (p *Pages) Object(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	// It is counted before anything that was sent is read.
	back, wrong := limit.Take(r.Context(), p.DB, web.Network(r))
	if wrong == nil {
		if wrong = r.ParseForm(); wrong != nil {
			return wrong
		}
		o, err := p.Publicities.Object(r.Context(), publicity.Objecting{Contest: code, What: r.PostFormValue("what"), Contact: r.PostFormValue("contact"), Form: r.PostFormValue("once")})
		if err == nil {
			http.Redirect(w, r, page.At(code, "objections")+"?"+url.Values{"took": {strconv.Itoa(o.N)}}.Encode()+"#objections", http.StatusSeeOther)
			return nil
		}
		if err := back(r.Context()); err != nil { // what was refused costs nothing
			return err
		}
		wrong = err
	} else if err := r.ParseForm(); err != nil {
		return err
	}
	v, err := p.view(r)
	if err != nil {
		return err
	}
	return v.Again(w, r, wrong, func() templ.Component { return listPage(v) })
}

// Post has a result hang out.
func (p *Pages) Post(w http.ResponseWriter, r *http.Request) error {
	return p.held(w, r, func(who identity.Colleague, seen int64) error {
		_, err := p.Publicities.Post(r.Context(), who, r.PathValue("code"), seen)
		return err
	})
}

// Finish makes a list final.
func (p *Pages) Finish(w http.ResponseWriter, r *http.Request) error {
	return p.held(w, r, func(who identity.Colleague, seen int64) error {
		_, err := p.Publicities.Finish(r.Context(), who, r.PathValue("code"), seen)
		return err
	})
}

func (p *Pages) held(w http.ResponseWriter, r *http.Request, do func(identity.Colleague, int64) error) error {
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	seen, _ := strconv.ParseInt(r.PostFormValue("seen"), 10, 64) // without one it is no version that anybody saw
	wrong := do(who, seen)
	if wrong == nil {
		http.Redirect(w, r, page.At(r.PathValue("code"), "objections"), http.StatusSeeOther)
		return nil
	}
	v, err := p.view(r)
	if err != nil {
		return err
	}
	return v.Again(w, r, wrong, func() templ.Component { return listPage(v) })
}

// oneView is one objection, for who holds the contest and who supervises it.
type oneView struct {
	page.Contest
	one   publicity.Objection
	words publicity.Words
}

// One is an objection with what was said.
func (p *Pages) One(w http.ResponseWriter, r *http.Request) error {
	v, in, err := p.one(w, r)
	if !in {
		return err
	}
	return v.Write(w, r, onePage(v))
}

func (p *Pages) one(w http.ResponseWriter, r *http.Request) (v oneView, in bool, err error) {
	var who identity.Colleague
	if v.Contest, who, in, err = p.Enter(w, r, title, "office"); !in {
		return v, in, err
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		return v, false, fault.New(fault.NotFound, "没有这个异议", "there is no such objection")
	}
	v.Title = v.F("异议 %d", "Objection %d", n)
	v.one, v.words, err = p.Publicities.Read(r.Context(), who, v.Event.Code, n)
	return v, err == nil, err
}

// Examine says what was found.
func (p *Pages) Examine(w http.ResponseWriter, r *http.Request) error {
	return p.move(w, r, func(who identity.Colleague, id string, seen int) error {
		_, err := p.Publicities.Examine(r.Context(), who, publicity.Examining{Objection: id, Seen: seen, Found: r.PostFormValue("found"), Out: r.PostFormValue("out")})
		return err
	})
}

// Decide decides.
func (p *Pages) Decide(w http.ResponseWriter, r *http.Request) error {
	return p.move(w, r, func(who identity.Colleague, id string, seen int) error {
		_, err := p.Publicities.Decide(r.Context(), who, publicity.Deciding{Objection: id, Seen: seen, Move: r.PostFormValue("move"), Why: r.PostFormValue("why")})
		return err
	})
}

func (p *Pages) move(w http.ResponseWriter, r *http.Request, do func(who identity.Colleague, id string, seen int) error) error {
	v, in, err := p.one(w, r)
	if !in {
		return err
	}
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	seen, err := strconv.Atoi(r.PostFormValue("seen"))
	if err != nil {
		return fault.New(fault.Invalid, "表单不完整，请回到上一页再来一次。", "The form is incomplete: go back and try again.")
	}
	if wrong := do(who, v.one.ID, seen); wrong != nil {
		return v.Again(w, r, wrong, func() templ.Component { return onePage(v) })
	}
	http.Redirect(w, r, page.At(v.Event.Code, "objections", strconv.Itoa(v.one.N)), http.StatusSeeOther)
	return nil
}

// examines and decides tell what of it is the reader's now.
func (v oneView) examines() bool {
	return v.May(contest.Organise) && v.one.Stage == contest.ObjectionOpen
}

func (v oneView) decides() bool {
	return v.May(contest.Supervise) && v.one.Stage == contest.ObjectionExamined
}
