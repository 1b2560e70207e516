package atlas

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/flat"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// Boundary is the outline of an administrative division that lies in the
// extract as a whole: those that the extract cuts through are not kept, since
// nothing could be said of all of them.
type Boundary struct {
	Ref    string        `json:"ref"` // "r123": the OpenStreetMap relation, stable between imports
	Name   string        `json:"name"`
	NameEN string        `json:"name_en,omitempty"`
	Code   string        `json:"code,omitempty"` // the relation's ref, in China mostly the GB/T 2260 code where there is one
	Level  int           `json:"level"`          // admin_level: in China 4 province, 5 prefecture, 6 county, 8 township or subdistrict
	Rings  [][]geo.Fixed `json:"-"`              // each an outer ring or a hole; what an odd number of them encloses is inside
}

// The levels that are kept: from provinces to villages and neighbourhoods.
const highestLevel, lowestLevel = 4, 10

// boundariesOf gathers the named divisions of an extract, the largest first.
func boundariesOf(x *osm.Extract) []Boundary {
	var out []Boundary
	for _, a := range x.Borders {
		level, err := strconv.Atoi(a.Tags.Get("admin_level"))
		name := nameOf(a.Tags)
		if err != nil || level < highestLevel || level > lowestLevel || name == "" {
			continue
		}
		b := Boundary{Ref: refOf(idOf(relation, a.ID)), Name: name, NameEN: a.Tags.Get("name:en"), Code: a.Tags.Get("ref"), Level: level}
		for _, polygon := range a.Polygons {
			for _, ring := range polygon {
				b.Rings = append(b.Rings, x.Line(ring))
			}
		}
		out = append(out, b)
	}
	slices.SortStableFunc(out, func(a, b Boundary) int { return a.Level - b.Level })
	return out
}

// Contains reports whether p lies in the division.
func (b *Boundary) Contains(p geo.Fixed) bool {
	in := false
	for _, ring := range b.Rings {
		in = in != osm.Inside(p, ring)
	}
	return in
}

func saveBoundaries(w *flat.Writer, boundaries []Boundary) error {
	about, err := json.Marshal(boundaries)
	if err != nil {
		return err
	}
	var at []geo.Fixed
	var ringEnd, end []uint32
	for _, b := range boundaries {
		for _, ring := range b.Rings {
			at = append(at, ring...)
			ringEnd = append(ringEnd, uint32(min(len(at), math.MaxUint32)))
		}
		end = append(end, uint32(len(ringEnd)))
	}
	flat.Put(w, "boundaries.about", about)
	flat.Put(w, "boundaries.at", at)
	flat.Put(w, "boundaries.ring_end", ringEnd)
	flat.Put(w, "boundaries.end", end)
	return nil
}

func loadBoundaries(f *flat.File) ([]Boundary, error) {
	var about []byte
	var at []geo.Fixed
	var ringEnd, end []uint32
	l := loader{f: f, part: "boundaries."}
	section(&l, "about", &about)
	section(&l, "at", &at)
	section(&l, "ring_end", &ringEnd)
	section(&l, "end", &end)
	if l.err != nil {
		return nil, l.err
	}
	misfit := func(cause error) error {
		return fault.New(fault.Invalid, "街道文件中的行政区划界线前后不符：请用 xiadu import streets 重新导入",
			"the boundaries in the street file do not fit together: import again with xiadu import streets").Because(cause)
	}
	var out []Boundary
	if err := json.Unmarshal(about, &out); err != nil {
		return nil, misfit(err)
	}
	if len(out) != len(end) || !rising(end, len(ringEnd)) || !rising(ringEnd, len(at)) {
		return nil, misfit(nil)
	}
	var ring, vertex uint32
	for i := range out {
		for ; ring < end[i]; ring++ {
			out[i].Rings = append(out[i].Rings, at[vertex:ringEnd[ring]:ringEnd[ring]])
			vertex = ringEnd[ring]
		}
	}
	return out, nil
}

// rising reports whether ends never fall and the last is total.
func rising(ends []uint32, total int) bool {
	last := uint32(0)
	for _, e := range ends {
		if e < last {
			return false
		}
		last = e
	}
	return int(last) == total
}
