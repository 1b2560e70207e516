package reach_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
)

var update = flag.Bool("update", false, "write the answers into testdata/*.test instead of checking them")

// TestScenarios runs testdata/*.test. A scenario draws a map, puts stations and
// people on it and asks questions; the answer stands indented below each.
//
//	scale 50 m                  one character of the map, across and down
//	speed 4.8 km/h              what minutes mean; 4.8 unless said
//	map                         until "end": a capital is a junction, + one without a name,
//	  A---B                     - = | / \ are streets, > < ^ v in a street make it one-way,
//	end                         ~ is water and means nothing
//	station 甲 at B
//	station 乙 on A-B 75 m from A
//	cell 东村 at A, 30 m off, 120 people
//	cell 岛 nowhere, 7 people    no street comes near
//
//	nearest 2 from A within 15 min       from a junction, a station, a cell or "A-B 75 m"
//	within 300 m of 甲                    the junctions from which it is that near
//	cover 2 within 5 min                 how many people have one and two stations
//	gaps within 5 min                    where those without one are
//	lists 300 m                          of each station: the junctions within it, all at once
//	who 300 m                            of each station: the cells that reach it, all at once
//	area 300 m of 甲 乙                   the junctions and cells inside the drawn area
//
// "go test -update" writes the answers.
func TestScenarios(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.test")
	if len(files) < 6 {
		t.Fatalf("only %d scenarios in testdata", len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".test"), func(t *testing.T) { runScenario(t, file) })
	}
}

func runScenario(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	s := scenario{t: t, file: file, scaleM: 100, speedKmh: 4.8, snaps: map[string]road.Snap{}}
	var out []string
	for i := 0; i < len(lines); {
		s.line = i + 1
		statement := strings.TrimSpace(lines[i])
		out = append(out, lines[i])
		i++
		switch verb, rest, _ := strings.Cut(statement, " "); verb {
		case "", "#":
		case "map":
			start := i
			for i < len(lines) && strings.TrimSpace(lines[i]) != "end" {
				i++
			}
			s.drawing(lines[start:i])
			out = append(out, lines[start:min(i+1, len(lines))]...)
			i++
		case "scale":
			s.scan(rest, "%f m", &s.scaleM)
		case "speed":
			s.scan(rest, "%f km/h", &s.speedKmh)
		case "station":
			s.station(rest)
		case "cell":
			s.cell(rest)
		default:
			var want []string
			for i < len(lines) && strings.HasPrefix(lines[i], "  ") {
				want = append(want, strings.TrimSpace(lines[i]))
				i++
			}
			got := s.answer(verb, rest)
			if d := diff.Diff(want, got); d != "" && !*update {
				t.Errorf("%s:%d: %s\nthe answer differs (-expected +got):\n%s", file, s.line, statement, d)
			}
			for _, l := range got {
				out = append(out, "  "+l)
			}
		}
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(file, []byte(strings.Join(out, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// scenario is a file as far as it has been read.
type scenario struct {
	t        *testing.T
	file     string
	line     int
	scaleM   float64
	speedKmh float64
	graph    *road.Graph
	names    map[road.Node]string
	edges    map[string]road.Edge // by the names of both ends, in both orders
	snaps    map[string]road.Snap
	stations []road.Snap
	called   []string // the names of stations
	cells    []reach.Cell
	cellName []string
}

func (s *scenario) fatalf(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("%s:%d: %s", s.file, s.line, fmt.Sprintf(format, args...))
}

func (s *scenario) scan(text, format string, into ...any) {
	s.t.Helper()
	if _, err := fmt.Sscanf(text, format, into...); err != nil {
		s.fatalf("%q is not of the form %q", text, format)
	}
}

// station reads "甲 at B" or "乙 on A-B 75 m from A", with ", 30 m off" after it.
func (s *scenario) station(rest string) {
	name, place, _ := strings.Cut(rest, " ")
	place, off, _ := strings.Cut(place, ", ")
	snap := s.place(place)
	if off != "" {
		s.scan(off, "%f m off", &snap.OffM)
	}
	s.snaps[name] = snap
	s.stations, s.called = append(s.stations, snap), append(s.called, name)
}

// cell reads "东村 at A, 30 m off, 120 people" or "岛 nowhere, 7 people".
func (s *scenario) cell(rest string) {
	name, rest, _ := strings.Cut(rest, " ")
	parts := strings.Split(rest, ", ")
	var people float64
	s.scan(parts[len(parts)-1], "%f people", &people)
	weight, err := reach.NewWeight(people)
	if err != nil {
		s.fatalf("%v", err)
	}
	c := reach.Cell{Weight: weight}
	if parts[0] != "nowhere" {
		c.Snap, c.OnStreet = s.place(parts[0]), true
		if len(parts) == 3 {
			s.scan(parts[1], "%f m off", &c.Snap.OffM)
		}
		c.At = c.Snap.At.Point()
		s.snaps[name] = c.Snap
	} else {
		c.At = at(-1e5, float64(len(s.cells))*1e4).Point()
	}
	s.cells, s.cellName = append(s.cells, c), append(s.cellName, name)
}

// place reads "at A", "A", "on A-B 75 m from A", or the name of a station or cell.
func (s *scenario) place(text string) road.Snap {
	words := strings.Fields(text)
	if len(words) > 1 && (words[0] == "at" || words[0] == "on") {
		words = words[1:]
	}
	if len(words) == 1 {
		if snap, ok := s.snaps[words[0]]; ok {
			return snap
		}
		s.fatalf("there is no junction, station or cell %q", words[0])
	}
	var metres float64
	var from string
	s.scan(strings.Join(words[1:], " "), "%f m from %s", &metres, &from)
	e, ok := s.edges[words[0]]
	if !ok {
		s.fatalf("there is no street %q", words[0])
	}
	tail, _ := s.graph.Ends(e)
	along, length := uint32(metres*10), s.graph.EdgeLength(e)
	if along > length {
		s.fatalf("street %s is only %d m long", words[0], length/10)
	}
	if s.names[tail] != from {
		along = length - along
	}
	shape := s.graph.Shape(e)
	return road.Snap{Edge: e, Along: along, At: alongShape(shape, along, length)}
}

// budget reads "15 min" or "300 m".
func (s *scenario) budget(text string) uint32 {
	var value float64
	var unit string
	s.scan(text, "%f %s", &value, &unit)
	switch unit {
	case "m":
		return uint32(value * 10)
	case "min":
		return uint32(value * s.speedKmh / 60 * 10_000)
	}
	s.fatalf("%q is no unit: write m or min", unit)
	return 0
}

func (s *scenario) answer(verb, rest string) []string {
	if s.graph == nil {
		s.fatalf("draw a map first")
	}
	switch verb {
	case "nearest":
		return s.nearest(rest)
	case "within":
		return s.within(rest)
	case "cover":
		return s.cover(rest)
	case "gaps":
		return s.gaps(rest)
	case "area":
		return s.area(rest)
	case "lists":
		return s.lists(rest)
	case "who":
		return s.who(rest)
	}
	s.fatalf("%q is neither a statement nor a question", verb)
	return nil
}

func (s *scenario) nearest(rest string) []string {
	count, rest, _ := strings.Cut(rest, " from ")
	place, budget, _ := strings.Cut(rest, " within ")
	var k int
	s.scan(count, "%d", &k)
	out := []string{}
	for _, h := range nearestTo(s.graph, s.stations, k, s.budget(budget)).To(s.place(place)) {
		minutes := float64(h.Length) / 10_000 / s.speedKmh * 60
		out = append(out, fmt.Sprintf("%s %v m, %.1f min", s.called[h.Source], float64(h.Length)/10, minutes))
	}
	return orNone(out)
}

func (s *scenario) within(rest string) []string {
	budget, place, _ := strings.Cut(rest, " of ")
	out := []string{}
	reach.NewSearch(s.graph.Reverse()).Run(s.place(place), s.budget(budget), func(n road.Node, d uint32) bool {
		if s.names[n] != "+" {
			out = append(out, fmt.Sprintf("%06d %s %v m", d, s.names[n], float64(d)/10))
		}
		return true
	})
	slices.Sort(out) // by distance, and then by name instead of by number
	for i := range out {
		_, out[i], _ = strings.Cut(out[i], " ")
	}
	return orNone(out)
}

func (s *scenario) cover(rest string) []string {
	count, budget, _ := strings.Cut(rest, " within ")
	var k int
	s.scan(count, "%d", &k)
	c := reach.Cover(nearestTo(s.graph, s.stations, k, s.budget(budget)), s.cells)
	out := []string{fmt.Sprintf("all %v people", c.Total())}
	for j := 1; j <= k; j++ {
		var names []string
		for i := range s.cells {
			if int(c.Counts[i]) >= j {
				names = append(names, s.cellName[i])
			}
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%d× %v people %s", j, c.Covered(j), strings.Join(names, " "))))
	}
	return append(out, fmt.Sprintf("no street %v people", c.Unreachable))
}

func (s *scenario) gaps(rest string) []string {
	var out []string
	c := reach.Cover(nearestTo(s.graph, s.stations, 1, s.budget(strings.TrimPrefix(rest, "within "))), s.cells)
	for _, g := range reach.Gaps(s.cells, c, 1, 10) {
		var names []string
		for _, i := range g.Cells {
			names = append(names, s.cellName[i])
		}
		out = append(out, fmt.Sprintf("%v people %s", g.Weight, strings.Join(names, " ")))
	}
	return orNone(out)
}

func (s *scenario) area(rest string) []string {
	budget, places, _ := strings.Cut(rest, " of ")
	var from []road.Snap
	for name := range strings.FieldsSeq(places) {
		from = append(from, s.place(name))
	}
	area := areasOf(s.graph, from, []uint32{s.budget(budget)})[0]
	var in, out []string
	for name, snap := range s.snaps {
		if slices.Contains(s.called, name) {
			continue
		}
		if area.Contains(snap.At.Point()) {
			in = append(in, name)
		} else {
			out = append(out, name)
		}
	}
	slices.Sort(in)
	slices.Sort(out)
	return []string{strings.TrimSpace("inside " + strings.Join(in, " ")), strings.TrimSpace("outside " + strings.Join(out, " "))}
}

func orNone(lines []string) []string {
	if len(lines) == 0 {
		return []string{"none"}
	}
	return lines
}
