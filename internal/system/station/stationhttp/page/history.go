package page

import (
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// NoStation says that there is no station of a code.
func NoStation(code string) error {
	return fault.New(fault.NotFound, "没有编号为“%s”的驿站，可能已经撤销。请从首页重新查找。",
		"There is no station with the code “%s”; it may have been closed down. Look again from the first page.", lang.Short(code))
}

// Event is one change of a station, as anybody may read it.
type Event struct {
	When, What string
	By         string
	Who, Why   string // of its private part, for who may know
	Facts      []Fact
	Receipt    string // where its entry of the public log is explained
}

// Fact is one field of a change.
type Fact struct{ Name, Before, After string }

// OrNothing is s, or a word for nothing.
func OrNothing(l lang.Lang, s string) string {
	if s == "" {
		return l.T("（空）", "(empty)")
	}
	return s
}
