// Package nomination is how stations come into a selection of the most beautiful ones: quotas, recommendation up the levels, and the
// file of what is known of each, which nobody writes.
//
//	err := nominations.SetQuota(ctx, organiser, nomination.Quota{Contest: "zuimei-2026", Division: city, N: 5, Paper: "青工发〔2026〕3 号"})
//	n, err := nominations.Nominate(ctx, county, nomination.Naming{Contest: "zuimei-2026", Station: "XN-0001"})
//	n, err = nominations.Recommend(ctx, city, nomination.Step{Contest: …, Station: …, Seen: n.Version})      // within its quota
//	n, err = nominations.Recommend(ctx, province, nomination.Step{…})                                        // in the list for experts
//
// A selection is a contest with quotas. A level recommends no more than its quota, counted in the transaction that recommends; who is in
// the list is an accepted entry of the contest. A file is assembled and frozen when a station is nominated and whenever it is recommended:
// it lies beside the log, which has its hash. What is not known here is in it as missing.
//
// Tables owned: contest_quota, contest_nomination, contest_dossier.
package nomination

import (
	"context"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
)

// State is how far a nomination is.
type State string

// The states.
const (
	Nominated State = "nominated"
	City      State = "city" // its city recommends it
	Listed    State = "listed"
	Returned  State = "returned"
	Declined  State = "declined"
	Withdrawn State = "withdrawn"
)

// States are what they are called.
var States = []lang.Choice{
	{Key: string(Nominated), Name: lang.Text{ZH: "已提名", EN: "nominated"}},
	{Key: string(City), Name: lang.Text{ZH: "市级已推荐", EN: "recommended by its city"}},
	{Key: string(Listed), Name: lang.Text{ZH: "已进入评审名单", EN: "in the list for experts"}},
	{Key: string(Returned), Name: lang.Text{ZH: "退回补正", EN: "sent back to be mended"}},
	{Key: string(Declined), Name: lang.Text{ZH: "未获推荐", EN: "not recommended"}},
	{Key: string(Withdrawn), Name: lang.Text{ZH: "已撤回", EN: "withdrawn"}},
}

// Name is what a state is called.
func (s State) Name() lang.Text {
	i := slices.IndexFunc(States, func(c lang.Choice) bool { return c.Key == string(s) })
	if i < 0 {
		return lang.Text{ZH: string(s), EN: string(s)}
	}
	return States[i].Name
}

// Nomination is a station in a selection.
type Nomination struct {
	Contest  string    `db:"contest"`
	Station  string    `db:"station"`
	Name     string    `db:"name"` // and host, as they were when it was last nominated or recommended
	Host     string    `db:"host"`
	Division string    `db:"division"` // where it lies
	City     string    `db:"city"`
	Province string    `db:"province"`
	State    State     `db:"state"`
	Why      string    `db:"why"`      // for who nominated it and those above
	ByLevel  string    `db:"by_level"` // the division that said so; empty: who nominated it
	CityRank int       `db:"city_rank"`
	ListRank int       `db:"list_rank"`
	Entry    string    `db:"entry"` // of the contest, once it is listed
	MadeBy   string    `db:"made_by"`
	Version  int64     `db:"version"`
	MadeAt   time.Time `db:"made_at"`
	Changed  time.Time `db:"changed_at"`
}

// Level is the division whose step is next; the zero one where no level has one.
func (n *Nomination) Level() gb.Division {
	d, err := gb.Parse(map[State]string{Nominated: n.City, City: n.Province}[n.State])
	if err != nil {
		return gb.Division{}
	}
	return d
}

const columns = "contest, station, name, host, division, city, province, state, why, by_level, city_rank, list_rank, entry, made_by, version, made_at, changed_at"

type key struct {
	Contest string `db:"contest"`
	Station string `db:"station"`
}

var (
	insert = db.Declare[Nomination, db.None](`
		INSERT INTO contest_nomination (` + columns + `)
		VALUES (:contest, :station, :name, :host, :division, :city, :province, :state, :why, :by_level, :city_rank, :list_rank, :entry, :made_by, :version, :made_at, :changed_at)`)
	write = db.Declare[Nomination, int64](`
		UPDATE contest_nomination SET name = :name, host = :host, division = :division, city = :city, province = :province, state = :state, why = :why, by_level = :by_level,
			city_rank = :city_rank, list_rank = :list_rank, entry = :entry, made_by = :made_by, version = version + 1, changed_at = :changed_at
		WHERE contest = :contest AND station = :station AND version = :version RETURNING version`)
	byStation = db.Declare[key, Nomination](`SELECT ` + columns + ` FROM contest_nomination WHERE contest = :contest AND station = :station`)
	everyone  = db.Declare[string, Nomination](`SELECT ` + columns + ` FROM contest_nomination WHERE contest = :contest AND state = 'listed' ORDER BY station`)
)

// Read returns a nomination, or a fault.NotFound.
func Read(tx *db.Tx, contest, station string) (Nomination, error) {
	rows, err := byStation.Slice(tx, key{contest, station})
	if err != nil {
		return Nomination{}, err
	}
	if len(rows) == 0 {
		return Nomination{}, fault.New(fault.NotFound, "驿站 %[1]s 没有在这次评选里提名", "station %[1]s is not nominated in this selection", lang.Short(station))
	}
	return rows[0], nil
}

// InList are the stations in the list for experts, by code.
func InList(tx *db.Tx, contest string) ([]Nomination, error) { return everyone.Slice(tx, contest) }

// Numbered are the codes of the stations that the numbers of a selection stand for: for who scores them, and for nobody else before the
// end.
func Numbered(tx *db.Tx, contest string) (map[string]string, error) {
	entries, err := entry.Shortlisted(tx, contest)
	if err != nil {
		return nil, err
	}
	all, err := InList(tx, contest)
	station, of := map[string]string{}, map[string]string{}
	for _, n := range all {
		station[n.Entry] = n.Station
	}
	for _, e := range entries {
		of[e.Number] = station[e.ID]
	}
	return of, err
}

// write changes a nomination that nobody else has changed since it was read.
func (n *Nomination) write(tx *db.Tx) error {
	n.Changed = tx.Now()
	versions, err := write.Slice(tx, *n)
	if err != nil {
		return err
	}
	if len(versions) == 0 {
		return n.stale()
	}
	n.Version = versions[0]
	return nil
}

func (n *Nomination) stale() error {
	return fault.New(fault.Conflict, "“%[1]s”刚刚有人办过。请看一眼现在的样子，再决定。", "Somebody has just dealt with %[1]q. Look at it as it is now, and decide again.", lang.Short(n.Name))
}

// Nominations are those of a site.
type Nominations struct {
	db   *db.DB
	look Look
}

// In returns those of a database, whose stations look tells.
func In(d *db.DB, look Look) *Nominations { return &Nominations{d, look} }

// Filter chooses nominations, in the order of stations' codes.
type Filter struct {
	Contest  string
	Division gb.Division // that they lie in; zero: anywhere
	State    State       // empty: all
	After    string      // the station of the last of the page before
	Limit    int         // 0: 50
}

type listing struct {
	Contest  string  `db:"contest"`
	City     *string `db:"city"`
	Province *string `db:"province"`
	Division *string `db:"division"`
	State    *string `db:"state"`
	After    string  `db:"after"`
	Limit    int     `db:"lim"`
}

var listed = db.Declare[listing, Nomination](`
	SELECT ` + columns + ` FROM contest_nomination
	WHERE contest = :contest [AND city = :city] [AND province = :province] [AND division = :division] [AND state = :state] AND station > :after ORDER BY station LIMIT :lim`)

const mostListed = 200

func (f Filter) read(tx *db.Tx) ([]Nomination, error) {
	q := listing{Contest: f.Contest, After: f.After, Limit: min(f.Limit, mostListed)}
	if q.Limit <= 0 {
		q.Limit = 50
	}
	if f.State != "" {
		q.State = new(string(f.State))
	}
	city, province := above(f.Division)
	switch {
	case !f.Division.Valid():
	case f.Division == province:
		q.Province = new(province.Code())
	case f.Division == city:
		q.City = new(city.Code())
	default:
		q.Division = new(f.Division.Code())
	}
	return listed.Slice(tx, q)
}

// Public lists nominations for everybody: the reasons are not in it.
func (s *Nominations) Public(ctx context.Context, f Filter) (all []Nomination, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { all, err = f.read(tx); return err })
	for i := range all {
		all[i].Why, all[i].MadeBy = "", ""
	}
	return all, err
}

// counted is how many of a division are in a state.
type counted struct {
	Division string `db:"division"`
	State    State  `db:"state"`
	N        int    `db:"n"`
}

var (
	byCity     = db.Declare[string, counted](`SELECT city AS division, state, COUNT(*) AS n FROM contest_nomination WHERE contest = :contest GROUP BY city, state ORDER BY city, state`)
	byProvince = db.Declare[string, counted](`SELECT province AS division, state, COUNT(*) AS n FROM contest_nomination WHERE contest = :contest GROUP BY province, state ORDER BY province, state`)
)

// Counts are how many nominations are in each state, by the codes of provinces and cities; those of all are under "".
func Counts(tx *db.Tx, contest string) (all map[string]map[State]int, err error) {
	all = map[string]map[State]int{"": {}}
	add := func(code string, s State, n int) {
		if all[code] == nil {
			all[code] = map[State]int{}
		}
		all[code][s] += n
	}
	cities, err := byCity.Slice(tx, contest)
	if err != nil {
		return nil, err
	}
	for _, c := range cities {
		add(c.Division, c.State, c.N)
		add("", c.State, c.N)
	}
	provinces, err := byProvince.Slice(tx, contest)
	for _, c := range provinces {
		if c.Division != "" {
			add(c.Division, c.State, c.N)
		}
	}
	return all, err
}
