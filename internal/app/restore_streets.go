package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/xiadu/xiadu/internal/app/disk"
	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
)

// A restore fills the database and replaces the streets, and may be killed
// between the two. So the streets wait under a name made of the state of the
// record that they belong to, from before the commit on. Whoever opens the
// database next finds them there: if the record is in that state, the commit
// went through and they get their place; if not, it did not, and they go unused.

// waitingStreets are the names of streets that wait.
const waitingStreets = "restored-*.streets"

func (c Config) waiting(tx *db.Tx) (string, error) {
	revision, err := record.Revision(tx)
	sum := sha256.Sum256([]byte(revision))
	return filepath.Join(c.Home, "restored-"+hex.EncodeToString(sum[:8])+".streets"), err
}

// wait puts streets where they wait for the commit of tx.
func (c Config) wait(tx *db.Tx, streets string) (waiting string, err error) {
	if waiting, err = c.waiting(tx); err != nil {
		return "", err
	}
	return waiting, disk.MoveIn(streets, waiting)
}

// allWaiting returns the streets that restores left waiting.
func (c Config) allWaiting() []string {
	found, _ := filepath.Glob(filepath.Join(c.Home, waitingStreets)) // the pattern is right
	return found
}

// settle gives waiting streets their place if they belong to what is in d, and
// removes those that have waited in vain.
func (c Config) settle(ctx context.Context, d *db.DB) error {
	all := c.allWaiting()
	if len(all) == 0 {
		return nil
	}
	var waiting string
	err := d.View(ctx, func(tx *db.Tx) (err error) {
		waiting, err = c.waiting(tx)
		return err
	})
	if err != nil {
		return err
	}
	for _, path := range all {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, os.ErrNotExist): // another process was faster
		case err != nil:
			return err
		case path == waiting:
			return disk.MoveIn(path, c.streets())
		case time.Since(info.ModTime()) > leftFor:
			_ = os.Remove(path) // the next command tries again
		}
	}
	return nil
}

// finishRestore settles what a killed restore left, before streets are opened
// without the database.
func (c Config) finishRestore(ctx context.Context) error {
	if len(c.allWaiting()) == 0 {
		return nil
	}
	d, err := c.open(ctx)
	if err != nil {
		return err
	}
	return d.Close()
}
