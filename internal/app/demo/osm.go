package demo

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// tags are keys and values in turn, in the order that they are written.
type tags []string

// drawing numbers the nodes and ways of the city as they are written. Nodes
// come first, as in every extract, so ways are kept back until then.
type drawing struct {
	w     *bufio.Writer
	nodes map[point]int // junctions are shared by their ways
	last  int
	ways  strings.Builder
	count int
}

// note is in each file, and in a node of it for readers that drop attributes.
const note = "Schematic, not survey data / 示意图，非测绘成果"

// writeOSM writes the whole city.
func (c *city) writeOSM(w io.Writer) error {
	d := drawing{w: bufio.NewWriterSize(w, 1<<16), nodes: map[point]int{}}
	fmt.Fprintf(d.w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<osm version=\"0.6\" generator=\"xiadu schematic\">\n<note>%s</note>\n", note)
	d.node(heart, tags{"place", "city", "name", "西宁（示意）", "name:en", "Xining (schematic)", "note", note, "xiadu:schematic", "yes"})
	for _, f := range c.places {
		d.node(f.line[0], append(tags{"place", f.class}, f.names()...))
	}
	for _, f := range c.landmarks {
		key, value, _ := strings.Cut(f.class, "=")
		d.node(f.line[0], append(tags{key, value}, f.names()...))
	}
	for _, s := range c.streets {
		d.way(s.line, s.tags())
	}
	c.writeNature(&d)
	for _, f := range c.districts {
		d.way(ring(f.line).closed(), append(tags{"boundary", "administrative", "admin_level", "6", "ref", f.class}, f.names()...))
	}
	for _, h := range c.houses {
		d.way(h.ring.closed(), h.tags())
	}
	if _, err := io.WriteString(d.w, d.ways.String()+"</osm>\n"); err != nil {
		return err
	}
	return d.w.Flush()
}

func (c *city) writeNature(d *drawing) {
	for _, f := range c.rivers {
		d.way(f.line, append(tags{"waterway", "river"}, f.names()...))
		d.way(banks(f.line, f.number*metre).closed(), append(tags{"natural", "water", "water", "river"}, f.names()...))
	}
	for _, f := range c.lakes {
		d.way(ring(f.line).closed(), append(tags{"natural", "water", "water", "lake"}, f.names()...))
	}
	for _, f := range c.parks {
		d.way(ring(f.line).closed(), append(tags{"leisure", "park"}, f.names()...))
	}
	for _, g := range c.green {
		d.way(g.closed(), tags{"landuse", "grass"})
	}
	for _, f := range c.rails {
		d.way(f.line, append(tags{"railway", "rail"}, f.names()...))
	}
	for _, f := range c.motorways {
		d.way(f.line, append(tags{"highway", "motorway", "bridge", "viaduct", "layer", "2"}, f.names()...))
	}
}

func (f feature) names() tags { return tags{"name", f.name, "name:en", f.english} }

func (s street) tags() tags {
	t := tags{"highway", s.class}
	if s.name != "" {
		t = append(t, "name", s.name, "name:en", s.english)
	}
	if s.oneway != "" {
		t = append(t, "oneway", s.oneway)
	}
	if s.square {
		t = append(t, "area", "yes")
	}
	if s.bridge {
		t = append(t, "bridge", "yes", "layer", "1")
	}
	if s.tunnel {
		t = append(t, "tunnel", "yes", "layer", "-1")
	}
	return t
}

func (h house) tags() tags {
	if h.street == "" {
		return tags{"building", "yes"}
	}
	return tags{"building", "yes", "addr:street", h.street, "addr:housenumber", strconv.Itoa(h.number)}
}

// banks is the outline of a river of half that width on each side.
func banks(line []point, half int) ring {
	var left, right ring
	for i, p := range line {
		way := line[min(i+1, len(line)-1)].minus(line[max(i-1, 0)]).left()
		left = append(left, p.plus(way.scaled(half)))
		right = append(right, p.minus(way.scaled(half)))
	}
	slices.Reverse(right)
	return append(left, right...)
}

func (d *drawing) node(p point, t tags) int {
	d.last++
	fmt.Fprintf(d.w, `<node id="%d" lat="%s" lon="%s"`, d.last, latitude(p), longitude(p))
	if t == nil {
		d.w.WriteString("/>\n")
	} else {
		d.w.WriteString(">\n" + t.xml() + "</node>\n")
	}
	return d.last
}

func (d *drawing) way(line []point, t tags) {
	d.count++
	fmt.Fprintf(&d.ways, "<way id=\"%d\">\n", d.count)
	for _, p := range line {
		id, ok := d.nodes[p]
		if !ok {
			id = d.node(p, nil)
			d.nodes[p] = id
		}
		fmt.Fprintf(&d.ways, "<nd ref=\"%d\"/>\n", id)
	}
	d.ways.WriteString(t.xml() + "</way>\n")
}

func (t tags) xml() string {
	var b strings.Builder
	for i := 0; i < len(t); i += 2 {
		fmt.Fprintf(&b, `<tag k="%s" v="`, t[i])
		xml.EscapeText(&b, []byte(t[i+1])) //nolint:errcheck // a strings.Builder has no errors
		b.WriteString("\"/>\n")
	}
	return b.String()
}

// The centre of the drawing, and 1e-7 degrees per decimetre there.
const (
	centreLon, centreLat    = 101_7780000, 36_6170000
	lonPerThousandDecimetre = 11_190 // 89,366 m to the degree
	latPerThousandDecimetre = 8_993  // 111,195 m to the degree
)

func longitude(p point) string { return degrees(centreLon + divide(p.X*lonPerThousandDecimetre, 1000)) }

func latitude(p point) string { return degrees(centreLat + divide(p.Y*latPerThousandDecimetre, 1000)) }

func degrees(fixed int) string { return fmt.Sprintf("%d.%07d", fixed/1e7, fixed%1e7) }
