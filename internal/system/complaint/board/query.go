package board

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/complaint"
)

// Query is which letters are asked for.
type Query struct {
	Campaign    string // empty: of all
	State       State  // empty: all
	Kind        string // the key of a kind; empty: all
	From, Until calendar.Date
	At          string // a point, as Spot.ID has it; empty: wherever
	After       string // the ID of a letter, behind which a page begins
}

// spotForm is a point to five decimals.
var spotForm = regexp.MustCompile(`^-?\d{1,2}\.\d{5},-?\d{1,3}\.\d{5}$`)

// maxID bounds what names a letter or a campaign.
const maxID = 80

// ParseQuery reads an address. All that is wrong is told at once, each at its field.
func ParseQuery(v url.Values) (q Query, err error) {
	var all []error
	wrong := func(field, zh, en string, args ...any) {
		all = append(all, fault.At(field, fault.New(fault.Invalid, zh, en, args...)))
	}
	q = Query{Campaign: strings.TrimSpace(v.Get("campaign")), State: State(v.Get("state")), Kind: v.Get("kind"), At: v.Get("at"), After: v.Get("after")}
	if q.State != "" && q.State != Working && q.State != Staged && q.State != Closed {
		wrong("state", "办到哪一步是“办理中”“阶段性办结”“已销号”之一", "the state is working, staged or closed")
	}
	if q.Kind != "" && !slices.ContainsFunc(slices.Collect(complaint.Kinds()), func(k complaint.Kind) bool { return k.Key() == q.Kind }) {
		wrong("kind", "没有“%[1]s”这种类型", "there is no kind %[1]q", lang.Short(q.Kind))
	}
	if q.At != "" && !spotForm.MatchString(q.At) {
		wrong("at", "地图上没有这一点：请在地图上重新点", "there is no such point: tap the map again")
	}
	for field, text := range map[string]string{"campaign": q.Campaign, "after": q.After} {
		if t, ok := lang.CheckText(text, maxID); !ok {
			all = append(all, fault.At(field, &fault.Error{Kind: fault.Invalid, Text: t}))
		}
	}
	for field, to := range map[string]*calendar.Date{"from": &q.From, "until": &q.Until} {
		if text := strings.TrimSpace(v.Get(field)); text != "" {
			if *to, err = calendar.ParseDate(text); err != nil {
				wrong(field, "请写日期，例如 2026-11-23", "write a date, as 2026-11-23")
			}
		}
	}
	if q.From != (calendar.Date{}) && q.Until != (calendar.Date{}) && q.Until.Before(q.From) {
		wrong("until", "止不能早于起", "it cannot end before it begins")
	}
	if err := errors.Join(all...); err != nil {
		return Query{}, err
	}
	return q, nil
}

// Values are the query as an address has it, without where a page begins.
func (q Query) Values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{"campaign": q.Campaign, "state": string(q.State), "kind": q.Kind, "at": q.At} {
		if value != "" {
			v.Set(name, value)
		}
	}
	for name, day := range map[string]calendar.Date{"from": q.From, "until": q.Until} {
		if day != (calendar.Date{}) {
			v.Set(name, day.String())
		}
	}
	return v
}

func (q Query) fits(l *Letter) bool {
	day := calendar.DateOf(l.Received.In(calendar.China))
	return (q.Campaign == "" || l.Campaign == q.Campaign) && (q.State == "" || l.State == q.State) &&
		(q.Kind == "" || slices.ContainsFunc(l.Row.Kinds, func(k complaint.Kind) bool { return k.Key() == q.Kind })) &&
		(q.From == (calendar.Date{}) || !day.Before(q.From)) && (q.Until == (calendar.Date{}) || !q.Until.Before(day)) &&
		(q.At == "" || l.At != nil && spotID(*l.At) == q.At)
}

// Select are the letters that a query asks for, the last received first.
func (b *Board) Select(q Query) (all []*Letter) {
	for _, l := range b.Letters {
		if q.fits(l) {
			all = append(all, l)
		}
	}
	return all
}

// Page is a part of what was selected, behind a letter, and behind which the next part begins; empty: there is none.
func Page(all []*Letter, after string, size int) (part []*Letter, next string) {
	if i := slices.IndexFunc(all, func(l *Letter) bool { return l.ID == after }); after != "" && i >= 0 {
		all = all[i+1:]
	}
	if len(all) > size {
		return all[:size], all[size-1].ID
	}
	return all, ""
}

// Spot is a point of the map: letters that are shown at one place are one point.
type Spot struct {
	At                      geo.Point
	Working, Staged, Closed int
}

// ID names it in an address.
func (s Spot) ID() string { return spotID(s.At) }

func spotID(at geo.Point) string { return fmt.Sprintf("%.5f,%.5f", at.Lat, at.Lon) }

// N is how many letters it is.
func (s Spot) N() int { return s.Working + s.Staged + s.Closed }

// State is that of the letter that is behind the others.
func (s Spot) State() State {
	switch {
	case s.Working > 0:
		return Working
	case s.Staged > 0:
		return Staged
	}
	return Closed
}

// Spots are the points of letters, from north to south, and how many letters have none.
func Spots(all []*Letter) (spots []Spot, without int) {
	at := map[geo.Point]*Spot{}
	for _, l := range all {
		if l.At == nil {
			without++
			continue
		}
		s := at[*l.At]
		if s == nil {
			s = &Spot{At: *l.At}
			at[*l.At] = s
		}
		switch l.State {
		case Closed:
			s.Closed++
		case Staged:
			s.Staged++
		case Working:
			s.Working++
		}
	}
	for _, s := range at {
		spots = append(spots, *s)
	}
	slices.SortFunc(spots, func(a, b Spot) int { return cmp.Or(cmp.Compare(b.At.Lat, a.At.Lat), cmp.Compare(a.At.Lon, b.At.Lon)) })
	return spots, without
}
