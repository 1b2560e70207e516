package cards

import (
	"net/http"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// ownView is the winners of a contest with their cards, for who writes them.
type ownView struct {
	page.Contest
	rows []ownRow
}

type ownRow struct {
	card.Winner
	card *card.Card // nil: there is none yet
	may  bool
}

var ownTitle = lang.Text{ZH: "案例卡", EN: "Case cards"}

// Own answers the winners of a contest with their cards: who holds it sees all of them, a unit its own, and everybody what is public.
func (p *Pages) Own(w http.ResponseWriter, r *http.Request) error {
	var v ownView
	var err error
	if v.Contest, err = p.Public(r, ownTitle); err != nil {
		return err
	}
	var who identity.Colleague
	if v.SignedIn {
		if who, err = p.Who(r); err != nil {
			return err
		}
	}
	var cards []card.Card
	var winners []card.Winner
	err = p.DB.View(r.Context(), func(tx *db.Tx) error {
		if winners, err = p.Cards.Winners(tx, v.Event.Code); err != nil {
			return err
		}
		cards, err = card.OfContest(tx, v.Event.Code)
		return err
	})
	if err != nil {
		return err
	}
	for _, one := range winners {
		row := ownRow{Winner: one}
		for i := range cards {
			if cards[i].Number == one.Entry.Number {
				row.card = &cards[i]
			}
		}
		if v.SignedIn {
			asked := card.Card{Contest: v.Event.Code, Organisation: one.Entry.Organisation}
			if row.may, _, err = p.Cards.Stands(r.Context(), who, asked); err != nil {
				return err
			}
		}
		v.Private = v.Private || row.may
		v.rows = append(v.rows, row)
	}
	return v.Write(w, r, ownPage(v))
}

// editView is the form of a card.
type editView struct {
	page.Contest
	number string
	card   card.Card
	draft  card.Draft
}

var editTitle = lang.Text{ZH: "写案例卡", EN: "Write the case card"}

// EditForm answers the form in which a winner's unit writes its card.
func (p *Pages) EditForm(w http.ResponseWriter, r *http.Request) error {
	if !p.signedIn(w, r) {
		return nil
	}
	v, _, err := p.editing(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, editPage(v))
}

func (p *Pages) editing(r *http.Request) (v editView, who identity.Colleague, err error) {
	if v.Contest, who, err = p.Inside(r, editTitle, ""); err != nil {
		return v, who, err
	}
	v.Wide, v.number = false, r.PathValue("number")
	v.card, v.draft, err = p.Cards.Prepared(r.Context(), who, v.Event.Code, v.number)
	return v, who, err
}

// Edit keeps another version of a card.
func (p *Pages) Edit(w http.ResponseWriter, r *http.Request) error {
	if !p.signedIn(w, r) {
		return nil
	}
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.editing(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	d := card.Draft{
		Title: f.Get("title"), Field: f.Get("field"), Problem: f.Get("problem"), Measures: f.Get("measures"), Effect: f.Get("effect"), Office: f.Get("office"), Phone: f.Get("phone"),
	}
	for i := range card.MostFigures {
		one := card.Figure{What: f.Get(card.FigureField(i, "what")), Said: f.Get(card.FigureField(i, "said")), At: f.Get(card.FigureField(i, "at"))}
		d.Figures = append(d.Figures, one)
		if asOfNow(one.At) {
			if _, _, e := p.asked(one.At); e != nil {
				err = fault.At(card.FigureField(i, "at"), fault.New(fault.Invalid, "本站没有这个数字的凭据：从数字旁边的“凭据”打开，把地址抄过来", "this site has no receipt of such a figure: open “receipt” beside it and copy the address").Because(e))
			}
		}
	}
	var c card.Card
	if err == nil {
		c, err = p.Cards.Save(r.Context(), who, card.Saving{Contest: v.Event.Code, Number: v.number, Seen: page.Seen(f), Draft: d})
	}
	if err == nil {
		http.Redirect(w, r, at(&c)+"?done=saved", http.StatusSeeOther)
		return nil
	}
	v.draft.Field = d.Field
	return v.Again(w, r, err, func() templ.Component { return editPage(v) })
}

func (v editView) field(name, label, known, hint string) web.Input {
	return web.Input{Name: name, Label: label, Hint: hint, Value: v.Typed(name, known), Error: v.Form.Wrong(name), Complete: "off"}
}

func (v editView) figure(i int) card.Figure {
	if i < len(v.draft.Figures) {
		return v.draft.Figures[i]
	}
	return card.Figure{}
}

func (v editView) fields() (all []web.Option) {
	for _, c := range card.Fields {
		all = append(all, web.Option{Value: c.Key, Text: c.Name.In(v.Lang), On: c.Key == v.draft.Field})
	}
	return all
}

// mayAdopt tells whether the reader may record an adoption of a card.
func (v cardView) mayAdopt() bool { return v.May(contest.Adopt) && v.card.Shown > 0 && !v.own }
