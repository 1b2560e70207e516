package db

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"slices"

	"github.com/xiadu/xiadu/internal/fault"
)

// Load restores a copy made by [DB.Dump], on either engine, into a database
// whose tables are empty or not yet made. The tables are made at the version of
// the copy, filled in one transaction, and then migrated to the version of this
// binary. A copy that is damaged or cut short is a fault.Invalid, a database
// that holds data a fault.Conflict; nothing of the copy remains then.
//
// Load stands in place of Migrate.
func (d *DB) Load(ctx context.Context, r io.Reader, schemas ...Schema) error {
	return d.LoadThen(ctx, r, func(*Tx) error { return nil }, schemas...)
}

// LoadThen is Load with a last step before the commit, for what has to happen
// together with it. The step is taken once; if it fails, nothing is loaded.
func (d *DB) LoadThen(ctx context.Context, r io.Reader, last func(*Tx) error, schemas ...Schema) error {
	c := &copyReader{in: bufio.NewReaderSize(r, 1<<20), sum: sha256.New()}
	head, err := c.head()
	if err != nil {
		return err
	}
	known := make([]string, len(schemas))
	for i, s := range schemas {
		known[i] = s.Owner
	}
	for owner, version := range head.Versions {
		if !slices.Contains(known, owner) {
			return faultNewer(owner, version, 0)
		}
	}
	if err := d.loadable(ctx, schemas, head.Versions); err != nil {
		return err
	}
	ctx, decided := untilDecided(ctx)
	began := false
	err = d.Update(ctx, func(tx *Tx) error {
		if began {
			return fault.New(fault.Conflict, "恢复时有别的进程写入。请停止其他进程后重试。", "Another process wrote during the restore. Stop it, then repeat.")
		}
		began = true
		if err := c.load(tx, known, head.Versions); err != nil {
			return err
		}
		if err := last(tx); err != nil {
			return err
		}
		return decided()
	})
	if err != nil {
		return err
	}
	return d.Migrate(ctx, schemas...)
}

// untilDecided returns a context that ends with ctx until decided is called, and
// not any more after: what is about to be committed must not be called cancelled.
func untilDecided(ctx context.Context) (_ context.Context, decided func() error) {
	own, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	return own, func() error {
		if stop() {
			return nil
		}
		return ctx.Err()
	}
}

// loadable makes the tables at the versions of the copy.
func (d *DB) loadable(ctx context.Context, schemas []Schema, versions map[string]int64) error {
	return d.store.goose(ctx, func(t gooseTarget) error {
		for _, s := range schemas {
			p, err := t.provider(s)
			if err != nil {
				return fmt.Errorf("db: load %s: %w", s.Owner, err)
			}
			current, last, err := t.versions(ctx, s.Owner, p)
			version := versions[s.Owner]
			switch {
			case err != nil:
				return explain(fmt.Errorf("db: load %s: %w", s.Owner, err))
			case version > last:
				return faultNewer(s.Owner, version, last)
			case current > version:
				return fault.New(fault.Conflict,
					"备份来自较旧的版本，目标数据库的表已是新版。请恢复到一个新建的空数据库。",
					"The backup is from an older version and the tables of this database are newer. Restore into a new, empty database.")
			case current < version:
				if _, err := p.UpTo(ctx, version); err != nil {
					return explain(fmt.Errorf("db: load %s: %w", s.Owner, err))
				}
			}
		}
		return nil
	})
}

// maxLine bounds one row; the largest value the product stores is far smaller.
const maxLine = 256 << 20

type copyReader struct {
	in   *bufio.Reader
	sum  hash.Hash
	line []byte // the current line
	rows int64
}

// next reads a line, which is part of the sum only after [copyReader.count].
func (c *copyReader) next() error {
	c.line = c.line[:0]
	for {
		part, err := c.in.ReadSlice('\n')
		c.line = append(c.line, part...)
		switch {
		case err == nil:
			return nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return faultCopy().Because(err)
		case len(c.line) > maxLine:
			return faultCopy()
		}
	}
}

func (c *copyReader) count() { c.sum.Write(c.line) }

func (c *copyReader) head() (copyHead, error) {
	var h copyHead
	if err := c.next(); err != nil {
		return h, err
	}
	c.count()
	if err := json.Unmarshal(c.line, &h); err != nil || h.Format < 1 {
		return h, fault.New(fault.Invalid, "这个文件不是 xiadu 的备份。", "This file is not a xiadu backup.").Because(err)
	}
	if h.Format > copyFormat {
		return h, fault.New(fault.Invalid, "备份由更新版本的程序写成。请升级程序后再恢复。",
			"The backup was written by a newer version of the program. Upgrade it, then restore.")
	}
	return h, nil
}

func (c *copyReader) load(tx *Tx, known []string, versions map[string]int64) error {
	tables, err := tablesOf(tx, known)
	if err != nil {
		return err
	}
	if err := mustBeEmpty(tx, tables); err != nil {
		return err
	}
	if err := c.next(); err != nil {
		return err
	}
	for bytes.HasPrefix(c.line, []byte(`{"table":`)) {
		var said table
		if err := json.Unmarshal(c.line, &said); err != nil {
			return faultCopy().Because(err)
		}
		c.count()
		at := slices.IndexFunc(tables, func(t table) bool { return t.Name == said.Name })
		if at < 0 || !slices.Equal(tables[at].Columns, said.Columns) {
			return faultCopy().Because(fmt.Errorf("table %s differs at versions %v", said.Name, versions))
		}
		if err := c.table(tx, said); err != nil {
			return err
		}
	}
	return c.tail()
}

func mustBeEmpty(tx *Tx, tables []table) error {
	for _, t := range tables {
		text := "SELECT 1 AS version FROM " + quoted(t.Name) + " LIMIT 1"
		rows, err := rawRows[versionRow](tx, text, text)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			return fault.New(fault.Conflict,
				"目标数据库里已有数据（表 %s）。恢复不会覆盖数据，请恢复到一个新建的空数据库。",
				"The database already holds data (table %s). A restore overwrites nothing: restore into a new, empty database.", t.Name)
		}
	}
	return nil
}

// table inserts the rows of one table and stops at the first line that is none.
func (c *copyReader) table(tx *Tx, t table) error {
	_, err := tx.execEach(t.insert(), c.lists(t))
	return err
}

func (c *copyReader) lists(t table) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for {
			if err := c.next(); err != nil {
				yield(nil, err)
				return
			}
			if c.line[0] != '[' {
				return
			}
			c.count()
			c.rows++
			args, err := t.parse(c.line)
			if !yield(args, err) || err != nil {
				return
			}
		}
	}
}

func (t table) parse(line []byte) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil || len(raw) != len(t.Columns) {
		return nil, faultCopy().Because(fmt.Errorf("table %s: %d values for %d columns: %w", t.Name, len(raw), len(t.Columns), err))
	}
	args := make([]any, len(raw))
	for i, col := range t.Columns {
		a, err := col.Type.parse(raw[i])
		if err != nil {
			return nil, faultCopy().Because(fmt.Errorf("%s.%s: %w", t.Name, col.Name, err))
		}
		args[i] = a
	}
	return args, nil
}

func faultCopy() *fault.Error {
	return fault.New(fault.Invalid,
		"备份文件不完整或已损坏，没有恢复任何内容。请换用另一份备份。",
		"The backup is incomplete or damaged, and nothing was restored. Use another backup.")
}
