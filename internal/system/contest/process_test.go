package contest_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/system/contest"
)

// No way of the system is wrong in itself, and none ends without a second person.
func TestProcesses(t *testing.T) {
	for _, p := range contest.Processes() {
		if err := p.Check(); err != nil {
			t.Error(err)
		}
	}
}
