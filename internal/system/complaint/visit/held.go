package visit

import (
	"context"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

func (s Seen) late() bool   { return s.Held && !s.Looked }
func (t Told) late() bool   { return t.Held && !t.Looked && t.Measure == 0 }
func (s Signed) late() bool { return s.Held && !s.Looked }

// only is a stop with some of what was noted there.
func (h Halt) only(seen func(Seen) bool, told func(Told) bool, signed func(Signed) bool) Halt {
	h.Seen = slices.DeleteFunc(slices.Clone(h.Seen), func(s Seen) bool { return !seen(s) })
	h.Told = slices.DeleteFunc(slices.Clone(h.Told), func(t Told) bool { return !told(t) })
	h.Signed = slices.DeleteFunc(slices.Clone(h.Signed), func(s Signed) bool { return !signed(s) })
	return h
}

// Apart is a stop with what was brought after the round went there no more.
func (h Halt) Apart() Halt {
	return h.only(func(s Seen) bool { return s.Held }, func(t Told) bool { return t.Held }, func(s Signed) bool { return s.Held })
}

// Late is a stop with what of that waits for somebody to look at it: an instruction that became a measure does not.
func (h Halt) Late() Halt { return h.only(Seen.late, Told.late, Signed.late) }

// Counted is a stop without what is held.
func (h Halt) Counted() Halt {
	return h.only(func(s Seen) bool { return !s.Held }, func(t Told) bool { return !t.Held }, func(s Signed) bool { return !s.Held })
}

// Touched reports whether anything was noted there.
func (h Halt) Touched() bool { return len(h.Seen)+len(h.Told)+len(h.Signed) > 0 }

// Held reports whether something was brought after the round went there no more.
func (h Halt) Held() bool { return h.Apart().Touched() }

// Done reports whether somebody was there, on the round as it was.
func (h Halt) Done() bool { return len(h.Counted().Seen) > 0 }

// Finished reports whether something was noted at each stop: then the round is as it was, and another is planned.
func (w Whole) Finished() bool {
	return !slices.ContainsFunc(w.Stops, func(h Halt) bool { return !h.Counted().Touched() })
}

// All are the ids of what was noted at a stop, signatures with it.
func (h Halt) All() []string {
	ids := h.Acts()
	for _, s := range h.Signed {
		ids = append(ids, s.Act)
	}
	return ids
}

// Looking is what of a stop the office looked at, which came after the round was changed.
type Looking struct {
	Round   string
	Problem string // its code
	Acts    []string
}

var (
	lookSeen   = db.Declare[string, db.None](`UPDATE complaint_seen SET looked = TRUE WHERE act = :act`)
	lookTold   = db.Declare[string, db.None](`UPDATE complaint_told SET looked = TRUE WHERE act = :act`)
	lookSigned = db.Declare[string, db.None](`UPDATE complaint_signed SET looked = TRUE WHERE act = :act`)
)

// LookedAt keeps that the office looked at what came late: it asks no more. What came since is not among the acts, and stays late. An
// instruction can be made a measure afterwards, too.
func (v *Visits) LookedAt(ctx context.Context, who identity.Colleague, l Looking) error {
	return v.db.Update(ctx, func(tx *db.Tx) error {
		p, err := problem.ByCode(tx, l.Problem)
		if err != nil {
			return err
		}
		at, err := p.At(tx)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, complaint.Coordinate, at)
		if err != nil {
			return err
		}
		r, err := read(tx, l.Round)
		if err != nil {
			return err
		}
		noted, err := allOf(tx, ofRound{Round: r.ID, Problem: &p.ID})
		if err != nil {
			return err
		}
		n, late := 0, noted[p.ID].Late()
		for _, id := range late.All() {
			if !slices.Contains(l.Acts, id) {
				continue
			}
			n++
			for _, set := range []db.Query[string, db.None]{lookSeen, lookTold, lookSigned} {
				if _, err := set.Exec(tx, id); err != nil {
					return err
				}
			}
		}
		if n == 0 {
			return fault.New(fault.Conflict, "这些记录已经核实过，或已经定为措施。", "All of this was looked at already, or became a measure.")
		}
		return record.Append(tx, by.Sign, looked{person: by.Person, Visit: r.ID, Code: p.Code, Acts: n})
	})
}
