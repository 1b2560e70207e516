package page

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/web"
)

// Visit is an office's page of an inspection, for somebody who was let in.
type Visit struct {
	web.Page
	Form     web.Refusal
	Who      identity.Colleague
	Campaign campaign.Campaign
	All      []campaign.Campaign
}

// Office is a page of an office, before anything is known of what it is about.
func (p *Pages) Office(r *http.Request, title lang.Text) (v Visit, err error) {
	v.Page = p.Site.Page(r, title)
	v.Wide, v.Private = true, true
	v.Who, err = p.Who(r)
	return v, err
}

// Enter admits who asks to a page about an inspection: they hold a right where it is.
func (p *Pages) Enter(r *http.Request, title lang.Text, key string) (v Visit, err error) {
	if v, err = p.Office(r, title); err != nil {
		return v, err
	}
	if v.Campaign, v.All, err = p.Campaign(r); err != nil {
		return v, err
	}
	return v, p.Admit(r.Context(), v.Who, key, v.Campaign)
}

// Admit asks for a right where an inspection is.
func (p *Pages) Admit(ctx context.Context, who identity.Colleague, key string, c campaign.Campaign) error {
	return p.DB.View(ctx, func(tx *db.Tx) error {
		_, err := who.Admit(tx, key, right.In(c.Home))
		return err
	})
}

// At is an address of a page about this inspection.
func (v Visit) At(path string, more ...string) string {
	q := url.Values{"campaign": {v.Campaign.Code}}
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	return path + "?" + q.Encode()
}

// Day is a day as its readers write it.
func (v Visit) Day(d calendar.Date) string {
	if v.Lang == lang.ZH {
		return d.Format()
	}
	return d.String()
}

// Where is a division by its code, in words, or nothing.
func (v Visit) Where(code string) string {
	d, err := gb.Parse(code)
	if err != nil || !d.Valid() {
		return code
	}
	return d.Name().In(v.Lang)
}

// WhereText is a division as a field has it, which Division reads as the same.
func (v Visit) WhereText(code string) string { return Written(code, v.Campaign.Home) }

// Written is a division as Division reads it again.
func Written(code string, home gb.Division) string {
	d, err := gb.Parse(code)
	if err != nil || !d.Valid() {
		return ""
	}
	name := d.Name().ZH
	if same, err := gb.Resolve(name, home); err != nil || same != d {
		return d.Code()
	}
	return name
}

// Division reads a division that somebody typed, as a city writes it; nothing is the zero one.
func Division(text string, home gb.Division) (gb.Division, error) {
	if strings.TrimSpace(text) == "" {
		return gb.Division{}, nil
	}
	d, err := gb.Resolve(text, home)
	if err != nil {
		return d, fault.New(fault.Invalid, "查不到区划“%[1]s”：请写名称或六位代码", "there is no division %[1]q: write its name or its six digits", lang.Short(text))
	}
	return d, nil
}

// KindNames are the names of kinds that a row has.
func (v Visit) KindNames(keys string) string {
	var names []string
	for _, k := range complaint.KindsOf(keys) {
		names = append(names, k.Name().In(v.Lang))
	}
	return strings.Join(names, v.T("、", ", "))
}

// KindChips are the kinds to tick.
func (v Visit) KindChips(name, on string) (all []web.Choice) {
	for k := range complaint.Kinds() {
		all = append(all, web.Choice{Name: name, Value: k.Key(), Label: k.Name().In(v.Lang), On: strings.Contains(on, " "+k.Key()+" ")})
	}
	return all
}

// KindsOf reads kinds that were ticked.
func KindsOf(values []string) []complaint.Kind {
	return complaint.KindsOf(strings.Join(values, " "))
}

// UnitsAt is the address of MoreOffers.
const UnitsAt = "/complaints/offers"

// MoreOffers answers with the units that fit what has been typed so far in a field.
func (p *Pages) MoreOffers(w http.ResponseWriter, r *http.Request) error {
	people, err := p.People()
	if err != nil {
		return err
	}
	q := r.URL.Query()
	names, err := people.Organisations.Choices(r.Context(), q.Get(q.Get("of")))
	if err != nil {
		return err
	}
	v := p.Site.Page(r, lang.Text{ZH: "单位", EN: "Units"})
	v.Private = true
	return v.Write(w, r, web.Offers(names))
}
