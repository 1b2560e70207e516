package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/lang"
)

type dueCommand struct {
	Rule   []string `placeholder:"rule|length" sep:"none" help:"${due_rule}"`
	From   string   `placeholder:"time" help:"${due_from}"`
	Pause  []string `placeholder:"from/to" sep:"none" help:"${due_pause}"`
	Extend string   `placeholder:"length" help:"${due_extend}"`
	Window string   `placeholder:"length" help:"${due_window}"`
	Count  int      `placeholder:"n" help:"${due_count}"`
	Times  []string `placeholder:"times" help:"${due_times}"`
	JSON   bool     `name:"json" help:"${due_json}"`
}

func dueTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"due":        l.T("某件事什么时候到期，一天一天说明；不写规则就列出全部规则", "when something is due, day by day; without a rule, all rules are listed"),
		"due_rule":   l.T("期限规则，如 处罚.送达；或直接写期限：7个工作日、60日、3个月、24小时；可写多次，问哪个最早", "a rule, as 处罚.送达, or a length: \"7 working days\", \"60 days\", \"3 months\", \"24 hours\"; several: which is the earliest"),
		"due_from":   l.T("从什么时候起算（倒数的规则：那件事在什么时候），如 2026-11-27 或 2026-11-27T10:00", "when it begins (of a rule that counts back, when the event is), as 2026-11-27 or 2026-11-27T10:00"),
		"due_pause":  l.T("中止：从/到 或 从/到/理由，可写多次；不写“到”就是还没恢复", "a pause: from/to or from/to/reason, any number of them; without \"to\" it still stands"),
		"due_extend": l.T("延长多久，如 30日", "by how much it is extended, as \"30 days\""),
		"due_window": l.T("滚动窗口，如 180日：和 --count、--times 一起，问到 --from（不写就是最后一次）为止，这段时间里够不够次数", "a rolling window, as \"180 days\": with --count and --times, whether as many lie in the one that ends at --from (by default with the last)"),
		"due_count":  l.T("窗口要几次，如 3", "how many fill the window, as 3"),
		"due_times":  l.T("各次的时间，用逗号隔开", "the times, with commas between"),
		"due_json":   l.T("写成一个 JSON 对象", "print one JSON object"),
	}
}

// Run says when something is due, which of several is the earliest, or whether a rolling window is full.
func (c dueCommand) Run(t terminal, cfg app.Config) error {
	switch {
	case c.Window != "":
		return c.window(t)
	case len(c.Rule) == 0:
		return c.list(t)
	}
	office, err := app.Office(cfg)
	if err != nil {
		return err
	}
	all := make([]clock.Reckoning, len(c.Rule))
	for i, rule := range c.Rule {
		if all[i], err = clock.Ask(clock.Question{Rule: rule, From: c.From, Pauses: c.Pause, Extend: c.Extend}, office); err != nil {
			return err
		}
	}
	if len(all) == 1 {
		if c.JSON {
			return printJSON(t.out, all[0])
		}
		return explainDue(t, all[0])
	}
	return c.several(t, all)
}

// several tells each of several, and which is the earliest.
func (c dueCommand) several(t terminal, all []clock.Reckoning) error {
	first, ok := clock.Earliest(all)
	if c.JSON {
		out := struct {
			Earliest *clock.Reckoning  `json:"earliest"`
			All      []clock.Reckoning `json:"all"`
		}{All: all}
		if ok {
			out.Earliest = &all[first]
		}
		return printJSON(t.out, out)
	}
	if ok {
		fmt.Fprintln(t.out, t.lang.F("最早的是：%[1]s，%[2]s", "The earliest: %[1]s, %[2]s", all[first].Rule.Title.In(t.lang), all[first].Says().In(t.lang)))
	} else {
		fmt.Fprintln(t.out, t.lang.T("都中止着，没有到期日", "All stand still, and none is due by a day"))
	}
	for _, r := range all {
		fmt.Fprintln(t.out)
		if err := explainDue(t, r); err != nil {
			return err
		}
	}
	return nil
}

// window says whether so many things lie within a period that rolls on.
func (c dueCommand) window(t terminal) error {
	a, err := clock.AskWindow(clock.WindowQuestion{Length: c.Window, Count: c.Count, Times: c.Times, At: c.From})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(t.out, a)
	}
	fmt.Fprintln(t.out, a.Says().In(t.lang))
	for i, at := range a.In {
		fmt.Fprintf(t.out, "  %d\t%s\n", i+1, at.Format("2006-01-02 15:04"))
	}
	return nil
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
