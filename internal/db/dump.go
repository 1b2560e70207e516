package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"time"
)

// A copy is lines of JSON, the same from either engine:
//
//	{"xiadu_copy":1,"at":"…","versions":{"record":1,"station":3}}
//	{"table":"station_station","columns":[{"name":"id","type":"text"},…]}
//	["0192…","工会驿站",36.62,true,null,…]                one line per row
//	…                                                     further tables, parents first
//	{"rows":1234,"sha256":"…"}                            of all lines above
//
// Types are text, int, float, bool, time (RFC 3339, UTC, microseconds) and
// bytes (base64). Rows come in the order of the primary key, so equal data makes
// an equal copy. The last line tells a whole copy from one cut short.
const copyFormat = 1

type copyHead struct {
	Format   int              `json:"xiadu_copy"`
	At       time.Time        `json:"at"`
	Versions map[string]int64 `json:"versions"`
}

type copyTail struct {
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// copyWriter writes lines, counts rows and sums what it wrote.
type copyWriter struct {
	json *json.Encoder
	sum  hash.Hash
	rows int64
}

// Dump writes a copy of all tables of the migrated schemas, read in one
// transaction, to w.
func (d *DB) Dump(ctx context.Context, w io.Writer) error {
	owners := d.owners()
	return d.View(ctx, func(tx *Tx) error {
		c := &copyWriter{sum: sha256.New()}
		c.json = json.NewEncoder(io.MultiWriter(w, c.sum))
		c.json.SetEscapeHTML(false)
		head := copyHead{Format: copyFormat, At: tx.Now(), Versions: map[string]int64{}}
		for _, o := range owners {
			v, err := versionOf(tx, o)
			if err != nil {
				return err
			}
			head.Versions[o] = v
		}
		if err := c.json.Encode(head); err != nil {
			return fmt.Errorf("db: write copy: %w", err)
		}
		tables, err := tablesOf(tx, owners)
		if err != nil {
			return err
		}
		for _, t := range tables {
			if err := c.table(tx, t); err != nil {
				return fmt.Errorf("db: copy %s: %w", t.Name, err)
			}
		}
		return c.json.Encode(copyTail{c.rows, hex.EncodeToString(c.sum.Sum(nil))})
	})
}

func (c *copyWriter) table(tx *Tx, t table) error {
	if err := c.json.Encode(t); err != nil {
		return err
	}
	rows, err := tx.query(t.selectAll(tx.engine), nil)
	if err != nil {
		return err
	}
	targets, values := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i, col := range t.Columns {
		targets[i] = col.Type.target()
	}
	for err == nil && tx.next(rows) {
		if err = rows.Scan(targets...); err != nil {
			break
		}
		for i := range targets {
			values[i] = cell(targets[i])
		}
		c.rows++
		err = c.json.Encode(values)
	}
	if e := tx.done(rows); err == nil {
		err = e
	}
	return err
}

func (d *DB) owners() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	owners := make([]string, len(d.schemas))
	for i, s := range d.schemas {
		owners[i] = s.Owner
	}
	return owners
}

type versionRow struct {
	Version int64 `db:"version"`
}

// versionOf reads the version an owner's tables have been migrated to.
func versionOf(tx *Tx, owner string) (int64, error) {
	text := "SELECT COALESCE(max(version_id), 0) AS version FROM " + quoted(owner+"_migration")
	rows, err := rawRows[versionRow](tx, text, text)
	if err != nil {
		return 0, err
	}
	return rows[0].Version, nil
}
