package desk

import (
	"net/http"
	"strconv"

	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/web"
)

// Switch opens or shuts the ways by which the public reports itself.
func (p *Pages) Switch(w http.ResponseWriter, r *http.Request) error {
	v, err := p.inspection(r)
	if err != nil {
		return err
	}
	if err := web.ReadForm(r); err != nil {
		return err
	}
	seen, _ := strconv.ParseInt(r.PostForm.Get("seen"), 10, 64) // what is no number is nothing that was seen
	_, wrong := p.Campaigns.Switch(r.Context(), v.Who, v.Campaign.Code, seen, campaign.Reports(r.PostForm.Get("reports")))
	if wrong == nil {
		http.Redirect(w, r, "/complaints/campaigns/"+v.Campaign.Code+"?switched=1#reports", http.StatusSeeOther)
		return nil
	}
	if v.Form, err = v.Refused(r.PostForm, wrong); err != nil {
		return err
	}
	return v.WriteStatus(w, r, v.Form.Status(), campaignPage(v))
}

// ways are the ways to choose from.
func (v campaignView) ways() (all []web.Choice) {
	on := v.Form.Value("reports", string(v.Campaign.Reports))
	for _, way := range campaign.Ways() {
		all = append(all, web.Choice{Name: "reports", Value: way.Key, Label: way.Name.In(v.Lang), On: way.Key == on})
	}
	return all
}
