package crew

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/queue"
	"github.com/xiadu/xiadu/internal/system/station/run"
)

// Working says where a worker gets its items.
type Working struct {
	URL      string
	Creds    string
	Workers  int
	Patience time.Duration
	Log      *slog.Logger
	Joined   func()
}

// knockAgain is how long a worker waits for a coordinator that is not there yet.
const knockAgain = 2 * time.Second

// Check tells whether anybody would compute.
func (w Working) Check() error {
	if w.Workers < 1 {
		return fault.New(fault.Invalid, "同时算 %d 块不行：--workers 至少写 1", "%d items at a time will not do: write --workers 1 or more", w.Workers)
	}
	return nil
}

// Work computes items of other processes' runs until ctx ends, and keeps what they
// need in a folder.
func Work(ctx context.Context, folder string, w Working) error {
	q, err := join(ctx, w)
	if err != nil {
		return err
	}
	defer q.Close()
	w.Joined()
	cache := &cache{Shelf: Shelf{folder}, queue: q, checked: map[run.Sum]bool{}}
	desk := newDesk(cache.fetch)
	return q.Work(ctx, w.Workers, w.Log, desk.compute)
}

// join connects, and waits while nobody is there.
func join(ctx context.Context, w Working) (*queue.Queue, error) {
	for said := false; ; said = true {
		q, err := queue.Open(ctx, queue.Config{URL: w.URL, Creds: w.Creds, Patience: w.Patience})
		if fault.KindOf(err) != fault.Unavailable {
			return q, err
		}
		if !said {
			w.Log.WarnContext(ctx, "nobody hands out work yet; waiting", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(knockAgain):
		}
	}
}

// cache is the files that a worker has, by their checksums.
type cache struct {
	Shelf
	queue *queue.Queue

	mu      sync.Mutex
	checked map[run.Sum]bool // since this process began
}

// mostCached bounds the cache: two files a city, of the last few cities.
const mostCached = 64

// fetch returns where a file is, getting it first if need be. A file that has
// gone bad on the disk is got again.
func (c *cache) fetch(ctx context.Context, sum run.Sum) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	path := c.path(sum)
	if c.checked[sum] {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	is, err := sumOf(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && is != sum {
		err = c.get(ctx, sum)
	}
	if err != nil && !errors.Is(err, queue.ErrNoFile) {
		return "", &fetchError{err}
	}
	c.checked[sum] = err == nil
	return path, err
}

func (c *cache) get(ctx context.Context, sum run.Sum) error {
	if err := os.MkdirAll(c.Folder, 0o750); err != nil {
		return disk.Explained(c.Folder, err)
	}
	if err := disk.Replace(c.path(sum), disk.ForOwner, func(w io.Writer) error { return c.queue.GetFile(ctx, string(sum), w) }); err != nil {
		return err
	}
	return c.sweep(sum)
}

// sweep removes the oldest files past mostCached. One that is in use was
// read into memory.
func (c *cache) sweep(but run.Sum) error {
	entries, err := os.ReadDir(c.Folder)
	if err != nil || len(entries) <= mostCached {
		return err
	}
	age := func(e os.DirEntry) int64 {
		if info, err := e.Info(); err == nil {
			return info.ModTime().UnixNano()
		}
		return 0
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return cmp.Compare(age(a), age(b)) })
	for _, e := range entries[:len(entries)-mostCached] {
		if e.Name() != string(but) {
			_ = os.Remove(filepath.Join(c.Folder, e.Name())) // the next one tries again
			delete(c.checked, run.Sum(e.Name()))
		}
	}
	return nil
}
