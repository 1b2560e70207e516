// Package shared lets many askers share what is scarce: a Memo computes a value
// once for all who ask for it, and a Queue gives turns at the processors.
//
//	Memo: Get
//	Queue: Take
//
// Nobody can take the whole of it. A client that waits for a turn goes before
// one that has had one since, and each has a share of the queue; and a
// computation stops when the last who asked for it has left.
package shared

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
)

// Asker is who asks, as far as shares go: the network of a client, and the
// endpoint it asks. Either may be empty.
type Asker struct{ Client, Endpoint string }

// ErrFull is a queue in which nobody else may wait just now; ErrShare is one in
// which this client has as many waiting as it may. Both pass by themselves.
var (
	ErrFull  = errors.New("shared: the queue is full")
	ErrShare = errors.New("shared: the client's share of the queue is used up")
)

// Limits bound a queue.
type Limits struct {
	AtOnce     int // how many have a turn at once
	EachAtOnce int // of them, of one client; 0: as many
	Waiting    int // how many may wait for one
	ByClient   int // of them, of one client; 0: as many
	ByEndpoint int // of them, for one endpoint; 0: as many
}

// Queue gives turns. It is safe for concurrent use.
type Queue struct {
	limits Limits

	mu      sync.Mutex
	running []*ticket
	waiting []*ticket      // the oldest first
	served  map[string]int // which turn a client was given last
	turns   int            // given so far
}

// NewQueue returns a queue in which nobody waits.
func NewQueue(l Limits) *Queue {
	l.EachAtOnce, l.ByClient, l.ByEndpoint = cmp.Or(l.EachAtOnce, l.AtOnce), cmp.Or(l.ByClient, l.Waiting), cmp.Or(l.ByEndpoint, l.Waiting)
	return &Queue{limits: l, served: map[string]int{}}
}

// maxServed bounds what is remembered of clients: beyond it all are as new.
const maxServed = 1000

// ticket is a place in the queue, of one or several who wait for the same.
type ticket struct {
	owner  Asker    // who counts as having it
	askers []string // the clients that wait for it
	turn   chan struct{}
}

// Take waits for a turn and returns how to give it back, which must be called.
// Without one the error is ctx's, ErrFull or ErrShare.
func (q *Queue) Take(ctx context.Context, by Asker) (release func(), err error) {
	t, err := q.enter(by)
	if err != nil {
		return nil, err
	}
	if err := q.wait(ctx, t); err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() { q.leave(t) }), nil
}

// enter gets a place, and a turn with it if one is free.
func (q *Queue) enter(by Asker) (*ticket, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	t := &ticket{owner: by, askers: []string{by.Client}, turn: make(chan struct{})}
	q.waiting = append(q.waiting, t)
	q.next()
	if !slices.Contains(q.waiting, t) {
		return t, nil
	}
	ofClient, ofEndpoint := 0, 0
	for _, w := range q.waiting {
		if w.owner.Client == by.Client {
			ofClient++
		}
		if w.owner.Endpoint == by.Endpoint {
			ofEndpoint++
		}
	}
	err := error(nil)
	switch {
	case ofClient > q.limits.ByClient:
		err = ErrShare
	case len(q.waiting) > q.limits.Waiting || ofEndpoint > q.limits.ByEndpoint:
		err = ErrFull
	}
	if err != nil {
		q.waiting = q.waiting[:len(q.waiting)-1]
		return nil, err
	}
	return t, nil
}

// next gives the turns that are free: to the client that has gone without for
// longest, and of its places to the oldest.
func (q *Queue) next() {
	for len(q.running) < q.limits.AtOnce {
		best, since := -1, 0
		for i, t := range q.waiting {
			if q.runningOf(t.owner.Client) >= q.limits.EachAtOnce {
				continue
			}
			last := q.served[t.askers[0]]
			for _, client := range t.askers[1:] {
				last = min(last, q.served[client])
			}
			if best < 0 || last < since {
				best, since = i, last
			}
		}
		if best < 0 {
			break
		}
		t := q.waiting[best]
		q.waiting = slices.Delete(q.waiting, best, best+1)
		q.running = append(q.running, t)
		q.turns++
		for _, client := range t.askers {
			q.served[client] = q.turns
		}
		close(t.turn)
	}
	if len(q.waiting)+len(q.running) == 0 || len(q.served) > maxServed {
		clear(q.served)
	}
}

func (q *Queue) runningOf(client string) int {
	n := 0
	for _, t := range q.running {
		if t.owner.Client == client {
			n++
		}
	}
	return n
}

// wait waits for t's turn, and gives the place up when ctx ends first.
func (q *Queue) wait(ctx context.Context, t *ticket) error {
	select {
	case <-t.turn:
		return nil
	case <-ctx.Done():
		q.leave(t)
		return ctx.Err()
	}
}

// leave gives a place or a turn back.
func (q *Queue) leave(t *ticket) {
	q.mu.Lock()
	defer q.mu.Unlock()
	same := func(o *ticket) bool { return o == t }
	q.waiting, q.running = slices.DeleteFunc(q.waiting, same), slices.DeleteFunc(q.running, same)
	q.next()
}

// join lets a client wait for t too, and part takes one away that no longer does.
func (q *Queue) join(t *ticket, client string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	t.askers = append(t.askers, client)
}

func (q *Queue) part(t *ticket, client string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(t.askers, client); i >= 0 && len(t.askers) > 1 {
		t.askers = slices.Delete(t.askers, i, i+1)
	}
}

// Waiting returns how many wait for a turn.
func (q *Queue) Waiting() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}
