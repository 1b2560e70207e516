package clock

import (
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Reckoning is when something is due, with each step of the way.
type Reckoning struct {
	Rule  Rule      `json:"rule"`
	Start time.Time `json:"start"`
	// Due is the instant from which it is late: of days the midnight at which the last one
	// ends. Zero while the clock is paused.
	Due time.Time `json:"due,omitzero"`
	// Last is the day on which Due falls, as people write it.
	Last calendar.Date `json:"last"`
	// Days are day 0 and all that follow, in order; of hours the parts of days. Of a rule that
	// counts back they go back from the event.
	Days []Step `json:"days"`
	// Standing is the reason for which the clock is paused now.
	Standing string    `json:"standing,omitempty"`
	Ended    time.Time `json:"ended,omitzero"`
	Met      bool      `json:"met,omitempty"`
	// Calendar names the arrangements that were asked, by their documents.
	Calendar []string `json:"calendar"`
	// Missed is an earlier due time that had passed when the clock was moved: what is done
	// afterwards does not make it have been in time.
	Missed time.Time `json:"missed,omitzero"`
	// Extended is by how much it was extended, each time.
	Extended []Length `json:"extended,omitempty"`
	// Changes are the pauses and extensions that hold, each with who, when and why.
	Changes []Change `json:"changes,omitempty"`
	// IfConfirmed is when it would be due if what devices said of the time is right.
	IfConfirmed time.Time `json:"if_confirmed,omitzero"`
	// Provisional are the years that were asked about and have no arrangement yet.
	Provisional []int `json:"provisional,omitempty"`
	// Before are years that were asked about and lie before all arrangements that are known: none will be announced.
	Before []int `json:"before,omitempty"`
}

// Why is why a day counts or not.
type Why string

// The reasons.
const (
	DayZero  Why = "day-zero" // the event's own
	Counted  Why = "counted"
	DayOff   Why = "day-off" // a weekend or holiday, of working days
	Standing Why = "paused"
	Moved    Why = "moved"    // beyond the count: the last day was none to end on
	Within   Why = "within"   // of months and years, which are not counted by days
	Grace    Why = "grace"    // it came under a shorter rule when that had run out
	Restored Why = "restored" // of months and years: a day for one on which it was paused
)

// Step is a day of a reckoning.
type Step struct {
	Date  calendar.Date `json:"date"`
	Why   Why           `json:"why"`
	N     int           `json:"n,omitempty"`     // which of the counted days it is
	Hours time.Duration `json:"hours,omitempty"` // what was counted of it, in nanoseconds
	Day   lang.Text     `json:"day"`             // what kind of day it is, by name where it is a holiday
	Pause string        `json:"pause,omitempty"` // the reason for which the clock stood still
	Held  []Held        `json:"held,omitempty"`  // of hours: for how long it did, by reason
}

// Held is for how long a clock of hours stood still on a day, for one reason.
type Held struct {
	Pause string        `json:"pause"`
	Long  time.Duration `json:"long"` // in nanoseconds
}

// Late reports whether it was not met in time, as of now.
func (r Reckoning) Late(now time.Time) bool {
	if !r.Ended.IsZero() {
		now = r.Ended
	}
	return !r.Missed.IsZero() || !r.Due.IsZero() && !now.Before(r.Due)
}

// maxSteps bounds a reckoning: thirty years, with as much of pauses.
const maxSteps = 30_000

// Reckon says when a list of events is due under a rule. A list that cannot be is a
// fault.Invalid or fault.Conflict, and a last event that pauses or extends what is late already
// a fault.Late. One before it was in time when it was kept: a calendar that has come to know more takes nothing back.
func Reckon(rule Rule, events []Event, office Office) (Reckoning, error) {
	var missed time.Time
	for i, e := range events {
		if i == 0 || !moves(e.Kind) || !missed.IsZero() {
			continue
		}
		r, err := reckon(rule, events[:i], office)
		if err != nil {
			return Reckoning{}, err
		}
		if r.Due.IsZero() || e.Recorded.Before(r.Due) || rule.Back {
			continue
		}
		if e.Kind == Paused || e.Kind == Extended {
			if i < len(events)-1 {
				continue
			}
			return Reckoning{}, fault.New(fault.Late, "在 %[1]s 已经到期，到期以后不能再中止或延长", "it was due at %[1]s, and cannot be paused or extended after that", minute(r.Due))
		}
		missed = r.Due
	}
	r, err := reckon(rule, events, office)
	if err != nil {
		return Reckoning{}, err
	}
	r.Missed = missed
	if slices.ContainsFunc(events, func(e Event) bool { return e.Device }) {
		sure := slices.Clone(events)
		for i := range sure {
			sure[i].Device = false
		}
		if other, err := reckon(rule, sure, office); err == nil && !other.Due.Equal(r.Due) {
			r.IfConfirmed = other.Due
		}
	}
	return r, nil
}

// moves reports whether an event may move the due time.
func moves(k Kind) bool {
	return k == Paused || k == Extended || k == Ruled || k == Rebased || k == Voided || k == Confirmed
}

func reckon(rule Rule, events []Event, office Office) (Reckoning, error) {
	l, err := add(rule, events)
	if err != nil {
		return Reckoning{}, err
	}
	c := count{list: l, office: office, years: map[int]bool{}}
	c.out = Reckoning{Rule: l.rule, Start: l.start, Ended: l.ended, Met: l.met, Extended: l.extended, Changes: l.changes, Days: []Step{}, Calendar: []string{}}
	for i, part := range c.parts() {
		if err := c.period(part, i == 0); err != nil {
			return Reckoning{}, err
		}
		if c.out.Standing != "" {
			break
		}
	}
	if c.out.Standing == "" {
		c.finish()
	}
	c.close()
	return c.out, nil
}

// parts are the lengths to be counted one behind the other: an extension of the same kind makes the
// period longer, so that no day off is given twice.
func (l list) parts() []Length {
	parts := []Length{l.rule.Length}
	for _, x := range l.extended {
		if last := &parts[len(parts)-1]; last.alike(x) {
			last.N += x.N
		} else {
			parts = append(parts, x)
		}
	}
	return parts
}

// count is a reckoning being made.
type count struct {
	list
	office Office
	out    Reckoning
	years  map[int]bool  // that were asked about
	day    calendar.Date // as far as it was counted
}

// period counts one length, from where the one before it ended.
func (c *count) period(part Length, first bool) error {
	if part.Unit == Hour {
		return c.hours(part, first)
	}
	if first {
		c.day = dateOf(c.start)
		if c.rule.SameDay {
			c.day = c.day.Add(-1)
		} else {
			c.step(c.day, DayZero)
		}
	}
	switch {
	case c.rule.Back:
		return c.back(part)
	case part.Unit == Day:
		return c.days(part)
	}
	return c.months(part)
}

// next goes on by a day and says whether the clock ran on it. It is false once the clock
// stands still without an end.
func (c *count) next() (reason string, ran, on bool) {
	c.day = c.day.Add(1)
	if s, standing := c.standing(); standing && s.from.Before(endOf(c.day)) {
		c.out.Standing = s.reason
		return "", false, false
	}
	reason, ran = c.ranOn(c.day)
	return reason, ran, true
}

// days counts days one by one.
func (c *count) days(part Length) error {
	for n := 0; n < part.N; {
		reason, ran, on := c.next()
		switch {
		case !on:
			return nil
		case !ran:
			c.step(c.day, Standing).Pause = reason
		case part.Working && !c.worked(c.day):
			c.step(c.day, DayOff)
		default:
			n++
			c.step(c.day, Counted).N = n
		}
		if err := c.bounded(); err != nil {
			return err
		}
	}
	return nil
}

// months goes to the day of the same number (民法典 第二百零二条), and from there as many days on as
// the clock was paused.
func (c *count) months(part Length) error {
	months := part.N
	if part.Unit == Year {
		months *= 12
	}
	target, owed := addMonths(c.day, months), 0
	for c.day.Before(target) || owed > 0 {
		reason, ran, on := c.next()
		within := !target.Before(c.day)
		switch {
		case !on:
			return nil
		case !ran:
			c.step(c.day, Standing).Pause = reason
			if within {
				owed++
			}
		case within:
			c.step(c.day, Within)
		default:
			owed--
			c.step(c.day, Restored)
		}
		if err := c.bounded(); err != nil {
			return err
		}
	}
	return nil
}

// addMonths is the day of the same number so many months on, or the last of that month.
func addMonths(d calendar.Date, n int) calendar.Date {
	y, m, day := d.Civil()
	last := calendar.On(y, m+time.Month(n)+1, 0)
	if _, _, most := last.Civil(); day > most {
		return last
	}
	return calendar.On(y, m+time.Month(n), day)
}

// finish ends the last part: on the day that it came to or, where that is none to end on,
// on the next one that is.
func (c *count) finish() {
	switch {
	case c.unit() == Hour:
		return
	case c.rule.Back:
		c.ends(c.day)
		return
	}
	for _, ran := c.ranOn(c.day); !c.rule.AsItIs && (!ran || !c.worked(c.day)); {
		var on bool
		if _, ran, on = c.next(); !on {
			return
		}
		c.step(c.day, Moved)
	}
	// Whoever comes under a shorter rule has until the next working day at least.
	if least := c.grace(); !c.ruled.IsZero() && c.day.Before(least) {
		for c.day.Before(least) {
			c.day = c.day.Add(1)
			c.step(c.day, Grace)
		}
	}
	c.ends(c.day)
}

// unit is that of the last part.
func (c *count) unit() Unit {
	parts := c.parts()
	return parts[len(parts)-1].Unit
}

// grace is the working day after the one on which the rule became another.
func (c *count) grace() calendar.Date {
	if c.ruled.IsZero() {
		return c.day
	}
	d := dateOf(c.ruled).Add(1)
	for !c.worked(d) {
		d = d.Add(1)
	}
	return d
}

func (c *count) ends(d calendar.Date) {
	c.out.Last, c.out.Due = d, endOf(d)
	if c.rule.Closes {
		c.out.Due = c.office.closing(d)
	}
}

// back finds the last day on which something is early enough for an event that is ahead:
// where that is a day off, the last one before it, since who acts on the day after is late.
func (c *count) back(part Length) error {
	if part.Unit != Day {
		c.day = addMonths(c.day, -part.N*map[Unit]int{Month: 1, Year: 12}[part.Unit])
		if c.rule.Clear {
			c.day = c.day.Add(-1)
		}
		c.step(c.day, Within)
	} else {
		if !c.rule.Clear {
			c.out.Days = c.out.Days[:0] // the event's day may be the first that counts
			c.day = c.day.Add(1)
		}
		for n := 0; n < part.N; {
			c.day = c.day.Add(-1)
			if part.Working && !c.worked(c.day) {
				c.step(c.day, DayOff)
			} else {
				n++
				c.step(c.day, Counted).N = n
			}
			if err := c.bounded(); err != nil {
				return err
			}
		}
		c.day = c.day.Add(-1)
		c.step(c.day, Within)
	}
	for !c.rule.AsItIs && !c.worked(c.day) {
		c.day = c.day.Add(-1)
		c.step(c.day, Moved)
	}
	return nil
}

func (c *count) bounded() error {
	if len(c.out.Days) > maxSteps {
		return fault.New(fault.Invalid, "期限算了 %[1]d 天还没有到：请检查起算时间和中止", "after %[1]d days the period has not ended: check its beginning and its pauses", maxSteps)
	}
	return nil
}

// step adds a day.
func (c *count) step(d calendar.Date, why Why) *Step {
	c.out.Days = append(c.out.Days, Step{Date: d, Why: why, Day: c.kind(d)})
	return &c.out.Days[len(c.out.Days)-1]
}

func (c *count) kind(d calendar.Date) lang.Text {
	if name, ok := c.office.Holiday(d); ok {
		return name
	}
	return c.office.Kind(d).Name()
}

func (c *count) worked(d calendar.Date) bool {
	c.ask(d)
	return c.office.Kind(d).Worked()
}

// ask notes that it mattered whether a day is worked. The last days of a year are often
// moved about by the next one's arrangement, as 31 December 2018.
func (c *count) ask(d calendar.Date) {
	year, month, day := d.Civil()
	c.years[year] = true
	if month == time.December && day > 28 {
		c.years[year+1] = true
	}
}

// close says which calendars were asked.
func (c *count) close() {
	first := 0
	if all := c.office.Arrangements(); len(all) > 0 {
		first = all[0].Year
	}
	for year := range c.years {
		a, ok := c.office.ArrangementOf(year)
		switch {
		case ok:
			c.out.Calendar = append(c.out.Calendar, a.Document)
		case year < first:
			c.out.Before = append(c.out.Before, year)
		default:
			c.out.Provisional = append(c.out.Provisional, year)
		}
	}
	slices.Sort(c.out.Before)
	slices.Sort(c.out.Provisional)
	slices.SortFunc(c.out.Calendar, strings.Compare)
}
