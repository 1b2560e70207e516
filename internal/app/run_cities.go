package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/app/crew"
	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/run"
)

// citySource is where a city of a run comes from: a data folder, or files.
type citySource struct {
	name     string
	division gb.Division // of the whole city; none: as its stations say
	home     string      // a data folder; empty: the files
	streets  string      // an extract, or a street file
	stations string
	demand   string
	night    string // the column of people by night
}

// citySources reads the arguments of a run: folders, and lists of cities.
func citySources(ctx context.Context, args []string) ([]citySource, error) {
	var out []citySource
	for _, arg := range args {
		info, err := os.Stat(arg)
		switch {
		case err != nil:
			return nil, fault.New(fault.NotFound, "找不到 %s：请写城市的数据目录，或列出各城市的 CSV 文件", "there is no %s: name the data folder of a city, or a CSV file that lists cities", arg).Because(err)
		case info.IsDir():
			out = append(out, citySource{name: filepath.ToSlash(filepath.Clean(arg)), home: arg})
		default:
			listed, err := readCityList(ctx, arg)
			if err != nil {
				return nil, err
			}
			out = append(out, listed...)
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Invalid, "没有城市", "there are no cities")
	}
	named := map[string]bool{}
	for _, s := range out {
		if named[s.name] {
			return nil, fault.New(fault.Invalid, "城市“%s”写了两次：同一座城市只能算一次", "the city %q is named twice: a city counts once", s.name)
		}
		named[s.name] = true
	}
	return out, nil
}

// mostListed bounds a list of cities: China has fewer than 3,000 counties.
const mostListed = 10_000

// readCityList reads a list of cities: CSV with the columns name, division and
// either home or streets, stations and demand. Files are named from the list's
// own folder.
func readCityList(ctx context.Context, file string) ([]citySource, error) {
	f, err := disk.OpenInput(file)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	table, err := sheet.Open(f)
	if err != nil {
		return nil, err
	}
	var at []int
	var out []citySource
	err = table.EachRow(ctx, func(r *sheet.Row) error {
		if at == nil {
			if at, _ = cityHeadings.Find(r.Texts()); at[cityDivision] < 0 {
				return fault.New(fault.Invalid, "%s 缺少列 division：城市清单的列是 name、division，以及 home，或 streets、stations、demand（夜间人口另有列的再加 night）",
					"%s has no column division: a list of cities has name, division and either home or streets, stations and demand (and night, if people by night have a column)", file)
			}
			return nil
		}
		s, err := listedCity(filepath.Dir(file), func(column int) string { return strings.TrimSpace(r.Text(at[column])) })
		if err != nil {
			return notAList(file, r.Number, err)
		}
		if out = append(out, s); len(out) > mostListed {
			return fault.New(fault.Invalid, "%[1]s 里的城市超过 %[2]d 座", "%[1]s lists more than %[2]d cities", file, mostListed)
		}
		return nil
	})
	if err == nil && at == nil {
		err = notAList(file, 1, fault.New(fault.Invalid, "清单是空的，这里应是标题，如 name,division,home", "the list is empty; its headings should stand here, as name,division,home"))
	}
	return out, err
}

// The columns of a list of cities.
const (
	cityName = iota
	cityDivision
	cityHome
	cityStreets
	cityStations
	cityDemand
	cityNight
)

var cityHeadings = sheet.NewHeadings([]string{"name"}, []string{"division"}, []string{"home"}, []string{"streets"}, []string{"stations"}, []string{"demand"}, []string{"night"})

func notAList(file string, row int, cause error) error {
	zh, ok := fault.In(lang.ZH, cause)
	en, _ := fault.In(lang.EN, cause)
	if !ok {
		zh, en = cause.Error(), cause.Error()
	}
	return fault.New(fault.Invalid, "%[1]s 第 %[2]d 行：%[3]s", "%[1]s, row %[2]d: %[4]s", file, row, zh, en).Because(cause)
}

func listedCity(folder string, get func(int) string) (s citySource, err error) {
	if s.division, err = gb.Resolve(get(cityDivision), gb.Division{}); err != nil {
		return s, err
	}
	s.name = cmp.Or(get(cityName), s.division.String())
	for column, to := range map[int]*string{cityHome: &s.home, cityStreets: &s.streets, cityStations: &s.stations, cityDemand: &s.demand} {
		if *to = get(column); *to != "" && !filepath.IsAbs(*to) {
			*to = filepath.Join(folder, *to)
		}
	}
	s.night = get(cityNight)
	if (s.home == "") == (s.streets == "" || s.stations == "" || s.demand == "") {
		return s, fault.New(fault.Invalid, "城市“%s”要么写 home（数据目录），要么 streets、stations、demand 三个文件都写", "of the city %q name either home (its data folder), or all of streets, stations and demand", s.name)
	}
	return s, nil
}

// freeze puts what a run needs of the city on the shelf.
func (s citySource) freeze(ctx context.Context, c Config, files crew.Shelf, how Running) (m run.Member, err error) {
	fail := func(err error) (run.Member, error) {
		if zh, ok := fault.In(lang.ZH, err); ok {
			en, _ := fault.In(lang.EN, err)
			return m, fault.New(fault.KindOf(err), "城市“%[1]s”：%[2]s", "the city %[1]q: %[3]s", s.name, zh, en).Because(err)
		}
		return m, fmt.Errorf("the city %q: %w", s.name, err)
	}
	streets, done, err := s.openStreets(ctx, c)
	if err != nil {
		return fail(err)
	}
	defer func() { err = errors.Join(err, done()) }()
	snap, err := s.snapshot(ctx, how.Question.Demand)
	if err != nil {
		return fail(err)
	}
	if m, err = s.member(streets, snap); err != nil {
		return fail(err)
	}
	d, err := demandOf(snap, how.Question.Demand)
	if err != nil {
		return fail(err)
	}
	inputs, err := run.Freeze(m.Division, snap.Stations, d.Cells, divisionsBy(snap.Areas))
	if err != nil {
		return fail(err)
	}
	if m.Inputs, err = files.Put(inputs.Write); err != nil {
		return fail(err)
	}
	if m.Streets, err = files.Link(streets.path); err != nil {
		return fail(err)
	}
	m.Grid = run.Square(streets.Info.Box.Center().Point().Lat, how.TileKm*1000)
	m.Tiles = run.Cut(inputs, m.Grid)
	m.DemandSource, m.Estimated = d.Source, d.Estimated
	m.Stations, m.Cells = len(inputs.Stations), len(inputs.Cells)
	return m, nil
}

// streetFile is an open atlas and the file that it is.
type streetFile struct {
	*atlas.Atlas
	path string
}

// openStreets opens the city's streets, importing them first if they are an
// extract. Call done when nothing needs them any more.
func (s citySource) openStreets(ctx context.Context, c Config) (f streetFile, done func() error, err error) {
	f.path, done = s.streets, func() error { return nil }
	switch {
	case s.home != "":
		home := Config{Home: s.home}
		if err := home.finishRestore(ctx); err != nil {
			return f, done, err
		}
		f.path = home.streets()
	case filepath.Ext(s.streets) != ".streets":
		scratch, err := os.MkdirTemp(filepath.Clean(c.runsFolder()), ".streets-*")
		if err != nil {
			return f, done, disk.Explained(c.runsFolder(), err)
		}
		made := Config{Home: scratch, WalkKmh: c.WalkKmh, EbikeKmh: c.EbikeKmh}
		done = func() error { return os.RemoveAll(scratch) }
		f.path = made.streets()
		if _, err := ImportStreets(ctx, made, s.streets, s.name, nil); err != nil {
			return f, done, errors.Join(err, done())
		}
	}
	if f.Atlas, err = atlas.Open(f.path); err != nil {
		return f, done, errors.Join(err, done())
	}
	return f, done, nil
}

// snapshot reads stations and demand.
func (s citySource) snapshot(ctx context.Context, kind string) (snap city.Snapshot, err error) {
	if s.home != "" {
		home := Config{Home: s.home}
		if !home.hasDatabase() {
			return snap, fault.New(fault.NotFound, "数据目录 %s 里还没有站点：先导入（xiadu --home %[1]s import stations …）", "the data folder %s has no stations yet: import some first (xiadu --home %[1]s import stations …)", s.home)
		}
		err = home.withDatabase(ctx, func(d *db.DB) error {
			snap, err = city.Load(ctx, d)
			return err
		})
		return snap, err
	}
	f, err := disk.OpenInput(s.stations)
	if err != nil {
		return snap, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	b, err := station.Read(ctx, f, station.Reading{Home: s.division})
	if err := errors.Join(err, b.Err()); err != nil {
		return snap, err
	}
	snap.Stations = b.Stations
	people, err := disk.OpenInput(s.demand)
	if err != nil {
		return snap, err
	}
	defer people.Close() //nolint:errcheck // it was only read
	cells, err := demand.ReadCells(ctx, people, demand.Columns{Night: s.night, Source: filepath.Base(s.demand)})
	snap.Demands = []demand.Demand{{Kind: cmp.Or(kind, demand.People), Source: filepath.Base(s.demand), Cells: cells}}
	return snap, err
}

// member says what the city is.
func (s citySource) member(streets streetFile, snap city.Snapshot) (run.Member, error) {
	m := run.Member{
		Name: s.name, Title: cmp.Or(streets.Info.Title, filepath.Base(s.name)), Division: s.division,
		StreetsSource: streets.Info.Source, StreetsDate: streets.Info.Date, Schematic: streets.Info.Schematic,
	}
	if !m.Division.Valid() {
		m.Division = around(snap.Stations)
	}
	if !m.Division.Valid() {
		return m, fault.New(fault.Invalid, "看不出它是哪座城市：站点不在同一个省。请写一份城市清单（CSV：name,division,home），注明区划",
			"it is not clear which city it is: its stations are in no one province. Write a list of cities (CSV: name,division,home) that names its division")
	}
	return m, nil
}

// around returns the smallest division that all stations lie in.
func around(stations []station.Station) (d gb.Division) {
	for i, s := range stations {
		at := s.Division.Current()
		if i == 0 {
			d = at
		}
		for !at.Within(d) {
			d = d.Parent()
		}
	}
	return d
}

func demandOf(snap city.Snapshot, kind string) (demand.Demand, error) {
	kind = cmp.Or(kind, demand.People)
	i := slices.IndexFunc(snap.Demands, func(d demand.Demand) bool { return d.Kind == kind })
	if i < 0 {
		return demand.Demand{}, fault.New(fault.NotFound, "没有“%s”这种需求：先导入（xiadu import demand 需求.csv）", "it has no demand of the kind %q: import some first (xiadu import demand demand.csv)", kind)
	}
	return snap.Demands[i], nil
}
