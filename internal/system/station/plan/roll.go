package plan

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang/grams"
	"github.com/xiadu/xiadu/internal/system/station"
)

// planRoll is the list of plans in memory, apart from the plans themselves, which
// are large: a search of the database would read all of every one. It is made
// anew by the first who asks after a change.
type planRoll struct {
	versions int64         // the sum of all, which every change makes grow
	plans    []planRollRow // by code, as the engine has it
	words    *grams.Index
	orders   [len(planOrders)][]int32 // as each is wanted first
}

// planRollRow is what a plan is searched, filtered and sorted by.
type planRollRow struct {
	Code      string    `db:"code"`
	Number    int64     `db:"number"`
	NameOrder string    `db:"name_order"`
	Origin    string    `db:"origin"`
	Gain      int64     `db:"gain"`
	Archived  bool      `db:"archived"`
	Search    string    `db:"search"`
	UpdatedAt time.Time `db:"updated_at"`
}

var (
	planVersions = db.Declare[db.None, int64](`SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM station_plan`)
	planRollRows = db.Declare[db.None, planRollRow](`SELECT /*cols*/ FROM station_plan ORDER BY code`)
)

// planRoll returns the list as tx sees it.
func (s *Service) planRoll(tx *db.Tx) (*planRoll, error) {
	now, err := planVersions.One(tx, db.None{})
	if err != nil {
		return nil, err
	}
	if held := s.plans.Load(); held != nil && held.versions == now {
		return held, nil
	}
	r := &planRoll{versions: now}
	if r.plans, err = planRollRows.Slice(tx, db.None{}); err != nil {
		return nil, err
	}
	texts := make([]string, len(r.plans))
	for i := range r.plans {
		texts[i], r.plans[i].Search = r.plans[i].Search, ""
	}
	r.words = grams.New(texts)
	for o := range planOrders {
		all := make([]int32, len(r.plans))
		for i := range all {
			all[i] = int32(i)
		}
		slices.SortFunc(all, func(a, b int32) int { return r.compare(Order(o), &r.plans[a], a, b) })
		r.orders[o] = all
	}
	s.plans.Store(r)
	return r, nil
}

// compare tells where a plan that would be the ith by code stands beside the jth,
// in an order as it is wanted first.
func (r *planRoll) compare(o Order, a *planRollRow, i, j int32) int {
	b := &r.plans[j]
	var by int
	switch o {
	case PlansByUpdate:
		by = a.UpdatedAt.Compare(b.UpdatedAt)
	case PlansByCode:
		by = cmp.Compare(a.Number, b.Number)
	case PlansByName:
		by = strings.Compare(a.NameOrder, b.NameOrder)
	case PlansByGain:
		by = cmp.Compare(a.Gain, b.Gain)
	}
	if by = cmp.Or(by, cmp.Compare(i, j)); planOrders[o].down {
		return -by
	}
	return by
}

// list returns a page, how many plans there are on all, and whether there is
// another.
func (r *planRoll) list(f Filter) (page []*planRollRow, total int64, more bool) {
	found := r.words.All(station.WordsOf(f.Text))
	found.Each(func(i int) {
		if p := &r.plans[i]; p.Archived != f.Archived || f.Origin != nil && p.Origin != f.Origin.Key() {
			found.Drop(i)
		}
	})
	order := r.orders[f.Order]
	at, step := r.after(f), 1
	if f.Reverse {
		step = -1
	}
	for ; at >= 0 && at < len(order); at += step {
		i := int(order[at])
		if !found.Has(i) {
			continue
		}
		if len(page) == min(max(f.Limit, 1), station.MaxPage) {
			more = true
			break
		}
		page = append(page, &r.plans[i])
	}
	return page, int64(found.Len()), more
}

// after returns where in its order a page begins. A plan stays in the list for
// ever, if in the archive; a mark that names none is one that somebody made up.
func (r *planRoll) after(f Filter) int {
	order := r.orders[f.Order]
	begin := 0
	if f.Reverse {
		begin = len(order) - 1
	}
	key, code, ok := strings.Cut(f.After, "~")
	if !ok {
		return begin
	}
	place := slices.IndexFunc(r.plans, func(p planRollRow) bool { return p.Code == code })
	if place < 0 {
		return begin
	}
	mark := planRollRow{}
	planOrders[f.Order].begin(&mark, key)
	at, here := slices.BinarySearchFunc(order, int32(place), func(n, place int32) int { return -r.compare(f.Order, &mark, place, n) })
	switch {
	case f.Reverse:
		return at - 1
	case here:
		return at + 1
	}
	return at
}
