package network

import "github.com/xiadu/xiadu/internal/system/station"

// Candidates are those of the register, by code.
func (n *Network) Candidates() []station.Station {
	var out []station.Station
	for i := range n.Stations {
		if n.Stations[i].Status == station.Candidate {
			out = append(out, n.Stations[i])
		}
	}
	return out
}
