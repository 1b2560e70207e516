package main

import (
	"context"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// interleave measures ours and the peer in turn, so that a machine that slows
// down for a while slows both, and returns the median of each.
func interleave(ctx context.Context, rounds int, ours, peer func() (float64, error)) (Figures, error) {
	var all [2][]float64
	for range rounds {
		for side, measure := range []func() (float64, error){ours, peer} {
			if err := ctx.Err(); err != nil {
				return Figures{}, err
			}
			runtime.GC() // neither pays for the other's garbage
			v, err := measure()
			if err != nil {
				return Figures{}, err
			}
			all[side] = append(all[side], v)
		}
	}
	return Figures{Ours: median(all[0]), Peer: median(all[1])}, nil
}

// median returns the middle of values, or of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

// clock says how much time has passed, by whatever is fair to count.
type clock func() time.Duration

// wall is the time on the wall, for work that several processes share.
func wall() time.Duration { return time.Since(begun) }

var begun = time.Now()

// processor is the time that this process has computed, its collection of
// garbage included. For work on one thread it is fairer than the wall's, which
// also counts what neighbours on the machine take.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return wall()
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// perSecond calls f with 0, 1, … for about as long as span and returns how
// many calls a second makes.
func perSecond(now clock, span time.Duration, f func(i int) error) (float64, error) {
	const stride = 64 // calls between two looks at the clock
	started := now()
	for i := 0; ; {
		for range stride {
			if err := f(i); err != nil {
				return 0, err
			}
			i++
		}
		if took := now() - started; took >= span {
			return float64(i) / took.Seconds(), nil
		}
	}
}

// seconds returns how long f takes.
func seconds(now clock, f func() error) (float64, error) {
	started := now()
	err := f()
	return (now() - started).Seconds(), err
}
