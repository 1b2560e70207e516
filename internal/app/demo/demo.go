// Package demo draws a schematic Xining, so that every page has something to
// show before a real city is imported.
//
// It is a drawing, not survey data: skeleton.txt holds by hand what makes the
// city recognisable (three river valleys that meet in a cross, the avenues with
// their names, the districts with their codes), and this package fills in the
// side streets, houses, rest stations and residents. All of it says that it is
// schematic. It goes through the same importers as a real city: Streets writes
// OpenStreetMap XML, Stations, Candidates and Demand write CSV, Areas writes GeoJSON.
//
// The steps, a file each: read the skeleton, cut the valley floor into blocks
// along rivers, railway and avenues (faces.go), cut the blocks by side streets
// until they are small (blocks.go), join all streets where they meet
// (streets.go), then put houses, stations and residents on the blocks.
//
// The bytes are the same on every machine: coordinates are integers, in
// decimetres from the centre of the city, and chance is a hash of place and
// purpose (chance.go), so that no step disturbs the chance of another.
package demo

import (
	_ "embed"
	"io"
	"strings"
	"sync"
)

//go:embed skeleton.txt
var skeletonText string

// heart is the Great Cross, 大十字, in the middle of the old town.
var heart = point{0, 300 * metre}

// city is the finished drawing.
type city struct {
	skeleton
	streets []street
	blocks  []block
	houses  []house
	green   []ring // strips too narrow to build on, along the rivers
}

var drawn = sync.OnceValue(drawCity)

// drawCity makes the city. The skeleton is part of the program: a mistake in it is
// a defect that the tests find, hence the panic.
func drawCity() *city {
	sk, err := readSkeleton(strings.NewReader(skeletonText))
	if err != nil {
		panic(err)
	}
	c := &city{skeleton: sk}
	c.layMainStreets()
	c.fillBlocks()
	c.layClimbs()
	c.joinStreets()
	c.build()
	return c
}

// Streets writes the city as OpenStreetMap XML, marked as schematic.
func Streets(w io.Writer) error { return drawn().writeOSM(w) }

// Stations writes about 200 rest stations in the columns of the station import.
func Stations(w io.Writer) error { return drawn().writeStations(w) }

// Areas writes key areas with their targets, the districts and the industrial zone.
func Areas(w io.Writer) error { return drawn().writeAreas(w) }

// Demand writes square cells of 250 m with the people in them by day and by night,
// and couriers' orders likewise.
func Demand(w io.Writer) error { return drawn().writeDemand(w) }

// Candidates writes about 250 candidates in the columns of the station import.
func Candidates(w io.Writer) error { return drawn().writeCandidates(w) }

//go:embed testdata/sha256.golden
var edition string

// Edition tells one drawing of the city from another: a test holds it to be the
// hashes of what Streets, Stations, Demand, Candidates and Areas write.
func Edition() string { return edition }
