package crew

import (
	"context"
	"sync"

	"github.com/xiadu/xiadu/internal/system/station/run"
)

// Book is what a coordinator knows of the run that it is busy with: which items
// have no answer yet. The ledger is the truth of it.
type Book struct {
	ledger   *run.Ledger
	run      run.Run
	progress Progress

	mu     sync.Mutex
	open   map[string]run.Task
	order  []string
	failed map[string]int // how often nobody could compute an item
	done   chan struct{}  // closed when all is answered

	changed chan struct{} // something was answered since it was last looked at
}

// NewBook opens the book of a run with the items that have no answer yet.
func NewBook(ledger *run.Ledger, r run.Run, tasks []run.Task, progress Progress) *Book {
	b := &Book{ledger: ledger, run: r, progress: progress, open: map[string]run.Task{}, failed: map[string]int{}, done: make(chan struct{}), changed: make(chan struct{}, 1)}
	for _, t := range tasks {
		b.open[t.ID()] = t
		b.order = append(b.order, t.ID())
	}
	b.tell()
	return b
}

// tell says how far the run has come, and notices the end.
func (b *Book) tell() {
	b.progress(StepCompute, b.run.Items-int64(len(b.open)), b.run.Items)
	if len(b.open) == 0 {
		select {
		case <-b.done:
		default:
			close(b.done)
		}
	}
}

// waiting returns the items without an answer, city by city.
func (b *Book) waiting() []run.Task {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []run.Task
	for _, id := range b.order {
		if t, ok := b.open[id]; ok {
			out = append(out, t)
		}
	}
	return out
}

// keep enters a result into the ledger. A result that was there before, from
// whomever, counts as well.
func (b *Book) keep(ctx context.Context, r run.Result) error {
	if _, err := b.ledger.Keep(ctx, r); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, r.ID())
	b.tell()
	select {
	case b.changed <- struct{}{}:
	default:
	}
	return nil
}

// fail counts that an item came back without an answer, and returns how often it
// has; 0 if it is none of the open ones.
func (b *Book) fail(id string) (run.Task, int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t, ok := b.open[id]
	if !ok {
		return t, 0
	}
	b.failed[id]++
	return t, b.failed[id]
}

func (b *Book) isOpen(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.open[id]
	return ok
}

func (b *Book) isDone() bool {
	select {
	case <-b.done:
		return true
	default:
		return false
	}
}
