package demo

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/sheet"
)

// The rest stations of the drawing.
const (
	stationCount = 208
	apart        = 230 * metre // stations are no nearer to each other
	fromStreet   = 40 * metre  // and no farther from a street
)

// columns are those of the station import.
var columns = []string{
	"code", "name", "brand", "host", "size", "division", "address", "lon", "lat", "datum",
	"access", "services", "wheelchair", "status", "hours", "source", "checked",
}

// restStation is one row, and where it is.
type restStation struct {
	at       point
	district string
	row      []string
}

func (c *city) writeStations(w io.Writer) error {
	rows := [][]string{columns}
	for _, s := range c.stations() {
		rows = append(rows, s.row)
	}
	return writeTable(w, rows)
}

// writeTable writes rows as the imports read them. None of the drawing's texts
// looks like a formula, and its numbers are positive.
func writeTable(w io.Writer, rows [][]string) error {
	return sheet.WriteData(w, func(yield func([]any) bool) {
		for _, row := range rows {
			cells := make([]any, len(row))
			for i, text := range row {
				cells[i] = text
			}
			if !yield(cells) {
				return
			}
		}
	})
}

// stations chooses the places and furnishes them.
func (c *city) stations() []restStation {
	streets := c.lookup()
	numbers := map[string]int{}
	names := map[string]int{}
	var list []restStation
	for i, p := range c.sites(streets) {
		d, _ := c.districtAt(p)
		code := d.class
		if zone, _ := covering(c.floors, p); zone.class == "industry" {
			code = "6301Z01"
		}
		numbers[code]++
		s := restStation{at: p, district: d.class}
		s.row = c.furnish(streets, p, i, code, numbers[code], names)
		list = append(list, s)
	}
	return list
}

// sites picks the places: blocks in the middle of the city are likelier, and
// none is close to another. Gaps stay, for the coverage page to find.
func (c *city) sites(streets lookup) []point {
	type site struct {
		at  point
		key int
	}
	var all []site
	for _, b := range c.blocks {
		p, ok := b.doorstep(streets)
		if _, in := c.districtAt(p); !ok || !in {
			continue
		}
		all = append(all, site{p, at(p, 61).below(1_000_000) / c.density(p)})
	}
	slices.SortFunc(all, func(a, b site) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.at.X, b.at.X), cmp.Compare(a.at.Y, b.at.Y))
	})
	var chosen []point
	park := 0
	for _, s := range all {
		zone, _ := covering(c.floors, s.at)
		if zone.class == "industry" && park >= 4 || slices.ContainsFunc(chosen, func(p point) bool { return p.minus(s.at).length() < apart }) {
			continue
		}
		if zone.class == "industry" {
			park++
		} else if len(chosen)-park >= stationCount-4 {
			continue // what is left of the list is searched for the industrial park's
		}
		chosen = append(chosen, s.at)
	}
	return chosen
}

// doorstep is a place on the block beside one of its streets.
func (b block) doorstep(streets lookup) (point, bool) {
	for _, i := range b.edges() {
		p, q := b.ring[i], b.ring[(i+1)%len(b.ring)]
		if !b.street[i] {
			continue
		}
		luck := at(p, 63)
		door := p.toward(q, luck.between(30, 70), 100).plus(q.minus(p).left().scaled(luck.again().between(8, 18) * metre))
		if _, away, ok := streets.near(door, street.forFeet); ok && away < fromStreet && b.ring.contains(door) {
			return door, true
		}
	}
	return point{}, false
}

// forFeet leaves out what one would not walk on to a station.
func (s street) forFeet() bool {
	return !s.bridge && !s.tunnel && s.class != "steps" && s.class != "path"
}

// furnish writes the row of station number n of a division.
func (c *city) furnish(streets lookup, p point, i int, division string, n int, names map[string]int) []string {
	luck := at(p, 67)
	h := hostFor(luck)
	road, number := streets.address(p)
	d, _ := c.districtAt(p)
	place := road
	if names[h.name+road]++; names[h.name+road] > 1 {
		place = fmt.Sprintf("%s第%d", road, names[h.name+road])
	}
	services := strings.Split(h.services, "、")
	for k, extra := range h.extras {
		if at(p, uint64(70+k)).percent(45) {
			services = append(services, extra)
		}
	}
	status := "open"
	if i%53 == 52 {
		status = "paused"
	}
	next := luck.again()
	checked := fmt.Sprintf("2026-%02d-%02d", next.between(9, 11), next.again().between(1, 20))
	return []string{
		fmt.Sprintf("XN-%s-%03d", division, n),
		fmt.Sprintf(h.name, place), h.brand, fmt.Sprintf(h.owner, place) + "（示意）", pick(next, h.sizes), division,
		fmt.Sprintf("西宁市%s%s%d号", d.name, road, number), longitude(p), latitude(p), "WGS84",
		pick(next.again(), h.access), strings.Join(services, "、"), pick(next.again().again(), []string{"yes", "yes", "limited", "no", "unknown"}),
		status, pick(luck.again().again().again(), h.hours), "示意数据，非真实站点", checked,
	}
}

func hostFor(luck chance) host {
	total := 0
	for _, h := range hosts {
		total += h.share
	}
	left := luck.below(total)
	for _, h := range hosts {
		if left -= h.share; left < 0 {
			return h
		}
	}
	return hosts[0]
}
