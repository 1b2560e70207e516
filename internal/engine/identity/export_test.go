package identity

import (
	"time"

	"github.com/xiadu/xiadu/internal/db"
)

// SetClock gives a Service a clock of the test's own.
func (s *Service) SetClock(now func() time.Time) {
	s.clock = func(*db.Tx) time.Time { return now().UTC().Truncate(time.Microsecond) }
}
