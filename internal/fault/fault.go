// Package fault has the kinds of error that a user can do something about.
//
// There are six. internal/web maps them to HTTP statuses once and cmd/xiadu to
// exit codes once. A fault carries its message in both languages and says what
// happened, why, and what to do. Any other error is a defect or an outage: it is
// logged whole and shown to the user only as "something broke here".
package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/lang"
)

// Kind says who can mend the error, and how.
type Kind uint8

// The kinds.
const (
	Invalid     Kind = iota + 1 // the input breaks a rule: correct it
	NotFound                    // no such thing
	Conflict                    // it changed meanwhile: look again, then repeat
	Denied                      // not yours to do
	Late                        // the time for it has passed
	Unavailable                 // not now: a part is missing or full; repeat later
)

// Error is a message for a user.
type Error struct {
	Kind Kind
	Text lang.Text
	// Reader is what somebody is told who only reads the pages and can mend nothing of
	// it; the Text is then for whoever runs the program, in its log. Empty: the Text.
	Reader lang.Text
	Field  string // of a form or an address, that is to be corrected; empty: no one field
	Cause  error  // for the log; never shown
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Text.EN + ": " + e.Cause.Error()
	}
	return e.Text.EN
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New returns an error of the given kind. Both formats take the same args.
func New(kind Kind, zh, en string, args ...any) *Error {
	return &Error{Kind: kind, Text: lang.Text{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}}
}

// Because adds the cause, for the log.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
	return e
}

// Telling says what readers are told in the place of the text; see Error.Reader.
func (e *Error) Telling(zh, en string) *Error {
	e.Reader = lang.Text{ZH: zh, EN: en}
	return e
}

// ForReader is what a reader of the pages is told where that is not the fault's own text,
// and false where it is.
func ForReader(l lang.Lang, err error) (string, bool) {
	if e, ok := errors.AsType[*Error](err); ok && e.Reader != (lang.Text{}) {
		return e.Reader.In(l), true
	}
	return "", false
}

// At says which field of a form a fault is about, so that a page can say it there.
// A fault that knows already keeps its own, and what is no fault stays as it is. A form
// with several faults is read whole, and they are joined with errors.Join.
func At(field string, err error) error {
	e, ok := err.(*Error) //nolint:errorlint // what is wrapped has more to say than the fault in it
	if !ok || e == nil || e.Field != "" {
		return err
	}
	there := *e
	there.Field = field
	return &there
}

// Renamed is err where a form calls a field otherwise than the use case, also among several faults.
func Renamed(err error, from, to string) error {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, one := range several.Unwrap() {
			all = append(all, Renamed(one, from, to))
		}
		return errors.Join(all...)
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Field == from {
		there := *e
		there.Field = to
		return &there
	}
	return err
}

// Fields returns the faults of err by the field that each is about, the first of each,
// and false if something else is wrong too: then no form can show all of it.
func Fields(err error) (map[string]*Error, bool) {
	out := map[string]*Error{}
	return out, err == nil || gather(err, out)
}

func gather(err error, to map[string]*Error) bool {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range several.Unwrap() {
			if !gather(one, to) {
				return false
			}
		}
		return true
	}
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Field == "" {
		return false
	}
	if to[e.Field] == nil {
		to[e.Field] = e
	}
	return true
}

// Named is In for somebody who has no form before them, as a program or a command line:
// every fault says which field it is of. A refusal is about who asks and not about what
// was written, wherever a form would show it.
func Named(l lang.Lang, err error) (string, bool) {
	fields, all := Fields(err)
	if !all || len(fields) == 0 || KindOf(err) == Denied {
		return In(l, err)
	}
	var said []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		said = append(said, name+l.T("：", ": ")+fields[name].Text.In(l))
	}
	return strings.Join(said, "\n"), true
}

// Each is every fault of err in its order, a line each, with the field that it is about: for who mends a file. False: something else is wrong too.
func Each(l lang.Lang, err error) (lines []string, ok bool) {
	if several, is := err.(interface{ Unwrap() []error }); is {
		for _, one := range several.Unwrap() {
			more, ok := Each(l, one)
			if !ok {
				return nil, false
			}
			lines = append(lines, more...)
		}
		return lines, true
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return nil, false
	}
	line := e.Text.In(l)
	if e.Field != "" {
		line = e.Field + l.T("：", ": ") + line
	}
	return []string{line}, true
}

// KindOf returns the kind of the first fault in err's chain, or 0.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return 0
}

// In returns the message for a user who reads l, and false if err carries none.
func In(l lang.Lang, err error) (string, bool) {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Text.In(l), true
	}
	return "", false
}
