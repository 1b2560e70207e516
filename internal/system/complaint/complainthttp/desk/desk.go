// Package desk is where a coordination group begins: what an inspection asks for, and the evening at a glance.
//
// The desk says what waits for somebody, and each figure leads to the list that it counts. It decides nothing itself, so
// whoever may look sees it; a link that takes a right is shown to those who have it.
package desk

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
	"github.com/xiadu/xiadu/internal/system/complaint/recovered"
	"github.com/xiadu/xiadu/internal/web"
)

// Pages are the desk and the inspections.
type Pages struct{ *page.Pages }

// New returns them.
func New(p *page.Pages) *Pages { return &Pages{p} }

const (
	mostBatches  = 10 // that are shown at once
	mostSigning  = 50
	mostToDecide = 50
)

var deskTitle = lang.Text{ZH: "工作台", EN: "Desk"}

// deskView is the evening at a glance.
type deskView struct {
	page.Visit
	batches   []batch
	earlier   string // address of the batches before
	stages    []problem.StageCount
	signing   []problem.Problem // not signed for yet, the latest first
	unsigned  int
	questions int
	letters   []letter.Standing
	undecided []problem.Undecided
	asking    []problem.Asking // for more time
	names     map[string]string
	lost      losses // what the log tells more of than the database knows
	now       time.Time
}

// batch is one evening.
type batch struct {
	intake.Received
	said    *intake.Notice
	differs []intake.Difference
}

// Desk answers the desk.
func (p *Pages) Desk(w http.ResponseWriter, r *http.Request) (err error) {
	v := deskView{now: p.Now()}
	if v.Visit, err = p.Enter(r, deskTitle, complaint.Look); err != nil {
		if len(v.All) == 0 && fault.KindOf(err) == fault.NotFound {
			return v.Write(w, r, noInspection(v))
		}
		return err
	}
	ctx := r.Context()
	before, _ := strconv.Atoi(r.URL.Query().Get("before")) // what is none is the last
	got, err := p.Intake.Batches(ctx, v.Who, v.Campaign.Code, before, mostBatches+1)
	if err != nil {
		return err
	}
	if len(got) > mostBatches {
		got = got[:mostBatches]
		v.earlier = v.At("/complaints/desk", "before", strconv.Itoa(got[mostBatches-1].Number))
	}
	for _, one := range got {
		b := batch{Received: one}
		if b.said, err = one.Said(); err != nil {
			return err
		}
		if b.differs, err = one.Differing(); err != nil {
			return err
		}
		v.batches = append(v.batches, b)
	}
	if v.stages, err = p.Problems.Stages(ctx, v.Who, v.Campaign.Code); err != nil {
		return err
	}
	if v.signing, v.unsigned, err = p.Problems.List(ctx, v.Who, problem.Filter{Campaign: v.Campaign.Code, Stage: complaint.Assigned, Limit: mostSigning}); err != nil {
		return err
	}
	if v.questions, err = p.Intake.Pending(ctx, v.Who, v.Campaign.Code); err != nil {
		return err
	}
	tomorrow := calendar.DateOf(v.now).Add(2).Start(calendar.China)
	if v.letters, err = p.Letters.Standings(ctx, v.Who, v.Campaign.Code, tomorrow); err != nil {
		return err
	}
	if v.asking, err = problem.Asked(ctx, p.Problems, v.Who, v.Campaign.Code, mostToDecide); err != nil {
		return err
	}
	if v.undecided, err = p.Problems.Undecided(ctx, v.Who, v.Campaign.Code, mostToDecide); err != nil {
		return err
	}
	var ids []string
	for _, one := range v.signing {
		ids = append(ids, one.Lead)
	}
	if v.names, err = p.Names(ctx, ids...); err != nil {
		return err
	}
	if v.lost.all, v.lost.more, err = recovered.List(ctx, p.DB, v.Campaign.Code); err != nil {
		return err
	}
	return v.Write(w, r, deskPage(v))
}

// in is how many problems are in a stage.
func (v deskView) in(stage string) int {
	for _, s := range v.stages {
		if s.Stage == stage {
			return s.N
		}
	}
	return 0
}

// sums are the letters of all stages, the late ones, and those due by the end of tomorrow.
func (v deskView) sums() (n, late, soon int) {
	for _, s := range v.letters {
		n, late, soon = n+s.N, late+s.Late, soon+s.Soon
	}
	return n, late, soon
}

// lateSigning is how many of those shown should have been signed for by now.
func (v deskView) lateSigning() (n int) {
	for _, one := range v.signing {
		if one.Late(v.now) {
			n++
		}
	}
	return n
}

func (v deskView) stageName(key string) string {
	s, _ := complaint.Problem.Stage(key)
	return s.Name.In(v.Lang)
}

// since says how long something is late, or how long there is.
func (v deskView) since(due time.Time) string { return page.Left(v.Lang, due, v.now) }

func (b batch) saidTotal(v deskView) string {
	if b.said == nil || b.said.Total < 0 {
		return v.T("没有通知", "no notice")
	}
	return strconv.Itoa(b.said.Total)
}

// newView is the form of an inspection that begins.
type newView struct {
	page.Visit
	typed  url.Values
	offers []string
	preset []presetView
}

// presetView is what a preset asks for.
type presetView struct {
	campaign.Preset
	settings campaign.Settings
}

var newTitle = lang.Text{ZH: "新建督察", EN: "Begin an inspection"}

// NewForm answers the form.
func (p *Pages) NewForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.newForm(r, url.Values{})
	if err != nil {
		return err
	}
	return v.Write(w, r, newPage(v))
}

func (p *Pages) newForm(r *http.Request, typed url.Values) (v newView, err error) {
	v.typed = typed
	if v.Visit, err = p.Office(r, newTitle); err != nil {
		return v, err
	}
	v.Wide = false
	today := calendar.DateOf(p.Now())
	for _, preset := range campaign.Presets() {
		s, err := preset.Settings(today)
		if err != nil {
			return v, err
		}
		v.preset = append(v.preset, presetView{preset, s})
	}
	v.offers, err = p.Offers(r.Context())
	return v, err
}

// Begin begins an inspection.
func (p *Pages) Begin(w http.ResponseWriter, r *http.Request) error {
	if err := web.ReadForm(r); err != nil {
		return err
	}
	v, err := p.newForm(r, r.PostForm)
	if err != nil {
		return err
	}
	var n campaign.New
	if !v.May(complaint.Coordinate) {
		err = fault.New(fault.Denied, "建立督察要有协调联络组的角色。", "To begin an inspection takes the role of the coordination group.")
	} else {
		n, err = p.read(r)
	}
	var made campaign.Campaign
	if err == nil {
		made, err = p.Campaigns.Begin(r.Context(), v.Who, n)
	}
	if err != nil {
		if v.Form, err = v.Refused(r.PostForm, err); err != nil {
			return err
		}
		return v.WriteStatus(w, r, v.Form.Status(), newPage(v))
	}
	http.Redirect(w, r, "/complaints/campaigns/"+made.Code+"?begun=1", http.StatusSeeOther)
	return nil
}

// read reads the form.
func (p *Pages) read(r *http.Request) (n campaign.New, err error) {
	f := r.PostForm
	var all []error
	wrong := func(field string, err error) {
		if err != nil {
			all = append(all, fault.At(field, err))
		}
	}
	n = campaign.New{Code: f.Get("code"), Name: f.Get("name"), Team: f.Get("team"), Preset: f.Get("preset")}
	if n.Round, err = strconv.Atoi(strings.TrimSpace(f.Get("round"))); err != nil {
		wrong("round", fault.New(fault.Invalid, "轮次是 1 到 9 的数字", "the round is a number from 1 to 9"))
	}
	n.Home, err = page.Division(f.Get("division"), gb.Division{})
	wrong("division", err)
	for name, to := range map[string]*calendar.Date{"from": &n.From, "until": &n.Until} {
		if *to, err = calendar.ParseDate(strings.TrimSpace(f.Get(name))); err != nil {
			wrong(name, fault.New(fault.Invalid, "请写日期，例如 2026-11-23", "write a date, as 2026-11-23"))
		}
	}
	n.Office, err = p.Unit(r.Context(), "office", f.Get("office"))
	wrong("office", err)
	return n, errors.Join(all...)
}

// value is what a field shows.
func (v newView) value(name string) string { return v.typed.Get(name) }

// presetOptions are the presets to choose one of.
func (v newView) presetOptions() (all []web.Choice) {
	for i, one := range v.preset {
		on := v.typed.Get("preset") == one.Key || v.typed.Get("preset") == "" && i == 0
		all = append(all, web.Choice{Name: "preset", Value: one.Key, Label: one.Name.In(v.Lang), On: on})
	}
	return all
}

// campaignView is what an inspection asks for.
type campaignView struct {
	page.Visit
	office   string
	begun    bool
	switched bool
}

// Inspection answers what an inspection asks for.
func (p *Pages) Inspection(w http.ResponseWriter, r *http.Request) error {
	v, err := p.inspection(r)
	if err != nil {
		return err
	}
	return v.Write(w, r, campaignPage(v))
}

func (p *Pages) inspection(r *http.Request) (v campaignView, err error) {
	v.begun, v.switched = r.URL.Query().Get("begun") != "", r.URL.Query().Get("switched") != ""
	if v.Visit, err = p.Office(r, deskTitle); err != nil {
		return v, err
	}
	ctx := r.Context()
	if v.Campaign, err = p.Campaigns.Get(ctx, strings.ToUpper(r.PathValue("code"))); err != nil {
		return v, err
	}
	if err := p.Admit(ctx, v.Who, complaint.Look, v.Campaign); err != nil {
		return v, err
	}
	v.Title, v.Wide = v.Campaign.Name, false
	names, err := p.Names(ctx, v.Campaign.Office)
	v.office = names[v.Campaign.Office]
	return v, err
}
