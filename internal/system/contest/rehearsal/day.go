package rehearsal

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/scoring"
	"github.com/xiadu/xiadu/internal/engine/scoring/mark"
	"github.com/xiadu/xiadu/internal/engine/scoring/seal"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
	"github.com/xiadu/xiadu/internal/system/contest/seat"
)

// Of the day: when it begins, and where it rests.
const (
	opening = 8*time.Hour + 30*time.Minute
	noon    = 12 * time.Hour
	again   = 13*time.Hour + 30*time.Minute
)

// day is the day in the hall.
func (p *player) day(ctx context.Context) error {
	now := p.at(ctx, 0, opening-10*time.Minute)
	if err := p.prepare(now); err != nil {
		return err
	}
	if err := p.beat(now); err != nil {
		return err
	}
	p.at(ctx, 0, opening)
	e, err := p.Events.Get(now, p.code)
	if err != nil {
		return err
	}
	waiting := p.plan.order
	var first []string // that are heard before any score is fixed
	for len(waiting) > 0 {
		number := waiting[0]
		waiting = waiting[1:]
		if number == p.plan.late && !p.postponed(number) {
			if err := p.postpone(ctx, number); err != nil {
				return err
			}
			waiting = append(waiting, number)
			continue
		}
		if number == p.plan.absent {
			if err := p.forfeit(ctx, number); err != nil {
				return err
			}
			continue
		}
		if err := p.present(ctx, number); err != nil {
			return fmt.Errorf("%s: %w", number, err)
		}
		first = append(first, number)
		if len(first) < e.Rule.Rule.Calibrate {
			continue
		}
		for _, one := range first {
			if err := p.judge(ctx, one, e.RuleHash); err != nil {
				return fmt.Errorf("%s: %w", one, err)
			}
		}
		first = []string{}
		e.Rule.Rule.Calibrate = 0
		if clock := p.now.Sub(p.Day); clock > noon && clock < again {
			p.at(ctx, 0, again)
		}
	}
	return nil
}

// beat has every device say that it is there.
func (p *player) beat(now context.Context) error {
	for n := 1; n <= p.judges; n++ {
		err := p.do(now, Judge(n), func(who identity.Colleague) error {
			_, err := p.Seats.Beat(now, who, seat.Beat{Contest: p.code, Device: device(n)})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func device(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

func (p *player) run(number string) hall.At {
	return hall.At{Contest: p.code, Part: p.part, Entry: number, Attempt: 1}
}

func (p *player) postponed(number string) bool { return p.plan.order[len(p.plan.order)-1] == number }

// postpone puts who was called and is not there at the end.
func (p *player) postpone(ctx context.Context, number string) error {
	at := p.run(number)
	err := p.do(p.later(ctx, 20*time.Second), Keeper, func(who identity.Colleague) error {
		return p.Halls.Call(db.Rehearse(ctx, p.now), who, at)
	})
	if err != nil {
		return err
	}
	now := p.later(ctx, 3*time.Minute)
	p.plan.order = append(p.plan.order, number)
	return p.do(now, Keeper, func(who identity.Colleague) error {
		return p.Halls.Postpone(now, who, at, "路上堵车，推到最后")
	})
}

// forfeit is for who was called and did not come.
func (p *player) forfeit(ctx context.Context, number string) error {
	at := p.run(number)
	now := p.later(ctx, 20*time.Second)
	if err := p.do(now, Keeper, func(who identity.Colleague) error { return p.Halls.Call(now, who, at) }); err != nil {
		return err
	}
	now = p.later(ctx, 5*time.Minute)
	if err := p.do(now, Keeper, func(who identity.Colleague) error { return p.Halls.Ask(now, who, at, "叫号三次没有到场") }); err != nil {
		return err
	}
	now = p.later(ctx, 20*time.Second)
	return p.do(now, Supervisor, func(who identity.Colleague) error { return p.Halls.Forfeit(now, who, at) })
}

// present has an entry called and heard.
func (p *player) present(ctx context.Context, number string) error {
	at := p.run(number)
	step := func(after time.Duration, do func(context.Context, identity.Colleague, hall.At) error) error {
		now := p.later(ctx, after)
		return p.do(now, Keeper, func(who identity.Colleague) error { return do(now, who, at) })
	}
	if err := step(15*time.Second, p.Halls.Call); err != nil {
		return err
	}
	if err := step(20*time.Second, p.Halls.Start); err != nil {
		return err
	}
	long := time.Duration(p.plan.seconds[number]) * time.Second
	if number == p.plan.cut { // the light goes out, and comes back
		if err := step(long/2, p.Halls.Pause); err != nil {
			return err
		}
		if err := step(4*time.Minute, p.Halls.Start); err != nil {
			return err
		}
		long -= long / 2
	}
	return step(long, p.Halls.Stop)
}

// judge has every seat seal its sheet, and the score closed, checked and revealed.
func (p *player) judge(ctx context.Context, number, ruleHash string) error {
	at := p.run(number)
	for n := 1; n <= p.judges; n++ {
		marks, owes := p.plan.marks[number][n]
		if !owes {
			continue
		}
		if number == p.plan.paper && n == 4 {
			if err := p.paper(ctx, at, seatOf(n), marks); err != nil {
				return err
			}
			continue
		}
		if number == p.plan.wrong && n == 6 { // a slip of the finger
			marks = maps.Clone(marks)
			marks["effect"] = "6.1"
		}
		now := p.later(ctx, time.Duration(2+chance("lock", number, n)%5)*time.Second)
		err := p.do(now, Judge(n), func(who identity.Colleague) error {
			if _, err := p.Seats.Beat(now, who, seat.Beat{Contest: p.code, Device: device(n)}); err != nil {
				return err
			}
			_, err := p.Halls.Lock(now, who, sealing(at, ruleHash, n, 1, marks))
			return err
		})
		if err != nil {
			return err
		}
	}
	now := p.later(ctx, 5*time.Second)
	if err := p.do(now, Keeper, func(who identity.Colleague) error { return p.Halls.Close(now, who, at) }); err != nil {
		return err
	}
	now = p.later(ctx, 8*time.Second)
	if err := p.do(now, Supervisor, func(who identity.Colleague) error { return p.Halls.Check(now, who, at) }); err != nil {
		return err
	}
	if err := p.reveal(p.later(ctx, 6*time.Second), at); err != nil {
		return err
	}
	if number == p.plan.wrong {
		return p.correct(ctx, at, ruleHash)
	}
	return nil
}

// sealing is a lock as a judge's device makes it.
func sealing(at hall.At, ruleHash string, judge, version int, marks map[string]string) hall.Lock {
	o := seal.Opening{
		Contest: at.Contest, Rule: ruleHash, Entry: at.Entry, Part: at.Part, Seat: seatOf(judge), Version: version, Marks: marks, Salt: seal.Salt(), By: seal.Device,
	}
	return hall.Lock{At: at, Marks: marks, Salt: o.Salt, Commitment: o.Commitment(), LockID: o.Salt[:16], Device: device(judge)}
}

// reveal shows everybody what was checked.
func (p *player) reveal(now context.Context, at hall.At) error {
	return p.do(now, Host, func(who identity.Colleague) error {
		var openings string
		err := p.DB.View(now, func(tx *db.Tx) error {
			runs, err := hall.Runs(tx, p.code)
			for _, r := range runs {
				if r.At == at {
					openings = r.Openings
				}
			}
			return err
		})
		if err != nil {
			return err
		}
		return p.Halls.Reveal(now, who, at, openings)
	})
}

// paper is the sheet of a judge whose tablet died: two people type it, of whom one misreads, and a third settles it.
func (p *player) paper(ctx context.Context, at hall.At, key string, marks map[string]string) error {
	slip := maps.Clone(marks)
	slip["form"] = "7.5"
	papers := hall.Papers{Halls: p.Halls}
	now := p.later(ctx, 40*time.Second)
	if err := p.do(now, Keeper, func(who identity.Colleague) error { return papers.Type(now, who, at, key, marks) }); err != nil {
		return err
	}
	now = p.later(ctx, 30*time.Second)
	if err := p.do(now, Second, func(who identity.Colleague) error { return papers.Type(now, who, at, key, slip) }); err != nil {
		return err
	}
	now = p.later(ctx, 20*time.Second)
	return p.do(now, Supervisor, func(who identity.Colleague) error {
		_, err := papers.Settle(now, who, at, key, map[string]string{"form": marks["form"]})
		return err
	})
}

// correct has a judge's sheet corrected that was revealed.
func (p *player) correct(ctx context.Context, at hall.At, ruleHash string) error {
	const judge = 6
	var ask hall.Ask
	now := p.later(ctx, 2*time.Minute)
	err := p.do(now, Keeper, func(who identity.Colleague) (err error) {
		ask, err = p.Halls.Correct(now, who, at, seatOf(judge), "评委当场说明：实效一项点错，应按评分表上的分")
		return err
	})
	if err != nil {
		return err
	}
	now = p.later(ctx, 40*time.Second)
	err = p.do(now, Judge(judge), func(who identity.Colleague) error {
		_, err := p.Halls.Reseal(now, who, ask.ID, sealing(at, ruleHash, judge, 2, p.plan.marks[at.Entry][judge]))
		return err
	})
	if err != nil {
		return err
	}
	now = p.later(ctx, 30*time.Second)
	return p.do(now, Supervisor, func(who identity.Colleague) error { return p.Halls.Correction(now, who, ask.ID) })
}

// after decides the tie at the line, and releases the result.
func (p *player) after(ctx context.Context) error {
	b, err := p.Halls.Board(p.later(ctx, 5*time.Minute), p.code)
	if err != nil {
		return err
	}
	for _, w := range b.Result.Wants {
		if err := p.decide(ctx, w); err != nil {
			return err
		}
	}
	if len(b.Result.Wants) == 0 {
		return fault.New(fault.Conflict, "没有并列", "nobody is tied at the line")
	}
	now := p.later(ctx, 20*time.Minute)
	return p.do(now, Organiser, func(who identity.Colleague) error {
		_, err := p.Releases.Release(now, who, p.code, "")
		return err
	})
}

// decide is what two people settle, as the panel has said.
func (p *player) decide(ctx context.Context, w scoring.Want) error {
	d := mark.Decision{By: w.By, Stage: w.Stage, Cut: w.Cut, Among: w.Entries, Entries: w.Entries}
	if w.Cut != "" {
		d.Entries = w.Entries[:w.Room]
	}
	n := 0
	now := p.later(ctx, time.Minute)
	err := p.do(now, Keeper, func(who identity.Colleague) (err error) {
		n, err = p.Halls.Decide(now, who, p.code, d)
		return err
	})
	if err != nil {
		return err
	}
	now = p.later(ctx, 3*time.Minute)
	return p.do(now, Supervisor, func(who identity.Colleague) error { return p.Halls.Confirm(now, who, p.code, n) })
}
