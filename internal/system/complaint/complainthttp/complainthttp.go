// Package complainthttp is the pages of the complaint system. Routes lists every address. A page is a folder: its
// handlers, templates and tests lie together; they share page, below.
//
// Three kinds of people come: offices and units, who sign in and are shown what is theirs; those who go out, on a
// phone; and the public, who sees what was published and nothing else. What comes from a letter is shown to nobody
// without a reason that is kept.
package complainthttp

import (
	"slices"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/assign"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/bulletins"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/checks"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/desk"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/georeport"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/insights"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/letters"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/page"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/problems"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/public"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/questions"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/takein"
	"github.com/xiadu/xiadu/internal/system/complaint/complainthttp/visits"
	"github.com/xiadu/xiadu/internal/web"
)

// Deps is what the program gives the pages.
type Deps = page.Deps

// System is the complaint system as a site's frame needs it.
func System() web.System {
	return web.System{
		Key: complaint.System, Name: lang.Text{ZH: "信访整改", EN: "Complaints"}, Icon: web.IconComplaint, Door: "/complaints", Home: "/complaints",
		Says: lang.Text{
			ZH: "群众反映的问题：交给谁办、办到哪一步、凭什么说办完了。",
			EN: "What people complained about: who has to put it right, how far it is, and what shows that it was done.",
		},
		Pages: append(slices.Clip(pages), publish),
		Roles: complaint.Rights.Roles,
	}
}

// pages are the second level of the navigation.
var pages = []web.NavItem{
	{
		Href: "/complaints", Text: lang.Text{ZH: "公开", EN: "Published"}, Icon: web.IconComplaint,
		Does: lang.Text{ZH: "各批次办到哪一步、谁负责、凭什么说办完了。", EN: "How far each batch is, whose it is, and what shows that it was done."},
	},
	{
		Href: "/complaints/desk", Text: lang.Text{ZH: "工作台", EN: "Desk"}, Icon: web.IconClock, Rights: []string{complaint.Look},
		Does:  lang.Text{ZH: "当晚一眼看清：批次、谁还没签收、什么快到期、什么等着决定；在这里接收批次。", EN: "The evening at a glance: batches, who has not signed, what is due, what is to be decided. Batches are taken in here."},
		Under: []string{"/complaints/import", "/complaints/campaigns"},
	},
	{
		Href: insights.Path, Text: lang.Text{ZH: "全局", EN: "From above"}, Icon: web.IconPlans, Rights: []string{complaint.Look},
		Does: lang.Text{ZH: "谁超期、什么反弹、每一步要多久、哪里反复被反映；晚间简报。", EN: "Who is late, what comes back, how long each stage takes, which sites come again; the evening brief."},
	},
	{
		Href: "/complaints/letters", Text: lang.Text{ZH: "信访件", EN: "Letters"}, Icon: web.IconPaper, Rights: []string{complaint.Look},
		Does: lang.Text{ZH: "逐件查找、导出；写摘要、拆分、审核答复。", EN: "Find and export them; write digests, divide, review."},
	},
	{
		Href: "/complaints/problems", Text: lang.Text{ZH: "问题", EN: "Problems"}, Icon: web.IconList, Rights: []string{complaint.Look},
		Does: lang.Text{ZH: "所有问题走到哪一步，谁超期。", EN: "How far every problem is, and who is late."},
	},
	{
		Href: problems.MineAt, Text: lang.Text{ZH: "本单位", EN: "Our unit"}, Icon: web.IconList, Rights: []string{complaint.Answer}, Under: []string{"/complaints/problems"},
		Does: lang.Text{ZH: "本单位主办的全部问题，办完的也在。", EN: "All problems that one's unit leads, also those that are done."},
	},
	{
		Href: "/complaints/questions", Text: lang.Text{ZH: "疑问", EN: "Questions"}, Icon: web.IconUnknown, Rights: []string{complaint.Coordinate},
		Does: lang.Text{ZH: "相像的、互相提到的、前后不一样的信访件，由人回答。", EN: "Letters alike, cited or changed, which a person decides about."},
	},
	{
		Href: "/complaints/assign", Text: lang.Text{ZH: "交办", EN: "Assign"}, Icon: web.IconArrow, Rights: []string{complaint.Coordinate},
		Does: lang.Text{ZH: "把一批问题一次交办给主办和协办单位。", EN: "Assign several problems at once to a unit and those that help."},
	},
	{
		Href: "/complaints/checks", Text: lang.Text{ZH: "核查签字", EN: "Checks"}, Icon: web.IconCheck, Rights: []string{complaint.Check, complaint.SignOff},
		Does: lang.Text{ZH: "等着您现场核查或审核签字的。", EN: "What waits for you to check on site or to sign off."},
	},
	{
		Href: visits.Path, Text: lang.Text{ZH: "现场督办", EN: "Visits"}, Icon: web.IconRoute, Rights: []string{complaint.Supervise, complaint.Coordinate},
		Does: lang.Text{ZH: "一天走几个点位：承诺和现状对着看，当场下指令，没有信号也能办。", EN: "A day's sites: promises beside what is seen, instructions on the spot, also without a signal."},
	},
}

// publish leads who may publish to the bulletins.
var publish = web.NavItem{
	Href: "/complaints/bulletins", Text: lang.Text{ZH: "公开批次", EN: "Bulletins"}, Icon: web.IconPaper, Rights: []string{complaint.Coordinate},
	Does: lang.Text{ZH: "编制、遮盖个人信息、发布；误公开的撤回。", EN: "Prepare them, cover personal data, publish; take back what should not have gone out."},
}

// Routes lists every address of the system, and returns what the front page asks it for.
func Routes(mux *web.Mux, d Deps) web.Mounted {
	p := page.New(d)
	public := public.New(p)

	// The public reads what was published.
	mux.Open("GET /complaints", public.Door)
	mux.Open("GET /complaints/find", public.Find)
	mux.Open("GET /complaints/letters/public/{campaign}/{code}", public.Letter)
	mux.Open("POST /complaints/letters/public/{campaign}/{code}", public.Say)
	mux.Open("GET /complaints/map", public.Map)
	mux.Open("GET /complaints/map.geojson", public.Points)
	mux.Open("GET /complaints/report", public.Report)
	mux.Open("POST /complaints/report", public.Send)
	mux.Open("GET /complaints/follow", public.Follow)
	mux.Open("POST /complaints/follow", public.Own)
	mux.Open("GET /complaints/problems/public/{code}", public.Problem)
	mux.Open("POST /complaints/problems/public/{code}", public.Tell)
	mux.Open("GET /complaints/bulletins/{campaign}/feed.atom", public.Feed)
	mux.Open("GET /complaints/bulletins/{campaign}/{n}", public.Bulletin)
	mux.OpenHeavy("GET /complaints/bulletins/{campaign}/{n}/{file}", public.Table)
	georeport.Routes(mux, georeport.New(p))
	publishing(mux, bulletins.New(p))
	office(mux, p)

	// Offices see all problems, a unit those that it answers for: the pages ask themselves.
	of := problems.New(p)
	mux.For(complaint.Look, "GET /complaints/problems", p.Begun(of.List))
	mux.For(complaint.Look, "GET /complaints/problems.csv", of.Export("csv"))
	mux.For(complaint.Look, "GET /complaints/problems.xlsx", of.Export("xlsx"))
	mux.For(complaint.Answer, "GET "+problems.MineAt, of.Mine)
	mux.For("", "GET /complaints/problems/{code}", of.Case)
	mux.For("", "GET /complaints/problems/{code}/do/{move}", of.MovePage)
	mux.For("", "POST /complaints/problems/{code}/do/{move}", of.Move)
	mux.For("", "GET /complaints/problems/{code}/add/{what}", of.AddPage)
	mux.For("", "POST /complaints/problems/{code}/add/{what}", of.Add)
	mux.For("", "GET /complaints/problems/{code}/measures/{n}/{move}", of.MeasurePage)
	mux.For("", "POST /complaints/problems/{code}/measures/{n}/{move}", of.MoveMeasure)
	mux.For("", "GET /complaints/problems/{code}/questions/{id}/{move}", of.QuestionPage)
	mux.For("", "POST /complaints/problems/{code}/questions/{id}/{move}", of.Decide)
	mux.For("", "GET /complaints/problems/{code}/paper/{of}", of.Paper)
	mux.For("", "GET /complaints/letters/{id}/report", of.ReportPage)
	mux.For("", "POST /complaints/letters/{id}/report", of.Report)

	// Who leads sees it from above, and has it on one sheet in the evening.
	above := insights.New(p)
	mux.For(complaint.Look, "GET "+insights.Path, p.Begun(above.Page))
	mux.For(complaint.Look, "GET /complaints/brief.pdf", p.Begun(above.Brief))

	// Who goes out to check, and who signs off.
	mux.For("", "GET /complaints/checks", p.Begun(checks.New(p).List))

	// Who supervises goes from site to site, without a signal where there is none.
	visits := visits.New(p, mux.Handler())
	mux.For("", "GET /complaints/visits", p.Begun(visits.List))
	mux.For("", "GET /complaints/visits/new", p.Begun(visits.NewForm))
	mux.For("", "POST /complaints/visits", visits.Plan)
	mux.For("", "GET /complaints/visits/{id}/bundle.json", visits.Bundle)
	mux.For("", "GET /complaints/visits/{id}/change", visits.ChangeForm)
	mux.For("", "POST /complaints/visits/{id}/change", visits.Change)
	mux.For("", "POST /complaints/visits/{id}/cancel", visits.Cancel)
	onSite := mux.In(web.AroundTask)
	onSite.For("", "GET /complaints/visits/{id}", visits.Round)
	onSite.For("", "GET /complaints/visits/{id}/{code}", visits.Stop)
	onSite.For("", "POST /complaints/visits/{id}/{code}/{act}", visits.Act)
	onSite.For(complaint.Coordinate, "POST /complaints/visits/{id}/{code}/looked", visits.Looked)
	return web.Mounted{Article: public.Article, State: func() string { return d.Now().Format("15:04") }}
}

// office are the pages of who takes in, assigns and answers.
func office(mux *web.Mux, p *page.Pages) {
	// An inspection, and its evening.
	desk := desk.New(p)
	mux.For(complaint.Look, "GET /complaints/desk", desk.Desk)
	mux.For(complaint.Coordinate, "GET /complaints/campaigns/new", desk.NewForm)
	mux.For(complaint.Coordinate, "POST /complaints/campaigns", desk.Begin)
	mux.For(complaint.Look, "GET /complaints/campaigns/{code}", desk.Inspection)
	mux.For(complaint.Coordinate, "POST /complaints/campaigns/{code}/reports", desk.Switch)
	mux.For(complaint.Coordinate, "POST /complaints/campaigns/{code}/lost", desk.Settle)
	mux.For(complaint.Coordinate, "GET "+page.UnitsAt, p.MoreOffers)

	// Batches.
	takein := takein.New(p)
	mux.For(complaint.Coordinate, "GET /complaints/import", takein.Form)
	mux.For(complaint.Coordinate, "POST /complaints/import", takein.Send)

	// Letters.
	letters := letters.New(p)
	mux.For(complaint.Look, "GET /complaints/letters", p.Begun(letters.List))
	mux.For(complaint.Look, "GET /complaints/letters.csv", letters.CSV)
	mux.For(complaint.Look, "GET /complaints/letters.xlsx", letters.XLSX)
	mux.For(complaint.Look, "GET /complaints/letters/{id}", letters.Letter)
	mux.For(complaint.Coordinate, "POST /complaints/letters/{id}/correct", letters.Correct)
	mux.For(complaint.Coordinate, "POST /complaints/letters/{id}/period", letters.TurnPeriod)
	mux.For(complaint.Coordinate, "POST /complaints/letters/{id}/review", letters.Review)
	mux.For(complaint.Original, "POST /complaints/letters/{id}/original", letters.Original)
	mux.For(complaint.Coordinate, "POST /complaints/letters/{id}/divide", letters.Divide)

	// What a person has to say of them.
	questions := questions.New(p)
	mux.For(complaint.Coordinate, "GET /complaints/questions", p.Begun(questions.List))
	mux.For(complaint.Coordinate, "GET /complaints/questions/{id}", questions.Question)
	mux.For(complaint.Coordinate, "POST /complaints/questions/{id}", questions.Reply)
	mux.For(complaint.Original, "POST /complaints/questions/{id}/originals", questions.Originals)
	mux.For(complaint.Coordinate, "POST /complaints/questions/{id}/merge", questions.Merge)

	// The evening's assignment.
	assign := assign.New(p)
	mux.For(complaint.Coordinate, "GET /complaints/assign", p.Begun(assign.List))
	mux.For(complaint.Coordinate, "POST /complaints/assign", assign.Send)
}

// publishing are the pages on which bulletins are prepared and go out.
func publishing(mux *web.Mux, bulletins *bulletins.Pages) {
	mux.For(complaint.Coordinate, "GET /complaints/bulletins", bulletins.Begun(bulletins.List))
	mux.For(complaint.Coordinate, "POST /complaints/bulletins", bulletins.Prepare)
	mux.For(complaint.Coordinate, "POST /complaints/bulletins/version", bulletins.Version)
	mux.For(complaint.Publish, "POST /complaints/bulletins/withdraw", bulletins.Withdraw)
	mux.For(complaint.Original, "GET /complaints/bulletins/{campaign}/{n}/edit", bulletins.Edit)
	mux.For(complaint.Original, "POST /complaints/bulletins/{campaign}/{n}/edit", bulletins.Change)
	mux.For(complaint.Original, "GET /complaints/bulletins/{campaign}/{n}/preview", bulletins.Preview)
	mux.For(complaint.Publish, "POST /complaints/bulletins/{campaign}/{n}/publish", bulletins.Publish)
}
