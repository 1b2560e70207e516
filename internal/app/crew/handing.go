package crew

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/queue"
	"github.com/xiadu/xiadu/internal/system/station/run"
)

// Handing hands the items of a run to other processes: the workers.
type Handing struct {
	URL      string               // of a NATS server or cluster; empty: the embedded one
	Creds    string               // a file of credentials for it
	Listen   string               // of the embedded server
	Patience time.Duration        // see queue.Config
	Log      *slog.Logger         // for what goes wrong and is mended
	Started  func(address string) // with the address that workers join at
}

// On tells whether anybody is to be handed anything.
func (h Handing) On() bool { return h.URL != "" || h.Listen != "" }

const (
	// ahead is how many items are offered before their answers have come: enough
	// for hundreds of workers, and few enough to hold the files of a few cities.
	ahead = 256
	// mostFailures is how often an item may come back without an answer.
	mostFailures = 4
	// leaveTime is how long a coordinator that stops tries to take its items back.
	leaveTime = 5 * time.Second
)

// handing is a coordinator at work.
type handing struct {
	Handing
	queue *queue.Queue
	files Shelf
	book  *Book
	again chan run.Task // items that came back without an answer
	need  map[run.Sum]int
	put   map[run.Sum]bool
}

// HandOut offers the items of a run to workers, this process among them if it
// has any, and enters their results, until all are answered.
func HandOut(ctx context.Context, folder string, hand Handing, workers int, files Shelf, b *Book) error {
	token, err := queueToken(folder)
	if err != nil {
		return err
	}
	q, err := queue.Open(ctx, queue.Config{
		URL: hand.URL, Creds: hand.Creds, Listen: hand.Listen, Token: token,
		Folder: filepath.Join(folder, "nats"), Patience: hand.Patience,
	})
	if err != nil {
		return err
	}
	defer q.Close()
	hand.Started(q.Address())
	h := &handing{Handing: hand, queue: q, files: files, book: b, again: make(chan run.Task, ahead), need: map[run.Sum]int{}, put: map[run.Sum]bool{}}
	if err := q.Recall(ctx, b.run.ID); err != nil { // what a coordinator before this one had offered
		return err
	}
	err = h.work(ctx, workers)
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
	defer cancel()
	if err != nil {
		return errors.Join(err, q.Recall(leave, b.run.ID))
	}
	return h.leave(leave)
}

// work runs the parts of the coordinator until all is answered.
func (h *handing) work(ctx context.Context, workers int) error {
	parts, cancel := context.WithCancel(ctx)
	defer cancel()
	all, parts := errgroup.WithContext(parts)
	unlessDone := func(err error) error {
		if h.book.isDone() && errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	}
	all.Go(fault.Safely(func() error {
		return unlessDone(h.queue.Results(parts, h.book.run.ID, func(data []byte) error { return h.receive(parts, data) }))
	}))
	all.Go(fault.Safely(func() error { return unlessDone(h.feed(parts)) }))
	if workers > 0 {
		all.Go(fault.Safely(func() error {
			desk := newDesk(func(_ context.Context, sum run.Sum) (string, error) { return h.files.path(sum), nil })
			return unlessDone(h.queue.Work(parts, workers, h.Log, desk.compute))
		}))
	}
	all.Go(fault.Safely(func() error {
		select {
		case <-h.book.done:
			cancel()
		case <-parts.Done():
		}
		return nil
	}))
	if err := all.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// leave removes from the server what nobody needs any more.
func (h *handing) leave(ctx context.Context) error {
	err := h.queue.Withdraw(ctx, h.book.run.ID)
	for sum := range h.put {
		err = errors.Join(err, h.queue.DropFile(ctx, string(sum)))
	}
	if err != nil { // it ages out, and the run is done
		h.Log.WarnContext(ctx, "the queue could not be tidied up", "error", err)
	}
	return nil
}

// receive takes one message from the stream of results. What is none, or not
// one to an item of the run, is dropped: the item stays open.
func (h *handing) receive(ctx context.Context, data []byte) error {
	r, err := run.ReadResult(data)
	if err != nil || r.Run != h.book.run.ID {
		h.Log.WarnContext(ctx, "a message that is no result is dropped", "error", err)
		return nil
	}
	reason := r.Failed
	if reason == "" {
		err := h.book.keep(ctx, r)
		if !errors.Is(err, run.ErrRefused) {
			return err
		}
		reason = err.Error()
	}
	task, times := h.book.fail(r.ID())
	h.Log.WarnContext(ctx, "an item came back without an answer", "item", r.ID(), "reason", reason)
	if times >= mostFailures {
		reason, _, _ = strings.Cut(reason, "\n") // of a panic: its stack is in the log
		return fault.New(fault.Unavailable, "第 %[1]d 次运行的一块（%[2]s）试了 %[3]d 次都算不出来：%[4]s。算好的都在；排除原因后接着做：xiadu run",
			"an item of run %[1]d (%[2]s) could not be computed %[3]d times over: %[4]s. What is computed is kept; mend it and go on with xiadu run", h.book.run.Number, r.ID(), times, reason)
	}
	if times > 0 {
		select {
		case h.again <- task:
		default: // so many that they are offered again in their turn: see missing
		}
	}
	return nil
}

// queueToken returns what workers show to the embedded server: the same after a
// restart, so that they find their way back.
func queueToken(folder string) (string, error) {
	file := filepath.Join(folder, "nats.token")
	if data, err := os.ReadFile(filepath.Clean(file)); err == nil && len(strings.TrimSpace(string(data))) >= 16 {
		return strings.TrimSpace(string(data)), nil
	}
	token := rand.Text()
	return token, disk.Explained(file, os.WriteFile(file, []byte(token+"\n"), disk.ForOwner))
}

// compute is what a worker does with the bytes of an item. What can be computed
// nowhere is told to the coordinator; what only this worker lacks is given back.
func (d *desk) compute(ctx context.Context, data []byte) ([]byte, error) {
	task, err := run.ReadTask(data)
	if err != nil {
		return nil, errors.Join(queue.ErrGarbled, err)
	}
	result := run.Result{Run: task.Run, City: task.City, Tile: task.Tile}
	err = fault.Safely(func() (err error) {
		result.Answer, err = d.answer(ctx, task)
		return err
	})()
	if _, away := errors.AsType[*fetchError](err); away || ctx.Err() != nil {
		return nil, err
	}
	if err != nil {
		result.Answer, result.Failed = nil, err.Error()
	}
	return json.Marshal(result)
}

// fetchError is a file that could not be had just now.
type fetchError struct{ error }

func (e *fetchError) Unwrap() error { return e.error }
