package finder

import (
	"sync/atomic"

	"github.com/xiadu/xiadu/internal/system/station/stationhttp/page"
)

// Pages are the pages of this folder.
type Pages struct {
	*page.Pages
	towns atomic.Pointer[town] // of the City that was asked last
}

// New returns the pages.
func New(p *page.Pages) *Pages { return &Pages{Pages: p} }
