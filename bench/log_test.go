package main

import (
	"testing"

	"github.com/xiadu/xiadu/internal/db"
)

// The measurement of the log proves what it says, with loads that take no time.
func TestLogEntries(t *testing.T) {
	for _, load := range []logLoad{{"import", 300, 1}, {"acts", 40, 4}} {
		err := withLogDatabase(t.Context(), db.SQLite, func(b *logBench) error {
			f, err := b.measure(t.Context(), load)
			if err == nil && (f.Ours <= 0 || f.Peer <= 0) {
				t.Errorf("%+v", f)
			}
			t.Logf("%s: %.0f beside %.0f: %s", load.name, f.Ours, f.Peer, f.Note)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// A receipt grows with the logarithm of the log.
func TestLogProofs(t *testing.T) {
	f, err := measureProofs(t.Context(), 100, 10_000, 1)
	if err != nil || f.Ours <= 0 || f.Peer <= 0 {
		t.Errorf("%+v, %v", f, err)
	}
	t.Log(f.Note)
}
