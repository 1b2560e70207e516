package coverage

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
)

// Question asks who has stations within reach, and when.
type Question struct {
	Mode    network.Mode
	Within  time.Duration // 0 means a quarter of an hour
	At      time.Time     // the hour that is asked about, in the city's zone
	AnyHour bool          // count every operating station, open at At or not
	Demand  string        // the kind of demand; empty: the first there is
}

// CoverTimes is how many stations per cell are told apart: none, one, two,
// three, and four or more.
const CoverTimes = 4

// MaxGaps is how many gaps a coverage lists.
const MaxGaps = 20

// Coverage is who has stations within reach at an hour.
//
// A cell counts a station when its people get from where they are to the
// station's door within the cutoff: to the nearest street as the crow flies, along
// the streets of the mode, and from the street to the door. Only operating
// stations that are open at the hour count; unknown hours are not open. Demand
// that no street comes near stays in the total and is covered by nothing.
type Coverage struct {
	Question Question
	CutoffDM uint32

	Operating    int // stations not paused
	Counted      int // of them, open at the hour and near a street
	HoursUnknown int // operating, but nobody has said when they are open
	Unplaced     int // operating, but farther than SnapBoundM from any street

	Demand      reach.Weight
	Covered     [CoverTimes + 1]reach.Weight // Covered[k]: at least k stations; Covered[0] is Demand
	Unreachable reach.Weight                 // farther than SnapBoundM from any street
	Isolated    reach.Weight                 // on pieces of street that lead nowhere else

	Counts  []uint8        // of each cell of the demand, at most CoverTimes
	Weights []reach.Weight // of each cell, at the hour
	Gaps    []Gap          // the largest groups of people without a station

	Searches int // bounded searches that this took beyond what was known: one for each new position
}

// Gap is a group of neighbouring cells without a station.
type Gap struct {
	Weight      reach.Weight
	Unreachable reach.Weight // the part of Weight that no street comes near
	Center      geo.Point    // the cell in their middle: the mean of a bent group may lie beside a station
	Cells       []int32      // of the demand
	Box         geo.Box
	Nearest     *station.Station // the counted station nearest to the centre; nil if none is
	Way         uint32           // dm to it
}

// Cover computes coverage. The first question of a kind searches the streets
// around each station, which takes a moment for a city and seconds for a country;
// after that an hour costs milliseconds. Callers that ask often keep the answer
// by Signature.
func (v *Survey) Cover(ctx context.Context, q Question) (*Coverage, error) {
	return v.asItIs().Cover(ctx, q)
}

// Settle checks a question and fills in what it left out.
func (v *Survey) Settle(q Question) (Question, error) {
	q.Within = cmp.Or(q.Within, station.DefaultCutoff)
	if q.Within < station.MinCutoff || q.Within > station.MaxCutoff {
		return q, fault.At("minutes", fault.New(fault.Invalid, "时间范围 %v 不行：请选 1 到 60 分钟", "a cutoff of %v will not do: choose 1 to 60 minutes", q.Within))
	}
	if !v.HasStreets() {
		return q, fault.New(fault.Unavailable, "还没有街道数据：请先运行 xiadu import streets 城市.osm.pbf",
			"there are no streets yet: run xiadu import streets CITY.osm.pbf first")
	}
	if _, ok := v.demandIndex(q.Demand); !ok && q.Demand != "" {
		var kinds []string
		for _, d := range v.Demands {
			kinds = append(kinds, d.Kind)
		}
		return q, fault.At("demand", fault.New(fault.NotFound, "没有“%[1]s”这种需求；有：%[2]s", "there is no demand of the kind “%[1]s”; there is: %[2]s", lang.Short(q.Demand), strings.Join(kinds, ", ")))
	}
	return q, nil
}

// Demand returns a kind of demand, the first for "", and false if there is none.
func (v *Survey) Demand(kind string) (demand.Demand, bool) {
	i, ok := v.demandIndex(kind)
	if !ok {
		return demand.Demand{}, false
	}
	return v.Demands[i], true
}

func (v *Survey) demandIndex(kind string) (int, bool) {
	i := slices.IndexFunc(v.Demands, func(d demand.Demand) bool { return kind == "" || d.Kind == kind })
	return max(i, 0), i >= 0
}

// Cells are the demand with its weights at the hour.
func (v *Survey) Cells(q Question) []reach.Cell {
	k, ok := v.demandIndex(q.Demand)
	if !ok {
		return nil
	}
	d, places := v.Demands[k], v.placed[q.Mode][k]
	weights := d.Weights(timetable.NightAt(q.At))
	cells := make([]reach.Cell, len(d.Cells))
	for i, c := range d.Cells {
		cells[i] = reach.Cell{At: c.At, Weight: weights[i], Snap: places[i].Snap, OnStreet: places[i].OK}
	}
	return cells
}

// Middle returns the cell of a gap that is nearest to its centre.
func Middle(cells []reach.Cell, gap reach.Gap) geo.Point {
	nearest := slices.MinFunc(gap.Cells, func(a, b int32) int {
		return cmp.Compare(geo.Distance(cells[a].At, gap.Center), geo.Distance(cells[b].At, gap.Center))
	})
	return cells[nearest].At
}

// Areas returns the area from which people reach one of the stations with the
// given codes within each of the cutoffs, to draw. Codes that do not exist, and
// stations that no street comes near, have none.
func (v *Survey) Areas(ctx context.Context, mode network.Mode, codes []string, cutoffs ...time.Duration) ([]reach.MultiPolygon, error) {
	g := v.Grounds[mode]
	var stations []road.Snap
	for _, code := range codes {
		if i, ok := v.Index(code); ok && g.Stations[i].OK {
			stations = append(stations, g.Stations[i].Snap)
		}
	}
	return areasOf(ctx, g, stations, cutoffs)
}

// CountedAreas returns the area covered by all stations that count for q.
func (v *Survey) CountedAreas(ctx context.Context, q Question, cutoffs ...time.Duration) ([]reach.MultiPolygon, error) {
	return v.asItIs().CountedAreas(ctx, q, cutoffs...)
}

// areas draws what lies within the cutoffs of some stations, all near a street.
func areasOf(ctx context.Context, g *network.Ground, stations []road.Snap, cutoffs []time.Duration) ([]reach.MultiPolygon, error) {
	if g.Graph == nil {
		return make([]reach.MultiPolygon, len(cutoffs)), nil
	}
	budgets := make([]uint32, len(cutoffs))
	for i, c := range cutoffs {
		budgets[i] = g.Profile.Budget(min(c, station.MaxCutoff))
	}
	return reach.Areas(ctx, g.Graph, stations, budgets)
}

// Signature is the same for two questions that have the same answer: the
// stations that count are the same, and so are mode, cutoff and the weights.
func (v *Survey) Signature(q Question) string {
	key := []byte{byte(q.Mode), 0}
	if timetable.NightAt(q.At) {
		key[1] = 1
	}
	key = append(key, cmp.Or(q.Within, station.DefaultCutoff).String()...)
	key = append(append(append(key, 0), q.Demand...), 0)
	return string(v.Timetable().OpenAt(q.At, q.AnyHour).AppendTo(key))
}
