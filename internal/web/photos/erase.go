package photos

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/kit"
)

var eraseTitle = lang.Text{ZH: "删除这份材料", EN: "Erase this piece of evidence"}

// eraseView asks on what ground an item is to be erased, and then whether it really is.
type eraseView struct {
	web.Page
	item   evidence.Item
	tile   kit.Photo
	form   web.Refusal
	ground evidence.Ground
	note   string
	sure   bool // the ground was given: it is to be confirmed
	gone   bool
}

func (v eraseView) grounds() (choices []web.Choice) {
	for _, g := range evidence.ByPeople {
		choices = append(choices, web.Choice{Name: "reason", Value: string(g), Label: g.Name().In(v.Lang), On: v.ground == g})
	}
	return choices
}

func eraseOf(a *Album, r *http.Request, v visit) eraseView {
	e := eraseView{Page: a.page(r, eraseTitle), item: v.item.Item, gone: v.item.State == evidence.Erased}
	e.tile = a.tileOf(e.Page, v.item.Item)
	return e
}

func (a *Album) askErase(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := a.enter(w, r, evidence.ToErase)
	if !ok {
		return err
	}
	e := eraseOf(a, r, v)
	return e.Write(w, r, erasePage(e))
}

// maxNote bounds why somebody erases, in characters.
const maxNote = 200

// erase asks once more, and erases what was confirmed.
func (a *Album) erase(w http.ResponseWriter, r *http.Request) error {
	v, ok, err := a.enter(w, r, evidence.ToErase)
	if !ok {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	e := eraseOf(a, r, v)
	e.ground, e.note = evidence.Ground(r.PostForm.Get("reason")), r.PostForm.Get("note")
	if err = e.check(); err == nil && r.PostForm.Get("confirm") == "" {
		e.sure = true
		return e.Write(w, r, erasePage(e))
	}
	if err == nil {
		err = v.by.Erase(r.Context(), v.item.ID, e.ground, e.note)
	}
	if err == nil {
		http.Redirect(w, r, address(v.item.ID, "erase"), http.StatusSeeOther)
		return nil
	}
	var other error
	if e.form, other = e.Refused(r.PostForm, err); other != nil {
		return other
	}
	return e.WriteStatus(w, r, e.form.Status(), erasePage(e))
}

func (v eraseView) check() error {
	if t, ok := lang.CheckText(v.note, maxNote); !ok {
		return fault.At("note", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	return v.ground.Check()
}
