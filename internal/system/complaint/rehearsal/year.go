package rehearsal

import (
	"context"
	"fmt"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/complaint/problem"
)

// Year plays the month and goes on until the last problem that was closed is settled, more than a year later: the other
// batches are published; what came back, and what was called done falsely, is put right once more, closed and watched, the
// one that came back for a year. Told is told, at the time of it, what has just been published or settled.
func Year(ctx context.Context, s Stage, told func(ctx context.Context, what string) error) error {
	p, err := newPlayer(ctx, s)
	if err != nil {
		return err
	}
	p.told = told
	err = months{p}.play(ctx)
	if err != nil {
		return fmt.Errorf("rehearsing %v: %w", p.now, err)
	}
	return nil
}

// months are the year behind a month.
type months struct{ *player }

// The days after the month, counted from its first.
const (
	rest       = 32 // the first of those on which the other batches are published
	anew       = 36 // what came back is signed for again
	mendedThen = 44
	seenAgain  = 45
	signedOff  = 46
	lastFiled  = 64  // publicity is over by then, even across the longest holidays
	look       = 7   // every so many days it is seen which windows have ended
	longest    = 480 // by then they have
)

func (p months) play(ctx context.Context) error {
	if err := p.month(ctx); err != nil {
		return err
	}
	if err := p.told(p.at(ctx, rebound, 23, 0), "the month"); err != nil {
		return err
	}
	for i := range len(evenings) + 1 - published {
		if err := press(p).publish(p.at(ctx, rest+i, 11, 0), published+1+i); err != nil {
			return err
		}
	}
	if err := p.onceMore(ctx); err != nil {
		return err
	}
	for day := lastFiled + 1; day < longest; day += look {
		at := p.at(ctx, day, 8, 0)
		n, err := p.windows(at)
		if err == nil && n > 0 {
			err = p.told(at, fmt.Sprintf("%d settled", n))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// onceMore takes those to their closing that were not so, or came back.
func (p months) onceMore(ctx context.Context) error {
	again := p.of(rebounded, falsely)
	for i, b := range again {
		at, next := p.at(ctx, anew, 10, i), p.foundAgain
		if b.story == falsely {
			next = p.planAgain
		}
		if err := next(at, b); err != nil {
			return err
		}
		again[i].story = closedOne
		p.before[b.problem] = p.place() // a photo that was shown once shows nothing new
	}
	for _, phase := range []struct {
		day int
		of  func(context.Context, []begun) error
	}{{mendedThen, p.mendAll}, {seenAgain, p.seeAgain}, {signedOff, p.approve}, {lastFiled, p.fileAll}} {
		if err := phase.of(p.at(ctx, phase.day, 11, 0), again); err != nil {
			return err
		}
	}
	return nil
}

// foundAgain signs for what came back and finds it true.
func (p months) foundAgain(ctx context.Context, b begun) error {
	if err := p.move(ctx, b.login(), b, problem.Move{Move: "sign"}); err != nil {
		return err
	}
	who, err := p.as(ctx, b.login())
	if err != nil {
		return err
	}
	shown, err := p.picture(ctx, who, shot{p.place(), true})
	if err != nil {
		return err
	}
	return p.DB.Update(ctx, func(tx *db.Tx) error { return p.look(tx, who, b, []problem.File{shown}) })
}

// planAgain adds what was not done the first time.
func (p months) planAgain(ctx context.Context, b begun) error {
	who, err := p.as(ctx, b.login())
	if err == nil {
		_, err = p.Problems.AddMeasure(ctx, who, problem.NewMeasure{Problem: b.problem, What: "油桶交有资质的单位清运，地面清洗、硬化", Day: p.day(2), Money: 5_000_000})
	}
	return err
}

func (p months) mendAll(ctx context.Context, all []begun) error {
	return eachOf(all, func(b begun) error { return outside(p).applyFor(ctx, b) })
}

func (p months) seeAgain(ctx context.Context, all []begun) error {
	err := eachOf(all, func(b begun) error { return outside(p).checkOne(ctx, b) })
	if err != nil {
		return err
	}
	return developAll(ctx, p.Evidence)
}

func (p months) approve(ctx context.Context, all []begun) error {
	return eachOf(all, func(b begun) error { return outside(p).signOff(ctx, b) })
}

func (p months) fileAll(ctx context.Context, _ []begun) error { return outside(p).file(ctx) }

func eachOf(all []begun, f func(begun) error) error {
	for _, b := range all {
		if err := f(b); err != nil {
			return fmt.Errorf("%s: %w", b.site, err)
		}
	}
	return nil
}

// windows does what comes of the clocks that have run out, and returns how many problems that settled.
func (p months) windows(ctx context.Context) (settled int, err error) {
	var behind casework.RanOut
	for ok := true; ok; {
		err := p.DB.Update(ctx, func(tx *db.Tx) (err error) {
			var one casework.RanOut
			if one, ok, err = p.Book.NextRunOut(tx, behind); err != nil || !ok {
				return err
			}
			if err := p.Problems.RanOut(tx, one); err != nil {
				return err
			}
			now, err := p.Book.Case(tx, one.Case.ID)
			if err == nil && now.Stage == complaint.Settled && one.Case.Stage == complaint.Filed {
				settled++
			}
			return err
		})
		if err != nil {
			return settled, err
		}
	}
	return settled, nil
}

// of returns those of some stories.
func (p months) of(stories ...story) (some []begun) {
	return slices.DeleteFunc(slices.Clone(p.all), func(b begun) bool { return !slices.Contains(stories, b.story) })
}
