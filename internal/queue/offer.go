package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Offer puts the items of a job out for any worker to take. The job's name is
// letters, digits and dashes.
func (q *Queue) Offer(ctx context.Context, job string, items [][]byte) error {
	for _, item := range items {
		if _, err := q.js.PublishAsync("xiadu.work."+job, item); err != nil {
			return fmt.Errorf("queue: offer of %s: %w", job, err)
		}
	}
	select {
	case <-q.js.PublishAsyncComplete():
		return nil // what was lost on the way is offered again: see Outstanding
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Outstanding returns how many items of a job lie in the queue or with a worker.
// If it is none and some have no result, they are lost and have to be offered
// again.
func (q *Queue) Outstanding(ctx context.Context, job string) (uint64, error) {
	info, err := q.made.Load().work.Info(ctx, jetstream.WithSubjectFilter("xiadu.work."+job))
	if err != nil {
		return 0, fmt.Errorf("queue: what is left of %s: %w", job, err)
	}
	return info.State.Subjects["xiadu.work."+job], nil
}

// Unread returns how many results of a job nobody has kept yet.
func (q *Queue) Unread(ctx context.Context, job string) (uint64, error) {
	info, err := q.made.Load().results.Info(ctx, jetstream.WithSubjectFilter("xiadu.result."+job))
	if err != nil {
		return 0, fmt.Errorf("queue: what is unread of %s: %w", job, err)
	}
	return info.State.Subjects["xiadu.result."+job], nil
}

// Recall takes the items of a job back that nobody has finished. Who is
// computing one may still send its result.
func (q *Queue) Recall(ctx context.Context, job string) error {
	if err := q.made.Load().work.Purge(ctx, jetstream.WithPurgeSubject("xiadu.work."+job)); err != nil {
		return fmt.Errorf("queue: recall %s: %w", job, err)
	}
	return nil
}

// Withdraw takes back what is left of a job: its items and results.
func (q *Queue) Withdraw(ctx context.Context, job string) error {
	err := errors.Join(
		q.made.Load().work.Purge(ctx, jetstream.WithPurgeSubject("xiadu.work."+job)),
		q.made.Load().results.Purge(ctx, jetstream.WithPurgeSubject("xiadu.result."+job)))
	if e := q.made.Load().results.DeleteConsumer(ctx, readerName(job)); !errors.Is(e, jetstream.ErrConsumerNotFound) {
		err = errors.Join(err, e)
	}
	if err != nil {
		return fmt.Errorf("queue: withdraw %s: %w", job, err)
	}
	return nil
}

func readerName(job string) string { return "coordinator-" + job }

// Results gives each result of a job to keep, one after another, until ctx ends
// or keep returns an error. A result is in the stream until keep has returned
// nil, so keep may see it again.
func (q *Queue) Results(ctx context.Context, job string, keep func([]byte) error) error {
	for ctx.Err() == nil {
		c, err := q.reader(ctx, job)
		if err != nil {
			wait(ctx, q.patience/10) // the server is away, or has lost the stream
			_ = q.declare(ctx)       // the next round shows whether it helped
			continue
		}
		err = q.each(ctx, c, func(m jetstream.Msg) error {
			if err := keep(m.Data()); err != nil {
				return err
			}
			return m.Ack()
		})
		if failed, ok := errors.AsType[*useError](err); ok {
			return failed.error
		}
	}
	return ctx.Err()
}

// reader is the place in the stream of results up to which they are kept. The
// server may be electing a leader and answer nothing at all, so each question
// has an end of its own.
func (q *Queue) reader(ctx context.Context, job string) (jetstream.Consumer, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	return q.made.Load().results.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: readerName(job), FilterSubject: "xiadu.result." + job, AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: q.patience, MaxAckPending: 256, InactiveThreshold: kept,
	})
}

// useError is an error of who uses a message, apart from those of the server.
type useError struct{ error }

// each gives the messages of a consumer to use, until ctx ends or something
// fails.
func (q *Queue) each(ctx context.Context, c jetstream.Consumer, use func(jetstream.Msg) error) error {
	silence := max(q.patience, time.Second)
	messages, err := c.Messages(jetstream.PullMaxMessages(64), jetstream.PullExpiry(2*silence), jetstream.PullHeartbeat(silence/2))
	if err != nil {
		return err
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)()
	for {
		m, err := messages.Next()
		if err != nil {
			return err
		}
		if err := use(m); err != nil {
			return &useError{err}
		}
	}
}
