package main

import (
	"bufio"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/paulmach/osm"
)

// The sides of the lattices. 36 copies of a city are a file of tens of megabytes
// and a network of more than half a million nodes, as of a metropolis; 144 are a
// hundred megabytes and two and a half million, as of a province.
const metropolisSide, provinceSide = 6, 12

// apart is how far the copies lie from each other, in 1e-7 degrees: about two
// kilometres, more than anyone is looked for from a street.
const apart = 200_000

// source is a whole map in memory.
type source struct {
	nodes     []*osm.Node
	ways      []*osm.Way
	relations []*osm.Relation
}

// latticeOf returns the file of the map at path repeated side × side times, under
// ids and in places of their own. It is made once and kept in outDir.
func latticeOf(ctx context.Context, path string, side int) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	out := filepath.Join(outDir, fmt.Sprintf("lattice-%d-%08x.osm.pbf", side, crc32.ChecksumIEEE(raw)))
	if _, err := os.Stat(out); err == nil {
		return out, nil
	}
	src, err := readSource(ctx, path)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	if err := os.MkdirAll(outDir, 0o755); err != nil {
		return "", err
	}
	f, err := os.CreateTemp(outDir, "lattice-*.tmp")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it is gone when all went well
	w := bufio.NewWriterSize(f, 1<<20)
	if err := src.repeat(w, side); err != nil {
		return "", fmt.Errorf("write the lattice: %w", err)
	}
	if err := w.Flush(); err != nil {
		return "", err
	}
	if err := f.Close(); err != nil {
		return "", err
	}
	return out, os.Rename(f.Name(), out)
}

func readSource(ctx context.Context, path string) (*source, error) {
	var s source
	err := scan(ctx, path, func(o osm.Object) {
		switch o := o.(type) {
		case *osm.Node:
			s.nodes = append(s.nodes, o)
		case *osm.Way:
			s.ways = append(s.ways, o)
		case *osm.Relation:
			s.relations = append(s.relations, o)
		}
	})
	return &s, err
}

// repeat writes side × side copies, sorted by type and id as extracts are.
func (s *source) repeat(w io.Writer, side int) error {
	p := pbfWriter{w: w}
	if err := p.header(); err != nil {
		return err
	}
	shifts := s.shifts(side)
	if err := blocks(s.nodes, shifts, p.nodes); err != nil {
		return err
	}
	if err := blocks(s.ways, shifts, p.ways); err != nil {
		return err
	}
	return blocks(s.relations, shifts, p.relations)
}

func blocks[T any](elements []T, shifts []shift, write func([]T, shift) error) error {
	for _, by := range shifts {
		for chunk := range slices.Chunk(elements, blockSize) {
			if err := write(chunk, by); err != nil {
				return err
			}
		}
	}
	return nil
}

// shifts returns where each copy goes. The first stays.
func (s *source) shifts(side int) []shift {
	var stride shift
	west, south, east, north := int64(1<<62), int64(1<<62), int64(-1<<62), int64(-1<<62)
	for _, n := range s.nodes {
		stride.node = max(stride.node, int64(n.ID)+1)
		west, east = min(west, fixed(n.Lon)), max(east, fixed(n.Lon))
		south, north = min(south, fixed(n.Lat)), max(north, fixed(n.Lat))
	}
	for _, w := range s.ways {
		stride.way = max(stride.way, int64(w.ID)+1)
	}
	for _, r := range s.relations {
		stride.relation = max(stride.relation, int64(r.ID)+1)
	}
	var all []shift
	for y := range int64(side) {
		for x := range int64(side) {
			n := y*int64(side) + x
			all = append(all, shift{
				node: n * stride.node, way: n * stride.way, relation: n * stride.relation,
				lon: x * (east - west + apart), lat: y * (north - south + apart),
			})
		}
	}
	return all
}
