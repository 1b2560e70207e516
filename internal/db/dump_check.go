package db

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
)

// CheckCopy reads a copy made by [DB.Dump] to its end and returns how many rows
// each table has. One that is damaged or cut short is a fault.Invalid.
func CheckCopy(ctx context.Context, r io.Reader) (rows map[string]int64, err error) {
	c := &copyReader{in: bufio.NewReaderSize(r, 1<<20), sum: sha256.New()}
	if _, err := c.head(); err != nil {
		return nil, err
	}
	rows = map[string]int64{}
	var in table
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := c.next(); err != nil {
			return nil, err
		}
		switch {
		case c.line[0] == '[':
			c.rows++
			rows[in.Name]++
		case !bytes.HasPrefix(c.line, []byte(`{"table":`)):
			return rows, c.tail()
		default:
			in = table{}
			if err := json.Unmarshal(c.line, &in); err != nil {
				return nil, faultCopy().Because(err)
			}
		}
		c.count()
	}
}

// tail holds what was read against the last line.
func (c *copyReader) tail() error {
	var tail copyTail
	if err := json.Unmarshal(c.line, &tail); err != nil {
		return faultCopy().Because(err)
	}
	if sum := hex.EncodeToString(c.sum.Sum(nil)); tail.Rows != c.rows || tail.SHA256 != sum {
		return faultCopy().Because(fmt.Errorf("%d rows with sum %s, but the last line says %+v", c.rows, sum, tail))
	}
	return nil
}

// Sound holds a SQLite file against itself: every page, also those that no copy
// reads, and each index against its table. A server of its own does so itself.
func (d *DB) Sound(ctx context.Context) error {
	if d.engine != SQLite {
		return nil
	}
	return d.View(ctx, func(tx *Tx) error {
		said, err := rawRows[checkRow](tx, integrityCheck, "")
		if err == nil && (len(said) != 1 || said[0].Said != "ok") {
			return faultDamaged().Because(fmt.Errorf("%v", said))
		}
		return err
	})
}

const integrityCheck = "SELECT integrity_check AS said FROM pragma_integrity_check LIMIT 1"

type checkRow struct {
	Said string `db:"said"`
}
