package figures

import (
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
)

// CircleFigures is a comparison with circles as one JSON object: what
// /coverage/circle.json answers and `xiadu coverage --circle` adds to its own, or with
// --only circle prints alone.
type CircleFigures struct {
	RadiusM        int          `json:"radius_m" doc:"The circle around each station that counts, in metres as the crow flies"`
	Covered1       float64      `json:"covered_1" doc:"Demand in one circle or more"`
	Covered2       float64      `json:"covered_2" doc:"In two or more"`
	Share1         float64      `json:"share_1"`
	Share2         float64      `json:"share_2"`
	StreetCovered1 float64      `json:"street_covered_1" doc:"Demand that really reaches one station or more within the cutoff"`
	StreetCovered2 float64      `json:"street_covered_2" doc:"Two or more"`
	OnlyCircle     float64      `json:"only_circle" doc:"In a circle, but no way of the cutoff leads to a station"`
	OnlyStreets    float64      `json:"only_streets" doc:"In no circle, yet a station is within the cutoff"`
	Gaps           []GapFigures `json:"gaps" doc:"Where the circle alone says covered, the most demand first"`
}

// OfCircle states a comparison.
func OfCircle(c *city.City, cov *coverage.Coverage, x *coverage.Circle) CircleFigures {
	f := CircleFigures{
		RadiusM: x.RadiusM, Covered1: x.Covered[1].Float(), Covered2: x.Covered[2].Float(),
		Share1: share(x.Covered[1], cov.Demand), Share2: share(x.Covered[2], cov.Demand),
		StreetCovered1: cov.Covered[1].Float(), StreetCovered2: cov.Covered[2].Float(),
		OnlyCircle: x.Only.Float(), OnlyStreets: x.Missed.Float(), Gaps: []GapFigures{},
	}
	for _, g := range x.Gaps {
		f.Gaps = append(f.Gaps, OfGap(c, g))
	}
	return f
}
