package crew

import (
	"context"
	"encoding/json"
	"time"

	"github.com/xiadu/xiadu/internal/queue"
	"github.com/xiadu/xiadu/internal/system/station/run"
)

// feed offers the items in their order, never too many at a time, each after the
// files that it needs, and offers again what has been lost.
func (h *handing) feed(ctx context.Context) error {
	tasks := h.book.waiting()
	for _, t := range tasks {
		h.need[t.Streets]++
		h.need[t.Inputs]++
	}
	tick := time.NewTicker(h.patience() / 2)
	defer tick.Stop()
	var held []run.Task // offered and not yet answered
	quiet := 0          // how often in a row the queue was found empty
	for !h.book.isDone() {
		held = h.answered(ctx, held)
		var more []run.Task
		for len(held)+len(more) < ahead && len(tasks) > 0 {
			more = append(more, h.answered(ctx, tasks[:1])...)
			tasks = tasks[1:]
		}
		h.offer(ctx, more)
		held = append(held, more...)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-h.book.done:
		case <-h.book.changed:
		case t := <-h.again:
			for _, sum := range []run.Sum{t.Streets, t.Inputs} { // it may have been the files
				h.put[sum] = h.queue.DropFile(ctx, string(sum)) != nil
			}
			h.offer(ctx, []run.Task{t})
		case <-tick.C:
			if quiet = h.quiet(ctx, quiet); quiet >= 2 {
				h.Log.WarnContext(ctx, "items were lost on the way and are offered again", "items", len(held))
				h.offer(ctx, held)
				quiet = 0
			}
		}
	}
	return nil
}

func (h *handing) patience() time.Duration {
	if h.Patience > 0 {
		return h.Patience
	}
	return queue.UsualPatience
}

// quiet counts how often in a row nothing was with the workers nor on its way
// back. Between an acknowledgement and its result's arrival that may be so once.
func (h *handing) quiet(ctx context.Context, before int) int {
	out, err := h.queue.Outstanding(ctx, h.book.run.ID)
	if err == nil && out == 0 {
		out, err = h.queue.Unread(ctx, h.book.run.ID)
	}
	if err != nil || out > 0 {
		return 0 // or the server is away, and what it holds will show
	}
	return before + 1
}

// answered returns the tasks that are still open. Files that no item needs any
// more leave the server.
func (h *handing) answered(ctx context.Context, tasks []run.Task) []run.Task {
	var open []run.Task
	for _, t := range tasks {
		if h.book.isOpen(t.ID()) {
			open = append(open, t)
			continue
		}
		for _, sum := range []run.Sum{t.Streets, t.Inputs} {
			if h.need[sum]--; h.need[sum] == 0 && h.put[sum] {
				delete(h.put, sum)
				if err := h.queue.DropFile(ctx, string(sum)); err != nil {
					h.Log.WarnContext(ctx, "a file stays on the server until it ages out", "error", err)
				}
			}
		}
	}
	return open
}

// offer puts the files of some items on the server, then the items. What does
// not get there is offered again when the queue is found empty.
func (h *handing) offer(ctx context.Context, tasks []run.Task) {
	var items [][]byte
	for _, t := range tasks {
		for _, sum := range []run.Sum{t.Streets, t.Inputs} {
			if h.put[sum] {
				continue
			}
			if err := h.queue.PutFile(ctx, string(sum), h.files.path(sum)); err != nil {
				h.Log.WarnContext(ctx, "a file did not get to the server", "error", err)
				return
			}
			h.put[sum] = true
		}
		item, err := json.Marshal(t)
		if err != nil {
			h.Log.ErrorContext(ctx, "an item cannot be written", "error", err)
			return
		}
		items = append(items, item)
	}
	if err := h.queue.Offer(ctx, h.book.run.ID, items); err != nil && ctx.Err() == nil {
		h.Log.WarnContext(ctx, "items did not get to the server", "error", err)
	}
}
