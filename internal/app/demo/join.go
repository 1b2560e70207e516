package demo

import (
	"cmp"
	"slices"
)

// touch is how near a corner must be to a line to lie on it.
const touch = 15

// segment is one straight piece of a line, with the places where others meet it.
type segment struct {
	line, piece int
	a, b        point
	cuts        []point
}

// joined returns the lines with a corner wherever they cross or touch each
// other: the same point in both, so that they are joined there.
func joined(lines [][]point) [][]point {
	var all []*segment
	for i, line := range lines {
		for j := range len(line) - 1 {
			all = append(all, &segment{line: i, piece: j, a: line[j], b: line[j+1]})
		}
	}
	sweep(all)
	slices.SortFunc(all, func(s, t *segment) int {
		return cmp.Or(cmp.Compare(s.line, t.line), cmp.Compare(s.piece, t.piece))
	})
	out := make([][]point, len(lines))
	for _, s := range all {
		slices.SortFunc(s.cuts, func(p, q point) int { return cmp.Compare(p.minus(s.a).length(), q.minus(s.a).length()) })
		out[s.line] = append(append(append(out[s.line], s.a), s.cuts...), s.b)
	}
	for i := range out {
		out[i] = slices.Compact(out[i])
	}
	return out
}

// sweep compares each segment with those that overlap it from west to east.
func sweep(all []*segment) {
	slices.SortFunc(all, func(s, t *segment) int {
		return cmp.Or(cmp.Compare(min(s.a.X, s.b.X), min(t.a.X, t.b.X)), cmp.Compare(s.line, t.line), cmp.Compare(s.piece, t.piece))
	})
	for i, s := range all {
		east := max(s.a.X, s.b.X) + touch
		for _, t := range all[i+1:] {
			if min(t.a.X, t.b.X) > east {
				break
			}
			if max(s.a.Y, s.b.Y)+touch >= min(t.a.Y, t.b.Y) && max(t.a.Y, t.b.Y)+touch >= min(s.a.Y, s.b.Y) {
				join(s, t)
			}
		}
	}
}

// join marks where two segments meet: at an end of one that lies on the other,
// or else where they cross.
func join(s, t *segment) {
	touching := false
	on := func(p point, s *segment) {
		if nearest(p, s.a, s.b).minus(p).length() <= touch {
			touching = true
			if p != s.a && p != s.b {
				s.cuts = append(s.cuts, p)
			}
		}
	}
	on(s.a, t)
	on(s.b, t)
	on(t.a, s)
	on(t.b, s)
	if touching {
		return
	}
	if p, ok := meet(s.a, s.b, t.a, t.b); ok {
		s.cuts, t.cuts = append(s.cuts, p), append(t.cuts, p)
	}
}
