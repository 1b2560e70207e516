package public

import (
	"net/http"
	"net/url"
	"time"

	"github.com/xiadu/xiadu/internal/engine/bound"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
	"github.com/xiadu/xiadu/internal/web/photos"
)

const photoKind = complaint.System + "." + complaint.ProofPhoto

type problemView struct {
	web.Page
	problem.Open
	form  web.Refusal
	files photos.Form
	photo kit.PhotoInput
	told  bool // just now
}

// problemAt is the public address of a problem.
func problemAt(code string) string { return "/complaints/problems/public/" + url.PathEscape(code) }

func (v problemView) at() templ.SafeURL { return templ.SafeURL(problemAt(v.Code)) }

func (v problemView) letterAt(l letter.Letter) templ.SafeURL {
	return templ.SafeURL(letterAt(l.Campaign, table.Row{Code: l.Code, Batch: l.Batch}))
}

// day is a day as its readers write it.
func (v problemView) day(t time.Time) string {
	d := calendar.DateOf(t.Add(-time.Microsecond).In(calendar.China)) // what ends at midnight ends with the day before
	if v.Lang == lang.ZH {
		return d.Format()
	}
	return d.String()
}

// waiting says what waits for a decision, and until when.
func (v problemView) waiting(w problem.Waits) string {
	if w.Process == complaint.Objection.Key {
		return v.F("%d 条异议等协调联络组决定，最迟 %s。没有决定以前不能销号；成立的，退回整改。", "%d objections wait for the coordination group, which decides by %s. Until then it cannot be closed; if one holds, it goes back.", w.N, v.day(w.By))
	}
	return v.F("%d 条重开建议等协调联络组决定，最迟 %s。附的照片只给协调和核查的人看，不公开。", "%d proposals to begin again wait for the coordination group, which decides by %s. Photos are for those who coordinate and check, and are not published.", w.N, v.day(w.By))
}

func (p *Pages) open(r *http.Request) (v problemView, err error) {
	if v.Open, err = problem.OpenTo(r.Context(), p.Problems, r.PathValue("code")); err != nil {
		return v, err
	}
	v.Page = p.Site.Page(r, lang.Text{ZH: "问题 " + v.Code, EN: "Problem " + v.Code})
	return v, nil
}

// photoField is where a photo is chosen: it goes with the form, since who is not signed in brings none by itself.
func (p *Pages) photoField(v *problemView) {
	v.photo = p.Photos.Field(v.Page, photoKind, kit.PhotoInput{
		Name: "photo", Label: v.T("现在的现场照片", "A photo of how it is now"), Camera: true, One: true, Error: v.form.Wrong("photo"),
	}, v.files)
	v.photo.Bring = ""
}

// Problem is a problem with what may be said of it now.
func (p *Pages) Problem(w http.ResponseWriter, r *http.Request) error {
	v, err := p.open(r)
	if err != nil {
		return err
	}
	if v.told, err = p.marked(r, "told", problemAt(v.Code)); err != nil {
		return err
	}
	p.photoField(&v)
	return v.Write(w, r, problemPage(v))
}

// Tell takes an objection while there is publicity, and else that it is not solved, with a photo.
func (p *Pages) Tell(w http.ResponseWriter, r *http.Request) error {
	v, err := p.open(r)
	if err != nil {
		return err
	}
	if !v.MayObject() && !v.MayDoubt() { // nothing is taken of it now, whatever was sent
		return fault.New(fault.Late, "“%[1]s”现在不收异议，也不用重开：它还在办，或者已经过了观察期。有新的情况，请作为新的信访件反映。", "Nothing is taken of %[1]s now: it is in hand, or its window is over. What is new is another complaint.", v.Code)
	}
	limit := bound.Photo
	if v.MayObject() {
		limit = bound.Objection
	}
	// It is counted before anything that was sent is read: a photo is as large as it likes.
	back, wrong := limit.Take(r.Context(), p.DB, web.Network(r))
	if wrong == nil {
		if v.files, err = p.Photos.Read(w, r, photos.Reading{By: problem.TakenBy, Kinds: map[string]string{"photo": photoKind}, Most: 1}); err != nil {
			return err
		}
		if wrong = p.tell(r, v); wrong != nil && len(v.files.Files("photo")) == 0 {
			if err := back(r.Context()); err != nil {
				return err
			}
		}
	} else if err := r.ParseForm(); err == nil {
		v.files.Values = r.PostForm
	}
	if wrong == nil {
		mark, err := p.mark(r, problemAt(v.Code))
		if err != nil {
			return err
		}
		http.Redirect(w, r, problemAt(v.Code)+"?told="+mark, http.StatusSeeOther)
		return nil
	}
	v.Private = true
	if v.form, err = refusedForm(v.Page, v.files.Values, wrong); err != nil {
		return err
	}
	p.photoField(&v)
	return v.WriteStatus(w, r, v.form.Status(), problemPage(v))
}

func (p *Pages) tell(r *http.Request, v problemView) error {
	if err := v.files.Wrong(); err != nil {
		return err
	}
	what := v.files.Values.Get("what")
	if v.MayObject() {
		_, err := p.Problems.Object(r.Context(), v.Code, what, v.files.Values.Get("once"))
		return err
	}
	_, err := problem.Unsolved(r.Context(), p.Problems, problem.Doubt{Code: v.Code, What: what, Photos: v.files.Hashes("photo"), Form: v.files.Values.Get("once")})
	return err
}
