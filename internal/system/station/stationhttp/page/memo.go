package page

import (
	"context"
	"crypto/sha256"
	"errors"
	"runtime"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/shared"
	"github.com/xiadu/xiadu/internal/web"
)

// Memo keeps the answers of one kind that cost the most to find: a page that a
// thousand people open is computed once. All kinds take turns at one queue, as
// many at a time as there are processors, so that the finder stays quick beside
// them.
type Memo[V any] struct {
	shared.Memo[[sha256.Size]byte, V] // by a sum: keys are long
	most                              int
}

// NewMemo returns a Memo that keeps so many answers and takes turns in a queue.
func NewMemo[V any](queue *shared.Queue, most int) *Memo[V] {
	m := &Memo[V]{most: most}
	m.Queue = queue
	return m
}

// newTurns returns the queue of all computations. It is bounded, so that a flood
// of questions is refused at once and not answered in an hour; a quarter of it is
// a client's, since a page asks for half a dozen things and an office has several
// people, and half of it one endpoint's.
func newTurns() *shared.Queue {
	return shared.NewQueue(shared.Limits{AtOnce: runtime.GOMAXPROCS(0), Waiting: 64, ByClient: 16, ByEndpoint: 32})
}

// Get returns the value of key, computing it if nobody has. The context that
// compute gets ends when nobody waits for it any more.
func (m *Memo[V]) Get(ctx context.Context, key string, compute func(context.Context) (V, error)) (V, error) {
	v, err := m.Memo.Get(ctx, web.AskerOf(ctx), sha256.Sum256([]byte(key)), m.most, compute)
	switch {
	case errors.Is(err, shared.ErrShare):
		err = fault.New(fault.Unavailable, "从您这里来的计算已经有好几个在排队了。请等它们算完再问。",
			"Several computations for where you are wait already. Let them finish before you ask for another.")
	case errors.Is(err, shared.ErrFull):
		err = fault.New(fault.Unavailable, "现在有很多人在算覆盖，排满了。请过一会儿再试。",
			"Many coverages are being computed just now. Please try again in a while.")
	}
	return v, err
}
