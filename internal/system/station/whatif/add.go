package whatif

import "slices"

// Add returns changes with one more, as a planner means it: closing takes
// back what was done to the station before, a second move or other hours replace
// the first, and what is done to a new station is done to its opening. A change
// that is there already is not added again.
func Add(changes []Change, c Change) []Change {
	out := slices.Clone(changes)
	if c.Act == OpenStation {
		return append(out, c)
	}
	if i := slices.IndexFunc(out, func(o Change) bool { return o.Act == OpenStation && c.Code == o.Code }); i >= 0 && c.Code != "" {
		switch c.Act {
		case CloseStation:
			return Remove(out, i)
		case MoveStation:
			out[i].At = c.At
			return out
		case ChangeHours:
			out[i].Hours = c.Hours
		case PauseDays:
			out[i].Hours = out[i].Hours.Without(c.Days)
		case OpenStation:
		}
		// What was done to its hours by the way of its brand stands after it.
		return out
	}
	out = slices.DeleteFunc(out, func(o Change) bool {
		same := o.Act != OpenStation && o.Code == c.Code && (c.Code != "" || o.Brand == c.Brand)
		return same && (c.Act == CloseStation || o.Act == c.Act || c.Act == ChangeHours && o.Act == PauseDays)
	})
	return append(out, c)
}

// Remove returns changes without one, and without those that are about
// the station that it opened.
func Remove(changes []Change, i int) []Change {
	gone := changes[i]
	out := slices.Delete(slices.Clone(changes), i, i+1)
	if gone.Act == OpenStation {
		out = slices.DeleteFunc(out, func(c Change) bool { return c.Act != OpenStation && c.Code == gone.Code })
	}
	return out
}
