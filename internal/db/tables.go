package db

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// table is a table as both engines describe it.
type table struct {
	Name    string   `json:"table"`
	Columns []column `json:"columns"`
	key     []string // primary key, in order
	parents []string // tables its foreign keys name
}

type column struct {
	Name string `json:"name"`
	Type kind   `json:"type"`
}

// kind is the type of a column without the engine's spelling.
type kind string

const (
	kindText  kind = "text"
	kindInt   kind = "int"
	kindFloat kind = "float"
	kindBool  kind = "bool"
	kindTime  kind = "time"
	kindBytes kind = "bytes"
)

// kinds has the spellings of the DDL common to both engines, as SQLite repeats
// them and as PostgreSQL names them.
var kinds = map[string]kind{
	"text": kindText, "varchar": kindText, "character varying": kindText,
	"bigint": kindInt, "integer": kindInt, "int": kindInt, "smallint": kindInt,
	"double precision": kindFloat, "real": kindFloat,
	"boolean":   kindBool,
	"timestamp": kindTime, "timestamp without time zone": kindTime,
	"bytea": kindBytes, "blob": kindBytes,
}

// catalogue reads names and columns: one row per column.
type catalogueRow struct {
	Table  string `db:"tbl"`
	Column string `db:"col"`
	Type   string `db:"kind"`
	Key    int64  `db:"pk"` // place in the primary key, from 1
}

type parentRow struct {
	Table  string `db:"tbl"`
	Parent string `db:"parent"`
}

// The catalogues differ by engine, so these are the only texts that are not
// declared for both.
const (
	sqliteColumns = `SELECT m.name AS tbl, c.name AS col, lower(c.type) AS kind, c.pk AS pk
		FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid`
	sqliteParents = `SELECT m.name AS tbl, f."table" AS parent
		FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`
	postgresColumns = `SELECT c.table_name::text AS tbl, c.column_name::text AS col, c.data_type::text AS kind,
		COALESCE((SELECT k.ordinal_position FROM information_schema.table_constraints t
			JOIN information_schema.key_column_usage k USING (constraint_schema, constraint_name, table_name)
			WHERE t.constraint_type = 'PRIMARY KEY' AND t.table_schema = c.table_schema
			AND t.table_name = c.table_name AND k.column_name = c.column_name), 0)::bigint AS pk
		FROM information_schema.columns c JOIN information_schema.tables b USING (table_schema, table_name)
		WHERE c.table_schema = current_schema() AND b.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position`
	postgresParents = `SELECT c.relname::text AS tbl, p.relname::text AS parent FROM pg_constraint f
		JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class p ON p.oid = f.confrelid
		JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE f.contype = 'f' AND n.nspname = current_schema()`
)

// rawRows reads a text that belongs to one engine.
func rawRows[R any](tx *Tx, sqlite, postgres string) ([]R, error) {
	text := sqlite
	if tx.engine == Postgres {
		text = postgres
	}
	return Query[None, R]{undeclared(text, reflect.TypeFor[None](), reflect.TypeFor[R]())}.Slice(tx, None{})
}

// tablesOf returns the tables of the owners, parents before their children.
func tablesOf(tx *Tx, owners []string) ([]table, error) {
	cols, err := rawRows[catalogueRow](tx, sqliteColumns, postgresColumns)
	if err != nil {
		return nil, err
	}
	byName := map[string]*table{}
	var names []string
	for _, c := range cols {
		if !owned(c.Table, owners) {
			continue
		}
		t := byName[c.Table]
		if t == nil {
			t = &table{Name: c.Table}
			byName[c.Table] = t
			names = append(names, c.Table)
		}
		k, ok := kinds[c.Type]
		if !ok {
			return nil, fmt.Errorf("db: %s.%s has type %q, which is not common to both engines", c.Table, c.Column, c.Type)
		}
		t.Columns = append(t.Columns, column{c.Column, k})
		if c.Key > 0 {
			t.key = append(t.key, "") // placed below
		}
	}
	for _, c := range cols {
		if t := byName[c.Table]; t != nil && c.Key > 0 {
			t.key[c.Key-1] = c.Column
		}
	}
	parents, err := rawRows[parentRow](tx, sqliteParents, postgresParents)
	if err != nil {
		return nil, err
	}
	for _, p := range parents {
		if t := byName[p.Table]; t != nil && p.Parent != p.Table {
			t.parents = append(t.parents, p.Parent)
		}
	}
	slices.Sort(names)
	return parentsFirst(byName, names), nil
}

// owned tells an owner's tables by their prefix. The version table is left
// out: a copy carries the version in its head.
func owned(name string, owners []string) bool {
	for _, o := range owners {
		if strings.HasPrefix(name, o+"_") && name != o+"_migration" {
			return true
		}
	}
	return false
}

func parentsFirst(byName map[string]*table, names []string) []table {
	var out []table
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		t := byName[name]
		if t == nil || seen[name] {
			return
		}
		seen[name] = true
		slices.Sort(t.parents)
		for _, p := range t.parents {
			visit(p)
		}
		out = append(out, *t)
	}
	for _, name := range names {
		visit(name)
	}
	return out
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quotedAll(cols []column) string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = quoted(c.Name)
	}
	return strings.Join(names, ", ")
}

// selectAll reads the whole table in an order that is the same on both engines,
// so that equal data makes equal copies.
func (t table) selectAll(engine string) string {
	order := t.key
	if len(order) == 0 {
		for _, c := range t.Columns {
			order = append(order, c.Name)
		}
	}
	by := make([]string, len(order))
	for i, name := range order {
		by[i] = quoted(name)
		at := slices.IndexFunc(t.Columns, func(c column) bool { return c.Name == name })
		if engine == Postgres && t.Columns[at].Type == kindText {
			by[i] += ` COLLATE "C"`
		}
	}
	return fmt.Sprintf("SELECT %s FROM %s ORDER BY %s", quotedAll(t.Columns), quoted(t.Name), strings.Join(by, ", "))
}

func (t table) insert() string {
	marks := make([]string, len(t.Columns))
	for i := range marks {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", quoted(t.Name), quotedAll(t.Columns), strings.Join(marks, ", "))
}
