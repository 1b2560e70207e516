package atlas

import (
	"fmt"
	"strings"

	"github.com/xiadu/xiadu/internal/geo/osm"
	"github.com/xiadu/xiadu/internal/lang"
)

// people says how many are somewhere by day and by night, on whatever measure
// the table is of.
type people struct{ day, night float64 }

// use is one row of the tables of the estimate. They are data, so that the guide
// prints the very tables that the import counts by.
type use struct {
	tags   string  // one or more key=value|value, of which any will do
	levels float64 // of floor tables: storeys, where the map does not say
	per    people  // per 100 m² of floor, per hectare, per 100 m of street, or each
	why    lang.Text
}

// assumed marks a figure that nobody has verified: replace it by a local one
// where there is one, and judge the results by that.
const (
	assumedZH = "（示例，待核）"
	assumedEN = " (an assumption, not verified)"
)

func row(tags string, levels, day, night float64, zh, en string) use {
	return use{tags: tags, levels: levels, per: people{day: day, night: night}, why: lang.Text{ZH: zh, EN: en}}
}

func guess(tags string, levels, day, night float64, zh, en string) use {
	return row(tags, levels, day, night, zh+assumedZH, en+assumedEN)
}

// floors are the buildings: people per 100 m² of floor, which is footprint times
// storeys. A building=yes takes the row of the ground it stands on, and the last
// row where there is none. The residents are the one figure with a source: the
// seventh census (2020) found 36.52 m² of floor per head in city households, and
// one flat in ten is taken to be empty.
var floors = []use{
	row("building=residential|apartments", 6, 1.1, 2.5,
		"每人 36.52 平方米（第七次人口普查，城市家庭户），另按一成空置；白天在家四成多（示例，待核）",
		"36.52 m² a head (seventh census, city households) and one flat in ten empty; four in ten at home by day (an assumption, not verified)"),
	guess("building=dormitory", 5, 2, 7, "每人约 14 平方米", "about 14 m² a head"),
	guess("building=house|detached|semidetached_house|terrace|bungalow|villa|farm|cabin|static_caravan|houseboat|ger", 2, 0.8, 1.8,
		"独户住宅，每人约 55 平方米", "houses, about 55 m² a head"),
	guess("building=office|commercial|government|public|civic|townhall|bank", 5, 5, 0.1, "每人约 20 平方米", "about 20 m² a head"),
	guess("building=retail|shop|supermarket|mall|kiosk|market", 2, 3.3, 0, "店员和顾客，每人约 30 平方米", "staff and customers, about 30 m² a head"),
	guess("building=hotel|hostel|guest_house", 6, 1.2, 2.5, "住客和员工", "guests and staff"),
	guess("building=school|kindergarten", 3, 8, 0, "每名师生约 12 平方米", "about 12 m² a pupil or teacher"),
	guess("building=university|college", 4, 5, 1.5, "教学楼和宿舍混在一起", "lecture halls and halls of residence together"),
	guess("building=hospital|clinic", 5, 4, 1.2, "病人、陪护和医护", "patients, visitors and staff"),
	guess("building=industrial|factory|manufacture|works", 1.5, 1.5, 0.3, "每名工人约 65 平方米，夜班两成", "about 65 m² a worker, a fifth of them at night"),
	guess("building=warehouse|hangar|storage_tank", 1, 0.3, 0.05, "仓库", "storage"),
	guess("building=train_station|transportation|terminal|station", 1, 6, 0.5, "候车的人和员工", "passengers waiting, and staff"),
	guess("building=church|chapel|cathedral|mosque|temple|synagogue|shrine|monastery|religious|museum|sports_hall|sports_centre|stadium|grandstand|theatre|library|pavilion", 1, 1, 0,
		"宗教、文体建筑，按平常日子", "worship, culture and sport, on an ordinary day"),
	guess("building=garage|garages|parking|carport|shed|hut|roof|canopy|greenhouse|barn|cowshed|stable|sty|farm_auxiliary|service|transformer_tower|water_tower|toilets|ruins|construction|container|bridge|tower|wall|gate|gatehouse|bunker|silo|tent",
		1, 0, 0, "没有人常在", "nobody stays there"),
	guess("building=*", 4, 1.4, 1.8, "没注明用途：七成住人，其余办公、开店", "no use stated: seven tenths dwellings, the rest work and trade"),
}

// By their footprint in m², buildings of no stated use are sheds below the first
// and below the second houses of few storeys, unless the map gives theirs.
const smallest, house, lowRise = 25, 200, 2

// houses is the row of floors that stands for low buildings among dwellings.
const houses = 2

// storeyM turns a height into storeys where there are no building:levels.
const storeyM = 3.3

// grounds are surfaces whose use is known: people per hectare, where hardly any
// buildings are mapped. A building=yes on one takes the row of floors that has
// the same place here.
var grounds = []struct {
	use
	floor string // the row of floors that building=yes on it takes
}{
	{guess("amenity=school|kindergarten", 0, 250, 0, "学校", "schools"), "building=school"},
	{guess("amenity=university|college", 0, 120, 60, "高校", "universities"), "building=university"},
	{guess("amenity=hospital|clinic healthcare=hospital", 0, 250, 80, "医院", "hospitals"), "building=hospital"},
	{guess("landuse=industrial|port|railway", 0, 40, 6, "工业和交通用地", "industry and transport"), "building=industrial"},
	{guess("landuse=commercial", 0, 200, 5, "商务用地", "offices"), "building=office"},
	{guess("landuse=retail amenity=marketplace shop=mall|department_store", 0, 250, 0, "商业用地", "trade"), "building=retail"},
	{guess("landuse=residential", 0, 60, 120, "居住用地，每公顷 120 人", "dwellings, 120 people a hectare"), "building=residential"},
	{guess("landuse=military|farmyard|construction|cemetery", 0, 0, 0, "不对公众开放，或没有人常在", "closed to the public, or nobody stays there"), "building=garage"},
}

// lots are streets: people per 100 m of them, where hardly any buildings are
// mapped. A carriageway of one direction counts half, since its twin is mapped too.
var lots = []use{
	guess("highway=residential|living_street", 0, 45, 90, "住宅街道两侧", "both sides of a street of houses"),
	guess("highway=tertiary|secondary", 0, 100, 90, "沿街住户、店铺和单位", "homes, shops and work along a main street"),
	guess("highway=primary|pedestrian", 0, 100, 50, "大街和步行街", "avenues and pedestrian streets"),
	guess("highway=unclassified|road", 0, 20, 25, "乡村和背街", "lanes and country roads"),
}

// bareM2 is how many m² of footprint there are at least to a metre of street
// where buildings are mapped. Towns have 10 to 30 and villas on a hillside 4;
// below this the map has hardly any of them, and streets and grounds speak instead.
const bareM2 = 1.5

// spots are single places on the map, which are mostly rooms in a building of no
// stated use: people at a time.
var spots = []use{
	guess("shop=mall|department_store amenity=marketplace", 0, 200, 0, "商场、市场", "malls and markets"),
	guess("shop=supermarket", 0, 30, 0, "超市", "supermarkets"),
	guess("shop=*", 0, 5, 0, "店铺", "shops"),
	guess("amenity=restaurant|fast_food|cafe|bar|pub|food_court|biergarten", 0, 15, 1, "餐饮", "places to eat and drink"),
	guess("amenity=school", 0, 500, 0, "学校", "schools"),
	guess("amenity=kindergarten", 0, 120, 0, "幼儿园", "kindergartens"),
	guess("amenity=university|college", 0, 1000, 0, "高校", "universities"),
	guess("amenity=hospital", 0, 500, 150, "医院", "hospitals"),
	guess("amenity=clinic|doctors|dentist|social_facility|nursing_home", 0, 25, 5, "诊所、养老和社会服务", "surgeries, care and social services"),
	guess("amenity=bank|post_office|townhall|courthouse|police|fire_station|library|theatre|cinema|arts_centre|community_centre|public_building", 0, 25, 2,
		"窗口单位和文化场所", "counters, public offices and culture"),
	guess("amenity=bus_station railway=station|subway_entrance|halt public_transport=station", 0, 60, 3, "车站", "stations"),
	guess("tourism=hotel|hostel|guest_house|motel|apartment", 0, 30, 60, "宾馆", "hotels"),
	guess("tourism=museum|gallery|attraction|theme_park|zoo", 0, 60, 0, "景点", "sights"),
	guess("office=*", 0, 12, 0, "单位", "offices"),
}

// uses finds the row of a table that a set of tags has.
type uses struct {
	keys []string
	rows map[osm.Tag]int
	any  map[string]int
}

func usesOf(n int, tags func(i int) string) uses {
	u := uses{rows: map[osm.Tag]int{}, any: map[string]int{}}
	for i := range n {
		for part := range strings.FieldsSeq(tags(i)) {
			key, values, _ := strings.Cut(part, "=")
			if _, known := u.any[key]; !known {
				u.keys, u.any[key] = append(u.keys, key), -1
			}
			for value := range strings.SplitSeq(values, "|") {
				if value == "*" {
					u.any[key] = i
				} else {
					u.rows[osm.Tag{Key: key, Value: value}] = i
				}
			}
		}
	}
	return u
}

// of returns the row for t, or -1.
func (u *uses) of(t osm.Tags) int {
	for _, key := range u.keys {
		value := t.Get(key)
		if value == "" || value == "no" {
			continue
		}
		if i, ok := u.rows[osm.Tag{Key: key, Value: value}]; ok {
			return i
		}
		if i := u.any[key]; i >= 0 {
			return i
		}
	}
	return -1
}

// EstimateRules returns the tables of the estimate as Markdown in language l,
// for the guide.
func EstimateRules(l lang.Lang) string {
	var b strings.Builder
	table := func(title, per string, storeys bool, n int, at func(i int) use) {
		fmt.Fprintf(&b, "**%s**\n\n| %s |", title, l.T("标签", "Tags"))
		if storeys {
			fmt.Fprintf(&b, " %s |", l.T("默认层数", "Storeys if not mapped"))
		}
		fmt.Fprintf(&b, " %s | %s | %s |\n|---|%s---:|---:|---|\n", l.T("白天", "By day"), l.T("夜里", "By night"), l.T("依据", "Grounds"), map[bool]string{true: "---:|"}[storeys])
		for i := range n {
			u := at(i)
			fmt.Fprintf(&b, "| `%s` |", strings.ReplaceAll(u.tags, "|", ", "))
			if storeys {
				fmt.Fprintf(&b, " %v |", u.levels)
			}
			fmt.Fprintf(&b, " %v | %v | %s |\n", u.per.day, u.per.night, u.why.In(l))
		}
		fmt.Fprintf(&b, "\n%s\n\n", per)
	}
	table(l.T("建筑", "Buildings"), l.T("每 100 平方米建筑面积的人数。", "People per 100 m² of floor."), true, len(floors), func(i int) use { return floors[i] })
	table(l.T("单个场所", "Single places"), l.T("每处的人数。", "People at each."), false, len(spots), func(i int) use { return spots[i] })
	table(l.T("建筑很少的地方：街道", "Where hardly any buildings are mapped: streets"), l.T("每 100 米的人数。", "People per 100 m."), false, len(lots), func(i int) use { return lots[i] })
	table(l.T("建筑很少的地方：用地", "Where hardly any buildings are mapped: grounds"), l.T("每公顷的人数。", "People per hectare."), false, len(grounds), func(i int) use { return grounds[i].use })
	return b.String()
}
