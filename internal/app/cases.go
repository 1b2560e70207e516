package app

import (
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/duty"
)

// processes are how the cases of all systems go, system by system. They are of systems
// that are off, too: a case that was begun is still owed.
func processes() [][]process.Process {
	return [][]process.Process{complaint.Processes()}
}

// caseSystems are what the systems say of their cases, to the pages of who has to do them.
func caseSystems() []duty.Cases {
	return []duty.Cases{{
		System: complaint.System, Name: lang.Text{ZH: "信访整改", EN: "Complaints"},
		Rights: []string{complaint.Coordinate, complaint.Answer, complaint.Check, complaint.SignOff},
	}}
}

// desks are what everybody has to do.
func (p parts) desks() *duty.Desks {
	return duty.New(duty.Deps{DB: p.db, Book: p.book, People: p.people, Systems: caseSystems(), Now: chinaTime})
}

// newBook is the cases of all systems: one for the site.
func newBook() (*casework.Book, error) {
	o := casework.Options{Outside: identity.Outside}
	for _, of := range processes() {
		o.Processes = append(o.Processes, of...)
	}
	return casework.New(o)
}
