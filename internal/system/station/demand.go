package station

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/reach"
	"github.com/xiadu/xiadu/internal/lang"
)

// Cell is a place with people who may need a station: a cell of a grid or a
// census tract, with how many there are by day and by night.
type Cell struct {
	ID         string
	At         geo.Point
	Day, Night float64
	Source     string
}

// DemandColumns names the columns of a demand file. Empty names stand for the
// usual ones.
type DemandColumns struct {
	Day    string // the weight, such as population or jobs
	Night  string // the weight by night; if empty, that by day
	Source string // to be kept with each cell
}

const maxWeight = 1e9

// Demand is one kind of need on the map. A city may hold several side by side:
// who lives and works there, where couriers wait for orders, what street
// cleaners walk.
type Demand struct {
	Kind      string // stable, for files and addresses; People is the first
	Source    string
	Estimated bool   // made from the map's buildings, because nobody gave one
	Cells     []Cell // by id
}

// People is the kind of demand that is meant unless someone asks for another.
const People = "people"

// DemandOf returns a city's demand of people, or none of no cells.
func DemandOf(people []Cell) []Demand {
	if len(people) == 0 {
		return nil
	}
	return []Demand{{Kind: People, Source: people[0].Source, Cells: people}}
}

// compare is the order of kinds: people, then by name.
func (d Demand) compare(o Demand) int {
	if (d.Kind == People) != (o.Kind == People) {
		if d.Kind == People {
			return -1
		}
		return 1
	}
	return cmp.Compare(d.Kind, o.Kind)
}

// weights are the cells' weights by day, or by night.
func (d Demand) weights(night bool) []reach.Weight {
	out := make([]reach.Weight, len(d.Cells))
	for i, c := range d.Cells {
		people := c.Day
		if night {
			people = c.Night
		}
		if w, err := reach.NewWeight(people); err == nil { // ReadDemand lets no other in
			out[i] = w
		}
	}
	return out
}

// weightNames are looked for, in this order, if no column is named.
var weightNames = []string{"weight", "population", "pop", "demand", "人口", "权重", "需求"}

var demandAliases = map[string][]string{
	"id":  {"id", "cell", "code", "编号", "网格", "网格编号"},
	"lon": {"lon", "lng", "long", "longitude", "x", "经度"},
	"lat": {"lat", "latitude", "y", "纬度"},
}

// ReadDemand reads demand cells from CSV, XLSX or GeoJSON with points. A row that is
// wrong refuses the file; the fault names the first such row and its remedy.
func ReadDemand(ctx context.Context, file io.Reader, columns DemandColumns) ([]Cell, error) {
	data, err := readBounded(file)
	if err != nil {
		return nil, err
	}
	r := demandReader{columns: columns, seen: map[string]int{}}
	switch formatOf(data) {
	case spreadsheet:
		err = eachSheetRow(ctx, data, r.row)
	case geoJSON:
		err = eachFeature(ctx, data, r.feature)
	case plainTable:
		err = eachCSVRow(ctx, data, r.row)
	}
	if err != nil {
		return nil, err
	}
	if len(r.cells) == 0 {
		return nil, fault.New(fault.Invalid, "文件里没有需求点", "there are no demand cells in the file")
	}
	return r.cells, nil
}

type demandReader struct {
	columns DemandColumns
	heads   []string
	at      map[string]int // column → place
	cells   []Cell
	seen    map[string]int // id → row
}

func (r *demandReader) row(n int, row []string) error {
	if blank(row) {
		return nil
	}
	if r.at == nil {
		return r.headings(row)
	}
	return r.cell(n, func(column string) string {
		if i := r.at[column]; i < len(row) {
			return strings.TrimSpace(row[i])
		}
		return ""
	})
}

// headings finds id, lon, lat, day and night among the columns.
func (r *demandReader) headings(row []string) error {
	r.at = map[string]int{}
	r.heads = make([]string, len(row))
	for i, h := range row {
		r.heads[i] = strings.ToLower(strings.TrimSpace(h))
	}
	find := func(column string, aliases ...string) error {
		for _, a := range aliases {
			for i, h := range r.heads {
				if h == strings.ToLower(a) {
					r.at[column] = i
					return nil
				}
			}
		}
		return fault.New(fault.Invalid, "缺少列“%s”。文件的列有：%s", "the column %q is missing. The columns are: %s", aliases[0], strings.Join(row, ", "))
	}
	for _, column := range []string{"id", "lon", "lat"} {
		if err := find(column, demandAliases[column]...); err != nil {
			return err
		}
	}
	day := weightNames
	if r.columns.Day != "" {
		day = []string{r.columns.Day}
	}
	if err := find("day", day...); err != nil {
		return err
	}
	if r.columns.Night == "" {
		r.at["night"] = r.at["day"]
		return nil
	}
	return find("night", r.columns.Night)
}

func (r *demandReader) feature(n int, f feature) error {
	lon, lat, ok := f.point()
	if !ok {
		return rowFault(n, "不是点：请导出为 Point", "is no point: export it as Point")
	}
	get := func(aliases []string) string {
		for _, a := range aliases {
			if v, ok := f.Properties[a]; ok && v != nil {
				return plain(v)
			}
		}
		return ""
	}
	day := weightNames
	if r.columns.Day != "" {
		day = []string{r.columns.Day}
	}
	values := map[string]string{"lon": lon, "lat": lat, "id": get(demandAliases["id"]), "day": get(day)}
	if values["id"] == "" {
		values["id"] = strings.Trim(string(f.ID), `"`)
	}
	if values["night"] = values["day"]; r.columns.Night != "" {
		values["night"] = get([]string{r.columns.Night})
	}
	return r.cell(n, func(column string) string { return values[column] })
}

func (r *demandReader) cell(n int, get func(column string) string) error {
	c := Cell{ID: get("id"), Source: r.columns.Source}
	if _, ok := checkText(c.ID, maxCode); !ok || c.ID == "" {
		return rowFault(n, "编号“%[1]s”是空的、太长或含控制字符", "the id “%[1]s” is empty, too long or has control characters", short(c.ID))
	}
	if first, again := r.seen[c.ID]; again {
		return rowFault(n, "编号“%s”与第 %d 行重复", "the id “%s” is that of row %d already", short(c.ID), first)
	}
	r.seen[c.ID] = n
	for _, v := range []struct {
		column    string
		to        *float64
		low, high float64
	}{{"lon", &c.At.Lon, -180, 180}, {"lat", &c.At.Lat, -90, 90}, {"day", &c.Day, 0, maxWeight}, {"night", &c.Night, 0, maxWeight}} {
		text := get(v.column)
		if text == "" && v.high == maxWeight {
			continue // grids leave cells without anybody empty
		}
		x, err := strconv.ParseFloat(text, 64)
		if v.column == "lat" && err == nil && math.Abs(x) > 90 && (geo.Point{Lon: x, Lat: c.At.Lon}).Valid() {
			return rowFault(n, "lat 的值“%[1]s”不可能：经度和纬度写反了", "the lat “%[1]s” is impossible: longitude and latitude are swapped", short(text))
		}
		if err != nil || !(x >= v.low && x <= v.high) { // NaN is neither
			return rowFault(n, "%[1]s 的值“%[2]s”不对：应是 %.0[3]f 到 %.0[4]f 之间的数", "the %[1]s “%[2]s” is wrong: it should be a number from %.0[3]f to %.0[4]f", v.column, short(text), v.low, v.high)
		}
		*v.to = x
	}
	c.At = c.At.Fixed().Point()
	r.cells = append(r.cells, c)
	return nil
}

func rowFault(n int, zh, en string, args ...any) error {
	return &fault.Error{Kind: fault.Invalid, Text: lang.Text{
		ZH: fmt.Sprintf("第 %d 行：", n) + fmt.Sprintf(zh, args...),
		EN: fmt.Sprintf("row %d: ", n) + fmt.Sprintf(en, args...),
	}}
}
