package demo

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// The candidates of the drawing: premises that could share a room, for the page
// that chooses sites. About half of them have a cost of their own.
const (
	candidateCount = 260
	candidatesGap  = 180 * metre // candidates are no nearer to each other
)

// candidateColumns are those of the station import with what a planner chooses by.
var candidateColumns = append(slices.Clone(columns), "premises", "cost")

// premise is a kind of host that has not opened a station yet.
type premise struct {
	kind, brand string
	name, owner string // %s is the street
	share       int    // how many of a hundred candidates
	services    string
	hours       []string
	low, high   int // hundreds of yuan
}

var premises = []premise{
	{"bank", "ccb", "建设银行%s支行", "中国建设银行%s支行", 13, "热水、休息、手机充电", []string{bankHours, bankLunch}, 45, 80},
	{"bank", "icbc", "工商银行%s支行", "中国工商银行%s支行", 12, "热水、休息、手机充电", []string{bankHours}, 45, 80},
	{"bank", "abc", "农业银行%s支行", "中国农业银行%s支行", 8, "热水、休息", []string{bankHours}, 40, 70},
	{"post_office", "post", "邮政%s营业所", "中国邮政%s营业所", 14, "热水、休息、手机充电", []string{postHours}, 40, 70},
	{"telecom_shop", "telecom", "电信%s营业厅", "中国电信%s营业厅", 12, "热水、休息、手机充电、无线网络", []string{shopHours}, 35, 60},
	{"fuel", "care", "%s加油站", "中国石油%s加油站", 11, "热水、休息、卫生间", []string{alwaysOpen, "每天 07:00-22:00"}, 60, 110},
	{"toilets", "none", "%s公厕", "城管%s所", 12, "卫生间", []string{"每天 06:00-22:00", alwaysOpen}, 150, 260},
	{"community_centre", "union", "%s社区服务中心", "%s社区党群服务中心", 10, "热水、休息、卫生间", []string{centreHours}, 60, 100},
	{"pharmacy", "none", "%s药店", "%s药店", 8, "急救包、常用药、休息", []string{"每天 08:30-21:30", ""}, 30, 60},
}

func (c *city) writeCandidates(w io.Writer) error {
	rows := [][]string{candidateColumns}
	streets := c.lookup()
	numbers, names := map[string]int{}, map[string]int{}
	for _, p := range c.candidateSites(streets) {
		d, _ := c.districtAt(p)
		numbers[d.class]++
		rows = append(rows, c.candidate(streets, p, d.class, numbers[d.class], names))
	}
	return writeTable(w, rows)
}

// candidateSites picks the places: blocks all over the city, where people are
// somewhat likelier, and none of them a station's.
func (c *city) candidateSites(streets lookup) []point {
	type site struct {
		at  point
		key int
	}
	taken := c.sites(streets)
	var all []site
	for _, b := range c.blocks {
		p, ok := b.doorstep(streets)
		if _, in := c.districtAt(p); ok && in && !slices.Contains(taken, p) {
			all = append(all, site{p, at(p, 91).below(1_000_000) / (10 + c.density(p))})
		}
	}
	slices.SortFunc(all, func(a, b site) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.at.X, b.at.X), cmp.Compare(a.at.Y, b.at.Y))
	})
	var chosen []point
	for _, s := range all {
		if len(chosen) < candidateCount && !slices.ContainsFunc(chosen, func(p point) bool { return p.minus(s.at).length() < candidatesGap }) {
			chosen = append(chosen, s.at)
		}
	}
	return chosen
}

// candidate writes the row of a candidate of a district.
func (c *city) candidate(streets lookup, p point, district string, n int, names map[string]int) []string {
	luck := at(p, 93)
	h := premiseFor(luck)
	road, number := streets.address(p)
	d, _ := c.districtAt(p)
	place := road
	if names[h.name+road]++; names[h.name+road] > 1 {
		place = fmt.Sprintf("%s第%d", road, names[h.name+road])
	}
	cost := ""
	if luck.again().percent(55) {
		cost = strconv.Itoa(luck.again().again().between(h.low, h.high) * 100)
	}
	return []string{
		fmt.Sprintf("HX-%s-%03d", district, n),
		fmt.Sprintf(h.name, place), h.brand, fmt.Sprintf(h.owner, place) + "（示意）", "micro", district,
		fmt.Sprintf("西宁市%s%s%d号", d.name, road, number), longitude(p), latitude(p), "WGS84",
		"ask_staff", h.services, "unknown", "candidate", pick(luck.again().again().again(), h.hours), "示意数据，非真实候选点", "",
		h.kind, cost,
	}
}

func premiseFor(luck chance) premise {
	left := luck.below(100)
	for _, h := range premises {
		if left -= h.share; left < 0 {
			return h
		}
	}
	return premises[0]
}
