// Package page is what the pages of the complaint system share: what the program gives them, and the parts of a page
// that several have. Each page is a folder beside it whose Pages embed these.
package page

import (
	"context"
	"net/http"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint/board"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// Deps is what the program gives the pages. All of it is needed.
type Deps struct {
	Site      *web.Site
	DB        *db.DB // for what is read of one page in one snapshot
	Campaigns *campaign.Campaigns
	Letters   *letter.Letters
	Problems  *problem.Problems
	Intake    *intake.Intake
	Bulletins *bulletin.Bulletins
	Visits    *visit.Visits
	Album     problem.Album
	Photos    *photos.Album              // the pages of photos and papers
	People    identity.Staff             // for the names of organisations
	Ground    func() (web.MapView, bool) // the map of the city, with nothing on it; false: there is none
	Now       func() time.Time
	Who       func(*http.Request) (identity.Colleague, error) // who asks, for the use cases
}

// Pages is what all pages share.
type Pages struct {
	Deps
	Board *board.Boards // what hangs out for everybody
}

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d, board.In(d.DB)} }

// Names are what organisations are called, by their ids; one that there is not has its id.
func (p *Pages) Names(ctx context.Context, ids ...string) (map[string]string, error) {
	people, err := p.People()
	if err != nil {
		return nil, err
	}
	names, err := people.Organisations.Names(ctx, ids...)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if names[id] == "" {
			names[id] = id
		}
	}
	return names, nil
}

// mostListed bounds the inspections of one list: a city has one every few years.
const mostListed = 100

// Campaign is the inspection that a page is about: the one that the address names, or the one that began last. There
// being none is a fault.NotFound that says what to do.
func (p *Pages) Campaign(r *http.Request) (c campaign.Campaign, all []campaign.Campaign, err error) {
	if all, err = p.Campaigns.List(r.Context(), "", mostListed); err != nil {
		return c, nil, err
	}
	if code := r.URL.Query().Get("campaign"); code != "" {
		c, err = p.Campaigns.Get(r.Context(), code)
		return c, all, err
	}
	if len(all) == 0 {
		return c, nil, fault.New(fault.NotFound, "还没有督察。协调联络组先建一个：信访整改 → 新建督察。", "There is no inspection yet. The coordination group begins one: Complaints → New inspection.")
	}
	today := calendar.DateOf(p.Now().In(calendar.China))
	for _, one := range all { // one that is still ahead is nobody's work yet
		ahead, had := today.Before(one.From), today.Before(c.From)
		switch { // and what is taken all year waits behind an inspection
		case c.Code == "", had && !ahead:
			c = one
		case had == ahead && (c.Standing() && !one.Standing() || c.Standing() == one.Standing() && c.From.Before(one.From)):
			c = one
		}
	}
	return c, all, nil
}

// Begun leads to the desk, which says how to begin, where there is no inspection yet: what a navigation shows is not to
// answer that it is not there.
func (p *Pages) Begun(h web.Handler) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		all, err := p.Campaigns.List(r.Context(), "", 1)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			http.Redirect(w, r, "/complaints/desk", http.StatusSeeOther)
			return nil
		}
		return h(w, r)
	}
}
