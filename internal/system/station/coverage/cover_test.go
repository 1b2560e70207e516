package coverage_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/calendar/opening"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/stationtest"
)

func TestCoverIsWhatAskingForEveryPairGives(t *testing.T) {
	streets := stationtest.Grid(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n := stationtest.DrawNetwork(t, streets)
		q := coverage.Question{
			Mode: network.Mode(rapid.IntRange(0, 1).Draw(t, "mode")), At: stationtest.Monday(rapid.IntRange(0, 23).Draw(t, "hour"), 0),
			Within: time.Duration(rapid.IntRange(1, 20).Draw(t, "minutes")) * time.Minute,
		}
		graph, profile := streets.Walk, streets.WalkProfile
		if q.Mode == network.Ebike {
			graph, profile = streets.Ebike, streets.EbikeProfile
		}
		c, err := n.Cover(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		var total, once, gaps reach.Weight
		demand, _ := n.Demand("")
		for i, cell := range demand.Cells {
			count := 0
			for _, s := range n.Stations {
				if dm, ok := stationtest.Door(graph, cell.At, s.At); ok && dm <= profile.Budget(q.Within) && s.Hours.OpenAt(q.At) {
					count++
				}
			}
			if int(c.Counts[i]) != min(count, coverage.CoverTimes) {
				t.Fatalf("cell %s counts %d stations, want %d", cell.ID, c.Counts[i], count)
			}
			people, _ := reach.NewWeight(cell.Day)
			if h := q.At.Hour(); h >= 22 || h < 6 {
				people, _ = reach.NewWeight(cell.Night)
			}
			if total += people; count > 0 {
				once += people
			}
		}
		if c.Demand != total || c.Covered[0] != total || c.Covered[1] != once {
			t.Fatalf("%v of %v covered, want %v of %v", c.Covered[1], c.Demand, once, total)
		}
		for _, g := range c.Gaps {
			gaps += g.Weight
		}
		if gaps > total-once || len(c.Gaps) < 20 && gaps != total-once {
			t.Fatalf("gaps hold %v of %v without a station", gaps, total-once)
		}
	})
}

// A station more never covers less, and the same questions have the same
// signature only if they have the same answer.
func TestMoreStationsNeverCoverLess(t *testing.T) {
	streets := stationtest.Grid(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n := stationtest.DrawNetwork(t, streets)
		q := coverage.Question{At: stationtest.Monday(10, 0)}
		before, err := n.Cover(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		h, _ := opening.Parse("24/7")
		extra := station.Station{Code: "X", Hours: h, At: stationtest.Spot(rapid.Float64Range(0, 1000).Draw(t, "x"), 400)}
		more := coverage.New(network.New(streets, append(slices.Clone(n.Stations), extra)), slices.Clone(n.Demands))
		after, err := more.Cover(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for k := range before.Covered {
			if after.Covered[k] < before.Covered[k] {
				t.Fatalf("%d-fold: %v before, %v after", k, before.Covered[k], after.Covered[k])
			}
		}
		noon := coverage.Question{At: stationtest.Monday(12, 0)}
		if a, b := n.Signature(q), n.Signature(noon); a == b {
			other, _ := n.Cover(t.Context(), noon)
			if other.Covered != before.Covered {
				t.Fatal("one signature, two answers")
			}
		}
	})
}
