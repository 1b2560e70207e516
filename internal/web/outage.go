package web

import (
	"context"
	"sync"
	"time"
)

// outage is when something that the pages stand on was last found away.
type outage struct {
	mu   sync.Mutex
	last time.Time
}

// outageGap is how long nobody meets an outage before it counts as over.
const outageGap = time.Minute

// begins notes that it is away at a time, and reports whether that is new.
func (o *outage) begins(now time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	fresh := o.last.IsZero() || now.Sub(o.last) > outageGap
	o.last = now
	return fresh
}

// LogOutage tells whoever runs the program that something it stands on is away, once for
// each outage: every reader meets it, and a line for each would bury the first.
func (s *Site) LogOutage(ctx context.Context, err error) {
	if s.outage.begins(time.Now()) {
		s.Log.ErrorContext(ctx, "something that the pages need is away; this is said once for as long as it lasts", "error", nameless(ctx, err))
	}
}
