package run

import (
	"encoding/json"
	"fmt"

	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/timetable"
)

// Figures is what is known of a division, or of a part of one. They are whole
// numbers that add up.
type Figures struct {
	Stations     int64 // paused ones too
	Operating    int64
	HoursUnknown int64 // of the operating: nobody has said when they are open
	Unplaced     int64 // of the operating: no street within station.SnapBoundM
	Cells        int64
	Day, Night   reach.Weight // the demand
	FarDay       reach.Weight // of it: no street within station.SnapBoundM; covered by nothing
	FarNight     reach.Weight
	Hours        []Hour // HoursInWeek from Monday 00:00, then 24 for each named day
}

// Hour is the coverage at one hour.
type Hour struct {
	Open    int64 // operating stations, near a street, that are open
	Covered [coverage.CoverTimes]reach.Weight
}

// HoursInWeek is how many hours of an ordinary week there are.
const HoursInWeek = 7 * 24

// The hours that stand for a day's work and for the late one: of an ordinary
// Wednesday, at 10:00 and at 22:00.
const (
	DayHour   = 2*24 + 10
	NightHour = 2*24 + 22
)

// Add adds o, which has the same hours.
func (f *Figures) Add(o *Figures) {
	f.Stations += o.Stations
	f.Operating += o.Operating
	f.HoursUnknown += o.HoursUnknown
	f.Unplaced += o.Unplaced
	f.Cells += o.Cells
	f.Day += o.Day
	f.Night += o.Night
	f.FarDay += o.FarDay
	f.FarNight += o.FarNight
	if len(f.Hours) < len(o.Hours) {
		f.Hours = append(f.Hours, make([]Hour, len(o.Hours)-len(f.Hours))...)
	}
	for h := range o.Hours {
		f.Hours[h].Open += o.Hours[h].Open
		for k := range o.Hours[h].Covered {
			f.Hours[h].Covered[k] += o.Hours[h].Covered[k]
		}
	}
}

// Weight returns the demand at an hour: by night people count where they sleep.
func (f *Figures) Weight(hour int) reach.Weight {
	if AtNight(hour) {
		return f.Night
	}
	return f.Day
}

// AtNight tells whether an hour of Figures.Hours is one of the night.
func AtNight(hour int) bool { return timetable.Night(hour % 24) }

// figuresJSON is how figures are stored and sent. Hours that are alike follow
// one another for most of a week, so each comes with how often: n, open, and
// covered 1 to 4 times.
type figuresJSON struct {
	Stations [4]int64   `json:"stations"` // all, operating, hours unknown, unplaced
	Cells    int64      `json:"cells"`
	Demand   [4]int64   `json:"demand"` // by day, by night, and of them far from streets
	Hours    [][6]int64 `json:"hours"`
}

// MarshalJSON writes the figures: the same figures give the same bytes.
func (f Figures) MarshalJSON() ([]byte, error) {
	return json.Marshal(figuresJSON{
		Stations: [4]int64{f.Stations, f.Operating, f.HoursUnknown, f.Unplaced}, Cells: f.Cells,
		Demand: [4]int64{int64(f.Day), int64(f.Night), int64(f.FarDay), int64(f.FarNight)}, Hours: packed(f.Hours),
	})
}

func packed(hours []Hour) [][6]int64 {
	out := [][6]int64{}
	for i, h := range hours {
		if i > 0 && h == hours[i-1] {
			out[len(out)-1][0]++
			continue
		}
		out = append(out, [6]int64{1, h.Open, int64(h.Covered[0]), int64(h.Covered[1]), int64(h.Covered[2]), int64(h.Covered[3])})
	}
	return out
}

// mostHours bounds what is unpacked.
const mostHours = HoursInWeek + 24*mostDays

// UnmarshalJSON reads figures that can be, and no other.
func (f *Figures) UnmarshalJSON(data []byte) error {
	var in figuresJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	*f = Figures{
		Stations: in.Stations[0], Operating: in.Stations[1], HoursUnknown: in.Stations[2], Unplaced: in.Stations[3], Cells: in.Cells,
		Day: reach.Weight(in.Demand[0]), Night: reach.Weight(in.Demand[1]), FarDay: reach.Weight(in.Demand[2]), FarNight: reach.Weight(in.Demand[3]),
	}
	var err error
	if f.Hours, err = unpacked(in.Hours); err != nil {
		return err
	}
	return f.check()
}

func unpacked(runs [][6]int64) ([]Hour, error) {
	var out []Hour
	for _, r := range runs {
		if r[0] < 1 || r[0] > mostHours || len(out)+int(r[0]) > mostHours {
			return nil, fmt.Errorf("figures of more than %d hours", mostHours)
		}
		h := Hour{Open: r[1], Covered: [coverage.CoverTimes]reach.Weight{reach.Weight(r[2]), reach.Weight(r[3]), reach.Weight(r[4]), reach.Weight(r[5])}}
		for range r[0] {
			out = append(out, h)
		}
	}
	return out, nil
}

// check returns an error for figures that contradict themselves: nobody is
// covered who is not there, or twice without being covered once.
func (f *Figures) check() error {
	if f.Unplaced < 0 || f.HoursUnknown < 0 || f.Operating < f.Unplaced || f.Operating < f.HoursUnknown || f.Stations < f.Operating || f.Cells < 0 ||
		f.FarDay < 0 || f.Day < f.FarDay || f.FarNight < 0 || f.Night < f.FarNight {
		return fmt.Errorf("figures contradict themselves: %d stations, %d operating, demand %v and %v", f.Stations, f.Operating, f.Day, f.Night)
	}
	for i, h := range f.Hours {
		last := f.Weight(i)
		for _, w := range h.Covered {
			if w < 0 || w > last {
				return fmt.Errorf("figures contradict themselves: in hour %d %v of %v are covered", i, w, last)
			}
			last = w
		}
		if h.Open < 0 || h.Open > f.Operating {
			return fmt.Errorf("figures contradict themselves: in hour %d %d of %d stations are open", i, h.Open, f.Operating)
		}
	}
	return nil
}
