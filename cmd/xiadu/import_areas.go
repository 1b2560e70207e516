package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/area"
)

type importAreas struct {
	File     string   `arg:"" optional:"" help:"${areas_file}"`
	Kind     string   `enum:"key,division,zone" default:"key" help:"${areas_kind}"`
	Division string   `placeholder:"code" help:"${areas_division}"`
	Datum    string   `default:"WGS84" placeholder:"datum" help:"${areas_datum}"`
	Source   string   `placeholder:"text" help:"${areas_source}"`
	DryRun   bool     `help:"${dry_run}"`
	Replace  bool     `help:"${areas_replace}"`
	Remove   []string `placeholder:"code,…" help:"${areas_remove}"`
}

// Run imports areas, or removes some.
func (i importAreas) Run(ctx context.Context, t terminal, cfg app.Config) error {
	switch {
	case len(i.Remove) > 0 && i.File == "":
		if err := app.RemoveAreas(ctx, cfg, i.Remove); err != nil {
			return err
		}
		_, err := fmt.Fprintln(t.out, t.lang.F("移除了 %s。", "Removed %s.", strings.Join(i.Remove, ", ")))
		return err
	case i.File == "" || len(i.Remove) > 0:
		return fault.New(fault.Invalid, "请给出一个区域文件，或用 --remove 写要移除的编号", "name a file of areas, or the codes to remove with --remove")
	}
	home, err := bringing{Division: i.Division}.division()
	if err != nil {
		return err
	}
	datum, err := geo.ParseDatum(i.Datum)
	if err != nil {
		return err
	}
	kind, _ := area.ParseKind(i.Kind)
	f, err := disk.OpenInput(i.File)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	out, err := app.ImportAreas(ctx, cfg, f, area.Reading{Home: home, Kind: kind, Datum: datum, Source: i.Source, Warn: t.warn}, station.Importing{DryRun: i.DryRun, Replace: i.Replace})
	if err != nil {
		return err
	}
	did := t.lang.T("区域：", "Areas: ")
	if i.DryRun {
		did = t.lang.T("试运行，没有改动。导入会使区域：", "Dry run, nothing was changed. The import would leave areas: ")
	}
	_, err = fmt.Fprintln(t.out, did+out.In(t.lang))
	return err
}
