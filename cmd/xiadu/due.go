package main

import (
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

type dueCommand struct {
	Rule     string   `placeholder:"rule|length" help:"${due_rule}"`
	From     string   `placeholder:"time" help:"${due_from}"`
	Pause    []string `placeholder:"from/to" sep:"none" help:"${due_pause}"`
	Extend   string   `placeholder:"length" help:"${due_extend}"`
	Holidays string   `placeholder:"file" help:"${due_holidays}"`
	JSON     bool     `name:"json" help:"${due_json}"`
}

func dueTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"due":          l.T("某件事什么时候到期，一天一天说明；不写规则就列出全部规则", "when something is due, day by day; without a rule, all rules are listed"),
		"due_rule":     l.T("期限规则，如 处罚.送达；或直接写期限：7个工作日、60日、3个月、24小时", "a rule, as 处罚.送达, or a length: \"7 working days\", \"60 days\", \"3 months\", \"24 hours\""),
		"due_from":     l.T("从什么时候起算（倒数的规则：那件事在什么时候），如 2026-11-27 或 2026-11-27T10:00", "when it begins (of a rule that counts back, when the event is), as 2026-11-27 or 2026-11-27T10:00"),
		"due_pause":    l.T("中止：从/到 或 从/到/理由，可写多次；不写“到”就是还没恢复", "a pause: from/to or from/to/reason, any number of them; without \"to\" it still stands"),
		"due_extend":   l.T("延长多久，如 30日", "by how much it is extended, as \"30 days\""),
		"due_holidays": l.T("另加的节假日安排，格式同 holidays.txt", "a file of further holiday arrangements, as holidays.txt"),
		"due_json":     l.T("写成一个 JSON 对象", "print one JSON object"),
	}
}

// Run says when something is due.
func (c dueCommand) Run(t terminal) error {
	if c.Rule == "" {
		return c.list(t)
	}
	office, err := c.office()
	if err != nil {
		return err
	}
	r, err := clock.Ask(clock.Question{Rule: c.Rule, From: c.From, Pauses: c.Pause, Extend: c.Extend}, office)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(t.out, r)
	}
	return explainDue(t, r)
}

// office is the program's calendar, with what a file has besides.
func (c dueCommand) office() (clock.Office, error) {
	if c.Holidays == "" {
		return clock.Office{Calendar: calendar.Official}, nil
	}
	text, err := os.ReadFile(c.Holidays)
	if err != nil {
		return clock.Office{}, fault.New(fault.NotFound, "读不到文件 %[1]s", "the file %[1]s cannot be read", c.Holidays).Because(err)
	}
	more, err := calendar.Official.With(string(text))
	return clock.Office{Calendar: more}, err
}

func explainDue(t terminal, r clock.Reckoning) error {
	fmt.Fprintln(t.out, r.Says().In(t.lang))
	rule := r.Rule.Length.Text().In(t.lang)
	if title := r.Rule.Title.In(t.lang); title != rule {
		rule = title + t.lang.T("，", ", ") + rule
	}
	fmt.Fprintln(t.out, t.lang.F("规则：%[1]s，%[2]s", "Rule: %[1]s, %[2]s", rule, r.Rule.Source().In(t.lang)))
	for _, remark := range r.Remarks() {
		fmt.Fprintln(t.out, remark.In(t.lang))
	}
	for _, change := range r.Changed() {
		fmt.Fprintln(t.out, change.In(t.lang))
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, line := range r.Lines() {
		days := line.From.String()
		if line.To != line.From {
			days += " … " + line.To.String()
		}
		fmt.Fprintf(w, "  %s\t%s\n", days, line.Text.In(t.lang))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, document := range r.Calendar {
		fmt.Fprintln(t.out, t.lang.F("节假日安排：%s", "Holidays: %s", document))
	}
	return nil
}

// list prints all rules.
func (dueCommand) list(t terminal) error {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, r := range clock.Catalogue() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.Name, r.Length.Text().In(t.lang), r.Title.In(t.lang), r.Source().In(t.lang))
	}
	return w.Flush()
}
