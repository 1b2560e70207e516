package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing/fstest"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// logEntries measure what the public log costs who writes: entries that are in a
// tree under a signed checkpoint, beside the same rows inserted into a table with
// the same indices. An import writes them in one use case; acts are a use case
// each, of several who write at once. The clock stops when the last entry is under
// a checkpoint. Proven first: the log holds when it is checked from outside, and
// receipts prove what they say.
func logEntries() (all []Entry) {
	for _, engine := range []string{db.SQLite, db.Postgres} {
		for _, load := range []logLoad{{"import", 100_000, 1}, {"acts", 8_000, 16}} {
			all = append(all, Entry{
				Name: "log-" + load.name + "-" + engine, Unit: "entries/s", Peer: "the rows alone", Must: 0.5, Stretch: 0.8,
				Run: func(ctx context.Context) (f Figures, err error) {
					err = withLogDatabase(ctx, engine, func(b *logBench) error {
						f, err = b.measure(ctx, load)
						return err
					})
					return f, err
				},
			})
		}
	}
	return all
}

// logRounds is how often each side runs, by turns: a round is a second or two, and the
// machine's mood lasts as long.
const logRounds = 9

// logLoad is how many entries how many writers write at once. One alone writes
// all in one use case.
type logLoad struct {
	name    string
	entries int
	writers int
}

// logAct is an entry as large as most are.
type logAct struct {
	Code   string `json:"code"`
	Before string `json:"before"`
	After  string `json:"after"`
}

func (logAct) Kind() string      { return "bench.changed" }
func (a logAct) Subject() string { return "bench/" + a.Code }

func actNumber(i int) logAct {
	return logAct{"XN-" + strconv.Itoa(i), "周一至周五 08:00-18:00", "周一至周日 07:30-22:00，节假日照常"}
}

// rawSchema has the rows of the record without its tree.
var rawSchema = db.Schema{Owner: "raw", FS: fstest.MapFS{"0001_entry.sql": {Data: []byte(`-- +goose Up
CREATE TABLE raw_entry (
	id TEXT PRIMARY KEY, at TIMESTAMP NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
	actor TEXT NOT NULL, public TEXT NOT NULL, commitment TEXT NOT NULL
);
CREATE INDEX raw_entry_subject ON raw_entry (subject, id);
CREATE INDEX raw_entry_kind ON raw_entry (kind, id);
`)}}}

var (
	insertRaw = db.Declare[record.Item, db.None](`
		INSERT INTO raw_entry (id, at, kind, subject, actor, public, commitment)
		VALUES (:id, :at, :kind, :subject, :actor, :public, :commitment)`)
	lastItems = db.Declare[int, record.Item](`SELECT /*cols*/ FROM record_entry ORDER BY id DESC LIMIT :lim`)
)

// logBench is a database with both, and a sequencer that runs.
type logBench struct {
	db     *db.DB
	log    *publiclog.Log
	folder string
}

func withLogDatabase(ctx context.Context, engine string, f func(*logBench) error) (err error) {
	dir, err := os.MkdirTemp("", "xiadu-bench-log-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	dsn := filepath.Join(dir, "log.db")
	if engine == db.Postgres {
		server, err := startPostgres(ctx, "plpgsql")
		if err != nil {
			return err
		}
		defer func() { _ = server.stop() }()
		dsn = server.dsn
	}
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Migrate(ctx, record.Schema, rawSchema); err != nil {
		return err
	}
	b := &logBench{d, publiclog.Open(d, filepath.Join(dir, "log")), dir}
	s, err := sequencer.Open(ctx, d, filepath.Join(dir, "log"), "bench.invalid/log")
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	fault.Go("sequencing", func() {
		defer close(done)
		s.Run(running, slog.Default())
	}, nil)
	defer func() { stop(); <-done }()
	return f(b)
}

func (b *logBench) measure(ctx context.Context, load logLoad) (Figures, error) {
	written := 0
	ours := func() (float64, error) {
		took, err := seconds(wall, func() error {
			if err := b.append(ctx, load); err != nil {
				return err
			}
			written += load.entries
			return b.published(ctx, int64(written))
		})
		return float64(load.entries) / took, err
	}
	if _, err := ours(); err != nil {
		return Figures{}, err
	}
	proven, err := b.proven(ctx, written)
	if err != nil {
		return Figures{}, err
	}
	// Both tables grow alike, by the same rows: one that is emptied each time is another
	// table, and who cleans up after it works in the next round.
	peer := func() (float64, error) {
		var rows []record.Item
		err := b.db.View(ctx, func(tx *db.Tx) (err error) { rows, err = lastItems.Slice(tx, load.entries); return err })
		if err != nil {
			return 0, err
		}
		slices.Reverse(rows)
		took, err := seconds(wall, func() error { return b.insert(ctx, load, rows) })
		return float64(load.entries) / took, err
	}
	if _, err := peer(); err != nil { // as warm as ours
		return Figures{}, err
	}
	f, err := interleave(ctx, logRounds, ours, peer)
	f.Note = fmt.Sprintf("%d entries of %d writers at a time; %s", load.entries, load.writers, proven)
	return f, err
}

// append writes the entries of a load as use cases do.
func (b *logBench) append(ctx context.Context, load logLoad) error {
	if load.writers == 1 {
		return b.db.Update(ctx, func(tx *db.Tx) error {
			return record.AppendAll(tx, "bench", func(yield func(logAct) bool) {
				for i := range load.entries {
					if !yield(actNumber(i)) {
						return
					}
				}
			})
		})
	}
	return atOnce(load, func(i int) error {
		return b.db.Update(ctx, func(tx *db.Tx) error { return record.Append(tx, "bench", actNumber(i)) })
	})
}

// insert writes the same rows into the table alone.
func (b *logBench) insert(ctx context.Context, load logLoad, rows []record.Item) error {
	if load.writers == 1 {
		return b.db.Update(ctx, func(tx *db.Tx) error {
			_, err := insertRaw.ExecEach(tx, slices.Values(rows))
			return err
		})
	}
	return atOnce(load, func(i int) error {
		return b.db.Update(ctx, func(tx *db.Tx) error { _, err := insertRaw.Exec(tx, rows[i]); return err })
	})
}

func atOnce(load logLoad, act func(i int) error) error {
	var g errgroup.Group
	for w := range load.writers {
		g.Go(fault.Safely(func() error {
			for i := w; i < load.entries; i += load.writers {
				if err := act(i); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return g.Wait()
}

// published waits until a checkpoint has so many entries.
func (b *logBench) published(ctx context.Context, size int64) error {
	for {
		c, err := b.log.Checkpoint(ctx)
		if err == nil && c.Size >= size {
			return nil
		}
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// proven checks the log from outside, with the receipt of its last entry, and says
// what was checked.
func (b *logBench) proven(ctx context.Context, entries int) (string, error) {
	dir := filepath.Join(b.folder, "public")
	if _, err := b.log.Export(ctx, dir); err != nil {
		return "", err
	}
	var last []record.Item
	err := b.db.View(ctx, func(tx *db.Tx) (err error) { last, err = lastItems.Slice(tx, 1); return err })
	if err != nil {
		return "", err
	}
	receipt, err := b.log.Receipt(ctx, last[0].ID)
	if err != nil {
		return "", err
	}
	began := wall()
	report, err := verify.Log(ctx, verify.Folder(dir), verify.Options{Receipts: []verify.File{{Name: "receipt", Text: receipt.Bytes()}}})
	if err == nil && (len(report.Findings) > 0 || report.Checkpoint.Size != int64(entries)) {
		err = fmt.Errorf("the log does not hold: %d entries, %v", report.Checkpoint.Size, report.Findings)
	}
	return fmt.Sprintf("verified from outside in %.1f s, a receipt has %d hashes", (wall() - began).Seconds(), len(receipt.Proof)), err
}
