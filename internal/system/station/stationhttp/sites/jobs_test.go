package sites

import (
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// askFor is a question that differs from others by its number of sites.
func askFor(t *testing.T, sites int) sitingAsk {
	t.Helper()
	a, err := parseSiting(url.Values{"sites": {strconv.Itoa(sites)}}, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A flood of questions is refused at once, what waits can be given up, and the
// memory of answers stays bounded.
func TestSitingQueueIsBounded(t *testing.T) {
	city := city.NewCity(coverage.New(network.New(network.Streets{}, nil), nil), nil, "r1")
	j := &jobs{running: sitingAtOnce} // as if all turns were taken
	var first *job
	for i := range sitingWaiting {
		job, err := j.start(city, askFor(t, i+1), time.Second, "client "+strconv.Itoa(i/sitingEach))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = job
		}
		if _, before, err := j.find(job.id); err != nil || before != i {
			t.Errorf("%d wait before job %d (%v)", before, i, err)
		}
	}
	if _, err := j.start(city, askFor(t, 99), time.Second, "another"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("one more: %v", err)
	}
	if again, err := j.start(city, askFor(t, 1), time.Second, "another"); err != nil || again != first {
		t.Errorf("the same question is asked twice (%v)", err)
	}
	first.cancel()
	if v := first.now(); v.state != jobFailed || fault.KindOf(v.err) != fault.Late {
		t.Errorf("given up: %d, %v", v.state, v.err)
	}
	if _, err := j.start(city, askFor(t, 99), time.Second, "another"); err != nil {
		t.Errorf("after one gave up: %v", err)
	}
	// Now the turns come, and every question fails for want of streets.
	j.mu.Lock()
	j.running = 0
	j.next()
	all := j.all
	j.mu.Unlock()
	for _, o := range all {
		<-o.ended
		if v := o.now(); v.state != jobFailed {
			t.Errorf("job %s is in state %d", o.id, v.state)
		}
	}
	for i := range 3 * sitingKept {
		job, err := j.start(city, askFor(t, 200+i), time.Second, "another")
		if err != nil {
			t.Fatal(err)
		}
		<-job.ended
	}
	if len(j.all) > sitingKept {
		t.Errorf("%d jobs are kept", len(j.all))
	}
	if _, _, err := j.find(first.id); fault.KindOf(err) != fault.NotFound {
		t.Errorf("the oldest is still there: %v", err)
	}
}

// One client may not fill the queue, and the questions of another go before its
// second.
func TestSitingIsSharedByClient(t *testing.T) {
	city := city.NewCity(coverage.New(network.New(network.Streets{}, nil), nil), nil, "r1")
	j := &jobs{running: sitingAtOnce}
	ask := func(sites int, from string) *job {
		t.Helper()
		job, err := j.start(city, askFor(t, sites), time.Second, from)
		if err != nil {
			t.Fatal(err)
		}
		return job
	}
	for i := range sitingEach {
		ask(i+1, "a")
	}
	if _, err := j.start(city, askFor(t, 50), time.Second, "a"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("more than its share: %v", err)
	}
	b := ask(60, "b")
	j.mu.Lock()
	defer j.mu.Unlock()
	j.running = 0
	j.next()
	if state := b.now().state; state == jobWaiting {
		t.Error("the only question of b waits while a has two under way")
	}
}

// The address of a question holds what was asked and nothing else.
func TestSitingAddress(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	a, err := parseSiting(url.Values{"sites": {"3"}, "budget": {" "}, "at": {"2026-11-23T22:00"}, "hours": {"22-6"}, "junk": {"x"}, "token": {"secret"}}, now)
	if err != nil {
		t.Fatal(err)
	}
	if got := a.address("/siting"); got != "/siting?hours=22-6&sites=3" {
		t.Errorf("the address is %s", got)
	}
	b, err := parseSiting(a.query, now)
	if err != nil || b.q.Window != a.q.Window || *b.q.Sites != 3 {
		t.Errorf("read back: %+v (%v)", b.q, err)
	}
}
