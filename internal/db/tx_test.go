package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
)

func add(id string) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		_, err := addArticle.Exec(tx, article{ID: id, Name: id})
		return err
	}
}

var errNo = errors.New("no")

// TestManyTogether has use cases that succeed, fail, break a rule, panic and
// give up, all at once: exactly what was acknowledged is there.
func TestManyTogether(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		update(t, d, add("taken"))
		var wg sync.WaitGroup
		var acknowledged atomic.Int64
		for i := range 200 {
			wg.Go(func() {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				err := guarded(func() error {
					return d.Update(ctx, func(tx *db.Tx) error {
						if err := add(fmt.Sprint("a", i))(tx); err != nil {
							return err
						}
						switch i % 5 {
						case 1:
							return errNo
						case 2:
							return add("taken")(tx)
						case 3:
							panic(i)
						case 4:
							cancel()
						}
						return nil
					})
				})
				want := []error{nil, errNo, nil, errPanic, context.Canceled}[i%5]
				if i%5 == 2 {
					if fault.KindOf(err) != fault.Conflict {
						t.Errorf("%d: %v, want a fault.Conflict", i, err)
					}
				} else if !errors.Is(err, want) {
					t.Errorf("%d: %v, want %v", i, err, want)
				}
				if err == nil {
					acknowledged.Add(1)
				}
			})
		}
		wg.Wait()
		if got, want := count(t, d), acknowledged.Load()+1; got != want || want != 41 {
			t.Errorf("%d articles, %d acknowledged, want 41", got, want)
		}
	})
}

var errPanic = errors.New("panic")

func guarded(f func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return f()
}

// TestLostUpdate counts up from many goroutines: serializable transactions,
// retried where the engine could not serialise them, lose none.
func TestLostUpdate(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		update(t, d, func(tx *db.Tx) error {
			_, err := addShelf.Exec(tx, shelf{ID: "s"})
			return err
		})
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for range 10 {
					err := d.Update(t.Context(), func(tx *db.Tx) error {
						if _, err := sizeOfShelf.One(tx, "s"); err != nil {
							return err
						}
						_, err := growShelf.One(tx, "s")
						return err
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if n := view(t, d, func(tx *db.Tx) (int64, error) { return sizeOfShelf.One(tx, "s") }); n != 40 {
			t.Errorf("size %d, want 40", n)
		}
	})
}

func TestDroppedErrorStillRollsBack(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		update(t, d, add("a"))
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			_ = add("b")(tx)
			_ = add("a")(tx) // fails
			return nil
		})
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("%v, want a fault.Conflict", err)
		}
		if n := count(t, d); n != 1 {
			t.Errorf("%d articles, want 1", n)
		}
	})
}

func TestViewIsOneSnapshotAndReadOnly(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		err := d.View(t.Context(), func(tx *db.Tx) error {
			before, err := countArticles.One(tx, db.None{})
			if err != nil {
				return err
			}
			update(t, d, add("meanwhile"))
			after, err := countArticles.One(tx, db.None{})
			if before != after {
				t.Errorf("%d and then %d articles in one View", before, after)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
		if err := d.View(t.Context(), add("never")); err == nil {
			t.Error("a View wrote")
		}
		if n := count(t, d); n != 1 {
			t.Errorf("%d articles, want 1", n)
		}
	})
}

func TestNow(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		update(t, d, func(tx *db.Tx) error {
			now := tx.Now()
			if now.Location() != time.UTC || !now.Equal(now.Truncate(time.Microsecond)) || now != tx.Now() {
				t.Errorf("now is %v", now)
			}
			return nil
		})
	})
}

func TestNested(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		err := guarded(func() error {
			return d.Update(t.Context(), func(tx *db.Tx) error { return d.Update(tx.Context(), add("x")) })
		})
		if !errors.Is(err, errPanic) {
			t.Errorf("%v, want a panic", err)
		}
		update(t, d, add("x"))
	})
}

func TestAfterTheEnd(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		var kept *db.Tx
		update(t, d, func(tx *db.Tx) error { kept = tx; return nil })
		if err := add("x")(kept); err == nil {
			t.Error("a transaction worked after its end")
		}
		if n := count(t, d); n != 0 {
			t.Errorf("%d articles, want none", n)
		}
	})
}

func TestCloseWaitsForWork(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		began, finish := make(chan bool), make(chan bool)
		result := make(chan error)
		go func() {
			result <- d.Update(t.Context(), func(tx *db.Tx) error {
				close(began)
				<-finish
				return add("x")(tx)
			})
		}()
		<-began
		closed := make(chan error)
		go func() { closed <- d.Close() }()
		select {
		case <-closed:
			t.Error("closed while a use case was running")
		case <-time.After(20 * time.Millisecond):
		}
		close(finish)
		if err := errors.Join(<-result, <-closed); err != nil {
			t.Error(err)
		}
		if err := d.Update(t.Context(), add("y")); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%v, want a fault.Unavailable", err)
		}
	})
}
