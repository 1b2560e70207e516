package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/advice"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

type scoreCommand struct {
	Rule    string `placeholder:"preset|file" help:"${score_rule}"`
	Marks   string `placeholder:"file" help:"${score_marks}"`
	Trace   string `placeholder:"entry" help:"${score_trace}"`
	Advice  bool   `help:"${score_advice}"`
	Order   string `placeholder:"file" help:"${score_order}"`
	JSON    bool   `name:"json" help:"${score_json}"`
	Explain bool   `help:"${score_explain}"`
	Show    bool   `help:"${score_show}"`
}

func scoreTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"score":         l.T("按一个规则算总分和名次，不用开服务；不写规则就列出预设", "compute totals and places by a rule, without a server; without a rule, the presets are listed"),
		"score_rule":    l.T("规则：预设的名称，如 trim-1-1-mean-2dp，或一个 JSON 文件；写法见 docs/scoring.md", "the rule: a preset, as trim-1-1-mean-2dp, or a JSON file as docs/scoring.md says"),
		"score_marks":   l.T("打的分：CSV、XLSX（entry,part,judge,criterion,mark）或 JSON；“-”是标准输入", "the marks: CSV or XLSX (entry,part,judge,criterion,mark), or JSON; - is standard input"),
		"score_trace":   l.T("写出这个作品的每一步", "tell each step of this entry's total"),
		"score_advice":  l.T("再写参考意见：换几种算法、少一位评委，入选的会不会变；不改变结果", "add advice: would the winners be others by other ways, or without a judge; it changes no result"),
		"score_order":   l.T("参考意见用的出场次序：每行一个作品", "for the advice, the order in which entries were heard: one a line"),
		"score_json":    l.T("写成一个 JSON 对象", "print one JSON object"),
		"score_explain": l.T("用句子说明这个规则", "put the rule into sentences"),
		"score_show":    l.T("写出规则的文件，可以存下来改", "print the rule's file, to be saved and changed"),
	}
}

// Run computes totals and places, or tells of a rule.
func (c scoreCommand) Run(ctx context.Context, t terminal) error {
	if c.Rule == "" {
		if c.Marks != "" {
			return fault.New(fault.Invalid, "还要写按什么规则算：--rule 预设或文件；只写 xiadu score 就列出预设", "it needs a rule to compute by: --rule PRESET or FILE; xiadu score alone lists the presets")
		}
		return t.presets()
	}
	f, err := readRule(c.Rule)
	if err != nil {
		return t.everyFault(err)
	}
	switch {
	case c.Show:
		return printJSON(t.out, struct {
			About rule.About `json:"about"`
			Rule  rule.Rule  `json:"rule"`
		}{f.About, f.Rule.Whole()})
	case c.Explain:
		t.explain(&f)
		if c.Marks == "" {
			return nil
		}
		fmt.Fprintln(t.out)
	case c.Marks == "":
		return fault.New(fault.Invalid, "还要写打的分：--marks 文件；只看规则就写 --explain 或 --show", "it needs marks: --marks FILE; to look at the rule, --explain or --show")
	}
	if c.Order != "" && !c.Advice {
		return fault.New(fault.Invalid, "出场次序只用在参考意见里：还要写 --advice", "the order is for the advice only: add --advice")
	}
	table, err := c.table(ctx, t, &f.Rule)
	if err != nil {
		return t.everyFault(err)
	}
	result := scoring.Score(table)
	if !c.Advice {
		return c.answer(t, &f, result, nil)
	}
	order, err := c.order(result)
	if err != nil {
		return err
	}
	also := advice.Of(table, order)
	return c.answer(t, &f, result, &also)
}

// order reads in which order the entries were heard, if that is said.
func (c scoreCommand) order(result *scoring.Result) ([]string, error) {
	if c.Order == "" {
		return nil, nil
	}
	in, err := disk.OpenInput(c.Order)
	if err != nil {
		return nil, err
	}
	defer in.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(in, rule.MaxBytes))
	if err != nil {
		return nil, fmt.Errorf("read the order %s: %w", c.Order, err)
	}
	var order []string
	seen := map[string]int{} // the line
	for i, line := range strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n") {
		key := strings.TrimSpace(line)
		if key == "" {
			continue
		}
		if _, ok := result.Of(key); !ok {
			return nil, fault.New(fault.Invalid, "出场次序第 %[1]d 行：分里没有作品“%[2]s”", "line %[1]d of the order: the marks have no entry %[2]q", i+1, lang.Short(key))
		}
		if seen[key] > 0 {
			return nil, fault.New(fault.Invalid, "出场次序第 %[1]d 行：作品“%[2]s”第 %[3]d 行已经有了", "line %[1]d of the order: entry %[2]q is on line %[3]d already", i+1, lang.Short(key), seen[key])
		}
		seen[key], order = i+1, append(order, key)
	}
	return order, nil
}

// table reads the marks and puts them into their places.
func (c scoreCommand) table(ctx context.Context, t terminal, r *rule.Rule) (*mark.Table, error) {
	in, err := disk.OpenInput(c.Marks)
	if err != nil {
		return nil, err
	}
	defer in.Close() //nolint:errcheck // it was only read
	set, said, err := mark.Read(ctx, in)
	if err != nil {
		return nil, err
	}
	for _, one := range append(said, set.Rename(r)...) {
		t.warn(one)
	}
	return mark.Arrange(r, set)
}

// answer prints a result, and the trace and the advice that were asked for.
func (c scoreCommand) answer(t terminal, f *rule.File, result *scoring.Result, also *advice.Advice) error {
	var trace *scoring.Trace
	if c.Trace != "" {
		one, ok := result.Trace(c.Trace)
		if !ok {
			return fault.New(fault.NotFound, "分里没有作品“%s”", "the marks have no entry %q", lang.Short(c.Trace))
		}
		trace = &one
	}
	if c.JSON {
		return printJSON(t.out, struct {
			*scoring.Result
			Trace  *scoring.Trace `json:"trace,omitempty"`
			Advice *advice.Advice `json:"advice,omitempty"`
		}{result, trace, also})
	}
	if trace != nil {
		t.lines(trace.Lines(f.About.Names))
	} else if err := t.scores(f, result); err != nil {
		return err
	}
	if also != nil {
		fmt.Fprintln(t.out)
		t.lines(also.Lines(f.About.Names))
	}
	return nil
}

func (t terminal) lines(all []lang.Text) {
	for _, line := range all {
		fmt.Fprintln(t.out, line.In(t.lang))
	}
}

// readRule finds a preset, or reads a file.
func readRule(name string) (rule.File, error) {
	if f, ok := rule.Preset(name); ok {
		return f, nil
	}
	if _, err := os.Stat(name); err != nil && !strings.ContainsAny(name, "./\\") {
		var keys []string
		for _, f := range rule.Presets() {
			keys = append(keys, f.About.Key)
		}
		return rule.File{}, fault.New(fault.NotFound, "没有叫“%[1]s”的预设，也没有这个文件。预设有：\n  %[2]s", "there is no preset called %[1]q, and no such file. The presets are:\n  %[2]s", lang.Short(name), strings.Join(keys, "\n  "))
	}
	in, err := disk.OpenInput(name)
	if err != nil {
		return rule.File{}, err
	}
	defer in.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(io.LimitReader(in, rule.MaxBytes+1))
	if err != nil {
		return rule.File{}, fmt.Errorf("read the rule %s: %w", name, err)
	}
	return rule.Read(text)
}

// everyFault prints each fault of a file on a line of its own, where they are several.
func (t terminal) everyFault(err error) error {
	lines, ok := fault.Each(t.lang, err)
	if !ok || len(lines) == 0 {
		return err
	}
	for _, line := range lines {
		fmt.Fprintln(t.err, line)
	}
	return verdict{code: exitCodes[fault.KindOf(err)]}
}

// presets lists the rules that come with the program.
func (t terminal) presets() error {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	for _, f := range rule.Presets() {
		fmt.Fprintf(w, "%s\t%s\n", f.About.Key, f.About.Title.In(t.lang))
	}
	return w.Flush()
}

func (t terminal) explain(f *rule.File) {
	for i, p := range f.Explain() {
		if i > 0 {
			fmt.Fprintln(t.out)
		}
		fmt.Fprintln(t.out, p.Title.In(t.lang))
		for _, line := range p.Lines {
			fmt.Fprintln(t.out, "  "+line.In(t.lang))
		}
	}
	fmt.Fprintln(t.out, "\n"+t.lang.F("规则的散列值：%s", "Hash of the rule: %s", f.Rule.Hash()))
}

// scores prints places and totals, what waits and what people have to decide.
func (t terminal) scores(f *rule.File, r *scoring.Result) error {
	if title := f.About.Title.In(t.lang); title != "" {
		fmt.Fprintln(t.out, title)
	}
	if r.Provisional {
		fmt.Fprintln(t.out, t.lang.T("名次是暂定的：还有作品在等分。", "Places are provisional: some entries wait for marks."))
	}
	name := func(key string) string { return f.About.Name(key).In(t.lang) }
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, t.lang.T("名次\t作品\t总分\t说明", "place\tentry\ttotal\tremarks"))
	for i := range r.Entries {
		e := &r.Entries[i]
		place, total := "–", "–"
		if e.Place > 0 {
			place = strconv.Itoa(e.Place)
		}
		if e.Has {
			total = e.Text()
		}
		row := []string{place, e.Key, total}
		if remarks := t.remarks(f, e, name); remarks != "" {
			row = append(row, remarks)
		}
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, c := range r.Cuts {
		t.cut(c, name)
	}
	for _, want := range r.Wants {
		t.want(want, name)
	}
	for _, warning := range f.Rule.Warnings() {
		fmt.Fprintln(t.out, t.lang.T("提醒：", "Note: ")+warning.In(t.lang))
	}
	_, err := fmt.Fprintln(t.out, t.lang.F("规则的散列值：%s", "Hash of the rule: %s", r.Rule))
	return err
}

// remarks is what is said of an entry beside its total.
func (t terminal) remarks(f *rule.File, e *scoring.Entry, name func(string) string) string {
	var all []string
	if len(f.Rule.Stages) > 1 {
		all = append(all, name(e.Stage))
	}
	switch e.Status {
	case mark.Forfeit:
		all = append(all, t.lang.T("弃权", "forfeit"))
	case mark.Withdrawn:
		all = append(all, t.lang.T("退出", "withdrawn"))
	case mark.Disqualified:
		all = append(all, t.lang.T("取消资格", "disqualified"))
	case mark.Ran:
	}
	if e.Tied {
		all = append(all, t.lang.T("并列", "tied"))
	}
	for _, by := range e.Broken {
		all = append(all, scoring.BrokenText(by, f.About.Names).In(t.lang))
	}
	if e.Grade != nil && e.Grade.Known && e.Grade.Grade != "" {
		all = append(all, name(e.Grade.Grade))
	}
	if e.Grade != nil && !e.Grade.Known {
		all = append(all, t.unknownGrade(e.Grade, name))
	}
	for i, one := range e.Waits {
		if i == 3 {
			all = append(all, t.lang.F("还等 %d 项", "%d more", len(e.Waits)-i))
			break
		}
		all = append(all, t.lang.F("等：%s", "waits for %s", one.Text(f.About.Names).In(t.lang)))
	}
	return strings.Join(all, t.lang.T("；", "; "))
}

// unknownGrade is between which grades something lies, and what is missing to tell.
func (t terminal) unknownGrade(g *scoring.Graded, name func(string) string) string {
	grade := func(key string) string {
		if key == "" {
			return t.lang.T("没有等级", "none")
		}
		return name(key)
	}
	var missing []string
	for _, m := range g.Missing {
		missing = append(missing, name(m))
	}
	return t.lang.F("至少%s，至多%s；缺：%s", "at least %s, at most %s; missing: %s", grade(g.AtLeast), grade(g.AtMost), strings.Join(missing, t.lang.T("、", ", ")))
}

func (t terminal) cut(c scoring.Cut, name func(string) string) {
	fmt.Fprintln(t.out, t.lang.F("“%s”取 %d 个：%s", "“%s” takes %d: %s", name(c.Key), c.Heads, strings.Join(c.In, t.lang.T("、", ", "))))
	if len(c.AtLine) > 0 {
		fmt.Fprintln(t.out, t.lang.F("  线上并列：%s", "  tied at the line: %s", strings.Join(c.AtLine, t.lang.T("、", ", "))))
	}
	if len(c.Passed) > 0 {
		fmt.Fprintln(t.out, t.lang.F("  名额已满跳过：%s", "  passed by, the quota being full: %s", strings.Join(c.Passed, t.lang.T("、", ", "))))
	}
}

func (t terminal) want(w scoring.Want, name func(string) string) {
	entries := strings.Join(w.Entries, t.lang.T("、", ", "))
	if w.Cut != "" {
		fmt.Fprintln(t.out, t.lang.F("“%s”还有 %d 个名额，要由人决定给谁：%s", "“%s” has room for %d, and people have to decide among: %s", name(w.Cut), w.Room, entries))
		return
	}
	if w.By == rule.ByVote {
		fmt.Fprintln(t.out, t.lang.F("要由评委表决先后：%s", "The panel has to vote on the order of: %s", entries))
		return
	}
	fmt.Fprintln(t.out, t.lang.F("要抽签定先后：%s", "Lots have to be drawn for the order of: %s", entries))
}
