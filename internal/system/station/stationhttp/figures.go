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

// percent writes a share to a tenth: 87.4. What is not all is never called 100.0,
// and what is not nothing never 0.0.
func percent(part, whole float64) string {
	if whole <= 0 {
		return "–"
	}
	p := math.Round(part/whole*1000) / 10
	switch {
	case p >= 100 && part < whole:
		p = 99.9
	case p <= 0 && part > 0:
		p = 0.1
	}
	return strconv.FormatFloat(p, 'f', 1, 64)
}

func sortedDivisions(d []gb.Division) []gb.Division {
	slices.SortFunc(d, func(a, b gb.Division) int { return cmp.Compare(a.Code(), b.Code()) })
	return d
}
