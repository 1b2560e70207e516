package problems

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/web"
)

var reportTitle = lang.Text{ZH: "信访件报结", EN: "Report on a letter"}

// reportView is what a unit says of a letter, with its digest beside it.
type reportView struct {
	web.Page
	letter  letter.Assigned
	refused web.Refusal
}

// ReportPage asks what became of a letter.
func (p *Pages) ReportPage(w http.ResponseWriter, r *http.Request) error {
	return p.report(w, r, func(identity.Colleague, letter.Assigned) (web.Refusal, bool, error) { return web.Refusal{}, false, nil })
}

// Report hands in what the unit says.
func (p *Pages) Report(w http.ResponseWriter, r *http.Request) error {
	return p.report(w, r, func(who identity.Colleague, l letter.Assigned) (web.Refusal, bool, error) {
		if err := web.ReadForm(r); err != nil {
			return web.Refusal{}, false, err
		}
		f := r.PostForm
		seen, _ := strconv.Atoi(f.Get("seen"))
		_, err := p.Letters.Report(r.Context(), who, letter.Report{
			Letter: l.ID, Seen: seen,
			Answer: letter.Answer{Found: f.Get("found"), Done: f.Get("done"), Aim: f.Get("aim"), Sanctions: f.Get("sanctions"), Note: f.Get("note")},
		})
		if err == nil {
			return web.Refusal{}, true, nil
		}
		refused, other := p.Site.Page(r, reportTitle).Refused(f, err)
		return refused, false, other
	})
}

func (p *Pages) report(w http.ResponseWriter, r *http.Request, do func(identity.Colleague, letter.Assigned) (web.Refusal, bool, error)) error {
	who, ok, err := p.Inside(w, r)
	if !ok {
		return err
	}
	v := reportView{Page: shape(p.Site.Page(r, reportTitle))}
	if v.letter, err = p.Letters.Assigned(r.Context(), who, r.PathValue("id")); err != nil {
		if fault.KindOf(err) == fault.Denied && r.Method == http.MethodGet && v.May(complaint.Look) { // the office waits for the report, and looks at the letter
			http.Redirect(w, r, "/complaints/letters/"+url.PathEscape(r.PathValue("id")), see)
			return nil
		}
		return err
	}
	refused, done, err := do(who, v.letter)
	if err != nil {
		return err
	}
	if done {
		http.Redirect(w, r, r.URL.Path, see)
		return nil
	}
	v.refused = refused
	if !refused.Right() { // it may have moved since: what is shown beside the form is how it is now
		if v.letter, err = p.Letters.Assigned(r.Context(), who, r.PathValue("id")); err != nil {
			return err
		}
		return v.WriteStatus(w, r, refused.Status(), reportPage(v))
	}
	return v.Write(w, r, reportPage(v))
}

// verdicts are those of its points.
func (v reportView) verdicts() (all []complaint.Verdict) {
	for _, p := range v.letter.Points {
		verdict, _ := complaint.ParseVerdict(p.Verdict)
		all = append(all, verdict)
	}
	return all
}

func (v reportView) text(name, label, hint, known string, rows int) (web.Input, int) {
	return web.Input{Name: name, Label: label, Hint: hint, Value: v.refused.Value(name, known), Error: v.refused.Wrong(name)}, rows
}
