// Package casework carries cases through their process, so that none of them can be
// closed on paper.
//
//	book, err := casework.New(casework.Options{Processes: …, Outside: …})
//	c, err := book.Open(tx, casework.Opening{Process: "complaint.problem", Code: …, Lead: …})
//	made, err := book.Advance(tx, casework.Step{Case: c.ID, Move: "sign", Seen: c.Version, …})
//
// A system declares its processes (package process) and passes what the engine cannot know:
// whether a proof is one, which organisations lie above which, and where an office works. The engine knows no
// system, no other engine and no HTTP. It authorises nobody: the use case of the system asks
// for the right first, in the same transaction, and appends to record what Advance returns.
//
// # Invariants
//
//   - A step is kept for ever, with who made it, when it happened and when it was recorded.
//     Nothing is deleted; a case that begins again has another life, and its steps and clocks of
//     before count no more.
//
//   - A move needs what its process says. The engine decides by its own rows who was a party,
//     who made which move, which children are done and which clock has run out; what a proof is
//     worth is the system's to say, in the same transaction.
//
//   - Whoever moves a case has seen it as it is (Step.Seen): otherwise it is a fault.Conflict that says
//     what happened since.
//
//   - What somebody owes is a row (casework_duty), one for each, written with the step.
//
//   - When something is due follows from the clock's own list (package clock).
//
//   - What is to be told outside is a row (casework_notice), written with the step, too.
//
// Tables owned: casework_case, casework_party, casework_step, casework_clock, casework_duty,
// casework_away, casework_feed, casework_notice, casework_calendar, casework_time.
package casework

import (
	"cmp"
	"embed"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
)

//go:embed schema
var files embed.FS

// Schema is the tables of cases.
var Schema = db.SchemaIn("casework", files)

// Options are what a Book is made from.
type Options struct {
	Processes []process.Process
	// Outside reports whether an organisation is outside of others: none of them, not below
	// one and, with superior, not above one either. Nil: nobody is.
	Outside func(tx *db.Tx, organisation string, of []string, superior bool) (bool, error)
	// Office is the days and hours that are worked. Without one it is the official calendar.
	Office clock.Office
	// Warn is how much office time before something is due it is warned of; zero is two
	// working days.
	Warn time.Duration
	// Now is the time of a transaction; nil is the transaction's own.
	Now func(*db.Tx) time.Time
}

// usualWarning is the office hours of two days: what is due by the end of a day is warned of on the
// morning of the working day before.
const usualWarning = 14 * time.Hour

// Book is the cases of all systems. It is safe for concurrent use.
type Book struct {
	processes map[string]*process.Process
	outside   func(*db.Tx, string, []string, bool) (bool, error)
	office    clock.Office
	warn      time.Duration
	now       func(*db.Tx) time.Time

	Lists    Lists
	Absences Absences
	Feeds    Feeds
	Notices  Notices
}

// New returns a Book. A process that is wrong in itself is an error: a mistake of the
// program.
func New(o Options) (*Book, error) {
	b := &Book{processes: map[string]*process.Process{}, outside: o.Outside, office: o.Office, warn: cmp.Or(o.Warn, usualWarning), now: o.Now}
	for _, p := range o.Processes {
		if err := p.Check(); err != nil {
			return nil, fmt.Errorf("casework: %w", err)
		}
		if b.processes[p.Key] != nil {
			return nil, fmt.Errorf("casework: the process %s is there twice", p.Key)
		}
		b.processes[p.Key] = &p
	}
	for _, p := range b.processes {
		if err := b.checkChildren(p); err != nil {
			return nil, err
		}
	}
	if b.outside == nil {
		b.outside = func(*db.Tx, string, []string, bool) (bool, error) { return false, nil }
	}
	if b.office.Calendar == nil {
		b.office.Calendar = calendar.Official
	}
	if b.now == nil {
		b.now = (*db.Tx).Now
	}
	b.Lists, b.Absences, b.Feeds, b.Notices = Lists{b}, Absences{b}, Feeds{b}, Notices{b}
	return b, nil
}

// checkChildren wants the moves of children to be there of which a need speaks.
func (b *Book) checkChildren(p *process.Process) error {
	for _, m := range p.Moves {
		for _, n := range m.Needs {
			for _, not := range n.Not {
				kind, move, ofChild := strings.Cut(not, "/")
				if !ofChild {
					continue
				}
				child := b.processes[kind]
				if child == nil {
					return fmt.Errorf("casework: %s: others than who made %s, and there is no process %s", p.Key, not, kind)
				}
				if _, ok := child.Move(move); !ok {
					return fmt.Errorf("casework: %s: others than who made %s, which is no move", p.Key, not)
				}
			}
		}
	}
	return nil
}

// Office is the days and hours that are worked here.
func (b *Book) Office() clock.Office { return b.office }

// Process returns a process by its key, or nil.
func (b *Book) Process(key string) *process.Process { return b.processes[key] }

// Person is somebody, and for whom they act: both opaque.
type Person struct {
	ID           string `json:"id"`
	Organisation string `json:"organisation,omitempty"`
	// For is whose place they take while that one is away ([Absences.Appoint]); both count as
	// having done it. A step of somebody whom nobody has appointed is refused.
	For string `json:"for,omitempty"`
}

// newID returns an id in the order of making.
func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("casework: %w", err)
	}
	return id.String(), nil
}
