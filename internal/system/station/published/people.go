package published

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// withPeople is the register, and what the log commits to of each kind of demand.
var withPeople = &figure.Fold{
	Kinds: append(slices.Clone(station.FromLog.Kinds), demand.ReplacedOnce{}.Kind(), demand.Replaced{}.Kind()),
	Begin: func() figure.State {
		return &register{station.FromLog.Begin().(*station.Register), map[string]string{}}
	},
}

// register is the stations and the hashes of the files of people, by kind of demand:
// empty where the log has none, or entries of before they committed to the cells.
type register struct {
	*station.Register
	people map[string]string
}

// hasPeople tells whether a kind of demand was ever brought.
func (r *register) hasPeople(kind string) bool {
	_, ok := r.people[kind]
	return ok
}

// Add takes in an entry.
func (r *register) Add(s logtree.Statement) error {
	if station.FromLog.Takes(s.Kind) {
		return r.Register.Add(s)
	}
	var e demand.Replaced
	if err := json.Unmarshal(s.Public, &e); err != nil {
		return fmt.Errorf("published: %s: %w", s.Kind, err)
	}
	r.people[cmp.Or(e.Demand, demand.People)] = e.SHA256
	return nil
}
