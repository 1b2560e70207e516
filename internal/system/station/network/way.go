package network

import (
	"cmp"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/lang"
)

// Way is the way to one station.
type Way struct {
	Found
	Path      road.Path // empty when Estimated
	Estimated bool      // there was no street to measure on: a straight line times DetourFactor
}

// Way returns the way from the asker to the station with the given code,
// whatever its services and hours, and false if there is none within q.Reach.
// q.From must be valid.
func (n *Network) Way(q Question, code string) (Way, bool, error) {
	i, ok := n.Index(code)
	if !ok {
		return Way{}, false, fault.New(fault.NotFound, "没有编号为“%s”的驿站", "there is no station with the code “%s”", lang.Short(code))
	}
	q.Reach = min(cmp.Or(q.Reach, defaultReach), maxReach)
	g := n.Grounds[q.Mode]
	f := n.finding(q)
	defer n.findings.Put(f)
	s := &n.Stations[i]
	from, to := g.Place(q.From), g.Stations[i]
	w := Way{Estimated: !from.OK || !to.OK}
	if w.Estimated {
		w.Length = estimate(geo.Distance(q.From, s.At))
	} else if w.Path, ok = g.Graph.Route(from.Snap, to.Snap, g.Profile.Budget(q.Reach)); ok {
		w.Length = from.Off + w.Path.Length + to.Off
	} else {
		return Way{}, false, nil
	}
	w.Found = f.tell(meeting{int32(i), w.Length, f.standing(int32(i), w.Length), f.far(w.Length)})
	return w, w.Way <= q.Reach, nil
}
