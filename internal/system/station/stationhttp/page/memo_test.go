package page

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"testing"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/shared"
)

// A planner's page asks for answers of several kinds; all take turns at one queue.
func TestAllKindsTakeTurnsAtOneQueue(t *testing.T) {
	r := newRuns()
	for i, q := range []*shared.Queue{r.coverages.Queue, r.Areas.Queue, r.clocks.Queue, r.measures.Queue, r.circles.Queue} {
		if q == nil || q != r.coverages.Queue {
			t.Errorf("kind %d has a queue of its own", i)
		}
	}
}

// Who asks for more than a client's share is told so at once.
func TestMemoRefusesAFlood(t *testing.T) {
	m := NewMemo[int](newTurns(), 4)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	refused := make(chan error)
	for i := range 100 {
		go func() {
			_, err := m.Get(ctx, strconv.Itoa(i), func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() })
			refused <- err
		}()
	}
	for range 100 - 16 - runtime.GOMAXPROCS(0) {
		if err := <-refused; fault.KindOf(err) != fault.Unavailable || errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}
