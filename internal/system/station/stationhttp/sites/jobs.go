package sites

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/selection"
)

// sitingJobs are the questions of siting that are being answered, that wait,
// and that were answered lately. They live in memory: a restart forgets them,
// and the address of an answer holds its question, so it can be asked again.
type jobs struct {
	mu      sync.Mutex
	all     []*job // the oldest first
	running int
}

// The bounds of siting over HTTP. Each search may use all processors, so more
// than two at once would only make each slower than its time allows. A client has
// a third of the queue.
const (
	sitingAtOnce   = 2
	sitingWaiting  = 9
	sitingEach     = 3
	sitingKept     = 40
	sitingAge      = 2 * time.Hour
	sitingTime     = 10 * time.Second // for everybody
	sitingLongTime = 2 * time.Minute  // for an operator
	sitingGap      = 0                // only proof ends a search early
)

// sitingJob is one question on its way. What changes is guarded by its mutex.
type job struct {
	id    string
	key   string // the same for the same question of the same data
	from  string // the client that asked; see web.AskerOf
	ask   sitingAsk
	city  *city.City
	limit time.Duration
	asked time.Time

	stop    context.CancelFunc
	ctx     context.Context //nolint:containedctx // a job outlives the request that asks for it
	ended   chan struct{}
	mu      sync.Mutex
	state   jobState
	began   time.Time // of the search
	ready   *selection.Siting
	curve   []sitingPoint
	phase   siting.Phase
	result  figures.Sited
	err     error
	missing selection.Missing // whom no plan helps, of a question that cannot be met
}

type jobState uint8

const (
	jobWaiting jobState = iota
	jobPreparing
	jobSearching
	jobDone
	jobFailed
)

// sitingPoint is how far a search was at a moment.
type sitingPoint struct {
	after time.Duration
	found bool
	value int64
	bound int64
}

// maxCurve bounds what is kept of a search: a point where something changed.
const maxCurve = 400

// start begins to answer a client's question, or returns the job that does so
// already.
func (j *jobs) start(city *city.City, ask sitingAsk, limit time.Duration, from string) (*job, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	key := fmt.Sprint(city.Revision, limit, ask.query.Encode())
	if ask.when == whenMoment {
		key += ask.q.Cover.At.String() // now is another moment each time
	}
	waiting, ofClient := 0, 0
	for _, o := range j.all {
		state := o.now().state
		if o.key == key && state != jobFailed && !o.stoppedEarly() {
			return o, nil
		}
		if state == jobWaiting {
			waiting++
			if o.from == from {
				ofClient++
			}
		}
	}
	if ofClient >= sitingEach {
		return nil, fault.New(fault.Unavailable, "从您这里来的计算已经有 %d 个在排队了。请等它们算完再问，或在自己的电脑上用 xiadu site 算。",
			"%d computations for where you are wait already. Let them finish before you ask for another, or run xiadu site on your own computer.", ofClient)
	}
	if waiting >= sitingWaiting {
		return nil, fault.New(fault.Unavailable, "现在排队的计算太多（%d 个）。请过一分钟再试，或在自己的电脑上用 xiadu site 算。",
			"Too many computations are waiting (%d). Try again in a minute, or run xiadu site on your own computer.", waiting)
	}
	ctx, stop := context.WithCancel(context.Background())
	job := &job{id: strings.ToLower(rand.Text()[:12]), key: key, from: from, ask: ask, city: city, limit: limit, asked: time.Now(), ctx: ctx, stop: stop, ended: make(chan struct{})}
	j.all = append(j.all, job)
	j.forget()
	j.next()
	return job, nil
}

// forget drops the oldest jobs that are over, and those of another hour, which
// hold on to a city that has changed since.
func (j *jobs) forget() {
	j.all = slices.DeleteFunc(j.all, func(o *job) bool { return time.Since(o.asked) > sitingAge && o.now().over() })
	for len(j.all) > sitingKept {
		i := slices.IndexFunc(j.all, func(o *job) bool { return o.now().over() })
		if i < 0 {
			return
		}
		j.all = slices.Delete(j.all, i, i+1)
	}
}

// next begins waiting jobs while there is room: those of clients that have none
// under way before the others.
func (j *jobs) next() {
	busy := map[string]bool{}
	for _, o := range j.all {
		if state := o.now().state; state == jobPreparing || state == jobSearching {
			busy[o.from] = true
		}
	}
	for _, others := range []bool{false, true} {
		for _, o := range j.all {
			if j.running >= sitingAtOnce {
				return
			}
			if busy[o.from] == others && o.enter() {
				busy[o.from] = true
				j.begin(o)
			}
		}
	}
}

// begin runs a job that has entered, and the next when it is over.
func (j *jobs) begin(o *job) {
	j.running++
	fault.Go("siting", func() {
		o.run()
		j.mu.Lock()
		defer j.mu.Unlock()
		j.running--
		j.next()
	}, nil)
}

// find returns a job, and how many wait before it.
func (j *jobs) find(id string) (*job, int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	before := 0
	for _, o := range j.all {
		if o.id == id {
			return o, before, nil
		}
		if o.now().state == jobWaiting {
			before++
		}
	}
	return nil, 0, fault.New(fault.NotFound, "这次计算不在了：程序重新启动过，或者答案放得太久被清掉了。", "This computation is gone: the program was restarted since, or the answer was dropped for its age.")
}

// enter takes a job out of the queue.
func (o *job) enter() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state != jobWaiting {
		return false
	}
	o.state = jobPreparing
	return true
}

// run answers the question. A defect in it is the job's failure, not the program's.
func (o *job) run() {
	defer close(o.ended)
	defer o.stop()
	var result figures.Sited
	err := fault.Safely(func() (err error) {
		result, err = o.answer()
		return err
	})()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.result, o.err, o.state = result, err, jobDone; err != nil {
		o.state = jobFailed
	}
}

func (o *job) answer() (result figures.Sited, err error) {
	q, err := o.ask.form.Floors(o.ask.q, o.city)
	if err != nil {
		return result, err
	}
	ready, err := selection.New(o.ctx, o.city.Survey, q, nil)
	if errors.Is(err, context.Canceled) {
		return result, errStoppedWaiting
	}
	if err != nil {
		return result, err
	}
	o.mu.Lock()
	o.ready, o.state, o.began = ready, jobSearching, time.Now()
	o.mu.Unlock()
	result, err = figures.SolveSiting(o.ctx, o.city, ready, siting.Options{Gap: sitingGap, Progress: o.tell}, o.limit, time.Now)
	if fault.KindOf(err) == fault.Invalid || fault.KindOf(err) == fault.Unavailable {
		missing := ready.Missing()
		o.mu.Lock()
		o.missing = missing
		o.mu.Unlock()
	}
	ready.Release()
	return result, err
}

// tell notes how far the search is.
func (o *job) tell(p siting.Progress) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.phase = p.Phase
	point := sitingPoint{time.Since(o.began), p.Found, p.Value, p.Bound}
	if n := len(o.curve); n > 0 && (o.curve[n-1].value == p.Value && o.curve[n-1].bound == p.Bound && o.curve[n-1].found == p.Found || n >= maxCurve) {
		return
	}
	o.curve = append(o.curve, point)
}

// jobView is a job at a moment.
type jobView struct {
	id      string
	ask     sitingAsk
	city    *city.City
	limit   time.Duration
	state   jobState
	phase   siting.Phase
	passed  time.Duration // of the search
	curve   []sitingPoint
	ready   *selection.Siting
	result  figures.Sited
	err     error
	missing selection.Missing
}

func (o *job) now() jobView {
	o.mu.Lock()
	defer o.mu.Unlock()
	v := jobView{id: o.id, ask: o.ask, city: o.city, limit: o.limit, state: o.state, phase: o.phase, curve: slices.Clone(o.curve), ready: o.ready, result: o.result, err: o.err, missing: o.missing}
	if v.state == jobSearching {
		v.passed = time.Since(o.began)
	}
	return v
}

func (v jobView) over() bool { return v.state == jobDone || v.state == jobFailed }

// stoppedEarly tells whether somebody stopped it: who asks again wants more.
func (o *job) stoppedEarly() bool {
	v := o.now()
	return v.state == jobDone && v.result.Ended == figures.EndedStopped || v.state < jobDone && o.ctx.Err() != nil
}

// cancel stops a job: a search keeps its best plan, a waiting one is over.
func (o *job) cancel() {
	o.stop()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.state == jobWaiting {
		o.state, o.err = jobFailed, errStoppedWaiting
		close(o.ended)
	}
}

var errStoppedWaiting = fault.New(fault.Late, "还没开始算就停下了。", "It was stopped before it began.")

// sited returns the answer of a job that is done.
func (v jobView) sited() (figures.Sited, error) {
	switch {
	case v.err != nil:
		return figures.Sited{}, v.err
	case v.state != jobDone:
		return figures.Sited{}, fault.New(fault.Unavailable, "还没有算完：请过几秒再取。", "It is not finished yet: come back in a few seconds.")
	case v.result.Answer == nil:
		return figures.Sited{}, errors.New("siting: a job is done without an answer")
	}
	return v.result, nil
}
