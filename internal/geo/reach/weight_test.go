package reach_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/geo/reach"
)

// Many small parts add up to what they are together, and whole thousandths stay
// as they were written, whatever stands between them.
func TestRoundingCarries(t *testing.T) {
	var r reach.Rounding
	sum := reach.Weight(0)
	for range 1000 {
		w, err := r.Add(0.0004)
		if err != nil || w > 1 {
			t.Fatal(w, err)
		}
		sum += w
	}
	if sum != 400 {
		t.Errorf("a thousand times 0.0004 is %v, want 0.4", sum)
	}
	rapid.Check(t, func(t *rapid.T) {
		var r reach.Rounding
		exact, got := 0.0, reach.Weight(0)
		for _, v := range rapid.SliceOf(rapid.OneOf(rapid.Float64Range(0, 0.01), rapid.Float64Range(0, 1000), rapid.Just(0.0))).Draw(t, "cells") {
			if rapid.Bool().Draw(t, "in thousandths") {
				v = math.Round(v*1000) / 1000
				if w, err := r.Add(v); err != nil || w.Float() != v {
					t.Fatalf("%v became %v: %v", v, w, err)
				}
				exact, got = exact+v, got+reach.Weight(math.Round(v*1000))
				continue
			}
			w, err := r.Add(v)
			if err != nil || w < 0 || math.Abs(w.Float()-v) > 0.001+1e-9 || v == 0 && w != 0 {
				t.Fatalf("%v became %v: %v", v, w, err)
			}
			exact, got = exact+v, got+w
		}
		if math.Abs(got.Float()-exact) > 0.000501 {
			t.Fatalf("the sum is %v, want %v", got, exact)
		}
	})
	for _, v := range []float64{-1, math.NaN(), math.Inf(1), 2e9} {
		if _, err := r.Add(v); err == nil {
			t.Errorf("%v passed", v)
		}
	}
}
