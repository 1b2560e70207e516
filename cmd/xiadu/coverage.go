package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/calendar"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/sheet"
	"github.com/xiadu/xiadu/internal/system/station/city"
	"github.com/xiadu/xiadu/internal/system/station/coverage"
	"github.com/xiadu/xiadu/internal/system/station/demand"
	"github.com/xiadu/xiadu/internal/system/station/figures"
	"github.com/xiadu/xiadu/internal/system/station/network"
)

type coverageCommand struct {
	OSM      string   `name:"osm" placeholder:"file" xor:"streets" help:"${cover_osm}"`
	Streets  string   `placeholder:"file" xor:"streets" help:"${cover_streets}"`
	Stations string   `placeholder:"file" xor:"stations" help:"${cover_stations}"`
	Places   []string `placeholder:"kind,…" xor:"stations" help:"${cover_places}"`
	Demand   []string `placeholder:"file" sep:"none" help:"${cover_demand}"`
	weighing
	Mode    string `enum:"walk,ebike" default:"walk" help:"${cover_mode}"`
	Minutes int    `default:"15" placeholder:"minutes" help:"${cover_minutes}"`
	At      string `placeholder:"time" help:"${cover_at}"`
	AnyHour bool   `help:"${cover_any_hour}"`
	Clock   bool   `help:"${cover_clock}"`
	OnDay   string `name:"on" placeholder:"date" help:"${cover_on}"`
	Circle  int    `placeholder:"metres" help:"${cover_circle}"`
	Areas   string `placeholder:"file" help:"${cover_areas}"`
	Only    string `placeholder:"clock|circle" enum:",clock,circle" default:"" help:"${cover_only}"`
	JSON    bool   `name:"json" help:"${cover_json}"`
	GeoJSON string `name:"geojson" placeholder:"file" help:"${cover_geojson}"`
	HTML    string `name:"html" placeholder:"file" help:"${cover_html}"`
}

// What --only may name: that part of the figures which is a page's whole JSON.
const (
	onlyClock  = "clock"
	onlyCircle = "circle"
)

// Run computes coverage and prints it.
func (c coverageCommand) Run(ctx context.Context, t terminal, cfg app.Config) error {
	at, err := parseHour(c.At, time.Now())
	if err != nil {
		return err
	}
	if c.Minutes <= 0 {
		return fault.New(fault.Invalid, "%d 分钟以内什么也到不了：请写 1 到 60", "nothing is reached within %d minutes: write 1 to 60", c.Minutes)
	}
	mode, _ := network.ParseMode(c.Mode)
	survey := app.Survey{
		OSM: c.OSM, Streets: c.Streets, Stations: c.Stations, Places: c.Places, Warn: t.warn,
		Question: coverage.Question{Mode: mode, Within: time.Duration(c.Minutes) * time.Minute, At: at, AnyHour: c.AnyHour, Demand: c.Kind},
	}
	if err := c.demands(&survey); err != nil {
		return err
	}
	extras, err := c.extras()
	if err != nil {
		return err
	}
	survey.Areas = c.Areas
	bar := t.progress()
	return app.Coverage(ctx, cfg, survey, bar.step, func(city *city.City, answer *coverage.Coverage) error {
		bar.finish()
		if err := c.files(ctx, t, city, answer, at); err != nil {
			return err
		}
		complete, err := figures.Complete(ctx, city, answer, survey.Question, extras)
		if err != nil {
			return err
		}
		if c.JSON {
			return c.json(t.out, complete)
		}
		return t.table(t.out, complete)
	})
}

// demands puts the files of demand into the survey: one of any columns, and any
// number written kind=file.
func (c coverageCommand) demands(s *app.Survey) (err error) {
	for _, text := range c.Demand {
		kind, file, named := strings.Cut(text, "=")
		switch {
		case named && demand.ValidKind(kind):
			s.Kinds = append(s.Kinds, app.KindFile{Kind: kind, File: file})
		case s.Demand != "":
			return fault.New(fault.Invalid, "--demand 写了两个文件：一个文件里有几种权重用 --weight；几个文件请写 种类=文件", "--demand names two files: several weights of one file are its --weight, several files are written kind=file")
		default:
			s.Demand = text
			if s.Weights, err = c.weights(); err != nil {
				return err
			}
		}
	}
	return nil
}

// extras are what is computed beside the coverage of the hour.
func (c coverageCommand) extras() (x figures.Extras, err error) {
	if c.Only != "" && !c.JSON || c.Only == onlyClock && !c.Clock || c.Only == onlyCircle && c.Circle == 0 {
		return x, fault.New(fault.Invalid, "--only clock 要和 --clock --json 一起写，--only circle 要和 --circle 米数 --json 一起写", "--only clock goes with --clock --json, and --only circle with --circle METRES --json")
	}
	x = figures.Extras{Clock: c.Clock, CircleM: c.Circle, Areas: c.Areas != "", Kind: c.Kind}
	if c.Minutes != 15 {
		x.Minutes = c.Minutes
	}
	if c.OnDay != "" {
		day, err := calendar.ParseDate(c.OnDay)
		if err != nil {
			return x, err
		}
		x.Day = &day
	}
	return x, nil
}

// json writes the figures as the pages do: all of them in one object, or the clock or
// the circles as their own pages have them.
func (c coverageCommand) json(w io.Writer, f figures.CoverageFigures) error {
	switch c.Only {
	case onlyClock:
		return figures.WriteJSON(w, f.Clock)
	case onlyCircle:
		return figures.WriteJSON(w, f.Circle)
	}
	return figures.WriteJSON(w, f)
}

// files writes the coverage to the files that were asked for.
func (c coverageCommand) files(ctx context.Context, t terminal, city *city.City, answer *coverage.Coverage, at time.Time) error {
	if c.GeoJSON != "" {
		question := answer.Question
		question.At = at
		err := app.WriteReport(c.GeoJSON, func(w io.Writer) error {
			return sheet.WriteMap(w, nil, figures.CoverageMarks(city, answer, question))
		})
		if err != nil {
			return err
		}
	}
	if c.HTML != "" {
		return app.WriteHTML(ctx, c.HTML, t.lang, city, answer, at)
	}
	return nil
}

// parseHour reads 22:00, which is today, or 2026-11-23T22:00; empty is now.
func parseHour(text string, now time.Time) (time.Time, error) {
	now = now.In(calendar.China)
	if text == "" {
		return now.Truncate(time.Minute), nil
	}
	if at, err := time.ParseInLocation("2006-01-02T15:04", text, calendar.China); err == nil {
		return at, nil
	}
	if at, err := time.ParseInLocation("15:04", text, calendar.China); err == nil {
		return time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, calendar.China), nil
	}
	return time.Time{}, fault.New(fault.Invalid, "时间“%s”看不懂：请写 22:00 或 2026-11-23T22:00", "the time %q is not understood: write 22:00 or 2026-11-23T22:00", text)
}

func (t terminal) table(w io.Writer, f figures.CoverageFigures) error {
	rows := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	row := func(zh, en, format string, args ...any) {
		fmt.Fprintf(rows, "%s\t"+format+"\n", append([]any{t.lang.T(zh, en)}, args...)...)
	}
	hour := f.At.Format("2006-01-02 15:04")
	if f.AnyHour {
		hour = t.lang.T("不论时间", "any hour")
	}
	if f.Schematic {
		fmt.Fprintln(rows, t.lang.T("示意城市，非测绘成果", "Schematic city, not survey data"))
	}
	row("时间", "at", "%s", hour)
	row("方式", "profile", "%s, %g km/h, %d min", f.Profile, f.SpeedKmh, f.CutoffS/60)
	row("站点", "stations", "%d", f.Stations)
	row("其中开放", "open at the hour", "%d", f.StationsOpen)
	row("需求", "demand", "%.0f", f.DemandTotal)
	if f.DemandEstimated {
		row("需求来源", "demand from", "%s", t.lang.T("没有导入，按地图上的建筑、店铺和街道估算（示例系数，一格可能差几倍）", "none imported: an estimate from the buildings, shops and streets of the map, by assumed coefficients"))
	}
	row("至少 1 个站点", "reach 1 or more", "%.0f\t%s %%", f.Covered1, lang.Percent(f.Covered1, f.DemandTotal))
	row("至少 2 个站点（交叉覆盖）", "reach 2 or more (cross-covered)", "%.0f\t%s %%", f.Covered2, lang.Percent(f.Covered2, f.DemandTotal))
	row("附近没有街道", "far from any street", "%.0f", f.UnreachableDemand)
	for i, gap := range f.Gaps[:min(5, len(f.Gaps))] {
		row(fmt.Sprintf("缺口 %d", i+1), fmt.Sprintf("gap %d", i+1), "%.0f\t%.5f,%.5f %s", gap.Demand, gap.Lon, gap.Lat, gap.Near)
	}
	t.circle(row, f)
	if err := rows.Flush(); err != nil {
		return err
	}
	t.clock(w, f.Clock)
	return t.areas(w, f.Areas)
}
