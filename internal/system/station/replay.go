package station

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// FromLog makes the register of what the public log says, without the database.
var FromLog = &figure.Fold{
	Kinds: []string{Added{}.Kind(), Changed{}.Kind(), Removed{}.Kind()},
	Begin: func() figure.State { return &Register{cells: map[string]Cells{}, same: map[string]string{}} },
}

// Register is the stations as the entries of the log make them.
type Register struct {
	cells map[string]Cells
	same  map[string]string // texts that many stations share, once each

	// Contradicted counts what entries say of a station that the ones before do not
	// bear out, as after an older database was put back. The later entry holds.
	Contradicted int
}

// Add takes in an entry on a station.
func (r *Register) Add(s logtree.Statement) error {
	var e struct {
		Code    string                `json:"code"`
		Facts   map[string]string     `json:"facts"`
		Changes map[string]Difference `json:"changes"`
	}
	if err := json.Unmarshal(s.Public, &e); err != nil {
		return fmt.Errorf("station: %s: %w", s.Kind, err)
	}
	was, there := r.cells[e.Code]
	if there == (s.Kind == Added{}.Kind()) {
		r.Contradicted++
	}
	if s.Kind == (Removed{}).Kind() {
		delete(r.cells, e.Code)
		return nil
	}
	now := Cells{FieldCode: e.Code}
	if s.Kind == (Changed{}).Kind() {
		now = was
		now[FieldCode] = e.Code
	}
	for f := range lastField {
		if c, ok := e.Changes[f.Key()]; ok {
			if there && was[f] != c.Before {
				r.Contradicted++
			}
			now[f] = r.once(c.After)
		}
		if fact, ok := e.Facts[f.Key()]; ok {
			now[f] = r.once(fact)
		}
	}
	r.cells[e.Code] = now
	return nil
}

// mostShared bounds the texts that are looked up: names and addresses are mostly of one
// station and would only fill the table.
const mostShared = 10_000

func (r *Register) once(text string) string {
	if known, ok := r.same[text]; ok {
		return known
	}
	if len(r.same) < mostShared {
		r.same[text] = text
	}
	return text
}

// Len is how many stations there are.
func (r *Register) Len() int { return len(r.cells) }

// All are the stations' facts by code.
func (r *Register) All() iter.Seq[Cells] {
	return func(yield func(Cells) bool) {
		for _, code := range slices.Sorted(maps.Keys(r.cells)) {
			if !yield(r.cells[code]) {
				return
			}
		}
	}
}

// Stations reads them all.
func (r *Register) Stations() ([]Station, error) {
	out := make([]Station, 0, len(r.cells))
	for c := range r.All() {
		given, err := geo.ParseDatum(c[FieldDatum])
		if err != nil {
			return nil, fmt.Errorf("station %s: %w", c[FieldCode], err)
		}
		c[FieldDatum] = geo.WGS84.String() // in which the record has positions
		s, err := FromCells(c)
		if err != nil {
			return nil, fmt.Errorf("station %s: %w", c[FieldCode], err)
		}
		s.Datum = given
		out = append(out, s)
	}
	return out, nil
}

// Says tells whether the log says the same as a register.
func (r *Register) Says(stations []Station) bool {
	if len(stations) != len(r.cells) {
		return false
	}
	for _, s := range stations {
		if r.cells[s.Code] != s.Canonical() {
			return false
		}
	}
	return true
}
