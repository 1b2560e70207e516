package visit

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/campaign"
	"github.com/xiadu/xiadu/internal/system/complaint/letter"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Filter chooses rounds of a campaign, the latest day first.
type Filter struct {
	Campaign string
	Mine     bool // who asks goes, or whichever supervisor does
	After    Mark
	Limit    int // 0: 30
}

// Mark is the round behind which a page begins: the zero Mark is the beginning.
type Mark struct{ Day, ID string }

// Listed is a round in a list.
type Listed struct {
	Round
	Visited int `db:"visited"` // stops at which something was done
	Late    int `db:"late"`    // acts that came after the round was changed, and nobody looked at
}

type listing struct {
	Campaign string  `db:"campaign"`
	Person   *string `db:"person"`
	AtDay    string  `db:"at_day"`
	AtID     string  `db:"at_id"`
	Limit    int     `db:"lim"`
}

type ofRound struct {
	Round   string  `db:"round"`
	Problem *string `db:"problem"`
}

var (
	listRounds = db.Declare[listing, Listed](`
		SELECT ` + roundColumns + `, (SELECT COUNT(DISTINCT s.problem) FROM complaint_seen s WHERE s.round = complaint_round.id AND s.held = FALSE) AS visited,
			(SELECT COUNT(*) FROM complaint_seen s WHERE s.round = complaint_round.id AND s.held = TRUE AND s.looked = FALSE)
			+ (SELECT COUNT(*) FROM complaint_told t WHERE t.round = complaint_round.id AND t.held = TRUE AND t.looked = FALSE AND t.measure = 0)
			+ (SELECT COUNT(*) FROM complaint_signed i WHERE i.round = complaint_round.id AND i.held = TRUE AND i.looked = FALSE) AS late
		FROM complaint_round WHERE campaign = :campaign [AND person IN (:person, '')]
		AND (day, id) < (:at_day, :at_id) ORDER BY day DESC, id DESC LIMIT :lim`)
	seenOf = db.Declare[ofRound, Seen](`
		SELECT /*cols*/ FROM complaint_seen WHERE round = :round [AND problem = :problem] ORDER BY problem, happened, act`)
	toldOf = db.Declare[ofRound, Told](`
		SELECT /*cols*/ FROM complaint_told WHERE round = :round [AND problem = :problem] ORDER BY problem, happened, act`)
	signedOf = db.Declare[ofRound, Signed](`
		SELECT /*cols*/ FROM complaint_signed WHERE round = :round [AND problem = :problem] ORDER BY problem, happened, act`)
)

const mostListed = 100

// List is a page of rounds, and behind which the next begins. Of those of others it has what who asks may read.
func (v *Visits) List(ctx context.Context, who identity.Colleague, f Filter) (all []Listed, next Mark, err error) {
	err = v.db.View(ctx, func(tx *db.Tx) error {
		q := listing{Campaign: f.Campaign, AtDay: f.After.Day, AtID: f.After.ID, Limit: min(f.Limit, mostListed)}
		if q.Limit <= 0 {
			q.Limit = 30
		}
		if q.AtDay == "" {
			q.AtDay = "~"
		}
		if f.Mine {
			q.Person = &who.Person
		}
		rows, err := listRounds.Slice(tx, q)
		if err != nil {
			return err
		}
		all, next = nil, Mark{}
		if len(rows) == q.Limit {
			next = Mark{rows[len(rows)-1].Day, rows[len(rows)-1].ID}
		}
		for _, r := range rows {
			err := v.reads(tx, who, r.Round)
			if err != nil && fault.KindOf(err) != fault.Denied {
				return err
			}
			if err == nil {
				all = append(all, r)
			}
		}
		return nil
	})
	return all, next, err
}

// reads asks whether somebody may read a round: who supervises or coordinates there, and who looks at all of it.
func (v *Visits) reads(tx *db.Tx, who identity.Colleague, r Round) error {
	at, err := r.where(tx)
	if err != nil {
		return err
	}
	_, err = admitted(tx, who, at, complaint.Supervise, complaint.Coordinate, complaint.Look)
	return err
}

// Whole is a round with its stops.
type Whole struct {
	Round
	Campaign campaign.Campaign
	Sketch   *Sketch // nil: there were no streets
	Stops    []Halt
	Gone     []Halt // stops that were taken out, and at which somebody was all the same
	Plans    bool   // who asks may change it
	Goes     bool   // who asks acts on site here
}

// Halt is a stop with what was done there.
type Halt struct {
	Stop
	Problem problem.Problem
	Seen    []Seen
	Told    []Told
	Signed  []Signed
}

// Outcome is how the site was found the last time; empty where only promises were looked at.
func (h Halt) Outcome() (last Seen) { return lastOf(h.Seen, 0) }

// Of is what was found of a promise the last time.
func (h Halt) Of(measure int) (last Seen) { return lastOf(h.Seen, measure) }

func lastOf(all []Seen, measure int) (last Seen) {
	for _, s := range all { // by the time they happened
		if s.Measure == measure {
			last = s
		}
	}
	return last
}

// Acts are the ids of all that was noted at a stop, in the order of their time.
func (h Halt) Acts() (ids []string) {
	type act struct {
		at time.Time
		id string
	}
	var all []act
	for _, s := range h.Seen {
		all = append(all, act{s.Happened, s.Act})
	}
	for _, t := range h.Told {
		all = append(all, act{t.Happened, t.Act})
	}
	slices.SortFunc(all, func(a, b act) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	for _, a := range all {
		ids = append(ids, a.id)
	}
	return ids
}

// Get returns a round with its stops in their order.
func (v *Visits) Get(ctx context.Context, who identity.Colleague, id string) (w Whole, err error) {
	err = v.db.View(ctx, func(tx *db.Tx) error { w, err = v.whole(tx, who, id); return err })
	return w, err
}

func (v *Visits) whole(tx *db.Tx, who identity.Colleague, id string) (w Whole, err error) {
	if w.Round, err = read(tx, id); err != nil {
		return w, err
	}
	if err := v.reads(tx, who, w.Round); err != nil {
		return w, err
	}
	if w.Campaign, err = campaign.Read(tx, w.Round.Campaign); err != nil {
		return w, err
	}
	at, err := w.where(tx)
	if err != nil {
		return w, err
	}
	_, refused := who.Admit(tx, complaint.Supervise, at)
	w.Goes = refused == nil && !w.Cancelled
	_, refused = admitted(tx, who, at, complaint.Supervise, complaint.Coordinate)
	w.Plans = refused == nil
	drawn, err := sketchOf.One(tx, id)
	if err != nil {
		return w, err
	}
	if drawn != "" {
		w.Sketch = &Sketch{}
		if err := json.Unmarshal([]byte(drawn), w.Sketch); err != nil {
			return w, err
		}
	}
	return w, v.halts(tx, &w)
}

func (v *Visits) halts(tx *db.Tx, w *Whole) error {
	stops, err := stopsOf.Slice(tx, w.ID)
	if err != nil {
		return err
	}
	all, err := allOf(tx, ofRound{Round: w.ID})
	if err != nil {
		return err
	}
	for _, s := range stops {
		h := all[s.Problem]
		h.Stop = s
		if h.Problem, err = problem.Read(tx, s.Problem); err != nil {
			return err
		}
		switch {
		case !s.Removed:
			w.Stops = append(w.Stops, h)
		case h.Touched():
			w.Gone = append(w.Gone, h)
		}
	}
	return nil
}

// allOf is what was done, by problem.
func allOf(tx *db.Tx, q ofRound) (map[string]Halt, error) {
	all := map[string]Halt{}
	saw, err := seenOf.Slice(tx, q)
	if err != nil {
		return nil, err
	}
	said, err := toldOf.Slice(tx, q)
	if err != nil {
		return nil, err
	}
	inked, err := signedOf.Slice(tx, q)
	for _, s := range saw {
		h := all[s.Problem]
		h.Seen = append(h.Seen, s)
		all[s.Problem] = h
	}
	for _, t := range said {
		h := all[t.Problem]
		h.Told = append(h.Told, t)
		all[t.Problem] = h
	}
	for _, s := range inked {
		h := all[s.Problem]
		h.Signed = append(h.Signed, s)
		all[s.Problem] = h
	}
	return all, err
}

// Site is a stop with all that one needs there.
type Site struct {
	Halt
	Round    Round
	Campaign campaign.Campaign
	Digests  []string
	Measures []problem.Measure
	Shown    map[string][]evidence.Item // of the measures, by their id
	Items    []evidence.Item            // of the visit
	Signers  map[string]string          // who signed, by the act
	Units    []string                   // organisations that an instruction may be for, that of the problem first
	Prev     string                     // codes of the stops beside it
	Next     string
	Goes     bool
	Looks    bool // who asks says of what is late that it was looked at
}

// At returns a stop of a round by the code of its problem.
func (v *Visits) At(ctx context.Context, who identity.Colleague, id, code string) (s Site, err error) {
	err = v.db.View(ctx, func(tx *db.Tx) error {
		w, err := v.whole(tx, who, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(w.Stops, func(h Halt) bool { return h.Problem.Code == strings.ToUpper(code) })
		if i < 0 {
			gone := slices.IndexFunc(w.Gone, func(h Halt) bool { return h.Problem.Code == strings.ToUpper(code) })
			if gone >= 0 {
				s = Site{Halt: w.Gone[gone], Round: w.Round, Campaign: w.Campaign, Shown: map[string][]evidence.Item{}, Signers: map[string]string{}}
				return s.fill(tx, who)
			}
			return fault.New(fault.NotFound, "这次督办没有“%s”这一站。", "This round has no stop %q.", code)
		}
		s = Site{Halt: w.Stops[i], Round: w.Round, Campaign: w.Campaign, Goes: w.Goes, Shown: map[string][]evidence.Item{}, Signers: map[string]string{}}
		if i > 0 {
			s.Prev = w.Stops[i-1].Problem.Code
		}
		if i+1 < len(w.Stops) {
			s.Next = w.Stops[i+1].Problem.Code
		}
		return s.fill(tx, who)
	})
	return s, err
}

func (s *Site) fill(tx *db.Tx, who identity.Colleague) error {
	at, err := s.Problem.At(tx)
	if err != nil {
		return err
	}
	_, refused := who.Admit(tx, complaint.Coordinate, at)
	s.Looks = refused == nil && s.Late().Touched()
	letters, err := letter.Of(tx, s.Problem.ID)
	if err != nil {
		return err
	}
	for _, l := range letters {
		if l.Digest != "" && !slices.Contains(s.Digests, l.Digest) {
			s.Digests = append(s.Digests, l.Digest)
		}
	}
	if s.Measures, err = problem.Measures(tx, s.Problem.ID); err != nil {
		return err
	}
	for _, m := range s.Measures {
		if s.Shown[m.ID], err = evidence.Items(tx, complaint.System, m.Evidence()); err != nil {
			return err
		}
	}
	if s.Items, err = evidence.Items(tx, complaint.System, Evidence(s.Problem.ID, s.Round.ID)); err != nil {
		return err
	}
	for _, one := range s.Signed {
		if s.Signers[one.Act], err = one.Signer(tx); err != nil {
			return err
		}
	}
	leads, err := problem.Leads(tx, s.Campaign.Code)
	s.Units = []string{s.Problem.Lead}
	for _, unit := range leads {
		if unit != s.Problem.Lead {
			s.Units = append(s.Units, unit)
		}
	}
	return err
}
