package shared

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
)

// Memo keeps what was computed last, by key. Who asks for what is just being
// computed waits for it, so that what a thousand people ask for is computed once.
// A failure is kept for nobody. The zero Memo is empty and has no queue.
type Memo[K comparable, V any] struct {
	Queue *Queue // where a computation waits for its turn; nil: it needs none

	mu    sync.Mutex
	begun map[K]*computing[V]
	kept  []computed[K, V] // the newest first
}

type computed[K comparable, V any] struct {
	key   K
	value V
}

// computing is a value on its way.
type computing[V any] struct {
	askers int
	cancel context.CancelFunc
	ticket *ticket // nil without a queue
	done   chan struct{}
	value  V
	err    error
}

// graceTime is how long a computation goes on whose asker ran out of time: they
// were told to come back.
const graceTime = time.Minute

// Get returns the value of key, computing it if it is not among the last most
// and nobody is computing it. The computation outlives the one who asked first as
// long as anybody waits for it; its context ends when nobody does. A panic in it
// is the error of all who wait. It must not ask for a turn of the same queue.
func (m *Memo[K, V]) Get(ctx context.Context, by Asker, key K, most int, compute func(context.Context) (V, error)) (V, error) {
	c, value, err := m.find(ctx, by, key, most, compute)
	if c == nil {
		return value, err
	}
	select {
	case <-c.done:
		return c.value, c.err
	case <-ctx.Done():
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		time.AfterFunc(graceTime, func() { m.part(key, c, by) })
	} else {
		m.part(key, c, by)
	}
	return value, ctx.Err()
}

// find returns what is kept, or joins the computation of it, or begins it.
func (m *Memo[K, V]) find(ctx context.Context, by Asker, key K, most int, compute func(context.Context) (V, error)) (c *computing[V], value V, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := slices.IndexFunc(m.kept, func(k computed[K, V]) bool { return k.key == key }); i >= 0 {
		k := m.kept[i]
		m.kept = slices.Insert(slices.Delete(m.kept, i, i+1), 0, k)
		return nil, k.value, nil
	}
	if c = m.begun[key]; c != nil {
		if c.askers++; c.ticket != nil {
			m.Queue.join(c.ticket, by.Client)
		}
		return c, value, nil
	}
	c = &computing[V]{askers: 1, done: make(chan struct{})}
	if m.Queue != nil {
		if c.ticket, err = m.Queue.enter(by); err != nil {
			return nil, value, err
		}
	}
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c.cancel = cancel
	if m.begun == nil {
		m.begun = map[K]*computing[V]{}
	}
	m.begun[key] = c
	fault.Go("computing what somebody asked for", func() { m.run(own, key, c, most, compute) }, nil)
	return c, value, nil
}

// part takes one asker away. With the last of them the computation ends, and who
// asks afterwards begins it anew.
func (m *Memo[K, V]) part(key K, c *computing[V], by Asker) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c.askers--
	if c.ticket != nil {
		m.Queue.part(c.ticket, by.Client)
	}
	if c.askers > 0 {
		return
	}
	c.cancel()
	if m.begun[key] == c {
		delete(m.begun, key)
	}
}

func (m *Memo[K, V]) run(ctx context.Context, key K, c *computing[V], most int, compute func(context.Context) (V, error)) {
	defer c.cancel()
	var value V
	err := fault.Safely(func() (err error) {
		if c.ticket != nil {
			if err := m.Queue.wait(ctx, c.ticket); err != nil {
				return err
			}
			defer m.Queue.leave(c.ticket)
		}
		value, err = compute(ctx)
		return err
	})()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.begun[key] == c {
		delete(m.begun, key)
		if err == nil {
			m.kept = slices.Insert(m.kept, 0, computed[K, V]{key, value})
			if len(m.kept) > most {
				clear(m.kept[most:])
				m.kept = m.kept[:most]
			}
		}
	}
	c.value, c.err = value, err
	close(c.done)
}
