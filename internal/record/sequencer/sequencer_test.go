package sequencer_test

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/db/dbtest"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/sequencer"
)

type done struct {
	N int `json:"n"`
}

func (done) Kind() string    { return "test.done" }
func (done) Subject() string { return "test/1" }

func TestPrepare(t *testing.T) { dbtest.Prepare(t, record.Schema) }

func each(t *testing.T, f func(t *testing.T, d *db.DB)) {
	t.Helper()
	dbtest.Each(t, []db.Schema{record.Schema}, f)
}

// fataler is a test, also one of rapid.
type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func open(t fataler, d *db.DB, folder string) *sequencer.Sequencer {
	t.Helper()
	s, err := sequencer.Open(context.Background(), d, folder, "example.com/log")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t fataler, d *db.DB, n int) {
	t.Helper()
	err := d.Update(context.Background(), func(tx *db.Tx) error {
		if n == 1 {
			return record.Append(tx, "x", done{n})
		}
		return record.AppendAll(tx, "x", func(yield func(done) bool) {
			for i := range n {
				if !yield(done{i}) {
					return
				}
			}
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

type leafRow struct {
	Seq    int64
	Entry  string
	Hash   []byte
	Public string
}

type placed struct {
	Seq    int64  `db:"seq"`
	Leaves []byte `db:"leaves"`
}

var (
	batches = db.Declare[db.None, placed](`SELECT seq, leaves FROM record_batch WHERE seq IS NOT NULL ORDER BY seq`)
	count   = db.Declare[db.None, int64](`SELECT count(*) FROM record_entry`)
)

func leavesOf(tx *db.Tx) (rows []leafRow, err error) {
	all, err := batches.Slice(tx, db.None{})
	for _, b := range all {
		for i, l := range record.Unpack(b.Leaves) {
			item, err := record.ByID(tx, l.Entry)
			if err != nil {
				return nil, err
			}
			rows = append(rows, leafRow{b.Seq + int64(i), l.Entry, l.Hash[:], item.Public})
		}
	}
	return rows, err
}

// whole fails unless every entry is in the tree once, indices have no gap, and
// the published checkpoint is of that tree. It returns the leaves.
func whole(t fataler, d *db.DB, folder string) (rows []leafRow) {
	t.Helper()
	c, err := publiclog.Open(d, folder).Checkpoint(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	err = d.View(context.Background(), func(tx *db.Tx) (err error) {
		if rows, err = leavesOf(tx); err != nil {
			return err
		}
		n, err := count.One(tx, db.None{})
		if err != nil {
			return err
		}
		var edge logtree.Edge
		for i, row := range rows {
			item, err := record.ByID(tx, row.Entry)
			if err != nil {
				return err
			}
			leaf := item.Leaf().Hash
			if row.Seq != int64(i) || string(leaf[:]) != string(row.Hash) {
				t.Fatalf("leaf %d is %+v", i, row)
			}
			edge.Add(leaf)
		}
		if int64(len(rows)) != n || c.Size != n || c.Root != edge.Root() {
			t.Fatalf("%d entries, %d leaves, checkpoint of %d", n, len(rows), c.Size)
		}
		id, err := record.Withheld(tx)
		if id != "" {
			t.Fatalf("%s is withheld", id)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func drain(t fataler, s *sequencer.Sequencer) {
	t.Helper()
	if err := s.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// Whatever is appended by whom, whoever leads, and wherever one stops: the tree
// grows at its end only, has each entry once, and every checkpoint that was ever
// published is an earlier state of it.
func TestAnyCourseOfEvents(t *testing.T) {
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		_ = checks.Value.Set("25") // of thirty events each, on two real databases
	}
	each(t, func(t *testing.T, d *db.DB) {
		folder := t.TempDir()
		all := []*sequencer.Sequencer{open(t, d, folder), open(t, d, folder), open(t, d, folder)}
		public := publiclog.Open(d, folder)
		var published []logtree.Checkpoint
		rapid.Check(t, func(t *rapid.T) {
			ctx := context.Background()
			t.Repeat(map[string]func(*rapid.T){
				"append": func(t *rapid.T) { write(t, d, rapid.SampledFrom([]int{1, 1, 2, 33, 300}).Draw(t, "entries")) },
				"step": func(t *rapid.T) {
					if _, err := rapid.SampledFrom(all).Draw(t, "who").Step(ctx); err != nil {
						t.Fatal(err)
					}
				},
				"take over": func(t *rapid.T) {
					if err := rapid.SampledFrom(all).Draw(t, "who").Impatient(ctx); err != nil {
						t.Fatal(err)
					}
				},
				"killed": func(t *rapid.T) { all[rapid.IntRange(0, 2).Draw(t, "who")] = open(t, d, folder) },
				"killed before it was kept": func(t *rapid.T) {
					path := filepath.Join(folder, "checkpoint")
					before, err := os.ReadFile(path)
					if err != nil {
						t.Fatal(err)
					}
					who := rapid.IntRange(0, 2).Draw(t, "who")
					if _, err := all[who].Step(ctx); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(path, before, 0o600); err != nil {
						t.Fatal(err)
					}
					all[who] = open(t, d, folder)
				},
				"publish": func(*rapid.T) {
					if c, err := public.Checkpoint(ctx); err == nil {
						published = append(published, c)
					}
				},
			})
		})
		for _, s := range all {
			_ = s.Drain(t.Context()) // the last one tells
		}
		drain(t, open(t, d, folder))
		rows := whole(t, d, folder)
		var edge logtree.Edge
		roots := map[int64]tlog.Hash{0: edge.Root()}
		for _, row := range rows {
			edge.Add(tlog.Hash(row.Hash))
			roots[edge.Size()] = edge.Root()
		}
		for _, c := range published {
			if roots[c.Size] != c.Root {
				t.Errorf("the checkpoint of %d is of another tree", c.Size)
			}
		}
		t.Logf("%d entries, %d checkpoints published", len(rows), len(published))
	})
}

// A transaction that began first and ends last shows entries with ids that are
// older than those in the tree. They are not missed, and they come last.
func TestALateTransactionIsNotMissed(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		if d.Engine() == db.SQLite {
			t.Skip("has one writer")
		}
		folder := t.TempDir()
		s := open(t, d, folder)
		written, later := make(chan bool, 1), make(chan bool)
		var wg sync.WaitGroup
		wg.Go(func() {
			var once sync.Once
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				err := record.Append(tx, "slow", done{-1})
				once.Do(func() { written <- true; <-later })
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
		<-written
		write(t, d, 3)
		drain(t, s)
		close(later)
		wg.Wait()
		drain(t, s)
		rows := whole(t, d, folder)
		if len(rows) != 4 || rows[3].Public != `{"n":-1}` || rows[3].Entry > rows[0].Entry {
			t.Errorf("%+v", rows)
		}
	})
}

// Two lead in turn and against each other, while several write.
func TestTwoSequencersAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		folder := t.TempDir()
		ctx, stop := context.WithCancel(t.Context())
		var sequencers, writers sync.WaitGroup
		for range 2 {
			s := open(t, d, folder)
			sequencers.Go(func() {
				for ctx.Err() == nil {
					// Each takes the other for dead, again and again.
					if err := s.Impatient(ctx); err != nil && ctx.Err() == nil {
						t.Error(err)
						return
					}
					for range 3 {
						if _, err := s.Step(ctx); err != nil && ctx.Err() == nil {
							t.Error(err)
							return
						}
					}
				}
			})
		}
		for i := range 4 {
			writers.Go(func() {
				for range 40 {
					write(t, d, 1+i*20)
				}
			})
		}
		writers.Wait()
		stop()
		sequencers.Wait()
		drain(t, open(t, d, folder))
		if rows := whole(t, d, folder); len(rows) != 40*(1+21+41+61) {
			t.Errorf("%d leaves", len(rows))
		}
	})
}

// A leader that was thought dead wakes up between reading and writing.
func TestADeposedLeaderWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		folder := t.TempDir()
		a, b := open(t, d, folder), open(t, d, folder)
		step := func(s *sequencer.Sequencer) {
			t.Helper()
			if _, err := s.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		step(a)
		write(t, d, 5)
		step(b) // sees that a leads
		if !a.Leads() || b.Leads() {
			t.Fatal("a does not lead alone")
		}
		if err := b.Impatient(t.Context()); err != nil {
			t.Fatal(err)
		}
		step(b)
		if n, err := a.Fold(t.Context()); n != 0 || !errors.Is(err, sequencer.ErrDeposed) {
			t.Errorf("a folded %d, %v", n, err)
		}
		step(a)
		step(b)
		if a.Leads() || !b.Leads() {
			t.Error("b does not lead alone")
		}
		if rows := whole(t, d, folder); len(rows) != 5 {
			t.Errorf("%d leaves", len(rows))
		}
	})
}

// An entry is under a signed checkpoint within a second of its COMMIT.
func TestRun(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		folder := t.TempDir()
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { open(t, d, folder).Run(ctx, slog.New(slog.DiscardHandler)) })
		public := publiclog.Open(d, folder)
		for i := range int64(3) {
			write(t, d, 1)
			began := time.Now()
			for c, err := public.Checkpoint(ctx); err != nil || c.Size != i+1; c, err = public.Checkpoint(ctx) {
				if time.Since(began) > 20*time.Second {
					t.Fatal(c, err)
				}
				time.Sleep(5 * time.Millisecond)
			}
			t.Logf("after %v", time.Since(began))
		}
		stop()
		wg.Wait()
		// It has given the lead back: another need not wait.
		s := open(t, d, folder)
		if _, err := s.Step(t.Context()); err != nil || !s.Leads() {
			t.Errorf("the next one leads: %v, %v", s.Leads(), err)
		}
	})
}

// The entries of before there was a tree come into it, too.
func TestEntriesOfBefore(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		folder := t.TempDir()
		write(t, d, 3)
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := clearPending.Exec(tx, db.None{})
			if err == nil {
				_, err = oldBatches.Exec(tx, db.None{})
			}
			if err == nil {
				_, err = oldPending.Exec(tx, db.None{})
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		write(t, d, 2)
		drain(t, open(t, d, folder))
		whole(t, d, folder)
	})
}

var (
	clearPending = db.Declare[db.None, db.None](`DELETE FROM record_batch`)
	oldBatches   = db.Declare[db.None, db.None](`UPDATE record_entry SET batch = id`)
	oldPending   = db.Declare[db.None, db.None](`INSERT INTO record_batch (id, leaves) SELECT id, '' FROM record_entry`)
)
