package atlas

import (
	"context"
	"encoding/json"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/geo/flat"
	"github.com/xiadu/xiadu/internal/geo/osm"
	"github.com/xiadu/xiadu/internal/geo/road"
	"github.com/xiadu/xiadu/internal/geo/tile"
)

// Options of an import. The zero Options will do.
type Options struct {
	Title             string           // the city's name
	WalkKmh, EbikeKmh float64          // the profiles' usual speeds if 0
	Now               func() time.Time // to time the steps by; nil leaves them untimed
}

// The speeds in km/h that people and e-bikes may be said to have. What lies
// outside is a slip of the pen, as minutes per kilometre.
const leastKmh, mostKmh = 1, 60

// check refuses speeds that nobody has.
func (o Options) check() error {
	for _, kmh := range []float64{o.WalkKmh, o.EbikeKmh} {
		if kmh != 0 && !(kmh >= leastKmh && kmh <= mostKmh) { // NaN is neither
			return fault.New(fault.Invalid, "速度 %[1]v 公里/小时不行：请写 %[2]d 到 %[3]d 之间的数，如步行 4.8、电动自行车 15",
				"a speed of %[1]v km/h will not do: write a number from %[2]d to %[3]d, as 4.8 on foot and 15 by e-bike", kmh, leastKmh, mostKmh)
		}
	}
	return nil
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
	telling  sync.Mutex               // guards progress and report.Steps
	turns    [turns + 1]chan struct{} // closed when it is the turn of a part
}

// Import makes the atlas dst of the extract src. Whatever goes wrong, also a
// full disk or a cancelled ctx, leaves a dst that was there before as it was
// and nothing else behind.
func Import(ctx context.Context, src, dst string, opts Options, progress Progress) (Report, error) {
	if progress == nil {
		progress = func(Step, int64, int64) {}
	}
	if err := opts.check(); err != nil {
		return Report{}, err
	}
	if same(src, dst) {
		return Report{}, fault.New(fault.Invalid, "来源和目标是同一个文件 %s：请换一个目标文件名",
			"source and destination are the same file %s: choose another destination", src)
	}
	w, err := flat.Create(dst, Version) // first, so that a folder that cannot be written fails at once
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
		x, err = osm.Read(im.ctx, src, func(done, total int64) { im.tell(Reading, done, total) })
		return err
	})
	if err != nil {
		return err
	}
	im.report.Source, im.report.Box, im.report.Warnings = x.Source, x.Box, x.Warnings
	walk, ebike := road.Walking(im.opts.WalkKmh), road.Ebike(im.opts.EbikeKmh)
	// The streets and the map read the extract and share nothing else, so they
	// are made side by side; the two graphs follow each other, because what one
	// of them takes while it is made is most of the memory. For the same reason
	// each thing goes to the file, and is forgotten, as soon as it is its turn.
	parts, ctx := errgroup.WithContext(im.ctx)
	im.takeTurns()
	parts.Go(fault.Safely(func() error {
		if err := im.step(Walking, func() error { return im.streets(ctx, x, walk, w, walkTurn, &im.report.Walk) }); err != nil {
			return err
		}
		return im.step(Riding, func() error { return im.streets(ctx, x, ebike, w, ebikeTurn, &im.report.Ebike) })
	}))
	parts.Go(fault.Safely(func() error {
		for _, part := range []struct {
			step Step
			make func(context.Context, *osm.Extract, *flat.Writer) error
		}{{Drawing, im.draw}, {Placing, im.place}, {Estimating, im.estimate}} {
			if err := im.step(part.step, func() error { return part.make(ctx, x, w) }); err != nil {
				return err
			}
		}
		return nil
	}))
	if err := parts.Wait(); err != nil {
		return err
	}
	return im.describe(x, w, walk.SpeedKmh, ebike.SpeedKmh)
}

// streets makes the graph of one profile.
func (im *importer) streets(ctx context.Context, x *osm.Extract, p road.Profile, w *flat.Writer, t turn, report *Network) error {
	g, err := road.FromExtract(ctx, x, p)
	if err != nil {
		return err
	}
	if p.Name == "walk" && g.Nodes() == 0 {
		return fault.New(fault.Invalid, "%s 里没有可步行的道路：请换一个包含 highway 道路的 OpenStreetMap 数据文件",
			"there are no streets to walk in %s: choose an OpenStreetMap extract with highway ways", x.Source.File)
	}
	*report = networkOf(g)
	return im.save(ctx, t, func() error {
		g.Save(w, p.Name+".")
		return nil
	})
}

// draw makes the base map.
func (im *importer) draw(ctx context.Context, x *osm.Extract, w *flat.Writer) error {
	base := tile.Build(x)
	im.report.MapFeatures = base.Len()
	return im.save(ctx, drawTurn, func() error {
		base.Save(w)
		return nil
	})
}

// place gathers the places and the divisions.
func (im *importer) place(ctx context.Context, x *osm.Extract, w *flat.Writer) error {
	places, boundaries := placesOf(x), boundariesOf(x)
	im.report.Places, im.report.Boundaries = places.Len(), len(boundaries)
	return im.save(ctx, placeTurn, func() error {
		places.save(w)
		return saveBoundaries(w, boundaries)
	})
}

// estimate counts people.
func (im *importer) estimate(ctx context.Context, x *osm.Extract, w *flat.Writer) error {
	estimate := peopleOf(x)
	im.report.Cells = estimate.Len()
	im.report.PeopleDay, im.report.PeopleNight = estimate.Total()
	return im.save(ctx, estimateTurn, func() error {
		estimate.save(w)
		return nil
	})
}

// turn is the place of a part in the file. It is the same in every import, so
// that the same extract gives the same bytes, whose checksum names the city's state.
type turn int

// The e-bike's graph is last, since it may wait without holding anybody up.
const (
	walkTurn turn = iota
	drawTurn
	placeTurn
	estimateTurn
	ebikeTurn
	turns
)

func (im *importer) takeTurns() {
	for t := range im.turns {
		im.turns[t] = make(chan struct{})
	}
	close(im.turns[0])
}

// save writes a part to the file once those before it are there.
func (im *importer) save(ctx context.Context, t turn, write func() error) error {
	select {
	case <-im.turns[t]:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer close(im.turns[t+1])
	return write()
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

// step runs one step unless the import is cancelled, and times it. Steps may run
// side by side.
func (im *importer) step(s Step, do func() error) error {
	if err := im.ctx.Err(); err != nil {
		return err
	}
	now := im.opts.Now
	if now == nil {
		now = func() time.Time { return time.Time{} }
	}
	started := now()
	im.tell(s, 0, 1)
	if err := do(); err != nil {
		return err
	}
	im.tell(s, 1, 1)
	im.telling.Lock()
	defer im.telling.Unlock()
	im.report.Steps = append(im.report.Steps, Timing{Step: s, Took: now().Sub(started)})
	return nil
}

// tell reports progress, one step at a time.
func (im *importer) tell(s Step, done, total int64) {
	im.telling.Lock()
	defer im.telling.Unlock()
	im.progress(s, done, total)
}
