package register

import "github.com/xiadu/xiadu/internal/system/station/stationhttp/page"

// Pages are the pages of this folder.
type Pages struct{ *page.Pages }

// New returns the pages.
func New(p *page.Pages) *Pages { return &Pages{p} }

// Keepers returns the pages of keepers and of who invites them.
func (p *Pages) Keepers() Keepers { return Keepers{p} }
