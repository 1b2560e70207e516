package stars

import (
	"context"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
)

var (
	starOf   = db.Declare[string, Star](`SELECT /*cols*/ FROM station_star WHERE station = :station`)
	dropStar = db.Declare[string, db.None](`DELETE FROM station_star WHERE station = :station`)
	putStar  = db.Declare[Star, db.None](`
		INSERT INTO station_star (station, division, region, n, star, at_most, rule, facts, from_at, until_at, appeal_by, lower_to, lower_at, lower_why, cause, cause_of, cause_at, appeal, by_person, by_office, version)
		VALUES (:station, :division, :region, :n, :star, :at_most, :rule, :facts, :from_at, :until_at, :appeal_by, :lower_to, :lower_at, :lower_why, :cause, :cause_of, :cause_at, :appeal, :by_person, :by_office, :version)`)
)

// of is a station's row; one without stars yet for a station that was never reviewed.
func of(tx *db.Tx, code string) (s Star, there bool, err error) {
	rows, err := starOf.Slice(tx, code)
	if err != nil || len(rows) == 0 {
		return Star{Station: code, LowerTo: -1}, false, err
	}
	return rows[0], true, nil
}

// write puts a row in the place of the one that was read.
func (s *Star) write(tx *db.Tx) error {
	if _, err := dropStar.Exec(tx, s.Station); err != nil {
		return err
	}
	s.Version++
	_, err := putStar.Exec(tx, *s)
	return err
}

// Of is a station's star; false: it was never reviewed.
func (s *Stars) Of(ctx context.Context, code string) (one Star, there bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { one, there, err = of(tx, code); return err })
	return one, there, err
}

func place(s *station.Station) right.Place { return right.In(s.Division, station.Subject(s.Code)) }

// admitted reads a station that somebody may give stars to.
func admitted(tx *db.Tx, who identity.Colleague, key, code string) (s station.Station, by identity.Admitted, err error) {
	if s, err = station.One(tx, code); err != nil {
		return s, by, err
	}
	by, err = who.Admit(tx, key, place(&s))
	return s, by, fault.At("staff", err)
}

// Review measures a station and gives it the star that this bears out. One that is lower than the star that stands is a fault.Conflict: the
// station is on the list of those to be looked at again, and a person lowers it or does not.
func (s *Stars) Review(ctx context.Context, who identity.Colleague, code string) (one Star, err error) {
	var held error
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		at, by, err := admitted(tx, who, station.ReviewStars, code)
		if err != nil {
			return err
		}
		if at.Status == station.Candidate {
			return fault.New(fault.Conflict, "%s 还是候选，不评星。", "%s is a candidate and gets no star.", code)
		}
		one, held, err = review(tx, &at, by, false)
		return err
	})
	if err == nil {
		err = held
	}
	return one, err
}

// review measures and gives, or says why a person decides first.
func review(tx *db.Tx, at *station.Station, by identity.Admitted, batch bool) (one Star, held, err error) {
	if one, _, err = of(tx, at.Code); err != nil {
		return one, nil, err
	}
	now := tx.Now().UTC().Truncate(time.Second)
	if held := one.open(now, batch); held != nil {
		return one, held, nil
	}
	facts, err := gather(tx, at)
	if err != nil {
		return one, nil, err
	}
	g, err := facts.Grade(at.Code)
	if err != nil {
		return one, nil, err
	}
	if g.Star < one.Now(now) {
		held := fault.New(fault.Conflict, "重新测量低于现在的星级，没有自动降：已列入“待复评”。要降，请写理由告知；不降，请写为什么不变。",
			"It now measures lower than its star, which is not lowered by itself: it is listed to be reviewed. To lower it, announce that with a reason; to keep it, say why.")
		return one, held, cause(tx, by.Sign, &one, Measured, "")
	}
	return one, nil, one.give(tx, at, by, facts, g)
}

// open is what has to be decided before a star may be given anew; nil: nothing. A batch does not lift a lowering that is in force either.
func (s *Star) open(now time.Time, batch bool) error {
	lapsed := !now.Before(s.Until)
	switch {
	case s.Appeal != "":
		return fault.New(fault.Conflict, "申诉还没有决定：先决定申诉，再重新评定。", "An appeal is open: decide that first, then review it.")
	case lapsed:
		return nil
	case s.Announced(now):
		return fault.New(fault.Conflict, "已经告知要降到 %d 星：重新评定不撤回它。等它生效，或由站长申诉。", "A lowering to %d is announced, and a review does not withdraw it: wait until it is in force, or for an appeal.", s.LowerTo)
	case s.Cause != NoCause && s.Now(now) > 0:
		return fault.New(fault.Conflict, "这一站待复评（%[1]s）：先写理由保持星级，或告知降星，再重新评定。", "It is to be reviewed because %[2]s: keep the star with a reason or announce a lowering first.", s.Cause.Name().ZH, s.Cause.Name().EN)
	case batch && s.LowerTo >= 0:
		return fault.New(fault.Conflict, "降过星：由办公室单独重新评定。", "It was lowered: the office reviews it by itself.")
	}
	return nil
}

// give writes a review.
func (s *Star) give(tx *db.Tx, at *station.Station, by identity.Admitted, facts Facts, g Graded) (err error) {
	f := Rule()
	s.From = tx.Now().UTC().Truncate(time.Second)
	if s.Now(s.From) == 0 { // else what happened is settled with a reason
		s.Cause, s.CauseOf, s.CauseAt = NoCause, "", nil
	}
	s.Division, s.Region = at.Division.Code(), station.Region(at.Division)
	s.N, s.Star, s.AtMost, s.Rule = s.N+1, g.Star, g.AtMost, f.Rule.Hash()
	if s.Facts, err = facts.text(); err != nil {
		return err
	}
	if s.Until, err = due(tx, Holds); err != nil {
		return err
	}
	if s.AppealBy, err = due(tx, Appeals); err != nil {
		return err
	}
	s.LowerTo, s.LowerAt, s.LowerWhy = -1, nil, ""
	s.ByPerson, s.ByOffice = by.Person, by.Organisation
	if err := s.write(tx); err != nil {
		return err
	}
	return record.Append(tx, by.Sign, given{
		Station: s.Station, Division: s.Division, N: s.N, Rule: s.Rule, Facts: facts, Missing: g.Missing, Star: s.Star, AtMost: s.AtMost, Until: s.Until.Format(time.RFC3339), by: by.Person,
	})
}

// cause has a station looked at again. The first cause stays until somebody does so.
func cause(tx *db.Tx, sign string, s *Star, why Cause, of string) error {
	now := tx.Now().UTC().Truncate(time.Second)
	if s.Cause != NoCause || s.Now(now) == 0 {
		return nil
	}
	s.Cause, s.CauseOf, s.CauseAt = why, of, &now
	if err := s.write(tx); err != nil {
		return err
	}
	return record.Append(tx, sign, caused{s.Station, string(why), of})
}

// paused is told of the stations that a change of the register pauses.
func paused(tx *db.Tx, sign string, codes []string) error {
	for _, code := range codes {
		one, there, err := of(tx, code)
		if err == nil && there {
			err = cause(tx, sign, &one, Paused, "")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// mostWhy bounds a reason, in characters.
const mostWhy = 500

func said(field, text string, most int) (string, error) {
	text = strings.TrimSpace(text)
	t, ok := lang.CheckLines(text, most)
	if text == "" {
		ok, t = false, lang.Text{ZH: "请写明理由：会公开", EN: "say why: it is public"}
	}
	if !ok {
		return "", fault.At(field, &fault.Error{Kind: fault.Invalid, Text: t})
	}
	return text, nil
}

// standing reads the star of a station for who may change it, as they saw it.
func standing(tx *db.Tx, who identity.Colleague, code string, seen int64) (one Star, by identity.Admitted, err error) {
	if _, by, err = admitted(tx, who, station.ReviewStars, code); err != nil {
		return one, by, err
	}
	one, there, err := of(tx, code)
	switch {
	case err != nil:
	case !there || one.Now(tx.Now()) == 0:
		err = fault.New(fault.Conflict, "%s 现在没有星级。", "%s has no star now.", code)
	case one.Version != seen:
		err = fault.New(fault.Conflict, "这一站的星级已经变过：请看过现在的再办。", "The star of this station has changed meanwhile: look at it as it is, then do it again.")
	}
	return one, by, err
}

// Settling keeps a star after something happened.
type Settling struct {
	Station string
	Seen    int64
	Why     string // for the office and auditors
}

// Settle says that a station was looked at again and keeps its star.
func (s *Stars) Settle(ctx context.Context, who identity.Colleague, k Settling) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		one, by, err := standing(tx, who, k.Station, k.Seen)
		if err != nil {
			return err
		}
		why, err := said("why", k.Why, mostWhy)
		if err != nil {
			return err
		}
		if one.Cause == NoCause {
			return fault.New(fault.Conflict, "这一站没有待复评的事。", "Nothing has happened for which it would be looked at again.")
		}
		had := one.Cause
		one.Cause, one.CauseOf, one.CauseAt = NoCause, "", nil
		if err := one.write(tx); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, settled{Station: one.Station, Cause: string(had), by: by.Person, why: why})
	})
}

// Lowering lowers a star.
type Lowering struct {
	Station string
	Seen    int64
	To      int    // 0: none
	Why     string // for everybody
}

// Lower announces that a station's star goes down after the notice, and until when it may be appealed against.
func (s *Stars) Lower(ctx context.Context, who identity.Colleague, l Lowering) (one Star, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		var by identity.Admitted
		if one, by, err = standing(tx, who, l.Station, l.Seen); err != nil {
			return err
		}
		why, err := said("why", l.Why, mostWhy)
		if err != nil {
			return err
		}
		now := one.Now(tx.Now())
		switch {
		case l.To < 0 || l.To >= now:
			return fault.At("to", fault.New(fault.Invalid, "现在是 %[1]d 星，请选比它低的；0 是撤销星级", "it has %[1]d stars: choose fewer; 0 takes them all", now))
		case one.Appeal != "":
			return fault.New(fault.Conflict, "申诉还没有决定，先决定申诉。", "An appeal is open: decide that first.")
		case one.Announced(tx.Now()):
			return fault.New(fault.Conflict, "已经告知过要降到 %d 星。", "A lowering to %d is announced already.", one.LowerTo)
		}
		at, err := due(tx, Notice)
		if err != nil {
			return err
		}
		if one.AppealBy, err = due(tx, Appeals); err != nil {
			return err
		}
		had := one.Cause
		one.Star, one.LowerTo, one.LowerAt, one.LowerWhy = now, l.To, &at, why
		one.Cause, one.CauseOf, one.CauseAt = NoCause, "", nil
		one.ByPerson, one.ByOffice = by.Person, by.Organisation
		if err := one.write(tx); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, lowering{Station: one.Station, From: now, To: l.To, Cause: string(had), At: at.Format(time.RFC3339), by: by.Person, why: why})
	})
	return one, err
}

// Division reads what a batch or a list is within; empty: everywhere.
func Division(text string) (gb.Division, error) {
	if text == "" {
		return gb.Division{}, nil
	}
	d, err := gb.Parse(text)
	return d, fault.At("division", err)
}
