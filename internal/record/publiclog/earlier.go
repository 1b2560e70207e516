package publiclog

import (
	"context"
	"fmt"
	"sync"

	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// earlier is the state of a log of fewer entries that was asked of last: an address on
// paper is opened by many.
type earlier struct {
	mu     sync.Mutex
	origin string
	size   int64
	state  *figure.Folding
}

// Size is how many entries are published: what a figure is of that is asked now.
func (f *Figures) Size(ctx context.Context) (int64, error) {
	c, err := f.log.Checkpoint(ctx)
	return c.Size, err
}

// At computes a figure as of the log's first entries, so many. The receipt is signed as
// part of the log of now, for a checkpoint of then is nowhere kept. A size that the log
// has not reached is a fault.NotFound.
func (f *Figures) At(ctx context.Context, q figure.Query, p figure.Params, size int64) (figure.Receipt, error) {
	c, err := f.log.Checkpoint(ctx)
	switch {
	case err != nil:
		return figure.Receipt{}, err
	case size > c.Size:
		return figure.Receipt{}, faultBeyond(size, c.Size)
	case size == c.Size:
		r, err := f.Receipt(ctx, q, p)
		if err != nil {
			return r, err
		}
		if c, err = logtree.ParseCheckpoint([]byte(r.Checkpoint)); err != nil || c.Size == size {
			return r, err
		} // else it has grown meanwhile
	}
	f.earlier.mu.Lock()
	defer f.earlier.mu.Unlock()
	state, err := f.fold(ctx, q.Over, c.Origin, size)
	if err != nil {
		return figure.Receipt{}, err
	}
	var result any
	var files []figure.File
	switch {
	case q.Beside != nil:
		result, err = q.Beside(ctx, state.State, p, f.log.Beside)
	case q.Past != nil:
		result, files, err = q.Past(ctx, state.State, p)
	default:
		result, err = q.Answer(ctx, state.State, p, nil)
	}
	if err != nil {
		return figure.Receipt{}, fmt.Errorf("publiclog: %s of %d entries: %w", q.Name, size, err)
	}
	r, err := figure.New(q, p, c, state.Inputs(), files, result)
	r.Size = size
	return r, err
}

// fold adds up the first entries, going on from the state that was asked of last where
// that is of no more.
func (f *Figures) fold(ctx context.Context, over *figure.Fold, origin string, size int64) (*figure.Folding, error) {
	e := &f.earlier
	if e.state == nil || e.state.Fold != over || e.origin != origin || e.size > size {
		e.state, e.origin, e.size = over.Begins(), origin, 0
	}
	for e.size < size {
		n := int(min(logtree.TileWidth, size-e.size))
		items, leaves, err := f.log.entries(ctx, e.size, n)
		for i := 0; i < len(items) && err == nil; i++ {
			err = addTo(e.state, e.size+int64(i), items[i], leaves[i].Hash)
		}
		if err != nil {
			e.state = nil // half of it is no state
			return nil, err
		}
		e.size += int64(n)
	}
	return e.state, nil
}
