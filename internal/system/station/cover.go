package station

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
)

// CoverQuestion asks who has stations within reach, and when.
type CoverQuestion struct {
	Mode    Mode
	Within  time.Duration // 0 means a quarter of an hour
	At      time.Time     // the hour that is asked about, in the city's zone
	AnyHour bool          // count every operating station, open at At or not
	Demand  string        // the kind of demand; empty: the first there is
}

// The circle of the official claim, and the bounds of what may be asked.
const (
	DefaultCutoff = 15 * time.Minute
	minCutoff     = time.Minute
	maxCutoff     = time.Hour
)

// CoverTimes is how many stations per cell are told apart: none, one, two,
// three, and four or more.
const CoverTimes = 4

const maxGaps = 20

// Coverage is who has stations within reach at an hour.
//
// A cell counts a station when its people get from where they are to the
// station's door within the cutoff: to the nearest street as the crow flies, along
// the streets of the mode, and from the street to the door. Only operating
// stations that are open at the hour count; unknown hours are not open. Demand
// that no street comes near stays in the total and is covered by nothing.
type Coverage struct {
	Question CoverQuestion
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
	Nearest     *Station // the counted station nearest to the centre; nil if none is
	Way         uint32   // dm to it
}

// Cover computes coverage. The first question of a kind searches the streets
// around each station, which takes a moment for a city and seconds for a country;
// after that an hour costs milliseconds. Callers that ask often keep the answer
// by Signature.
func (v *Survey) Cover(ctx context.Context, q CoverQuestion) (*Coverage, error) {
	return v.asItIs().Cover(ctx, q)
}

// settle checks a question and fills in what it left out.
func (v *Survey) settle(q CoverQuestion) (CoverQuestion, error) {
	q.Within = cmp.Or(q.Within, DefaultCutoff)
	if q.Within < minCutoff || q.Within > maxCutoff {
		return q, fault.New(fault.Invalid, "时间范围 %v 不行：请选 1 到 60 分钟", "a cutoff of %v will not do: choose 1 to 60 minutes", q.Within)
	}
	if !v.HasStreets() {
		return q, fault.New(fault.Unavailable, "还没有街道数据：请先运行 xiadu import streets 城市.osm.pbf",
			"there are no streets yet: run xiadu import streets CITY.osm.pbf first")
	}
	if _, ok := v.demand(q.Demand); !ok && q.Demand != "" {
		var kinds []string
		for _, d := range v.Demands {
			kinds = append(kinds, d.Kind)
		}
		return q, fault.New(fault.NotFound, "没有“%[1]s”这种需求；有：%[2]s", "there is no demand of the kind “%[1]s”; there is: %[2]s", lang.Short(q.Demand), strings.Join(kinds, ", "))
	}
	return q, nil
}

// Demand returns a kind of demand, the first for "", and false if there is none.
func (v *Survey) Demand(kind string) (Demand, bool) {
	i, ok := v.demand(kind)
	if !ok {
		return Demand{}, false
	}
	return v.Demands[i], true
}

func (v *Survey) demand(kind string) (int, bool) {
	i := slices.IndexFunc(v.Demands, func(d Demand) bool { return kind == "" || d.Kind == kind })
	return max(i, 0), i >= 0
}

// cells are the demand with its weights at the hour.
func (v *Survey) cells(q CoverQuestion) []reach.Cell {
	k, ok := v.demand(q.Demand)
	if !ok {
		return nil
	}
	d, places := v.Demands[k], v.placed[q.Mode][k]
	weights := d.weights(night(q.At))
	cells := make([]reach.Cell, len(d.Cells))
	for i, c := range d.Cells {
		cells[i] = reach.Cell{At: c.At, Weight: weights[i], Snap: places[i].Snap, OnStreet: places[i].ok}
	}
	return cells
}

// night is when people count where they sleep: from 22:00 to 06:00.
func night(t time.Time) bool { return nightMinute(t.Hour() * 60) }

// Night tells whether people count where they sleep in an hour of the day.
func Night(hour int) bool { return nightMinute(hour * 60) }

const nightFrom, nightTo = 22 * 60, 6 * 60

// nightMinute is night for a minute after midnight.
func nightMinute(minute int) bool { return minute >= nightFrom || minute < nightTo }

// middle returns the cell of a gap that is nearest to its centre.
func middle(cells []reach.Cell, gap reach.Gap) geo.Point {
	nearest := slices.MinFunc(gap.Cells, func(a, b int32) int {
		return cmp.Compare(geo.Distance(cells[a].At, gap.Center), geo.Distance(cells[b].At, gap.Center))
	})
	return cells[nearest].At
}

// Areas returns the area from which people reach one of the stations with the
// given codes within each of the cutoffs, to draw. Codes that do not exist, and
// stations that no street comes near, have none.
func (v *Survey) Areas(ctx context.Context, mode Mode, codes []string, cutoffs ...time.Duration) ([]reach.MultiPolygon, error) {
	g := v.grounds[mode]
	var stations []road.Snap
	for _, code := range codes {
		if i, ok := v.index(code); ok && g.stations[i].ok {
			stations = append(stations, g.stations[i].Snap)
		}
	}
	return g.areas(ctx, stations, cutoffs)
}

// CountedAreas returns the area covered by all stations that count for q.
func (v *Survey) CountedAreas(ctx context.Context, q CoverQuestion, cutoffs ...time.Duration) ([]reach.MultiPolygon, error) {
	return v.asItIs().CountedAreas(ctx, q, cutoffs...)
}

// areas draws what lies within the cutoffs of some stations, all near a street.
func (g *ground) areas(ctx context.Context, stations []road.Snap, cutoffs []time.Duration) ([]reach.MultiPolygon, error) {
	if g.graph == nil {
		return make([]reach.MultiPolygon, len(cutoffs)), nil
	}
	budgets := make([]uint32, len(cutoffs))
	for i, c := range cutoffs {
		budgets[i] = g.profile.Budget(min(c, maxCutoff))
	}
	return reach.Areas(ctx, g.graph, stations, budgets)
}

// Signature is the same for two questions that have the same answer: the
// stations that count are the same, and so are mode, cutoff and the weights.
func (v *Survey) Signature(q CoverQuestion) string {
	key := []byte{byte(q.Mode), 0}
	if night(q.At) {
		key[1] = 1
	}
	key = append(key, cmp.Or(q.Within, DefaultCutoff).String()...)
	key = append(append(append(key, 0), q.Demand...), 0)
	return string(v.Timetable().openAt(q.At, q.AnyHour).appendTo(key))
}
