package problems

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/visit"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// adopt asks for whom and by when an instruction that was kept without a measure becomes one.
func (f *moveForm) adopt(r *http.Request) error {
	v := f.v
	act := v.value("act", r.URL.Query().Get("act"))
	told, ok, err := told(r.Context(), f.Pages, f.w, act)
	if err != nil {
		return err
	}
	switch {
	case !f.w.Office || !ok:
		v.bar = v.T("这个问题没有这条指令。", "This problem has no such instruction.")
		return nil
	case told.Measure != 0:
		v.bar = v.F("这条指令已经是第 %d 项措施，只能定一次。", "This instruction is measure %d already: that is done once.", told.Measure)
		return nil
	}
	offers, err := f.Offers(r.Context())
	if err != nil {
		return err
	}
	names, err := f.Names(r.Context(), told.Owner)
	if err != nil {
		return err
	}
	v.lead = v.F("督办时的指令：%s。定为措施以后，单位看得到，按期完成。", "The instruction: %s. As a measure the unit sees it and owes it by its day.", told.What)
	f.add("act", web.Carried(web.Input{Name: "act", Value: act}))
	f.add("what", v.text(web.Input{Name: "what", Label: v.T("做什么", "What is done"), Value: told.What, Hint: v.T("会公开，不写人名和电话。", "It is public: no names or telephones.")}, 3))
	f.add("owner", v.field(web.Input{Name: "owner", Label: v.T("由谁负责", "Whose it is"), Value: names[told.Owner], Offers: offers}))
	f.add("day", v.field(web.Input{Name: "day", Kind: "date", Label: v.T("到哪天完成", "By which day it is done")}))
	return nil
}

// told finds an instruction among the visits of a problem.
func told(ctx context.Context, p *Pages, w problem.Whole, act string) (t visit.Told, ok bool, err error) {
	var all []visit.Paid
	err = p.DB.View(ctx, func(tx *db.Tx) error { all, err = visit.PaidTo(tx, w.Problem, w.Office); return err })
	for _, paid := range all {
		for _, one := range paid.Told {
			if one.Act == act {
				return one, true, err
			}
		}
	}
	return t, false, err
}

func addAdopted(ctx context.Context, p *Pages, who identity.Colleague, w problem.Whole, form photos.Form) error {
	day, wrongDay := dayOf(form.Values)
	owner, wrongOwner := p.Unit(ctx, "owner", form.Values.Get("owner"))
	if err := errors.Join(wrongDay, wrongOwner); err != nil {
		return err
	}
	_, err := p.Visits.Adopt(ctx, who, visit.Adopt{Act: form.Values.Get("act"), Problem: w.Code, What: form.Values.Get("what"), Owner: owner, Day: day})
	if fault.KindOf(err) == fault.NotFound {
		err = fault.At("act", err)
	}
	return err
}

// adoptAt is where an instruction becomes a measure; empty where it cannot, or not by who reads.
func (v caseView) adoptAt(t visit.Told) string {
	if t.Measure != 0 || !v.w.Office || !visit.Takes(v.w.Stage) || !v.May(complaint.Coordinate) && !v.May(complaint.Supervise) {
		return ""
	}
	return problem.At(v.w.Code) + "/add/adopt?" + url.Values{"act": {t.Act}}.Encode()
}
