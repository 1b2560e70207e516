package demo

// lookup finds streets near a place by cells of 200 m.
type lookup struct {
	cells   map[point][]piece
	streets []street
}

// piece is one straight part of a street.
type piece struct{ street, corner int }

const lookupCell = 200 * metre

func (c *city) lookup() lookup {
	l := lookup{cells: map[point][]piece{}, streets: c.streets}
	for i, s := range c.streets {
		for j := range len(s.line) - 1 {
			seen := map[point]bool{}
			for _, p := range stepped(s.line[j:j+2], lookupCell/4) {
				cell := point{divide(p.X, lookupCell), divide(p.Y, lookupCell)}
				if !seen[cell] {
					seen[cell] = true
					l.cells[cell] = append(l.cells[cell], piece{i, j})
				}
			}
		}
	}
	return l
}

// near returns the nearest street that is accepted and its distance, within
// about 200 m; ok is false when there is none.
func (l lookup) near(p point, accept func(street) bool) (found street, away int, ok bool) {
	home := point{divide(p.X, lookupCell), divide(p.Y, lookupCell)}
	for x := home.X - 1; x <= home.X+1; x++ {
		for y := home.Y - 1; y <= home.Y+1; y++ {
			for _, k := range l.cells[point{x, y}] {
				s := l.streets[k.street]
				d := nearest(p, s.line[k.corner], s.line[k.corner+1]).minus(p).length()
				if (!ok || d < away) && accept(s) {
					found, away, ok = s, d, true
				}
			}
		}
	}
	return found, away, ok
}

func named(s street) bool { return s.name != "" && !s.square && s.class != "footway" }

// address is the nearest named street and a number on it. Numbers grow along
// the street's first line from its beginning, odd on its left.
func (l lookup) address(p point) (street string, number int) {
	s, _, ok := l.near(p, named)
	if !ok {
		return "", 0
	}
	first, last := s.line[0], s.line[len(s.line)-1]
	number = 2 * (nearest(p, first, last).minus(first).length() / (12 * metre))
	if last.minus(first).cross(p.minus(first)) > 0 {
		number--
	}
	return s.name, max(number+2, 1)
}
