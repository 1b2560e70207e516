package register

import (
	"context"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
)

// longAct is the act that goes on longer than its sender waits; a process has one at a
// time, since each holds all that it changes in memory. What came of it is in the
// database, where every process sees it; this is only for those who watch.
type longAct struct {
	mu    sync.Mutex
	n     int // how many it changes; 0: none goes on
	began time.Time
	ended error // what the last one ended with
}

const (
	// patience is how long a sender waits for an act before they are shown that it
	// goes on.
	patience = 8 * time.Second
	// longest is how long an act may take: 160,000 stations take half a minute.
	longest = 10 * time.Minute
)

// do does an act on n stations and returns its number, or 0 while it still goes on. It
// goes on when its sender closes the page.
func (l *longAct) do(ctx context.Context, n int, act func(context.Context) (int64, error)) (int64, error) {
	if !l.begin(n) {
		return 0, fault.New(fault.Conflict, "另一次批量修改正在进行，请等它结束再确认。", "Another change of many stations is going on: wait for its end, then confirm.")
	}
	type outcome struct {
		number int64
		err    error
	}
	done := make(chan outcome, 1)
	fault.Go("changing many stations", func() {
		long, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
		defer cancel()
		number, err := act(long)
		l.end(err)
		done <- outcome{number, err}
	}, func(err error) {
		l.end(err)
		done <- outcome{0, err}
	})
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case o := <-done:
		l.told()
		return o.number, o.err
	case <-wait.C:
		return 0, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (l *longAct) begin(n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.n > 0 {
		return false
	}
	l.n, l.began, l.ended = max(n, 1), time.Now(), nil
	return true
}

func (l *longAct) end(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n, l.ended = 0, err
}

// told forgets what the last act ended with, which its sender knows.
func (l *longAct) told() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = nil
}

// now is how many stations are being changed, and since how long; and what the last act
// that somebody may still wait for ended with.
func (l *longAct) now() (n int, since time.Duration, ended error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n, time.Since(l.began), l.ended
}
