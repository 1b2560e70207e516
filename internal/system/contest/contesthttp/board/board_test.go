package board

import (
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
)

// A clock of a replay stands at the moment that is played, however long ago that was.
func TestTheClockOfAReplay(t *testing.T) {
	since := time.Date(2026, 11, 25, 2, 0, 0, 0, time.UTC)
	s := &Show{AsOf: since.Add(90 * time.Second)}
	s.Stage = &hall.Stage{State: hall.Presenting, LimitS: 480, WarnS: 30, Since: &since}
	if c := ClockOf(lang.ZH, s.Stage, s.Clock()); c.Face != "6:30" || c.Over {
		t.Errorf("%+v", c)
	}
	if live := (&Show{}).Clock(); time.Since(live) > time.Minute {
		t.Error("a board that is live shows the time", live)
	}
}
