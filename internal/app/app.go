// Package app puts the program together: it opens what a command needs, top to
// bottom, and closes it again. There is no container and no global; what a part
// needs is handed to it here.
//
// A city's data are one folder (Config.Home): the streets in one file, replaced
// as a whole by an import, and the database, which may live elsewhere. The demo
// city has a folder of its own inside, so that it never mixes with a real one.
package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/xiadu/xiadu/internal/engine/bound"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/act"
	"github.com/xiadu/xiadu/internal/engine/act/inbox"
	"github.com/xiadu/xiadu/internal/engine/casework"
	"github.com/xiadu/xiadu/internal/engine/draw"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/identity"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/queue"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/system/complaint"
	"github.com/xiadu/xiadu/internal/system/contest"
	"github.com/xiadu/xiadu/internal/system/station"
	"github.com/xiadu/xiadu/internal/system/station/stars"
)

// Config is what all commands share. Its zero value works, in the present folder.
type Config struct {
	Home string // the folder of the city's data
	DSN  string // the database; empty means a file in Home

	Evidence string // the folder of photos and papers; empty means one in Home

	LogOrigin string // the name of a public log that is to be made

	Relay queue.Config // where the public log is passed on to; without a URL nowhere

	Notices string // the file of the senders of announcements; empty: there are none

	Holidays string // a file of holidays that the program does not know yet; empty: none

	Policy string // of passwords and sessions, by name; empty means the plain one

	Proxies []string // networks of proxies on other machines whose word on where a request is from counts

	Systems []string // that are served, by their keys; none means all

	Guests string // the address of a second listener, at which there is only what everybody may read; empty: there is none

	demo bool // the database has to be marked as one

	WalkKmh, EbikeKmh float64 // of streets imported from now on; 0 means the usual speeds
}

// streets is the file that holds the city's streets, map and places.
func (c Config) streets() string { return filepath.Join(c.Home, "city.streets") }

func (c Config) dsn() string {
	if c.DSN != "" {
		return c.DSN
	}
	return filepath.Join(c.Home, "xiadu.db")
}

// hasDatabase tells whether there is a database to read, without making one.
func (c Config) hasDatabase() bool {
	_, err := os.Stat(c.dsn())
	return c.DSN != "" || !errors.Is(err, os.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR)
}

// schemas lists every owner of tables.
func schemas() []db.Schema {
	return []db.Schema{record.Schema, identity.Schema, evidence.Schema, act.Schema, bound.Schema, inbox.Schema, casework.Schema, draw.Schema, station.Schema, complaint.Schema, contest.Schema}
}

// open opens the database with its tables made or brought up to date.
func (c Config) open(ctx context.Context) (*db.DB, error) {
	d, err := db.Open(ctx, c.dsn())
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx, schemas()...); err != nil {
		d.Close() //nolint:errcheck // the first error says more
		return nil, err
	}
	identity.KeepPrivate(d, c.keyFile())
	stars.Watch(d)
	if err := c.settle(ctx, d); err != nil {
		d.Close() //nolint:errcheck // as above
		return nil, err
	}
	return d, nil
}

// leftFor is how old what an unfinished command left behind has to be until it
// is swept: no command takes as long.
const leftFor = 24 * time.Hour

// makeHome makes the data folder, and removes what commands that were killed
// long ago had begun there.
func (c Config) makeHome() error {
	if err := os.MkdirAll(filepath.Clean(c.Home), 0o750); err != nil { // the zero Config is about the present folder
		return fault.New(fault.Unavailable, "不能建立数据目录 %s：请检查它所在的位置和权限，或用 --home 另指一个",
			"cannot make the data folder %s: check where it is and its permissions, or name another with --home", c.Home).Because(err)
	}
	for _, begun := range []string{".city.streets*", ".backup-*", ".restore-*", ".demo-*", ".people-*", ".turn-*"} {
		left, err := filepath.Glob(filepath.Join(c.Home, begun))
		if err != nil {
			return err
		}
		for _, path := range left {
			if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > leftFor {
				_ = os.RemoveAll(path) // the next command tries again
			}
		}
	}
	return nil
}
