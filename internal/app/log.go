package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/xiadu/xiadu/internal/app/logcheck"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/queue"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/relay"
	"github.com/xiadu/xiadu/internal/record/sequencer"
	"github.com/xiadu/xiadu/internal/record/verify"
	complaints "github.com/xiadu/xiadu/internal/system/complaint/published"
	"github.com/xiadu/xiadu/internal/system/complaint/recovered"
	"github.com/xiadu/xiadu/internal/system/complaint/standing"
	"github.com/xiadu/xiadu/internal/system/contest/card"
	"github.com/xiadu/xiadu/internal/system/contest/release"
	"github.com/xiadu/xiadu/internal/system/contest/taken"
	"github.com/xiadu/xiadu/internal/system/station/published"
)

// logFolder has the key of the public log and what was published of it. A backup
// leaves it out: it must not grow old with the database.
func (c Config) logFolder() string { return filepath.Join(c.Home, "log") }

// originOf is what a new log is called: where it will be published, or a name
// that nobody else has.
func originOf(given string) string {
	return cmp.Or(given, "unnamed.invalid/"+strings.ToLower(rand.Text()[:12]))
}

func (c Config) sequencer(ctx context.Context, d *db.DB) (*sequencer.Sequencer, error) {
	if err := c.makeHome(); err != nil {
		return nil, err
	}
	return sequencer.Open(ctx, d, c.logFolder(), originOf(c.LogOrigin))
}

// openAgain is how long a log that cannot be opened is left alone.
const openAgain = 3 * time.Second

// sequence puts entries into the public log until ctx ends; wait returns when it
// has stopped. A log that cannot go on keeps nobody from the pages. One that cannot be
// opened, as where its folder may not be written to, is tried again.
func (c Config) sequence(ctx context.Context, d *db.DB, log *slog.Logger) (wait func()) {
	stopped := make(chan struct{})
	fault.Go("the public log", func() {
		defer close(stopped)
		told := ""
		for ctx.Err() == nil {
			var s *sequencer.Sequencer
			err := fault.Safely(func() (err error) { s, err = c.sequencer(ctx, d); return err })()
			if err == nil {
				s.Run(ctx, log)
				return
			}
			if now := fmt.Sprint(err); now != told {
				told = now
				log.WarnContext(ctx, "nothing is put into the public log", "error", err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(openAgain):
			}
		}
	}, nil)
	return func() { <-stopped }
}

// passOn passes the public log on to a message server until ctx ends, if one is named;
// wait returns when it has stopped.
func passOn(ctx context.Context, to queue.Config, l *publiclog.Log, log *slog.Logger) (wait func()) {
	if to.URL == "" {
		return func() {}
	}
	stopped := make(chan struct{})
	fault.Go("passing the public log on", func() {
		defer close(stopped)
		relay.Run(ctx, l, to, log)
	}, nil)
	return func() { <-stopped }
}

// withLog runs f on the database of c, with a home for the log's folder.
func withLog(ctx context.Context, c Config, f func(*db.DB) error) (err error) {
	if err := c.makeHome(); err != nil {
		return err
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return f(d)
}

// ExportLog puts what is pending into the public log and writes the log as files
// into a folder, or brings the folder up to date.
func ExportLog(ctx context.Context, c Config, dir string) (at logtree.Checkpoint, err error) {
	err = withLog(ctx, c, func(d *db.DB) error {
		s, err := c.sequencer(ctx, d)
		if err == nil {
			err = s.Drain(ctx)
		}
		if err == nil {
			at, err = publiclog.Open(d, c.logFolder()).Export(ctx, dir, Figures()...)
		}
		return err
	})
	return at, err
}

// ExportContest puts what is pending into the public log and returns a contest that was released as one file, with the log's
// checkpoint.
func ExportContest(ctx context.Context, c Config, code string) (text []byte, at logtree.Checkpoint, err error) {
	err = People(ctx, c, func(people *identity.Service) error {
		return withLog(ctx, c, func(d *db.DB) error {
			s, err := c.sequencer(ctx, d)
			if err == nil {
				err = s.Drain(ctx)
			}
			if err != nil {
				return err
			}
			hall := taken.Hall{DB: d, Log: publiclog.Open(d, c.logFolder()), Names: people.Organisations.Names, Figures: Figures(), Home: c.Home}
			text, at, err = hall.Export(ctx, code)
			return err
		})
	})
	return text, at, err
}

// ImportContest is [taken.Import] into the database of c.
func ImportContest(ctx context.Context, c Config, text []byte, o verify.Options) (t taken.Taken, again bool, findings []verify.Finding, err error) {
	o.Queries = Figures()
	err = withLog(ctx, c, func(d *db.DB) error { t, again, findings, err = taken.Import(ctx, d, text, o); return err })
	return t, again, findings, err
}

// Receipt puts what is pending into the public log and returns the receipt of an
// entry of the record.
func Receipt(ctx context.Context, c Config, entry string) (r logtree.Receipt, err error) {
	err = withLog(ctx, c, func(d *db.DB) error {
		s, err := c.sequencer(ctx, d)
		if err == nil {
			err = s.Drain(ctx)
		}
		if err != nil {
			return err
		}
		r, err = publiclog.Open(d, c.logFolder()).Receipt(ctx, entry)
		return err
	})
	return r, err
}

// Recovery is what came back from a mirror.
type Recovery struct {
	Entries int64
	Files   int            // beside the log
	Missing []figure.Shelf // files beside the log that the mirror does not have either
	Unknown int            // entries about what the systems' data do not know
}

// RecoverLog takes entries that an older database has lost from a mirror, a folder or an address, and the files beside the log; the
// systems take in what they can of it.
func RecoverLog(ctx context.Context, c Config, mirror string) (r Recovery, err error) {
	src, err := logcheck.At(mirror)
	if err != nil {
		return r, err
	}
	err = withLog(ctx, c, func(d *db.DB) error {
		if r.Entries, err = sequencer.Recover(ctx, d, c.logFolder(), src); err != nil {
			return err
		}
		if r.Files, r.Missing, err = sequencer.RecoverFiles(ctx, d, c.logFolder(), src, Figures()); err != nil {
			return err
		}
		r.Unknown, err = takeIn(ctx, d, publiclog.Open(d, c.logFolder()))
		return err
	})
	return r, err
}

// takeIn has the systems take in what came back from mirrors, now or in a run before that did not come so far.
func takeIn(ctx context.Context, d *db.DB, l *publiclog.Log) (unknown int, err error) {
	var back []sequencer.Stretch
	if err := d.View(ctx, func(tx *db.Tx) error { back, err = sequencer.Recovered(tx); return err }); err != nil {
		return 0, err
	}
	entries, err := wanted(ctx, l, back)
	if err != nil {
		return 0, err
	}
	err = d.Update(ctx, func(tx *db.Tx) error {
		if unknown, err = recovered.Take(tx, entries); err != nil {
			return err
		}
		return sequencer.TakenIn(tx, back)
	})
	return unknown, err
}

// wanted are the entries of a log that systems take in.
func wanted(ctx context.Context, l *publiclog.Log, back []sequencer.Stretch) (all []recovered.Entry, err error) {
	for from := int64(0); ; from += logtree.TileWidth {
		_, some, err := l.From(ctx, from, logtree.TileWidth)
		if err != nil || len(some) == 0 {
			return all, err
		}
		for _, one := range some {
			has := func(s sequencer.Stretch) bool { return s.Has(one.Index) }
			if e := (recovered.Entry{Statement: one.Said, Lost: slices.ContainsFunc(back, has)}); e.Wanted() {
				all = append(all, e)
			}
		}
	}
}

// RenewLog goes on with the public log under another origin and key.
func RenewLog(ctx context.Context, c Config, origin, by string) error {
	return withLog(ctx, c, func(d *db.DB) error { return sequencer.Renew(ctx, d, c.logFolder(), origin, by) })
}

// RotateLogKey has a new key sign the log beside the present ones.
func RotateLogKey(c Config) error { return sequencer.Rotate(c.logFolder()) }

// Figures are those that systems publish with a receipt, as somebody computes them again
// who has the log and no database.
func Figures() []figure.Query {
	return slices.Concat(published.Queries(nil), complaints.Queries(), standing.Queries(), draw.Queries(), release.Queries(), card.Queries())
}
