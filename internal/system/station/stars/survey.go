package stars

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Survey is what somebody of the office saw on site. What they did not look at is nil, and missing.
type Survey struct {
	Station    string `db:"station"`
	Day        string `db:"day"`   // 2026-11-23
	Area       *int   `db:"area"`  // m²
	Seats      *int   `db:"seats"` // people that it holds
	Kit        *bool  `db:"kit"`
	Supplies   *bool  `db:"supplies"`
	Innovation *bool  `db:"innovation"`
	AsPosted   *bool  `db:"as_posted"` // it was open when the door says so
}

type complaintsOf struct {
	Station string    `db:"station"`
	Since   time.Time `db:"since"`
}

type complaintRow struct {
	Station string    `db:"station"`
	Code    string    `db:"code"`
	Late    bool      `db:"late"`
	At      time.Time `db:"at"`
}

var (
	surveyOf   = db.Declare[string, Survey](`SELECT /*cols*/ FROM station_star_survey WHERE station = :station`)
	dropSurvey = db.Declare[string, db.None](`DELETE FROM station_star_survey WHERE station = :station`)
	putSurvey  = db.Declare[Survey, db.None](`
		INSERT INTO station_star_survey (station, day, area, seats, kit, supplies, innovation, as_posted)
		VALUES (:station, :day, :area, :seats, :kit, :supplies, :innovation, :as_posted)`)
	lateSince    = db.Declare[complaintsOf, int64](`SELECT COUNT(*) AS n FROM station_star_complaint WHERE station = :station AND late AND at >= :since`)
	putComplaint = db.Declare[complaintRow, db.None](`
		INSERT INTO station_star_complaint (station, code, late, at) VALUES (:station, :code, :late, :at) ON CONFLICT (station, code) DO UPDATE SET late = excluded.late, at = excluded.at`)
)

// The most that a station can be.
const (
	mostArea  = 100_000
	mostSeats = 10_000
)

func (v *Survey) check(today calendar.Date) error {
	day, err := calendar.ParseDate(v.Day)
	if err != nil || today.Before(day) || today.Sub(day) > year {
		return fault.At("day", fault.New(fault.Invalid, "核查的日期要在最近一年里，不能晚于今天，写成 2026-11-23", "the day of the survey is within the last year and not ahead: write it as 2026-11-23"))
	}
	for _, n := range []struct {
		field string
		value *int
		most  int
	}{{"area", v.Area, mostArea}, {"seats", v.Seats, mostSeats}} {
		if n.value != nil && (*n.value < 0 || *n.value > n.most) {
			return fault.At(n.field, fault.New(fault.Invalid, "要在 0 到 %d 之间；没有量就空着", "between 0 and %d; leave it empty if it was not measured", n.most))
		}
	}
	return nil
}

// wrong tells whether the survey found something for which a star is looked at again.
func (v *Survey) wrong() bool {
	for _, is := range []*bool{v.Kit, v.Supplies, v.AsPosted} {
		if is != nil && !*is {
			return true
		}
	}
	return false
}

// after keeps what the survey before it saw, if it is not too old, of what was not looked at now.
func (v *Survey) after(had *Survey) error {
	before, err := calendar.ParseDate(had.Day)
	if err != nil {
		return err
	}
	day, err := calendar.ParseDate(v.Day)
	if err != nil {
		return err
	}
	if day.Before(before) {
		return fault.At("day", fault.New(fault.Conflict, "已经有 %s 的核查，更早的不能代替它", "there is a survey of %s, which an earlier one does not replace", had.Day))
	}
	if day.Sub(before) > year {
		return nil
	}
	v.Area, v.Seats = cmp.Or(v.Area, had.Area), cmp.Or(v.Seats, had.Seats)
	v.Kit, v.Supplies = cmp.Or(v.Kit, had.Kit), cmp.Or(v.Supplies, had.Supplies)
	v.Innovation, v.AsPosted = cmp.Or(v.Innovation, had.Innovation), cmp.Or(v.AsPosted, had.AsPosted)
	return nil
}

// Survey notes what was seen on site, in the place of the survey before it: what was not looked at stays as that saw it.
func (s *Stars) Survey(ctx context.Context, who identity.Colleague, v Survey) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, by, err := admitted(tx, who, station.ReviewStars, v.Station)
		if err != nil {
			return err
		}
		if err := v.check(calendar.DateOf(tx.Now().In(calendar.China))); err != nil {
			return err
		}
		seen := v
		rows, err := surveyOf.Slice(tx, v.Station)
		if err == nil && len(rows) > 0 {
			err = v.after(&rows[0])
		}
		if err != nil {
			return err
		}
		if _, err := dropSurvey.Exec(tx, v.Station); err != nil {
			return err
		}
		if _, err := putSurvey.Exec(tx, v); err != nil {
			return err
		}
		if err := record.Append(tx, by.Sign, surveyed{seen.Station, seen.Day, seen.Area, seen.Seats, seen.Kit, seen.Supplies, seen.Innovation, seen.AsPosted, by.Person}); err != nil {
			return err
		}
		one, there, err := of(tx, v.Station)
		if err == nil && there && seen.wrong() {
			err = cause(tx, by.Sign, &one, Found, v.Day)
		}
		return err
	})
}

// Surveyed is the last survey of a station.
func (s *Stars) Surveyed(ctx context.Context, code string) (v Survey, there bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := surveyOf.Slice(tx, code)
		if there = len(rows) > 0; there {
			v = rows[0]
		}
		return err
	})
	return v, there, err
}

// NameComplaint says that a complaint, by its public code, is about a station. Only one that was found true and was not mended in time counts.
func (s *Stars) NameComplaint(ctx context.Context, who identity.Colleague, code, complaint string) error {
	complaint = strings.TrimSpace(complaint)
	if s.complaints == nil {
		return fault.New(fault.Conflict, "这里没有开信访整改，查不到投诉。", "Complaints are not served here, so none can be looked up.")
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		at, by, err := admitted(tx, who, station.ReviewStars, code)
		if err != nil {
			return err
		}
		found, err := s.complaints(tx, complaint)
		if err != nil {
			return fault.At("complaint", err)
		}
		if !found.Upheld || !found.Late {
			return fault.At("complaint", fault.New(fault.Conflict, "“%s”没有认定属实，或者没有超期：不影响星级", "%q was not found true, or is not late: it does not bear on the star", lang.Short(complaint)))
		}
		if _, err := putComplaint.Exec(tx, complaintRow{at.Code, complaint, true, tx.Now()}); err != nil {
			return err
		}
		one, there, err := of(tx, code)
		if err == nil && there {
			err = cause(tx, by.Sign, &one, Complaint, complaint)
		}
		return err
	})
}
