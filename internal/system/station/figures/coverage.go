// Package figures is what Xiadu publishes, as numbers with names: a coverage, its
// clock, areas held against targets, a choice of sites, the marks of a map. Pages,
// files, the API and the command line state the same figure because they take it from
// here; the names in JSON are part of the API. Nothing here knows a request.
package figures

import (
	"math"
	"time"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// CoverageFigures is a coverage as one JSON object: what the API answers and
// what `xiadu coverage --json` prints. Demand is in people, or in whatever the
// demand file counts.
type CoverageFigures struct {
	At       time.Time `json:"at" doc:"The hour that was asked about, in the city's zone"`
	AnyHour  bool      `json:"any_hour" doc:"Every operating station counts, open at the hour or not"`
	Profile  string    `json:"profile" enum:"walk,ebike" doc:"How people travel"`
	SpeedKmh float64   `json:"speed_kmh" doc:"How fast"`
	CutoffS  int       `json:"cutoff_s" doc:"The longest way that counts, in seconds"`

	Stations             int `json:"stations" doc:"Operating stations"`
	StationsOpen         int `json:"stations_open" doc:"Of them, open at the hour and near a street: those that count"`
	StationsHoursUnknown int `json:"stations_hours_unknown" doc:"Of them, with hours that nobody has said; they count as closed"`
	StationsUnplaced     int `json:"stations_unplaced" doc:"Of them, farther than snap_bound_m from any street; they cannot count"`

	DemandKind        string  `json:"demand_kind" doc:"The kind of demand, such as people or couriers"`
	Cells             int     `json:"cells" doc:"Demand cells"`
	DemandSource      string  `json:"demand_source" doc:"Where the demand is from"`
	DemandEstimated   bool    `json:"demand_estimated" doc:"Nobody has imported demand: it is guessed from the buildings, shops and streets of the map, see docs/estimate.md"`
	DemandTotal       float64 `json:"demand_total" doc:"All demand at the hour"`
	Covered1          float64 `json:"covered_1" doc:"Demand that reaches one station or more within the cutoff"`
	Covered2          float64 `json:"covered_2" doc:"Demand that reaches two or more (cross-covered, 交叉覆盖)"`
	Covered3          float64 `json:"covered_3" doc:"Three or more"`
	Covered4          float64 `json:"covered_4" doc:"Four or more"`
	Share1            float64 `json:"share_1" doc:"covered_1 / demand_total"`
	Share2            float64 `json:"share_2" doc:"covered_2 / demand_total"`
	UnreachableDemand float64 `json:"unreachable_demand" doc:"Demand farther than snap_bound_m from any street; part of the total, covered by nothing"`
	IsolatedDemand    float64 `json:"isolated_demand" doc:"Demand on pieces of street that lead nowhere else"`
	SnapBoundM        int     `json:"snap_bound_m" doc:"How far from a street a place may be and still be on it, in metres"`

	Gaps []GapFigures `json:"gaps" doc:"The largest groups of people who reach no station, worst first"`

	Streets   string `json:"streets" doc:"What the streets were read from"`
	Schematic bool   `json:"schematic" doc:"The streets are a sketch for demonstration, not survey data"`
	Revision  string `json:"revision" doc:"Names the stations and the demand that this was computed on by what they are, whichever way they came in"`

	Clock  *ClockFigures  `json:"clock,omitempty" doc:"With clock=1: through a usual week, or the day that day names"`
	Circle *CircleFigures `json:"circle,omitempty" doc:"With circle=1000: against circles of so many metres"`
	Areas  *AreaList      `json:"areas,omitempty" doc:"With areas=1: key areas held against their targets"`
}

// GapFigures is a group of people who reach no station.
type GapFigures struct {
	Demand            float64 `json:"demand" doc:"How many"`
	UnreachableDemand float64 `json:"unreachable_demand" doc:"Of them, far from any street"`
	Lon               float64 `json:"lon" doc:"The cell in the middle of them, WGS-84"`
	Lat               float64 `json:"lat" doc:"The cell in the middle of them, WGS-84"`
	Near              string  `json:"near,omitempty" doc:"A place nearby"`
	Cells             int     `json:"cells" doc:"Demand cells"`
	NearestStation    string  `json:"nearest_station,omitempty" doc:"Code of the nearest station that counts"`
	NearestM          int     `json:"nearest_m,omitempty" doc:"The way to it in metres"`
}

// OfCoverage states a coverage of the city at an hour. The coverage may have been
// computed for another hour with the same stations open.
func OfCoverage(c *city.City, cov *coverage.Coverage, at time.Time) CoverageFigures {
	q := cov.Question
	f := CoverageFigures{
		At: at, AnyHour: q.AnyHour, Profile: q.Mode.String(), SpeedKmh: c.Network.Speed(q.Mode), CutoffS: int(q.Within.Seconds()),
		Stations: cov.Operating, StationsOpen: cov.Counted, StationsHoursUnknown: cov.HoursUnknown, StationsUnplaced: cov.Unplaced,
		Cells: len(cov.Counts), DemandTotal: cov.Demand.Float(),
		Covered1: cov.Covered[1].Float(), Covered2: cov.Covered[2].Float(), Covered3: cov.Covered[3].Float(), Covered4: cov.Covered[4].Float(),
		Share1: share(cov.Covered[1], cov.Demand), Share2: share(cov.Covered[2], cov.Demand),
		UnreachableDemand: cov.Unreachable.Float(), IsolatedDemand: cov.Isolated.Float(), SnapBoundM: network.SnapBoundM,
		Gaps: []GapFigures{}, Revision: c.Digest(q.Demand),
	}
	if demand, ok := c.Survey.Demand(q.Demand); ok {
		f.DemandKind, f.DemandSource, f.DemandEstimated = demand.Kind, demand.Source, demand.Estimated
	}
	if c.Atlas != nil {
		f.Streets, f.Schematic = c.Atlas.Info.Source, c.Atlas.Info.Schematic
	}
	for _, g := range cov.Gaps {
		f.Gaps = append(f.Gaps, OfGap(c, g))
	}
	return f
}

// OfGap states one gap.
func OfGap(c *city.City, g coverage.Gap) GapFigures {
	at := g.Center.Fixed().Point()
	f := GapFigures{
		Demand: g.Weight.Float(), UnreachableDemand: g.Unreachable.Float(), Lon: at.Lon, Lat: at.Lat,
		Near: c.NameOf(g.Center), Cells: len(g.Cells),
	}
	if g.Nearest != nil {
		f.NearestStation, f.NearestM = g.Nearest.Code, int(math.Round(float64(g.Way)/10))
	}
	return f
}

// share is rounded to a ten-thousandth: more would be false precision. It is 1 of
// all and 0 of nothing only.
func share(part, whole reach.Weight) float64 {
	return lang.FewDigits(part.Share(whole), 4)
}
