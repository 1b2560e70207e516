package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/osm"
)

// oneBlock is a map of one street with a crossing, and a relation of all kinds.
func oneBlock() *source {
	return &source{
		nodes: []*osm.Node{
			{ID: 10, Lon: 101.5, Lat: 36.25},
			{ID: 12, Lon: 101.5000001, Lat: 36.2600001, Tags: osm.Tags{{Key: "highway", Value: "crossing"}, {Key: "name", Value: "大十字"}}},
		},
		ways: []*osm.Way{{ID: 7, Tags: osm.Tags{{Key: "highway", Value: "residential"}}, Nodes: osm.WayNodes{{ID: 12}, {ID: 10}}}},
		relations: []*osm.Relation{{ID: 3, Tags: osm.Tags{{Key: "type", Value: "site"}}, Members: osm.Members{
			{Type: osm.TypeWay, Ref: 7, Role: "outer"}, {Type: osm.TypeNode, Ref: 10, Role: "label"}, {Type: osm.TypeRelation, Ref: 3},
		}}},
	}
}

// The peer reads back each copy as it was, but for where and under which ids.
func TestLatticeIsReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lattice.osm.pbf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	src := oneBlock()
	if err := src.repeat(f, 2); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	back, err := readSource(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if len(back.nodes) != 8 || len(back.ways) != 4 || len(back.relations) != 4 {
		t.Fatalf("%d nodes, %d ways, %d relations", len(back.nodes), len(back.ways), len(back.relations))
	}
	for n, by := range src.shifts(2) {
		node, way, relation := back.nodes[2*n+1], back.ways[n], back.relations[n]
		if int64(node.ID) != 12+int64(n)*13 || fixed(node.Lon) != 1015000001+by.lon || fixed(node.Lat) != 362600001+by.lat {
			t.Errorf("copy %d: node %+v", n, node)
		}
		if diff := cmp.Diff(src.nodes[1].Tags, node.Tags); diff != "" {
			t.Errorf("copy %d: tags %s", n, diff)
		}
		if way.ID != osm.WayID(7+n*8) || way.Nodes[0].ID != node.ID || way.Nodes[1].ID != back.nodes[2*n].ID || way.Tags.Find("highway") != "residential" {
			t.Errorf("copy %d: way %+v", n, way)
		}
		want := osm.Members{
			{Type: osm.TypeWay, Ref: int64(way.ID), Role: "outer"},
			{Type: osm.TypeNode, Ref: int64(back.nodes[2*n].ID), Role: "label"},
			{Type: osm.TypeRelation, Ref: int64(relation.ID)},
		}
		if diff := cmp.Diff(want, relation.Members); diff != "" {
			t.Errorf("copy %d: members %s", n, diff)
		}
	}
}

func TestCopiesLieApart(t *testing.T) {
	shifts := oneBlock().shifts(2)
	if shifts[0] != (shift{}) || shifts[1].lon < apart || shifts[1].lat != 0 || shifts[2].lat < apart || shifts[2].lon != 0 {
		t.Errorf("%+v", shifts)
	}
}

func TestRedisReplies(t *testing.T) {
	for _, c := range []struct {
		said string
		want []string
		bad  bool
	}{
		{"+PONG\r\n", []string{"PONG"}, false},
		{":12\r\n", []string{"12"}, false},
		{"$4\r\nS-01\r\n", []string{"S-01"}, false},
		{"$-1\r\n", nil, false},
		{"*2\r\n$1\r\na\r\n$2\r\nbc\r\n", []string{"a", "bc"}, false},
		{"*0\r\n", nil, false},
		{"-ERR no such command\r\n", nil, true},
		{"*2\r\n$1\r\na\r\n", nil, true},
		{"?\r\n", nil, true},
		{"\n", nil, true},
	} {
		got, err := readReply(bufio.NewReader(strings.NewReader(c.said)))
		if diff := cmp.Diff(c.want, got); err == nil && diff != "" || (err != nil) != c.bad {
			t.Errorf("%q: %q, %v", c.said, got, err)
		}
	}
}
