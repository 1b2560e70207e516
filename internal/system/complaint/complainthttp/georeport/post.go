package georeport

import (
	"context"
	"net/http"

	"github.com/xiadu/xiadu/internal/engine/bound"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/open311"
	"github.com/xiadu/xiadu/internal/web"
)

// post takes a report from a program, by the widest way that is open to it.
func (p *Pages) post(a *asked) (doc, error) {
	if err := a.ParseForm(); err != nil {
		return nil, fault.New(fault.Invalid, "表单读不懂：用 application/x-www-form-urlencoded", "the form cannot be read: use application/x-www-form-urlencoded").Because(err)
	}
	ctx := a.Context()
	way, limit, who := campaign.ByAnyone, bound.Report, web.Network(a.Request)
	c, err := p.Campaigns.Taking(ctx, way)
	if key := a.PostForm.Get("api_key"); key != "" || fault.KindOf(err) == fault.Late {
		if way, limit = campaign.ByKey, bound.ByProgram; err != nil {
			c, err = p.Campaigns.Taking(ctx, way)
		}
		if err == nil {
			who, err = p.program(a.Request, key, c)
		}
	}
	if err != nil {
		return nil, err
	}
	back, err := limit.Take(ctx, p.DB, who)
	if err != nil {
		return nil, err
	}
	out, err := p.report(ctx, a, way, c)
	if err != nil {
		if fault.KindOf(err) != 0 { // what is only to be mended costs nothing
			if err := back(ctx); err != nil {
				return nil, err
			}
		}
		return nil, err
	}
	a.status = http.StatusCreated
	return list(open311.Receipts{{Token: out.Letter.ID, Notice: a.lang.F(
		"编号 %[1]s。凭证 %[2]s 只给这一次，请交给反映人：在 %[3]s 凭它看办理、说解决没有。姓名、电话、邮箱没有留。",
		"Code %[1]s. The secret %[2]s is given this once, for whoever reported: at %[3]s it shows how far it is and says whether it is solved. Names, telephones and mail addresses were not kept.",
		out.Letter.Code, out.Secret, web.Address(a.Request, "/complaints/follow"),
	)}}), nil
}

func (p *Pages) report(ctx context.Context, a *asked, way campaign.Reports, c campaign.Campaign) (out intake.Reported, err error) {
	r, err := open311.ParseReport(a.PostForm)
	if err != nil {
		return out, err
	}
	k, err := kindOf(r.Service)
	if err != nil {
		return out, err
	}
	report := intake.Report{Campaign: c.Code, Way: way, Text: r.Description, Place: r.Address, At: r.Place, Kinds: []complaint.Kind{k}}
	if report.Place == "" {
		report.Place = r.AddressID
	}
	if r.Media != "" { // it is not fetched: whoever reads the letter decides
		report.More = append(report.More, intake.Cell{Column: "media_url", Text: r.Media})
	}
	return p.Intake.Report(ctx, report)
}

// program is the program that a key is of, if it may report where the inspection is.
func (p *Pages) program(r *http.Request, key string, c campaign.Campaign) (id string, err error) {
	missing := fault.New(fault.Denied, "请在 api_key 里给出程序口令，由授权管理员发放（角色“反映接入程序”）", "give a program's token as api_key: the grants administrator has them (role “Program that reports”)")
	if key == "" {
		return "", missing
	}
	bearing := r.Clone(r.Context())
	bearing.Header.Set("Authorization", "Bearer "+key)
	who, err := p.Who(bearing)
	if err != nil {
		return "", err
	}
	if who.Service == "" {
		return "", missing
	}
	err = p.DB.View(r.Context(), func(tx *db.Tx) error { _, err := who.Admit(tx, complaint.Report, right.In(c.Home)); return err })
	return who.Service, err
}
