// Package join is how the devices of a hall come in: a card to print for each seat, and the codes of the screen and of the public
// page.
//
// A card lets one device in as the judge who sits there, once: it is an invitation of [identity.Invitations], made by whoever may
// give that judge their role, and the next one for the same judge ends it. Its six digits are not on it. They stand on a list apart
// and are told when the card is handed over, so that a card that was lost, or photographed, lets nobody in.
package join

import (
	"net/http"
	"slices"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of who lets devices in.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

var title = lang.Text{ZH: "入场", EN: "Joining"}

type view struct {
	page.Contest
	seats  []seat.Seat
	names  map[string]string // of people
	cards  []card
	at     string   // the address for judges
	others []string // at which the site answers, too
	screen string
	public string
}

// card is a seat's way in; without a code there is none, and why.
type card struct {
	seat, name, address, code, ends string
	why                             string
}

// Join answers how devices come in.
func (p *Pages) Join(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.view(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, joinPage(v))
}

func (p *Pages) view(r *http.Request) (v view, who identity.Colleague, err error) {
	if v.Contest, who, err = p.Held(r, title); err != nil {
		return v, who, err
	}
	err = p.DB.View(r.Context(), func(tx *db.Tx) (err error) { v.seats, err = seat.All(tx, v.Event.Code); return err })
	if err != nil {
		return v, who, err
	}
	var ids []string
	for _, s := range v.seats {
		ids = append(ids, s.Person)
	}
	if v.names, err = p.Persons(r.Context(), who, ids...); err != nil {
		return v, who, err
	}
	all := p.Entrances(r)
	v.at = all[0]
	if at := r.FormValue("at"); slices.Contains(all, at) {
		v.at = at
	}
	v.others = all
	v.screen = v.at + page.At(v.Event.Code, "screen")
	v.public = p.ForGuests(r, page.At(v.Event.Code))
	return v, who, nil
}

// Cards makes a card for a seat, or for each that no device has come to yet, and shows them once.
func (p *Pages) Cards(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.view(r)
	if err != nil {
		return err
	}
	key := r.PostForm.Get("seat")
	var last error
	for _, s := range v.seats {
		if key != s.Seat && (key != "" || s.Device != "") {
			continue
		}
		one := card{seat: s.Seat, name: v.names[s.Person]}
		inv, err := who.InviteAgain(r.Context(), s.Person)
		switch text, ok := fault.In(v.Lang, err); {
		case err == nil:
			one.address, one.code, one.ends = v.at+"/invitation/"+inv.Token, inv.Code, web.When(inv.Ends)
		case ok:
			one.why, last = text, err
		default:
			return err
		}
		v.cards = append(v.cards, one)
	}
	if len(v.cards) == 0 {
		last = fault.New(fault.Conflict, "没有要做卡的席位：每个席位都已经有设备，或者还没有安排评委。要换设备，按那个席位的按钮。",
			"No seat wants a card: each has a device already, or nobody sits there yet. For another device press the button of that seat.")
	}
	if slices.ContainsFunc(v.cards, func(c card) bool { return c.code != "" }) {
		v.Once, v.Private = true, true
		return v.Write(w, r, cardsPage(v))
	}
	if fault.KindOf(last) == fault.Denied { // who asks may see the page, and holds one of the two roles that this takes
		last = fault.New(fault.Conflict, "做卡还要“授权管理员”的角色：请有这个角色的人来做，或请他们先给您。", "Cards take the role of the grants administrator as well: have somebody make them who holds it, or be given it first.")
	}
	return v.Again(w, r, last, func() templ.Component { return joinPage(v) })
}

// mayMake tells whether the reader may give a judge their way in, somewhere at least.
func (v view) mayMake() bool { return v.May(right.Grants) }

// waiting are how many seats no device has come to.
func (v view) waiting() (n int) {
	for _, s := range v.seats {
		if s.Device == "" {
			n++
		}
	}
	return n
}

func (v view) nameOf(person string) string {
	if name := v.names[person]; name != "" {
		return name
	}
	return v.T("（没有名字）", "(no name)")
}

// good are the cards that were made, and bad those that were not.
func (v view) good() (all []card) {
	return slices.DeleteFunc(slices.Clone(v.cards), func(c card) bool { return c.code == "" })
}

func (v view) bad() (all []card) {
	return slices.DeleteFunc(slices.Clone(v.cards), func(c card) bool { return c.code != "" })
}
