package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/selection"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
)

type siteCommand struct {
	OSM      string `name:"osm" placeholder:"file" help:"${cover_osm}"`
	Stations string `placeholder:"file" help:"${cover_stations}"`
	Demand   string `placeholder:"file" help:"${cover_demand}"`
	weighing
	Candidates string   `placeholder:"file" help:"${site_candidates}"`
	Places     []string `placeholder:"kind,…" help:"${site_places}"`

	Sites    *int    `placeholder:"number" help:"${site_sites}"`
	Budget   string  `placeholder:"yuan" help:"${site_budget}"`
	Target   *string `placeholder:"percent" help:"${site_target}"`
	Cheapest bool    `help:"${site_cheapest}"`
	Twice    bool    `help:"${site_twice}"`

	Mode    string `enum:"walk,ebike" default:"walk" help:"${cover_mode}"`
	Minutes int    `default:"15" placeholder:"minutes" help:"${cover_minutes}"`
	Hours   string `placeholder:"from-to" default:"07:00-21:00" help:"${site_hours}"`
	Days    string `enum:"all,workdays,weekend" default:"all" help:"${site_days}"`
	At      string `placeholder:"time" help:"${site_at}"`
	AnyHour bool   `help:"${cover_any_hour}"`

	Premises   []string          `placeholder:"kind,…" help:"${site_premises}"`
	Division   string            `placeholder:"code" help:"${site_division}"`
	Need       []string          `placeholder:"service,…" help:"${site_need}"`
	Cost       map[string]string `placeholder:"kind=yuan;…" help:"${site_cost}"`
	KnownHours bool              `help:"${site_known_hours}"`
	Limit      []string          `placeholder:"who=number,…" help:"${site_limit}"`
	Floor      string            `placeholder:"percent" help:"${site_floor}"`
	Areas      string            `placeholder:"file" help:"${site_areas}"`
	Fix        []string          `placeholder:"code,…" help:"${site_fix}"`
	Forbid     []string          `placeholder:"code,…" help:"${site_forbid}"`

	Time    time.Duration `default:"30s" placeholder:"duration" help:"${site_time}"`
	JSON    bool          `name:"json" help:"${cover_json}"`
	GeoJSON string        `name:"geojson" placeholder:"file" help:"${site_geojson}"`
	XLSX    string        `name:"xlsx" placeholder:"file" help:"${site_xlsx}"`
}

// Run chooses sites and prints them with their certificate.
func (c siteCommand) Run(ctx context.Context, t terminal, cfg app.Config) error {
	ask, form, err := c.question()
	if err != nil {
		return err
	}
	bar := t.progress()
	survey := app.SitingSurvey{
		Survey:     app.Survey{OSM: c.OSM, Stations: c.Stations, Demand: c.Demand, Areas: c.Areas, Warn: t.warn},
		Candidates: c.Candidates, CandidatePlaces: c.Places, Ask: ask, Form: form, Time: c.Time,
		Ready: func(s *selection.Siting) { bar.finish(); t.siteReady(s) }, Progress: t.siteProgress(ask.Goal), Stuck: t.siteStuck,
	}
	if c.Floor != "" && c.Areas == "" {
		survey.Areas = app.ImportedAreas
	}
	if c.Demand != "" {
		if survey.Weights, err = c.weights(); err != nil {
			return err
		}
	}
	return app.Siting(ctx, cfg, survey, bar.step, func(found figures.Sited) error {
		if err := c.files(t, found); err != nil {
			return err
		}
		chosen := found.Figures(figures.SitingWords{Lang: t.lang})
		if c.JSON {
			return figures.WriteJSON(t.out, chosen)
		}
		return t.sites(t.out, chosen)
	})
}

// question reads the flags.
func (c siteCommand) question() (q selection.Question, form figures.SitingForm, err error) {
	if q.Cover.At, err = parseHour(c.At, time.Now()); err != nil {
		return q, form, err
	}
	q.Cover.Mode, _ = network.ParseMode(c.Mode)
	q.Cover.Within, q.Cover.AnyHour, q.Cover.Demand = time.Duration(c.Minutes)*time.Minute, c.AnyHour, c.Kind
	if c.Minutes <= 0 {
		return q, form, fault.New(fault.Invalid, "%d 分钟以内什么也到不了：请写 1 到 60", "nothing is reached within %d minutes: write 1 to 60", c.Minutes)
	}
	if c.At == "" && !c.AnyHour {
		days, _ := timetable.ParseDayKind(c.Days)
		if q.Window, err = timetable.ParseWindow(days, c.Hours); err != nil {
			return q, form, err
		}
	}
	form = figures.SitingForm{
		Sites: c.Sites, Budget: c.Budget, Fewest: c.Target != nil, Cheapest: c.Cheapest, Premises: c.Premises, Division: c.Division, Needs: c.Need,
		Costs: c.Cost, OnlyKnownHours: c.KnownHours, Open: c.Fix, Never: c.Forbid, Limits: c.Limit, Times: 1, Floor: c.Floor,
	}
	if c.Twice {
		form.Times = 2
	}
	if c.Target != nil { // an empty one is a target that somebody forgot, and not the other goal
		form.Target = *c.Target
	}
	if form.Sites == nil && form.Budget == "" && !form.Fewest {
		form.Sites = new(10)
	}
	q, err = form.Question(q)
	return q, form, err
}

func (c siteCommand) files(t terminal, found figures.Sited) error {
	if c.GeoJSON != "" {
		err := app.WriteReport(c.GeoJSON, func(w io.Writer) error { return sheet.WriteMap(w, nil, found.Marks(t.lang)) })
		if err != nil {
			return err
		}
	}
	if c.XLSX != "" {
		return app.WriteReport(c.XLSX, func(w io.Writer) error { return found.WriteXLSX(w, t.lang) })
	}
	return nil
}

// siteReady says what is chosen among.
func (t terminal) siteReady(s *selection.Siting) {
	fmt.Fprintln(t.err, t.lang.F("候选 %[1]d 个，已有驿站 %[2]d 个，人与候选点的可达关系 %[3]d 对。按 Ctrl-C 可随时停下，留下当时最好的方案。",
		"%[1]d candidates, %[2]d stations, %[3]d pairs of a cell and a candidate within reach. Ctrl-C stops and keeps the best plan so far.", len(s.Candidates), s.Operating, s.Pairs))
}

// siteStuck says whom no plan helps and why; the lines add up to the last.
func (t terminal) siteStuck(m figures.MissingFigures) {
	for _, g := range m.Groups {
		fmt.Fprintln(t.err, t.lang.F("候选点够不着：%[1]d 人，%.5[2]f,%.5[3]f %[4]s", "beyond all candidates: %[1]d people, %.5[2]f,%.5[3]f %[4]s", g.People, g.Lon, g.Lat, g.Near))
	}
	if m.Others > 0 {
		fmt.Fprintln(t.err, t.lang.F("候选点够不着的其他地方：%d 人", "beyond all candidates elsewhere: %d people", m.Others))
	}
	if m.Short > 0 {
		fmt.Fprintln(t.err, t.lang.F("够得着，但有的钟点开着的不够：%d 人", "within reach, but too few are open at some hours: %d people", m.Short))
	}
	fmt.Fprintln(t.err, t.lang.F("全部候选点都开，还差：%d 人", "left without when every candidate is open: %d people", m.All))
}

// siteProgress tells how far the answer is, at most once a second.
func (t terminal) siteProgress(goal selection.Goal) func(siting.Progress) {
	last := time.Time{}
	return func(p siting.Progress) {
		if time.Since(last) < time.Second || !p.Found {
			return
		}
		last = time.Now()
		gap := t.lang.T("差距", "gap")
		if goal == selection.MostPeople {
			fmt.Fprintf(t.err, "%s ≤ %s %%\n", gap, lang.PercentUp(float64(p.Bound-p.Value), float64(max(p.Bound, 1))))
			return
		}
		fmt.Fprintln(t.err, t.lang.F("现有 %[1]d，至少 %[2]d", "%[1]d now, at least %[2]d", p.Value, p.Bound))
	}
}

// sites prints a plan as a table.
func (t terminal) sites(w io.Writer, f figures.SitingFigures) error {
	if f.Schematic {
		fmt.Fprintln(w, t.lang.T("示意城市，非测绘成果", "Schematic city, not survey data"))
	}
	fmt.Fprintln(w, t.lang.F("%[1]s：覆盖 %.0[2]f → %.0[3]f 人（共 %.0[4]f），%[5]s %% → %[6]s %%",
		"%[1]s: covered %.0[2]f → %.0[3]f of %.0[4]f people, %[5]s %% → %[6]s %%", f.Hours, f.CoveredBefore, f.CoveredAfter, f.DemandTotal,
		lang.Percent(f.CoveredBefore, f.DemandTotal), lang.Percent(f.CoveredAfter, f.DemandTotal)))
	fmt.Fprintln(w, f.Certificate.Words)
	if f.NoneOpens != "" {
		fmt.Fprintln(w, f.NoneOpens)
	}
	rows := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(rows, t.lang.T("\t编号\t名称\t新增人数\t费用（元）\t每人（元）", "\tcode\tname\tpeople\tyuan\tyuan each"))
	for _, s := range f.Sites {
		mark := ""
		if s.CostAssumed {
			mark = t.lang.T(" 示例", " example")
		}
		fmt.Fprintf(rows, "%d\t%s\t%s\t%.0f\t%.0f%s\t%.2f\n", s.Rank, s.Code, s.Name, s.Adds, s.CostYuan, mark, s.YuanEach)
	}
	fmt.Fprintf(rows, "\t\t%s\t%.0f\t%.0f\t\n", t.lang.T("合计", "all"), f.CoveredAfter-f.CoveredBefore, f.CostYuan)
	return rows.Flush()
}

// siteTexts are the help of this command.
func siteTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"site":             l.T("选址：从候选点里选出最好的方案，并证明离最优还有多远", "choose sites: the best plan among the candidates, and proof of how far from optimal it can be"),
		"site_candidates":  l.T("候选点文件，格式同站点，可有“场所”“开办费用（元）”两列；登记为“候选”的站点总在其中", "a file of candidates, as of stations, with columns premises and cost; stations of the status candidate always count"),
		"site_places":      l.T("把街道数据里这些种类的地方也当候选，如 bank,post_office,telecom_shop,fuel,toilets", "places of these kinds in the streets are candidates too, as bank,post_office,telecom_shop,fuel,toilets"),
		"site_sites":       l.T("最多新增几个，0 就是一个也不新增；什么都不写就是 10", "at most so many new sites, 0 being none; 10 if nothing else limits them"),
		"site_budget":      l.T("预算，元；0 就是只开不花钱的", "the budget in yuan; with 0 only what costs nothing may open"),
		"site_target":      l.T("目标覆盖率，百分数：求最少的站点", "the target in per cent: asks for the fewest sites that reach it"),
		"site_cheapest":    l.T("与 --target 同用：求最省的钱，而不是最少的站点", "with --target: asks for the least money in place of the fewest sites"),
		"site_twice":       l.T("两个以上可选才算覆盖（交叉覆盖）", "only a choice of two counts as covered (cross-covered)"),
		"site_hours":       l.T("平常一周里算哪些钟点", "the hours of an ordinary week that count"),
		"site_days":        l.T("哪些天：all 每天，workdays 周一至周五，weekend 周六、周日", "on which days"),
		"site_at":          l.T("只算一个时刻：22:00 或 2026-11-23T22:00", "a single moment in place of hours: 22:00 or 2026-11-23T22:00"),
		"site_premises":    l.T("只从这些场所里选，如 bank,fuel", "choose only in premises of these kinds, as bank,fuel"),
		"site_division":    l.T("只从这个区划里选", "choose only in this division"),
		"site_need":        l.T("候选点须有这些服务，如 toilet,hot_water", "services that a candidate must offer, as toilet,hot_water"),
		"site_cost":        l.T("没登记费用的候选按场所估多少元，如 bank=8000;fuel=12000；不写就用示例费用", "yuan for candidates without a cost by their premises, as bank=8000;fuel=12000; by default example costs"),
		"site_known_hours": l.T("没登记营业时间的候选不要；否则按同类场所的示例时间算", "leave out candidates without known hours; by default the usual hours of their premises count, an example"),
		"site_limit":       l.T("限额，如 icbc=3,630102=5：品牌、场所、区划代码或单位名字，最多几个", "limits, as icbc=3,630102=5: a brand, premises, a division's code or a host's name, and how many at most"),
		"site_floor":       l.T("公平底线：每个重点区域（没有时每个区划）至少覆盖百分之几", "a floor: per cent of every key area, or of every division where there is none, that must be covered"),
		"site_areas":       l.T("重点区域文件（GeoJSON）；不写就用已导入的", "a file of key areas (GeoJSON); by default those imported"),
		"site_fix":         l.T("必须开的候选", "candidates that must open"),
		"site_forbid":      l.T("不能开的候选", "candidates that must not"),
		"site_time":        l.T("最多算多久；0 是一直算到证明最优", "how long to search at most; 0 is until the best is proven"),
		"site_geojson":     l.T("另写一个 GeoJSON 文件：方案、可替换的候选和需求", "also write the plan, its rivals and the demand to a GeoJSON file"),
		"site_xlsx":        l.T("另写一个 Excel 文件", "also write the plan to a spreadsheet"),
	}
}
