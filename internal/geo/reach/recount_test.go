package reach_test

import (
	"encoding/xml"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/osm"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

// A second program that has only docs/streets.md to go by says of every cell and
// every station the same: on the whole real maps, and on pieces cut out of them,
// in which other parts of the network lead somewhere.
func TestRecount(t *testing.T) {
	total := 0
	for _, c := range []struct {
		file       string
		cols, rows int // that it is cut into besides
	}{{"nanjing-xinjiekou.osm", 2, 2}, {"monaco.osm.pbf", 2, 2}, {"poa_osm.pbf", 3, 3}} {
		whole, err := osm.Read(t.Context(), realFile(t, c.file), nil)
		if err != nil {
			t.Fatal(err)
		}
		total += compare(t, c.file, whole)
		for i := range c.cols * c.rows {
			b := whole.Box
			width, height := (b.East-b.West)/int32(c.cols), (b.North-b.South)/int32(c.rows)
			west, south := b.West+int32(i%c.cols)*width, b.South+int32(i/c.cols)*height
			part := cutOut(t, whole, geo.Box{West: west, South: south, East: west + width, North: south + height})
			total += compare(t, fmt.Sprintf("%s, part %d", c.file, i), part)
		}
	}
	t.Logf("%d pairs of a cell and a station in reach, none of which differs", total)
}

// compare holds the two programs against each other, on foot and by e-bike, and
// returns for how many pairs.
func compare(t *testing.T, name string, x *osm.Extract) int {
	t.Helper()
	pairs := 0
	for _, p := range []road.Profile{road.Walking(0), road.Ebike(0)} {
		g, err := road.FromExtract(t.Context(), x, p)
		if err != nil {
			t.Fatal(err)
		}
		if p.Name == "walk" {
			g.QuickenSnaps() // it must not matter how places are looked up
		}
		cells, stations := spread(x.Box, 900), doorsOf(x, 40)
		at, onStreet := snapAll(g, cells)
		posts, placed := snapAll(g, stations)
		budget := p.Budget(15 * time.Minute)
		lists, ok := incideAll(reach.NewPlaces(g, at, onStreet), posts, placed, budget, math.MaxInt32)
		if !ok {
			t.Fatal("too many pairs")
		}
		r := recount(x, readRules(t, p.Name), p.SpeedKmh)
		spots := make([]spot, len(cells))
		for i, c := range cells {
			spots[i] = r.spotAt(c.Lon, c.Lat)
			if spots[i].ok != onStreet[i] {
				t.Errorf("%s, %s: cell %d at %v is on a street: %v, recounted %v", name, p.Name, i, c, onStreet[i], spots[i].ok)
			}
		}
		here, differ, in := 0, 0, r.adjoining(false)
		for j, s := range stations {
			post := r.spotAt(s.Lon, s.Lat)
			if post.ok != placed[j] {
				t.Errorf("%s, %s: station %d at %v is on a street: %v, recounted %v", name, p.Name, j, s, placed[j], post.ok)
				continue
			}
			dist := r.to(post, in, int(budget))
			for i, c := range spots {
				way := -1
				if c.ok && post.ok {
					way = r.way(c, post, dist, int(budget))
				}
				_, reached := slices.BinarySearch(lists.Of(j), int32(i))
				if way >= 0 {
					here++
				}
				if reached == (way >= 0) {
					continue
				}
				if differ++; differ == 1 {
					path, _ := g.Route(at[i], posts[j], 1<<20)
					t.Errorf("%s, %s: from cell %v to station %v are %d + %d + %d dm, recounted %d: %+v to %+v", name, p.Name,
						cells[i], s, at[i].Off(), path.Length, posts[j].Off(), way, c, post)
				}
			}
		}
		if differ > 0 {
			t.Errorf("%s, %s: %d pairs differ", name, p.Name, differ)
		}
		t.Logf("%s, %s: %d cells, %d stations, %d pairs in reach", name, p.Name, len(cells), len(stations), here)
		pairs += here
	}
	return pairs
}

func snapAll(g *road.Graph, places []geo.Point) ([]road.Snap, []bool) {
	at, ok := make([]road.Snap, len(places)), make([]bool, len(places))
	for i, p := range places {
		at[i], ok[i] = g.Snap(p, 500)
	}
	return at, ok
}

// spread lays some n cells over a box.
func spread(b geo.Box, n int) []geo.Point {
	side := math.Sqrt(float64(b.East-b.West) * float64(b.North-b.South) / float64(n))
	var cells []geo.Point
	for lat := float64(b.South) + side/2; lat < float64(b.North); lat += side {
		for lon := float64(b.West) + side/2; lon < float64(b.East); lon += side {
			cells = append(cells, geo.Point{Lon: lon / 1e7, Lat: lat / 1e7})
		}
	}
	return cells
}

// doorsOf returns at most n places that may be stations, evenly chosen.
func doorsOf(x *osm.Extract, n int) []geo.Point {
	var all []geo.Point
	for _, p := range x.Points {
		if p.Tags.Get("amenity") != "" || p.Tags.Get("shop") != "" {
			all = append(all, p.At.Point())
		}
	}
	step := len(all)/n + 1
	var some []geo.Point
	for i := 0; i < len(all); i += step {
		some = append(some, all[i])
	}
	return some
}

// cutOut writes what lies in a box as a map of its own, whose streets lose their
// nodes beyond it, and reads it.
func cutOut(t *testing.T, x *osm.Extract, box geo.Box) *osm.Extract {
	t.Helper()
	var b strings.Builder
	tags := func(tags osm.Tags) {
		for _, tag := range tags {
			fmt.Fprintf(&b, `<tag k=%q v="`, tag.Key)
			if err := xml.EscapeText(&b, []byte(tag.Value)); err != nil {
				t.Fatal(err)
			}
			b.WriteString(`"/>`)
		}
	}
	tagged := map[uint32]osm.Tags{}
	node := func(id int, at geo.Fixed, of osm.Tags) {
		if box.Contains(at) {
			fmt.Fprintf(&b, `<node id="%d" lat="%.7f" lon="%.7f">`, id, at.Point().Lat, at.Point().Lon)
			tags(of)
			b.WriteString("</node>\n")
		}
	}
	fmt.Fprintf(&b, `<osm><bounds minlat="%.7f" minlon="%.7f" maxlat="%.7f" maxlon="%.7f"/>`,
		float64(box.South)/1e7, float64(box.West)/1e7, float64(box.North)/1e7, float64(box.East)/1e7)
	for i, p := range x.Points {
		if p.Vertex == osm.NoVertex {
			node(len(x.At)+1+i, p.At, p.Tags)
		} else {
			tagged[p.Vertex] = p.Tags
		}
	}
	for v, at := range x.At {
		node(v+1, at, tagged[uint32(v)])
	}
	for i := range x.Ways.Len() {
		w := x.Ways.At(i)
		fmt.Fprintf(&b, `<way id="%d">`, i+1)
		for _, v := range w.Vertices {
			fmt.Fprintf(&b, `<nd ref="%d"/>`, v+1)
		}
		tags(w.Tags)
		b.WriteString("</way>\n")
	}
	b.WriteString("</osm>")
	return readMap(t, b.String())
}

func readMap(t *testing.T, text string) *osm.Extract {
	t.Helper()
	path := filepath.Join(t.TempDir(), "town.osm")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	x, err := osm.Read(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// The same on towns that are made up, each with all that the rules tell apart, so
// that it is checked where there is no real map.
func TestRecountOfMadeUpTowns(t *testing.T) {
	pairs := 0
	for seed := range uint64(25) {
		pairs += compare(t, fmt.Sprintf("town %d", seed), madeUpTown(t, rand.New(rand.NewPCG(seed, 7))))
	}
	if pairs < 100_000 {
		t.Errorf("only %d pairs", pairs)
	}
}

// madeUpTown draws a bent lattice of streets with tiny pieces, one-way streets,
// gates, steps, a ferry, a lift, squares, yards nobody leaves and outlines.
func madeUpTown(t *testing.T, random *rand.Rand) *osm.Extract {
	t.Helper()
	const n, step = 9, 0.0018
	var b strings.Builder
	b.WriteString(`<osm>`)
	id := 0
	node := func(lat, lon float64, tags string) int {
		id++
		fmt.Fprintf(&b, `<node id="%d" lat="%.7f" lon="%.7f">%s</node>`, id, lat, lon, tags)
		return id
	}
	var grid [n][n]int
	for i := range n {
		for k := range n {
			tags := ""
			switch random.IntN(14) {
			case 0:
				tags = `<tag k="barrier" v="gate"/><tag k="locked" v="yes"/>`
			case 1:
				tags = `<tag k="barrier" v="wall"/>`
			}
			grid[i][k] = node(36.6+(float64(i)+random.Float64()*0.7)*step, 101.7+(float64(k)+random.Float64()*0.7)*step, tags)
		}
	}
	kinds := []string{
		`<tag k="highway" v="residential"/>`, `<tag k="highway" v="residential"/>`, `<tag k="highway" v="residential"/><tag k="name" v="长街"/>`,
		`<tag k="highway" v="tertiary"/><tag k="oneway" v="yes"/>`, `<tag k="highway" v="path"/><tag k="oneway:foot" v="-1"/>`,
		`<tag k="highway" v="steps"/>`, `<tag k="highway" v="elevator"/>`, `<tag k="route" v="ferry"/><tag k="duration" v="2"/>`,
		`<tag k="highway" v="service"/><tag k="access" v="private"/>`, `<tag k="foot" v="yes"/>`, `<tag k="building" v="yes"/><tag k="foot" v="yes"/>`,
		`<tag k="highway" v="trunk"/><tag k="tunnel" v="yes"/>`, `<tag k="highway" v="footway"/><tag k="bicycle" v="yes"/>`,
	}
	way := 0
	street := func(tags string, nodes ...int) {
		way++
		fmt.Fprintf(&b, `<way id="%d">`, way)
		for _, v := range nodes {
			fmt.Fprintf(&b, `<nd ref="%d"/>`, v)
		}
		b.WriteString(tags + `</way>`)
	}
	for i := range n { // along each line of the lattice, broken into ways, some of tiny pieces
		for _, across := range []bool{false, true} {
			var nodes []int
			for k := range n {
				v := grid[i][k]
				if across {
					v = grid[k][i]
				}
				if nodes = append(nodes, v); random.IntN(3) == 0 && len(nodes) > 1 {
					street(kinds[random.IntN(len(kinds))], nodes...)
					nodes = []int{v}
				}
				for range random.IntN(3) * random.IntN(3) {
					nodes = append(nodes, node(36.6+(float64(i)+random.Float64())*step, 101.7+float64(k)*step+random.Float64()*1e-6, ""))
				}
			}
			street(kinds[random.IntN(len(kinds))], nodes...)
		}
	}
	for range 4 { // squares of lattice corners
		i, k, size := random.IntN(n-3), random.IntN(n-3), 1+random.IntN(3)
		var ring []int
		for d := range size {
			ring = append(ring, grid[i][k+d])
		}
		for d := range size {
			ring = append(ring, grid[i+d][k+size])
		}
		for d := range size {
			ring = append(ring, grid[i+size][k+size-d])
		}
		for d := range size {
			ring = append(ring, grid[i+size-d][k])
		}
		tags := []string{`<tag k="place" v="square"/>`, `<tag k="highway" v="pedestrian"/><tag k="area" v="yes"/>`, `<tag k="leisure" v="park"/><tag k="foot" v="yes"/>`}
		street(tags[random.IntN(len(tags))], append(ring, ring[0])...)
	}
	for range 12 { // yards, and doors
		lat, lon := 36.6+random.Float64()*n*step, 101.7+random.Float64()*n*step
		street(`<tag k="highway" v="service"/>`, node(lat, lon, ""), node(lat+1e-4, lon+2e-4, ""))
	}
	for range 60 {
		node(36.6+random.Float64()*n*step, 101.7+random.Float64()*n*step, `<tag k="amenity" v="cafe"/>`)
	}
	b.WriteString(`</osm>`)
	return readMap(t, b.String())
}
