package run

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Ledger keeps runs in the database.
type Ledger struct{ db *db.DB }

// NewLedger returns the ledger in a database with the tables of the station
// system and the record's.
func NewLedger(d *db.DB) *Ledger { return &Ledger{d} }

// Begin writes a run into the ledger with all its items. If the same plan is
// unfinished, that run goes on; if another one is, it is a fault.Conflict.
func (l *Ledger) Begin(ctx context.Context, by string, p Plan) (out Run, err error) {
	if err := p.Question.Check(); err != nil {
		return out, err
	}
	question, err := json.Marshal(p.Question)
	if err != nil {
		return out, err
	}
	digest, err := p.digest()
	if err != nil {
		return out, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return out, err
	}
	err = l.db.Update(ctx, func(tx *db.Tx) error {
		going, err := goingRun.One(tx, db.None{})
		switch {
		case err == nil && going.Plan == digest:
			out, err = going.run()
			return err
		case err == nil:
			return unfinished(going.Number)
		case fault.KindOf(err) != fault.NotFound:
			return err
		}
		number, err := lastNumber.One(tx, db.None{})
		if err != nil {
			return err
		}
		r := runRow{
			ID: id.String(), Number: number + 1, Name: p.Name, Series: p.Question.Series(), Question: string(question), Plan: digest,
			State: string(Going), Cities: int64(len(p.Cities)), Begun: tx.Now(), Ended: tx.Now(),
		}
		if err := l.put(tx, &r, p); err != nil {
			return err
		}
		if out, err = r.run(); err != nil {
			return err
		}
		return record.Append(tx, by, Begun{r.ID, r.Number, r.Name, question, digest, len(p.Cities), r.Items})
	})
	return out, err
}

func unfinished(number int64) error {
	return fault.New(fault.Conflict, "第 %d 次运行还没有做完，城市或问题又不相同：先接着做完（xiadu run 后面什么都不写），或放弃它（xiadu run --drop）",
		"run %d is unfinished, and its cities or its question are others: finish it first (xiadu run with nothing after it) or give it up (xiadu run --drop)", number)
}

// put writes the run, its cities and its items.
func (l *Ledger) put(tx *db.Tx, r *runRow, p Plan) error {
	for _, c := range p.Cities {
		r.Items += int64(len(c.Tiles))
	}
	if _, err := putRun.Exec(tx, *r); err != nil {
		return err
	}
	_, err := putCity.ExecEach(tx, func(yield func(cityRow) bool) {
		for place, c := range p.Cities {
			if !yield(c.row(r.ID, int64(place))) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	_, err = putItem.ExecEach(tx, func(yield func(itemRow) bool) {
		for place, c := range p.Cities {
			for _, t := range c.Tiles {
				key := itemKey{r.ID, int64(place), t.String()}
				if !yield(itemRow{key, t.Stations, t.Cells, int64(t.Day), int64(t.Night), ""}) {
					return
				}
			}
		}
	})
	return err
}

func (m Member) row(run string, place int64) cityRow {
	r := cityRow{
		Division: m.Division.Code(), Run: run, Place: place, Name: m.Name, Title: m.Title, Streets: string(m.Streets), Inputs: string(m.Inputs),
		SideLon: int64(m.Grid.Lon), SideLat: int64(m.Grid.Lat), StreetsSource: m.StreetsSource, DemandSource: m.DemandSource,
		Schematic: m.Schematic, Estimated: m.Estimated, Stations: int64(m.Stations), Cells: int64(m.Cells),
	}
	if !m.StreetsDate.IsZero() {
		r.StreetsDate = m.StreetsDate.Format(time.DateOnly)
	}
	return r
}

// Unfinished returns the run that is going, or a fault.NotFound.
func (l *Ledger) Unfinished(ctx context.Context) (out Run, err error) {
	err = l.db.View(ctx, func(tx *db.Tx) error {
		r, err := goingRun.One(tx, db.None{})
		if fault.KindOf(err) == fault.NotFound {
			return fault.New(fault.NotFound, "没有做到一半的运行。要开始一次，请写上城市的数据目录：xiadu run 城市目录…",
				"no run is unfinished. To begin one, name the data folders of the cities: xiadu run CITY…")
		}
		if err != nil {
			return err
		}
		out, err = r.run()
		return err
	})
	return out, err
}

// Waiting returns the items of a run that have no answer, city by city.
func (l *Ledger) Waiting(ctx context.Context, r Run) (tasks []Task, err error) {
	err = l.db.View(ctx, func(tx *db.Tx) error {
		cities, err := citiesOf.Slice(tx, r.ID)
		if err != nil {
			return err
		}
		tasks = nil
		for item, err := range openItems.Each(tx, r.ID) {
			if err != nil {
				return err
			}
			c := cities[item.Place]
			tasks = append(tasks, Task{
				Run: r.ID, City: item.Place, Tile: item.Tile, Grid: Grid{int32(c.SideLon), int32(c.SideLat)},
				Streets: Sum(c.Streets), Inputs: Sum(c.Inputs), Question: r.Question,
			})
		}
		return nil
	})
	return tasks, err
}

// ErrRefused is an answer that is not one to its item.
var ErrRefused = errors.New("the answer is refused")

// Keep enters the answer to an item, and tells whether it is the first: later
// ones, and those to a run that has ended, change nothing. An answer to no item,
// or one that does not account for the whole tile, is ErrRefused.
func (l *Ledger) Keep(ctx context.Context, r Result) (first bool, err error) {
	if err := r.Answer.check(); err != nil || r.Failed != "" {
		return false, fmt.Errorf("%w: %w", ErrRefused, errors.Join(err, errors.New(r.Failed)))
	}
	text, err := json.Marshal(r.Answer)
	if err != nil {
		return false, err
	}
	key := itemKey{r.Run, r.City, r.Tile}
	err = l.db.Update(ctx, func(tx *db.Tx) error {
		first = false
		owner, err := runByID.One(tx, r.Run)
		if err != nil {
			return refusedIfAbsent(err)
		}
		run, err := owner.run()
		if err != nil || run.State != Going {
			return err
		}
		item, err := itemByKey.One(tx, key)
		if err != nil {
			return refusedIfAbsent(err)
		}
		tile, err := item.expected()
		if err != nil {
			return err
		}
		if err := r.Answer.accounts(tile, HoursInWeek+24*len(run.Question.Days)); err != nil {
			return fmt.Errorf("%w: %w", ErrRefused, err)
		}
		n, err := answerItem.Exec(tx, answerRow{key, string(text)})
		first = n == 1
		return err
	})
	return first, err
}

func refusedIfAbsent(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}

// Drop gives an unfinished run up. Its answers are lost.
func (l *Ledger) Drop(ctx context.Context, by string, r Run) error {
	return l.db.Update(ctx, func(tx *db.Tx) error {
		open, err := countOpen.One(tx, r.ID)
		if err != nil {
			return err
		}
		n, err := endRun.Exec(tx, endedRow{r.ID, string(Dropped), tx.Now(), ""})
		if err != nil || n == 0 {
			return err // somebody else has ended it
		}
		if _, err := dropItems.Exec(tx, r.ID); err != nil {
			return err
		}
		return record.Append(tx, by, GivenUp{r.ID, r.Number, r.Items - open})
	})
}
