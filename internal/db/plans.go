package db

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Plan is how an engine would answer a declared query, with some of its optional clauses.
type Plan struct {
	Text  string   // as the engine is asked, on one line
	Whole []string // tables of which every row is looked at, or every entry of an index
	Sorts bool     // all that is chosen is read and put in order, before there is a first row
	Says  string   // in the engine's words, a line a step
}

// mostChoices bounds the choices of optional clauses that are looked at.
const mostChoices = 1 << 10

// Plans asks the engine how it would answer the declared queries that name a table of an owner, each with every choice of
// its optional clauses. A planner goes by values: sample gives those of the parameters by their names, and where it has none
// the zero value stands in. It is for tests and benchmarks, and changes nothing.
func (d *DB) Plans(ctx context.Context, owner string, sample func(query, name string) (any, bool)) (all []Plan, err error) {
	names := regexp.MustCompile(`\b` + regexp.QuoteMeta(owner) + `_\w+`)
	for _, s := range declared {
		if !names.MatchString(s.source) || inserts.MatchString(s.source) {
			continue
		}
		for mask := range uint64(min(1<<s.optional, mostChoices)) {
			p, err := d.plan(ctx, s, mask, sample)
			if err != nil {
				return nil, s.wrap(err)
			}
			all = append(all, p)
		}
	}
	return all, nil
}

// inserts are what no index helps.
var inserts = regexp.MustCompile(`(?is)^\s*insert\b.*\bvalues\b`)

// Asked is a query as an engine was asked it.
type Asked struct {
	Text string
	Args []any
}

type watching struct{}

// Watch has a benchmark told of the queries that the transactions of a context ask.
func Watch(ctx context.Context, told func(Asked)) context.Context {
	return context.WithValue(ctx, watching{}, told)
}

// Bare asks the same once more, in a transaction, and reads the rows into nothing: what a use case costs is measured beside it.
func (d *DB) Bare(ctx context.Context, all []Asked) (n int, err error) {
	err = d.View(ctx, func(tx *Tx) error {
		for _, a := range all {
			rows, err := tx.query(a.Text, a.Args)
			if err != nil {
				return err
			}
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			to := make([]any, len(columns))
			for i := range to {
				to[i] = new(any)
			}
			for tx.next(rows) {
				if err := rows.Scan(to...); err != nil {
					return err
				}
				n++
			}
			if err := tx.done(rows); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

func (d *DB) plan(ctx context.Context, s *statement, mask uint64, sample func(query, name string) (any, bool)) (p Plan, err error) {
	args, err := s.sampled(mask, sample)
	if err != nil {
		return p, err
	}
	return d.PlanOf(ctx, Asked{s.render(choice{mask: mask, size: 1}), args})
}

// PlanOf is Plans for one query as it was asked.
func (d *DB) PlanOf(ctx context.Context, a Asked) (p Plan, err error) {
	text, args := a.Text, a.Args
	p.Text = strings.TrimSpace(space.ReplaceAllString(text, " "))
	explained, read := "EXPLAIN QUERY PLAN ", p.sqlite
	if d.engine == Postgres {
		explained, read = "EXPLAIN (FORMAT JSON) ", p.postgres
	}
	err = d.View(ctx, func(tx *Tx) error {
		rows, err := tx.query(explained+text, args)
		if err != nil {
			return err
		}
		var said []string
		for rows.Next() {
			var line string
			to := []any{&line}
			if d.engine == SQLite {
				to = []any{new(int), new(int), new(int), &line}
			}
			if err := rows.Scan(to...); err != nil {
				return err
			}
			said = append(said, line)
		}
		if err := tx.done(rows); err != nil {
			return err
		}
		p.Says = strings.Join(said, "\n")
		return read(said)
	})
	return p, err
}

// sampled are the arguments of the clauses that are in.
func (s *statement) sampled(mask uint64, sample func(query, name string) (any, bool)) (args []any, err error) {
	optional := 0
	for _, c := range s.pieces {
		if c.optional {
			optional++
			if mask&(1<<(optional-1)) == 0 {
				continue
			}
		}
		for i, place := range c.args {
			v := reflect.Zero(s.inType)
			if !s.in.single {
				v = reflect.Zero(s.inType.FieldByIndex(place).Type)
			}
			if v.Kind() == reflect.Pointer || c.lists[i] {
				v = reflect.Zero(v.Type().Elem())
			}
			a, err := argument(v)
			if x, ok := sample(s.source, c.names[i]); ok && err == nil {
				b, err := argument(reflect.ValueOf(x))
				if err != nil {
					return nil, fmt.Errorf("a sample of %s: %w", c.names[i], err)
				}
				if reflect.TypeOf(a) == reflect.TypeOf(b) { // else it is another parameter of the same name
					a = b
				}
			}
			if err != nil {
				return nil, err
			}
			args = append(args, a)
		}
	}
	return args, nil
}

var scanned = regexp.MustCompile(`^SCAN (\w+)`)

// sqlite reads https://www.sqlite.org/eqp.html.
func (p *Plan) sqlite(lines []string) error {
	for _, line := range lines {
		if m := scanned.FindStringSubmatch(line); m != nil {
			p.Whole = append(p.Whole, m[1])
		}
		p.Sorts = p.Sorts || line == "USE TEMP B-TREE FOR ORDER BY"
	}
	return nil
}

// planNode is a step of a plan of PostgreSQL.
type planNode struct {
	Type     string     `json:"Node Type"`
	Relation string     `json:"Relation Name"`
	Index    string     `json:"Index Name"`
	By       string     `json:"Index Cond"`
	Plans    []planNode `json:"Plans"`
}

func (p *Plan) postgres(lines []string) error {
	var whole []struct{ Plan planNode }
	if err := json.Unmarshal([]byte(strings.Join(lines, "\n")), &whole); err != nil || len(whole) == 0 {
		return fmt.Errorf("a plan that is none: %q: %w", lines, err)
	}
	var said []string
	var walk func(n planNode)
	walk = func(n planNode) {
		said = append(said, strings.Join(slices.DeleteFunc([]string{n.Type, n.Relation, n.Index, n.By}, func(s string) bool { return s == "" }), " "))
		all := n.Type == "Seq Scan" || n.By == "" && slices.Contains([]string{"Index Scan", "Index Only Scan"}, n.Type)
		if all && n.Relation != "" {
			p.Whole = append(p.Whole, n.Relation)
		}
		p.Sorts = p.Sorts || n.Type == "Sort"
		for _, below := range n.Plans {
			walk(below)
		}
	}
	walk(whole[0].Plan)
	p.Says = strings.Join(said, "\n")
	return nil
}
