package scoring_test

import (
	"math/big"
	"slices"

	"github.com/xiadu/xiadu/internal/engine/scoring/exact"
	"github.com/xiadu/xiadu/internal/engine/scoring/rule"
)

func rat(n exact.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(n.String())
	if !ok {
		panic(n.String())
	}
	return r
}

func ratOf(n int) *big.Rat                      { return big.NewRat(int64(n), 1) }
func plus(a, b *big.Rat) *big.Rat               { return new(big.Rat).Add(a, b) }
func minus(a, b *big.Rat) *big.Rat              { return new(big.Rat).Sub(a, b) }
func times(a, b *big.Rat) *big.Rat              { return new(big.Rat).Mul(a, b) }
func over(a, b *big.Rat) *big.Rat               { return new(big.Rat).Quo(a, b) }
func negative(a *big.Rat) *big.Rat              { return new(big.Rat).Neg(a) }
func less(a, b *big.Rat) bool                   { return a.Cmp(b) < 0 }
func weigh(w exact.Number, a *big.Rat) *big.Rat { return times(rat(w), a) }

// toPlaces rounds |a| × 10^places and puts sign and scale back.
func toPlaces(r *rule.Rounding, a *big.Rat) *big.Rat {
	if r == nil {
		return a
	}
	scale := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(r.Places)), nil))
	large := times(new(big.Rat).Abs(a), scale)
	down := new(big.Rat).SetInt(new(big.Int).Quo(large.Num(), large.Denom()))
	rest := minus(large, down)
	half := big.NewRat(1, 2)
	up := false
	switch r.Mode {
	case exact.HalfUp:
		up = rest.Cmp(half) >= 0
	case exact.HalfEven:
		up = rest.Cmp(half) > 0 || rest.Cmp(half) == 0 && down.Num().Bit(0) == 1
	case exact.Up:
		up = rest.Sign() > 0
	case exact.Down:
	}
	if up {
		down = plus(down, ratOf(1))
	}
	if a.Sign() < 0 {
		down = negative(down)
	}
	return over(down, scale)
}

// value is a score and who gave it.
type value struct {
	n     *big.Rat
	judge string
}

func mean(all []value) *big.Rat {
	sum := ratOf(0)
	for _, v := range all {
		sum = plus(sum, v.n)
	}
	return over(sum, ratOf(len(all)))
}

func median(all []value) *big.Rat {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b value) int { return a.n.Cmp(b.n) })
	return over(plus(sorted[(len(sorted)-1)/2].n, sorted[len(sorted)/2].n), ratOf(2))
}

func row(j *rule.Judged, n int) (t rule.Trim, ok bool) {
	for _, one := range j.Trim {
		if one.From <= n {
			t, ok = one, true
		}
	}
	return t, ok
}

// trim takes the lowest away one by one, and then the highest: of equal ones the first seats are low, and the last are high.
func trim(all []value, low, high int) []value {
	all = slices.Clone(all)
	for range low {
		at := 0
		for i, v := range all {
			if c := v.n.Cmp(all[at].n); c < 0 || c == 0 && v.judge < all[at].judge {
				at = i
			}
		}
		all = slices.Delete(all, at, at+1)
	}
	for range high {
		at := 0
		for i, v := range all {
			if c := v.n.Cmp(all[at].n); c > 0 || c == 0 && v.judge > all[at].judge {
				at = i
			}
		}
		all = slices.Delete(all, at, at+1)
	}
	return all
}

func combine(j *rule.Judged, all []value) (n *big.Rat, kept []value) {
	if len(all) == 0 {
		return nil, nil
	}
	if c := j.Clamp; c != nil {
		around := all
		if t, ok := row(j, len(all)); ok && c.Around == rule.Trimmed {
			around = trim(all, t.Low, t.High)
		}
		centre := mean(around)
		if c.Around == rule.Median {
			centre = median(around)
		}
		width := rat(c.By)
		if c.Share {
			width = times(width, centre)
		}
		low, high := minus(centre, width), plus(centre, width)
		var in []value
		for _, v := range all {
			switch {
			case !less(v.n, low) && !less(high, v.n):
			case c.Drop:
				continue
			case less(v.n, low):
				v.n = low
			default:
				v.n = high
			}
			in = append(in, v)
		}
		all = in
	}
	t, ok := row(j, len(all))
	if !ok {
		return nil, nil
	}
	kept = trim(all, t.Low, t.High)
	switch j.Combine {
	case rule.ByMedian:
		return median(kept), kept
	case rule.BySum:
		return times(mean(kept), ratOf(len(kept))), kept
	case rule.ByMean, rule.ByPlaces:
	}
	return mean(kept), kept
}
