package demand

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
)

// Columns names the columns of a demand file. Empty names stand for the
// usual ones.
type Columns struct {
	Day    string // the weight, such as population or jobs
	Night  string // the weight by night; if empty, that by day
	Source string // to be kept with each cell
}

const maxWeight = 1e9

// Weighting is one kind of demand of a file: where its weights are.
type Weighting struct {
	Kind  string // empty: People
	Label string
	Day   string // the column of the weight; empty: the usual names
	Night string // the column of the weight by night; empty: as by day
}

// Reading says how to read a file of demand.
type Reading struct {
	Weights []Weighting // none: people by the usual columns
	Datum   geo.Datum
	Source  string
	Warn    func(lang.Text) // told what is odd, if not nil
}

// weightNames are looked for, in this order, if no column is named.
var weightNames = []string{"weight", "population", "pop", "demand", "人口", "权重", "需求"}

// The fields of a demand file beside its weights, and the names that each goes by.
const (
	demandID = iota
	demandLon
	demandLat
	demandSource
	demandFields
)

var demandNames = [demandFields][]string{
	{"id", "cell", "code", "编号", "网格", "网格编号"},
	{"lon", "lng", "long", "longitude", "x", "经度"},
	{"lat", "latitude", "y", "纬度"},
	{"source", "来源", "数据来源"},
}

// ReadCells reads the cells of people from a file; see ReadDemands.
func ReadCells(ctx context.Context, file io.Reader, columns Columns) ([]Cell, error) {
	demands, err := Read(ctx, file, Reading{Weights: []Weighting{{Day: columns.Day, Night: columns.Night}}, Source: columns.Source})
	if err != nil {
		return nil, err
	}
	return demands[0].Cells, nil
}

// Read reads demand, of one kind or of several at once, from CSV, XLSX or
// GeoJSON. A polygon stands for a point inside it, and the weight of a line is
// spread along it, a point every stretchM metres. A row that is wrong refuses the
// file; the fault names the first such row and its remedy.
func Read(ctx context.Context, file io.Reader, how Reading) ([]Demand, error) {
	f, err := sheet.Open(file)
	if err != nil {
		return nil, err
	}
	if len(how.Weights) == 0 {
		how.Weights = []Weighting{{}}
	}
	r := demandReader{Reading: how, seen: map[string]int{}, passed: station.Passing{Warn: how.Warn}}
	kinds := map[string]bool{}
	for _, w := range how.Weights {
		w.Kind = cmp.Or(w.Kind, People)
		if err := w.check(); err != nil {
			return nil, err
		}
		if kinds[w.Kind] {
			return nil, fault.New(fault.Invalid, "需求种类 %s 写了两次：每种只写一次", "the kind of demand %s is there twice: write each once", w.Kind)
		}
		kinds[w.Kind] = true
		r.demands = append(r.demands, Demand{Kind: w.Kind, Label: w.Label, Source: how.Source})
	}
	r.headings = sheet.NewHeadings(r.names()...)
	if f.Format == sheet.GeoJSON {
		r.found = make([]bool, len(how.Weights))
		if err = f.EachFeature(ctx, r.feature); err == nil {
			err = r.missing()
		}
	} else {
		err = f.EachRow(ctx, r.row)
	}
	if err != nil {
		return nil, err
	}
	if len(r.seen) == 0 {
		return nil, fault.New(fault.Invalid, "文件里没有需求点", "there are no demand cells in the file")
	}
	for i := range r.demands {
		d := &r.demands[i]
		slices.SortFunc(d.Cells, func(a, b Cell) int { return cmp.Compare(a.ID, b.ID) })
		d.Source = d.Cells[0].Source
	}
	return r.demands, nil
}

type demandReader struct {
	Reading
	headings sheet.Headings
	demands  []Demand       // of each weighting
	at       []int          // the column of each field and then of each weight, or -1
	seen     map[string]int // id → row
	found    []bool         // of each weighting: some feature has it
	source   string         // of the last cell: most have the same
	passed   station.Passing
}

// names are those of each field and then, for each weighting, of the weight by
// day and by night.
func (r *demandReader) names() [][]string {
	out := demandNames[:]
	for _, w := range r.Weights {
		night := w.days()
		if w.Night != "" {
			night = []string{w.Night}
		}
		out = append(out, w.days(), night)
	}
	return out
}

// weightAt is the place of a weight in r.at.
func weightAt(w, night int) int { return demandFields + 2*w + night }

func (r *demandReader) row(row *sheet.Row) error {
	if r.at == nil {
		return r.columns(row)
	}
	for _, column := range r.at {
		if err := row.Err(column); err != nil {
			return named(row.Number, err)
		}
	}
	get := func(field int) string { return strings.TrimSpace(row.Text(r.at[field])) }
	id := strconv.Itoa(row.Number)
	if r.at[demandID] >= 0 {
		id = get(demandID)
	}
	at, err := r.position(row.Number, get(demandLon), get(demandLat))
	if err != nil {
		return err
	}
	return r.cell(row.Number, id, get(demandSource), at, func(w, night int) string { return get(weightAt(w, night)) })
}

// columns finds id, lon, lat and the weights among the headings. A table without
// ids is numbered.
func (r *demandReader) columns(row *sheet.Row) error {
	names := row.Texts()
	at, passed := r.headings.Find(names)
	for field, aliases := range r.names() {
		if at[field] < 0 && field != demandID && field != demandSource {
			return fault.New(fault.Invalid, "缺少列“%s”。文件的列有：%s", "the column %q is missing. The columns are: %s", aliases[0], columnList(names))
		}
	}
	r.at = at
	r.passed.Tell(names, passed)
	return nil
}

// columnList is the beginning of the names of columns, for a message.
func columnList(names []string) string {
	const most = 30
	var out []string
	for _, n := range names[:min(most, len(names))] {
		out = append(out, lang.Short(n))
	}
	if len(names) > most {
		out = append(out, "…")
	}
	return strings.Join(out, ", ")
}

// days are the names that the column of the weight may have.
func (w Weighting) days() []string {
	if w.Day != "" {
		return []string{w.Day}
	}
	return weightNames
}

func (r *demandReader) feature(f *sheet.Feature) error {
	at, passed := r.headings.Find(f.Properties)
	r.passed.Tell(f.Properties, passed)
	for w := range r.Weights { // a grid's cells may leave out those that are nothing
		r.found[w] = r.found[w] || at[weightAt(w, 0)] >= 0
	}
	get := func(field int) string { return strings.TrimSpace(f.Text(at[field])) }
	weight := func(w, night int) string { return get(weightAt(w, night)) }
	id := cmp.Or(get(demandID), f.ID, strconv.Itoa(f.Number))
	places, err := r.places(f)
	if err != nil {
		return err
	}
	if len(places) == 1 {
		return r.cell(f.Number, id, get(demandSource), places[0], weight)
	}
	for i, place := range places {
		if err := r.cell(f.Number, id+"."+strconv.Itoa(i+1), get(demandSource), place, func(w, night int) string { return part(weight(w, night), len(places)) }); err != nil {
			return err
		}
	}
	return nil
}

// missing refuses a file in which no feature has a weight: most often its name
// is mistyped.
func (r *demandReader) missing() error {
	for w, found := range r.found {
		if !found && len(r.seen) > 0 {
			return fault.New(fault.Invalid, "没有一个要素有属性“%s”：请用 --day 或 --weight 写出权重的属性名", "no feature has a property %q: name the weight's property with --day or --weight", r.Weights[w].days()[0])
		}
	}
	return nil
}

// part is one of n equal parts of a weight; what is no number stays for the
// message.
func part(text string, n int) string {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(v/float64(n), 'g', -1, 64)
}

// stretchM is how far the points along a route are apart.
const stretchM = 100

// places returns where a feature's people are: a point, a point inside a
// polygon, or points along a line.
func (r *demandReader) places(f *sheet.Feature) ([]geo.Point, error) {
	n := f.Number
	switch f.Form {
	case "Point":
		if lon, lat, ok := f.Point(); ok {
			at, err := r.position(n, lon, lat)
			return []geo.Point{at}, err
		}
		return nil, rowFault(n, "的坐标读不懂：应是 RFC 7946 的 Point", "has coordinates that cannot be read: they should be a Point of RFC 7946")
	case "Polygon", "MultiPolygon":
		s, err := f.Shape(r.Datum)
		if err != nil {
			return nil, named(n, err)
		}
		return []geo.Point{s.Inside().Point()}, nil
	case "LineString":
		line, ok := f.Line()
		if !ok {
			return nil, rowFault(n, "的路线读不懂：应是 RFC 7946 的 LineString", "has a route that cannot be read: it should be a LineString of RFC 7946")
		}
		return r.along(n, line)
	case "MultiLineString", "MultiPoint", "GeometryCollection":
		return nil, rowFault(n, "有几条线或几个点（%s）：请拆开，每条线、每个点一个要素", "has several lines or points (%s): take them apart, a feature for each", f.Form)
	case "":
		return nil, rowFault(n, "没有位置：请导出为 Point、LineString 或 Polygon", "has no place: export it as Point, LineString or Polygon")
	}
	return nil, rowFault(n, "的几何类型“%s”不认识：请导出为 Point、LineString 或 Polygon", "has the unknown geometry “%s”: export it as Point, LineString or Polygon", lang.Short(f.Form))
}

// along returns points in the middle of equal stretches of a line.
func (r *demandReader) along(n int, line []geo.Point) ([]geo.Point, error) {
	points, length := make([]geo.Point, len(line)), 0.0
	for i, at := range line {
		p, err := r.position(n, strconv.FormatFloat(at.Lon, 'f', -1, 64), strconv.FormatFloat(at.Lat, 'f', -1, 64))
		if err != nil {
			return nil, err
		}
		if points[i] = p; i > 0 {
			length += geo.Distance(points[i-1], p)
		}
	}
	if length > maxRouteM {
		return nil, rowFault(n, "的路线有 %.0f 公里长：请分成几段", "is a route of %.0f km: cut it into parts", length/1000)
	}
	count := max(1, int(math.Round(length/stretchM)))
	out, gone, leg := make([]geo.Point, 0, count), 0.0, 1
	for i := range count {
		want := (float64(i) + 0.5) * length / float64(count)
		for ; leg < len(points)-1 && gone+geo.Distance(points[leg-1], points[leg]) < want; leg++ {
			gone += geo.Distance(points[leg-1], points[leg])
		}
		share := 0.0
		if d := geo.Distance(points[leg-1], points[leg]); d > 0 {
			share = min(1, (want-gone)/d)
		}
		out = append(out, geo.Between(points[leg-1].Fixed(), points[leg].Fixed(), share).Point())
	}
	return out, nil
}

// maxRouteM bounds a route: a cleaner walks a few kilometres.
const maxRouteM = 100_000

// named puts the row in front of a fault.
func named(n int, err error) error {
	zh, _ := fault.In(lang.ZH, err)
	en, _ := fault.In(lang.EN, err)
	return rowFault(n, "%[1]s", "%[2]s", zh, en)
}

// position reads a longitude and a latitude.
func (r *demandReader) position(n int, lonText, latText string) (at geo.Point, err error) {
	if at.Lon, err = number(n, "lon", lonText, -180, 180); err != nil {
		return at, err
	}
	if x, err := strconv.ParseFloat(latText, 64); err == nil && math.Abs(x) > 90 && (geo.Point{Lon: x, Lat: at.Lon}).Valid() {
		return at, rowFault(n, "lat 的值“%[1]s”不可能：经度和纬度写反了", "the lat “%[1]s” is impossible: longitude and latitude are swapped", lang.Short(latText))
	}
	if at.Lat, err = number(n, "lat", latText, -90, 90); err != nil {
		return at, err
	}
	return r.Datum.ToWGS84(at).Fixed().Point(), nil
}

func number(n int, column, text string, low, high float64) (float64, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x >= low && x <= high) { // NaN is neither
		return 0, rowFault(n, "%[1]s 的值“%[2]s”不对：应是 %.0[3]f 到 %.0[4]f 之间的数", "the %[1]s “%[2]s” is wrong: it should be a number from %.0[3]f to %.0[4]f", column, lang.Short(text), low, high)
	}
	return x, nil
}

// maxDemandCells bounds what lines may become.
const maxDemandCells = 2_000_000

// cell puts a place into each kind of demand with its weights there.
func (r *demandReader) cell(n int, id, source string, at geo.Point, weight func(w, night int) string) error {
	if _, ok := lang.CheckText(id, station.MaxCode); !ok || id == "" {
		return rowFault(n, "编号“%[1]s”是空的、太长或含控制字符", "the id “%[1]s” is empty, too long or has control characters", lang.Short(id))
	}
	if first, again := r.seen[id]; again {
		return rowFault(n, "编号“%s”与第 %d 行重复", "the id “%s” is that of row %d already", lang.Short(id), first)
	}
	if r.seen[id] = n; len(r.seen) > maxDemandCells {
		return fault.New(fault.Invalid, "需求点超过 %d 个：请用大一些的网格，或少一些路线", "there are more than %d cells: use a coarser grid or fewer routes", maxDemandCells)
	}
	if text, ok := lang.CheckText(source, station.MaxSource); !ok {
		return rowFault(n, "来源%[1]s", "the source %[2]s", text.ZH, text.EN)
	}
	if source = cmp.Or(source, r.Source); source != r.source {
		r.source = source
	}
	for w := range r.demands {
		c := Cell{ID: id, At: at, Source: r.source}
		for night, to := range []*float64{&c.Day, &c.Night} {
			text := weight(w, night)
			if text == "" {
				continue // grids leave cells without anybody empty
			}
			var err error
			if *to, err = number(n, [2]string{"day", "night"}[night], text, 0, maxWeight); err != nil {
				return err
			}
		}
		r.demands[w].Cells = append(r.demands[w].Cells, c)
	}
	return nil
}

func rowFault(n int, zh, en string, args ...any) error {
	return &fault.Error{Kind: fault.Invalid, Text: lang.Text{
		ZH: fmt.Sprintf("第 %d 行：", n) + fmt.Sprintf(zh, args...),
		EN: fmt.Sprintf("row %d: ", n) + fmt.Sprintf(en, args...),
	}}
}
