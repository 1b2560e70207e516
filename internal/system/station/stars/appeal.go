package stars

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/casework/process"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/station"
)

// The stages of an appeal.
const (
	Open      = "open"
	Upheld    = "upheld"
	Dismissed = "dismissed"
)

const clockAppeal = "appeal"

func text(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }

// Process is the way of an appeal. That somebody else decides than who gave or lowered the star is held by [Stars.Decide], which knows that.
var Process = process.Process{
	Key: "station.star-appeal", Name: text("星级申诉", "appeal against a star"), Starts: []string{clockAppeal},
	Stages: []process.Stage{
		{Key: Open, Name: text("待决定", "to be decided"), Owes: process.Asker, Clock: clockAppeal, Tell: true},
		{Key: Upheld, Name: text("成立", "upheld"), Final: true},
		{Key: Dismissed, Name: text("不成立", "dismissed"), Final: true},
	},
	Moves: []process.Move{
		{Key: "uphold", Name: text("成立", "uphold"), From: []string{Open}, To: Upheld, Meets: []string{clockAppeal}, Needs: []process.Need{{Kind: process.Reason}}},
		{Key: "dismiss", Name: text("不成立", "dismiss"), From: []string{Open}, To: Dismissed, Meets: []string{clockAppeal}, Needs: []process.Need{{Kind: process.Reason}}},
	},
	Ways: []process.Way{
		{To: Upheld, Since: Open, Through: []process.Through{{Moves: []string{"uphold"}, Needs: []process.Kind{process.Reason}}}},
		{To: Dismissed, Since: Open, Through: []process.Through{{Moves: []string{"dismiss"}, Needs: []process.Kind{process.Reason}}}},
	},
}

// Processes are those of the system.
func Processes() []process.Process { return []process.Process{Process} }

// Appeal is what somebody says against a star.
type Appeal struct {
	ID        string     `db:"id"` // of its case
	Station   string     `db:"station"`
	N         int        `db:"n"`    // from 1
	Sealed    string     `db:"said"` // see [Stars.Words]
	KeyNumber int        `db:"key_number"`
	Answer    string     `db:"answer"` // for everybody
	Stage     string     `db:"stage"`
	Version   int        `db:"version"` // of its case
	MadeAt    time.Time  `db:"made_at"`
	EndedAt   *time.Time `db:"ended_at"`
}

// StageName is what its stage is called.
func (a *Appeal) StageName() lang.Text {
	s, _ := Process.Stage(a.Stage)
	return s.Name
}

func (a *Appeal) place() string { return "station_star_appeal/" + a.ID }

var (
	insertAppeal = db.Declare[Appeal, db.None](`
		INSERT INTO station_star_appeal (id, station, n, said, key_number, answer, stage, version, made_at, ended_at)
		VALUES (:id, :station, :n, :said, :key_number, :answer, :stage, :version, :made_at, :ended_at)`)
	writeAppeal = db.Declare[Appeal, db.None](`UPDATE station_star_appeal SET answer = :answer, stage = :stage, version = :version, ended_at = :ended_at WHERE id = :id`)
	appealByID  = db.Declare[string, Appeal](`SELECT /*cols*/ FROM station_star_appeal WHERE id = :id`)
	appealsOf   = db.Declare[string, Appeal](`SELECT /*cols*/ FROM station_star_appeal WHERE station = :station ORDER BY n DESC`)
)

// Anew is the table with something sealed, for when another key is in use.
var Anew = []record.Drawer{{
	Read: db.Declare[record.UnderOther, record.Own](`
		SELECT id, 'station_star_appeal/' || id AS place, said AS secret, key_number FROM station_star_appeal WHERE key_number <> :key_number AND id > :after ORDER BY id LIMIT :lim`),
	Set: db.Declare[record.Own, db.None](`UPDATE station_star_appeal SET said = :secret, key_number = :key_number WHERE id = :id`),
}}

// AppealsOf lists the appeals against a station's stars, the newest first, for everybody: what was said is not in it.
func (s *Stars) AppealsOf(ctx context.Context, code string) (all []Appeal, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { all, err = appealsOf.Slice(tx, code); return err })
	return all, err
}

// Appealing is an appeal to be.
type Appealing struct {
	Station string
	What    string
	Form    string // act.Form's number
}

const mostSaid = 2000

// Appeal takes an appeal of who keeps the station, or of the office that types one in, within the period.
func (s *Stars) Appeal(ctx context.Context, who identity.Colleague, n Appealing) (a Appeal, err error) {
	n.What = strings.TrimSpace(n.What)
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		at, by, err := admitted(tx, who, station.KeepDoor, n.Station)
		if fault.KindOf(err) == fault.Denied {
			at, by, err = admitted(tx, who, station.ReviewStars, n.Station)
		}
		if err != nil {
			return err
		}
		t, ok := lang.CheckLines(n.What, mostSaid)
		if n.What == "" {
			ok, t = false, text("请写明对什么不服、依据是什么", "say what you appeal against, and on what grounds")
		}
		if !ok {
			return fault.At("what", &fault.Error{Kind: fault.Invalid, Text: t})
		}
		id, again, err := act.Filled(tx, act.Form{Number: n.Form, Person: by.Person, Says: []string{n.Station, n.What}}, func() (string, error) {
			a, err = s.open(tx, &at, by, n)
			return a.ID, err
		})
		if err == nil && again {
			a, err = appealByID.One(tx, id)
		}
		return err
	})
	return a, err
}

func (s *Stars) open(tx *db.Tx, at *station.Station, by identity.Admitted, n Appealing) (a Appeal, err error) {
	one, there, err := of(tx, at.Code)
	switch {
	case err != nil:
		return a, err
	case !there || !tx.Now().Before(one.AppealBy):
		return a, fault.New(fault.Late, "现在不收这一站的申诉：还没有评星，或者申诉期已过。", "No appeal is taken for this station now: it was not reviewed yet, or the period is over.")
	case one.Appeal != "":
		return a, fault.New(fault.Conflict, "已经有一个申诉还没有决定。", "There is an appeal already that is not decided.")
	}
	rule, err := Period(Decision)
	if err != nil {
		return a, err
	}
	had, err := appealsOf.Slice(tx, at.Code)
	if err != nil {
		return a, err
	}
	made, err := s.book.Open(tx, casework.Opening{
		Process: Process.Key, Code: fmt.Sprintf("%s/%d", at.Code, len(had)+1), Division: at.Division.Code(), Asker: one.ByOffice,
		By: []casework.Person{{ID: by.Person, Organisation: by.Organisation}}, Rules: map[string]clock.Rule{clockAppeal: rule},
	})
	if err != nil {
		return a, err
	}
	a = Appeal{ID: made.ID, Station: at.Code, N: len(had) + 1, Stage: made.Stage, Version: made.Version, MadeAt: tx.Now()}
	if a.Sealed, a.KeyNumber, err = record.SealOwn(tx, a.place(), n.What); err != nil {
		return a, err
	}
	if _, err := insertAppeal.Exec(tx, a); err != nil {
		return a, err
	}
	one.Appeal = a.ID
	if err := one.write(tx); err != nil {
		return a, err
	}
	return a, record.Append(tx, by.Sign, appealed{Station: at.Code, N: a.N, by: by.Person, what: n.What})
}

// Words is what an appeal said, for the office and for who decides.
func (s *Stars) Words(ctx context.Context, who identity.Colleague, a Appeal) (words string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		_, _, err := admitted(tx, who, station.JudgeAppeals, a.Station)
		if fault.KindOf(err) == fault.Denied {
			_, _, err = admitted(tx, who, station.ReviewStars, a.Station)
		}
		if err == nil {
			words, err = record.OpenOwn(tx, a.place(), a.Sealed)
		}
		return err
	})
	return words, err
}

// Deciding decides an appeal.
type Deciding struct {
	Station string // that it is about, as who decides sees it
	Appeal  string
	Seen    int
	Uphold  bool
	Why     string // for everybody
}

// Decide decides an appeal. Upheld, an announced lowering is withdrawn, and a star that was reviewed is measured again on the spot.
func (s *Stars) Decide(ctx context.Context, who identity.Colleague, d Deciding) (a Appeal, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		if a, err = appealByID.One(tx, d.Appeal); err != nil {
			return err
		}
		if a.Station != d.Station {
			return fault.New(fault.NotFound, "%s 没有这个申诉", "%s has no such appeal", lang.Short(d.Station))
		}
		at, by, err := admitted(tx, who, station.JudgeAppeals, a.Station)
		if err != nil {
			return err
		}
		why, err := said("why", d.Why, mostWhy)
		if err != nil {
			return err
		}
		one, _, err := of(tx, a.Station)
		if err != nil {
			return err
		}
		if by.Person == one.ByPerson && by.Person != "" {
			return fault.New(fault.Denied, "这颗星是您评的或降的：申诉由别人决定。", "You gave or lowered this star: somebody else decides the appeal.")
		}
		move := "dismiss"
		if d.Uphold {
			move = "uphold"
		}
		made, err := s.book.Advance(tx, casework.Step{Case: a.ID, Move: move, Seen: d.Seen, Reason: why, By: []casework.Person{{ID: by.Person, Organisation: by.Organisation}}})
		if err != nil {
			return err
		}
		now := tx.Now().UTC().Truncate(time.Second)
		a.Stage, a.Version, a.Answer, a.EndedAt = made.Case.Stage, made.Case.Version, why, &now
		if _, err := writeAppeal.Exec(tx, a); err != nil {
			return err
		}
		lowered, err := one.decide(tx, &at, by, d.Uphold)
		if err != nil {
			return err
		}
		return record.Append(tx, by.Sign, decided{Station: a.Station, N: a.N, To: a.Stage, At: lowered, by: by.Person, why: why})
	})
	return a, err
}

// decide brings a star to what was decided; it returns from when an announced lowering is in force.
func (s *Star) decide(tx *db.Tx, at *station.Station, by identity.Admitted, upheld bool) (lowered string, err error) {
	s.Appeal = ""
	now := tx.Now().UTC().Truncate(time.Second)
	switch {
	case upheld && s.LowerTo >= 0:
		s.LowerTo, s.LowerAt, s.LowerWhy = -1, nil, ""
	case upheld:
		facts, err := gather(tx, at)
		if err != nil {
			return "", err
		}
		g, err := facts.Grade(at.Code)
		if err != nil {
			return "", err
		}
		if g.Star > s.Now(now) { // what was appealed against is never made worse by it
			return "", s.give(tx, at, by, facts, g)
		}
	case s.LowerTo >= 0:
		if s.LowerAt == nil || s.LowerAt.Before(now) {
			s.LowerAt = &now
		}
		lowered = s.LowerAt.Format(time.RFC3339)
	}
	return lowered, s.write(tx)
}

// Called is what appeals are called on the pages of who has to do them.
func Called(_ *db.Tx, all []casework.Ref) (map[string]casework.Called, error) {
	names := make(map[string]casework.Called, len(all))
	for _, r := range all {
		code, n, _ := strings.Cut(r.Code, "/")
		names[r.Case] = casework.Called{As: n, Title: lang.Text{ZH: "驿站 " + code + "：星级申诉 " + n, EN: "Station " + code + ": appeal " + n}, Href: "/stations/" + url.PathEscape(code) + "/star"}
	}
	return names, nil
}
