package stationhttp

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/xiadu/xiadu/internal/gb"
)

// count writes a whole number with its thousands apart: 1,234,567.
func count[N int | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// people writes a weight, of which fractions mean nothing.
func people(weight float64) string { return count(int64(math.Round(weight))) }

func sortedDivisions(d []gb.Division) []gb.Division {
	slices.SortFunc(d, func(a, b gb.Division) int { return cmp.Compare(a.Code(), b.Code()) })
	return d
}
