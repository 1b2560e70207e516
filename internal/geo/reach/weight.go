package reach

import (
	"math"
	"strconv"

	"github.com/xiadu/xiadu/internal/fault"
)

// Weight is an amount of demand, such as people, in thousandths. Demand models
// give fractions of people; whole thousandths sum to the same total in every
// order and split without a remainder that nobody can explain.
type Weight int64

// maxWeight bounds one cell, so that nine million of them sum without overflow.
const maxWeight = 1e9

// NewWeight rounds v to thousandths. A weight below zero, beyond a thousand
// million, or not a number is fault.Invalid.
func NewWeight(v float64) (Weight, error) {
	if !(v >= 0 && v <= maxWeight) {
		return 0, fault.New(fault.Invalid, "人数“%v”不对：请填 0 到 10 亿之间的数",
			"the weight %v is out of range: write a number between 0 and 1,000,000,000", v)
	}
	return Weight(math.Round(v * 1000)), nil
}

// Float returns w as a number.
func (w Weight) Float() float64 { return float64(w) / 1000 }

// String writes w with as many decimals as it has.
func (w Weight) String() string { return strconv.FormatFloat(w.Float(), 'f', -1, 64) }

// Share returns w as a share of total, and 0 of nothing.
func (w Weight) Share(total Weight) float64 {
	if total == 0 {
		return 0
	}
	return float64(w) / float64(total)
}

// Rounding makes weights of the numbers of many cells, in their order: what one
// has beyond whole thousandths is carried to the next. Whole thousandths stay as
// they are, and a sum is off by half a thousandth at most, however many and small
// the cells are; each rounded by itself, a thousand cells of 0.0004 would be nothing.
type Rounding struct{ carried int64 } // in billionths

const billionthsPerThousandth = 1_000_000

// Add is NewWeight with what is carried. A weight of 0 stays 0.
func (r *Rounding) Add(v float64) (Weight, error) {
	if _, err := NewWeight(v); err != nil {
		return 0, err
	}
	thousandths := v * 1000
	whole := math.Round(thousandths)
	// What a decimal fraction misses in binary is no part of a thousandth.
	part := thousandths - whole
	if math.Abs(part) <= thousandths*0x1p-50 {
		return Weight(whole), nil
	}
	r.carried += int64(math.Round(part * billionthsPerThousandth))
	switch {
	case r.carried >= billionthsPerThousandth/2:
		whole++
		r.carried -= billionthsPerThousandth
	case r.carried < -billionthsPerThousandth/2:
		whole--
		r.carried += billionthsPerThousandth
	}
	return Weight(whole), nil
}
