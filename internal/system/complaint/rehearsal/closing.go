package rehearsal

import (
	"context"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// closing are the days, counted from the first of the month, on which a story takes its steps to 销号; 0 is not yet. The first
// are so early that publicity is over by the end of the month even across the longest holidays.
type closing struct{ applied, checked, signed int }

var ways = map[story]closing{
	closedOne: {11, 12, 13}, rebounded: {11, 12, 13}, falsely: {11, 12, 0}, reused: {11, 12, 0},
	objected: {22, 23, 25}, unsigned: {24, 27, 0}, unchecked: {29, 0, 0},
}

// outside are those of a month who check, sign off and file, and the unit that asks for it.
type outside struct{ *player }

func (b begun) closing() bool { return ways[b.story].applied > 0 }

// looksAgain is how many days after it came a checker looks at what was found untrue; two days later it is signed off.
const looksAgain = 7

// close takes the steps of a day towards closings.
func (p outside) close(ctx context.Context, day int) error {
	steps := []struct {
		hour int
		due  func(closing) int
		step func(context.Context, begun) error
	}{
		{12, func(w closing) int { return w.applied }, p.applyFor},
		{14, func(w closing) int { return w.checked }, p.checkOne},
		{15, func(w closing) int { return w.signed }, p.signOff},
	}
	for _, s := range steps {
		n := 0
		for _, b := range p.all {
			w := ways[b.story]
			if b.story == untrue {
				w = closing{0, b.came + looksAgain, b.came + looksAgain + 2}
			}
			if s.due(w) != day {
				continue
			}
			n++
			if err := s.step(p.at(ctx, day, s.hour, n), b); err != nil {
				return err
			}
		}
		if n > 0 {
			if err := developAll(p.at(ctx, day, s.hour, 59), p.Evidence); err != nil {
				return err
			}
		}
	}
	return p.file(p.at(ctx, day, 16, 0))
}

// applyFor has a problem's measures done, each with its photo, applies for its closing, and reports anew on its letter.
func (p outside) applyFor(ctx context.Context, b begun) error {
	who, err := p.as(ctx, b.login())
	if err != nil {
		return err
	}
	photo, err := p.picture(ctx, who, p.after(b))
	if err != nil {
		return err
	}
	shown := []problem.File{photo}
	for range b.mending() {
		one, err := p.paper(ctx, who)
		if err != nil {
			return err
		}
		shown = append(shown, one)
	}
	if err := p.DB.Update(ctx, func(tx *db.Tx) error { return p.mend(tx, who, b, shown) }); err != nil {
		return err
	}
	self, err := p.paper(ctx, who)
	if err != nil {
		return err
	}
	if err := p.move(ctx, b.login(), b, problem.Move{Move: "apply", Tests: tests(), Files: []problem.File{self}}); err != nil {
		return err
	}
	return p.answers(ctx, []came{{id: b.letter, points: []begun{b}}}, func(int) bool { return true })
}

// after is the photo of the place of a problem once its measures are done; in one story it is one that was shown
// for another problem before.
func (p outside) after(b begun) shot {
	if b.story == reused {
		return shot{place: 1}
	}
	return shot{place: p.before[b.problem]}
}

// checkOne sends a checker from outside. What is not so goes back.
func (p outside) checkOne(ctx context.Context, b begun) error {
	who, err := p.as(ctx, Checker)
	if err != nil {
		return err
	}
	one, err := p.photo(ctx, who)
	if err != nil {
		return err
	}
	if b.story == untrue {
		if err := p.word(ctx, b, problem.Unsure, "问了 4 户，有 2 户说偶尔有，说不清是不是这一家"); err != nil {
			return err
		}
		return p.move(ctx, Checker, b, problem.Move{Move: "confirm", Why: "现场复核和监测结果一致，同意不属实", Files: []problem.File{one}})
	}
	if b.story == falsely {
		if err := p.word(ctx, b, problem.NotSolved, "问了 3 位，都说油桶只是挪到了后院"); err != nil {
			return err
		}
		return p.move(ctx, Checker, b, problem.Move{Move: "fail", Why: "现场油桶只是挪到后院，地面没有清理", Day: p.day(40), Files: []problem.File{one}})
	}
	two, err := p.photo(ctx, who)
	if err != nil {
		return err
	}
	if err := p.word(ctx, b, problem.Solved, "问了 5 位，在门口和对面楼下"); err != nil {
		return err
	}
	return p.move(ctx, Checker, b, problem.Move{Move: "check", Files: []problem.File{one, two}})
}

// signOff signs off what was checked.
func (p outside) signOff(ctx context.Context, b begun) error {
	if err := p.answered(ctx, b); err != nil {
		return err
	}
	return p.move(ctx, Signer, b, problem.Move{Move: "sign-off"})
}

// answered has the office answer what was proposed while the problem was being closed: letters that came meanwhile and
// read alike are of other places, and have problems of their own.
func (p outside) answered(ctx context.Context, b begun) error {
	clerk, err := p.as(ctx, Coordinator)
	if err != nil {
		return err
	}
	var all []problem.Child
	err = p.DB.View(ctx, func(tx *db.Tx) (err error) { all, err = problem.Children(tx, b.problem); return err })
	if err != nil {
		return err
	}
	for _, c := range all {
		if !c.Open() || c.Process != complaint.Proposal.Key {
			continue
		}
		_, err := p.Problems.Decide(ctx, clerk, problem.Decision{Child: c.ID, Seen: c.Version, Move: "decline", Why: "新来件说的是另一处的同类问题，已单独交办"})
		if err != nil {
			return err
		}
	}
	return nil
}

// file files what is past its publicity.
func (p outside) file(ctx context.Context) error {
	for _, b := range p.all {
		if !b.closing() && b.story != untrue {
			continue
		}
		now, err := stands(ctx, p.DB, b)
		if err != nil {
			return err
		}
		if now.Stage != complaint.Publicity || p.now.Before(now.DueAt) {
			continue
		}
		if err := p.answered(ctx, b); err != nil {
			return err
		}
		if err := p.move(ctx, Coordinator, b, problem.Move{Move: "file"}); err != nil {
			return err
		}
	}
	return nil
}

// word puts down what neighbours say.
func (p outside) word(ctx context.Context, b begun, says, why string) error {
	who, err := p.as(ctx, Checker)
	if err != nil {
		return err
	}
	return p.Problems.AddWord(ctx, who, problem.NewWord{Problem: b.problem, Letter: b.letter, Source: problem.Neighbours, Says: says, Why: why})
}

func developAll(ctx context.Context, e *evidence.Evidence) error {
	const some = 50
	for {
		n, err := e.Develop(ctx, some)
		if err != nil || n < some {
			return err
		}
	}
}
