package osm

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
)

// corners are four nodes of a small square, 1 to 4.
const corners = `<node id="1" lat="1" lon="1"/><node id="2" lat="1" lon="2"/><node id="3" lat="2" lon="2"/><node id="4" lat="2" lon="1"/>`

func document(parts ...string) []byte {
	return []byte(`<osm version="0.6">` + strings.Join(parts, "\n") + `</osm>`)
}

// wayXML writes a way of two nodes.
func wayXML(about, tags string) string {
	return fmt.Sprintf(`<way id="5" %s><nd ref="1"/><nd ref="2"/>%s</way>`, about, tags)
}

func TestOccurrencesOfOneWay(t *testing.T) {
	street, steps := `<tag k="highway" v="service"/>`, `<tag k="highway" v="steps"/>`
	gone := func(about string) string { return `<way id="5" visible="false" ` + about + `/>` }
	for name, c := range map[string]struct {
		parts []string
		want  string
		count int // of warnings
	}{
		"again as a skeleton":         {[]string{wayXML("", street), wayXML("", "")}, "service", 0},
		"skeleton first":              {[]string{wayXML("", ""), wayXML("", street)}, "service", 0},
		"versioned, then skeleton":    {[]string{wayXML(`version="3"`, street), wayXML("", "")}, "service", 0},
		"tags without a course":       {[]string{`<way id="5">` + street + `</way>`, wayXML("", "")}, "service", 0},
		"later counts":                {[]string{wayXML("", street), wayXML("", steps)}, "steps", 1},
		"older version behind":        {[]string{wayXML(`version="2"`, steps), wayXML(`version="1"`, street)}, "steps", 1},
		"newer version without tags":  {[]string{wayXML(`version="1"`, street), wayXML(`version="2"`, "")}, "", 1},
		"deleted later":               {[]string{wayXML(`version="1"`, street), gone(`version="2"`)}, "", 1},
		"deleted, in disorder":        {[]string{gone(`version="2"`), wayXML(`version="1"`, street)}, "", 1},
		"deleted and brought back":    {[]string{wayXML(`version="1"`, street), gone(`version="2"`), wayXML(`version="3"`, steps)}, "steps", 2},
		"deleted without versions":    {[]string{wayXML("", street), gone("")}, "", 1},
		"deleted and nothing else":    {[]string{gone(`version="2"`)}, "", 0},
		"an edit of JOSM that erases": {[]string{wayXML(`version="1" action="delete"`, street)}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			x := mustRead(t, document(append([]string{corners}, c.parts...)...))
			var kinds []string
			for w := range eachWay(x) {
				kinds = append(kinds, w.Tags.Get("highway"))
			}
			got := strings.Join(kinds, "")
			count := 0
			for _, w := range x.Warnings {
				count += w.Count
			}
			if got != c.want || count != c.count {
				t.Errorf("ways of %q, want %q; warnings %v, want %d", got, c.want, x.Warnings, c.count)
			}
		})
	}
}

func TestDeletedNodes(t *testing.T) {
	x := mustRead(t, document(corners, `<node id="9" lat="1" lon="1"><tag k="amenity" v="bank"/></node>`,
		`<node id="2" visible="false"/><node id="9" visible="false"/>`, wayXML("", `<tag k="highway" v="path"/>`)))
	if x.Ways.Len() != 0 || len(x.Points) != 0 || slices.Contains(x.At, nowhere) {
		t.Errorf("%d ways, %d points, at %v; want none", x.Ways.Len(), len(x.Points), x.At)
	}
}

// A history tells where a node was and what it was called in every version, in
// whichever order.
func TestVersionsOfANode(t *testing.T) {
	bank, cafe := `<tag k="amenity" v="bank"/>`, `<tag k="amenity" v="cafe"/>`
	node := func(version int, lon float64, tags string) string {
		return fmt.Sprintf(`<node id="2" version="%d" lat="1" lon="%g">%s</node>`, version, lon, tags)
	}
	const gone = `<node id="2" version="%d" visible="false"/>`
	for name, c := range map[string]struct {
		parts []string
		lon   int32 // of the node; 0 if it is gone
		point string
	}{
		"in order":             {[]string{node(1, 2, bank), node(2, 3, cafe)}, 3e7, "cafe"},
		"newest first":         {[]string{node(2, 3, cafe), node(1, 2, bank)}, 3e7, "cafe"},
		"newest in the middle": {[]string{node(1, 2, bank), node(3, 4, ""), node(2, 3, cafe)}, 4e7, ""},
		"lost its tags":        {[]string{node(1, 2, bank), node(2, 3, "")}, 3e7, ""},
		"deleted":              {[]string{node(1, 2, bank), fmt.Sprintf(gone, 2)}, 0, ""},
		"deleted, in disorder": {[]string{fmt.Sprintf(gone, 2), node(1, 2, bank)}, 0, ""},
		"brought back":         {[]string{node(3, 4, cafe), node(1, 2, bank), fmt.Sprintf(gone, 2)}, 4e7, "cafe"},
		"skeleton behind":      {[]string{node(3, 4, cafe), `<node id="2" lat="1" lon="4"/>`}, 4e7, "cafe"},
	} {
		t.Run(name, func(t *testing.T) {
			x := mustRead(t, document(append([]string{`<node id="1" lat="1" lon="1" version="1"/>`, `<way id="5"><nd ref="1"/><nd ref="2"/><tag k="highway" v="path"/></way>`}, c.parts...)...))
			got := int32(0)
			if x.Ways.Len() > 0 {
				got = x.Line(x.Ways.Vertices(0))[1].Lon
			}
			var points []string
			for _, p := range x.Points {
				points = append(points, p.Tags.Get("amenity"))
			}
			if point := strings.Join(points, " "); got != c.lon || point != c.point {
				t.Errorf("at %d, %q; want %d, %q", got, point, c.lon, c.point)
			}
		})
	}
}

func TestRelationAgainAsSkeleton(t *testing.T) {
	ring := `<way id="6"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>`
	member := `<member type="way" ref="6" role="outer"/>`
	x := mustRead(t, document(corners, ring, `<relation id="7">`+member+`<tag k="type" v="multipolygon"/><tag k="natural" v="water"/></relation>`,
		`<relation id="7">`+member+`</relation>`))
	if len(x.Relations) != 1 || len(x.Warnings) != 0 {
		t.Errorf("relations %v, warnings %v", x.Relations, x.Warnings)
	}
}

func TestPositionsOnWays(t *testing.T) {
	along := `<nd ref="1" lat="1" lon="1"/><nd ref="2" lat="1" lon="2"/><nd ref="3" lat="2" lon="2"/>`
	street := `<tag k="highway" v="service"/>`
	want := []geo.Fixed{{Lon: 1e7, Lat: 1e7}, {Lon: 2e7, Lat: 1e7}, {Lon: 2e7, Lat: 2e7}}
	node := message{}
	node.bytes(1, deltas(2))
	node.bytes(8, deltas(1e7))
	node.bytes(9, deltas(2e7))
	for name, data := range map[string][]byte{
		"on all":        document(`<way id="5">` + along + street + `</way>`),
		"beside a node": document(`<node id="2" lat="1" lon="2"/>`, `<way id="5">`+along+street+`</way>`),
		"on some":       document(corners, `<way id="5"><nd ref="1"/><nd ref="2"/><nd ref="3" lat="9" lon="9"/>`+street+`</way>`),
		"pbf":           located(node),
	} {
		x := mustRead(t, data)
		if x.Ways.Len() != 1 || len(x.Warnings) != 0 {
			t.Fatalf("%s: %d ways, %v", name, x.Ways.Len(), x.Warnings)
		}
		if diff := cmp.Diff(want, x.Line(x.Ways.Vertices(0))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	// Where Overpass left a position out, the street is cut as at any missing node.
	x := mustRead(t, document(`<way id="5">`+along+`<nd ref="8"/>`+strings.ReplaceAll(along, `ref="`, `ref="1`)+street+`</way>`))
	if x.Ways.Len() != 2 || len(x.Warnings) != 1 || x.Warnings[0] != (Warning{MissingNodes, 1, 8}) {
		t.Errorf("%d ways, %v; want two and one missing node", x.Ways.Len(), x.Warnings)
	}
}

// located is a PBF of one way that brings its positions along, but for one node.
func located(dense message) []byte {
	w := newPBFWriter()
	var nodes, ways, way, header message
	nodes.bytes(2, dense.Bytes())
	way.uvarint(1, 5)
	w.tags(&way, map[string]string{"highway": "service"})
	way.bytes(8, deltas(1, 2, 3))
	way.bytes(9, deltas(1e7, 1<<31-1, 2e7)) // how a position that is not known is written
	way.bytes(10, deltas(1e7, 1<<31-1, 2e7))
	ways.bytes(3, way.Bytes())
	header.bytes(4, []byte("OsmSchema-V0.6"))
	header.bytes(5, []byte("LocationsOnWays"))
	return slices.Concat(blobBytes("OSMHeader", header.Bytes()), newPBFWriter().block(&nodes), w.block(&ways))
}

// An answer of relations alone has the course of every member, without ids. One
// of its members may also be in the answer as a way.
func TestPositionsOnMembers(t *testing.T) {
	lake := `<tag k="type" v="multipolygon"/><tag k="natural" v="water"/>`
	half := `<nd lat="1" lon="1"/><nd lat="1" lon="2"/><nd lat="2" lon="2"/>`
	rest := `<nd lat="2" lon="2"/><nd lat="2" lon="1"/><nd lat="1" lon="1"/>`
	relation := `<relation id="7"><member type="way" ref="5" role="outer">` + half + `</member><member type="way" ref="6" role="outer">` + rest + `</member>` + lake + `</relation>`
	way := `<way id="5"><nd ref="1" lat="1" lon="1"/><nd ref="2" lat="1" lon="2"/><nd ref="3" lat="2" lon="2"/><tag k="highway" v="path"/></way>`
	for name, data := range map[string][]byte{
		"alone": document(relation), "beside a way": document(way, relation), "before the way": document(relation, way),
	} {
		x := mustRead(t, data)
		if len(x.Relations) != 1 || len(x.Relations[0].Polygons) != 1 || len(x.Relations[0].Polygons[0][0]) != 5 || len(x.At) != 4 || len(x.Warnings) != 0 {
			t.Errorf("%s: %v of %d nodes, %v", name, x.Relations, len(x.At), x.Warnings)
		}
		checkExtract(t, x)
	}
}

func TestAreaThatLostANode(t *testing.T) {
	ring := `<nd ref="1"/><nd ref="2"/><nd ref="77"/><nd ref="3"/><nd ref="4"/><nd ref="1"/>`
	x := mustRead(t, document(corners, `<way id="5">`+ring+`<tag k="building" v="yes"/></way>`))
	w := x.Ways.At(0)
	if diff := cmp.Diff([]Warning{{GappedAreas, 1, 5}}, x.Warnings); diff != "" || !w.Closed() {
		t.Errorf("a building: closed %v, warnings %s", w.Closed(), diff)
	}
	x = mustRead(t, document(corners, `<way id="5">`+ring+`<tag k="area" v="yes"/><tag k="highway" v="pedestrian"/></way>`))
	if x.Ways.Len() != 2 {
		t.Fatalf("a square that lost a node is %d ways, want two open ones", x.Ways.Len())
	}
	for w := range eachWay(x) {
		if w.Closed() {
			t.Error("a square was closed across the gap, where nobody is known to get through")
		}
	}
	if diff := cmp.Diff([]Warning{{MissingNodes, 1, 77}}, x.Warnings); diff != "" {
		t.Error(diff)
	}
}

func TestPartsOfAMapAreRefused(t *testing.T) {
	for say, data := range map[string]string{
		"file of changes": `<osmChange version="0.6"><delete><way id="5" version="2"/></delete></osmChange>`,
		"apply-changes":   `<osm>` + corners + `<action type="delete"><old/><new/></action></osm>`,
		"smaller area":    `<osm>` + corners + `<remark> runtime error: Query timed out in "query" at line 3 after 26 seconds. </remark></osm>`,
		"timeout":         `<osm>` + corners + `<remark>runtime error: Query run out of memory using about 2048 MB of RAM.</remark></osm>`,
	} {
		_, err := read(t.Context(), strings.NewReader(data), "part.osm", int64(len(data)), nil)
		if en, _ := fault.In(lang.EN, err); fault.KindOf(err) != fault.Invalid || !strings.Contains(en, say) {
			t.Errorf("%s: error %v", data, err)
		}
	}
	data := document(corners, `<note>The data is free of error.</note><remark>runtime remark: 4 nodes</remark>`)
	if _, err := read(t.Context(), bytes.NewReader(data), "whole.osm", int64(len(data)), nil); err != nil {
		t.Error(err)
	}
}
