package page

import (
	"context"
	"fmt"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/ask"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/onepage"
	"github.com/xiadu/xiadu/internal/web"
)

// Draw draws the maps of a printed sheet, once for all who open the page. The key names
// what is drawn, beside the city and the language. Few print it: where there is no turn
// to draw in, the page is answered without them.
func (r *runs) Draw(ctx context.Context, s *onepage.Sheet, c *city.City, l lang.Lang, key string, draw func(context.Context) ([]onepage.Map, error)) (err error) {
	s.Maps, err = r.maps.Get(ctx, "maps "+c.Revision+" "+l.Tag()+" "+key, draw)
	if fault.KindOf(err) == fault.Unavailable {
		s.Bare, err = true, nil
	}
	return err
}

// Ground is the ground of a printed map, kept for as long as others print the same part
// of the city.
func (p *Pages) Ground(c *city.City, l lang.Lang, box geo.Box, frame onepage.Frame) *onepage.Ground {
	key := fmt.Sprint(groundRevision(c), l, box, frame)
	if known, ok := p.lastGround.Load().(keptGround); ok && known.key == key {
		return known.ground
	}
	g := onepage.NewGround(c, l, box, frame)
	p.lastGround.Store(keptGround{key, g})
	return g
}

// keptGround is the ground that was drawn last: a planner looks at one city hour by hour.
type keptGround struct {
	key    string
	ground *onepage.Ground
}

// aroundCityM is how much is shown around the stations of a city that is printed whole.
const aroundCityM = 300

// CityBox is the part of the map that shows a city whole.
func CityBox(c *city.City) geo.Box { return c.Network.Box().Pad(aroundCityM) }

// SheetCells are the cells of a kind of demand in which somebody is, for a printed map.
func SheetCells(c *city.City, kind string, class func(i int) (onepage.Class, bool)) []onepage.Cell {
	demand, _ := c.Survey.Demand(kind)
	var out []onepage.Cell
	for i := range demand.Cells {
		if one, shown := class(i); shown {
			out = append(out, onepage.Cell{At: demand.Cells[i].At, Class: one})
		}
	}
	return out
}

// ClassOf is how a cell with so many stations in reach is drawn.
func ClassOf(count uint8) onepage.Class { return onepage.Class(min(count, 2)) }

// SheetStations are the stations as they are at an hour, for a printed map, but for those
// that are drawn otherwise.
func SheetStations(c *city.City, s ask.Survey, but map[string]bool) []onepage.Mark {
	var out []onepage.Mark
	for i := range c.Network.Stations {
		one := &c.Network.Stations[i]
		if one.Status == station.Candidate || but[one.Code] {
			continue
		}
		shape := onepage.Shut
		if OpeningAt(one, s.At) == web.Open || s.AnyHour && one.Status == station.Operating {
			shape = onepage.Open
		}
		out = append(out, onepage.Mark{At: one.At, Shape: shape})
	}
	return out
}

// SheetKey explains a printed map: what every one has, and then more.
func SheetKey(l lang.Lang, more ...onepage.Sign) []onepage.Sign {
	return append([]onepage.Sign{
		{Cell: true, Class: onepage.None, Text: l.T("斜线：没有驿站", "hatched: no station")},
		{Cell: true, Class: onepage.Once, Text: l.T("一个", "one")},
		{Cell: true, Class: onepage.Twice, Text: l.T("两个以上", "two or more")},
		{Shape: onepage.Open, Text: l.T("开着的驿站", "station, open")},
		{Shape: onepage.Shut, Text: l.T("关着或时间不详", "closed or hours unknown")},
	}, more...)
}
