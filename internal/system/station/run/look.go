package run

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
)

// Report is the figures of a division in one run.
type Report struct {
	Code    string      // of the division, or Country
	At      gb.Division // none for the country
	Parent  string
	Cities  int64 // with a part in these figures
	Figures Figures
	Past    []Past // in the runs of the series up to this one, the oldest first
}

// Before is the report's last past, and false if this run is the first.
func (r Report) Before() (Past, bool) {
	if len(r.Past) < 2 {
		return Past{}, false
	}
	return r.Past[len(r.Past)-2], true
}

// Past is what a division's figures were in a run, at DayHour and NightHour and
// with demand in thousandths.
type Past struct {
	Number   int64
	Ended    time.Time
	Cities   int64
	Stations int64
	Day      int64
	OnceDay  int64
	TwiceDay int64
	Night    int64

	OnceNight, TwiceNight int64
}

// Source says what the figures of a division are made of.
type Source struct {
	Cities          int64
	First, Last     string // dates of the map data, the oldest and the newest; empty: unknown
	Undated         int64  // cities whose map data have no date
	Schematic       int64  // cities that are drawings
	Estimated       int64  // cities whose demand was estimated from the map
	Stations, Cells int64
	Listed          []CitySource // at most mostSources, as they were named
}

// CitySource is where one city is from.
type CitySource struct{ Name, Title, Division, Streets, Date, Demand string }

// View is a division and its parts in one run.
type View struct {
	Run    Run
	Own    Report
	Parts  []Report // by code
	Source Source
	Going  *Progress // of a run that is unfinished
}

// Progress is how far an unfinished run has come.
type Progress struct {
	Run      Run
	Answered int64
}

// mostPast bounds how far back a line goes: five years of months.
const mostPast = 60

// mostSources bounds the list of cities.
const mostSources = 400

type seriesUpTo struct {
	Series *string `db:"series"`
	UpTo   *int64  `db:"up_to"`
	Limit  int     `db:"lim"`
}

type partsKey struct {
	Parent string `db:"parent"`
	Number int64  `db:"number"`
}

type divisionKey struct {
	Division string `db:"division"`
	Run      string `db:"run"`
}

type span struct {
	Code  string `db:"code"`
	First int64  `db:"first"`
	Last  int64  `db:"last"`
}

type pastRow struct {
	Division   string `db:"division"`
	Number     int64  `db:"number"`
	Cities     int64  `db:"cities"`
	Stations   int64  `db:"stations"`
	Day        int64  `db:"day"`
	OnceDay    int64  `db:"once_day"`
	TwiceDay   int64  `db:"twice_day"`
	Night      int64  `db:"night"`
	OnceNight  int64  `db:"once_night"`
	TwiceNight int64  `db:"twice_night"`
}

var (
	doneRuns = db.Declare[seriesUpTo, runRow](`
		SELECT /*cols*/ FROM station_run WHERE state = 'done' [AND series = :series] [AND number <= :up_to] ORDER BY number DESC LIMIT :lim`)
	doneByNumber = db.Declare[int64, runRow](`SELECT /*cols*/ FROM station_run WHERE state = 'done' AND number = :number`)
	figureAt     = db.Declare[divisionKey, figureRow](`SELECT /*cols*/ FROM station_run_figure WHERE division = :division AND run = :run`)
	figuresBelow = db.Declare[partsKey, figureRow](`
		SELECT /*cols*/ FROM station_run_figure WHERE parent = :parent AND number = :number ORDER BY division`)
	figuresOf = db.Declare[int64, figureRow](`SELECT /*cols*/ FROM station_run_figure WHERE number = :number ORDER BY division`)
	pastBelow = db.Declare[span, pastRow](`
		SELECT /*cols*/ FROM station_run_figure WHERE parent = :code AND number BETWEEN :first AND :last ORDER BY number`)
	pastOf = db.Declare[span, pastRow](`
		SELECT /*cols*/ FROM station_run_figure WHERE division = :code AND number BETWEEN :first AND :last ORDER BY number`)
)

// Done returns runs that are done, the newest first.
func (l *Ledger) Done(ctx context.Context, limit int) (runs []Run, err error) {
	err = l.db.View(ctx, func(tx *db.Tx) error {
		rows, err := doneRuns.Slice(tx, seriesUpTo{Limit: limit})
		if err != nil {
			return err
		}
		runs, err = runsOf(rows)
		return err
	})
	return runs, err
}

func runsOf(rows []runRow) ([]Run, error) {
	var out []Run
	for _, r := range rows {
		x, err := r.run()
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// Any reports whether there is a run that is done.
func (l *Ledger) Any(ctx context.Context) (bool, error) {
	runs, err := l.Done(ctx, 1)
	return len(runs) > 0, err
}

// Look returns a division with its parts in a run: the newest if the number is
// 0. A run or a division that is not there is a fault.NotFound.
func (l *Ledger) Look(ctx context.Context, number int64, code string) (v View, err error) {
	err = l.db.View(ctx, func(tx *db.Tx) error {
		v = View{}
		if v.Run, err = runByNumber(tx, number); err != nil {
			return err
		}
		own, err := figureAt.One(tx, divisionKey{code, v.Run.ID})
		if fault.KindOf(err) == fault.NotFound {
			return fault.At("at", fault.New(fault.NotFound, "第 %[1]d 次运行里没有区划 %[2]s", "there is no division %[2]s in run %[1]d", v.Run.Number, code))
		}
		if err != nil {
			return err
		}
		parts, err := figuresBelow.Slice(tx, partsKey{code, v.Run.Number})
		if err != nil {
			return err
		}
		past, err := pastsOf(tx, v.Run, code)
		if err != nil {
			return err
		}
		for _, row := range append([]figureRow{own}, parts...) {
			r, err := row.report(past)
			if err != nil {
				return err
			}
			v.Parts = append(v.Parts, r)
		}
		v.Own, v.Parts = v.Parts[0], v.Parts[1:]
		if v.Source, err = sourceOf(tx, v.Run, v.Own.At); err != nil {
			return err
		}
		v.Going, err = progress(tx)
		return err
	})
	return v, err
}

// Going returns the run that is unfinished and how far it has come, or nil.
func (l *Ledger) Going(ctx context.Context) (p *Progress, err error) {
	err = l.db.View(ctx, func(tx *db.Tx) error {
		p, err = progress(tx)
		return err
	})
	return p, err
}

// All returns the figures of every division of a run within one, by code.
func (l *Ledger) All(ctx context.Context, number int64, within gb.Division) (r Run, all []Report, err error) {
	err = l.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		if r, err = runByNumber(tx, number); err != nil {
			return err
		}
		for row, err := range figuresOf.Each(tx, r.Number) {
			if err != nil {
				return err
			}
			report, err := row.report(nil)
			if err != nil {
				return err
			}
			if under(report.At, within) {
				all = append(all, report)
			}
		}
		return nil
	})
	return r, all, err
}

// under reports whether the figures of d are part of those of a: what the Corps
// governs is no part of Xinjiang's.
func under(d, a gb.Division) bool {
	return !a.Valid() || d.Valid() && slices.Contains(upward(d), a.Code())
}

func runByNumber(tx *db.Tx, number int64) (Run, error) {
	if number == 0 {
		rows, err := doneRuns.Slice(tx, seriesUpTo{Limit: 1})
		if err != nil {
			return Run{}, err
		}
		if len(rows) == 0 {
			return Run{}, ErrNoRun
		}
		return rows[0].run()
	}
	row, err := doneByNumber.One(tx, number)
	if fault.KindOf(err) == fault.NotFound {
		return Run{}, fault.At("run", fault.New(fault.NotFound, "没有做完的第 %d 次运行", "there is no finished run %d", number))
	}
	if err != nil {
		return Run{}, err
	}
	return row.run()
}

// ErrNoRun says that no run is done yet.
var ErrNoRun = fault.New(fault.NotFound, "还没有做完的运行。先算一次：xiadu run 城市目录…", "no run is done yet. Make one first: xiadu run CITY…")

// report makes sense of a row. Without past it has none.
func (r figureRow) report(past map[string][]Past) (Report, error) {
	out := Report{Code: r.Division, Parent: r.Parent, Cities: r.Cities, Past: past[r.Division]}
	if err := json.Unmarshal([]byte(r.Figures), &out.Figures); err != nil {
		return out, fmt.Errorf("figures of %s in run %d: %w", r.Division, r.Number, err)
	}
	if r.Division == Country {
		return out, nil
	}
	var err error
	out.At, err = gb.Parse(r.Division)
	return out, err
}

// pastsOf returns the past of a division and of each of its parts, by code.
func pastsOf(tx *db.Tx, r Run, code string) (map[string][]Past, error) {
	series := r.Question.Series()
	runs, err := doneRuns.Slice(tx, seriesUpTo{&series, &r.Number, mostPast})
	if err != nil {
		return nil, err
	}
	ended := map[int64]time.Time{}
	for _, x := range runs {
		ended[x.Number] = x.Ended
	}
	all := span{code, runs[len(runs)-1].Number, r.Number}
	own, err := pastOf.Slice(tx, all)
	if err != nil {
		return nil, err
	}
	parts, err := pastBelow.Slice(tx, all)
	if err != nil {
		return nil, err
	}
	out := map[string][]Past{}
	for _, row := range append(own, parts...) {
		if at, ok := ended[row.Number]; ok { // else of another series
			out[row.Division] = append(out[row.Division], Past{
				row.Number, at, row.Cities, row.Stations, row.Day, row.OnceDay, row.TwiceDay, row.Night, row.OnceNight, row.TwiceNight,
			})
		}
	}
	return out, nil
}

// sourceOf adds up where the cities of a division are from.
func sourceOf(tx *db.Tx, r Run, within gb.Division) (s Source, err error) {
	for c, err := range citiesOf.Each(tx, r.ID) {
		if err != nil {
			return s, err
		}
		d, err := gb.Parse(c.Division)
		if err != nil {
			return s, err
		}
		if !under(d, within) && !under(within, d) {
			continue
		}
		s.Cities++
		s.Stations += c.Stations
		s.Cells += c.Cells
		switch {
		case c.StreetsDate == "":
			s.Undated++
		case s.First == "":
			s.First, s.Last = c.StreetsDate, c.StreetsDate
		default:
			s.First, s.Last = min(s.First, c.StreetsDate), max(s.Last, c.StreetsDate)
		}
		if c.Schematic {
			s.Schematic++
		}
		if c.Estimated {
			s.Estimated++
		}
		if len(s.Listed) < mostSources {
			s.Listed = append(s.Listed, CitySource{c.Name, c.Title, c.Division, c.StreetsSource, c.StreetsDate, c.DemandSource})
		}
	}
	return s, nil
}

func progress(tx *db.Tx) (*Progress, error) {
	going, err := goingRun.One(tx, db.None{})
	if fault.KindOf(err) == fault.NotFound {
		return nil, nil //nolint:nilnil // no run is going
	}
	if err != nil {
		return nil, err
	}
	r, err := going.run()
	if err != nil {
		return nil, err
	}
	open, err := countOpen.One(tx, r.ID)
	return &Progress{r, r.Items - open}, err
}
