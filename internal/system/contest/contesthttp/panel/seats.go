package panel

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/expert"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
	"github.com/xiadu/xiadu/internal/web"
)

// seatsView is who sits where, and what ties them to entries.
type seatsView struct {
	page.Contest
	panel   page.Panel
	names   map[string]string // of people
	pool    []expert.Expert   // who may be asked and does not sit yet
	of      map[string]expert.Expert
	entries map[string]entry.Entry // by number
	values  url.Values
	done    string
}

var seatsTitle = lang.Text{ZH: "评委席", EN: "Seats"}

// usualSeats is how many seats a page offers where the rule leaves it open.
const usualSeats = 9

// mostPool is how many experts are offered for a seat.
const mostPool = 200

// Seats answers the seats of a contest.
func (p *Pages) Seats(w http.ResponseWriter, r *http.Request) error {
	v, _, err := p.seats(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, seatsPage(v))
}

func (p *Pages) seats(r *http.Request) (v seatsView, who identity.Colleague, err error) {
	v.values = url.Values{}
	if v.Contest, who, err = p.Held(r, seatsTitle); err != nil {
		return v, who, err
	}
	ctx := r.Context()
	if v.panel, err = p.Panel(ctx, &v.Event); err != nil {
		return v, who, err
	}
	sits := map[string]bool{}
	var ids []string
	for _, s := range v.panel.Seats {
		sits[s.Person] = true
		ids = append(ids, s.Person)
	}
	all, err := p.Experts.List(ctx, who, expert.Filter{Division: v.Event.Division, Active: true, Limit: mostPool})
	if err != nil {
		return v, who, err
	}
	v.of = map[string]expert.Expert{}
	for _, e := range all {
		v.of[e.Person] = e
		ids = append(ids, e.Person)
		if !sits[e.Person] {
			v.pool = append(v.pool, e)
		}
	}
	if v.names, err = p.Persons(ctx, who, ids...); err != nil {
		return v, who, err
	}
	v.entries = map[string]entry.Entry{}
	err = p.DB.View(ctx, func(tx *db.Tx) error {
		some, err := entry.Shortlisted(tx, v.Event.Code)
		for _, e := range some {
			v.entries[e.Number] = e
		}
		return err
	})
	v.done = map[string]string{
		"given": v.T("席位安排好了", "The seat is given"), "taken": v.T("席位收回了", "The seat is taken back"), "recused": v.T("回避办好了：这个席位不给这件作品打分", "It is recused: this seat marks nothing of the entry"),
	}[r.URL.Query().Get("done")]
	return v, who, err
}

func (p *Pages) seatAct(w http.ResponseWriter, r *http.Request, done string, do func(context.Context, *seatsView, identity.Colleague) error) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, who, err := p.seats(r)
	if err != nil {
		return err
	}
	if err = do(r.Context(), &v, who); err == nil {
		http.Redirect(w, r, page.At(v.Event.Code, "office", "seats")+"?done="+done, http.StatusSeeOther)
		return nil
	}
	v.values = r.PostForm
	return v.Again(w, r, err, func() templ.Component { return seatsPage(v) })
}

// Give gives somebody of the pool a seat.
func (p *Pages) Give(w http.ResponseWriter, r *http.Request) error {
	return p.seatAct(w, r, "given", func(ctx context.Context, v *seatsView, who identity.Colleague) error {
		key, person := r.PostForm.Get("seat"), r.PostForm.Get("person")
		if slices.ContainsFunc(v.panel.Seats, func(s seat.Seat) bool { return s.Seat == key && s.Person == person }) {
			return nil // the same form came twice
		}
		if person != "" && !slices.ContainsFunc(v.pool, func(e expert.Expert) bool { return e.Person == person }) {
			return fault.At("person", fault.New(fault.Conflict, "这个人已经有席位，或不在专家库里", "this person has a seat already, or is not in the pool"))
		}
		return p.Pages.Seats.Give(ctx, who, v.Event.Code, key, person)
	})
}

// Take takes a seat back.
func (p *Pages) Take(w http.ResponseWriter, r *http.Request) error {
	return p.seatAct(w, r, "taken", func(ctx context.Context, v *seatsView, who identity.Colleague) error {
		return p.Pages.Seats.Take(ctx, who, v.Event.Code, r.PostForm.Get("seat"))
	})
}

// Recuse has a seat mark nothing of an entry.
func (p *Pages) Recuse(w http.ResponseWriter, r *http.Request) error {
	return p.seatAct(w, r, "recused", func(ctx context.Context, v *seatsView, who identity.Colleague) error {
		key, number := r.PostForm.Get("seat"), r.PostForm.Get("entry")
		if v.panel.Recused(key, number) {
			return nil // it was pressed twice
		}
		return p.Halls.Recuse(ctx, who, seat.Away{Contest: v.Event.Code, Entry: number, Seat: key, Reason: r.PostForm.Get("reason")})
	})
}

// line is a seat as the page shows it.
type line struct {
	key  string
	seat *seat.Seat // nil: nobody sits there
}

// lines are the seats that there are, and those that are still free.
func (v seatsView) lines() (all []line) {
	n := page.Wanted(&v.Event)
	if n == 0 {
		n = max(usualSeats, len(v.panel.Seats))
	}
	given := map[string]*seat.Seat{}
	for i := range v.panel.Seats {
		given[v.panel.Seats[i].Seat] = &v.panel.Seats[i]
	}
	for i := range n {
		key := fmt.Sprintf("j%d", i+1)
		all = append(all, line{key, given[key]})
		delete(given, key)
	}
	for _, s := range v.panel.Seats {
		if given[s.Seat] != nil {
			all = append(all, line{s.Seat, given[s.Seat]})
		}
	}
	return all
}

func (v seatsView) free() (keys []string) {
	for _, l := range v.lines() {
		if l.seat == nil {
			keys = append(keys, l.key)
		}
	}
	return keys
}

func (v seatsView) mayGive() bool {
	return v.Event.State != contest.Cancelled && !v.Event.State.After(contest.Drawn)
}

func (v seatsView) seatMenu() web.Menu {
	m := web.Menu{Name: "seat", Label: v.T("席位", "Seat"), Error: v.Form.Wrong("seat")}
	for _, key := range v.free() {
		m.Options = append(m.Options, web.Option{Value: key, Text: key, On: v.values.Get("seat") == key})
	}
	return m
}

func (v seatsView) personMenu() web.Menu {
	m := web.Menu{Name: "person", Label: v.T("谁来坐", "Who sits there"), None: v.T("请选", "choose"), Error: v.Form.Wrong("person")}
	for _, e := range v.pool {
		text := v.called(e.Person) + " · " + e.Field + " · " + e.Unit
		if sure, asked := v.count(e.Person); sure+asked > 0 {
			text += v.F("（%d 件要回避，%d 件要核对）", " (%d recusals, %d questions)", sure, asked)
		}
		m.Options = append(m.Options, web.Option{Value: e.Person, Text: text, On: v.values.Get("person") == e.Person})
	}
	return m
}

func (v seatsView) called(person string) string {
	if name := v.names[person]; name != "" {
		return name
	}
	return v.T("（没有名字）", "(no name)")
}

// tie is what ties an expert to one entry: all conflicts with it together.
type tie struct {
	number string
	title  string
	sure   bool // it is known, and no question
	all    []expert.Conflict
}

// ties are those of a person, by number.
func (v seatsView) ties(person string) (all []tie) {
	for _, c := range v.panel.Of(person) {
		if len(all) == 0 || all[len(all)-1].number != c.Number {
			all = append(all, tie{number: c.Number, title: v.entries[c.Number].Title})
		}
		t := &all[len(all)-1]
		t.all = append(t.all, c)
		t.sure = t.sure || c.Said != expert.Alike
	}
	return all
}

func (v seatsView) count(person string) (sure, asked int) {
	for _, t := range v.ties(person) {
		if t.sure {
			sure++
		} else {
			asked++
		}
	}
	return sure, asked
}

// reason is why a seat is recused, as the record keeps it.
func (t tie) reason() string {
	var parts []string
	for _, c := range t.all {
		k, _ := lang.FindChoice(expert.Kinds, string(c.Kind))
		parts = append(parts, expert.Kinds[k].Name.ZH+"："+c.Unit)
	}
	text := strings.Join(parts, "；")
	const most = 280
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return text
}

// tiesText says in a line how many ties a person has.
func (v seatsView) tiesText(person string) string {
	sure, asked := v.count(person)
	switch {
	case sure+asked == 0:
		return v.T("没有查到", "none found")
	case asked == 0:
		return v.F("%d 件", "%d", sure)
	case sure == 0:
		return v.F("%d 件要核对", "%d to look at", asked)
	}
	return v.F("%d 件，另有 %d 件要核对", "%d, and %d to look at", sure, asked)
}
