package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/intake"
)

type complaintsCommand struct {
	Due    complaintsDue    `cmd:"" help:"${complaints_due}"`
	Begin  complaintsBegin  `cmd:"" help:"${complaints_begin}"`
	Import complaintsImport `cmd:"" help:"${complaints_import}"`
	List   complaintsList   `cmd:"" help:"${complaints_list}"`
	Table  complaintsTable  `cmd:"" help:"${complaints_table}"`
}

func complaintsTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"complaints":        l.T("督察信访件：建立督察、接收批次", "complaints under inspection: begin an inspection, take batches in"),
		"complaints_begin":  l.T("新建一次督察", "begin an inspection"),
		"complaints_import": l.T("接收一批信访件（XLSX、CSV）；有一行错就一件也不收，同一批再来一次不改动", "take a batch of letters in (XLSX, CSV); one wrong row and none is taken, and the same batch again changes nothing"),
		"complaints_due":    l.T("一个问题或一项措施到哪天为止、为什么，谁在什么时候中止或延长过", "by when a problem or a measure is due and why, and who paused or extended it when"),
		"due_problem":       l.T("问题的编号，如 XN2023-0001", "the code of the problem, as XN2023-0001"),
		"due_measure":       l.T("第几项措施；不写就是问题自己的期限", "the number of a measure; by default the problem's own period"),
		"complaints_list":   l.T("列出各次督察", "list the inspections"),
		"complaints_table":  l.T("输出已公开的一览表：一个公开批次的，或现在公开的全部", "write the official table that was published: of one bulletin, or all that stands public"),
		"table_bulletin":    l.T("第几号公开批次；不写就是现在公开的全部，每件取最后一次公开的", "the number of the bulletin; by default all that stands public, of each letter what was published last"),
		"table_format":      l.T("格式：csv、xlsx 或 json", "the form: csv, xlsx or json"),
		"batch_file":        l.T("批次文件；“-”是标准输入", "the file of the batch; - is standard input"),
		"campaign":          l.T("督察的编号，如 XN2023", "the code of the inspection, as XN2023"),
		"notice":            l.T("批次通知：两列的表，或每行“来电 30 件”", "the notice of the batch: a table of two columns, or lines as “来电 30 件”"),
		"batch_number":      l.T("第几批；不写就看通知，或接着上一批", "the number of the batch; by default that of its notice, or the next"),
		"batch_day":         l.T("哪一天的，如 2023-11-26；不写就看通知，或今天", "its day, as 2023-11-26; by default that of its notice, or today"),
		"preset":            l.F("预设：%s", "the preset: %s", presets(l)),
		"office":            l.T("协调单位的名称；还没有单位的就新建", "the organisation that coordinates; made where there is none yet"),
		"campaign_name":     l.T("督察的名称", "the name of the inspection"),
		"team":              l.T("督察组", "the team of the inspectors"),
		"round":             l.T("第几轮", "the round"),
		"from_day":          l.T("进驻第一天；不写就是今天", "its first day; by default today"),
		"until_day":         l.T("进驻最后一天；不写就是一个月后", "its last day; by default a month later"),
		"campaign_home":     l.T("哪里的督察：区划的代码或名称", "whose home it is: a division's code or name"),
		"json":              l.T("写成一个 JSON 对象", "print one JSON object"),
	}
}

// presets names what there is to choose from.
func presets(l lang.Lang) string {
	var all []string
	for _, p := range campaign.Presets() {
		all = append(all, p.Key+" "+p.Name.In(l))
	}
	return strings.Join(all, l.T("，", ", "))
}

// newCampaign are the flags that an inspection begins with.
type newCampaign struct {
	Name     string `placeholder:"text" help:"${campaign_name}"`
	Team     string `default:"督察组" placeholder:"text" help:"${team}"`
	Round    int    `default:"3" placeholder:"n" help:"${round}"`
	Division string `default:"西宁市" placeholder:"code" help:"${campaign_home}"`
	From     string `placeholder:"day" help:"${from_day}"`
	Until    string `placeholder:"day" help:"${until_day}"`
	Preset   string `default:"central" placeholder:"key" help:"${preset}"`
	Office   string `default:"督察整改协调联络组" placeholder:"name" help:"${office}"`
}

// campaign is the inspection that they say.
func (n newCampaign) campaign(code string) (to campaign.New, err error) {
	to = campaign.New{Code: code, Name: n.Name, Team: n.Team, Round: n.Round, Preset: n.Preset}
	if to.Name == "" {
		to.Name = code
	}
	if to.Home, err = gb.Resolve(n.Division, gb.Division{}); err != nil {
		return to, err
	}
	if n.From != "" {
		if to.From, err = calendar.ParseDate(n.From); err != nil {
			return to, err
		}
	}
	if n.Until != "" {
		to.Until, err = calendar.ParseDate(n.Until)
	}
	return to, err
}

type complaintsBegin struct {
	Campaign string `required:"" placeholder:"code" help:"${campaign}"`
	JSON     bool   `name:"json" help:"${json}"`
	newCampaign
}

// Run begins an inspection.
func (b complaintsBegin) Run(ctx context.Context, t terminal, cfg app.Config) error {
	n, err := b.campaign(b.Campaign)
	if err != nil {
		return err
	}
	return app.OpenComplaints(ctx, cfg, func(c app.Complaints) error {
		made, err := c.Begin(ctx, n, b.Office)
		if err != nil {
			return err
		}
		if b.JSON {
			return printJSON(t.out, inspectionOf(made))
		}
		_, err = fmt.Fprintln(t.out, t.began(made))
		return err
	})
}

func (t terminal) began(c campaign.Campaign) string {
	return t.lang.F("新建了督察 %[1]s（%[2]s，%[3]s，%[4]v 至 %[5]v）。", "The inspection %[1]s was begun (%[2]s, %[6]s, %[4]v to %[5]v).", c.Code, c.Name, c.Home.FullName().ZH, c.From, c.Until, c.Home.FullName().EN)
}

type complaintsList struct {
	JSON bool `name:"json" help:"${json}"`
}

// campaignJSON is an inspection as --json prints it.
type campaignJSON struct {
	Code     string        `json:"code"`
	Name     string        `json:"name"`
	Team     string        `json:"team"`
	Round    int           `json:"round"`
	Division string        `json:"division"`
	From     calendar.Date `json:"from"`
	Until    calendar.Date `json:"until"`
	Preset   string        `json:"preset"`
}

func inspectionOf(c campaign.Campaign) campaignJSON {
	return campaignJSON{c.Code, c.Name, c.Team, c.Round, c.Home.Code(), c.From, c.Until, c.Preset}
}

// Run lists the inspections.
func (c complaintsList) Run(ctx context.Context, t terminal, cfg app.Config) error {
	return app.OpenComplaints(ctx, cfg, func(rooms app.Complaints) error {
		list := []campaignJSON{}
		w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
		const page = 100
		for after := ""; ; {
			all, err := rooms.Campaigns.List(ctx, after, page)
			if err != nil {
				return err
			}
			for _, one := range all {
				after = one.Code
				if c.JSON {
					list = append(list, inspectionOf(one))
					continue
				}
				fmt.Fprintf(w, "%s\t%v – %v\t%s\t%s\n", one.Code, one.From, one.Until, one.Home.FullName().In(t.lang), one.Name)
			}
			if len(all) == page {
				continue
			}
			if c.JSON {
				return printJSON(t.out, map[string]any{"inspections": list})
			}
			return w.Flush()
		}
	})
}

type complaintsImport struct {
	File     string `arg:"" help:"${batch_file}"`
	Campaign string `required:"" placeholder:"code" help:"${campaign}"`
	Notice   string `placeholder:"file" help:"${notice}"`
	Batch    int    `placeholder:"n" help:"${batch_number}"`
	Day      string `placeholder:"day" help:"${batch_day}"`
	DryRun   bool   `help:"${dry_run}"`
	JSON     bool   `name:"json" help:"${json}"`
	newCampaign
}

// Run takes a batch in.
func (i complaintsImport) Run(ctx context.Context, t terminal, cfg app.Config) error {
	b := app.Batch{Campaign: strings.ToUpper(i.Campaign), Number: i.Batch, DryRun: i.DryRun, Office: i.Office, Began: func(c campaign.Campaign) { fmt.Fprintln(t.err, t.began(c)) }}
	var err error
	if b.First, err = i.campaign(b.Campaign); err != nil {
		return err
	}
	if i.Day != "" {
		if b.Day, err = calendar.ParseDate(i.Day); err != nil {
			return fault.At("day", err)
		}
	}
	file, err := disk.OpenInput(i.File)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // it was only read
	b.File = file
	if i.Notice != "" {
		notice, err := disk.OpenInput(i.Notice)
		if err != nil {
			return err
		}
		defer notice.Close() //nolint:errcheck // it was only read
		b.Notice = notice
	}
	return app.OpenComplaints(ctx, cfg, func(c app.Complaints) error {
		read, notice, out, err := c.Import(ctx, b)
		if i.JSON && read.Columns != nil {
			out.Campaign = b.Campaign // of a batch with errors there is no outcome
			return errors.Join(err, printBatch(t.out, read, notice, out, i.DryRun))
		}
		return t.reportBatch(read, out, err, i.DryRun)
	})
}

// batchJSON is what --json prints.
type batchJSON struct {
	Campaign    string           `json:"campaign"`
	Batch       int              `json:"batch"`
	Day         string           `json:"day"`
	DryRun      bool             `json:"dry_run"`
	Letters     int              `json:"letters"` // that the file has
	Calls       int              `json:"calls"`
	Papers      int              `json:"papers"`
	Key         int              `json:"key"`
	Added       int              `json:"added"`
	Same        int              `json:"same"`
	Changed     []changeJSON     `json:"changed"`
	Questions   int              `json:"questions"`
	Reopenings  int              `json:"reopenings"`
	Errors      int              `json:"errors"`
	Findings    []findingJSON    `json:"findings"`
	Said        *int             `json:"said"` // how many the notice says; null: nothing
	Differences []differenceJSON `json:"differences"`
	Codes       []string         `json:"codes"`
}

type changeJSON struct {
	Row    int      `json:"row"`
	Code   string   `json:"code"`
	Fields []string `json:"fields"`
}

type findingJSON struct {
	Row   int    `json:"row"`
	Field string `json:"field"`
	Error bool   `json:"error"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
}

type differenceJSON struct {
	What string `json:"what"`
	Said int    `json:"said"`
	Read int    `json:"read"`
}

func printBatch(w io.Writer, read intake.Batch, notice *intake.Notice, out intake.Outcome, dry bool) error {
	j := batchJSON{
		Campaign: out.Campaign, Batch: out.Number, Day: out.Day, DryRun: dry, Letters: len(read.Letters), Added: out.Added, Same: out.Same,
		Questions: out.Questions, Reopenings: out.Reopenings, Errors: read.Errors,
		Changed: []changeJSON{}, Findings: []findingJSON{}, Differences: []differenceJSON{}, Codes: []string{},
	}
	totals := read.Totals()
	j.Calls, j.Papers, j.Key = totals.Calls, totals.Papers, totals.Key
	for _, l := range read.Letters {
		if l.Code.Text != "" {
			j.Codes = append(j.Codes, l.Code.Text)
		}
	}
	for _, c := range out.Changed {
		j.Changed = append(j.Changed, changeJSON(c))
	}
	for _, f := range read.Findings {
		j.Findings = append(j.Findings, findingJSON{f.Row, f.Field, f.Error, f.Text.ZH, f.Text.EN})
	}
	if notice != nil && notice.Total >= 0 {
		j.Said = &notice.Total
	}
	for _, d := range out.Differences {
		j.Differences = append(j.Differences, differenceJSON{d.What.ZH, d.Said, d.Read})
	}
	return printJSON(w, j)
}

// reportBatch says what was found in a batch and what came of it.
func (t terminal) reportBatch(read intake.Batch, out intake.Outcome, err error, dry bool) error {
	for _, f := range read.Findings {
		mark := t.lang.T("提醒", "note")
		if f.Error {
			mark = t.lang.T("错误", "error")
		}
		fmt.Fprintln(t.err, t.lang.F("第 %[1]d 行 %[2]s（%[3]s）：%[4]s", "row %[1]d, %[2]s (%[3]s): %[4]s", f.Row, f.Field, mark, f.Text.In(t.lang)))
	}
	if err != nil {
		return err
	}
	for _, c := range out.Changed {
		fmt.Fprintln(t.err, t.lang.F("第 %[1]d 行：%[2]s 已经有了，但 %[3]s 不一样，没有改动，请在网页上决定", "row %[1]d: %[2]s is there already, and %[3]s differ; nothing was changed: decide it on the pages", c.Row, c.Code, strings.Join(c.Fields, "、")))
	}
	for _, d := range out.Differences {
		fmt.Fprintln(t.err, t.lang.F("与通知不符，两个数都留着：%[1]s 通知 %[3]d，表里 %[4]d", "the notice does not agree, and both figures are kept: %[2]s %[3]d by the notice, %[4]d in the table", d.What.ZH, d.What.EN, d.Said, d.Read))
	}
	did := ""
	if dry {
		did = t.lang.T("试运行，没有改动。", "Dry run, nothing was changed. ")
	}
	_, err = fmt.Fprintln(t.out, did+t.lang.F("第 %[1]d 批：新收 %[2]d 件，已有 %[3]d 件，不一样的 %[4]d 件；要人判断的 %[5]d 处，建议重开 %[6]d 个问题。",
		"Batch %[1]d: %[2]d letters taken in, %[3]d were there, %[4]d differ; %[5]d questions to a person, %[6]d proposals to reopen.",
		out.Number, out.Added, out.Same, len(out.Changed), out.Questions, out.Reopenings))
	return err
}
