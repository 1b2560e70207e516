package db

import (
	"context"
	"errors"
	"reflect"
	"regexp"

	"github.com/jackc/pgx/v5/stdlib"
)

// Check prepares every declared query of this program, optional clauses
// included, and compares the columns it returns with its row struct. Queries on
// tables of owners that have not been migrated here are passed over. It is for
// dbtest.Prepare and changes nothing.
func (d *DB) Check(ctx context.Context) error {
	owners := d.owners()
	var errs []error
	for _, s := range declared {
		cols, err := d.columns(ctx, s)
		switch {
		case foreign(err, owners):
			continue
		case err == nil && cols != nil:
			err = s.fit(cols)
		}
		errs = append(errs, s.wrap(err))
	}
	return errors.Join(errs...)
}

// absent finds the table in either engine's complaint.
var absent = regexp.MustCompile(`no such table: (\w+)|relation "(\w+)" does not exist`)

func foreign(err error, owners []string) bool {
	if err == nil {
		return false
	}
	m := absent.FindStringSubmatch(err.Error())
	return m != nil && !owned(m[1]+m[2], owners)
}

// columns prepares s and returns the columns of its result, or nil when the
// engine tells them only by running it.
func (d *DB) columns(ctx context.Context, s *statement) (cols []string, err error) {
	text := s.render(choice{mask: ^uint64(0), size: 1})
	err = d.View(ctx, func(tx *Tx) error {
		if r, ok := tx.run.(pgRunner); ok {
			cols, err = r.columns(ctx, text)
			return err
		}
		r := tx.run.(*session)
		st, err := r.conn.PrepareContext(ctx, text)
		if err != nil {
			return err
		}
		defer st.Close() //nolint:errcheck // nothing was written through it
		if s.outType == reflect.TypeFor[None]() || !reads.MatchString(text) {
			return nil
		}
		// Zero values stand in for the parameters: a NULL in LIMIT is refused.
		rows, err := st.QueryContext(ctx, s.zeroes()...)
		if err != nil {
			return err
		}
		defer rows.Close() //nolint:errcheck // as above
		cols, err = rows.Columns()
		return errors.Join(err, rows.Err())
	})
	return cols, err
}

var reads = regexp.MustCompile(`(?i)^\s*(select|with)\b`)

// zeroes returns an argument of each parameter's type.
func (s *statement) zeroes() []any {
	var args []any
	for _, p := range s.pieces {
		for _, place := range p.args {
			t := s.inType
			if !s.in.single {
				t = t.FieldByIndex(place).Type
			}
			if t.Kind() == reflect.Pointer {
				t = t.Elem()
			}
			a, err := argument(reflect.Zero(t))
			if err != nil {
				a = err.Error()
			}
			args = append(args, a)
		}
	}
	return args
}

func (r pgRunner) columns(ctx context.Context, text string) ([]string, error) {
	var cols []string
	err := r.conn.Raw(func(driver any) error {
		d, err := driver.(*stdlib.Conn).Conn().Prepare(ctx, "", text)
		if err != nil {
			return err
		}
		for _, f := range d.Fields {
			cols = append(cols, f.Name)
		}
		return nil
	})
	return cols, err
}
