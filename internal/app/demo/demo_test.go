package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xiadu/xiadu/internal/gb"
)

func written(t *testing.T, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSameBytes draws the city twice and compares it with what it was when the
// golden file was written, perhaps on another machine.
func TestSameBytes(t *testing.T) {
	var got strings.Builder
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
		again func(io.Writer) error
	}{
		{"streets", Streets, drawCity().writeOSM},
		{"stations", Stations, drawCity().writeStations},
		{"demand", Demand, drawCity().writeDemand},
		{"candidates", Candidates, drawCity().writeCandidates},
		{"areas", Areas, drawCity().writeAreas},
	} {
		first, second := written(t, f.write), written(t, f.again)
		if !bytes.Equal(first, second) {
			t.Errorf("%s differ from one drawing to the next", f.name)
		}
		fmt.Fprintf(&got, "%s %x\n", f.name, sha256.Sum256(first))
	}
	golden := filepath.Join("testdata", "sha256.golden")
	if os.Getenv("XIADU_GOLDEN") != "" {
		if err := os.WriteFile(golden, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the city has changed: look at its picture, then make golden\ngot:\n%swant:\n%s", got.String(), want)
	}
}

// TestOnePiece walks from street to street by shared corners.
func TestOnePiece(t *testing.T) {
	c := drawn()
	parent := map[point]point{}
	var root func(p point) point
	root = func(p point) point {
		up, ok := parent[p]
		if !ok || up == p {
			parent[p] = p
			return p
		}
		parent[p] = root(up)
		return parent[p]
	}
	for _, s := range c.streets {
		for i := range len(s.line) - 1 {
			parent[root(s.line[i])] = root(s.line[i+1])
		}
	}
	total, pieces, most := 0, map[point]int{}, 0
	for _, s := range c.streets {
		n := lengthOf(s.line)
		total += n
		pieces[root(s.line[0])] += n
		most = max(most, pieces[root(s.line[0])])
	}
	if most*100 < total*97 {
		t.Errorf("the largest piece has %d of %d km", most/metre/1000, total/metre/1000)
	}
	if n := len(parent); n < 8_000 || n > 20_000 {
		t.Errorf("%d corners: the city is to be big enough to be real and small enough to start at once", n)
	}
	t.Logf("%d km in %d pieces, %d corners, %.2f %% in the largest", total/metre/1000, len(pieces), len(parent), float64(most)*100/float64(total))
}

// TestRiversPart shows that one crosses a river on a bridge or not at all.
func TestRiversPart(t *testing.T) {
	c := drawn()
	bridges := 0
	for _, s := range c.streets {
		over := false
		for i := range len(s.line) - 1 {
			over = over || c.overWater(s.line[i], s.line[i+1])
		}
		if s.bridge {
			bridges++
		}
		if over && !s.bridge {
			t.Errorf("%s %s crosses a river at %v without a bridge", s.class, s.name, s.line[0])
		}
		if s.bridge && s.class != "primary" && s.class != "secondary" {
			t.Errorf("a bridge for %s %s at %v", s.class, s.name, s.line[0])
		}
	}
	if bridges < 15 || bridges > 60 {
		t.Errorf("%d bridges", bridges)
	}
}

func TestDistricts(t *testing.T) {
	for _, f := range drawn().districts {
		d, err := gb.Parse(f.class)
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		if !strings.HasSuffix(d.Name().ZH, f.name) {
			t.Errorf("%s is %s, not %s", f.class, d.Name().ZH, f.name)
		}
	}
}

func TestStationPlaces(t *testing.T) {
	c := drawn()
	streets := c.lookup()
	list := c.stations()
	if len(list) < 190 || len(list) > 220 {
		t.Errorf("%d stations", len(list))
	}
	in := map[string]int{}
	codes, names := map[string]bool{}, map[string]bool{}
	for _, s := range list {
		code, name := s.row[0], s.row[1]
		if codes[code] || names[name] {
			t.Errorf("%s %s is there twice", code, name)
		}
		codes[code], names[name] = true, true
		in[s.row[5]]++
		if _, away, ok := streets.near(s.at, street.forFeet); !ok || away > 60*metre {
			t.Errorf("%s is %d m from a street", code, away/metre)
		}
		if d, _ := c.districtAt(s.at); d.class != s.district || !strings.Contains(s.row[6], d.name) {
			t.Errorf("%s: address %s, but it stands in %s", code, s.row[6], d.name)
		}
	}
	for _, division := range []string{"630102", "630103", "630104", "630105", "630106", "6301Z01"} {
		if in[division] < 3 {
			t.Errorf("%d stations in %s", in[division], division)
		}
	}
	t.Log(in)
}

func TestDemand(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(written(t, Demand))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	ids, day, night := map[string]bool{}, 0, 0
	for _, row := range rows[1:] {
		d, err := strconv.Atoi(row[3])
		n, err2 := strconv.Atoi(row[4])
		if err != nil || err2 != nil || d < 0 || n < 0 || ids[row[0]] {
			t.Errorf("bad row %v", row)
		}
		ids[row[0]] = true
		day, night = day+d, night+n
	}
	if len(ids) < 1000 || day < 50_000 || night < 50_000 {
		t.Errorf("%d cells with %d people by day, %d by night", len(ids), day, night)
	}
	t.Logf("%d cells, %d people by day, %d by night", len(ids), day, night)
}
