// Package cards is the pages of case cards: a library for everybody, a card with its effect as it was said and as it is today, the form
// in which the unit of a winner writes it, and who has adopted it.
//
// A card that is not public is shown to its unit and to who holds its contest, and to others there is none.
package cards

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of case cards.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

// The library, and how far its cases have spread.
const (
	LibraryAt = "/contests/cards"
	SpreadAt  = "/contests/cards/adoptions"
)

var libraryTitle = lang.Text{ZH: "案例库", EN: "Case library"}

// listed is how many cards a page of the library has.
const listed = 30

type libraryView struct {
	web.Page
	query   url.Values
	all     []card.Card
	tally   map[string]card.Tally
	shelves []card.Shelf
	next    string
	any     bool // there are cards at all
}

// Library answers a search for cards, the newest first.
func (p *Pages) Library(w http.ResponseWriter, r *http.Request) error {
	v := libraryView{Page: p.Site.Page(r, libraryTitle), query: r.URL.Query()}
	f := card.Filter{Words: v.query.Get("q"), Contest: v.query.Get("contest"), Field: v.query.Get("field"), Behind: v.query.Get("behind"), Limit: listed + 1}
	f.Year, _ = strconv.Atoi(v.query.Get("year"))
	f.Before, _ = time.Parse(time.RFC3339Nano, v.query.Get("at"))
	err := p.DB.View(r.Context(), func(tx *db.Tx) (err error) {
		if v.shelves, err = card.Shelves(tx); err != nil {
			return err
		}
		if v.all, err = card.Library(tx, f); err != nil {
			return err
		}
		if len(v.all) > listed {
			v.all = v.all[:listed]
			v.next = v.at("at", v.all[listed-1].ShownAt.Format(time.RFC3339Nano), "behind", v.all[listed-1].ID)
		}
		ids := make([]string, len(v.all))
		for i := range v.all {
			ids[i] = v.all[i].ID
		}
		v.tally, err = card.Adopted(tx, ids...)
		return err
	})
	if err != nil {
		return err
	}
	v.any = len(v.shelves) > 0
	return v.Write(w, r, libraryPage(v))
}

// at is the search with other members.
func (v libraryView) at(members ...string) string {
	q := url.Values{}
	for _, name := range []string{"q", "year", "contest", "field"} {
		if one := v.query.Get(name); one != "" {
			q.Set(name, one)
		}
	}
	for i := 0; i+1 < len(members); i += 2 {
		q.Set(members[i], members[i+1])
	}
	if len(q) == 0 {
		return LibraryAt
	}
	return LibraryAt + "?" + q.Encode()
}

func (v libraryView) first() string {
	if v.query.Get("at") == "" {
		return ""
	}
	return v.at()
}

func (v libraryView) options(name string) (all []web.Option) {
	add := func(value, text string) {
		if !slices.ContainsFunc(all, func(o web.Option) bool { return o.Value == value }) {
			all = append(all, web.Option{Value: value, Text: text, On: v.query.Get(name) == value})
		}
	}
	for _, s := range v.shelves {
		if name == "year" {
			add(strconv.Itoa(s.Year), strconv.Itoa(s.Year))
		}
		if name == "contest" {
			add(s.Contest, s.Title)
		}
	}
	if name == "field" {
		for _, c := range card.Fields {
			add(c.Key, c.Name.In(v.Lang))
		}
	}
	return all
}

// signedIn tells whether somebody is; who is not is led to where one does.
func (p *Pages) signedIn(w http.ResponseWriter, r *http.Request) bool {
	in := p.Site.Page(r, cardTitle).SignedIn
	if !in {
		http.Redirect(w, r, "/sign-in?"+url.Values{"back": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
	}
	return in
}

// at is where the page of a card is, or of something of it.
func at(c *card.Card, more ...string) string {
	return page.At(c.Contest, append([]string{"cards", c.Number}, more...)...)
}

// spreadView is adoptions over time.
type spreadView struct {
	web.Page
	months []card.Month
	total  card.Tally
}

var spreadTitle = lang.Text{ZH: "采用情况", EN: "Adoptions"}

// monthsShown is how many months back adoptions are shown one by one.
const monthsShown = 24

// Spread answers how far cases have spread, month by month.
func (p *Pages) Spread(w http.ResponseWriter, r *http.Request) error {
	v := spreadView{Page: p.Site.Page(r, spreadTitle)}
	err := p.DB.View(r.Context(), func(tx *db.Tx) (err error) { v.months, v.total, err = months(tx, "", p.Now()); return err })
	if err != nil {
		return err
	}
	return v.Write(w, r, spreadPage(v))
}

// months are the last of them in which something was adopted, without gaps, and the sum of all.
func months(tx *db.Tx, of string, now time.Time) (all []card.Month, total card.Tally, err error) {
	some, err := card.Months(tx, of, "")
	if err != nil {
		return nil, total, err
	}
	had := map[string]card.Month{}
	for _, m := range some {
		had[m.Month] = m
		total.Said, total.Verified, total.Unverified = total.Said+m.Said, total.Verified+m.Verified, total.Unverified+m.Unverified
	}
	if len(some) == 0 {
		return nil, total, nil
	}
	begin := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, now.Location())
	for i := monthsShown - 1; i >= 0; i-- {
		name := begin.AddDate(0, -i, 0).Format("2006-01")
		if name < some[0].Month {
			continue
		}
		m := had[name]
		m.Month = name
		all = append(all, m)
	}
	return all, total, nil
}

// receipt is the address of the receipt of the adoptions of a card, or of all.
func receipt(of string) string { return figure.Path(card.Spread, figure.Params{"card": of}) }

// live is a figure of this site as it is now; nothing where the address is of none, or where it cannot be had.
func (p *Pages) live(ctx context.Context, l lang.Lang, address string) string {
	q, params, err := p.asked(address)
	if err != nil || q.Tell == nil {
		return ""
	}
	got, err := p.Figures.Receipt(ctx, q, params)
	if err != nil {
		return ""
	}
	lines := q.Tell(params, got.Result)
	if len(lines) == 0 {
		return ""
	}
	return lines[0].Value.In(l)
}

const receiptsAt = "/receipts/figures/"

// asked is the figure of an address.
func (p *Pages) asked(address string) (q figure.Query, params figure.Params, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return q, nil, err
	}
	given := figure.Params{}
	for name := range u.Query() {
		given[name] = u.Query().Get(name)
	}
	return p.Figures.Settle(strings.TrimPrefix(u.Path, receiptsAt), given, p.Now())
}
