package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/shared"
)

// The bounds of heavy answers, which take tens of megabytes or a processor for
// some time each: exports, reports, drawings. A reader on a weak line may keep a
// turn for a minute, so one client has no more than half of them.
var heavyLimits = shared.Limits{AtOnce: 4, EachAtOnce: 2, Waiting: 40, ByClient: 8, ByEndpoint: 20}

// heavyWait is how long an answer may wait for its turn: longer, and a person
// thinks that nothing happens.
const heavyWait = 15 * time.Second

// OpenHeavy is Open for an answer that takes much memory or time: few are
// made at once, of one client and altogether, and who would wait too long is told
// to come back.
func (m *Mux) OpenHeavy(pattern string, h Handler) {
	m.Open(pattern, func(w http.ResponseWriter, r *http.Request) error {
		patience, cancel := context.WithTimeout(r.Context(), heavyWait)
		defer cancel()
		release, err := m.site.heavy.Take(patience, AskerOf(r.Context()))
		if err != nil {
			return tooMuch(r.Context(), err)
		}
		defer release()
		return h(w, r)
	})
}

// tooMuch says that there was no turn.
func tooMuch(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, shared.ErrShare) {
		return fault.New(fault.Unavailable, "从您这里来的下载已经有好几份在等了。请等它们下完，再要下一份。",
			"Several downloads from where you are wait already. Let them finish before you ask for another.")
	}
	return fault.New(fault.Unavailable, "现在同时下载的人太多，先要保证大家找得到驿站。请过半分钟再试。",
		"Too many people are downloading just now, and finding a station comes first. Please try again in half a minute.")
}

// AskerOf is who asks, for a share of a queue: by network, because one person has
// many connections.
func AskerOf(ctx context.Context) shared.Asker {
	p, ok := ctx.Value(passageKey{}).(*passage)
	if !ok || p.request == nil {
		return shared.Asker{}
	}
	return shared.Asker{Client: p.network, Endpoint: p.route()}
}
