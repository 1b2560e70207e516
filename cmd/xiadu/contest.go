package main

import (
	"context"
	"fmt"
	"io"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record/verify"
)

type contestCommand struct {
	Export contestExport `cmd:"" help:"${contest_export}"`
	Import contestImport `cmd:"" help:"${contest_import}"`
}

func contestTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"contest":            l.T("评审：把现场评完的一场导出成一个文件，收进城市的数据", "contests: write one that was judged in a hall as one file, and take it into a city's data"),
		"contest_export":     l.T("把公布过的一场评审连同公开日志写成一个文件", "write a released contest, with the public log, as one file"),
		"contest_code":       l.T("评审的编号，如 hall-2026", "the contest's code, as hall-2026"),
		"contest_out":        l.T("写到哪个文件", "the file to write"),
		"contest_import":     l.T("核对这样一个文件，全部对了才收进来；退出码 1 是有问题并已指出", "check such a file, and take it in if all of it holds; exit code 1 says that something is wrong and named"),
		"contest_file":       l.T("xiadu contest export 写出的文件", "a file that xiadu contest export wrote"),
		"contest_checkpoint": l.T("别处留下的现场日志检查点：评委平板上的、签了字的评分表上的一行“条数 根”；写了就必须一致", "a checkpoint of the hall's log that was kept elsewhere, on a judge's tablet or as the line with size and root on signed paper: the file must agree with it"),
	}
}

type contestExport struct {
	Code string `required:"" placeholder:"code" help:"${contest_code}"`
	Out  string `required:"" placeholder:"file" help:"${contest_out}"`
}

// Run writes a contest as one file.
func (c contestExport) Run(ctx context.Context, t terminal, cfg app.Config) error {
	text, at, err := app.ExportContest(ctx, cfg, c.Code)
	if err != nil {
		return err
	}
	err = app.WriteReport(c.Out, func(w io.Writer) error { _, err := w.Write(text); return err })
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, t.lang.F("写好了 %[1]s：评审 %[2]s，日志 %[3]s 到第 %[4]d 条，根 %[5]s", "Wrote %[1]s: contest %[2]s, log %[3]s up to %[4]d entries, root %[5]s", c.Out, c.Code, at.Origin, at.Size, at.Root))
	return err
}

type contestImport struct {
	File       string   `arg:"" help:"${contest_file}"`
	Checkpoint []string `placeholder:"file|line" help:"${contest_checkpoint}"`
	Key        []string `placeholder:"key" help:"${verify_key}"`
}

// mostContestArchive bounds a file that is taken in.
const mostContestArchive = 256 << 20

// Run checks a file, and takes it in.
func (c contestImport) Run(ctx context.Context, t terminal, cfg app.Config) error {
	text, _, err := contents(c.File, mostContestArchive)
	if err != nil {
		return err
	}
	o := verify.Options{Keys: c.Key}
	if o.Seen, err = inputs(c.Checkpoint); err != nil {
		return err
	}
	taken, again, findings, err := app.ImportContest(ctx, cfg, text, o)
	if err != nil {
		return err
	}
	if len(findings) > 0 {
		for _, f := range findings {
			fmt.Fprintf(t.out, "%s  %s\n", f.Where, f.Text.In(t.lang))
		}
		fmt.Fprintln(t.out, t.lang.F("发现 %d 处问题，什么也没有收。", "%d things are wrong, and nothing was taken in.", len(findings)))
		return verdict{nil, exitBroken}
	}
	if again {
		_, err = fmt.Fprintln(t.out, t.lang.F("这个文件已经收过：评审 %s，什么也没有改。", "This file was taken in before: contest %s. Nothing was changed.", taken.Contest))
		return err
	}
	fmt.Fprintln(t.out, t.lang.F("收进来了：%[1]s（%[2]s），在 /contests/%[2]s", "Taken in: %[1]s (%[2]s), at /contests/%[2]s", taken.Title, taken.Contest))
	_, err = fmt.Fprintln(t.out, t.lang.F("现场日志 %[1]s 到第 %[2]d 条，根 %[3]s；文件 %[4]s", "The hall's log %[1]s up to %[2]d entries, root %[3]s; file %[4]s", taken.Origin, taken.Size, taken.Root, taken.File))
	return err
}
