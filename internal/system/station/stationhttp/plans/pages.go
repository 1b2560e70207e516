package plans

import (
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/trial"
)

// Pages are the pages of this folder.
type Pages struct {
	*page.Pages
	trials *trial.Pages
}

// New returns the pages.
func New(p *page.Pages, trials *trial.Pages) *Pages { return &Pages{p, trials} }
