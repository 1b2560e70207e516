package problems

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/web"
	"github.com/xiadu/xiadu/internal/web/photos"
)

// extending is a step about a measure's period, which is none of its process: somebody asks for more time, another decides.
type extending struct {
	name  lang.Text
	build func(*moveForm, problem.Measure, problem.Deferred)
	do    func(context.Context, *Pages, identity.Colleague, problem.Measure, photos.Form) error
}

var extensions = map[string]extending{
	"extend":  {lang.Text{ZH: "申请延期", EN: "Ask for more time"}, (*moveForm).extend, askExtension},
	"approve": {lang.Text{ZH: "批延期", EN: "Decide on more time"}, (*moveForm).approve, decideExtension},
}

// extendForm makes the form of such a step.
func extendForm(p *Pages, m problem.Measure, a extending, f *moveForm) error {
	d, err := deferredOf(f.ctx, p, m)
	if err == nil {
		a.build(f, m, d)
	}
	return err
}

func deferredOf(ctx context.Context, p *Pages, m problem.Measure) (d problem.Deferred, err error) {
	err = p.DB.View(ctx, func(tx *db.Tx) error { d, err = problem.DeferredOf(tx, p.Problems, m); return err })
	return d, err
}

func (f *moveForm) extend(m problem.Measure, d problem.Deferred) {
	v := f.v
	v.lead = v.F("第 %[1]d 项：%[2]s。现在到 %[3]s 为止。提出以后由协调单位的另一个人批，批了才算。", "Measure %[1]d: %[2]s. It is due on %[3]s. Another person of the coordinating office decides; until then nothing changes.", m.Number, m.What, m.DueDay)
	if x, waits := d.Pending(); waits {
		v.bar = v.F("已经提出延到 %s，等着批。", "More time, until %s, has been asked for and waits to be decided.", x.UntilDay)
		return
	}
	f.add("day", v.field(web.Input{Name: "day", Kind: "date", Label: v.T("延到哪天", "Until which day")}))
	f.add("why", v.text(web.Input{Name: "why", Label: v.T("为什么要延", "Why"), Hint: v.T("看得到这个问题的单位都看得到；不写人名。", "Every unit that sees the problem sees it: no names.")}, 3))
}

func askExtension(ctx context.Context, p *Pages, who identity.Colleague, m problem.Measure, form photos.Form) error {
	day, err := dayOf(form.Values)
	if err != nil {
		return err
	}
	seen, _ := strconv.Atoi(form.Values.Get("seen")) // what is none was seen by nobody
	_, err = problem.AskExtension(ctx, p.Problems, who, problem.Extending{Measure: m.ID, Seen: seen, Day: day, Why: form.Values.Get("why")})
	return err
}

func (f *moveForm) approve(m problem.Measure, d problem.Deferred) {
	v := f.v
	x, waits := d.Pending()
	if !waits {
		v.bar = v.T("没有等着批的延期。", "No extension waits to be decided.")
		return
	}
	v.lead = v.F("第 %[1]d 项：%[2]s。%[3]s提出从 %[4]s 延到 %[5]s：%[6]s", "Measure %[1]d: %[2]s. %[3]s asks for %[5]s in place of %[4]s: %[6]s", m.Number, m.What, f.nameOf(x.Unit), m.DueDay, x.UntilDay, x.Why)
	f.add("grant", v.radios(v.T("批不批", "Your decision"), "grant", []web.Choice{
		{Value: "yes", Label: v.T("批准", "Approve"), Icon: web.IconCheck}, {Value: "no", Label: v.T("不批", "Decline"), Icon: web.IconClose},
	}, ""))
	f.add("why", v.text(web.Input{Name: "why", Label: v.T("理由（不批的必须写）", "Reason (needed to decline)")}, 2))
}

func (f *moveForm) nameOf(id string) string {
	if id == "" {
		return f.v.T("协调单位", "the office")
	}
	names, _ := f.Names(f.ctx, id) // without its name it is still not the office
	return cmp.Or(names[id], f.v.T("责任单位", "the unit"))
}

func decideExtension(ctx context.Context, p *Pages, who identity.Colleague, m problem.Measure, form photos.Form) error {
	grant := form.Values.Get("grant")
	if grant != "yes" && grant != "no" {
		return fault.At("grant", fault.New(fault.Invalid, "请选批准还是不批", "choose whether you approve"))
	}
	seen, _ := strconv.Atoi(form.Values.Get("seen")) // what is none was seen by nobody
	_, err := problem.DecideExtension(ctx, p.Problems, who, problem.Granting{Measure: m.ID, Seen: seen, Grant: grant == "yes", Why: form.Values.Get("why")})
	return err
}

// measureMoves are the steps of a measure that this reader may make.
func (v caseView) measureMoves(m problem.Measure) (acts []actLink) {
	if !m.Open() {
		return nil
	}
	at := problem.At(v.w.Code) + "/measures/" + strconv.Itoa(m.Number) + "/"
	for _, move := range complaint.Measure.From(m.Stage) {
		unit := move.Key != "withdraw" && v.w.Unit && v.May(complaint.Answer)
		outside := move.Key == "withdraw" && v.w.Office && (v.May(complaint.Coordinate) || v.May(complaint.Check))
		if unit || outside {
			acts = append(acts, actLink{at + move.Key, move.Name.In(v.Lang), move.Key == "do"})
		}
	}
	return append(acts, v.extendMoves(m)...)
}

// extendMoves are what this reader may do about the period of a measure.
func (v caseView) extendMoves(m problem.Measure) (acts []actLink) {
	at := problem.At(v.w.Code) + "/measures/" + strconv.Itoa(m.Number) + "/"
	office := v.w.Office && v.May(complaint.Coordinate)
	_, waits := v.deferred[m.ID].Pending()
	due := v.deferred[m.ID].Clock.Due
	switch {
	case waits && office:
		acts = append(acts, actLink{at + "approve", extensions["approve"].name.In(v.Lang), false})
	case !waits && v.now.Before(due) && (office || v.w.Unit && v.May(complaint.Answer)):
		acts = append(acts, actLink{at + "extend", extensions["extend"].name.In(v.Lang), false})
	}
	return acts
}

// deferral is what was asked for a measure and what became of it, in a line each.
func (v caseView) deferral(x problem.Extension) string {
	text := v.F("%[1]s %[2]s提出延到 %[3]s：%[4]s", "%[1]s %[2]s asked for %[3]s: %[4]s", web.When(x.MadeAt), v.names[x.Unit], x.UntilDay, x.Why)
	switch {
	case x.Open():
		return text + v.T("。等协调单位的另一个人批。", ". Another person of the office has to decide.")
	case x.Granted():
		text += v.F("。%[1]s %[2]s批准。", ". %[2]s approved it on %[1]s.", web.When(*x.DecidedAt), v.names[x.DecidedFor])
	default:
		text += v.F("。%[1]s %[2]s没有批。", ". %[2]s declined it on %[1]s.", web.When(*x.DecidedAt), v.names[x.DecidedFor])
	}
	return text + x.DecidedWhy
}

// measureStep is what happened to a measure, in words.
func measureStep(p web.Page, s casework.Past) string {
	if m, ok := complaint.Measure.Move(s.Move); ok {
		return m.Name.In(p.Lang)
	}
	if s.Move == "clock" {
		return page.TurnName(p, s)
	}
	return p.T("定下", "put down")
}

// deferring are the organisations that the periods of measures name.
func (v caseView) deferring() (ids []string) {
	for _, d := range v.deferred {
		ids = append(ids, d.Clock.By()...)
		for _, x := range d.Asked {
			ids = append(ids, x.Unit, x.DecidedFor)
		}
		for _, s := range d.History {
			for _, by := range s.By {
				ids = append(ids, by.Organisation)
			}
		}
	}
	for _, c := range v.w.Clocks {
		ids = append(ids, c.By()...)
	}
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

func (v caseView) name(id string) string { return v.names[id] }
