package lang_test

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/xiadu/xiadu/internal/lang"
)

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole float64
		want        string
	}{
		{9996, 10_000, ">99.9"},
		{9994, 10_000, "99.9"},
		{10_000, 10_000, "100.0"},
		{4, 10_000, "<0.1"},
		{5, 10_000, "0.1"},
		{0, 10_000, "0.0"},
		{874, 1000, "87.4"},
		{0, 0, "–"},
		{1, 0, "–"},
		{2, 1, "200.0"},
	} {
		if got := lang.Percent(c.part, c.whole); got != c.want {
			t.Errorf("%v of %v: %s, want %s", c.part, c.whole, got, c.want)
		}
	}
	for _, c := range []struct {
		part, whole int64
		decimals    int
		want        string
	}{
		{9996, 10_000, 0, "99"},
		{9996, 10_000, 2, "99.96"},
		{99_999, 100_000, 2, "99.99"},
		{29, 100, 2, "29"},
		{4, 10_000, 0, "<1"},
		{4, 1_000_000, 2, "<0.01"},
		{0, 5, 2, "0"},
		{5, 5, 0, "100"},
		{0, 0, 2, "–"},
		{math.MaxInt64 - 1, math.MaxInt64, 2, "99.99"},
	} {
		if got := lang.PercentDown(c.part, c.whole, c.decimals); got != c.want {
			t.Errorf("%v of %v down: %s, want %s", c.part, c.whole, got, c.want)
		}
	}
	for _, c := range []struct {
		part, whole float64
		want        string
	}{{1, 1e9, "0.01"}, {0, 5, "0"}, {99_991, 100_000, "100"}, {1, 3, "33.34"}, {1, 0, "–"}} {
		if got := lang.PercentUp(c.part, c.whole); got != c.want {
			t.Errorf("%v of %v up: %s, want %s", c.part, c.whole, got, c.want)
		}
	}
	for _, c := range []struct {
		before, after float64
		want          string
	}{{.5, .5, "±0.0"}, {.5, .512, "+1.2"}, {.512, .5, "−1.2"}, {.99996, 1, "+<0.1"}, {.0001, 0, "−<0.1"}, {.87441, .87449, "+<0.1"}, {0, 0, "±0.0"}} {
		if got := lang.Points(c.before, c.after); got != c.want {
			t.Errorf("from %v to %v: %s, want %s", c.before, c.after, got, c.want)
		}
	}
}

// All and nothing are said of all and nothing only, whatever is rounded how; any
// other share is written as near as its digits allow.
func TestNoShareIsAllOrNothingByRounding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.OneOf(rapid.Int64Range(1, 20_000), rapid.Int64Range(1, 1<<50)).Draw(t, "whole")
		part := rapid.OneOf(rapid.Int64Range(0, whole), rapid.Int64Range(0, min(whole, 9)), rapid.Int64Range(max(0, whole-9), whole)).Draw(t, "part")
		share := float64(part) / float64(whole)
		texts := map[string]float64{ // with how far off each may be
			lang.Percent(float64(part), float64(whole)): 0.0500001, lang.PercentDown(part, whole, 0): 1.0000001, lang.PercentDown(part, whole, 2): 0.0100001,
			strconv.FormatFloat(100*lang.FewDigits(share, 4), 'f', -1, 64): 0.0100001,
		}
		for text, near := range texts {
			v, err := strconv.ParseFloat(text, 64)
			if text[0] == '<' || text[0] == '>' {
				v, err = strconv.ParseFloat(text[1:], 64)
				near = 0.1
				if text == "<1" {
					near = 1
				}
			}
			if err != nil || (v == 100) != (part == whole) || (v == 0) != (part == 0) || math.Abs(v-100*share) > near {
				t.Fatalf("%d of %d is written %s", part, whole, text)
			}
		}
	})
}
