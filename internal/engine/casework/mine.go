package casework

import (
	"cmp"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/lang"
)

// Lists are what several holders owe and wait for, as one: for who answers for several.
type Lists struct{ *Book }

// Owing is what is owed on one case, by those of some holders who owe it.
type Owing struct {
	Duty
	Holders   []string // of those asked about; Duty.Holder is the first
	Process   string   // of the case
	Code      string
	ChangedAt time.Time
	Version   int // of the case: it counts what changes when something is due
}

// Ref names a case to the system that it is of.
type Ref struct{ Process, Case, Code string }

// Ref is the case.
func (o Owing) Ref() Ref { return Ref{o.Process, o.Case, o.Code} }

// Called is what a system calls a case of its own beside the code, which may be nothing, and where it is shown.
type Called struct {
	As    string // in place of its code, where that is for programs
	Title lang.Text
	Href  string
}

// maxHolders bounds for how many somebody asks at once.
const maxHolders = 100

type bounds struct {
	Holders []string  `db:"holders"`
	From    time.Time `db:"from_at"`
	Until   time.Time `db:"until_at"`
	Limit   int       `db:"lim"` // of duties
	Most    int       `db:"most"`
}

var (
	countOwed = db.Declare[bounds, int](`
		SELECT COUNT(*) AS n FROM (SELECT DISTINCT case_id FROM (SELECT case_id FROM casework_duty
		WHERE holder IN :holders AND due_at >= :from_at AND due_at < :until_at LIMIT :lim) AS duties LIMIT :most) AS counted`)
	countAwaited = db.Declare[bounds, int](`
		SELECT COUNT(*) AS n FROM (SELECT DISTINCT case_id FROM (SELECT case_id FROM casework_duty
		WHERE asker IN :holders AND holder NOT IN :holders AND due_at >= :from_at AND due_at < :until_at LIMIT :lim) AS duties LIMIT :most) AS counted`)
)

// Owed lists what any of several holders owe, the soonest first, each case once.
func (b Lists) Owed(tx *db.Tx, holders []string, p Page) ([]Owing, error) {
	return merged(tx, holders, p, owedBy)
}

// Awaited lists what others owe that any of several holders wait for: what they owe themselves is in
// their own list.
func (b Lists) Awaited(tx *db.Tx, askers []string, p Page) (all []Owing, err error) {
	p.Limit = cmp.Or(p.Limit, maxPage)
	for want := p.Limit; ; {
		rows, err := merged(tx, askers, p, awaitedBy)
		if err != nil {
			return nil, err
		}
		for _, o := range rows {
			if !slices.ContainsFunc(o.Holders, func(h string) bool { return slices.Contains(askers, h) }) {
				all = append(all, o)
			}
		}
		if len(rows) < p.Limit || len(all) >= want {
			return all[:min(len(all), want)], nil
		}
		p.After = rows[len(rows)-1].Duty
	}
}

// merged reads a page of each and joins them: each one is read as far as the whole page could need, so
// that nothing is left out between two pages.
func merged(tx *db.Tx, of []string, p Page, ask db.Query[owing, dutyOf]) (all []Owing, err error) {
	p.Limit = cmp.Or(p.Limit, maxPage)
	var duties []dutyOf
	for _, one := range of[:min(len(of), maxHolders)] {
		rows, err := ask.Slice(tx, p.of(one))
		if err != nil {
			return nil, err
		}
		duties = append(duties, rows...)
	}
	slices.SortStableFunc(duties, func(a, b dutyOf) int { return cmp.Or(a.DueAt.Compare(b.DueAt), cmp.Compare(a.Case, b.Case)) })
	for _, d := range duties {
		if n := len(all); n > 0 && all[n-1].Case == d.Case {
			if !slices.Contains(all[n-1].Holders, d.Holder) {
				all[n-1].Holders = append(all[n-1].Holders, d.Holder)
			}
			continue
		}
		if len(all) == p.Limit {
			break
		}
		all = append(all, Owing{d.Duty, []string{d.Holder}, d.Process, d.Code, d.ChangedAt, d.Version})
	}
	return all, nil
}

// MaxCount is as far as cases are counted: a page says "over 1,000".
const MaxCount = 1000

// CountOwed counts the cases on which any of several holders owe something that is due
// from one time until before another; at most 1,001.
func (b Lists) CountOwed(tx *db.Tx, holders []string, from, until time.Time) (int, error) {
	return countOwed.One(tx, boundsOf(holders, from, until))
}

// CountAwaited counts the cases on which others owe what any of several holders wait for;
// at most 1,001.
func (b Lists) CountAwaited(tx *db.Tx, askers []string, from, until time.Time) (int, error) {
	return countAwaited.One(tx, boundsOf(askers, from, until))
}

// boundsOf bounds what is read, too: a case is owed at most once by each of the holders.
func boundsOf(holders []string, from, until time.Time) bounds {
	holders = holders[:min(len(holders), maxHolders)]
	return bounds{holders, from, cmp.Or(until, always), (MaxCount + 1) * len(holders), MaxCount + 1}
}
