package identity

import (
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/password"
	"github.com/xiadu/xiadu/internal/shared"
)

// SetClock gives a Service a clock of the test's own.
func (s *Service) SetClock(now func() time.Time) {
	s.clock = func(*db.Tx) time.Time { return now().UTC().Truncate(time.Microsecond) }
}

// SetCrowded gives a Service turns at hashing that are all taken, or its own again.
func (s *Service) SetCrowded(crowded bool) {
	turns := password.Turns()
	if crowded {
		turns = shared.NewQueue(shared.Limits{})
	}
	s.hasher = password.NewHasher(s.policy.Method, turns)
}
