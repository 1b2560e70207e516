// Package timetable tells when stations are open: all of them by their few hundred
// different hours, the hours of a week that a question counts, the usual dates of a
// season, and when people count where they sleep.
package timetable

import (
	"time"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Timetable groups the operating stations by their hours. A country's 160,000
// stations keep a few hundred different hours, so that what is open is told
// for each of those and not for each station.
type Timetable struct {
	Each      []pattern
	Operating int
	Unknown   int // of them, with hours that nobody has said
}

// pattern is the operating stations that open and close together.
type pattern struct {
	Hours    opening.Hours
	Stations []int32
}

// Of finds the different hours of some stations.
func Of(stations []station.Station) Timetable {
	var p Timetable
	bySpelling := map[string]int{}
	byRules := map[opening.Hours]int{} // the same for stations that share theirs, without spelling them again
	for i := range stations {
		s := &stations[i]
		if s.Status != station.Operating {
			continue
		}
		p.Operating++
		if !s.Hours.Known() {
			p.Unknown++
		}
		at, ok := byRules[s.Hours]
		if !ok {
			spelling := s.Hours.String()
			if at, ok = bySpelling[spelling]; !ok {
				at = len(p.Each)
				p.Each = append(p.Each, pattern{Hours: s.Hours})
				bySpelling[spelling] = at
			}
			byRules[s.Hours] = at
		}
		p.Each[at].Stations = append(p.Each[at].Stations, int32(i))
	}
	return p
}

// OpenSet says which patterns are open.
type OpenSet []uint64

// NewOpenSet returns a set of none of size patterns.
func NewOpenSet(size int) OpenSet { return make(OpenSet, (size+63)/64) }

// Add opens pattern i.
func (o OpenSet) Add(i int) { o[i/64] |= 1 << (i % 64) }

// Has tells whether pattern i is open.
func (o OpenSet) Has(i int) bool { return o[i/64]>>(i%64)&1 == 1 }

// AppendTo appends o to a key.
func (o OpenSet) AppendTo(key []byte) []byte {
	for _, word := range o {
		for shift := 0; shift < 64; shift += 8 {
			key = append(key, byte(word>>shift))
		}
	}
	return key
}

// OpenAt returns the patterns that are open at an hour, or all of them.
func (p Timetable) OpenAt(at time.Time, anyHour bool) OpenSet {
	o := NewOpenSet(len(p.Each))
	for i, each := range p.Each {
		if anyHour || each.Hours.OpenAt(at) {
			o.Add(i)
		}
	}
	return o
}
