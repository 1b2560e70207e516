package db

import (
	"encoding/binary"
	"hash/crc32"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlitelib "modernc.org/sqlite/lib"
)

// Every page of the database file ends in a checksum of itself and its number,
// in bytes that SQLite leaves to the user (the "reserved bytes" of the file's
// header). It is put there as the page is written to the file and held against
// the page as it is read, in between SQLite and its layer for the operating
// system. A bit that flipped on the disk, a page of another place and a page
// that was lost are then errors, instead of other data or an answer that is
// slightly wrong: nothing that is read from the file goes unchecked, rows,
// indexes, free pages and the catalogue alike.
//
// Pages on their way through the write-ahead log are not summed here: SQLite
// sums its frames itself and checks them when the log is recovered.

const (
	pageSize = 4096
	sumSize  = 8

	// sumsVFS is what connections to such a file are opened with.
	sumsVFS = "xiadu-sums"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// pageSum is two different checksums of 32 bits, since processors have both.
func pageSum(number uint32, page []byte) uint64 {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], number)
	body := page[:pageSize-sumSize]
	a := crc32.Update(crc32.Checksum(n[:], castagnoli), castagnoli, body)
	b := crc32.Update(crc32.ChecksumIEEE(n[:]), crc32.IEEETable, body)
	return uint64(a)<<32 | uint64(b)
}

func stamp(number uint32, page []byte) {
	binary.BigEndian.PutUint64(page[pageSize-sumSize:], pageSum(number, page))
}

func stamped(number uint32, page []byte) bool {
	return binary.BigEndian.Uint64(page[pageSize-sumSize:]) == pageSum(number, page)
}

// The functions of SQLite's C interface that are stood in for.
type (
	openFunc   = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32
	pieceFunc  = func(tls *libc.TLS, file, buffer uintptr, amount int32, offset int64) int32
	traitsFunc = func(tls *libc.TLS, file uintptr) int32
)

// fileMethods is a table of methods with those it stands in for behind it.
// SQLite sees only the table.
type fileMethods struct {
	table  sqlitelib.Tsqlite3_io_methods
	before uintptr
}

// sums is registered with SQLite once per process and stays.
var sums struct {
	once    sync.Once
	err     int32
	open    openFunc // of the operating system's layer
	mu      sync.Mutex
	methods map[uintptr]uintptr // by the table they stand in for
}

// registerSums makes [sumsVFS] known to SQLite.
func registerSums() bool {
	sums.once.Do(func() {
		tls := libc.NewTLS()
		defer tls.Close()
		system := sqlitelib.Xsqlite3_vfs_find(tls, 0)
		name, err := libc.CString(sumsVFS)
		own := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(sqlitelib.Tsqlite3_vfs{})))
		if system == 0 || err != nil || own == 0 {
			sums.err = sqlitelib.SQLITE_NOMEM
			return
		}
		vfs := pointee[sqlitelib.Tsqlite3_vfs](own)
		*vfs = *pointee[sqlitelib.Tsqlite3_vfs](system)
		sums.open = function[openFunc](vfs.FxOpen)
		sums.methods = map[uintptr]uintptr{}
		vfs.FpNext, vfs.FzName, vfs.FxOpen = 0, name, pointer(openSummed)
		sums.err = sqlitelib.Xsqlite3_vfs_register(tls, own, 0)
	})
	return sums.err == sqlitelib.SQLITE_OK
}

// openSummed opens a file as the system does and puts reading and writing with
// sums in place if it is a database; journals and scratch files are left alone.
func openSummed(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32 {
	rc := sums.open(tls, vfs, name, file, flags, outFlags)
	if rc != sqlitelib.SQLITE_OK || flags&sqlitelib.SQLITE_OPEN_MAIN_DB == 0 {
		return rc
	}
	f := pointee[sqlitelib.Tsqlite3_file](file)
	sums.mu.Lock()
	defer sums.mu.Unlock()
	own, ok := sums.methods[f.FpMethods]
	if !ok { // there is one table for each way of locking that SQLite knows
		if own = libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(fileMethods{}))); own == 0 {
			return sqlitelib.SQLITE_NOMEM
		}
		m := pointee[fileMethods](own)
		m.table, m.before = *pointee[sqlitelib.Tsqlite3_io_methods](f.FpMethods), f.FpMethods
		m.table.FiVersion = min(m.table.FiVersion, 2) // 3 could map pages past the sums
		m.table.FxRead, m.table.FxWrite = pointer(readSummed), pointer(writeSummed)
		m.table.FxDeviceCharacteristics = pointer(wholePages)
		sums.methods[f.FpMethods] = own
	}
	f.FpMethods = own
	return rc
}

func methodsBefore(file uintptr) *sqlitelib.Tsqlite3_io_methods {
	return pointee[sqlitelib.Tsqlite3_io_methods](pointee[fileMethods](pointee[sqlitelib.Tsqlite3_file](file).FpMethods).before)
}

// wholePages has SQLite read long values by whole pages, too.
func wholePages(tls *libc.TLS, file uintptr) int32 {
	return function[traitsFunc](methodsBefore(file).FxDeviceCharacteristics)(tls, file) &^ sqlitelib.SQLITE_IOCAP_SUBPAGE_READ
}

// readSummed passes over what is less than a page: SQLite looks at parts of the
// header before it reads the first page as a whole.
func readSummed(tls *libc.TLS, file, buffer uintptr, amount int32, offset int64) int32 {
	rc := function[pieceFunc](methodsBefore(file).FxRead)(tls, file, buffer, amount, offset)
	switch {
	case rc == sqlitelib.SQLITE_IOERR_SHORT_READ && amount >= pageSize && offset > 0:
		return sqlitelib.SQLITE_IOERR_DATA // the file ends before a page that it should have
	case rc != sqlitelib.SQLITE_OK || offset+int64(amount) <= headerSize:
		return rc
	case amount != pageSize || offset%pageSize != 0:
		return sqlitelib.SQLITE_IOERR_DATA // the page size in the header was damaged
	case !stamped(uint32(offset/pageSize+1), pageAt(buffer)): //nolint:gosec // SQLite numbers pages with 32 bits
		return sqlitelib.SQLITE_IOERR_DATA
	}
	return rc
}

// writeSummed puts the sum into SQLite's own buffer: those bytes are the user's.
func writeSummed(tls *libc.TLS, file, buffer uintptr, amount int32, offset int64) int32 {
	if amount == pageSize && offset%pageSize == 0 {
		stamp(uint32(offset/pageSize+1), pageAt(buffer)) //nolint:gosec // as above
	}
	return function[pieceFunc](methodsBefore(file).FxWrite)(tls, file, buffer, amount, offset)
}

func pageAt(buffer uintptr) []byte { return pointee[[pageSize]byte](buffer)[:] }

// pointee is the value that C points to. The memory is C's: Go never moves it.
func pointee[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// function is the Go function behind a C function pointer, and pointer the other
// way round: the translated library keeps the addresses of function values.
func function[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ uintptr }{p})) }

func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }
