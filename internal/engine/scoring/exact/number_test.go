package exact_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"9": "9", "9.35": "9.35", "-0.5": "-0.5", "0.50": "0.5", "-0": "0", "007": "7", "999999999.999999999": "999999999.999999999",
	} {
		n, err := exact.Parse(text)
		if err != nil || n.String() != want {
			t.Errorf("%s is %s, %v", text, n, err)
		}
	}
	for _, text := range []string{"", ".", "9.", ".5", "1e3", "+1", "9,5", " 9", "９", "0x1", "1/2", "--1", "1234567890", "0.1234567890", "NaN", "1.2.3"} {
		if n, err := exact.Parse(text); err == nil {
			t.Errorf("%q was read as %s", text, n)
		}
	}
}

func TestRound(t *testing.T) {
	for _, c := range []struct {
		n      exact.Number
		places int
		want   [4]string // half-up, half-even, down, up
	}{
		{exact.Must("9.345"), 2, [4]string{"9.35", "9.34", "9.34", "9.35"}},
		{exact.Must("9.355"), 2, [4]string{"9.36", "9.36", "9.35", "9.36"}},
		{exact.Must("-9.345"), 2, [4]string{"-9.35", "-9.34", "-9.34", "-9.35"}},
		{exact.Must("-0.001"), 2, [4]string{"0", "0", "0", "-0.01"}},
		{exact.Ratio(1, 3), 2, [4]string{"0.33", "0.33", "0.33", "0.34"}},
		{exact.Ratio(-2, 3), 0, [4]string{"-1", "-1", "0", "-1"}},
		{exact.Ratio(5, 2), 0, [4]string{"3", "2", "2", "3"}},
		{exact.Ratio(math.MaxInt64, math.MaxInt64-1), 9, [4]string{"1", "1", "1", "1.000000001"}},
		{exact.Must("9.3"), 2, [4]string{"9.3", "9.3", "9.3", "9.3"}},
	} {
		for i, mode := range []exact.Mode{exact.HalfUp, exact.HalfEven, exact.Down, exact.Up} {
			if got := c.n.Round(c.places, mode).String(); got != c.want[i] {
				t.Errorf("%s to %d places, %s: %s, want %s", c.n, c.places, mode, got, c.want[i])
			}
		}
	}
	for _, c := range []struct {
		n      exact.Number
		places int
		want   string
	}{
		{exact.Must("9.5"), 2, "9.50"},
		{exact.Must("9.5"), 0, "10"},
		{exact.Must("-0.05"), 2, "-0.05"},
		{exact.Must("-0.004"), 2, "0.00"},
		{exact.Of(0), 3, "0.000"},
		{exact.Ratio(1, 3), 4, "0.3333"},
		{exact.Ratio(math.MaxInt64, 1), 2, "9223372036854775807.00"},
		{exact.Of(math.MinInt64), 0, "-9223372036854775808"},
		{exact.Ratio(1, 4), 9, "0.250000000"},
	} {
		if got := c.n.Decimal(c.places); got != c.want {
			t.Errorf("%s to %d places is %s", c.n, c.places, got)
		}
	}
}

// Numbers are those of big.Rat, whatever was done to them and however large they are.
func TestAsBigRat(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	draw := func() (exact.Number, *big.Rat) {
		n, d := r.Int64N(2000)-1000, 1+r.Int64N(1000)
		switch r.IntN(4) {
		case 0:
			n, d = int64(r.Uint64()), 1+r.Int64N(math.MaxInt64) // near the bounds
		case 1:
			d = 100
		case 2:
			n, d = []int64{math.MinInt64, math.MaxInt64, 0, -1}[r.IntN(4)], []int64{1, math.MaxInt64}[r.IntN(2)]
		}
		return exact.Ratio(n, d), big.NewRat(n, d)
	}
	same := func(what string, a exact.Number, b *big.Rat) {
		want := b.RatString()
		if places, ends := b.FloatPrec(); ends {
			want = b.FloatString(places)
		}
		if a.String() != want {
			t.Fatalf("seed %d: %s is %s, want %s", seed, what, a, want)
		}
	}
	for range 3000 {
		a, x := draw()
		for range 6 {
			b, y := draw()
			if a.Cmp(b) != x.Cmp(y) || a.Sign() != x.Sign() {
				t.Fatalf("seed %d: %s beside %s", seed, a, b)
			}
			x = new(big.Rat).Set(x)
			switch op := r.IntN(5); {
			case op == 0:
				a, x = a.Add(b), x.Add(x, y)
			case op == 1:
				a, x = a.Sub(b), x.Sub(x, y)
			case op == 2:
				a, x = a.Times(b), x.Mul(x, y)
			case op == 3 && b.Sign() != 0:
				a, x = a.Over(b), x.Quo(x, y)
			default:
				places := r.IntN(5)
				a, x = a.Round(places, exact.HalfUp), halfUp(x, places)
			}
			same("a chain", a, x)
			if places := r.IntN(5); a.Decimal(places) != halfUp(x, places).FloatString(places) {
				t.Fatalf("seed %d: %s to %d places is %s", seed, a, places, a.Decimal(places))
			}
		}
	}
}

// halfUp is |x|·10^p + 1/2, cut, with the sign of x.
func halfUp(x *big.Rat, places int) *big.Rat {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	n := new(big.Int).Mul(new(big.Int).Abs(x.Num()), scale)
	n.Lsh(n, 1).Add(n, x.Denom()).Quo(n, new(big.Int).Lsh(x.Denom(), 1))
	out := new(big.Rat).SetFrac(n, scale)
	if x.Sign() < 0 {
		out.Neg(out)
	}
	return out
}

// A root is the place whose half step below it, squared, is not above the number, and whose half step above it is.
func TestRoot(t *testing.T) {
	for text, want := range map[string]string{"0": "0", "2": "1.41", "0.25": "0.5", "0.000024": "0", "0.000025": "0.01", "999999999": "31622.78", "4": "2"} {
		if got := exact.Must(text).Root(2).String(); got != want {
			t.Errorf("the root of %s is %s, want %s", text, got, want)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		a := exact.Ratio(r.Int64N(math.MaxInt64), 1+r.Int64N(1+r.Int64N(1<<40)))
		half := exact.Ratio(1, 200)
		root := a.Root(2)
		low, high := root.Sub(half), root.Add(half)
		if root.Sign() > 0 && a.Less(low.Times(low)) || !a.Less(high.Times(high)) {
			t.Fatalf("the root of %s is %s", a, root)
		}
	}
}
