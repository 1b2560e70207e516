package course

import (
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/engine/draw/lots"
	"github.com/xiadu/xiadu/internal/engine/draw/seed"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Outcome is what follows from a step.
type Outcome struct {
	Drawn  int    `json:"drawn"`  // rows by now
	Result string `json:"result"` // SHA-256 of their canonical JSON
}

// Seeded is that the seed came, with what it gives.
type Seeded struct {
	Act
	Outcome
	Choice int    `json:"choice"` // of the terms: 1, or 2 for the fallback
	Seed   string `json:"seed"`
	Terms  string `json:"terms"` // their hash
}

// Kind names the event.
func (Seeded) Kind() string { return KindSeeded }

func (s *Seeded) do(c *Course, at time.Time) error {
	choice, err := c.choice(s.Choice)
	switch {
	case err != nil:
		return err
	case c.Seed != "":
		return fault.New(fault.Conflict, "种子已经有了：%[1]s。一次约定只抽一次", "the seed is there already: %[1]s. One commitment is drawn once", c.Seed)
	case c.State == Over:
		return fault.New(fault.Conflict, "这次抽签已经当作等不到种子结束了，不能再填", "this draw was closed since its seed never came: it cannot be given any more")
	case c.State == Cancelled && !c.Known:
		return fault.New(fault.Conflict, "这次抽签在种子公布以前就取消了", "this draw was cancelled before its seed could be known")
	case at.Before(choice.Due):
		return fault.New(fault.Late, "种子要到 %[1]s 才公布，现在不能填", "the seed is not due before %[1]s, and cannot be given yet", seed.Clock(choice.Due))
	}
	if _, ok := choice.Values(s.Seed); !ok {
		return fault.New(fault.Invalid, "种子“%[1]s”不是约定的来源给得出的", "%[1]q is no seed that the sources of the terms can give", lang.Short(s.Seed))
	}
	if c.draw, err = lots.Begin(c.List, c.Terms.Shape, c.Hash, s.Seed); err != nil {
		return err
	}
	if c.State == Waiting {
		c.State = Drawn
	}
	c.Seed, c.SeededAt, c.Fallback, s.Terms = s.Seed, at, s.Choice > 1, c.Hash
	s.Outcome, err = c.outcome()
	return err
}

// Skipped is that one that was drawn falls out.
type Skipped struct {
	Act
	Outcome
	Code   string `json:"code"`
	Lot    string `json:"lot"` // of whose people; empty: the lot itself, or a person from here on
	Reason string `json:"reason"`
}

// Kind names the event.
func (Skipped) Kind() string { return KindSkipped }

func (s *Skipped) do(c *Course, _ time.Time) (err error) {
	if err := c.drawn(); err != nil {
		return err
	}
	if !slices.Contains(c.Terms.Skips, s.Reason) {
		return fault.New(fault.Denied, "理由“%[1]s”没有写进约定，抽签以后不能用它跳过", "the terms do not have the reason %[1]q: it cannot be used after the draw", lang.Short(s.Reason))
	}
	if err := c.draw.Skip(s.Code, s.Lot, s.Reason); err != nil {
		return err
	}
	s.Outcome, err = c.outcome()
	return err
}

// drawn wants a draw that has been drawn and goes on.
func (c *Course) drawn() error {
	switch c.State {
	case Waiting:
		return fault.New(fault.Conflict, "还没有种子，没有抽出结果", "there is no seed yet, and nothing is drawn")
	case Drawn:
		return nil
	case Cancelled, Over:
	}
	return fault.New(fault.Conflict, "这次抽签已经取消或结束，不能再改", "this draw was cancelled or is over: nothing of it changes any more")
}

// Extended is that more were drawn, down the same order.
type Extended struct {
	Act
	Outcome
	Lot  string `json:"lot"` // people for it; empty: lots
	More int    `json:"more"`
}

// Kind names the event.
func (Extended) Kind() string { return KindExtended }

func (s *Extended) do(c *Course, _ time.Time) (err error) {
	if err := c.drawn(); err != nil {
		return err
	}
	if err := c.draw.Extend(s.Lot, s.More); err != nil {
		return err
	}
	s.Outcome, err = c.outcome()
	return err
}

// Why are the reasons for which a draw may be cancelled.
var Why = []lang.Choice{
	{Key: "list", Name: lang.Text{ZH: "名单有误", EN: "the list was wrong"}},
	{Key: "event", Name: lang.Text{ZH: "活动取消或改期", EN: "what it was for was called off or put off"}},
	{Key: "source", Name: lang.Text{ZH: "种子来源选错了", EN: "the source was the wrong one"}},
	{Key: "mistyped", Name: lang.Text{ZH: "种子填错了", EN: "the seed was mistyped"}},
}

// WhyText says a reason to cancel.
func WhyText(key string) (lang.Text, bool) {
	for _, c := range Why {
		if c.Key == key {
			return c.Name, true
		}
	}
	return lang.Text{}, false
}

// Cancel is that a draw does not count.
type Cancel struct {
	Act
	Known  bool   `json:"known"` // somebody could know its seed by then: its result is published
	Reason string `json:"reason"`
}

// Kind names the event.
func (Cancel) Kind() string { return KindCancelled }

func (s *Cancel) do(c *Course, at time.Time) error {
	if c.State != Waiting && c.State != Drawn {
		return fault.New(fault.Conflict, "这次抽签已经取消或结束", "this draw was cancelled before, or is over")
	}
	if _, known := WhyText(s.Reason); !known {
		return fault.New(fault.Invalid, "取消的理由“%[1]s”不在表里：可以是 %[2]s", "%[1]q is no reason to cancel: it may be that %[3]s", lang.Short(s.Reason), lang.ChoiceNames(Why).ZH, lang.ChoiceNames(Why).EN)
	}
	s.Known = !at.Before(c.Terms.From())
	c.State, c.Known, c.Reason = Cancelled, s.Known, s.Reason
	return nil
}

// Closed is that nothing of a draw changes any more.
type Closed struct {
	Act
	Never bool `json:"never"` // no source came until the last deadline: a claim that anybody can look up
}

// Kind names the event.
func (Closed) Kind() string { return KindClosed }

func (s *Closed) do(c *Course, at time.Time) error {
	switch {
	case c.State == Over:
		return fault.New(fault.Conflict, "这次抽签已经结束", "this draw is over")
	case c.Seed == "" && at.Before(c.Terms.Last()):
		return fault.New(fault.Late, "要等种子到 %[1]s，那以后还没有才能这样结束", "the seed is waited for until %[1]s: only then may it be closed without one", seed.Clock(c.Terms.Last()))
	case c.State == Cancelled && !c.Owed():
		return fault.New(fault.Conflict, "这次抽签已经取消", "this draw was cancelled")
	}
	s.Never = c.Seed == ""
	c.State, c.Never = Over, s.Never
	return nil
}

// MostOpened is how many codes one entry opens.
const MostOpened = 150

// Opened says whom blind codes stand for.
type Opened struct {
	Act
	Codes []lots.Opening `json:"codes"` // ascending
}

// Kind names the event.
func (Opened) Kind() string { return KindOpened }

func (s *Opened) do(c *Course, _ time.Time) error {
	if c.State == Waiting || c.Owed() {
		return fault.New(fault.Late, "种子还没公布，盲码现在不能公开", "the seed is not there yet: blind codes cannot be opened")
	}
	if n := len(s.Codes); n == 0 || n > MostOpened {
		return fault.New(fault.Invalid, "一次公开 1 到 %[1]d 个盲码", "1 to %[1]d blind codes are opened at once", MostOpened)
	}
	for _, o := range s.Codes {
		if err := c.List.Opens(o); err != nil {
			return err
		}
		if _, before := c.Opened[o.Code]; before {
			return fault.New(fault.Conflict, "盲码“%[1]s”已经公开过", "the blind code %[1]q was opened before", o.Code)
		}
		c.Opened[o.Code] = o
		if twin, twice := c.bySubject[o.Subject]; twice {
			c.Twins = append(c.Twins, [2]string{twin, o.Code}) // it has to come out, and is no reason to refuse it
		}
		c.bySubject[o.Subject] = o.Code
	}
	return nil
}

func stepOf(kind string) Step {
	switch kind {
	case KindSeeded:
		return &Seeded{}
	case KindSkipped:
		return &Skipped{}
	case KindExtended:
		return &Extended{}
	case KindCancelled:
		return &Cancel{}
	case KindClosed:
		return &Closed{}
	case KindOpened:
		return &Opened{}
	}
	return nil
}
