package road

import (
	"math"
	"time"

	"github.com/xiadu/xiadu/internal/geo/osm"
	"github.com/xiadu/xiadu/internal/lang"
)

// Profile is a traveller: how fast, and where the rules of OpenStreetMap's tags
// let them go. Make one with Walking or Ebike.
type Profile struct {
	Name     string // "walk" or "ebike": stable, for files and addresses
	Label    lang.Text
	SpeedKmh float64

	ways       []Rule
	directions []Rule
	barriers   []Rule
}

// The speeds that are meant unless someone asks for others: 4.8 km/h makes a
// quarter of an hour 1,200 m, and 15 km/h is what riders average in town under
// the 25 km/h limit of GB 17761.
const (
	WalkingSpeedKmh = 4.8
	EbikeSpeedKmh   = 15
)

// Walking is a person on foot at speedKmh, or at WalkingSpeedKmh if that is
// not positive.
func Walking(speedKmh float64) Profile {
	if !(speedKmh > 0) {
		speedKmh = WalkingSpeedKmh
	}
	return Profile{
		Name: "walk", Label: lang.Text{ZH: "步行", EN: "on foot"}, SpeedKmh: speedKmh,
		ways: walkingWays, directions: walkingDirections, barriers: walkingBarriers,
	}
}

// Ebike is a courier's electric bicycle at speedKmh, or at EbikeSpeedKmh if
// that is not positive. In China it is a non-motor vehicle, so that bicycle
// tags speak for it unless electric_bicycle says otherwise.
func Ebike(speedKmh float64) Profile {
	if !(speedKmh > 0) {
		speedKmh = EbikeSpeedKmh
	}
	return Profile{
		Name: "ebike", Label: lang.Text{ZH: "电动自行车", EN: "by e-bike"}, SpeedKmh: speedKmh,
		ways: ebikeWays, directions: ebikeDirections, barriers: ebikeBarriers,
	}
}

// Budget returns how far p gets in d, in decimetres.
func (p Profile) Budget(d time.Duration) uint32 {
	return uint32(min(math.MaxUint32, max(0, math.Floor(d.Hours()*p.SpeedKmh*10000+1e-6))))
}

// Time returns how long p takes for dm decimetres.
func (p Profile) Time(dm uint32) time.Duration {
	return time.Duration(float64(dm) / (p.SpeedKmh * 10000) * float64(time.Hour))
}

// metresIn returns how far p gets in d, in metres.
func (p Profile) metresIn(d time.Duration) float64 { return d.Hours() * p.SpeedKmh * 1000 }

// travels reports which directions of a line with tags t are open to p.
func (p Profile) travels(t osm.Tags) (forward, backward bool) {
	if decide(p.ways, t, Refuse) == Refuse {
		return false, false
	}
	switch decide(p.directions, t, Allow) {
	case Along:
		return true, false
	case Against:
		return false, true
	case Allow:
		return true, true
	case Refuse:
	}
	return false, false
}

// passes reports whether p gets past a node with tags t.
func (p Profile) passes(t osm.Tags) bool {
	return len(t) == 0 || decide(p.barriers, t, Allow) != Refuse
}
