package station

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/lang"
)

// Preview is what an act would do.
type Preview struct {
	Revision int64 // of the register that it is of, for Apply
	Changes  int
	Rows     []Changing // a page of them
	Left     [lastLeft]Leaving
}

// Preview says what an act would change for how many, with the changes from one on, up
// to limit. An act that would change nothing since nothing of it is for who asks is
// refused.
func (s *Service) Preview(ctx context.Context, who identity.Colleague, a Act, from, limit int) (p Preview, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p = Preview{}
		if p.Revision, err = RevisionNow.One(tx, db.None{}); err != nil {
			return err
		}
		w, err := a.consider(tx, who, p.Revision)
		if err != nil {
			return err
		}
		if w.n == 0 && w.denied != nil && fault.KindOf(w.none()) == fault.Denied {
			return w.denied
		}
		p.Changes, p.Left = w.n, w.left
		for _, sign := range w.signs {
			all := w.changes[sign]
			if from < len(all) && len(p.Rows) < limit {
				p.Rows = append(p.Rows, all[from:min(len(all), from+limit-len(p.Rows))]...)
			}
			from = max(0, from-len(all))
		}
		return nil
	})
	return p, err
}

// Seen is the preview that somebody says yes to.
type Seen struct {
	Revision int64
	Changes  int
}

// Apply does an act, all of it in one transaction, which each station's history tells.
// What somebody changed since the preview is left as it is. It returns the act's number.
// If more would change than was seen, nothing is done; see [Outdated].
func (s *Service) Apply(ctx context.Context, who identity.Colleague, a Act, seen Seen, why string) (int64, error) {
	why, err := checkedWhy(why)
	if err != nil {
		return 0, err
	}
	var act int64
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		w, err := a.consider(tx, who, seen.Revision)
		if err != nil {
			return err
		}
		if w.n == 0 {
			return w.none()
		}
		if w.n > seen.Changes {
			return fault.New(fault.Conflict, "要改的比您看到的多（%[1]d 站，看到的是 %[2]d 站），一站也没有改。请看过新的预览再确认。",
				"More would change than you saw (%[1]d stations, not %[2]d), so nothing was changed. Look at the new preview, then confirm.", w.n, seen.Changes).Because(errTold)
		}
		act, err = w.write(tx, actRow{Doing: a.Do.Key(), Value: strings.TrimSpace(a.To), Seen: int64(seen.Changes)}, a.Do, why)
		return err
	})
	return act, err
}

func checkedWhy(why string) (string, error) {
	why = strings.TrimSpace(why)
	if text, ok := lang.CheckText(why, maxWhy); !ok {
		return "", fault.At("why", &fault.Error{Kind: fault.Invalid, Text: text})
	}
	return why, nil
}

// actRow is an act as it is stored.
type actRow struct {
	Revision int64     `db:"revision"`
	At       time.Time `db:"at"`
	Sign     string    `db:"sign"`
	Doing    string    `db:"doing"`
	Value    string    `db:"value"`
	Seen     int64     `db:"seen"`
	Changed  int64     `db:"changed"`
	Missed   string    `db:"missed"`
	Undoes   int64     `db:"undoes"`
}

// actStation is what a station had before an act.
type actStation struct {
	Act     int64  `db:"act"`
	Station string `db:"station"`
	Old     string `db:"old"`
}

// stillRow is a station that is as an act left it.
type stillRow struct {
	stationRow
	Old string `db:"old"`
}

// stillAt is where such a station lies.
type stillAt struct {
	Code     string `db:"code"`
	Division string `db:"division"`
}

var (
	insertAct = db.Declare[actRow, db.None](`
		INSERT INTO station_act (revision, at, sign, doing, value, seen, changed, missed, undoes)
		VALUES (:revision, :at, :sign, :doing, :value, :seen, :changed, :missed, :undoes)`)
	insertActStation = db.Declare[actStation, db.None](`INSERT INTO station_act_row (act, station, old) VALUES (:act, :station, :old)`)
	actByRevision    = db.Declare[int64, actRow](`SELECT /*cols*/ FROM station_act WHERE revision = :revision`)
	undoingOf        = db.Declare[int64, int64](`SELECT revision FROM station_act WHERE undoes = :undoes ORDER BY revision DESC LIMIT 1`)
	lastActs         = db.Declare[int, actRow](`SELECT /*cols*/ FROM station_act ORDER BY revision DESC LIMIT :lim`)
	stillAsLeft      = db.Declare[int64, stillRow](`
		SELECT /*cols*/ FROM station_station JOIN station_act_row ON station = code AND act = revision WHERE act = :act ORDER BY code`)
	placesStill = db.Declare[int64, stillAt](`
		SELECT /*cols*/ FROM station_station JOIN station_act_row ON station = code AND act = revision WHERE act = :act`)
)

// write does what was weighed and notes the act.
func (w *weighed) write(tx *db.Tx, row actRow, d Doing, why string) (int64, error) {
	revision, err := nextRevision(tx)
	if err != nil {
		return 0, err
	}
	for _, sign := range w.signs {
		part := difference{changed: w.changes[sign], person: w.person, why: why}
		if err := part.write(tx, sign, revision); err != nil {
			return 0, err
		}
	}
	row.Revision, row.At, row.Sign, row.Changed = revision, tx.Now(), w.signs[0], int64(w.n)
	row.Missed = strings.Join(w.left[LeftChanged].First, " ")
	if _, err := insertAct.Exec(tx, row); err != nil {
		return 0, err
	}
	_, err = insertActStation.ExecEach(tx, func(yield func(actStation) bool) {
		for _, sign := range w.signs {
			for _, c := range w.changes[sign] {
				if !yield(actStation{revision, c.Before.Code, c.Before.Canonical()[d.Field()]}) {
					return
				}
			}
		}
	})
	return revision, err
}

// Done is an act that was done.
type Done struct {
	Number  int64
	At      time.Time
	Sign    string // as whom; see SignedBy
	Do      Doing
	To      string
	Seen    int      // how many its preview said
	Changed int      // how many it changed
	Missed  []string // the first of those that others were faster with
	Still   int      // how many are as it left them
	Mine    int      // how many of those lie where who asks may undo it
	Undoes  int64    // the act that it takes back; 0: none
	Undone  int64    // the act that took it back; 0: none
}

func (r actRow) done(tx *db.Tx) (Done, error) {
	d, ok := ParseDoing(r.Doing)
	if !ok {
		return Done{}, fmt.Errorf("act %d of stations: there is no doing %q", r.Revision, r.Doing)
	}
	sign, err := identity.Shown(tx, r.Sign)
	if err != nil {
		return Done{}, err
	}
	return Done{
		Number: r.Revision, At: r.At, Sign: sign, Do: d, To: r.Value, Seen: int(r.Seen), Changed: int(r.Changed),
		Missed: strings.Fields(r.Missed), Undoes: r.Undoes,
	}, nil
}

// Act returns one act, with how much of it who asks may undo, or a fault.NotFound.
func (s *Service) Act(ctx context.Context, who identity.Colleague, number int64) (d Done, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		row, err := actByRevision.One(tx, number)
		if err != nil {
			return err
		}
		if d, err = row.done(tx); err != nil {
			return err
		}
		if err := d.count(tx, who); err != nil {
			return err
		}
		undone, err := undoingOf.Slice(tx, number)
		if len(undone) > 0 {
			d.Undone = undone[0]
		}
		return err
	})
	return d, err
}

// count counts the stations that are as the act left them.
func (d *Done) count(tx *db.Tx, who identity.Colleague) error {
	places, err := placesStill.Slice(tx, d.Number)
	if err != nil {
		return err
	}
	d.Still, d.Mine = len(places), 0
	may, err := who.Admits(tx, KeepRegister)
	if fault.KindOf(err) == fault.Denied {
		return nil
	}
	if err != nil {
		return err
	}
	for _, at := range places {
		division, err := gb.Parse(at.Division)
		if err != nil {
			return err
		}
		if _, err := may(right.In(division, Subject(at.Code))); err == nil {
			d.Mine++
		} else if fault.KindOf(err) != fault.Denied {
			return err
		}
	}
	return nil
}

// Acts lists the last acts, newest first.
func (s *Service) Acts(ctx context.Context, most int) (all []Done, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := lastActs.Slice(tx, min(max(most, 1), MaxPage))
		all = make([]Done, len(rows))
		for i := 0; i < len(rows) && err == nil; i++ {
			all[i], err = rows[i].done(tx)
		}
		return err
	})
	return all, err
}

// UndoAct takes back what an act did to the stations that are as it left them and that
// who asks may change, in one transaction: an act like any other. It returns its number.
func (s *Service) UndoAct(ctx context.Context, who identity.Colleague, number int64, why string) (undo int64, err error) {
	if why, err = checkedWhy(why); err != nil {
		return 0, err
	}
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		may, err := who.Admits(tx, KeepRegister)
		if err != nil {
			return fault.At("staff", err)
		}
		row, err := actByRevision.One(tx, number)
		if err != nil {
			return err
		}
		d, err := row.done(tx)
		if err != nil {
			return err
		}
		w := &weighed{changes: map[string][]Changing{}}
		loader := rowLoader{map[string]opening.Hours{}}
		for r, err := range stillAsLeft.Each(tx, number) {
			if err != nil {
				return err
			}
			now, err := loader.station(r.stationRow)
			if err == nil {
				err = w.weigh(may, d.Do, now, r.Old, false)
			}
			if err != nil {
				return err
			}
		}
		switch {
		case w.n == 0 && w.denied != nil:
			return w.denied
		case w.n == 0:
			return fault.New(fault.Conflict, "没有一站还是这次改成的样子，没有什么可以撤销。", "No station is still as this act left it: there is nothing to undo.")
		}
		undo, err = w.write(tx, actRow{Doing: row.Doing, Seen: row.Changed, Undoes: number}, d.Do, why)
		return err
	})
	return undo, err
}
