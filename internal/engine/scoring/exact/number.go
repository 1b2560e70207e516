// Package exact is arithmetic without any loss: rational numbers that come from decimals, are weighed, summed and divided,
// and are rounded where a rule says so and nowhere else.
//
//	a, err := exact.Parse("9.35")
//	mean := exact.Sum(a, b, c).Over(exact.Of(3))
//	mean.Round(2, exact.HalfUp).String() // "9.12"
//
// A [Number] is two int64 as long as they suffice, which they do for marks: sums of decimals of one step only add their
// numerators. What does not fit is a big.Rat, and comes back when it fits again. Numbers are values: no operation changes
// one.
package exact

import (
	"cmp"
	"math"
	"math/big"
	"math/bits"
)

// Number is a rational number. The zero value is 0. Two numbers are compared by [Number.Cmp], never by ==.
type Number struct {
	n     int64
	below int64    // the denominator less 1, so that the zero value is 0/1
	big   *big.Rat // instead of both, where they do not suffice
}

// Of is a whole number.
func Of(n int64) Number { return Number{n: n} }

// Ratio is a fraction. It panics where the denominator is no positive number, which is the caller's mistake.
func Ratio(n, d int64) Number {
	if d <= 0 {
		panic("exact: the denominator of a ratio is not positive")
	}
	return Number{n: n, below: d - 1}
}

func (a Number) d() int64 { return a.below + 1 }

// rat is the number in the other form.
func (a Number) rat() *big.Rat {
	if a.big != nil {
		return a.big
	}
	return big.NewRat(a.n, a.d())
}

// back is a number of big.Rat's, in the small form if it fits.
func back(r *big.Rat) Number {
	if r.Num().IsInt64() && r.Denom().IsInt64() {
		return Number{n: r.Num().Int64(), below: r.Denom().Int64() - 1}
	}
	return Number{big: r}
}

// reduced is the same number with the least denominator.
func (a Number) reduced() Number {
	if a.big != nil || a.below == 0 {
		return a
	}
	g := gcd(magnitude(a.n), uint64(a.d()))
	return Number{n: a.n / int64(g), below: a.d()/int64(g) - 1}
}

// Add is a + b.
func (a Number) Add(b Number) Number {
	if a.big == nil && b.big == nil {
		if a.below == b.below {
			if n, ok := add(a.n, b.n); ok {
				return Number{n: n, below: a.below}
			}
		} else if sum, ok := a.across(b); ok {
			return sum
		}
		a, b = a.reduced(), b.reduced()
		if sum, ok := a.across(b); ok {
			return sum
		}
	}
	return back(new(big.Rat).Add(a.rat(), b.rat()))
}

// across adds over the least common denominator.
func (a Number) across(b Number) (Number, bool) {
	g := int64(gcd(uint64(a.d()), uint64(b.d())))
	left, ok1 := mul(a.n, b.d()/g)
	right, ok2 := mul(b.n, a.d()/g)
	d, ok3 := mul(a.d(), b.d()/g)
	n, ok4 := add(left, right)
	return Number{n: n, below: d - 1}, ok1 && ok2 && ok3 && ok4
}

// Sub is a - b.
func (a Number) Sub(b Number) Number { return a.Add(b.Neg()) }

// Neg is -a.
func (a Number) Neg() Number {
	if a.big != nil || a.n == math.MinInt64 {
		return back(new(big.Rat).Neg(a.rat()))
	}
	return Number{n: -a.n, below: a.below}
}

// Times is a × b.
func (a Number) Times(b Number) Number {
	if a.big == nil && b.big == nil {
		for range 2 {
			n, ok := mul(a.n, b.n)
			d, fits := mul(a.d(), b.d())
			if ok && fits {
				return Number{n: n, below: d - 1}
			}
			a, b = Number{n: a.n, below: b.below}.reduced(), Number{n: b.n, below: a.below}.reduced() // crosswise
		}
	}
	return back(new(big.Rat).Mul(a.rat(), b.rat()))
}

// Over is a ÷ b. It panics where b is 0: whoever divides by a count has one.
func (a Number) Over(b Number) Number {
	if b.Sign() == 0 {
		panic("exact: division by zero")
	}
	if b.big == nil && b.n != math.MinInt64 {
		n, d := b.d(), b.n
		if d < 0 {
			n, d = -n, -d
		}
		return a.Times(Number{n: n, below: d - 1})
	}
	return back(new(big.Rat).Quo(a.rat(), b.rat()))
}

// Sum is the sum of some numbers.
func Sum(all ...Number) (sum Number) {
	for _, a := range all {
		sum = sum.Add(a)
	}
	return sum
}

// Sign is -1, 0 or 1.
func (a Number) Sign() int {
	if a.big != nil {
		return a.big.Sign()
	}
	return cmp.Compare(a.n, 0)
}

// Cmp is -1 where a is less than b, 0 where they are equal, and else 1.
func (a Number) Cmp(b Number) int {
	if a.big != nil || b.big != nil {
		return a.rat().Cmp(b.rat())
	}
	if a.below == b.below {
		return cmp.Compare(a.n, b.n)
	}
	if by := cmp.Compare(a.Sign(), b.Sign()); by != 0 {
		return by
	}
	high1, low1 := bits.Mul64(magnitude(a.n), uint64(b.d()))
	high2, low2 := bits.Mul64(magnitude(b.n), uint64(a.d()))
	return a.Sign() * cmp.Or(cmp.Compare(high1, high2), cmp.Compare(low1, low2))
}

// Less is a < b.
func (a Number) Less(b Number) bool { return a.Cmp(b) < 0 }

func add(a, b int64) (int64, bool) {
	sum := a + b
	return sum, (sum > a) == (b > 0)
}

func mul(a, b int64) (int64, bool) {
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	if high != 0 || low > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(low), true
	}
	return int64(low), true
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// gcd is the greatest common divisor; b is not 0.
func gcd(a, b uint64) uint64 {
	for a != 0 {
		a, b = b%a, a
	}
	return b
}

// Whole tells whether it is a whole number.
func (a Number) Whole() bool {
	if a.big != nil {
		return a.big.IsInt()
	}
	return a.n%a.d() == 0
}

// Floor is the largest whole number that is not more.
func (a Number) Floor() int64 {
	if a.big != nil {
		q := new(big.Int)
		q.Div(a.big.Num(), a.big.Denom())
		return q.Int64()
	}
	q := a.n / a.d()
	if a.n%a.d() < 0 {
		q--
	}
	return q
}

// Root is the square root to some places, half up, by whole numbers alone. It panics where there is none.
func (a Number) Root(places int) Number {
	if a.Sign() < 0 {
		panic("exact: the root of a number below zero")
	}
	scale := int64(1)
	for range places {
		scale *= 10
	}
	r := a.rat()
	twice := new(big.Int).Mul(big.NewInt(2*scale), big.NewInt(2*scale)) // ⌊2·10^p·√a⌋ is the root of ⌊4·10^2p·a⌋
	n := twice.Mul(twice, r.Num()).Quo(twice, r.Denom())
	if n.Sign() == 0 {
		return Number{}
	}
	root := new(big.Int).Lsh(big.NewInt(1), uint(n.BitLen()+1)/2) // not less than it
	for next := new(big.Int); ; root, next = next, root {
		next.Quo(n, root).Add(next, root).Rsh(next, 1)
		if next.Cmp(root) >= 0 {
			break
		}
	}
	root.Add(root, big.NewInt(1)).Rsh(root, 1)
	return back(new(big.Rat).SetFrac(root, big.NewInt(scale)))
}
