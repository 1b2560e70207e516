package grant

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/nomination"
)

// wrongs are mistakes at fields.
type wrongs []error

func (w *wrongs) at(field, zh, en string) {
	*w = append(*w, fault.At(field, &fault.Error{Kind: fault.Invalid, Text: lang.Text{ZH: zh, EN: en}}))
}

func (w wrongs) err() error { return errors.Join(w...) }

// awarded are the stations above the lines of the rule, or all that have a place where it has none.
func awarded(tx *db.Tx, b *hall.Board) (map[string]nomination.Nomination, error) {
	numbers := map[string]bool{}
	for _, c := range b.Result.Cuts {
		for _, in := range c.In {
			numbers[in] = true
		}
	}
	if len(b.Result.Cuts) == 0 {
		for i := range b.Result.Entries {
			if b.Result.Entries[i].Place > 0 {
				numbers[b.Result.Entries[i].Key] = true
			}
		}
	}
	named, err := entry.Numbered(tx, b.Event.Code)
	if err != nil {
		return nil, err
	}
	won := map[string]bool{}
	for number := range numbers {
		won[named[number].ID] = true
	}
	all, err := nomination.InList(tx, b.Event.Code)
	list := map[string]nomination.Nomination{}
	for _, n := range all {
		if won[n.Entry] {
			list[n.Station] = n
		}
	}
	return list, err
}

// Line is a station of the final list with its money.
type Line struct {
	nomination.Nomination
	Sums
	Received string // the day of its first receipt; empty: none
	Due      string // the day on which its effect is due
	Late     bool   // a year has passed, and it is not told
	Effect   *Told
}

// Told is the effect of a station, as it was told.
type Told struct {
	Contest  string    `db:"contest"`
	Station  string    `db:"station"`
	Says     string    `db:"says"`
	Was      string    `db:"was"`
	Now      string    `db:"now"`
	LogEntry string    `db:"log_entry"`
	At       time.Time `db:"at"`
}

var (
	insertEffect = db.Declare[Told, db.None](`INSERT INTO contest_effect (contest, station, says, was, now, log_entry, at) VALUES (:contest, :station, :says, :was, :now, :log_entry, :at)`)
	effects      = db.Declare[string, Told](`SELECT /*cols*/ FROM contest_effect WHERE contest = :contest ORDER BY station`)
)

// Book is the money of a selection, for everybody.
type Book struct {
	Event event.Event
	Final bool
	Lines []Line // of the final list, by station
	Total Sums
}

// Due are the lines whose effect is to be told by now.
func (b *Book) Due() (all []Line) {
	for _, l := range b.Lines {
		if l.Late {
			all = append(all, l)
		}
	}
	return all
}

// Book reads it.
func (s *Grants) Book(ctx context.Context, code string) (b Book, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { b, err = s.book(tx, code); return err })
	return b, err
}

func (s *Grants) book(tx *db.Tx, code string) (b Book, err error) {
	if b.Event, err = event.Read(tx, code); err != nil {
		return b, err
	}
	if b.Final = b.Event.State == contest.Final; !b.Final {
		return b, nil
	}
	list, err := s.final(tx, &b.Event)
	if err != nil {
		return b, err
	}
	rows, err := sumsAll.Slice(tx, code)
	if err != nil {
		return b, err
	}
	sums := map[string]Sums{}
	for _, r := range rows {
		of := sums[r.Station]
		of[r.Kind.place()] += r.Fen
		b.Total[r.Kind.place()] += r.Fen
		sums[r.Station] = of
	}
	firsts, err := firstPaid.Slice(tx, code)
	if err != nil {
		return b, err
	}
	received := map[string]string{}
	for _, f := range firsts {
		if sums[f.Station].Of(Receipt) > 0 {
			received[f.Station] = f.Day
		}
	}
	told, err := effects.Slice(tx, code)
	if err != nil {
		return b, err
	}
	today := tx.Now().In(calendar.China).Format(time.DateOnly)
	for station, n := range list {
		l := Line{Nomination: n, Sums: sums[station], Received: received[station]}
		l.Why, l.MadeBy = "", ""
		l.Due = yearAfter(l.Received)
		if i := slices.IndexFunc(told, func(e Told) bool { return e.Station == station }); i >= 0 {
			l.Effect = &told[i]
		}
		l.Late = l.Effect == nil && l.Due != "" && l.Due <= today
		b.Lines = append(b.Lines, l)
	}
	slices.SortFunc(b.Lines, func(x, y Line) int { return strings.Compare(x.Station, y.Station) })
	return b, nil
}

// yearAfter is the day a year after another; of none, none.
func yearAfter(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.AddDate(1, 0, 0).Format(time.DateOnly)
}

// Of are the movements of a station, in the order in which they were posted.
func (s *Grants) Of(ctx context.Context, code, station string) (all []Movement, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { all, err = ofOne.Slice(tx, ofStation{code, station}); return err })
	return all, err
}

const mostListed = 500

// Movements is a page of a selection's movements, behind the one of a number.
func (s *Grants) Movements(ctx context.Context, code string, after, limit int) (all []Movement, err error) {
	if limit <= 0 || limit > mostListed {
		limit = mostListed
	}
	err = s.db.View(ctx, func(tx *db.Tx) error { all, err = allOf.Slice(tx, paged{code, after, limit}); return err })
	return all, err
}

// Last are the newest movements of a selection, the newest first.
func (s *Grants) Last(ctx context.Context, code string, limit int) (all []Movement, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { all, err = newest.Slice(tx, paged{Contest: code, Limit: limit}); return err })
	return all, err
}

// Everywhere are the sums of all selections of the site, and to how many stations something was paid.
func (s *Grants) Everywhere(ctx context.Context) (all Sums, paid int, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := sumEvery.Slice(tx, db.None{})
		if err != nil {
			return err
		}
		all = Sums{}
		for _, r := range rows {
			all[r.Kind.place()] = r.Fen
		}
		paid, err = paidCount.One(tx, db.None{})
		return err
	})
	return all, paid, err
}

// Telling is the effect of a station, as who recommends where it lies tells it.
type Telling struct {
	Contest, Station string
	Says             string
}

// mostSays bounds a statement, in characters.
const mostSays = 1000

// Tell writes down what became of a station a year after its money came, once, with what the register says then beside the file that it
// was chosen by.
func (s *Grants) Tell(ctx context.Context, who identity.Colleague, t Telling) (told Told, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := nomination.Read(tx, t.Contest, t.Station)
		if err != nil {
			return err
		}
		at, err := gb.Parse(n.Division)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Recommend, right.In(at))
		if err != nil {
			return err
		}
		b, err := s.book(tx, t.Contest)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(b.Lines, func(l Line) bool { return l.Station == t.Station })
		if i < 0 {
			return fault.New(fault.Conflict, "“%[1]s”不在定榜的名单里", "%[1]q is not in a final list", n.Name)
		}
		l, says := b.Lines[i], strings.TrimSpace(t.Says)
		text, ok := lang.CheckLines(says, mostSays)
		switch {
		case l.Effect != nil && l.Effect.Says == says:
			told = *l.Effect
			return nil
		case l.Effect != nil:
			return fault.New(fault.Conflict, "“%[1]s”的成效已经说过，不能再改", "the effect of %[1]q is told and stands", n.Name)
		case !l.Late && l.Due == "":
			return fault.New(fault.Conflict, "“%[1]s”还没有收讫的款项", "%[1]q has received nothing yet", n.Name)
		case !l.Late:
			return fault.New(fault.Conflict, "收款满一年（%[1]s）才说成效", "the effect is told a year after the money came, from %[1]s on", l.Due)
		case says == "":
			return fault.At("says", fault.New(fault.Invalid, "请写钱花下去以后有什么变化", "say what has changed since the money was spent"))
		case !ok:
			return fault.At("says", &fault.Error{Kind: fault.Invalid, Text: text})
		case accountIn.MatchString(says):
			return fault.At("says", fault.New(fault.Invalid, "这里像有账号或电话号码：成效是公开的", "there seems to be an account or telephone number in it: effects are public"))
		}
		told, err = s.tell(tx, by, l, says)
		return err
	})
	return told, err
}

func (s *Grants) tell(tx *db.Tx, by identity.Admitted, l Line, says string) (told Told, err error) {
	all, err := nomination.Dossiers(tx, l.Contest, l.Station)
	if err != nil {
		return told, err
	}
	station, err := s.look(tx, l.Station)
	if err != nil {
		return told, err
	}
	d, err := nomination.Assemble(tx, station, l.Contest, nomination.Effect)
	if err != nil {
		return told, err
	}
	told = Told{Contest: l.Contest, Station: l.Station, Says: says, Was: all[len(all)-1].Hash, Now: d.Hash, At: tx.Now()}
	if told.LogEntry, err = record.AppendID(tx, by.Sign, effectTold{person: by.Person, Contest: l.Contest, Station: l.Station, Says: says, Was: told.Was, Now: told.Now}); err != nil {
		return told, err
	}
	if err := d.Keep(tx, told.LogEntry); err != nil {
		return told, err
	}
	_, err = insertEffect.Exec(tx, told)
	return told, err
}
