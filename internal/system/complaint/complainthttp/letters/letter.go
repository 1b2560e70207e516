package letters

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// letterView is a letter for an office.
type letterView struct {
	page.Visit
	letter.Seen
	problems map[string]problem.Problem
	names    map[string]string
	typed    url.Values // of the form that came back
	open     string     // which form that was: correct, review, divide, original
	done     string
	now      time.Time

	sent  []kit.Photo // photos that came with it
	links []intake.Link

	original *letter.Original // it was opened, and
	why      string           // why
}

// mostShown is how many parts the form has; further points are rare.
const mostShown = 8

// load reads a letter with what belongs to it.
func (p *Pages) load(r *http.Request) (v letterView, err error) {
	v.now, v.typed = p.Now(), url.Values{}
	if v.Visit, err = p.Office(r, listTitle); err != nil {
		return v, err
	}
	ctx := r.Context()
	if v.Seen, err = p.Letters.Get(ctx, v.Who, r.PathValue("id")); err != nil {
		return v, err
	}
	if v.Campaign, err = p.Campaigns.Get(ctx, v.Letter.Campaign); err != nil {
		return v, err
	}
	v.Page.Title, v.Wide = v.Letter.Title(), true
	if v.links, err = p.Intake.Links(ctx, v.Who, v.ID); err != nil {
		return v, err
	}
	v.problems = map[string]problem.Problem{}
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		for _, point := range v.Points {
			one, err := problem.Read(tx, point.Problem)
			if err != nil {
				return err
			}
			v.problems[one.ID] = one
		}
		items, err := evidence.Items(tx, complaint.System, problem.SentWith(v.ID))
		for _, item := range items {
			v.sent = append(v.sent, p.Photos.Strip(v.Page, []photos.Shown{{Item: item, Erase: v.May(complaint.Publish)}})...)
		}
		return err
	})
	if err != nil {
		return v, err
	}
	ids := append([]string{}, v.Joint...)
	for _, one := range v.problems {
		ids = append(ids, one.Lead)
	}
	for _, step := range v.History {
		for _, by := range step.By {
			ids = append(ids, by.Organisation)
		}
	}
	for _, c := range v.Clocks {
		ids = append(ids, c.By()...)
	}
	ids = append(ids, v.Lead)
	v.names, err = p.Names(ctx, slices.DeleteFunc(ids, func(id string) bool { return id == "" })...)
	return v, err
}

// Letter answers a letter.
func (p *Pages) Letter(w http.ResponseWriter, r *http.Request) error {
	v, err := p.load(r)
	if err != nil {
		return err
	}
	switch r.URL.Query().Get("done") {
	case "correct":
		v.done = v.T("已更正", "It was put right")
	case "period":
		v.done = v.T("期限已变动", "Its period was changed")
	case "divide":
		v.done = v.T("已拆分", "It was divided")
	case "answer":
		v.done = v.T("已审核答复", "It was answered")
	case "rework":
		v.done = v.T("已退回重报", "It went back, to be reported anew")
	case "again":
		v.done = v.T("已重新办理", "It was taken up again")
	}
	return v.Write(w, r, letterPage(v))
}

// refused shows the letter with the form that was refused.
func (v letterView) refused(w http.ResponseWriter, r *http.Request, form string, err error) error {
	if v.Form, err = v.Refused(r.PostForm, err); err != nil {
		return err
	}
	v.open, v.typed = form, r.PostForm
	return v.WriteStatus(w, r, v.Form.Status(), letterPage(v))
}

func (v letterView) away(w http.ResponseWriter, r *http.Request, done string) error {
	http.Redirect(w, r, listAt+"/"+v.ID+"?done="+done, http.StatusSeeOther)
	return nil
}

// Correct puts right what a letter says of itself.
func (p *Pages) Correct(w http.ResponseWriter, r *http.Request) error {
	v, err := p.posted(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	c := letter.Correction{Letter: v.ID, Digest: f.Get("digest"), Kinds: page.KindsOf(f["kind"]), Key: f.Get("key") != "", Why: strings.TrimSpace(f.Get("why"))}
	c.SeenAt, err = time.Parse(time.RFC3339Nano, f.Get("seen"))
	if err != nil {
		c.SeenAt = time.Time{} // it is none that anybody has seen
	}
	if err := p.may(r, v, complaint.Coordinate); err != nil {
		return v.refused(w, r, "correct", err)
	}
	d, err := page.Division(f.Get("division"), v.Campaign.Home)
	err = fault.At("division", err)
	if c.Division = d.Code(); err == nil {
		_, err = p.Letters.Correct(r.Context(), v.Who, c)
	}
	if err != nil {
		return v.refused(w, r, "correct", err)
	}
	return v.away(w, r, "correct")
}

// posted reads the letter that a form is about, and the form.
func (p *Pages) posted(r *http.Request) (v letterView, err error) {
	if err := web.ReadForm(r); err != nil {
		return v, err
	}
	return p.load(r)
}

// may asks for a right where a letter lies, before its form is read.
func (p *Pages) may(r *http.Request, v letterView, key string) error {
	return p.DB.View(r.Context(), func(tx *db.Tx) error {
		at, err := v.Letter.At(tx)
		if err == nil {
			_, err = v.Who.Admit(tx, key, at)
		}
		return err
	})
}

// Review decides on a report.
func (p *Pages) Review(w http.ResponseWriter, r *http.Request) error {
	v, err := p.posted(r)
	if err != nil {
		return err
	}
	if err := p.may(r, v, complaint.Coordinate); err != nil {
		return v.refused(w, r, "review", err)
	}
	f := r.PostForm
	seen, _ := strconv.Atoi(f.Get("seen")) // what is none was seen by nobody
	verdict, _ := complaint.ParseVerdict(f.Get("verdict"))
	move := f.Get("move")
	if !slices.Contains([]string{"answer", "rework", "again"}, move) {
		return v.refused(w, r, "review", fault.At("move", fault.New(fault.Invalid, "请选怎么处理", "choose what to do")))
	}
	if _, err := p.Letters.Review(r.Context(), v.Who, letter.Review{Letter: v.ID, Seen: seen, Move: move, Why: f.Get("why"), Verdict: verdict}); err != nil {
		return v.refused(w, r, "review", err)
	}
	return v.away(w, r, move)
}

// Original opens a letter as it came, and what it can be divided into beside it.
func (p *Pages) Original(w http.ResponseWriter, r *http.Request) error {
	v, err := p.posted(r)
	if err != nil {
		return err
	}
	if err := p.may(r, v, complaint.Original); err != nil {
		return v.refused(w, r, "original", err)
	}
	if err := p.reveal(r, &v); err != nil {
		return v.refused(w, r, "original", err)
	}
	return v.Write(w, r, originalPage(v))
}

// reveal opens the original for the reason in the form; it is kept who looked.
func (p *Pages) reveal(r *http.Request, v *letterView) error {
	v.why = strings.TrimSpace(r.PostForm.Get("why"))
	_, o, err := p.Letters.Original(r.Context(), v.Who, v.ID, v.why)
	if err != nil {
		return err
	}
	v.original = &o
	return nil
}

// Divide divides a letter into points.
func (p *Pages) Divide(w http.ResponseWriter, r *http.Request) error {
	v, err := p.posted(r)
	if err != nil {
		return err
	}
	if err := p.may(r, v, complaint.Coordinate); err != nil {
		return v.refused(w, r, "divide", err)
	}
	seen, _ := strconv.Atoi(r.PostForm.Get("seen"))
	parts, err := partsOf(r.PostForm, v.Campaign.Home)
	if err == nil {
		err = p.Intake.Divide(r.Context(), v.Who, intake.Dividing{Letter: v.ID, Seen: seen, Parts: parts, Why: r.PostForm.Get("ground")})
	}
	if err == nil {
		return v.away(w, r, "divide")
	}
	refused, other := v.Refused(r.PostForm, err)
	if other != nil {
		return other
	}
	v.typed = r.PostForm
	if err := p.reveal(r, &v); err != nil {
		return v.refused(w, r, "original", err)
	}
	v.Form = refused
	return v.WriteStatus(w, r, refused.Status(), originalPage(v))
}

// partsOf reads the parts that were filled in.
func partsOf(f url.Values, home gb.Division) (all []intake.Part, err error) {
	var wrong []error
	for i := range mostShown {
		n := "-" + strconv.Itoa(i)
		part := intake.Part{Text: strings.TrimSpace(f.Get("text" + n)), Title: strings.TrimSpace(f.Get("title" + n)), Kinds: page.KindsOf(f["kind"+n])}
		if part.Text == "" && part.Title == "" {
			continue
		}
		part.Division, err = page.Division(f.Get("division"+n), home)
		if err != nil {
			wrong = append(wrong, fault.At("division"+n, err))
		}
		all = append(all, part)
	}
	return all, errors.Join(wrong...)
}

// before is how many points it has besides those of the form.
func (v letterView) before() int {
	if v.way() == intake.Further {
		return len(v.Points)
	}
	return 0
}

// part is what the form shows of a part.
func (v letterView) part(i int, name string) string {
	if n := name + "-" + strconv.Itoa(i); v.typed.Has(n) {
		return v.typed.Get(n)
	}
	if name == "division" {
		return v.WhereText(v.Division)
	}
	return ""
}

// partKinds are the kinds of a part: those of the letter until somebody has said otherwise.
func (v letterView) partKinds(i int) []web.Choice {
	name, on := "kind-"+strconv.Itoa(i), v.Kinds
	if v.typed.Has("seen") {
		on = " " + strings.Join(v.typed[name], " ") + " "
	}
	return v.KindChips(name, on)
}

// way is how it can be divided.
func (v letterView) way() intake.Way {
	return intake.WayOf(v.Points, v.problems[v.Points[0].Problem])
}

// mayDivide reports whether it can be divided as it stands.
func (v letterView) mayDivide() bool { return v.May(complaint.Coordinate) && v.barred() == "" }

// barred is why it cannot be divided now, and the way out.
func (v letterView) barred() string {
	text, _ := fault.In(v.Lang, v.way().Bars(v.Letter, v.problems[v.Points[0].Problem]))
	return text
}

// reviewMoves are what an office can decide now.
func (v letterView) reviewMoves() (all []web.Choice) {
	for _, m := range complaint.LetterWay.From(v.Stage) {
		if m.Key == "answer" || m.Key == "rework" || m.Key == "again" {
			all = append(all, web.Choice{Name: "move", Value: m.Key, Label: m.Name.In(v.Lang), On: v.typed.Get("move") == m.Key})
		}
	}
	return all
}

func (v letterView) verdictOptions() (all []web.Option) {
	for verdict := complaint.True; verdict <= complaint.Untrue; verdict++ {
		all = append(all, web.Option{Value: verdict.Key(), Text: verdict.Name().In(v.Lang), On: v.typed.Get("verdict") == verdict.Key()})
	}
	return all
}

// value is what a field of a form shows: what was typed, or what is.
func (v letterView) value(form, name, now string) string {
	if v.open == form && v.typed.Has(name) {
		return v.typed.Get(name)
	}
	return now
}

// wrong is what is wrong with a field of a form.
func (v letterView) wrong(form, name string) string {
	if v.open != form {
		return ""
	}
	return v.Form.Wrong(name)
}

// correctKinds are the kinds as the form shows them.
func (v letterView) correctKinds() []web.Choice {
	on := v.Kinds
	if v.open == "correct" {
		on = " " + strings.Join(v.typed["kind"], " ") + " "
	}
	return v.KindChips("kind", on)
}

// step says in words what happened.
func (v letterView) step(s casework.Past) string {
	switch s.Move {
	case "open":
		return v.T("收到", "received")
	case "note":
		return v.T("问题点变动", "its points changed")
	case "clock":
		return page.TurnName(v.Page, s)
	}
	m, _ := complaint.LetterWay.Move(s.Move)
	return m.Name.In(v.Lang)
}

// by is for which organisations a step was made.
func (v letterView) by(s casework.Past) string {
	var all []string
	for _, one := range s.By {
		if name := v.names[one.Organisation]; name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return strings.Join(all, v.T("、", ", "))
}

// clock is the clock that matters: the last that ran.
func (v letterView) clock() *casework.Clock {
	for i := range slices.Backward(v.Clocks) {
		return &v.Clocks[i]
	}
	return nil
}

// span is the days of a line of a clock.
func span(from, to calendar.Date) string {
	if from == to {
		return from.String()
	}
	return from.String() + " – " + to.String()
}
