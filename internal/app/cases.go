package app

import (
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// processes are how the cases of all systems go, system by system. They are of systems
// that are off, too: a case that was begun is still owed.
func processes() [][]process.Process {
	return [][]process.Process{complaint.Processes()}
}

// newBook is the cases of all systems: one for the site.
func newBook() (*casework.Book, error) {
	o := casework.Options{Outside: identity.Outside}
	for _, of := range processes() {
		o.Processes = append(o.Processes, of...)
	}
	return casework.New(o)
}
