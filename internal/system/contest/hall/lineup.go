package hall

import (
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

// LineUp writes the order of a part, before its first run is called. The caller has admitted who does so: package order, with what was
// drawn.
func LineUp(tx *db.Tx, facts Facts, by identity.Admitted, l Lineup) error {
	e, err := event.Read(tx, l.Contest)
	if err != nil {
		return err
	}
	if err := l.fits(tx, facts, &e); err != nil {
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
}

// Strike takes an entry that was withdrawn out of the order, while it waits. The caller has two people's word for it.
func Strike(tx *db.Tx, by identity.Admitted, at At) error {
	gone, err := dropRun.Slice(tx, at)
	if err != nil || len(gone) == 0 {
		return err
	}
	if err := record.Append(tx, by.Sign, moved{Contest: at.Contest, Part: at.Part, Entry: at.Entry, Attempt: at.Attempt, To: "withdrawn", by: by.Person}); err != nil {
		return err
	}
	return event.Changed(tx, at.Contest, true)
}

var dropRun = db.Declare[At, string](`
	DELETE FROM contest_run WHERE contest = :contest AND part = :part AND entry = :entry AND attempt = :attempt AND state = 'waiting' RETURNING entry`)

// CheckTimes says whether a presentation may have a limit and a warning, in seconds.
func CheckTimes(limit, warn int) error {
	if limit < 0 || limit > mostSeconds || warn < 0 || warn > limit {
		return fault.At("limit", fault.New(fault.Invalid, "展示时间和提前提醒用秒写，提醒不长于展示", "times are in seconds, and a warning is no longer than the presentation"))
	}
	return nil
}

func (l *Lineup) fits(tx *db.Tx, facts Facts, e *event.Event) error {
	part, stage, ok := e.Rule.Rule.Part(l.Part)
	if !ok || part.Judged == nil {
		return fault.At("part", fault.New(fault.Invalid, "规则里没有由评委打分的环节“%s”", "the rule has no part %q that is judged", l.Part))
	}
	if err := CheckTimes(l.Limit, l.Warn); err != nil {
		return err
	}
	runs, err := Runs(tx, l.Contest)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(runs, func(r Run) bool { return r.Part == l.Part }) {
		return fault.New(fault.Conflict, "“%s”的顺序已经定了；要变动，用推后或者重新抽签", "the order of %q stands; to change it postpone a run", l.Part)
	}
	entries, err := facts(tx, l.Contest)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, one := range entries {
		if one.Status == mark.Ran {
			known[one.Key] = true
		}
	}
	for _, number := range l.Order {
		if !known[number] {
			return fault.At("order", fault.New(fault.Invalid, "没有编号为“%s”的作品，它已经撤回，或在顺序里写了两次", "there is no entry %q, it was withdrawn, or it is twice in the order", number))
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
