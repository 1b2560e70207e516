package complaint_test

import (
	"testing"

	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// The ways of the processes hold against their graphs, and the roles fit together.
func TestDeclarations(t *testing.T) {
	if _, err := casework.New(casework.Options{Processes: complaint.Processes()}); err != nil {
		t.Error(err)
	}
	right.NewCatalogue(right.People, complaint.Rights)
}
