package road

import (
	"math"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/flat"
)

// Save writes g's arrays as sections whose names begin with prefix.
func (g *Graph) Save(w *flat.Writer, prefix string) {
	flat.Put(w, prefix+"at", g.at)
	flat.Put(w, prefix+"first_out", g.firstOut)
	flat.Put(w, prefix+"head", g.head)
	flat.Put(w, prefix+"length", g.length)
	flat.Put(w, prefix+"edge_of", g.edgeOf)
	flat.Put(w, prefix+"ends", g.ends)
	flat.Put(w, prefix+"edge_length", g.edgeLength)
	flat.Put(w, prefix+"flags", g.flags)
	flat.Put(w, prefix+"name", g.name)
	flat.Put(w, prefix+"first_shape", g.firstShape)
	flat.Put(w, prefix+"shape", g.shape)
	flat.Put(w, prefix+"up_to", g.upTo)
	flat.Put(w, prefix+"first_name", g.firstName)
	flat.Put(w, prefix+"names", g.names)
	flat.Put(w, prefix+"boxes", g.tree.Boxes)
	flat.Put(w, prefix+"items", g.tree.Items)
	flat.Put(w, prefix+"component", g.component)
	sizes := make([]uint64, 0, 2*len(g.components))
	for _, c := range g.components {
		sizes = append(sizes, uint64(c.Nodes), math.Float64bits(c.LengthM))
	}
	flat.Put(w, prefix+"components", sizes)
}

// Load returns the graph whose sections begin with prefix. Its arrays are f's
// memory. Sections that do not belong together are fault.Invalid.
func Load(f *flat.File, prefix string) (*Graph, error) {
	g := &Graph{}
	l := loader{f: f, prefix: prefix}
	load(&l, "at", &g.at)
	load(&l, "first_out", &g.firstOut)
	load(&l, "head", &g.head)
	load(&l, "length", &g.length)
	load(&l, "edge_of", &g.edgeOf)
	load(&l, "ends", &g.ends)
	load(&l, "edge_length", &g.edgeLength)
	load(&l, "flags", &g.flags)
	load(&l, "name", &g.name)
	load(&l, "first_shape", &g.firstShape)
	load(&l, "shape", &g.shape)
	load(&l, "up_to", &g.upTo)
	load(&l, "first_name", &g.firstName)
	load(&l, "names", &g.names)
	load(&l, "boxes", &g.tree.Boxes)
	load(&l, "items", &g.tree.Items)
	load(&l, "component", &g.component)
	var sizes []uint64
	load(&l, "components", &sizes)
	if l.err != nil {
		return nil, l.err
	}
	for i := 0; i+1 < len(sizes); i += 2 {
		g.components = append(g.components, Component{int(sizes[i]), math.Float64frombits(sizes[i+1])})
	}
	if !g.coherent() {
		return nil, fault.New(fault.Invalid, "街道文件中的“%s”路网前后不符：请重新导入",
			"the %q network in the street file does not fit together: import again", prefix)
	}
	g.finish()
	return g, nil
}

type loader struct {
	f      *flat.File
	prefix string
	err    error
}

func load[T flat.Elem](l *loader, name string, into *[]T) {
	if l.err == nil {
		*into, l.err = flat.Get[T](l.f, l.prefix+name)
	}
}

// coherent reports whether the arrays' sizes fit together. That their content
// is what Save wrote is the file's checksum's to say.
func (g *Graph) coherent() bool {
	nodes, arcs, edges := len(g.at), len(g.head), len(g.flags)
	last := func(first []uint32) int {
		if len(first) == 0 {
			return 0
		}
		return int(first[len(first)-1])
	}
	counts := len(g.firstOut) == nodes+1 && len(g.length) == arcs && len(g.edgeOf) == arcs &&
		len(g.ends) == 2*edges && len(g.edgeLength) == edges && len(g.name) == edges &&
		len(g.firstShape) == edges+1 && len(g.upTo) == len(g.shape) && len(g.component) == nodes
	return counts && last(g.firstOut) == arcs && last(g.firstShape) == len(g.shape) &&
		last(g.firstName) == len(g.names) && g.tree.Valid(edges)
}
