package publiclog

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// Figures makes receipts of figures. It keeps what the entries add up to, so that a
// figure costs what was logged since the last one. It is safe for concurrent use.
type Figures struct {
	log     *Log
	queries []figure.Query

	mu     sync.RWMutex
	origin string // of the log that the states are of
	size   int64  // how far they are
	states map[*figure.Fold]*figure.Folding

	earlier earlier
}

// NewFigures makes receipts of the queries that a site publishes.
func NewFigures(l *Log, queries []figure.Query) *Figures {
	return &Figures{log: l, queries: queries}
}

// Settle finds a query and settles its parameters, others being passed over.
func (f *Figures) Settle(name string, p figure.Params, now time.Time) (figure.Query, figure.Params, error) {
	q, err := figure.Find(f.queries, name)
	if err == nil {
		p, err = q.Settle(p, now)
	}
	return q, p, err
}

// Receipt computes a figure as the log is now. It is a fault.Unavailable while what the
// site computes on is not yet what the log says.
func (f *Figures) Receipt(ctx context.Context, q figure.Query, p figure.Params) (figure.Receipt, error) {
	c, err := f.advance(ctx)
	if err != nil {
		return figure.Receipt{}, err
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.size != c.Size { // somebody was faster, and has brought it further
		if c, err = f.log.Checkpoint(ctx); err != nil || c.Size != f.size {
			return figure.Receipt{}, faultNotYet().Because(err)
		}
	}
	state := f.states[q.Over]
	var result any
	var files []figure.File
	switch {
	case q.Beside != nil:
		result, err = q.Beside(ctx, state.State, p, f.log.Beside)
	case q.Live != nil:
		result, files, err = q.Live(ctx, state.State, p)
	default:
		result, err = q.Answer(ctx, state.State, p, nil)
	}
	if err != nil {
		return figure.Receipt{}, fmt.Errorf("publiclog: %s: %w", q.Name, err)
	}
	return figure.New(q, p, c, state.Inputs(), files, result)
}

// advance brings the states up to the newest checkpoint.
func (f *Figures) advance(ctx context.Context) (logtree.Checkpoint, error) {
	c, err := f.log.Checkpoint(ctx)
	if err != nil {
		return c, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if c.Size < f.size && c.Origin == f.origin {
		return c, nil
	}
	if f.states == nil || c.Origin != f.origin {
		f.begin(c.Origin)
	}
	for f.size < c.Size {
		n := int(min(logtree.TileWidth, c.Size-f.size))
		items, leaves, err := f.log.entries(ctx, f.size, n)
		if err != nil {
			return c, err
		}
		for i, item := range items {
			if err := f.add(f.size+int64(i), item, leaves[i].Hash); err != nil {
				f.states = nil // half an advance is no state
				return c, err
			}
		}
		f.size += int64(n)
	}
	return c, nil
}

func (f *Figures) begin(origin string) {
	f.origin, f.size, f.states = origin, 0, map[*figure.Fold]*figure.Folding{}
	for _, q := range f.queries {
		if f.states[q.Over] == nil {
			f.states[q.Over] = q.Over.Begins()
		}
	}
}

func (f *Figures) add(index int64, item record.Item, leaf tlog.Hash) error {
	for _, state := range f.states {
		if err := addTo(state, index, item, leaf); err != nil {
			return err
		}
	}
	return nil
}

func addTo(state *figure.Folding, index int64, item record.Item, leaf tlog.Hash) error {
	if !state.Fold.Takes(item.Kind) {
		return nil
	}
	s, err := logtree.ParseStatement(item.Statement())
	if err != nil {
		return err
	}
	return state.Add(index, s, leaf)
}

// entries reads entries by their index.
func (l *Log) entries(ctx context.Context, from int64, count int) (items []record.Item, tree []leaf, err error) {
	err = l.db.View(ctx, func(tx *db.Tx) error {
		items, tree, err = entries(tx, from, count)
		return err
	})
	return items, tree, err
}
