package atlas

import (
	"iter"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/flat"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// Place is something that people name or look for.
type Place struct {
	Ref  string // "n123", "w123" or "r123": the OpenStreetMap object, stable between imports
	Kind string // Street, Address, or the tag that says what it is, such as "amenity=bank"
	Name string // "" for things that have none, such as most toilets
	At   geo.Point
	Tags osm.Tags
}

// The kinds of place that are no single tag.
const (
	Street  = "street"
	Address = "address"
)

// Places are a city's places, in columns that lie in the atlas file. Texts are
// kept once: kinds, tag keys and most values repeat.
type Places struct {
	id     []int64 // OpenStreetMap id << 2, + its object
	at     []geo.Fixed
	kind   []uint32 // a text
	name   []uint32 // a text
	tagEnd []uint32 // of each place, into tags
	tags   []uint32 // texts: key, value, key, value …

	textEnd []uint32 // of each text, into text
	text    []byte

	index    []byte   // what is searched: see search.go
	indexEnd []uint32 // of each place, into index
}

// object is what an OpenStreetMap id numbers, in the low bits of Places.id.
type object uint8

const (
	node object = iota
	way
	relation
)

// Len returns the number of places.
func (ps *Places) Len() int { return len(ps.id) }

// At returns place i.
func (ps *Places) At(i int) Place {
	p := Place{
		Ref: refOf(ps.id[i]), Kind: ps.textAt(ps.kind[i]), Name: ps.textAt(ps.name[i]), At: ps.at[i].Point(),
	}
	from := uint32(0)
	if i > 0 {
		from = ps.tagEnd[i-1]
	}
	for t := from; t < ps.tagEnd[i]; t += 2 {
		p.Tags = append(p.Tags, osm.Tag{Key: ps.textAt(ps.tags[t]), Value: ps.textAt(ps.tags[t+1])})
	}
	return p
}

// Of goes through the places of the given kinds, such as "amenity=bank".
func (ps *Places) Of(kinds ...string) iter.Seq[Place] {
	return func(yield func(Place) bool) {
		wanted := map[string]bool{}
		for _, k := range kinds {
			wanted[k] = true
		}
		known := map[uint32]bool{} // texts of kinds that were looked at
		for i, k := range ps.kind {
			want, seen := known[k]
			if !seen {
				want = wanted[ps.textAt(k)]
				known[k] = want
			}
			if want && !yield(ps.At(i)) {
				return
			}
		}
	}
}

func (ps *Places) textAt(i uint32) string {
	from := uint32(0)
	if i > 0 {
		from = ps.textEnd[i-1]
	}
	return string(ps.text[from:ps.textEnd[i]]) // a copy: it may outlive the file
}

func (ps *Places) save(w *flat.Writer) {
	flat.Put(w, "places.id", ps.id)
	flat.Put(w, "places.at", ps.at)
	flat.Put(w, "places.kind", ps.kind)
	flat.Put(w, "places.name", ps.name)
	flat.Put(w, "places.tag_end", ps.tagEnd)
	flat.Put(w, "places.tags", ps.tags)
	flat.Put(w, "places.text_end", ps.textEnd)
	flat.Put(w, "places.text", ps.text)
	flat.Put(w, "places.index", ps.index)
	flat.Put(w, "places.index_end", ps.indexEnd)
}

func loadPlaces(f *flat.File) (*Places, error) {
	ps := &Places{}
	l := loader{f: f, part: "places."}
	section(&l, "id", &ps.id)
	section(&l, "at", &ps.at)
	section(&l, "kind", &ps.kind)
	section(&l, "name", &ps.name)
	section(&l, "tag_end", &ps.tagEnd)
	section(&l, "tags", &ps.tags)
	section(&l, "text_end", &ps.textEnd)
	section(&l, "text", &ps.text)
	section(&l, "index", &ps.index)
	section(&l, "index_end", &ps.indexEnd)
	if l.err != nil {
		return nil, l.err
	}
	if !ps.coherent() {
		return nil, fault.New(fault.Invalid, "街道文件中的地名前后不符：请用 xiadu import streets 重新导入",
			"the places in the street file do not fit together: import again with xiadu import streets")
	}
	return ps, nil
}

// loader reads the sections of one part of the file until one fails.
type loader struct {
	f    *flat.File
	part string
	err  error
}

func section[T flat.Elem](l *loader, name string, into *[]T) {
	if l.err == nil {
		*into, l.err = flat.Get[T](l.f, l.part+name)
	}
}

// coherent reports whether the columns' sizes fit together; that their content
// is what was saved is the file's checksum's to say.
func (ps *Places) coherent() bool {
	n := len(ps.id)
	ends := func(end []uint32, count, total int) bool {
		return len(end) == count && (count == 0 && total == 0 || count > 0 && int(end[count-1]) == total)
	}
	return len(ps.at) == n && len(ps.kind) == n && len(ps.name) == n &&
		ends(ps.tagEnd, n, len(ps.tags)) && ends(ps.indexEnd, n, len(ps.index)) &&
		ends(ps.textEnd, len(ps.textEnd), len(ps.text))
}
