package demo

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// density is how densely the city is used at p, from 1 to 100.
func (c *city) density(p point) int {
	if zone, _ := covering(c.floors, p); zone.class == "industry" {
		return 4
	}
	most := 3
	for _, hub := range hubs {
		away := p.minus(hub.at).length() / metre
		most = max(most, hub.weight*hub.reach/(hub.reach+away*away/hub.reach))
	}
	return min(most, 100)
}

// hubs are where the city is dense: how dense, and how far around, in metres.
var hubs = []struct {
	at            point
	weight, reach int
}{
	{heart, 100, 900},
	{point{-2500 * metre, 1200 * metre}, 85, 800},  // 古城台
	{point{-5900 * metre, 2900 * metre}, 70, 700},  // 海湖新区
	{point{2700 * metre, -400 * metre}, 70, 800},   // 火车站、康乐
	{point{-800 * metre, 3100 * metre}, 60, 800},   // 小桥
	{point{-1900 * metre, -4600 * metre}, 30, 900}, // 南川
	{point{5200 * metre, -2000 * metre}, 35, 900},  // 城东
	{point{-2600 * metre, 8000 * metre}, 25, 900},  // 生物园区
	{point{-9000 * metre, 4000 * metre}, 20, 700},  // 彭家寨
	{point{-16000 * metre, 5200 * metre}, 22, 700}, // 多巴
}

// cellSide is the side of a demand cell.
const cellSide = 250 * metre

// writeDemand writes the cells that people are in, and where couriers' orders
// come from. By night people are where they live; by day outdoor work draws them
// to the middle of the city, and orders crowd there.
func (c *city) writeDemand(w io.Writer) error {
	ground := map[point]int{} // m² of built-up blocks per cell
	for _, b := range c.blocks {
		p := b.ring.middle()
		ground[point{divide(p.X, cellSide), divide(p.Y, cellSide)}] += b.ring.squareMetres()
	}
	cells := make([]point, 0, len(ground))
	for cell := range ground {
		cells = append(cells, cell)
	}
	slices.SortFunc(cells, func(a, b point) int { return cmp.Or(cmp.Compare(a.Y, b.Y), cmp.Compare(a.X, b.X)) })
	rows := [][]string{{"id", "lon", "lat", "population", "night", "orders", "orders_night"}}
	for _, cell := range cells {
		p := point{cell.X * cellSide, cell.Y * cellSide}
		dense := c.density(p)
		day := ground[cell] * dense * at(p, 81).between(60, 140) / 600_000
		night := ground[cell] * (20 + dense/2) * at(p, 82).between(60, 140) / 600_000
		if day+night == 0 {
			continue
		}
		orders := ground[cell] * dense / 40 * dense * at(p, 83).between(50, 150) / 900_000
		rows = append(rows, []string{
			fmt.Sprintf("XN-%+d%+d", cell.X, cell.Y), longitude(p), latitude(p), strconv.Itoa(day), strconv.Itoa(night),
			strconv.Itoa(orders), strconv.Itoa(orders / 3),
		})
	}
	return writeTable(w, rows)
}
