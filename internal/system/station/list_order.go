package station

import (
	"iter"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang"
)

// Order is what a list is sorted by, forwards or, with Filter.Reverse, from the
// end. Stations that are alike in it follow by code, so that every order is
// total and a page can begin after any station.
type Order uint8

// The orders.
const (
	ByCode Order = iota
	ByName
	ByBrand
	ByDivision
	ByChecked // never before long ago: what is to be checked first
)

// orders has, for each Order, its key for addresses, the column that it sorts
// by, and what a station has there. An index begins with each column.
var orders = [...]struct {
	key, column string
	of          func(stationRow) string
}{
	ByCode:     {"code", "code", nil},
	ByName:     {"name", "name_order", func(r stationRow) string { return r.NameOrder }},
	ByBrand:    {"brand", "brand", func(r stationRow) string { return r.Brand }},
	ByDivision: {"division", "division", func(r stationRow) string { return r.Division }},
	ByChecked:  {"checked", "checked", func(r stationRow) string { return r.Checked }},
}

// Key is the order's name in addresses.
func (o Order) Key() string { return orders[o].key }

// Orders lists all orders.
func Orders() iter.Seq[Order] {
	return func(yield func(Order) bool) {
		for o := range orders {
			if !yield(Order(o)) {
				return
			}
		}
	}
}

// ParseOrder reads a Key.
func ParseOrder(s string) (Order, bool) { return lang.ByKey(Orders(), s) }

// ways are forwards and from the end.
var ways = [2]struct{ beyond, direction string }{{">", ""}, {"<", " DESC"}}

// beyond is the condition that a station stands beyond where a page begins.
func beyond(o, way int) string {
	if orders[o].of == nil {
		return `[AND code ` + ways[way].beyond + ` :after]`
	}
	return `[AND (` + orders[o].column + `, code) ` + ways[way].beyond + ` (:key, :after)]`
}

// listed has the query of each order, forwards and from the end.
var listed = func() (all [len(orders)][2]db.Query[filterRow, stationRow]) {
	for o, by := range orders {
		for i, way := range ways {
			order := by.column + way.direction + `, code` + way.direction
			if by.of == nil {
				order = `code` + way.direction
			}
			all[o][i] = db.Declare[filterRow, stationRow](`SELECT /*cols*/ FROM station_station WHERE true ` + beyond(o, i) + filtered + ` ORDER BY ` + order + ` LIMIT :lim`)
		}
	}
	return all
}()

// beyondMark counts what stands beyond where a page begins.
var beyondMark = func() (all [len(orders)][2]db.Query[filterRow, int64]) {
	for o := range orders {
		for i := range ways {
			all[o][i] = db.Declare[filterRow, int64](`SELECT count(*) FROM station_station WHERE true ` + beyond(o, i) + filtered)
		}
	}
	return all
}()

// mark is where a page of the order ends, for Filter.After: what it is sorted
// by and the code, neither of which has a tilde.
func (o Order) mark(r stationRow) string {
	if of := orders[o].of; of != nil {
		return of(r) + "~" + r.Code
	}
	return r.Code
}

// begin puts the place where a page begins into r.
func (o Order) begin(r *filterRow, after string) {
	if after == "" {
		return
	}
	key, code := "", after
	if orders[o].of != nil {
		key, code, _ = strings.Cut(after, "~")
	}
	r.Key, r.After = &key, &code
}
