package queue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/xiadu/xiadu/internal/fault"
)

// ErrGarbled is what a worker says of bytes that are no work item: they are
// thrown away and not offered to others.
var ErrGarbled = errors.New("no work item")

// Work computes items of any job with so many goroutines until ctx ends. It
// outlives the server: while that is away it waits. An error of compute other
// than ErrGarbled gives the item back, for another worker or another time.
func (q *Queue) Work(ctx context.Context, workers int, log *slog.Logger, compute func(context.Context, []byte) ([]byte, error)) error {
	var all fault.Group
	for range workers {
		all.Go(func() {
			for ctx.Err() == nil {
				if err := fault.Safely(func() error { return q.workOnce(ctx, log, compute) })(); err != nil && ctx.Err() == nil {
					log.WarnContext(ctx, "the queue is away", "error", err)
					wait(ctx, q.patience/10)
				}
			}
		})
	}
	all.Wait()
	return ctx.Err()
}

// lookAgain is how often in a row a worker finds nothing to do before it asks
// whether the stream and its place in it are still there.
const lookAgain = 4

// workOnce takes items until something is wrong with the queue.
func (q *Queue) workOnce(ctx context.Context, log *slog.Logger, compute func(context.Context, []byte) ([]byte, error)) error {
	if err := q.declare(ctx); err != nil { // the server may have lost them
		return err
	}
	c, err := q.made.Load().work.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: "workers", FilterSubject: "xiadu.work.*", AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: q.patience, MaxAckPending: -1, InactiveThreshold: kept,
	})
	if err != nil {
		return err
	}
	// One at a time, and none ahead: what a busy worker held would wait for it.
	for empty := 0; ctx.Err() == nil && empty < lookAgain; empty++ {
		m, err := q.next(ctx, c)
		if err != nil {
			return err
		}
		if m == nil {
			continue
		}
		empty = 0
		if err := q.do(ctx, log, m, compute); err != nil {
			return err
		}
	}
	return nil
}

// next waits a while for a message; without one it returns nil.
func (q *Queue) next(ctx context.Context, c jetstream.Consumer) (jetstream.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, max(q.patience/2, time.Second))
	defer cancel()
	m, err := c.Next(jetstream.FetchContext(ctx))
	if errors.Is(err, nats.ErrTimeout) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, jetstream.ErrNoMessages) {
		return nil, nil //nolint:nilnil // no message is no error
	}
	return m, err
}

// do computes one item. An error is one of the queue.
func (q *Queue) do(ctx context.Context, log *slog.Logger, m jetstream.Msg, compute func(context.Context, []byte) ([]byte, error)) error {
	alive := q.showLife(m)
	var result []byte
	err := fault.Safely(func() (err error) {
		result, err = compute(ctx, m.Data())
		return err
	})()
	alive()
	switch {
	case ctx.Err() != nil:
		return m.Nak() // another may begin at once
	case errors.Is(err, ErrGarbled):
		log.WarnContext(ctx, "a message is thrown away", "error", err)
		return m.TermWithReason("no work item")
	case err != nil:
		log.WarnContext(ctx, "an item is given back", "error", err)
		return m.NakWithDelay(q.patience / 4)
	}
	job := strings.TrimPrefix(m.Subject(), "xiadu.work.")
	sum := sha256.Sum256(result)
	if _, err := q.js.Publish(ctx, "xiadu.result."+job, result, jetstream.WithMsgID(hex.EncodeToString(sum[:]))); err != nil {
		return errors.Join(fmt.Errorf("queue: result of %s: %w", job, err), m.Nak())
	}
	return m.Ack()
}

// showLife tells the queue again and again that the item is being computed,
// until the returned function is called.
func (q *Queue) showLife(m jetstream.Msg) (stop func()) {
	done := make(chan struct{})
	var ended fault.Group
	ended.Go(func() {
		tick := time.NewTicker(q.patience / 4)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				_ = m.InProgress() // if it does not arrive, the item comes twice
			case <-done:
				return
			}
		}
	})
	return func() { close(done); ended.Wait() }
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
