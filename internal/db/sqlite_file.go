package db

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// The header of a database file: https://www.sqlite.org/fileformat2.html
const (
	headerSize    = 100
	atPageSize    = 16
	atReserved    = 20
	atApplication = 68

	magic       = "SQLite format 3\x00"
	application = 0x58494144 // "XIAD", beside the reserved bytes: no one bit makes a file look like one without sums
)

// fileKind is what lies at the path of a database.
type fileKind int

const (
	fileNone  fileKind = iota // nothing, or nothing in it
	fileSums                  // pages that end in sums
	filePlain                 // a database of before there were sums
	fileOther                 // something else, or damaged from its first bytes
)

// kindOf looks at the header. SQLite's locks survive it, see openSQLite.
func kindOf(path string) (fileKind, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return fileNone, nil
	}
	if err != nil {
		return fileOther, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	var h [headerSize]byte
	n, err := io.ReadFull(f, h[:])
	switch {
	case n == 0 && errors.Is(err, io.EOF):
		return fileNone, nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return fileOther, err
	case h[atReserved] == sumSize || binary.BigEndian.Uint32(h[atApplication:]) == application:
		return fileSums, nil
	case string(h[:len(magic)]) == magic:
		return filePlain, nil
	}
	return fileOther, nil
}

// firstPage is a database without tables whose pages have room for sums.
func firstPage() []byte {
	p := make([]byte, pageSize)
	copy(p, magic)
	binary.BigEndian.PutUint16(p[atPageSize:], pageSize)
	p[18], p[19] = 2, 2 // with a write-ahead log
	p[atReserved] = sumSize
	p[21], p[22], p[23] = 64, 32, 32            // fractions of a page, which are fixed
	binary.BigEndian.PutUint32(p[24:], 1)       // changes
	binary.BigEndian.PutUint32(p[28:], 1)       // pages
	binary.BigEndian.PutUint32(p[92:], 1)       // the change that the number of pages is of
	binary.BigEndian.PutUint32(p[96:], 3051003) // the version of SQLite that wrote it
	binary.BigEndian.PutUint32(p[atApplication:], application)
	p[100] = 13 // a leaf of a table, with nothing on it
	binary.BigEndian.PutUint16(p[105:], pageSize-sumSize)
	stamp(1, p)
	return p
}

// prepare sees to it that there is a database with sums at path: it makes a new
// one, refuses one that was lost, and moves one of before into pages with sums.
// It is called under the folder's lock.
func prepare(ctx context.Context, path string) error {
	mark, marked, err := readMark(path)
	if err != nil {
		return err
	}
	kind, err := kindOf(path)
	if err != nil {
		return err
	}
	switch {
	case kind == fileNone && marked:
		_, err := os.Stat(path)
		return faultLost(path, err == nil)
	case kind == fileNone:
		return writeFile(path, firstPage())
	case kind == filePlain:
		return addSums(ctx, path)
	case kind == fileSums && mark.instance != "":
		return mark.fitsBeneath(ctx, path)
	}
	return nil
}

// writeFile writes a new file to the disk. A new database is its owner's alone;
// SQLite gives the files beside it the same rights.
func writeFile(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close(), syncFolder(path))
}

func syncFolder(path string) error {
	f, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("db: flush the folder of %s: %w", path, err)
	}
	return nil
}
