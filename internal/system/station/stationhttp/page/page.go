// Package page is what the pages of the station system share: what the program gives
// them, the answers that many ask for and that are computed once (answers.go), maps and
// tiles, how an operation of the API is registered, and the parts of a page that several
// have. Each page is a folder beside it whose Pages embed these.
package page

import (
	"net/http"
	"sync/atomic"
	"time"

	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/plan"
	"github.com/xiadu/xiadu/internal/system/station/stars"
	"github.com/xiadu/xiadu/internal/web"
)

// Deps is what the program gives the pages. All of it is needed.
type Deps struct {
	Site     *web.Site
	City     func() *city.City // the present snapshot, never nil
	Now      func() time.Time  // in the city's zone
	Stations *station.Service  // for the register and for histories
	Plans    *plan.Service
	Stars    *stars.Stars
	Who      func(*http.Request) (identity.Colleague, error) // who asks, for the use cases
}

// Pages is what all pages share.
type Pages struct {
	Deps
	Runs       *runs
	ground     ground
	lastGround atomic.Value // keptGround
}

// New returns the pages.
func New(d Deps) *Pages { return &Pages{Deps: d, Runs: newRuns()} }

// Now returns the time to the minute: nothing here is finer, and what is asked
// twice within a minute is the same question.
func (p *Pages) Now() time.Time { return p.Deps.Now().Truncate(time.Minute) }
