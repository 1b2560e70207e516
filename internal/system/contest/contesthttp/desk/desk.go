// Package desk is where a contest is kept while it is judged: the clock, who has sealed, closing and checking, and all that takes two
// people. Scorekeeper and supervisor have one page, and each finds on it the steps that are theirs; of each step that waits it says
// for whom, and why who asked cannot confirm.
//
//	GET  …/desk            the page: who is on, the seats, what waits, all runs
//	GET  …/desk/now        its parts as they are now, which the page asks for again and again
//	POST …/desk/do/{step}  one step, of the version of the run that was seen
//	…/desk/paper           sheets of paper: typed by two, settled by a third
//	GET  …/desk/print      sheets and totals for signature
//	GET  …/desk/advice     would the winners be others by another way
//
// Two at one desk overtake one another: who presses second is told what the run has become, and nothing is overwritten.
package desk

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/board"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Pages are those of the desk.
type Pages struct{ *board.Boards }

// New returns them.
func New(b *board.Boards) *Pages { return &Pages{b} }

var title = lang.Text{ZH: "计分台", EN: "Desk"}

// deskView is the desk.
type deskView struct {
	page.Contest
	desk  hall.Desk
	me    string // the person
	at    time.Time
	wants []scoring.Want

	state, number string // of the list, as it is filtered

	sent string     // the form that was refused; see key
	typd url.Values // what was typed into it
}

// read is the desk as somebody sees it.
func (p *Pages) read(w http.ResponseWriter, r *http.Request) (v deskView, in bool, err error) {
	c, who, in, err := p.Enter(w, r, title, "desk")
	if err != nil || !in {
		return v, in, err
	}
	v = deskView{Contest: c, me: who.Person, at: p.Now(), typd: url.Values{}}
	v.Title = v.T("计分台", "Desk") + " · " + c.Event.Title
	q := r.URL.Query()
	v.state, v.number = q.Get("state"), strings.TrimSpace(q.Get("number"))
	if v.desk, err = p.Halls.Desk(r.Context(), who, c.Event.Code); err != nil {
		return v, false, err
	}
	if v.Event.State == contest.Judged {
		s, err := p.Of(r.Context(), c.Event.Code)
		if err != nil {
			return v, false, err
		}
		v.wants = s.Result.Wants
	}
	return v, true, nil
}

// Desk is the page.
func (p *Pages) Desk(w http.ResponseWriter, r *http.Request) error {
	v, in, err := p.read(w, r)
	if err != nil || !in {
		return err
	}
	return v.Write(w, r, deskPage(v))
}

// Parts are the parts of the page as they are now.
func (p *Pages) Parts(w http.ResponseWriter, r *http.Request) error {
	v, in, err := p.read(w, r)
	if err != nil || !in {
		return err
	}
	w.Header().Set("X-Now", strconv.FormatInt(board.Millis(time.Now()), 10))
	return v.Write(w, r, parts(v))
}

// refused shows the desk as it is now with why a step was not done, and with all that was typed.
func (p *Pages) refused(w http.ResponseWriter, r *http.Request, sent string, why error) error {
	v, in, err := p.read(w, r)
	if err != nil || !in {
		return err
	}
	if v.Form, err = v.Refused(r.PostForm, why); err != nil {
		return err
	}
	v.sent, v.typd = sent, r.PostForm
	return v.WriteStatus(w, r, v.Form.Status(), deskPage(v))
}

// key names the form of a step, so that it is the one that comes back as it was typed.
func key(step string, of ...string) string { return step + " " + strings.Join(of, " ") }

func runKey(at hall.At) string { return at.Part + "/" + at.Entry + "/" + strconv.Itoa(at.Attempt) }

// typed is what was typed into a field of a form that was refused.
func (v deskView) typed(form, field string) string {
	if v.sent != form {
		return ""
	}
	return v.typd.Get(field)
}

// wrong is what is wrong with a field of a form that was refused.
func (v deskView) wrong(form, field string) string {
	if v.sent != form {
		return ""
	}
	return v.Form.Wrong(field)
}

func (v deskView) keeps() bool      { return v.May(contest.Score) }
func (v deskView) supervises() bool { return v.May(contest.Supervise) }

// on is the run that is on; nil: nobody is.
func (v deskView) on() *hall.Run {
	if v.desk.Stage == nil {
		return nil
	}
	return v.run(v.desk.Stage.At)
}

func (v deskView) run(at hall.At) *hall.Run {
	for i := range v.desk.Runs {
		if v.desk.Runs[i].At == at {
			return &v.desk.Runs[i]
		}
	}
	return nil
}

// latest is the last attempt of an entry in a part.
func (v deskView) latest(part, number string) *hall.Run {
	var last *hall.Run
	for i := range v.desk.Runs {
		if r := &v.desk.Runs[i]; r.Part == part && r.Entry == number && (last == nil || r.Attempt > last.Attempt) {
			last = r
		}
	}
	return last
}

// next is who is called next; nil: nobody waits.
func (v deskView) next() *hall.Run {
	for i := range v.desk.Runs {
		if v.desk.Runs[i].State == hall.Waiting {
			return &v.desk.Runs[i]
		}
	}
	return nil
}

// open are the runs that were heard and are not revealed, but for the one that is on.
func (v deskView) open() (all []*hall.Run) {
	on := v.on()
	for i := range v.desk.Runs {
		r := &v.desk.Runs[i]
		if (r.State == hall.Heard || r.State == hall.Closed || r.State == hall.Checked) && (on == nil || r.At != on.At) {
			all = append(all, r)
		}
	}
	return all
}

// listed are the runs of the list, as it is filtered.
func (v deskView) listed() (all []*hall.Run) {
	for i := range v.desk.Runs {
		r := &v.desk.Runs[i]
		if (v.state == "" || string(r.State) == v.state) && (v.number == "" || r.Entry == v.number) {
			all = append(all, r)
		}
	}
	return all
}

// states are those that the list can be filtered by.
var states = []hall.State{hall.Waiting, hall.Called, hall.Presenting, hall.Heard, hall.Closed, hall.Checked, hall.Shown, hall.Forfeit, hall.Interrupted}

// asks are the runs of which somebody asked for a forfeit or an interruption.
func (v deskView) asks() (all []*hall.Run) {
	for i := range v.desk.Runs {
		r := &v.desk.Runs[i]
		if r.AskedBy != "" && slices.Contains([]hall.State{hall.Waiting, hall.Called, hall.Presenting, hall.Heard}, r.State) {
			all = append(all, r)
		}
	}
	return all
}

// missing are the absences that wait for a second person.
func (v deskView) missing() (all []seat.Away) {
	for _, a := range v.desk.Aways {
		if !a.Stands() {
			all = append(all, a)
		}
	}
	return all
}

// pending are the decisions that wait for a second person.
func (v deskView) pending() (all []hall.Decision) {
	for _, d := range v.desk.Decisions {
		if d.By == "" {
			all = append(all, d)
		}
	}
	return all
}

// waits tells whether anything waits for somebody.
func (v deskView) waits() bool {
	return len(v.asks())+len(v.missing())+len(v.desk.Asks)+len(v.pending())+len(v.wants) > 0 || v.desk.Again != nil
}

// sealed counts the seats that have sealed a run.
func (v deskView) sealed(r *hall.Run) string {
	return strconv.Itoa(len(v.desk.Sealed[r.At])) + "/" + strconv.Itoa(len(v.desk.Sealed[r.At])+len(v.desk.Owed[r.At]))
}

// name is what the rule calls a part, a criterion or a line.
func (v deskView) name(key string) string {
	return v.Event.Rule.About.Name(key).In(v.Lang)
}

// severalParts tells whether a run has to say its part.
func (v deskView) severalParts() bool {
	return slices.ContainsFunc(v.desk.Runs, func(r hall.Run) bool { return r.Part != v.desk.Runs[0].Part })
}

// called is what a run is called.
func (v deskView) called(r *hall.Run) string {
	says := board.Number(v.Lang, r.Entry)
	if v.severalParts() {
		says += " · " + v.name(r.Part)
	}
	if r.Attempt > 1 {
		says += v.F("（第 %d 次）", " (attempt %d)", r.Attempt)
	}
	return says
}

// address is where the parts of the page are asked for, with the list as it is filtered.
func (v deskView) address() string {
	at := page.At(v.Event.Code, "desk", "now")
	if v.state+v.number != "" {
		at += "?" + url.Values{"state": {v.state}, "number": {v.number}}.Encode()
	}
	return at
}

// which reads the run that a form is about, and the version of it that was seen.
func which(code string, f url.Values) (at hall.At, seen int64, err error) {
	attempt, err := strconv.Atoi(f.Get("attempt"))
	if err == nil {
		seen, err = strconv.ParseInt(f.Get("seen"), 10, 64)
	}
	if err != nil || seen < 1 {
		return at, 0, fault.New(fault.Invalid, "表单不完整，什么也没有做。请刷新这一页再来一次。", "The form is not whole, and nothing was done. Load the page again.")
	}
	return hall.At{Contest: code, Part: f.Get("part"), Entry: f.Get("entry"), Attempt: attempt}, seen, nil
}
