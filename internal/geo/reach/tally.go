package reach

import "slices"

// Tally counts the stations that each place reaches while stations open and
// close, and keeps the demand that reaches one, two and more up to date: a
// change costs as much as the list of the station that changes. A Tally serves
// one goroutine at a time.
type Tally struct {
	times   int
	counts  []int32
	weights [][]Weight
	atLeast [][]Weight // of each weighting: the demand with at least so many stations
}

// NewTally returns a tally in which no station is open yet. Demand is told apart
// up to times stations, at most MaxTimes. Each weighting gives a weight to every
// place, such as its people by day, and its people by night.
func NewTally(times int, weightings ...[]Weight) *Tally {
	t := &Tally{times: min(times, MaxTimes), weights: weightings}
	for _, weights := range weightings {
		atLeast := make([]Weight, t.times+1)
		for _, w := range weights {
			atLeast[0] += w
		}
		t.atLeast = append(t.atLeast, atLeast)
		t.counts = make([]int32, len(weights))
	}
	return t
}

// Clone returns a tally of its own that begins as t is, to try changes on.
func (t *Tally) Clone() *Tally {
	c := &Tally{times: t.times, counts: slices.Clone(t.counts), weights: t.weights}
	for _, atLeast := range t.atLeast {
		c.atLeast = append(c.atLeast, slices.Clone(atLeast))
	}
	return c
}

// Add opens a station that the given places reach.
func (t *Tally) Add(places []int32) {
	for _, p := range places {
		if t.counts[p]++; int(t.counts[p]) <= t.times {
			for w, weights := range t.weights {
				t.atLeast[w][t.counts[p]] += weights[p]
			}
		}
	}
}

// Remove closes a station that was added.
func (t *Tally) Remove(places []int32) {
	for _, p := range places {
		if int(t.counts[p]) <= t.times {
			for w, weights := range t.weights {
				t.atLeast[w][t.counts[p]] -= weights[p]
			}
		}
		t.counts[p]--
	}
}

// AtLeast returns, by the given weighting, the demand with at least 0, 1, 2 …
// stations.
func (t *Tally) AtLeast(weighting int) []Weight { return slices.Clone(t.atLeast[weighting]) }

// Counts returns how many stations each place reaches, at most times.
func (t *Tally) Counts() []uint8 {
	counts := make([]uint8, len(t.counts))
	for i, c := range t.counts {
		counts[i] = uint8(min(int(c), t.times))
	}
	return counts
}
