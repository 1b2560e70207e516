package station

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang/grams"
)

// roll is the register at one revision in memory, ready for any list of it: what
// a filter asks about is in a few bytes a station, the words in an index, and
// every order is laid out. A list from it reads no row of the database, and is the
// same as the database's own, page for page.
type roll struct {
	revision  int64
	stations  []Station // by code as Go has it; a station's number is its place here
	words     *grams.Index
	facts     []rollFacts
	divisions []gb.Division
	rank      []int32               // of each station: its place by code as the engine has it
	orders    [len(orders)][]int32  // the stations' numbers
	keys      [len(orders)][]string // what each is sorted by there; nil for the code
}

// rollFacts is what filters ask about of a station.
type rollFacts struct {
	services Services
	division int32 // its place among the roll's
	brand    Brand
	size     Size
	status   Status
}

// rollRow is what a list is searched and sorted by, as it is stored.
type rollRow struct {
	Code      string `db:"code"`
	NameOrder string `db:"name_order"`
	Brand     string `db:"brand"`
	Division  string `db:"division"`
	Checked   string `db:"checked"`
	Search    string `db:"search"`
}

var rollRows = db.Declare[db.None, rollRow](`SELECT /*cols*/ FROM station_station ORDER BY code`)

// Hold keeps all stations by code, as they are at a revision, for lists: as long as
// the database is at it, List answers from them. What is old already is not kept.
func (s *Service) Hold(ctx context.Context, stations []Station, revision int64) error {
	if held := s.held.Load(); held != nil && held.revision == revision {
		again := *held
		again.stations = stations // equal, and the old ones can go
		s.held.Store(&again)
		return nil
	}
	r := newRoll(stations, revision)
	texts, current := make([]string, len(stations)), false
	err := s.db.View(ctx, func(tx *db.Tx) error {
		now, err := RevisionNow.One(tx, db.None{})
		if current = now == revision; err != nil || !current {
			return err
		}
		place := int32(0)
		for row, err := range rollRows.Each(tx, db.None{}) {
			if err != nil {
				return err
			}
			i, ok := r.number(row.Code)
			if !ok {
				return fmt.Errorf("station %s is in no snapshot of its revision", row.Code)
			}
			texts[i] = row.Search
			r.enter(i, place, row)
			place++
		}
		return nil
	})
	if err != nil || !current {
		return err
	}
	r.words = grams.New(texts)
	r.sort()
	s.held.Store(r)
	return nil
}

// number returns a station's place in the roll.
func (r *roll) number(code string) (int, bool) {
	return slices.BinarySearchFunc(r.stations, code, func(s Station, code string) int { return strings.Compare(s.Code, code) })
}

// newRoll takes a snapshot's facts over.
func newRoll(stations []Station, revision int64) *roll {
	n := len(stations)
	r := &roll{revision: revision, stations: stations, facts: make([]rollFacts, n), rank: make([]int32, n)}
	for o, by := range orders {
		if by.of != nil {
			r.keys[o] = make([]string, n)
		}
	}
	places := map[gb.Division]int32{}
	for i := range r.stations {
		s := &r.stations[i]
		place, ok := places[s.Division]
		if !ok {
			place = int32(len(r.divisions))
			places[s.Division], r.divisions = place, append(r.divisions, s.Division)
		}
		r.facts[i] = rollFacts{s.Services, place, s.Brand, s.Size, s.Status}
	}
	return r
}

// enter notes what station i is sorted by.
func (r *roll) enter(i int, place int32, row rollRow) {
	r.rank[i] = place
	whole := stationRow{Code: row.Code, NameOrder: row.NameOrder, Brand: row.Brand, Division: row.Division, Checked: row.Checked}
	for o, by := range orders {
		if by.of != nil {
			r.keys[o][i] = by.of(whole)
		}
	}
}

// sort lays the orders out.
func (r *roll) sort() {
	for o := range orders {
		all := make([]int32, len(r.stations))
		for i := range all {
			all[i] = int32(i)
		}
		slices.SortFunc(all, func(a, b int32) int { return r.compare(Order(o), r.key(o, a), r.rank[a], b) })
		r.orders[o] = all
	}
}

func (r *roll) key(o int, i int32) string {
	if r.keys[o] == nil {
		return ""
	}
	return r.keys[o][i]
}

// compare tells where something with a key and a rank stands beside station i.
func (r *roll) compare(o Order, key string, rank, i int32) int {
	return cmp.Or(strings.Compare(key, r.key(int(o), i)), cmp.Compare(rank, r.rank[i]))
}

// list is a stretch from the roll. It is false where a page begins after a station
// that is no longer there: the engine knows best where that would stand.
func (r *roll) list(f Filter, back bool) (x stretch, ok bool) {
	at := 0 // in the order, of the first that may be on the page
	order := r.orders[f.Order]
	if f.Reverse {
		at = len(order) - 1
	}
	if f.After != "" {
		if at, ok = r.after(f); !ok {
			return x, false
		}
	}
	found := r.chosen(f)
	limit, step := min(max(f.Limit, 1), MaxPage), 1
	if f.Reverse {
		step = -1
	}
	if !f.Uncounted {
		x.total = int64(found.Len())
		for i := at - step; i >= 0 && i < len(order); i -= step {
			if found.Has(int(order[i])) {
				x.earlier++
			}
		}
		if back { // what stands before it is what is still to come
			x.earlier = x.total - x.earlier
		}
	}
	for ; at >= 0 && at < len(order); at += step {
		i := order[at]
		if !found.Has(int(i)) {
			continue
		}
		if len(x.stations) == limit {
			x.more = true
			break
		}
		if x.last = r.mark(f.Order, i); x.first == "" {
			x.first = x.last
		}
		x.stations = append(x.stations, r.stations[i])
	}
	return x, true
}

// mark is Order.mark of station i.
func (r *roll) mark(o Order, i int32) string {
	if r.keys[o] == nil {
		return r.stations[i].Code
	}
	return r.keys[o][i] + "~" + r.stations[i].Code
}

// after returns where in its order a page begins.
func (r *roll) after(f Filter) (at int, ok bool) {
	var row filterRow
	f.Order.begin(&row, f.After)
	i, ok := r.number(*row.After)
	if !ok {
		return 0, false
	}
	at, here := slices.BinarySearchFunc(r.orders[f.Order], struct{}{}, func(n int32, _ struct{}) int {
		return -r.compare(f.Order, *row.Key, r.rank[i], n)
	})
	switch {
	case f.Reverse:
		return at - 1, true
	case here:
		return at + 1, true
	}
	return at, true
}

// among is a page of the stations of f.Among.
func (r *roll) among(f Filter, back bool) (Page, error) {
	if r == nil {
		return Page{}, nil
	}
	found, ok := r.list(f, back)
	if !ok {
		var row filterRow
		f.Order.begin(&row, f.After)
		return Page{}, fault.New(fault.Conflict, "名册刚变了，%s 已经不在里面，这一页接不上。请从第一页重新看。",
			"The register has just changed: %s is no longer in it, and this page began there. Begin again at the first page.", *row.After)
	}
	return found.page(f, back), nil
}

// chosen are the numbers of the stations that a filter chooses.
func (r *roll) chosen(f Filter) grams.Set {
	found := r.words.All(WordsOf(f.Text))
	if f.wordsOnly() {
		return found
	}
	inside := make([]bool, len(r.divisions))
	for n, d := range r.divisions {
		inside[n] = d.Within(f.Within)
	}
	found.Each(func(i int) {
		x := &r.facts[i]
		if !inside[x.division] || f.Brand != nil && x.brand != *f.Brand || f.Size != nil && x.size != *f.Size ||
			f.Status != nil && x.status != *f.Status || !x.services.Has(f.Needs) || f.Standing && x.status == Candidate ||
			!f.tended(&r.stations[i]) {
			found.Drop(i)
		}
	})
	return found
}

// wordsOnly reports whether a filter asks about nothing but words.
func (f *Filter) wordsOnly() bool {
	return !f.Within.Valid() && f.Brand == nil && f.Size == nil && f.Status == nil && f.Needs == 0 && !f.Standing &&
		!f.HoursUnknown && f.CheckedBefore == (calendar.Date{}) && f.Among == nil
}

// tended reports whether a station is one of those that need somebody, if a filter
// asks for them.
func (f *Filter) tended(s *Station) bool {
	return (!f.HoursUnknown || !s.Hours.Known()) &&
		(f.CheckedBefore == (calendar.Date{}) || s.Checked.Before(f.CheckedBefore)) &&
		(f.Among == nil || f.Among[s.Code])
}
