package expert

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Conflict is that an expert has a relation to a unit of a shortlisted entry.
type Conflict struct {
	Person string
	Number string // of the entry
	Unit   string // as the entry has it
	Kind   Kind
	Said   Said
}

// normal is a name as it is compared: widths are one, and white space does not count.
func normal(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(name))
}

// endings are how companies are called, behind their names; the longer first.
var endings = []string{"股份有限公司", "有限责任公司", "有限公司", "总公司", "分公司", "公司", "集团"}

// stem is a normal name without the endings of a company. What would leave nothing is its own stem.
func stem(name string) string {
	for again := true; again; {
		again = false
		for _, e := range endings {
			if short, ok := strings.CutSuffix(name, e); ok && short != "" {
				name, again = short, true
				break
			}
		}
	}
	return name
}

// touched is a unit of an entry.
type touched struct{ number, unit string }

// touches are units of entries by what they are found by.
type touches map[string]map[touched]bool

func (m touches) add(key string, t touched) {
	if m[key] == nil {
		m[key] = map[touched]bool{}
	}
	m[key][t] = true
}

// field is the shortlisted entries of a contest, by what may tie an expert to them.
type field struct {
	byName, byStem touches
	byOrg          touches // the organisation that a unit is
	above          touches // the organisations above it
}

// fieldOf reads the entries of a contest, and where their units stand in the tree of organisations.
func fieldOf(tx *db.Tx, code string) (*field, error) {
	entries, err := entry.Shortlisted(tx, code)
	if err != nil {
		return nil, err
	}
	f := &field{touches{}, touches{}, touches{}, touches{}}
	names := touches{}
	for _, e := range entries {
		for _, unit := range e.Groups[entry.Unit] {
			t := touched{e.Number, unit}
			f.byName.add(normal(unit), t)
			f.byStem.add(stem(normal(unit)), t)
			names.add(unit, t)
		}
		if e.Organisation != "" {
			o, err := identity.Named(tx, e.Organisation)
			if err != nil {
				return nil, err
			}
			f.byOrg.add(o.ID, touched{e.Number, o.Name})
		}
	}
	known, err := named(tx, names)
	if err != nil {
		return nil, err
	}
	for _, o := range known {
		for t := range names[o.Name] {
			f.byOrg.add(o.ID, t)
		}
	}
	for id, all := range f.byOrg {
		up, err := identity.Above(tx, id)
		if err != nil {
			return nil, err
		}
		for _, o := range up {
			for t := range all {
				if o != id {
					f.above.add(o, t)
				}
			}
		}
	}
	return f, nil
}

// atOnce is how many are asked for in one query.
const atOnce = 1000

// named are the organisations that units are by their names, each of which only one has.
func named(tx *db.Tx, names touches) (all []identity.Organisation, err error) {
	for some := range slices.Chunk(slices.Sorted(maps.Keys(names)), atOnce) {
		found, err := identity.AllNamed(tx, some)
		if err != nil {
			return nil, err
		}
		for i, o := range found {
			if (i == 0 || found[i-1].Name != o.Name) && (i+1 == len(found) || found[i+1].Name != o.Name) {
				all = append(all, o)
			}
		}
	}
	return all, nil
}

// Conflicts are the relations of the experts who may be asked to the units of a contest's shortlisted entries, by expert and number.
// Declared comes before found, and found before what is only alike.
func Conflicts(tx *db.Tx, code string) (all []Conflict, err error) {
	f, err := fieldOf(tx, code)
	if err != nil {
		return nil, err
	}
	active := true
	for q := (listing{Until: "99", Active: &active, Limit: atOnce}); ; {
		page, err := listed.Slice(tx, q)
		if err != nil {
			return nil, err
		}
		persons := make([]string, len(page))
		for i, e := range page {
			persons[i] = e.Person
		}
		relations, err := relationsBy.Slice(tx, persons)
		if err != nil {
			return nil, err
		}
		said := map[string][]Relation{}
		for _, r := range relations {
			said[r.Person] = append(said[r.Person], r)
		}
		for _, e := range page {
			some, err := f.of(tx, e, said[e.Person])
			if err != nil {
				return nil, err
			}
			all = append(all, some...)
		}
		if len(page) < atOnce {
			break
		}
		q.Division, q.Person = page[len(page)-1].Division, page[len(page)-1].Person
	}
	slices.SortFunc(all, func(a, b Conflict) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Kind, b.Kind))
	})
	return all, nil
}

// of are the conflicts of one expert: each relation to each unit once.
func (f *field) of(tx *db.Tx, e Expert, said []Relation) (all []Conflict, err error) {
	had := map[Conflict]bool{}
	put := func(some map[touched]bool, kin Kind, how Said) {
		for t := range some {
			key := Conflict{Number: t.number, Unit: t.unit, Kind: kin}
			if !had[key] {
				had[key] = true
				all = append(all, Conflict{e.Person, t.number, t.unit, kin, how})
			}
		}
	}
	for _, how := range []Said{Declared, Found} {
		for _, r := range said {
			if r.Said == how {
				put(f.byName[r.UnitKey], r.Kind, how)
			}
		}
	}
	own := []string{normal(e.Unit)}
	if e.Organisation != "" {
		o, err := identity.Named(tx, e.Organisation)
		if err != nil {
			return nil, err
		}
		own = append(own, normal(o.Name))
		put(f.byOrg[e.Organisation], Own, Found)
		put(f.above[e.Organisation], Subordinate, Found)
		up, err := identity.Above(tx, e.Organisation)
		if err != nil {
			return nil, err
		}
		for _, o := range up {
			if o != e.Organisation {
				put(f.byOrg[o], Superior, Found)
			}
		}
	}
	for _, name := range own {
		put(f.byName[name], Own, Found)
	}
	for _, r := range said {
		put(f.byStem[stem(r.UnitKey)], r.Kind, Alike)
	}
	for _, name := range own {
		put(f.byStem[stem(name)], Own, Alike)
	}
	return all, nil
}

// Conflicts is [Conflicts] for who holds the contest.
func (s *Experts) Conflicts(ctx context.Context, who identity.Colleague, code string) (all []Conflict, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		ev, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		if _, err := who.Admit(tx, contest.Organise, ev.Place()); err != nil {
			return err
		}
		all, err = Conflicts(tx, code)
		return err
	})
	return all, err
}
