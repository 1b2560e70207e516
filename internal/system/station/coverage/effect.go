package coverage

import (
	"context"
	"errors"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/shared"
	"github.com/xiadu/xiadu/internal/system/station/whatif"
)

// Effect is what changes do to the coverage, at an hour and through the week.
type Effect struct {
	Before, After *Coverage // without gaps
	Gained, Lost  Shift

	// Weeks are nil where there is no demand, or the cutoff spans so much that a
	// week cannot be computed.
	BeforeWeek, AfterWeek *Clock
}

// Shift is demand whose choice of stations became larger, or smaller.
type Shift struct {
	Once  reach.Weight // that had no station and has one now; or the reverse
	Twice reach.Weight // that had fewer than two and has two now; or the reverse
}

// Effect compares the scenario with the network as it is.
func (s *Scenario) Effect(ctx context.Context, q Question) (*Effect, error) {
	var e Effect
	var err error
	if e.Before, err = s.survey.asItIs().Counts(ctx, q); err != nil {
		return nil, err
	}
	if e.After, err = s.Counts(ctx, q); err != nil {
		return nil, err
	}
	for i, w := range e.After.Weights {
		before, after := e.Before.Counts[i], e.After.Counts[i]
		switch {
		case before < 1 && after >= 1:
			e.Gained.Once += w
		case before >= 1 && after < 1:
			e.Lost.Once += w
		}
		switch {
		case before < 2 && after >= 2:
			e.Gained.Twice += w
		case before >= 2 && after < 2:
			e.Lost.Twice += w
		}
	}
	return &e, s.weeks(ctx, q, &e)
}

// weeks adds both weeks, where they can be computed.
func (s *Scenario) weeks(ctx context.Context, q Question, e *Effect) error {
	if len(e.Before.Weights) == 0 {
		return nil
	}
	before, err := s.survey.week(ctx, q)
	if err != nil {
		return unlessTooMuch(err)
	}
	after, err := s.Week(ctx, q, nil)
	if err != nil {
		return unlessTooMuch(err)
	}
	e.BeforeWeek, e.AfterWeek = before, after
	return nil
}

// weekKey is what a week of all demand depends on.
type weekKey struct {
	reachKey
	anyHour bool
}

// week is the week of the stations as they are, kept for the next trial.
func (v *Survey) week(ctx context.Context, q Question) (*Clock, error) {
	q, err := v.Settle(q)
	if err != nil {
		return nil, err
	}
	k, _ := v.demandIndex(q.Demand)
	key := weekKey{reachKey{q.Mode, v.Grounds[q.Mode].Profile.Budget(q.Within), k}, q.AnyHour}
	return v.weeks.Get(ctx, shared.Asker{}, key, mostReached, func(ctx context.Context) (*Clock, error) { return v.Week(ctx, q, nil) })
}

// unlessTooMuch lets an effect do without its weeks where they are too much to
// compute.
func unlessTooMuch(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Text == errTooMuch().Text {
		return nil
	}
	return err
}

// Alone returns what each change does by itself to the demand that is covered at
// least once, and at least twice, at q's hour; for a new station that later changes
// move, together with its opening. Changes that stand in each other's way add up
// to more or less than the whole.
func (v *Survey) Alone(ctx context.Context, q Question, changes []whatif.Change) ([]Shift, error) {
	before, err := v.asItIs().Counts(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]Shift, len(changes))
	for i, c := range changes {
		s, err := v.WhatIf(needed(changes[:i], c))
		if err != nil {
			return nil, err
		}
		after, err := s.Counts(ctx, q)
		if err != nil {
			return nil, err
		}
		out[i] = Shift{after.Covered[1] - before.Covered[1], after.Covered[2] - before.Covered[2]}
	}
	return out, nil
}

// needed is c with what must come before it: the opening of the station that it
// is about, if that is new.
func needed(before []whatif.Change, c whatif.Change) []whatif.Change {
	for _, b := range before {
		if b.Act == whatif.OpenStation && c.Code == b.Code {
			return []whatif.Change{b, c}
		}
	}
	return []whatif.Change{c}
}

// PlanFigures are a coverage in numbers: what a plan keeps of it when stations and streets
// have long changed.
type PlanFigures struct {
	Operating, Counted int
	Covered            [CoverTimes + 1]reach.Weight
	Unreachable        reach.Weight
	Week               [WeekParts]PartFigures // by WeekPart; all zero where the week was not computed
}

// WeekPart is a part of the week in which people count alike and hosts work alike.
type WeekPart uint8

// The parts. Night is from 22:00 to 06:00, and belongs to the day it is in.
const (
	WorkdayDay WeekPart = iota
	WorkdayNight
	WeekendDay
	WeekendNight
	WeekParts
)

// PartFigures is the mean over a part of the week.
type PartFigures struct{ Demand, Once, Twice reach.Weight }

// Figures returns the effect in numbers, before and after.
func (e *Effect) Figures() (before, after PlanFigures) {
	return planFigures(e.Before, e.BeforeWeek), planFigures(e.After, e.AfterWeek)
}

func planFigures(c *Coverage, week *Clock) PlanFigures {
	m := PlanFigures{Operating: c.Operating, Counted: c.Counted, Covered: c.Covered, Unreachable: c.Unreachable}
	if week == nil {
		return m
	}
	var minutes [WeekParts]reach.Weight
	for _, s := range week.Spans {
		for at := s.From; at < s.To; { // a span may run over midnight
			to := min(s.To, (at/opening.MinutesPerDay+1)*opening.MinutesPerDay)
			p, long := weekPart(at, s.Night), reach.Weight(to-at)
			minutes[p] += long
			m.Week[p].Demand += long * s.Covered[0]
			m.Week[p].Once += long * s.Covered[1]
			m.Week[p].Twice += long * s.Covered[2]
			at = to
		}
	}
	for p := range m.Week {
		if w := &m.Week[p]; minutes[p] > 0 {
			w.Demand, w.Once, w.Twice = w.Demand/minutes[p], w.Once/minutes[p], w.Twice/minutes[p]
		}
	}
	return m
}

// weekPart is which part of the week a minute after Monday's midnight is in.
func weekPart(minute int, night bool) WeekPart {
	p := WorkdayDay
	if minute >= 5*opening.MinutesPerDay {
		p = WeekendDay
	}
	if night {
		p++
	}
	return p
}
