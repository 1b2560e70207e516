package atlas

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/flat"
	"github.com/xiadu/xiadu/internal/geo/osm"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/geo/tile"
)

// Options of an import. The zero Options will do.
type Options struct {
	Title             string           // the city's name
	WalkKmh, EbikeKmh float64          // the profiles' usual speeds if not positive
	Now               func() time.Time // to time the steps by; nil leaves them untimed
}

// Progress is told how far a step of an import has come. Only Reading counts
// anything finer than 0 of 1 and 1 of 1.
type Progress func(step Step, done, total int64)

// importer carries one import from step to step.
type importer struct {
	ctx      context.Context
	opts     Options
	progress Progress
	report   Report
}

// Import makes the atlas dst of the extract src. Whatever goes wrong, also a
// full disk or a cancelled ctx, leaves a dst that was there before as it was
// and nothing else behind.
func Import(ctx context.Context, src, dst string, opts Options, progress Progress) (Report, error) {
	if progress == nil {
		progress = func(Step, int64, int64) {}
	}
	if same(src, dst) {
		return Report{}, fault.New(fault.Invalid, "来源和目标是同一个文件 %s：请换一个目标文件名",
			"source and destination are the same file %s: choose another destination", src)
	}
	w, err := flat.Create(dst, version) // first, so that a folder that cannot be written fails at once
	if err != nil {
		return Report{}, err
	}
	defer w.Abort()
	im := &importer{ctx: ctx, opts: opts, progress: progress}
	if err := im.run(src, w); err != nil {
		return Report{}, err
	}
	err = im.step(Writing, w.Commit)
	if err != nil {
		return Report{}, err
	}
	if info, err := os.Stat(dst); err == nil {
		im.report.Bytes = info.Size()
	}
	return im.report, nil
}

func same(a, b string) bool {
	one, err := os.Stat(a)
	two, err2 := os.Stat(b)
	return err == nil && err2 == nil && os.SameFile(one, two)
}

// run reads src and puts every section into w.
func (im *importer) run(src string, w *flat.Writer) error {
	var x *osm.Extract
	err := im.step(Reading, func() (err error) {
		x, err = osm.Read(im.ctx, src, func(done, total int64) { im.progress(Reading, done, total) })
		return err
	})
	if err != nil {
		return err
	}
	im.report.Source, im.report.Box, im.report.Warnings = x.Source, x.Box, x.Warnings
	walk, ebike := road.Walking(im.opts.WalkKmh), road.Ebike(im.opts.EbikeKmh)
	if im.report.Walk, err = im.network(Walking, x, walk, w); err != nil {
		return err
	}
	if im.report.Walk.Nodes == 0 {
		return fault.New(fault.Invalid, "%s 里没有可步行的道路：请换一个包含 highway 道路的 OpenStreetMap 数据文件",
			"there are no streets to walk in %s: choose an OpenStreetMap extract with highway ways", x.Source.File)
	}
	if im.report.Ebike, err = im.network(Riding, x, ebike, w); err != nil {
		return err
	}
	if err := im.step(Drawing, func() error {
		base := tile.Build(x)
		im.report.MapFeatures = base.Len()
		base.Save(w)
		return nil
	}); err != nil {
		return err
	}
	return im.step(Placing, func() error {
		places := placesOf(x)
		im.report.Places = places.Len()
		places.save(w)
		return im.describe(x, w, walk.SpeedKmh, ebike.SpeedKmh)
	})
}

// network builds the graph of one profile and saves it.
func (im *importer) network(step Step, x *osm.Extract, p road.Profile, w *flat.Writer) (n Network, err error) {
	err = im.step(step, func() error {
		g, err := road.FromExtract(im.ctx, x, p)
		if err != nil {
			return err
		}
		g.Save(w, p.Name+".")
		n = networkOf(g)
		return nil
	})
	return n, err
}

func (im *importer) describe(x *osm.Extract, w *flat.Writer, walkKmh, ebikeKmh float64) error {
	info := Info{
		Source: x.Source.File, Title: im.opts.Title, Attribution: osmAttribution, Schematic: x.Source.Schematic,
		Date: x.Source.Date, Box: x.Box, WalkKmh: walkKmh, EbikeKmh: ebikeKmh,
	}
	if info.Schematic {
		info.Attribution = "" // nobody surveyed it
	}
	about, err := json.Marshal(info)
	if err != nil {
		return err
	}
	flat.Put(w, "info", about)
	return nil
}

// step runs one step unless the import is cancelled, and times it.
func (im *importer) step(s Step, do func() error) error {
	if err := im.ctx.Err(); err != nil {
		return err
	}
	now := im.opts.Now
	if now == nil {
		now = func() time.Time { return time.Time{} }
	}
	started := now()
	im.progress(s, 0, 1)
	if err := do(); err != nil {
		return err
	}
	im.progress(s, 1, 1)
	im.report.Steps = append(im.report.Steps, Timing{Step: s, Took: now().Sub(started)})
	return nil
}
