package publiclog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/figure"
	"github.com/xiadu/xiadu/internal/record/logtree"
)

// besideSum is the hash in the path of a file beside the log.
func besideSum(path string) (sum string, ok bool) {
	sum, ok = strings.CutPrefix(path, figure.BesideFolder)
	return sum, ok && len(sum) == 64 && strings.Trim(sum, "0123456789abcdef") == ""
}

// Beside returns a file that is published beside the log, by its SHA-256, or a fault.NotFound.
func (l *Log) Beside(ctx context.Context, sum string) (text []byte, err error) {
	err = l.db.View(ctx, func(tx *db.Tx) error {
		text, err = record.File(tx, sum)
		return err
	})
	return text, err
}

// besidePage is how many names are read at once.
const besidePage = 500

// besides writes the files beside the log. It removes those from the folder that entries say were withdrawn, and no other: what
// the database does not have may have been lost with it, and the folder may have the only copy.
func (e *exporter) besides(ctx context.Context) error {
	folder := filepath.Join(e.dir, filepath.FromSlash(figure.BesideFolder))
	for after := ""; ; {
		var sums []string
		err := e.db.View(ctx, func(tx *db.Tx) (err error) {
			sums, err = record.FileSums(tx, after, besidePage)
			for i := 0; i < len(sums) && err == nil; i++ {
				err = e.beside(tx, filepath.Join(folder, sums[i]), sums[i])
			}
			return err
		})
		if err != nil {
			return err
		}
		if len(sums) < besidePage {
			break
		}
		after = sums[len(sums)-1]
	}
	stands, withdrawn := apart(shelvesOf(e.shelves))
	for sum := range withdrawn {
		if _, still := stands[sum]; still {
			continue
		}
		if err := os.Remove(filepath.Join(folder, sum)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// apart are the files beside the log that stand, and those that were withdrawn, by their hashes.
func apart(all []figure.Shelf) (stands, withdrawn map[string]figure.Shelf) {
	stands, withdrawn = map[string]figure.Shelf{}, map[string]figure.Shelf{}
	for _, f := range all {
		if _, ours := besideSum(figure.BesideFolder + f.SHA256); !ours {
			continue
		}
		if f.Instead == "" {
			stands[f.SHA256] = f
		} else {
			withdrawn[f.SHA256] = f
		}
	}
	return stands, withdrawn
}

// shelving begins the states that know which files entries name.
func shelving(queries []figure.Query) (all []*figure.Folding) {
	for _, q := range queries {
		if q.Shelf != nil && !slices.ContainsFunc(all, func(f *figure.Folding) bool { return f.Fold == q.Shelf }) {
			all = append(all, q.Shelf.Begins())
		}
	}
	return all
}

func shelvesOf(states []*figure.Folding) (all []figure.Shelf) {
	for _, f := range states {
		if s, ok := f.State.(figure.Shelved); ok {
			all = append(all, s.Files()...)
		}
	}
	return all
}

// Shelves are the files beside the log as its entries name them: those that stand, and those that were withdrawn.
func (l *Log) Shelves(ctx context.Context, queries []figure.Query) (stands, withdrawn map[string]figure.Shelf, err error) {
	states := shelving(queries)
	c, err := l.Checkpoint(ctx)
	if err != nil {
		return nil, nil, err
	}
	for from := int64(0); from < c.Size; from += logtree.TileWidth {
		items, leaves, err := l.entries(ctx, from, int(min(logtree.TileWidth, c.Size-from)))
		for i := 0; i < len(items) && err == nil; i++ {
			for _, f := range states {
				err = errors.Join(err, addTo(f, from+int64(i), items[i], leaves[i].Hash))
			}
		}
		if err != nil {
			return nil, nil, err
		}
	}
	stands, withdrawn = apart(shelvesOf(states))
	return stands, withdrawn, nil
}

// beside writes a file, unless the folder has it whole.
func (e *exporter) beside(tx *db.Tx, path, sum string) error {
	if has, err := figure.SumOf(path); err == nil && has == sum {
		return nil
	}
	text, err := record.File(tx, sum)
	if err != nil {
		return err
	}
	return put(path, text)
}
