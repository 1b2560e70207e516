package tile

import (
	"errors"
	"slices"
	"strconv"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/flat"
)

// Save writes the map's arrays, all named tile.*.
func (b *Base) Save(w *flat.Writer) {
	flat.Put(w, "tile.class", b.class)
	flat.Put(w, "tile.zoom", b.zoom)
	flat.Put(w, "tile.rings", b.rings)
	flat.Put(w, "tile.ends", b.ends)
	flat.Put(w, "tile.vertices", b.vertices)
	flat.Put(w, "tile.names", b.names)
	flat.Put(w, "tile.textends", b.textEnds)
	flat.Put(w, "tile.text", b.text)
	flat.Put(w, "tile.box", []geo.Box{b.box})
	for i, band := range b.bands {
		n := strconv.Itoa(i)
		flat.Put(w, "tile.boxes."+n, band.tree.Boxes)
		flat.Put(w, "tile.items."+n, band.tree.Items)
	}
}

// Load opens what Save wrote, without copying it.
// Arrays that do not fit together are fault.Invalid.
func Load(f *flat.File) (*Base, error) {
	b := &Base{}
	var box []geo.Box
	err := errors.Join(
		get(f, "class", &b.class), get(f, "zoom", &b.zoom), get(f, "rings", &b.rings), get(f, "ends", &b.ends),
		get(f, "vertices", &b.vertices), get(f, "names", &b.names), get(f, "textends", &b.textEnds), get(f, "text", &b.text),
		get(f, "box", &box))
	var first uint32
	for i := range b.bands {
		n := strconv.Itoa(i)
		b.bands[i].first = first
		err = errors.Join(err, get(f, "boxes."+n, &b.bands[i].tree.Boxes), get(f, "items."+n, &b.bands[i].tree.Items))
		first += uint32(len(b.bands[i].tree.Items))
	}
	if err != nil {
		return nil, err
	}
	if len(box) != 1 || int(first) != len(b.class) || !b.fits() {
		return nil, fault.New(fault.Invalid, "街道文件中的底图前后不符：请用 xiadu import streets 重新导入",
			"the base map in the street file does not fit together: import again with xiadu import streets")
	}
	b.box = box[0]
	return b, nil
}

func get[T flat.Elem](f *flat.File, name string, to *[]T) (err error) {
	*to, err = flat.Get[T](f, "tile."+name)
	return err
}

// fits reports whether no index leads outside its array.
func (b *Base) fits() bool {
	n := len(b.class)
	if len(b.zoom) != n || len(b.rings) != n || len(b.names) != 3*n || len(b.textEnds) == 0 {
		return false
	}
	for _, band := range b.bands {
		if !band.tree.Valid(len(band.tree.Items)) {
			return false
		}
	}
	// Every feature has a ring and every ring a vertex; a text may be empty.
	return rising(b.rings, 1, len(b.ends)) && rising(b.ends, 1, len(b.vertices)) && rising(b.textEnds, 0, len(b.text)) &&
		!slices.ContainsFunc(b.names, func(i uint32) bool { return int(i) >= len(b.textEnds) }) &&
		!slices.ContainsFunc(b.class, func(c byte) bool { return c >= byte(classes) })
}

// rising reports whether each end lies at least step beyond the one before, and
// the last at last.
func rising(ends []uint32, step, last int) bool {
	before := 0
	for _, end := range ends {
		if int(end) < before+step {
			return false
		}
		before = int(end)
	}
	return before == last
}
