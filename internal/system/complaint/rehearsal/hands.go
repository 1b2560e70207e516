package rehearsal

import (
	"context"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// together makes a step of many problems in one transaction, as a bulk act does.
func (p *player) together(ctx context.Context, some []begun, step func(tx *db.Tx, b begun, now problem.Problem) error) error {
	return p.DB.Update(ctx, func(tx *db.Tx) error {
		for _, b := range some {
			now, err := problem.Read(tx, b.problem)
			if err != nil {
				return err
			}
			if err := step(tx, b, now); err != nil {
				return fmt.Errorf("%s: %w", now.Code, err)
			}
		}
		return nil
	})
}

func (b begun) led(units map[string]string) string {
	if b.unit != "" {
		return units[b.unit]
	}
	return units[districtUnit(b.division)]
}

// login is who answers for the unit of a problem.
func (b begun) login() string {
	if b.unit == hospital {
		return Hospital
	}
	return Districts
}

func (p *player) assign(ctx context.Context, day int, some []begun) error {
	at := p.at(ctx, day, 20, 40)
	who, err := p.as(at, Coordinator)
	if err != nil {
		return err
	}
	return p.together(at, some, func(tx *db.Tx, b begun, now problem.Problem) error {
		_, err := p.Problems.MoveIn(tx, who, problem.Move{Problem: b.problem, Move: "assign", Seen: now.Version, Lead: b.led(p.Units)})
		return err
	})
}

// sign has all signed for the same evening but those that stay late, and one sent back.
func (p *player) sign(ctx context.Context, day int, some []begun) error {
	at := p.at(ctx, day, 21, 30)
	for _, login := range []string{Hospital, Districts} {
		who, err := p.as(at, login)
		if err != nil {
			return err
		}
		err = p.together(at, some, func(tx *db.Tx, b begun, now problem.Problem) error {
			m := problem.Move{Problem: b.problem, Move: "sign", Seen: now.Version}
			if b.story == returned {
				m.Move, m.Why = "return", "湿地公园由市级部门管理，不属本区"
			}
			if b.login() != login || b.story == late {
				return nil
			}
			_, err := p.Problems.MoveIn(tx, who, m)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// verify has those looked at that came two days ago, in the morning of a day, and their letters answered by noon. Of the
// batch before the last the office has read half the reports.
func (p *player) verify(ctx context.Context, day int, some []came) error {
	var all []begun
	for _, c := range some {
		all = append(all, c.points...)
	}
	all = slices.DeleteFunc(all, func(b begun) bool { return b.story == inHand || b.story == late || b.story == returned })
	if err := p.each(p.at(ctx, day, 9, 0), all, begun.looking, p.look); err != nil {
		return err
	}
	answered := slices.DeleteFunc(slices.Clone(some), func(c came) bool {
		return slices.ContainsFunc(c.points, func(b begun) bool { return b.story == inHand || b.story == late || b.story == returned })
	})
	return p.answers(p.at(ctx, day, 11, 30), answered, func(i int) bool { return day < rebound || i%2 == 0 })
}

// finish has those mended that take longer, and says so anew of their letters.
func (p *player) finish(ctx context.Context, day int, some []came) error {
	at := p.at(ctx, day, 11, 45)
	var slow []begun
	var of []came
	for _, c := range some {
		n := len(slow)
		for _, b := range c.points {
			if b.story == later {
				slow = append(slow, b)
			}
		}
		if len(slow) > n {
			of = append(of, c)
		}
	}
	if err := p.each(at, slow, begun.mending, p.mend); err != nil {
		return err
	}
	return p.answers(at, of, func(int) bool { return true })
}

// looking is how many files it takes to look at a point: one for what was found, and those of what is done at once.
func (b begun) looking() int {
	const firstAndStage = 2
	if b.story == atOnce {
		return 1 + b.mending()
	}
	if b.story == longTerm {
		return 1 + firstAndStage
	}
	return 1
}

// mending is how many it takes to mend it: one for each measure.
func (b begun) mending() int { return len(b.plan) }

// each does something with points, those of one person at a time, in one transaction, with so many files for each.
func (p *player) each(ctx context.Context, all []begun, files func(begun) int, do func(*db.Tx, identity.Colleague, begun, []problem.File) error) error {
	for _, login := range []string{Hospital, Districts} {
		mine := slices.DeleteFunc(slices.Clone(all), func(b begun) bool { return b.login() != login })
		if len(mine) == 0 {
			continue
		}
		who, err := p.as(ctx, login)
		if err != nil {
			return err
		}
		shown := map[string][]problem.File{}
		for _, b := range mine {
			for range files(b) {
				one, err := p.shown(ctx, who, b)
				if err != nil {
					return err
				}
				shown[b.problem] = append(shown[b.problem], one)
			}
		}
		err = p.DB.Update(ctx, func(tx *db.Tx) error {
			for _, b := range mine {
				if err := do(tx, who, b, shown[b.problem]); err != nil {
					return fmt.Errorf("%s: %w", b.name, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// shown brings what a point is shown by: first a photo where the way to its closing is shown, else a paper.
func (p *player) shown(ctx context.Context, who identity.Colleague, b begun) (problem.File, error) {
	if !b.closing() || p.before[b.problem] > 0 {
		return p.paper(ctx, who)
	}
	p.before[b.problem] = p.place()
	return p.picture(ctx, who, shot{p.before[b.problem], true})
}

// look says whether a problem is true, plans what is to be done, and does at once what can be done at once.
func (p *player) look(tx *db.Tx, who identity.Colleague, b begun, shown []problem.File) error {
	p.looks[b.letter] = p.day(-1)
	now, err := problem.Read(tx, b.problem)
	if err != nil {
		return err
	}
	m := problem.Move{Problem: b.problem, Move: "found", Seen: now.Version, Day: b.due(p.looks[b.letter]), Files: shown[:1], Verdicts: map[string]complaint.Verdict{b.judged(): b.verdict}}
	if b.story == untrue {
		m.Move, m.Why, m.Day = "untrue", b.not, calendar.Date{}
		p.how[b.problem] = mended
	}
	if now, err = p.Problems.MoveIn(tx, who, m); err != nil || b.story == untrue {
		return err
	}
	for i, what := range b.plan {
		m, err := p.Problems.AddMeasureIn(tx, who, problem.NewMeasure{Problem: b.problem, What: what, Day: b.due(p.looks[b.letter]).Add(-3 - i), Money: int64(3+7*i) * 1_000_000})
		if err != nil {
			return err
		}
		if b.story == longTerm && i == 0 {
			if _, err := p.Problems.MoveMeasureIn(tx, who, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: shown[1:2]}); err != nil {
				return err
			}
		}
	}
	if b.story == atOnce {
		return p.mend(tx, who, b, shown[1:])
	}
	if b.story == longTerm {
		p.how[b.problem] = staged
		_, err = p.Problems.MoveIn(tx, who, problem.Move{
			Problem: b.problem, Seen: now.Version, Move: "stage", Day: p.day(120), Owes: b.led(p.Units), Why: b.waits, Files: shown[2:],
		})
	}
	return err
}

// mend has the measures of a problem done, and calls it done.
func (p *player) mend(tx *db.Tx, who identity.Colleague, b begun, shown []problem.File) error {
	measures, err := problem.Measures(tx, b.problem)
	if err != nil {
		return err
	}
	for _, m := range measures {
		if !m.Open() {
			continue
		}
		if _, err := p.Problems.MoveMeasureIn(tx, who, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: shown[:1]}); err != nil {
			return err
		}
		shown = shown[1:]
	}
	now, err := problem.Read(tx, b.problem)
	if err != nil {
		return err
	}
	p.how[b.problem], p.mended[b.problem] = mended, p.day(0)
	_, err = p.Problems.MoveIn(tx, who, problem.Move{Problem: b.problem, Seen: now.Version, Move: "done"})
	return err
}

// answers has the units that lead report on letters, and the office answer those that it has read.
func (p *player) answers(ctx context.Context, some []came, read func(int) bool) error {
	clerk, err := p.as(ctx, Coordinator)
	if err != nil {
		return err
	}
	for _, login := range []string{Hospital, Districts} {
		who, err := p.as(ctx, login)
		if err != nil {
			return err
		}
		for _, c := range some {
			if c.points[0].login() == login {
				if err := p.punish(ctx, who, c); err != nil {
					return err
				}
			}
		}
		err = p.DB.Update(ctx, func(tx *db.Tx) error {
			for i, c := range some {
				if c.points[0].login() != login {
					continue
				}
				if err := p.report(tx, who, clerk, c, read(i)); err != nil {
					return fmt.Errorf("%s: %w", c.points[0].name, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// punish puts down what became of who is responsible, once.
func (p *player) punish(ctx context.Context, who identity.Colleague, c came) error {
	for _, b := range c.points {
		if !b.penalty || p.fined[b.problem] || b.login() != c.points[0].login() {
			continue
		}
		p.fined[b.problem] = true
		all := []problem.Sanction{{Kind: "penalty", N: 1, Money: b.fine, Act: "行政处罚决定书（模拟）"}}
		if b.fine >= heavy {
			all = append(all, problem.Sanction{Kind: "interview", N: 2}, problem.Sanction{Kind: "account", N: 1})
		}
		for _, s := range all {
			s.Problem, s.Day = b.problem, p.day(0).String()
			if err := p.Problems.AddSanction(ctx, who, s, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// heavy is the fine, in fen, from which somebody is held to account, too.
const heavy = 5_000_000

// move makes a step as somebody, of the problem as it is.
func (p *player) move(ctx context.Context, login string, b begun, m problem.Move) error {
	who, err := p.as(ctx, login)
	if err != nil {
		return err
	}
	now, err := stands(ctx, p.DB, b)
	if err != nil {
		return err
	}
	m.Problem, m.Seen = b.problem, now.Version
	_, err = p.Problems.Move(ctx, who, m)
	return err
}

// tests are all five, met.
func tests() (keys []string) {
	for _, t := range problem.Tests {
		keys = append(keys, t.Key)
	}
	return keys
}
