package judge

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Act does what the form of a run asks for, for a browser without scripts: its marks are kept, read back, and sealed as they were
// read. The device of the form is the seat's by its first act.
func (p *Pages) Act(w http.ResponseWriter, r *http.Request) error {
	who, err := p.judge(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "读不懂送来的表单，请重新打开这一页", "the form cannot be read; open the page again").Because(err)
	}
	code, id := r.PathValue("code"), device(w, r)
	name := r.PostForm.Get("run")
	wrong := p.act(r, who, code, id)
	reading := r.PostForm.Get("do") == "read"
	if wrong == nil && !reading {
		http.Redirect(w, r, at(code)+"?"+url.Values{"run": {name}}.Encode(), http.StatusSeeOther)
		return nil
	}
	v, err := p.view(w, r, name)
	if err != nil {
		return err
	}
	v.Path = at(code)
	if v.Form, err = v.Refused(r.PostForm, wrong); err != nil {
		return err
	}
	if v.reading = wrong == nil; v.reading {
		v.typed(r.PostForm)
		return v.Write(w, r, sheet(v))
	}
	return v.WriteStatus(w, r, v.Form.Status(), sheet(v))
}

// typed has the form show what was typed, where no draft keeps it: of a correction.
func (v *view) typed(form url.Values) {
	if v.focus < 0 || v.runs[v.focus].ask.ID == "" {
		return
	}
	f := &v.runs[v.focus]
	o := *f.Sealed
	o.Marks = map[string]string{}
	for _, c := range f.judged.Criteria {
		o.Marks[c.Key] = plain(form.Get("m-" + c.Key))
	}
	f.Sealed = &o
}

func (p *Pages) act(r *http.Request, who identity.Colleague, code, id string) error {
	ctx, form := r.Context(), r.PostForm
	here, err := runOf(code, form.Get("run"))
	if err != nil {
		return err
	}
	if _, err := p.Seats.Beat(ctx, who, seat.Beat{Contest: code, Device: id}); err != nil {
		return err
	}
	mine, err := p.Halls.Mine(ctx, who, code)
	if err != nil {
		return err
	}
	all := runs(&mine)
	i := slices.IndexFunc(all, func(one run) bool { return one.name() == form.Get("run") })
	if i < 0 || all[i].judged == nil {
		return fault.New(fault.Conflict, "这一次展示已经中断，请打开现在的样子再打分。", "That run was interrupted; open the page as it is now.")
	}
	marks, wrong := all[i].read(form)
	if form.Get("do") == "lock" {
		if wrong != nil {
			return wrong
		}
		l := hall.Lock{At: here, Marks: marks, Device: id}
		if ask := form.Get("ask"); ask != "" {
			_, err = p.Halls.Reseal(ctx, who, ask, l)
			return err
		}
		_, err = p.Halls.Lock(ctx, who, l)
		return err
	}
	if all[i].ask.ID == "" {
		if err := p.keep(r, who, here, id, marks, all[i].Drafts); err != nil {
			return err
		}
	}
	if wrong == nil && form.Get("do") == "read" {
		for _, c := range all[i].judged.Criteria {
			if marks[c.Key] == "" {
				wrong = errors.Join(wrong, fault.At(c.Key, fault.New(fault.Invalid, "还没有打分", "has no mark yet")))
			}
		}
	}
	return wrong
}

// read reads the marks of a form: those that fit, and what is wrong with the others.
func (r *run) read(form url.Values) (marks map[string]string, wrong error) {
	marks = map[string]string{}
	for i := range r.judged.Criteria {
		c := &r.judged.Criteria[i]
		text := plain(form.Get("m-" + c.Key))
		if text != "" {
			if err := fits(c, text); err != nil {
				wrong = errors.Join(wrong, err)
				continue
			}
		}
		marks[c.Key] = text
	}
	return marks, wrong
}

// keep keeps the marks that are others than those that are kept.
func (p *Pages) keep(r *http.Request, who identity.Colleague, here hall.At, id string, marks, had map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(marks)) {
		if marks[key] == had[key] {
			continue
		}
		if err := p.Halls.Draft(r.Context(), who, hall.Draft{At: here, Criterion: key, Mark: marks[key], Device: id}); err != nil {
			return err
		}
	}
	return nil
}

// Hand has the seat go on on the device that asks for it, from this one.
func (p *Pages) Hand(w http.ResponseWriter, r *http.Request) error {
	who, err := p.judge(r)
	if err != nil {
		return err
	}
	code := r.PathValue("code")
	wrong := p.Seats.Hand(r.Context(), who, code, r.PostFormValue("seat"), device(w, r), r.PostFormValue("to"))
	if wrong == nil {
		http.Redirect(w, r, at(code), http.StatusSeeOther)
		return nil
	}
	v, err := p.view(w, r, "")
	if err != nil {
		return err
	}
	v.Path = at(code)
	return v.Again(w, r, wrong, func() templ.Component { return sheet(v) })
}
