package rehearsal

import (
	"context"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// closing are the stories that go as far as a check on site.
func (b begun) closing() bool {
	return b.story == closedOne || b.story == rebounded || b.story == falsely || b.story == reused
}

// apply has those with a story done and applied for, and one closed for a stage.
func (p *player) apply(ctx context.Context, all []begun) error {
	for i, b := range all {
		at := p.at(ctx, applied, 11, i)
		if b.story == longTerm {
			if err := p.stage(at, b); err != nil {
				return err
			}
		}
		if b.closing() || b.story == longTerm {
			who, err := p.as(at, b.login())
			if err != nil {
				return err
			}
			clerk, err := p.as(at, Coordinator)
			if err != nil {
				return err
			}
			if err := p.DB.Update(at, func(tx *db.Tx) error { return p.report(tx, who, clerk, b) }); err != nil {
				return err
			}
		}
		if !b.closing() {
			continue
		}
		if err := p.applyFor(at, b); err != nil {
			return err
		}
	}
	return nil
}

// applyFor has a problem's measures done, each with its photo, and its closing applied for.
func (p *player) applyFor(ctx context.Context, b begun) error {
	who, err := p.as(ctx, b.login())
	if err != nil {
		return err
	}
	shown, err := p.picture(ctx, who, p.after(b))
	if err != nil {
		return err
	}
	if err := p.doMeasures(ctx, who, b, shown); err != nil {
		return err
	}
	if err := p.move(ctx, b.login(), b, problem.Move{Move: "done"}); err != nil {
		return err
	}
	self, err := p.paper(ctx, who)
	if err != nil {
		return err
	}
	return p.move(ctx, b.login(), b, problem.Move{Move: "apply", Tests: tests(), Files: []problem.File{self}})
}

func (p *player) doMeasures(ctx context.Context, who identity.Colleague, b begun, shown problem.File) error {
	var measures []problem.Measure
	err := p.DB.View(ctx, func(tx *db.Tx) (err error) { measures, err = problem.Measures(tx, b.problem); return err })
	if err != nil {
		return err
	}
	for _, m := range measures {
		if !m.Open() {
			continue
		}
		if _, err := p.Problems.MoveMeasure(ctx, who, problem.MeasureMove{Measure: m.ID, Move: "do", Seen: m.Version, Files: []problem.File{shown}}); err != nil {
			return err
		}
	}
	return nil
}

// after is the photo of the place of a problem once its measures are done; in one story it is one that was shown
// for another problem before.
func (p *player) after(b begun) shot {
	if b.story == reused {
		return shot{place: 1}
	}
	return shot{place: p.before[b.problem]}
}

// check sends a checker from outside. What is not so goes back.
func (p *player) check(ctx context.Context, all []begun) error {
	for i, b := range all {
		at := p.at(ctx, checked, 11, i)
		var err error
		switch {
		case b.story == untrue:
			err = p.confirm(at, b)
		case b.closing():
			err = p.checkOne(at, b)
		}
		if err != nil {
			return err
		}
	}
	return developAll(p.at(ctx, checked, 19, 0), p.Evidence)
}

func (p *player) checkOne(ctx context.Context, b begun) error {
	who, err := p.as(ctx, Checker)
	if err != nil {
		return err
	}
	one, err := p.photo(ctx, who)
	if err != nil {
		return err
	}
	if b.story == falsely {
		if err := p.word(ctx, Checker, b, problem.NotSolved, "问了 3 位，都说油桶只是挪到了后院"); err != nil {
			return err
		}
		return p.move(ctx, Checker, b, problem.Move{Move: "fail", Why: "现场油桶只是挪到后院，地面没有清理", Day: p.day(20), Files: []problem.File{one}})
	}
	two, err := p.photo(ctx, who)
	if err != nil {
		return err
	}
	if err := p.word(ctx, Checker, b, problem.Solved, "问了 5 位，在门口和对面楼下"); err != nil {
		return err
	}
	return p.move(ctx, Checker, b, problem.Move{Move: "check", Files: []problem.File{one, two}})
}

// signOff signs off what was checked, but for the one with a photo that was used before: somebody has to say
// first what it is.
func (p *player) signOff(ctx context.Context, all []begun) error {
	for i, b := range all {
		if b.story != closedOne && b.story != rebounded {
			continue
		}
		if err := p.move(p.at(ctx, signed, 11, i), Signer, b, problem.Move{Move: "sign-off"}); err != nil {
			return err
		}
	}
	return nil
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
