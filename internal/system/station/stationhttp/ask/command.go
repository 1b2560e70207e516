package ask

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// The names under which the pages hand out what they compute on. A command that is
// printed names them, so that it works where somebody has put the downloads.
const (
	StationsFile = "stations.csv"
	AreasFile    = "areas.geojson"
)

// StreetsFile is the name of a city's streets, with their hash.
func StreetsFile(a *atlas.Atlas) string { return fmt.Sprintf("streets-%.12s.atlas", a.Info.Hash) }

// DemandFile is the name of a kind of demand.
func DemandFile(d demand.Demand) string { return "demand-" + d.Kind + ".csv" }

// Inputs are the flags of xiadu coverage that name what a city is computed on: what
// the command line was given, or else the files that the pages hand out.
func Inputs(c *city.City) string {
	if c.Inputs != "" {
		return c.Inputs
	}
	var flags []string
	if c.Atlas != nil {
		flags = append(flags, "--streets "+StreetsFile(c.Atlas))
	}
	flags = append(flags, "--stations "+StationsFile)
	for _, d := range c.Survey.Demands {
		if !d.Estimated {
			flags = append(flags, "--demand "+d.Kind+"="+DemandFile(d))
		}
	}
	return strings.Join(flags, " ")
}

// Command is the command line that computes the same coverage again.
func Command(c *city.City, q coverage.Question) string {
	command := "xiadu coverage " + Inputs(c) + " --mode " + q.Mode.String() + " --minutes " + strconv.Itoa(int(q.Within.Minutes()))
	if q.Demand != "" {
		command += " --kind " + q.Demand
	}
	if q.AnyHour { // and the hour all the same: it says whether the weights of the day or of the night hold
		command += " --any-hour"
	}
	return command + " --at " + q.At.Format(InputTime)
}
