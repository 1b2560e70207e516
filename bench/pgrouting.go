package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/xiadu/xiadu/internal/geo/road"
)

// pgroutingEntry puts the thousand random searches beside pgRouting, which is what
// a city's planners have: one call of pgr_drivingDistance for all sources, which
// reads the streets once and searches with boost's Dijkstra.
func pgroutingEntry(in *inputs) Entry {
	return Entry{
		Name: "reach-pgrouting", Unit: "searches/s", Peer: "pgRouting, one call", Must: 30, Stretch: 45,
		Run: func(ctx context.Context) (Figures, error) {
			city, err := in.openCity(ctx)
			if err != nil {
				return Figures{}, err
			}
			server, err := startPostgres(ctx, "pgrouting")
			if err != nil {
				return Figures{}, err
			}
			f, err := besidePgRouting(ctx, server, newRandomSearches(city))
			return f, errors.Join(err, server.stop())
		},
	}
}

func besidePgRouting(ctx context.Context, server *postgresServer, r *randomSearches) (Figures, error) {
	conn, err := pgx.Connect(ctx, server.dsn)
	if err != nil {
		return Figures{}, err
	}
	defer conn.Close(ctx) //nolint:errcheck // all of it was answered
	if err := layStreets(ctx, conn, r.graph); err != nil {
		return Figures{}, err
	}
	sources := make([]int64, len(r.starts))
	for i, s := range r.starts {
		sources[i] = int64(s.node)
	}
	var peer checksum
	f, err := interleave(ctx, 5, func() (float64, error) {
		took, err := seconds(wall, func() error { r.run(); return nil })
		return searches / took, err
	}, func() (float64, error) {
		took, err := seconds(wall, func() error {
			return conn.QueryRow(ctx, `SELECT count(*), sum(agg_cost)::bigint
				FROM pgr_drivingDistance('SELECT id, source, target, cost FROM arc', $1::bigint[], $2::float8, true)`,
				sources, float64(r.budget)).Scan(&peer.settled, &peer.sum)
		})
		return searches / took, err
	})
	if err != nil {
		return f, err
	}
	f, err = r.proven(f, peer)
	f.Note += "; on the wall, pgRouting's reading of the streets included"
	return f, err
}

// layStreets makes a table of g's arcs.
func layStreets(ctx context.Context, conn *pgx.Conn, g *road.Graph) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := conn.Exec(ctx, `CREATE EXTENSION pgrouting CASCADE;
		CREATE TABLE arc (id bigint PRIMARY KEY, source bigint NOT NULL, target bigint NOT NULL, cost float8 NOT NULL)`); err != nil {
		return fmt.Errorf("prepare PostgreSQL: %w", err)
	}
	var rows [][]any
	for n := range road.Node(g.Nodes()) {
		for a, last := g.Out(n); a < last; a++ {
			rows = append(rows, []any{int64(a), int64(n), int64(g.Head(a)), float64(g.Length(a))})
		}
	}
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"arc"}, []string{"id", "source", "target", "cost"}, pgx.CopyFromRows(rows)); err != nil {
		return fmt.Errorf("lay the streets into PostgreSQL: %w", err)
	}
	_, err := conn.Exec(ctx, "ANALYZE arc")
	return err
}
