package coverage

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// Zoning is a network's areas with the demand cells in each. It is immutable and
// finds the cells of a kind of demand when it is first asked for them.
type Zoning struct {
	Areas  []area.Area // by code
	survey *Survey
	fences func() []*geo.Fence
	cells  []func() [][]int32 // of each kind of demand: of each area
}

// Zoning lays areas over the network's demand. The areas are sorted in place.
func (v *Survey) Zoning(areas []area.Area) *Zoning {
	slices.SortFunc(areas, func(a, b area.Area) int { return cmp.Compare(a.Code, b.Code) })
	z := &Zoning{Areas: areas, survey: v}
	z.fences = sync.OnceValue(func() []*geo.Fence {
		out := make([]*geo.Fence, len(areas))
		for i, a := range areas {
			out[i] = geo.NewFence(a.Shape)
		}
		return out
	})
	for _, d := range v.Demands {
		z.cells = append(z.cells, sync.OnceValue(func() [][]int32 { return z.find(d.Cells) }))
	}
	return z
}

// find returns the cells in each area, ascending.
func (z *Zoning) find(cells []demand.Cell) [][]int32 {
	boxes := make([]geo.Box, len(cells))
	for i, c := range cells {
		boxes[i] = geo.BoxOf(c.At.Fixed())
	}
	tree, fences := geo.NewRTree(boxes), z.fences()
	out := make([][]int32, len(fences))
	var all fault.Group
	for w := range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for a := w; a < len(fences); a += runtime.GOMAXPROCS(0) {
				tree.Search(fences[a].Box(), func(i uint32) bool {
					if fences[a].Contains(cells[i].At.Fixed()) {
						out[a] = append(out[a], int32(i))
					}
					return true
				})
				slices.Sort(out[a])
			}
		})
	}
	all.Wait()
	return out
}

// Find returns the place of the area with a code.
func (z *Zoning) Find(code string) (int, bool) {
	return slices.BinarySearchFunc(z.Areas, code, func(a area.Area, code string) int { return cmp.Compare(a.Code, code) })
}

// Cells returns the cells of a kind of demand that lie in an area, ascending,
// and false if there is no such kind.
func (z *Zoning) Cells(kind string, area int) ([]int32, bool) {
	k, ok := z.survey.demandIndex(kind)
	if !ok {
		return nil, false
	}
	return z.cells[k]()[area], true
}

// Part is one line of a roll-up: a division with all below it, or a functional
// zone.
type Part struct {
	Division gb.Division
	Area     int     // its own boundary among the areas, or -1: it is known by those below it
	Cells    []int32 // of the demand, ascending, each once
}

// RollUp adds the areas of divisions up, county to city to province, by the
// codes of GB/T 2260; where boundaries overlap a cell counts once. A functional
// zone lies across counties, so it is a line of its own and added to nothing.
// Outside are the cells that no division has.
func (z *Zoning) RollUp(kind string) (divisions, zones []Part, outside []int32) {
	k, ok := z.survey.demandIndex(kind)
	if !ok {
		return nil, nil, nil
	}
	byDivision := map[gb.Division]*Part{}
	for i, cells := range z.cells[k]() {
		a := z.Areas[i]
		switch a.Kind {
		case area.ZoneArea:
			zones = append(zones, Part{a.Division, i, cells})
		case area.DivisionArea:
			for d := a.Division; d.Valid(); d = d.Parent() {
				p := byDivision[d]
				if p == nil {
					p = &Part{Division: d, Area: -1}
					byDivision[d] = p
				}
				if d == a.Division {
					p.Area = i
				}
				p.Cells = append(p.Cells, cells...)
			}
		case area.KeyArea:
		}
	}
	inside := make([]bool, len(z.survey.Demands[k].Cells))
	for _, p := range byDivision {
		slices.Sort(p.Cells)
		p.Cells = slices.Compact(p.Cells)
		for _, i := range p.Cells {
			inside[i] = true
		}
		divisions = append(divisions, *p)
	}
	slices.SortFunc(divisions, func(a, b Part) int { return cmp.Compare(station.Region(a.Division), station.Region(b.Division)) })
	for i, in := range inside {
		if !in {
			outside = append(outside, int32(i))
		}
	}
	return divisions, zones, outside
}
