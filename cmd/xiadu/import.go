package main

import (
	"context"
	"fmt"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/gb"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/geo/atlas"
	"github.com/xiadu/xiadu/internal/lang"
	"github.com/xiadu/xiadu/internal/system/station"
)

type importCommand struct {
	Streets  importStreets  `cmd:"" help:"${import_streets}"`
	Stations importStations `cmd:"" help:"${import_stations}"`
	Places   importPlaces   `cmd:"" help:"${import_places}"`
	Demand   importDemand   `cmd:"" help:"${import_demand}"`
	Areas    importAreas    `cmd:"" help:"${import_areas}"`
}

type importStreets struct {
	File  string `arg:"" help:"${osm_file}"`
	Title string `placeholder:"name" help:"${title}"`
}

// Run imports the streets and reports what was found.
func (i importStreets) Run(ctx context.Context, t terminal, cfg app.Config) error {
	bar := t.progress()
	report, err := app.ImportStreets(ctx, cfg, i.File, i.Title, bar.step)
	bar.finish()
	if err != nil {
		return err
	}
	return t.reportStreets(report)
}

func (t terminal) reportStreets(r atlas.Report) error {
	_, length := r.Walk.LargestShare()
	fmt.Fprintln(t.out, t.lang.F(
		"%[1]s：步行路网 %.0[2]f 公里，%[3]d 个路口，最大的一片占 %[4]s%%（共 %[5]d 片）；地名 %[6]d 个。",
		"%[1]s: %.0[2]f km to walk on, %[3]d junctions, %[4]s%% of it in the largest of %[5]d pieces; %[6]d places.",
		r.Source.File, r.Walk.LengthM/1000, r.Walk.Nodes, lang.Percent(length, 1), r.Walk.Pieces, r.Places))
	fmt.Fprintln(t.out, t.lang.F(
		"按建筑和店铺估算（示例系数，没有导入需求时才用）：夜里约 %.0[1]f 人，白天约 %.0[2]f 人，%[3]d 个网格；完整的行政区划 %[4]d 个。",
		"Estimated from buildings and shops (assumed coefficients, used only while no demand is imported): about %.0[1]f people by night and %.0[2]f by day, in %[3]d cells; %[4]d whole administrative divisions.",
		r.PeopleNight, r.PeopleDay, r.Cells, r.Boundaries))
	for _, w := range r.Warnings {
		fmt.Fprintln(t.err, w.Text().In(t.lang))
	}
	if n := r.Walk.ThinnedSquares; n > 0 {
		fmt.Fprintln(t.err, t.lang.F("入口超过 24 个的广场 %d 个，只在其中均匀取出的 24 个入口之间直穿",
			"%d squares have more than 24 entrances; only 24 of them, taken evenly, are joined straight across", n))
	}
	return nil
}

// bringing has the flags of both ways to bring stations in.
type bringing struct {
	DryRun   bool   `help:"${dry_run}"`
	Replace  bool   `help:"${replace}"`
	Division string `placeholder:"code" help:"${division}"`
	Source   string `placeholder:"text" help:"${source}"`
}

func (b bringing) into() station.Importing {
	return station.Importing{DryRun: b.DryRun, Replace: b.Replace}
}

func (b bringing) division() (gb.Division, error) {
	if b.Division == "" {
		return gb.Division{}, nil
	}
	return gb.Resolve(b.Division, gb.Division{})
}

type importStations struct {
	File string `arg:"" help:"${stations_file}"`
	bringing
	Datum string `default:"WGS84" placeholder:"datum" help:"${datum}"`
}

// Run imports stations from a sheet or GeoJSON.
func (i importStations) Run(ctx context.Context, t terminal, cfg app.Config) error {
	home, err := i.division()
	if err != nil {
		return err
	}
	datum, err := geo.ParseDatum(i.Datum)
	if err != nil {
		return err
	}
	f, err := disk.OpenInput(i.File)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	b, out, err := app.ImportStations(ctx, cfg, f, station.Reading{Home: home, Datum: datum, Source: i.Source}, i.into())
	return t.reportStations(b, out, err, i.DryRun)
}

type importPlaces struct {
	bringing
	Kinds     []string `placeholder:"kind,…" help:"${kinds}"`
	Candidate bool     `help:"${candidate}"`
}

// Run makes stations of the features of the streets file.
func (i importPlaces) Run(ctx context.Context, t terminal, cfg app.Config) error {
	home, err := i.division()
	if err != nil {
		return err
	}
	how := station.PlaceReading{Kinds: i.Kinds, Division: home, Source: i.Source}
	if i.Candidate {
		how.Status = station.Candidate
	}
	b, out, err := app.ImportPlaces(ctx, cfg, how, i.into())
	return t.reportStations(b, out, err, i.DryRun)
}

// warn tells what is odd in a file.
func (t terminal) warn(text lang.Text) {
	fmt.Fprintln(t.err, t.lang.T("提醒：", "Warning: ")+text.In(t.lang))
}

// shownWarnings is a screenful.
const shownWarnings = 20

// reportStations tells what an import of stations did and what is odd in it.
func (t terminal) reportStations(b station.Batch, out station.Outcome, err error, dry bool) error {
	shown := b.Warnings.List[:min(shownWarnings, len(b.Warnings.List))]
	for _, w := range shown {
		t.warn(lang.Text{ZH: w.In(lang.ZH), EN: w.In(lang.EN)})
	}
	if more := b.Warnings.Total - len(shown); more > 0 {
		fmt.Fprintln(t.err, t.lang.F("……另有 %d 条提醒", "… and %d more warnings", more))
	}
	if err != nil {
		return err
	}
	did := t.lang.T("站点：", "Stations: ")
	if dry {
		did = t.lang.T("试运行，没有改动。导入会使站点：", "Dry run, nothing was changed. The import would leave stations: ")
	}
	_, err = fmt.Fprintln(t.out, did+out.In(t.lang))
	return err
}
