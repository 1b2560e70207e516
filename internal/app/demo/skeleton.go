package demo

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// feature is one line of the skeleton.
type feature struct {
	class, name, english string
	number               int     // the class, where it is one: half a river's width in metres
	line                 []point // a ring, for what covers an area: not closed
}

// skeleton is the hand-drawn part of the city.
type skeleton struct {
	floors, districts, rivers, rails, motorways, avenues []feature
	parks, squares, lakes, climbs, places, landmarks     []feature
}

func (s *skeleton) kind(name string) *[]feature {
	return map[string]*[]feature{
		"floor": &s.floors, "district": &s.districts, "river": &s.rivers, "rail": &s.rails,
		"motorway": &s.motorways, "avenue": &s.avenues, "park": &s.parks, "square": &s.squares,
		"water": &s.lakes, "climb": &s.climbs, "place": &s.places, "landmark": &s.landmarks,
	}[name]
}

// readSkeleton reads "kind | class | name | English name | x,y x,y ..." with
// points in metres. Rivers, railways and motorways are bent
// smoothly, and the edge of the valley floor is roughened.
func readSkeleton(r io.Reader) (skeleton, error) {
	var s skeleton
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		text := strings.TrimSpace(lines.Text())
		if text == "" || text[0] == '#' {
			continue
		}
		cell := strings.Split(text, "|")
		if len(cell) != 5 {
			return s, fmt.Errorf("skeleton line %d: %d cells instead of 5", n, len(cell))
		}
		for i := range cell {
			cell[i] = strings.TrimSpace(cell[i])
		}
		list := s.kind(cell[0])
		if list == nil {
			return s, fmt.Errorf("skeleton line %d: unknown kind %q", n, cell[0])
		}
		f := feature{class: cell[1], name: cell[2], english: cell[3]}
		f.number, _ = strconv.Atoi(f.class)
		for pair := range strings.FieldsSeq(cell[4]) {
			p, err := readPoint(pair)
			if err != nil {
				return s, fmt.Errorf("skeleton line %d: %w", n, err)
			}
			f.line = append(f.line, p)
		}
		*list = append(*list, f)
	}
	for _, list := range [][]feature{s.rivers, s.rails, s.motorways} {
		for i := range list {
			list[i].line = bend(bend(list[i].line))
		}
	}
	s.meetRivers()
	for i := range s.floors {
		s.floors[i].line = weather(s.floors[i].line)
	}
	return s, lines.Err()
}

func readPoint(pair string) (point, error) {
	x, y, ok := strings.Cut(pair, ",")
	east, err := strconv.Atoi(x)
	north, err2 := strconv.Atoi(y)
	if !ok || err != nil || err2 != nil {
		return point{}, fmt.Errorf("%q is not east,north", pair)
	}
	return point{east * metre, north * metre}, nil
}

// meetRivers draws the tributaries' mouths onto the first river, which bending
// has moved away from them.
func (s *skeleton) meetRivers() {
	if len(s.rivers) == 0 {
		return
	}
	main := s.rivers[0].line
	for _, f := range s.rivers[1:] {
		mouth := &f.line[len(f.line)-1]
		from, best := *mouth, main[0]
		for i := range len(main) - 1 {
			if p := nearest(from, main[i], main[i+1]); p.minus(from).length() < best.minus(from).length() {
				best = p
			}
		}
		*mouth = best
	}
}

// weather gives the foot of the slopes the unevenness that a ruler lacks.
func weather(r ring) []point {
	line := stepped(r.closed(), 300*metre)
	for i, p := range line[:len(line)-1] {
		out := line[i+1].minus(p).left().scaled(1000)
		line[i] = p.plus(out.scaled(metre*130)).toward(p.minus(out.scaled(metre*130)), at(p, 51).below(100), 100)
	}
	line[len(line)-1] = line[0]
	line = bend(line)
	return line[1 : len(line)-1]
}

// bend cuts the corners of a line (Chaikin), keeping its ends.
func bend(line []point) []point {
	out := []point{line[0]}
	for i := range len(line) - 1 {
		a, b := line[i], line[i+1]
		out = append(out, a.toward(b, 1, 4), a.toward(b, 3, 4))
	}
	return append(out, line[len(line)-1])
}

// districtAt returns the district that p lies in.
func (s *skeleton) districtAt(p point) (feature, bool) { return covering(s.districts, p) }

func covering(areas []feature, p point) (feature, bool) {
	for _, f := range areas {
		if ring(f.line).contains(p) {
			return f, true
		}
	}
	return feature{}, false
}
