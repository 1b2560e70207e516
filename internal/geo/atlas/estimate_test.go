package atlas_test

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
)

// block draws a square of 40 m by 40 m with the given tags, its south-western
// corner so many metres east and north of a place in Xining.
func block(id int, east, north, side float64, tags ...string) string {
	const lat, perDegree = 36.6, 111195.0
	var b strings.Builder
	for i, c := range [][2]float64{{0, 0}, {side, 0}, {side, side}, {0, side}} {
		fmt.Fprintf(&b, `<node id="%d" lon="%.7f" lat="%.7f"/>`, 10*id+i,
			101.7+(east+c[0])/perDegree/math.Cos(lat*math.Pi/180), lat+(north+c[1])/perDegree)
	}
	fmt.Fprintf(&b, `<way id="%d"><nd ref="%d"/><nd ref="%d"/><nd ref="%d"/><nd ref="%d"/><nd ref="%d"/>`, id, 10*id, 10*id+1, 10*id+2, 10*id+3, 10*id)
	for _, t := range tags {
		k, v, _ := strings.Cut(t, "=")
		fmt.Fprintf(&b, `<tag k=%q v=%q/>`, k, v)
	}
	b.WriteString("</way>\n")
	return b.String()
}

// footway is a path through the blocks, so that there is something to walk on;
// nobody is taken to live along it.
const footway = `<node id="1" lon="101.70" lat="36.599"/><node id="2" lon="101.71" lat="36.599"/>
<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="footway"/></way>`

func estimated(t *testing.T, drawn ...string) []atlas.DemandCell {
	t.Helper()
	a, report := imported(t, write(t, "town.osm", []byte(`<osm version="0.6">`+footway+strings.Join(drawn, "")+`</osm>`)))
	cells := a.Estimate.Cells()
	if len(cells) != report.Cells {
		t.Errorf("%d cells, the report has %d", len(cells), report.Cells)
	}
	return cells
}

// sum returns everybody in cells, rounded as a reader would.
func sum(cells []atlas.DemandCell) (day, night float64) {
	for _, c := range cells {
		day, night = day+c.Day, night+c.Night
	}
	return math.Round(day), math.Round(night)
}

// The figures are those of the guide's tables, by hand: 40 m by 40 m are 1,600 m².
func TestEstimateCountsFloors(t *testing.T) {
	for _, c := range []struct {
		about      string
		drawn      []string
		day, night float64
	}{
		{"flats of six storeys", []string{block(10, 0, 0, 40, "building=apartments", "building:levels=6")}, 106, 240},
		{"flats of 20 m have six storeys", []string{block(10, 0, 0, 40, "building=apartments", "height=20 m")}, 106, 240},
		{"flats of unknown height too", []string{block(10, 0, 0, 40, "building=apartments")}, 106, 240},
		{"what is not a number is unknown", []string{block(10, 0, 0, 40, "building=apartments", "building:levels=NaN", "height=tall")}, 106, 240},
		{"offices empty by night", []string{block(10, 0, 0, 40, "building=office", "building:levels=5")}, 400, 8},
		{"no stated use", []string{block(10, 0, 0, 40, "building=yes")}, 90, 115},
		{"a small one is low", []string{block(10, 0, 0, 10, "building=yes")}, 3, 4},
		{"a shed", []string{block(10, 0, 0, 4, "building=yes")}, 0, 0},
		{"a garage", []string{block(10, 0, 0, 40, "building=garages")}, 0, 0},
		{"no stated use, on the ground of a school", []string{
			block(10, 0, 0, 40, "building=yes"), block(11, -50, -50, 140, "amenity=school"),
		}, 384, 0},
		{"the smallest ground counts", []string{
			block(10, 0, 0, 40, "building=yes"), block(11, -50, -50, 140, "amenity=school"), block(12, -55, -55, 150, "landuse=residential"),
		}, 384, 0},
		{"a shop", []string{`<node id="5" lon="101.701" lat="36.6"><tag k="shop" v="bakery"/></node>`}, 5, 0},
	} {
		if day, night := sum(estimated(t, c.drawn...)); day != c.day || night != c.night {
			t.Errorf("%s: %v by day and %v by night, want %v and %v", c.about, day, night, c.day, c.night)
		}
	}
}

// Where there are no buildings, streets and grounds speak; where there are, not.
func TestEstimateWithoutBuildings(t *testing.T) {
	const street = `<node id="3" lon="101.70" lat="36.6002"/><node id="4" lon="101.7050" lat="36.6002"/>
<way id="2"><nd ref="3"/><nd ref="4"/><tag k="highway" v="residential"/></way>`
	if day, night := sum(estimated(t, street)); day < 195 || day > 206 || night < 396 || night > 406 {
		t.Errorf("446 m of street: %v by day and %v by night, want about 45 and 90 per 100 m", day, night)
	}
	if day, night := sum(estimated(t, block(9, 0, 0, 1000, "landuse=residential"))); day < 5800 || day > 6200 || night < 11700 || night > 12300 {
		t.Errorf("100 hectares of dwellings: %v and %v, want about 6,000 and 12,000", day, night)
	}
	var town []string
	for i := range 8 {
		town = append(town, block(10+i, float64(60*i), 0, 40, "building=garages"), block(30+i, float64(60*i), 100, 40, "building=office"))
	}
	mapped, streets := estimated(t, town...), estimated(t, append(town, street)...)
	day, night := sum(mapped)
	if d, n := sum(streets); d != day || n != night {
		t.Errorf("a street between buildings made %v and %v of %v and %v", d, n, day, night)
	}
}

// A cell is the same in every extract that holds it.
func TestEstimateCellsKeepTheirIDs(t *testing.T) {
	one := block(10, 0, 0, 40, "building=apartments")
	alone, among := estimated(t, one), estimated(t, one, block(11, 900, 700, 40, "building=office"))
	if len(alone) != 1 || len(among) != 2 || !slices.Contains(among, alone[0]) {
		t.Errorf("%v and %v", alone, among)
	}
}

// Against what is known of places: see docs/estimate.md, which has the figures.
func TestEstimateOfRealPlaces(t *testing.T) {
	a, _ := imported(t, realFile(t, "monaco.osm.pbf"))
	monaco := 0.0
	for _, b := range a.Boundaries {
		night := 0.0
		for _, c := range a.Estimate.Cells() {
			if b.Contains(c.At.Fixed()) {
				night += c.Night
			}
		}
		if t.Logf("%s (%d): %.0f", b.Name, b.Level, night); b.Level == 10 { // the quarters of Monaco
			monaco += night
		}
	}
	if t.Logf("Monaco: %.0f of 38,000", monaco); monaco < 38_000/1.5 || monaco > 38_000*1.5 {
		t.Errorf("Monaco has 38,000 residents, the estimate %.0f", monaco)
	}
	poa, _ := imported(t, realFile(t, "poa_osm.pbf"))
	known, guessed := hexagons(t, poa.Estimate.Cells())
	total, people := 0.0, 0.0
	for i := range known {
		total, people = total+known[i], people+guessed[i]
	}
	t.Logf("Porto Alegre: %.0f of %.0f; correlation %.2f, of ranks %.2f", people, total, correlation(known, guessed), correlation(ranks(known), ranks(guessed)))
	if people < total/1.5 || people > total*1.5 || correlation(ranks(known), ranks(guessed)) < 0.5 {
		t.Error("the estimate has nothing to do with the census")
	}
}

func realFile(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("XIADU_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("real data is not here (set XIADU_DATA to its folder): %v", err)
	}
	return path
}

// hexagons returns the residents of the hexagons of Porto Alegre, and how many
// the estimate has in each.
func hexagons(t *testing.T, cells []atlas.DemandCell) (known, guessed []float64) {
	t.Helper()
	f, err := os.Open(realFile(t, "poa_hexgrid.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var at []geo.Point
	for _, row := range rows[1:] {
		var v [3]float64
		for i := range v {
			if v[i], err = strconv.ParseFloat(row[i+1], 64); err != nil {
				t.Fatal(err)
			}
		}
		at, known = append(at, geo.Point{Lon: v[0], Lat: v[1]}), append(known, v[2])
	}
	guessed = make([]float64, len(at))
	for _, c := range cells {
		nearest := slices.MinFunc(at, func(a, b geo.Point) int { return cmp.Compare(geo.Distance(a, c.At), geo.Distance(b, c.At)) })
		if geo.Distance(nearest, c.At) < 250 { // beyond is outside the grid
			guessed[slices.Index(at, nearest)] += c.Night
		}
	}
	return known, guessed
}

// correlation is Pearson's.
func correlation(x, y []float64) float64 {
	var mx, my, xy, xx, yy float64
	for i := range x {
		mx, my = mx+x[i]/float64(len(x)), my+y[i]/float64(len(x))
	}
	for i := range x {
		xy, xx, yy = xy+(x[i]-mx)*(y[i]-my), xx+(x[i]-mx)*(x[i]-mx), yy+(y[i]-my)*(y[i]-my)
	}
	return xy / math.Sqrt(xx*yy)
}

// ranks returns the rank of each value; equal ones share theirs.
func ranks(x []float64) []float64 {
	sorted := slices.Sorted(slices.Values(x))
	out := make([]float64, len(x))
	for i, v := range x {
		first, _ := slices.BinarySearch(sorted, v)
		last, _ := slices.BinarySearch(sorted, math.Nextafter(v, math.Inf(1)))
		out[i] = float64(first+last-1) / 2
	}
	return out
}
