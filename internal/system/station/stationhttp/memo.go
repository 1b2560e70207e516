package stationhttp

import (
	"context"
	"crypto/sha256"
	"runtime"
	"sync"

	"github.com/xiadu/xiadu/internal/fault"
)

// memo keeps the answers that cost the most to find. Who asks for what is just
// being computed waits for it, so a page that a thousand people open is computed
// once; and no more are computed at a time than there are processors, so that
// the finder stays quick beside them.
type memo[V any] struct {
	mu    sync.Mutex
	held  map[memoKey]*computing[V]
	order []memoKey // the oldest first
	most  int
	turns chan struct{}
	begun int // computing or waiting for a turn
}

// mostBegun bounds the queue of computations, so that a flood of questions is
// refused at once and not answered in an hour.
const mostBegun = 64

type memoKey [sha256.Size]byte

type computing[V any] struct {
	done  chan struct{}
	value V
	err   error
}

func newMemo[V any](most int) *memo[V] {
	return &memo[V]{held: map[memoKey]*computing[V]{}, most: most, turns: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// get returns the value of key, computing it if nobody has. A failure is not
// kept.
func (m *memo[V]) get(ctx context.Context, key string, compute func() (V, error)) (V, error) {
	k := sha256.Sum256([]byte(key))
	m.mu.Lock()
	c, ok := m.held[k]
	if !ok && m.begun == mostBegun {
		m.mu.Unlock()
		var none V
		return none, fault.New(fault.Unavailable, "现在有很多人在算覆盖，排满了。请过一会儿再试。",
			"Many coverages are being computed just now. Please try again in a while.")
	}
	if !ok {
		m.begun++
		c = &computing[V]{done: make(chan struct{})}
		m.held[k] = c
		m.order = append(m.order, k)
		if len(m.order) > m.most {
			delete(m.held, m.order[0])
			m.order = m.order[1:]
		}
		fault.Go("computing", func() { m.run(k, c, compute) }, nil)
	}
	m.mu.Unlock()
	select {
	case <-c.done:
		return c.value, c.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// run computes apart from the request that asked first: if its reader leaves,
// the others still wait.
func (m *memo[V]) run(k memoKey, c *computing[V], compute func() (V, error)) {
	m.turns <- struct{}{}
	defer func() { <-m.turns }()
	defer close(c.done)
	c.err = fault.Safely(func() (err error) {
		c.value, err = compute()
		return err
	})()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.begun--
	if c.err != nil && m.held[k] == c {
		delete(m.held, k)
		m.order = without(m.order, k)
	}
}

func without(keys []memoKey, k memoKey) []memoKey {
	kept := keys[:0]
	for _, other := range keys {
		if other != k {
			kept = append(kept, other)
		}
	}
	return kept
}
