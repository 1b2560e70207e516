package sequencer

import (
	"context"
	"time"
)

// Step does what the loop of Run does once.
func (s *Sequencer) Step(ctx context.Context) (bool, error) { return s.step(ctx) }

// Fold folds once, whether or not it leads.
func (s *Sequencer) Fold(ctx context.Context) (int, error) {
	n, _, err := s.fold(ctx)
	return n, err
}

// Leads tells whether it takes itself for the leader.
func (s *Sequencer) Leads() bool { return s.epoch != 0 }

// Impatient lets the silence of the present leader be over.
func (s *Sequencer) Impatient(ctx context.Context) error {
	if _, err := s.step(ctx); err != nil {
		return err
	}
	s.since = time.Now().Add(-silence)
	return nil
}

// ErrDeposed is the error of a leader that another has replaced.
var ErrDeposed = errDeposed
