package web

import (
	"bytes"
	"compress/gzip"
	"container/list"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/xiadu/xiadu/internal/fault"
)

// MaxTileZoom is the deepest zoom that tiles are made for; the map enlarges
// them beyond it.
const MaxTileZoom = 14

// Tiles serves vector tiles made on demand. Mount it under a pattern with the
// path values z, x and y, whose address holds a revision of the data:
//
//	GET /tiles/{rev}/{z}/{x}/{y}
//
// An answer is then kept by browsers for good.
type Tiles struct {
	site   *Site
	render func(z, x, y int) ([]byte, error)
	rev    string
	cache  tileCache
}

// NewTiles serves the gzipped tiles that render returns; an empty tile is nil.
// The cache holds at most maxBytes of them.
func (s *Site) NewTiles(rev string, maxBytes int, render func(z, x, y int) ([]byte, error)) *Tiles {
	return &Tiles{site: s, render: render, rev: rev, cache: tileCache{
		limit: maxBytes, held: map[tileKey]*list.Element{}, order: list.New(),
	}}
}

// ServeHTTP answers one tile, or 204 for one with nothing in it.
func (t *Tiles) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	z, errZ := strconv.Atoi(r.PathValue("z"))
	x, errX := strconv.Atoi(r.PathValue("x"))
	y, errY := strconv.Atoi(strings.TrimSuffix(r.PathValue("y"), ".mvt"))
	if errZ != nil || errX != nil || errY != nil || z < 0 || z > MaxTileZoom || x < 0 || y < 0 || x >= 1<<z || y >= 1<<z {
		t.site.WriteError(w, r, fault.New(fault.NotFound, "没有这一块地图。", "There is no such map tile."))
		return
	}
	body, err := t.get(tileKey{z, x, y})
	if err != nil {
		t.site.WriteError(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if r.PathValue("rev") == t.rev {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if len(body) == 0 {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	h.Set("Vary", "Accept-Encoding")
	if acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
	} else if body, err = gunzip(body); err != nil {
		t.site.WriteError(w, r, err)
		return
	}
	send(w, r, body, `"`+t.rev+`"`)
}

func gunzip(b []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

func (t *Tiles) get(k tileKey) ([]byte, error) {
	if b, ok := t.cache.get(k); ok {
		return b, nil
	}
	b, err := t.render(k.z, k.x, k.y)
	if err == nil {
		t.cache.put(k, b)
	}
	return b, err
}

type tileKey struct{ z, x, y int }

// entryBytes is what an entry costs beside its tile, so that a flood of empty
// tiles is bounded too.
const entryBytes = 200

// tileCache keeps the tiles used last, up to limit bytes.
type tileCache struct {
	mu    sync.Mutex
	limit int
	bytes int
	held  map[tileKey]*list.Element // of tileEntry
	order *list.List                // used last in front
}

type tileEntry struct {
	key  tileKey
	body []byte
}

func (c *tileCache) get(k tileKey) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.held[k]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(tileEntry).body, true
}

func (c *tileCache) put(k tileKey, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.held[k]; ok {
		return // another request made it at the same time
	}
	c.held[k] = c.order.PushFront(tileEntry{k, body})
	c.bytes += len(body) + entryBytes
	for c.bytes > c.limit && c.order.Len() > 1 {
		last := c.order.Remove(c.order.Back()).(tileEntry)
		delete(c.held, last.key)
		c.bytes -= len(last.body) + entryBytes
	}
}
