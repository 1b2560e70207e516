package figures

import (
	"context"
	"time"

	"github.com/xiadu/xiadu/internal/geo/siting"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/selection"
)

// SolveSiting looks for an answer for so long, or until ctx ends; either way the
// best plan so far is the answer. A limit of 0 is none. The clock is now's.
func SolveSiting(ctx context.Context, c *city.City, ready *selection.Siting, how siting.Options, limit time.Duration, now func() time.Time) (Sited, error) {
	timed := ctx
	if limit > 0 {
		var cancel context.CancelFunc
		timed, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	began := now()
	found, err := ready.Solve(timed, how)
	if err != nil {
		return Sited{}, err
	}
	v := Sited{City: c, Answer: found, Took: now().Sub(began), Ended: endedTime, Missing: ready.Missing(), Cells: found.Cells()}
	switch {
	case found.Proven:
		v.Ended = endedProven
	case ctx.Err() != nil:
		v.Ended = EndedStopped
	case timed.Err() == nil:
		v.Ended = endedClose
	}
	return v, nil
}
