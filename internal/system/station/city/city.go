package city

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

// City is one city at one moment: its stations on its streets, and the map to
// draw them on. It is immutable; make it with NewCity.
type City struct {
	Network  *network.Network // the stations on their streets: what the finder asks
	Survey   *coverage.Survey // the same, held against demand: what a planner asks
	Atlas    *atlas.Atlas     // nil: no streets were imported yet
	Revision string           // names this state of streets and stations, in addresses too
	Areas    *coverage.Zoning // key areas, divisions and functional zones; none by default
	Inputs   string           // on the command line: the flags that named where all this is from

	named   []int32   // the places with a name of their own
	byPlace geo.RTree // over named
	digests sync.Map  // of each kind of demand, as a string
	cellM   []float64 // how far cells are apart, of each demand

	Candidates func() []station.Station // of the register, by code
	english    func() map[string]string // the names of streets in English, where the map has them
}

// NewCity makes a snapshot. The revision must fit into an address as it is.
func NewCity(v *coverage.Survey, a *atlas.Atlas, revision string) *City {
	n := v.Network
	c := &City{Network: n, Survey: v, Atlas: a, Areas: v.Zoning(nil), Revision: revision, Candidates: sync.OnceValue(n.Candidates)}
	c.english = sync.OnceValue(func() map[string]string { return englishStreets(a) })
	for _, d := range v.Demands {
		c.cellM = append(c.cellM, spacingM(d.Cells))
	}
	if a == nil || a.Places == nil {
		return c
	}
	var boxes []geo.Box
	for i := range a.Places.Len() {
		if p := a.Places.At(i); p.Name != "" && p.Kind != atlas.Address {
			c.named = append(c.named, int32(i))
			boxes = append(boxes, geo.BoxOf(p.At.Fixed()))
		}
	}
	c.byPlace = geo.NewRTree(boxes)
	return c
}

// spacingM is the usual distance from a cell to the nearest other, over at most
// a thousand cells spread through the list; 0 for fewer than two.
func spacingM(cells []demand.Cell) float64 {
	const sample = 1000
	boxes := make([]geo.Box, len(cells))
	for i, c := range cells {
		boxes[i] = geo.BoxOf(c.At.Fixed())
	}
	tree := geo.NewRTree(boxes)
	var distances []float64
	for i := 0; i < len(cells); i += len(cells)/sample + 1 {
		tree.Near(cells[i].At.Fixed(), func(_ uint32, metres float64) bool {
			if metres > 0 {
				distances = append(distances, metres)
			}
			return metres == 0 // itself
		})
	}
	if len(distances) == 0 {
		return 0
	}
	slices.Sort(distances)
	return distances[len(distances)/2]
}

func englishStreets(a *atlas.Atlas) map[string]string {
	names := map[string]string{}
	if a == nil || a.Places == nil {
		return names
	}
	for p := range a.Places.Of(atlas.Street) {
		if en := p.Tags.Get("name:en"); en != "" && en != p.Name {
			names[p.Name] = en
		}
	}
	return names
}

// StreetName is how a page names a street. There is one rule, which the map follows
// too: in English, by the English name that the map has, and otherwise as on the
// sign. Words add what the sign says, to be found by in the street.
func (c *City) StreetName(l lang.Lang, name string) string {
	if en, ok := c.english()[name]; ok && l == lang.EN {
		return en + " (" + name + ")"
	}
	return name
}

// nearbyM is how far a place may be to name where something is.
const nearbyM = 1500

// NameOf says where p is: by the nearest thing that has a name.
func (c *City) NameOf(p geo.Point) string {
	name := ""
	c.byPlace.Near(p.Fixed(), func(i uint32, metres float64) bool {
		if metres < nearbyM {
			name = c.Atlas.Places.At(int(c.named[i])).Name
		}
		return false
	})
	return name
}

// OffStreets reports whether p is so far from the city's streets that nobody gets there
// by any way.
func (c *City) OffStreets(p geo.Point) bool {
	for _, g := range c.Network.Grounds {
		if g.Place(p).OK {
			return false
		}
	}
	return true
}

// DetailOf says what a place is and on which street.
func DetailOf(l lang.Lang, p atlas.Place) string {
	words := kindWords[p.Kind].In(l)
	if street := p.Tags.Get("addr:street"); street != "" {
		if words != "" {
			words += l.T("，", ", ")
		}
		words += street
	}
	return words
}

// kindWords names the kinds of place that people look for most.
var kindWords = map[string]lang.Text{
	atlas.Street:          {ZH: "街道", EN: "street"},
	atlas.Address:         {ZH: "地址", EN: "address"},
	"amenity=bank":        {ZH: "银行", EN: "bank"},
	"amenity=hospital":    {ZH: "医院", EN: "hospital"},
	"amenity=clinic":      {ZH: "诊所", EN: "clinic"},
	"amenity=school":      {ZH: "学校", EN: "school"},
	"amenity=university":  {ZH: "大学", EN: "university"},
	"amenity=restaurant":  {ZH: "餐馆", EN: "restaurant"},
	"amenity=fuel":        {ZH: "加油站", EN: "petrol station"},
	"amenity=townhall":    {ZH: "政府", EN: "town hall"},
	"shop=mall":           {ZH: "商场", EN: "mall"},
	"shop=supermarket":    {ZH: "超市", EN: "supermarket"},
	"leisure=park":        {ZH: "公园", EN: "park"},
	"tourism=hotel":       {ZH: "酒店", EN: "hotel"},
	"railway=station":     {ZH: "火车站", EN: "railway station"},
	"place=square":        {ZH: "广场", EN: "square"},
	"place=suburb":        {ZH: "片区", EN: "suburb"},
	"landuse=residential": {ZH: "小区", EN: "housing estate"},
}

// Center is the middle of the stations.
func (c *City) Center() geo.Point { return c.Network.Box().Center().Point() }

// outskirtsM is how far beyond the last street somebody may stand and still be
// answered: past it the walk is a journey, and another city's stations are
// nearer.
const outskirtsM = 10_000

// AwayM is how far p lies outside the city, or 0.
func (c *City) AwayM(p geo.Point) float64 {
	box := c.Network.Box()
	at := p.Fixed()
	if box.Empty() || box.Pad(outskirtsM).Contains(at) {
		return 0
	}
	edge := geo.Fixed{Lon: min(max(at.Lon, box.West), box.East), Lat: min(max(at.Lat, box.South), box.North)}
	return geo.Distance(p, edge.Point())
}

// Source says what the streets were read from and of which day they are.
func (c *City) Source(l lang.Lang) string {
	if c.Atlas == nil {
		return l.T("没有街道数据", "no streets")
	}
	words := c.Atlas.Info.Source
	if date := c.Atlas.Info.Date; !date.IsZero() {
		words += l.F("，数据日期 %s", ", as of %s", date.Format(time.DateOnly))
	}
	return words
}

// Digest names what figures of a kind of demand are computed on; see
// station.Survey.Digest. It is found once.
func (c *City) Digest(kind string) string {
	if known, ok := c.digests.Load(kind); ok {
		digest, _ := known.(string)
		return digest
	}
	digest := c.Survey.Digest(kind)
	c.digests.Store(kind, digest)
	return digest
}

// DemandSource says where the demand is from, and that it is an estimate if it
// is one.
func (c *City) DemandSource(l lang.Lang, kind string) string {
	demand, ok := c.Survey.Demand(kind)
	if ok && demand.Estimated {
		return l.F("没有导入，按 %s 中的建筑、店铺和街道估算", "none imported; estimated from the buildings, shops and streets in %s", demand.Source)
	}
	return cmp.Or(demand.Source, l.T("未注明", "not stated"))
}

// Estimated reports whether a kind of demand is guessed from the map.
func (c *City) Estimated(kind string) bool {
	demand, ok := c.Survey.Demand(kind)
	return ok && demand.Estimated
}

// CellSide is how far cells of a kind of demand are apart, in metres.
func (c *City) CellSide(kind string) float64 {
	for i, d := range c.Survey.Demands {
		if kind == "" || d.Kind == kind {
			return c.cellM[i]
		}
	}
	return 0
}

// Who names the people of a kind of demand, as a sentence has them.
func (c *City) Who(l lang.Lang, kind string) string {
	if d, ok := c.Survey.Demand(kind); ok && d.Kind != demand.People {
		return d.Name().In(l)
	}
	return l.T("人", "people")
}

// Unit is what a kind of demand is counted in.
func (c *City) Unit(l lang.Lang, kind string) string {
	if d, ok := c.Survey.Demand(kind); ok && d.Kind != demand.People {
		return d.Unit().In(l)
	}
	return l.T("人", "")
}

// DemandTitle names a kind of demand where its source is given.
func (c *City) DemandTitle(l lang.Lang, kind string) string {
	d, ok := c.Survey.Demand(kind)
	if !ok || d.Kind == demand.People {
		return l.T("人口", "People")
	}
	return d.Name().In(l)
}
