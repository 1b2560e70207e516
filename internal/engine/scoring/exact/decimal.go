package exact

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
)

// Mode is how a value between two decimals is rounded.
type Mode string

// The modes. A half goes away from zero, which is the rounding of 四舍五入, to the even neighbour (GB/T 8170), or what is cut off
// is dropped or always raises: towards zero and away from it.
const (
	HalfUp   Mode = "half-up"
	HalfEven Mode = "half-even"
	Down     Mode = "down"
	Up       Mode = "up"
)

// Known tells whether there is such a mode.
func (m Mode) Known() bool { return m == HalfUp || m == HalfEven || m == Down || m == Up }

// MaxPlaces bounds decimals, of what is read and of what is rounded.
const MaxPlaces = 9

// Parse reads a decimal: digits, with a sign and a point if need be, as 9, 9.35 and -0.5, at most 9 places and 9 digits before
// them. Nothing else is one: no exponent, no comma, no spaces.
func Parse(text string) (Number, error) {
	digits, negative := strings.CutPrefix(text, "-")
	whole, part, point := strings.Cut(digits, ".")
	if whole == "" || point && part == "" || len(whole) > MaxPlaces || len(part) > MaxPlaces {
		return Number{}, noDecimal(text)
	}
	var n, d int64 = 0, 1
	for _, r := range whole + part {
		if r < '0' || r > '9' {
			return Number{}, noDecimal(text)
		}
		n = n*10 + int64(r-'0')
	}
	for range part {
		d *= 10
	}
	if negative {
		n = -n
	}
	return Number{n: n, below: d - 1}, nil
}

func noDecimal(text string) error {
	return fault.New(fault.Invalid, "“%[1]s”不是一个数：写成 9 或 9.35 这样，小数点用“.”，整数和小数各最多九位",
		"%[1]q is no number: write it as 9 or 9.35, with a point, at most nine digits before and behind it", lang.Short(text))
}

// Must is Parse for a number in a program's text; it panics where there is none.
func Must(text string) Number {
	n, err := Parse(text)
	if err != nil {
		panic(err)
	}
	return n
}

// Round is the number to some places.
func (a Number) Round(places int, mode Mode) Number {
	scale := int64(1)
	for range places {
		scale *= 10
	}
	if a.big == nil {
		if a.below == 0 || scale%a.d() == 0 {
			return a
		}
		if n, ok := mul(a.n, scale); ok {
			return Number{n: rounded(n/a.d(), n%a.d(), a.d(), mode), below: scale - 1}
		}
	}
	r := a.rat()
	n := new(big.Int).Mul(r.Num(), big.NewInt(scale))
	rest := new(big.Int)
	n.QuoRem(n, r.Denom(), rest)
	if up(new(big.Int).Abs(rest.Lsh(rest, 1)).Cmp(r.Denom()), rest.Sign() != 0, n.Bit(0) == 1, mode) {
		n.Add(n, big.NewInt(int64(r.Sign())))
	}
	return back(new(big.Rat).SetFrac(n, big.NewInt(scale)))
}

// rounded is a quotient that was cut towards zero, with what was cut off.
func rounded(quotient, rest, d int64, mode Mode) int64 {
	half := 0 // how the rest, twice, compares with d, which may be larger than twice a rest can be
	switch r := magnitude(rest); {
	case r > uint64(d)-r:
		half = 1
	case r < uint64(d)-r:
		half = -1
	}
	if !up(half, rest != 0, quotient&1 == 1, mode) {
		return quotient
	}
	if rest < 0 {
		return quotient - 1
	}
	return quotient + 1
}

// up tells whether a value goes away from zero: by how what is cut off compares with a half, and whether anything is.
func up(half int, cut, odd bool, mode Mode) bool {
	switch mode {
	case HalfEven:
		return half > 0 || half == 0 && cut && odd
	case Up:
		return cut
	case Down:
		return false
	case HalfUp:
	}
	return half >= 0 && cut
}

// String is the decimal where there is a finite one, with no more zeros than it needs, and else the fraction n/d.
func (a Number) String() string {
	r := a.rat()
	if places, exact := r.FloatPrec(); exact {
		return r.FloatString(places)
	}
	return r.RatString()
}

// Decimal is the number with so many places, zeros and all: as 9.50. What does not end there is rounded half up, for who
// shows it.
func (a Number) Decimal(places int) string {
	a = a.Round(places, HalfUp)
	scale := int64(1)
	for range places {
		scale *= 10
	}
	if a.big == nil && scale%a.d() == 0 {
		if n, ok := mul(a.n, scale/a.d()); ok {
			return pointed(n, places)
		}
	}
	return a.rat().FloatString(places)
}

// pointed is a whole number with a point before so many of its digits.
func pointed(n int64, places int) string {
	text := make([]byte, 0, 24)
	if n < 0 {
		text = append(text, '-')
	}
	from := len(text)
	text = strconv.AppendUint(text, magnitude(n), 10)
	for len(text)-from <= places {
		text = slices.Insert(text, from, '0')
	}
	if places > 0 {
		text = slices.Insert(text, len(text)-places, '.')
	}
	return string(text)
}

// MarshalText writes a decimal; a fraction that does not end has no text that [Parse] reads.
func (a Number) MarshalText() ([]byte, error) {
	text := a.String()
	if _, err := Parse(text); err != nil {
		return nil, err
	}
	return []byte(text), nil
}

// UnmarshalText is [Parse].
func (a *Number) UnmarshalText(text []byte) (err error) {
	*a, err = Parse(string(text))
	return err
}
