package casework

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
)

// Feeds are the secret addresses of calendars.
type Feeds struct{ *Book }

// Feed is the secret address of a person's calendar: of the secret its hash is kept.
type Feed struct {
	Hash    string     `db:"hash"`
	Person  string     `db:"person"`
	MadeAt  time.Time  `db:"made_at"`
	EndedAt *time.Time `db:"ended_at"`
}

var (
	insertFeed = db.Declare[Feed, db.None](`INSERT INTO casework_feed (hash, person, made_at, ended_at) VALUES (:hash, :person, :made_at, :ended_at)`)
	endFeeds   = db.Declare[Feed, db.None](`UPDATE casework_feed SET ended_at = :ended_at WHERE person = :person AND ended_at IS NULL`)
	endAll     = db.Declare[Feed, db.None](`UPDATE casework_feed SET ended_at = :ended_at WHERE ended_at IS NULL`)
	feedOf     = db.Declare[string, Feed](`SELECT /*cols*/ FROM casework_feed WHERE person = :person AND ended_at IS NULL`)
	feedByHash = db.Declare[string, Feed](`SELECT /*cols*/ FROM casework_feed WHERE hash = :hash AND ended_at IS NULL`)
)

// maxSecret bounds what is hashed for nobody.
const maxSecret = 100

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret[:min(len(secret), maxSecret)]))
	return hex.EncodeToString(sum[:])
}

// Make gives a person's calendar a secret address, which is told this once. The one
// before leads nowhere from here on.
func (b Feeds) Make(tx *db.Tx, sign, person string) (secret string, err error) {
	now := b.now(tx)
	if _, err := endFeeds.Exec(tx, Feed{Person: person, EndedAt: &now}); err != nil {
		return "", err
	}
	secret = rand.Text()
	if _, err := insertFeed.Exec(tx, Feed{Hash: hashOf(secret), Person: person, MadeAt: now}); err != nil {
		return "", err
	}
	return secret, record.Append(tx, sign, feedMade{person})
}

// End makes the address of a person's calendar lead nowhere.
func (b Feeds) End(tx *db.Tx, sign, person string) error {
	now := b.now(tx)
	n, err := endFeeds.Exec(tx, Feed{Person: person, EndedAt: &now})
	if err != nil || n == 0 {
		return err
	}
	return record.Append(tx, sign, feedEnded{person})
}

// Of is the address of a person's calendar, without its secret, or false.
func (b Feeds) Of(tx *db.Tx, person string) (Feed, bool, error) {
	rows, err := feedOf.Slice(tx, person)
	if err != nil || len(rows) == 0 {
		return Feed{}, false, err
	}
	return rows[0], true, nil
}

// By is whose calendar a secret opens, or false. Whether they are still here is for the
// caller to ask.
func (b Feeds) By(tx *db.Tx, secret string) (Feed, bool, error) {
	rows, err := feedByHash.Slice(tx, hashOf(secret))
	if err != nil || len(rows) == 0 {
		return Feed{}, false, err
	}
	return rows[0], true, nil
}

// Restored ends what an older database must not begin again: nobody knows which secret
// addresses were revoked since, nor which notices went out, so that those that were due are
// for whoever rings up.
func Restored(ctx context.Context, d *db.DB) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		now := tx.Now()
		if _, err := endAll.Exec(tx, Feed{EndedAt: &now}); err != nil {
			return err
		}
		_, err := giveUpDue.Exec(tx, now)
		return err
	})
}
