package db

import (
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"

	"github.com/xiadu/xiadu/internal/fault"
)

// Query is a declared SQL text whose :name parameters are the fields of P and
// whose columns are the fields of R, tagged `db:"name"`. P or R may also be a
// single value: Declare[string, int64]("SELECT count(*) FROM visit WHERE who = :who").
type Query[P, R any] struct{ *statement }

// None is for a query without parameters or without result.
type None struct{}

// Declare declares a query; it belongs at package level. It panics when a
// parameter is not a field of P, so that such a program does not start.
//
// A [bracketed] clause is left out when one of its parameters is a nil pointer:
// "[AND kind = :kind]". Never write ":kind IS NULL OR kind = :kind", which keeps
// SQLite from using an index. One parameter may be a list, a slice of at most 4,096 values: "id IN :ids", without
// brackets of its own; in an empty list there is nothing, and
// NULL knows of no value that it is NOT IN one. "/*cols*/" stands for the columns of R.
func Declare[P, R any](text string) Query[P, R] {
	return Query[P, R]{declare(text, reflect.TypeFor[P](), reflect.TypeFor[R]())}
}

// Exec executes the query and returns the number of rows it changed.
func (q Query[P, R]) Exec(tx *Tx, p P) (int64, error) {
	text, args, err := q.bind(reflect.ValueOf(p))
	if err != nil {
		return 0, q.wrap(err)
	}
	n, err := tx.exec(text, args)
	return n, q.wrap(err)
}

// Later is Exec for whom the outcome may wait: the query is executed before the next
// statement of the transaction that is none of Later, or before its commit, in the order
// of the calls. On PostgreSQL what waits shares one round trip. If it fails the use case
// is doomed, and this call, what runs next, or the commit, returns the error.
func (q Query[P, R]) Later(tx *Tx, p P) error {
	text, args, err := q.bind(reflect.ValueOf(p))
	if err == nil {
		err = tx.later(deferred{q.statement, text, args})
	}
	return q.wrap(err)
}

// ExecEach executes the query once for each p and returns the number of rows
// changed. On PostgreSQL the executions share round trips, so an import belongs
// here. The query has neither optional clauses nor a list, and ps must not use tx.
func (q Query[P, R]) ExecEach(tx *Tx, ps iter.Seq[P]) (int64, error) {
	if q.optional > 0 || q.list != "" {
		return 0, q.wrap(errOptional)
	}
	var zero P
	text, _, err := q.bind(reflect.ValueOf(zero))
	if err != nil {
		return 0, q.wrap(err)
	}
	n, err := tx.execEach(text, func(yield func([]any, error) bool) {
		for p := range ps {
			_, args, err := q.bind(reflect.ValueOf(p))
			if !yield(args, err) || err != nil {
				return
			}
		}
	})
	return n, q.wrap(err)
}

var errOptional = errors.New("ExecEach of a query with optional clauses or a list")

// Each yields the rows one by one. No other statement may run on tx meanwhile.
func (q Query[P, R]) Each(tx *Tx, p P) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var none R
		text, args, err := q.bind(reflect.ValueOf(p))
		if err != nil {
			yield(none, q.wrap(err))
			return
		}
		rows, err := tx.query(text, args)
		if err != nil {
			yield(none, q.wrap(err))
			return
		}
		more := true
		// Not closed by defer alone: the end of the rows may report an error.
		defer func() {
			if tx.rows == rows {
				_ = tx.done(rows)
			}
		}()
		var r R
		dst, err := q.targets(rows, reflect.ValueOf(&r).Elem())
		for err == nil && more && tx.next(rows) {
			if err = rows.Scan(dst...); err == nil {
				more = yield(r, nil)
			}
			if err == nil && more {
				err = tx.ctx.Err()
			}
		}
		if e := tx.done(rows); err == nil {
			err = e
		}
		if err != nil && more {
			yield(none, q.wrap(tx.doom(err)))
		}
	}
}

// Slice returns all rows.
func (q Query[P, R]) Slice(tx *Tx, p P) ([]R, error) {
	var out []R
	for r, err := range q.Each(tx, p) {
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// One returns the first row, and a fault.NotFound when there is none.
func (q Query[P, R]) One(tx *Tx, p P) (R, error) {
	for r, err := range q.Each(tx, p) {
		return r, err
	}
	var none R
	return none, q.wrap(fault.New(fault.NotFound, "没有找到这条记录，它可能已被删除。", "No such record: it may have been removed."))
}

// targets returns where Scan puts each column. The same places serve all rows:
// Scan copies blobs and allocates pointers anew.
func (q Query[P, R]) targets(rows *sql.Rows, r reflect.Value) ([]any, error) {
	cols, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	if err := q.fit(cols); err != nil {
		return nil, err
	}
	dst := make([]any, len(cols))
	for i, c := range cols {
		place, _ := q.out.lookup(c)
		dst[i] = at(r, place).Addr().Interface()
	}
	return dst, nil
}

// fit compares the columns of a result with the row struct.
func (s *statement) fit(cols []string) error {
	if s.out.single {
		if len(cols) != 1 {
			return fmt.Errorf("%d columns for a single %s", len(cols), s.outType)
		}
		return nil
	}
	for _, c := range cols {
		if _, ok := s.out.index[c]; !ok {
			return fmt.Errorf("%s has no field for column %q", s.outType, c)
		}
	}
	for _, name := range s.out.names {
		if !slices.Contains(cols, name) {
			return fmt.Errorf("no column for field %q of %s", name, s.outType)
		}
	}
	return nil
}
