// Package questions is what a person has to say of letters that came: whether two are about one thing, whom a text means,
// which of two tables is right.
//
// The program lists what speaks for and against and decides nothing. A yes to letters alike merges nothing by itself: it
// leads to the step that does, which says what it will do. Both letters are opened with one reason, and each is an entry
// of its own.
package questions

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

// Pages are those of questions.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

const (
	at       = "/complaints/questions"
	listRows = 20
)

var title = lang.Text{ZH: "待回答的疑问", EN: "Questions"}

// listView is a page of the open ones.
type listView struct {
	page.Visit
	all   []asked
	total int
	pages kit.Pages
	done  string
}

// asked is a question as it is shown.
type asked struct {
	intake.Asked
	says intake.Speaks
}

// List answers what is still to be answered, the oldest first.
func (p *Pages) List(w http.ResponseWriter, r *http.Request) (err error) {
	v := listView{}
	if v.Visit, err = p.Enter(r, title, complaint.Coordinate); err != nil {
		return err
	}
	after, err := mark(r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	got, err := p.Intake.Questions(r.Context(), v.Who, v.Campaign.Code, after, listRows+1)
	if err != nil {
		return err
	}
	if len(got) > listRows {
		got = got[:listRows]
		last := got[listRows-1]
		v.pages.Next = v.At(at, "after", last.AskedAt.UTC().Format(time.RFC3339Nano)+" "+last.ID)
	}
	if after.ID != "" {
		v.pages.First = v.At(at)
	}
	if v.total, err = p.Intake.Pending(r.Context(), v.Who, v.Campaign.Code); err != nil {
		return err
	}
	v.pages.Shown = v.F("这一页 %d 个，共 %d 个", "%d on this page, %d in all", len(got), v.total)
	for _, one := range got {
		says, err := one.Speaks()
		if err != nil {
			return err
		}
		v.all = append(v.all, asked{one, says})
	}
	switch r.URL.Query().Get("done") {
	case "no":
		v.done = v.T("已回答：不是", "Answered: no")
	case "yes":
		v.done = v.T("已回答：是", "Answered: yes")
	case "merge":
		v.done = v.T("已并入", "It was merged")
	}
	return v.Write(w, r, listPage(v))
}

// mark reads where a page begins: a time and an id.
func mark(text string) (q intake.Question, err error) {
	if text == "" {
		return q, nil
	}
	when, id, ok := strings.Cut(text, " ")
	if q.AskedAt, err = time.Parse(time.RFC3339Nano, when); err != nil || !ok {
		return q, fault.New(fault.Invalid, "翻页的地址不完整，请从第一页开始。", "The address of the page is not whole: begin at the first.")
	}
	q.ID = id
	return q, nil
}

// oneView is a question by itself.
type oneView struct {
	page.Visit
	asked
	typed     url.Values
	open      string
	why       string
	originals []letter.Original // of both, once a reason was given
	from      []problem.Problem // of the new letter, that can still be merged
	into      []problem.Problem // of the other
}

func (p *Pages) load(r *http.Request) (v oneView, err error) {
	v.typed = url.Values{}
	if v.Visit, err = p.Office(r, title); err != nil {
		return v, err
	}
	ctx := r.Context()
	if v.Asked, err = p.Intake.Question(ctx, v.Who, r.PathValue("id")); err != nil {
		return v, err
	}
	if v.says, err = v.Speaks(); err != nil {
		return v, err
	}
	if v.Campaign, err = p.Campaigns.Get(ctx, v.Question.Campaign); err != nil {
		return v, err
	}
	return v, p.DB.View(ctx, func(tx *db.Tx) (err error) {
		if v.from, err = problemsOf(tx, v.Letter.ID); err != nil || v.Other.ID == "" {
			return err
		}
		v.into, err = problemsOf(tx, v.Other.ID)
		return err
	})
}

// problemsOf are the problems of a letter.
func problemsOf(tx *db.Tx, id string) (all []problem.Problem, err error) {
	ids, err := letter.ProblemsOf(tx, id)
	if err != nil {
		return nil, err
	}
	for _, problemID := range ids {
		one, err := problem.Read(tx, problemID)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// Question answers one by itself.
func (p *Pages) Question(w http.ResponseWriter, r *http.Request) error {
	v, err := p.load(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, onePage(v))
}

func (p *Pages) posted(r *http.Request) (v oneView, err error) {
	if err := web.ReadForm(r); err != nil {
		return v, err
	}
	return p.load(r)
}

func (v oneView) refused(w http.ResponseWriter, r *http.Request, form string, err error) error {
	if v.Form, err = v.Refused(r.PostForm, err); err != nil {
		return err
	}
	v.open, v.typed = form, r.PostForm
	return v.WriteStatus(w, r, v.Form.Status(), onePage(v))
}

// Reply answers a question: yes or no.
func (p *Pages) Reply(w http.ResponseWriter, r *http.Request) error {
	v, err := p.posted(r)
	if err != nil {
		return err
	}
	answer := r.PostForm.Get("answer")
	if answer != "yes" && answer != "no" {
		return v.refused(w, r, "reply", fault.At("answer", fault.New(fault.Invalid, "请选是或不是", "choose yes or no")))
	}
	if _, err := p.Intake.Reply(r.Context(), v.Who, v.ID, answer == "yes"); err != nil {
		return v.refused(w, r, "reply", err)
	}
	to := v.At(at, "done", answer)
	if answer == "yes" {
		to = at + "/" + v.ID
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// Originals opens both letters, for one reason.
func (p *Pages) Originals(w http.ResponseWriter, r *http.Request) error {
	v, err := p.posted(r)
	if err != nil {
		return err
	}
	v.why = strings.TrimSpace(r.PostForm.Get("why"))
	ids := []string{v.Letter.ID}
	if v.Other.ID != "" && v.Other.ID != v.Letter.ID {
		ids = append(ids, v.Other.ID)
	}
	for _, id := range ids {
		_, o, err := p.Letters.Original(r.Context(), v.Who, id, v.why)
		if err != nil {
			v.originals = nil
			return v.refused(w, r, "originals", err)
		}
		v.originals = append(v.originals, o)
	}
	return v.Write(w, r, onePage(v))
}

// Merge merges a problem of the one letter into one of the other.
func (p *Pages) Merge(w http.ResponseWriter, r *http.Request) error {
	v, err := p.posted(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	from, version, _ := strings.Cut(f.Get("from"), "@")
	seen, _ := strconv.Atoi(version) // what is none was seen by nobody
	id := ""
	for _, one := range append(append([]problem.Problem{}, v.from...), v.into...) {
		if one.Code == from {
			id = one.ID
		}
	}
	if id == "" {
		return v.refused(w, r, "merge", fault.At("from", fault.New(fault.Invalid, "请选要并入的问题", "choose the problem that is merged")))
	}
	_, err = p.Problems.Move(r.Context(), v.Who, problem.Move{Problem: id, Move: "merge", Seen: seen, Into: f.Get("into"), Why: f.Get("why")})
	if err != nil {
		return v.refused(w, r, "merge", err)
	}
	http.Redirect(w, r, v.At(at, "done", "merge"), http.StatusSeeOther)
	return nil
}

// mergeable reports whether a problem can still be merged into another.
func mergeable(p problem.Problem) bool {
	for _, m := range complaint.Problem.From(p.Stage) {
		if m.Key == "merge" {
			return true
		}
	}
	return false
}

// fromOptions are the problems that can be merged: those of the new letter first.
func (v oneView) fromOptions() (all []web.Option) {
	for _, one := range append(append([]problem.Problem{}, v.from...), v.into...) {
		if mergeable(one) {
			value := one.Code + "@" + strconv.Itoa(one.Version)
			all = append(all, web.Option{Value: value, Text: v.problemText(one), On: v.typed.Get("from") == value})
		}
	}
	return all
}

// intoOptions are the problems that another can be merged into: those of the other letter first.
func (v oneView) intoOptions() (all []web.Option) {
	for _, one := range append(append([]problem.Problem{}, v.into...), v.from...) {
		if one.Stage != complaint.Empty && one.Stage != complaint.Settled {
			all = append(all, web.Option{Value: one.Code, Text: v.problemText(one), On: v.typed.Get("into") == one.Code})
		}
	}
	return all
}

func (v oneView) problemText(one problem.Problem) string {
	stage, _ := complaint.Problem.Stage(one.Stage)
	return v.F("%s %s（%s，%d 封信访件）", "%s %s (%s, %d letters)", one.Code, one.Title, stage.Name.In(v.Lang), one.Letters)
}

// one reports whether both letters have one problem already.
func (v oneView) one() bool {
	for _, a := range v.from {
		for _, b := range v.into {
			if a.ID == b.ID {
				return true
			}
		}
	}
	return false
}

// mayMerge reports whether a yes leads to a merge.
func (v oneView) mayMerge() bool {
	return v.Kind == intake.Alike && v.Answer == "yes" && !v.one() && len(v.fromOptions()) > 0 && len(v.intoOptions()) > 0
}

// ask is the question in a sentence.
func ask(v web.Page, a asked) string {
	switch a.Kind {
	case intake.Alike:
		return v.F("%s 和 %s 说的是同一件事吗？", "Are %s and %s about one thing?", a.Letter.Title(), a.Other.Title())
	case intake.Cited:
		if a.Other.ID == "" {
			return v.F("%s 提到“%s”，督察里没有这个编号。要另外查找吗？", "%s names %q, which this inspection does not have. Is it to be looked for?", a.Letter.Title(), a.says.Code)
		}
		return v.F("%s 提到的“%s”，是指 %s 吗？", "%s names %q: does it mean %s?", a.Letter.Title(), a.says.Code, a.Other.Title())
	case intake.Differs:
		return v.F("%s 又来了一次，有的栏目和原来不一样。以后来的为准吗？", "%s came again and differs. Is the later one right?", a.Letter.Title())
	}
	return ""
}

// office is where the list of an inspection is.
func office(c campaign.Campaign) string { return at + "?campaign=" + url.QueryEscape(c.Code) }
