package front

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/web"
)

// A page waits so long for an article that is being made. Then it shows the one before
// with its own hour, which is still true, or says that there is none yet: no page waits
// for a cold cache, a full queue or a crowd when doors shut.
const patience = 300 * time.Millisecond

// makingTime is how long an article may take to make.
const makingTime = 50 * time.Second

// desk keeps the article of each system. Where nobody asks, nothing is made.
type desk struct {
	site    *web.Site
	now     func() time.Time
	mu      sync.Mutex
	columns []column // a system each, as Deps lists them
}

// column is the article of one system.
type column struct {
	make    func(context.Context) (web.Article, error)
	state   func() string
	article web.Article
	held    bool          // there is an article
	failed  bool          // the last making failed
	asked   time.Time     // the minute
	of      string        // and the state that it was asked about
	done    chan struct{} // closed once what is being made is made; nil: nothing is
}

// state is what became of an article.
type state uint8

const (
	fresh  state = iota // there is one
	making              // there will be
	failed
)

func newDesk(d Deps) *desk {
	k := &desk{site: d.Site, now: d.Now}
	for _, s := range d.Systems {
		c := column{make: s.Article, state: s.State}
		if c.state == nil {
			c.state = func() string { return "" }
		}
		k.columns = append(k.columns, c)
	}
	return k
}

// latest returns the latest article of a system, and has it made again where it is of
// another minute or what it is made of has changed: the page must not say something else
// than the pages that it leads to.
func (k *desk) latest(ctx context.Context, i int) (web.Article, state) {
	k.mu.Lock()
	c := &k.columns[i]
	minute, of := k.now().Truncate(time.Minute), c.state()
	if c.done == nil && (!c.asked.Equal(minute) || c.of != of) {
		c.asked, c.of, c.done = minute, of, make(chan struct{})
		fault.Go("making an article", func() { k.fill(i, c.done) }, nil)
	}
	done := c.done
	k.mu.Unlock()
	if done != nil {
		wait := time.NewTimer(patience)
		defer wait.Stop()
		select {
		case <-done:
		case <-wait.C:
		case <-ctx.Done():
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case c.held:
		return c.article, fresh
	case c.failed:
		return web.Article{}, failed
	}
	return web.Article{}, making
}

// fill makes an article for everybody: who asked may leave.
func (k *desk) fill(i int, done chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), makingTime)
	defer cancel()
	var made web.Article
	err := fault.Safely(func() (err error) {
		made, err = k.columns[i].make(ctx)
		return err
	})()
	if err != nil {
		k.site.LogOutage(ctx, fmt.Errorf("an article of the front page: %w", err))
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	c := &k.columns[i]
	if c.failed = err != nil; err == nil {
		c.article, c.held = made, true
	}
	c.done = nil
	close(done)
}
