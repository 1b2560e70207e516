package road

import "github.com/xiadu/xiadu/internal/geo"

// Crossing returns where two streets of the given names meet, and false if they do
// not. Where they meet more than once, as streets of two carriageways do, it is the
// junction nearest to the middle of all.
func (g *Graph) Crossing(a, b string) (geo.Fixed, bool) {
	nameA, okA := g.nameIndex(a)
	nameB, okB := g.nameIndex(b)
	if !okA || !okB || nameA == nameB {
		return geo.Fixed{}, false
	}
	onA := map[Node]bool{}
	for e, n := range g.name {
		if n == nameA {
			onA[g.ends[2*e]], onA[g.ends[2*e+1]] = true, true
		}
	}
	var met []geo.Fixed
	var lon, lat int64
	for e, n := range g.name {
		if n != nameB {
			continue
		}
		for _, end := range g.ends[2*e : 2*e+2] {
			if onA[end] {
				at := g.at[end]
				met = append(met, at)
				lon, lat = lon+int64(at.Lon), lat+int64(at.Lat)
			}
		}
	}
	if len(met) == 0 {
		return geo.Fixed{}, false
	}
	n := int64(len(met))
	middle := geo.Fixed{Lon: int32(lon / n), Lat: int32(lat / n)}.Point()
	best := met[0]
	for _, at := range met[1:] {
		if geo.Distance(at.Point(), middle) < geo.Distance(best.Point(), middle) {
			best = at
		}
	}
	return best, true
}

func (g *Graph) nameIndex(name string) (uint32, bool) {
	for n := range max(0, len(g.firstName)-1) {
		if string(g.names[g.firstName[n]:g.firstName[n+1]]) == name && name != "" {
			return uint32(n), true
		}
	}
	return 0, false
}
