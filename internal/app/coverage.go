package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/stationhttp/report"
)

// Survey says what to compute coverage of. What is left empty is the city's
// own, as it was imported.
type Survey struct {
	OSM      string             // an extract
	Streets  string             // or a file of streets, as the pages hand it out: then nothing is the city's own
	Stations string             // a file of stations
	Places   []string           // or the kinds of place of the streets that stand in for stations
	Demand   string             // a file of demand cells
	Weights  []demand.Weighting // of Demand: which kinds, and where; none: people
	Kinds    []KindFile         // more files, each of one kind
	Areas    string             // a file of areas; ImportedAreas: those that were imported
	Question coverage.Question
	Warn     func(lang.Text) // told what is odd in the files, if not nil
}

// KindFile is a file of one kind of demand, with columns day and night, as the
// pages hand it out.
type KindFile struct{ Kind, File string }

// ImportedAreas in the place of a file of areas are those of the database.
const ImportedAreas = "imported"

// flags are the flags of xiadu coverage that name the survey's inputs.
func (s Survey) flags(home string) string {
	flags := []string{}
	add := func(name, value string) {
		if value != "" {
			if strings.ContainsAny(value, " '\"$") {
				value = "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
			}
			flags = append(flags, "--"+name+" "+value)
		}
	}
	switch something := s.Streets == "" && (s.OSM == "" || !s.ownDemand() || s.Stations == "" && len(s.Places) == 0); {
	case something && filepath.IsAbs(home): // the public need not know where
		flags = append(flags, `--home "$XIADU_HOME"`)
	case something:
		add("home", home)
	}
	add("osm", s.OSM)
	add("streets", s.Streets)
	add("stations", s.Stations)
	add("places", strings.Join(s.Places, ","))
	add("demand", s.Demand)
	for _, k := range s.Kinds {
		add("demand", k.Kind+"="+k.File)
	}
	for _, w := range s.Weights {
		if w.Day != "" {
			add("weight", strings.TrimSuffix(cmp.Or(w.Kind, demand.People)+"="+w.Day+"/"+w.Night, "/"))
		}
	}
	return strings.Join(flags, " ")
}

// Coverage computes coverage without any server and gives the answer to use,
// together with the city that it is about. It changes nothing.
func Coverage(ctx context.Context, c Config, s Survey, progress atlas.Progress, use func(*city.City, *coverage.Coverage) error) error {
	return c.survey(ctx, s, progress, func(_ *atlas.Atlas, city *city.City) error {
		answer, err := city.Survey.Cover(ctx, s.Question)
		if err != nil {
			return err
		}
		return use(city, answer)
	})
}

// survey gives the city of s to use, and leaves nothing behind.
func (c Config) survey(ctx context.Context, s Survey, progress atlas.Progress, use func(*atlas.Atlas, *city.City) error) error {
	if s.Streets != "" {
		return c.surveyOn(ctx, s, s.Streets, use)
	}
	if s.OSM != "" {
		scratch, err := os.MkdirTemp("", "xiadu-coverage-*")
		if err != nil {
			return fmt.Errorf("making room for the streets of %s: %w", s.OSM, err)
		}
		defer os.RemoveAll(scratch) //nolint:errcheck // in the system's folder for such things
		streets := c
		streets.Home = filepath.Clean(scratch)
		if _, err := ImportStreets(ctx, streets, s.OSM, "", progress); err != nil {
			return err
		}
		return c.surveyOn(ctx, s, streets.streets(), use)
	}
	if err := c.finishRestore(ctx); err != nil {
		return err
	}
	return c.surveyOn(ctx, s, c.streets(), use)
}

func (c Config) surveyOn(ctx context.Context, s Survey, streets string, use func(*atlas.Atlas, *city.City) error) (err error) {
	a, err := atlas.Open(streets)
	if fault.KindOf(err) == fault.NotFound && s.Streets == "" { // a file that was named is missed by its name
		return noStreets(err)
	}
	if err != nil {
		return err
	}
	stations, demands, err := c.surveyed(ctx, s, a)
	if err != nil {
		return err
	}
	survey := city.Surveyed(a, stations, demands)
	if len(survey.Demands) == 0 {
		return fault.New(fault.NotFound, "没有需求数据，地图上也没有建筑和住人的街道可以估算，算不出覆盖：请用 --demand 给出需求文件，或先导入：xiadu import demand 需求.csv",
			"there is no demand to cover, and neither buildings nor streets of houses to estimate it from: name a file with --demand, or import one first: xiadu import demand demand.csv")
	}
	city := city.NewCity(survey, a, fmt.Sprintf("%.8s", a.Info.Hash))
	city.Inputs = s.flags(c.Home)
	areas, err := c.surveyedAreas(ctx, s, a)
	if err != nil {
		return err
	}
	city.Areas = survey.Zoning(areas)
	return use(a, city)
}

// surveyed gathers stations and demand from files, and from the database what
// no file has.
func (c Config) surveyed(ctx context.Context, s Survey, a *atlas.Atlas) (stations []station.Station, demands []demand.Demand, err error) {
	if (s.Stations == "" && len(s.Places) == 0 || !s.ownDemand()) && s.Streets == "" && c.hasDatabase() {
		err := c.withDatabase(ctx, func(d *db.DB) error {
			snap, err := city.Load(ctx, d)
			stations, demands = snap.Stations, snap.Demands
			return err
		})
		if err != nil {
			return nil, nil, err
		}
	}
	switch {
	case s.Stations != "":
		stations, err = s.readStations(ctx)
	case len(s.Places) > 0:
		var b station.Batch
		b, err = station.FromPlaces(placesOf(a), station.PlaceReading{Kinds: s.Places, Division: anyDivision()})
		stations, err = b.Stations, errors.Join(err, b.Err())
	}
	if err != nil || !s.ownDemand() {
		return stations, demands, err
	}
	demands, err = s.readDemands(ctx)
	return stations, demands, err
}

// ownDemand reports whether the survey names its demand.
func (s Survey) ownDemand() bool { return s.Demand != "" || len(s.Kinds) > 0 }

// readDemands reads the files of demand. The source is what an import would keep:
// the public need not know where a file lay.
func (s Survey) readDemands(ctx context.Context) (demands []demand.Demand, err error) {
	read := func(name string, weights []demand.Weighting) error {
		f, err := disk.OpenInput(name)
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // it was only read
		more, err := demand.Read(ctx, f, demand.Reading{Weights: weights, Source: filepath.Base(name), Warn: s.Warn})
		demands = append(demands, more...)
		return err
	}
	if s.Demand != "" {
		if err := read(s.Demand, s.Weights); err != nil {
			return nil, err
		}
	}
	for _, k := range s.Kinds {
		if err := read(k.File, []demand.Weighting{{Kind: k.Kind, Day: "day", Night: "night"}}); err != nil {
			return nil, err
		}
	}
	return demands, nil
}

// surveyedAreas gathers the areas that the survey asks about.
func (c Config) surveyedAreas(ctx context.Context, s Survey, a *atlas.Atlas) (areas []area.Area, err error) {
	switch {
	case s.Areas == "":
		return nil, nil
	case s.Areas == ImportedAreas && !c.hasDatabase():
		return nil, fault.New(fault.NotFound, "还没有导入区域：请先运行 xiadu import areas 区域.geojson", "no areas were imported yet: run xiadu import areas areas.geojson first")
	case s.Areas == ImportedAreas:
		err = c.withDatabase(ctx, func(d *db.DB) error {
			areas, err = area.New(d).All(ctx)
			return err
		})
		return areas, err
	}
	f, err := disk.OpenInput(s.Areas)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return area.Read(ctx, f, area.Reading{Home: anyDivision(), Within: a.Walk.Box(), Warn: s.Warn})
}

// mostWarned is how many oddities of a file of stations are worth telling to
// somebody who only wants a figure.
const mostWarned = 20

func (s Survey) readStations(ctx context.Context) ([]station.Station, error) {
	f, err := disk.OpenInput(s.Stations)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	b, err := station.Read(ctx, f, station.Reading{Home: anyDivision()})
	for _, w := range b.Warnings.List[:min(len(b.Warnings.List), mostWarned)] {
		if s.Warn != nil {
			s.Warn(lang.Text{ZH: w.In(lang.ZH), EN: w.In(lang.EN)})
		}
	}
	return b.Stations, errors.Join(err, b.Err())
}

// anyDivision fills in for rows without one: coverage does not ask where a
// station is registered, and the city need not be in China.
func anyDivision() gb.Division { return gb.Provinces()[0] }

// WriteReport writes a file that is made to be passed on; it appears whole or
// not at all.
func WriteReport(file string, write func(io.Writer) error) error {
	return disk.Replace(file, disk.ForAnybody, write)
}

// WriteHTML writes a coverage as a document that stands alone.
func WriteHTML(ctx context.Context, file string, l lang.Lang, c *city.City, answer *coverage.Coverage, at time.Time) error {
	return WriteReport(file, func(w io.Writer) error { return report.WriteReport(ctx, w, l, c, answer, at) })
}
