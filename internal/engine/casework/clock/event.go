package clock

import (
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Kind is what happened to a clock.
type Kind string

// The kinds of event.
const (
	Started   Kind = "started" // or, of a rule that counts back, is to happen
	Paused    Kind = "paused"
	Resumed   Kind = "resumed"
	Extended  Kind = "extended"
	Ruled     Kind = "ruled"     // another rule, over all of it
	Rebased   Kind = "rebased"   // it started at another time than was said
	Voided    Kind = "voided"    // the event Of was a mistake
	Confirmed Kind = "confirmed" // the time that a device said of the event Of is right
	Met       Kind = "met"
	Ended     Kind = "ended" // it is no longer needed, or the duty fell away

	// Recounted is none of a clock's list: the calendar has come to know more, and the list makes another due time.
	Recounted Kind = "recounted"
)

// Event is one of a clock's list. Happened is when it was so, Recorded when somebody said so:
// the law counts from the one, and nothing is recorded before what was recorded.
type Event struct {
	Kind     Kind      `json:"kind"`
	Happened time.Time `json:"happened"`
	Recorded time.Time `json:"recorded"`
	// Device says that Happened is what a device's own clock said. Until somebody
	// confirms it, Recorded counts.
	Device bool `json:"device,omitempty"`
	// Back says that what was recorded before bears a time that was wrong, as somebody confirmed: then this may seem earlier.
	Back   bool    `json:"back,omitempty"`
	Reason string  `json:"reason,omitempty"` // of a pause and its end: the key of one of the rule's
	Of     int     `json:"of,omitempty"`     // of Voided and Confirmed: which event, the first is 0
	By     string  `json:"by,omitempty"`     // who did it, of an extension who approved it; opaque
	Asked  string  `json:"asked,omitempty"`  // who asked for it, where that is somebody else; opaque
	Why    string  `json:"why,omitempty"`    // in words
	Length *Length `json:"length,omitempty"` // of an extension
	Rule   *Rule   `json:"rule,omitempty"`   // of Ruled
}

// span is a time that the clock stood still. A zero end: it still does.
type span struct {
	from, to time.Time
	reason   string
	whole    bool // the days on which it began and ended do not count either
}

// list is a clock's events, added up.
type list struct {
	rule     Rule
	start    time.Time
	stands   []span // by their beginning; different reasons may overlap
	extended []Length
	changes  []Change
	ruled    time.Time // when it came under its rule, where that is not the first
	ended    time.Time // met or no longer needed
	met      bool
}

// add adds events up, or says which one cannot be.
func add(rule Rule, events []Event) (list, error) {
	l := list{rule: rule}
	void, sure := map[int]bool{}, map[int]bool{}
	for i, e := range events {
		if i > 0 && e.Recorded.Before(events[i-1].Recorded) && !e.Back {
			return l, fault.New(fault.Conflict, "时钟拨回过：%[1]s 记下的事排在 %[2]s 之后。请核对这台机器的时间；现在的时间没有错，就请管理员运行 xiadu time --confirm，再办这一步",
				"the clock was moved back: what was recorded at %[1]s comes after %[2]s. Check the time of this machine; if it is right now, have an operator run xiadu time --confirm, then take this step again", minute(e.Recorded), minute(events[i-1].Recorded))
		}
		if e.Kind != Voided && e.Kind != Confirmed {
			continue
		}
		if e.Of < 0 || e.Of >= i || e.Kind == Voided && events[e.Of].Kind == Started {
			return l, fault.New(fault.Invalid, "没有第 %[1]d 件事可以更正；起算时间用“更正起算”来改", "there is no event %[1]d to correct; a start is corrected by another one", e.Of)
		}
		void[e.Of], sure[e.Of] = void[e.Of] || e.Kind == Voided, sure[e.Of] || e.Kind == Confirmed
	}
	for i, e := range events {
		if e.Device && !sure[i] {
			e.Happened = e.Recorded
		}
		if void[i] || e.Kind == Voided || e.Kind == Confirmed {
			continue
		}
		if err := l.take(e); err != nil {
			return l, err
		}
		if e.Kind == Paused || e.Kind == Resumed || e.Kind == Extended {
			l.changes = append(l.changes, changeOf(e))
		}
	}
	if l.start.IsZero() {
		return l, fault.New(fault.Invalid, "期限还没有开始", "the clock has not started")
	}
	slices.SortStableFunc(l.stands, func(a, b span) int { return a.from.Compare(b.from) })
	return l, nil
}

func (l *list) take(e Event) error {
	at := e.Happened
	if e.Back {
		at = later(at, l.start)
	}
	switch {
	case (e.Kind == Started) != l.start.IsZero():
		return fault.New(fault.Conflict, "期限要先开始，而且只开始一次", "a clock starts first, and once")
	case !l.ended.IsZero():
		return fault.New(fault.Conflict, "期限在 %[1]s 已经结束", "the clock ended at %[1]s", minute(l.ended))
	case e.Kind != Started && e.Kind != Rebased && at.Before(l.start) && !l.rule.Back:
		return fault.New(fault.Invalid, "%[1]s 早于起算的 %[2]s", "%[1]s is before the start, %[2]s", minute(at), minute(l.start))
	}
	switch e.Kind {
	case Started, Rebased:
		l.start = at
	case Paused:
		return l.pause(at, e.Reason)
	case Resumed:
		return l.resume(at, e)
	case Extended:
		return l.extend(e)
	case Ruled:
		if e.Rule == nil {
			return fault.New(fault.Invalid, "没有写明换成哪条规则", "which rule it is now is not said")
		}
		l.rule, l.ruled = *e.Rule, at
	case Met, Ended:
		l.ended, l.met = at, e.Kind == Met
	case Voided, Confirmed:
	case Recounted: // of a case's history, and of no list
		fallthrough
	default:
		return fault.New(fault.Invalid, "不认识“%[1]s”这种事", "there is no event %[1]q", lang.Short(string(e.Kind)))
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// standing returns the pause that is still on and began first, or false.
func (l *list) standing() (span, bool) {
	i := slices.IndexFunc(l.stands, func(s span) bool { return s.to.IsZero() })
	if i < 0 {
		return span{}, false
	}
	return l.stands[i], true
}

func (l *list) pause(at time.Time, reason string) error {
	if slices.ContainsFunc(l.stands, func(s span) bool { return s.to.IsZero() && s.reason == reason }) {
		return fault.New(fault.Conflict, "期限已经因为“%[1]s”中止", "the clock is paused already: %[1]s", lang.Short(reason))
	}
	i := slices.IndexFunc(l.rule.Pauses, func(p Pause) bool { return p.Key == reason })
	if i < 0 && len(l.rule.Pauses) == 0 {
		return fault.New(fault.Invalid, "“%[1]s”这个期限没有可以中止的情形（%[3]s）", "the period “%[2]s” cannot be paused (%[4]s)",
			l.rule.Title.ZH, l.rule.Title.EN, l.rule.Source().ZH, l.rule.Source().EN)
	}
	if i < 0 {
		names := pauseNames(l.rule.Pauses)
		return fault.New(fault.Invalid, "不能因为“%[1]s”中止。可以中止的情形：%[2]s（%[4]s）", "%[1]q is no reason to pause. These are: %[3]s (%[5]s)",
			lang.Short(reason), names.ZH, names.EN, l.rule.Source().ZH, l.rule.Source().EN)
	}
	l.stands = append(l.stands, span{from: at, reason: reason, whole: l.rule.Pauses[i].Whole})
	return nil
}

func pauseNames(pauses []Pause) (t lang.Text) {
	for i, p := range pauses {
		if i > 0 {
			t.ZH, t.EN = t.ZH+"、", t.EN+", "
		}
		t.ZH, t.EN = t.ZH+p.Name.ZH, t.EN+p.Name.EN
	}
	return t
}

// resume ends the pause of a reason; where one is on, it need not be named.
func (l *list) resume(at time.Time, e Event) error {
	on := -1
	for i, s := range l.stands {
		if !s.to.IsZero() || e.Reason != "" && s.reason != e.Reason {
			continue
		}
		if on >= 0 {
			return fault.New(fault.Invalid, "期限因为几件事中止着：请写明恢复的是哪一件", "the clock is paused for several reasons: say which one has ended")
		}
		on = i
	}
	if on < 0 {
		return fault.New(fault.Conflict, "期限没有中止，不能恢复", "the clock is not paused, so it cannot be resumed")
	}
	if e.Back {
		at = later(at, l.stands[on].from)
	}
	if at.Before(l.stands[on].from) {
		return fault.New(fault.Invalid, "恢复的 %[1]s 早于中止的 %[2]s", "it is resumed at %[1]s, before it was paused, %[2]s", minute(at), minute(l.stands[on].from))
	}
	l.stands[on].to = at
	return nil
}

func (l *list) extend(e Event) error {
	x := l.rule.Extend
	switch {
	case x == nil:
		return fault.New(fault.Invalid, "“%[1]s”这个期限不能延长（%[3]s）", "the period “%[2]s” cannot be extended (%[4]s)",
			l.rule.Title.ZH, l.rule.Title.EN, l.rule.Source().ZH, l.rule.Source().EN)
	case len(l.extended) >= x.Times:
		return fault.New(fault.Conflict, "最多延长 %[1]d 次，已经用完", "it can be extended %[1]d times, and has been", x.Times)
	case e.Length == nil || !e.Length.alike(x.Most) || e.Length.N < 1 || e.Length.N > x.Most.N:
		return fault.New(fault.Invalid, "每次最多延长%[1]s", "it can be extended by %[2]s at most", x.Most.Text().ZH, x.Most.Text().EN)
	case e.By == "":
		return fault.New(fault.Invalid, "延长要写明批准人（%[1]s）", "an extension needs who approved it (%[2]s)", x.By.ZH, x.By.EN)
	}
	l.extended = append(l.extended, *e.Length)
	return nil
}

// ranOn reports whether a day counts, else why it does not: whether the clock ran when it
// ended or, of a reason that takes whole days, on all of it.
func (l *list) ranOn(d calendar.Date) (reason string, ran bool) {
	midnight := endOf(d)
	for _, s := range l.stands {
		if !s.from.Before(midnight) {
			continue
		}
		if s.to.IsZero() || !s.to.Before(midnight) || s.whole && s.to.After(endOf(d.Add(-1))) {
			return s.reason, false
		}
	}
	return "", true
}

// Next says whether an event can follow: a fault.Invalid or fault.Conflict that says why
// not. It is asked before an event is kept, so that no list is ever kept that cannot be
// added up.
func Next(rule Rule, events []Event, e Event, office Office) error {
	_, err := Reckon(rule, append(slices.Clone(events), e), office)
	return err
}
