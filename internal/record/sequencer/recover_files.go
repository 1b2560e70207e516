package sequencer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"maps"
	"slices"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/fault"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/publiclog"
	"github.com/xiadu/xiadu/internal/record/verify"
)

// RecoverFiles brings the files beside the log back from a mirror which its entries name and an older database does not have,
// each held against its hash, and takes those out that were withdrawn since. It returns how many it brought, and those that
// the mirror does not have either: another mirror may.
func RecoverFiles(ctx context.Context, d *db.DB, folder string, mirror verify.Source, queries []figure.Query) (brought int, missing []figure.Shelf, err error) {
	stands, withdrawn, err := publiclog.Open(d, folder).Shelves(ctx, queries)
	if err != nil {
		return 0, nil, err
	}
	for _, sum := range slices.Sorted(maps.Keys(stands)) {
		has, err := bring(ctx, d, mirror, sum)
		switch {
		case errors.Is(err, errOther), errors.Is(err, fs.ErrNotExist):
			missing = append(missing, stands[sum])
		case err != nil:
			return brought, missing, err
		case has:
			brought++
		}
	}
	err = d.Update(ctx, func(tx *db.Tx) error {
		for sum := range withdrawn {
			if _, still := stands[sum]; still {
				continue
			}
			if err := record.DropFile(tx, sum); err != nil {
				return err
			}
		}
		return nil
	})
	return brought, missing, err
}

var errOther = errors.New("it is another file")

// bring brings one file; it is false of one that is there.
func bring(ctx context.Context, d *db.DB, mirror verify.Source, sum string) (bool, error) {
	err := d.View(ctx, func(tx *db.Tx) error { _, err := record.File(tx, sum); return err })
	if fault.KindOf(err) != fault.NotFound {
		return false, err
	}
	text, err := mirror(ctx, figure.BesideFolder+sum)
	if err != nil {
		return false, err
	}
	if hash := sha256.Sum256(text); hex.EncodeToString(hash[:]) != sum {
		return false, errOther
	}
	return true, d.Update(ctx, func(tx *db.Tx) error { _, err := record.PutFile(tx, text); return err })
}
