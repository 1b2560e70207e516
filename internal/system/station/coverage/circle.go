package coverage

import (
	"context"
	"math"
	"runtime"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// DefaultRadiusM is the circle that plans draw around a station: a kilometre is
// called fifteen minutes.
const DefaultRadiusM = 1000

const minRadiusM, maxRadiusM = 50, 5000

// Circle is what drawing circles on a map would say of the same stations at the
// same hour, held against the streets: a cell counts each open station within
// the radius as the crow flies, whatever river or railway lies between.
type Circle struct {
	RadiusM int
	Counts  []uint8                      // of each cell of the demand, at most CoverTimes
	Covered [CoverTimes + 1]reach.Weight // as of a Coverage
	Only    reach.Weight                 // in a circle, but no station on the streets within the cutoff
	Missed  reach.Weight                 // in no circle, yet the streets lead to a station in time
	Gaps    []Gap                        // where the people of Only are, the most first
}

// Circle counts by circles what c counted on the streets.
func (v *Survey) Circle(ctx context.Context, c *Coverage, radiusM int) (*Circle, error) {
	if radiusM < minRadiusM || radiusM > maxRadiusM {
		return nil, fault.At("radius", fault.New(fault.Invalid, "半径 %[1]d 米不行：请写 %[2]d 到 %[3]d 米", "a radius of %[1]d m will not do: write %[2]d to %[3]d m", radiusM, minRadiusM, maxRadiusM))
	}
	x := &Circle{RadiusM: radiusM}
	demand, ok := v.Demand(c.Question.Demand)
	if !ok {
		return x, nil
	}
	stations := v.asItIs().count(&Coverage{Question: c.Question})
	open := make([]bool, len(v.Stations))
	for _, i := range stations.own {
		open[i] = true
	}
	var err error
	if x.Counts, err = circled(ctx, v.Network, demand.Cells, open, float64(radiusM)); err != nil {
		return nil, err
	}
	only := make([]uint8, len(x.Counts)) // 0: the circle alone says covered
	for i, k := range x.Counts {
		w := c.Weights[i]
		for j := range int(k) + 1 {
			x.Covered[j] += w
		}
		only[i] = 1
		switch {
		case k > 0 && c.Counts[i] == 0:
			x.Only += w
			only[i] = 0
		case k == 0 && c.Counts[i] > 0:
			x.Missed += w
		}
	}
	x.Gaps, err = v.asItIs().gaps(ctx, c.Question.Mode, stations, v.Cells(c.Question), reach.Coverage{Times: CoverTimes, Budget: c.CutoffDM, Counts: only, AtLeast: c.Covered[:]})
	return x, err
}

// askEvery is after how many cells it is asked whether anybody still waits.
const askEvery = 1024

// circled counts the open stations within a radius of each cell.
func circled(ctx context.Context, n *network.Network, cells []demand.Cell, open []bool, radiusM float64) ([]uint8, error) {
	counts := make([]uint8, len(cells))
	var all fault.Group
	share := len(cells)/runtime.GOMAXPROCS(0) + 1
	for from := 0; from < len(cells); from += share {
		all.Go(func() {
			for i := from; i < min(from+share, len(cells)); i++ {
				if i%askEvery == 0 && ctx.Err() != nil {
					return
				}
				at := cells[i].At
				// The box is drawn a little wide: the radius is measured on the sphere.
				n.Tree.Search(geo.BoxOf(at.Fixed()).Pad(math.Ceil(radiusM*1.01)), func(s uint32) bool {
					if open[s] && geo.Distance(at, n.Stations[s].At) <= radiusM {
						counts[i]++
					}
					return counts[i] < CoverTimes
				})
			}
		})
	}
	all.Wait()
	return counts, ctx.Err()
}
