package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/app/logcheck"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// verifyCommand checks a log, which is what it does when nothing else is named, or a file that stands by itself.
type verifyCommand struct {
	Log  verifyLogCommand  `cmd:"" default:"withargs" help:"${verify_whole}"`
	Draw verifyDrawCommand `cmd:"" help:"${verify_draw}"`
}

type verifyLogCommand struct {
	Log        string   `arg:"" help:"${verify_log}"`
	Checkpoint []string `placeholder:"file" help:"${verify_checkpoint}"`
	Receipt    []string `placeholder:"file" help:"${verify_receipt}"`

	With map[string]string `placeholder:"name=file" mapsep:"none" help:"${verify_with}"`

	Key  []string `placeholder:"key" help:"${verify_key}"`
	Keep string   `env:"XIADU_KEEP" placeholder:"folder" help:"${verify_keep}"`
}

// Run checks a log and says what holds or what was found.
func (c verifyLogCommand) Run(ctx context.Context, t terminal) error {
	report, unkept, err := c.check(ctx)
	switch fault.KindOf(err) {
	case fault.Invalid, fault.NotFound:
		return verdict{err, exitUsage} // what was named is no log, or no such file
	case fault.Conflict, fault.Denied, fault.Late, fault.Unavailable:
		return err
	}
	if err != nil {
		return err
	}
	if len(report.Findings) > 0 {
		for _, f := range report.Findings {
			fmt.Fprintf(t.out, "%s  %s  %s\n", f.What, f.Where, f.Text.In(t.lang))
		}
		fmt.Fprintln(t.out, t.lang.F("发现 %d 处问题。", "%d things are wrong.", len(report.Findings)))
		return verdict{nil, exitBroken}
	}
	c.holds(t, report)
	if slices.ContainsFunc(report.Figures, func(f verify.Figure) bool { return f.Withdrawn != "" }) {
		return verdict{nil, exitUsage}
	}
	if slices.ContainsFunc(report.Figures, func(f verify.Figure) bool { return len(f.Lacks) > 0 }) {
		fmt.Fprintln(t.err, t.lang.T("有的数字只核对了一部分：给出上面说的文件，才算核对过。", "Some figures were checked in part only: they are verified once the files named above are given."))
		return verdict{nil, exitUsage}
	}
	if unkept != nil {
		fmt.Fprintln(t.err, t.lang.F("没能记下这个检查点，下次无从对照：%v", "The checkpoint could not be kept for the next check: %v", unkept))
	}
	return nil
}

// holds says what was checked.
func (c verifyLogCommand) holds(t terminal, r verify.Report) {
	fmt.Fprint(t.out, t.lang.F("核对无误：%[1]d 条。检查点：\n%[2]s", "All holds: %[1]d entries. The checkpoint:\n%[2]s", r.Checkpoint.Size, r.Checkpoint.Text()))
	if r.Files > 0 {
		fmt.Fprintln(t.out, t.lang.F("日志旁边公布的 %d 个文件都是日志里写的那些，其中的件数重算无误", "The %d files that are published beside the log are those that it names, and their counts were computed again", r.Files))
	}
	for _, f := range r.Withdrawn {
		fmt.Fprintln(t.out, t.lang.F("%[1]s 的文字已撤回（原文件 %.12[2]s…，现为 %.12[3]s…）：%[4]s", "a text of %[1]s was withdrawn (the file %.12[2]s…, now %.12[3]s…): %[4]s", f.Name, f.SHA256, f.Instead, f.Why.In(t.lang)))
	}
	for _, a := range r.Agreed {
		switch {
		case a.Kind != "":
			fmt.Fprintln(t.out, t.lang.F("%[1]s 成立：条目 %[2]d（%[3]s）在日志的前 %[4]d 条里", "%[1]s holds: entry %[2]d (%[3]s) is among the log's first %[4]d", a.Name, a.Index, a.Kind, a.Size))
		case slices.Contains(c.Checkpoint, a.Name):
			fmt.Fprintln(t.out, t.lang.F("%[1]s 一致：日志的前 %[2]d 条没有变", "%[1]s agrees: the log's first %[2]d entries are as they were", a.Name, a.Size))
		}
	}
	for _, f := range r.Figures {
		t.figure(f)
	}
	if len(c.Key) == 0 {
		for _, key := range r.Keys {
			fmt.Fprintln(t.out, t.lang.F("公钥取自日志本身；请与别处公布的对照：%s", "The key is the log's own word; compare it with what is published elsewhere: %s", key))
		}
	}
}

// figure says how much of a figure was computed again.
func (t terminal) figure(f verify.Figure) {
	if f.Withdrawn != "" {
		fmt.Fprintln(t.out, t.lang.F("%[1]s 无从重算：所用的文字后来撤回了：%[2]s", "%[1]s cannot be computed again: a text that it was made of was withdrawn later: %[2]s", f.Name, f.Withdrawn))
		return
	}
	if len(f.Unchecked) > 0 {
		fmt.Fprintln(t.out, t.lang.F("%[1]s 只核对了一部分：%[2]s（日志前 %[3]d 条，用到 %[4]d 条）", "%[1]s was checked in part: %[2]s (the log's first %[3]d entries, %[4]d of them used)", f.Name, f.Query.Title.In(t.lang), f.Size, f.Receipt.Entries.Count))
		fmt.Fprintln(t.out, "  "+t.lang.F("重算过，成立：%s", "computed again, and right: %s", strings.Join(f.Recomputed, ", ")))
		fmt.Fprintln(t.out, "  "+t.lang.F("没有核对：%[1]s。要核对请加上：--with %[2]s=文件", "not checked: %[1]s. To check them too, add: --with %[2]s=FILE", strings.Join(f.Unchecked, ", "), strings.Join(f.Lacks, t.lang.T("=文件 --with ", "=FILE --with "))))
		return
	}
	fmt.Fprintln(t.out, t.lang.F("%[1]s 成立：%[2]s（日志前 %[3]d 条，用到 %[4]d 条）", "%[1]s holds: %[2]s (the log's first %[3]d entries, %[4]d of them used)", f.Name, f.Query.Title.In(t.lang), f.Size, f.Receipt.Entries.Count))
	for _, line := range f.Query.Tell(f.Receipt.Params, f.Receipt.Result)[:1] {
		fmt.Fprintln(t.out, "  "+line.Name.In(t.lang)+t.lang.T("：", ": ")+line.Value.In(t.lang))
	}
}

func (c verifyLogCommand) check(ctx context.Context) (r verify.Report, unkept, err error) {
	o := verify.Options{Keys: c.Key, Queries: app.Figures(), Files: c.With}
	src, err := logcheck.At(c.Log)
	if err != nil {
		return r, nil, err
	}
	if o.Seen, err = inputs(c.Checkpoint); err != nil {
		return r, nil, err
	}
	if o.Receipts, err = inputs(c.Receipt); err != nil {
		return r, nil, err
	}
	keep := c.Keep
	switch keep {
	case "":
		keep = checkpoints()
	case "-":
		keep = ""
	}
	return logcheck.Verify(ctx, src, o, keep)
}

// maxNoteFile is more than any checkpoint or receipt has.
const maxNoteFile = 1 << 20

func inputs(names []string) (files []verify.File, err error) {
	for _, name := range names {
		f, err := disk.OpenInput(name)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(io.LimitReader(f, maxNoteFile))
		f.Close() //nolint:errcheck // it was only read
		if err != nil {
			return nil, err
		}
		files = append(files, verify.File{Name: name, Text: text})
	}
	return files, nil
}
