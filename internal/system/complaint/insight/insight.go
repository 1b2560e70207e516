// Package insight is what an inspection looks like from above: who is late, what comes back, how long each stage takes,
// which sites come again, and where problems of one kind lie close together.
//
//	r, err := insight.Of(tx, "XN2023", now)
//
// Units are compared per problem, with the counts beside each share and the interval that so few of them allow (Wilson, 95 %).
// Units stand in an order only as far as their intervals lie apart from the share of all; below [Fewest] problems there is
// none: a unit with one problem of which one is late is not the worst.
// Times to a stage are those of the last [maxMoves] steps of the record, and say how many they are.
package insight

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Fewest is how many problems a unit has at least to stand in an order.
const Fewest = 20

// Unit is how far the problems of one unit are.
type Unit struct {
	ID         string
	Problems   int
	Unsigned   int
	Late       int
	Closed     int // 销号 or settled
	CalledDone int // once, however they stand now
	Reopened   int

	LateLetters  int // that are to be reported on, and were not in time
	LateMeasures int // of its own, whose day has passed
}

// Interval is a share with what it may be: the Wilson interval of 95 %.
type Interval struct{ Share, Low, High float64 }

// Beside tells whether a unit is late more often than a share, 1, or less often, -1, by more than its few problems
// may make by chance; else 0.
func (u Unit) Beside(share float64) int {
	switch i := ShareOf(u.Late, u.Problems); {
	case i.Low > share:
		return 1
	case i.High < share:
		return -1
	}
	return 0
}

// ShareOf is so many of so many; of none it is unknown, from 0 to 1.
func ShareOf(k, n int) Interval {
	if n == 0 {
		return Interval{0, 0, 1}
	}
	const z = 1.959964 // of 95 %
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Interval{p, max(0, mid-half), min(1, mid+half)}
}

// Surest are those that are late most surely: by the least that their share may be, the greatest first.
func Surest(units []Unit, most int) []Unit {
	all := slices.Clone(units)
	slices.SortStableFunc(all, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(ShareOf(b.Late, b.Problems).Low, ShareOf(a.Late, a.Problems).Low), cmp.Compare(b.Late, a.Late), cmp.Compare(a.ID, b.ID))
	})
	return all[:min(len(all), most)]
}

// Span is how long it took to come to a stage, since the problem was opened or began again.
type Span struct {
	Stage            string
	N                int
	Median, NineIn10 time.Duration
}

// Site is a place that comes again.
type Site struct {
	Name     string `db:"site"`
	Problems int    `db:"n"`
	Letters  int    `db:"letters"`
	Lives    int    `db:"lives"` // the most that a problem of it has had
}

// Report is an inspection from above.
type Report struct {
	AsOf   time.Time
	Total  Unit
	Units  []Unit // with at least Fewest problems: those clearly later than all together, then the others, then the clearly less late
	Few    []Unit // with fewer, by id: in no order of worth
	Spans  []Span
	Sites  []Site
	Near   []Cluster
	Stages map[string]int
}

type asked struct {
	Campaign string    `db:"campaign"`
	Now      time.Time `db:"now"`
	Today    string    `db:"today"`
	Limit    int       `db:"lim"`
}

type lateOf struct {
	Unit string `db:"unit"`
	N    int    `db:"n"`
}

type tally struct {
	Lead  string `db:"lead"`
	Stage string `db:"stage"`
	Back  int    `db:"back"`
	Late  int    `db:"late"`
	N     int    `db:"n"`
}

var (
	tallies = db.Declare[asked, tally](`
		SELECT lead, stage, back, late, COUNT(*) AS n FROM (
			SELECT lead, stage, CASE WHEN life > 1 THEN 1 ELSE 0 END AS back, CASE WHEN due_at < :now THEN 1 ELSE 0 END AS late
			FROM complaint_problem WHERE campaign = :campaign AND stage <> 'empty') AS each_problem
		GROUP BY lead, stage, back, late ORDER BY lead, stage, back, late`)
	lateLetters = db.Declare[asked, lateOf](`
		SELECT lead AS unit, COUNT(*) AS n FROM complaint_letter
		WHERE campaign = :campaign AND stage IN ('received', 'handed') AND due_at < :now GROUP BY lead ORDER BY lead`)
	lateMeasures = db.Declare[asked, lateOf](`
		SELECT m.owner AS unit, COUNT(*) AS n FROM complaint_problem AS p JOIN complaint_measure AS m ON m.problem = p.id
		WHERE p.campaign = :campaign AND m.stage = 'open' AND m.due_day < :today GROUP BY m.owner ORDER BY m.owner`)
	repeated = db.Declare[asked, Site](`
		SELECT site, COUNT(*) AS n, SUM(letters) AS letters, MAX(life) AS lives FROM complaint_problem
		WHERE campaign = :campaign AND stage <> 'empty' AND site <> '' GROUP BY site HAVING COUNT(*) > 1 OR SUM(letters) > 1 OR MAX(life) > 1
		ORDER BY n DESC, site LIMIT :lim`)
)

// mostSites bounds the list of places that come again.
const mostSites = 20

// Of looks at an inspection as it stands.
func Of(tx *db.Tx, campaign string, now time.Time) (Report, error) {
	r := Report{AsOf: now, Stages: map[string]int{}}
	q := asked{campaign, now, calendar.DateOf(now.In(calendar.China)).String(), mostSites}
	rows, err := tallies.Slice(tx, q)
	if err != nil {
		return r, err
	}
	units := map[string]*Unit{}
	for _, t := range rows {
		u := units[t.Lead]
		if u == nil {
			u = &Unit{ID: t.Lead}
			units[t.Lead] = u
		}
		u.add(t)
		r.Total.add(t)
		r.Stages[t.Stage] += t.N
	}
	letters, err := lateLetters.Slice(tx, q)
	if err != nil {
		return r, err
	}
	for _, l := range letters {
		r.Total.LateLetters += l.N
		if u := units[l.Unit]; u != nil {
			u.LateLetters = l.N
		}
	}
	measures, err := lateMeasures.Slice(tx, q)
	if err != nil {
		return r, err
	}
	for _, m := range measures {
		r.Total.LateMeasures += m.N
		if u := units[m.Unit]; u != nil {
			u.LateMeasures = m.N
		}
	}
	for id, u := range units {
		switch {
		case id == "": // nobody answers yet
		case u.Problems >= Fewest:
			r.Units = append(r.Units, *u)
		default:
			r.Few = append(r.Few, *u)
		}
	}
	whole := ShareOf(r.Total.Late, r.Total.Problems).Share
	slices.SortFunc(r.Units, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(b.Beside(whole), a.Beside(whole)), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(r.Few, func(a, b Unit) int { return cmp.Compare(a.ID, b.ID) })
	if r.Sites, err = repeated.Slice(tx, q); err != nil {
		return r, err
	}
	if r.Near, err = clusters(tx, campaign); err != nil {
		return r, err
	}
	r.Spans, err = spans(tx, campaign)
	return r, err
}

func (u *Unit) add(t tally) {
	u.Problems += t.N
	switch t.Stage {
	case complaint.Assigned:
		u.Unsigned += t.N
	case complaint.Filed, complaint.Settled:
		u.Closed += t.N
	}
	if t.Late == 1 && t.Stage != complaint.Filed && t.Stage != complaint.Settled {
		u.Late += t.N
	}
	if t.Back == 1 {
		u.Reopened += t.N
	}
	if t.Back == 1 || complaint.CalledDone(t.Stage) {
		u.CalledDone += t.N
	}
}

// maxMoves bounds how far back times are looked for.
const maxMoves = 20_000

const movesPage = 1000

// spans reads how long problems took from the record's own entries, the newest first.
func spans(tx *db.Tx, campaign string) (all []Span, err error) {
	began, came := map[string]time.Time{}, map[string]map[string]time.Time{}
	for _, kind := range []string{"complaint.problem-opened", "complaint.problem-moved"} {
		if err := each(tx, kind, func(e move) {
			if of(e.Code) != campaign {
				return
			}
			if e.Life < 2 && kind == "complaint.problem-opened" {
				began[e.Code] = e.at
				return
			}
			if e.Life != 1 { // another life began with its reopening
				return
			}
			if came[e.Code] == nil {
				came[e.Code] = map[string]time.Time{}
			}
			if had, ok := came[e.Code][e.To]; !ok || e.at.Before(had) {
				came[e.Code][e.To] = e.at
			}
		}); err != nil {
			return nil, err
		}
	}
	took := map[string][]time.Duration{}
	for code, stages := range came {
		for stage, at := range stages {
			if from, ok := began[code]; ok {
				took[stage] = append(took[stage], at.Sub(from))
			}
		}
	}
	for _, s := range complaint.Problem.Stages {
		if d := took[s.Key]; len(d) > 0 {
			slices.Sort(d)
			all = append(all, Span{s.Key, len(d), quantile(d, 1, 2), quantile(d, 9, 10)})
		}
	}
	return all, nil
}

// quantile is the least that so many parts of the sorted times do not exceed.
func quantile(sorted []time.Duration, part, of int) time.Duration {
	i := (len(sorted)*part + of - 1) / of
	return sorted[max(0, i-1)]
}

type move struct {
	Code string `json:"code"`
	Life int    `json:"life"`
	To   string `json:"to"`
	at   time.Time
}

func of(code string) string {
	for i := range len(code) {
		if code[i] == '-' {
			return code[:i]
		}
	}
	return code
}

func each(tx *db.Tx, kind string, f func(move)) error {
	before := ""
	for range maxMoves / movesPage {
		page, err := record.Latest(tx, kind, before, movesPage)
		if err != nil {
			return err
		}
		for _, item := range page {
			e := move{at: item.At}
			if err := json.Unmarshal([]byte(item.Public), &e); err != nil {
				return fmt.Errorf("insight: %s: %w", item.ID, err)
			}
			f(e)
		}
		if len(page) < movesPage {
			return nil
		}
		before = page[len(page)-1].ID
	}
	return nil
}
