package record

import (
	"encoding/json"
	"fmt"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
)

var (
	publicOfKind = db.Declare[string, string](`SELECT public FROM record_entry WHERE kind = :kind ORDER BY id`)
	dropSecret   = db.Declare[string, db.None](`DELETE FROM record_private WHERE id = :id`)
	dropPerson   = db.Declare[string, db.None](`DELETE FROM record_private WHERE person = :person`)
)

// Erased says that the private part of an entry is gone, and why. The reason is
// public: it names a ground, never a person.
type Erased struct {
	Entry  string `json:"entry"`
	Reason string `json:"reason"`

	subject string
}

// KindErased is the kind of Erased, for who replays the log.
const KindErased = "record.erased"

// Kind names the event.
func (Erased) Kind() string { return KindErased }

// Subject is that of the entry.
func (e Erased) Subject() string { return e.subject }

// Erase deletes the private part of an entry with its salt, and says so in an
// entry of its own. What was published of the entry stays, and so does every
// proof. It is a fault.NotFound when there is no private part any more.
func Erase(tx *db.Tx, by, id, reason string) error {
	item, err := ByID(tx, id)
	if err != nil {
		return err
	}
	n, err := dropSecret.Exec(tx, id)
	if err != nil {
		return fmt.Errorf("record: erase the private part of %s: %w", id, err)
	}
	if n == 0 {
		return fault.New(fault.NotFound, "这条记录没有个人信息，或已经删除", "this entry has no personal data, or they were erased before")
	}
	return Append(tx, by, Erased{id, reason, item.Subject})
}

// Forgotten says that the private parts of all entries about one person are gone. They
// are not listed: a list would tell the public which sessions and roles were one
// person's, which is what was to be forgotten.
type Forgotten struct {
	Entries int64  `json:"entries"`
	Person  string `json:"person"` // a keyed hash, so that a backup can be told to forget them too
	Reason  string `json:"reason"`
}

// KindForgotten is the kind of Forgotten.
const KindForgotten = "record.forgotten"

// Kind names the event.
func (Forgotten) Kind() string { return KindForgotten }

// Subject is the log.
func (Forgotten) Subject() string { return "log" }

// Forget deletes the private parts of all entries about a person with their salts, as
// Erase does for one entry, and says so in one entry of its own. Entries about others
// that the person has made keep who made them: by a number, which names nobody once
// the person is erased. It returns how many entries there were.
func Forget(tx *db.Tx, by, person, reason string) (entries int64, err error) {
	c, err := coverOf(tx)
	if err != nil {
		return 0, err
	}
	// Rows of before there were references are found by none.
	for n := 1; n > 0; {
		if _, n, err = c.anew(tx, underNone, under{0, "", maxPage}); err != nil {
			return 0, err
		}
	}
	own, err := c.reference(person)
	if err != nil {
		return 0, fmt.Errorf("record: forget a person: %w", err)
	}
	all, err := c.references(person)
	if err != nil {
		return 0, fmt.Errorf("record: forget a person: %w", err)
	}
	for _, r := range all {
		n, err := dropPerson.Exec(tx, r)
		if err != nil {
			return 0, fmt.Errorf("record: forget a person: %w", err)
		}
		entries += n
	}
	return entries, Append(tx, by, Forgotten{entries, own, reason})
}

// EraseAgain deletes the private parts that entries of the log say are erased:
// after a backup was restored, they would be back.
func EraseAgain(tx *db.Tx) (erased int64, err error) {
	told, err := publicOfKind.Slice(tx, KindErased)
	if err != nil {
		return 0, fmt.Errorf("record: erase again: %w", err)
	}
	for _, public := range told {
		var e Erased
		if err := json.Unmarshal([]byte(public), &e); err != nil {
			return 0, fmt.Errorf("record: erase again: %w", err)
		}
		n, err := dropSecret.Exec(tx, e.Entry)
		if err != nil {
			return 0, fmt.Errorf("record: erase again the private part of %s: %w", e.Entry, err)
		}
		erased += n
	}
	n, err := forgetAgain(tx)
	return erased + n, err
}

// forgetAgain deletes what is about persons whom the log says are forgotten.
func forgetAgain(tx *db.Tx) (erased int64, err error) {
	told, err := publicOfKind.Slice(tx, KindForgotten)
	if err != nil || len(told) == 0 {
		return 0, err
	}
	c, err := coverOf(tx)
	if err != nil {
		return 0, err
	}
	forgotten, under, err := references(told)
	if err != nil {
		return 0, err
	}
	// The backup may be of before another key was put in use, so that its references
	// are not those of the log: all are made anew.
	for after := ""; ; {
		rows, err := underOthers.Slice(tx, allUnder(after))
		if err != nil {
			return erased, fmt.Errorf("record: forget again: %w", err)
		}
		for _, s := range rows {
			if !forgotten[s.Person] {
				open, err := s.opened(c.keys)
				if err != nil || !c.anyReference(open, under, forgotten) { // of what is lost nothing can be told
					continue
				}
			}
			n, err := dropSecret.Exec(tx, s.ID)
			if err != nil {
				return erased, fmt.Errorf("record: forget again the private part of %s: %w", s.ID, err)
			}
			erased += n
		}
		if len(rows) < maxPage {
			return erased, nil
		}
		after = rows[len(rows)-1].ID
	}
}

// WhoIsForgotten tells of a person whether the log says that they are forgotten: a database
// that was older, and whose log was taken from a mirror, may still know them. It is nil
// where nobody is.
func WhoIsForgotten(tx *db.Tx) (func(person string) bool, error) {
	told, err := publicOfKind.Slice(tx, KindForgotten)
	if err != nil || len(told) == 0 {
		return nil, err
	}
	c, err := coverOf(tx)
	if err != nil {
		return nil, err
	}
	forgotten, under, err := references(told)
	return func(person string) bool { return c.referred(person, under, forgotten) }, err
}

// references are whom entries of KindForgotten say, and the keys they are written under.
func references(told []string) (forgotten map[string]bool, under map[int]bool, err error) {
	forgotten, under = map[string]bool{}, map[int]bool{}
	for _, public := range told {
		var f Forgotten
		if err := json.Unmarshal([]byte(public), &f); err != nil {
			return nil, nil, fmt.Errorf("record: who is forgotten: %w", err)
		}
		forgotten[f.Person], under[numberOf(f.Person)] = true, true
	}
	return forgotten, under, nil
}

// allUnder is for a page of private parts under any key.
func allUnder(after string) under { return under{Key: unknownKey, After: after, Limit: maxPage} }

// anyReference reports whether one of a private part's references under some keys is
// among those that are looked for.
func (c cover) anyReference(s secret, under map[int]bool, among map[string]bool) bool {
	return c.referred(personIn(s.Payload), under, among)
}

func (c cover) referred(person string, under map[int]bool, among map[string]bool) bool {
	for number := range under {
		if number > 0 && c.keys == nil {
			continue
		}
		r, err := cover{c.keys, number}.reference(person)
		if err == nil && r != "" && among[r] {
			return true
		}
	}
	return false
}
