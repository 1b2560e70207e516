package words

import (
	"math"
	"strconv"

	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Count writes a whole number with its thousands apart: 1,234,567.
func Count[N int | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// People writes a weight, of which fractions mean nothing.
func People(weight float64) string { return Count(int64(math.Round(weight))) }

// Coordinate writes degrees to a metre: enough to find a door, and no finer
// than needed.
func Coordinate(v float64) string { return strconv.FormatFloat(v, 'f', 5, 64) }

// Degrees writes a coordinate for another map, to ten centimetres.
func Degrees(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }

// Whole writes a number without decimals.
func Whole(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// PercentOf writes hundredths of a percent: 9500 is 95.
func PercentOf(share int) string { return strconv.FormatFloat(float64(share)/100, 'f', -1, 64) }

// Money writes yuan with commas, and fen where there are some.
func Money(f station.Fen) string {
	whole := Count(int64(f) / 100)
	if fen := int64(f) % 100; fen != 0 {
		return whole + "." + strconv.Itoa(int(fen/10)) + strconv.Itoa(int(fen%10))
	}
	return whole
}

// Metres says a length as somebody on foot measures: to ten metres.
func Metres(l lang.Lang, dm uint32) string {
	m := (int(dm)/10 + 5) / 10 * 10
	if m < 1000 {
		return l.F("%d 米", "%d m", max(10, m))
	}
	return l.F("%.1f 公里", "%.1f km", float64(m)/1000)
}

// Bytes says how large a file is: how long somebody on the move would wait for it.
func Bytes(l lang.Lang, n int) string {
	if n < 1<<20 {
		return l.F("%d KB", "%d KB", (n+1<<10-1)>>10)
	}
	return l.F("%.1f MB", "%.1f MB", float64(n)/(1<<20))
}
