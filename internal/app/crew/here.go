// Package crew computes the items of a run: by goroutines of this process ([Here]),
// or by workers of others that the items are handed to ([HandOut], [Work]).
//
// A [Book] knows which items have no answer yet; the ledger is the truth of it, so a
// coordinator that dies loses nothing. A desk computes; a [Shelf] has what an item
// needs, by checksum, so that a worker asks for nothing that it has.
package crew

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/run"
)

// Progress hears how far a run has come: which step, and how many of all its
// cities or items are done.
type Progress func(step lang.Text, done, total int64)

// StepCompute is the step in which items are computed.
var StepCompute = lang.Text{ZH: "计算", EN: "computing"}

// Here answers all items with goroutines of this process.
func Here(ctx context.Context, files Shelf, workers int, b *Book) error {
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
