// Package judge is the page that a judge has in the hall: the entry that is on, large, with what is to be marked; what was
// sealed; and what is still owed.
//
// A judge reads numbers here, never a title or a unit, and of an entry that they are recused from nothing but that. What is new
// they are told by a tag of what their own page shows: any count that grows with what others seal would say how many have.
//
// The device is known by a cookie, with scripts or without: the first one has the seat. With scripts each mark is kept in the
// page's own store before it is posted, and a sheet is sealed by the device. Without, the forms of the page do both, and the
// server makes the salt.
package judge

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/contesthttp/page"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of judges.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

var title = lang.Text{ZH: "打分", EN: "Marks"}

type ownView struct {
	web.Page
	all []event.Event
}

// Own lists the contests in which the reader has a seat. One leads straight to it.
func (p *Pages) Own(w http.ResponseWriter, r *http.Request) error {
	who, err := p.Who(r)
	if err != nil {
		return err
	}
	codes, err := p.Seats.Contests(r.Context(), who.Person)
	if err != nil {
		return err
	}
	if len(codes) == 1 {
		http.Redirect(w, r, at(codes[0]), http.StatusSeeOther)
		return nil
	}
	v := ownView{Page: p.Site.Page(r, title)}
	v.Private, v.Unlisted = true, true
	for _, code := range codes {
		e, err := p.Events.Get(r.Context(), code)
		if err != nil {
			return err
		}
		v.all = append(v.all, e)
	}
	slices.SortStableFunc(v.all, func(a, b event.Event) int { // what is judged now, and then the newest
		if now := a.State == contest.Hall; now != (b.State == contest.Hall) {
			return map[bool]int{true: -1, false: 1}[now]
		}
		return b.MadeAt.Compare(a.MadeAt)
	})
	return v.Write(w, r, own(v))
}

// Page is a judge's own page of a contest.
func (p *Pages) Page(w http.ResponseWriter, r *http.Request) error {
	v, err := p.view(w, r, r.URL.Query().Get("run"))
	if err != nil {
		return err
	}
	return v.Write(w, r, sheet(v))
}

// at is the address of the page of a contest.
func at(code string) string { return page.At(code, "judge") }

// device is what this browser is called among the devices of a seat. One that has no name yet gets one.
func device(w http.ResponseWriter, r *http.Request) string {
	const name = "judge-device"
	if c, err := r.Cookie(name); err == nil && len(c.Value) >= 8 && len(c.Value) <= 64 && strings.Trim(c.Value, "0123456789abcdef-") == "" {
		return c.Value
	}
	var b [16]byte
	_, _ = rand.Read(b[:])
	id := hex.EncodeToString(b[:])
	const month = 30 * 24 * 3600
	http.SetCookie(w, &http.Cookie{Name: name, Value: id, Path: "/contests", MaxAge: month, HttpOnly: true, Secure: web.OverTLS(r), SameSite: http.SameSiteLaxMode})
	return id
}

// runOf reads the name that a run has in addresses and forms: part/entry/attempt.
func runOf(code, name string) (hall.At, error) {
	part, rest, _ := strings.Cut(name, "/")
	entry, attempt, _ := strings.Cut(rest, "/")
	n, err := whole(attempt)
	if err != nil || part == "" || entry == "" {
		return hall.At{}, fault.New(fault.Invalid, "没有说是哪个作品的哪次展示，请重新打开这一页", "it does not say of which run it is; open the page again")
	}
	return hall.At{Contest: code, Part: part, Entry: entry, Attempt: n}, nil
}
