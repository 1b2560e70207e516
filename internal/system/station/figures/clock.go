package figures

import (
	"encoding/json"
	"io"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/words"
)

// ClockFigures is a coverage clock as one JSON object: what the pages answer and
// what `xiadu coverage --clock --only clock --json` prints.
type ClockFigures struct {
	Day               string        `json:"day,omitempty" doc:"The named day; absent for a week"`
	Dates             []string      `json:"dates,omitempty" doc:"Of a week: the date whose hours hold on each day, from Monday"`
	Profile           string        `json:"profile" enum:"walk,ebike" doc:"How people travel"`
	SpeedKmh          float64       `json:"speed_kmh" doc:"How fast"`
	CutoffS           int           `json:"cutoff_s" doc:"The longest way that counts, in seconds"`
	DemandKind        string        `json:"demand_kind" doc:"The kind of demand, such as people or couriers"`
	Sets              int           `json:"sets" doc:"How many different sets of stations are open in it"`
	UnreachableDay    float64       `json:"unreachable_day" doc:"Demand by day farther than 500 m from any street; part of the total, covered by nothing"`
	UnreachableNight  float64       `json:"unreachable_night" doc:"The same by night"`
	Spans             []SpanFigures `json:"spans" doc:"Spans between openings and closings, without gaps"`
	LowestShare1      float64       `json:"lowest_share_1" doc:"The lowest share with one station or more"`
	LowestShare1Begin int           `json:"lowest_share_1_from_min" doc:"When that begins, in minutes after the clock's beginning"`
}

// SpanFigures is a stretch of time in which the same stations are open.
type SpanFigures struct {
	FromMin      int     `json:"from_min" doc:"Minutes after Monday's midnight, or after midnight of the named day"`
	ToMin        int     `json:"to_min" doc:"Where it ends"`
	Night        bool    `json:"night" doc:"The weights by night hold"`
	Set          int     `json:"set" doc:"The same for spans with the same stations open"`
	StationsOpen int     `json:"stations_open" doc:"Stations open and near a street"`
	DemandTotal  float64 `json:"demand_total" doc:"All demand then"`
	Covered1     float64 `json:"covered_1" doc:"Demand that reaches one station or more within the cutoff"`
	Covered2     float64 `json:"covered_2" doc:"Demand that reaches two or more (cross-covered, 交叉覆盖)"`
	Covered3     float64 `json:"covered_3" doc:"Three or more"`
	Covered4     float64 `json:"covered_4" doc:"Four or more"`
	Share1       float64 `json:"share_1" doc:"covered_1 / demand_total"`
	Share2       float64 `json:"share_2" doc:"covered_2 / demand_total"`
}

func spanFigures(s coverage.Span) SpanFigures {
	return SpanFigures{
		FromMin: s.From, ToMin: s.To, Night: s.Night, Set: s.Set, StationsOpen: s.Counted, DemandTotal: s.Covered[0].Float(),
		Covered1: s.Covered[1].Float(), Covered2: s.Covered[2].Float(), Covered3: s.Covered[3].Float(), Covered4: s.Covered[4].Float(),
		Share1: share(s.Covered[1], s.Covered[0]), Share2: share(s.Covered[2], s.Covered[0]),
	}
}

// OfClock states a clock.
func OfClock(c *city.City, clock *coverage.Clock) ClockFigures {
	q := clock.Question
	low, _ := coverage.Extremes(clock, 1, 0, coverage.MinutesPerDay)
	f := ClockFigures{
		Profile: q.Mode.String(), SpeedKmh: c.Network.Speed(q.Mode), CutoffS: int(q.Within.Seconds()), Sets: clock.Sets,
		UnreachableDay: clock.Unreachable[0].Float(), UnreachableNight: clock.Unreachable[1].Float(),
		LowestShare1: share(low.Covered[1], low.Covered[0]), LowestShare1Begin: low.From,
	}
	if d, ok := c.Survey.Demand(q.Demand); ok {
		f.DemandKind = d.Kind
	}
	if clock.Minutes == coverage.MinutesPerDay {
		f.Day = clock.Day.String()
	} else {
		for _, d := range clock.Dates {
			f.Dates = append(f.Dates, d.String())
		}
	}
	for _, s := range clock.Spans {
		f.Spans = append(f.Spans, spanFigures(s))
	}
	return f
}

// WriteClock writes the spans of a clock as CSV in UTF-8.
func WriteClock(w io.Writer, clock *coverage.Clock) error {
	return sheet.WriteData(w, func(yield func([]any) bool) {
		more := yield(sheet.Heads("from_min", "to_min", "span", "stations_open", "demand", "covered_1", "covered_2", "covered_3", "covered_4"))
		for i := 0; more && i < len(clock.Spans); i++ {
			s := clock.Spans[i]
			row := []any{s.From, s.To, words.SpanWords(lang.EN, clock, s), s.Counted}
			for _, weight := range s.Covered {
				row = append(row, json.Number(weight.String()))
			}
			more = yield(row)
		}
	})
}
