package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/xiadu/xiadu/internal/app/crew"
	"github.com/xiadu/xiadu/internal/app/disk"
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
	TileKm   float64      // the side of a work item; 0 means usualTileKm
	Workers  int          // goroutines that compute here; 0: none
	Hand     crew.Handing // to other processes
}

// usualTileKm makes items of a second or less: a worker that dies loses no
// more, and a machine that joins is busy at once.
const (
	usualTileKm             = 8
	leastTileKm, mostTileKm = 0.2, 1000.0
)

// stepFreeze comes before crew.StepCompute.
var stepFreeze = lang.Text{ZH: "读取各城市", EN: "reading the cities"}

// runsFolder keeps what a run needs beside the ledger until it is done.
func (c Config) runsFolder() string { return filepath.Join(c.Home, "runs") }

// Run computes coverage of many cities, or goes on with an unfinished run, until
// it is done or ctx ends. What is answered by then stays answered.
func Run(ctx context.Context, c Config, how Running, progress crew.Progress) (out run.Run, err error) {
	if err := c.makeHome(); err != nil {
		return out, err
	}
	ledger, release, err := c.holdLedger(ctx)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, release()) }()
	files := crew.Shelf{Folder: filepath.Join(c.runsFolder(), "files")}
	if out, err = beginRun(ctx, ledger, files, c, how, progress); err != nil {
		return out, err
	}
	tasks, err := ledger.Waiting(ctx, out)
	if err != nil {
		return out, err
	}
	if err := files.Complete(out, tasks); err != nil {
		return out, err
	}
	book := crew.NewBook(ledger, out, tasks, progress)
	if how.Hand.On() {
		err = crew.HandOut(ctx, c.runsFolder(), how.Hand, how.Workers, files, book)
	} else {
		err = crew.Here(ctx, files, how.Workers, book)
	}
	if err != nil {
		return out, err
	}
	if out, err = ledger.Finish(ctx, station.ByCommand, out); err != nil {
		return out, err
	}
	return out, files.Clear()
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

func beginRun(ctx context.Context, ledger *run.Ledger, files crew.Shelf, c Config, how Running, progress crew.Progress) (run.Run, error) {
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
	return out, crew.Shelf{Folder: filepath.Join(c.runsFolder(), "files")}.Clear()
}

// lockRuns keeps a second coordinator out of the folder: both would be right,
// but one's clearing up would take the other's files.
func (c Config) lockRuns() (release func(), err error) {
	if err := os.MkdirAll(c.runsFolder(), 0o750); err != nil {
		return nil, disk.Explained(c.runsFolder(), err)
	}
	f, err := os.Open(c.runsFolder())
	if err != nil {
		return nil, disk.Explained(c.runsFolder(), err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close() // nothing was written
		return nil, fault.New(fault.Unavailable, "%s 里已经有一个 xiadu run 在做：等它做完，或到它那里按 Ctrl+C", "another xiadu run is at work in %s: wait for it, or stop it with Ctrl+C", c.Home).Because(err)
	}
	return func() { _ = f.Close() }, nil
}

// Work computes items of other processes' runs until ctx ends. It needs no city
// and no database: what an item needs comes with it, and is kept in c.Home.
func Work(ctx context.Context, c Config, w crew.Working) error {
	if err := w.Check(); err != nil {
		return err
	}
	if err := c.makeHome(); err != nil {
		return err
	}
	return crew.Work(ctx, filepath.Join(c.Home, "worker"), w)
}
