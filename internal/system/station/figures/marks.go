package figures

import (
	"iter"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/selection"
)

// What a map shows of a station that the register does not say: whether its door is
// open, and that a candidate is no station. The words are those of web.Opening and
// web.StationKind; a test holds them together.
const (
	DoorOpen    = "open"
	DoorUnknown = "unknown"
	DoorClosed  = "closed"
	proposed    = "proposed"
)

// DoorAt is whether the door of s is open at t: open, unknown or closed.
func DoorAt(s *station.Station, t time.Time) string {
	switch {
	case s.Status != station.Operating:
		return DoorClosed
	case !s.Hours.Known():
		return DoorUnknown
	case s.Hours.OpenAt(t):
		return DoorOpen
	}
	return DoorClosed
}

// StationMark is a station as a point of a map; rank is its place in an answer, or 0.
func StationMark(s *station.Station, rank int, open string) sheet.Mark {
	properties := map[string]any{"id": s.Code, "name": s.Name, "kind": s.Size.Key(), "open": open, "href": "/stations/" + s.Code}
	if rank > 0 {
		properties["rank"] = rank
	}
	return sheet.PointMark(s.Code, s.At, properties)
}

// CandidateMark is a candidate as a point, with a shape that no station has.
func CandidateMark(s *station.Station) sheet.Mark {
	f := StationMark(s, 0, DoorUnknown)
	f.Properties["kind"] = proposed
	return f
}

// SiteMark is a candidate as a point: with its rank if it is in the plan,
// without if it is a rival.
func SiteMark(c *selection.Candidate, rank int) sheet.Mark {
	f := CandidateMark(&c.Station)
	if rank > 0 { // one shape: its size is yet to be decided
		f = StationMark(&c.Station, rank, DoorOpen)
		f.Properties["kind"] = station.Standard.Key()
	}
	delete(f.Properties, "href")
	return f
}

// DemandMark is a cell of demand with how many stations it reaches.
func DemandMark(cell *demand.Cell, cov *coverage.Coverage, i int) sheet.Mark {
	return sheet.PointMark(cell.ID, cell.At, map[string]any{"covered": cov.Counts[i], "weight": cov.Weights[i].Float()})
}

// CoverageMarks are a coverage to open in a map program: the demand cells with
// how many stations they reach, the stations with their opening at the hour, and
// the gaps. The property layer says which is which.
func CoverageMarks(c *city.City, cov *coverage.Coverage, q coverage.Question) iter.Seq[sheet.Mark] {
	return func(yield func(sheet.Mark) bool) {
		demand, _ := c.Survey.Demand(cov.Question.Demand)
		for i := range cov.Counts {
			if cov.Weights[i] == 0 {
				continue
			}
			f := DemandMark(&demand.Cells[i], cov, i)
			f.Properties["layer"] = "demand"
			if c.Estimated(q.Demand) {
				f.Properties["estimated"] = true
			}
			if !yield(f) {
				return
			}
		}
		for i := range c.Network.Stations {
			s := &c.Network.Stations[i]
			if s.Status == station.Candidate {
				continue // no station yet
			}
			if !yield(stationMark(s, q)) {
				return
			}
		}
		for i, g := range cov.Gaps {
			figures := OfGap(c, g)
			if !yield(sheet.PointMark("gap-"+strconv.Itoa(i+1), geo.Point{Lon: figures.Lon, Lat: figures.Lat}, map[string]any{
				"layer": "gap", "rank": i + 1, "demand": figures.Demand, "near": figures.Near, "nearest_m": figures.NearestM,
			})) {
				return
			}
		}
	}
}

// stationMark is a station with its opening at the hour that is asked about.
func stationMark(s *station.Station, q coverage.Question) sheet.Mark {
	opening := DoorAt(s, q.At)
	if q.AnyHour && s.Status == station.Operating {
		opening = DoorOpen
	}
	f := StationMark(s, 0, opening)
	delete(f.Properties, "href")
	f.Properties["layer"] = "station"
	return f
}
