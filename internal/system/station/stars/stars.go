// Package stars is one to five stars for a station, by a published rule and from what the system knows.
//
//	one, err := s.Review(ctx, office, "XN-0001")              // measures, computes, gives
//	err = s.Lower(ctx, office, stars.Lowering{Station: …, To: 2, Why: …}) // announced; in force after the notice
//	a, err := s.Appeal(ctx, keeper, stars.Appealing{Station: …, What: …})
//	a, err = s.Decide(ctx, referee, stars.Deciding{Station: "A-1", Appeal: a.ID, Uphold: true, Why: …})
//
// A review gathers [Facts] at a moment and has engine/scoring compute the star that they bear out whatever is missing turns out to be: a
// fact that is not there holds no floor and is no zero. What the public entry says is all that a star is computed from, so anybody can do
// it again (xiadu score --rule stars-5).
//
// What a star is now follows from its row and the time ([Star.Now]): it ends by itself, and an announced lowering begins by itself, unless
// an appeal is open. Nothing but a person lowers it: a review that comes out lower, a pause, a survey that found something wrong or a
// complaint only have the station looked at again ([Cause]). docs/adr/0019 has the reasons.
//
// Tables owned: station_star, station_star_survey, station_star_complaint, station_star_appeal, station_star_batch.
package stars

import (
	"fmt"
	"sync"
	"time"

	_ "embed"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Preset is the rule that stars are given by.
const Preset = "stars-5"

// Most is the highest star.
const Most = 5

// Rule is the rule's file.
func Rule() rule.File {
	f, ok := rule.Preset(Preset)
	if !ok {
		panic("stars: there is no rule " + Preset)
	}
	return f
}

// Star is what a station has, as it was reviewed last.
type Star struct {
	Station  string     `db:"station"`
	Division string     `db:"division"`
	Region   string     `db:"region"`
	N        int        `db:"n"`
	Star     int        `db:"star"`
	AtMost   int        `db:"at_most"`
	Rule     string     `db:"rule"`
	Facts    string     `db:"facts"`
	From     time.Time  `db:"from_at"`
	Until    time.Time  `db:"until_at"`
	AppealBy time.Time  `db:"appeal_by"`
	LowerTo  int        `db:"lower_to"`
	LowerAt  *time.Time `db:"lower_at"`
	LowerWhy string     `db:"lower_why"`
	Cause    Cause      `db:"cause"`
	CauseOf  string     `db:"cause_of"`
	CauseAt  *time.Time `db:"cause_at"`
	Appeal   string     `db:"appeal"`
	ByPerson string     `db:"by_person"`
	ByOffice string     `db:"by_office"`
	Version  int64      `db:"version"`
}

// Now is the star at a time; 0: none. It ended, was never given, or is lowered by then.
func (s *Star) Now(at time.Time) int {
	switch {
	case !at.Before(s.Until):
		return 0
	case s.LowerTo >= 0 && s.Appeal == "" && s.LowerAt != nil && !at.Before(*s.LowerAt):
		return s.LowerTo
	}
	return s.Star
}

// Lapsed tells whether there was a star that has ended.
func (s *Star) Lapsed(at time.Time) bool { return s.Star > 0 && !at.Before(s.Until) }

// Announced tells whether a lowering is announced that is not in force yet.
func (s *Star) Announced(at time.Time) bool {
	return s.LowerTo >= 0 && at.Before(s.Until) && s.Now(at) != s.LowerTo
}

// Cause is why a station is to be looked at again.
type Cause string

// The causes.
const (
	NoCause   Cause = ""
	Paused    Cause = "paused"    // it was not open at the hours that are posted
	Found     Cause = "survey"    // a survey found something wrong
	Complaint Cause = "complaint" // an upheld one was not mended in time
	Measured  Cause = "measured"  // a review came out lower than the star that stands
)

var causes = map[Cause]lang.Text{
	Paused:    {ZH: "暂停过开放", EN: "it was paused"},
	Found:     {ZH: "实地核查发现问题", EN: "a survey found something wrong"},
	Complaint: {ZH: "属实的投诉没有按时整改", EN: "an upheld complaint was not mended in time"},
	Measured:  {ZH: "重新测量低于现在的星级", EN: "it now measures lower than its star"},
}

// Name is what a cause is called.
func (c Cause) Name() lang.Text { return causes[c] }

// Subject is the name under which the record keeps a station's stars: apart from its facts, so that a change of those can be undone.
func Subject(code string) string { return "station-star/" + code }

// Complaints looks a complaint of another system up by its public code.
type Complaints func(tx *db.Tx, code string) (Complained, error)

// Complained is what matters of a complaint.
type Complained struct {
	Upheld bool
	Late   bool // what is owed on it was not done in time
}

// Stars are those of a site.
type Stars struct {
	db         *db.DB
	book       *casework.Book
	complaints Complaints // nil: the site has none
}

// In returns those of a database, and has pauses in the register told to them.
func In(d *db.DB, book *casework.Book, c Complaints) *Stars {
	Watch(d)
	return &Stars{d, book, c}
}

// Watch has stations that are paused looked at again, also where only the register is used.
func Watch(d *db.DB) { station.OnPause(d, paused) }

//go:embed rules.txt
var periodsText string

var periods = sync.OnceValues(func() (map[string]clock.Rule, error) {
	all, err := clock.ReadRules(periodsText)
	byName := make(map[string]clock.Rule, len(all))
	for _, r := range all {
		byName[r.Name] = r
	}
	return byName, err
})

// The periods, by their names in rules.txt.
const (
	Holds    = "星级.有效"
	Notice   = "星级.降星告知"
	Appeals  = "星级.申诉"
	Decision = "星级.申诉处理"
)

// Period is one of them.
func Period(name string) (clock.Rule, error) {
	all, err := periods()
	r, ok := all[name]
	if err == nil && !ok {
		err = fmt.Errorf("stars: there is no period %s", name)
	}
	return r, err
}

// due is when a period that begins now ends.
func due(tx *db.Tx, name string) (time.Time, error) {
	r, err := Period(name)
	if err != nil {
		return time.Time{}, err
	}
	known, err := casework.Calendar(tx, calendar.Official)
	if err != nil {
		return time.Time{}, err
	}
	now := tx.Now().UTC().Truncate(time.Second)
	until, err := clock.Reckon(r, []clock.Event{{Kind: clock.Started, Happened: now, Recorded: now}}, clock.Office{Calendar: known})
	return until.Due.UTC(), err
}
