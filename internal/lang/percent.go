package lang

import (
	"math"
	"math/bits"
	"strconv"
)

// Every share that a reader sees is written here, so that none says all or
// nothing by rounding: 100.0 is all, 0.0 is nothing, and what would round to
// either is written >99.9 and <0.1.

// NoShare stands for the share of a whole that is nothing.
const NoShare = "–"

// Percent writes part of whole in per cent, to a tenth: 87.4.
func Percent(part, whole float64) string {
	if !(whole > 0) {
		return NoShare
	}
	tenths := math.Round(part / whole * 1000)
	switch {
	case tenths >= 1000 && part < whole:
		return ">99.9"
	case tenths <= 0 && part > 0:
		return "<0.1"
	}
	return strconv.FormatFloat(tenths/10, 'f', 1, 64)
}

// PercentDown writes part of whole in per cent, rounded down to so many decimals
// and without zeros at the end: what falls short of a goal is never written as it.
func PercentDown(part, whole int64, decimals int) string {
	if whole <= 0 {
		return NoShare
	}
	unit := math.Pow10(decimals)
	hi, lo := bits.Mul64(uint64(min(max(part, 0), whole)), uint64(100*unit))
	n, _ := bits.Div64(hi, lo, uint64(whole))
	if n == 0 && part > 0 {
		return "<" + strconv.FormatFloat(1/unit, 'f', -1, 64)
	}
	return strconv.FormatFloat(float64(n)/unit, 'f', -1, 64)
}

// PercentUp writes part of whole in per cent, rounded up to a hundredth: a promise
// of no more than so much is never rounded in its maker's favour.
func PercentUp(part, whole float64) string {
	if !(whole > 0) {
		return NoShare
	}
	return strconv.FormatFloat(math.Ceil(part/whole*1e4)/100, 'f', -1, 64)
}

// Points writes the difference of two shares in percentage points, as far as
// Percent writes the shares themselves: +0.3, −1.2, ±0.0. Only what is equal is
// ±0.0; a difference too small to be seen is +<0.1 or −<0.1.
func Points(before, after float64) string {
	tenths := math.Round(after*1000) - math.Round(before*1000)
	size := strconv.FormatFloat(math.Abs(tenths)/10, 'f', 1, 64)
	if tenths == 0 {
		size = "<0.1"
	}
	switch {
	case after > before:
		return "+" + size
	case after < before:
		return "−" + size
	}
	return "±0.0"
}

// FewDigits rounds a share of 0 to 1 to so many decimals for a file that programs
// read, and never to 0 or 1.
func FewDigits(share float64, decimals int) float64 {
	unit := math.Pow10(decimals)
	rounded := math.Round(share*unit) / unit
	switch {
	case rounded >= 1 && share < 1:
		return (unit - 1) / unit
	case rounded <= 0 && share > 0:
		return 1 / unit
	}
	return rounded
}
