// Package period changes how long something may take: a period of a problem or a letter stands still while a
// sample is measured, goes on again, or is extended.
//
//	now, r, err := period.Change(tx, book, by, l.Subject(), period.Turn{Case: id, Seen: v, Clock: name, Kind: clock.Paused, Reason: "检测", Why: why})
//
// What may be done is a matter of the period's own rule: for which reasons it stands still, how often and how far it is
// extended, and who has to approve. The office approves, never the unit whose period it is; the rooms letter and problem
// ask for the right. A stranger sees in the log that it was changed, for which of the rule's reasons and to when.
package period

import (
	"cmp"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Turn is a change of a running period.
type Turn struct {
	Case  string
	Seen  int // the version of the case that was seen
	Clock string
	// Kind is Paused or Resumed, for a Reason that the rule has, or Extended, by a Length.
	Kind   clock.Kind
	Reason string
	Length clock.Length
	Why    string
	// Asked is the organisation whose person asked for it, where that is another person than who approves.
	Asked   string
	Measure int // of a measure's period: its number within the problem
}

// maxWhy bounds the reason in words, in characters.
const maxWhy = 500

func (t Turn) check() error {
	if t.Kind != clock.Paused && t.Kind != clock.Resumed && t.Kind != clock.Extended {
		return fault.At("what", fault.New(fault.Invalid, "请选怎么变动期限", "choose how the period is changed"))
	}
	if n := len([]rune(t.Why)); n == 0 || n > maxWhy {
		return fault.At("why", fault.New(fault.Invalid, "请写明理由（最多 %d 字）：谁提出的、依据什么", "say why, in %d characters at most: who asked for it, and on which ground", maxWhy))
	}
	return nil
}

// Change changes the period and appends the entry under a subject of the record. Whoever belongs to the unit that
// answers for the case may not: a fault.Denied.
func Change(tx *db.Tx, book *casework.Book, by identity.Admitted, subject string, t Turn) (c casework.Case, r clock.Reckoning, err error) {
	t.Why = strings.TrimSpace(t.Why)
	if err := t.check(); err != nil {
		return c, r, err
	}
	if c, err = book.Case(tx, t.Case); err != nil {
		return c, r, err
	}
	if err := outside(tx, book, by, c); err != nil {
		return c, r, err
	}
	e := clock.Event{Kind: t.Kind, Reason: t.Reason, By: cmp.Or(by.Organisation, by.Person), Asked: t.Asked}
	if t.Kind == clock.Extended {
		e.Length = &t.Length
	}
	c, r, err = book.Turn(tx, casework.Turn{
		Case: t.Case, Seen: t.Seen, Clock: t.Clock, Event: e, Why: t.Why, By: []casework.Person{{ID: by.Person, Organisation: by.Organisation}},
	})
	if err != nil {
		return c, r, fault.At("what", err)
	}
	code, ok := strings.CutPrefix(subject, "problem/")
	if !ok || t.Measure > 0 { // it is no period of the problem itself
		code = ""
	}
	says := turned{Code: code, Measure: t.Measure, subject: subject, person: by.Person, why: t.Why, Clock: t.Clock, What: string(t.Kind), Reason: t.Reason}
	if e.Length != nil {
		says.Length = e.Length.String()
	}
	if !r.Due.IsZero() {
		says.Due = r.Due.UTC().Format(time.RFC3339)
	}
	return c, r, record.Append(tx, by.Sign, says)
}

// Recounted appends that a period was reckoned anew, since the holidays of a year were announced. Nobody did that.
func Recounted(tx *db.Tx, subject string, r casework.Recounted) error {
	code, ok := strings.CutPrefix(subject, "problem/")
	if !ok {
		code = ""
	}
	return record.Append(tx, "program", turned{
		Code: code, subject: subject, person: "program", Clock: r.Clock, What: string(clock.Recounted), Due: r.DueAt.UTC().Format(time.RFC3339),
	})
}

// outside wants somebody who does not belong to those who answer for the case.
func outside(tx *db.Tx, book *casework.Book, by identity.Admitted, c casework.Case) error {
	lead, joint, err := book.Parties(tx, c)
	if err != nil || lead == "" || by.Organisation == "" {
		return err
	}
	out, err := identity.Outside(tx, by.Organisation, append(joint, lead), false)
	if err == nil && !out {
		err = fault.New(fault.Denied, "期限不能由办理单位自己变动：请协调单位的人来批。", "A unit cannot change its own period: somebody of the coordinating office has to approve.")
	}
	return err
}

// Choice is a change that the rule of a running period has room for.
type Choice struct {
	Kind   clock.Kind
	Reason clock.Pause     // of a pause and its end
	Extend clock.Extension // of an extension
}

// Key is the choice as a form names it.
func (c Choice) Key() string {
	if c.Kind == clock.Extended {
		return string(c.Kind)
	}
	return string(c.Kind) + "." + c.Reason.Key
}

// Choices lists what can be done with a running clock: nothing where its rule lets nothing be changed, or once it has
// run out.
func Choices(k casework.Clock, now time.Time) (all []Choice) {
	if !k.Due.IsZero() && !now.Before(k.Due) {
		return nil
	}
	on, void := map[string]bool{}, map[int]bool{}
	for _, e := range k.Events {
		if e.Kind == clock.Voided {
			void[e.Of] = true
		}
	}
	for i, e := range k.Events {
		switch {
		case void[i]:
		case e.Kind == clock.Paused:
			on[e.Reason] = true
		case e.Kind == clock.Resumed:
			delete(on, e.Reason)
		}
	}
	for _, p := range k.Rule.Pauses {
		kind := clock.Paused
		if on[p.Key] {
			kind = clock.Resumed
		}
		all = append(all, Choice{Kind: kind, Reason: p})
	}
	if x := k.Rule.Extend; x != nil && len(k.Extended) < x.Times {
		all = append(all, Choice{Kind: clock.Extended, Extend: *x})
	}
	return all
}

// turned is that a period was changed.
type turned struct {
	subject     string
	person, why string

	Code    string `json:"code,omitempty"`    // of a problem; that of a letter waits for its bulletin
	Measure int    `json:"measure,omitempty"` // whose it is, of the problem that is the subject
	Clock   string `json:"clock"`
	What    string `json:"what"`
	Reason  string `json:"reason,omitempty"` // one of the rule's
	Length  string `json:"length,omitempty"`
	Due     string `json:"due,omitempty"` // RFC 3339; none while it stands still
}

func (turned) Kind() string      { return "complaint.period-changed" }
func (e turned) Subject() string { return e.subject }
func (e turned) Private() any    { return complaint.ByWhom{By: e.person, Why: e.why} }

// EntryKinds lists the entries that this package appends.
func EntryKinds() []record.Kind {
	return []record.Kind{{
		Example: turned{subject: "problem/…"},
		Says:    lang.Text{ZH: "一个问题、一项措施或一封信访件的期限中止、恢复、延长，或因节假日安排公布重新计算，到什么时候", EN: "A period of a problem, a measure or a letter stood still, went on, was extended, or was reckoned anew since holidays were announced, and to when"},
	}}
}
