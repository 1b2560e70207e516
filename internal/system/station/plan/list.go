package plan

import (
	"context"
	"iter"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang"
)

// Filter chooses plans for a list. The zero PlanFilter chooses all that are
// not archived, those changed last first.
type Filter struct {
	Text     string // words that must all occur in code, name or note
	Origin   *Origin
	Archived bool // those in the archive, and no others
	Order    Order
	Reverse  bool
	After    string // PlanPage.Next of the page before, in the same order
	Limit    int    // 1 to 500
}

// Page is a page of a list of plans.
type Page struct {
	Plans []Plan
	Total int64  // of all pages
	Next  string // for PlanFilter.After; empty on the last page
}

// Order is what a list of plans is sorted by. Each has the direction that
// people want first.
type Order uint8

// The orders.
const (
	PlansByUpdate Order = iota // the latest first
	PlansByCode
	PlansByName
	PlansByGain // the largest first
)

// planOrders has, for each order, its key for addresses, whether it runs from the
// end, what a plan has there, as a page's mark says it, and how a mark is read.
var planOrders = [...]struct {
	key   string
	down  bool
	mark  func(*planRollRow) string
	begin func(*planRollRow, string)
}{
	PlansByUpdate: {
		"updated", true, func(r *planRollRow) string { return strconv.FormatInt(r.UpdatedAt.UnixMicro(), 10) },
		func(r *planRollRow, key string) { r.UpdatedAt = time.UnixMicro(marked(key)).UTC() },
	},
	PlansByCode: {
		"code", false, func(r *planRollRow) string { return strconv.FormatInt(r.Number, 10) },
		func(r *planRollRow, key string) { r.Number = marked(key) },
	},
	PlansByName: {
		"name", false, func(r *planRollRow) string { return r.NameOrder },
		func(r *planRollRow, key string) { r.NameOrder = key },
	},
	PlansByGain: {
		"gain", true, func(r *planRollRow) string { return strconv.FormatInt(r.Gain, 10) },
		func(r *planRollRow, key string) { r.Gain = marked(key) },
	},
}

// marked reads a mark; one that somebody made up begins at nought.
func marked(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// Key is the order's name in addresses.
func (o Order) Key() string { return planOrders[o].key }

// Orders lists all orders.
func Orders() iter.Seq[Order] {
	return func(yield func(Order) bool) {
		for o := range planOrders {
			if !yield(Order(o)) {
				return
			}
		}
	}
}

// ParseOrder reads a Key.
func ParseOrder(s string) (Order, bool) { return lang.ByKey(Orders(), s) }

// List returns a page of the plans that f chooses.
func (s *Service) List(ctx context.Context, f Filter) (page Page, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		roll, err := s.planRoll(tx)
		if err != nil {
			return err
		}
		rows, total, more := roll.list(f)
		page.Total = total
		for _, r := range rows {
			p, err := readPlan(tx, r.Code)
			if err != nil {
				return err
			}
			page.Plans = append(page.Plans, p)
		}
		if more {
			last := rows[len(rows)-1]
			page.Next = planOrders[f.Order].mark(last) + "~" + last.Code
		}
		return nil
	})
	return page, err
}
