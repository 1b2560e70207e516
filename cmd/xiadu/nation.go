package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/app/crew"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/network"
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
	queueFlags
	NATSListen string `name:"nats-listen" env:"XIADU_NATS_LISTEN" placeholder:"address" help:"${run_listen}"`
}

// queueFlags say where work is handed out.
type queueFlags struct {
	NATS      string        `name:"nats" env:"XIADU_NATS" placeholder:"url" help:"${nats}"`
	NATSCreds string        `name:"nats-creds" env:"XIADU_NATS_CREDS" placeholder:"file" help:"${nats_creds}"`
	Patience  time.Duration `name:"nats-patience" env:"XIADU_NATS_PATIENCE" placeholder:"time" help:"${nats_patience}"`
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
		"run_listen":  l.T("在这个地址上把活分给别的进程，如 0.0.0.0:4222", "hand work out to other processes at this address, as 0.0.0.0:4222"),

		"worker":        l.T("给别的机器上的 xiadu run 帮忙计算", "compute for a xiadu run on another machine"),
		"nats":          l.T("NATS 服务的地址，可带口令，如 nats://口令@10.0.0.5:4222；集群用逗号分开", "address of the NATS server, with its token if it has one: nats://token@10.0.0.5:4222; of a cluster several, with commas"),
		"nats_creds":    l.T("NATS 的凭证文件", "a file of NATS credentials"),
		"nats_patience": l.T("工作进程多久没有动静就把它的活交给别人；不写是 20s", "how long a worker may be silent before its work goes to another; 20s if not given"),
		"run_drop":      l.T("放弃没做完的那次运行", "give the unfinished run up"),
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
	log := slog.New(slog.NewTextHandler(t.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	how.Hand = crew.Handing{URL: c.NATS, Creds: c.NATSCreds, Listen: c.NATSListen, Patience: c.Patience, Log: log, Started: t.invite}
	bar := t.progress()
	left := timeLeft{start: time.Now()}
	out, err := app.Run(ctx, cfg, how, func(step lang.Text, done, total int64) {
		bar.show(left.words(t.lang, step, done, total), done, total)
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

// invite says how other machines join in.
func (t terminal) invite(address string) {
	if address != "" {
		fmt.Fprintln(t.err, t.lang.F("别的机器这样来帮忙：xiadu worker --nats %s", "Other machines join in with: xiadu worker --nats %s", address))
	}
}

type workerCommand struct {
	queueFlags
	Workers int `default:"-1" placeholder:"number" help:"${run_workers}"`
}

// Run computes items of runs on other machines until it is stopped.
func (c workerCommand) Run(ctx context.Context, t terminal, cfg app.Config) error {
	if c.NATS == "" {
		return fault.New(fault.Invalid, "到哪里领活？请写 --nats，地址由 xiadu run --nats-listen 说出", "where is the work? Write --nats with the address that xiadu run --nats-listen says")
	}
	w := crew.Working{URL: c.NATS, Creds: c.NATSCreds, Workers: c.Workers, Patience: c.Patience, Log: slog.New(slog.NewTextHandler(t.err, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	if c.Workers < 0 {
		w.Workers = runtime.GOMAXPROCS(0)
	}
	w.Joined = func() {
		fmt.Fprintln(t.err, t.lang.F("已加入，同时算 %d 块；按 Ctrl+C 离开，不丢东西。", "Joined, computing %d items at a time; Ctrl+C leaves and loses nothing.", w.Workers))
	}
	return app.Work(ctx, cfg, w)
}

func (c runCommand) question() (q run.Question, err error) {
	q = run.Question{Minutes: c.Minutes, Demand: c.Kind}
	q.Mode, _ = network.ParseMode(c.Mode)
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
	words := fmt.Sprintf("%s %d/%d", step.In(in), done, total)
	if done > l.first && done < total {
		spent := time.Since(l.start)
		rest := time.Duration(float64(spent) / float64(done-l.first) * float64(total-done)).Round(time.Second)
		words += in.F("，约剩 %s", ", about %s left", rest)
	}
	return words
}
