package visit

import (
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

type ofProblem struct {
	Problem string `db:"problem"`
	Limit   int    `db:"lim"`
}

var (
	seenFor   = db.Declare[ofProblem, Seen](`SELECT /*cols*/ FROM complaint_seen WHERE problem = :problem ORDER BY happened DESC, act DESC LIMIT :lim`)
	toldFor   = db.Declare[ofProblem, Told](`SELECT /*cols*/ FROM complaint_told WHERE problem = :problem ORDER BY happened DESC, act DESC LIMIT :lim`)
	signedFor = db.Declare[ofProblem, Signed](`SELECT /*cols*/ FROM complaint_signed WHERE problem = :problem ORDER BY happened DESC, act DESC LIMIT :lim`)
)

// mostActs bounds what a problem's page has of visits.
const mostActs = 300

// Paid is a visit that was paid to a problem, as its page has it.
type Paid struct {
	Halt
	Round Round
	Items []evidence.Item
}

// PaidTo lists the visits that were paid to a problem, the latest first, for who sees the problem: an office also what is held.
func PaidTo(tx *db.Tx, p problem.Problem, office bool) (all []Paid, err error) {
	q := ofProblem{p.ID, mostActs}
	saw, err := seenFor.Slice(tx, q)
	if err != nil {
		return nil, err
	}
	said, err := toldFor.Slice(tx, q)
	if err != nil {
		return nil, err
	}
	inked, err := signedFor.Slice(tx, q)
	if err != nil {
		return nil, err
	}
	if !office {
		saw = slices.DeleteFunc(saw, func(s Seen) bool { return s.Held })
		said = slices.DeleteFunc(said, func(t Told) bool { return t.Held && t.Measure == 0 })
		inked = slices.DeleteFunc(inked, func(s Signed) bool { return s.Held })
	}
	of := func(round string) *Paid {
		for i := range all {
			if all[i].Round.ID == round {
				return &all[i]
			}
		}
		all = append(all, Paid{Halt: Halt{Problem: p}, Round: Round{ID: round}})
		return &all[len(all)-1]
	}
	for _, s := range saw {
		h := of(s.Round)
		h.Seen = append(h.Seen, s)
	}
	for _, t := range said {
		h := of(t.Round)
		h.Told = append(h.Told, t)
	}
	for _, s := range inked {
		h := of(s.Round)
		h.Signed = append(h.Signed, s)
	}
	for i := range all {
		h := &all[i]
		slices.Reverse(h.Seen)
		slices.Reverse(h.Told)
		slices.Reverse(h.Signed)
		if h.Round, err = read(tx, h.Round.ID); err != nil {
			return nil, err
		}
		if h.Items, err = evidence.Items(tx, complaint.System, Evidence(p.ID, h.Round.ID)); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b Paid) int {
		if c := strings.Compare(b.Round.Day, a.Round.Day); c != 0 {
			return c
		}
		return strings.Compare(b.Round.ID, a.Round.ID)
	})
	return all, nil
}
