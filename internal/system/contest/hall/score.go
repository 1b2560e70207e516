package hall

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// record of a contest: what a score of some of its runs is computed from.
type all struct {
	e      event.Event
	runs   []Run
	seats  []seat.Seat
	aways  []seat.Away
	sheets []Sheet
	facts  []mark.Entry // with how far each came
	given  []mark.Entry // as they were given
	said   []mark.Decision
}

// As what people ask and confirm, for the public.
const (
	scorekeeper seal.Role = "contest.scorekeeper"
	supervisor  seal.Role = "contest.supervisor"
)

// everything reads a contest in one snapshot.
func everything(tx *db.Tx, facts Facts, e event.Event) (a all, err error) {
	a.e = e
	if a.runs, err = Runs(tx, e.Code); err != nil {
		return a, err
	}
	if a.seats, err = seat.All(tx, e.Code); err != nil {
		return a, err
	}
	if a.aways, err = seat.Aways(tx, e.Code); err != nil {
		return a, err
	}
	if a.sheets, err = sheetsOf.Slice(tx, e.Code); err != nil {
		return a, err
	}
	if a.said, err = confirmed(tx, e.Code); err != nil {
		return a, err
	}
	if a.given, err = facts(tx, e.Code); err != nil {
		return a, err
	}
	a.facts = came(&e, a.given, a.runs)
	return a, nil
}

// set is what is scored of the runs that are to be seen, as they are in a public file.
func (a *all) set(tx *db.Tx, seen func(*Run) bool) (f seal.Facts, sheets []seal.Sheet, err error) {
	keys := make([]string, len(a.seats))
	for i, s := range a.seats {
		keys[i] = s.Seat
	}
	shown := map[[2]string]*Run{}
	entries := map[string]bool{}
	for i := range a.runs {
		r := &a.runs[i]
		if r.State != Interrupted && seen(r) {
			shown[[2]string{r.Part, r.Entry}] = r
			entries[r.Entry] = true
		}
	}
	f = seal.Facts{Entries: []mark.Entry{}, Panels: []mark.Panel{}, Away: []seal.Away{}, Measures: []mark.Measured{}, Decisions: []mark.Decision{}}
	for _, d := range a.said {
		if !slices.ContainsFunc(d.Among, func(key string) bool { return !entries[key] }) {
			f.Decisions = append(f.Decisions, d)
		}
	}
	for _, one := range a.facts {
		if entries[one.Key] {
			f.Entries = append(f.Entries, one)
		}
	}
	a.panels(&f, keys, shown)
	for _, w := range a.aways {
		if w.Stands() && shown[[2]string{w.Part, w.Entry}] != nil {
			f.Away = append(f.Away, seal.Away{Entry: w.Entry, Part: w.Part, Seat: w.Seat, Why: w.Why, Log: w.LogEntry})
		}
	}
	a.measures(&f, shown)
	for i := range a.sheets {
		one := &a.sheets[i]
		if shown[[2]string{one.Part, one.Entry}] == nil || one.waits() {
			continue
		}
		o, err := one.open(tx)
		if err != nil {
			return f, nil, err
		}
		s := seal.Sheet{Opening: o, Commitment: one.Commitment, Log: one.LogEntry, State: seal.Counted, Reason: one.Reason, Roles: []seal.Role{}}
		switch one.State {
		case correctedSheet:
			s.State, s.Roles = seal.Corrected, []seal.Role{scorekeeper, supervisor}
		case voidSheet:
			s.State, s.Roles = seal.Void, []seal.Role{scorekeeper, supervisor}
		}
		sheets = append(sheets, s)
	}
	return f, sheets, nil
}

// panels has every seat mark the entries of each part that are to be seen.
func (a *all) panels(f *seal.Facts, seats []string, shown map[[2]string]*Run) {
	for i := range a.e.Rule.Rule.Stages {
		for _, p := range a.e.Rule.Rule.Stages[i].Parts {
			if p.Judged == nil {
				continue
			}
			panel := mark.Panel{Part: p.Key, Seats: seats}
			for _, e := range f.Entries {
				if shown[[2]string{p.Key, e.Key}] != nil {
					panel.Entries = append(panel.Entries, e.Key)
				}
			}
			if len(panel.Entries) > 0 {
				f.Panels = append(f.Panels, panel)
			}
		}
	}
}

// What a run's clock measures: its seconds, and those beyond its limit. Of several parts each has its own name.
const (
	secondsOf  = "seconds"
	overtimeOf = "overtime"
)

func (a *all) measures(f *seal.Facts, shown map[[2]string]*Run) {
	kinds := a.e.Rule.Rule.Measures()
	for at, r := range shown {
		if r.Heard == "" {
			continue
		}
		for name, n := range map[string]int{secondsOf: r.Seconds, overtimeOf: max(0, r.Seconds-r.LimitS)} {
			for _, key := range []string{name, at[0] + "-" + name} {
				if _, has := kinds[key]; has {
					f.Measures = append(f.Measures, mark.Measured{Entry: r.Entry, Measure: key, Value: exact.Of(int64(n))})
				}
			}
		}
	}
	slices.SortFunc(f.Measures, func(x, y mark.Measured) int {
		return strings.Compare(x.Entry+" "+x.Measure, y.Entry+" "+y.Measure)
	})
}

// scored computes what some runs come to.
func (a *all) scored(tx *db.Tx, seen func(*Run) bool) (*scoring.Result, error) {
	table, err := a.table(tx, seen)
	if err != nil {
		return nil, err
	}
	return scoring.Score(table), nil
}

// table is what they are computed from.
func (a *all) table(tx *db.Tx, seen func(*Run) bool) (*mark.Table, error) {
	f, sheets, err := a.set(tx, seen)
	if err != nil {
		return nil, err
	}
	file := seal.File{Facts: f, Sheets: sheets}
	set, err := file.Set()
	if err != nil {
		return nil, err
	}
	return mark.Arrange(&a.e.Rule.Rule, set)
}

// openings is the hash of what a run's score rests on: what is checked is what is revealed.
func (a *all) openings(r *Run) string {
	type line struct {
		Seat       string `json:"seat"`
		Commitment string `json:"commitment"`
		Away       string `json:"away"`
	}
	lines := []line{}
	for _, s := range a.sheets {
		if s.Part == r.Part && s.Entry == r.Entry && s.counts() {
			lines = append(lines, line{Seat: s.Seat, Commitment: s.Commitment})
		}
	}
	for _, w := range a.aways {
		if w.Part == r.Part && w.Entry == r.Entry && w.Stands() {
			lines = append(lines, line{Seat: w.Seat, Away: w.Why})
		}
	}
	slices.SortFunc(lines, func(x, y line) int { return strings.Compare(x.Seat, y.Seat) })
	text, err := json.Marshal(struct {
		Rule    string `json:"rule"`
		Seconds int    `json:"seconds"`
		Lines   []line `json:"lines"`
	}{a.e.RuleHash, r.Seconds, lines})
	if err != nil {
		panic("hall: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// owed are the seats that owe a sheet of a run and have not given it.
func (a *all) owed(r *Run) (keys []string) {
	for _, s := range a.seats {
		given := slices.ContainsFunc(a.sheets, func(one Sheet) bool {
			return one.Seat == s.Seat && one.Part == r.Part && one.Entry == r.Entry && one.counts()
		})
		away := slices.ContainsFunc(a.aways, func(w seat.Away) bool {
			return w.Seat == s.Seat && w.Part == r.Part && w.Entry == r.Entry && w.Stands()
		})
		if !given && !away {
			keys = append(keys, s.Seat)
		}
	}
	return keys
}
