package run

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// Inputs is what a run takes of a city beside its streets, as it was when the
// run began. Positions and weights are whole numbers, so that a copy is exact.
type Inputs struct {
	Divisions []gb.Division // that the others name by their place here
	Hours     []opening.Hours
	Stations  []Post
	Cells     []Cell
}

// Post is a station as far as coverage is concerned.
type Post struct {
	At        geo.Fixed
	Division  int32
	Hours     int32
	Operating bool
}

// Cell is a place where people are.
type Cell struct {
	At         geo.Fixed
	Division   int32
	Day, Night reach.Weight
}

// Freeze takes from a city what a run needs. Candidates are no stations yet. The
// division of a cell is what divisionOf says, and the city's own where it says
// none. Weights are rounded in the order of the cells' ids, as a Demand's are.
func Freeze(city gb.Division, stations []station.Station, cells []demand.Cell, divisionOf func(demand.Cell) gb.Division) (*Inputs, error) {
	in := &Inputs{}
	divisions, hours := map[gb.Division]int32{}, map[string]int32{}
	place := func(d gb.Division) int32 {
		if d = d.Current(); !d.Valid() {
			d = city
		}
		i, ok := divisions[d]
		if !ok {
			i = int32(len(in.Divisions))
			divisions[d], in.Divisions = i, append(in.Divisions, d)
		}
		return i
	}
	for _, s := range stations {
		if s.Status == station.Candidate {
			continue
		}
		text := s.Hours.String()
		h, ok := hours[text]
		if !ok {
			h = int32(len(in.Hours))
			hours[text], in.Hours = h, append(in.Hours, s.Hours)
		}
		in.Stations = append(in.Stations, Post{s.At.Fixed(), place(s.Division), h, s.Status == station.Operating})
	}
	cells = slices.SortedFunc(slices.Values(cells), func(a, b demand.Cell) int { return cmp.Compare(a.ID, b.ID) })
	var days, nights reach.Rounding
	for _, c := range cells {
		day, err := days.Add(c.Day)
		if err != nil {
			return nil, fmt.Errorf("cell %s: %w", c.ID, err)
		}
		night, err := nights.Add(c.Night)
		if err != nil {
			return nil, fmt.Errorf("cell %s: %w", c.ID, err)
		}
		in.Cells = append(in.Cells, Cell{c.At.Fixed(), place(divisionOf(c)), day, night})
	}
	return in, nil
}

// inputsVersion changes with the form of the file.
const inputsVersion = 1

// inputsJSON is the file of Inputs, with the columns of stations and cells as
// bare lists: a city has hundreds of thousands.
type inputsJSON struct {
	Version   int        `json:"version"`
	Divisions []string   `json:"divisions"`
	Hours     []string   `json:"hours"`
	Stations  [][5]int64 `json:"stations"` // lon, lat, division, hours, operating
	Cells     [][5]int64 `json:"cells"`    // lon, lat, division, day, night
}

// Write writes the inputs: the same inputs give the same bytes.
func (in *Inputs) Write(w io.Writer) error {
	out := inputsJSON{Version: inputsVersion}
	for _, d := range in.Divisions {
		out.Divisions = append(out.Divisions, d.Code())
	}
	for _, h := range in.Hours {
		out.Hours = append(out.Hours, h.String())
	}
	for _, s := range in.Stations {
		operating := int64(0)
		if s.Operating {
			operating = 1
		}
		out.Stations = append(out.Stations, [5]int64{int64(s.At.Lon), int64(s.At.Lat), int64(s.Division), int64(s.Hours), operating})
	}
	for _, c := range in.Cells {
		out.Cells = append(out.Cells, [5]int64{int64(c.At.Lon), int64(c.At.Lat), int64(c.Division), int64(c.Day), int64(c.Night)})
	}
	return json.NewEncoder(w).Encode(out)
}

// mostWeight bounds a cell's weight as reach.NewWeight does.
const mostWeight = 1_000_000_000_000

// ReadInputs reads what Write has written. The file has come by its checksum,
// but nothing in it is taken on trust.
func ReadInputs(r io.Reader) (*Inputs, error) {
	var file inputsJSON
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		return nil, fmt.Errorf("read a city's inputs: %w", err)
	}
	if file.Version != inputsVersion {
		return nil, fmt.Errorf("a city's inputs are of version %d, not %d", file.Version, inputsVersion)
	}
	in := &Inputs{}
	for _, code := range file.Divisions {
		d, err := gb.Parse(code)
		if err != nil {
			return nil, fmt.Errorf("read a city's inputs: %w", err)
		}
		in.Divisions = append(in.Divisions, d)
	}
	for _, text := range file.Hours {
		h, err := opening.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("read a city's inputs: %w", err)
		}
		in.Hours = append(in.Hours, h)
	}
	bad := func(what string, i int) error {
		return fmt.Errorf("%s %d of a city's inputs is out of bounds", what, i)
	}
	for i, s := range file.Stations {
		at, ok := fixed(s[0], s[1])
		if !ok || !indexes(s[2], len(in.Divisions)) || !indexes(s[3], len(in.Hours)) {
			return nil, bad("station", i)
		}
		in.Stations = append(in.Stations, Post{at, int32(s[2]), int32(s[3]), s[4] == 1})
	}
	for i, c := range file.Cells {
		at, ok := fixed(c[0], c[1])
		if !ok || !indexes(c[2], len(in.Divisions)) || c[3] < 0 || c[3] > mostWeight || c[4] < 0 || c[4] > mostWeight {
			return nil, bad("cell", i)
		}
		in.Cells = append(in.Cells, Cell{at, int32(c[2]), reach.Weight(c[3]), reach.Weight(c[4])})
	}
	return in, nil
}

func fixed(lon, lat int64) (geo.Fixed, bool) {
	const degrees = 10_000_000
	if lon < -180*degrees || lon > 180*degrees || lat < -90*degrees || lat > 90*degrees {
		return geo.Fixed{}, false
	}
	return geo.Fixed{Lon: int32(lon), Lat: int32(lat)}, true
}

func indexes(i int64, n int) bool { return i >= 0 && i < int64(n) }
