package station

import (
	"context"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Door is what is said of a station's door.
type Door string

// All that may be said of it.
const (
	DoorOpen Door = "open" // as posted
	DoorShut Door = "shut" // until it is said to be open
)

// SayDoor is what a keeper says of the version of their station that they have seen: that
// it is open as posted, or that it is paused. Either way somebody was there on that day. A
// fault.Conflict says that somebody else has changed it, or that it is a candidate.
func (s *Service) SayDoor(ctx context.Context, who identity.Colleague, code string, version int64, door Door, day calendar.Date) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		now, err := read(tx, code)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, KeepDoor, right.In(now.Division, Subject(code)))
		if err != nil {
			return fault.At("staff", err)
		}
		if door != DoorOpen && door != DoorShut { // neither is the usual one
			return fault.At("door", fault.New(fault.Invalid, "“%s”不明白：请点“照常开着”或“暂停开放”", "“%s” cannot be read: choose open as posted, or pause it", lang.Short(string(door))))
		}
		if now.Status == Candidate {
			return fault.New(fault.Conflict, "%s 还是候选，没有门可开。", "%s is a candidate and has no door yet.", code)
		}
		after := now
		after.Version, after.Checked, after.Status = version, day, Paused
		if door == DoorOpen {
			after.Status = Operating
		}
		_, err = after.onto(tx, who, by, now, "")
		return err
	})
}

// Kept are the codes of the stations that somebody keeps, by the grants that they came in
// with.
func Kept(who identity.Colleague) (codes []string) {
	for _, g := range who.Grants {
		if code, ok := strings.CutPrefix(g.Scope.Subject, Subject("")); ok && g.Role == Keeper {
			codes = append(codes, code)
		}
	}
	return codes
}
