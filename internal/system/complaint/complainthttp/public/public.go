// Package public is what everybody sees of complaints: what was published, and what one may say.
package public

import (
	"net/http"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of the public.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

type door struct {
	web.Page
	campaigns []campaign.Campaign
}

const mostListed = 100

// Door is the system's public page.
func (p *Pages) Door(w http.ResponseWriter, r *http.Request) (err error) {
	v := door{Page: p.Site.Page(r, lang.Text{ZH: "信访整改", EN: "Complaints"})}
	if v.campaigns, err = p.Campaigns.List(r.Context(), "", mostListed); err != nil {
		return err
	}
	return v.Write(w, r, doorView(v))
}
