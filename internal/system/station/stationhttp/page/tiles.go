package page

import (
	"net/http"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/tile"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/network"
	"github.com/xiadu/xiadu/internal/web"
)

// GroundView is a map of the city with nothing on it yet.
func GroundView(c *city.City) web.MapView {
	box := c.Network.Box()
	if box.Empty() {
		return web.MapView{Tiles: "/tiles/none/{z}/{x}/{y}", Box: [4]float64{73, 18, 135, 54}} // China
	}
	return web.MapView{Tiles: "/tiles/" + groundRevision(c) + "/{z}/{x}/{y}", Box: box.Degrees()}
}

// groundRevision names the base map, which outlives changes of stations.
func groundRevision(c *city.City) string {
	if c.Atlas == nil || c.Atlas.Map == nil {
		return "none"
	}
	return c.Atlas.Info.Hash[:min(len(c.Atlas.Info.Hash), 16)] + "g"
}

// StationTilesAt is the address of the stations as they are open at an hour.
func StationTilesAt(c *city.City, at time.Time) string {
	return "/tiles/" + c.Revision + "/stations/" + at.Format(tileTime) + "/{z}/{x}/{y}"
}

const tileTime = "200601021504"

// ground serves the base map. Its tiles are kept while it is the same.
type ground struct {
	mu    sync.Mutex
	base  *tile.Base
	tiles *web.Tiles
}

// groundBytes bounds the tiles that are kept: a city's most looked-at.
const groundBytes = 32 << 20

func (g *ground) of(site *web.Site, c *city.City) *web.Tiles {
	g.mu.Lock()
	defer g.mu.Unlock()
	var base *tile.Base
	if c.Atlas != nil {
		base = c.Atlas.Map
	}
	if g.tiles == nil || g.base != base {
		render := func(int, int, int) ([]byte, error) { return nil, nil }
		if base != nil {
			render = base.Tile
		}
		g.base, g.tiles = base, site.NewTiles(groundRevision(c), groundBytes, render)
	}
	return g.tiles
}

// GroundTile answers GET /tiles/{rev}/{z}/{x}/{y}.
func (p *Pages) GroundTile(w http.ResponseWriter, r *http.Request) error {
	p.ground.of(p.Site, p.City()).ServeHTTP(w, r)
	return nil
}

// StationTile is the stations of one tile. It is made anew for each request,
// which takes less than a millisecond; browsers keep it by its address.
func (p *Pages) StationTile(w http.ResponseWriter, r *http.Request) error {
	city := p.City()
	at, err := time.ParseInLocation(tileTime, r.PathValue("at"), p.Now().Location())
	if err != nil {
		return fault.New(fault.NotFound, "没有这一块地图。", "There is no such map tile.")
	}
	p.Site.NewTiles(city.Revision, 1, func(z, x, y int) ([]byte, error) {
		return tile.Encode("station", dotsOf(city, tile.Bounds(z, x, y), at, z), z, x, y)
	}).ServeHTTP(w, r)
	return nil
}

// thinAcross is into how many columns and rows a tile is cut where stations are
// too many to show: the best of each square stands for all, so that a tile of
// the whole country costs no more than one of a street.
const thinAcross = 128

// dots are the stations in box, those that are open first: where dots crowd, the
// tile keeps the first. Candidates are no stations and on no such map.
func dotsOf(c *city.City, box geo.Box, at time.Time, zoom int) []tile.Dot {
	door := c.Network.Doors(at)
	var byDoor [network.DoorShut + 1][]int
	taken := map[[2]int64]network.Door{}
	width, height := int64(box.East)-int64(box.West)+1, int64(box.North)-int64(box.South)+1
	c.Network.Within(box, func(i int) bool {
		s := &c.Network.Stations[i]
		if s.Status == station.Candidate {
			return true
		}
		d := door(i)
		if zoom < tile.MaxZoom {
			f := s.At.Fixed()
			square := [2]int64{(int64(f.Lon) - int64(box.West)) * thinAcross / width, (int64(f.Lat) - int64(box.South)) * thinAcross / height}
			if best, ok := taken[square]; ok && best <= d {
				return true
			}
			taken[square] = d // a worse one that was taken before comes later, and is left out
		}
		byDoor[d] = append(byDoor[d], i)
		return true
	})
	var dots []tile.Dot
	for d, stations := range byDoor {
		for _, i := range stations {
			s := &c.Network.Stations[i]
			dots = append(dots, tile.Dot{At: s.At, Attributes: map[string]any{
				"id": s.Code, "name": s.Name, "kind": string(KindOf(s.Size)), "open": string(openings[d]), "href": "/stations/" + s.Code,
			}})
		}
	}
	return dots
}

// openings are the words of the map for a station.Door.
var openings = [...]web.Opening{network.DoorOpen: web.Open, network.DoorUnknown: web.Unknown, network.DoorShut: web.Closed}

// The two packages must agree on how deep tiles go; this does not compile if not.
var _ = [1]struct{}{}[tile.MaxZoom-web.MaxTileZoom]
