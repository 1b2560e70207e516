package station

import (
	"context"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
)

// PlanFilter chooses plans for a list. The zero PlanFilter chooses all that are
// not archived, those changed last first.
type PlanFilter struct {
	Text     string // words that must all occur in code, name or note
	Origin   *Origin
	Archived bool // those in the archive, and no others
	Order    PlanOrder
	Reverse  bool
	After    string // PlanPage.Next of the page before, in the same order
	Limit    int    // 1 to 500
}

// PlanPage is a page of a list of plans.
type PlanPage struct {
	Plans []Plan
	Total int64  // of all pages
	Next  string // for PlanFilter.After; empty on the last page
}

// PlanOrder is what a list of plans is sorted by. Each has the direction that
// people want first.
type PlanOrder uint8

// The orders.
const (
	PlansByUpdate PlanOrder = iota // the latest first
	PlansByCode
	PlansByName
	PlansByGain // the largest first
)

type planFilterRow struct {
	Word1    *string    `db:"word1"`
	Word2    *string    `db:"word2"`
	Word3    *string    `db:"word3"`
	Word4    *string    `db:"word4"`
	Origin   *string    `db:"origin"`
	Archived bool       `db:"archived"`
	Text     *string    `db:"text"`
	Number   *int64     `db:"number"`
	At       *time.Time `db:"moment"`
	After    *string    `db:"after"`
	Limit    int        `db:"lim"`
}

// planOrders has, for each order, its key for addresses, its column, the
// parameter that a page begins after, and whether it runs from the end.
var planOrders = [...]struct {
	key, column, parameter string
	down                   bool
	mark                   func(planRow) string
	begin                  func(*planFilterRow, string)
}{
	PlansByUpdate: {
		"updated", "updated_at", "moment", true, func(r planRow) string { return strconv.FormatInt(r.UpdatedAt.UnixMicro(), 10) },
		func(f *planFilterRow, key string) { n := marked(key); t := time.UnixMicro(n).UTC(); f.At = &t },
	},
	PlansByCode: {
		"code", "number", "number", false, func(r planRow) string { return strconv.FormatInt(r.Number, 10) },
		func(f *planFilterRow, key string) { n := marked(key); f.Number = &n },
	},
	PlansByName: {
		"name", "name_order", "text", false, func(r planRow) string { return r.NameOrder },
		func(f *planFilterRow, key string) { f.Text = &key },
	},
	PlansByGain: {
		"gain", "gain", "number", true, func(r planRow) string { return strconv.FormatInt(r.Gain, 10) },
		func(f *planFilterRow, key string) { n := marked(key); f.Number = &n },
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
func (o PlanOrder) Key() string { return planOrders[o].key }

// PlanOrders lists all orders.
func PlanOrders() iter.Seq[PlanOrder] {
	return func(yield func(PlanOrder) bool) {
		for o := range planOrders {
			if !yield(PlanOrder(o)) {
				return
			}
		}
	}
}

// ParsePlanOrder reads a Key.
func ParsePlanOrder(s string) (PlanOrder, bool) {
	for o := range PlanOrders() {
		if o.Key() == s {
			return o, true
		}
	}
	return PlansByUpdate, false
}

const filteredPlans = `
	WHERE archived = :archived
		[AND search LIKE '%' || :word1 || '%' ESCAPE '\']
		[AND search LIKE '%' || :word2 || '%' ESCAPE '\']
		[AND search LIKE '%' || :word3 || '%' ESCAPE '\']
		[AND search LIKE '%' || :word4 || '%' ESCAPE '\']
		[AND origin = :origin]`

var countPlans = db.Declare[planFilterRow, int64](`SELECT count(*) FROM station_plan` + filteredPlans)

// listedPlans has the query of each order, as it is wanted first and the reverse.
var listedPlans = func() (all [len(planOrders)][2]db.Query[planFilterRow, planRow]) {
	for o, by := range planOrders {
		for i := range all[o] {
			beyond, direction := ">", ""
			if by.down != (i == 1) {
				beyond, direction = "<", " DESC"
			}
			all[o][i] = db.Declare[planFilterRow, planRow](`SELECT /*cols*/ FROM station_plan` + filteredPlans +
				` [AND (` + by.column + `, code) ` + beyond + ` (:` + by.parameter + `, :after)]` +
				` ORDER BY ` + by.column + direction + `, code` + direction + ` LIMIT :lim`)
		}
	}
	return all
}()

// Plans returns a page of the plans that f chooses.
func (s *Service) Plans(ctx context.Context, f PlanFilter) (page PlanPage, err error) {
	row := f.row()
	way := 0
	if f.Reverse {
		way = 1
	}
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if page.Total, err = countPlans.One(tx, row); err != nil {
			return err
		}
		rows, err := listedPlans[f.Order][way].Slice(tx, row)
		if err != nil {
			return err
		}
		if n := row.Limit - 1; len(rows) > n { // one more was asked for, to see whether there is a next page
			rows = rows[:n]
			page.Next = planOrders[f.Order].mark(rows[n-1]) + "~" + rows[n-1].Code
		}
		for _, r := range rows {
			p, err := r.plan()
			if err != nil {
				return err
			}
			page.Plans = append(page.Plans, p)
		}
		return nil
	})
	return page, err
}

func (f PlanFilter) row() planFilterRow {
	r := planFilterRow{Archived: f.Archived, Limit: min(max(f.Limit, 1), maxPage) + 1}
	if key, code, ok := strings.Cut(f.After, "~"); ok {
		planOrders[f.Order].begin(&r, key)
		r.After = &code
	}
	for i, w := range searchWords(f.Text) {
		*[]**string{&r.Word1, &r.Word2, &r.Word3, &r.Word4}[i] = &w
	}
	if f.Origin != nil {
		key := f.Origin.Key()
		r.Origin = &key
	}
	return r
}

// wordsOf are the words of a search. What is no text is in none, and no engine
// is asked about it.
func wordsOf(text string) []string {
	words := strings.Fields(strings.ToLower(strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")))
	return words[:min(len(words), maxWords)]
}

// searchWords are the words of a search, ready for LIKE.
func searchWords(text string) []string {
	escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
	words := wordsOf(text)
	for i := range words {
		words[i] = escape.Replace(words[i])
	}
	return words
}
