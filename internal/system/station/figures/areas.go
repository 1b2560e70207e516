package figures

import (
	"cmp"
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
)

// AreaList is all areas held against their targets, as one JSON object: what
// /areas.json answers and what `xiadu coverage --areas` adds to its own.
type AreaList struct {
	Day       string        `json:"day,omitempty" doc:"The named day; absent for a usual week"`
	Dates     []string      `json:"dates,omitempty" doc:"Of a usual week: the date whose hours hold on each day, from Monday"`
	Areas     []AreaFigures `json:"areas" doc:"All areas by code"`
	Divisions []PartFigures `json:"divisions,omitempty" doc:"Divisions added up by GB/T 2260, from the province down; a cell counts once"`
	Zones     []PartFigures `json:"zones,omitempty" doc:"Functional zones, each a line of its own and part of no sum"`
	Outside   *PartFigures  `json:"outside,omitempty" doc:"Demand that lies in none of the divisions"`
}

// AreaFigures is one area held against its target.
type AreaFigures struct {
	Code       string        `json:"code"`
	Name       string        `json:"name"`
	Kind       string        `json:"kind" enum:"key,division,zone"`
	Division   string        `json:"division" doc:"GB/T 2260 code, or a zone's"`
	Verdict    string        `json:"verdict" enum:"met,missed,no_target,no_demand,no_such_demand"`
	Target     TargetFigures `json:"target"`
	Profile    string        `json:"profile" enum:"walk,ebike"`
	CutoffS    int           `json:"cutoff_s" doc:"The longest way that counts, in seconds"`
	DemandKind string        `json:"demand_kind"`
	SquareKm   float64       `json:"square_km" doc:"Its area"`
	Cells      int           `json:"cells" doc:"Demand cells in it"`

	DemandDay        float64     `json:"demand_day"`
	DemandNight      float64     `json:"demand_night"`
	UnreachableDay   float64     `json:"unreachable_day" doc:"Demand by day farther than 500 m from any street; part of the total, covered by nothing"`
	UnreachableNight float64     `json:"unreachable_night"`
	Once             HeldFigures `json:"once" doc:"One station or more"`
	Twice            HeldFigures `json:"twice" doc:"Two or more (cross-covered, 交叉覆盖)"`
}

// TargetFigures is what is asked of an area.
type TargetFigures struct {
	OncePercent  float64 `json:"once_percent,omitempty"`
	TwicePercent float64 `json:"twice_percent,omitempty"`
	Hours        string  `json:"hours,omitempty" doc:"When it has to be met, as opening hours"`
}

// HeldFigures is a promise held against the clock, within the target's hours or,
// without a target, at all hours.
type HeldFigures struct {
	Worst    *SpanFigures  `json:"worst,omitempty" doc:"Where the share is lowest"`
	FailsMin int           `json:"fails_min" doc:"For how many minutes the target is missed"`
	Fails    []SpanFigures `json:"fails,omitempty" doc:"When"`
}

// PartFigures is one line of the roll-up.
type PartFigures struct {
	Code         string  `json:"code,omitempty"`
	Name         string  `json:"name,omitempty"`
	Cells        int     `json:"cells"`
	DemandDay    float64 `json:"demand_day"`
	DemandNight  float64 `json:"demand_night"`
	LowestShare1 float64 `json:"lowest_share_1" doc:"Lowest share with one station between 07:00 and 21:00"`
	LowestShare2 float64 `json:"lowest_share_2" doc:"Lowest share with two"`
}

// MeasureAreas computes the areas of a city in figures.
func MeasureAreas(ctx context.Context, c *city.City, q coverage.AreaQuestion) (AreaList, error) {
	m, err := MeasureCity(ctx, c, q)
	if err != nil {
		return AreaList{}, err
	}
	return m.Figures(c), nil
}

// Figures states the areas and the divisions.
func (m *CityMeasures) Figures(c *city.City) AreaList {
	out := AreaList{Areas: []AreaFigures{}}
	if m.Question.Day != nil {
		out.Day = m.Question.Day.String()
	} else {
		for _, d := range m.dates {
			out.Dates = append(out.Dates, d.String())
		}
	}
	for _, one := range m.Areas {
		out.Areas = append(out.Areas, OfArea(c, one))
	}
	for _, p := range m.Divisions {
		out.Divisions = append(out.Divisions, p.figures())
	}
	for _, p := range m.Zones {
		out.Zones = append(out.Zones, p.figures())
	}
	if len(m.Divisions) > 0 {
		f := m.Outside.figures()
		out.Outside = &f
	}
	return out
}

// OfArea states one area.
func OfArea(c *city.City, m coverage.Measure) AreaFigures {
	a := m.Area
	f := AreaFigures{
		Code: a.Code, Name: a.Name, Kind: a.Kind.Key(), Division: a.Division.Code(), Verdict: m.Verdict.Key(),
		Target:  TargetFigures{OncePercent: float64(a.Target.Once) / 10, TwicePercent: float64(a.Target.Twice) / 10, Hours: a.Target.Hours.String()},
		Profile: m.Question.Mode.String(), CutoffS: int(m.Question.Within.Seconds()), DemandKind: m.Question.Demand,
		SquareKm: round3(a.Shape.SquareMetres() / 1e6), Cells: len(m.Cells),
	}
	if d, ok := c.Survey.Demand(m.Question.Demand); ok {
		f.DemandKind = d.Kind
	}
	if m.Clock == nil {
		return f
	}
	day, night := DemandBy(m.Clock)
	f.DemandDay, f.DemandNight = day.Float(), night.Float()
	f.UnreachableDay, f.UnreachableNight = m.Clock.Unreachable[0].Float(), m.Clock.Unreachable[1].Float()
	f.Once, f.Twice = heldFigures(m.Held[0]), heldFigures(m.Held[1])
	return f
}

func heldFigures(h coverage.Held) HeldFigures {
	f := HeldFigures{FailsMin: h.FailsMinutes()}
	if h.Any {
		worst := spanFigures(h.Worst)
		f.Worst = &worst
	}
	for _, s := range h.Fails {
		f.Fails = append(f.Fails, spanFigures(s))
	}
	return f
}

func (p PartMeasure) figures() PartFigures {
	day, night := DemandBy(p.Clock)
	low := p.Lowest()
	f := PartFigures{
		Code: p.Division.Code(), Name: p.Name(lang.ZH), Cells: p.Cells, DemandDay: day.Float(), DemandNight: night.Float(),
		LowestShare1: share(low[0].Covered[1], low[0].Covered[0]), LowestShare2: share(low[1].Covered[2], low[1].Covered[0]),
	}
	if p.Area != nil {
		f.Code = p.Area.Code
	}
	return f
}

// Name is what a list calls the part.
func (p PartMeasure) Name(l lang.Lang) string {
	if p.Area != nil && p.Area.Kind == area.ZoneArea {
		return p.Area.Name
	}
	return p.Division.Name().In(l)
}

func round3(v float64) float64 { return float64(int64(v*1000+0.5)) / 1000 }

func minutesOf(n int) time.Duration {
	return cmp.Or(time.Duration(n)*time.Minute, station.DefaultCutoff)
}
