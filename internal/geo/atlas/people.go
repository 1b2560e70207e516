package atlas

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
)

// counter counts the people of an extract into cells.
type counter struct {
	x       *osm.Extract
	places  cellIndex // cell → its index in tallies
	tallies []tally
	level   int
	last    geo.Box // what lies in the cell before, which is mostly the next one too
	lastAt  int     // its tally
	row     int32   // of plane
	plane   geo.Plane
	known   bool // plane is

	ground     geo.RTree // over surfaces
	surfaces   []surface
	spot, lot  uses
	floor      uses
	groundUses uses
}

// tally is what was counted in one cell.
type tally struct {
	cell      uint64
	built     people  // in buildings and single places
	streets   people  // what the streets would have it be
	grounds   people  // what the grounds would have it be
	footprint float64 // m² of buildings
	streetM   float64
	lon, lat  float64 // sums of positions, weighted
	weight    float64
}

// surface is a ground of known use.
type surface struct {
	box      geo.Box
	polygons []osm.Polygon
	use      int // in grounds
	floor    int // in floors
	m2       float64
}

// peopleOf estimates how many people are where.
func peopleOf(x *osm.Extract) *Estimate {
	c := &counter{
		x: x, places: newCellIndex(x), last: geo.Nothing,
		spot: usesOf(len(spots), func(i int) string { return spots[i].tags }), lot: usesOf(len(lots), func(i int) string { return lots[i].tags }),
		floor:      usesOf(len(floors), func(i int) string { return floors[i].tags }),
		groundUses: usesOf(len(grounds), func(i int) string { return grounds[i].tags }),
	}
	c.findSurfaces()
	for a := range x.Areas() {
		if b := a.Tags.Get("building"); b != "" && b != "no" {
			c.building(a, b)
		}
	}
	for i := range x.Points {
		if u := c.spot.of(x.Points[i].Tags); u >= 0 {
			t := c.at(x.Points[i].At)
			t.built.add(spots[u].per, 1)
			t.place(x.Points[i].At, spots[u].per.most())
		}
	}
	c.streets()
	for i := range c.surfaces {
		c.spread(&c.surfaces[i])
	}
	return c.estimate()
}

func (p *people) add(q people, times float64) {
	p.day, p.night = p.day+q.day*times, p.night+q.night*times
}

func (p people) most() float64 { return max(p.day, p.night) }

// place takes into account that weight people are at p.
func (t *tally) place(p geo.Fixed, weight float64) {
	t.lon, t.lat = t.lon+float64(p.Lon)*weight, t.lat+float64(p.Lat)*weight
	t.weight += weight
}

// at returns the tally of the cell of p, until the next call.
func (c *counter) at(p geo.Fixed) *tally {
	if c.last.Contains(p) {
		return &c.tallies[c.lastAt]
	}
	fine := cellOf(p)
	cell := coarser(fine, c.level)
	i, ok := c.places.find(cell)
	if !ok {
		if len(c.tallies) == mostTallies && c.level < maxLevel {
			c.coarsen()
			return c.at(p)
		}
		i = len(c.tallies)
		c.places.put(cell, i)
		c.tallies = append(c.tallies, tally{cell: cell})
	}
	c.last, c.lastAt = boxOf(fine), i
	return &c.tallies[i]
}

// findSurfaces lists the grounds of known use and makes them quick to find.
func (c *counter) findSurfaces() {
	var boxes []geo.Box
	for a := range c.x.Areas() {
		u := c.groundUses.of(a.Tags)
		if u < 0 || a.Tags.Get("building") != "" {
			continue
		}
		s := surface{polygons: a.Polygons, use: u, box: geo.Nothing, m2: c.m2(a.Polygons)}
		s.floor = slices.IndexFunc(floors, func(f use) bool { return strings.HasPrefix(f.tags, grounds[u].floor+"|") })
		for _, p := range a.Polygons {
			for _, v := range p[0] {
				s.box = s.box.Extend(c.x.At[v])
			}
		}
		c.surfaces, boxes = append(c.surfaces, s), append(boxes, s.box)
	}
	c.ground = geo.NewRTree(boxes)
}

// m2 returns the surface of polygons without their holes.
func (c *counter) m2(polygons []osm.Polygon) float64 {
	var sum float64
	for _, p := range polygons {
		for i, ring := range p {
			if m2 := c.ringM2(ring); i == 0 {
				sum += m2
			} else {
				sum -= m2
			}
		}
	}
	return max(0, sum)
}

func (c *counter) ringM2(ring []uint32) float64 {
	from := c.x.At[ring[0]]
	plane := geo.PlaneAt(from.Point().Lat)
	var twice, x, y float64
	for _, v := range ring[1:] {
		east, north := plane.Vector(from, c.x.At[v])
		twice += x*north - east*y
		x, y = east, north
	}
	return math.Abs(twice) / 2
}

// building counts the people on the floors of a building.
func (c *counter) building(a osm.Area, kind string) {
	footprint, at := c.m2(a.Polygons), c.middle(a.Polygons[0][0])
	row := c.floor.of(a.Tags)
	if kind == "yes" {
		row = c.floorAt(at, row)
		if footprint < smallest && row == len(floors)-1 {
			return
		}
	}
	f := floors[row]
	if kind == "yes" && footprint < house {
		f.levels = min(f.levels, lowRise)
		if row == 0 {
			f.per = floors[houses].per
		}
	}
	if f.per == (people{}) {
		return
	}
	hundreds := footprint * storeys(a.Tags, f.levels) / 100
	t := c.at(at)
	t.built.add(f.per, hundreds)
	t.footprint += footprint
	t.place(at, f.per.most()*hundreds)
}

// middle returns the mean of a ring's vertices: near enough to tell its cell.
func (c *counter) middle(ring []uint32) geo.Fixed {
	var lon, lat int64
	for _, v := range ring[1:] {
		lon, lat = lon+int64(c.x.At[v].Lon), lat+int64(c.x.At[v].Lat)
	}
	n := int64(len(ring) - 1)
	return geo.Fixed{Lon: int32(lon / n), Lat: int32(lat / n)}
}

// The most storeys that are believed: nothing taller stands.
const mostStoreys = 170

// storeys returns how many floors a building has.
func storeys(t osm.Tags, otherwise float64) float64 {
	if n, err := strconv.ParseFloat(t.Get("building:levels"), 64); err == nil && n >= 1 && n <= mostStoreys {
		return n
	}
	height := strings.TrimSpace(strings.TrimSuffix(t.Get("height"), "m"))
	if m, err := strconv.ParseFloat(height, 64); err == nil && m >= 2 && m <= mostStoreys*storeyM {
		return max(1, math.Floor(m/storeyM))
	}
	return otherwise
}

// floorAt returns the row of floors for a building at p by the smallest ground of
// known use around it, or otherwise.
func (c *counter) floorAt(p geo.Fixed, otherwise int) int {
	floor, least := otherwise, math.Inf(1)
	c.ground.Search(geo.BoxOf(p), func(i uint32) bool {
		if s := &c.surfaces[i]; s.m2 < least && c.within(p, s.polygons) {
			floor, least = s.floor, s.m2
		}
		return true
	})
	return floor
}

func (c *counter) within(p geo.Fixed, polygons []osm.Polygon) bool {
	for _, polygon := range polygons {
		in := false
		for _, ring := range polygon {
			in = in != osm.Inside(p, c.x.Line(ring))
		}
		if in {
			return true
		}
	}
	return false
}

// longestM is the longest piece of street between two vertices that anybody is
// taken to live along: what is longer is an error or a desert.
const longestM = 5000

// streets counts those who live and work along the streets.
func (c *counter) streets() {
	type share struct {
		use   int
		perM  float64
		count bool
	}
	of := make([]share, len(c.x.Ways.Sets()))
	for i, t := range c.x.Ways.Sets() {
		if u := c.lot.of(t); u >= 0 {
			of[i] = share{use: u, perM: 0.01, count: true}
			if t.Is("oneway", "yes", "1", "true", "-1") {
				of[i].perM /= 2
			}
		}
	}
	for i := range c.x.Ways.Len() {
		if s := &of[c.x.Ways.SetOf(i)]; s.count {
			c.street(c.x.Ways.Vertices(i), lots[s.use].per, s.perM)
		}
	}
}

func (c *counter) street(line []uint32, per people, share float64) {
	plane := c.planeAt(c.x.At[line[0]])
	for i := 1; i < len(line); i++ {
		a, b := c.x.At[line[i-1]], c.x.At[line[i]]
		x, y := plane.Vector(a, b)
		metres := math.Sqrt(x*x + y*y)
		if !(metres <= longestM) {
			continue
		}
		const stepM = 75 // half a cell, so that a long straight street is in all of its cells
		n := max(1, math.Ceil(metres/stepM))
		for k := range int(n) {
			at := geo.Between(a, b, (float64(k)+0.5)/n)
			t := c.at(at)
			t.streets.add(per, metres/n*share)
			t.streetM += metres / n
			t.place(at, metres/n*1e-3) // decides only where there is nothing else
		}
	}
}

// planeAt returns the plane at the row of p: near enough to count people on.
func (c *counter) planeAt(p geo.Fixed) geo.Plane {
	if row := p.Lat / rowHeight; !c.known || row != c.row {
		c.row, c.known = row, true
		c.plane = geo.PlaneAt(geo.Fixed{Lat: row * rowHeight}.Point().Lat)
	}
	return c.plane
}

// widestM bounds the grounds that are spread over cells.
const widestM = 20_000

// spread counts those on a ground, in strips of a quarter of a cell.
func (c *counter) spread(s *surface) {
	per := grounds[s.use].per
	plane := geo.PlaneAt(s.box.Center().Point().Lat)
	width, height := plane.Vector(geo.Fixed{Lon: s.box.West, Lat: s.box.South}, geo.Fixed{Lon: s.box.East, Lat: s.box.North})
	if per == (people{}) || width > widestM || height > widestM {
		return
	}
	const strip = rowHeight / 4
	for _, polygon := range s.polygons {
		for lat := int64(s.box.South)/strip*strip + strip/2; lat < int64(s.box.North); lat += strip {
			c.eachStretch(polygon, int32(lat), func(west, east float64) {
				for at := west; at < east; {
					p := geo.Fixed{Lon: int32(at), Lat: int32(lat)}
					wide := columnWidth((lat + 90*1e7) / rowHeight)
					next := min(east, float64((int64(p.Lon)+180*1e7)/wide*wide+wide-180*1e7))
					x, y := plane.Vector(p, geo.Fixed{Lon: int32(next), Lat: p.Lat + strip})
					t := c.at(p)
					t.grounds.add(per, max(0, x*y)/1e4)
					t.place(geo.Fixed{Lon: int32((at + next) / 2), Lat: p.Lat}, x*y*1e-7)
					at = max(next, at+1)
				}
			})
		}
	}
}

// eachStretch calls visit for each stretch of a parallel that lies in polygon.
func (c *counter) eachStretch(polygon osm.Polygon, lat int32, visit func(west, east float64)) {
	cuts := cutsOf(c.x, polygon, lat)
	for i := 1; i < len(cuts); i += 2 {
		visit(cuts[i-1], cuts[i])
	}
}

// mostTallies bounds the memory of the count.
const mostTallies = 10 * MaxCells

// coarsen goes over to cells of twice the size.
func (c *counter) coarsen() {
	old := c.tallies
	c.level++
	c.places, c.tallies, c.last = cellIndex{}, nil, geo.Nothing
	for _, t := range old {
		cell := coarser(t.cell, 1)
		i, ok := c.places.find(cell)
		if !ok {
			i = len(c.tallies)
			c.places.put(cell, i)
			c.tallies = append(c.tallies, tally{cell: cell})
		}
		c.tallies[i].merge(t)
	}
}

func (t *tally) merge(o tally) {
	t.built.add(o.built, 1)
	t.streets.add(o.streets, 1)
	t.grounds.add(o.grounds, 1)
	t.footprint, t.streetM = t.footprint+o.footprint, t.streetM+o.streetM
	t.lon, t.lat, t.weight = t.lon+o.lon, t.lat+o.lat, t.weight+o.weight
}

// fewest is how many people a cell has at least.
const fewest = 0.5

// estimate settles what each cell has. Buildings speak where they are mapped;
// where a neighbourhood of four by four cells has hardly any, streets and grounds
// fill up what buildings do not have.
func (c *counter) estimate() *Estimate {
	for {
		c.settle()
		c.tallies = slices.DeleteFunc(c.tallies, func(t tally) bool { return t.built.most() < fewest })
		if len(c.tallies) <= MaxCells || c.level == maxLevel {
			break
		}
		c.coarsen()
	}
	slices.SortFunc(c.tallies, func(a, b tally) int { return cmp.Compare(a.cell, b.cell) })
	e := &Estimate{size: []uint32{uint32(c.level)}}
	for _, t := range c.tallies {
		e.cell = append(e.cell, t.cell)
		e.at = append(e.at, geo.Fixed{Lon: int32(math.Round(t.lon / t.weight)), Lat: int32(math.Round(t.lat / t.weight))})
		e.day, e.night = append(e.day, tenths(t.built.day)), append(e.night, tenths(t.built.night))
	}
	return e
}

// tenths rounds a guess to what can be said of it, and so that it is the same
// on every machine.
func tenths(people float64) float64 { return math.Round(people*10) / 10 }

// settle fills up the cells of neighbourhoods without buildings.
func (c *counter) settle() {
	blocks := map[uint64]tally{}
	for _, t := range c.tallies {
		key := coarser(t.cell, 2)
		b := blocks[key]
		b.footprint, b.streetM = b.footprint+t.footprint, b.streetM+t.streetM
		blocks[key] = b
	}
	for i := range c.tallies {
		t := &c.tallies[i]
		if b := blocks[coarser(t.cell, 2)]; b.footprint == 0 || b.footprint < bareM2*b.streetM {
			t.built.day = max(t.built.day, t.streets.day, t.grounds.day)
			t.built.night = max(t.built.night, t.streets.night, t.grounds.night)
		}
		t.streets, t.grounds = people{}, people{} // settled
	}
}
