// Package seed has the public sources from which a draw takes its chance: when each may first be
// known, how its value is written, and what it proves.
//
//	c := seed.Choice{Sources: []seed.Ref{{Source: "ssq", At: "2026-12-01"}}, Until: …}
//	c, err := c.Settle(now)          // when it may be known, and when it is due
//	text, err := c.Text([]string{"3 5 11 18 24 30 + 7"})   // "ssq 2026-12-01 03-05-11-18-24-30+07"
//
// A source is identified by one thing alone, its day or its round: a second name, such as the number of
// an issue, would be something to choose by afterwards. When it may be known follows from that and
// is rather too early than too late, since nobody may cancel from then on without
// publishing what came of it. Whether a lottery was held on a day this package does not know.
package seed

import (
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// LeastBits is how much chance the sources of a draw have at least: with fewer outcomes somebody could try
// them all and tune the list.
const LeastBits = 20

// Bounds of a choice.
const (
	mostSources = 5
	mostAhead   = 400 * 24 * time.Hour
	mostWaiting = 60 * 24 * time.Hour // from when it is due until its deadline
)

// Ref is one event of a source.
type Ref struct {
	At     string `json:"at"` // a day, a time, or a round
	Source string `json:"source"`
}

// Choice is events that make a seed together, and until when they are waited for.
type Choice struct {
	Due     time.Time `json:"due"`  // when the last may be known
	From    time.Time `json:"from"` // when the first may be: from here on somebody may know a part
	Sources []Ref     `json:"sources"`
	Until   time.Time `json:"until"`
}

// Settle works out when a choice may be known, and holds it against what one may be at a time.
func (c Choice) Settle(now time.Time) (Choice, error) {
	c, err := c.reckon()
	if err != nil {
		return c, err
	}
	for _, r := range c.Sources {
		s, at, err := r.event()
		switch {
		case err != nil:
			return c, err
		case at.Before(now.Add(s.Lead)):
			return c, fault.New(fault.Late, "%[1]s（%[3]s）在 %[4]s 就可能有人知道，约定必须早于它至少 %[5]d 分钟：请改用以后的一次", "%[2]s (%[3]s) may be known at %[4]s, and the terms have to be there at least %[5]d minutes before: take a later one", s.Name.ZH, s.Name.EN, r.At, Clock(at), int(s.Lead.Minutes()))
		case at.After(now.Add(mostAhead)):
			return c, fault.New(fault.Invalid, "%[1]s（%[3]s）在一年以后：请用近一些的", "%[2]s (%[3]s) is more than a year ahead: take an earlier one", s.Name.ZH, s.Name.EN, r.At)
		}
	}
	return c, nil
}

// reckon does what does not depend on the time.
func (c Choice) reckon() (Choice, error) {
	if len(c.Sources) == 0 || len(c.Sources) > mostSources {
		return c, fault.New(fault.Invalid, "种子来源要有 1 到 %[1]d 个", "1 to %[1]d sources of the seed are possible", mostSources)
	}
	bits := 0
	c.From, c.Due = time.Time{}, time.Time{}
	for i, r := range c.Sources {
		s, at, err := r.event()
		if err != nil {
			return c, err
		}
		if slices.Contains(c.Sources[:i], r) {
			return c, fault.New(fault.Invalid, "%[1]s（%[3]s）写了两次", "%[2]s (%[3]s) is there twice", s.Name.ZH, s.Name.EN, r.At)
		}
		bits += s.Bits
		if c.From.IsZero() || at.Before(c.From) {
			c.From = at
		}
		if at.After(c.Due) {
			c.Due = at
		}
	}
	if bits < LeastBits {
		return c, fault.New(fault.Invalid, "这些来源一共只有约 %[1]d 种可能：有人可以逐一试算，挑好名单再约定。请换成双色球、drand 或掷骰子，或再加一个来源",
			"these sources have only some %[1]d outcomes: somebody could try them all and choose the list by them. Take the double-colour ball, drand or dice, or add a source", 1<<bits)
	}
	c.Until = c.Until.UTC()
	if !c.Until.After(c.Due) || c.Until.After(c.Due.Add(mostWaiting)) {
		return c, fault.New(fault.Invalid, "最晚等到什么时候，要在公布（%[1]s）以后、60 天以内", "how long it is waited for has to be after it is due (%[1]s), by 60 days at most", Clock(c.Due))
	}
	return c, nil
}

// Text is the seed that values make, in the order of the sources, each in its one form.
func (c Choice) Text(values []string) (string, error) {
	if len(values) != len(c.Sources) {
		return "", fault.New(fault.Invalid, "有 %[1]d 个来源，却写了 %[2]d 个值", "there are %[1]d sources, and %[2]d values", len(c.Sources), len(values))
	}
	parts := make([]string, len(values))
	for i, r := range c.Sources {
		s, ok := Find(r.Source)
		if !ok {
			return "", faultSource(r.Source)
		}
		value, ok := s.value(halfWidth(values[i]))
		if !ok {
			return "", fault.New(fault.Invalid, "%[1]s（%[3]s）的值“%[4]s”不对：%[5]s", "%[4]q is no value of %[2]s (%[3]s): %[6]s", s.Name.ZH, s.Name.EN, r.At, lang.Short(values[i]), s.Form.ZH, s.Form.EN)
		}
		parts[i] = r.Source + " " + r.At + " " + value
	}
	return strings.Join(parts, "; "), nil
}

// Values takes a seed apart again: one that is not in its form is no seed of the choice.
func (c Choice) Values(text string) ([]string, bool) {
	parts := strings.Split(text, "; ")
	values := make([]string, len(parts))
	for i, p := range parts {
		fields := strings.SplitN(p, " ", 3)
		if len(fields) != 3 {
			return nil, false
		}
		values[i] = fields[2]
	}
	again, err := c.Text(values)
	return values, err == nil && again == text
}

// halfWidth reads what Chinese keyboards write for digits, letters and signs.
func halfWidth(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　' || r == '，' || r == '、':
			return ' '
		}
		return r
	}, s))
}

// Clock writes a time as people here read it.
func Clock(t time.Time) string { return t.In(china).Format("2006-01-02 15:04") }
