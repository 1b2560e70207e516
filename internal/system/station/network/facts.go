package network

import (
	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/system/station"
)

// facts is what a search asks of every station that it meets, packed: a Station
// is ten times as large, and a search touches hundreds.
type facts struct {
	services station.Services
	hours    int32 // index into network.hours
	status   station.Status
}

// findFacts fills the facts, the distinct hours and how many stations have each
// service.
func (n *Network) findFacts() {
	n.facts = make([]facts, len(n.Stations))
	bySpelling, byRules := map[string]int32{}, map[opening.Hours]int32{}
	for i := range n.Stations {
		s := &n.Stations[i]
		at, ok := byRules[s.Hours]
		if !ok {
			spelling := s.Hours.String()
			if at, ok = bySpelling[spelling]; !ok {
				at = int32(len(n.hours))
				n.hours = append(n.hours, s.Hours)
				bySpelling[spelling] = at
			}
			byRules[s.Hours] = at
		}
		n.facts[i] = facts{services: s.Services, hours: at, status: s.Status}
		if s.Status == station.Candidate {
			continue
		}
		n.existing++
		for need := range s.Services.All() {
			n.having[need]++
		}
	}
}

// OffStreets returns the codes of the stations that are farther than SnapBoundM from
// any street that is walked, candidates too: nobody can be led there on foot. There are none
// where there are no streets yet.
func (n *Network) OffStreets() map[string]bool {
	off := map[string]bool{}
	walk := n.Grounds[Walk]
	if walk.Graph == nil {
		return off
	}
	for i, place := range walk.Stations {
		if !place.OK {
			off[n.Stations[i].Code] = true
		}
	}
	return off
}
