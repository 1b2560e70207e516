package entry

import (
	"context"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/contest/event"
)

// Filter chooses entries of a contest, in the order in which they came.
type Filter struct {
	Contest string
	State   State  // empty: all
	After   string // the id of the last of the page before
	Limit   int    // 0: 50
}

type listing struct {
	Contest      string  `db:"contest"`
	State        *string `db:"state"`
	Organisation *string `db:"organisation"`
	After        string  `db:"after"`
	Limit        int     `db:"lim"`
}

// counted is how many of a contest are in a state.
type counted struct {
	State string `db:"state"`
	N     int    `db:"n"`
}

var (
	listed = db.Declare[listing, row](`
		SELECT /*cols*/ FROM contest_entry WHERE contest = :contest [AND state = :state] [AND organisation = :organisation] AND id > :after ORDER BY id LIMIT :lim`)
	counts = db.Declare[string, counted](`SELECT state, COUNT(*) AS n FROM contest_entry WHERE contest = :contest GROUP BY state ORDER BY state`)
)

const mostListed = 200

func (f Filter) listing() listing {
	q := listing{Contest: f.Contest, After: f.After, Limit: min(f.Limit, mostListed)}
	if q.Limit <= 0 {
		q.Limit = 50
	}
	if f.State != "" {
		q.State = new(string(f.State))
	}
	return q
}

func (q listing) read(tx *db.Tx) ([]Entry, error) {
	rows, err := listed.Slice(tx, q)
	if err != nil {
		return nil, err
	}
	all := make([]Entry, len(rows))
	for i, r := range rows {
		all[i] = r.entry()
	}
	return all, grouped(tx, all)
}

// List is a page of entries, for who holds the contest.
func (s *Entries) List(ctx context.Context, who identity.Colleague, f Filter) (all []Entry, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		ev, err := event.Read(tx, f.Contest)
		if err != nil {
			return err
		}
		if _, err := who.Admit(tx, contest.Organise, ev.Place()); err != nil {
			return err
		}
		all, err = f.listing().read(tx)
		return err
	})
	return all, err
}

// Own is a page of the entries of one's own unit, with their numbers: a unit has to know when it presents.
func (s *Entries) Own(ctx context.Context, who identity.Colleague, organisation string, f Filter) (all []Entry, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		if _, err := admitUnit(tx, who, organisation); err != nil {
			return err
		}
		q := f.listing()
		q.Organisation = &organisation
		all, err = q.read(tx)
		return err
	})
	return all, err
}

// Get returns an entry with its contact, for its unit or who holds the contest.
func (s *Entries) Get(ctx context.Context, who identity.Colleague, id string) (e Entry, c Contact, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		one, err := Read(tx, id)
		if err != nil {
			return err
		}
		ev, err := event.Read(tx, one.Contest)
		if err != nil {
			return err
		}
		if _, _, err := one.admit(tx, who, ev.Place()); err != nil {
			return err
		}
		sealed, err := one.open(tx)
		e, c = one, sealed.Contact
		return err
	})
	return e, c, err
}

// Counts are how many entries of a contest are in each state.
func Counts(tx *db.Tx, code string) (map[State]int, error) {
	rows, err := counts.Slice(tx, code)
	all := map[State]int{}
	for _, r := range rows {
		all[State(r.State)] = r.N
	}
	return all, err
}
