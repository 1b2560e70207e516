package stars

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/canonical"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Facts are what was measured of a station, by measure of the rule: a number as text, 1 for yes and 0 for no. What is not in it is missing.
type Facts map[string]string

// The measures that something in the system holds.
const (
	operating  = "operating"
	hours      = "hours"
	basic      = "basic"
	extra      = "extra"
	aed        = "aed"
	looked     = "looked"
	shutDays   = "shut-days"
	kit        = "kit"
	supplies   = "supplies"
	innovation = "innovation"
	area       = "area"
	seats      = "seats"
	late       = "late-complaints"
)

func (f Facts) count(measure string, n int) { f[measure] = strconv.Itoa(n) }

func (f Facts) yes(measure string, is bool) {
	f[measure] = "0"
	if is {
		f[measure] = "1"
	}
}

// year is how far back what happened counts, and how old a survey may be.
const year = 365

// register measures what the register says.
func (f Facts) register(s *station.Station, today calendar.Date) {
	f.yes(operating, s.Status == station.Operating)
	if s.Hours.Known() {
		minutes := 0
		for _, i := range s.Hours.Week() {
			minutes += i.To - i.From
		}
		f.count(hours, minutes/60) // whole ones: half an hour makes no hour
	}
	n, more := 0, 0
	for need := range s.Services.All() {
		if need.Basic() {
			n++
		} else {
			more++
		}
	}
	f.count(basic, n)
	f.count(extra, more)
	f.yes(aed, s.Services.Has(station.ServicesOf(station.AED)))
	if s.Checked != (calendar.Date{}) && !today.Before(s.Checked) {
		f.count(looked, today.Sub(s.Checked))
	}
}

// survey measures what was seen on site, if that is not too long ago.
func (f Facts) survey(s *Survey, today calendar.Date) {
	day, err := calendar.ParseDate(s.Day)
	if err != nil || today.Sub(day) > year {
		return
	}
	for measure, n := range map[string]*int{area: s.Area, seats: s.Seats} {
		if n != nil {
			f.count(measure, *n)
		}
	}
	for measure, is := range map[string]*bool{kit: s.Kit, supplies: s.Supplies, innovation: s.Innovation} {
		if is != nil {
			f.yes(measure, *is)
		}
	}
	// Somebody stood there that day.
	if had, err := strconv.Atoi(f[looked]); err != nil || today.Sub(day) < had {
		f.count(looked, max(0, today.Sub(day)))
	}
}

// gather measures a station at the time of a transaction.
func gather(tx *db.Tx, s *station.Station) (Facts, error) {
	now := tx.Now()
	today := calendar.DateOf(now.In(calendar.China))
	f := Facts{}
	f.register(s, today)
	rows, err := surveyOf.Slice(tx, s.Code)
	if err != nil {
		return nil, err
	}
	if len(rows) > 0 {
		f.survey(&rows[0], today)
	}
	days := 0
	if s.Version > 1 || s.Status == station.Paused { // else it was never changed
		if days, err = daysShut(tx, s, now); err != nil {
			return nil, err
		}
	}
	f.count(shutDays, days)
	n, err := lateSince.One(tx, complaintsOf{s.Code, now.AddDate(0, 0, -year)})
	if err != nil {
		return nil, err
	}
	if n > 0 { // that none was named tells nothing
		f.count(late, int(n))
	}
	return f, nil
}

// daysShut is on how many days of the last year a station was paused, as the log tells it.
func daysShut(tx *db.Tx, s *station.Station, now time.Time) (int, error) {
	since := now.AddDate(0, 0, -year)
	shut := map[calendar.Date]bool{}
	is, until := s.Status == station.Paused, now
	stretch := func(from time.Time) {
		if from.Before(since) {
			from = since
		}
		last := calendar.DateOf(until.In(calendar.China))
		for d := calendar.DateOf(from.In(calendar.China)); is && !last.Before(d); d = d.Add(1) {
			shut[d] = true
		}
	}
	for after := ""; ; {
		const page = 200
		items, err := record.History(tx, station.Subject(s.Code), after, page)
		if err != nil {
			return 0, err
		}
		for _, item := range items {
			after = item.ID
			if item.At.Before(since) {
				stretch(since)
				return len(shut), nil
			}
			if item.Kind == (station.Added{}).Kind() {
				stretch(item.At)
				return len(shut), nil
			}
			var c station.Changed
			if item.Kind != c.Kind() || json.Unmarshal([]byte(item.Public), &c) != nil {
				continue
			}
			change, ok := c.Changes[station.FieldStatus.Key()]
			if !ok {
				continue
			}
			stretch(item.At)
			is, until = change.Before == station.Paused.Key(), item.At
		}
		if len(items) < page {
			stretch(since)
			return len(shut), nil
		}
	}
}

// Set is the facts as engine/scoring reads them, for one station.
func (f Facts) Set(code string) (mark.Set, error) {
	s := mark.Set{Entries: []mark.Entry{{Key: code}}}
	for _, measure := range slices.Sorted(maps.Keys(f)) {
		n, err := exact.Parse(f[measure])
		if err != nil {
			return s, fmt.Errorf("stars: %s of %s: %w", measure, code, err)
		}
		s.Measures = append(s.Measures, mark.Measured{Entry: code, Measure: measure, Value: n})
	}
	return s, nil
}

// Graded is what facts come to.
type Graded struct {
	Star    int
	AtMost  int
	Missing []string
	Points  string // for the order among those of one star; empty: something is missing for it
}

// Grade computes the star.
func (f Facts) Grade(code string) (g Graded, err error) {
	set, err := f.Set(code)
	if err != nil {
		return g, err
	}
	file := Rule()
	table, err := mark.Arrange(&file.Rule, set)
	if err != nil {
		return g, err
	}
	e, ok := scoring.Score(table).Of(code)
	if !ok || e.Grade == nil {
		return g, fmt.Errorf("stars: %s has no grade", code)
	}
	g.Star, _ = strconv.Atoi(e.Grade.AtLeast)
	g.AtMost, _ = strconv.Atoi(e.Grade.AtMost)
	g.Missing = e.Grade.Missing
	if e.Has {
		g.Points = e.Text()
	}
	return g, nil
}

// text is the facts in one form.
func (f Facts) text() (string, error) {
	b, err := canonical.JSON(f)
	return string(b), err
}

// Measured are the facts that a star was computed from.
func (s *Star) Measured() (f Facts, err error) {
	if err = json.Unmarshal([]byte(s.Facts), &f); err != nil {
		err = fmt.Errorf("stars: the facts of %s: %w", s.Station, err)
	}
	return f, err
}

// File is what xiadu score --rule stars-5 --marks takes.
func (s *Star) File() ([]byte, error) {
	f, err := s.Measured()
	if err != nil {
		return nil, err
	}
	type measured struct {
		Entry   string `json:"entry"`
		Measure string `json:"measure"`
		Value   string `json:"value"`
	}
	type entry struct {
		Entry string `json:"entry"`
	}
	out := struct {
		Entries  []entry    `json:"entries"`
		Measures []measured `json:"measures"`
	}{Entries: []entry{{s.Station}}, Measures: []measured{}}
	for _, m := range slices.Sorted(maps.Keys(f)) {
		out.Measures = append(out.Measures, measured{s.Station, m, f[m]})
	}
	return json.MarshalIndent(out, "", "  ")
}
