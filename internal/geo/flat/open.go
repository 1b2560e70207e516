package flat

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"syscall"
	"unsafe"

	"github.com/xiadu/xiadu/internal/fault"
)

// File is a flat file that was read. Its arrays share its memory and must not be
// written to. There is nothing to close: what nobody uses any more is collected.
type File struct {
	path     string
	data     []byte
	contents contents
}

// Open reads the file at path and verifies every checksum. A file that is
// absent is fault.NotFound; one that is damaged, cut short, something else
// altogether or of another version is fault.Invalid. What happens to the file
// afterwards does not matter to who has opened it.
func Open(path, version string) (*File, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	f := &File{path: path, data: data}
	if err := f.check(version); err != nil {
		return nil, err
	}
	return f, nil
}

func readFile(path string) ([]byte, error) {
	if !littleEndian() {
		return nil, errors.New("flat: files are little-endian; this machine is not")
	}
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "没有文件 %s", "there is no file %s", path).Because(err)
	}
	if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.ENOTDIR) {
		return nil, fault.New(fault.Unavailable, "读不了 %s：请检查它所在的位置和权限", "cannot read %s: check where it is and its permissions", path).Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	defer file.Close() //nolint:errcheck // a file opened for reading has nothing left to fail
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if info.Size() < int64(headSize) || !info.Mode().IsRegular() {
		return nil, damaged(path, "太短", "shorter than its own head")
	}
	var start [len(magic)]byte
	if _, err := file.ReadAt(start[:], 0); err == nil && string(start[:]) != magic { // something else may have many gigabytes
		return nil, fault.New(fault.Invalid, "%s 不是夏都的街道文件（或由别的版本写成）：请用 xiadu import streets 重新导入",
			"%s is not a street file of this program (or of another version): import again with xiadu import streets", path)
	}
	// Words, so that the elements of every section lie as the machine wants them.
	data := bytesOf(make([]uint64, (info.Size()+7)/8))[:info.Size()]
	switch _, err := file.ReadAt(data, 0); {
	case errors.Is(err, io.EOF):
		return nil, damaged(path, "读的时候变短了", "it became shorter while it was read")
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return data, nil
}

// Bytes is the file as it was read. It must not be written to.
func (f *File) Bytes() []byte { return f.data }

func (f *File) check(version string) error {
	start, n := binary.LittleEndian.Uint64(f.data[8:]), uint64(binary.LittleEndian.Uint32(f.data[16:]))
	if size := uint64(len(f.data)); start > size || n > size-start {
		return damaged(f.path, "被截断", "it is cut short")
	}
	table := f.data[start : start+n]
	if crc32.Checksum(table, castagnoli) != binary.LittleEndian.Uint32(f.data[20:]) {
		return damaged(f.path, "目录的校验和不符", "the checksum of its contents differs")
	}
	if err := json.Unmarshal(table, &f.contents); err != nil {
		return damaged(f.path, "目录读不出来", "its contents cannot be read")
	}
	if f.contents.Version != version {
		return fault.New(fault.Invalid, "%s 是版本 %s 的街道文件，本程序需要 %s：请用 xiadu import streets 重新导入",
			"%s is a street file of version %s; this program needs %s: import again with xiadu import streets",
			f.path, f.contents.Version, version)
	}
	for name, s := range f.contents.Sections {
		if s.Offset < 0 || s.Bytes < 0 || s.Offset%alignment != 0 || s.Offset > int64(len(f.data)) || s.Bytes > int64(len(f.data))-s.Offset {
			return damaged(f.path, "在 "+name+" 一节被截断", "it is cut short in section "+name)
		}
		if crc32.Checksum(f.data[s.Offset:s.Offset+s.Bytes], castagnoli) != s.CRC {
			return damaged(f.path, name+" 一节的校验和不符", "the checksum of section "+name+" differs")
		}
	}
	return nil
}

func damaged(path, zh, en string) error {
	return fault.New(fault.Invalid, "街道文件 %[1]s 已损坏（%[2]s）：请用 xiadu import streets 重新导入，或从备份恢复",
		"the street file %[1]s is damaged (%[3]s): import again with xiadu import streets, or restore a backup", path, zh, en)
}

// Get returns the section called name as an array of T. The array is the file's
// own memory. A section that is absent or of another element is fault.Invalid.
func Get[T Elem](f *File, name string) ([]T, error) {
	s, ok := f.contents.Sections[name]
	var zero T
	if size := int64(unsafe.Sizeof(zero)); !ok || int64(s.ElemSize) != size || s.Bytes%size != 0 {
		return nil, damaged(f.path, "缺少 "+name+" 一节，或格式不同", "section "+name+" is missing or of another kind")
	}
	return elemsOf[T](f.data[s.Offset : s.Offset+s.Bytes]), nil
}

// Digest identifies the content: two files with the same sections have the
// same digest.
func (f *File) Digest() string {
	names := make([]string, 0, len(f.contents.Sections))
	for name := range f.contents.Sections {
		names = append(names, name)
	}
	slices.Sort(names)
	sum := crc32.New(castagnoli)
	for _, name := range names {
		s := f.contents.Sections[name]
		_, _ = fmt.Fprintln(sum, name, s.Bytes, s.CRC)
	}
	return fmt.Sprintf("%08x", sum.Sum32())
}
