// Package public is what everybody sees of complaints: what was published, and what one may say.
package public

import (
	"net/http"
	"time"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint/bulletin"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/table"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are those of the public.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

type door struct {
	web.Page
	campaigns []shown
	taking    bool // reports of the public
	at        time.Time
}

// shown is an inspection with what was published of it.
type shown struct {
	campaign.Campaign
	bulletins []bulletin.Bulletin
	stands    table.Table
}

const mostListed = 100

// Door is the system's public page.
func (p *Pages) Door(w http.ResponseWriter, r *http.Request) (err error) {
	v := door{Page: p.Site.Page(r, lang.Text{ZH: "信访整改", EN: "Complaints"}), at: p.Now()}
	all, err := p.Campaigns.List(r.Context(), "", mostListed)
	if err != nil {
		return err
	}
	for _, c := range all {
		one := shown{Campaign: c}
		v.taking = v.taking || c.Takes(campaign.ByPage, v.at)
		if one.bulletins, err = p.Bulletins.All(r.Context(), c.Code); err == nil && len(one.bulletins) > 0 {
			one.stands, err = p.Bulletins.Standing(r.Context(), c.Code)
		}
		if err != nil {
			return err
		}
		v.campaigns = append(v.campaigns, one)
	}
	return v.Write(w, r, doorView(v))
}
