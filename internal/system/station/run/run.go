// Package run computes the coverage of many cities as one named computation, and
// keeps its figures by division, run after run.
//
// A run begins with a Plan: the question and the cities, each frozen (Inputs:
// its stations, demand and divisions; and its streets, named by their checksum),
// so that what changes meanwhile changes nothing. Each city is cut into square
// tiles (Grid), and a tile is a work item: a Task. City.Answer computes it from
// the tile's own demand and from all stations that anyone there could reach,
// also those beyond the tile's edge. Its figures are whole numbers and every
// cell and station belongs to one tile, so the sum over the tiles is that of the
// city to the last digit, however it was cut and whoever computed it.
//
// Ledger is the book of it all, in the database: station_run, its cities
// (station_run_city), its items with their answers (station_run_item), and when
// all are there the figures by division (station_run_figure), which stay. An
// item is answered once in effect: a second answer to it is dropped, one that
// does not account for the tile's demand and stations is refused. So an item may
// be computed by anybody, any number of times, in any order; whoever delivers
// items and answers need not be trusted to do it once. Only the beginning and the
// end of a run are told to the record.
//
// One run at a time is unfinished; beginning the same plan again goes on with it.
//
// Tables owned: station_run, station_run_city, station_run_item, station_run_figure.
package run

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// Question is what a run asks of every city: who has stations within reach in
// each hour of an ordinary week, and of the days that are named.
type Question struct {
	Mode    network.Mode
	Minutes int
	Demand  string          // the kind; station.People if nothing else is meant
	Days    []calendar.Date // in order
}

const (
	leastMinutes, mostMinutes = 1, 60
	mostDays                  = 14
)

// Check returns a fault.Invalid for a question that cannot be asked.
func (q Question) Check() error {
	if q.Minutes < leastMinutes || q.Minutes > mostMinutes {
		return fault.New(fault.Invalid, "%[1]d 分钟不行：请写 %[2]d 到 %[3]d 之间的整数", "%[1]d minutes will not do: write a whole number from %[2]d to %[3]d", q.Minutes, leastMinutes, mostMinutes)
	}
	if len(q.Days) > mostDays {
		return fault.New(fault.Invalid, "指定的日子有 %[1]d 个，最多 %[2]d 个", "%[1]d days are named and %[2]d are the most", len(q.Days), mostDays)
	}
	for i := 1; i < len(q.Days); i++ {
		if !q.Days[i-1].Before(q.Days[i]) {
			return fault.New(fault.Invalid, "日子 %s 写了两次，或没有按先后写", "the day %s is named twice, or out of order", q.Days[i])
		}
	}
	return nil
}

// Within is how far is near, in time.
func (q Question) Within() time.Duration { return time.Duration(q.Minutes) * time.Minute }

// Series names the questions whose figures may be put side by side over the
// years: as walk/15/people. The named days are beside the point.
func (q Question) Series() string {
	return q.Mode.String() + "/" + strconv.Itoa(q.Minutes) + "/" + cmp.Or(q.Demand, demand.People)
}

type questionJSON struct {
	Mode    string   `json:"mode"`
	Minutes int      `json:"minutes"`
	Demand  string   `json:"demand"`
	Days    []string `json:"days,omitempty"`
}

// MarshalJSON writes the question as it is stored and sent.
func (q Question) MarshalJSON() ([]byte, error) {
	out := questionJSON{Mode: q.Mode.String(), Minutes: q.Minutes, Demand: cmp.Or(q.Demand, demand.People)}
	for _, d := range q.Days {
		out.Days = append(out.Days, d.String())
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads a question that can be asked, and no other.
func (q *Question) UnmarshalJSON(data []byte) error {
	var in questionJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return err
	}
	mode, ok := network.ParseMode(in.Mode)
	if !ok {
		return fmt.Errorf("the mode %q is unknown", in.Mode)
	}
	*q = Question{Mode: mode, Minutes: in.Minutes, Demand: in.Demand}
	for _, text := range in.Days {
		day, err := calendar.ParseDate(text)
		if err != nil {
			return err
		}
		q.Days = append(q.Days, day)
	}
	return q.Check()
}

// Member is a city of a plan.
type Member struct {
	Name     string // unique in the plan: the folder, or the row of the list of cities
	Title    string // for people
	Division gb.Division
	Streets  Sum
	Inputs   Sum
	Grid     Grid
	Tiles    []Tile

	StreetsSource, DemandSource string    // where they are from, for the page
	StreetsDate                 time.Time // of the map data; zero when unknown
	Schematic                   bool      // the city is a drawing, not surveyed
	Estimated                   bool      // its demand was estimated from the map
	Stations, Cells             int
}

// Plan is a run before it has begun. All its members are frozen.
type Plan struct {
	Name     string
	Question Question
	Cities   []Member
}

// digest is the same for plans of the same question about the same cities, cut
// in the same way.
func (p Plan) digest() (string, error) {
	question, err := json.Marshal(p.Question)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%s\n", question)
	for _, c := range p.Cities {
		_, _ = fmt.Fprintf(sum, "%q %s %s %s %d %d\n", c.Name, c.Division.Code(), c.Streets, c.Inputs, c.Grid.Lon, c.Grid.Lat)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// State is how far a run has come.
type State string

// The states.
const (
	Going   State = "going"
	Done    State = "done"
	Dropped State = "dropped" // given up before it was done
)

// Run is a run in the ledger.
type Run struct {
	ID       string
	Number   int64 // 1, 2, 3 …: how people speak of it
	Name     string
	Question Question
	State    State
	Cities   int64
	Items    int64
	Begun    time.Time
	Ended    time.Time // zero while it is going
	Digest   string    // SHA-256 of all its figures, once it is done
}
