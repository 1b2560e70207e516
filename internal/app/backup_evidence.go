package app

import (
	"archive/tar"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xiadu/xiadu/internal/db"
	"github.com/xiadu/xiadu/internal/engine/evidence"
	"github.com/xiadu/xiadu/internal/engine/evidence/store"
)

// What a backup has of evidence, behind the streets: every original, encrypted as it lies
// on the disk, and at the very end the names of files that were erased, a line each.
const (
	goneName      = "evidence.gone"
	evidenceNames = "evidence/"
)

// evidenceFolder is the folder of photos and papers.
func evidenceFolder(c Config) string {
	return cmp.Or(c.Evidence, filepath.Join(c.Home, "evidence"))
}

// follows tells what may come next in a backup.
func follows(names []string, next string) bool {
	if len(names) == 0 {
		return next == copyName
	}
	last := names[len(names)-1]
	switch {
	case next == streetsName:
		return last == copyName
	case strings.HasPrefix(next, evidenceNames):
		return last != goneName && store.IsName(strings.TrimPrefix(next, evidenceNames)) && !slices.Contains(names, next)
	}
	return next == goneName && last != goneName
}

// storeEvidence adds the originals. It reads after the copy of the database: what came
// since does no harm, and what was erased since is in the list. An original that is
// missing or damaged is refused: the day of the restore is too late to learn of it.
func storeEvidence(ctx context.Context, c Config, d *db.DB, archive *tar.Writer, wrote sums) error {
	var all []evidence.File
	err := d.View(ctx, func(tx *db.Tx) (err error) { all, err = evidence.Originals(tx); return err })
	if err != nil {
		return err
	}
	s := store.At(evidenceFolder(c))
	var absent []evidence.File
	for _, f := range all {
		err := storeOriginal(ctx, archive, wrote, f, s.Path(f.Name))
		if errors.Is(err, fs.ErrNotExist) {
			absent = append(absent, f)
			err = nil
		}
		if err != nil {
			return err
		}
	}
	var gone []string
	if err := d.View(ctx, func(tx *db.Tx) (err error) { gone, err = evidence.Gone(tx); return err }); err != nil {
		return err
	}
	for _, f := range absent {
		if !slices.Contains(gone, f.Name) {
			return f.Missing()
		}
	}
	list := []byte(strings.Join(append(gone, ""), "\n"))
	if err := archive.WriteHeader(&tar.Header{Name: goneName, Mode: 0o600, Size: int64(len(list))}); err != nil {
		return err
	}
	wrote[goneName] = sha256.Sum256(list)
	_, err = archive.Write(list)
	return err
}

func storeOriginal(ctx context.Context, archive *tar.Writer, wrote sums, f evidence.File, file string) error {
	sum, err := sumOf(file)
	if err != nil {
		return err
	}
	if sum != f.Sum {
		return f.Missing()
	}
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // it was only read
	return storeFile(ctx, archive, wrote, evidenceNames+f.Name, in)
}

func sumOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // it was only read
	return store.SumOf(f)
}

// goneIn reads the list of what was erased from an unpacked backup; nil if it has none.
func goneIn(folder string) ([]string, error) {
	list, err := os.ReadFile(filepath.Join(folder, goneName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return strings.Fields(string(list)), err
}

// adoptEvidence puts the originals of an unpacked backup in place while its rows are being
// loaded. A backup of before there was evidence has neither.
func adoptEvidence(c Config, tx *db.Tx, folder string, gone []string) error {
	if _, err := os.Stat(filepath.Join(folder, goneName)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	erased := map[string]bool{}
	for _, name := range gone {
		erased[name] = true
	}
	return evidence.Adopt(tx, evidenceFolder(c), erased, func(name string) string { return filepath.Join(folder, name) }, sumOf)
}
