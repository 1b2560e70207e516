package order

import (
	"context"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/draw/course"
	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/entry"
	"github.com/xiadu/xiadu/internal/system/contest/event"
	"github.com/xiadu/xiadu/internal/system/contest/hall"
)

// Skip skips an entry in a draw that was drawn, and takes it out of the lineup: one person asks, and it is done when another does. Only
// what was withdrawn can be skipped, so that nobody chooses who runs.
func (s *Orders) Skip(ctx context.Context, who identity.Colleague, code, part, number string) (done bool, err error) {
	err = s.drawing(ctx, who, code, part, admit, func(tx *db.Tx, by identity.Admitted, _ *event.Event, r row) error {
		done = false
		in, err := standing(tx, code)
		if err != nil {
			return err
		}
		if stands, known := in[number]; stands || !known {
			return fault.At("entry", fault.New(fault.Conflict, "%[1]s 没有撤回，不能跳过：先由单位或承办单位撤回", "%[1]s was not withdrawn and cannot be skipped: its unit or the office withdraws it first", lang.Short(number)))
		}
		c, _, err := s.book.Course(tx, r.Draw)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(c.Rows(), func(one lots.Row) bool { return one.Code == number && one.Skipped == "" }) {
			return fault.New(fault.Conflict, "%[1]s 没有抽出来，或已经跳过", "%[1]s was not drawn, or is skipped already", number)
		}
		asked, err := skipsOf.Slice(tx, code)
		if err != nil {
			return err
		}
		for _, one := range asked {
			if one.Part != part || one.Entry != number {
				continue
			}
			if one.AskedBy == by.Person {
				return fault.New(fault.Denied, "您已经提出过，要由另一个人确认", "you have asked for it; another person confirms it")
			}
			done = true
			return s.skip(tx, by, r, one)
		}
		_, err = insertSkip.Exec(tx, Skip{code, part, number, by.Person, by.Sign, tx.Now()})
		return err
	})
	return done, err
}

func (s *Orders) skip(tx *db.Tx, by identity.Admitted, r row, asked Skip) error {
	d, err := s.book.Draw(tx, r.Draw)
	if err != nil {
		return err
	}
	two := draw.Two(draw.Actor{ID: asked.AskedBy, Sign: asked.Sign}, actor(by))
	if err := s.book.Skip(tx, two, r.Draw, d.Steps, draw.Skipping{Code: asked.Entry, Reason: withdrawn}); err != nil {
		return err
	}
	if _, err := dropSkip.Exec(tx, asked); err != nil {
		return err
	}
	return hall.Strike(tx, by, hall.At{Contest: r.Contest, Part: r.Part, Entry: asked.Entry, Attempt: 1})
}

// Open publishes in each draw of a contest whose seed is known what its numbers stand for, once all is revealed. The caller has admitted
// who does so, and does it once.
func Open(tx *db.Tx, by identity.Admitted, code string) error {
	openings, err := entry.Openings(tx, code)
	if err != nil {
		return err
	}
	rows, err := ordersOf.Slice(tx, code)
	if err != nil {
		return err
	}
	book := draw.New()
	for _, r := range rows {
		c, _, err := book.Course(tx, r.Draw)
		if err != nil {
			return err
		}
		if c.Seed == "" {
			continue
		}
		var in []lots.Opening
		for _, o := range openings {
			if slices.ContainsFunc(c.List.Lots, func(l lots.Lot) bool { return l.Code == o.Code }) {
				in = append(in, o)
			}
		}
		if err := book.Open(tx, actor(by), r.Draw, in); err != nil {
			return err
		}
	}
	return nil
}

// Cancel has a draw not count, before its order stands, as whoever has seen so many steps of it. Once somebody could know its seed its
// result is published all the same.
func (s *Orders) Cancel(ctx context.Context, who identity.Colleague, code, part string, seen int, reason string) error {
	return s.organised(ctx, who, code, part, func(tx *db.Tx, by identity.Admitted, r row) error {
		return s.book.Cancel(tx, actor(by), r.Draw, seen, reason)
	})
}

// Close ends a draw whose seed never came, after its last deadline.
func (s *Orders) Close(ctx context.Context, who identity.Colleague, code, part string, seen int) error {
	return s.organised(ctx, who, code, part, func(tx *db.Tx, by identity.Admitted, r row) error {
		return s.book.Close(tx, actor(by), r.Draw, seen)
	})
}

func (s *Orders) organised(ctx context.Context, who identity.Colleague, code, part string, do func(*db.Tx, identity.Admitted, row) error) error {
	asOrganiser := func(tx *db.Tx, who identity.Colleague, e *event.Event) (identity.Admitted, error) {
		return who.Admit(tx, contest.Organise, e.Place())
	}
	return s.drawing(ctx, who, code, part, asOrganiser, func(tx *db.Tx, by identity.Admitted, _ *event.Event, r row) error {
		c, _, err := s.book.Course(tx, r.Draw)
		if err != nil {
			return err
		}
		if c.State == course.Drawn {
			return fault.New(fault.Conflict, "顺序已经抽好，抽签不能再取消", "the order stands: its draw cannot be taken back")
		}
		if err := do(tx, by, r); err != nil {
			return err
		}
		return event.Changed(tx, code, true)
	})
}

// Stand is how the order of a part stands.
type Stand struct {
	Part        string
	Draw        draw.Draw      // the last; without an ID there is none
	Course      *course.Course // of it
	Limit, Warn int
	Lined       []hall.Run // its runs, in their order; none: no order stands
	Typed       int        // persons who have typed a seed
	Mine        bool       // the one who asks is among them
	Skips       []Skip     // that one person has asked for
	Gone        []string   // that were drawn, are withdrawn, and not skipped yet
}

// Stands are how the orders of a contest's judged parts stand, for who runs it.
func (s *Orders) Stands(ctx context.Context, who identity.Colleague, code string) (all []Stand, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		e, err := event.Read(tx, code)
		if err != nil {
			return err
		}
		by, err := admit(tx, who, &e)
		if err != nil {
			return err
		}
		for i := range e.Rule.Rule.Stages {
			for _, p := range e.Rule.Rule.Stages[i].Parts {
				if p.Judged == nil {
					continue
				}
				one, err := s.stand(tx, code, p.Key, by.Person)
				if err != nil {
					return err
				}
				all = append(all, one)
			}
		}
		return nil
	})
	return all, err
}

func (s *Orders) stand(tx *db.Tx, code, part, person string) (one Stand, err error) {
	one.Part = part
	runs, err := hall.Runs(tx, code)
	if err != nil {
		return one, err
	}
	for _, r := range runs {
		if r.Part == part && r.State != hall.Interrupted {
			one.Lined = append(one.Lined, r)
		}
	}
	r, err := s.present(tx, code, part)
	if fault.KindOf(err) == fault.NotFound {
		return one, nil
	}
	if err != nil {
		return one, err
	}
	one.Limit, one.Warn = r.Limit, r.Warn
	if one.Course, one.Draw, err = s.book.Course(tx, r.Draw); err != nil {
		return one, err
	}
	if one.Typed, one.Mine, err = s.book.Waits(tx, r.Draw, person); err != nil {
		return one, err
	}
	asked, err := skipsOf.Slice(tx, code)
	if err != nil {
		return one, err
	}
	for _, a := range asked {
		if a.Part == part {
			one.Skips = append(one.Skips, a)
		}
	}
	in, err := standing(tx, code)
	for _, drawn := range one.Course.Rows() {
		if drawn.Skipped == "" && !in[drawn.Code] {
			one.Gone = append(one.Gone, drawn.Code)
		}
	}
	return one, err
}
