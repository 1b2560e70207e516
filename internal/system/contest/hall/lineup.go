package hall

import (
	"context"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

var stateNames = map[State]lang.Text{
	Waiting: {ZH: "等候", EN: "waiting"}, Called: {ZH: "已请上场", EN: "called"}, Presenting: {ZH: "展示中", EN: "presenting"}, Heard: {ZH: "已展示，打分中", EN: "heard"},
	Closed: {ZH: "已收分", EN: "closed"}, Checked: {ZH: "已复核", EN: "checked"}, Shown: {ZH: "已公布", EN: "revealed"}, Forfeit: {ZH: "弃权", EN: "forfeit"}, Interrupted: {ZH: "中断", EN: "interrupted"},
}

// Name is what a state is called.
func (s State) Name() lang.Text { return stateNames[s] }

// Lineup is the order in which entries run in a part.
type Lineup struct {
	Contest string
	Part    string
	Order   []string // numbers, as they were drawn
	Limit   int      // seconds
	Warn    int      // seconds before the end
}

// mostSeconds bounds a presentation.
const mostSeconds = 4 * 3600

// Lineup writes the order of a part, before its first run is called.
func (h *Halls) Lineup(ctx context.Context, who identity.Colleague, l Lineup) error {
	return h.db.Update(ctx, func(tx *db.Tx) error {
		e, err := event.Read(tx, l.Contest)
		if err != nil {
			return err
		}
		by, err := who.Admit(tx, contest.Organise, e.Place())
		if err != nil {
			return err
		}
		if err := h.fits(tx, &e, l); err != nil {
			return err
		}
		for i, number := range l.Order {
			r := Run{At: At{l.Contest, l.Part, number, 1}, Place: i + 1, State: Waiting, LimitS: l.Limit, WarnS: l.Warn, Version: 1}
			if _, err := insertRun.Exec(tx, r); err != nil {
				return err
			}
		}
		if err := record.Append(tx, by.Sign, linedUp{Contest: l.Contest, Part: l.Part, Order: l.Order, by: by.Person}); err != nil {
			return err
		}
		if e.State == contest.Reviewed || e.State == contest.Prepared {
			e.State = contest.Drawn
			if err := e.Write(tx); err != nil {
				return err
			}
		}
		return event.Changed(tx, l.Contest, true)
	})
}

func (h *Halls) fits(tx *db.Tx, e *event.Event, l Lineup) error {
	part, stage, ok := e.Rule.Rule.Part(l.Part)
	switch {
	case !ok || part.Judged == nil:
		return fault.At("part", fault.New(fault.Invalid, "规则里没有由评委打分的环节“%s”", "the rule has no part %q that is judged", l.Part))
	case l.Limit < 0 || l.Limit > mostSeconds || l.Warn < 0 || l.Warn > l.Limit:
		return fault.At("limit", fault.New(fault.Invalid, "展示时间和提前提醒用秒写，提醒不长于展示", "times are in seconds, and a warning is no longer than the presentation"))
	}
	runs, err := Runs(tx, l.Contest)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(runs, func(r Run) bool { return r.Part == l.Part }) {
		return fault.New(fault.Conflict, "“%s”的顺序已经定了；要变动，用推后或者重新抽签", "the order of %q stands; to change it postpone a run", l.Part)
	}
	entries, err := h.facts(tx, l.Contest)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, one := range entries {
		known[one.Key] = true
	}
	for _, number := range l.Order {
		if !known[number] {
			return fault.At("order", fault.New(fault.Invalid, "没有编号为“%s”的作品，或在顺序里写了两次", "there is no entry %q, or it is twice in the order", number))
		}
		known[number] = false
	}
	if len(l.Order) == 0 {
		return fault.At("order", fault.New(fault.Invalid, "顺序里没有作品", "the order has no entry"))
	}
	if stage == 0 {
		for number, missing := range known {
			if missing {
				return fault.At("order", fault.New(fault.Invalid, "入围的作品 %s 不在顺序里", "the shortlisted entry %s is not in the order", number))
			}
		}
	}
	return nil
}

// came is the entries of a contest with how far each came and what became of it: told from its runs.
func came(e *event.Event, entries []mark.Entry, runs []Run) []mark.Entry {
	all := slices.Clone(entries)
	for i := range all {
		stage := 0
		for _, r := range runs {
			if r.Entry != all[i].Key {
				continue
			}
			_, at, _ := e.Rule.Rule.Part(r.Part)
			out := all[i].Status == mark.Disqualified || all[i].Status == mark.Withdrawn
			if at > stage {
				stage = at
				if !out {
					all[i].Status = mark.Ran
				}
			}
			if at == stage && r.State == Forfeit && !out {
				all[i].Status = mark.Forfeit
			}
		}
		all[i].Stage = e.Rule.Rule.Stages[stage].Key
	}
	return all
}
