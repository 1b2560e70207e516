package due

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/fault"
)

// windowFields are those of the form of a rolling window: with one of them the page is asked for that.
var windowFields = []string{"window", "count", "times", "until"}

func asksWindow(q url.Values) bool {
	for _, name := range windowFields {
		if strings.TrimSpace(q.Get(name)) != "" {
			return true
		}
	}
	return false
}

// mostTimes bounds what one page counts.
const mostTimes = 200

// rolling says whether as many things lie in a window as fill it.
func rolling(q url.Values) (clock.WindowAnswer, error) {
	asked := clock.WindowQuestion{Length: strings.TrimSpace(q.Get("window")), Times: lines(strings.NewReplacer(",", "\n", "，", "\n").Replace(q.Get("times"))), At: strings.TrimSpace(q.Get("until"))}
	n, err := strconv.Atoi(strings.TrimSpace(q.Get("count")))
	switch {
	case err != nil || n < 1:
		return clock.WindowAnswer{}, fault.At("count", fault.New(fault.Invalid, "请写几次算满，如 3", "say how many fill the window, as 3"))
	case len(asked.Times) == 0:
		return clock.WindowAnswer{}, fault.At("times", fault.New(fault.Invalid, "请写各次的时间，一行一次，如 2026-01-05", "give the times, one a line, as 2026-01-05"))
	case len(asked.Times) > mostTimes:
		return clock.WindowAnswer{}, fault.At("times", fault.New(fault.Invalid, "最多写 %d 次", "%d times at most", mostTimes))
	}
	asked.Count = n
	a, err := clock.AskWindow(asked)
	return a, fault.Renamed(err, "from", "until")
}
