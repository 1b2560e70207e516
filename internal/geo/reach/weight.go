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
