package trial

import "github.com/xiadu/xiadu/internal/system/station/stationhttp/page"

// Pages are the pages of this folder.
type Pages struct {
	*page.Pages
	trials *page.Memo[*Tried]
}

// New returns the pages.
func New(p *page.Pages) *Pages {
	return &Pages{p, page.NewMemo[*Tried](p.Runs.Queue, trialsKept)}
}
