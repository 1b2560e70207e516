package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/run"
)

type runCommand struct {
	Cities  []string `arg:"" optional:"" help:"${run_cities}"`
	Name    string   `placeholder:"text" help:"${run_name}"`
	Mode    string   `enum:"walk,ebike" default:"walk" help:"${cover_mode}"`
	Minutes int      `default:"15" placeholder:"minutes" help:"${cover_minutes}"`
	Kind    string   `default:"people" placeholder:"kind" help:"${run_kind}"`
	Days    []string `placeholder:"day,…" help:"${run_days}"`
	TileKm  float64  `default:"8" placeholder:"km" help:"${run_tile}"`
	Workers int      `default:"-1" placeholder:"number" help:"${run_workers}"`
	Drop    bool     `help:"${run_drop}"`
}

// nationTexts are the help of the commands for many cities, in language l.
func nationTexts(l lang.Lang) map[string]string {
	return map[string]string{
		"run":         l.T("算许多座城市的覆盖，按区划汇总；停了可以接着做", "compute the coverage of many cities and add it up by division; it can stop and go on"),
		"run_cities":  l.T("各城市的数据目录，或城市清单（CSV：name,division,home）；不写就接着做没做完的", "data folders of cities, or lists of cities (CSV: name,division,home); none: go on with what is unfinished"),
		"run_name":    l.T("给这次运行起的名字", "a name for the run"),
		"run_kind":    l.T("哪一种需求", "which kind of demand"),
		"run_days":    l.T("除了平常的一周，还要算的日子，如 2026-10-01", "days to compute beside an ordinary week, as 2026-10-01"),
		"run_tile":    l.T("每块的边长，公里", "the side of an item, in km"),
		"run_workers": l.T("同时算几块；不写就是处理器的个数", "how many items to compute at a time; by default as many as there are processors"),
		"run_drop":    l.T("放弃没做完的那次运行", "give the unfinished run up"),
	}
}

// Run begins a run over many cities, or goes on with an unfinished one.
func (c runCommand) Run(ctx context.Context, t terminal, cfg app.Config) error {
	if c.Drop {
		dropped, err := app.DropRun(ctx, cfg)
		if err == nil {
			fmt.Fprintln(t.out, t.lang.F("第 %d 次运行已放弃。", "Run %d was given up.", dropped.Number))
		}
		return err
	}
	how := app.Running{Cities: c.Cities, Name: c.Name, TileKm: c.TileKm, Workers: c.Workers}
	if c.Workers < 0 {
		how.Workers = runtime.GOMAXPROCS(0)
	}
	var err error
	if how.Question, err = c.question(); err != nil {
		return err
	}
	bar := t.progress()
	left := timeLeft{start: time.Now()}
	out, err := app.Run(ctx, cfg, how, func(step lang.Text, done, total int64) {
		bar.show(step.In(t.lang)+left.words(t.lang, step, done, total), done, total)
	})
	bar.finish()
	if err != nil {
		if errors.Is(err, context.Canceled) && out.Number > 0 {
			fmt.Fprintln(t.err, t.lang.F("第 %[1]d 次运行停在 %[2]d/%[3]d 块，算好的都在。接着做：xiadu run", "Run %[1]d has stopped at %[2]d of %[3]d items; what is computed is kept. Go on with: xiadu run", out.Number, left.done, left.total))
		}
		return err
	}
	return t.reportRun(out)
}

func (c runCommand) question() (q run.Question, err error) {
	q = run.Question{Minutes: c.Minutes, Demand: c.Kind}
	q.Mode, _ = station.ParseMode(c.Mode)
	for _, text := range c.Days {
		day, err := calendar.ParseDate(text)
		if err != nil {
			return q, err
		}
		q.Days = append(q.Days, day)
	}
	slices.SortFunc(q.Days, func(a, b calendar.Date) int { return a.Sub(b) })
	return q, q.Check()
}

func (t terminal) reportRun(r run.Run) error {
	_, err := fmt.Fprintln(t.out, t.lang.F("第 %[1]d 次运行做完了：%[2]d 座城市，%[3]d 块。数字的指纹 %.16[4]s。看结果：xiadu serve，打开 /nation",
		"Run %[1]d is done: %[2]d cities, %[3]d items. Fingerprint of the figures: %.16[4]s. To see them: xiadu serve, and open /nation", r.Number, r.Cities, r.Items, r.Digest))
	return err
}

// timeLeft guesses when a step ends from how it has gone since it began here:
// what was done before a resumption says nothing.
type timeLeft struct {
	start       time.Time
	step        lang.Text
	first       int64
	done, total int64
}

func (l *timeLeft) words(in lang.Lang, step lang.Text, done, total int64) string {
	if step != l.step {
		l.step, l.first, l.start = step, done, time.Now()
	}
	l.done, l.total = done, total
	words := fmt.Sprintf(" %d/%d", done, total)
	if done > l.first && done < total {
		spent := time.Since(l.start)
		rest := time.Duration(float64(spent) / float64(done-l.first) * float64(total-done)).Round(time.Second)
		words += in.F("，约剩 %s", ", about %s left", rest)
	}
	return words
}
