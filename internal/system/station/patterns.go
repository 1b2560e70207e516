package station

import (
	"time"

	"github.com/xiadu/xiadu/internal/calendar/opening"
)

// Timetable groups the operating stations by their hours. A country's 160,000
// stations keep a few hundred different hours, so that what is open is told
// for each of those and not for each station.
type Timetable struct {
	each      []pattern
	operating int
	unknown   int // of them, with hours that nobody has said
}

// pattern is the operating stations that open and close together.
type pattern struct {
	hours    opening.Hours
	stations []int32
}

// TimetableOf finds the different hours of some stations.
func TimetableOf(stations []Station) Timetable {
	var p Timetable
	bySpelling := map[string]int{}
	byRules := map[opening.Hours]int{} // the same for stations that share theirs, without spelling them again
	for i := range stations {
		s := &stations[i]
		if s.Status != Operating {
			continue
		}
		p.operating++
		if !s.Hours.Known() {
			p.unknown++
		}
		at, ok := byRules[s.Hours]
		if !ok {
			spelling := s.Hours.String()
			if at, ok = bySpelling[spelling]; !ok {
				at = len(p.each)
				p.each = append(p.each, pattern{hours: s.Hours})
				bySpelling[spelling] = at
			}
			byRules[s.Hours] = at
		}
		p.each[at].stations = append(p.each[at].stations, int32(i))
	}
	return p
}

// openSet says which patterns are open.
type openSet []uint64

func newOpenSet(size int) openSet { return make(openSet, (size+63)/64) }

func (o openSet) add(i int)      { o[i/64] |= 1 << (i % 64) }
func (o openSet) has(i int) bool { return o[i/64]>>(i%64)&1 == 1 }

// appendTo appends o to a key.
func (o openSet) appendTo(key []byte) []byte {
	for _, word := range o {
		for shift := 0; shift < 64; shift += 8 {
			key = append(key, byte(word>>shift))
		}
	}
	return key
}

// openAt returns the patterns that are open at an hour, or all of them.
func (p Timetable) openAt(at time.Time, anyHour bool) openSet {
	o := newOpenSet(len(p.each))
	for i, each := range p.each {
		if anyHour || each.hours.OpenAt(at) {
			o.add(i)
		}
	}
	return o
}
