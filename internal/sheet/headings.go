package sheet

import (
	"slices"
	"strings"
	"unicode"
)

// Headings finds fields by the names that offices and programs give them. A
// heading counts whatever its case, spaces and marks: “ *营 业 时 间：” and
// “经度（WGS-84）” are headings too.
type Headings struct {
	fields int
	places map[string][]place
}

// place is a name's field, and how good a name it is for it.
type place struct{ field, rank int }

// NewHeadings takes the names of each field, the best first.
func NewHeadings(fields ...[]string) Headings {
	h := Headings{len(fields), map[string][]place{}}
	for field, names := range fields {
		for rank, name := range names {
			name = plainHeading(name)
			known := func(p place) bool { return p.field == field } // it may go by one name in two languages
			if !slices.ContainsFunc(h.places[name], known) {
				h.places[name] = append(h.places[name], place{field, rank})
			}
		}
	}
	return h
}

// Passed is a column that was passed over, since another is that field already.
type Passed struct{ Field, Won, Lost int }

// Find returns the column of each field, or -1. If several columns are one field,
// the best name wins, and of equal names the first, so that a file always reads
// the same; the losers are in passed, to be told.
func (h Headings) Find(columns []string) (at []int, passed []Passed) {
	at = make([]int, h.fields)
	rank := make([]int, h.fields)
	for i := range at {
		at[i] = -1
	}
	for i, column := range columns {
		for _, p := range h.find(column) {
			switch won := at[p.field]; {
			case won < 0:
				at[p.field], rank[p.field] = i, p.rank
			case p.rank < rank[p.field]:
				passed = append(passed, Passed{p.field, i, won})
				at[p.field], rank[p.field] = i, p.rank
			default:
				passed = append(passed, Passed{p.field, won, i})
			}
		}
	}
	for i := range passed {
		passed[i].Won = at[passed[i].Field] // who won at first may have lost later
	}
	return at, passed
}

// find prefers the whole heading to the part before its remark.
func (h Headings) find(column string) []place {
	whole := plainHeading(column)
	before, _, remarked := strings.Cut(whole, "(")
	places := h.places[whole]
	if !remarked || len(places) > 0 {
		return ranked(places, 0)
	}
	return ranked(h.places[plainHeading(before)], 1)
}

// ranked makes room between names for the same ones with a remark.
func ranked(places []place, worse int) []place {
	out := make([]place, len(places))
	for i, p := range places {
		out[i] = place{p.field, 2*p.rank + worse}
	}
	return out
}

// plainHeading is the form in which headings are compared. Between Chinese
// characters a space is only for looks; between English words it counts once.
func plainHeading(s string) string {
	s = strings.NewReplacer("（", "(", "）", ")", "\ufeff", "").Replace(strings.ToLower(s))
	s = strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("*＊:：", r) })
	words := strings.Fields(s)
	if strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return strings.Join(words, "")
	}
	return strings.Join(words, " ")
}
