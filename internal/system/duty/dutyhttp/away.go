package dutyhttp

import (
	"net/http"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/duty"
	"github.com/xiadu/xiadu/internal/web"
)

const awayAt = "/me/away"

var awayTitle = lang.Text{ZH: "我不在时由谁代办", EN: "Who takes my place"}

// awayView is who takes one's place, and whose place one takes.
type awayView struct {
	visit
	duty.Absences
}

func (p pages) away(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.awayOf(w, r)
	if !ok {
		return err
	}
	return v.Write(w, r, awayPage(v))
}

// awayOf begins the page with all that is on it.
func (p pages) awayOf(w http.ResponseWriter, r *http.Request) (v awayView, ok bool, err error) {
	if v.visit, ok, err = p.enter(w, r, awayTitle); !ok {
		return v, false, err
	}
	v.Absences, err = p.Desks.Absences(r.Context(), v.by)
	return v, err == nil, err
}

// units are the names of organisations, in a line.
func (v awayView) units(ids []string) string {
	var names []string
	for _, id := range ids {
		if n := v.Names[id]; n != "" {
			names = append(names, n)
		}
	}
	return strings.Join(names, v.T("、", ", "))
}

// deputies are those who may be chosen: who has rights for one of the same units.
func (v awayView) deputies() web.Menu {
	m := web.Menu{Name: "deputy", Label: v.T("由谁代办", "Who takes it"), None: v.T("请选择", "choose one"), Error: v.form.Wrong("deputy")}
	for _, f := range v.Fellows {
		text := called(v.Page, f.Name) + v.T("（", " (") + v.units(f.Organisations) + v.T("）", ")")
		m.Options = append(m.Options, web.Option{Value: f.Person, Text: text, On: f.Person == v.form.Value("deputy", "")})
	}
	return m
}

// span is from when until when, in words.
func (v awayView) span(a casework.Away) string {
	return v.F("%[1]s 至 %[2]s", "%[1]s until %[2]s", onDay(v.Page, calendar.DateOf(a.From.In(calendar.China))), dueOn(v.Page, a.Until))
}

// appoint has somebody take one's place.
func (p pages) appoint(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.awayOf(w, r)
	if !ok {
		return err
	}
	from, err := dayOf("from", r.PostFormValue("from"))
	until, e := dayOf("until", r.PostFormValue("until"))
	if err == nil {
		err = e
	}
	if err == nil {
		err = p.Desks.Appoint(r.Context(), v.by, casework.Away{
			Deputy: r.PostFormValue("deputy"), Why: strings.TrimSpace(r.PostFormValue("why")),
			From: from.Start(calendar.China), Until: until.Add(1).Start(calendar.China),
		})
	}
	if err != nil {
		if v.form, err = v.Refused(r.PostForm, err); err != nil {
			return err
		}
		return v.WriteStatus(w, r, v.form.Status(), awayPage(v))
	}
	http.Redirect(w, r, awayAt, http.StatusSeeOther)
	return nil
}

func dayOf(field, text string) (calendar.Date, error) {
	d, err := calendar.ParseDate(strings.TrimSpace(text))
	if err != nil {
		return d, fault.At(field, fault.New(fault.Invalid, "请写日期，如 2026-12-01。", "Give a date, as 2026-12-01."))
	}
	return d, nil
}

// recall ends a delegation: one's own, or one that one was given.
func (p pages) recall(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := p.enter(w, r, awayTitle)
	if !ok {
		return err
	}
	err = p.Desks.Recall(r.Context(), v.by, r.PostFormValue("id"))
	if err != nil && fault.KindOf(err) != fault.Conflict { // it has ended by itself meanwhile
		return err
	}
	http.Redirect(w, r, awayAt, http.StatusSeeOther)
	return nil
}
