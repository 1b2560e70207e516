package crew

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/system/station/run"
)

// desk computes work items. It keeps the cities that it was busy with last open,
// since items come city by city.
type desk struct {
	fetch func(context.Context, run.Sum) (path string, err error)

	mu    sync.Mutex
	open  map[string]*openCity
	clock int64 // counts uses
}

// openCity is a city on the desk, once it is ready.
type openCity struct {
	ready chan struct{}
	city  *run.City
	err   error
	users int
	used  int64
}

// mostOpen is how many cities stay open that nobody is busy with.
const mostOpen = 2

func newDesk(fetch func(context.Context, run.Sum) (string, error)) *desk {
	return &desk{fetch: fetch, open: map[string]*openCity{}}
}

// answer computes an item. It serves any number of goroutines.
func (d *desk) answer(ctx context.Context, t run.Task) (run.Answer, error) {
	question, err := json.Marshal(t.Question)
	if err != nil {
		return nil, err
	}
	c := d.take(ctx, fmt.Sprint(t.Streets, t.Inputs, t.Grid, string(question)), t)
	defer d.leave(c)
	<-c.ready
	if c.err != nil {
		return nil, c.err
	}
	return c.city.Answer(t.Tile)
}

// take opens the city of an item, or finds it open.
func (d *desk) take(ctx context.Context, key string, t run.Task) *openCity {
	d.mu.Lock()
	c, ok := d.open[key]
	if !ok {
		c = &openCity{ready: make(chan struct{})}
		d.open[key] = c
	}
	d.clock++
	c.users, c.used = c.users+1, d.clock
	d.mu.Unlock()
	if !ok {
		c.err = fault.Safely(func() error { return d.fill(ctx, c, t) })()
		close(c.ready)
		if c.err != nil { // the next one tries again
			d.mu.Lock()
			delete(d.open, key)
			d.mu.Unlock()
		}
	}
	return c
}

func (d *desk) fill(ctx context.Context, c *openCity, t run.Task) error {
	inputs, err := d.fetch(ctx, t.Inputs)
	if err != nil {
		return err
	}
	streets, err := d.fetch(ctx, t.Streets)
	if err != nil {
		return err
	}
	f, err := os.Open(filepath.Clean(inputs))
	if err != nil {
		return fmt.Errorf("opening a city's inputs: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	in, err := run.ReadInputs(f)
	if err != nil {
		return err
	}
	a, err := atlas.Open(streets)
	if err != nil {
		return err
	}
	graph, profile := a.Walk, a.WalkProfile
	if t.Question.Mode == network.Ebike {
		graph, profile = a.Ebike, a.EbikeProfile
	}
	c.city = run.NewCity(graph, profile, in, t.Grid, t.Question)
	return nil
}

// leave says that nobody needs c for this item any more, and forgets the
// cities that have been idle longest.
func (d *desk) leave(c *openCity) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c.users--
	d.forgetIdle(mostOpen)
}

func (d *desk) forgetIdle(most int) {
	for {
		idle, oldest := 0, ""
		for key, c := range d.open {
			if c.users == 0 {
				if idle++; oldest == "" || c.used < d.open[oldest].used {
					oldest = key
				}
			}
		}
		if idle <= most {
			return
		}
		delete(d.open, oldest)
	}
}
