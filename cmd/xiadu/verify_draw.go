package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/app/logcheck"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/drawfile"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record/verify"
)

type verifyDrawCommand struct {
	File string `arg:"" help:"${verify_draw_file}"`

	Checkpoint []string `placeholder:"file" help:"${verify_draw_kept}"`
	Log        string   `placeholder:"log" help:"${verify_draw_log}"`

	Key  []string `placeholder:"key" help:"${verify_key}"`
	Seed string   `placeholder:"values" help:"${verify_draw_seed}"`
}

// mostDrawFile bounds a public file: a list of a hundred thousand lots, its result and a proof an entry.
const mostDrawFile = 64 << 20

// Run draws again and says what holds or what was found.
func (c verifyDrawCommand) Run(ctx context.Context, t terminal) error {
	r, priors, err := c.check(ctx)
	switch fault.KindOf(err) {
	case fault.Invalid, fault.NotFound:
		return verdict{err, exitUsage}
	case fault.Conflict, fault.Denied, fault.Late, fault.Unavailable:
		return err
	}
	if err != nil {
		return err
	}
	if !r.Holds() {
		for _, f := range r.Findings {
			fmt.Fprintf(t.out, "%s  %s  %s\n", f.What, f.Where, f.Text.In(t.lang))
		}
		fmt.Fprintln(t.out, t.lang.F("发现 %d 处问题。", "%d things are wrong.", len(r.Findings)))
		return verdict{nil, exitBroken}
	}
	t.draw(r)
	t.priors(r, priors)
	if len(c.Key) == 0 {
		for _, key := range r.Keys {
			fmt.Fprintln(t.out, t.lang.F("公钥取自文件本身；请与别处公布的对照：%s", "The key is the file's own word; compare it with what is published elsewhere: %s", key))
		}
	}
	if c.Seed != "" {
		if err := c.try(t, r); err != nil {
			return verdict{err, exitUsage}
		}
	}
	if slices.ContainsFunc(priors, func(p drawfile.Precedes) bool { return p.Answer != drawfile.Proves }) {
		return verdict{nil, exitUsage}
	}
	return nil
}

func (c verifyDrawCommand) check(ctx context.Context) (*drawfile.Report, []drawfile.Precedes, error) {
	text, _, err := contents(c.File, mostDrawFile)
	if err != nil {
		return nil, nil, err
	}
	r, err := drawfile.Check(text, c.Key)
	if err != nil {
		return nil, nil, err
	}
	var src verify.Source
	if c.Log != "" {
		if src, err = logcheck.At(c.Log); err != nil {
			return nil, nil, err
		}
	}
	var priors []drawfile.Precedes
	for _, name := range c.Checkpoint {
		text, dated, err := contents(name, maxNoteFile)
		if err != nil {
			return nil, nil, err
		}
		if !r.Holds() {
			break // what a broken file says is not held against anything
		}
		p, err := drawfile.Prior(ctx, r, drawfile.Kept{Name: name, Text: text, Dated: dated}, src)
		if err != nil {
			return nil, nil, err
		}
		priors = append(priors, p)
	}
	return r, priors, nil
}

// contents reads a file of at most so many bytes, and when it was written last.
func contents(name string, most int64) (text []byte, dated time.Time, err error) {
	f, err := disk.OpenInput(name)
	if err != nil {
		return nil, dated, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	text, err = io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fault.New(fault.Invalid, "%[1]s 太大：最多 %[2]d MB", "%[1]s is too big: %[2]d MB at most", name, most>>20)
	}
	if info, wrong := os.Stat(name); wrong == nil {
		dated = info.ModTime()
	}
	return text, dated, err
}

// draw says what was drawn again.
func (t terminal) draw(r *drawfile.Report) {
	c := r.Course
	fmt.Fprintln(t.out, t.lang.F("核对无误：%[1]s（%[2]s，第 %[3]d 次）", "All holds: %[1]s (%[2]s, number %[3]d)", c.Terms.Title.Text().In(t.lang), c.Terms.Purpose, c.Terms.Number))
	fmt.Fprintln(t.out, t.lang.F("约定：条目 %[1]d，%[2]s；名单 %[3]d 个签，散列 %[4]s", "Commitment: entry %[1]d, %[2]s; a list of %[3]d lots, hash %[4]s", r.Steps[0].Index, seed.Clock(c.Began), c.Terms.Lots, c.Terms.List))
	for _, line := range course.Tell(c) {
		fmt.Fprintln(t.out, line.In(t.lang))
	}
	t.rows(c, c.Rows())
}

func (t terminal) rows(c *course.Course, rows []lots.Row) {
	for _, row := range rows {
		words := []string{fmt.Sprintf("%6d", row.Place), called(c, row.Code) + t.skipped(row.Skipped)}
		if row.Group > 0 {
			words = append(words, t.lang.F("第 %d 组", "group %d", row.Group))
		}
		for _, m := range row.Team {
			words = append(words, called(c, m.Code)+t.skipped(m.Skipped))
		}
		fmt.Fprintln(t.out, strings.Join(words, "  "))
	}
}

// called is a code, and what people call it.
func called(c *course.Course, code string) string {
	return strings.TrimSpace(code + " " + c.Called(code))
}

func (t terminal) skipped(reason string) string {
	if reason == "" {
		return ""
	}
	name, _ := lots.Reason(reason)
	return t.lang.F("（跳过：%s）", " (skipped: %s)", name.In(t.lang))
}

// priors says whether what was kept elsewhere proves that the commitment came before the seed.
func (t terminal) priors(r *drawfile.Report, priors []drawfile.Precedes) {
	if len(priors) == 0 {
		fmt.Fprintln(t.out, t.lang.T("没有给出以前留下的检查点：约定早于种子，只有日志自己这样说。", "No checkpoint that was kept elsewhere was given: that the commitment came before the seed is the log's own word."))
	}
	from := seed.Clock(r.Course.Terms.From())
	for _, p := range priors {
		fmt.Fprintln(t.out, p.Tell(r).In(t.lang))
		if p.Answer == drawfile.Proves && !p.Dated.IsZero() {
			fmt.Fprintln(t.out, "  "+t.lang.F("这个文件的日期是 %[1]s，种子最早 %[2]s 可能有人知道。日期可以改：什么时候留下的，只有您自己知道。", "The file is dated %[1]s, and somebody could know the seed from %[2]s on. A date can be changed: when you kept it, only you know.", seed.Clock(p.Dated), from))
		}
		if len(p.Witnesses) > 0 {
			fmt.Fprintln(t.out, "  "+t.lang.F("另有签名：%s", "It is also signed by: %s", strings.Join(p.Witnesses, ", ")))
		}
	}
}

// try draws by values that somebody knows.
func (c verifyDrawCommand) try(t terminal, r *drawfile.Report) error {
	text, err := r.Course.Terms.Seed[0].Text(strings.Split(c.Seed, ";"))
	if err != nil {
		return err
	}
	rows, err := r.Course.Try(text)
	if err != nil {
		return err
	}
	fmt.Fprintln(t.out, t.lang.F("若种子是 %s：", "If the seed is %s:", text))
	t.rows(r.Course, rows)
	return nil
}
