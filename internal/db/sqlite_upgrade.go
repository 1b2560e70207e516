package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
)

// addSums moves a database of before there were sums into a file whose pages
// have them. The new file is made beside the old one and takes its place when it
// is whole, while nobody else can write: killed at any moment, one of the two is
// there. Whatever is damaged already is refused, since a sum would bless it.
func addSums(ctx context.Context, path string) (err error) {
	beside := path + ".sums"
	if err := os.Remove(beside); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := writeFile(beside, firstPage()); err != nil {
		return err
	}
	defer func() {
		for _, suffix := range sqliteFiles {
			_ = os.Remove(beside + suffix) // after the move there is none
		}
	}()
	old, err := sql.Open("sqlite", fmt.Sprintf("file:%s?_busy_timeout=%d", (&url.URL{Path: path}).EscapedPath(), busyWait.Milliseconds()))
	if err != nil {
		return err
	}
	old.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, old.Close()) }()
	conn, err := old.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // old.Close tells
	for _, text := range []string{
		"PRAGMA locking_mode = EXCLUSIVE", // kept until the new file is in its place
		"PRAGMA journal_mode = DELETE",    // takes in the write-ahead log, and fails beside another process
	} {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	if err := intact(ctx, conn); err != nil {
		return err
	}
	if err := copyInto(ctx, conn, beside); err != nil {
		return err
	}
	if err := os.Rename(beside, path); err != nil {
		return err
	}
	return syncFolder(path)
}

// intact holds the database against itself, as SQLite does.
func intact(ctx context.Context, conn *sql.Conn) error {
	var said string
	if err := conn.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&said); err != nil {
		return err
	}
	if said != "ok" {
		return faultDamaged().Because(errors.New(said))
	}
	return nil
}

func faultDamaged() *fault.Error {
	return fault.New(fault.Unavailable,
		"数据库文件已损坏，或不是数据库。请停止服务，移走 xiadu.db*，用 xiadu restore 从备份恢复。",
		"The database file is damaged or is no database. Stop the service, move xiadu.db* away and restore a backup with xiadu restore.")
}

// copyInto copies every table and index, in one transaction.
func copyInto(ctx context.Context, conn *sql.Conn, beside string) error {
	exec := func(text string, args ...any) error {
		_, err := conn.ExecContext(ctx, text, args...)
		return err
	}
	name := fmt.Sprintf("file:%s?vfs=%s", (&url.URL{Path: beside}).EscapedPath(), sumsVFS)
	if err := exec("ATTACH $1 AS summed", name); err != nil {
		return err
	}
	// Without a write-ahead log the commit is in the file itself.
	for _, text := range []string{"PRAGMA summed.journal_mode = DELETE", "PRAGMA summed.synchronous = FULL", "BEGIN EXCLUSIVE"} {
		if err := exec(text); err != nil {
			return err
		}
	}
	made, err := catalogueOf(ctx, conn)
	if err != nil {
		return err
	}
	for _, m := range made {
		if err := m.copy(exec); err != nil {
			return fmt.Errorf("db: add sums to %s: %w", m.name, err)
		}
	}
	for _, text := range []string{"COMMIT", "DETACH summed"} {
		if err := exec(text); err != nil {
			return err
		}
	}
	return nil
}

// madeThing is a table or an index with the text that made it.
type madeThing struct{ kind, name, text string }

// catalogueOf lists tables before indexes, so that rows are counted once.
func catalogueOf(ctx context.Context, conn *sql.Conn) (made []madeThing, err error) {
	rows, err := conn.QueryContext(ctx, `SELECT type, name, COALESCE(sql, '') FROM main.sqlite_schema
		WHERE name NOT LIKE 'sqlite\_stat%' ESCAPE '\' ORDER BY type = 'index', name = 'sqlite_sequence', rowid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // Err tells
	for rows.Next() {
		var m madeThing
		if err := rows.Scan(&m.kind, &m.name, &m.text); err != nil {
			return nil, err
		}
		made = append(made, m)
	}
	return made, rows.Err()
}

// copy makes it in the new file. SQLite keeps texts from the word CREATE to the
// name in one form; what it makes of itself (a primary key's index) has no text.
func (m madeThing) copy(exec func(string, ...any) error) error {
	if m.text == "" {
		return nil
	}
	if m.name != "sqlite_sequence" {
		placed := m.text
		for _, verb := range []string{"CREATE TABLE ", "CREATE UNIQUE INDEX ", "CREATE INDEX "} {
			if rest, ok := strings.CutPrefix(m.text, verb); ok {
				placed = verb + "summed." + rest
			}
		}
		if err := exec(placed); err != nil {
			return err
		}
	}
	if m.kind != "table" {
		return nil
	}
	if m.name == "sqlite_sequence" {
		if err := exec("DELETE FROM summed.sqlite_sequence"); err != nil {
			return err
		}
	}
	return exec(fmt.Sprintf("INSERT INTO summed.%[1]s SELECT * FROM main.%[1]s", quoted(m.name)))
}
