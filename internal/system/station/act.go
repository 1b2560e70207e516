package station

import (
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Act is one change of many stations together. Its selection is a question, not a list:
// 160,000 stations are as easily said as two.
type Act struct {
	Codes  []string // of these stations or, where there are none,
	Filter Filter   // of all that it chooses; its page is not looked at
	Do     Doing
	To     string // what SetHours and SetHost write, as an office writes it
}

// MaxAct is the most that one act may be about: it is one transaction, held in memory.
const MaxAct = 200_000

// Doing is what is done to each station of an act.
type Doing uint8

// The doings.
const (
	Pause Doing = iota
	Reopen
	SetHours
	SetHost
)

var doings = [...]struct {
	lang.Choice
	field Field
	to    string // empty: the act says it
}{
	Pause:    {lang.Choice{Key: "pause", Name: lang.Text{ZH: "暂停开放", EN: "pause"}}, FieldStatus, "paused"},
	Reopen:   {lang.Choice{Key: "reopen", Name: lang.Text{ZH: "恢复开放", EN: "reopen"}}, FieldStatus, "open"},
	SetHours: {lang.Choice{Key: "hours", Name: lang.Text{ZH: "改营业时间", EN: "change hours"}}, FieldHours, ""},
	SetHost:  {lang.Choice{Key: "host", Name: lang.Text{ZH: "改依托单位", EN: "change host"}}, FieldHost, ""},
}

// Key is the doing's name in addresses.
func (d Doing) Key() string { return doings[d].Key }

// Name is what it is called.
func (d Doing) Name() lang.Text { return doings[d].Name }

// Field is the field that it writes.
func (d Doing) Field() Field { return doings[d].field }

// Says reports whether an act has to say what is written.
func (d Doing) Says() bool { return doings[d].to == "" }

// Doings lists all.
func Doings() iter.Seq[Doing] {
	return func(yield func(Doing) bool) {
		for d := range doings {
			if !yield(Doing(d)) {
				return
			}
		}
	}
}

// ParseDoing reads a Key.
func ParseDoing(s string) (Doing, bool) { return lang.ByKey(Doings(), s) }

// Left is why a station of an act is left as it is.
type Left uint8

// The reasons.
const (
	LeftSame      Left = iota // it is so already
	LeftNoRight               // it lies where who acts may not
	LeftCandidate             // a candidate is neither open nor paused
	LeftChanged               // somebody has changed it since the preview
	LeftGone                  // it is in the register no more
	lastLeft
)

// Leaving is how many stations are left for one reason, and the first of their codes.
type Leaving struct {
	N     int
	First []string
}

// shownLeft is how many codes are told of those that are left.
const shownLeft = 10

func (l *Leaving) add(code string) {
	if l.N++; len(l.First) < shownLeft {
		l.First = append(l.First, code)
	}
}

// write is a station with what the doing writes.
func (d Doing) write(s Station, to string) (Station, error) {
	switch d {
	case Pause, Reopen:
		status, ok := ParseStatus(to)
		if !ok {
			return s, fault.New(fault.Invalid, "没有“%s”这种状态", "there is no status %s", lang.Short(to))
		}
		s.Status = status
	case SetHours:
		h, err := opening.Parse(to)
		if err != nil {
			return s, err
		}
		s.Hours = h
	case SetHost:
		if text, ok := lang.CheckText(to, maxHost); !ok {
			return s, &fault.Error{Kind: fault.Invalid, Text: text}
		}
		s.Host = to
	}
	return s, nil
}

// ready returns what the act writes, once it is known that it can be written.
func (a Act) ready() (to string, err error) {
	if to = doings[a.Do].to; to != "" {
		return to, nil
	}
	if to = strings.TrimSpace(a.To); to == "" {
		return "", fault.At("to", fault.New(fault.Invalid, "还没有说改成什么。", "It is not said what to change it to."))
	}
	s, err := a.Do.write(Station{}, to)
	return s.Canonical()[a.Do.Field()], fault.At("to", err)
}

// weighed is what an act would do, or is to do.
type weighed struct {
	left    [lastLeft]Leaving
	n       int
	signs   []string // in the order of the first station of each
	changes map[string][]Changing
	person  string
	denied  error // why the first of LeftNoRight is not for who acts
}

// weigh puts one station where it belongs; changed are those that somebody has written
// since who acts saw them.
func (w *weighed) weigh(may func(right.Place) (identity.Admitted, error), d Doing, s Station, to string, changed bool) error {
	after, err := d.write(s, to)
	if err != nil {
		return err
	}
	by, denied := may(right.In(s.Division, Subject(s.Code)))
	switch {
	case denied != nil:
		if fault.KindOf(denied) != fault.Denied {
			return denied
		}
		if w.left[LeftNoRight].add(s.Code); w.denied == nil {
			w.denied = fault.At("staff", denied)
		}
	case changed:
		w.left[LeftChanged].add(s.Code)
	case d.Field() == FieldStatus && s.Status == Candidate:
		w.left[LeftCandidate].add(s.Code)
	case s.Canonical()[d.Field()] == after.Canonical()[d.Field()]:
		w.left[LeftSame].add(s.Code)
	default:
		if _, known := w.changes[by.Sign]; !known {
			w.signs = append(w.signs, by.Sign)
		}
		w.changes[by.Sign] = append(w.changes[by.Sign], Changing{s, after})
		w.person = by.Person
		w.n++
	}
	return nil
}

// none is why an act changes nothing.
func (w *weighed) none() error {
	if w.denied != nil && w.left[LeftSame].N+w.left[LeftCandidate].N+w.left[LeftChanged].N == 0 {
		return w.denied
	}
	return fault.New(fault.Conflict, "没有一站要改：请回到名册重新选。", "No station would change: choose again in the register.")
}

// consider weighs the act's stations in order; those that were written after a revision
// are left.
func (a Act) consider(tx *db.Tx, who identity.Colleague, seen int64) (*weighed, error) {
	to, err := a.ready()
	if err != nil {
		return nil, err
	}
	may, err := who.Admits(tx, KeepRegister)
	if err != nil {
		return nil, fault.At("staff", err)
	}
	w := &weighed{changes: map[string][]Changing{}}
	loader := rowLoader{map[string]opening.Hours{}}
	all := 0
	for row, err := range a.rows(tx, w) {
		if err != nil {
			return nil, err
		}
		if all++; all > MaxAct {
			return nil, fault.New(fault.Invalid, "选中的超过 %[1]d 站，一次改不完。请先按区划筛选。", "More than %[1]d stations are chosen, which is the most at a time. Filter by division first.", MaxAct)
		}
		s, err := loader.station(row)
		if err == nil {
			err = w.weigh(may, a.Do, s, to, row.Revision > seen)
		}
		if err != nil {
			return nil, err
		}
	}
	return w, nil
}

// rows are the stations that the act chooses, in the order of its list.
func (a Act) rows(tx *db.Tx, w *weighed) iter.Seq2[stationRow, error] {
	if len(a.Codes) > 0 {
		return func(yield func(stationRow, error) bool) {
			for _, code := range slices.Compact(slices.Sorted(slices.Values(a.Codes[:min(len(a.Codes), MaxPage)]))) {
				row, err := stationByCode.One(tx, code)
				if fault.KindOf(err) == fault.NotFound {
					w.left[LeftGone].add(lang.Short(code))
					continue
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
		}
	}
	f := a.Filter
	f.After, f.Before = "", ""
	by := f.row()
	by.Limit = MaxAct + 1
	way := 0
	if f.Reverse {
		way = 1
	}
	return func(yield func(stationRow, error) bool) {
		for row, err := range listed[f.Order][way].Each(tx, by) {
			if err == nil && f.Among != nil && !f.Among[row.Code] {
				continue
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// errTold marks what a page has to show anew before somebody says yes to it.
var errTold = errors.New("the preview is old")

// Outdated reports whether an act was refused since more would change than its preview
// said.
func Outdated(err error) bool { return errors.Is(err, errTold) }
