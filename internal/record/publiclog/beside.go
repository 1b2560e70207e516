package publiclog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/record"
	"github.com/xiadu/xiadu/internal/record/figure"
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

// besides writes the files beside the log, and removes from the folder those that were withdrawn.
func (e *exporter) besides(ctx context.Context) error {
	folder, stands := filepath.Join(e.dir, filepath.FromSlash(figure.BesideFolder)), map[string]bool{}
	for after := ""; ; {
		var sums []string
		err := e.db.View(ctx, func(tx *db.Tx) (err error) {
			sums, err = record.FileSums(tx, after, besidePage)
			for i := 0; i < len(sums) && err == nil; i++ {
				stands[sums[i]] = true
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
	had, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for _, f := range had {
		if _, ours := besideSum(figure.BesideFolder + f.Name()); ours && !stands[f.Name()] {
			if err := os.Remove(filepath.Join(folder, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
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
