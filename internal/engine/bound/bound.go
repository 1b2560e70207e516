// Package bound keeps what the public does within bounds: so many a while from one network, whoever it is.
//
//	back, err := bound.Secret.Take(ctx, d, network)   // counted before it is looked at
//	back(ctx)                                         // it was right: it costs nothing
//
// It is in the database and not in memory, so that two processes that serve one site count together. A network is kept as a keyed
// hash: the table tells no address, and a row is dropped a day after it began. One is counted in a transaction of its own, before what
// it is for is looked at, so that a hundred at once are a hundred; many people share one network of a telephone company, so the bounds
// are wide, and what was right is taken back.
//
// Tables owned: bound_count, a row for each network and bound; bound_key, the one key.
package bound

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
)

//go:embed schema
var files embed.FS

// Schema is the tables.
var Schema = db.SchemaIn("bound", files)

// Bound is how often one network may do something.
type Bound struct {
	What   string
	Most   int
	Window time.Duration
}

// The bounds.
var (
	Secret    = Bound{"secret", 10, 10 * time.Minute} // wrong secrets
	Objection = Bound{"objection", 20, time.Hour}
	Photo     = Bound{"photo", 10, time.Hour} // photos that nobody answers for
	Report    = Bound{"report", 10, time.Hour}
	ByProgram = Bound{"report by program", 300, time.Hour} // of one that has a token
)

// longest is after what a row is of no use to any bound.
const longest = 24 * time.Hour

type row struct {
	ID      string    `db:"id"`
	N       int       `db:"n"`
	SinceAt time.Time `db:"since_at"`
}

var (
	readRow  = db.Declare[string, row](`SELECT /*cols*/ FROM bound_count WHERE id = :id`)
	writeRow = db.Declare[row, db.None](`
		INSERT INTO bound_count (id, n, since_at) VALUES (:id, :n, :since_at)
		ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n, since_at = EXCLUDED.since_at`)
	takeBack = db.Declare[string, db.None](`UPDATE bound_count SET n = n - 1 WHERE id = :id AND n > 0`)
	dropOld  = db.Declare[time.Time, db.None](`DELETE FROM bound_count WHERE since_at < :before`)
)

// Take counts one from a network. One too many is a fault.Denied that says when to come again, and is not counted. Back
// takes it back.
func (b Bound) Take(ctx context.Context, d *db.DB, network string) (back func(context.Context) error, err error) {
	var id string
	err = d.Update(ctx, func(tx *db.Tx) error {
		hidden, err := secret(tx)
		if err != nil {
			return err
		}
		sum := hmac.New(sha256.New, hidden)
		sum.Write([]byte(b.What + "\x00" + network))
		id = b.What + " " + hex.EncodeToString(sum.Sum(nil))
		found, err := readRow.Slice(tx, id)
		if err != nil {
			return err
		}
		now, r := tx.Now(), row{ID: id, SinceAt: tx.Now()}
		// A clock that was moved back begins anew, too: nobody is shut out until it has caught up.
		if len(found) > 0 && !found[0].SinceAt.After(now) && now.Sub(found[0].SinceAt) < b.Window {
			r = found[0]
		} else if _, err := dropOld.Exec(tx, now.Add(-longest)); err != nil {
			return err
		}
		if r.N >= b.Most {
			minutes := int(r.SinceAt.Add(b.Window).Sub(now).Minutes()) + 1
			return fault.New(fault.Denied, "从这个网络来得太多了，请 %[1]d 分钟后再试。", "Too much has come from this network: try again in %[1]d minutes.", minutes)
		}
		r.N++
		_, err = writeRow.Exec(tx, r)
		return err
	})
	return func(ctx context.Context) error {
		return d.Update(ctx, func(tx *db.Tx) error { _, err := takeBack.Exec(tx, id); return err })
	}, err
}

// keyed is the key under which networks are hashed.
type keyed struct {
	ID        string `db:"id"`
	Secret    string `db:"secret"`
	KeyNumber int    `db:"key_number"`
}

const (
	theKey   = "network"
	sealedAt = "bound_key/" + theKey
)

var (
	readKey = db.Declare[string, keyed](`SELECT /*cols*/ FROM bound_key WHERE id = :id`)
	addKey  = db.Declare[keyed, db.None](`INSERT INTO bound_key (id, secret, key_number) VALUES (:id, :secret, :key_number) ON CONFLICT (id) DO NOTHING`)
)

// Anew is the table with something sealed, for when another key is in use.
var Anew = []record.Drawer{{
	Read: db.Declare[record.UnderOther, record.Own](`
		SELECT id, 'bound_key/' || id AS place, secret, key_number FROM bound_key WHERE key_number <> :key_number AND id > :after ORDER BY id LIMIT :lim`),
	Set: db.Declare[record.Own, db.None](`UPDATE bound_key SET secret = :secret, key_number = :key_number WHERE id = :id`),
}}

// secret is the key, made when it is first asked for. Where another made one first, theirs stands.
func secret(tx *db.Tx) ([]byte, error) {
	rows, err := readKey.Slice(tx, theKey)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		k := keyed{ID: theKey}
		if k.Secret, k.KeyNumber, err = record.SealOwn(tx, sealedAt, rand.Text()); err != nil {
			return nil, err
		}
		if _, err := addKey.Exec(tx, k); err != nil {
			return nil, err
		}
		if rows, err = readKey.Slice(tx, theKey); err != nil {
			return nil, err
		}
	}
	text, err := record.OpenOwn(tx, sealedAt, rows[0].Secret)
	return []byte(text), err
}
