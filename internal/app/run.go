package app

import (
	"context"
	"errors"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/run"
)

// Running says what to run and with whom.
type Running struct {
	Cities   []string // data folders of cities, and lists of cities (CSV); none: go on with what is unfinished
	Name     string   // of the run, for people
	Question run.Question
	TileKm   float64 // the side of a work item; 0 means usualTileKm
	Workers  int     // goroutines that compute here; 0: none
	Hand     Handing // to other processes
}

// usualTileKm makes items of a second or less: a worker that dies loses no
// more, and a machine that joins is busy at once.
const (
	usualTileKm             = 8
	leastTileKm, mostTileKm = 0.2, 1000.0
)

// RunProgress hears how far a run has come: which step, and how many of all its
// cities or items are done.
type RunProgress func(step lang.Text, done, total int64)

// The steps of a run.
var (
	stepFreeze  = lang.Text{ZH: "读取各城市", EN: "reading the cities"}
	stepCompute = lang.Text{ZH: "计算", EN: "computing"}
)

// runsFolder keeps what a run needs beside the ledger until it is done.
func (c Config) runsFolder() string { return filepath.Join(c.Home, "runs") }

// Run computes coverage of many cities, or goes on with an unfinished run, until
// it is done or ctx ends. What is answered by then stays answered.
func Run(ctx context.Context, c Config, how Running, progress RunProgress) (out run.Run, err error) {
	if err := c.makeHome(); err != nil {
		return out, err
	}
	ledger, release, err := c.holdLedger(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, release()) }()
	files := shelf{filepath.Join(c.runsFolder(), "files")}
	if out, err = beginRun(ctx, ledger, files, c, how, progress); err != nil {
		return out, err
	}
	tasks, err := ledger.Waiting(ctx, out)
	if err != nil {
		return out, err
	}
	if err := files.complete(out, tasks); err != nil {
		return out, err
	}
	book := newBook(ledger, out, tasks, progress)
	if how.Hand.on() {
		err = handOut(ctx, c, how, files, book)
	} else {
		err = computeHere(ctx, files, how.Workers, book)
	}
	if err != nil {
		return out, err
	}
	if out, err = ledger.Finish(ctx, station.ByCommand, out); err != nil {
		return out, err
	}
	return out, files.clear()
}

// holdLedger opens the ledger of runs for one process alone, until it is released.
func (c Config) holdLedger(ctx context.Context) (ledger *run.Ledger, release func() error, err error) {
	unlock, err := c.lockRuns()
	if err != nil {
		return nil, nil, err
	}
	d, err := c.open(ctx)
	if err != nil {
		unlock()
		return nil, nil, err
	}
	return run.NewLedger(d), func() error {
		defer unlock()
		return d.Close()
	}, nil
}

func beginRun(ctx context.Context, ledger *run.Ledger, files shelf, c Config, how Running, progress RunProgress) (run.Run, error) {
	if len(how.Cities) == 0 {
		return ledger.Unfinished(ctx)
	}
	if err := how.Question.Check(); err != nil {
		return run.Run{}, err
	}
	if how.TileKm == 0 {
		how.TileKm = usualTileKm
	}
	if !(how.TileKm >= leastTileKm && how.TileKm <= mostTileKm) {
		return run.Run{}, fault.New(fault.Invalid, "每块边长 %[1]g 公里不行：请写 %[2]g 到 %[3]g", "tiles of %[1]g km will not do: write %[2]g to %[3]g", how.TileKm, leastTileKm, mostTileKm)
	}
	sources, err := citySources(ctx, how.Cities)
	if err != nil {
		return run.Run{}, err
	}
	plan := run.Plan{Name: how.Name, Question: how.Question}
	for i, s := range sources {
		progress(stepFreeze, int64(i), int64(len(sources)))
		m, err := s.freeze(ctx, c, files, how)
		if err != nil {
			return run.Run{}, err
		}
		plan.Cities = append(plan.Cities, m)
	}
	return ledger.Begin(ctx, station.ByCommand, plan)
}

// DropRun gives the unfinished run up.
func DropRun(ctx context.Context, c Config) (out run.Run, err error) {
	ledger, release, err := c.holdLedger(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if out, err = ledger.Unfinished(ctx); err != nil {
		return out, err
	}
	if err := ledger.Drop(ctx, station.ByCommand, out); err != nil {
		return out, err
	}
	return out, shelf{filepath.Join(c.runsFolder(), "files")}.clear()
}

// computeHere answers all items with goroutines of this process.
func computeHere(ctx context.Context, files shelf, workers int, b *book) error {
	if workers < 1 {
		return fault.New(fault.Invalid, "没有人来算：--workers 至少写 1，或用 --nats 交给别的进程", "nobody would compute: write --workers 1 or more, or hand the work out with --nats")
	}
	desk := newDesk(func(_ context.Context, sum run.Sum) (string, error) { return files.path(sum), nil })
	all, work := errgroup.WithContext(ctx)
	all.SetLimit(workers)
	for _, task := range b.waiting() {
		if work.Err() != nil {
			break
		}
		all.Go(fault.Safely(func() error {
			if err := work.Err(); err != nil {
				return err
			}
			answer, err := desk.answer(work, task)
			if err != nil {
				return err
			}
			return b.keep(work, run.Result{Run: task.Run, City: task.City, Tile: task.Tile, Answer: answer})
		}))
	}
	if err := all.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}
