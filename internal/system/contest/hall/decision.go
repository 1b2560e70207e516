package hall

import (
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
)

// whole tells whether a decision says all that a want asks, and no more: of a tie the order of each entry that is in it, and of a line
// some of those at it, as many as have room.
func whole(w scoring.Want, d mark.Decision) bool {
	said := slices.Sorted(slices.Values(d.Entries))
	if len(slices.Compact(slices.Clone(said))) != len(said) {
		return false
	}
	if w.Cut == "" {
		return slices.Equal(said, w.Entries)
	}
	return len(said) <= w.Room && !slices.ContainsFunc(said, func(key string) bool { return !slices.Contains(w.Entries, key) })
}
