package duty

import (
	"context"
	"slices"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/casework/clock"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
)

// Which is one of the lists, as it stands in addresses.
type Which string

// The lists.
const (
	Late    Which = "late"
	Soon    Which = "soon" // within five working days
	Rest    Which = "rest"
	Waiting Which = "waiting" // for others
)

// List is one of the lists, or the beginning of it.
type List struct {
	Which Which
	N     int // cases; more than a thousand is 1,001
	Rows  []Row
	Next  *casework.Duty // behind which it goes on
}

// Home is what somebody has to do.
type Home struct {
	Lists   []List
	Time    error   // what is wrong with the machine's time; nil: nothing
	Answers bool    // for an organisation at least
	Instead []Place // of those who are away now
	Away    *Place  // who takes one's own place now
}

// Place is that somebody takes another's, who is named.
type Place struct {
	casework.Away
	Name string
}

// How many rows there are: on the first page, where what presses has more, and of a list
// alone.
const (
	pressing = 10
	glance   = 4
	whole    = 30
)

// soonDays is how many working days ahead something is soon due.
const soonDays = 5

// soonUntil is the end of the fifth working day after today.
func soonUntil(office clock.Office, now time.Time) time.Time {
	d := calendar.DateOf(now.In(calendar.China))
	for n := 0; n < soonDays; {
		if d = d.Add(1); office.Kind(d).Worked() {
			n++
		}
	}
	return d.Add(1).Start(calendar.China)
}

// span is a list as the engine is asked for it; until is zero where it has no end.
type span struct {
	which       Which
	from, until time.Time
}

func (s *Desks) spans() []span {
	now := s.now()
	// What is due by the end of a day is due at the midnight itself, so that each span has its end.
	late, soon := now.Add(time.Microsecond), soonUntil(s.book.Office(), now).Add(time.Microsecond)
	return []span{{which: Late, until: late}, {which: Soon, from: late, until: soon}, {which: Rest, from: soon}, {which: Waiting}}
}

// Home reads the beginnings of all lists, or a page of one, behind a duty. A list that there
// is not is a fault.NotFound.
func (s *Desks) Home(ctx context.Context, who identity.Colleague, one Which, after casework.Duty) (h Home, err error) {
	people, err := s.in(who)
	if err != nil {
		return h, err
	}
	var rows []Row // of all lists
	err = s.db.View(ctx, func(tx *db.Tx) error {
		h = Home{}
		d, _, err := s.desk(tx, people, who.Person)
		if err != nil {
			return err
		}
		h.Answers = len(d.organisations) > 0
		at, err := casework.TimeOf(tx)
		if err != nil {
			return err
		}
		h.Time = at.Wrong
		if err := s.places(tx, who, d, &h); err != nil {
			return err
		}
		var all []casework.Owing
		for _, at := range s.spans() {
			if one != "" && one != at.which {
				continue
			}
			l, owed, err := s.list(tx, d, at, one != "", after)
			if err != nil {
				return err
			}
			l.Rows = make([]Row, len(owed))
			h.Lists, all = append(h.Lists, l), append(all, owed...)
		}
		rows, err = s.rows(tx, all)
		return err
	})
	if err == nil && len(h.Lists) == 0 {
		err = fault.New(fault.NotFound, "没有这个列表。", "There is no such list.")
	}
	if err != nil {
		return h, err
	}
	err = s.name(ctx, people, rows)
	for _, l := range h.Lists {
		rows = rows[copy(l.Rows, rows):]
	}
	return h, err
}

// list reads one of the lists: its count, and what is owed in its first rows or those of its page.
func (s *Desks) list(tx *db.Tx, d desk, at span, alone bool, after casework.Duty) (l List, all []casework.Owing, err error) {
	owed, count := s.book.Lists.Owed, s.book.Lists.CountOwed
	if at.which == Waiting {
		owed, count = s.book.Lists.Awaited, s.book.Lists.CountAwaited
	}
	l.Which = at.which
	if l.N, err = count(tx, d.holders, at.from, at.until); err != nil {
		return l, nil, err
	}
	most := glance
	switch {
	case alone:
		most = whole
	case at.which == Late || at.which == Soon:
		most = pressing
	}
	page := casework.Page{After: casework.Duty{DueAt: at.from}, Until: at.until, Limit: most + 1}
	if alone && after.Case != "" {
		page.After = after
	}
	all, err = owed(tx, d.holders, page)
	if len(all) > most {
		all = all[:most]
		l.Next = &all[most-1].Duty
	}
	return l, all, err
}

// places notes whose place somebody takes, and who takes theirs.
func (s *Desks) places(tx *db.Tx, who identity.Colleague, d desk, h *Home) error {
	for _, a := range d.instead {
		name, err := who.NameOf(tx, a.Person)
		if err != nil {
			return err
		}
		h.Instead = append(h.Instead, Place{a, name})
	}
	i := slices.IndexFunc(d.away, func(a casework.Away) bool { return a.InForce(s.now()) })
	if i < 0 {
		return nil
	}
	name, err := who.NameOf(tx, d.away[i].Deputy)
	h.Away = &Place{d.away[i], name}
	return err
}

// Why is what is owed on a case, with the days of the clock by which it is, for who owes
// it or waits for it; to others it is a fault.NotFound. Without a clock there is no reckoning.
func (s *Desks) Why(ctx context.Context, who identity.Colleague, id string) (r Row, days *clock.Reckoning, err error) {
	people, err := s.in(who)
	if err != nil {
		return r, nil, err
	}
	var rows []Row
	err = s.db.View(ctx, func(tx *db.Tx) error {
		d, _, err := s.desk(tx, people, who.Person)
		if err != nil {
			return err
		}
		duties, err := s.book.Duties(tx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(duties, func(o casework.Duty) bool {
			return slices.Contains(d.holders, o.Holder) || slices.Contains(d.holders, o.Asker)
		})
		if i < 0 {
			return fault.New(fault.NotFound, "这件事不在您这里，或者已经办完了。", "This is not yours to do, or it is done.")
		}
		c, err := s.book.Case(tx, id)
		if err != nil {
			return err
		}
		o := casework.Owing{Duty: duties[i], Holders: []string{duties[i].Holder}, Process: c.Process, Code: c.Code, ChangedAt: c.ChangedAt}
		if rows, err = s.rows(tx, []casework.Owing{o}); err != nil {
			return err
		}
		days, err = s.reckoning(tx, duties[i])
		return err
	})
	if err != nil {
		return r, nil, err
	}
	err = s.name(ctx, people, rows)
	return rows[0], days, err
}

// reckoning is that of the clock by which a duty is owed.
func (s *Desks) reckoning(tx *db.Tx, d casework.Duty) (*clock.Reckoning, error) {
	c, err := s.book.Case(tx, d.Case)
	if err != nil {
		return nil, err
	}
	way := s.book.Process(c.Process)
	if way == nil {
		return nil, nil //nolint:nilnil // the system is gone, and its clock with it
	}
	clocks, err := s.book.Clocks(tx, c.ID)
	var last *clock.Reckoning
	for i, k := range clocks { // in the order in which they were started
		if k.Life == c.Life && k.Name == clockOf(way, d.Name) && k.Running {
			last = &clocks[i].Reckoning
		}
	}
	return last, err
}
