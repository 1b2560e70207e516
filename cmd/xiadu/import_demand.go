package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/xiadu/xiadu/internal/app"
	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo"
	"github.com/xiadu/xiadu/internal/system/station/demand"
)

// weighing has the flags that say what the weights of a demand file are.
type weighing struct {
	Kind   string   `placeholder:"kind" help:"${demand_kind}"`
	Day    string   `placeholder:"column" xor:"weights" help:"${demand_day}"`
	Night  string   `placeholder:"column" help:"${demand_night}"`
	Weight []string `placeholder:"kind=day/night" xor:"weights" help:"${demand_weight}"`
}

// weights are the kinds of demand of the file.
func (w weighing) weights() ([]demand.Weighting, error) {
	if len(w.Weight) == 0 {
		return []demand.Weighting{{Kind: w.Kind, Day: w.Day, Night: w.Night}}, nil
	}
	var out []demand.Weighting
	for _, text := range w.Weight {
		one, err := demand.ParseWeighting(text)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

type importDemand struct {
	File string `arg:"" optional:"" help:"${demand_file}"`
	weighing
	Label  []string `placeholder:"kind=text" sep:"none" help:"${demand_label}"`
	Datum  string   `default:"WGS84" placeholder:"datum" help:"${areas_datum}"`
	Source string   `placeholder:"text" help:"${demand_source}"`
	List   bool     `help:"${demand_list}"`
	Remove string   `placeholder:"kind" help:"${demand_remove}"`
}

// Run replaces the kinds of demand that the file has, lists those there are, or
// removes one.
func (i importDemand) Run(ctx context.Context, t terminal, cfg app.Config) error {
	switch {
	case i.List && i.File == "":
		return i.list(ctx, t, cfg)
	case i.Remove != "" && i.File == "":
		if err := app.RemoveDemand(ctx, cfg, i.Remove); err != nil {
			return err
		}
		_, err := fmt.Fprintln(t.out, t.lang.F("移除了需求 %s。", "Removed the demand %s.", i.Remove))
		return err
	case i.File == "" || i.List || i.Remove != "":
		return fault.New(fault.Invalid, "请给出一个需求文件，或用 --list 看有哪些，或用 --remove 移除一种", "name a file of demand, or --list what there is, or --remove a kind")
	}
	how, err := i.reading()
	if err != nil {
		return err
	}
	how.Warn = t.warn
	f, err := disk.OpenInput(i.File)
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // it was only read
	demands, err := app.ImportDemands(ctx, cfg, f, how)
	if err != nil {
		return err
	}
	for _, d := range demands {
		said := t.lang.F("需求网格：%d 个。", "Demand cells: %d.", len(d.Cells))
		if d.Kind != demand.People || len(demands) > 1 {
			said = t.lang.F("%[1]s（%[2]s）：%[3]s", "%[1]s (%[2]s): %[3]s", d.Name().In(t.lang), d.Kind, said)
		}
		fmt.Fprintln(t.out, said)
	}
	return nil
}

// reading is how the file is to be read.
func (i importDemand) reading() (how demand.Reading, err error) {
	if how.Weights, err = i.weights(); err != nil {
		return how, err
	}
	if how.Datum, err = geo.ParseDatum(i.Datum); err != nil {
		return how, err
	}
	if how.Source = i.Source; how.Source == "" {
		how.Source = filepath.Base(i.File)
	}
	for _, label := range i.Label {
		kind, text, named := strings.Cut(label, "=")
		if !named && len(how.Weights) == 1 {
			kind, text = how.Weights[0].Kind, label
		}
		found := false
		for w := range how.Weights {
			if how.Weights[w].Kind == kind || kind == demand.People && how.Weights[w].Kind == "" {
				how.Weights[w].Label, found = strings.TrimSpace(text), true
			}
		}
		if !found {
			return how, fault.New(fault.Invalid, "--label “%s”对不上任何一种需求：请写 种类=名称，如 couriers=骑手订单", "--label “%s” fits no kind of demand: write kind=name, as couriers=orders of couriers", label)
		}
	}
	return how, nil
}

// list says which kinds of demand there are.
func (i importDemand) list(ctx context.Context, t terminal, cfg app.Config) error {
	demands, err := app.Demands(ctx, cfg)
	if err != nil {
		return err
	}
	if len(demands) == 0 {
		_, err := fmt.Fprintln(t.out, t.lang.T("还没有导入需求。", "No demand was imported yet."))
		return err
	}
	rows := tabwriter.NewWriter(t.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(rows, t.lang.T("种类\t名称\t网格\t白天\t夜间\t来源", "kind\tname\tcells\tby day\tby night\tsource"))
	for _, d := range demands {
		day, night := d.Totals()
		fmt.Fprintf(rows, "%s\t%s\t%d\t%s\t%s\t%s\n", d.Kind, d.Name().In(t.lang), len(d.Cells), day, night, d.Source)
	}
	return rows.Flush()
}
