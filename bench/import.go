package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmpbf"

	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// importEntries measure the way from an extract to a city that can be served,
// beside what nobody can avoid: to read and decode the extract's blocks. What a
// loader of a routing program makes is one graph in memory, and measured apart.
func importEntries(in *inputs) []Entry {
	return []Entry{{
		Name: "import-speed", Unit: "MB/s", Peer: "decoding only, paulmach/osm",
		Must: 1.0 / 3, Stretch: 0.5,
		Run: func(ctx context.Context) (Figures, error) { return importSpeed(ctx, in) },
	}, {
		Name: "import-memory", Unit: "MB", Peer: "2 × both graphs + 200 MB", Less: true,
		Must: 1, Stretch: 1.5,
		Run: func(ctx context.Context) (Figures, error) { return importMemory(ctx, in) },
	}, {
		Name: "import-walking", Unit: "MB/s", Peer: "decoding only, paulmach/osm",
		Must: 1.0 / 3, Stretch: 0.5,
		Run: func(ctx context.Context) (Figures, error) { return importWalking(ctx) },
	}}
}

const mega = 1e6

// importRuns are the costs of some imports and of as many decodings, each in a
// process of its own, in turn.
type importRuns struct {
	imported, decoded []cost
	note              string
}

// importsOf runs them once for both entries.
func importsOf(ctx context.Context, in *inputs) (*importRuns, error) {
	if in.imports != nil {
		return in.imports, nil
	}
	path, err := provinceFile(ctx)
	if err != nil {
		return nil, err
	}
	runs, err := runsOf(ctx, path, "import", path, provincePath())
	if err != nil {
		return nil, err
	}
	runs.note, err = importWhole(ctx, in, path)
	in.imports = runs
	return runs, err
}

// runsOf runs a part and the decoding of the extract at path in turn.
func runsOf(ctx context.Context, path, part string, args ...string) (*importRuns, error) {
	var runs importRuns
	side := func(into *[]cost, name string, args ...string) func() (float64, error) {
		return func() (float64, error) {
			c, err := costOf(ctx, name, args...)
			*into = append(*into, c)
			return c.Seconds, err
		}
	}
	_, err := interleave(ctx, 3, side(&runs.imported, part, args...), side(&runs.decoded, "decode", path))
	return &runs, err
}

func medianOf(costs []cost, figure func(cost) float64) float64 {
	var values []float64
	for _, c := range costs {
		values = append(values, figure(c))
	}
	return median(values)
}

func importSpeed(ctx context.Context, in *inputs) (Figures, error) {
	runs, err := importsOf(ctx, in)
	if err != nil {
		return Figures{}, err
	}
	return runs.speed(ctx)
}

// importWalking measures the reading of the extract and the walking graph alone.
func importWalking(ctx context.Context) (Figures, error) {
	path, err := provinceFile(ctx)
	if err != nil {
		return Figures{}, err
	}
	runs, err := runsOf(ctx, path, "walk", path)
	if err != nil {
		return Figures{}, err
	}
	runs.note = "the graph in memory, and nothing else; the entries above prove that it is whole"
	return runs.speed(ctx)
}

// speed is how fast the import and the decoding went through the extract.
func (runs *importRuns) speed(ctx context.Context) (Figures, error) {
	path, err := provinceFile(ctx)
	if err != nil {
		return Figures{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return Figures{}, err
	}
	size := float64(info.Size()) / mega
	busy := func(c cost) float64 { return c.Processor }
	speed := func(c cost) float64 { return size / c.Seconds }
	return Figures{
		Ours: medianOf(runs.imported, speed), Peer: medianOf(runs.decoded, speed),
		Note: fmt.Sprintf("%.0f MB; processor %.1f s beside %.1f s; %s",
			size, medianOf(runs.imported, busy), medianOf(runs.decoded, busy), runs.note),
	}, nil
}

// importMemory compares the peak of an import with a limit: what it makes twice
// over, and room for the blocks under way.
func importMemory(ctx context.Context, in *inputs) (Figures, error) {
	runs, err := importsOf(ctx, in)
	if err != nil {
		return Figures{}, err
	}
	big, err := atlas.Open(provincePath())
	if err != nil {
		return Figures{}, err
	}
	graphs := float64(graphBytes(big.Walk)+graphBytes(big.Ebike)) / mega
	megabytes := func(c cost) float64 { return float64(c.Bytes) / mega }
	return Figures{
		Ours: medianOf(runs.imported, megabytes), Peer: 2*graphs + 200,
		Note: fmt.Sprintf("peak resident of the process; both graphs are %.0f MB; decoding only peaks at %.0f MB", graphs, medianOf(runs.decoded, megabytes)),
	}, nil
}

// importWhole proves that nothing is lost on the way: both readers find the
// elements of the city in each of its copies, and the streets of all copies are
// in the graphs.
func importWhole(ctx context.Context, in *inputs, path string) (string, error) {
	src, err := cityFile()
	if err != nil {
		return "", err
	}
	once, err := decode(ctx, src)
	if err != nil {
		return "", err
	}
	all, err := decode(ctx, path)
	if err != nil {
		return "", err
	}
	const copies = provinceSide * provinceSide
	if all != copies*once {
		return "", fmt.Errorf("the lattice has %d elements, not %d × %d", all, copies, once)
	}
	city, err := in.openCity(ctx)
	if err != nil {
		return "", err
	}
	big, err := atlas.Open(provincePath())
	if err != nil {
		return "", err
	}
	for _, g := range []struct{ one, all *road.Graph }{{city.Walk, big.Walk}, {city.Ebike, big.Ebike}} {
		if g.all.Nodes() != copies*g.one.Nodes() || g.all.Arcs() != copies*g.one.Arcs() {
			return "", fmt.Errorf("the lattice has %d nodes and %d arcs, not %d × %d and %d",
				g.all.Nodes(), g.all.Arcs(), copies, g.one.Nodes(), g.one.Arcs())
		}
	}
	return fmt.Sprintf("%d elements to %d nodes and %d arcs on foot, each copy whole", all, big.Walk.Nodes(), big.Walk.Arcs()), nil
}

// decode reads a whole extract and returns how many elements it has.
func decode(ctx context.Context, path string) (elements int, err error) {
	err = scan(ctx, path, func(osm.Object) { elements++ })
	return elements, err
}

func scan(ctx context.Context, path string, visit func(osm.Object)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	s := osmpbf.New(ctx, f, runtime.GOMAXPROCS(0))
	for s.Scan() {
		visit(s.Object())
	}
	return errors.Join(s.Err(), s.Close())
}

// graphBytes is the memory of a graph's arrays, but for its names.
func graphBytes(g *road.Graph) int {
	const (
		node   = 8 + 4 + 4         // position, first arc, component
		arc    = 4 + 4 + 4         // head, length, edge
		edge   = 8 + 4 + 1 + 4 + 4 // ends, length, flags, name, first vertex
		tree   = 4 + 16 + 1        // item, box, its share of the levels above
		vertex = 8                 // of the course
		fixed  = 4 + 4             // one past the last node and edge
	)
	vertices := 0
	for e := range g.Edges() {
		vertices += len(g.Shape(road.Edge(e)))
	}
	return fixed + node*g.Nodes() + arc*g.Arcs() + (edge+tree)*g.Edges() + vertex*vertices
}
