package casework

import (
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
)

// Absences are who is away, and who takes their place.
type Absences struct{ *Book }

// Away is that somebody is away, and who takes their place meanwhile. It gives no right: a
// deputy does what they may do themselves, and says for whom ([Person.For]).
type Away struct {
	ID      string     `db:"id"`
	Person  string     `db:"person"`
	Deputy  string     `db:"deputy"`
	From    time.Time  `db:"from_at"`
	Until   time.Time  `db:"until_at"`
	Why     string     `db:"why"`
	GivenAt time.Time  `db:"given_at"`
	EndedAt *time.Time `db:"ended_at"`
}

// InForce reports whether the deputy takes the place at t.
func (a Away) InForce(t time.Time) bool {
	return a.EndedAt == nil && !t.Before(a.From) && t.Before(a.Until)
}

type awayAt struct {
	Person string    `db:"person"`
	At     time.Time `db:"at"`
}

var (
	insertAway = db.Declare[Away, db.None](`
		INSERT INTO casework_away (id, person, deputy, from_at, until_at, why, given_at, ended_at)
		VALUES (:id, :person, :deputy, :from_at, :until_at, :why, :given_at, :ended_at)`)
	endAway  = db.Declare[Away, db.None](`UPDATE casework_away SET ended_at = :ended_at WHERE id = :id AND ended_at IS NULL`)
	awayByID = db.Declare[string, Away](`SELECT /*cols*/ FROM casework_away WHERE id = :id`)
	awayOf   = db.Declare[awayAt, Away](`
		SELECT /*cols*/ FROM casework_away WHERE person = :person AND until_at > :at AND ended_at IS NULL ORDER BY from_at, id LIMIT 100`)
	deputyOf = db.Declare[awayAt, Away](`
		SELECT /*cols*/ FROM casework_away WHERE deputy = :person AND until_at > :at AND ended_at IS NULL ORDER BY from_at, id LIMIT 100`)
)

// The bounds of being away: who is longer gone has somebody else appointed.
const (
	maxAway    = 366 * 24 * time.Hour
	maxWhyAway = 200
)

// Appoint has somebody take a person's place for a time. Sign is how the record names who
// appoints, which is the person themselves. A time that is none, one that overlaps
// another, or a deputy who is away then, is a fault of its field.
func (b Absences) Appoint(tx *db.Tx, sign string, a Away) (Away, error) {
	now := b.now(tx)
	switch {
	case a.Person == "" || a.Deputy == "":
		return a, fault.At("deputy", fault.New(fault.Invalid, "请选由谁代办。", "Choose who takes your place."))
	case a.Person == a.Deputy:
		return a, fault.At("deputy", fault.New(fault.Invalid, "自己不能代自己。", "Nobody takes their own place."))
	case !a.From.Before(a.Until):
		return a, fault.At("until", fault.New(fault.Invalid, "结束早于开始。", "It ends before it begins."))
	case !a.Until.After(now):
		return a, fault.At("until", fault.New(fault.Invalid, "结束的时间已经过去。", "Its end has passed."))
	case a.Until.Sub(a.From) > maxAway:
		return a, fault.At("until", fault.New(fault.Invalid, "最长一年。更久的，请授权管理员换人。", "A year at most. For longer, ask the grants administrator to appoint somebody."))
	}
	if t, ok := lang.CheckText(a.Why, maxWhyAway); !ok {
		return a, fault.At("why", &fault.Error{Kind: fault.Invalid, Text: t})
	}
	for field, person := range map[string]string{"from": a.Person, "deputy": a.Deputy} {
		other, err := overlapping(tx, person, a, now)
		if err != nil {
			return a, err
		}
		if other.ID != "" && field == "from" {
			return a, fault.At(field, fault.New(fault.Conflict, "从 %[1]s 到 %[2]s 已经托了人；要换，请先收回。", "From %[1]s until %[2]s somebody takes your place already; end that first to change it.", minute(other.From), minute(other.Until)))
		}
		if other.ID != "" {
			return a, fault.At(field, fault.New(fault.Conflict, "这个人从 %[1]s 到 %[2]s 自己也不在，请换一个人。", "That person is away, too, from %[1]s until %[2]s: choose another.", minute(other.From), minute(other.Until)))
		}
	}
	var err error
	if a.ID, err = newID(); err != nil {
		return a, err
	}
	a.GivenAt, a.EndedAt = now, nil
	a.From, a.Until = a.From.UTC(), a.Until.UTC()
	if _, err := insertAway.Exec(tx, a); err != nil {
		return a, err
	}
	return a, record.Append(tx, sign, awayGiven{a.Person, a.Deputy, a.Why, a.ID, a.From.Format(time.RFC3339), a.Until.Format(time.RFC3339)})
}

// overlapping is when somebody is away within the time of another absence.
func overlapping(tx *db.Tx, person string, a Away, now time.Time) (Away, error) {
	rows, err := awayOf.Slice(tx, awayAt{person, now})
	i := slices.IndexFunc(rows, func(o Away) bool { return o.From.Before(a.Until) && a.From.Before(o.Until) })
	if err != nil || i < 0 {
		return Away{}, err
	}
	return rows[i], nil
}

// Recall ends what [Absences.Appoint] began, before its time: either of the two may. For anybody
// else there is none (fault.NotFound).
func (b Absences) Recall(tx *db.Tx, sign, id, by string) error {
	rows, err := awayByID.Slice(tx, id)
	if err != nil {
		return err
	}
	if len(rows) == 0 || by == "" || rows[0].Person != by && rows[0].Deputy != by {
		return fault.New(fault.NotFound, "没有这项代办。", "There is no such delegation.")
	}
	a, now := rows[0], b.now(tx)
	if a.EndedAt != nil || !a.Until.After(now) {
		return fault.New(fault.Conflict, "这项代办已经结束。", "This delegation has ended already.")
	}
	a.EndedAt = &now
	if _, err := endAway.Exec(tx, a); err != nil {
		return err
	}
	return record.Append(tx, sign, awayEnded{a.Person, by, a.ID})
}

// Of is when a person is away, now or to come, and for whom they take the place.
func (b Absences) Of(tx *db.Tx, person string) (own, others []Away, err error) {
	now := b.now(tx)
	if own, err = awayOf.Slice(tx, awayAt{person, now}); err != nil {
		return nil, nil, err
	}
	others, err = deputyOf.Slice(tx, awayAt{person, now})
	return own, others, err
}

// minute writes a time as China reads it.
func minute(t time.Time) string { return t.In(calendar.China).Format("2006-01-02 15:04") }

// hold holds those who say that they act for another against who is away: nobody takes
// a place that was not given to them.
func (b Absences) hold(tx *db.Tx, by []Person) error {
	now := b.now(tx)
	for _, p := range by {
		if p.For == "" {
			continue
		}
		rows, err := deputyOf.Slice(tx, awayAt{p.ID, now})
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(rows, func(a Away) bool { return a.Person == p.For && a.InForce(now) }) {
			return fault.New(fault.Denied, "现在没有人托您代办，不能以代办的身份做这一步。请以自己的身份做。", "Nobody has you take their place now, so this step cannot be made for another. Make it as yourself.")
		}
	}
	return nil
}
