package identity

import (
	"context"
	"encoding/json"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/identity/right"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

// Audit is who did what, for who audits everything.
type Audit struct{ *Service }

// Act is an entry with the persons in its private part, as far as that is there.
type Act struct {
	ID      string
	At      time.Time
	Kind    string
	Subject string
	Sign    string // as whom it was done
	By      string // who did it, by name; empty: nobody who is known
	About   string // whom it is about
	Why     string
	Sealed  bool // the public learns nothing of it
}

// Looking is which acts an auditor asks for: of the kinds that begin with a text, about a
// person, and before an id; each may be empty. At most Limit of them.
type Looking struct {
	Kind, Person, Before string
	Limit                int
}

// Acts lists entries, newest first. It needs the right over everything, since an entry
// lies nowhere.
func (s Audit) Acts(ctx context.Context, by Actor, l Looking) (all []Act, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all = nil
		if _, err := s.over(tx, by, right.Audit, right.Scope{}); err != nil {
			return err
		}
		find := func() ([]record.Item, error) { return record.Latest(tx, l.Kind, l.Before, l.Limit) }
		if l.Person != "" {
			find = func() ([]record.Item, error) { return record.About(tx, l.Person, l.Kind, l.Before, l.Limit) }
		}
		items, err := find()
		if err != nil {
			return err
		}
		names := map[string]string{}
		for _, item := range items {
			a, err := s.act(tx, item, names)
			if err != nil {
				return err
			}
			all = append(all, a)
		}
		return nil
	})
	return all, err
}

func (s Audit) act(tx *db.Tx, item record.Item, names map[string]string) (Act, error) {
	a := Act{ID: item.ID, At: item.At, Kind: item.Kind, Subject: item.Subject, Sign: item.By, Sealed: item.Kind == record.KindSealed}
	if item.Commitment == "" {
		return a, nil
	}
	inside, err := record.Inside(tx, item)
	if unread(err) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	a.Kind, a.Subject, a.Sign = inside.Kind, inside.Subject, inside.By
	text, err := record.Private(tx, item)
	if unread(err) {
		return a, nil
	}
	if err != nil {
		return a, err
	}
	var in struct{ Person, By, Why, Note string }
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		return a, err
	}
	a.Why = in.Why + in.Note
	if a.By, err = s.name(tx, in.By, names); err == nil {
		a.About, err = s.name(tx, in.Person, names)
	}
	return a, err
}

// unread is what was erased, or whose key is away.
func unread(err error) bool {
	kind := fault.KindOf(err)
	return err != nil && (kind == fault.NotFound || kind == fault.Unavailable)
}

func (s Audit) name(tx *db.Tx, person string, names map[string]string) (string, error) {
	if known, ok := names[person]; ok {
		return known, nil
	}
	name, err := s.Colleague(Actor{}).NameOf(tx, person)
	if unread(err) {
		name, err = "", nil
	}
	names[person] = name
	return name, err
}
