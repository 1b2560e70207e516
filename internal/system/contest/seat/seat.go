// Package seat is who sits where in a contest, by which device, and who is away.
//
//	err := seats.Give(ctx, who, "hall-2026", "j3", person)
//	b, err := seats.Beat(ctx, judge, seat.Beat{Contest: "hall-2026", Device: id, Unsent: 2})
//	err = seats.Recuse(ctx, who, seat.Away{Contest: …, Part: "show", Entry: "07", Seat: "j3"})
//
// # One device a seat
//
// The first device of a seat is its chosen one, and marks of another are refused. Another is chosen by the old one ("go on there"), or by
// the scorekeeper where that is dead; each change is counted, and the public file has the count. A device beats while its page is
// open and says what it has not sent: how long a seat was not seen is for everybody in the hall who has to know.
//
// # Away
//
// A *recusal* is there before any mark of the run is sealed: later it could be made because of a mark. It holds for the entry in all parts. An *absence* takes two people,
// before the run is closed. Both are sealed entries of the record, which tell nobody of an entry's units before its reveal.
//
// Tables owned: contest_seat, contest_away.
package seat

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Seat is a judge's place in a contest.
type Seat struct {
	Contest string     `db:"contest"`
	Seat    string     `db:"seat"`
	Person  string     `db:"person"`
	Device  string     `db:"device"`
	Asked   string     `db:"asked"`
	Changes int        `db:"changes"`
	SeenAt  *time.Time `db:"seen_at"`
	Unsent  int        `db:"unsent"`
}

// Stale is how long a chosen device may be silent before it is said to be: it beats every two seconds.
const Stale = 6 * time.Second

// Connected tells whether the seat's device was heard of just now.
func (s *Seat) Connected(now time.Time) bool {
	return s.Device != "" && s.SeenAt != nil && now.Sub(*s.SeenAt) < Stale
}

// Away is a sheet that nobody owes.
type Away struct {
	Contest  string    `db:"contest"`
	Part     string    `db:"part"`
	Entry    string    `db:"entry"`
	Seat     string    `db:"seat"`
	Why      string    `db:"why"` // seal.Absent, seal.Recused
	Reason   string    `db:"reason"`
	AskedBy  string    `db:"asked_by"`
	By       string    `db:"by"`
	LogEntry string    `db:"log_entry"`
	At       time.Time `db:"at"`
}

// Stands tells whether it counts: an absence takes a second person.
func (a *Away) Stands() bool { return a.LogEntry != "" }

type ofPerson struct {
	Contest string `db:"contest"`
	Person  string `db:"person"`
}

var (
	insert = db.Declare[Seat, db.None](`
		INSERT INTO contest_seat (contest, seat, person, device, asked, changes, seen_at, unsent) VALUES (:contest, :seat, :person, '', '', 0, NULL, 0)`)
	remove   = db.Declare[Seat, int64](`DELETE FROM contest_seat WHERE contest = :contest AND seat = :seat AND device = '' RETURNING changes`)
	all      = db.Declare[string, Seat](`SELECT /*cols*/ FROM contest_seat WHERE contest = :contest ORDER BY seat`)
	ofOne    = db.Declare[ofPerson, Seat](`SELECT /*cols*/ FROM contest_seat WHERE contest = :contest AND person = :person`)
	contests = db.Declare[string, string](`SELECT contest FROM contest_seat WHERE person = :person ORDER BY contest`)
	beat     = db.Declare[Seat, db.None](`UPDATE contest_seat SET seen_at = :seen_at, unsent = :unsent WHERE contest = :contest AND seat = :seat AND device = :device`)
	choose   = db.Declare[Seat, db.None](`UPDATE contest_seat SET device = :device, asked = '', changes = :changes, seen_at = :seen_at, unsent = :unsent WHERE contest = :contest AND seat = :seat`)
	ask      = db.Declare[Seat, db.None](`UPDATE contest_seat SET asked = :asked WHERE contest = :contest AND seat = :seat`)

	insertAway = db.Declare[Away, db.None](`
		INSERT INTO contest_away (contest, part, entry, seat, why, reason, asked_by, by, log_entry, at) VALUES (:contest, :part, :entry, :seat, :why, :reason, :asked_by, :by, :log_entry, :at)`)
	confirmAway = db.Declare[Away, db.None](`
		UPDATE contest_away SET why = :why, reason = :reason, asked_by = :asked_by, by = :by, log_entry = :log_entry, at = :at WHERE contest = :contest AND part = :part AND entry = :entry AND seat = :seat`)
	dropAway = db.Declare[Away, db.None](`DELETE FROM contest_away WHERE contest = :contest AND part = :part AND entry = :entry AND seat = :seat AND log_entry = ''`)
	awayOf   = db.Declare[string, Away](`SELECT /*cols*/ FROM contest_away WHERE contest = :contest ORDER BY part, entry, seat`)
	awayAt   = db.Declare[Away, Away](`SELECT /*cols*/ FROM contest_away WHERE contest = :contest AND part = :part AND entry = :entry AND seat = :seat`)
)

// All are the seats of a contest.
func All(tx *db.Tx, code string) ([]Seat, error) { return all.Slice(tx, code) }

// Of is the seat of a person; false: they have none.
func Of(tx *db.Tx, code, person string) (Seat, bool, error) {
	rows, err := ofOne.Slice(tx, ofPerson{code, person})
	if err != nil || len(rows) == 0 {
		return Seat{}, false, err
	}
	return rows[0], true, nil
}

// Aways are those of a contest, also those that nobody confirmed yet.
func Aways(tx *db.Tx, code string) ([]Away, error) { return awayOf.Slice(tx, code) }

// Seats are those of a site.
type Seats struct{ db *db.DB }

// In returns those of a database.
func In(d *db.DB) *Seats { return &Seats{d} }

// Contests are the codes of those in which somebody has a seat.
func (s *Seats) Contests(ctx context.Context, person string) (codes []string, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { codes, err = contests.Slice(tx, person); return err })
	return codes, err
}

// mostSeats bounds a contest's.
const mostSeats = 200

// Give gives somebody a seat, until the first run is called.
func (s *Seats) Give(ctx context.Context, who identity.Colleague, code, key, person string) error {
	return s.organised(ctx, who, code, func(tx *db.Tx, by identity.Admitted) error {
		there, err := all.Slice(tx, code)
		if err != nil {
			return err
		}
		for _, one := range there {
			if one.Seat == key || one.Person == person {
				return fault.At("seat", fault.New(fault.Conflict, "席位 %[1]s 已经有人，或这个人已经在 %[2]s", "seat %[1]s is taken, or the person sits on %[2]s", key, one.Seat))
			}
		}
		switch {
		case !contest.Code.MatchString(key) || len(key) > 12:
			return fault.At("seat", fault.New(fault.Invalid, "席位写成 j1、j2 这样", "seats are called j1, j2 and so on"))
		case person == "":
			return fault.At("person", fault.New(fault.Invalid, "请选一位评委", "choose a judge"))
		case person == by.Person:
			return fault.At("person", fault.New(fault.Denied, "组织评审的人不能当评委", "who organises a contest cannot judge it"))
		case len(there) >= mostSeats:
			return fault.New(fault.Invalid, "一次评审最多 %d 个席位", "a contest has at most %d seats", mostSeats)
		}
		if _, err := insert.Exec(tx, Seat{Contest: code, Seat: key, Person: person}); err != nil {
			return err
		}
		return record.Append(tx, by.Sign, given{Contest: code, Seat: key, person: person, by: by.Person})
	})
}

// Take takes a seat back that no device has used yet.
func (s *Seats) Take(ctx context.Context, who identity.Colleague, code, key string) error {
	return s.organised(ctx, who, code, func(tx *db.Tx, by identity.Admitted) error {
		gone, err := remove.Slice(tx, Seat{Contest: code, Seat: key})
		if err != nil {
			return err
		}
		if len(gone) == 0 {
			return fault.New(fault.Conflict, "没有席位 %s，或它已经有设备用过", "there is no seat %s, or a device has used it", key)
		}
		return record.Append(tx, by.Sign, taken{Contest: code, Seat: key, by: by.Person})
	})
}

// organised does something that the organiser may until the first run is called.
func (s *Seats) organised(ctx context.Context, who identity.Colleague, code string, do func(*db.Tx, identity.Admitted) error) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Organise, e.Place())
		if err != nil {
			return err
		}
		if e.State == contest.Cancelled || e.State.After(contest.Drawn) {
			return fault.New(fault.Conflict, "已经开评（或已取消），席位不能再改", "judging has begun, or the contest was cancelled: seats stay as they are")
		}
		return do(tx, by)
	})
}

// Beat is a device that says it is there.
type Beat struct {
	Contest string
	Device  string
	Unsent  int
}

// Standing is how a device stands.
type Standing struct {
	Seat   string
	Chosen bool // its marks are taken
	Pulse  int64
}

// device bounds what a browser calls itself.
func device(id string) error {
	if len(id) < 8 || len(id) > 64 || strings.Trim(id, "0123456789abcdef-") != "" {
		return fault.At("device", fault.New(fault.Invalid, "设备编号不对，请重新打开这一页", "the device's id is none; open the page again"))
	}
	return nil
}

// Beat notes that a judge's device is there. The first one is the seat's; another asks to be.
func (s *Seats) Beat(ctx context.Context, who identity.Colleague, b Beat) (st Standing, err error) {
	if err := device(b.Device); err != nil {
		return st, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, b.Contest)
		if err != nil {
			return err
		}
		mine, _, err := Admit(tx, who, &e)
		if err != nil {
			return err
		}
		now := tx.Now()
		st = Standing{Seat: mine.Seat, Chosen: mine.Device == b.Device, Pulse: e.Pulse}
		mine.SeenAt, mine.Unsent = &now, max(0, min(b.Unsent, 9999))
		switch {
		case mine.Device == "":
			st.Chosen = true
			mine.Device = b.Device
			_, err = choose.Exec(tx, mine)
		case st.Chosen:
			_, err = beat.Exec(tx, mine)
		case !slices.Contains(strings.Fields(mine.Asked), b.Device):
			mine.Asked = latest(mine.Asked, b.Device)
			_, err = ask.Exec(tx, mine)
		}
		return err
	})
	return st, err
}

// Admit is the seat of who asks as a judge of a contest.
func Admit(tx *db.Tx, who identity.Colleague, e *event.Event) (mine Seat, by identity.Admitted, err error) {
	if by, err = who.Admit(tx, contest.Judge, e.Place()); err != nil {
		return mine, by, err
	}
	mine, ok, err := Of(tx, e.Code, by.Person)
	if err == nil && (!ok || by.Person == "") {
		err = fault.New(fault.Denied, "您不是这次评审的评委。", "You have no seat in this contest.")
	}
	return mine, by, err
}

// mostAsking is how many devices ask for a seat at a time: of more, the latest.
const mostAsking = 3

func latest(asked, device string) string {
	all := append(strings.Fields(asked), device)
	return strings.Join(all[max(0, len(all)-mostAsking):], " ")
}

// Code is what stands on a device, so that people know which it is.
func Code(device string) string {
	sum := sha256.Sum256([]byte(device))
	return strings.ToUpper(hex.EncodeToString(sum[:2]))
}

// Asking are the codes of the devices that ask for the seat.
func (s *Seat) Asking() (codes []string) {
	for device := range strings.FieldsSeq(s.Asked) {
		codes = append(codes, Code(device))
	}
	return codes
}

// Hand has the seat go on on the device with a code, which asks for it: from the chosen device of its judge, or by the scorekeeper.
func (s *Seats) Hand(ctx context.Context, who identity.Colleague, code, key, from, to string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		seats, err := all.Slice(tx, code)
		if err != nil {
			return err
		}
		for _, one := range seats {
			if one.Seat != key {
				continue
			}
			asking := strings.Fields(one.Asked)
			if len(asking) == 0 {
				return fault.New(fault.Conflict, "没有别的设备要用席位 %s。请先在那台设备上打开评分页。", "No other device asks for seat %s. Open the page of marks on it first.", key)
			}
			chosen := slices.IndexFunc(asking, func(device string) bool { return Code(device) == to })
			if chosen < 0 {
				return fault.New(fault.Conflict, "要用席位 %[1]s 的设备里没有代码是 %[2]s 的。代码写在那台设备的屏幕上，请对一遍再选。", "None of the devices that ask for seat %[1]s has the code %[2]s. The code stands on its screen: compare it and choose again.", key, lang.Short(to))
			}
			by, err := who.Admit(tx, contest.Score, e.Place())
			if fault.KindOf(err) == fault.Denied && from != "" && from == one.Device {
				by, err = who.Admit(tx, contest.Judge, e.Place())
				if err == nil && by.Person != one.Person {
					err = fault.New(fault.Denied, "这不是您的席位。", "This is not your seat.")
				}
			}
			if err != nil {
				return err
			}
			one.Device, one.Asked, one.Unsent, one.SeenAt = asking[chosen], "", 0, nil
			one.Changes++
			if _, err := choose.Exec(tx, one); err != nil {
				return err
			}
			if err := record.Append(tx, by.Sign, handed{Contest: code, Seat: key, Changes: one.Changes, by: by.Person}); err != nil {
				return err
			}
			return event.Changed(tx, code, false)
		}
		return fault.New(fault.NotFound, "没有席位 %s", "there is no seat %s", key)
	})
}

// Because is a reason that has to be given.
func Because(reason string) (string, error) {
	const most = 300
	reason = strings.TrimSpace(reason)
	if reason == "" || len([]rune(reason)) > most {
		return "", fault.At("reason", fault.New(fault.Invalid, "请写明理由，最多 %d 个字", "give a reason, of at most %d characters", most))
	}
	return reason, nil
}

// At finds an absence or recusal; false: there is none.
func At(tx *db.Tx, code, part, entry, key string) (Away, bool, error) {
	rows, err := awayAt.Slice(tx, Away{Contest: code, Part: part, Entry: entry, Seat: key})
	if err != nil || len(rows) == 0 {
		return Away{}, false, err
	}
	return rows[0], true, nil
}

// Note writes an absence or recusal: one that stands has its entry of the record.
func Note(tx *db.Tx, by identity.Admitted, a Away, stands bool) error {
	there, found, err := At(tx, a.Contest, a.Part, a.Entry, a.Seat)
	if err != nil {
		return err
	}
	if found && there.Stands() {
		return fault.New(fault.Conflict, "席位 %[1]s 对 %[2]s 已经写了%[3]s", "seat %[1]s is %[4]s for %[2]s already", a.Seat, a.Entry, awayName(there.Why).ZH, awayName(there.Why).EN)
	}
	a.At = tx.Now()
	if stands {
		if a.LogEntry, err = record.AppendID(tx, by.Sign, away{Contest: a.Contest, Part: a.Part, Entry: a.Entry, Seat: a.Seat, Why: a.Why, by: by.Person, reason: a.Reason}); err != nil {
			return err
		}
	}
	if found {
		_, err = confirmAway.Exec(tx, a)
	} else {
		_, err = insertAway.Exec(tx, a)
	}
	return err
}

// Drop takes an absence back that nobody confirmed.
func Drop(tx *db.Tx, a Away) error { _, err := dropAway.Exec(tx, a); return err }

func awayName(why string) lang.Text {
	if why == seal.Recused {
		return lang.Text{ZH: "回避", EN: "recused"}
	}
	return lang.Text{ZH: "缺席", EN: "absent"}
}
