package identity

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/db"
)

// Notices are what people are told when they next look.
type Notices struct{ *Service }

// Notice is what a person is to be told when they next look: that somebody tries
// their password, or that a link they sent was opened twice.
type Notice struct {
	ID      string     `db:"id"`
	Person  string     `db:"person"`
	At      time.Time  `db:"at"`
	Kind    string     `db:"kind"` // of the entry that tells the same
	Subject string     `db:"subject"`
	SeenAt  *time.Time `db:"seen_at"`
}

type seeing struct {
	Person string    `db:"person"`
	At     time.Time `db:"at"`
}

var (
	insertNotice = db.Declare[Notice, db.None](`
		INSERT INTO identity_notice (id, person, at, kind, subject, seen_at) VALUES (:id, :person, :at, :kind, :subject, :seen_at)`)
	unseenNotices = db.Declare[string, Notice](`SELECT /*cols*/ FROM identity_notice WHERE person = :person AND seen_at IS NULL ORDER BY id`)
	seeNotices    = db.Declare[seeing, db.None](`UPDATE identity_notice SET seen_at = :at WHERE person = :person AND seen_at IS NULL`)
)

func (s Notices) add(tx *db.Tx, person, kind, subject string) error {
	if person == "" { // the command line has nowhere to look
		return nil
	}
	id, err := newID()
	if err != nil {
		return err
	}
	_, err = insertNotice.Exec(tx, Notice{ID: id, Person: person, At: s.clock(tx), Kind: kind, Subject: subject})
	return err
}

// Unseen returns what the actor has not seen yet.
func (s Notices) Unseen(ctx context.Context, by Actor) (all []Notice, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error { all, err = unseenNotices.Slice(tx, by.Person); return err })
	return all, err
}

// See marks them as seen.
func (s Notices) See(ctx context.Context, by Actor) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := seeNotices.Exec(tx, seeing{by.Person, s.clock(tx)})
		return err
	})
}
