package main

import (
	"math/rand/v2"
	"strings"
	"testing"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 5}, 5}, {[]float64{9, 1, 5, 3}, 4}} {
		if got := median(c.values); got != c.want {
			t.Errorf("median(%v) = %v, want %v", c.values, got, c.want)
		}
	}
}

func TestInterleaveTakesTurns(t *testing.T) {
	var order strings.Builder
	ours, peer := []float64{1, 100, 2}, []float64{7, 8, 900}
	turn := func(name string, values *[]float64) func() (float64, error) {
		return func() (float64, error) {
			order.WriteString(name)
			v := (*values)[0]
			*values = (*values)[1:]
			return v, nil
		}
	}
	f, err := interleave(t.Context(), 3, turn("a", &ours), turn("b", &peer))
	if err != nil || order.String() != "ababab" || f.Ours != 2 || f.Peer != 8 {
		t.Errorf("%v, %s, %+v", err, order.String(), f)
	}
}

// The heap hands out everything in order; a search by it is right if that is.
func TestHeap(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var d dijkstra
	for range 1000 {
		d.push(random.Uint64N(300))
	}
	last := uint64(0)
	for range 1000 {
		key := d.pop()
		if key < last {
			t.Fatalf("%d after %d", key, last)
		}
		last = key
	}
	if len(d.heap) != 0 {
		t.Errorf("%d left", len(d.heap))
	}
}
