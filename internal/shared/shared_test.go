package shared_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/shared"
)

var nobody shared.Asker

func give(v int) func(context.Context) (int, error) {
	return func(context.Context) (int, error) { return v, nil }
}

// patient works until it is told to stop.
func patient(ctx context.Context) (int, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: ", what)
		}
	}
}

func TestComputesOnceForAll(t *testing.T) {
	var m shared.Memo[string, int]
	var computed atomic.Int32
	start := make(chan struct{})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			v, err := m.Get(t.Context(), nobody, "k", 2, func(context.Context) (int, error) {
				<-start
				return int(computed.Add(1)), nil
			})
			if v != 1 || err != nil {
				t.Error(v, err)
			}
		})
	}
	close(start)
	all.Wait()
	if computed.Load() != 1 {
		t.Errorf("computed %d times", computed.Load())
	}
}

func TestKeepsTheLatestAndNoFailure(t *testing.T) {
	var m shared.Memo[string, int]
	computed := 0
	get := func(key string) {
		t.Helper()
		if _, err := m.Get(t.Context(), nobody, key, 2, func(context.Context) (int, error) { computed++; return 0, nil }); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range []struct {
		key  string
		want int
	}{{"a", 1}, {"b", 2}, {"a", 2}, {"c", 3}, {"a", 3}, {"b", 4}} {
		if get(c.key); computed != c.want {
			t.Fatalf("after %d questions computed %d times, want %d", i+1, computed, c.want)
		}
	}
	no := errors.New("no")
	for range 2 {
		if _, err := m.Get(t.Context(), nobody, "bad", 2, func(context.Context) (int, error) { computed++; return 0, no }); !errors.Is(err, no) {
			t.Error(err)
		}
	}
	if computed != 6 {
		t.Error("a failure was kept")
	}
}

// A panic is the failure of one computation. Everybody who waits hears of it, it
// is not kept, and its turn is free again.
func TestAPanicIsAFailure(t *testing.T) {
	m := shared.Memo[string, int]{Queue: shared.NewQueue(shared.Limits{AtOnce: 1, Waiting: 1})}
	for range 3 {
		_, err := m.Get(t.Context(), nobody, "k", 2, func(context.Context) (int, error) { panic("a defect") })
		if _, ok := errors.AsType[*fault.PanicError](err); !ok {
			t.Fatal(err)
		}
	}
	if v, err := m.Get(t.Context(), nobody, "k", 2, give(7)); v != 7 || err != nil {
		t.Error(v, err)
	}
}

// A computation goes on while anybody waits for it, whoever asked first, and
// ends with the last of them. Who asks then begins it anew.
func TestItEndsWithTheLastAsker(t *testing.T) {
	var m shared.Memo[string, int]
	ended := make(chan struct{})
	var begun atomic.Int32
	compute := func(ctx context.Context) (int, error) {
		begun.Add(1)
		defer close(ended)
		return patient(ctx)
	}
	first, leaveFirst := context.WithCancel(t.Context())
	second, leaveSecond := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for _, ctx := range []context.Context{first, second} {
		all.Go(func() {
			if _, err := m.Get(ctx, nobody, "k", 2, compute); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		eventually(t, "it begins", func() bool { return begun.Load() == 1 })
		time.Sleep(10 * time.Millisecond) // the second joins
	}
	leaveFirst()
	select {
	case <-ended:
		t.Error("it ended while somebody waited")
	case <-time.After(50 * time.Millisecond):
	}
	leaveSecond()
	<-ended
	all.Wait()
	if v, err := m.Get(t.Context(), nobody, "k", 2, give(3)); v != 3 || err != nil {
		t.Error(v, err)
	}
}

// Who runs out of time is told to come back, and finds it computed.
func TestItGoesOnForOneWhoRanOutOfTime(t *testing.T) {
	var m shared.Memo[string, int]
	hurried, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	proceed := make(chan struct{})
	_, err := m.Get(hurried, nobody, "k", 2, func(ctx context.Context) (int, error) {
		<-proceed
		return 5, ctx.Err()
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	close(proceed)
	if v, err := m.Get(t.Context(), nobody, "k", 2, give(6)); v != 5 || err != nil {
		t.Errorf("%d, %v: it was computed again", v, err)
	}
}

// 64 questions whose askers leave shut nobody out: they free their turns and
// places at once.
func TestAbandonedQuestionsFreeTheirTurns(t *testing.T) {
	m := shared.Memo[int, int]{Queue: shared.NewQueue(shared.Limits{AtOnce: 2, Waiting: 64})}
	var all sync.WaitGroup
	var asked atomic.Int32
	ctx, leave := context.WithCancel(t.Context())
	for i := range 64 {
		all.Go(func() {
			asked.Add(1)
			if _, err := m.Get(ctx, nobody, i, 2, patient); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	eventually(t, "all have asked", func() bool { return asked.Load() == 64 })
	leave()
	all.Wait()
	soon, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if v, err := m.Get(soon, nobody, -1, 2, give(9)); v != 9 || err != nil {
		t.Error(v, err)
	}
}

// hold takes a turn and keeps it until the returned function is called.
func hold(t *testing.T, q *shared.Queue, by shared.Asker) func() {
	t.Helper()
	release, err := q.Take(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	return release
}

// line lets askers wait for turns one after another and notes in which order they
// get them.
type line struct {
	t     *testing.T
	q     *shared.Queue
	mu    sync.Mutex
	order []string
	all   sync.WaitGroup
}

func (l *line) wait(by shared.Asker) {
	before := l.q.Waiting()
	l.all.Go(func() {
		release, err := l.q.Take(l.t.Context(), by)
		if err != nil {
			l.t.Error(err)
			return
		}
		l.mu.Lock()
		l.order = append(l.order, by.Client)
		l.mu.Unlock()
		release()
	})
	eventually(l.t, "it waits", func() bool { return l.q.Waiting() == before+1 })
}

// One client with much to ask does not go before another with one question.
func TestClientsTakeTurns(t *testing.T) {
	q := shared.NewQueue(shared.Limits{AtOnce: 1, Waiting: 20})
	release := hold(t, q, shared.Asker{Client: "a"})
	l := line{t: t, q: q}
	for _, client := range []string{"a", "a", "a", "b", "b", "c"} {
		l.wait(shared.Asker{Client: client})
	}
	release()
	l.all.Wait()
	if got := strings.Join(l.order, ""); got != "bcabaa" {
		t.Errorf("turns went to %s, want bcabaa", got)
	}
}

// What others of another client wait for is theirs as well, and comes in their turn.
func TestWhoJoinsBringsTheirTurn(t *testing.T) {
	q := shared.NewQueue(shared.Limits{AtOnce: 1, Waiting: 20})
	m := shared.Memo[string, int]{Queue: q}
	release := hold(t, q, shared.Asker{Client: "a"})
	var mu sync.Mutex
	var order []string
	var all sync.WaitGroup
	ask := func(client, key string) {
		all.Go(func() {
			_, _ = m.Get(t.Context(), shared.Asker{Client: client}, key, 9, func(context.Context) (int, error) {
				mu.Lock()
				defer mu.Unlock()
				order = append(order, key)
				return 0, nil
			})
		})
	}
	for i := range 3 {
		ask("a", strconv.Itoa(i))
		eventually(t, "it waits", func() bool { return q.Waiting() == i+1 })
	}
	ask("b", "2")
	time.Sleep(20 * time.Millisecond) // it joins
	release()
	all.Wait()
	if order[0] != "2" {
		t.Errorf("order %v: what b asks for came in a's turn", order)
	}
}

func TestSharesAreBounded(t *testing.T) {
	q := shared.NewQueue(shared.Limits{AtOnce: 1, Waiting: 4, ByClient: 2, ByEndpoint: 3})
	defer hold(t, q, shared.Asker{Client: "a"})()
	ctx, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	defer all.Wait()
	defer leave()
	wait := func(by shared.Asker) {
		before := q.Waiting()
		all.Go(func() { _, _ = q.Take(ctx, by) })
		eventually(t, "it waits", func() bool { return q.Waiting() == before+1 })
	}
	refused := func(by shared.Asker, want error) {
		t.Helper()
		if _, err := q.Take(ctx, by); !errors.Is(err, want) {
			t.Errorf("%v: %v, want %v", by, err, want)
		}
	}
	wait(shared.Asker{Client: "a", Endpoint: "x"})
	wait(shared.Asker{Client: "a", Endpoint: "x"})
	refused(shared.Asker{Client: "a", Endpoint: "y"}, shared.ErrShare)
	wait(shared.Asker{Client: "b", Endpoint: "x"})
	refused(shared.Asker{Client: "c", Endpoint: "x"}, shared.ErrFull)
	wait(shared.Asker{Client: "c", Endpoint: "y"})
	refused(shared.Asker{Client: "d", Endpoint: "z"}, shared.ErrFull)
}

// A client that keeps its turns, reading slowly, does not keep everybody's.
func TestEachAtOnce(t *testing.T) {
	q := shared.NewQueue(shared.Limits{AtOnce: 3, EachAtOnce: 2, Waiting: 4})
	first := hold(t, q, shared.Asker{Client: "a"})
	defer hold(t, q, shared.Asker{Client: "a"})()
	l := line{t: t, q: q}
	l.wait(shared.Asker{Client: "a"})
	hold(t, q, shared.Asker{Client: "b"})()
	if len(l.order) != 0 {
		t.Error("a has a third turn")
	}
	first()
	first() // once is enough
	l.all.Wait()
}
